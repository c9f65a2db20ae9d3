"""The list of mails in the back office, and what becomes of those in doubt."""

import re

import pytest
from django.contrib.auth.models import Permission, User
from django.test import Client
from django.utils import timezone

from plaidoyer.mail import envelopes
from plaidoyer.mail.models import Envelope
from plaidoyer.testing import make_organiser

pytestmark = pytest.mark.django_db


@pytest.fixture
def doubtful():
    [envelope] = envelopes.queue(kind="note", to_addresses=["vale@ministry.example"])
    Envelope.objects.update(state="leased")
    Envelope.objects.update(state="in_doubt", begun_at=timezone.now(), reply="lost")
    return envelope


def test_the_list_shows_state_and_words_and_offers_two_ways_out(client, doubtful):
    client.force_login(make_organiser())

    page = client.get("/admin/mail/", {"state": "in_doubt"}).text

    assert "vale@ministry.example" in page
    assert "lost" in page
    assert "It arrived" in page
    assert "Send it again" in page
    assert "/admin/mail/new/" not in page


@pytest.mark.parametrize("query", ["?state=accepted", "?q=suzie", "?kind=letter"])
def test_the_list_can_be_narrowed(client, doubtful, query):
    client.force_login(make_organiser())

    assert "vale@ministry.example" not in client.get(f"/admin/mail/{query}").text


def test_the_buttons_work_as_a_browser_presses_them(doubtful):
    client = Client(enforce_csrf_checks=True)
    client.force_login(make_organiser())
    page = client.get("/admin/mail/").text
    form = page[page.index("/admin/mail/settle/") :]
    fields = dict(re.findall(r'name="(csrfmiddlewaretoken|back)" value="([^"]+)"', form))

    answer = client.post(f"/admin/mail/settle/{doubtful.pk}/", {**fields, "verdict": "arrived"})

    assert (answer.status_code, answer["Location"]) == (302, "/admin/mail/")
    doubtful.refresh_from_db()
    assert doubtful.state == "accepted"


@pytest.mark.parametrize(
    "back", ["https://evil.example/", "//evil.example", "javascript:x", "\x00"]
)
def test_nobody_is_led_elsewhere(client, doubtful, back):
    client.force_login(make_organiser())

    answer = client.post(f"/admin/mail/settle/{doubtful.pk}/", {"back": back})

    assert answer["Location"] == "/admin/mail/"


@pytest.mark.parametrize(("verdict", "state"), [("arrived", "accepted"), ("again", "queued")])
def test_an_organiser_settles_a_doubt(client, doubtful, verdict, state):
    client.force_login(make_organiser())

    for _ in range(2):
        page = client.post(f"/admin/mail/settle/{doubtful.pk}/", {"verdict": verdict}, follow=True)

    doubtful.refresh_from_db()
    assert doubtful.state == state
    assert "somebody was faster" in page.text


def test_looking_changes_nothing(client, doubtful):
    client.force_login(make_organiser())

    assert client.get(f"/admin/mail/settle/{doubtful.pk}/").status_code == 405


def test_who_may_only_look_settles_nothing(client, doubtful):
    mallory = User.objects.create_user("mallory", is_staff=True)
    may = Permission.objects.filter(codename__in=["access_admin", "view_envelope"])
    mallory.user_permissions.set(may)
    client.force_login(mallory)

    assert "It arrived" not in client.get("/admin/mail/").text
    client.post(f"/admin/mail/settle/{doubtful.pk}/", {"verdict": "arrived"})

    doubtful.refresh_from_db()
    assert doubtful.state == "in_doubt"


@pytest.mark.parametrize("query", ["?q=%00", "?state=%00", "?queued_at_from=x", "?p=x", "?q=%ff"])
def test_strange_questions_get_an_answer(client, query):
    client.force_login(make_organiser())

    assert client.get(f"/admin/mail/{query}").status_code in {200, 404}
