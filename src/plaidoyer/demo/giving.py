"""What the coalition's supporters gave: funds, gifts by every method, receipts, envelopes."""

import datetime
import random
from typing import Any

from django.contrib.auth.models import User
from django.utils import timezone
from wagtail.models import Site

from plaidoyer.campaigns.models import Campaign
from plaidoyer.demo import book
from plaidoyer.donations.ledgers import booking
from plaidoyer.donations.models import (
    BankLine,
    Batch,
    Donation,
    Fund,
    GivingSettings,
    Offer,
    RecurringGift,
    RecurringStep,
)
from plaidoyer.donations.paper import batches
from plaidoyer.donations.receipts import issuing
from plaidoyer.staff import roles
from plaidoyer.supporters.models import Supporter

# At full scale; the small story has a part of them.
GIFTS, FEWEST = 420, 60
MONTHS = 11
# How gifts came, and how often of a hundred.
METHODS = {"card": 46, "interac": 27, "transfer": 9, "cheque": 15, "cash": 3}
CHANNELS = {"cheque": "post", "cash": "visit"}
SOURCES = ["", "", "", "newsletter", "whatsapp", "facebook", "report"]
AMOUNTS = [10_00, 20_00, 25_00, 25_00, 40_00, 50_00, 50_00, 50_00, 75_00, 100_00, 250_00]
MONTHLY = [5_00, 10_00, 10_00, 15_00, 20_00]


def collect(*, by: User, scale: float = 1) -> None:
    """Opens the funds and fills the ledger; nobody is mailed for what was long ago."""
    told = book.read("giving.toml")
    by.groups.add(roles.group("Treasurer"))
    site = Site.objects.get(is_default_site=True)
    settings = GivingSettings.objects.create(site=site, **told["settings"])
    funds = [open_fund(one, told["offers"]) for one in told["funds"]]
    shares = [one["share"] for one in told["funds"]]
    dice = random.Random(20261116)
    donors = list(Supporter.objects.filter(erasure=None).order_by("pk")[:200])
    for number in range(max(FEWEST, round(GIFTS * scale))):
        [fund] = dice.choices(funds, shares)
        give(number, fund, dice.choice(donors), dice)
    envelopes(funds[0], donors[:4], by=by)
    open_lines()
    for payment in Donation.objects.order_by("pk")[0].payments.all():
        issuing.thank(payment, settings, tell=False)


def open_fund(told: dict[str, Any], offers: list[dict[str, str]]) -> Fund:
    told = {name: value for name, value in told.items() if name not in {"share", "days"}} | {
        "ends_on": timezone.localdate() + datetime.timedelta(days=told["days"])
        if "days" in told
        else None,
        "campaign": Campaign.objects.filter(slug=told.get("campaign", "")).first(),
        "opens_at": timezone.now() - datetime.timedelta(days=30 * MONTHS),
    }
    fund = Fund.objects.create(**told)
    for place, offer in enumerate(offers):
        Offer.objects.create(fund=fund, sort_order=place, **offer)
    return fund


def give(number: int, fund: Fund, donor: Supporter, dice: random.Random) -> None:
    """One gift with its payments; one in twelve is promised and has not come yet."""
    [method] = dice.choices(list(METHODS), list(METHODS.values()))
    is_open = number % 12 == 5
    method = "interac" if is_open else method
    is_monthly = method in {"card", "transfer"} and dice.random() < 0.3
    now = timezone.now()
    promised_at = now - datetime.timedelta(days=dice.triangular(1, 30 * MONTHS, 40))
    donation = Donation.objects.create(  # type: ignore[misc]
        fund=fund,
        amount=dice.choice(MONTHLY if is_monthly else AMOUNTS),
        currency="CAD",
        frequency="monthly" if is_monthly else "once",
        method=method,
        channel=CHANNELS.get(method) or dice.choice(["web", "web", "web", "phone"]),
        language=donor.language,
        email=donor.email,
        given_name=donor.given_name,
        family_name=donor.family_name,
        supporter=donor,
        via=dice.choice(SOURCES),
        campaign=fund.campaign,
        promised_at=promised_at,
    )
    if is_open:
        return
    ends = promised_at + datetime.timedelta(days=30 * dice.choice([2, 5, 40, 40, 40]))
    paid_at = promised_at + datetime.timedelta(hours=dice.randint(1, 60))
    for month in range(MONTHS if is_monthly else 1):
        at = paid_at + datetime.timedelta(days=30 * month)
        if at < now and (at < ends or not month):
            pay(donation, at, f"{number}-{month}")
    if is_monthly and method == "card":
        recur(donation, number, promised_at, ends if ends < now else None)


def pay(donation: Donation, at: datetime.datetime, name: str) -> None:
    """Books one payment, a card's with the provider's fee: 2.2 % and 30 cents."""
    is_card = donation.method == "card"
    payment = booking.receive(
        donation,
        amount=donation.amount,
        paid_at=at,
        recorded_at=at,
        provider_id=f"pi_demo_{name}" if is_card else "",
    )
    if is_card:
        fee = donation.amount * 22 // 1000 + 30
        booking.keep_fee(payment, fee=fee, fee_id=f"txn_demo_{name}", at=at)


def recur(
    donation: Donation, number: int, at: datetime.datetime, ended: datetime.datetime | None
) -> None:
    gift = RecurringGift.objects.create(
        donation=donation, subscription=f"sub_demo_{number}", began_at=at
    )
    steps = [("active", at), *([("ended", ended)] if ended else [])]
    for state, moment in steps:
        RecurringStep.objects.create(
            gift=gift,
            state=state,
            amount=donation.amount,
            at=moment,
            event=f"demo_{number}_{state}",
        )


def envelopes(fund: Fund, donors: list[Supporter], *, by: User) -> None:
    """Yesterday: banknotes at the stall, and four cheques by post whose total comes out."""
    day = timezone.localdate() - datetime.timedelta(days=1)
    visit = Donation.objects.create(  # type: ignore[misc]
        fund=fund,
        amount=40_00,
        currency="CAD",
        frequency="once",
        method="cash",
        channel="visit",
        language="fr",
        family_name="Anonyme",
        promised_by=by,
    )
    booking.receive(visit, amount=visit.amount, paid_at=batches.moment(day), by=by)
    batch = Batch.objects.create(received_on=day, expected=210_00, opened_by=by)
    for donor, amount in zip(donors, (25_00, 100_00, 60_00, 25_00), strict=False):
        batches.enter(
            batch,
            amount=amount,
            by=by,
            fund=fund,
            language=donor.language,
            given_name=donor.given_name,
            family_name=donor.family_name,
        )


def open_lines() -> None:
    """What the bank tells of and nobody has matched yet: one with a slip in its reference."""
    waiting = Donation.objects.filter(method="interac", payments=None).order_by("-promised_at")
    for place, gift in enumerate(waiting[:3]):
        code = gift.code[1] + gift.code[0] + gift.code[2:]
        BankLine.objects.create(  # type: ignore[misc]
            source=BankLine.Source.NOTICE,
            booked_on=timezone.localdate(),
            amount=gift.amount,
            currency="CAD",
            name=gift.full_name.upper(),
            words=["", code, f"don {code}"][place],
            sha256=f"demo-{place}",
        )
