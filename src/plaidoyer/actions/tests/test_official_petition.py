"""Suzie is sent to the parliament's site, and tells us what came of it."""

import datetime
import re

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from plaidoyer.actions import counting, matching
from plaidoyer.actions.kinds.official_petition import reminders
from plaidoyer.actions.kinds.official_petition.models import Reminder
from plaidoyer.actions.messages import compose, confirmation_path, withdrawal_path
from plaidoyer.actions.models import Action, ActionForm, Confirmation
from plaidoyer.civics.models import Organization
from plaidoyer.lib.words import Words
from plaidoyer.mail.models import Envelope
from plaidoyer.parliament.models import OfficialPetition, PetitionSnapshot
from plaidoyer.supporters import privacy
from plaidoyer.supporters.models import Supporter
from plaidoyer.testing import make_campaign, make_form, make_organiser, make_pages

pytestmark = pytest.mark.django_db
SUZIE = {"given_name": "Suzie", "family_name": "Roy", "email": "suzie@post.example"}
MAIL = "petition_reminder"


@pytest.fixture
def petition():
    house = Organization.objects.create(name=Words(fr="Chambre", en="House"))
    petition = OfficialPetition.objects.create(
        legislature=house,
        identifier="e-4821",
        title=Words(fr="Eau claire", en="Clear water"),
        url=Words(fr="https://chambre.example/fr/e-4821", en="https://chambre.example/en/e-4821"),
        sponsor="Ada Vale",
        closes_on=timezone.localdate() + datetime.timedelta(days=30),
    )
    PetitionSnapshot.objects.create(
        petition=petition,
        signatures=82_317,
        taken_at=datetime.datetime(2026, 11, 1, 12, tzinfo=datetime.UTC),
        source="https://chambre.example/counts",
    )
    return petition


@pytest.fixture
def form(petition):
    return make_form(kind="official_petition", options={"petition": petition.pk}, goal=100)


def answer(client, form, said="signed", language="en", **typed):
    return client.post(f"/{language}/actions/{form.public_id}/", {**SUZIE, "answer": said, **typed})


def confirmed(client, form, said="signed", **typed):
    """An answer whose author followed the link of the mail."""
    answer(client, form, said, **typed)
    action = Action.objects.latest("id")
    matching.match_pending()
    client.post(confirmation_path(action))
    return action


def later(**passed):
    Reminder.objects.update(asked_at=timezone.now() - datetime.timedelta(**passed))


def counted(form):
    counting.advance()
    return counting.confirmed([form])[form.pk].value


@pytest.mark.parametrize(("language", "figure"), [("en", "82,317"), ("fr", "82\u202f317")])
def test_the_page_shows_the_official_figure_apart_with_its_moment_and_source(
    client, form, language, figure
):
    page = client.get(make_pages(form)[language].get_url()).content.decode()

    assert figure in page
    assert "https://chambre.example/counts" in page
    assert f"https://chambre.example/{language}/e-4821" in page
    assert "Ada Vale" in page
    assert "2026" in page


def test_our_figure_and_theirs_are_never_added(client, form):
    confirmed(client, form)
    counted(form)

    page = client.get(make_pages(form)["en"].get_url()).content.decode()

    assert "82,317" in page
    assert "82,318" not in page
    assert re.search(r"<b>1</b>\s*<span>person told us they signed</span>", page)


def test_the_page_is_the_same_for_everybody_and_small(client, form):
    answer_ = client.get(make_pages(form)["en"].get_url())

    assert "Set-Cookie" not in answer_.headers
    assert "public" in answer_.headers["Cache-Control"]
    assert len(answer_.content) < 30_000


def test_who_says_they_signed_counts_once_confirmed(client, form):
    assert answer(client, form).status_code == 303
    assert counted(form) == 0
    confirmed(client, form, email="laura@post.example")
    assert counted(form) == 1


def test_an_answer_takes_three_queries_one_of_them_a_write(client, form):
    with CaptureQueriesContext(
        connection,
    ) as queries:
        answer(client, form)

    writes = [one for one in queries if not one["sql"].lstrip().upper().startswith("SELECT")]
    assert len(queries) <= 3
    assert len(writes) == 1


@pytest.mark.parametrize("said", ["", "maybe", "signed\x00"])
def test_no_answer_is_told_beside_the_field(client, form, said):
    make_pages(form)

    page = answer(client, form, said)

    assert page.status_code == 422
    assert "answer" in page.context["form"].errors
    assert not Action.objects.exists()


def test_a_wish_to_be_reminded_never_counts(client, form):
    wish = confirmed(client, form, "remind")

    assert counted(form) == 0
    assert not Confirmation.objects.exists()
    assert Reminder.objects.get().action == wish
    assert "It is noted" in client.get(confirmation_path(wish)).content.decode()


@pytest.mark.parametrize(("said", "told"), [("remind", "is noted"), ("signed", "counts")])
def test_nothing_says_that_a_wish_to_be_reminded_will_count(client, form, said, told):
    make_pages(form)
    page = client.get(answer(client, form, said).headers["Location"]).content.decode()
    matching.match_pending()
    [mail] = compose(list(Envelope.objects.all())).values()

    assert ("Only then is it noted" in page) == (said == "remind")
    assert f"It {told} once you confirm" in mail.text
    assert f"It {told} once you confirm" in mail.html


def test_nobody_is_reminded_who_did_not_confirm(client, form):
    answer(client, form, "remind")
    matching.match_pending()
    later(days=4)

    assert reminders.send_due() == 0


def test_one_reminder_leaves_after_three_days_and_never_another(client, form):
    confirmed(client, form, "remind")
    later(days=2, hours=23)
    assert reminders.send_due() == 0

    later(days=3, minutes=1)
    assert reminders.send_due() == 1
    assert reminders.send_due() == 0

    [envelope] = Envelope.objects.filter(kind=MAIL)
    message = reminders.compose([envelope])[envelope.pk]
    assert envelope.to_address == "suzie@post.example"
    assert "https://chambre.example/en/e-4821" in message.text
    assert "only reminder" in message.text
    assert "Suzie" not in message.text


def test_who_asks_again_is_not_reminded_twice(client, form):
    confirmed(client, form, "remind")
    later(days=4)
    reminders.send_due()

    again = confirmed(client, form, "remind", email="Suzie+b@post.example")
    later(days=4)

    assert reminders.send_due() == 0
    assert "It is noted" in client.get(confirmation_path(again)).content.decode()


def test_who_took_the_wish_back_and_asks_again_after_the_reminder_gets_none(client, form):
    wish = confirmed(client, form, "remind")
    later(days=4)
    reminders.send_due()
    client.post(withdrawal_path(wish))
    confirmed(client, form, "remind")
    later(days=4)

    assert reminders.send_due() == 0


def test_a_wish_taken_back_sends_nothing(client, form):
    wish = confirmed(client, form, "remind")

    client.post(withdrawal_path(wish))
    later(days=4)

    assert reminders.send_due() == 0
    assert "You took this back" in client.get(withdrawal_path(wish)).content.decode()


def test_who_signed_meanwhile_counts_and_is_not_reminded(client, form):
    confirmed(client, form, "remind")
    confirmed(client, form, "signed")
    later(days=4)

    assert counted(form) == 1
    assert reminders.send_due() == 0


def test_a_reminder_on_its_way_is_not_sent_once_they_signed(client, form):
    confirmed(client, form, "remind")
    later(days=4)
    reminders.send_due()
    confirmed(client, form, "signed")

    assert reminders.compose(list(Envelope.objects.filter(kind=MAIL))) == {}


@pytest.mark.parametrize("what", ["petition", "supporter"])
def test_nothing_is_sent_for_a_closed_petition_or_an_erased_supporter(client, form, petition, what):
    confirmed(client, form, "remind")
    later(days=4)
    if what == "petition":
        petition.closes_on = timezone.localdate() - datetime.timedelta(days=1)
        petition.save()
    else:
        privacy.erase(Supporter.objects.get())

    assert reminders.send_due() == 0


def test_one_press_from_the_reminder_says_that_one_has_signed(client, form):
    confirmed(client, form, "remind")
    later(days=4)
    reminders.send_due()
    [envelope] = Envelope.objects.filter(kind=MAIL)
    text = reminders.compose([envelope])[envelope.pk].text
    path = re.search(r"https?://[^/\s]+(/\S*official_petition\S*)", text)[1]

    page = client.get(path)
    assert "Have you signed" in page.content.decode()
    assert page.headers["Cache-Control"] == "private, no-store"
    assert counted(form) == 0
    assert client.post(path).status_code == 303
    assert client.post(path, follow=True).status_code == 200
    assert counted(form) == 1
    assert Action.objects.filter(facts__answer="signed").count() == 1


@pytest.mark.parametrize("token", ["x", "a.b.c", "%00", "é" * 300])
def test_a_wrong_link_says_so(client, form, token):
    path = f"/en/actions/{form.public_id}/official_petition/signed/{token}/"
    assert client.get(path).status_code == 404
    assert client.post(path).status_code == 404


def test_a_closed_petition_still_takes_the_word_of_who_signed(client, form, petition):
    petition.closes_on = timezone.localdate() - datetime.timedelta(days=1)
    petition.save()

    page = client.get(make_pages(form)["en"].get_url()).content.decode()

    assert "takes no signatures now" in page
    assert "Sign on the parliament’s site</a>" not in page


def test_ed_chooses_the_petition_of_a_form(client, petition):
    client.force_login(make_organiser())
    campaign = make_campaign()
    sheet = {
        "campaign": campaign.pk,
        "name_fr": "Signez",
        "name_en": "Sign",
        "opens_at": "2026-01-01 08:00",
        "challenge": "trouble",
    }
    address = "/admin/forms/new/?kind=official_petition"

    refused = client.post(address, {**sheet, "options-petition": "999"})
    assert "options-petition" in refused.context["form"].errors
    client.post(address, {**sheet, "options-petition": petition.pk})

    assert ActionForm.objects.get().options == {"petition": petition.pk}
