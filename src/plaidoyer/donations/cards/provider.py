"""The card provider's own library, with our keys and a bound on how long we wait."""

from functools import cache

import stripe
from django.conf import settings

SECONDS = 12


class ProviderError(Exception):
    """The provider cannot be reached, or refused; its own words may name a person and stay out."""


@cache
def _client(key: str, base: str) -> stripe.StripeClient:
    return stripe.StripeClient(
        key,
        base_addresses={"api": base},
        http_client=stripe.RequestsClient(timeout=SECONDS),
        max_network_retries=1,
    )


def client() -> stripe.StripeClient:
    """The library's client."""
    return _client(settings.STRIPE_SECRET_KEY, settings.STRIPE_API_BASE)
