"""Suzie signs: the door, the row, the answer."""

import datetime

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from plaidoyer.actions import confirmations
from plaidoyer.actions.models import Action
from plaidoyer.supporters.models import ConsentWording
from plaidoyer.testing import make_form, make_pages

pytestmark = pytest.mark.django_db

WRITES = ("INSERT", "UPDATE", "DELETE")
SUZIE = {
    "given_name": "Suzie",
    "family_name": "Roy",
    "email": "suzie@post.example",
    "postal_code": "h2x 1y4",
    "page": "/fr/campagnes/meadow/agir/",
}


@pytest.fixture
def form():
    form = make_form()
    make_pages(form)
    return form


def send(client, form, language="fr", **typed):
    return client.post(f"/{language}/actions/{form.public_id}/", {**SUZIE, **typed})


def tick(client, language="fr"):
    """The value of the consent's box, as the page gives it."""
    page = client.get(f"/{language}/campagnes/meadow/agir/")
    return page.context["form"]["consent"].field.widget.attrs["value"]


def test_suzie_signs_and_is_thanked_after_her_act_is_kept(client, form):
    answer = send(client, form)

    assert answer.status_code == 303
    act = Action.objects.get()
    assert (act.form, act.full_name, act.email) == (form, "Suzie Roy", "suzie@post.example")
    assert (act.postal_code, act.language, act.page) == ("H2X 1Y4", "fr", SUZIE["page"])
    assert act.consent_wording is None
    assert client.get(answer.headers["Location"]).status_code == 200


def test_one_write_and_at_most_three_queries(client, form):
    send(client, form, consent=tick(client))  # the first tick ever makes its wording's row

    value = tick(client)
    with CaptureQueriesContext(connection) as queries:
        assert send(client, form, consent=value).status_code == 303

    assert sum(query["sql"].startswith(WRITES) for query in queries) == 1
    assert len(queries) == 2


@pytest.mark.parametrize("language", ["fr", "en"])
def test_the_consent_is_kept_word_for_word(client, form, language):
    send(client, form, language, consent=tick(client, language))

    wording = Action.objects.get().consent_wording
    page = client.get(f"/{language}/campagnes/meadow/agir/").content.decode()
    assert (wording.purpose, wording.language) == ("newsletter", language)
    assert wording.text in page


def test_the_same_sentence_is_one_row(client, form):
    for _time in range(2):
        send(client, form, consent=tick(client))

    assert ConsentWording.objects.count() == 1


@pytest.mark.parametrize("forged", ["on", "1", "7|abc", "Yes, sell my address|x", "\x00", "|"])
def test_a_consent_nobody_showed_is_not_kept(client, form, forged):
    assert send(client, form, consent=forged).status_code == 303

    assert Action.objects.get().consent_wording is None


def test_a_tick_stays_ticked_while_something_else_is_corrected(client, form):
    answer = send(client, form, consent=tick(client), email="")

    assert answer.context["form"]["consent"].data
    assert " checked" in str(answer.context["form"]["consent"])
    assert answer.context["form"]["consent"].label in answer.content.decode()


def test_the_box_is_unticked(client, form):
    page = client.get("/fr/campagnes/meadow/agir/")

    assert " checked" not in str(page.context["form"]["consent"])


@pytest.mark.parametrize(
    ("field", "typed"),
    [
        ("given_name", ""),
        ("given_name", " \t\n "),
        ("given_name", "\x00"),
        ("family_name", "x" * 101),
        ("family_name", "\u202e"),
        ("email", ""),
        ("email", "suzie"),
        ("email", "suzie@post"),
        ("email", "suzie@post.example,mallory@post.example"),
        ("email", "<suzie@post.example>"),
        ("email", "s" * 300 + "@post.example"),
        ("email", "suzie@[127.0.0.1]"),
        ("postal_code", "x" * 13),
    ],
)
def test_an_error_stands_beside_its_field_and_keeps_what_was_typed(client, form, field, typed):
    answer = send(client, form, **{field: typed})

    page = answer.content.decode()
    assert answer.status_code == 422
    assert not Action.objects.exists()
    assert "actions/action_page.html" in [template.name for template in answer.templates]
    assert list(answer.context["form"].errors) == [field]
    assert f'<a href="#id_{field}">' in page
    assert f'id="id_{field}_error"' in page
    assert 'tabindex="-1" autofocus' in page
    kept = SUZIE["family_name" if field != "family_name" else "given_name"]
    assert f'value="{kept}"' in page


@pytest.mark.parametrize(
    ("typed", "kept"),
    [
        ("Zoë-Léa", "Zoë-Léa"),
        ("Zoe\u0308", "Zoë"),
        ("Su\r\nBcc: all@post.example", "Su Bcc: all@post.example"),
        ("Su\x00z\x08ie", "Suzie"),
        ("\u202eeizuS\u202c", "eizuS"),
        ("سوزي", "سوزي"),
        ("👩‍🌾🌻", "👩‍🌾🌻"),
        ("<b>Suzie</b>", "<b>Suzie</b>"),
        ("{{ 7|add:7 }}%s", "{{ 7|add:7 }}%s"),
        ("  Anne   Marie ", "Anne Marie"),
        ("x" * 100, "x" * 100),
    ],
)
def test_a_name_is_kept_without_what_could_harm(client, form, typed, kept):
    assert send(client, form, given_name=typed).status_code == 303

    assert Action.objects.get().given_name == kept


def test_bytes_that_are_no_text_are_answered(client, form):
    body = b"given_name=%ED%A0%80&family_name=%FF%FE&email=suzie%40post.example"
    answer = client.post(
        f"/fr/actions/{form.public_id}/", body, content_type="application/x-www-form-urlencoded"
    )

    assert answer.status_code in {303, 422}


@pytest.mark.parametrize("body", [b"", b"{}", b"\xff" * 100])
def test_a_body_that_is_no_form_is_answered(client, form, body):
    url = f"/fr/actions/{form.public_id}/"

    assert client.post(url, body, content_type="application/json").status_code == 422


def test_a_page_of_elsewhere_is_not_kept(client, form):
    send(client, form, page="https://mallory.example/")
    send(client, form, page="/" + "x" * 400)

    assert {act.page for act in Action.objects.all()} == {""}


def test_unknown_fields_change_nothing(client, form):
    extra = {"uid": "0", "form_id": "99", "submitted_at": "1999-01-01", "id": "1", "content": "{}"}
    send(client, form, **extra)

    act = Action.objects.get()
    assert act.form == form
    assert act.submitted_at.year > 2000
    assert act.content == {}


@pytest.mark.parametrize("language", ["fr", "en"])
def test_a_closed_form_says_so_and_keeps_nothing(client, form, language):
    form.closes_at = timezone.now()
    form.save()

    answer = send(client, form, language)

    assert answer.status_code == 410
    assert f'href="/{language}/campagnes/meadow/"' in answer.content.decode()
    assert not Action.objects.exists()
    page = client.get(f"/{language}/campagnes/meadow/agir/")
    assert page.status_code == 200
    assert "<form" not in page.content.decode()


def test_a_form_that_is_not_open_yet_says_so(client, form):
    form.opens_at = timezone.now() + datetime.timedelta(days=2)
    form.save()

    assert send(client, form).status_code == 403
    assert not Action.objects.exists()


@pytest.mark.parametrize("public_id", ["abcdefghjk", "x", "x" * 200])
def test_an_unknown_form_is_not_found(client, form, public_id):
    answer = client.post(f"/fr/actions/{public_id}/", SUZIE)

    assert answer.status_code == 404
    assert 'href="/fr/"' in answer.content.decode()
    assert client.get(f"/fr/thanks/{public_id}/").status_code == 404


def test_reloading_the_address_of_the_post_leads_to_the_page(client, form):
    answer = client.get(f"/fr/actions/{form.public_id}/")

    assert (answer.status_code, answer.headers["Location"]) == (302, "/fr/campagnes/meadow/agir/")


def test_a_form_takes_acts_while_its_page_is_unpublished(client, form):
    form.pages.update(live=False)

    assert send(client, form).status_code == 303
    assert send(client, form, email="").status_code == 422


def same(page, name):
    """The page, as it would be for anybody."""
    own = page.wsgi_request.path.removeprefix("/fr")
    return page.content.decode().replace(own, "…").replace(name, "somebody")


def test_who_has_signed_cannot_be_found_out(client, form):
    send(client, form)
    confirmations.confirm_many(Action.objects.all())

    known, unknown = send(client, form), send(client, form, email="laura@post.example")

    pages = [client.get(answer.headers["Location"]) for answer in (known, unknown)]
    assert known.status_code == unknown.status_code
    assert known.headers.keys() == unknown.headers.keys()
    assert known.content == unknown.content
    assert same(pages[0], "suzie") == same(pages[1], "laura")


@pytest.mark.parametrize("language", ["fr", "en"])
def test_the_page_may_be_cached_and_sets_no_cookie(client, form, language):
    page = client.get(f"/{language}/campagnes/meadow/agir/")

    assert page.headers["Cache-Control"] == "public, max-age=10"
    assert "Set-Cookie" not in page.headers
    assert "Cookie" not in page.headers.get("Vary", "")
    assert f'<html lang="{language}"' in page.content.decode()
    assert "csrfmiddlewaretoken" not in page.content.decode()


def test_the_page_is_the_same_for_staff(client, form, admin_client):
    address = "/fr/campagnes/meadow/agir/"

    assert client.get(address).content == admin_client.get(address).content


def test_the_language_switch_keeps_the_page(client, form):
    page = client.get("/fr/campagnes/meadow/agir/").content.decode()
    address = send(client, form).headers["Location"]
    thanks = client.get(address).content.decode()

    assert 'href="/en/campagnes/meadow/agir/" lang="en"' in page
    assert f'href="{address.replace("/fr/", "/en/")}" lang="en"' in thanks


def test_reading_changes_nothing(client, form):
    for method in [client.get, client.head, client.options]:
        method(f"/fr/actions/{form.public_id}/", SUZIE)

    assert not Action.objects.exists()
