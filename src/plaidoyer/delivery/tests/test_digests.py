"""Too many letters for one mailbox: one mail a day that names every writer."""

import pytest

from plaidoyer.actions import confirmations
from plaidoyer.delivery import bounces, letters
from plaidoyer.delivery.mailboxes import digests, holds, progress
from plaidoyer.delivery.models import Digest, Letter, Mailbox, Survey
from plaidoyer.delivery.replies import rates, surveys
from plaidoyer.mail.models import Envelope
from plaidoyer.testing import make_form

from .simulated import HOUR, carried, leave, midnight, pass_time, write

pytestmark = pytest.mark.django_db
MONDAY = midnight(2026, 11, 23)
TUESDAY = midnight(2026, 11, 24)


@pytest.fixture
def form():
    """A form to Vale, whose mailbox takes two letters an hour; what waits a day is carried."""
    form = make_form(kind="letter", opens_at=MONDAY)
    Mailbox.objects.update(opens=9, closes=17, weekends=False, per_hour=2)
    return form


def carries(number, form, *, text=lambda each: "It floods."):
    """So many letters of yesterday, in the mail of this morning; that mail."""
    Mailbox.objects.update(flow="digest")
    actions = write(form, number, at=MONDAY + 10 * HOUR, text=text)
    assert digests.make_due(TUESDAY + 9 * HOUR) == number
    [message] = digests.compose([Digest.objects.get().envelope]).values()
    return actions, message


def test_a_text_that_many_sent_stands_there_once_with_all_its_writers(form):
    _actions, message = carries(5, form, text=lambda each: "It floods." if each else "My own.")

    assert message.subject == "5 letters of November 24, 2026"
    assert message.text.count("It floods.") == 1
    assert message.text.count("My own.") == 1
    assert "4 people sent this text" in message.text
    for each in range(5):
        assert message.text.count(f"Laura No {each}, H2X 1Y4") == 1
        assert message.html.count(f"Laura No {each}, H2X 1Y4") == 1
    assert not message.attachments


def test_more_than_thirty_are_a_file_beside_the_mail(form):
    _actions, message = carries(31, form)

    [(name, text)] = message.attachments
    assert name == "letters-2026-11-24.txt"
    assert text.count("Laura No ") == 31
    assert "The letters and every name are in the attached file." in message.text
    assert "Laura No" not in message.text


def test_whoever_takes_a_letter_back_before_it_leaves_is_not_named(form):
    actions, _message = carries(3, form)
    confirmations.withdraw(actions[1])

    [message] = digests.compose([Digest.objects.get().envelope]).values()

    assert "Laura No 1" not in message.text
    assert message.subject.startswith("2 letters")


def test_a_mailbox_gets_one_such_mail_a_day_and_its_letters_leave_once(form):
    carries(3, form)

    assert digests.make_due(TUESDAY + 10 * HOUR) == 0
    left = pass_time(TUESDAY + 9 * HOUR, TUESDAY + 17 * HOUR, every=HOUR)

    assert len(left) == 1
    assert set(carried().values()) == {1}
    told = set(progress.told(Letter.objects.select_related("digest__envelope")).values())
    assert told == {
        "In the mail of November 24, 2026 with all letters, accepted by the recipient’s server."
    }


def test_only_what_would_wait_too_long_is_carried_and_the_first_leave_by_themselves(form):
    write(form, 100, at=MONDAY + 8 * HOUR)

    left = pass_time(MONDAY + 8 * HOUR, TUESDAY + 17 * HOUR, every=HOUR / 4)

    # Two in each of eight hours, on the two working days that letters may wait.
    assert Digest.objects.get().letters.count() == 100 - 2 * 8 * 2
    assert 25 <= len(left) - 1 <= 32
    assert set(carried().values()) == {1}
    assert len(carried()) + Letter.objects.waiting().count() == 100


def test_held_letters_are_in_no_mail_of_a_day(form):
    Mailbox.objects.update(flow="digest")
    write(form, 3, at=MONDAY + 10 * HOUR)
    holds.place(Mailbox.objects.get(), because="Wait.", campaign=form.campaign)

    assert digests.make_due(TUESDAY + 9 * HOUR) == 0
    assert Letter.objects.waiting().count() == 3


def test_letters_of_a_mail_that_came_back_wait_for_another_address(form):
    carries(3, form)
    for state in ("leased", "refused"):
        Envelope.objects.filter(kind="letter_digest").update(
            state=state, reply="550 5.1.1 no such user", ended_at=MONDAY.now(MONDAY.tzinfo)
        )

    assert bounces.note() == 3

    assert Letter.objects.filter(digest=None, envelope=None, mailbox=None).count() == 3
    assert letters.release() == 0


def test_a_mail_of_a_day_that_has_left_is_not_made_again_after_a_crash(form):
    carries(2, form)
    leave(TUESDAY + 10 * HOUR)

    assert digests.make_due(TUESDAY + 11 * HOUR) == 0
    assert Envelope.objects.filter(kind="letter_digest").count() == 1


def test_writers_in_such_a_mail_are_asked_whether_they_were_answered(form, client):
    actions, _message = carries(3, form)
    pass_time(TUESDAY + 9 * HOUR, TUESDAY + 10 * HOUR, every=HOUR)
    late = TUESDAY + 15 * 24 * HOUR

    assert surveys.ask(late) == 3
    survey = Survey.objects.get(action=actions[0])
    [letter] = surveys.letters(survey)
    [mail] = surveys.compose([survey.envelope]).values()
    answer = client.post(
        surveys.path(survey), {"letter": surveys.name(survey, letter), "answer": "substance"}
    )

    assert answer.status_code == 303
    assert "In the mail of November 24, 2026" in client.get(surveys.path(survey)).content.decode()
    # An answer to the whole mail is nobody's own, so there is no address to forward it to.
    assert "forward" not in mail.text
    [rate] = rates.of([form.campaign])
    assert (rate.delivered, rate.asked, rate.answered, rate.substance) == (3, 3, 1, 1)
