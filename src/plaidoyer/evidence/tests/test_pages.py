"""What a page says of itself, in all the ways pages say it."""

import datetime

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from plaidoyer.evidence import pages

DAY = datetime.date(2026, 5, 4)
ADDRESS = "https://www.gazette.example/a/decree-12"


def about(html, address=ADDRESS, kind="text/html; charset=utf-8", language=""):
    return pages.about(html.encode(), kind, address, language)


def test_open_graph_is_read():
    found = about(
        """<html lang="fr-CA"><head><title>Gazette | Décret 12</title>
        <meta property="og:title" content="Décret 12">
        <meta property="og:site_name" content="La Gazette">
        <meta property="article:published_time" content="2026-05-04T23:50:00-04:00"></head>"""
    )

    assert found == pages.About("Décret 12", "La Gazette", DAY, "fr")


def test_json_ld_is_read_in_a_graph_and_in_a_list():
    for data in (
        '{"@graph": [{"@type": "WebSite"}, {"headline": "Decree 12", "datePublished": "2026-05-04",'
        ' "publisher": {"name": "The Gazette"}}]}',
        '[{"headline": "Decree 12", "datePublished": "2026-05-04T10:00Z",'
        ' "publisher": [{"name": "The Gazette"}]}]',
    ):
        found = about(f'<html><script type="application/ld+json">{data}</script></html>')

        assert (found.title, found.publisher, found.published_on) == (
            "Decree 12",
            "The Gazette",
            DAY,
        )


def test_citation_tags_dublin_core_and_plain_html_are_read():
    citation = about(
        '<meta name="citation_title" content="A"><meta name="citation_date" content="2026/05/04">'
    )
    core = about(
        '<meta name="DC.Title" content="B"><meta name="dcterms.issued" content="2026-05-04">'
    )
    plain = about('<html lang="en"><h1>C  d</h1><time datetime="2026-05-04T10:00">May</time>')

    assert (citation.title, citation.published_on) == ("A", DAY)
    assert (core.title, core.published_on) == ("B", DAY)
    assert (plain.title, plain.published_on, plain.language) == ("C d", DAY, "en")


def test_what_a_page_does_not_say_follows_from_its_address():
    found = about("<p>Hello</p>", "https://www.gazette.example/2026/05/04/decree")

    assert (found.publisher, found.published_on) == ("gazette.example", DAY)
    assert about("<p>Hello</p>", "https://gazette.example/20260504-12").published_on == DAY
    assert about("<p>Hello</p>", "https://gazette.example/12").published_on is None


def test_a_file_has_the_name_of_its_address():
    found = pages.about(
        b"%PDF-1.7", "application/pdf", "https://a.example/x/Decree_12-final.pdf", "en"
    )

    assert (found.title, found.publisher, found.language) == ("Decree 12 final", "a.example", "en")


def test_charsets_of_the_header_and_of_the_page_are_heeded():
    text = "<title>Décret</title>"

    assert (
        pages.about(text.encode("cp1252"), "text/html; charset=cp1252", ADDRESS).title == "Décret"
    )
    declared = f'<meta charset="iso-8859-1">{text}'.encode("latin-1")
    assert pages.about(declared, "text/html", ADDRESS).title == "Décret"


@pytest.mark.parametrize(
    ("said", "code"),
    [
        ("fr-CA", "fr"),
        ("en_US", "en"),
        ("EN", "en"),
        ("fr, en", "fr"),
        ("x", ""),
        ("", ""),
        ("<b>", ""),
    ],
)
def test_languages_become_their_primary_subtag(said, code):
    assert pages.code(said) == code


def test_a_day_to_come_is_none():
    tomorrow = datetime.date.today() + datetime.timedelta(days=9)

    assert about(f'<meta name="date" content="{tomorrow}">').published_on is None


def test_signs_that_only_machines_read_are_left_out():
    found = about('<meta property="og:title" content="a\u202eb\x07\nc">')

    assert found.title == "ab c"


@settings(deadline=None)
@given(st.text(max_size=300), st.text(max_size=40), st.text(max_size=40))
def test_whatever_a_page_says_it_is_told_or_left_out(html, kind, path):
    found = pages.about(html.encode("utf-8", "replace"), kind, f"https://a.example/{path}")

    assert len(found.title) <= 250
    assert "\n" not in found.title
    assert found.language == "" or found.language.isalpha()


@settings(deadline=None)
@given(st.binary(max_size=300))
def test_bytes_of_any_kind_are_no_crash(content):
    pages.about(content, "text/html", ADDRESS)
