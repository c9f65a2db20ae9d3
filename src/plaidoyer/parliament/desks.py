"""Motions, stated positions and recorded votes in the back office."""

from typing import Any

from django.db.models import Count, QuerySet
from django.urls import path, reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from wagtail.admin.panels import FieldPanel, FieldRowPanel
from wagtail.admin.ui.tables import Column, DateColumn
from wagtail.admin.views import generic
from wagtail.admin.widgets.button import Button, HeaderButton

from plaidoyer.lib.desk import Desk, Listing, RowsPanel
from plaidoyer.parliament import views
from plaidoyer.parliament.models import Motion, Position


def lists_of(motion: Motion) -> str:
    """Where lists of its members are pasted."""
    return reverse("motions:members", args=[motion.pk])


class MotionList(Listing):
    def get_base_queryset(self) -> QuerySet:
        motions = super().get_base_queryset().select_related("legislature", "session")
        return motions.prefetch_related("vote_events").annotate(
            stated=Count("positions__person", distinct=True)
        )

    def get_list_more_buttons(self, instance: Motion) -> list[Any]:
        button = Button(
            _("Enter votes or positions"), url=lists_of(instance), icon_name="list-ul", priority=5
        )
        return [button, *super().get_list_more_buttons(instance)]


class MotionSheet(generic.EditView):
    """A motion, with the way to the lists of its members."""

    @property
    def header_buttons(self) -> list[HeaderButton]:
        return [
            HeaderButton(
                _("Enter votes or positions"), url=lists_of(self.object), icon_name="list-ul"
            )
        ]


def last_result(motion: Motion) -> str:
    """How the last recorded vote ended, for the list."""
    events = motion.vote_events.all()
    return f"{events[0].get_result_display()} ({events[0].held_on})" if events else "—"


class MotionDesk(Desk):
    add_to_admin_menu = False
    model = Motion
    name = "motions"
    icon = "list-ul"
    index_view_class = MotionList
    edit_view_class = MotionSheet
    list_display = [
        "__str__",
        Column("legislature", label=gettext_lazy("Legislature")),
        DateColumn(
            "vote_expected_on", label=gettext_lazy("Vote expected"), sort_key="vote_expected_on"
        ),
        Column("stated", label=gettext_lazy("Positions known")),
        Column("result", label=gettext_lazy("Recorded vote"), accessor=last_result),
    ]
    list_filter = ["legislature", "session", "vote_expected_on"]
    search_fields = ["identifier", "title", "bill"]
    search_backend_name = None
    ordering = ["-vote_expected_on", "-id"]
    panels = [
        FieldRowPanel([FieldPanel("legislature"), FieldPanel("session")]),
        FieldRowPanel([FieldPanel("identifier"), FieldPanel("bill")]),
        FieldPanel("title"),
        FieldPanel("text"),
        FieldPanel("url"),
        FieldPanel("vote_expected_on"),
        RowsPanel(
            "vote_events",
            [
                FieldRowPanel([FieldPanel("held_on"), FieldPanel("result")]),
                FieldRowPanel([FieldPanel("session"), FieldPanel("identifier")]),
                FieldRowPanel([FieldPanel("yes_count"), FieldPanel("no_count")]),
                FieldPanel("source"),
            ],
            heading=gettext_lazy("Recorded votes"),
            label=gettext_lazy("recorded vote"),
            help_text=gettext_lazy(
                "When the vote was held and how it ended, with the totals as published. Each "
                "member’s vote is pasted as a list, or imported by the vote’s session and number."
            ),
        ),
    ]

    def get_urlpatterns(self) -> list[Any]:
        return [
            *super().get_urlpatterns(),
            path("members/<int:pk>/", views.members, name="members"),
            path("undo/<int:pk>/", views.undo, name="undo"),
        ]


class PositionList(Listing):
    def get_base_queryset(self) -> QuerySet:
        return super().get_base_queryset().select_related("motion", "person")


class PositionDesk(Desk):
    add_to_admin_menu = False
    model = Position
    name = "positions"
    icon = "openquote"
    menu_label = gettext_lazy("Stated positions")
    index_view_class = PositionList
    list_display = [
        "person",
        Column("motion", label=gettext_lazy("Motion"), sort_key="motion__identifier"),
        Column("option", label=gettext_lazy("Position"), accessor="get_option_display"),
        DateColumn("stated_on", label=gettext_lazy("Stated"), sort_key="stated_on"),
        Column("source", label=gettext_lazy("Source")),
    ]
    list_filter = ["motion", "option", "stated_on"]
    search_fields = ["person__family_name", "person__given_name", "motion__identifier"]
    search_backend_name = None
    ordering = ["-stated_on", "-id"]
    panels = [
        FieldPanel("motion"),
        FieldRowPanel([FieldPanel("person"), FieldPanel("option")]),
        FieldRowPanel([FieldPanel("stated_on"), FieldPanel("source")]),
    ]
