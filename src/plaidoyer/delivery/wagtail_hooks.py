from typing import Any

from django.db.models import Exists, OuterRef, QuerySet
from django.template.defaultfilters import linebreaks_filter
from django.urls import path, reverse
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.functional import cached_property
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy
from django_filters import ChoiceFilter, ModelChoiceFilter
from wagtail import hooks
from wagtail.admin.filters import WagtailFilterSet
from wagtail.admin.ui.tables import Column, DateColumn, TitleColumn
from wagtail.admin.views import generic
from wagtail.admin.widgets.button import Button

from plaidoyer.campaigns.models import Campaign, Target
from plaidoyer.delivery import views
from plaidoyer.delivery.mailboxes import desks as mailboxes  # noqa: F401  (its screens)
from plaidoyer.delivery.mailboxes import freeze_desk, targets  # noqa: F401
from plaidoyer.delivery.models import Letter, LetterQuerySet
from plaidoyer.delivery.replies import desks as replies  # noqa: F401  (its screens)
from plaidoyer.lib.desk import Ledger
from plaidoyer.mail.columns import StateColumn
from plaidoyer.mail.models import Envelope
from plaidoyer.vault.listings import SealedListing

HELD, HELD_WORDS = "held", _("held: no address")
UNPLACED = "unplaced"


class LetterFilters(WagtailFilterSet):
    state = ChoiceFilter(
        label=_("State"),
        method="keep_state",
        choices=[
            (HELD, HELD_WORDS),
            (UNPLACED, _("held: nobody knows to whom it goes")),
            *Envelope.State.choices,
        ],
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

    def keep_state(self, letters: LetterQuerySet, _name: str, state: str) -> QuerySet:
        if state == UNPLACED:
            return letters.unplaced().filter(envelope=None)
        if state == HELD:
            return letters.placed().filter(envelope=None)
        return letters.filter(envelope__state=state)


class LetterList(SealedListing):
    def get_base_queryset(self) -> QuerySet:
        letters = super().get_base_queryset()
        unplaced = Letter.objects.unplaced().filter(pk=OuterRef("pk"), envelope=None)
        return letters.select_related("action", "target__campaign", "envelope").annotate(
            waits_for_reader=Exists(unplaced)
        )

    @cached_property
    def header_more_buttons(self) -> list[Button]:
        words = Button(_("Own words"), url=reverse("letters:own_words"), icon_name="edit")
        addresses = Button(
            _("Addresses to be checked"), url=reverse("to-check:index"), icon_name="tick-inverse"
        )
        lines = Button(
            _("Targets and their letters"), url=reverse("target_lines"), icon_name="time"
        )
        boxes = Button(_("Mailboxes"), url=reverse("mailboxes-desk:index"), icon_name="mail")
        freezes = Button(_("Freezes"), url=reverse("freezes"), icon_name="lock")
        return [*super().header_more_buttons, lines, boxes, words, addresses, freezes]


class RecipientColumn(Column):
    """To whom it goes; where nobody knows, the way to say so."""

    cell_template_name = "delivery/admin/recipient.html"

    def get_value(self, instance: Letter) -> str:
        return instance.recipient


def own_share(letter: Letter) -> str:
    """How much of it its writer wrote."""
    if letter.thanks:
        return str(_("thanks"))
    return f"{letter.own_words}\u00a0%" if letter.own_words else "—"


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
        RecipientColumn("recipient", label=pgettext_lazy("mail", "To")),
        Column("campaign", label=_("Campaign"), accessor="target.campaign"),
        StateColumn(
            label=_("State"),
            envelope=lambda letter: letter.envelope,
            none=HELD_WORDS,
            list_url="letters:index",
        ),
        Column("own_words", label=_("Own words"), accessor=own_share, sort_key="own_words"),
        Column("reply", label=_("The server’s words"), accessor="envelope.reply"),
        DateColumn("written_at", label=_("Written"), sort_key="written_at"),
    ]
    taken_out = "letters"
    list_export = ["action.full_name", "recipient", "subject", "body", "written_at"]
    export_filename = "letters"
    filterset_class = LetterFilters
    search_fields = ["recipient", "action__mark"]
    search_backend_name = None
    ordering = ["-written_at"]

    def get_urlpatterns(self) -> list[Any]:
        inspect = path("inspect/<int:pk>/", self.inspect_view, name="inspect")
        place = path("place/<int:pk>/", views.place, name="place")
        words = path("own-words/", views.own_words, name="own_words")
        return [*super().get_urlpatterns(), inspect, place, words]


@hooks.register("register_admin_viewset")
def letters() -> LetterLedger:
    return LetterLedger()
