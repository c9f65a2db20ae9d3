"""What stands around every page, and the addresses without a language."""

import io
import re
import tarfile
import xml.etree.ElementTree as ET

import pytest
from django.urls import reverse
from django.utils import translation
from wagtail.models import Page, Site

from plaidoyer.lib.words import Words
from plaidoyer.organisation.models import Organisation
from plaidoyer.website import views

pytestmark = pytest.mark.django_db


def language_link(text: str) -> str:
    """Where the switch of languages leads."""
    found = re.search(r'<nav class="languages".*?href="([^"]+)"', text, re.DOTALL)
    assert found
    return found[1]


@pytest.mark.parametrize("kind", ["home", "index", "campaign", "petition", "text"])
def test_the_language_switch_keeps_the_page(client, shown, kind):
    french, english = (shown.pages[language][kind].get_url() for language in ("fr", "en"))

    assert language_link(client.get(french).text) == english
    assert language_link(client.get(english).text) == french


def test_the_language_switch_keeps_a_page_that_is_no_page_of_words(client, shown):
    with translation.override("fr"):
        thanks = shown.thanks()

    assert language_link(client.get(thanks).text) == thanks.replace("/fr/", "/en/")


def test_without_a_translation_the_switch_leads_home(client, shown):
    shown.pages["en"]["text"].unpublish()

    text = client.get(shown.pages["fr"]["text"].get_url()).text

    assert language_link(text) == "/en/"
    assert 'hreflang="en" href="http' not in text


def test_a_page_names_its_translations_for_search_engines(client, shown):
    text = client.get(shown.pages["fr"]["campaign"].get_url()).text

    for language in ("fr", "en"):
        url = "http://localhost:8000" + shown.pages[language]["campaign"].get_url()
        assert f'<link rel="alternate" hreflang="{language}" href="{url}">' in text


def test_pages_in_menus_stand_in_the_header_and_the_others_in_the_footer(client, shown):
    text = client.get("/fr/").text
    header, footer = text.split("<main", 1)[0], text.split("<footer", 1)[1]

    assert shown.pages["fr"]["index"].get_url() in header
    assert shown.pages["fr"]["text"].get_url() in footer
    assert shown.pages["fr"]["text"].get_url() not in header


def test_the_organisation_is_named_with_its_address_and_colour(client, shown):
    Organisation.objects.create(
        site=Site.objects.get(),
        name=Words(fr="Coalition", en="Coalition"),
        accent="#7A1F5C",
        contact_email="hello@river.example",
        postal_address="12, quai des Tisserands\nPort-Aldre",
    )

    text = client.get("/fr/").text

    assert "12, quai des Tisserands" in text
    assert "mailto:hello@river.example" in text
    assert '"/style/7a1f5c.css"' in text


def test_the_bare_address_leads_to_the_visitors_language(client, shown):
    for wanted, language in (("fr-CA,fr;q=0.9,en;q=0.5", "fr"), ("en", "en"), ("de", "en")):
        answer = client.get("/", headers={"Accept-Language": wanted})

        assert answer["Location"] == f"/{language}/"
        assert "Accept-Language" in answer["Vary"]


def test_healthz_answers(client):
    assert client.get("/healthz").text == "ok\n"


def test_the_colour_is_a_stylesheet_that_caches_keep(client):
    answer = client.get("/style/0b6e6e.css")

    assert answer["Content-Type"] == "text/css"
    assert "--accent: #0b6e6e" in answer.text
    assert answer["Cache-Control"] == "public, max-age=86400"


@pytest.mark.parametrize("accent", ["0b6e6", "0b6e6e0", "zzzzzz", "0b6e6e%00", "%0a0b6e6", "é"])
def test_what_is_no_colour_has_no_stylesheet(client, accent):
    assert client.get(f"/style/{accent}.css").status_code == 404


def test_the_mark_is_a_picture(client):
    assert ET.fromstring(client.get("/style/0b6e6e.svg").content).tag.endswith("svg")


def test_robots_find_the_map_of_all_pages_in_both_languages(client, shown):
    robots = client.get("/robots.txt").text
    assert "Sitemap: http://localhost:8000/sitemap.xml" in robots
    assert "Disallow: /admin/" in robots

    listed = client.get("/sitemap.xml").text

    for address in shown.addresses():
        assert f"{address}</loc>" in listed


def test_the_running_source_can_be_had(client):
    answer = client.get(reverse("source"))

    with tarfile.open(fileobj=io.BytesIO(answer.content)) as tar:
        names = tar.getnames()
        text = tar.extractfile("plaidoyer/website/views.py").read().decode()
        owners = {(entry.uid, entry.uname) for entry in tar}
    assert "def source(" in text
    assert owners == {(0, "")}
    assert not [name for name in names if "__pycache__" in name or name.endswith(".mo~")]
    views.archive.cache_clear()


@pytest.mark.parametrize("language", ["fr", "en"])
def test_an_address_that_leads_nowhere_says_so_in_the_language(client, shown, language):
    answer = client.get(f"/{language}/nowhere/")

    assert answer.status_code == 404
    assert f'<html lang="{language}">' in answer.text
    assert f'href="/{language}/"' in answer.text
    assert 'content="noindex"' in answer.text


def test_a_fault_shows_a_page_that_needs_no_database(shown, client, monkeypatch):
    def broken(*_arguments, **_named):
        raise RuntimeError("for the test")

    monkeypatch.setattr("plaidoyer.website.reporting.open_acts", broken)
    client.raise_request_exception = False

    answer = client.get("/fr/")

    assert answer.status_code == 500
    assert "de notre côté" in answer.text


@pytest.mark.parametrize(
    "address",
    ["/fr/%00/", "/fr/%ed%a0%80/", "/fr/" + "a" * 3000, "/%2e%2e/%2e%2e/", "/fr/é/", "/fr//x/"],
)
def test_odd_addresses_are_not_found(client, shown, address):
    assert client.get(address).status_code in {301, 302, 400, 404}


def test_a_new_installation_opens_in_both_languages(client):
    for address in ("/fr/", "/en/"):
        answer = client.get(address)

        assert answer.status_code == 200
        assert "<h1>" in answer.text


def test_an_installation_without_pages_says_that_there_are_none(client):
    Page.objects.filter(depth=2).delete()

    for address in ("/fr/", "/en/", "/fr/nowhere/"):
        assert client.get(address).status_code == 404


def test_a_form_tells_each_fault_beside_its_field(client, shown):
    with translation.override("en"):
        address = reverse("actions:act", args=[shown.petition.public_id])
    answer = client.post(address, {"email": "no", "given_name": "", "family_name": "Vale"})

    named = re.search(r'<input type="email"[^>]*aria-describedby="([^"]+)"', answer.text)
    assert named
    assert f'id="{named[1].split()[-1]}"' in answer.text
    assert 'aria-invalid="true"' in answer.text
    assert 'value="Vale"' in answer.text
    assert 'href="#id_email"' in answer.text
