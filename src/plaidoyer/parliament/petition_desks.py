"""Official petitions and their rules in the back office."""

from typing import Any

from django.db.models import QuerySet
from django.urls import path, reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from wagtail.admin.panels import FieldPanel, FieldRowPanel, MultiFieldPanel
from wagtail.admin.ui.tables import Column
from wagtail.admin.views import generic
from wagtail.admin.widgets.button import Button, HeaderButton

from plaidoyer.lib.desk import Desk, Listing, RowsPanel
from plaidoyer.parliament import courses, petition_views, tellings
from plaidoyer.parliament.models import (
    CompleteList,
    OfficialPetition,
    PetitionRules,
    PetitionSnapshot,
)
from plaidoyer.parliament.petition_forms import SnapshotForm


def counts_of(petition: OfficialPetition) -> str:
    """Where its counts are noted."""
    return reverse("official-petitions:counts", args=[petition.pk])


class PetitionList(Listing):
    """Petitions with where they stand; a fixed number of queries for a page of them."""

    def get_base_queryset(self) -> QuerySet:
        return super().get_base_queryset().select_related("legislature", "session")

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        context = super().get_context_data(**kwargs)
        shown = list(context["object_list"])
        seen = PetitionSnapshot.objects.filter(petition__in=shown)
        last = seen.order_by("petition", "-taken_at", "-pk").distinct("petition")
        counts = {one.petition_id: one for one in last}
        for course in courses.follow(shown):
            course.petition.course = course  # type: ignore[attr-defined]
            course.petition.last_count = counts.get(course.petition.pk)  # type: ignore[attr-defined]
        return context

    @property
    def header_more_buttons(self) -> list[Any]:
        more = [
            (_("Sitting days"), "official-petitions:sittings"),
            (_("Deadlines in your calendar"), "official-petitions:feed"),
        ]
        own = [Button(label, url=reverse(name), icon_name="calendar") for label, name in more]
        return [*super().header_more_buttons, *own]

    def get_list_more_buttons(self, instance: OfficialPetition) -> list[Any]:
        button = Button(_("Note a count"), url=counts_of(instance), icon_name="plus", priority=5)
        return [button, *super().get_list_more_buttons(instance)]


class PetitionSheet(generic.EditView):
    """A petition, with the way to its counts."""

    @property
    def header_buttons(self) -> list[HeaderButton]:
        return [
            HeaderButton(_("Note a count"), url=counts_of(self.object), icon_name="plus"),
        ]


def state(petition: Any) -> str:
    """Where it stands, an answer that is late marked as such."""
    words = tellings.state(petition.course)
    return f"⚠ {words}" if petition.course.is_overdue else words


def due(petition: Any) -> str:
    """When the answer is due; a mark where that is uncertain."""
    found = petition.course.due
    if found is None or petition.answered_on:
        return "—"
    return tellings.day(found.on) + ("" if found.is_certain else " (?)")


def closes(petition: OfficialPetition) -> str:
    """Its closing day: a date column of Wagtail's would call every day to come "just now"."""
    return tellings.day(petition.closes_on) if petition.closes_on else "—"


def last_count(petition: Any) -> str:
    """The newest official count."""
    seen = petition.last_count
    if seen is None:
        return "—"
    return f"{tellings.number(seen.signatures)} ({tellings.day(seen.taken_at.date())})"


class PetitionDesk(Desk):
    add_to_admin_menu = False
    model = OfficialPetition
    name = "official-petitions"
    icon = "doc-full"
    index_view_class = PetitionList
    edit_view_class = PetitionSheet
    list_display = [
        "__str__",
        Column("legislature", label=gettext_lazy("Legislature")),
        Column("state", label=gettext_lazy("State"), accessor=state),
        Column("due", label=gettext_lazy("Answer due"), accessor=due),
        Column("closes_on", label=gettext_lazy("Closes"), accessor=closes, sort_key="closes_on"),
        Column("count", label=gettext_lazy("Official count"), accessor=last_count),
    ]
    list_filter = ["is_followed", "legislature", "session", "closes_on"]
    search_fields = ["identifier", "title", "sponsor"]
    ordering = ["-closes_on"]
    panels = [
        FieldRowPanel([FieldPanel("legislature"), FieldPanel("identifier")]),
        FieldPanel("title"),
        FieldPanel("url"),
        FieldRowPanel([FieldPanel("session"), FieldPanel("sponsor")]),
        FieldPanel("is_followed"),
        MultiFieldPanel(
            [
                FieldRowPanel([FieldPanel("opens_on"), FieldPanel("closes_on")]),
                FieldRowPanel([FieldPanel("certified_on"), FieldPanel("refused_on")]),
                FieldRowPanel([FieldPanel("presented_on"), FieldPanel("presented_by")]),
                FieldRowPanel([FieldPanel("presented_as"), FieldPanel("withdrawn_on")]),
                FieldRowPanel([FieldPanel("debate_on"), FieldPanel("answered_on")]),
                FieldPanel("answer_url"),
            ],
            gettext_lazy("What happened, and when"),
        ),
        MultiFieldPanel(
            [FieldRowPanel([FieldPanel("response_due_on"), FieldPanel("response_due_reason")])],
            gettext_lazy("Response due on another day than the rules say"),
            help_text=gettext_lazy(
                "Left empty, the day follows from the presentation and the rules of the "
                "legislature."
            ),
        ),
        RowsPanel(
            "ranks",
            [
                FieldRowPanel([FieldPanel("rank"), FieldPanel("scope")]),
                FieldRowPanel([FieldPanel("as_of"), FieldPanel("source")]),
            ],
            heading=gettext_lazy("Places among petitions, as they were published"),
            label=gettext_lazy("published place"),
        ),
        RowsPanel(
            "snapshots",
            [
                FieldRowPanel([FieldPanel("signatures"), FieldPanel("taken_at")]),
                FieldPanel("source"),
            ],
            form=SnapshotForm,
            awaiting=1,
            heading=gettext_lazy("Official counts, as they were seen"),
            label=gettext_lazy("official count"),
        ),
    ]

    def get_urlpatterns(self) -> list[Any]:
        return [
            *super().get_urlpatterns(),
            path("counts/<int:pk>/", petition_views.counts, name="counts"),
            path("sittings/", petition_views.sitting_days, name="sittings"),
            path("feed/", petition_views.feed, name="feed"),
        ]


class RulesDesk(Desk):
    add_to_admin_menu = False
    model = PetitionRules
    name = "petition-rules"
    icon = "list-ol"
    list_display = ["__str__", "valid_from", "valid_until", "response_days", "is_official"]
    list_filter = ["legislature", "is_official"]
    panels = [
        FieldRowPanel([FieldPanel("legislature")]),
        FieldRowPanel([FieldPanel("valid_from"), FieldPanel("valid_until")]),
        FieldRowPanel([FieldPanel("open_days"), FieldPanel("open_months")]),
        FieldPanel("sponsor_required"),
        MultiFieldPanel(
            [
                FieldRowPanel([FieldPanel("response_days"), FieldPanel("response_months")]),
                FieldPanel("committee_days"),
                FieldRowPanel(
                    [FieldPanel("response_on_sitting_day"), FieldPanel("response_sitting")]
                ),
            ],
            gettext_lazy("When an answer is due"),
        ),
        MultiFieldPanel(
            [
                FieldPanel("closed_by_dissolution"),
                FieldPanel("dropped_unless_presented"),
                FieldPanel("answers_end_with_dissolution"),
            ],
            gettext_lazy("What a dissolution ends"),
        ),
        FieldPanel("note"),
        FieldRowPanel([FieldPanel("source"), FieldPanel("is_official")]),
        RowsPanel(
            "thresholds",
            [FieldRowPanel([FieldPanel("signatures"), FieldPanel("code")]), FieldPanel("effect")],
            heading=gettext_lazy("Thresholds"),
            label=gettext_lazy("threshold"),
        ),
    ]


class CompleteListDesk(Desk):
    add_to_admin_menu = False
    model = CompleteList
    name = "complete-lists"
    icon = "list-ul"
    list_display = ["__str__", "as_of", "petitions"]
    list_filter = ["legislature", "scope"]
    panels = [
        FieldPanel("legislature"),
        FieldRowPanel([FieldPanel("scope"), FieldPanel("value")]),
        FieldRowPanel([FieldPanel("as_of"), FieldPanel("petitions")]),
        FieldPanel("source"),
    ]
