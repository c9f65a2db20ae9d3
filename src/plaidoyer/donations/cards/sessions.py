"""Sends a donor to the provider's own page, for one gift."""

from typing import Any

import stripe
from django.conf import settings
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from plaidoyer.donations.cards.provider import ProviderError, client
from plaidoyer.donations.models import Donation
from plaidoyer.lib import tokens

__all__ = ["UNREACHABLE", "ProviderError", "begin"]

UNREACHABLE = _(
    "Cards cannot be taken at this moment. Nothing was charged: try later, or another way."
)


def begin(donation: Donation) -> str:
    """The address of the provider's page for `donation`, which is written down already.

    Asked again for the same gift it is the same page (idempotency key). Raises ProviderError.
    """
    try:
        session = client().v1.checkout.sessions.create(
            params=params(donation),  # type: ignore[arg-type]
            options={"idempotency_key": f"gift-{donation.uid}"},
        )
    except stripe.StripeError as error:
        raise ProviderError(type(error).__name__) from None
    return session.url or ""


def params(donation: Donation) -> dict[str, Any]:
    """What the provider is told: the amount, what it is for, and our own name of the gift."""
    price: dict[str, Any] = {
        "currency": donation.currency.lower(),
        "unit_amount": donation.amount,
        "product_data": {"name": donation.fund.name.in_language(donation.language)},
    }
    about = {"metadata": {"gift": str(donation.uid)}}
    token = tokens.make("gift", donation.uid)
    asked = {
        "mode": "payment",
        "client_reference_id": str(donation.uid),
        "customer_email": donation.email,
        "locale": donation.language.split("-")[0],
        "success_url": settings.BASE_URL + reverse("donations:thanks", args=[token]),
        "cancel_url": settings.BASE_URL + reverse("donations:fund", args=[donation.fund.slug]),
        **about,
    }
    if donation.is_monthly:
        price["recurring"] = {"interval": "month"}
        asked |= {"mode": "subscription", "subscription_data": about}
    else:
        asked |= {"payment_intent_data": about, "submit_type": "donate"}
    return asked | {"line_items": [{"quantity": 1, "price_data": price}]}
