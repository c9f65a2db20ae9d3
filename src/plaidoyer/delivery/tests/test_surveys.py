"""Writers are asked whether their letters were answered, and targets' shares follow from it."""

from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils import timezone

from plaidoyer.actions import confirmations
from plaidoyer.delivery import letters
from plaidoyer.delivery.models import Letter, RateRelease, Survey, SurveyAnswer
from plaidoyer.delivery.replies import collecting, rates, surveys
from plaidoyer.delivery.tests.test_letters import another_target
from plaidoyer.delivery.tests.test_replies import accepted_letter
from plaidoyer.mail import messages, returns
from plaidoyer.mail.models import Envelope, Suppression
from plaidoyer.supporters import privacy
from plaidoyer.supporters.models import Supporter
from plaidoyer.testing import make_form, make_organiser, make_pages

pytestmark = pytest.mark.django_db


def later(days: int):
    return timezone.now() + timedelta(days=days)


def arrive(*envelopes: Envelope) -> None:
    for state in ("leased", "accepted"):
        Envelope.objects.filter(pk__in=[one.pk for one in envelopes]).update(
            state=state, ended_at=timezone.now()
        )


def ask_twice() -> None:
    """Both waves for letters accepted just now, the first one's mail taken by its server."""
    surveys.ask(later(14))
    Envelope.objects.filter(kind="survey").update(queued_at=later(14))
    arrive(*Envelope.objects.filter(kind="survey"))
    surveys.ask(later(22))


def test_writers_are_asked_after_two_weeks_and_not_before():
    accepted_letter(days=0)

    assert surveys.ask(later(13)) == 0
    assert surveys.ask(later(15)) == 1
    assert surveys.ask(later(15)) == 0
    assert Survey.objects.get().envelope.to_address == "laura@home.example"


def test_the_second_question_goes_to_the_silent_only():
    form = make_form(kind="letter")
    accepted_letter(form, days=0)
    suzie = accepted_letter(form, days=0, name="suzie")
    surveys.ask(later(14))
    Envelope.objects.filter(kind="survey").update(queued_at=later(14))
    arrive(*Envelope.objects.filter(kind="survey"))
    surveys.answer(Survey.objects.get(action=suzie.action), suzie, "none")

    assert surveys.ask(later(20)) == 0
    assert surveys.ask(later(22)) == 1
    assert surveys.ask(later(22)) == 0
    assert surveys.ask(later(30)) == 0
    assert Survey.objects.get(wave=2).action.email == "laura@home.example"


def test_a_writer_of_several_letters_gets_one_question():
    form = make_form(kind="letter")
    another_target(form, address="clerk@ministry.example")
    accepted_letter(form, days=0)

    assert surveys.ask(later(15)) == 1

    [message] = surveys.compose([Survey.objects.get().envelope]).values()
    for letter in Letter.objects.all():
        assert returns.reply_address(letter.envelope) in message.text
    assert "2 letters" in message.subject


def withdraw(letter):
    confirmations.withdraw(letter.action)


def erase(letter):
    privacy.erase(Supporter.objects.get())


def suppress(letter):
    Suppression.objects.create(address="laura@home.example", reason="complained")


def stop(letter):
    surveys.stop(Supporter.objects.get())


def turn_off(letter):
    surveys.choose(letter.action.form, is_on=False, by=make_organiser())


def bounce(letter):
    Envelope.objects.filter(letter=letter).update(state="bounced")


@pytest.mark.parametrize("reason", [withdraw, erase, suppress, stop, turn_off, bounce])
def test_nobody_is_asked_who_must_not_be(reason):
    letter = accepted_letter(days=0)

    reason(letter)

    assert surveys.ask(later(15)) == 0


@pytest.mark.parametrize("reason", [withdraw, erase, stop, bounce])
def test_a_question_that_waits_is_not_sent_any_more(reason):
    letter = accepted_letter(days=0)
    surveys.ask(later(15))
    envelope = Survey.objects.get().envelope

    reason(letter)

    assert surveys.compose([envelope]) == {}


@pytest.mark.parametrize("state", ["queued", "leased", "in_doubt", "refused"])
def test_nobody_is_asked_of_a_letter_that_was_not_taken(state):
    action = accepted_letter(days=0).action
    Letter.objects.all().delete()
    letters.write([action])
    for step in ("leased", state) if state != "queued" else ():
        Envelope.objects.filter(letter__action=action).update(state=step, ended_at=timezone.now())

    assert surveys.ask(later(15)) == 0


def test_a_letter_of_long_ago_is_let_rest():
    accepted_letter(days=60)

    assert surveys.ask() == 0


def test_a_survey_turned_off_can_be_turned_on():
    letter, ed = accepted_letter(days=0), make_organiser()
    surveys.choose(letter.action.form, is_on=False, by=ed)
    surveys.choose(letter.action.form, is_on=True, by=ed)

    assert surveys.ask(later(15)) == 1


@pytest.mark.parametrize(("language", "why"), [("en", "because you wrote"), ("fr", "/fr/replies/")])
def test_the_mail_says_why_it_comes_and_how_to_stop_it(language, why):
    accepted_letter(days=0, language=language)
    surveys.ask(later(15))
    envelope = Survey.objects.get().envelope

    message = surveys.compose([envelope])[envelope.pk]
    raw = messages.build(envelope, message).decode()

    for words in (message.text, message.html):
        assert why in words
        assert f"/{language}/replies/stop/" in words
    assert "List-Unsubscribe-Post: List-Unsubscribe=One-Click" in raw


@pytest.fixture
def asked(client):
    letter = accepted_letter(days=0)
    surveys.ask(later(15))
    return letter, surveys.path(Survey.objects.get())


def test_opening_the_page_answers_nothing(client, asked):
    _letter, path = asked

    answer = client.get(path)
    client.head(path)

    assert "Did Ada Vale, Minister of Waters reply?" in answer.content.decode()
    assert "no-store" in answer["Cache-Control"]
    assert not SurveyAnswer.objects.exists()


def test_one_press_answers_and_another_changes_it(client, asked):
    letter, path = asked
    uid = surveys.name(Survey.objects.get(), letter)

    for said in ("none", "none", "substance"):
        answer = client.post(path, {"letter": uid, "answer": said})

    assert answer.status_code == 303
    assert list(SurveyAnswer.objects.values_list("answer", flat=True)) == ["none", "substance"]
    assert collecting.replied().get() == letter
    assert "Thank you" in client.get(f"{path}?done").content.decode()


@pytest.mark.parametrize(
    "sent", [{}, {"answer": "substance"}, {"answer": "x", "letter": "\x00"}, {"letter": "²"}]
)
def test_a_press_that_says_nothing_is_told(client, asked, sent):
    _letter, path = asked

    answer = client.post(path, sent)

    assert answer.status_code == 422
    assert "Press one of the buttons below." in answer.content.decode()


def test_one_cannot_answer_for_another(client, asked):
    _letter, path = asked
    survey = Survey.objects.get()
    other = accepted_letter(survey.form, days=0, name="suzie")

    answer = client.post(path, {"letter": surveys.name(survey, other), "answer": "none"})

    assert answer.status_code == 422


def test_stopping_takes_one_press_and_opening_stops_nothing(client, asked):
    stop_path = surveys.stop_path(Survey.objects.get())

    client.get(stop_path)
    assert not hasattr(Supporter.objects.get(), "survey_stop")
    for _twice in range(2):
        assert client.post(stop_path, {"List-Unsubscribe": "One-Click"}).status_code == 200

    assert Supporter.objects.get().survey_stop
    assert Survey.objects.get().envelope.state == "cancelled"


def test_the_database_refuses_a_third_wave_and_a_second_question(asked):
    from django.db import IntegrityError, transaction

    survey = Survey.objects.get()
    for wave in (1, 3):
        survey.pk, survey.wave = None, wave
        with pytest.raises(IntegrityError), transaction.atomic():
            survey.save(force_insert=True)


def answered(form, yes: int, no: int, *, automatic: int = 0) -> None:
    """That many writers told."""
    said = ["substance"] * yes + ["none"] * no + ["automatic"] * automatic + ["unsaid"]
    for number, answer in enumerate(said):
        letter = accepted_letter(form, days=0, name=f"writer{number}")
        survey = Survey.objects.create(
            form=form,
            supporter=letter.action.confirmation.supporter,
            wave=1,
            action=letter.action,
            envelope=Envelope.objects.create(kind="survey", to_address="x@home.example"),
        )
        surveys.answer(survey, letter, "none")
        surveys.answer(survey, letter, answer)


def test_rates_are_over_delivered_letters_and_told_from_ten_answers_on():
    form = make_form(kind="letter")
    answered(form, yes=4, no=5, automatic=1)
    refused = accepted_letter(form, days=0, name="bounced")
    bounce(refused)

    [rate] = rates.of([form.campaign])

    assert (rate.delivered, rate.asked, rate.answered) == (11, 11, 10)
    assert (rate.replied, rate.automatic, rate.percent) == (4, 1, 40)
    assert rate.interval == (16, 69)
    [_header, row] = rates.table([rate])
    assert row[2:11] == [11, 11, 10, 4, 0, 1, 40, 16, 69]


def test_under_ten_answers_no_share_is_given():
    form = make_form(kind="letter")
    answered(form, yes=9, no=0)

    [rate] = rates.of([form.campaign])

    assert (rate.percent, rate.interval) == (None, None)
    assert rates.table([rate])[1][8:11] == ["", "", ""]


def test_the_public_page_shows_shares_only_where_an_organiser_lets_it(client):
    form = make_form(kind="letter")
    pages = make_pages(form)
    address = pages["en"].get_parent().get_url()
    answered(form, yes=6, no=5)

    assert "Who answers" not in client.get(address).content.decode()
    ed = make_organiser()
    client.force_login(ed)
    for on in ("1", "0", "1"):
        client.post(reverse("reply_rates"), {"turn": "shown", "key": form.campaign.pk, "on": on})
    client.logout()

    html = client.get(address).content.decode()
    assert "Who answers" in html
    assert "6 of 11 writers" in html
    assert "How this is counted" in html


def test_organisers_see_rates_turn_surveys_off_and_download(client):
    form = make_form(kind="letter")
    answered(form, yes=2, no=1)
    client.force_login(make_organiser())

    html = client.get(reverse("reply_rates")).content.decode()
    assert "too few to tell" in html
    client.post(reverse("reply_rates"), {"turn": "survey", "key": form.pk, "on": "0"})
    file = client.get(reverse("reply_rates"), {"csv": "", "campaign": form.campaign.pk})

    assert surveys.off() == [form.pk]
    assert file["Content-Type"] == "text/csv; charset=utf-8"
    assert "Save the river meadow,Minister of Waters" in file.content.decode("utf-8-sig")


@pytest.mark.parametrize("key", ["", "x", "9" * 30, "²", "0"])
def test_a_turn_of_nothing_is_refused_gently(client, key):
    client.force_login(make_organiser())

    sent = client.post(reverse("reply_rates"), {"turn": "shown", "key": key, "on": "1"})

    assert (sent.status_code, RateRelease.objects.exists()) == (302, False)
    assert client.get(reverse("reply_rates"), {"campaign": key}).status_code == 200
