"""One payment's six events in all 720 orders, and in some of them by three programs at once."""

import itertools
import json
import re
import threading

import pytest
from django.db import connection, connections, transaction

from plaidoyer.donations.cards import facts, webhooks
from plaidoyer.donations.ledgers import booking
from plaidoyer.donations.models import Donation, Payment, Posting, Reversal
from plaidoyer.donations.tests.giving import make_donation, make_fund, make_settings
from plaidoyer.donations.tests.stripe_account import StripeAccount

pytestmark = pytest.mark.django_db(transaction=True)

ORDERS = list(itertools.permutations(range(6)))
WORKERS = 3
PAID, BACK = 50_00, 20_00


def captured() -> str:
    """What the provider told of one gift that was paid, then partly refunded: six events.

    "#" stands for the gift's number, "#gift" for our own name of it.
    """
    account = StripeAccount()
    price = {"currency": "cad", "unit_amount": str(PAID)}
    about = {"metadata": {"gift": "#gift"}}
    session = account.session(
        {
            "mode": "payment", "line_items": {"0": {"price_data": price}}, "locale": "en",
            "client_reference_id": "#gift", "customer_email": "suzie@post.example",
            "success_url": "/", "cancel_url": "/", "payment_intent_data": about, **about,
        }
    )  # fmt: skip
    charge = account.pay(session)
    account.refund({"payment_intent": charge["payment_intent"], "amount": BACK})
    return re.sub(r'"((?:evt|cs|pi|ch|re)_[0-9]+)"', r'"\1_#"', json.dumps(account.events))


CAPTURED = captured()


def events(number: int, uid: str) -> list[dict]:
    """The same, told of another gift."""
    return json.loads(CAPTURED.replace("#gift", uid).replace("#", str(number)))


def tell(orders, errors):
    """Takes events as the webhook's door does once their signature is checked."""
    try:
        # Thousands of commits: the disk need not be waited for to see the order.
        connection.cursor().execute("SET synchronous_commit TO off")
        for number, order in orders:
            told = events(number, UIDS[number])
            for n in order:
                webhooks.take(facts.read(told[n]))
    except Exception as error:
        errors.append(error)
    finally:
        connections.close_all()


UIDS: dict[int, str] = {}


def in_parallel(works):
    errors: list[Exception] = []
    threads = [threading.Thread(target=tell, args=(work, errors)) for work in works]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert errors == []


def make_gifts(number):
    fund = make_fund()
    gifts = [make_donation(fund, PAID, method="card") for _n in range(number)]
    UIDS.update({n: str(gift.uid) for n, gift in enumerate(gifts)})
    return fund


def books(fund):
    """What is in the ledger: the sum of a fund, and how many payments, reversals and postings."""
    payments, reversals = Payment.objects.count(), Reversal.objects.count()
    return booking.given(fund), payments, reversals, Posting.objects.count()


def after_each_order(told, check):
    """Tells those events in each order there is and checks what is there at its end.

    What orders begin with together is told once.
    """
    if not told:
        check()
    for event in told:
        point = transaction.savepoint_create()
        webhooks.take(facts.read(event))
        after_each_order([other for other in told if other is not event], check)
        transaction.savepoint_rollback(point)
        connection.run_on_commit = []


def test_the_ledger_is_the_providers_sum_in_all_720_orders():
    make_settings()
    fund, ends = make_gifts(1), []

    with transaction.atomic():
        after_each_order(events(0, UIDS[0]), lambda: ends.append(books(fund)))

    assert ends == [(PAID - BACK, 1, 1, 4)] * len(ORDERS)


def test_the_ledger_is_the_providers_sum_whoever_is_first():
    """Every tenth order, told by three threads side by side, which begin at different places."""
    make_settings()
    orders = list(enumerate(ORDERS[::10]))
    fund = make_gifts(len(orders))

    in_parallel([orders[n * 2 :] + orders[: n * 2] for n in range(WORKERS)])

    number = len(orders)
    assert books(fund) == (number * (PAID - BACK), number, number, 4 * number)
    whole = Donation.objects.filter(card_facts__applied_at__isnull=False).distinct()
    assert whole.count() == number


def test_one_event_told_a_hundred_times_at_once_is_booked_once():
    make_settings()
    fund = make_gifts(1)

    in_parallel([[(0, (2,) * 20)] for _n in range(5)])

    assert booking.given(fund) == PAID
    assert Payment.objects.count() == 1


def test_without_our_names_of_things_the_test_would_see_it():
    """The control: what is booked for every word, without looking at the names, is too much."""
    make_settings()
    fund = make_gifts(1)
    gift = Donation.objects.get()

    for event in events(0, str(gift.uid)):
        told = facts.read(event)
        if told and told.facts.get("paid"):
            booking.receive(gift, amount=told.facts["amount"], paid_at=told.at)

    assert booking.given(fund) > PAID
    assert connection.vendor == "postgresql"
