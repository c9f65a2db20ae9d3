import uuid
from typing import Any

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

from plaidoyer.campaigns.models import Campaign
from plaidoyer.lib.words import WordsField
from plaidoyer.mail.models import Envelope
from plaidoyer.supporters.models import ConsentWording, Supporter


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
    goal = models.PositiveIntegerField(_("goal"), null=True, blank=True)
    # What the kind needs to know, in the shape of its Options form (actions/kinds/<kind>).
    options = models.JSONField(default=dict, blank=True)

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
        return self.opens_at <= timezone.now() and not self.is_over

    @property
    def is_over(self) -> bool:
        """Whether it has closed."""
        return self.closes_at is not None and self.closes_at <= timezone.now()


class Action(models.Model):
    """One act as it was sent. Append-only: what comes of it stands in rows beside it."""

    # Secret: it opens the act's confirmation and withdrawal (lib.tokens).
    uid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    form = models.ForeignKey(ActionForm, models.PROTECT, related_name="actions")
    submitted_at = models.DateTimeField(_("submitted"), default=timezone.now)
    language = models.CharField(_("language"), max_length=12)
    email = models.CharField(_("e-mail"), max_length=254)
    given_name = models.CharField(_("given name"), max_length=100)
    family_name = models.CharField(_("family name"), max_length=100)
    postal_code = models.CharField(_("postal code"), max_length=12, blank=True)
    content = models.JSONField(default=dict, blank=True)
    page = models.CharField(_("page"), max_length=300, blank=True)
    # The sentence that was ticked; none when the box was left empty.
    consent_wording = models.ForeignKey(ConsentWording, models.PROTECT, null=True, blank=True)

    class Meta:
        verbose_name = _("act")
        verbose_name_plural = _("acts")
        indexes = [models.Index("form", "submitted_at", name="action_of_form")]

    @property
    def full_name(self) -> str:
        return f"{self.given_name} {self.family_name}".strip()


class Match(models.Model):
    """Whose act it is, found by canonical e-mail."""

    action = models.OneToOneField(Action, models.CASCADE, primary_key=True, related_name="match")
    supporter = models.ForeignKey(Supporter, models.CASCADE, related_name="matches")
    matched_at = models.DateTimeField(default=timezone.now)


class ConfirmationRequest(models.Model):
    """A mail that asks the supporter to confirm an act, or says that it is already counted."""

    action = models.ForeignKey(Action, models.CASCADE, related_name="requests")
    envelope = models.OneToOneField(Envelope, models.CASCADE, related_name="confirmation_request")


class Withdrawal(models.Model):
    """A supporter took an act back."""

    withdrawn_at = models.DateTimeField(_("withdrawn"), default=timezone.now)


class Confirmation(models.Model):
    """The supporter said yes by the link in their mail: from now on the act counts.

    One counts for each supporter and form; the database refuses a second until it is withdrawn.
    """

    action = models.OneToOneField(Action, models.CASCADE, related_name="confirmation")
    form = models.ForeignKey(ActionForm, models.PROTECT, related_name="confirmations")
    supporter = models.ForeignKey(Supporter, models.CASCADE, related_name="confirmations")
    confirmed_at = models.DateTimeField(_("confirmed"), default=timezone.now)
    withdrawal = models.OneToOneField(
        Withdrawal, models.PROTECT, null=True, blank=True, related_name="confirmation"
    )

    class Meta:
        constraints = [
            models.UniqueConstraint(
                "form", "supporter", name="counted_once", condition=Q(withdrawal=None)
            )
        ]
        indexes = [models.Index("form", "confirmed_at", name="confirmation_of_form")]


class Tally(models.Model):
    """What was counted on a form on one day (UTC). Recounted, never incremented."""

    form = models.ForeignKey(ActionForm, models.CASCADE, related_name="tallies")
    counted_on = models.DateField()
    submitted = models.PositiveIntegerField(default=0)
    confirmed = models.PositiveIntegerField(default=0)
    withdrawn = models.PositiveIntegerField(default=0)
    recounted_at = models.DateTimeField(default=timezone.now)

    class Meta:
        constraints = [models.UniqueConstraint("form", "counted_on", name="tally_once_a_day")]


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
        from plaidoyer.actions import kinds, reporting

        form = kinds.KINDS[self.form.kind].form(self.form)
        screen = reporting.act_screen(self.form, self, form)
        return {**super().get_context(request, *args, **kwargs), **screen}

    def serve(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        """The same bytes for everybody: a cache may keep them as long as a count may lag."""
        response = super().serve(request, *args, **kwargs)
        patch_cache_control(response, public=True, max_age=10)
        return response
