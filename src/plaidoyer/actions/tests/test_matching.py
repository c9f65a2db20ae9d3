"""Behind the request: whose act it is, and the mail that asks to confirm it."""

import threading

import pytest
from django.db import connection, transaction

from plaidoyer.actions import confirmations, intake, matching
from plaidoyer.actions.models import Action, Match
from plaidoyer.mail.kinds import COMPOSERS
from plaidoyer.mail.models import Envelope
from plaidoyer.supporters.models import Supporter
from plaidoyer.testing import mails, make_form

pytestmark = pytest.mark.django_db


def sign(form, email="suzie@post.example", **facts):
    facts = {"given_name": "Suzie", "family_name": "Roy", "language": "fr", "page": "/"} | facts
    return intake.append(form, email=email, **facts)


def sent():
    """The envelopes queued so far, in their order, as (kind, address)."""
    return mails()


def test_spellings_of_one_mailbox_are_one_supporter():
    form = make_form()
    for email in ["Suzie@Post.example", "suzie+pre@post.example", "laura@post.example"]:
        sign(form, email)

    assert matching.match_pending() == 3

    found = {one.email for one in Supporter.objects.all()}
    assert found == {"laura@post.example", "Suzie@Post.example"}


def test_a_stranger_cannot_write_names_for_somebody():
    sign(make_form(), given_name="Buy pills")

    matching.match_pending()

    suzie = Supporter.objects.get()
    assert (suzie.given_name, suzie.family_name) == ("", "")


def test_matching_again_changes_nothing():
    sign(make_form())

    assert matching.match_pending() == 1
    assert matching.match_pending() == 0
    assert matching.match(Action.objects.all()) == []
    assert len(sent()) == 1


def test_it_takes_as_many_statements_for_many_as_for_few(django_assert_max_num_queries):
    form = make_form()
    for number in range(120):
        sign(form, f"s{number}@post.example")

    with django_assert_max_num_queries(20):
        assert matching.match_pending() == 120

    assert len(sent()) == 120


def test_acts_are_matched_in_batches():
    form = make_form()
    for number in range(5):
        sign(form, f"s{number}@post.example")

    assert [matching.match_pending(limit=2) for _time in range(4)] == [2, 2, 1, 0]


def test_the_confirmation_goes_to_the_address_as_typed():
    sign(make_form(), "Suzie+pre@post.example")

    matching.match_pending()

    assert sent() == [("confirmation", "Suzie+pre@post.example")]
    assert Envelope.objects.get().urgency == 20


def test_who_counts_already_gets_another_mail():
    form = make_form()
    confirmations.confirm(sign(form))
    sign(form, "SUZIE@post.example")
    matching.match_pending()

    [(_envelope, message)] = COMPOSERS["confirmation"](list(Envelope.objects.all())).items()
    assert "/withdrawal/" in message.text
    assert "/confirmation/" not in message.text


def test_who_counts_on_another_form_is_asked():
    first = make_form()
    confirmations.confirm(sign(first))
    sign(make_form(first.campaign))
    matching.match_pending()

    assert [kind for kind, _address in sent()] == ["confirmation"]


def test_nobody_is_flooded_with_our_mail():
    form = make_form()
    for number in range(7):
        sign(form, f"suzie+{number}@post.example")
        matching.match_pending()
    sign(form, "laura@post.example")
    matching.match_pending()

    assert [address for _kind, address in sent()] == [
        "suzie+0@post.example",
        "suzie+1@post.example",
        "suzie+2@post.example",
        "suzie+3@post.example",
        "suzie+4@post.example",
        "laura@post.example",
    ]
    assert Match.objects.count() == 8


def test_all_forms_together_send_ten_mails_a_day_at_most():
    form = make_form()
    for _form in range(3):
        other = make_form(form.campaign)
        for _time in range(5):
            sign(other)
    matching.match_pending()

    assert len(sent()) == 10


def test_a_day_later_one_may_be_asked_again():
    form = make_form()
    for _time in range(5):
        sign(form)
    matching.match_pending()
    Envelope.objects.update(queued_at="2026-01-01T00:00Z")

    sign(form)
    matching.match_pending()

    assert len(sent()) == 6


@pytest.mark.parametrize("language", ["fr", "en"])
@pytest.mark.parametrize("counted", [False, True])
def test_the_mails_are_written_in_the_language_of_the_act(language, counted):
    form = make_form()
    if counted:
        confirmations.confirm(sign(form))
    sign(form, given_name="Buy pills", language=language)
    matching.match_pending()

    envelope = Envelope.objects.get()
    message = COMPOSERS["confirmation"]([envelope])[envelope.pk]

    assert message.language == language
    assert form.name[language] in message.subject
    assert "\n" not in message.subject
    for part in (message.text, message.html):
        assert f"/{language}/withdrawal/" in part
        assert form.name[language] in part
        assert "Buy pills" not in part
    assert (f"/{language}/confirmation/" in message.text) is not counted


def test_no_mail_asks_for_what_was_confirmed_meanwhile():
    act = sign(make_form())
    matching.match_pending()
    confirmations.confirm(act)

    assert COMPOSERS["confirmation"](list(Envelope.objects.all())) == {}


@pytest.mark.django_db(transaction=True)
def test_an_act_whose_transaction_commits_late_is_found():
    form = make_form()
    begun, go_on = threading.Event(), threading.Event()

    def slow():
        with transaction.atomic():
            sign(form, "late@post.example")
            begun.set()
            go_on.wait(10)
        connection.close()

    thread = threading.Thread(target=slow)
    thread.start()
    begun.wait(10)
    for number in range(3):
        sign(form, f"s{number}@post.example")
    assert matching.match_pending() == 3
    go_on.set()
    thread.join()

    assert matching.match_pending() == 1


def test_an_act_out_of_reach_waits_for_the_nightly_pass():
    form = make_form()
    old = sign(form, "old@post.example")
    new = sign(form)
    matching.match([new])

    assert matching.match_pending(reach=old.pk - new.pk + 1) == 0
    assert matching.match_pending(reach=None) == 1


@pytest.mark.django_db(transaction=True)
def test_many_matchers_do_the_work_once():
    form = make_form()
    for number in range(50):
        sign(form, f"s{number}@post.example")

    def run():
        for _time in range(10):
            matching.match_pending(limit=5)
        connection.close()

    threads = [threading.Thread(target=run) for _thread in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    while matching.match_pending():
        pass

    assert Match.objects.count() == Envelope.objects.count() == 50
