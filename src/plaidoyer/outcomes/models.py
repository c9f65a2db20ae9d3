import hashlib
from typing import Any

from django.conf import settings
from django.core.exceptions import ValidationError
from django.core.files import File
from django.core.validators import URLValidator
from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from modelcluster.fields import ParentalKey
from modelcluster.models import ClusterableModel

from plaidoyer.campaigns.models import Campaign, Demand, Target
from plaidoyer.delivery.models import Reply
from plaidoyer.lib.words import WordsField, languages

# The tables of what is handed over are this app's.
from plaidoyer.outcomes.handovers.models import Handover, Package  # noqa: F401


class Standing(models.TextChoices):
    """How far a demand has come with a target."""

    ASKED = "asked", _("asked")
    ACKNOWLEDGED = "acknowledged", _("acknowledged")
    PROMISED = "promised", _("promised")
    PARTLY_MET = "partly_met", _("partly met")
    MET = "met", _("met")
    REFUSED = "refused", _("refused")
    REVERSED = "reversed", _("reversed")

    @property
    def symbol(self) -> str:
        """What stands beside the word, so that colour alone never says it."""
        return SYMBOLS[self.value]


SYMBOLS = {
    "asked": "○",
    "acknowledged": "◔",
    "promised": "◑",
    "partly_met": "◕",
    "met": "✓",
    "refused": "✕",
    "reversed": "↺",
}

# These say that something was achieved or lost: they need evidence.
EVIDENCED = {
    Standing.PROMISED,
    Standing.PARTLY_MET,
    Standing.MET,
    Standing.REFUSED,
    Standing.REVERSED,
}


EVIDENCE_MEGABYTES = 25


class Milestone(ClusterableModel):
    """A dated fact, with words in each language, evidence, and our part in it."""

    class Kind(models.TextChoices):
        LAUNCH = "launch", _("launch")
        PRESS = "press", _("press")
        LETTER = "letter", _("letter")
        HANDOVER = "handover", _("hand-over")
        TABLING = "tabling", _("tabling")
        DEBATE = "debate", _("debate")
        VOTE = "vote", _("vote")
        COURT = "court", _("court")
        DECISION = "decision", _("decision")
        RESPONSE = "response", _("response")
        REVERSAL = "reversal", _("reversal")

    class Claim(models.TextChoices):
        DECISIVE = "decisive", _("decisive")
        CONTRIBUTED = "contributed", _("we contributed")
        ALONGSIDE = "alongside", _("alongside others")
        UNKNOWN = "unknown", _("not known")

    happened_on = models.DateField(_("day"))
    kind = models.CharField(_("kind"), max_length=12, choices=Kind.choices)
    title = WordsField(_("what happened"))
    story = WordsField(_("in more words"), long=True, blank=True)
    # Those of its movements, and others that it touches without moving a demand.
    campaigns = models.ManyToManyField(
        Campaign, related_name="milestones", verbose_name=_("campaigns")
    )
    claim = models.CharField(
        _("our part"), max_length=12, choices=Claim.choices, default=Claim.UNKNOWN
    )
    claim_words = WordsField(_("our part, in words"), long=True, blank=True)
    recorded_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, editable=False, related_name="+"
    )
    recorded_at = models.DateTimeField(_("recorded"), default=timezone.now, editable=False)

    class Meta:
        verbose_name = _("milestone")
        verbose_name_plural = _("milestones")
        ordering = ["-happened_on", "-id"]

    def __str__(self) -> str:
        return f"{self.happened_on}: {self.title}"


class Movement(models.Model):
    """A milestone brought a demand to a standing with a target."""

    milestone = ParentalKey(Milestone, on_delete=models.CASCADE, related_name="movements")
    demand = models.ForeignKey(Demand, models.PROTECT, related_name="movements")
    target = models.ForeignKey(Target, models.PROTECT, related_name="movements")
    standing = models.CharField(_("standing"), max_length=14, choices=Standing.choices)

    class Meta:
        verbose_name = _("movement")
        verbose_name_plural = _("movements")
        constraints = [
            # Deferred, so that two rows of one milestone may change places.
            models.UniqueConstraint(
                fields=["milestone", "demand", "target"],
                name="movement_once",
                deferrable=models.Deferrable.DEFERRED,
                violation_error_message=_("This milestone already moves that demand."),
            )
        ]

    def __str__(self) -> str:
        return f"{self.demand}: {self.get_standing_display()}"

    @property
    def brought(self) -> Standing:
        """The standing, with its word and its symbol."""
        return Standing(self.standing)

    def clean(self) -> None:
        """Raises ValidationError for a new movement whose target is not asked that demand."""
        if not self._state.adding or not self.demand_id or not self.target_id:
            return
        if self.target not in self.demand.asked_of():
            raise ValidationError(_("This demand is not made to that target."))


def validate_size(file: File) -> None:
    """Raises ValidationError for a file too big to be kept as evidence."""
    if file.size > EVIDENCE_MEGABYTES * 1_000_000:
        message = _("This file is larger than %(limit)d MB. Give a link, or a smaller file.")
        raise ValidationError(message, params={"limit": EVIDENCE_MEGABYTES})


class Evidence(models.Model):
    """Where anybody can check a milestone: a link or a file, its publisher and its date."""

    milestone = ParentalKey(Milestone, on_delete=models.CASCADE, related_name="evidence")
    title = models.CharField(_("title"), max_length=250)
    url = models.URLField(
        _("link"), max_length=500, blank=True, validators=[URLValidator(["http", "https"])]
    )
    file = models.FileField(
        _("file"), upload_to="evidence/", max_length=200, blank=True, validators=[validate_size]
    )
    sha256 = models.CharField(max_length=64, blank=True, editable=False)
    publisher = models.CharField(_("publisher"), max_length=200)
    published_on = models.DateField(_("published on"))
    language = models.CharField(_("language"), max_length=12, choices=languages)
    retrieved_at = models.DateTimeField(_("seen"), default=timezone.now)

    class Meta:
        verbose_name = _("evidence")
        verbose_name_plural = _("evidence")
        constraints = [
            models.CheckConstraint(
                name="evidence_link_or_file",
                condition=~Q(url="", file=""),
                violation_error_message=_("Give a link or a file."),
            )
        ]

    def __str__(self) -> str:
        return f"{self.title} ({self.publisher}, {self.published_on})"

    def save(self, *args: Any, **kwargs: Any) -> None:
        """Also takes the SHA-256 of a new file: the proof that it is still the one recorded."""
        if not self.file:
            self.sha256 = ""
        elif not self.file._committed:  # type: ignore[attr-defined]
            self.file.seek(0)
            self.sha256 = hashlib.file_digest(self.file, "sha256").hexdigest()
        super().save(*args, **kwargs)

    @property
    def address(self) -> str:
        """Where it is read: the link, else our copy of the file."""
        return self.url or self.file.url


class ReplyBasis(models.Model):
    """A milestone was made from what a target replied to a letter."""

    milestone = models.ForeignKey(Milestone, models.CASCADE, related_name="reply_bases")
    reply = models.ForeignKey(Reply, models.CASCADE, related_name="milestone_bases")

    class Meta:
        constraints = [models.UniqueConstraint("milestone", "reply", name="reply_basis_once")]
