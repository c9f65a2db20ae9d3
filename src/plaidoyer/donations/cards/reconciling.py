"""Holds the ledger against the provider's own list, and hears what a lost webhook did not tell."""

import datetime
from collections import Counter
from collections.abc import Iterator
from typing import Any

import stripe
from django.db.models import Sum
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


def reconcile(
    since: datetime.datetime | None = None, until: datetime.datetime | None = None
) -> Reconciliation:
    """Goes through what the provider charged, refunded and lost to disputes in the span, takes
    what we had not heard, books its fees, and writes down both sums by currency.

    What it charged for others than us (no gift of ours) counts on neither side.
    """
    until = until or timezone.now() - FRESH
    since = since or until - SPAN
    run = Reconciliation(since=since, until=until)
    before = Payment.objects.count()
    try:
        theirs = hear_all(since, until)
    except stripe.StripeError as error:
        run.failure = type(error).__name__
    else:
        run.theirs, run.ours = dict(theirs), ours(since, until)
        run.found = Payment.objects.count() - before
    run.save()
    return run


def hear_all(since: datetime.datetime, until: datetime.datetime) -> Counter[str]:
    """Takes each thing of the span as if it were told now; the provider's sum, by currency."""
    theirs: Counter[str] = Counter()
    for kind, listed in listings(since, until):
        for thing in listed:
            plain = thing.to_dict()
            webhooks.take(told(kind, plain))
            theirs.update(worth(plain) if kind == "charge.succeeded" else {})
            book_fee(plain)
    for payment in known(since, until):
        theirs[payment.currency] += 0
    return theirs


def listings(
    since: datetime.datetime, until: datetime.datetime
) -> Iterator[tuple[str, Iterator[Any]]]:
    """The provider's lists, each under the kind of event that tells of such a thing."""
    span: Any = {"created": {"gte": int(since.timestamp()), "lt": int(until.timestamp())}}
    every: Any = {"limit": 100, **span}
    v1 = client().v1
    sessions: Any = {**every, "status": "complete"}
    yield "checkout.session.completed", v1.checkout.sessions.list(sessions).auto_paging_iter()
    charges: Any = {**every, "expand": ["data.balance_transaction"]}
    yield "charge.succeeded", v1.charges.list(charges).auto_paging_iter()
    yield "refund.updated", v1.refunds.list(every).auto_paging_iter()


def told(kind: str, thing: dict[str, Any]) -> facts.Told:
    """A listed thing as its event would tell it; told again each night it is the same fact."""
    event = {
        "id": f"{kind}:{thing['id']}:{thing.get('status')}",
        "type": kind,
        "created": thing["created"],
        "data": {"object": thing},
    }
    found = facts.read(event)
    assert found is not None
    return found


def worth(charge: dict[str, Any]) -> Counter[str]:
    """What the provider has of a charge of ours after refunds: by currency, before fees."""
    if charge["status"] != "succeeded" or not known_name(charge):
        return Counter()
    net = charge["amount_captured"] - charge["amount_refunded"]
    return Counter({charge["currency"].upper(): net})


def known_name(charge: dict[str, Any]) -> Payment | None:
    name = facts.name(charge.get("payment_intent")) or charge["id"]
    return Payment.objects.filter(provider_id=name).first()


def book_fee(thing: dict[str, Any]) -> None:
    """Books what the provider kept of a charge, once it says so."""
    transaction = thing.get("balance_transaction")
    if not isinstance(transaction, dict) or not transaction.get("fee"):
        return
    payment = known_name(thing) if thing.get("object") == "charge" else None
    # A fee in another currency than the gift's is the bookkeeper's, from the provider's report.
    if payment and transaction["currency"].upper() == payment.currency:
        at = datetime.datetime.fromtimestamp(transaction["created"], datetime.UTC)
        booking.keep_fee(payment, fee=transaction["fee"], fee_id=transaction["id"], at=at)


def known(since: datetime.datetime, until: datetime.datetime) -> Any:
    """Our card payments of the span."""
    return Payment.objects.filter(method="card", paid_at__gte=since, paid_at__lt=until)


def ours(since: datetime.datetime, until: datetime.datetime) -> dict[str, int]:
    """What our ledger has of the charges of the span after refunds, by currency."""
    paid = known(since, until)
    rows = Posting.objects.filter(account=Account.PROVIDER)
    came = rows.filter(entry__payment__in=paid)
    # A dispute is a matter of its own with the provider: the charge itself stays what it was.
    back = rows.filter(entry__reversal__payment__in=paid, entry__reversal__kind="refund")
    total: Counter[str] = Counter()
    for some in (came, back):
        for currency, amount in some.values_list("currency").annotate(sum=Sum("amount")):
            total[currency] += amount
    return dict(total)
