"""Imports and addresses to be checked, in the back office's lists."""

from typing import Any

from django.db.models import QuerySet
from django.middleware.csrf import get_token
from django.urls import path, reverse
from django.utils.functional import cached_property
from django.utils.translation import gettext_lazy as _
from django_filters import BooleanFilter
from wagtail.admin.filters import WagtailFilterSet
from wagtail.admin.ui.tables import Column, DateColumn, TitleColumn
from wagtail.admin.widgets.button import HeaderButton

from plaidoyer.civics import contacts, reporting, views
from plaidoyer.civics.models import ContactDetail, ImportRun
from plaidoyer.lib.desk import Ledger, Listing


class RunList(Listing):
    """Imports so far, with the way to a new one."""

    def get_base_queryset(self) -> QuerySet:
        return super().get_base_queryset().select_related("imported_by", "undone_by")

    @cached_property
    def header_buttons(self) -> list[HeaderButton]:
        if not self.request.user.has_perm("civics.add_importrun"):
            return []
        return [HeaderButton(_("Import"), url=reverse("imports:new"), icon_name="upload")]


def state(run: ImportRun) -> str:
    """Whether it stands."""
    return str(_("undone")) if run.undone_at else ""


class ImportLedger(Ledger):
    add_to_admin_menu = False
    model = ImportRun
    name = "imports"
    icon = "upload"
    menu_label = _("Imports")
    index_view_class = RunList
    list_display = [
        TitleColumn(
            "source", label=_("Import"), url_name="imports:run", accessor=views.source_name
        ),
        Column("address", label=_("File or address")),
        Column("as_of", label=_("As of"), sort_key="as_of"),
        Column(
            "counts", label=_("Changes"), accessor=lambda run: reporting.line(run.counts) or "—"
        ),
        Column("imported_by", label=_("By"), accessor=lambda run: run.imported_by or "—"),
        DateColumn("retrieved_at", label=_("Imported"), sort_key="retrieved_at"),
        Column("undone", label=_("State"), accessor=state),
    ]
    list_filter = ["source", "retrieved_at"]
    search_fields = ["source", "address", "sha256"]
    search_backend_name = None
    ordering = ["-retrieved_at"]

    def get_urlpatterns(self) -> list[Any]:
        return [
            *super().get_urlpatterns(),
            path("new/", views.new, name="new"),
            path("preview/<int:pk>/", views.preview, name="preview"),
            path("<int:pk>/", views.run, name="run"),
            path("undo/<int:pk>/", views.undo, name="undo"),
        ]


class ContactFilters(WagtailFilterSet):
    bounced = BooleanFilter(
        label=_("mail came back"), field_name="bounced_at", lookup_expr="isnull", exclude=True
    )

    class Meta:
        model = ContactDetail
        fields = ["type"]


class ContactList(Listing):
    """Addresses that bounced or were not checked for long; those that bounced first."""

    page_title = _("Addresses to be checked")

    def get_base_queryset(self) -> QuerySet:
        found = contacts.to_check(super().get_base_queryset())
        return found.select_related("person", "post", "organization")


class WhoseColumn(Column):
    """Whose it is, with the way to where it is corrected."""

    cell_template_name = "civics/desk/whose.html"

    def get_value(self, instance: ContactDetail) -> str:
        return str(contacts.owner(instance))

    def get_cell_context_data(self, instance: Any, parent_context: Any) -> dict[str, Any]:
        context = super().get_cell_context_data(instance, parent_context)
        owner = contacts.owner(instance)
        names = {"person": "persons", "post": "offices", "organization": "organizations"}
        desk = names[owner._meta.model_name]  # type: ignore[index]
        return context | {"url": reverse(f"{desk}:edit", args=[owner.pk])}


class CheckColumn(Column):
    """The one click after a look at the official page."""

    cell_template_name = "civics/desk/check.html"

    def get_cell_context_data(self, instance: Any, parent_context: Any) -> dict[str, Any]:
        context = super().get_cell_context_data(instance, parent_context)
        request = parent_context["request"]
        may = request.user.has_perm("civics.change_contactdetail")
        # A cell is rendered without the request that would give the token.
        return context | {"csrf_token": get_token(request) if may else ""}

    def get_value(self, instance: Any) -> str:
        return ""


class ContactLedger(Ledger):
    add_to_admin_menu = False
    model = ContactDetail
    name = "to-check"
    icon = "tick-inverse"
    menu_label = _("To be checked")
    index_view_class = ContactList
    list_display = [
        WhoseColumn("owner", label=_("Whose")),
        Column("value", label=_("Address or number")),
        Column("type", label=_("Type"), accessor="get_type_display"),
        DateColumn("verified_at", label=_("Last checked"), sort_key="verified_at"),
        DateColumn("bounced_at", label=_("Mail came back"), sort_key="bounced_at"),
        CheckColumn("check", label=_("Official page")),
    ]
    filterset_class = ContactFilters
    search_fields = ["value", "person__family_name", "post__label", "organization__name"]
    search_backend_name = None
    ordering: list[str] = []

    def get_urlpatterns(self) -> list[Any]:
        checked = path("checked/<int:pk>/", views.checked, name="checked")
        return [*super().get_urlpatterns(), checked]
