import uuid

from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from plaidoyer.vault.fields import BytesPart, SealedField


class ReceiptSeries(models.Model):
    """The last number given in a series and year; whoever takes one holds its row."""

    prefix = models.CharField(max_length=2)
    year = models.PositiveSmallIntegerField()
    last = models.PositiveIntegerField(default=0)

    class Meta:
        constraints = [models.UniqueConstraint("prefix", "year", name="receipt_series_once")]


class Receipt(models.Model):
    """What a donor has in hand for one payment, or for all of a year. Its facts never change."""

    class Kind(models.TextChoices):
        SINGLE = "single", _("one gift")
        ANNUAL = "annual", _("all of a year")

    prefix = models.CharField(max_length=2)
    year = models.PositiveSmallIntegerField(_("year"))
    number = models.PositiveIntegerField(_("number"))
    kind = models.CharField(_("kind"), max_length=6, choices=Kind.choices)
    is_official = models.BooleanField(_("official, for income tax"), default=False)
    language = models.CharField(max_length=12)
    amount = models.PositiveBigIntegerField(_("amount"))
    currency = models.CharField(max_length=3)
    issued_at = models.DateTimeField(_("issued"), default=timezone.now)
    uid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    # As it left; emptied when the time of keeping its donor is over.
    sealed = SealedField()
    pdf = BytesPart(_("as it left"))
    sha256 = models.CharField(max_length=64)
    cancelled_at = models.DateTimeField(_("cancelled"), null=True, blank=True)
    replaces = models.OneToOneField(
        "self", models.PROTECT, null=True, blank=True, related_name="replaced_by"
    )

    class Meta:
        verbose_name = _("receipt")
        verbose_name_plural = _("receipts")
        ordering = ["-issued_at", "-id"]
        constraints = [
            models.UniqueConstraint("prefix", "year", "number", name="receipt_number_once"),
            models.CheckConstraint(name="receipt_numbered", condition=Q(number__gt=0)),
        ]

    def __str__(self) -> str:
        return self.label

    @property
    def label(self) -> str:
        """Its number as it is printed: R-2026-00012."""
        return f"{self.prefix}-{self.year}-{self.number:05d}"


class ReceiptLine(models.Model):
    """A payment stands on a receipt with what was left of it then."""

    receipt = models.ForeignKey(Receipt, models.PROTECT, related_name="lines")
    payment = models.ForeignKey("donations.Payment", models.PROTECT, related_name="receipt_lines")
    amount = models.PositiveBigIntegerField(_("amount"))

    class Meta:
        constraints = [models.UniqueConstraint("receipt", "payment", name="receipt_line_once")]


class DonationMail(models.Model):
    """A mail about a gift: its instructions, thanks with a receipt, a renewal that failed."""

    class Kind(models.TextChoices):
        INSTRUCTIONS = "instructions", _("how to give")
        THANKS = "thanks", _("thanks")
        MANAGE = "manage", _("own page of a monthly gift")
        FAILED = "failed", _("renewal that failed")
        ENDED = "ended", _("monthly gift ended")
        ANNUAL = "annual", _("receipt of a year")
        REFUNDED = "refunded", _("gift given back")
        ALARM = "alarm", _("card form paused")

    kind = models.CharField(max_length=12, choices=Kind.choices)
    donation = models.ForeignKey(
        "donations.Donation", models.CASCADE, null=True, related_name="mails"
    )
    payment = models.ForeignKey(
        "donations.Payment", models.PROTECT, null=True, related_name="mails"
    )
    receipt = models.ForeignKey(Receipt, models.PROTECT, null=True, related_name="mails")
    envelope = models.OneToOneField("mail.Envelope", models.PROTECT, related_name="donation_mail")

    class Meta:
        constraints = [
            # Told twice that money came, we thank once.
            models.UniqueConstraint("payment", name="thanked_once", condition=Q(kind="thanks"))
        ]
