"""What follows from what the provider told: payments, refunds, steps of a monthly gift.

Facts come in any order, again and again. Each is applied once, under the lock of its gift; one
that comes before what it is about waits, and is looked at again after everything that is applied.
So the ledger is a function of the facts that are known, not of the order they came in.
"""

import datetime
import logging

from django.db import DatabaseError, transaction
from django.db.models import Q
from django.utils import timezone

from plaidoyer.donations import messages
from plaidoyer.donations.cards import guarding
from plaidoyer.donations.cards.facts import UNDONE
from plaidoyer.donations.ledgers import booking
from plaidoyer.donations.models import (
    CardFact,
    Donation,
    DonationMail,
    Payment,
    RecurringGift,
    RecurringStep,
    Reversal,
)
from plaidoyer.lib.typed import uuid_of

State = RecurringStep.State
logger = logging.getLogger(__name__)

MOST = 500
PATIENCE = datetime.timedelta(days=4)
STATES = {
    "active": State.ACTIVE,
    "trialing": State.ACTIVE,
    "past_due": State.FAILING,
    "unpaid": State.FAILING,
    "paused": State.PAUSED,
    "canceled": State.ENDED,
    "incomplete_expired": State.ENDED,
}


def settle(key: int) -> bool:
    """Applies one fact, then those that waited for it; whether it is applied.

    Those that wait are looked for after the commit: one that is kept later than that finds, when
    its own turn comes, what was committed.
    """
    fact = apply(key)
    if fact is None:
        return False
    for waiting in related(fact):
        apply(waiting)
    return True


def settle_or_wait(key: int) -> bool:
    """Settles a fact; one that cannot be now stays on disk, and the worker tries again.

    What the books refuse (more would go back than came) shows in the reconciliation.
    """
    try:
        return settle(key)
    except (DatabaseError, booking.TooMuchError) as error:
        logger.warning("Card fact %s must wait: %s", key, type(error).__name__)
        return False


def settle_waiting(limit: int = MOST) -> int:
    """Looks again at facts of the last days that wait, the newest first; how many were applied.

    What is of no gift of ours waits in vain: it does not hold up others.
    """
    recent = CardFact.objects.filter(applied_at=None, received_at__gt=timezone.now() - PATIENCE)
    keys = recent.order_by("-received_at").values_list("pk", flat=True)[:limit]
    return sum(settle_or_wait(key) for key in keys)


def related(fact: CardFact) -> list[int]:
    """Facts that wait and share a name with `fact`, those that bring money first."""
    same = Q(pk=None)
    for field in ("intent", "subscription", "customer"):
        if known := getattr(fact, field):
            same |= Q(**{field: known})
    waiting = CardFact.objects.filter(same, applied_at=None).order_by("told_at", "pk")
    keys = list(waiting.values_list("pk", "kind"))
    return [key for key, _kind in sorted(keys, key=lambda one: "refund." in one[1])]


@transaction.atomic
def apply(key: int) -> CardFact | None:
    """Does what follows from one fact, all or nothing; None when it waits or was applied."""
    fact = CardFact.objects.select_for_update(no_key=True).filter(pk=key, applied_at=None).first()
    if fact is None:
        return None
    donation = gift_of(fact)
    if donation is None and not fact.kind.endswith("failed"):
        return None
    if donation:
        donation = Donation.objects.select_for_update(no_key=True).get(pk=donation.pk)
        fact.donation = donation
        if not follow(fact, donation):
            return None
    if "card" in fact.facts:
        guarding.watch()
    fact.applied_at = timezone.now()
    fact.save(update_fields=["donation", "applied_at"])
    return fact


def gift_of(fact: CardFact) -> Donation | None:
    """Whose gift a fact is about: by our own name of it, else by those the provider gave."""
    if uid := uuid_of(fact.facts.get("gift", "")):
        return Donation.objects.filter(uid=uid).first()
    for field in ("subscription", "customer"):
        if known := getattr(fact, field):
            gift = RecurringGift.objects.filter(**{field: known}).select_related("donation").first()
            if gift:
                return gift.donation
    payment = Payment.objects.filter(provider_id=fact.intent).exclude(provider_id="").first()
    return payment.donation if payment else None


def follow(fact: CardFact, donation: Donation) -> bool:
    """What follows from a fact, by kind; False where it has to wait for another."""
    family = fact.kind.partition(".")[0]
    if "refund." in fact.kind or family == "refund":
        return refund(fact)
    if "dispute" in fact.kind:
        return dispute(fact)
    if fact.subscription and family in {"checkout", "customer", "invoice"}:
        recur(fact, donation)
    if fact.facts.get("paid"):
        receive(fact, donation)
    return True


def receive(fact: CardFact, donation: Donation) -> Payment:
    """Books the money of a charge, by the name of its payment intent: once."""
    return booking.receive(
        donation,
        amount=fact.facts["amount"],
        currency=fact.facts["currency"],
        method="card",
        paid_at=fact.told_at,
        provider_id=fact.intent,
    )


def refund(fact: CardFact) -> bool:
    """Books a refund; one that failed is booked back. Waits for its payment."""
    payment = Payment.objects.filter(provider_id=fact.intent).first()
    if payment is None:
        return False
    name, amount = fact.facts["id"], fact.facts["amount"]
    kind = Reversal.Kind.REFUND
    if fact.facts["status"] in UNDONE:
        if Reversal.objects.filter(provider_id=name).exists():
            booking.give_back(
                payment, kind=kind, amount=-amount, at=fact.told_at, provider_id=f"{name}.failed"
            )
        return True
    if is_undone(name):
        return True
    back = booking.give_back(payment, kind=kind, amount=amount, at=fact.told_at, provider_id=name)
    # With a receipt its donor is told by the one that replaces it (receipts.issuing).
    if back and not payment.receipt_lines.filter(receipt__cancelled_at=None).exists():
        messages.queue(DonationMail.Kind.REFUNDED, payment.donation, payment=payment)
    return True


def is_undone(name: str) -> bool:
    """Whether it is known already that this refund did not come through."""
    same = CardFact.objects.filter(facts__id=name, facts__status__in=UNDONE)
    return same.exists()


def dispute(fact: CardFact) -> bool:
    """Books what a card's holder took back, or what of it came to us again. Waits."""
    payment = Payment.objects.filter(provider_id=fact.intent).first()
    if payment is None:
        return False
    name, amount, kind = fact.facts["id"], fact.facts["amount"], Reversal.Kind.DISPUTE
    keep_fees(fact, payment)
    if fact.kind.endswith("withdrawn"):
        booking.give_back(payment, kind=kind, amount=amount, at=fact.told_at, provider_id=name)
        return True
    if not Reversal.objects.filter(provider_id=name).exists():
        return False
    booking.give_back(
        payment, kind=kind, amount=-amount, at=fact.told_at, provider_id=f"{name}.won"
    )
    return True


def keep_fees(fact: CardFact, payment: Payment) -> None:
    """Books what the provider keeps of a dispute, in the gift's own currency."""
    for name, fee, currency in fact.facts.get("fees", []):
        if currency == payment.currency:
            booking.keep_fee(payment, fee=fee, fee_id=name, at=fact.told_at)


def recur(fact: CardFact, donation: Donation) -> None:
    """Keeps the monthly gift and the step it came to, where the fact tells of one."""
    gift, _new = RecurringGift.objects.get_or_create(
        donation=donation,
        defaults={"subscription": fact.subscription, "began_at": fact.told_at},
    )
    if fact.customer and not gift.customer:
        RecurringGift.objects.filter(pk=gift.pk).update(customer=fact.customer)
    if state := step(fact):
        amount = fact.facts["amount"] or (gift.last.amount if gift.last else donation.amount)
        RecurringStep.objects.get_or_create(
            event=fact.event,
            defaults={"gift": gift, "state": state, "amount": amount, "at": fact.told_at},
        )
        tell(fact, donation, state)


def step(fact: CardFact) -> str:
    """The state that a fact brings a monthly gift to; empty for none."""
    if fact.kind.endswith(".deleted"):
        return State.ENDED
    if fact.kind == "invoice.payment_failed":
        return State.FAILING
    if fact.kind in {"invoice.paid", "checkout.session.completed"}:
        return State.ACTIVE
    if fact.facts.get("rests"):
        return State.PAUSED
    return STATES.get(fact.facts.get("status", ""), "")


def tell(fact: CardFact, donation: Donation, state: str) -> None:
    """Mails the donor that a renewal failed (once for each invoice: its first try), how to
    manage a new monthly gift, or that it ended."""
    kinds = DonationMail.Kind
    if fact.kind == "invoice.payment_failed" and fact.facts.get("attempt", 1) == 1:
        messages.queue(kinds.FAILED, donation)
    elif fact.kind == "checkout.session.completed":
        messages.queue(kinds.MANAGE, donation)
    elif state == State.ENDED and not donation.mails.filter(kind=kinds.ENDED).exists():
        messages.queue(kinds.ENDED, donation)
