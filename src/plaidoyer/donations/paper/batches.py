"""A day's envelopes: each entered and booked at once, with totals that run along."""

import datetime
from typing import Any

from django.db import transaction
from django.db.models import Count, Sum
from django.utils import timezone

from plaidoyer.donations import codes
from plaidoyer.donations.ledgers import booking
from plaidoyer.donations.models import Batch, Channel, Donation, Frequency, Fund, Payment, Reversal


class OutOfTotalError(ValueError):
    """What was entered is not the total by hand."""


class ClosedError(ValueError):
    """Nothing is entered into a batch that is closed."""


def holder(code: str) -> Donation | Fund | None:
    """The gift or fund whose reference stands on a cheque or form; None for no code of ours."""
    normal = codes.normal(code)
    if not codes.is_ours(normal):
        return None
    gift = Donation.objects.filter(code=normal, emptied_at=None).select_related("fund").first()
    return gift or Fund.objects.filter(code=normal).first()


@transaction.atomic
def enter(
    batch: Batch, *, amount: int, by: Any, donation: Donation | None = None, **facts: Any
) -> Payment:
    """Books one envelope: for the gift it names, else for a new one of `facts` (fund, names).

    Raises ClosedError.
    """
    batch = Batch.objects.select_for_update().get(pk=batch.pk)
    if batch.closed_at:
        raise ClosedError
    if donation is None:
        donation = Donation.objects.create(
            amount=amount,
            currency=batch.currency,
            frequency=Frequency.ONCE,
            method=batch.method,
            channel=Channel.POST,
            promised_by=by,
            promised_at=moment(batch.received_on),
            **facts,
        )
    return booking.receive(
        donation,
        amount=amount,
        currency=batch.currency,
        method=batch.method,
        paid_at=moment(batch.received_on),
        by=by,
        batch=batch,
    )


def moment(day: datetime.date) -> datetime.datetime:
    """Noon of a day: what came on a day has no time."""
    return timezone.make_aware(datetime.datetime.combine(day, datetime.time(12)))


def take_out(payment: Payment, *, by: Any) -> None:
    """Voids an envelope that was entered wrongly; its row stays, with the reversal beside."""
    booking.give_back(payment, kind=Reversal.Kind.VOID, by=by)


def totals(batch: Batch) -> dict[str, int]:
    """How many envelopes there are and their sum, without those taken out."""
    came = batch.payments.aggregate(number=Count("id"), sum=Sum("amount"))
    back = Reversal.objects.filter(payment__batch=batch)
    void = back.filter(kind=Reversal.Kind.VOID).values("payment").distinct().count()
    gone = back.aggregate(sum=Sum("amount"))["sum"] or 0
    return {"number": came["number"] - void, "sum": (came["sum"] or 0) - gone}


@transaction.atomic
def close(batch: Batch) -> None:
    """Ends a batch; raises OutOfTotalError where a total by hand says otherwise."""
    batch = Batch.objects.select_for_update().get(pk=batch.pk)
    if batch.expected is not None and totals(batch)["sum"] != batch.expected:
        raise OutOfTotalError
    Batch.objects.filter(pk=batch.pk, closed_at=None).update(closed_at=timezone.now())
