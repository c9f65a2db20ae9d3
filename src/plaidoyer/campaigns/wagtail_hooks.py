from typing import Any

from django import forms
from django.db.models import Count, QuerySet
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy
from django_filters import BooleanFilter
from wagtail import hooks
from wagtail.admin.filters import WagtailFilterSet
from wagtail.admin.panels import FieldPanel, FieldRowPanel, MultiFieldPanel, ObjectList
from wagtail.admin.ui.tables import Column

from plaidoyer.campaigns.forms import (
    AskedForm,
    AskedRows,
    CampaignForm,
    DemandForm,
    DemandRows,
    TargetForm,
    TargetRows,
)
from plaidoyer.campaigns.models import AskedVote, Campaign, Demand, Target
from plaidoyer.lib.desk import Desk, Listing, RowsPanel


class CampaignFilters(WagtailFilterSet):
    closed = BooleanFilter("closed_on", "isnull", exclude=True, label=_("Closed"))

    class Meta:
        model = Campaign
        fields = ["closed", "targets__organization", "targets__post"]


class CampaignList(Listing):
    def get_base_queryset(self) -> QuerySet:
        return (
            super()
            .get_base_queryset()
            .annotate(
                demand_count=Count("demands", distinct=True),
                target_count=Count("targets", distinct=True),
            )
        )


def asked_panels() -> list[Any]:
    """Who is asked, in what role, and the page that shows it."""
    return [
        FieldPanel("who"),
        MultiFieldPanel(
            [FieldPanel("body"), FieldPanel("office")], _("Or somebody who is not in the list yet")
        ),
        FieldRowPanel([FieldPanel("role"), FieldPanel("source")]),
        FieldPanel("looked"),
    ]


class CampaignDesk(Desk):
    model = Campaign
    name = "campaigns"
    icon = "tasks"
    menu_order = 110
    index_view_class = CampaignList
    list_display = [
        "__str__",
        "opened_on",
        "closed_on",
        Column("demand_count", label=_("Demands"), sort_key="demand_count"),
        Column("target_count", label=_("Targets"), sort_key="target_count"),
    ]
    filterset_class = CampaignFilters
    search_fields = ["name", "summary", "slug", "demands__words"]
    ordering = ["-opened_on"]
    edit_handler = ObjectList(
        [
            FieldPanel("name"),
            FieldPanel("summary"),
            RowsPanel(
                "demands",
                [FieldPanel("words"), FieldPanel("targets", forms.CheckboxSelectMultiple)],
                form=DemandForm,
                rows=DemandRows,
                min_num=1,
                heading=_("What is asked"),
                label=_("demand"),
            ),
            RowsPanel(
                "targets",
                asked_panels(),
                form=TargetForm,
                rows=TargetRows,
                awaiting=1,
                heading=_("Who is asked"),
                label=_("target"),
            ),
            FieldRowPanel([FieldPanel("opened_on"), FieldPanel("closed_on")]),
            FieldPanel("official_petitions", forms.CheckboxSelectMultiple),
            RowsPanel(
                "asked_votes",
                [FieldPanel("vote"), FieldPanel("option"), FieldPanel("reason")],
                form=AskedForm,
                rows=AskedRows,
                heading=_("Votes that count"),
                label=_("vote that counts"),
                help_text=_(
                    "Recorded votes by which visitors see how members stand to this campaign, with "
                    "the way it asked for and why. They make its scorecard."
                ),
            ),
            FieldPanel("slug"),
        ],
        base_form_class=CampaignForm,
    )


class DemandList(Listing):
    def get_base_queryset(self) -> QuerySet:
        demands = super().get_base_queryset().select_related("campaign")
        return demands.prefetch_related("targets__post", "targets__person", "targets__organization")


def asked_of(demand: Demand) -> str:
    """The targets named by a demand, for the list."""
    return ", ".join(str(target) for target in demand.targets.all()) or str(_("every target"))


class DemandDesk(Desk):
    model = Demand
    name = "demands"
    icon = "clipboard-list"
    menu_order = 120
    index_view_class = DemandList
    list_display = [
        "__str__",
        Column("campaign", label=_("Campaign"), sort_key="campaign__name"),
        Column("targets", label=_("Asked of"), accessor=asked_of),
    ]
    list_filter = ["campaign"]
    # The order is that of the demands in their own campaign, given there.
    sort_order_field = None
    search_fields = ["words", "campaign__name"]
    ordering = ["campaign__name", "position"]
    edit_handler = ObjectList(
        [
            FieldPanel("campaign"),
            FieldPanel("words"),
            FieldPanel("targets", forms.CheckboxSelectMultiple),
        ],
        base_form_class=DemandForm,
    )


class TargetFilters(WagtailFilterSet):
    class Meta:
        model = Target
        fields = ["campaign", "post", "organization", "person"]


class TargetList(Listing):
    def get_base_queryset(self) -> QuerySet:
        targets = super().get_base_queryset()
        return targets.select_related("campaign", "post__organization", "person", "organization")


def kind_of(target: Target) -> Any:
    """Office, person or organization, for the list."""
    return target.decision_maker._meta.verbose_name


class TargetDesk(Desk):
    model = Target
    name = "targets"
    icon = "crosshairs"
    menu_order = 130
    index_view_class = TargetList
    list_display = [
        "__str__",
        Column("kind", label=_("Kind"), accessor=kind_of),
        Column("campaign", label=_("Campaign"), sort_key="campaign__name"),
    ]
    filterset_class = TargetFilters
    search_fields = [
        "post__label",
        "post__organization__name",
        "person__given_name",
        "person__family_name",
        "organization__name",
        "campaign__name",
    ]
    ordering = ["campaign__name"]
    edit_handler = ObjectList(
        [FieldPanel("campaign"), *asked_panels()],
        base_form_class=TargetForm,
    )


class AskedList(Listing):
    def get_base_queryset(self) -> QuerySet:
        return super().get_base_queryset().select_related("campaign", "event__motion")


class AskedDesk(Desk):
    """Votes that count, of every campaign and the organisation's own, which have none."""

    model = AskedVote
    name = "asked-votes"
    icon = "tick-inverse"
    menu_label = _("Votes that count")
    menu_order = 140
    index_view_class = AskedList
    list_display = [
        Column("event", label=_("Recorded vote"), accessor="event.motion"),
        Column("held", label=pgettext_lazy("vote", "Held"), accessor="event.held_on"),
        Column("option", label=_("The way asked for"), accessor="get_option_display"),
        Column("campaign", label=_("Campaign"), accessor=lambda one: one.campaign or _("our own")),
    ]
    list_filter = ["campaign"]
    sort_order_field = None
    ordering = ["campaign", "position"]
    edit_handler = ObjectList(
        [
            FieldPanel(
                "campaign", help_text=_("Left empty, the vote counts for the organisation itself.")
            ),
            FieldPanel("vote"),
            FieldPanel("option"),
            FieldPanel("reason"),
        ],
        base_form_class=AskedForm,
    )


@hooks.register("register_admin_viewset")
def campaigns() -> list[Desk]:
    return [CampaignDesk(), DemandDesk(), TargetDesk(), AskedDesk()]
