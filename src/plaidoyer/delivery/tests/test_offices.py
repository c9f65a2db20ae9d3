"""An office says how letters shall reach it: by a link under each, confirmed by its own mailbox."""

import re

import pytest

from plaidoyer.delivery import letters
from plaidoyer.delivery.mailboxes import notices, offices, turns
from plaidoyer.delivery.models import Letter, Mailbox, MailboxHold, MailboxNotice, Wish
from plaidoyer.mail.models import Envelope
from plaidoyer.testing import make_organiser

from .test_letters import lauras_letter

pytestmark = pytest.mark.django_db
OURS = r"https?://[^/]+(/\S+)"


@pytest.fixture
def letter():
    [letter] = letters.write([lauras_letter()])
    return letter


def link_under(letter):
    """The page of the mailbox, as it stands under the letter."""
    [message] = letters.compose([letter.envelope]).values()
    [found] = re.findall(rf"instead, or a pause: {OURS}", message.text)
    return found


def asked_mail():
    """The question that the mailbox got, and the link in it."""
    envelope = Envelope.objects.get(kind="mailbox_wish")
    [message] = offices.compose([envelope]).values()
    return envelope, message, re.search(rf"confirm it here:\s+{OURS}", message.text)[1]


def wish(client, letter, choice):
    client.post(link_under(letter), {"choice": choice})
    _envelope, _message, link = asked_mail()
    client.post(link)


def test_a_link_that_was_passed_on_changes_nothing_until_the_mailbox_agrees(client, letter):
    page = link_under(letter)
    assert client.get(page).status_code == 200

    answer = client.post(page, {"choice": "digest"})
    envelope, message, link = asked_mail()

    assert "Look into your mailbox" in answer.text
    assert envelope.to_address == "vale@ministry.example"
    assert "one mail a day with all letters" in message.text
    assert Mailbox.objects.get().flow == "auto"
    assert "Nothing has changed yet." in client.get(link).text
    assert Mailbox.objects.get().flow == "auto"
    assert "Noted" in client.post(link).text
    assert Mailbox.objects.get().flow == "digest"


def test_a_second_question_within_the_hour_fills_no_mailbox(client, letter):
    for choice in ("digest", "pause", "auto"):
        assert client.post(link_under(letter), {"choice": choice}).status_code == 200

    assert Wish.objects.count() == 1


def test_a_pause_holds_letters_and_going_on_releases_them(client, letter):
    turns.put_back([letter])
    wish(client, letter, "pause")
    hold = MailboxHold.objects.get()
    assert (hold.cause, hold.lifted_at, hold.letters) == ("office", None, 1)
    assert turns.go_round() == 0

    Envelope.objects.filter(kind="mailbox_wish").update(state="cancelled", kind="old")
    Wish.objects.update(asked_at="2026-01-01T00:00Z")
    wish(client, letter, "auto")

    assert MailboxHold.objects.get().lifted_at
    Mailbox.objects.update(next_at=None)
    assert turns.go_round() == 1


def test_organisers_are_told_what_an_office_chose_and_where_to_see_it(client, letter):
    ed = make_organiser()
    wish(client, letter, "digest")

    notice = MailboxNotice.objects.get()
    [message] = notices.compose([notice.envelope]).values()

    assert notice.envelope.to_address == ed.email
    assert "one mail a day with all letters" in message.text
    client.force_login(ed)
    desk = re.search(OURS, message.text)[1]
    assert "What the office wished, from its own mailbox" in client.get(desk).text


@pytest.mark.parametrize("typed", [{}, {"choice": ""}, {"choice": "x"}, {"choice": "singly\x00"}])
def test_a_wish_that_is_none_is_told_beside_its_field(client, letter, typed):
    answer = client.post(link_under(letter), typed)

    assert answer.status_code == 422
    assert "Choose one of the three." in answer.text
    assert not Wish.objects.exists()


@pytest.mark.parametrize("path", ["x", "x/yes", "%00", "%F0%9F%A6%A6"])
def test_a_broken_link_says_so(client, path):
    answer = client.get(f"/en/letters/mailbox/{path}/")

    assert answer.status_code == 404


def test_a_link_of_two_weeks_ago_agrees_to_nothing(client, letter):
    client.post(link_under(letter), {"choice": "pause"})
    _envelope, _message, link = asked_mail()
    Wish.objects.update(asked_at="2026-01-01T00:00Z")

    assert client.post(link).status_code == 404
    assert not MailboxHold.objects.exists()


def test_the_page_for_those_who_look_after_mail_says_what_holds(client):
    page = client.get("/fr/letters/relay/")

    assert page.status_code == 200
    assert "60" in page.text
    assert not Letter.objects.exists()
