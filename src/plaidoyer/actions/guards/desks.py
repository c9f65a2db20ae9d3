"""The back office's lists of the guards, and its doors to their screens."""

from typing import Any

from django.db.models import QuerySet
from django.http import HttpRequest
from django.urls import URLPattern, path, reverse_lazy
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy
from django_filters import ChoiceFilter
from wagtail import hooks
from wagtail.admin.filters import WagtailFilterSet
from wagtail.admin.menu import MenuItem
from wagtail.admin.panels import FieldPanel, FieldRowPanel, ObjectList
from wagtail.admin.ui.tables import Column, DateColumn, TitleColumn

from plaidoyer.actions.guards import holds
from plaidoyer.actions.guards.models import DomainRule
from plaidoyer.actions.guards.screens import HoldView, InvalidateView, WatchView
from plaidoyer.actions.models import Hold
from plaidoyer.lib.desk import Desk, Ledger, Listing, NewSheet


class HoldFilters(WagtailFilterSet):
    state = ChoiceFilter(
        label=_("State"),
        method="keep_state",
        choices=[
            ("standing", pgettext_lazy("hold", "standing")),
            ("lifted", pgettext_lazy("hold", "lifted")),
        ],
    )

    class Meta:
        model = Hold
        fields = ["form", "cause", "state"]

    def keep_state(self, rows: QuerySet, _name: str, state: str) -> QuerySet:
        return rows.filter(lifted_at__isnull=state == "standing")


class HoldList(Listing):
    def get_base_queryset(self) -> QuerySet:
        return super().get_base_queryset().select_related("form", "placed_by")

    def get_context_data(self, *args: Any, **kwargs: Any) -> dict[str, Any]:
        context = super().get_context_data(*args, **kwargs)
        found = holds.numbers(context["object_list"])
        for hold in context["object_list"]:
            hold.numbers = found.get(hold.pk, {"taken": 0, "held": 0})
        return context


class HoldLedger(Ledger):
    model = Hold
    name = "holds"
    icon = "warning"
    menu_label = _("Holds")
    add_to_admin_menu = False
    index_view_class = HoldList
    list_display = [
        TitleColumn("cause", label=_("Cause"), accessor=str, url_name="hold"),
        Column("form", label=_("Form")),
        Column("taken", label=_("Acts"), accessor="numbers.taken"),
        Column("held", label=_("Still held"), accessor="numbers.held"),
        Column("placed_by", label=_("By"), accessor=lambda hold: hold.placed_by or "—"),
        DateColumn("placed_at", label=pgettext_lazy("hold", "Placed"), sort_key="placed_at"),
        DateColumn("lifted_at", label=pgettext_lazy("hold", "Lifted"), sort_key="lifted_at"),
    ]
    filterset_class = HoldFilters
    ordering = ["-placed_at"]


class RuleSheet(NewSheet):
    def get_initial(self) -> dict[str, Any]:
        given = {name: self.request.GET.get(name, "") for name in ("domain", "verdict")}
        return {**super().get_initial(), **given}

    def save_instance(self) -> DomainRule:
        self.form.instance.ruled_by = self.request.user
        return super().save_instance()


class RuleDesk(Desk):
    model = DomainRule
    name = "mail-domains"
    icon = "mail"
    menu_label = _("Mail domains")
    add_to_admin_menu = False
    add_view_class = RuleSheet
    list_display = [
        "domain",
        Column("verdict", label=_("Acts are"), accessor="get_verdict_display"),
        Column("reason", label=_("Reason")),
        Column("ruled_by", label=_("Decided by"), accessor=lambda rule: rule.ruled_by or "—"),
        DateColumn("ruled_at", label=_("Since"), sort_key="ruled_at"),
    ]
    search_fields = ["domain"]
    search_backend_name = None
    edit_handler = ObjectList(
        [FieldRowPanel([FieldPanel("domain"), FieldPanel("verdict")]), FieldPanel("reason")]
    )


@hooks.register("register_admin_viewset")
def guard_desks() -> list[Desk]:
    return [HoldLedger(), RuleDesk()]


@hooks.register("register_admin_urls")
def screens() -> list[URLPattern]:
    return [
        path("vigilance/", WatchView.as_view(), name="vigilance"),
        path("vigilance/invalidate/", InvalidateView.as_view(), name="invalidate"),
        path("vigilance/<int:pk>/", HoldView.as_view(), name="hold"),
    ]


class WatchMenuItem(MenuItem):
    def is_shown(self, request: HttpRequest) -> bool:
        return request.user.has_perm("actions.view_hold")


@hooks.register("register_admin_menu_item")
def watch_menu_item() -> Any:
    address = reverse_lazy("vigilance")
    return WatchMenuItem(WatchView.page_title, address, icon_name="warning", order=151)
