"""The reader's own page: topics, language, a pause, the end; opened by the mail's own link."""

import pytest
from django.conf import settings
from django.test import Client

from plaidoyer.lib.words import Words
from plaidoyer.newsletters import copies, mailings
from plaidoyer.newsletters.models import Copy, Mailing, Topic
from plaidoyer.newsletters.topics import preferences
from plaidoyer.testing import make_reader

from .test_mailings import make_mailing

pytestmark = pytest.mark.django_db


@pytest.fixture
def suzie():
    return make_reader("suzie")


@pytest.fixture
def topics():
    return [
        Topic.objects.create(code=code, name=Words(fr=code, en=code)) for code in ("urgent", "long")
    ]


@pytest.fixture
def bare_client():
    """No cookie, no token but the one in the address."""
    return Client(enforce_csrf_checks=True)


def path(reader):
    return copies.unsubscribe_url(reader).removeprefix(settings.BASE_URL) + "preferences/"


def waiting(reader):
    return Copy.objects.get(supporter=reader).envelope.state


def test_reading_the_page_changes_nothing_and_sets_no_cookie(bare_client, suzie, topics):
    mailings.freeze(make_mailing())

    for method in (bare_client.get, bare_client.head):
        answer = method(path(suzie))
        assert answer.status_code == 200
        assert not answer.cookies
        assert "no-store" in answer["Cache-Control"]
    assert waiting(suzie) == "queued"
    assert preferences.unwanted(suzie) == set()


def test_topics_are_chosen_with_a_proof_and_keep_what_waits_from_leaving(
    bare_client, suzie, topics
):
    mailing = make_mailing()
    Mailing.objects.filter(pk=mailing.pk).update(topic=topics[0])
    mailings.freeze(Mailing.objects.get(pk=mailing.pk))

    chosen = {"topics": [topics[1].pk], "language": "fr", "do": "choose"}
    answer = bare_client.post(path(suzie), chosen)

    assert answer.status_code == 303
    assert preferences.unwanted(suzie) == {topics[0].pk}
    assert waiting(suzie) == "cancelled"
    suzie.refresh_from_db()
    assert suzie.language == "fr"
    last = suzie.consents.filter(purpose="topic:urgent").latest("pk")
    assert (last.answer, last.page) == ("withdrawn", "/u/…/preferences/")
    bare_client.post(path(suzie), {**chosen, "topics": [one.pk for one in topics]})
    assert preferences.unwanted(suzie) == set()
    assert suzie.consents.filter(purpose="topic:urgent").latest("pk").answer == "given"


def test_a_pause_is_begun_and_ended(bare_client, suzie):
    mailings.freeze(make_mailing())

    bare_client.post(path(suzie), {"do": "pause"})
    assert preferences.paused_until(suzie)
    assert waiting(suzie) == "cancelled"
    assert suzie.subscriptions.filter(ended_at=None).exists()
    bare_client.post(path(suzie), {"do": "resume"})

    assert preferences.paused_until(suzie) is None


def test_everything_ends_by_one_button_as_often_as_it_is_pressed(bare_client, suzie):
    for _twice in range(2):
        assert bare_client.post(path(suzie), {"do": "leave"}).status_code == 303

    assert not suzie.subscriptions.filter(ended_at=None).exists()
    assert "You get no newsletters from us." in bare_client.get(path(suzie)).content.decode()


@pytest.mark.parametrize("sent", [{}, {"do": "x"}, {"do": "choose", "topics": ["1", "x"]}])
def test_what_cannot_be_is_told_and_changes_nothing(bare_client, suzie, topics, sent):
    assert bare_client.post(path(suzie), sent).status_code == 422
    assert preferences.unwanted(suzie) == set()
