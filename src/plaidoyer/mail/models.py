from django.db import models
from django.db.models import functions
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from plaidoyer.lib import uids
from plaidoyer.mail.domains.models import DomainCheck
from plaidoyer.mail.inbound.models import Incoming, Suppression
from plaidoyer.vault.fields import Part, SealedField

__all__ = ["DomainCheck", "Envelope", "EnvelopeQuerySet", "Incoming", "Suppression"]


class Batch(models.Model):
    """Envelopes that are paused, resumed, cancelled and counted together, such as a mailing's.

    The counters are kept by a trigger of the database, in the transaction that changes a state.
    """

    name = models.CharField(_("name"), max_length=200)
    kind = models.CharField(_("kind"), max_length=30)
    created_at = models.DateTimeField(_("created"), default=timezone.now)
    paused_at = models.DateTimeField(_("paused"), null=True, blank=True)
    paused_because = models.CharField(_("paused because"), max_length=300, blank=True)
    cancelled_at = models.DateTimeField(_("cancelled"), null=True, blank=True)
    # How many envelopes there are, and how many are in each of these states.
    total = models.IntegerField(default=0, db_default=0, editable=False)
    deferred = models.IntegerField(default=0, db_default=0, editable=False)
    accepted = models.IntegerField(default=0, db_default=0, editable=False)
    refused = models.IntegerField(default=0, db_default=0, editable=False)
    in_doubt = models.IntegerField(default=0, db_default=0, editable=False)
    suppressed = models.IntegerField(default=0, db_default=0, editable=False)
    cancelled = models.IntegerField(default=0, db_default=0, editable=False)
    bounced = models.IntegerField(default=0, db_default=0, editable=False)
    complained = models.IntegerField(default=0, db_default=0, editable=False)
    # The speed, over windows of five seconds: what left since `measured_from`.
    measured_from = models.DateTimeField(null=True, editable=False)
    measured = models.IntegerField(default=0, db_default=0, editable=False)
    per_second = models.FloatField(default=0, db_default=0, editable=False)

    class Meta:
        verbose_name = _("batch of mails")
        verbose_name_plural = _("batches of mails")

    def __str__(self) -> str:
        return self.name


class EnvelopeQuerySet(models.QuerySet):
    def due(self) -> "EnvelopeQuerySet":
        """Those whose turn has come, and whose batch goes on."""
        waiting = [Envelope.State.QUEUED, Envelope.State.DEFERRED]
        going = models.Q(batch=None) | models.Q(batch__paused_at=None, batch__cancelled_at=None)
        return self.filter(going, state__in=waiting, due_at__lte=functions.Now())


class Envelope(models.Model):
    """One message to one address. Its words are composed when it is sent, never stored here.

    Of a kind that tells addresses itself (kinds.READERS) the address is not stored here either.
    """

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
        COMPLAINED = "complained", _("reported as spam")

    FINAL = {
        State.ACCEPTED,
        State.REFUSED,
        State.IN_DOUBT,
        State.SUPPRESSED,
        State.CANCELLED,
        State.BOUNCED,
        State.COMPLAINED,
    }
    # What may follow what. A trigger of the database holds the same table and refuses the rest.
    # IN_DOUBT is left by a person or by what comes back, never by the engine.
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
        State.ACCEPTED: {State.BOUNCED, State.COMPLAINED},
        State.IN_DOUBT: {State.QUEUED, State.ACCEPTED, State.BOUNCED, State.COMPLAINED},
    }

    uid = models.UUIDField(default=uids.new, unique=True, editable=False)
    batch = models.ForeignKey(
        Batch, models.PROTECT, null=True, related_name="envelopes", db_index=False, editable=False
    )
    kind = models.CharField(_("kind"), max_length=30)
    urgency = models.SmallIntegerField(default=0, help_text="Higher leaves first.")
    sealed = SealedField()
    to_address = Part(_("to"))
    # By which a mail is found by its address (vault.marks); empty once its reader was erased.
    mark = models.CharField(max_length=32, blank=True, editable=False)
    state = models.CharField(_("state"), max_length=10, choices=State.choices, default=State.QUEUED)
    queued_at = models.DateTimeField(_("queued"), default=timezone.now)
    due_at = models.DateTimeField(_("due"), default=timezone.now)
    attempts = models.SmallIntegerField(_("attempts"), default=0)
    # The sender that holds it; its database session keeps an advisory lock with this number.
    sender = models.IntegerField(null=True, editable=False)
    leased_at = models.DateTimeField(_("taken by a sender"), null=True, editable=False)
    # Cancelled while a sender held it: it ends as cancelled unless its body had begun to leave.
    unwanted_at = models.DateTimeField(_("no longer wanted"), null=True, editable=False)
    # When the first byte of the message's body went to the relay (mail.journals knew it first).
    begun_at = models.DateTimeField(_("begun"), null=True, editable=False)
    ended_at = models.DateTimeField(_("ended"), null=True, editable=False)
    reply = models.CharField(_("the server’s words"), max_length=500, blank=True)

    objects = EnvelopeQuerySet.as_manager()

    class Meta:
        verbose_name = _("mail")
        verbose_name_plural = _("mails")
        # In the order of leaving, so that a lease reads no more rows than it takes: each urgency
        # is a line of its own, and each batch, so that a paused one stands in nobody's way.
        indexes = [
            models.Index(
                "urgency",
                "due_at",
                "id",
                name="envelope_due",
                condition=models.Q(state__in=["queued", "deferred"], batch=None),
            ),
            models.Index(
                "batch",
                "due_at",
                "id",
                name="envelope_due_of_batch",
                condition=models.Q(state__in=["queued", "deferred"], batch__isnull=False),
            ),
            models.Index("sender", name="envelope_leased", condition=models.Q(state="leased")),
            models.Index("mark", name="envelope_to", condition=~models.Q(mark="")),
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
                        "complained",
                    ]
                ),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.get_state_display()} {self.reply}".strip()


class Turn(models.Model):
    """A change of state out of the common way: put off, settled, come back, complained of.

    Written by a trigger of the database. The common way (queued, leased, ended) is dated by the
    envelope's own columns: a million readers shall not leave three million rows.
    """

    envelope = models.ForeignKey(Envelope, models.CASCADE, related_name="turns")
    before = models.CharField(max_length=10)
    since = models.DateTimeField(null=True, help_text="When it had come into that state.")
    after = models.CharField(max_length=10)
    at = models.DateTimeField()
    words = models.CharField(max_length=500, blank=True)

    class Meta:
        ordering = ["at", "id"]


class Sender(models.Model):
    """A process that sends, while it lives and until what it held is cleared up."""

    number = models.IntegerField(primary_key=True)
    # The folder of journals that has its journal (mail.journals): another machine cannot read it.
    place = models.UUIDField()
    seen_at = models.DateTimeField(default=timezone.now)


class Bucket(models.Model):
    """How fast mail may leave to one provider, or to the relay; shared by all senders."""

    name = models.CharField(max_length=254, primary_key=True)
    tokens = models.FloatField(default=0)
    filled_at = models.DateTimeField(default=timezone.now)
    # Pushed back: nothing leaves until then; longer each time it happens in a row.
    rests_until = models.DateTimeField(null=True)
    strikes = models.SmallIntegerField(default=0)
