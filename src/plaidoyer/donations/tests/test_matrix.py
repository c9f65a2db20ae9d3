"""The money's whole way: method by frequency by currency by language by outcome.

From the page's door to the ledger and the mail, for each combination that can be.
"""

import datetime
import itertools

import pytest
from django.test import Client
from django.utils import timezone, translation

from plaidoyer.donations.ledgers import booking
from plaidoyer.donations.models import Donation, Offer, Payment, Receipt, Reversal
from plaidoyer.donations.receipts import issuing
from plaidoyer.donations.tests.giving import gift, make_fund, make_settings
from plaidoyer.donations.tests.test_cards import hear
from plaidoyer.lib import wording
from plaidoyer.mail import kinds
from plaidoyer.mail.models import Envelope

pytestmark = pytest.mark.django_db

METHODS = ("card", "interac", "transfer", "cheque")
OUTCOMES = ("promised", "paid", "part refunded", "all refunded")
CASES = list(
    itertools.product(METHODS, ("once", "monthly"), ("CAD", "EUR", "JPY"), ("fr", "en"), OUTCOMES)
)
AMOUNT = {
    "once": {"CAD": 5000, "EUR": 4000, "JPY": 5000},
    "monthly": {"CAD": 1000, "EUR": 800, "JPY": 1000},
}


@pytest.fixture
def fund(provider):
    make_settings(asks_monthly=False)
    fund = make_fund()
    Offer.objects.create(fund=fund, currency="EUR", once="20, 40", monthly="4, 8")
    Offer.objects.create(fund=fund, currency="JPY", once="2500, 5000", monthly="500, 1000")
    return fund


def test_every_way_of_the_money_ends_in_the_ledger_and_in_a_mail(provider, fund, settings):
    """All in one test: a database for each of 192 would take longer than they do."""
    expected: dict[str, int] = {"CAD": 0, "EUR": 0, "JPY": 0}
    for number, (method, frequency, currency, language, outcome) in enumerate(CASES):
        with translation.override(language):
            amount = AMOUNT[frequency][currency]
            donation = promised(provider, number, method, frequency, currency, language)
            assert (donation.amount, donation.currency) == (amount, currency)
            if outcome != "promised":
                paid(provider, donation)
                expected[currency] += amount
            if outcome.endswith("refunded"):
                back = amount if outcome.startswith("all") else amount // 4
                given_back(provider, donation, back)
                expected[currency] -= back
            assert booking.given(fund, currency) == expected[currency], CASES[number]
    issuing.issue_due(len(CASES))
    for currency, total in expected.items():
        assert (
            sum(total for (_account, code), total in booking.balances().items() if code == currency)
            == 0
        )
        assert total > 0
        card = sum(c["amount"] - c["amount_refunded"] for c in charges(provider, currency))
        assert booking.balances()["provider", currency] == card
    thanked = [case for case in CASES if case[4] in {"paid", "part refunded"}]
    assert Receipt.objects.count() == len(thanked)
    assert sorted(Receipt.objects.values_list("number", flat=True)) == list(
        range(1, len(thanked) + 1)
    )
    mails = kinds.COMPOSERS["gift"](list(Envelope.objects.filter(donation_mail__kind="thanks")))
    assert len(mails) == len(thanked)
    for mail in mails.values():
        [(_name, content, kind)] = mail.attachments
        assert kind == "application/pdf"
        assert content.startswith(b"%PDF")
    words = {mail.subject for mail in mails.values()}
    assert any(wording.money(4000, "EUR", "fr") in one for one in words)


def promised(provider, number, method, frequency, currency, language):
    said = {
        "amount_once": str(AMOUNT["once"][currency]),
        "amount_monthly": str(AMOUNT["monthly"][currency]),
    }
    sent = gift(
        method=method, frequency=frequency, currency=currency, email=f"suzie{number}@post.example",
        address="1 rue du Pré", **said,
    )  # fmt: skip
    # The tries of one amount are bounded: these are a year's.
    Donation.objects.update(promised_at=timezone.now() - datetime.timedelta(days=1))
    response = Client().post(f"/{language}/give/watch/", sent)
    assert response.status_code == 303, response.content.decode()[:3000]
    return Donation.objects.latest("pk")


def paid(provider, donation):
    if donation.method != "card":
        booking.receive(donation, amount=donation.amount, paid_at=timezone.now())
        return
    uid = str(donation.uid)
    [session] = [one for one in provider.things.values() if one.get("client_reference_id") == uid]
    before = len(provider.events)
    provider.pay(session)
    hear(provider, provider.events[before:])


def given_back(provider, donation, amount):
    payment = Payment.objects.get(donation=donation)
    if donation.method != "card":
        booking.give_back(payment, kind=Reversal.Kind.REFUND, amount=amount)
        return
    before = len(provider.events)
    provider.refund({"payment_intent": payment.provider_id, "amount": amount})
    hear(provider, provider.events[before:])


def charges(provider, currency):
    return [
        one for one in provider.things.values()
        if one["object"] == "charge" and one["currency"] == currency.lower()
    ]  # fmt: skip
