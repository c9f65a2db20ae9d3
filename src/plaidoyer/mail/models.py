import uuid

from django.db import models
from django.db.models import functions
from django.utils import timezone
from django.utils.translation import gettext_lazy as _


class EnvelopeQuerySet(models.QuerySet):
    def due(self) -> "EnvelopeQuerySet":
        """Those whose turn has come."""
        waiting = [Envelope.State.QUEUED, Envelope.State.DEFERRED]
        return self.filter(state__in=waiting, due_at__lte=functions.Now())


class Envelope(models.Model):
    """One message to one address. Its words are composed when it is sent, never stored here."""

    class State(models.TextChoices):
        QUEUED = "queued", _("waiting")
        LEASED = "leased", _("being sent")
        DEFERRED = "deferred", _("put off by the server")
        ACCEPTED = "accepted", _("accepted by the server")
        REFUSED = "refused", _("refused by the server")
        IN_DOUBT = "in_doubt", _("in doubt")
        SUPPRESSED = "suppressed", _("not to be sent")
        CANCELLED = "cancelled", _("cancelled")
        BOUNCED = "bounced", _("bounced")

    FINAL = {
        State.ACCEPTED,
        State.REFUSED,
        State.IN_DOUBT,
        State.SUPPRESSED,
        State.CANCELLED,
        State.BOUNCED,
    }
    # What may follow what. IN_DOUBT is left by a person only, never by the engine.
    NEXT = {
        State.QUEUED: {State.LEASED, State.CANCELLED, State.SUPPRESSED},
        State.LEASED: {
            State.QUEUED,
            State.DEFERRED,
            State.ACCEPTED,
            State.REFUSED,
            State.IN_DOUBT,
            State.SUPPRESSED,
            State.CANCELLED,
        },
        State.DEFERRED: {State.LEASED, State.CANCELLED, State.SUPPRESSED, State.REFUSED},
        State.ACCEPTED: {State.BOUNCED},
        State.IN_DOUBT: {State.QUEUED, State.ACCEPTED, State.BOUNCED},
    }

    uid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    kind = models.CharField(_("kind"), max_length=30)
    urgency = models.SmallIntegerField(default=0, help_text="Higher leaves first.")
    to_address = models.CharField(_("to"), max_length=254)
    state = models.CharField(_("state"), max_length=10, choices=State.choices, default=State.QUEUED)
    queued_at = models.DateTimeField(_("queued"), default=timezone.now)
    due_at = models.DateTimeField(_("due"), default=timezone.now)
    attempts = models.SmallIntegerField(_("attempts"), default=0)
    # The sender that holds it; its database session keeps an advisory lock with this number.
    sender = models.IntegerField(null=True, editable=False)
    # Written and committed before the first byte of the message's body goes to the relay.
    begun_at = models.DateTimeField(_("begun"), null=True, editable=False)
    ended_at = models.DateTimeField(_("ended"), null=True, editable=False)
    reply = models.CharField(_("the server’s words"), max_length=500, blank=True)

    objects = EnvelopeQuerySet.as_manager()

    class Meta:
        verbose_name = _("mail")
        verbose_name_plural = _("mails")
        indexes = [
            # In the order of leaving, so that a lease reads no more rows than it takes.
            models.Index(
                models.F("urgency").desc(),
                "due_at",
                "id",
                name="envelope_due",
                condition=models.Q(state__in=["queued", "deferred"]),
            ),
            models.Index("sender", name="envelope_leased", condition=models.Q(state="leased")),
        ]
        constraints = [
            models.CheckConstraint(
                name="envelope_state_known",
                condition=models.Q(
                    state__in=[
                        "queued",
                        "leased",
                        "deferred",
                        "accepted",
                        "refused",
                        "in_doubt",
                        "suppressed",
                        "cancelled",
                        "bounced",
                    ]
                ),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.get_state_display()} {self.reply}".strip()


class Suppression(models.Model):
    """An address that must get no mail of ours, and why; canonical, so every spelling counts."""

    address = models.CharField(_("canonical address"), max_length=254, unique=True)
    reason = models.CharField(_("reason"), max_length=200)
    suppressed_at = models.DateTimeField(_("since"), default=timezone.now)

    class Meta:
        verbose_name = _("suppressed address")
        verbose_name_plural = _("suppressed addresses")

    def __str__(self) -> str:
        return self.address
