"""Records what came and what went back, each with its booking, in one transaction."""

import datetime
from typing import Any

from django.db import transaction
from django.db.models import Sum
from django.utils import timezone

from plaidoyer.donations import implied
from plaidoyer.donations.ledgers.models import Entry, Payment, Posting, Reversal
from plaidoyer.donations.models import Donation, Fund
from plaidoyer.donations.words import HELD_BY, Account, Method


class TooMuchError(ValueError):
    """More would go back than is left of the payment."""


@transaction.atomic
def receive(
    donation: Donation,
    *,
    amount: int,
    paid_at: datetime.datetime,
    method: str = "",
    currency: str = "",
    provider_id: str = "",
    by: Any = None,
    batch: Any = None,
    recorded_at: datetime.datetime | None = None,
) -> Payment:
    """Records that `amount` came for `donation`, and books it.

    By `provider_id` it is recorded once; told again, the first row is given. Belongs to a
    transaction that holds the donation's lock where several may tell of the same money.
    """
    if provider_id and (known := Payment.objects.filter(provider_id=provider_id).first()):
        return known
    payment = Payment.objects.create(
        donation=donation,
        amount=amount,
        currency=currency or donation.currency,
        method=method or donation.method,
        paid_at=paid_at,
        recorded_by=by,
        provider_id=provider_id,
        batch=batch,
        recorded_at=recorded_at or timezone.now(),
    )
    entry = Entry.objects.create(payment=payment, happened_at=paid_at)
    post(entry, payment, HELD_BY[Method(payment.method)], Account.GIFTS, amount)
    implied.follow(payment)
    return payment


@transaction.atomic
def give_back(
    payment: Payment,
    *,
    kind: str,
    amount: int | None = None,
    at: datetime.datetime | None = None,
    reason: str = "",
    provider_id: str = "",
    by: Any = None,
) -> Reversal | None:
    """Records that `amount` of a payment (all that is left, unless told) went back, and books it.

    None when the provider told of it before. Raises TooMuchError beyond what is left, and when
    nothing is.
    """
    payment = Payment.objects.select_for_update().get(pk=payment.pk)
    if provider_id and Reversal.objects.filter(provider_id=provider_id).exists():
        return None
    amount = left(payment) if amount is None else amount
    if amount == 0 or amount > left(payment):
        raise TooMuchError
    reversal = Reversal.objects.create(
        payment=payment,
        kind=kind,
        amount=amount,
        reversed_at=at or timezone.now(),
        reason=reason[:300],
        provider_id=provider_id,
        recorded_by=by,
    )
    entry = Entry.objects.create(reversal=reversal, happened_at=reversal.reversed_at)
    post(entry, payment, Account.GIFTS, HELD_BY[Method(payment.method)], amount)
    if not left(payment):
        implied.undo(payment)
    return reversal


@transaction.atomic
def keep_fee(payment: Payment, *, fee: int, fee_id: str, at: datetime.datetime) -> None:
    """Books what the provider kept of a payment, once for each name it gives the fee."""
    if not fee or Entry.objects.filter(fee_id=fee_id).exists():
        return
    entry = Entry.objects.create(fee_id=fee_id, happened_at=at)
    post(entry, payment, Account.FEES, Account.PROVIDER, fee)


def post(entry: Entry, payment: Payment, gets: str, gives: str, amount: int) -> None:
    """The two sides of a booking."""
    common = {
        "entry": entry,
        "fund_id": payment.donation.fund_id,
        "method": payment.method,
        "currency": payment.currency,
    }
    Posting.objects.bulk_create(
        [
            Posting(account=gets, amount=amount, **common),
            Posting(account=gives, amount=-amount, **common),
        ]
    )


def left(payment: Payment) -> int:
    """What is left of a payment after all that went back."""
    gone = payment.reversals.aggregate(sum=Sum("amount"))["sum"] or 0
    return payment.amount - gone


def given(fund: Fund, currency: str = "") -> int:
    """What was given to a fund in one currency, less what went back: the sum of its postings."""
    postings = Posting.objects.filter(
        fund=fund, account=Account.GIFTS, currency=currency or fund.currency
    )
    return -(postings.aggregate(sum=Sum("amount"))["sum"] or 0)


def balances() -> dict[tuple[str, str], int]:
    """What is in each account, by account and currency; all of a currency sum to nothing."""
    rows = Posting.objects.values_list("account", "currency").annotate(sum=Sum("amount"))
    return {(account, currency): total for account, currency, total in rows}
