from typing import Any

from django import forms
from django.db.models import QuerySet
from django.http import HttpRequest
from django.urls import URLPattern, path, reverse_lazy
from django.utils.translation import gettext_lazy as _
from django_filters import ChoiceFilter, DateFromToRangeFilter
from wagtail import hooks
from wagtail.admin.filters import DateRangePickerWidget, WagtailFilterSet
from wagtail.admin.menu import MenuItem
from wagtail.admin.panels import FieldPanel, FieldRowPanel, MultiFieldPanel, ObjectList
from wagtail.admin.ui.tables import Column

from plaidoyer.lib.desk import Desk, Listing, RowsPanel
from plaidoyer.outcomes import reply_desk  # noqa: F401  (its screen)
from plaidoyer.outcomes.forms import EvidenceForm, MilestoneForm, MovementForm, MovementRows
from plaidoyer.outcomes.handovers import desks as handovers  # noqa: F401  (its screens)
from plaidoyer.outcomes.models import Milestone, Standing
from plaidoyer.outcomes.views import BoardView


class MilestoneFilters(WagtailFilterSet):
    happened_on = DateFromToRangeFilter(label=_("Day"), widget=DateRangePickerWidget)
    standing = ChoiceFilter(
        "movements__standing", choices=Standing.choices, distinct=True, label=_("Moved to")
    )

    class Meta:
        model = Milestone
        fields = ["kind", "campaigns", "happened_on", "standing", "claim"]


class MilestoneList(Listing):
    def get_base_queryset(self) -> QuerySet:
        milestones = super().get_base_queryset()
        return milestones.prefetch_related("campaigns", "movements", "evidence")


def names(milestone: Milestone) -> str:
    """Its campaigns, for the list."""
    return ", ".join(str(campaign) for campaign in milestone.campaigns.all())


def moved(milestone: Milestone) -> str:
    """The standings it brought, for the list."""
    brought = [movement.brought for movement in milestone.movements.all()]
    return ", ".join(f"{standing.symbol} {standing.label}" for standing in brought) or "—"


class MilestoneDesk(Desk):
    model = Milestone
    name = "milestones"
    icon = "calendar-check"
    menu_order = 152
    index_view_class = MilestoneList
    list_display = [
        "title",
        "happened_on",
        "kind",
        Column("campaigns", label=_("Campaigns"), accessor=names),
        Column("moved", label=_("Moved to"), accessor=moved),
        Column("evidence", label=_("Evidence"), accessor=lambda row: len(row.evidence.all())),
    ]
    filterset_class = MilestoneFilters
    search_fields = ["title", "story", "campaigns__name", "evidence__title", "evidence__publisher"]
    ordering = ["-happened_on"]
    edit_handler = ObjectList(
        [
            FieldPanel("title"),
            FieldRowPanel([FieldPanel("happened_on"), FieldPanel("kind")]),
            RowsPanel(
                "movements",
                [FieldPanel("pair"), FieldPanel("standing")],
                form=MovementForm,
                rows=MovementRows,
                awaiting=1,
                heading=_("What it moved"),
                label=_("movement"),
                help_text=_("Leave it empty for a fact that moved no demand."),
            ),
            RowsPanel(
                "evidence",
                [
                    FieldRowPanel([FieldPanel("url"), FieldPanel("file")]),
                    FieldRowPanel([FieldPanel("title"), FieldPanel("publisher")]),
                    FieldRowPanel([FieldPanel("published_on"), FieldPanel("language")]),
                ],
                form=EvidenceForm,
                awaiting=1,
                heading=_("Where anybody can check it"),
                label=_("evidence"),
            ),
            FieldPanel("story"),
            MultiFieldPanel([FieldPanel("claim"), FieldPanel("claim_words")], _("Our part in it")),
            FieldPanel(
                "campaigns",
                forms.CheckboxSelectMultiple,
                help_text=_("The campaigns of the demands above are added by themselves."),
            ),
        ],
        base_form_class=MilestoneForm,
    )


@hooks.register("register_admin_viewset")
def milestones() -> MilestoneDesk:
    return MilestoneDesk()


@hooks.register("register_admin_urls")
def board() -> list[URLPattern]:
    return [path("outcomes/", BoardView.as_view(), name="outcomes_board")]


class BoardMenuItem(MenuItem):
    def is_shown(self, request: HttpRequest) -> bool:
        return request.user.has_perm("outcomes.view_milestone")


@hooks.register("register_admin_menu_item")
def board_menu_item() -> Any:
    address = reverse_lazy("outcomes_board")
    return BoardMenuItem(_("Outcomes board"), address, icon_name="table", order=155)
