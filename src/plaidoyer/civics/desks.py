"""Decision-makers in the back office. The menu that shows them is parliament's, one floor up."""

import datetime
from itertools import combinations
from typing import Any

from django.core.exceptions import ValidationError
from django.db.models import QuerySet
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django_filters import BooleanFilter
from wagtail.admin.filters import WagtailFilterSet
from wagtail.admin.panels import FieldPanel, FieldRowPanel
from wagtail.admin.ui.tables import Column

from plaidoyer.civics.models import Membership, Organization, Person, Post
from plaidoyer.lib.desk import Desk, Listing, Rows, RowsPanel


def contact_details() -> RowsPanel:
    """The addresses of a person, an office or an organization, in its form."""
    return RowsPanel(
        "contact_details",
        [
            FieldRowPanel([FieldPanel("type"), FieldPanel("value")]),
            FieldPanel("source"),
            FieldPanel("verified_at"),
        ],
        heading=_("Official ways to reach them"),
        label=_("contact detail"),
    )


class Terms(Rows):
    """The terms of one office: whoever comes next begins when the one before has left."""

    def clean(self) -> None:
        super().clean()
        terms = [form.cleaned_data for form in self.kept if not form.errors]
        for one, other in combinations(terms, 2):
            if _overlap(one, other):
                message = _("%(one)s and %(other)s would hold the office at the same time.")
                names = {"one": one["person"], "other": other["person"]}
                raise ValidationError(message, params=names)


def _overlap(one: dict[str, Any], other: dict[str, Any]) -> bool:
    """Whether two terms share more than the day on which the office changes hands."""
    starts = [term["start_on"] or datetime.date.min for term in (one, other)]
    ends = [term["end_on"] or datetime.date.max for term in (one, other)]
    return max(starts) < min(ends)


class PostFilters(WagtailFilterSet):
    vacant = BooleanFilter(label=_("vacant"), method="keep_vacant")

    class Meta:
        model = Post
        fields = ["organization"]

    def keep_vacant(self, posts: QuerySet, _name: str, vacant: bool) -> QuerySet:
        held = Membership.objects.on(timezone.localdate()).values("post")
        return posts.exclude(pk__in=held) if vacant else posts.filter(pk__in=held)


class PostList(Listing):
    def get_base_queryset(self) -> QuerySet:
        posts = super().get_base_queryset().select_related("organization")
        return posts.prefetch_related("memberships__person")


class PostDesk(Desk):
    add_to_admin_menu = False
    model = Post
    name = "offices"
    icon = "user"
    index_view_class = PostList
    list_display = [
        "__str__",
        Column("organization", label=_("Organization"), sort_key="organization__name"),
        Column("holder", label=_("Held by"), accessor=lambda post: post.holder() or "—"),
    ]
    filterset_class = PostFilters
    search_fields = [
        "label",
        "organization__name",
        "memberships__person__family_name",
        "memberships__person__given_name",
    ]
    ordering = ["organization__name", "label"]
    panels = [
        FieldPanel("label"),
        FieldPanel("organization"),
        RowsPanel(
            "memberships",
            [
                FieldPanel("person"),
                FieldRowPanel([FieldPanel("start_on"), FieldPanel("end_on")]),
            ],
            rows=Terms,
            heading=_("Who holds it, and who did"),
            label=_("term of office"),
        ),
        contact_details(),
    ]


class PersonDesk(Desk):
    add_to_admin_menu = False
    model = Person
    name = "persons"
    icon = "group"
    list_display = [
        "__str__",
        "family_name",
        Column("preferred_language", label=_("Writes in"), sort_key="preferred_language"),
    ]
    list_filter = ["preferred_language"]
    search_fields = ["given_name", "family_name", "honorific_prefix"]
    ordering = ["family_name", "given_name"]
    panels = [
        FieldPanel("honorific_prefix"),
        FieldRowPanel([FieldPanel("given_name"), FieldPanel("family_name")]),
        FieldPanel("preferred_language"),
        contact_details(),
    ]


class OrganizationDesk(Desk):
    add_to_admin_menu = False
    model = Organization
    name = "organizations"
    icon = "site"
    list_display = ["__str__", "classification"]
    list_filter = ["classification"]
    search_fields = ["name", "classification"]
    ordering = ["name"]
    panels = [
        FieldPanel("name"),
        FieldRowPanel([FieldPanel("classification"), FieldPanel("url")]),
        contact_details(),
    ]
