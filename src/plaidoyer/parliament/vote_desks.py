"""Sessions and recorded votes in the back office: totals as published beside those we hold."""

from typing import Any

from django.core.exceptions import ValidationError
from django.db.models import Count, IntegerField, OuterRef, QuerySet, Subquery
from django.db.models.functions import Coalesce
from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy
from django_filters import BooleanFilter
from wagtail.admin.filters import WagtailFilterSet
from wagtail.admin.forms import WagtailAdminModelForm
from wagtail.admin.panels import FieldPanel, FieldRowPanel, HelpPanel, MultiFieldPanel, ObjectList
from wagtail.admin.ui.tables import Column, DateColumn
from wagtail.admin.views import generic
from wagtail.admin.widgets.button import HeaderButton

from plaidoyer.lib.desk import Desk, Listing, Rows, RowsPanel
from plaidoyer.parliament import results
from plaidoyer.parliament.models import LegislativeSession, Option, Vote, VoteEvent


class SessionDesk(Desk):
    add_to_admin_menu = False
    model = LegislativeSession
    name = "sessions"
    icon = "date"
    list_display = [
        "identifier",
        Column("legislature", label=_("Legislature")),
        "start_on",
        "end_on",
        "dissolved_on",
    ]
    list_filter = ["legislature"]
    ordering = ["legislature", "-start_on", "-identifier"]
    panels = [
        FieldRowPanel([FieldPanel("legislature"), FieldPanel("identifier")]),
        FieldPanel("parliament"),
        FieldRowPanel([FieldPanel("start_on"), FieldPanel("end_on")]),
        FieldPanel("dissolved_on"),
    ]


def votes_held(option: Option) -> Any:
    """How many votes of one way we hold of each event."""
    votes = Vote.objects.filter(event=OuterRef("pk"), option=option).order_by()
    counted = votes.values("event").annotate(number=Count("pk")).values("number")
    return Coalesce(Subquery(counted, output_field=IntegerField()), 0)


class VoteFilters(WagtailFilterSet):
    differs = BooleanFilter(label=_("Differs from the published totals"), method="that_differ")

    def that_differ(self, events: QuerySet, _name: str, value: bool | None) -> QuerySet:
        """Those whose held votes differ, or the others."""
        if value is None:
            return events
        these = results.differing(VoteEvent.objects.all()).values("pk")
        return events.filter(pk__in=these) if value else events.exclude(pk__in=these)

    class Meta:
        model = VoteEvent
        fields = ["session", "result", "held_on", "differs"]


class VoteList(Listing):
    def get_base_queryset(self) -> QuerySet:
        events = super().get_base_queryset()
        counts = {f"held_{option}": votes_held(option) for option in results.COLUMNS}
        return events.select_related("motion", "session").annotate(**counts)


def totals_of(event: Any) -> str:
    """ "204 · 117": yes and no as published, else as held."""
    held = {option: getattr(event, f"held_{option}") for option in results.COLUMNS}
    shown = {total.option: total.shown for total in results.totals(event, held)}
    return " · ".join(str(shown.get(option, "—")) for option in (Option.YES, Option.NO))


def differences_of(event: Any) -> str:
    """ "paired 1 ≠ 2": what we hold and what was published, where they differ."""
    held = {option: getattr(event, f"held_{option}") for option in results.COLUMNS}
    found = results.differences(event, held)
    return ", ".join(f"{one.option.label} {one.held} ≠ {one.published}" for one in found) or "—"


class VoteForm(WagtailAdminModelForm):
    def clean(self) -> dict[str, Any]:
        cleaned = super().clean()
        motion, session = cleaned.get("motion"), cleaned.get("session")
        if motion and session and session.legislature_id != motion.legislature_id:
            self.add_error("session", _("This session is another legislature’s."))
        if cleaned.get("identifier") and not session:
            self.add_error("session", _("A number needs its session: numbers restart with each."))
        return cleaned


class GroupRows(Rows):
    """The totals of parties: together no more than the whole."""

    once = "group"

    def clean(self) -> None:
        super().clean()
        for option, column in results.COLUMNS.items():
            whole = getattr(self.instance, column)
            parts = sum(form.cleaned_data.get(column) or 0 for form in self.kept)
            if whole is not None and parts > whole:
                message = _("%(option)s: the parties have %(parts)d together, the whole %(whole)d.")
                words = {"option": option.label, "parts": parts, "whole": whole}
                raise ValidationError(message % words)


class GroupForm(WagtailAdminModelForm):
    @staticmethod
    def value_of(row: Any) -> Any:
        """The party that a row is of."""
        return row.group


class VoteSheet(generic.EditView):
    """A recorded vote, with the ways to its public page and to its members."""

    @property
    def header_buttons(self) -> list[HeaderButton]:
        event = self.object
        return [
            HeaderButton(
                _("Enter votes or positions"),
                url=reverse("motions:members", args=[event.motion_id]),
                icon_name="list-ul",
            ),
            HeaderButton(
                _("Public page"),
                url=reverse("votes:vote", args=[event.public_id]),
                icon_name="view",
            ),
        ]


class VoteEventDesk(Desk):
    add_to_admin_menu = False
    model = VoteEvent
    name = "recorded-votes"
    icon = "list-ol"
    index_view_class = VoteList
    edit_view_class = VoteSheet
    list_display = [
        "__str__",
        Column("title", label=_("Motion"), accessor="motion.title"),
        Column("session", label=_("Session")),
        DateColumn("held_on", label=pgettext_lazy("vote", "Held"), sort_key="held_on"),
        Column("result", label=_("Result"), accessor="get_result_display"),
        Column("totals", label=_("Yes · no"), accessor=totals_of),
        Column("differences", label=_("Held ≠ published"), accessor=differences_of),
    ]
    filterset_class = VoteFilters
    search_fields = ["identifier", "motion__identifier", "motion__title", "motion__bill"]
    search_backend_name = None
    ordering = ["-held_on", "-id"]
    edit_handler = ObjectList(
        [
            FieldPanel("motion"),
            FieldRowPanel([FieldPanel("session"), FieldPanel("identifier")]),
            FieldRowPanel([FieldPanel("held_on"), FieldPanel("held_at")]),
            FieldPanel("result"),
            FieldPanel("result_as_published"),
            MultiFieldPanel(
                [
                    HelpPanel(
                        _(
                            "As the legislature published them. They are never derived from the "
                            "votes of members, so that a difference shows."
                        )
                    ),
                    FieldRowPanel([FieldPanel("yes_count"), FieldPanel("no_count")]),
                    FieldRowPanel([FieldPanel("paired_count"), FieldPanel("abstain_count")]),
                ],
                _("Totals"),
            ),
            FieldPanel("source"),
            RowsPanel(
                "group_counts",
                [
                    FieldPanel("group"),
                    FieldRowPanel([FieldPanel("yes_count"), FieldPanel("no_count")]),
                    FieldRowPanel([FieldPanel("paired_count"), FieldPanel("abstain_count")]),
                ],
                form=GroupForm,
                rows=GroupRows,
                heading=_("Totals by party, where nobody published how each member voted"),
                label=_("party"),
            ),
        ],
        base_form_class=VoteForm,
    )
