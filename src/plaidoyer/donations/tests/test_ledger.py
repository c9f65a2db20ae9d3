"""The ledger: each booking sums to nothing, nothing is changed, no more goes back than came."""

import random

import pytest
from django.db import DatabaseError, IntegrityError, connection, transaction
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from plaidoyer.donations.ledgers import booking
from plaidoyer.donations.ledgers.booking import TooMuchError
from plaidoyer.donations.models import Entry, Payment, Posting, Reversal
from plaidoyer.donations.tests.giving import NOON, make_donation, make_fund, make_payment
from plaidoyer.donations.words import Account, Method

pytestmark = pytest.mark.django_db
few = settings(max_examples=40, deadline=None, suppress_health_check=list(HealthCheck))


def check_now():
    """Lets the database judge the bookings as at the end of a transaction."""
    with connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE; SET CONSTRAINTS ALL DEFERRED")


@pytest.mark.parametrize("method", Method.values)
def test_money_that_comes_is_booked_on_both_sides(method):
    payment = make_payment(make_donation(method=method))

    sides = {p.account: p.amount for p in payment.entry.postings.all()}
    assert sides.pop(Account.GIFTS) == -50_00
    assert list(sides.values()) == [50_00]
    assert booking.given(payment.donation.fund) == 50_00
    check_now()


def test_what_goes_back_is_a_row_of_its_own_and_the_payment_stays():
    payment = make_payment()

    booking.give_back(payment, kind="refund", amount=20_00)
    booking.give_back(payment, kind="refund")

    assert Payment.objects.get().amount == 50_00
    assert list(payment.reversals.values_list("amount", flat=True)) == [20_00, 30_00]
    assert booking.given(payment.donation.fund) == 0
    with pytest.raises(TooMuchError):
        booking.give_back(payment, kind="refund")


@pytest.mark.parametrize("table", ["payment", "reversal", "entry", "posting"])
@pytest.mark.parametrize("change", ["UPDATE donations_{} SET id = id", "DELETE FROM donations_{}"])
def test_the_database_refuses_to_change_what_is_booked(table, change):
    booking.give_back(make_payment(), kind="refund", amount=1)
    check_now()

    with pytest.raises(DatabaseError, match="never changed"), transaction.atomic():
        connection.cursor().execute(change.format(table))


def test_the_database_refuses_a_booking_with_one_side_or_none():
    payment = make_payment()
    check_now()

    with pytest.raises(IntegrityError, match="out of balance"), transaction.atomic():
        add_one_side(payment)
    with pytest.raises(IntegrityError, match="out of balance"), transaction.atomic():
        add_empty_booking()


def add_one_side(payment):
    facts = {"fund": payment.donation.fund, "method": "cash", "currency": "CAD"}
    Posting.objects.create(entry=payment.entry, account="bank", amount=1, **facts)
    check_now()


def add_empty_booking():
    Entry.objects.create(fee_id="alone", happened_at=NOON)
    check_now()


def test_the_database_refuses_to_give_back_more_than_came():
    payment = make_payment()

    for amounts in ([50_01], [30_00, 20_01], [-1]):
        with pytest.raises(IntegrityError, match="more would go back"), transaction.atomic():
            take_back(payment, amounts)


def take_back(payment, amounts):
    for amount in amounts:
        Reversal.objects.create(payment=payment, kind="refund", amount=amount, reversed_at=NOON)


def test_what_the_provider_tells_twice_is_booked_once():
    donation = make_donation(method="card")

    first = make_payment(donation, provider_id="pi_1")
    again = make_payment(donation, provider_id="pi_1", amount=9)
    for _time in range(2):
        booking.give_back(first, kind="refund", amount=5, provider_id="re_1")
        booking.keep_fee(first, fee=175, fee_id="txn_1", at=NOON)

    assert again == first
    assert booking.balances() == {
        ("provider", "CAD"): 50_00 - 5 - 175,
        ("fees", "CAD"): 175,
        ("gifts", "CAD"): -(50_00 - 5),
    }


@few
@given(
    st.lists(
        st.tuples(
            st.sampled_from(Method.values),
            st.sampled_from(["CAD", "EUR", "JPY"]),
            st.integers(1, 10**9),
            st.lists(st.integers(1, 10**9), max_size=3),
        ),
        max_size=6,
    )
)
def test_whatever_comes_and_goes_the_ledger_is_the_sum_of_its_rows(story):
    with transaction.atomic():
        fund = make_fund(f"f{random.random()}")
        for method, currency, amount, back in story:
            payment = make_payment(make_donation(fund, amount, currency=currency, method=method))
            for part in back:
                try:
                    booking.give_back(payment, kind="refund", amount=part)
                except TooMuchError:
                    assert part > booking.left(payment)
        check_now()
        mine = Payment.objects.filter(donation__fund=fund)
        for currency in ("CAD", "EUR", "JPY"):
            left = sum(booking.left(one) for one in mine.filter(currency=currency))
            assert booking.given(fund, currency) == left
        sums = dict.fromkeys(("CAD", "EUR", "JPY"), 0)
        for (_account, currency), total in booking.balances().items():
            sums[currency] += total
        assert not any(sums.values())
        transaction.set_rollback(True)
