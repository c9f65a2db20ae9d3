"""What is read of an event is the same in the shapes of the API before and after "basil"."""

import pytest

from plaidoyer.donations.cards import facts

AT = 1_790_000_000
# https://docs.stripe.com/changelog/basil: where an invoice says of what it is, and how it was paid.
BEFORE = {
    "subscription": "sub_1",
    "payment_intent": "pi_1",
    "subscription_details": {"metadata": {"gift": "g"}},
}
AFTER = {
    "parent": {
        "type": "subscription_details",
        "subscription_details": {"subscription": "sub_1", "metadata": {"gift": "g"}},
    },
    "payments": {"data": [{"payment": {"type": "payment_intent", "payment_intent": "pi_1"}}]},
}


def told(kind, thing):
    event = {"id": "evt_1", "type": kind, "created": AT, "data": {"object": thing}}
    found = facts.read(event)
    assert found
    return found


@pytest.mark.parametrize("shape", [BEFORE, AFTER], ids=["before", "after"])
def test_an_invoice_names_its_subscription_its_payment_and_its_gift(shape):
    common = {"object": "invoice", "id": "in_1", "customer": "cus_1", "currency": "cad"}

    found = told("invoice.paid", common | {"amount_paid": 1000} | shape)

    assert (found.subscription, found.intent, found.customer) == ("sub_1", "pi_1", "cus_1")
    assert found.facts == {"gift": "g", "amount": 1000, "currency": "CAD", "paid": True}


def test_an_invoice_as_webhooks_bring_it_names_no_payment_and_is_no_money():
    without = {name: value for name, value in AFTER.items() if name != "payments"}

    found = told("invoice.paid", {"currency": "cad", "amount_paid": 1000} | without)

    assert (found.intent, found.facts["paid"]) == ("", False)


def test_things_that_are_given_whole_are_known_by_their_names():
    charge = {
        "id": "ch_1", "payment_intent": {"id": "pi_1"}, "customer": {"id": "cus_1"},
        "amount": 500, "currency": "cad", "status": "succeeded", "created": AT - 90 * 86_400,
    }  # fmt: skip

    found = told("charge.refunded", charge)

    assert (found.intent, found.customer) == ("pi_1", "cus_1")
    # It was charged then, whatever is told of it later.
    assert int(found.at.timestamp()) == AT - 90 * 86_400


def test_kinds_that_we_do_not_follow_are_nothing():
    assert facts.read({"id": "evt_1", "type": "payout.paid", "created": AT, "data": {}}) is None
