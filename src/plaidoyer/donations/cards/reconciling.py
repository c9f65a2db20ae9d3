"""Holds the ledger against the provider's own lists, and hears what a lost webhook did not tell."""

import datetime
from collections import Counter
from collections.abc import Iterator
from typing import Any

import stripe
from django.db.models import Q, QuerySet, Sum
from django.utils import timezone

from plaidoyer.donations.cards import facts, webhooks
from plaidoyer.donations.cards.provider import client
from plaidoyer.donations.ledgers import booking
from plaidoyer.donations.models import Payment, Posting, Reconciliation
from plaidoyer.donations.words import Account

# Each night looks back further than a webhook is repeated by the provider (three days).
SPAN = datetime.timedelta(days=10)
# What the provider's webhooks may still be about to tell.
FRESH = datetime.timedelta(minutes=5)
# A debit of a bank account is charged up to a week before it is paid.
SLOW = datetime.timedelta(days=7)


def reconcile(
    since: datetime.datetime | None = None, until: datetime.datetime | None = None
) -> Reconciliation:
    """Goes through what the provider told and charged in the span, takes what we had not heard,
    books its fees, and writes down both sums by currency.

    What it charged for others than us (no gift of ours) counts on neither side.
    """
    until = until or timezone.now() - FRESH
    since = since or until - SPAN
    run = Reconciliation(since=since, until=until)
    before = Payment.objects.count()
    try:
        hear_events(since, until)
        charges = list(hear_charges(since, until))
    except stripe.StripeError as error:
        run.failure = type(error).__name__
    else:
        names = {payment.provider_id for _charge, payment in charges}
        run.ours = ours(Q(provider_id__in=names) | Q(paid_at__range=(since + SLOW, until)))
        run.theirs = dict.fromkeys(run.ours, 0) | theirs(charges)
        run.found = Payment.objects.count() - before
    run.save()
    return run


def listed(ask: Any, since: datetime.datetime, until: datetime.datetime, **more: Any) -> Any:
    """All of a list of the provider in the span, page after page."""
    span = {"gte": int(since.timestamp()), "lt": int(until.timestamp())}
    return ask.list({"limit": 100, "created": span, **more}).auto_paging_iter()


def hear_events(since: datetime.datetime, until: datetime.datetime) -> None:
    """Takes each event that the provider keeps (thirty days of them) as if it came now."""
    for event in listed(client().v1.events, since, until, types=sorted(facts.READERS)):
        try:
            told = facts.read(event.to_dict())
        except facts.UNREADABLE:
            continue
        if told:
            webhooks.take(told)


def hear_charges(
    since: datetime.datetime, until: datetime.datetime
) -> Iterator[tuple[dict[str, Any], Payment]]:
    """The paid charges of ours, each with its payment, taken where no event told; books fees."""
    expanded = ["data.balance_transaction"]
    for thing in listed(client().v1.charges, since, until, expand=expanded):
        charge = thing.to_dict()
        if charge["status"] != "succeeded":
            continue
        if (payment := known(charge)) is None:
            webhooks.take(as_told(charge))
            payment = known(charge)
        if payment:
            book_fee(charge, payment)
            yield charge, payment


def as_told(charge: dict[str, Any]) -> facts.Told:
    """A listed charge as its event would tell it; told again each night it is the same fact."""
    event = {
        "id": f"charge.succeeded:{charge['id']}",
        "type": "charge.succeeded",
        "created": charge["created"],
        "data": {"object": charge},
    }
    found = facts.read(event)
    assert found is not None
    return found


def known(charge: dict[str, Any]) -> Payment | None:
    name = facts.name(charge.get("payment_intent")) or charge["id"]
    return Payment.objects.filter(provider_id=name).first()


def book_fee(charge: dict[str, Any], payment: Payment) -> None:
    """Books what the provider kept of a charge, once it says so."""
    kept = charge.get("balance_transaction")
    # A fee in another currency than the gift's is the bookkeeper's, from the provider's report.
    if isinstance(kept, dict) and kept["currency"].upper() == payment.currency:
        at = facts.moment(kept["created"])
        booking.keep_fee(payment, fee=kept["fee"], fee_id=kept["id"], at=at)


def theirs(charges: list[tuple[dict[str, Any], Payment]]) -> dict[str, int]:
    """What the provider has of charges after refunds and before fees, by currency."""
    total: Counter[str] = Counter()
    for charge, _payment in charges:
        total[charge["currency"].upper()] += charge["amount_captured"] - charge["amount_refunded"]
    return dict(total)


def ours(some: Q) -> dict[str, int]:
    """What our ledger has of some card payments after refunds, by currency."""
    paid = Payment.objects.filter(some, method="card")
    rows = Posting.objects.filter(account=Account.PROVIDER)
    came = rows.filter(entry__payment__in=paid)
    # A dispute is a matter of its own with the provider: the charge itself stays what it was.
    back = rows.filter(entry__reversal__payment__in=paid, entry__reversal__kind="refund")
    total: Counter[str] = Counter()
    for part in (came, back):
        total.update(sums(part))
    return dict(total)


def sums(rows: QuerySet[Posting]) -> dict[str, int]:
    return dict(rows.values_list("currency").annotate(sum=Sum("amount")))
