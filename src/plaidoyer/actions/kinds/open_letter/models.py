from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.crypto import get_random_string
from django.utils.translation import gettext_lazy as _

from plaidoyer.actions.kinds.open_letter import countries
from plaidoyer.actions.models import Action, ActionForm, Withdrawal
from plaidoyer.lib.words import WordsField
from plaidoyer.mail.models import Envelope


def logo_path(_signature: "OrganisationSignature", _name: str) -> str:
    """A name that tells nothing and cannot be guessed before the logo is accepted."""
    return f"logos/{get_random_string(32)}.webp"


class OrganisationSignature(models.Model):
    """A confirmed act as an organisation's signature, until it is withdrawn.

    An organisation signs a letter once: by name, and by the domain of its own site.
    """

    class Size(models.TextChoices):
        UNDER_10 = "1-9", _("1 to 9 people")
        UNDER_50 = "10-49", _("10 to 49 people")
        UNDER_250 = "50-249", _("50 to 249 people")
        MORE = "250+", _("250 people or more")

    class Proof(models.TextChoices):
        DOMAIN = "domain", _("mail from its own domain")
        REVIEW = "review", _("checked by an organiser")

    action = models.OneToOneField(
        Action, models.CASCADE, primary_key=True, related_name="organisation_signature"
    )
    form = models.ForeignKey(ActionForm, models.PROTECT, related_name="organisation_signatures")
    name = WordsField(_("name"))
    folded = models.CharField(max_length=200, editable=False)
    website = models.CharField(_("website"), max_length=200)
    # Of its own site; empty for a page on a site that many share.
    domain = models.CharField(max_length=200, blank=True, editable=False)
    country = models.CharField(_("country"), max_length=2)
    size = models.CharField(_("size"), max_length=10, choices=Size.choices)
    # "Ada Vale, President", where she asked to be shown; else nothing.
    signatory = models.CharField(_("shown signatory"), max_length=330, blank=True)
    proof = models.CharField(_("proof of authority"), max_length=10, choices=Proof.choices)
    logo = models.FileField(upload_to=logo_path, blank=True)
    signed_at = models.DateTimeField(_("signed"), default=timezone.now)
    # It was withdrawn, and another signature of the organisation has come since.
    released_at = models.DateTimeField(null=True, blank=True, editable=False)

    class Meta:
        verbose_name = _("organisation’s signature")
        verbose_name_plural = _("organisations’ signatures")
        constraints = [
            models.UniqueConstraint(
                "form", "folded", name="organisation_signs_once", condition=Q(released_at=None)
            ),
            models.UniqueConstraint(
                "form",
                "domain",
                name="domain_signs_once",
                condition=Q(released_at=None) & ~Q(domain=""),
            ),
        ]
        indexes = [models.Index("form", "signed_at", name="organisation_recent")]

    def __str__(self) -> str:
        return str(self.name)

    @property
    def function(self) -> str:
        """In which function its signatory signed; nothing once they were erased."""
        return self.action.content.get("function", "")

    @property
    def country_name(self) -> str:
        """The country in the active language."""
        return countries.name(self.country)


class WithdrawalNote(models.Model):
    """An organiser took an organisation's signature back, because it asked for it."""

    withdrawal = models.OneToOneField(Withdrawal, models.CASCADE, related_name="note")
    reason = models.TextField(_("reason"))
    noted_at = models.DateTimeField(default=timezone.now)
    noted_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")


class Revision(models.Model):
    """The text of an open letter from a moment on. What was signed is never changed in silence."""

    form = models.ForeignKey(ActionForm, models.CASCADE, related_name="revisions")
    number = models.PositiveSmallIntegerField()
    text = WordsField(_("text"), long=True)
    # What changed and why; the first text has no note.
    note = WordsField(_("note"), long=True, blank=True)
    revised_at = models.DateTimeField(_("revised"), default=timezone.now)
    revised_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+"
    )

    class Meta:
        ordering = ["number"]
        constraints = [models.UniqueConstraint("form", "number", name="revision_numbered_once")]


class RevisionNotice(models.Model):
    """The mail that tells one signer of one revision."""

    revision = models.ForeignKey(Revision, models.CASCADE, related_name="notices")
    action = models.ForeignKey(Action, models.CASCADE, related_name="+")
    envelope = models.OneToOneField(Envelope, models.CASCADE, related_name="revision_notice")

    class Meta:
        constraints = [
            models.UniqueConstraint("revision", "action", name="told_once_of_a_revision")
        ]
