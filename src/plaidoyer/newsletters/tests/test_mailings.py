from concurrent.futures import ThreadPoolExecutor

import pytest
from django.conf import settings
from django.db import connection
from django.test import Client

from plaidoyer.lib import tokens
from plaidoyer.mail import kinds, suppressions
from plaidoyer.mail.models import Envelope
from plaidoyer.newsletters import copies, mailings, unsubscriptions
from plaidoyer.newsletters.mailings import GIVEN_NAME, UNSUBSCRIBE_URL, Words
from plaidoyer.newsletters.models import Copy, Mailing
from plaidoyer.testing import make_reader

pytestmark = pytest.mark.django_db


def make_mailing(**texts: str) -> Mailing:
    """A mailing that greets its reader, in French and English."""
    greetings = {"fr": "Bonjour", "en": "Hello"}
    return mailings.create(
        name="News",
        versions={
            language: Words(
                subject=f"{hello} <b>",
                html=f"<p>{hello}{GIVEN_NAME}, {{given_name}}</p><a href='{UNSUBSCRIBE_URL}'>x</a>",
                text=f"{hello}{GIVEN_NAME},\n{UNSUBSCRIBE_URL}",
            )
            for language, hello in greetings.items()
        },
    )


def composed(supporter):
    copy = Copy.objects.get(supporter=supporter)
    return copies.compose([copy.envelope]).get(copy.envelope_id)


def test_everybody_subscribed_gets_one_copy_however_often_it_is_frozen():
    suzie, laura = make_reader("suzie"), make_reader("laura", language="fr")
    gone = make_reader("charlie")
    unsubscriptions.unsubscribe(gone)
    mailing = make_mailing()

    assert mailings.freeze(mailing) == 2
    assert mailings.freeze(mailing) == 0

    readers = {copy.supporter: copy.envelope for copy in mailing.copies.all()}
    assert set(readers) == {suzie, laura}
    assert kinds.address(readers[suzie]) == suzie.email
    assert {(e.state, e.kind) for e in readers.values()} == {("queued", "mailing")}


def test_a_suppressed_address_is_left_out():
    suzie = make_reader("suzie")
    suppressions.suppress(suzie.email, reason="bounced")

    assert mailings.freeze(make_mailing()) == 0


def test_who_subscribes_after_the_freeze_waits_for_the_next_mailing():
    mailing = make_mailing()
    mailings.freeze(mailing)
    make_reader("suzie")

    assert mailings.freeze(mailing) == 0
    assert not mailing.copies.exists()


def test_freezing_many_readers_takes_few_statements(django_assert_max_num_queries):
    for n in range(30):
        make_reader(f"reader{n}")
    mailing = make_mailing()

    with django_assert_max_num_queries(14):  # one of them addresses everybody
        assert mailings.freeze(mailing) == 30


@pytest.mark.django_db(
    transaction=True,
    available_apps=["plaidoyer.newsletters", "plaidoyer.mail", "plaidoyer.supporters"],
)
def test_two_who_freeze_at_once_address_nobody_twice():
    for n in range(20):
        make_reader(f"reader{n}")
    mailing = make_mailing()

    def freeze(_n):
        try:
            return mailings.freeze(mailing)
        finally:
            connection.close()

    with ThreadPoolExecutor(4) as pool:
        assert sorted(pool.map(freeze, range(4))) == [0, 0, 0, 20]
    assert Envelope.objects.count() == 20


def test_a_reader_reads_their_language_and_their_name():
    suzie, laura = make_reader("suzie"), make_reader("laura", language="fr-CA")
    mailings.freeze(make_mailing())

    assert composed(suzie).subject == "Hello <b>"
    assert composed(suzie).text.startswith("Hello Suzie,\nhttp://localhost:8000/u/")
    assert composed(laura).text.startswith("Bonjour Laura,")
    assert composed(laura).language == "fr"


def test_a_language_we_have_no_words_for_falls_back_to_the_sites():
    suzie = make_reader("suzie", language="de")
    mailings.freeze(make_mailing())

    assert composed(suzie).language == settings.LANGUAGE_CODE


def test_names_are_words_not_markup_nor_slots():
    hostile = f"<b>{{0}}{UNSUBSCRIBE_URL}"
    mallory = make_reader("mallory", given_name=hostile)
    mailings.freeze(make_mailing())

    message = composed(mallory)
    assert "&lt;b&gt;{0}" in message.html
    assert "{given_name}" in message.html
    assert f"Hello {hostile},\n" in message.text


def test_a_reader_without_a_name_is_greeted_without_one():
    reader = make_reader("nobody", given_name="")
    mailings.freeze(make_mailing())

    assert composed(reader).text.startswith("Hello,\n")


def test_the_headers_are_those_of_one_click():
    suzie = make_reader("suzie")
    mailings.freeze(make_mailing())

    headers = composed(suzie).headers
    token = tokens.make("unsubscribe", suzie.uid)
    assert headers["List-Unsubscribe"] == f"<http://localhost:8000/u/{token}/>"
    assert headers["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
    assert headers["List-Id"] == '"Plaidoyer" <newsletter.river.example>'
    assert suzie.email not in str(headers)


def test_who_unsubscribes_meanwhile_gets_no_message():
    suzie = make_reader("suzie")
    mailings.freeze(make_mailing())
    unsubscriptions.unsubscribe(suzie)

    assert composed(suzie) is None


def test_composing_many_copies_takes_few_queries(django_assert_max_num_queries):
    for n in range(20):
        make_reader(f"reader{n}")
    mailings.freeze(make_mailing())
    envelopes = list(Envelope.objects.all())

    with django_assert_max_num_queries(5):
        assert len(copies.compose(envelopes)) == 20


def test_a_mailing_must_have_its_way_out():
    with pytest.raises(ValueError, match="no way to unsubscribe"):
        mailings.create(name="x", versions={"en": Words("s", "<p>", "t")})
    with pytest.raises(ValueError, match="at least one language"):
        mailings.create(name="x", versions={})


def test_a_subject_is_one_line():
    words = Words("Hello\r\nBcc: all@river.example", UNSUBSCRIBE_URL, UNSUBSCRIBE_URL)

    mailing = mailings.create(name="x", versions={"en": words})

    assert mailing.versions.get().subject == "Hello Bcc: all@river.example"


ONE_CLICK = ("List-Unsubscribe=One-Click", "application/x-www-form-urlencoded")


@pytest.fixture
def bare_client():
    """A mail program: it has no cookie and knows no CSRF token."""
    return Client(enforce_csrf_checks=True)


def unsubscribe_path(supporter):
    return copies.unsubscribe_url(supporter).removeprefix(settings.BASE_URL)


def test_one_post_ends_the_subscription_and_the_copies_that_wait(bare_client):
    suzie = make_reader("suzie")
    mailings.freeze(make_mailing())

    for _again in range(2):
        response = bare_client.post(unsubscribe_path(suzie), *ONE_CLICK)
        assert response.status_code == 200
        assert not response.cookies

    assert not suzie.subscriptions.filter(ended_at=None).exists()
    assert suzie.consents.filter(answer="withdrawn").count() == 1
    assert Copy.objects.get(supporter=suzie).envelope.state == "cancelled"


@pytest.mark.parametrize("method", ["get", "head"])
def test_scanners_that_follow_the_link_unsubscribe_nobody(bare_client, method):
    suzie = make_reader("suzie")
    mailings.freeze(make_mailing())

    response = getattr(bare_client, method)(unsubscribe_path(suzie))

    assert response.status_code == 200
    assert "no-store" in response["Cache-Control"]
    assert suzie.subscriptions.filter(ended_at=None).exists()
    assert Copy.objects.get(supporter=suzie).envelope.state == "queued"


def test_the_page_speaks_the_readers_language_and_its_button_works(bare_client):
    laura = make_reader("laura", language="fr")

    page = bare_client.get(unsubscribe_path(laura), headers={"accept-language": "en"})

    assert '<html lang="fr">' in page.content.decode()
    assert 'name="List-Unsubscribe" value="One-Click"' in page.content.decode()


@pytest.mark.parametrize("token", ["x", "a.b", "%00", "é" * 300, "AAAA.BBBB"])
def test_an_unknown_link_is_told_calmly(bare_client, token):
    for method in ("get", "post"):
        assert getattr(bare_client, method)(f"/u/{token}/", follow=True).status_code == 404


def test_another_purposes_token_unsubscribes_nobody(bare_client):
    suzie = make_reader("suzie")
    path = f"/u/{tokens.make('withdraw', suzie.uid)}/"

    assert bare_client.post(path, *ONE_CLICK).status_code == 404
    assert suzie.subscriptions.filter(ended_at=None).exists()


def test_any_body_of_the_post_will_do(bare_client):
    suzie = make_reader("suzie")

    response = bare_client.post(unsubscribe_path(suzie), b"\x00\xff" * 500_000, "text/plain")

    assert response.status_code == 200
    assert not suzie.subscriptions.filter(ended_at=None).exists()
