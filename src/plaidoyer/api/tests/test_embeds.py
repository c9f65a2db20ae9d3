"""A form on a partner's site: shown where it may be, taken in without a cookie."""

import json
import re
from xml.etree import ElementTree as ET

import pytest
from django.urls import reverse
from django.utils import timezone

from plaidoyer.actions.models import Action
from plaidoyer.lib.words import Words
from plaidoyer.testing import make_form, make_organiser, make_pages, typed

pytestmark = pytest.mark.django_db

SUZIE = {"given_name": "Suzie", "family_name": "Désy", "email": "suzie@post.example"}


@pytest.fixture
def form():
    return make_form(embedded_on="https://partner.example")


@pytest.fixture
def pages(form):
    return make_pages(form)


def frame(form, language="fr"):
    return f"/{language}/embed/{form.public_id}/"


def ancestors(answer):
    """Who may show the answer in a frame."""
    policy = dict(
        part.strip().split(" ", 1) for part in answer["Content-Security-Policy"].split(";")
    )
    return policy["frame-ancestors"].split()


def test_the_sites_of_the_form_may_frame_it_and_nobody_else(client, form, pages):
    other = make_form(form.campaign)

    answer = client.get(frame(form))
    closed = client.get(frame(other))

    assert ancestors(answer) == ["'self'", "https://partner.example"]
    assert ancestors(closed) == ["'self'"]
    for one in (answer, closed):
        assert "X-Frame-Options" not in one
        assert "default-src 'none'" in one["Content-Security-Policy"]
        assert not one.cookies


def test_no_other_page_may_be_framed_elsewhere(client, form, pages):
    answer = client.get(pages["fr"].get_url())

    assert ancestors(answer) == ["'self'"]
    assert answer["X-Frame-Options"] == "SAMEORIGIN"


def test_an_unreadable_list_of_sites_opens_nothing(client, form, pages):
    form.embedded_on = "https://x.example; script-src *"
    form.save()

    assert ancestors(client.get(frame(form))) == ["'self'"]


def test_the_frame_is_the_form_without_what_stands_around_our_pages(client, form, pages):
    answer = client.get(frame(form))

    assert "public" in answer["Cache-Control"]
    assert 'name="email"' in answer.text
    assert f'action="{frame(form)}"' in answer.text
    for around in ("site-header", "site-footer", "site-nav"):
        assert around not in answer.text


def test_an_act_in_the_frame_stays_in_the_frame(client, form, pages):
    answer = client.post(frame(form), {**SUZIE, "via": "embed.partner.example"})

    assert answer.status_code == 303
    assert answer["Location"].startswith(f"{frame(form)}thanks/")
    assert Action.objects.get().via == "embed.partner.example"
    thanks = client.get(answer["Location"])
    assert thanks.status_code == 200
    assert ancestors(thanks) == ["'self'", "https://partner.example"]
    assert "site-header" not in thanks.text
    assert not thanks.cookies
    assert "no-store" in thanks["Cache-Control"]


def test_what_is_corrected_after_it_stays_in_the_frame(client, form, pages):
    thanks = client.post(frame(form), SUZIE)["Location"]

    answer = client.post(thanks, {"step": "correct", "email": "suzy@post.example"})

    assert answer.status_code == 303
    assert answer["Location"].startswith(f"{frame(form)}thanks/")


def test_a_fault_is_told_in_the_frame(client, form, pages):
    answer = client.post(frame(form), {**SUZIE, "email": "suzie"})

    assert answer.status_code == 422
    assert ancestors(answer) == ["'self'", "https://partner.example"]
    assert "site-header" not in answer.text
    assert f'action="{frame(form)}"' in answer.text
    assert 'value="Suzie"' in answer.text


def test_a_letter_is_seen_in_the_frame_before_it_leaves(client):
    options = {"subject": {"fr": "Le pré"}, "body": {"fr": "Protégez-le."}}
    form = make_form(kind="letter", options=options, embedded_on="https://partner.example")
    make_pages(form)
    letter = {"subject": "Le pré", "body": "Protégez-le."}

    answer = client.post(frame(form), {**SUZIE, **letter, "step": "preview"})

    assert answer.status_code == 200
    assert f'action="{frame(form)}"' in answer.text
    assert "site-header" not in answer.text


def test_a_closed_form_says_so_in_the_frame(client, form, pages):
    form.closes_at = timezone.now()
    form.save()

    assert client.get(frame(form)).status_code == 200
    answer = client.post(frame(form), SUZIE)
    assert answer.status_code == 410
    assert "site-header" not in answer.text


@pytest.mark.parametrize("address", ["/fr/embed/nothing/", "/fr/embed/nothing/thanks/x/"])
def test_what_is_not_there_is_a_404_in_a_frame_of_its_own(client, form, pages, address):
    answer = client.get(address)

    assert answer.status_code == 404
    assert ancestors(answer) == ["'self'"]


def test_the_script_names_the_form_in_every_language(client, form, pages):
    answer = client.get(f"/embed/{form.public_id}.js")

    assert answer["Content-Type"].startswith("text/javascript")
    assert "public" in answer["Cache-Control"]
    assert json.dumps({"fr": "Pour le pré", "en": "For the meadow"}) in answer.text
    assert client.get("/embed/nothing.js").status_code == 404


def test_a_name_cannot_break_out_of_the_script(client, form, pages):
    form.name = Words(fr='"};alert(1)//</script>\u2028', en="'`${x}")
    form.save()

    text = client.get(f"/embed/{form.public_id}.js").text

    assert r"\"};alert(1)//" in text
    assert "\u2028" not in text


def ask(client, url, form="json", **more):
    return client.get(f"/oembed.{form}", {"url": url, **more})


def test_oembed_gives_the_frame_of_a_page(client, form, pages):
    url = "http://localhost:8000" + pages["fr"].get_url()

    answer = ask(client, url, maxwidth="400")

    told = answer.json()
    assert (told["version"], told["type"], told["width"]) == ("1.0", "rich", 400)
    assert told["title"] == "Pour le pré"
    assert f'src="http://localhost:8000{frame(form)}"' in told["html"]
    assert 'width="400"' in told["html"]
    assert answer["Access-Control-Allow-Origin"] == "*"
    assert client.get("/oembed", {"url": url, "format": "json", "maxwidth": "400"}).json() == told
    assert ET.fromstring(ask(client, url, form="xml").content).findtext("type") == "rich"


def test_the_page_says_where_its_oembed_is(client, form, pages):
    text = client.get(pages["fr"].get_url()).text

    assert 'type="application/json+oembed"' in text
    form.embedded_on = ""
    form.save()
    assert "oembed" not in client.get(pages["fr"].get_url()).text


@pytest.mark.parametrize(
    ("url", "more", "status"),
    [
        ("", {}, 400),
        ("http://localhost:8000/fr/", {}, 404),
        ("http://localhost:8000/fr/nowhere/", {}, 404),
        ("http://localhost:8000", {}, 404),
        ("https://elsewhere.example/fr/", {}, 404),
        ("http://[", {}, 404),
        ("\x00", {}, 404),
        ("http://localhost:8000/fr/\x00/", {}, 404),
        ("http://localhost:8000/fr/", {"form": "yaml"}, 501),
    ],
)
def test_oembed_refuses_what_is_none_of_ours(client, form, pages, url, more, status):
    assert ask(client, url, **more).status_code == status


def test_a_form_that_may_stand_nowhere_has_no_oembed(client, form, pages):
    form.embedded_on = ""
    form.save()

    assert ask(client, "http://localhost:8000" + pages["fr"].get_url()).status_code == 404


def test_ed_finds_the_lines_to_copy(client, form, pages):
    client.force_login(make_organiser())

    listed = client.get(reverse("forms:index"))
    answer = client.get(reverse("embedding", args=[form.pk]))

    assert reverse("embedding", args=[form.pk]) in listed.text
    assert "https://partner.example" in answer.text
    assert str(form) in re.search(r"<title>(.*?)</title>", answer.text, re.DOTALL)[1]
    assert f"http://localhost:8000/embed/{form.public_id}.js" in answer.text
    assert [snippet.language for snippet in answer.context["snippets"]] == ["en", "fr"]


def test_the_page_of_lines_is_for_organisers(client, form, pages):
    assert client.get(reverse("embedding", args=[form.pk])).status_code in {302, 403}


@pytest.mark.parametrize(
    "line", ["partner.example", "http://partner.example", "https://a.example/x"]
)
def test_ed_is_told_which_site_is_written_wrongly(client, form, line):
    client.force_login(make_organiser())
    address = reverse("forms:edit", args=[form.pk])

    answer = client.post(address, typed(name=form.name, embedded_on=f"https://b.example\n{line}"))

    assert line in answer.context["form"].errors["embedded_on"][0]


def test_sites_are_kept_as_browsers_write_them(client, form):
    client.force_login(make_organiser())
    address = reverse("forms:edit", args=[form.pk])
    sheet = client.get(address).context["form"]
    sent = {name: value for name, value in sheet.initial.items() if value not in (None, "")}
    sent |= typed(name=form.name, embedded_on="https://PARTNER.example/\r\n\r\n")
    sent |= {
        "campaign": form.campaign_id,
        "challenge": form.challenge,
        "opens_at": "2026-01-01 10:00",
    }

    client.post(address, sent)

    form.refresh_from_db()
    assert form.embedded_on == "https://partner.example"
