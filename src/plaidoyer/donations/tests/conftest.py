from collections.abc import Iterator

import pytest

from plaidoyer.donations.tests.stripe_server import KEY, SECRET, StripeServer


@pytest.fixture
def provider(settings) -> Iterator[StripeServer]:
    """Stripe, as far as we use it, and our keys for it."""
    server = StripeServer()
    settings.STRIPE_SECRET_KEY, settings.STRIPE_WEBHOOK_SECRET = KEY, SECRET
    settings.STRIPE_API_BASE = server.url
    yield server
    server.stop()
