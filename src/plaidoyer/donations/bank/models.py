import uuid

from django.conf import settings
from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from plaidoyer.donations.words import currencies
from plaidoyer.vault.fields import BytesPart, Part, SealedField


class BankFormat(models.Model):
    """How one bank writes its files: which column says what. Remembered from the first file."""

    name = models.CharField(_("bank"), max_length=100)
    # Of the first row, so that the next file of the bank is known by itself.
    fingerprint = models.CharField(max_length=64, unique=True, editable=False)
    mapping = models.JSONField(default=dict)
    currency = models.CharField(_("currency"), max_length=3, choices=currencies, default="CAD")
    used_at = models.DateTimeField(_("last used"), default=timezone.now)

    class Meta:
        verbose_name = _("bank’s format")
        verbose_name_plural = _("banks’ formats")

    def __str__(self) -> str:
        return self.name


class BankImport(models.Model):
    """One file of a bank as it was uploaded; its lines are seen before anything is booked."""

    name = models.CharField(_("file"), max_length=200)
    uid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    # Emptied once it is imported or given up: what is needed is in the lines.
    sealed = SealedField()
    raw = BytesPart(_("file"))
    format = models.ForeignKey(BankFormat, models.PROTECT, null=True, verbose_name=_("bank"))
    uploaded_at = models.DateTimeField(_("uploaded"), default=timezone.now)
    uploaded_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+"
    )
    booked_at = models.DateTimeField(_("booked"), null=True, blank=True)
    undone_at = models.DateTimeField(_("undone"), null=True, blank=True)

    class Meta:
        verbose_name = _("bank import")
        verbose_name_plural = _("bank imports")
        ordering = ["-uploaded_at", "-id"]

    def __str__(self) -> str:
        return self.name


class BankLine(models.Model):
    """Money that came, as a bank says: the same line in two files is one row."""

    class Source(models.TextChoices):
        FILE = "file", _("the bank’s file")
        NOTICE = "notice", _("a notice by mail")

    source = models.CharField(_("from"), max_length=6, choices=Source.choices)
    upload = models.ForeignKey(
        BankImport, models.PROTECT, null=True, blank=True, related_name="lines"
    )
    number = models.PositiveIntegerField(_("line"), default=0)
    booked_on = models.DateField(_("day"))
    amount = models.PositiveBigIntegerField(_("amount"))
    currency = models.CharField(_("currency"), max_length=3)
    uid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    # Whose it was, as the bank says; emptied with the donor's time of keeping.
    sealed = SealedField()
    name = Part(_("name"))
    words = Part(_("message"))
    # Of bank, day, amount, name and words, and which of several such lines it is.
    sha256 = models.CharField(max_length=64, unique=True, editable=False)
    payment = models.OneToOneField(
        "donations.Payment", models.SET_NULL, null=True, blank=True, related_name="line"
    )
    # No gift, or another line's money: said by an organiser, or found.
    set_aside_at = models.DateTimeField(null=True, blank=True)
    set_aside_because = models.CharField(_("set aside because"), max_length=200, blank=True)
    # The line of another source that tells of the same money.
    twin = models.OneToOneField(
        "self", models.SET_NULL, null=True, blank=True, related_name="known_as"
    )
    emptied_at = models.DateTimeField(null=True, blank=True, editable=False)

    class Meta:
        verbose_name = _("bank line")
        verbose_name_plural = _("bank lines")
        ordering = ["-booked_on", "-id"]
        indexes = [
            models.Index(
                "booked_on",
                name="bank_line_open",
                condition=models.Q(payment=None, set_aside_at=None),
            )
        ]

    def __str__(self) -> str:
        return f"{self.booked_on} · {self.name}"
