from django.conf import settings
from django.core.exceptions import ValidationError
from django.db import models
from django.db.models import Exists, OuterRef, Q
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from modelcluster.fields import ParentalKey
from modelcluster.models import ClusterableModel

from plaidoyer.campaigns.models import Campaign, Demand, Target
from plaidoyer.delivery.models import Reply
from plaidoyer.evidence.models import LINK_OR_FILE, Proof
from plaidoyer.lib.words import WordsField

# These tables are this app's.
from plaidoyer.outcomes.awaiting.models import Awaited, Ending  # noqa: F401
from plaidoyer.outcomes.handovers.models import Handover, Package  # noqa: F401
from plaidoyer.outcomes.lineages.models import Lineage  # noqa: F401


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


class Milestones(models.QuerySet):
    """Milestones, as far as they hold."""

    def settled(self) -> "Milestones":
        """Those that wait for nobody.

        What says that something was achieved or lost waits for a second person, and so does what
        corrects it. A milestone for which nobody is named came with an import.
        """
        claims = Movement.objects.filter(standing__in=EVIDENCED)
        waits = Q(recorded_by__isnull=False) & (
            Q(Exists(claims.filter(milestone=OuterRef("pk"))))
            | Q(Exists(claims.filter(milestone=OuterRef("corrects"))))
        )
        approved = Exists(Approval.objects.filter(milestone=OuterRef("pk")))
        return self.filter(~waits | Q(approved))

    def waiting(self) -> "Milestones":
        """Those that a second person has not approved yet."""
        return self.exclude(pk__in=Milestone.objects.settled().values("pk"))

    def holding(self) -> "Milestones":
        """Those that hold today: settled, and not corrected by another one that is."""
        corrections = Milestone.objects.settled().filter(corrects=OuterRef("pk"))
        return self.settled().filter(~Exists(corrections))


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
        RETRACTION = "retraction", _("retraction")

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
    # Who changed it last while it waited: they cannot approve it.
    edited_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, editable=False, related_name="+"
    )
    # What was recorded stays; this row says what is so instead, and why.
    corrects = models.OneToOneField(
        "self", models.PROTECT, null=True, editable=False, related_name="correction"
    )
    correction_reason = WordsField(_("why it is corrected"), long=True, blank=True)

    objects = Milestones.as_manager()

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


class Evidence(Proof):
    """Where anybody can check a milestone: a link or a file, its publisher and its date."""

    milestone = ParentalKey(Milestone, on_delete=models.CASCADE, related_name="evidence")

    class Meta:
        verbose_name = _("evidence")
        verbose_name_plural = _("evidence")
        constraints = [
            models.CheckConstraint(
                name="evidence_link_or_file",
                condition=LINK_OR_FILE,
                violation_error_message=_("Give a link or a file."),
            )
        ]

    @property
    def sheet(self) -> str:
        """Where organisers see what it proves."""
        return reverse("milestones:inspect", args=[self.milestone_id])


class Approval(models.Model):
    """A second person saw a milestone as it stands, and says that it is so.

    From here on nothing of it changes: what turns out otherwise is corrected by another milestone.
    Nobody is named for what was recorded before approvals were asked for.
    """

    milestone = models.OneToOneField(Milestone, models.PROTECT, related_name="approval")
    # Of what was seen (approvals.fingerprint).
    sha256 = models.CharField(max_length=64, blank=True)
    approved_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+"
    )
    approved_at = models.DateTimeField(default=timezone.now)

    class Meta:
        verbose_name = _("approval")
        verbose_name_plural = _("approvals")


class ReplyBasis(models.Model):
    """A milestone was made from what a target replied to a letter."""

    milestone = models.ForeignKey(Milestone, models.CASCADE, related_name="reply_bases")
    reply = models.ForeignKey(Reply, models.CASCADE, related_name="milestone_bases")

    class Meta:
        constraints = [models.UniqueConstraint("milestone", "reply", name="reply_basis_once")]
