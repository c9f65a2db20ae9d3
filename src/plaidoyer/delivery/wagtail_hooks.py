from typing import Any

from django.db.models import QuerySet
from django.template.defaultfilters import linebreaks_filter
from django.urls import path
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy
from django_filters import ChoiceFilter, ModelChoiceFilter
from wagtail import hooks
from wagtail.admin.filters import WagtailFilterSet
from wagtail.admin.ui.tables import Column, DateColumn, TitleColumn
from wagtail.admin.views import generic

from plaidoyer.campaigns.models import Campaign, Target
from plaidoyer.delivery.models import Letter
from plaidoyer.lib.desk import Ledger, Listing
from plaidoyer.mail.columns import StateColumn
from plaidoyer.mail.models import Envelope

HELD, HELD_WORDS = "held", _("held: no address")


class LetterFilters(WagtailFilterSet):
    state = ChoiceFilter(
        label=_("State"),
        method="keep_state",
        choices=[(HELD, HELD_WORDS), *Envelope.State.choices],
    )
    campaign = ModelChoiceFilter(
        label=_("Campaign"), field_name="target__campaign", queryset=Campaign.objects.all()
    )
    target = ModelChoiceFilter(
        label=_("Target"),
        queryset=Target.objects.select_related("post", "person", "organization"),
    )

    class Meta:
        model = Letter
        fields = ["state", "campaign", "target"]

    def keep_state(self, letters: QuerySet, _name: str, state: str) -> QuerySet:
        if state == HELD:
            return letters.filter(envelope=None)
        return letters.filter(envelope__state=state)


class LetterList(Listing):
    def get_base_queryset(self) -> QuerySet:
        letters = super().get_base_queryset()
        return letters.select_related("action", "target__campaign", "envelope")


class LetterSheet(generic.InspectView):
    """One letter, as its target reads it."""

    page_title = _("Letter")

    def get_body_display_value(self) -> str:
        return linebreaks_filter(self.object.body)

    def get_written_at_display_value(self) -> str:
        return date_format(timezone.localtime(self.object.written_at), "DATETIME_FORMAT")

    def get_envelope_display_value(self) -> str:
        return str(self.object.envelope or HELD_WORDS)


class LetterLedger(Ledger):
    model = Letter
    name = "letters"
    icon = "doc-full"
    menu_order = 160
    index_view_class = LetterList
    inspect_view_class = LetterSheet
    inspect_view_enabled = True
    inspect_view_fields = ["recipient", "subject", "body", "written_at", "envelope"]
    list_display = [
        TitleColumn("subject", label=_("Subject"), url_name="letters:inspect"),
        Column("writer", label=pgettext_lazy("mail", "From"), accessor="action.full_name"),
        Column("recipient", label=pgettext_lazy("mail", "To")),
        Column("campaign", label=_("Campaign"), accessor="target.campaign"),
        StateColumn(
            label=_("State"),
            envelope=lambda letter: letter.envelope,
            none=HELD_WORDS,
            list_url="letters:index",
        ),
        Column("reply", label=_("The server’s words"), accessor="envelope.reply"),
        DateColumn("written_at", label=_("Written"), sort_key="written_at"),
    ]
    filterset_class = LetterFilters
    search_fields = ["recipient", "subject", "action__family_name"]
    search_backend_name = None
    ordering = ["-written_at"]

    def get_urlpatterns(self) -> list[Any]:
        inspect = path("inspect/<int:pk>/", self.inspect_view, name="inspect")
        return [*super().get_urlpatterns(), inspect]


@hooks.register("register_admin_viewset")
def letters() -> LetterLedger:
    return LetterLedger()
