import uuid

from django.conf import settings
from django.db import models
from django.db.models import F, Q, Sum
from django.db.models.functions import Coalesce
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from plaidoyer.donations.words import Account, Method


class Payments(models.QuerySet["Payment"]):
    def kept(self) -> "Payments":
        """Those of which something is left."""
        gone = Coalesce(Sum("reversals__amount"), 0)
        return self.annotate(gone=gone).filter(amount__gt=F("gone"))


class Payment(models.Model):
    """Money that came for a gift, from a verified source. Written once, never changed."""

    uid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    donation = models.ForeignKey("donations.Donation", models.PROTECT, related_name="payments")
    amount = models.PositiveBigIntegerField(_("amount"))
    currency = models.CharField(_("currency"), max_length=3)
    method = models.CharField(_("method"), max_length=10, choices=Method.choices)
    paid_at = models.DateTimeField(_("paid"))
    recorded_at = models.DateTimeField(_("recorded"), default=timezone.now)
    recorded_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+"
    )
    # The provider's own name of it, where one told us: booked once, whatever it repeats.
    provider_id = models.CharField(max_length=120, blank=True)
    batch = models.ForeignKey("donations.Batch", models.PROTECT, null=True, related_name="payments")

    objects = Payments.as_manager()

    class Meta:
        verbose_name = _("payment")
        verbose_name_plural = _("payments")
        ordering = ["-paid_at", "-id"]
        constraints = [
            models.CheckConstraint(name="payment_of_something", condition=Q(amount__gt=0)),
            models.UniqueConstraint(
                "provider_id", name="payment_told_once", condition=~Q(provider_id="")
            ),
        ]
        indexes = [models.Index("paid_at", name="payment_paid")]


class Reversal(models.Model):
    """Some or all of a payment went back, or its record was a mistake. Never changed itself.

    An amount below zero is money that came to us again: a refund that failed, a dispute won.
    """

    class Kind(models.TextChoices):
        REFUND = "refund", _("refunded")
        DISPUTE = "dispute", _("taken back by the card’s holder")
        VOID = "void", _("recorded by mistake")
        BOUNCED = "bounced", _("cheque not honoured")

    payment = models.ForeignKey(Payment, models.PROTECT, related_name="reversals")
    kind = models.CharField(_("kind"), max_length=8, choices=Kind.choices)
    amount = models.BigIntegerField(_("amount"))
    reversed_at = models.DateTimeField(_("went back"))
    recorded_at = models.DateTimeField(default=timezone.now)
    recorded_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+"
    )
    reason = models.CharField(_("reason"), max_length=300, blank=True)
    provider_id = models.CharField(max_length=120, blank=True)

    class Meta:
        verbose_name = _("reversal")
        verbose_name_plural = _("reversals")
        constraints = [
            models.CheckConstraint(name="reversal_of_something", condition=~Q(amount=0)),
            models.UniqueConstraint(
                "provider_id", name="reversal_told_once", condition=~Q(provider_id="")
            ),
        ]


class Entry(models.Model):
    """One booking: its postings sum to nothing in each currency, says the database."""

    payment = models.OneToOneField(Payment, models.PROTECT, null=True, related_name="entry")
    reversal = models.OneToOneField(Reversal, models.PROTECT, null=True, related_name="entry")
    # What the provider kept for itself, by its own name of that.
    fee_id = models.CharField(max_length=120, blank=True)
    happened_at = models.DateTimeField(_("happened"))
    booked_at = models.DateTimeField(_("booked"), default=timezone.now)

    class Meta:
        verbose_name = _("booking")
        verbose_name_plural = _("bookings")
        ordering = ["happened_at", "id"]
        constraints = [
            models.CheckConstraint(
                name="entry_of_one_thing",
                condition=Q(payment__isnull=False, reversal=None, fee_id="")
                | Q(payment=None, reversal__isnull=False, fee_id="")
                | (Q(payment=None, reversal=None) & ~Q(fee_id="")),
            ),
            models.UniqueConstraint("fee_id", name="fee_told_once", condition=~Q(fee_id="")),
        ]


class Posting(models.Model):
    """One side of a booking. What an account gets is above zero, what it gives below."""

    entry = models.ForeignKey(Entry, models.PROTECT, related_name="postings")
    account = models.CharField(_("account"), max_length=8, choices=Account.choices)
    fund = models.ForeignKey("donations.Fund", models.PROTECT, related_name="postings")
    method = models.CharField(_("method"), max_length=10, choices=Method.choices)
    currency = models.CharField(_("currency"), max_length=3)
    amount = models.BigIntegerField(_("amount"))

    class Meta:
        verbose_name = _("posting")
        verbose_name_plural = _("postings")
        constraints = [models.CheckConstraint(name="posting_of_something", condition=~Q(amount=0))]
        indexes = [models.Index("fund", "account", "currency", name="posting_of_fund")]
