"""What the room's tests give: the fund "River watch" and gifts to it."""

import datetime
from typing import Any

from django.utils import timezone
from wagtail.models import Site

from plaidoyer.donations.ledgers import booking
from plaidoyer.donations.models import Donation, Fund, GivingSettings, Offer, Payment
from plaidoyer.lib.words import Words

NOON = datetime.datetime(2026, 9, 14, 16, tzinfo=datetime.UTC)


def make_fund(slug: str = "watch", **facts: Any) -> Fund:
    """An open fund in dollars that suggests amounts."""
    fund = Fund.objects.create(
        slug=slug,
        **{
            "name": Words(fr="Vigie des rivières", en="River watch"),
            "lead": Words(fr="Des yeux sur l’eau.", en="Eyes on the water."),
            "currency": "CAD",
            **facts,
        },
    )
    Offer.objects.create(fund=fund, currency="CAD", once="25, 50, 100", monthly="5, 10, 20")
    return fund


def make_settings(**facts: Any) -> GivingSettings:
    """Every way to give without the provider of cards."""
    ways = {
        "etransfer_address": "dons@river.example",
        "bank_details": "Rivers Coalition\nFR76 3000 6000 0112 3456 7890 189",
        "cheque_to": Words(fr="Coalition des rivières", en="Rivers Coalition"),
        "phone": "+1 555 010 0199",
    }
    site = Site.objects.get(is_default_site=True)
    settings, _new = GivingSettings.objects.update_or_create(site=site, defaults=ways | facts)
    return settings


def make_donation(fund: Fund | None = None, amount: int = 50_00, **facts: Any) -> Donation:
    """Suzie means to give 50 dollars by e-Transfer."""
    said = {
        "currency": "CAD",
        "frequency": "once",
        "method": "interac",
        "language": "en",
        "email": "suzie@post.example",
        "given_name": "Suzie",
        "family_name": "Roy",
    }
    return Donation.objects.create(fund=fund or make_fund(), amount=amount, **said | facts)


def make_payment(donation: Donation | None = None, **facts: Any) -> Payment:
    """The money of a gift came."""
    donation = donation or make_donation()
    return booking.receive(
        donation, **{"amount": donation.amount, "paid_at": timezone.now(), **facts}
    )


def gift(**facts: str) -> dict[str, str]:
    """What Suzie's browser sends from the page of the fund."""
    return {
        "frequency": "once",
        "amount_once": "5000",
        "amount_monthly": "1000",
        "other": "",
        "method": "interac",
        "given_name": "Suzie",
        "family_name": "Roy",
        "email": "suzie@post.example",
        "address": "",
        "currency": "CAD",
        "via": "",
        "campaign": "",
        **facts,
    }
