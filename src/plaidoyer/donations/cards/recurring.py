"""What a donor may do with a monthly gift by card: change, pause, resume, stop.

The provider is asked; what it then tells by its signed word is what holds (settling).
"""

from typing import Any

import stripe
from django.conf import settings

from plaidoyer.donations.cards.provider import ProviderError, client
from plaidoyer.donations.models import Fund, RecurringGift


def change(gift: RecurringGift, amount: int) -> None:
    """From the next month on `amount` (minor units). Raises ProviderError."""
    donation = gift.donation
    found = _asked(lambda all: all.retrieve(gift.subscription))
    [item] = found["items"]["data"][:1]
    price = {
        "currency": donation.currency.lower(),
        "unit_amount": amount,
        "recurring": {"interval": "month"},
        "product": product(donation.fund),
    }
    params: Any = {
        "items": [{"id": item["id"], "price_data": price}],
        "proration_behavior": "none",
    }
    _asked(lambda all: all.update(gift.subscription, params=params))


def product(fund: Fund) -> str:
    """The provider's name of what `fund` collects for, told to it where it does not know it. The
    one that came of a gift's own session takes no further prices. Raises ProviderError."""
    name = f"fund-{fund.code}"
    told: Any = {"id": name, "name": fund.name.in_language(settings.LANGUAGE_CODE)}
    try:
        client().v1.products.create(told)
    except stripe.StripeError as error:
        if error.code != "resource_already_exists":
            raise ProviderError(type(error).__name__) from None
    return name


def pause(gift: RecurringGift) -> None:
    """Charges nothing until it is resumed; invoices of the meantime are void."""
    params: Any = {"pause_collection": {"behavior": "void"}}
    _asked(lambda all: all.update(gift.subscription, params=params))


def resume(gift: RecurringGift) -> None:
    params: Any = {"pause_collection": ""}
    _asked(lambda all: all.update(gift.subscription, params=params))


def stop(gift: RecurringGift) -> None:
    """Ends it at once: nothing is charged any more."""
    _asked(lambda all: all.cancel(gift.subscription))


def card_page(gift: RecurringGift, back: str) -> str:
    """The provider's own page where the donor gives another card. Raises ProviderError."""
    try:
        session = client().v1.billing_portal.sessions.create(
            params={"customer": gift.customer, "return_url": back}
        )
    except stripe.StripeError as error:
        raise ProviderError(type(error).__name__) from None
    return session.url


def _asked(ask: Any) -> Any:
    try:
        return ask(client().v1.subscriptions)
    except stripe.StripeError as error:
        raise ProviderError(type(error).__name__) from None
