"""Laura follows a link of our mail that knows her; whoever gets it forwarded learns nothing."""

import re

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from plaidoyer.actions import confirmations, intake, matching, personal
from plaidoyer.actions.messages import compose, confirmation_path
from plaidoyer.actions.models import Action, Confirmation, ConfirmationRequest
from plaidoyer.lib import tokens
from plaidoyer.mail.models import Envelope
from plaidoyer.supporters import consents
from plaidoyer.testing import make_form, make_pages, make_reader

pytestmark = pytest.mark.django_db

LETTER = {
    "subject": {"fr": "Le pré", "en": "The meadow"},
    "body": {"fr": "Protégez-le.", "en": "Protect it."},
    "subject_editable": True,
    "body_editable": True,
}
SECRETS = ["laura@post.example", "Svensson", "H2X"]


@pytest.fixture
def laura():
    return make_reader("laura", family_name="Svensson", postal_code="H2X 1Y4")


@pytest.fixture
def form():
    form = make_form()
    make_pages(form)
    return form


def link(supporter, form, language="en"):
    return personal.link(supporter, form, language).partition("localhost:8000")[2]


def token(supporter):
    return tokens.make("personal", supporter.uid)


def send(client, form, supporter, language="en", **typed):
    return client.post(
        f"/{language}/actions/{form.public_id}/", {"person": token(supporter), **typed}
    )


def write(client, form, supporter, **words):
    """Laura reads her letter as it will leave, and sends it."""
    words = {"subject": "The meadow", "body": "Protect it."} | words
    seen = send(client, form, supporter, step="preview", **words).content.decode()
    shown = re.search(r'name="shown" value="([^"]*)"', seen)
    return send(client, form, supporter, step="send", shown=shown[1] if shown else "", **words)


def gives_away(answer):
    """What of Laura's data stands in an answer, its address or its headers."""
    whole = answer.content.decode() + str(answer.headers) + answer.wsgi_request.get_full_path()
    return [secret for secret in SECRETS if secret in whole]


@pytest.mark.parametrize("language", ["fr", "en"])
def test_the_page_knows_the_reader_and_shows_little(client, form, laura, language):
    answer = client.get(link(laura, form, language))

    page = answer.content.decode()
    assert answer.status_code == 200
    assert gives_away(answer) == []
    assert "Laura S." in page
    assert "l•••@post.example" in page
    assert 'name="email"' not in page
    assert f'href="/{language}/campagnes/meadow/agir/#act"' in page
    assert answer.headers["Cache-Control"] == "private, no-store"
    assert answer.headers["Referrer-Policy"] == "no-referrer"
    assert "noindex" in answer.headers["X-Robots-Tag"]
    assert 'rel="canonical"' not in page
    assert "Set-Cookie" not in answer.headers


def test_one_press_signs_and_counts_and_tells_the_mailbox(client, form, laura):
    answer = send(client, form, laura, step="send")

    act = Action.objects.get()
    assert answer.status_code == 303
    assert (act.email, act.full_name) == ("laura@post.example", "Laura Svensson")
    assert (act.postal_code, act.via) == ("H2X 1Y4", "letter")
    assert Confirmation.objects.get().supporter == laura
    page = client.get(answer.headers["Location"])
    assert gives_away(page) == []
    assert "Laura S." in page.content.decode()
    (message,) = compose(list(Envelope.objects.all())).values()
    assert "counted" in message.subject
    assert "/withdrawal/" in message.text


@pytest.mark.parametrize("via", ["letter", "letter.hy3k9m2qrt", "whatsapp", ""])
def test_the_mailbox_is_told_whichever_mailing_the_link_stood_in(client, form, laura, via):
    send(client, form, laura, step="send", via=via)

    assert Action.objects.get().via == (via if via.startswith("letter") else "letter")
    (message,) = compose(list(Envelope.objects.all())).values()
    assert "/withdrawal/" in message.text


@pytest.mark.parametrize("method", ["get", "head", "options"])
def test_only_a_post_signs(client, form, laura, method):
    for address in [link(laura, form), f"/en/actions/{form.public_id}/?person={token(laura)}"]:
        getattr(client, method)(address)

    assert not Action.objects.exists()
    assert client.post(link(laura, form)).status_code == 405


def test_who_had_signed_before_sees_the_same(client, form, laura):
    first = client.get(send(client, form, laura).headers["Location"]).content.decode()
    again = client.get(send(client, form, laura).headers["Location"]).content.decode()

    def plain(page):
        return "\n".join(line for line in page.splitlines() if "/thanks/" not in line)

    assert plain(first) == plain(again)
    assert Confirmation.objects.count() == 1


def test_a_letter_still_asks_the_mailbox_and_shows_no_secret(client, laura):
    form = make_form(kind="letter", options=LETTER)
    make_pages(form)
    words = {"subject": "The meadow", "body": "Protect it."}

    page = client.get(link(laura, form))
    preview = send(client, form, laura, step="preview", **words)
    change = send(client, form, laura, step="change", **words)
    fault = send(client, form, laura, step="send", **words | {"subject": ""})
    answer = write(client, form, laura)
    thanks = client.get(answer.headers["Location"])

    assert [gives_away(one) for one in (page, preview, change, fault, answer, thanks)] == [[]] * 6
    assert (fault.status_code, answer.status_code) == (422, 303)
    assert "Protect it." in preview.content.decode()
    assert Action.objects.get().family_name == "Svensson"
    assert not Confirmation.objects.exists()
    matching.match_pending()
    assert ConfirmationRequest.objects.count() == 1


def test_the_veiled_thank_you_can_mend_nothing(client, laura):
    form = make_form(kind="letter", options=LETTER)
    make_pages(form)
    address = write(client, form, laura).headers["Location"]

    answer = client.post(address, {"step": "correct", "email": "mallory@post.example"})

    assert gives_away(answer) == []
    assert Action.objects.count() == 1


def test_what_somebody_types_over_the_link_is_not_taken(client, form, laura):
    send(client, form, laura, email="mallory@post.example", given_name="Mallory")

    assert Action.objects.get().email == "laura@post.example"


def test_a_link_ends_with_the_wish_for_our_mail(client, form, laura):
    address = link(laura, form)
    consents.withdraw(laura, purpose="newsletter", page="/u/")

    page, answer = client.get(address), send(client, form, laura)

    for one in (page, answer):
        assert one.status_code == 404
        assert 'href="/en/campagnes/meadow/agir/"' in one.content.decode()
    assert not Action.objects.exists()


@pytest.mark.parametrize("wrong", ["", "x", "%00", "é", "x" * 500])
def test_a_broken_link_says_so(client, form, laura, wrong):
    assert client.get(f"/en/for/{wrong or '-'}/{form.public_id}/").status_code == 404
    assert client.get(f"/en/for/{token(laura)}/unknown/").status_code == 404
    sent = client.post(f"/en/actions/{form.public_id}/", {"person": wrong})
    assert sent.status_code == 404
    assert not Action.objects.exists()


def test_another_purpose_opens_nothing(client, form, laura):
    wrong = tokens.make("unsubscribe", laura.uid)

    assert client.get(f"/en/for/{wrong}/{form.public_id}/").status_code == 404


def test_a_reader_of_whom_we_know_too_little_types_it(client, form):
    nameless = make_reader("omar", given_name="")

    answer = client.get(link(nameless, form))

    assert (answer.status_code, answer.headers["Location"]) == (302, "/en/campagnes/meadow/agir/")


def test_a_closed_form_leads_to_its_page(client, form, laura):
    form.paused_at = timezone.now()
    form.save()

    assert client.get(link(laura, form)).status_code == 302
    assert send(client, form, laura).status_code == 403


def test_the_page_does_not_tell_whether_the_reader_has_signed(client, form, laura):
    before = client.get(link(laura, form)).content
    send(client, form, laura)

    assert client.get(link(laura, form)).content == before


def test_taking_it_back_works_after_one_press(client, form, laura):
    send(client, form, laura)
    act = Action.objects.get()
    assert client.get(confirmation_path(act)).context["state"] == "counted"

    confirmations.withdraw(act)

    assert not Confirmation.objects.counted().exists()


def test_an_ordinary_act_that_is_confirmed_gets_no_other_mail(form):
    act = intake.append(
        form, email="omar@post.example", given_name="O", family_name="H", language="en", page="/"
    )
    matching.match_pending()
    confirmations.confirm(act)

    assert compose(list(Envelope.objects.all())) == {}


def test_the_press_asks_little_of_the_database(client, form, laura):
    send(client, form, laura)

    with CaptureQueriesContext(connection) as queries:
        send(client, form, laura)

    assert len([one for one in queries if 'JOIN "supporters_subscription"' in one["sql"]]) == 1
