"""A gift implies the newsletter for two years, where it is set so and nobody said no."""

import datetime

import pytest
from django.conf import settings
from django.utils import timezone

from plaidoyer.donations.ledgers import booking
from plaidoyer.donations.tests.giving import make_donation, make_fund, make_payment, make_settings
from plaidoyer.newsletters import copies, mailings
from plaidoyer.newsletters.models import Copy
from plaidoyer.newsletters.tests.test_mailings import make_mailing
from plaidoyer.supporters import consents, privacy
from plaidoyer.supporters.models import Consent, Subscription, Supporter
from plaidoyer.testing import make_reader, supporter
from plaidoyer.website.me import links
from plaidoyer.website.models import LinkRequest

pytestmark = pytest.mark.django_db

DAY = datetime.timedelta(days=1)
SUZIE = "suzie@post.example"


@pytest.fixture
def implying():
    return make_settings(implies_consent=True)


def ways_of(reader):
    address = copies.unsubscribe_url(reader).removeprefix(settings.BASE_URL)
    return f"{address}preferences/"


def own_page():
    """Where Suzie reads all that is kept of her, by the link in her mail."""
    links.request(email=SUZIE, language="en")
    links.answer()
    return links.path(LinkRequest.objects.get())


def answers():
    rows = Consent.objects.order_by("pk")
    return [(one.answer, one.basis) for one in rows]


def test_a_gift_puts_nobody_on_a_list_before_the_organisation_says_so():
    make_settings()
    make_payment()

    assert not Consent.objects.exists()


def test_a_gift_brings_the_newsletter_for_two_years_and_says_so(implying, client):
    given = timezone.now() - 10 * DAY
    make_payment(paid_at=given)

    consent = Consent.objects.get()
    assert (consent.basis, consent.page) == ("implied", "gift")
    assert consent.expires_at == given + 730 * DAY
    page = client.get(ways_of(supporter(SUZIE))).text
    assert "because you gave to" in page
    assert f"{timezone.localdate(consent.expires_at).year}" in page
    assert "a gift of yours" in client.get(own_page()).text
    assert mailings.freeze(make_mailing()) == 1
    [message] = copies.compose([Copy.objects.get().envelope]).values()
    assert "Suzie" in message.text


def test_a_newsletter_says_at_its_foot_why_it_comes(implying):
    make_payment()
    make_reader("laura")
    mailing = make_mailing()
    mailing.versions.update(text=f"{mailings.WHY} {mailings.UNSUBSCRIBE_URL}")
    mailings.freeze(mailing)

    told = {
        copy.supporter.given_name: copies.compose([copy.envelope])[copy.envelope_id].text
        for copy in Copy.objects.select_related("envelope", "supporter")
    }

    assert told["Suzie"].startswith("You get this because you gave to")
    assert told["Laura"].startswith("You get this because you agreed to hear from")


def test_who_pressed_the_button_agreed_and_reads_on_without_an_end(implying, client):
    make_payment()
    path = ways_of(supporter(SUZIE))

    assert "Yes, go on writing to me" in client.get(path).text
    assert client.post(path, {"do": "stay"}).status_code == 303

    assert answers() == [("given", "implied"), ("given", "express")]
    assert "because you agreed to hear from" in client.get(path).text
    assert consents.expire(timezone.now() + 731 * DAY) == 0


def test_beside_an_express_yes_a_gift_says_nothing(implying):
    make_reader()
    make_payment()

    assert answers() == [("given", "express")]


def test_a_no_is_not_undone_by_a_gift_that_is_given_or_told_of_later(implying):
    suzie = make_reader()
    consents.withdraw(suzie, purpose="newsletter", page="/")
    make_payment()

    assert answers()[-1] == ("withdrawn", "express")
    assert not Subscription.objects.open().exists()


def test_a_later_gift_lengthens_it_and_an_older_one_told_of_later_does_not(implying):
    fund, now = make_fund(), timezone.now()
    for days in (20, 10, 30):
        make_payment(make_donation(fund), paid_at=now - days * DAY)

    assert Consent.objects.count() == 2
    assert Subscription.objects.get().consent.expires_at == now + 720 * DAY


def test_a_payment_recorded_by_mistake_implies_nothing_any_more(implying):
    fund, now = make_fund(), timezone.now()
    make_payment(make_donation(fund), paid_at=now - 100 * DAY)
    mistaken = make_payment(make_donation(fund), paid_at=now)

    booking.give_back(mistaken, kind="void")

    [open_] = Subscription.objects.open()
    assert open_.consent.expires_at == now + 630 * DAY


def test_an_old_gift_told_of_after_two_years_implies_nothing(implying):
    make_payment(paid_at=timezone.now() - 731 * DAY)

    assert not Consent.objects.exists()


def test_a_monthly_gift_that_outlives_the_erasure_of_its_donor_brings_no_newsletter(implying):
    monthly = make_donation(frequency="monthly")
    make_payment(monthly)
    privacy.erase(supporter(SUZIE))
    monthly.refresh_from_db()

    make_payment(monthly)

    assert not Subscription.objects.open().exists()
    assert not Supporter.objects.filter(erasure=None).exists()


def test_a_copy_that_waits_does_not_leave_after_the_end(implying):
    make_payment()
    suzie, now = supporter(SUZIE), timezone.now()
    consents.revoke(suzie)
    consents.imply(suzie, purpose="newsletter", until=now - DAY, page="gift", at=now - 3 * DAY)

    assert mailings.freeze(make_mailing(), at=now - 2 * DAY) == 1
    assert copies.wanted([Copy.objects.get().envelope_id]) == []
    assert mailings.freeze(make_mailing(), at=now) == 0
