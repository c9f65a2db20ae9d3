"""Letters to an address that does not work: held, told, and sent once somebody has looked."""

import datetime

import pytest
from django.utils import timezone

from plaidoyer.civics import contacts
from plaidoyer.civics.models import ContactDetail
from plaidoyer.delivery import bounces, letters
from plaidoyer.delivery.mailboxes import notices
from plaidoyer.delivery.models import Letter, MailboxNotice
from plaidoyer.mail.models import Envelope, Suppression
from plaidoyer.mail.tests.coming import bounces as came_back
from plaidoyer.testing import make_campaign, make_form, make_minister, make_organiser

from .test_letters import lauras_letter

pytestmark = pytest.mark.django_db


def refused_letter(reply="550 5.1.1 no such user", *, state="refused", begun=False, ago=0):
    """Laura's letter to the minister, as the minister's server answered it."""
    action = lauras_letter(make_form(make_campaign(post=make_minister()), kind="letter"))
    (letter,) = letters.write([action])
    now = timezone.now()
    passes = ["leased", "accepted"] if state == "bounced" else ["leased"]
    for before in passes:
        Envelope.objects.filter(letter=letter).update(state=before)
    Envelope.objects.filter(letter=letter).update(
        state=state,
        reply=reply,
        begun_at=now if begun else None,
        ended_at=now - datetime.timedelta(days=ago),
    )
    ContactDetail.objects.update(verified_at=now - datetime.timedelta(days=30))
    return letter


def test_a_refused_address_is_marked_and_its_letters_wait():
    letter = refused_letter()

    assert bounces.note() == 1
    assert bounces.note() == 0

    letter.refresh_from_db()
    detail = ContactDetail.objects.get()
    assert detail.bounced_at
    assert letter.envelope is None
    assert contacts.mailbox(detail.post) is None
    assert letters.release() == 0
    assert Envelope.objects.get().reply == "550 5.1.1 no such user"


def test_it_leaves_again_once_the_address_is_checked():
    letter = refused_letter()
    bounces.note()

    contacts.check(ContactDetail.objects.get())

    assert letters.release() == 1
    letter.refresh_from_db()
    assert letter.envelope.state == "queued"
    assert bounces.note() == 0


def test_it_leaves_to_another_address_that_is_known():
    letter = refused_letter()
    bounces.note()
    ContactDetail.objects.create(
        post=letter.target.post, value="new@ministry.example", source="https://m.example/"
    )

    assert letters.release() == 1

    letter.refresh_from_db()
    assert letter.envelope.to_address == "new@ministry.example"


@pytest.mark.parametrize(
    ("reply", "facts", "is_address"),
    [
        ("550 5.1.1 no such user", {}, True),
        ("550 5.2.1 mailbox disabled", {"begun": True}, True),
        ("550 no such user", {}, True),
        ("550", {}, True),
        ("No server can be given this address.", {}, True),
        ("250 2.0.0 kept", {"state": "bounced", "begun": True}, True),
        ("550 5.7.1 we do not like you", {}, False),
        ("550 what you say looks like spam", {"begun": True}, False),
        ("552 5.3.4 too big", {"begun": True}, False),
        ("554 5.1.1 no such user", {"ago": 3}, False),
        ("250 2.0.0 kept", {"state": "accepted", "begun": True}, False),
    ],
)
def test_only_what_is_said_of_the_address_marks_it(reply, facts, is_address):
    refused_letter(reply, **facts)

    bounces.note()

    assert bool(ContactDetail.objects.get().bounced_at) is is_address
    assert Letter.objects.filter(envelope=None).exists() is is_address


def test_an_address_that_was_checked_after_it_refused_is_not_marked():
    refused_letter()
    ContactDetail.objects.update(verified_at=timezone.now() + datetime.timedelta(seconds=1))

    bounces.note()

    assert ContactDetail.objects.get().bounced_at is None
    assert letters.release() == 1


def test_an_office_whose_address_bounced_is_written_to_through_its_organization():
    post = make_minister()
    ContactDetail.objects.update(bounced_at=timezone.now())
    ContactDetail.objects.create(
        organization=post.organization, value="desk@ministry.example", source="https://m.example/"
    )

    assert contacts.mailbox(post).value == "desk@ministry.example"


def test_a_bounce_that_comes_in_later_holds_the_rest_and_tells_organisers():
    form = make_form(make_campaign(post=make_minister()), kind="letter")
    ed = make_organiser()
    [first] = letters.write([lauras_letter(form)])
    waiting = [letters.write([lauras_letter(form, name=f"l{each}")])[0] for each in range(2)]
    ContactDetail.objects.update(verified_at=timezone.now() - datetime.timedelta(days=30))
    for state in ("leased", "accepted"):
        Envelope.objects.filter(letter=first).update(state=state, ended_at=timezone.now())

    came_back(first.envelope)

    detail = ContactDetail.objects.get()
    assert detail.bounced_at
    assert "5.1.1" in Envelope.objects.get(pk=first.envelope_id).reply
    assert not Suppression.objects.exists()
    assert {
        letter.envelope for letter in Letter.objects.filter(pk__in=[w.pk for w in waiting])
    } == {None}
    told = MailboxNotice.objects.get()
    [message] = notices.compose([told.envelope]).values()
    assert told.reader == ed
    assert message.subject == "Letters came back: vale@ministry.example"
    contacts.check(detail)
    bounces.note()
    assert letters.release() == 3


@pytest.mark.parametrize("code", ["5.7.1", "4.4.7", "5.2.121"])
def test_a_bounce_that_is_not_about_the_address_marks_no_address(code):
    form = make_form(make_campaign(post=make_minister()), kind="letter")
    [letter] = letters.write([lauras_letter(form)])
    for state in ("leased", "accepted"):
        Envelope.objects.filter(letter=letter).update(state=state, ended_at=timezone.now())

    came_back(letter.envelope, code)

    assert bounces.note() == 0
    assert ContactDetail.objects.get().bounced_at is None
    assert Letter.objects.get().envelope.state == "bounced"


def test_a_bounce_without_a_code_holds_the_address_until_somebody_looks():
    refused_letter("5.0.0 it did not work", state="bounced", begun=True)

    assert bounces.note() == 1
    assert ContactDetail.objects.get().bounced_at
