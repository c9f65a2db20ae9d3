"""Who did nothing for two years is asked once whether they stay; silence ends it."""

import datetime

import pytest
from django.conf import settings
from django.test import Client
from django.utils import timezone

from plaidoyer.actions import confirmations, intake
from plaidoyer.donations.tests.giving import make_donation, make_payment
from plaidoyer.mail.models import Envelope
from plaidoyer.newsletters import copies
from plaidoyer.newsletters.models import StayQuestion
from plaidoyer.newsletters.topics import preferences, staying
from plaidoyer.supporters import consents, privacy, retention
from plaidoyer.supporters.models import Consent, Subscription, Supporter
from plaidoyer.testing import mails, make_form
from plaidoyer.vault import marks

pytestmark = pytest.mark.django_db

DAY = datetime.timedelta(days=1)
NOW = timezone.now()


def make_silent(name="suzie", *, language="en", days=731):
    """A reader who agreed so long ago, and did nothing since."""
    address = f"{name}@post.example"
    reader = Supporter.objects.create(
        mark=marks.address(address), email=address, given_name=name.capitalize(), language=language
    )
    wording = consents.wording("newsletter", language, "Yes, write to me.")
    at = NOW - days * DAY
    consents.give(reader, purpose="newsletter", wording=wording, page="/", at=at)
    return reader


def night(days=0, *, dry=False):
    """What the two rules did, or would do, that many days from now."""
    done = retention.run(NOW + days * DAY, dry=dry)
    return done["quiet"], done["unanswered"]


def deliver(state="accepted"):
    """The mail left, and the server took it or not."""
    for envelope in Envelope.objects.filter(kind="stay", state="queued"):
        Envelope.objects.filter(pk=envelope.pk).update(state="leased")
        Envelope.objects.filter(pk=envelope.pk).update(state=state, ended_at=timezone.now())


def is_subscribed(reader):
    return reader.subscriptions.open().exists()


def path(reader):
    return copies.unsubscribe_url(reader).removeprefix(settings.BASE_URL) + "preferences/"


def test_who_did_nothing_is_asked_once_and_silence_ends_the_subscription():
    suzie = make_silent()
    make_silent("laura", days=729)

    assert night(dry=True) == (1, 0)
    assert not StayQuestion.objects.exists()
    assert night() == (1, 0)
    assert night() == (0, 0)
    assert mails() == [("stay", "suzie@post.example")]
    assert night(40) == (1, 0)  # Laura's turn; Suzie's mail has not left.
    deliver()
    assert night(29) == (0, 0)
    assert night(31) == (0, 2)
    assert night(31) == (0, 0)

    assert not is_subscribed(suzie)
    assert [c.answer for c in suzie.consents.order_by("pk")] == ["given", "lapsed"]
    assert len(mails()) == 2


def test_the_ordinary_keeping_takes_over_once_it_ended():
    suzie = make_silent()
    Supporter.objects.update(created_at=NOW - 800 * DAY)
    night()
    deliver()
    retention.apply("unanswered", NOW + 31 * DAY)

    assert retention.apply("bare", NOW + 29 * DAY) == 0
    assert retention.apply("bare", NOW + 31 * DAY) == 1
    assert suzie.is_erased


@pytest.mark.parametrize(
    ("language", "said"),
    [("en", "our newsletters end after"), ("fr", "nos infolettres s’arrêtent")],
)
def test_the_mail_asks_in_the_readers_language_and_says_how_it_ends(language, said):
    suzie = make_silent(language=language)
    night()

    [message] = staying.compose(list(Envelope.objects.all())).values()

    for part in (message.text, message.html):
        assert said in part
        assert copies.unsubscribe_url(suzie) + "preferences/" in part
    assert "Suzie" in message.text
    assert message.headers["List-Unsubscribe"] == f"<{copies.unsubscribe_url(suzie)}>"


def test_only_the_button_answers_and_reading_the_page_changes_nothing():
    suzie, browser = make_silent(), Client(enforce_csrf_checks=True)
    night()
    deliver()

    for method in (browser.get, browser.head):
        assert method(path(suzie)).status_code == 200
    assert Consent.objects.count() == 1
    page = browser.get(path(suzie)).text
    assert "Yes, go on writing to me" in page
    assert browser.post(path(suzie), {"do": "stay"}).status_code == 303

    assert night(31) == (0, 0)
    assert is_subscribed(suzie)
    assert Consent.objects.latest("pk").basis == "express"
    assert "Yes, go on writing to me" not in browser.get(path(suzie)).text


def sign(suzie):
    act = intake.append(make_form(), email=suzie.email, given_name="Suzie", family_name="Roy",
                        language="en", page="/")  # fmt: skip
    confirmations.confirm(act)


SIGNS = {
    "an act": sign,
    "a gift": lambda suzie: make_payment(make_donation(supporter=suzie)),
    "a pause": preferences.pause,
    "another language": lambda suzie: preferences.read_in(suzie, "fr"),
}


@pytest.mark.parametrize("name", SIGNS)
@pytest.mark.parametrize("when", ["before it is asked", "after it was asked"])
def test_any_sign_of_life_is_an_answer(name, when):
    suzie = make_silent()
    if when == "before it is asked":
        SIGNS[name](suzie)
        assert night() == (0, 0)
    else:
        night()
        SIGNS[name](suzie)
        assert staying.compose(list(Envelope.objects.filter(kind="stay"))) == {}
        deliver()
        assert night(31) == (0, 0)
    assert is_subscribed(suzie)


def test_an_address_that_takes_no_mail_does_not_answer_and_a_cancelled_mail_asked_nobody():
    suzie, laura = make_silent(), make_silent("laura")
    night()
    refused, cancelled = StayQuestion.objects.order_by("supporter")
    Envelope.objects.filter(pk=cancelled.envelope_id).update(state="cancelled", ended_at=NOW)
    Envelope.objects.filter(pk=refused.envelope_id).update(state="suppressed", ended_at=NOW)

    assert night(31) == (0, 1)
    assert (is_subscribed(suzie), is_subscribed(laura)) == (False, True)


def test_nobody_is_asked_whose_yes_ends_by_itself():
    anne = make_silent("anne", days=1)
    Subscription.objects.all().update(ended_at=NOW)
    consents.imply(anne, purpose="newsletter", until=NOW + 700 * DAY, page="gift", at=NOW)

    assert night(731) == (0, 0)


def test_the_question_is_told_to_its_reader_and_its_mail_emptied_with_them():
    suzie = make_silent()
    night()

    assert privacy.export(suzie)["newsletters"][0]["question"] == "stay"
    privacy.erase(suzie)

    envelope = Envelope.objects.get()
    assert (envelope.to_address, envelope.state) == ("", "cancelled")
