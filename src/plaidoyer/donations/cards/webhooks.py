"""Hears the provider: a signed word is kept once and committed; then what follows is done."""

import json
from typing import Any

import stripe
from django.conf import settings

from plaidoyer.donations.cards import facts, settling
from plaidoyer.donations.models import CardFact

# A signature older than this may be somebody's who overheard it.
TOLERANCE_SECONDS = 300


class ForgedError(Exception):
    """It is not signed by the provider for us, or too long ago."""


class UnreadableError(Exception):
    """It is signed, and has not the shape that it should have."""


def hear(body: bytes, signature: str) -> CardFact | None:
    """Keeps what the provider says and does what follows; None where we do not follow it.

    Raises ForgedError, UnreadableError.
    """
    try:
        words = body.decode()
        stripe.WebhookSignature.verify_header(
            words, signature, settings.STRIPE_WEBHOOK_SECRET, TOLERANCE_SECONDS
        )
    except (stripe.SignatureVerificationError, ValueError):
        raise ForgedError from None
    try:
        told = facts.read(json.loads(words))
    except facts.UNREADABLE:
        raise UnreadableError from None
    return take(told) if told else None


def take(told: facts.Told) -> CardFact | None:
    """Keeps a fact, committed before anything is made of it; None where it was kept before."""
    fact = keep(told)
    if fact is None:
        return None
    settling.settle_or_wait(fact.pk)
    return fact


def keep(told: facts.Told) -> CardFact | None:
    """The row of a fact; None when it was there."""
    row: dict[str, Any] = {
        "kind": told.kind,
        "facts": told.facts,
        "intent": told.intent,
        "subscription": told.subscription,
        "customer": told.customer,
        "told_at": told.at,
    }
    fact, is_new = CardFact.objects.get_or_create(event=told.event, defaults=row)
    return fact if is_new else None
