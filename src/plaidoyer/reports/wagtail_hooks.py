from django.urls import URLPattern, path
from django.utils.translation import gettext_lazy as _
from django_filters import BooleanFilter, DateFromToRangeFilter
from wagtail import hooks
from wagtail.admin.filters import DateRangePickerWidget, WagtailFilterSet
from wagtail.admin.ui.tables import Column

from plaidoyer.lib.desk import Desk, NewSheet
from plaidoyer.reports import editing, editions, publishing
from plaidoyer.reports.models import Edition


class EditionFilters(WagtailFilterSet):
    published = BooleanFilter("published_at", "isnull", exclude=True, label=_("Published"))
    ends_on = DateFromToRangeFilter(label=_("Period ends"), widget=DateRangePickerWidget)

    class Meta:
        model = Edition
        fields = ["published", "ends_on"]


class NewEdition(NewSheet):
    """Picks the period; the campaigns to be told are found at once."""

    def save_instance(self) -> Edition:
        edition = super().save_instance()
        editions.draft(edition, self.request.user)
        return edition

    def get_success_url(self) -> str:
        return self.get_edit_url()


class EditionDesk(Desk):
    model = Edition
    name = "editions"
    icon = "doc-full"
    menu_label = _("Editions")
    menu_order = 180
    add_view_class = NewEdition
    list_display = [
        "__str__",
        Column("starts_on", label=_("From"), sort_key="starts_on"),
        Column("ends_on", label=_("To"), sort_key="ends_on"),
        Column("published_at", label=_("Published"), sort_key="published_at"),
    ]
    filterset_class = EditionFilters
    search_fields = ["title", "slug", "items__title"]
    form_fields = ["title", "slug", "starts_on", "ends_on"]
    ordering = ["-ends_on"]

    def get_urlpatterns(self) -> list[URLPattern]:
        kept = [p for p in super().get_urlpatterns() if p.name != "edit"]
        return [
            *kept,
            path("edit/<int:pk>/", editing.edit, name="edit"),
            path("edit/<int:pk>/publish/", publishing.publish, name="publish"),
            path("edit/<int:pk>/schedule/", publishing.schedule, name="schedule"),
            path("edit/<int:pk>/correct/", publishing.correct, name="correct"),
            path("edit/<int:pk>/drafts/", publishing.compare, name="drafts"),
            path("edit/<int:pk>/web/<slug:language>/", editing.preview, name="preview"),
            path("edit/<int:pk>/paper/<slug:language>/", editing.paper, name="paper"),
        ]


@hooks.register("register_admin_viewset")
def editions_desk() -> Desk:
    return EditionDesk()
