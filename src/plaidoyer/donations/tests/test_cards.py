"""Gifts by card, with the official library against a server in Stripe's shape."""

import json
import random
import re
from pathlib import Path

import pytest
from django.test import Client
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

import plaidoyer
from plaidoyer.donations import messages
from plaidoyer.donations.cards import facts, refunding, settling
from plaidoyer.donations.ledgers import booking
from plaidoyer.donations.models import (
    CardFact,
    CardPause,
    Donation,
    DonationMail,
    Payment,
    RecurringGift,
    RecurringStep,
)
from plaidoyer.donations.tests.giving import gift, make_donation, make_fund, make_settings
from plaidoyer.donations.tests.stripe_server import signed
from plaidoyer.mail import kinds
from plaidoyer.mail.models import Envelope
from plaidoyer.testing import make_organiser

pytestmark = pytest.mark.django_db


@pytest.fixture
def fund(provider):
    make_settings(asks_monthly=False)
    return make_fund()


def post(event, **how):
    body, signature = signed(event, **how)
    return Client().post(
        "/donations/stripe/", body, content_type="application/json",
        headers={"Stripe-Signature": signature},
    )  # fmt: skip


def begin(provider, language="en", **facts):
    """Suzie presses the button; the session the provider made for her."""
    response = Client().post(f"/{language}/give/watch/", gift(method="card", **facts))
    assert response.status_code == 303, response.content
    [session] = [one for one in provider.things.values() if one.get("url") == response["Location"]]
    return session


def hear(provider, events=None):
    for event in provider.events if events is None else events:
        assert post(event).status_code == 200


def test_without_keys_no_page_speaks_of_cards(db):
    make_settings()
    make_fund()

    assert 'value="card"' not in Client().get("/en/give/watch/").content.decode()
    assert Client().post("/en/give/watch/", gift(method="card")).status_code == 422
    assert post({"type": "charge.succeeded"}).status_code == 403


@pytest.mark.parametrize("language", ["fr", "en"])
def test_a_gift_by_card_counts_once_the_provider_says_so(provider, fund, language):
    session = begin(provider, language)
    donation = Donation.objects.get()
    assert (session["locale"], session["customer_email"]) == (language, "suzie@post.example")
    assert booking.given(fund) == 0
    thanks = f"/{language}/give/thanks/"
    page = Client().get(thanks + messages.tokens.make("gift", donation.uid) + "/")
    assert page["Refresh"].startswith(f"4; url={thanks}")

    provider.pay(session)
    hear(provider)

    assert booking.given(fund) == provider.sum() == 50_00
    assert Payment.objects.get().provider_id == session["payment_intent"]


def test_the_form_may_be_sent_to_the_provider_and_nowhere_else(provider, fund):
    policy = Client().get("/en/give/watch/")["Content-Security-Policy"]

    assert "form-action 'self' https://checkout.stripe.com" in policy
    assert "form-action 'self';" in Client().get("/en/give/")["Content-Security-Policy"] + ";"


def test_a_forged_stale_truncated_or_foreign_word_is_refused(provider, fund):
    session = begin(provider)
    provider.pay(session)
    event = provider.events[-1]
    body, signature = signed(event)

    def send(content, header):
        return Client().post(
            "/donations/stripe/", content, content_type="application/json",
            headers={"Stripe-Signature": header} if header else {},
        ).status_code  # fmt: skip

    assert post(event, secret="whsec_other").status_code == 400
    assert post(event, age=360).status_code == 400
    assert send(body.replace(b"5000", b"9000"), signature) == 400
    assert send(body[:-9], signature) == 400
    assert send(body, "") == send(body, "t=1,v1=") == send(b"\xff\xfe", signature) == 400
    assert not CardFact.objects.exists()
    assert post({"id": "e", "type": "charge.succeeded", "created": 1}).status_code == 422
    assert post({"id": "e", "type": "payout.paid", "created": 1, "data": {}}).status_code == 200
    assert send(body, signature) == 200
    assert Payment.objects.count() == 1


def test_nothing_of_the_card_or_its_holder_is_kept(provider, fund):
    provider.pay(begin(provider))
    provider.decline(card="fp_secret", gift=str(Donation.objects.get().uid))
    hear(provider)

    kept = json.dumps(list(CardFact.objects.values_list("facts", flat=True)))
    assert "4242" not in kept
    assert "Suzie" not in kept
    assert "fp_secret" not in kept


def test_somebody_elses_charge_waits_and_is_never_booked(provider, fund):
    make_donation(fund)
    session = {"amount_total": 900, "currency": "cad"}
    provider.charge(session, {"gift": "11111111-1111-4111-8111-111111111111"}, None, 1)
    hear(provider)

    assert not Payment.objects.exists()
    assert settling.settle_waiting() == 0


def test_a_refund_that_comes_before_its_charge_waits_for_it(provider, fund):
    charge = provider.pay(begin(provider))
    provider.refund({"payment_intent": charge["payment_intent"], "amount": 20_00})
    hear(provider, reversed(provider.events))

    assert booking.given(fund) == provider.sum() == 30_00


@pytest.mark.parametrize("seed", range(6))
def test_a_refund_that_fails_is_booked_back_in_any_order(provider, fund, seed):
    charge = provider.pay(begin(provider))
    _status, refund = provider.refund({"payment_intent": charge["payment_intent"], "amount": 20_00})
    provider.tell("refund.failed", refund | {"status": "failed"})
    charge["amount_refunded"] = 0
    random.Random(seed).shuffle(provider.events)

    hear(provider)
    hear(provider)

    assert booking.given(fund) == provider.sum() == 50_00


def test_a_dispute_takes_the_money_and_a_won_one_brings_it_back(provider, fund):
    charge = provider.pay(begin(provider))
    hear(provider)
    dispute = provider.dispute(charge)
    hear(provider, provider.events[-1:])
    assert booking.given(fund) == 0
    assert booking.balances()["fees", "CAD"] == 15_00

    hear(provider, [provider.win(dispute)])
    assert booking.given(fund) == 50_00
    assert booking.balances()["fees", "CAD"] == 15_00


def test_a_monthly_gift_renews_fails_kindly_and_is_managed_by_a_mailed_link(provider, fund):
    session = begin(provider, frequency="monthly")
    assert session["mode"] == "subscription"
    provider.pay(session)
    hear(provider)
    subscription = provider.things[session["subscription"]]
    recurring = RecurringGift.objects.get()
    assert recurring.last.state == "active"
    assert booking.given(fund) == 10_00

    provider.renew(subscription)
    hear(provider)
    assert booking.given(fund) == provider.sum() == 20_00

    provider.renew(subscription, declined=True)
    hear(provider)
    assert recurring.last.state == "failing"
    told = [mail.kind for mail in DonationMail.objects.order_by("pk")]
    assert told == ["manage", "failed"]

    link = messages.manage_path(recurring.donation)
    assert "could not be taken" in kinds.COMPOSERS["gift"](
        [Envelope.objects.latest("pk")]
    ).popitem()[1].subject  # fmt: skip
    client = Client()
    assert "did not come through" in client.get(link).content.decode()
    assert client.post(link, {"step": "amount", "amount": "1"}).status_code == 422
    for step in ({"step": "amount", "amount": "25"}, {"step": "pause"}, {"step": "resume"}):
        assert client.post(link, step).status_code == 303
    hear(provider)
    assert RecurringStep.objects.latest("pk").amount == 25_00
    subscription["status"] = "active"
    provider.renew(subscription)
    hear(provider)
    assert booking.given(fund) == provider.sum() == 45_00

    assert client.post(link, {"step": "card"})["Location"].endswith("/portal")
    assert client.post(link, {"step": "stop"}).status_code == 303
    hear(provider)
    assert recurring.last.state == "ended"
    assert "has ended" in client.get(link).content.decode()


def test_looking_at_a_managing_link_changes_nothing(provider, fund):
    provider.pay(begin(provider, frequency="monthly"))
    hear(provider)
    before = len(provider.requests)

    link = messages.manage_path(Donation.objects.get())
    Client().get(link)
    Client().head(link)

    assert len(provider.requests) == before


def test_the_link_is_mailed_to_known_and_unknown_alike(provider, fund):
    provider.pay(begin(provider, frequency="monthly"))
    hear(provider)
    answers = [
        Client().post("/en/give/monthly/", {"email": email})
        for email in ("suzie@post.example", "nobody@post.example")
    ]

    assert {(one.status_code, one["Location"]) for one in answers} == {
        (303, "/en/give/monthly/?sent")
    }
    assert DonationMail.objects.filter(kind="manage").count() == 2


def test_while_the_provider_is_away_nothing_is_lost_and_the_form_is_kept(provider, fund):
    provider.is_down = True

    response = Client().post("/en/give/watch/", gift(method="card"))

    assert response.status_code == 503
    assert 'value="Suzie"' in response.content.decode()
    assert "Nothing was charged" in response.content.decode()


def test_a_refund_is_written_down_then_asked_once(provider, fund):
    provider.pay(begin(provider))
    hear(provider)
    anne, payment = make_organiser("anne"), Payment.objects.get()
    request = refunding.ask(payment, amount=50_00, reason="Twice by mistake", by=anne)
    with pytest.raises(booking.TooMuchError):
        refunding.ask(payment, amount=1, reason="Again", by=anne)

    provider.is_down = True
    assert refunding.send_waiting() == 0
    provider.is_down = False
    assert refunding.send_waiting() == 1
    assert refunding.send_waiting() == 0
    hear(provider)

    request.refresh_from_db()
    assert request.provider_id.startswith("re_")
    assert booking.given(fund) == provider.sum() == 0


def test_declined_cards_ask_for_a_proof_and_then_let_the_form_rest(provider, fund):
    make_settings(asks_monthly=False, trouble_failures=3)
    anne = make_organiser("anne")
    anne.user_permissions.add(permission("change_donation"))
    hear(provider, [provider.decline(card=f"fp_{n}") for n in range(3)])
    assert Client().get("/en/give/watch/challenge/").status_code == 200
    response = Client().post("/en/give/watch/", gift(method="card"))
    assert response.status_code == 429
    assert "solve a riddle" in response.content.decode()

    hear(provider, [provider.decline(card=f"fp_{n}") for n in range(3)])

    assert CardPause.objects.get().ended_at is None
    [alarm] = DonationMail.objects.filter(kind="alarm")
    assert alarm.envelope.to_address == anne.email
    page = Client().get("/en/give/watch/").content.decode()
    assert 'value="card"' not in page
    assert 'value="interac"' in page


def test_cards_of_monthly_gifts_that_expire_are_no_attack(provider, fund):
    make_settings(asks_monthly=False, trouble_failures=2, tries_an_hour=50)
    session = begin(provider, frequency="monthly")
    provider.pay(session)
    for _month in range(5):
        provider.renew(provider.things[session["subscription"]], declined=True)
    hear(provider)

    assert not CardPause.objects.exists()
    assert begin(provider)


def permission(name):
    from django.contrib.auth.models import Permission

    return Permission.objects.get(codename=name)


def test_tries_from_one_address_place_or_of_one_amount_are_bounded(provider, fund):
    make_settings(asks_monthly=False, tries_an_hour=2)

    answers = [
        Client().post("/en/give/watch/", gift(method="card")).status_code for _time in range(3)
    ]
    assert answers == [303, 303, 429]

    make_settings(asks_monthly=False, tries_an_hour=50)
    codes = [
        Client().post("/en/give/watch/", gift(method="card", email=f"a{n}@b.example")).status_code
        for n in range(9)
    ]
    assert codes == [303] * 8 + [429]
    other = gift(method="card", email="z@b.example", amount_once="10000")
    assert Client().post("/en/give/watch/", other).status_code == 303


def test_whether_it_may_be_monthly_is_asked_once(provider, fund):
    make_settings(asks_monthly=True)
    asked = Client().post("/en/give/watch/", gift(method="card"))
    text = asked.content.decode()

    assert asked.status_code == 200
    assert not Donation.objects.exists()
    assert "Yes, $10 each month" in text
    assert "No, $50 once" in text
    forms = text.split("<form")[1:]
    for form, frequency in zip(forms, ("monthly", "once"), strict=True):
        sent = dict(fields(form))
        assert Client().post("/en/give/watch/", sent).status_code == 303
        assert Donation.objects.latest("pk").frequency == frequency
    assert Donation.objects.latest("pk").amount == 50_00


def fields(form):
    return re.findall(r'name="(\w+)" value="([^"]*)"', form)


THINGS = st.recursive(
    st.none() | st.integers() | st.text(max_size=8) | st.sampled_from(["cad", "succeeded", "pi_1"]),
    lambda inner: (
        st.lists(inner, max_size=2)
        | st.dictionaries(
            st.sampled_from(
                ["id", "status", "amount", "currency", "items", "metadata", "payments"]
            ),
            inner,
        )
    ),
    max_leaves=12,
)


@settings(max_examples=80, deadline=None, suppress_health_check=list(HealthCheck))
@given(st.sampled_from(sorted(facts.READERS)), THINGS, st.integers() | st.just(1_790_000_000))
def test_no_signed_word_of_any_shape_breaks_the_door(provider, fund, kind, thing, at):
    event = {"id": f"evt_{random.random()}", "type": kind, "created": at, "data": {"object": thing}}

    assert post(event).status_code in {200, 422}


def test_what_the_books_refuse_waits_and_holds_up_nothing(provider, fund):
    charge = provider.pay(begin(provider))
    hear(provider)
    too_much = {
        "id": "re_x", "object": "refund", "payment_intent": charge["payment_intent"],
        "charge": charge["id"], "amount": 60_00, "currency": "cad", "status": "succeeded",
    }  # fmt: skip

    hear(provider, [provider.tell("refund.created", too_much)])

    assert booking.given(fund) == 50_00
    assert settling.settle_waiting() == 0
    assert CardFact.objects.filter(applied_at=None).count() == 1


def test_the_documentation_names_the_events_that_we_follow():
    text = (Path(plaidoyer.__file__).parents[2] / "docs/howto/collect-gifts.md").read_text()
    named = set(re.findall(r"`([a-z_]+\.[a-z_.]+)`", text))

    assert named == set(facts.READERS)
    # Stripe lists no more kinds of events at once.
    assert len(named) <= 20
