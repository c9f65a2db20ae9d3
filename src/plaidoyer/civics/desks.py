"""Decision-makers in the back office. The menu that shows them is parliament's, one floor up."""

import datetime
from itertools import combinations
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.db.models import Count, QuerySet
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django_filters import BooleanFilter
from wagtail.admin.filters import WagtailFilterSet
from wagtail.admin.forms import WagtailAdminModelForm
from wagtail.admin.panels import FieldPanel, FieldRowPanel, ObjectList
from wagtail.admin.ui.tables import Column

from plaidoyer.civics import codes, places
from plaidoyer.civics.models import Area, Membership, Organization, Person, Post
from plaidoyer.lib.desk import Desk, Listing, Rows, RowsPanel


class ContactForm(WagtailAdminModelForm):
    """A contact detail. Whoever corrects it, or says when it was checked, forgives a bounce."""

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or self.cleaned_data
        held, said = self.instance, cleaned.get("verified_at")
        is_other = bool(held.pk) and "value" in self.changed_data
        if is_other and said and said <= held.verified_at:
            cleaned["verified_at"] = timezone.now()
        if is_other or (held.bounced_at and said and said > held.bounced_at):
            held.bounced_at = None
        return cleaned


def contact_details() -> RowsPanel:
    """The addresses of a person, an office or an organization, in its form."""
    return RowsPanel(
        "contact_details",
        [
            FieldRowPanel([FieldPanel("type"), FieldPanel("value")]),
            FieldPanel("source"),
            FieldPanel("verified_at"),
        ],
        form=ContactForm,
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
        FieldRowPanel([FieldPanel("organization"), FieldPanel("area")]),
        RowsPanel(
            "memberships",
            [
                FieldRowPanel([FieldPanel("person"), FieldPanel("on_behalf_of")]),
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


class AreaForm(WagtailAdminModelForm):
    """An area, with the beginnings of its postal codes as they are pasted."""

    country = forms.RegexField(
        "^[A-Za-z]{2}$",
        label=_("Country of the postal codes"),
        required=False,
        help_text=_("Two letters, such as CA."),
        error_messages={"invalid": _("Write two letters, such as CA.")},
    )
    beginnings = forms.CharField(
        label=_("Beginnings of postal codes, one a line"),
        required=False,
        widget=forms.Textarea(attrs={"rows": 8, "spellcheck": "false"}),
        help_text=_(
            "Where a beginning lies in two areas, write it in both: supporters are asked which one "
            "is theirs. The longest beginning decides."
        ),
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        known = (
            list(self.instance.prefixes.filter(table="").order_by("prefix"))
            if self.instance.pk
            else []
        )
        self.initial["beginnings"] = "\n".join(row.prefix for row in known)
        self.initial["country"] = known[0].country if known else ""

    def clean_beginnings(self) -> list[str]:
        """Raises ValidationError naming the first line that is no beginning of a code."""
        found = set()
        lines = self.cleaned_data["beginnings"].replace(",", "\n").splitlines()
        country = self.cleaned_data.get("country") or ""
        for number, line in enumerate(lines, start=1):
            written = "".join(line.split()).replace("-", "")
            is_sound = written.isalnum() and len(written) <= places.LONGEST
            begin = codes.beginning(line, country) if is_sound else ""
            if written and not begin:
                message = _("Line %(number)s is no beginning of a postal code: “%(line)s”.")
                raise ValidationError(message % {"number": number, "line": line.strip()[:40]})
            found.add(begin)
        return sorted(found - {""})

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or self.cleaned_data
        if cleaned.get("beginnings") and not cleaned.get("country") and not self.errors:
            self.add_error("country", _("Write the country of these postal codes."))
        return cleaned

    def save(self, commit: bool = True) -> Area:
        area = super().save(commit)
        places.place(area, self.cleaned_data["country"], self.cleaned_data["beginnings"])
        return area


class AreaList(Listing):
    def get_base_queryset(self) -> QuerySet:
        areas = super().get_base_queryset()
        return areas.annotate(beginnings=Count("prefixes", distinct=True))


class AreaDesk(Desk):
    add_to_admin_menu = False
    model = Area
    name = "areas"
    icon = "site"
    index_view_class = AreaList
    list_display = [
        "__str__",
        "identifier",
        "classification",
        Column("beginnings", label=_("Postal prefixes"), sort_key="beginnings"),
    ]
    list_filter = ["classification"]
    search_fields = ["name", "identifier", "prefixes__prefix"]
    search_backend_name = None
    ordering = ["identifier"]
    edit_handler = ObjectList(
        [
            FieldPanel("name"),
            FieldRowPanel([FieldPanel("identifier"), FieldPanel("classification")]),
            FieldRowPanel([FieldPanel("valid_from"), FieldPanel("valid_until")]),
            FieldPanel("country"),
            FieldPanel("beginnings"),
        ],
        base_form_class=AreaForm,
    )
