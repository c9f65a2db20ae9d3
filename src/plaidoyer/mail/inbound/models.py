import uuid

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from plaidoyer.vault.fields import BytesPart, Part, SealedField


class Incoming(models.Model):
    """One thing that came in, as it came. Stored first, read later; reading twice is once."""

    class Kind(models.TextChoices):
        UNREAD = "", _("not read yet")
        BOUNCE = "bounce", _("sent back")
        DELAY = "delay", _("delay")
        COMPLAINT = "complaint", _("complaint")
        REPLY = "reply", _("reply")
        AUTO_REPLY = "auto_reply", _("automatic reply")
        # A forged code, a report of a mail that we do not know, advertising.
        STRAY = "stray", _("nothing of ours")
        UNREADABLE = "unreadable", _("cannot be read")

    uid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    # Emptied once the time of keeping is over (retention), or its person was erased.
    sealed = SealedField()
    # What stood in MAIL FROM; empty is the null sender of reports.
    sender = Part(_("from"))
    # The server's words of a report, the subject of a reply.
    words = Part(_("the server’s words"))
    raw = BytesPart(_("the mail as it came"))
    # By recipient and bytes: what is handed over twice is one row.
    sha256 = models.CharField(max_length=64, unique=True, editable=False)
    via = models.CharField(_("came by"), max_length=20)
    recipient = models.CharField(_("address of ours"), max_length=254, blank=True)
    received_at = models.DateTimeField(_("received"), default=timezone.now)
    failures = models.SmallIntegerField(default=0)
    try_at = models.DateTimeField(default=timezone.now)
    read_at = models.DateTimeField(_("read"), null=True, blank=True)
    kind = models.CharField(_("kind"), max_length=10, choices=Kind.choices, blank=True)
    envelope = models.ForeignKey(
        "mail.Envelope",
        models.SET_NULL,
        null=True,
        blank=True,
        related_name="returns",
        verbose_name=_("mail"),
    )
    code = models.CharField(_("code"), max_length=16, blank=True)
    # Whose address came back (vault.marks): it is counted, never read.
    mark = models.CharField(max_length=32, blank=True, editable=False)

    class Meta:
        verbose_name = _("incoming mail")
        verbose_name_plural = _("incoming mails")
        indexes = [
            models.Index("try_at", "id", name="incoming_unread", condition=Q(read_at=None)),
            models.Index("received_at", name="incoming_received"),
            models.Index("mark", "received_at", name="incoming_of_address", condition=~Q(mark="")),
        ]
        constraints = [
            models.CheckConstraint(
                name="incoming_kind_known",
                condition=Q(
                    kind__in=[
                        "",
                        "bounce",
                        "delay",
                        "complaint",
                        "reply",
                        "auto_reply",
                        "stray",
                        "unreadable",
                    ]
                ),
            ),
            models.CheckConstraint(
                name="incoming_read_has_kind",
                condition=Q(read_at=None, kind="") | (Q(read_at__isnull=False) & ~Q(kind="")),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.get_kind_display()} {self.code}".strip()


class SuppressionQuerySet(models.QuerySet):
    def in_force(self) -> "SuppressionQuerySet":
        """Those that nobody lifted."""
        return self.filter(lifted_at=None)


class Suppression(models.Model):
    """An address that must get no mail of ours, and why; every spelling of it counts.

    It is found by its mark (vault.marks), which is all that is left of an erased person. Lifting it
    is a date in its row, never its end.
    """

    class Reason(models.TextChoices):
        BOUNCED = "bounced", _("does not exist, or takes no mail")
        # No newsletters any more; what they ask for themselves still reaches them.
        COMPLAINED = "complained", _("called our mail spam")
        BY_HAND = "by_hand", _("entered by hand")

    class Lift(models.TextChoices):
        BY_HAND = "by_hand", _("by hand")
        PROVED = "proved", _("an act was confirmed from there")

    uid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    mark = models.CharField(max_length=32, editable=False)
    sealed = SealedField()
    address = Part(_("canonical address"))
    words = Part(_("evidence"))
    reason = models.CharField(_("reason"), max_length=12, choices=Reason.choices)
    envelope = models.ForeignKey(
        "mail.Envelope",
        models.SET_NULL,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("mail"),
    )
    suppressed_at = models.DateTimeField(_("since"), default=timezone.now)
    suppressed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.SET_NULL, null=True, blank=True, related_name="+"
    )
    lifted_at = models.DateTimeField(_("lifted"), null=True, blank=True)
    lifted_how = models.CharField(_("lifted how"), max_length=10, choices=Lift.choices, blank=True)
    lifted_because = models.CharField(_("lifted because"), max_length=300, blank=True)
    lifted_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.SET_NULL, null=True, blank=True, related_name="+"
    )

    objects = SuppressionQuerySet.as_manager()

    class Meta:
        verbose_name = _("suppressed address")
        verbose_name_plural = _("suppressed addresses")
        indexes = [models.Index("suppressed_at", name="suppression_since")]
        constraints = [
            models.UniqueConstraint("mark", name="suppressed_once", condition=Q(lifted_at=None)),
            models.CheckConstraint(
                name="suppression_reason_known",
                condition=Q(reason__in=["bounced", "complained", "by_hand"]),
            ),
            models.CheckConstraint(
                name="suppression_lifted_how",
                condition=Q(lifted_at=None, lifted_how="")
                | (Q(lifted_at__isnull=False) & Q(lifted_how__in=["by_hand", "proved"])),
            ),
        ]

    def __str__(self) -> str:
        return self.address
