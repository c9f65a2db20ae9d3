"""Issues receipts: a number without gaps, a drawing made once, a mail with it."""

import hashlib
from collections import defaultdict
from collections.abc import Iterable, Sequence
from datetime import timedelta

from django.db import transaction
from django.db.models import F, Q
from django.utils import timezone
from django.utils.translation import override

from plaidoyer.donations import messages, pledges
from plaidoyer.donations.ledgers import booking
from plaidoyer.donations.models import (
    Donation,
    DonationMail,
    Payment,
    Receipt,
    ReceiptLine,
    ReceiptSeries,
)
from plaidoyer.donations.receipts import drawing
from plaidoyer.donations.settings import GivingSettings

Kind = Receipt.Kind
ORDINARY, OFFICIAL = "R", "T"
# Of income tax there: amounts on official receipts are in its own dollars.
CANADIAN = "CAD"
MOST = 100
LATELY = timedelta(days=14)


def issue_due(limit: int = MOST) -> int:
    """Thanks for payments that nobody was thanked for, each with its receipt; how many."""
    due = Payment.objects.filter(
        receipt_lines=None, recorded_at__gt=timezone.now() - LATELY
    ).exclude(mails__kind=DonationMail.Kind.THANKS)
    settings = GivingSettings.current()
    some = due.select_related("donation__fund").order_by("pk")[:limit]
    return sum(thank(payment, settings) for payment in some)


@transaction.atomic
def thank(payment: Payment, settings: GivingSettings, *, tell: bool = True) -> bool:
    """Issues the receipt of one payment and mails thanks with it; False where neither is due."""
    Payment.objects.select_for_update().get(pk=payment.pk)
    donation = payment.donation
    is_done = payment.receipt_lines.exists() or payment.mails.filter(kind="thanks").exists()
    if is_done or donation.emptied_at or not booking.left(payment):
        return False
    pledges.recognise(donation)
    receipt = issue([payment], settings) if settings.receipts else None
    if not tell:
        return receipt is not None
    mail = messages.queue(DonationMail.Kind.THANKS, donation, payment=payment, receipt=receipt)
    return bool(receipt or mail)


@transaction.atomic
def issue(
    payments: Sequence[Payment],
    settings: GivingSettings,
    *,
    kind: str = Kind.SINGLE,
    official: bool = False,
    replaces: Receipt | None = None,
) -> Receipt:
    """One receipt for payments of one donor, currency and year, over what is left of each.

    Its number is the next of its series and year: whoever takes one holds the series, and a
    transaction that fails gives it back, so none is missing and none twice.
    """
    now, first = timezone.now(), payments[0]
    year = (
        timezone.localtime(first.paid_at).year if kind == Kind.ANNUAL else timezone.localdate().year
    )
    prefix = OFFICIAL if official else ORDINARY
    parts = [(payment, booking.left(payment)) for payment in payments]
    receipt = Receipt(
        prefix=prefix,
        year=year,
        number=next_number(prefix, year),
        kind=kind,
        is_official=official,
        language=first.donation.language,
        amount=sum(amount for _payment, amount in parts),
        currency=first.currency,
        issued_at=now,
        replaces=replaces,
    )
    with override(receipt.language):
        receipt.pdf = drawing.draw(receipt, parts, first.donation, settings)
    receipt.sha256 = hashlib.sha256(receipt.pdf).hexdigest()
    receipt.save()
    ReceiptLine.objects.bulk_create(
        ReceiptLine(receipt=receipt, payment=payment, amount=amount) for payment, amount in parts
    )
    return receipt


def next_number(prefix: str, year: int) -> int:
    """The next number; its series is locked until the transaction ends."""
    ReceiptSeries.objects.get_or_create(prefix=prefix, year=year)
    series = ReceiptSeries.objects.select_for_update().get(prefix=prefix, year=year)
    ReceiptSeries.objects.filter(pk=series.pk).update(last=F("last") + 1)
    return series.last + 1


def amend_due() -> int:
    """Cancels receipts that say more than is left of a payment, and issues new ones over what is
    left; how many were cancelled."""
    standing = ReceiptLine.objects.filter(
        receipt__cancelled_at=None, payment__reversals__isnull=False
    ).select_related("receipt", "payment")
    wrong = {
        line.receipt for line in standing.distinct() if booking.left(line.payment) != line.amount
    }
    settings = GivingSettings.current()
    for receipt in sorted(wrong, key=lambda one: one.pk):
        amend(receipt, settings)
    return len(wrong)


@transaction.atomic
def amend(receipt: Receipt, settings: GivingSettings) -> Receipt | None:
    """Cancels one receipt and tells its donor; the new one that replaces it, where anything is
    left. Of a record that was a mistake altogether nobody is told."""
    open_one = Receipt.objects.filter(pk=receipt.pk, cancelled_at=None)
    if not open_one.update(cancelled_at=timezone.now()):
        return None
    lines = receipt.lines.select_related("payment__donation__fund").order_by("pk")
    payments = [line.payment for line in lines]
    donation, left = payments[0].donation, [one for one in payments if booking.left(one)]
    if donation.emptied_at:
        return None
    kind, official = receipt.kind, receipt.is_official
    new = issue(left, settings, kind=kind, official=official, replaces=receipt) if left else None
    changed = next(one for one in payments if one.reversals.exists())
    if new or messages.returned(changed):
        messages.queue(DonationMail.Kind.REFUNDED, donation, payment=changed, receipt=new)
    return new


def issue_annual(year: int) -> tuple[int, list[str]]:
    """One receipt for each donor, for all they gave in `year`; how many, and for whom none.

    Official ones where the organisation issues such, of gifts in dollars of Canada: these need
    name and address, and whoever has not given them is named. Run again it issues only what is
    missing.
    """
    settings = GivingSettings.current()
    in_dollars = Q(currency=CANADIAN) if settings.tax_receipts else Q(pk=None)
    issued, without = 0, []
    for payments in of_year(year, in_dollars, official=True):
        donation = latest(payments)
        if donation.full_name and donation.address:
            issued += annual(payments, donation, settings, official=True)
        else:
            without.append(donation.donor)
    for payments in of_year(year, ~in_dollars, official=False):
        issued += annual(payments, latest(payments), settings, official=False)
    return issued, without


def latest(payments: Iterable[Payment]) -> Donation:
    """The gift that says best who the donor is: the last one with an address."""
    gifts = [payment.donation for payment in payments]
    return max(gifts, key=lambda one: (bool(one.address), one.pk))


def of_year(year: int, some: Q, *, official: bool) -> list[list[Payment]]:
    """The payments of a year without such a receipt, together by donor and currency."""
    covered = ReceiptLine.objects.filter(
        receipt__kind=Kind.ANNUAL, receipt__cancelled_at=None, receipt__is_official=official
    )
    rows = (
        Payment.objects.filter(some, paid_at__year=year, donation__emptied_at=None)
        .exclude(pk__in=covered.values("payment"))
        .select_related("donation__fund")
        .order_by("paid_at", "pk")
    )
    found: dict[tuple[str, str], list[Payment]] = defaultdict(list)
    for payment in rows:
        donation = payment.donation
        if not (donation.email or donation.address):
            continue
        who = donation.email.lower() or f"{donation.full_name}|{donation.address}".casefold()
        if booking.left(payment):
            found[who, payment.currency].append(payment)
    return list(found.values())


@transaction.atomic
def annual(
    payments: list[Payment], donation: Donation, settings: GivingSettings, *, official: bool
) -> int:
    """The receipt of one donor's year, mailed where there is an address."""
    first = [payment for payment in payments if payment.donation == donation]
    ordered = [*first, *(payment for payment in payments if payment.donation != donation)]
    receipt = issue(ordered, settings, kind=Kind.ANNUAL, official=official)
    messages.queue(DonationMail.Kind.ANNUAL, donation, receipt=receipt)
    return 1
