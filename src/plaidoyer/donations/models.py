import uuid
from typing import Any

from django.conf import settings
from django.core.exceptions import ValidationError
from django.core.validators import MinValueValidator, RegexValidator
from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import get_language, pgettext_lazy
from django.utils.translation import gettext_lazy as _
from modelcluster.fields import ParentalKey
from modelcluster.models import ClusterableModel

from plaidoyer.campaigns.models import Campaign
from plaidoyer.donations import codes
from plaidoyer.donations.bank.models import BankFormat, BankImport, BankLine
from plaidoyer.donations.cards.models import (
    CardFact,
    CardPause,
    Reconciliation,
    RecurringGift,
    RecurringStep,
    RefundRequest,
)
from plaidoyer.donations.ledgers.models import Entry, Payment, Posting, Reversal
from plaidoyer.donations.paper.models import Batch
from plaidoyer.donations.receipts.models import DonationMail, Receipt, ReceiptLine, ReceiptSeries
from plaidoyer.donations.settings import GivingSettings
from plaidoyer.donations.words import Channel, Frequency, Method, currencies
from plaidoyer.lib import money, wording
from plaidoyer.lib.words import WordsField
from plaidoyer.supporters.models import Supporter
from plaidoyer.vault import marks
from plaidoyer.vault.fields import Part, SealedField

__all__ = [
    "BankFormat",
    "BankImport",
    "BankLine",
    "Batch",
    "CardFact",
    "CardPause",
    "Channel",
    "Donation",
    "DonationMail",
    "Entry",
    "Frequency",
    "Fund",
    "GivingSettings",
    "Method",
    "Offer",
    "Payment",
    "Posting",
    "Receipt",
    "ReceiptLine",
    "ReceiptSeries",
    "Reconciliation",
    "RecurringGift",
    "RecurringStep",
    "RefundRequest",
    "Reversal",
]

# Two words stand in addresses of our own (urls.py).
SLUG = RegexValidator(
    r"^(?!(?:monthly|thanks)$)[a-z0-9-]+$", _("Small letters without accents, digits and hyphens.")
)


class Fund(ClusterableModel):
    """What gifts are for: a full page in a newspaper, legal help, or all of the work."""

    slug = models.CharField(_("address"), max_length=60, unique=True, validators=[SLUG])
    # On its form to print: ties a cheque that comes back to the fund.
    code = models.CharField(max_length=8, unique=True, default=codes.make, editable=False)
    name = WordsField(_("name"))
    lead = WordsField(_("in one sentence"), blank=True)
    text = WordsField(_("text"), long=True, blank=True)
    campaign = models.ForeignKey(
        Campaign,
        models.SET_NULL,
        null=True,
        blank=True,
        related_name="funds",
        verbose_name=_("campaign"),
        help_text=_("After an act of this campaign, supporters are shown this fund."),
    )
    currency = models.CharField(_("currency"), max_length=3, choices=currencies, default="CAD")
    goal = models.PositiveIntegerField(
        _("goal"),
        null=True,
        blank=True,
        validators=[MinValueValidator(1)],
        help_text=_("In whole units of the currency. Leave it empty for a fund without a goal."),
    )
    ends_on = models.DateField(_("last day"), null=True, blank=True)
    above = WordsField(_("what happens with more than the goal"), blank=True)
    below = WordsField(_("what happens with less than the goal"), blank=True)
    opens_at = models.DateTimeField(_("opens"), null=True, blank=True, default=timezone.now)
    closed_at = models.DateTimeField(_("closed"), null=True, blank=True)

    class Meta:
        verbose_name = _("fund")
        verbose_name_plural = _("funds")
        ordering = ["-opens_at", "-id"]
        constraints = [
            models.CheckConstraint(
                name="fund_goal_positive", condition=Q(goal=None) | Q(goal__gt=0)
            )
        ]

    def __str__(self) -> str:
        return str(self.name)

    @property
    def public_id(self) -> str:
        """What a riddle of the proof of work is about."""
        return f"fund-{self.slug}"

    @property
    def is_open(self) -> bool:
        """Whether one can give to it at this moment: the last day counts whole."""
        now = timezone.now()
        if (
            self.opens_at is None
            or self.opens_at > now
            or (self.closed_at and self.closed_at <= now)
        ):
            return False
        return self.ends_on is None or timezone.localdate(now) <= self.ends_on

    @property
    def goal_minor(self) -> int | None:
        return self.goal * 10 ** money.digits(self.currency) if self.goal else None


class Offer(models.Model):
    """Which amounts a fund suggests, in one currency, to readers of one language or of all."""

    fund = ParentalKey(Fund, on_delete=models.CASCADE, related_name="offers")
    language = models.CharField(
        _("language"),
        max_length=12,
        blank=True,
        choices=[("", _("every language")), *settings.LANGUAGES],
    )
    currency = models.CharField(_("currency"), max_length=3, choices=currencies, default="CAD")
    once = models.CharField(
        _("amounts, once"),
        max_length=60,
        default="25, 50, 100, 250",
        help_text=_("Whole amounts, by commas, the smallest first. The second is suggested."),
    )
    monthly = models.CharField(_("amounts, monthly"), max_length=60, default="5, 10, 20, 50")
    sort_order = models.IntegerField(null=True, blank=True, editable=False)

    class Meta:
        verbose_name = _("suggested amounts")
        verbose_name_plural = _("suggested amounts")
        ordering = ["sort_order"]
        constraints = [models.UniqueConstraint("fund", "language", "currency", name="offer_once")]

    def amounts(self, frequency: str) -> list[int]:
        """The suggested amounts in minor units."""
        words = self.monthly if frequency == Frequency.MONTHLY else self.once
        return [money.read(word, self.currency) for word in words.split(",") if word.strip()]

    def clean_fields(self, exclude: object = None) -> None:
        super().clean_fields(exclude)  # type: ignore[arg-type]
        for field in ("once", "monthly"):
            try:
                amounts = [
                    money.read(one, self.currency) for one in getattr(self, field).split(",")
                ]
            except money.BadAmountError:
                amounts = []
            if not amounts or not all(amounts) or amounts != sorted(set(amounts)):
                raise ValidationError(
                    {field: _("Write amounts such as 25, 50, 100, the smallest first.")}
                )


class Donation(models.Model):
    """What somebody means to give, once or each month. Payments say what came of it."""

    uid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    # Written in the message of a transfer, on a cheque, on a form.
    code = models.CharField(_("reference"), max_length=8, unique=True, default=codes.make)
    fund = models.ForeignKey(Fund, models.PROTECT, related_name="donations", verbose_name=_("fund"))
    amount = models.PositiveBigIntegerField(_("amount"))
    currency = models.CharField(_("currency"), max_length=3, choices=currencies)
    frequency = models.CharField(_("how often"), max_length=8, choices=Frequency.choices)
    method = models.CharField(_("method"), max_length=10, choices=Method.choices)
    channel = models.CharField(
        _("came by"), max_length=6, choices=Channel.choices, default=Channel.WEB
    )
    language = models.CharField(_("language"), max_length=12)
    # Who gives. Emptied when the time of keeping is over, or at the donor's wish where no law
    # obliges us to keep it (privacy).
    sealed = SealedField()
    email = Part(_("e-mail"))
    given_name = Part(_("given name"))
    family_name = Part(_("family name"))
    phone = Part(_("telephone"))
    address = Part(_("postal address"))
    # Of the address: donors are told apart by it (vault.marks).
    mark = models.CharField(max_length=32, blank=True, editable=False)
    supporter = models.ForeignKey(
        Supporter, models.SET_NULL, null=True, blank=True, related_name="donations"
    )
    # What brought them: a channel (`?via=`), the campaign whose act or page they came from.
    via = models.CharField(_("source"), max_length=60, blank=True)
    campaign = models.ForeignKey(
        Campaign, models.SET_NULL, null=True, blank=True, related_name="donations"
    )
    network = models.CharField(max_length=24, blank=True, editable=False)
    promised_at = models.DateTimeField(_("promised"), default=timezone.now)
    promised_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+"
    )
    emptied_at = models.DateTimeField(null=True, blank=True, editable=False)
    # Its donor had everything erased that no law has us keep: a payment since implies nothing.
    erased_at = models.DateTimeField(null=True, blank=True, editable=False)

    class Meta:
        verbose_name = pgettext_lazy("one gift", "gift")
        verbose_name_plural = _("gifts")
        ordering = ["-promised_at", "-id"]
        constraints = [
            models.CheckConstraint(name="donation_of_something", condition=Q(amount__gt=0))
        ]
        indexes = [
            models.Index("mark", name="donation_mark"),
            models.Index("network", "promised_at", name="donation_network"),
            models.Index("promised_at", name="donation_promised"),
        ]

    def __str__(self) -> str:
        return f"{self.donor} · {self.worth}"

    def save(self, *args: Any, **kwargs: Any) -> None:
        self.mark = marks.address(self.email)
        super().save(*args, **kwargs)

    @property
    def full_name(self) -> str:
        return f"{self.given_name} {self.family_name}".strip()

    @property
    def donor(self) -> str:
        """Who gives, for a list; a gift whose donor is not kept any more says so."""
        return (
            self.full_name or self.email or str(_("not kept any more") if self.emptied_at else "—")
        )

    @property
    def worth(self) -> str:
        """The amount in words, in the active language."""
        return wording.money(self.amount, self.currency, get_language() or "en")

    @property
    def reference(self) -> str:
        return codes.shown(self.code)

    @property
    def is_monthly(self) -> bool:
        return self.frequency == Frequency.MONTHLY
