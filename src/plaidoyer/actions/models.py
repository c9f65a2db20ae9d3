import uuid
from typing import Any

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.http import HttpRequest, HttpResponse
from django.utils import timezone
from django.utils.cache import patch_cache_control
from django.utils.crypto import get_random_string
from django.utils.translation import gettext_lazy as _
from wagtail.admin.panels import FieldPanel
from wagtail.fields import RichTextField
from wagtail.models import Page
from wagtail_localize.fields import SynchronizedField, TranslatableField

# The guards' tables are this app's.
from plaidoyer.actions.guards.models import (  # noqa: F401
    FormApproval,
    Held,
    Hold,
    NetworkKey,
)

# So are the public log's, and those of counts.
from plaidoyer.actions.ledger.models import Checkpoint, Entry  # noqa: F401
from plaidoyer.actions.tallies import (  # noqa: F401
    AreaRelease,
    AreaTally,
    ChannelTally,
    Minute,
    Tally,
)
from plaidoyer.campaigns.models import Campaign
from plaidoyer.civics.models import Area
from plaidoyer.lib import uids
from plaidoyer.lib.words import WordsField
from plaidoyer.mail.models import Envelope
from plaidoyer.supporters.models import ConsentWording, Supporter
from plaidoyer.vault.fields import Part, SealedField


def new_public_id() -> str:
    """Ten letters and digits that stand for a form in addresses."""
    return get_random_string(10, "abcdefghjkmnpqrstuvwxyz23456789")


class ActionForm(models.Model):
    """One thing a supporter can do in a campaign: sign a petition, write a letter..."""

    campaign = models.ForeignKey(Campaign, models.PROTECT, related_name="forms")
    kind = models.CharField(_("kind"), max_length=30)
    public_id = models.CharField(max_length=10, unique=True, default=new_public_id, editable=False)
    name = WordsField(_("name"))
    opens_at = models.DateTimeField(_("opens"), default=timezone.now)
    closes_at = models.DateTimeField(_("closes"), null=True, blank=True)
    paused_at = models.DateTimeField(_("paused since"), null=True, blank=True)
    goal = models.PositiveIntegerField(_("goal"), null=True, blank=True)
    # Nearly reached, the goal becomes the next of goals.LADDER; else it stays.
    goal_moves = models.BooleanField(_("the goal moves on when it is nearly reached"), default=True)
    # How many it takes at most; filled_at is when the count came to it.
    places = models.PositiveIntegerField(_("closes at this many"), null=True, blank=True)
    filled_at = models.DateTimeField(_("full since"), null=True, blank=True, editable=False)
    mailbox_shared = models.BooleanField(
        _("two people of one mailbox may each take part"), default=False
    )

    class Challenge(models.TextChoices):
        TROUBLE = "trouble", _("when somebody seems to flood it")
        ALWAYS = "always", _("always")
        NEVER = "never", _("never")

    # Proof of work, asked of the browser and never of the person (challenges).
    challenge = models.CharField(
        _("proof of work"), max_length=10, choices=Challenge.choices, default=Challenge.TROUBLE
    )
    embedded_on = models.TextField(
        _("sites that may embed it"),
        blank=True,
        help_text=_("One address a line, such as https://river.example."),
    )
    # What the kind needs to know, in the shape of its Options form (actions/kinds/<kind>).
    options = models.JSONField(default=dict, blank=True)
    # Who wrote it last, and since when that waits for a second person (approvals).
    edited_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.SET_NULL,
        null=True,
        blank=True,
        editable=False,
        related_name="+",
    )
    awaits_since = models.DateTimeField(null=True, blank=True, editable=False)

    class Meta:
        verbose_name = _("form")
        verbose_name_plural = _("forms")
        constraints = [
            models.CheckConstraint(
                name="form_closes_after_opening",
                condition=Q(closes_at=None) | Q(closes_at__gt=models.F("opens_at")),
                violation_error_message=_("A form closes after it opens."),
            )
        ]

    def __str__(self) -> str:
        return str(self.name)

    @property
    def is_open(self) -> bool:
        """Whether acts are taken now."""
        return self.opening == "open"

    @property
    def opening(self) -> str:
        """Whether it is "open" and, if not, why: "closed", "full", "paused", "awaiting" (a second
        person), "coming"."""
        reasons = {
            "closed": self.is_over,
            "full": self.filled_at,
            "paused": self.paused_at,
            "awaiting": self.awaits_since,
            "coming": self.opens_at > timezone.now(),
        }
        return next((reason for reason, holds in reasons.items() if holds), "open")

    @property
    def is_over(self) -> bool:
        """Whether it has closed."""
        return self.closes_at is not None and self.closes_at <= timezone.now()


class Action(models.Model):
    """One act as it was sent. Append-only: what comes of it stands in rows beside it."""

    # Secret: it opens the act's confirmation and withdrawal (lib.tokens).
    uid = models.UUIDField(default=uids.new, unique=True, editable=False)
    form = models.ForeignKey(ActionForm, models.PROTECT, related_name="actions")
    submitted_at = models.DateTimeField(_("submitted"), default=timezone.now)
    language = models.CharField(_("language"), max_length=12)
    sealed = SealedField()
    email = Part(_("e-mail"))
    given_name = Part(_("given name"))
    family_name = Part(_("family name"))
    postal_code = Part(_("postal code"))
    words = Part(_("what they wrote and chose"), {})
    mark = models.CharField(max_length=32, blank=True, editable=False)
    domain = models.CharField(max_length=254, blank=True, editable=False)
    facts = models.JSONField(default=dict, blank=True)
    page = models.CharField(_("page"), max_length=300, blank=True)
    # How the supporter came here: a channel ("whatsapp"), a sharer's code, an embedding site.
    via = models.CharField(_("came by"), max_length=60, blank=True)
    # Today's keyed hash of where it was sent from; emptied after 48 hours (networks).
    network = models.CharField(max_length=24, blank=True, editable=False)
    # The mark of the riddle that was solved for it (proof of work), good for one act; "none"
    # where it might have been asked and none came; empty where it never is (guards.challenges).
    proof = models.CharField(max_length=64, blank=True, editable=False)
    # The act sent again with its address mended. The one before counts no more.
    corrects = models.OneToOneField(
        "self", models.CASCADE, null=True, blank=True, related_name="correction"
    )
    # The sentence that was ticked; none when the box was left empty.
    consent_wording = models.ForeignKey(ConsentWording, models.PROTECT, null=True, blank=True)

    class Meta:
        verbose_name = _("act")
        verbose_name_plural = _("acts")
        indexes = [
            models.Index("form", "submitted_at", name="action_of_form"),
            models.Index("via", name="action_via", condition=~Q(via="")),
            # How many came from one place just before (guards.rates).
            models.Index(
                "form",
                "network",
                "submitted_at",
                name="action_of_network",
                condition=~Q(network=""),
            ),
            models.Index(
                "form", "domain", "submitted_at", name="action_of_domain", condition=~Q(domain="")
            ),
            models.Index("proof", name="action_of_proof", condition=~Q(proof__in=["", "none"])),
        ]

    @property
    def full_name(self) -> str:
        return f"{self.given_name} {self.family_name}".strip()

    @property
    def content(self) -> dict[str, Any]:
        """What its form asked beside the person: facts and words."""
        return {**self.facts, **self.words}

    @content.setter
    def content(self, said: dict[str, Any]) -> None:
        self.facts, self.words = {}, said


class Match(models.Model):
    """Whose act it is, found by canonical e-mail."""

    action = models.OneToOneField(Action, models.CASCADE, primary_key=True, related_name="match")
    supporter = models.ForeignKey(Supporter, models.CASCADE, related_name="matches")
    # Where its postal code lies; none where that is not known, or not one area.
    area = models.ForeignKey(Area, models.SET_NULL, null=True, related_name="+")
    matched_at = models.DateTimeField(default=timezone.now)


class ConfirmationRequest(models.Model):
    """A mail that asks the supporter to confirm an act, or says that it is already counted."""

    action = models.ForeignKey(Action, models.CASCADE, related_name="requests")
    envelope = models.OneToOneField(Envelope, models.CASCADE, related_name="confirmation_request")


class Withdrawal(models.Model):
    """A supporter took an act back."""

    withdrawn_at = models.DateTimeField(_("withdrawn"), default=timezone.now)


class ConfirmationQuerySet(models.QuerySet):
    def counted(self) -> "ConfirmationQuerySet":
        """Those that count: neither withdrawn nor held."""
        held = Held.objects.filter(action=models.OuterRef("action_id"), released_at=None)
        return self.filter(~models.Exists(held), withdrawal=None)


class Confirmation(models.Model):
    """The supporter said yes by the link in their mail: from now on the act counts.

    One counts for each supporter and form; the database refuses a second until it is withdrawn.
    Where a mailbox may be shared, two people of it have a seat each, told apart by `person`.
    """

    action = models.OneToOneField(Action, models.CASCADE, related_name="confirmation")
    form = models.ForeignKey(ActionForm, models.PROTECT, related_name="confirmations")
    supporter = models.ForeignKey(Supporter, models.CASCADE, related_name="confirmations")
    # The mark of the name where two may share a mailbox, else empty; the second's seat.
    person = models.CharField(max_length=32, blank=True, editable=False)
    seat = models.PositiveSmallIntegerField(default=1, editable=False)
    confirmed_at = models.DateTimeField(_("confirmed"), default=timezone.now)
    withdrawal = models.OneToOneField(
        Withdrawal, models.PROTECT, null=True, blank=True, related_name="confirmation"
    )

    objects = ConfirmationQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                "form", "supporter", "seat", name="counted_once", condition=Q(withdrawal=None)
            ),
            models.UniqueConstraint(
                "form", "supporter", "person", name="seated_once", condition=Q(withdrawal=None)
            ),
            models.CheckConstraint(name="two_seats_a_mailbox", condition=Q(seat__in=[1, 2])),
        ]
        indexes = [models.Index("form", "confirmed_at", name="confirmation_of_form")]


class Review(models.Model):
    """Words of a confirmed act that an organiser reads before anybody else does."""

    class Decision(models.TextChoices):
        ACCEPTED = "accepted", _("shown")
        REJECTED = "rejected", _("not shown")

    uid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    action = models.ForeignKey(Action, models.CASCADE, related_name="reviews")
    # What is shown once it is accepted: "comment", "organisation"...
    part = models.CharField(_("part"), max_length=30)
    sealed = SealedField()
    text = Part(_("text"))
    queued_at = models.DateTimeField(_("waiting since"), default=timezone.now)
    # Who reads it at this moment, so that two do not decide at once.
    locked_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.SET_NULL, null=True, blank=True, related_name="+"
    )
    locked_at = models.DateTimeField(null=True, blank=True)
    decision = models.CharField(
        _("decision"), max_length=10, choices=Decision.choices, blank=True, default=""
    )
    reason = models.TextField(_("reason"), blank=True)
    decided_at = models.DateTimeField(_("decided"), null=True, blank=True)
    decided_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+"
    )

    class Meta:
        verbose_name = _("review")
        verbose_name_plural = _("reviews")
        constraints = [models.UniqueConstraint("action", "part", name="reviewed_once")]
        indexes = [models.Index("decision", "queued_at", name="review_queue")]


class PublicName(models.Model):
    """The name under which somebody asked to be shown. Whether it is: names.shown()."""

    action = models.OneToOneField(
        Action, models.CASCADE, primary_key=True, related_name="public_name"
    )
    form = models.ForeignKey(ActionForm, models.PROTECT, related_name="public_names")
    name = models.CharField(max_length=210)
    # As it is sorted and searched: the family name first, without accents.
    folded = models.CharField(max_length=210)
    signed_at = models.DateTimeField(default=timezone.now)

    class Meta:
        indexes = [
            models.Index("form", "folded", name="public_name_sorted"),
            models.Index("form", "signed_at", name="public_name_recent"),
        ]


class ShareCode(models.Model):
    """A supporter's own code in the links they pass on; made when they ask for it."""

    supporter = models.OneToOneField(Supporter, models.CASCADE, related_name="share_code")
    code = models.CharField(max_length=10, unique=True, default=new_public_id)
    made_at = models.DateTimeField(default=timezone.now)


class ActionPage(Page):
    """The words of a form in one language. Its form is a fact: deleting the page moves no act."""

    form = models.ForeignKey(
        ActionForm, models.PROTECT, related_name="pages", verbose_name=_("form")
    )
    lead = models.TextField(_("lead"), blank=True)
    body = RichTextField(_("text"), blank=True)
    thanks = RichTextField(
        _("thank-you"), blank=True, help_text=_("What will be done with the act, and when.")
    )

    content_panels = [
        *Page.content_panels,
        FieldPanel("form"),
        FieldPanel("lead"),
        FieldPanel("body"),
        FieldPanel("thanks"),
    ]
    override_translatable_fields = [
        SynchronizedField("form", overridable=False),
        TranslatableField("lead"),
        TranslatableField("body"),
        TranslatableField("thanks"),
    ]
    parent_page_types = ["website.CampaignPage"]
    subpage_types: list[str] = []

    class Meta:
        verbose_name = _("form page")

    def get_context(self, request: HttpRequest, *args: Any, **kwargs: Any) -> dict[str, Any]:
        # The screen reads these models: it is imported once they are there.
        from plaidoyer.actions import kinds, reporting, sharing

        kind = kinds.KINDS[self.form.kind]
        via = {"via": sharing.via(request.GET.get("via", ""))}
        form = kind.form(self.form, initial=via) if kind.form else None
        screen = reporting.act_screen(self.form, self, form)
        return {**super().get_context(request, *args, **kwargs), **screen}

    def serve(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        """The same bytes for everybody: a cache may keep them as long as a count may lag."""
        response = super().serve(request, *args, **kwargs)
        patch_cache_control(response, public=True, max_age=10)
        return response
