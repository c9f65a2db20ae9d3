"""Asks the provider to refund a payment: written down first, asked behind, once."""

from typing import Any

import stripe
from django.db import transaction
from django.utils import timezone

from plaidoyer.donations.cards.provider import client
from plaidoyer.donations.ledgers import booking
from plaidoyer.donations.models import Payment, RefundRequest


@transaction.atomic
def ask(payment: Payment, *, amount: int, reason: str, by: Any) -> RefundRequest:
    """Writes down that `amount` shall go back. Raises booking.TooMuchError beyond what is left,
    less what was asked for before and is not answered."""
    payment = Payment.objects.select_for_update().get(pk=payment.pk)
    asked = RefundRequest.objects.filter(payment=payment, answered_at=None)
    if not 0 < amount <= booking.left(payment) - sum(one.amount for one in asked):
        raise booking.TooMuchError
    return RefundRequest.objects.create(
        payment=payment, amount=amount, reason=reason[:300], asked_by=by
    )


def send_waiting() -> int:
    """Asks the provider for each refund that waits; how many were answered.

    By its idempotency key one that is asked twice is one refund. What the provider refuses is
    told in the back office; where it cannot be reached the request waits.
    """
    answered = 0
    for request in RefundRequest.objects.filter(answered_at=None).select_related("payment"):
        params: Any = {"payment_intent": request.payment.provider_id, "amount": request.amount}
        options: Any = {"idempotency_key": f"refund-{request.pk}-{request.payment.uid}"}
        try:
            request.provider_id = client().v1.refunds.create(params=params, options=options).id
        except (stripe.APIConnectionError, stripe.RateLimitError, stripe.APIError):
            continue
        except stripe.StripeError as error:
            request.refusal = str(error.code or type(error).__name__)[:300]
        request.answered_at = timezone.now()
        request.save(update_fields=["provider_id", "refusal", "answered_at"])
        answered += 1
    return answered
