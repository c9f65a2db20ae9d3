"""Reads what the provider tells: of each event only what we need, in one shape for all versions.

The shapes are those of https://docs.stripe.com/api/events/types, before and after the version
2025-03-31 ("basil"), which moved an invoice's subscription and payment. Names, addresses and
whatever else the provider knows of a person are not read; of a card only a keyed hash of its
fingerprint, to count how often one is tried.
"""

import datetime
import hmac
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from django.conf import settings

Thing = dict[str, Any]
# A refund that did not come through: the provider gave the money back to us.
UNDONE = {"failed", "canceled"}


@dataclass(slots=True)
class Told:
    """One thing the provider told."""

    event: str
    kind: str
    at: datetime.datetime
    intent: str = ""
    subscription: str = ""
    customer: str = ""
    facts: dict[str, Any] = field(default_factory=dict)


def read(event: Thing) -> Told | None:
    """What `event` tells; None for a kind that we do not follow. Raises KeyError, TypeError or
    ValueError when it has not the shape that its kind has."""
    if (reader := READERS.get(str(event["type"]))) is None:
        return None
    thing = event["data"]["object"]
    told = Told(event=str(event["id"])[:160], kind=event["type"], at=moment(event["created"]))
    told.customer = name(thing.get("customer"))
    told.facts["gift"] = str((thing.get("metadata") or {}).get("gift") or "")[:36]
    reader(told, thing)
    return told


def moment(seconds: Any) -> datetime.datetime:
    """A moment as the provider writes it."""
    return datetime.datetime.fromtimestamp(int(seconds), datetime.UTC)


def name(thing: Any) -> str:
    """The provider's name of something, be it given as a name or whole."""
    return str((thing.get("id") if isinstance(thing, dict) else thing) or "")[:120]


def money(told: Told, amount: Any, currency: Any) -> None:
    told.facts |= {"amount": int(amount or 0), "currency": str(currency).upper()[:3]}


def session(told: Told, thing: Thing) -> None:
    told.intent = name(thing.get("payment_intent"))
    told.subscription = name(thing.get("subscription"))
    told.facts["gift"] = told.facts["gift"] or str(thing.get("client_reference_id") or "")[:36]
    told.facts["paid"] = thing.get("payment_status") == "paid" and bool(told.intent)
    money(told, thing.get("amount_total"), thing["currency"])


def intent(told: Told, thing: Thing) -> None:
    told.intent = name(thing)
    told.facts["paid"] = thing["status"] == "succeeded"
    money(told, thing.get("amount_received"), thing["currency"])
    failed(told, thing.get("last_payment_error"))


def charge(told: Told, thing: Thing) -> None:
    told.intent = name(thing.get("payment_intent")) or name(thing)
    told.facts["paid"] = thing["status"] == "succeeded" and bool(thing.get("captured", True))
    # What a later event tells of a charge happened when it was charged.
    told.at = moment(thing.get("created") or told.at.timestamp())
    money(told, thing.get("amount_captured", thing["amount"]), thing["currency"])
    if thing["status"] == "failed":
        failed(
            told,
            {"payment_method": {"card": (thing.get("payment_method_details") or {}).get("card")}},
        )


def failed(told: Told, error: Thing | None) -> None:
    """That a card was declined, and which one as nobody can read back."""
    if error:
        card = ((error.get("payment_method") or {}).get("card") or {}).get("fingerprint")
        told.facts["card"] = fingerprint(str(card)) if card else ""


def fingerprint(card: str) -> str:
    key = settings.SECRET_KEY.encode()
    return hmac.digest(key, f"card.{card}".encode(), "sha256").hex()[:24]


def refund(told: Told, thing: Thing) -> None:
    told.intent = name(thing.get("payment_intent")) or name(thing.get("charge"))
    told.facts |= {"id": name(thing), "status": str(thing.get("status") or "")[:20]}
    if told.facts["status"] not in UNDONE:
        told.at = moment(thing.get("created") or told.at.timestamp())
    money(told, thing["amount"], thing["currency"])


def dispute(told: Told, thing: Thing) -> None:
    told.intent = name(thing.get("payment_intent")) or name(thing.get("charge"))
    told.facts["id"] = name(thing)
    # The provider keeps a fee for a dispute, and may give it back with one that is won.
    told.facts["fees"] = [
        [name(one), int(one["fee"]), str(one["currency"]).upper()[:3]]
        for one in thing.get("balance_transactions") or []
        if one.get("fee")
    ]
    money(told, thing["amount"], thing["currency"])


def invoice(told: Told, thing: Thing) -> None:
    details = (thing.get("parent") or {}).get("subscription_details") or {}
    details = details or thing.get("subscription_details") or {}
    told.subscription = name(thing.get("subscription") or details.get("subscription"))
    payments = (thing.get("payments") or {}).get("data") or [{}]
    told.intent = name(
        thing.get("payment_intent") or (payments[0].get("payment") or {}).get("payment_intent")
    )
    gift = (details.get("metadata") or {}).get("gift")
    told.facts["gift"] = told.facts["gift"] or str(gift or "")[:36]
    money(told, thing.get("amount_paid"), thing["currency"])
    told.facts["paid"] = bool(told.intent and thing.get("amount_paid"))
    if told.kind == "invoice.payment_failed":
        told.facts |= {"paid": False, "attempt": int(thing.get("attempt_count") or 1)}


def subscription(told: Told, thing: Thing) -> None:
    told.subscription = name(thing)
    [item] = thing["items"]["data"][:1]
    price = item.get("price") or {}
    money(told, price.get("unit_amount", 0) * (item.get("quantity") or 1), thing["currency"])
    told.facts |= {
        "status": str(thing["status"])[:20],
        "rests": bool(thing.get("pause_collection")),
    }


READERS: dict[str, Callable[[Told, Thing], None]] = {
    "checkout.session.completed": session,
    "checkout.session.async_payment_succeeded": session,
    "payment_intent.succeeded": intent,
    "payment_intent.payment_failed": intent,
    "charge.succeeded": charge,
    "charge.updated": charge,
    "charge.failed": charge,
    "charge.refunded": charge,
    "refund.created": refund,
    "refund.updated": refund,
    "refund.failed": refund,
    "charge.dispute.funds_withdrawn": dispute,
    "charge.dispute.funds_reinstated": dispute,
    "invoice.paid": invoice,
    "invoice.payment_failed": invoice,
    "customer.subscription.created": subscription,
    "customer.subscription.updated": subscription,
    "customer.subscription.deleted": subscription,
}
# What a signed word that has not its shape makes a reader raise.
UNREADABLE = (KeyError, TypeError, ValueError, AttributeError, IndexError, OverflowError, OSError)
