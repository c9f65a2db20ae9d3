"""The page of a fund, through its door."""

import re

import html5lib
import pytest
from django.test import Client

from plaidoyer.actions import intake
from plaidoyer.actions.messages import thanks_path
from plaidoyer.donations.models import Donation, DonationMail, Offer
from plaidoyer.donations.tests.giving import (
    gift,
    make_donation,
    make_fund,
    make_payment,
    make_settings,
)
from plaidoyer.lib.words import Words
from plaidoyer.mail import kinds
from plaidoyer.mail.models import Envelope
from plaidoyer.testing import make_campaign, make_form

pytestmark = pytest.mark.django_db


@pytest.fixture
def fund():
    make_settings()
    return make_fund(goal=1_000)


@pytest.mark.parametrize("language", ["fr", "en"])
def test_the_page_shows_the_goal_and_sets_no_cookie(fund, language):
    make_payment(make_donation(fund, 123_45))

    response = Client().get(f"/{language}/give/watch/")

    text = response.content.decode()
    assert response.status_code == 200
    assert not response.cookies
    assert "max-age=60" in response["Cache-Control"]
    assert {"fr": "123,45\u00a0$", "en": "$123.45"}[language] in text
    assert {"fr": "12\u00a0%", "en": "12%"}[language] in text
    assert 'value="card"' not in text
    assert 'value="interac"' in text
    assert Donation.objects.count() == 1


@pytest.mark.parametrize("method", ["interac", "transfer", "cheque"])
@pytest.mark.parametrize("language", ["fr", "en"])
def test_a_promise_leads_to_what_to_do_and_mails_it(fund, method, language):
    sent = gift(method=method, other="40", amount_once="other")
    response = Client().post(f"/{language}/give/watch/", sent)

    assert response.status_code == 303
    donation = Donation.objects.get()
    assert (donation.amount, donation.method, donation.language) == (40_00, method, language)
    page = Client().get(response["Location"]).content.decode()
    assert donation.reference in page
    assert "Suzie" not in page
    [mail] = kinds.COMPOSERS["gift"](list(Envelope.objects.all())).values()
    assert donation.reference in mail.subject + mail.text
    assert "Suzie" not in mail.text
    assert mail.language == language


def test_a_fault_is_told_beside_its_field_and_keeps_what_was_typed(fund):
    sent = gift(other="1", amount_once="other", email="suzie@")
    response = Client().post("/en/give/watch/", sent)

    text = response.content.decode()
    assert response.status_code == 422
    assert "The smallest gift is $2." in text
    assert "Write an e-mail address like" in text
    assert 'value="Suzie"' in text
    assert not Donation.objects.exists()


@pytest.mark.parametrize(
    "wrong",
    [
        {"amount_once": "7"}, {"other": "-5", "amount_once": "other"}, {"method": "card"},
        {"other": "1e9", "amount_once": "other"}, {"frequency": "daily"}, {"currency": "BTC"},
        {"other": "999999999", "amount_once": "other"}, {"given_name": "\0"},
        {"amount_once": "other", "other": ""},
    ],
)  # fmt: skip
def test_no_input_breaks_the_page(fund, wrong):
    response = Client().post("/en/give/watch/", gift(**wrong))

    assert response.status_code == 422
    assert not Donation.objects.exists()


def test_the_source_and_the_campaign_are_kept(fund):
    campaign = make_campaign()
    page = Client().get("/en/give/watch/?via=whatsapp&campaign=meadow").content.decode()
    assert 'value="whatsapp"' in page

    Client().post("/en/give/watch/", gift(via="whatsapp", campaign="meadow"))

    donation = Donation.objects.get()
    assert (donation.via, donation.campaign) == ("whatsapp", campaign)


@pytest.mark.parametrize("via", ["a" * 60, "letter.k3v9p2m7qd"])
def test_whatever_source_a_link_may_name_is_kept(fund, via):
    assert Client().post("/en/give/watch/", gift(via=via)).status_code == 303
    assert Donation.objects.get().via == via


def test_other_currencies_have_their_own_amounts(fund):
    Offer.objects.create(fund=fund, currency="EUR", once="20, 40", monthly="4, 8")

    page = Client().get("/fr/give/watch/?currency=EUR").content.decode()

    assert "40\u00a0€" in page
    Client().post("/fr/give/watch/", gift(currency="EUR", amount_once="4000", amount_monthly="800"))
    assert Donation.objects.get().currency == "EUR"


def test_a_closed_fund_takes_nothing_and_a_draft_is_not_there(fund):
    fund.closed_at = fund.opens_at
    fund.save()
    assert Client().post("/en/give/watch/", gift()).status_code == 410
    assert "This collection is closed" in Client().get("/en/give/watch/").content.decode()

    fund.opens_at = None
    fund.save()
    assert Client().get("/en/give/watch/").status_code == 404


def test_nobody_is_flooded_through_our_form(fund):
    for _time in range(6):
        Client().post("/en/give/watch/", gift())

    assert Donation.objects.count() == 6
    assert DonationMail.objects.count() == 3


def test_a_strange_link_opens_no_gift(fund):
    donation = make_donation(fund)
    path = Client().post("/en/give/watch/", gift())["Location"]

    for wrong in (path[:-3] + "xx/", f"/en/give/thanks/{donation.uid}/"):
        assert Client().get(wrong).status_code == 404


def test_the_list_leads_to_every_open_fund_and_acts_lead_to_their_own(fund):
    campaign = make_campaign()
    make_fund("page", campaign=campaign, name=Words(fr="Pleine page", en="Full page"))

    page = Client().get("/en/give/?campaign=meadow").content.decode()

    assert re.findall(r'href="(/en/give/\w+/\?campaign=meadow)"', page) == [
        "/en/give/page/?campaign=meadow",
        "/en/give/watch/?campaign=meadow",
    ]
    from plaidoyer.organisation import giving
    from plaidoyer.organisation.models import Organisation

    assert giving.address(Organisation.current(), campaign).endswith("/page/?campaign=meadow")
    elsewhere = Organisation(giving_url=Words(en="https://give.example/"))
    assert giving.address(elsewhere, campaign) == "https://give.example/"


def test_after_an_act_its_supporter_finds_the_campaigns_own_fund(fund):
    form = make_form()
    make_fund("page", campaign=form.campaign)
    suzie = {"given_name": "Suzie", "family_name": "Roy", "email": "suzie@post.example"}
    act = intake.append(form, language="en", page="/", **suzie)

    page = Client().get(thanks_path(act)).content.decode()

    assert "/en/give/page/?campaign=meadow" in page


@pytest.mark.parametrize("path", ["", "watch/", "watch/?currency=EUR", "monthly/"])
@pytest.mark.parametrize("language", ["fr", "en"])
def test_every_page_is_valid_and_may_be_kept_by_caches(fund, path, language):
    Offer.objects.create(fund=fund, currency="EUR")

    response = Client().get(f"/{language}/give/{path}")

    parser = html5lib.HTMLParser()
    parser.parse(response.content.decode())
    assert parser.errors == []
    assert "max-age" in response["Cache-Control"]
    assert "Cookie" not in response.get("Vary", "")
    ids = re.findall(r'\sid="([^"]+)"', response.content.decode())
    assert len(ids) == len(set(ids))
