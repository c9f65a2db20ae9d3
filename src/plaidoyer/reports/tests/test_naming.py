"""Figures named in an edition's texts: told once for every language, frozen, a click away."""

import re
from html import unescape

import pytest
from bs4 import BeautifulSoup
from django.urls import reverse

from plaidoyer.actions.models import Tally
from plaidoyer.figures import values
from plaidoyer.figures.models import Figure
from plaidoyer.lib.words import Words
from plaidoyer.reports import contents, editions, pdf
from plaidoyer.reports.models import Document, Edition

pytestmark = pytest.mark.django_db
NAMED = Words(fr="Vous avez donné {figure:pre}.", en="You gave {figure:pre}, <b>all of it</b>.")


@pytest.fixture
def named(half_year, world):
    """The half-year, whose introduction and one item name a figure of the campaign."""
    campaign = half_year.items.get().campaign
    noun = Words(fr="signatures pour le pré", en="signatures for the meadow")
    facts = {"source": "own", "rung": "confirmed", "campaign": campaign, "noun": noun}
    figure = Figure.objects.create(name="pre", **facts)
    figure.forms.set(campaign.forms.all())
    values.recount()
    half_year.introduction = NAMED
    half_year.save()
    half_year.items.update(text=NAMED)
    editions.approve(half_year.items.get(), world[1])
    return half_year


def published(edition, by):
    assert editions.hindrances(edition) == []
    return editions.publish(edition, by)


@pytest.mark.parametrize(
    ("language", "phrase", "exact"),
    [
        ("en", "more than 1,000 signatures for the meadow", "1,034"),
        ("fr", "plus de 1\u202f000 signatures pour le pré", "1\u202f034"),
    ],
)
def test_a_click_on_a_named_figure_leads_to_what_it_counts(
    client, named, world, language, phrase, exact
):
    published(named, world[1])

    page = client.get(f"/{language}/reports/2026-1/").text
    tree = BeautifulSoup(page, "html.parser")
    ways = tree.select("a.figure-link")

    assert [way.get_text() for way in ways] == [phrase, phrase]
    assert {way["href"] for way in ways} == {"#figure-pre"}
    told = tree.select_one("#figure-pre")
    assert told.get_text() == phrase
    assert exact in told.find_next("dd").get_text()
    assert f"/{language}/figures/pre/" in str(told.find_next("dd"))
    assert "<b>all of it" not in page
    data = client.get(f"/{language}/reports/2026-1/figures.json").json()
    assert data["named"][0]["exact"] == exact
    assert "figure-pre" in client.get(f"/{language}/reports/2026-1/figures.csv").text


def test_what_is_named_is_frozen_and_stands_in_mail_and_on_paper(client, named, world):
    published(named, world[1])
    before = client.get("/en/reports/2026-1/").content
    Tally.objects.update(confirmed=9_999)
    values.recount()

    assert client.get("/en/reports/2026-1/").content == before
    document = Document.objects.get(language="en")
    assert "more than 1,000 signatures for the meadow" in str(document.content["introduction"])
    version = Edition.objects.get().mailing.versions.get(language="fr")
    assert "plus de 1\u202f000 signatures pour le pré" in unescape(version.text)
    assert "{figure" not in version.html + version.text


def test_a_name_that_no_figure_has_stands_in_the_way(named):
    named.introduction = Words(fr="{figure:rien}", en="{figure:nothing}")

    told = [problem.text for problem in editions.hindrances(named)]

    assert [text for text in told if "“nothing”" in text]
    assert [text for text in told if "“rien”" in text]


def test_a_document_of_the_first_schema_is_read_and_corrected(client, half_year, world):
    """It had one chart, no pictures, quotes, ways to give or days to come, and fewer labels."""
    published(half_year, world[1])
    document = Document.objects.get(language="en")
    old = document.content | {"schema": 1}
    chart = next(one for one in old.pop("charts") if one["key"] == "acts")
    old["chart"] = {key: chart[key] for key in ("sentence", "svg", "alt", "columns", "rows")}
    for name in ("giving_ways", "named"):
        del old[name]
    labels = ("report", "contents", "major", "standings", "milestones", "evidence", "check")
    old["labels"] = {"chart": "Acts", **{key: old["labels"][key] for key in labels}}
    for group in old["groups"]:
        for item in group["items"]:
            for name in ("picture", "quote", "quote_by", "next", "charts"):
                del item[name]
            for figure in item["figures"]:
                del figure["name"]
    named = {"published_by": world[1], "published_at": half_year.created_at, "slug": "old"}
    elder = Edition.objects.create(
        title=half_year.title, starts_on="2025-01-01", ends_on="2025-06-30", **named
    )
    kept = {"sha256": document.sha256, "pdf": document.pdf, "language": "en"}
    Document.objects.create(edition=elder, content=old, **kept)

    for name in ("", "figures.json", "figures.csv", "share.png", "charts/acts.svg"):
        assert client.get(f"/en/reports/old/{name}").status_code == 200
    client.force_login(world[0])
    sent = {"anchor": "", "words_en": "It was five.", "reason_en": "A slip."}
    answer = client.post(reverse("editions:correct", args=[elder.pk]), sent)
    assert answer.status_code == 302
    assert client.get("/en/reports/old/old-en.pdf").content.startswith(b"%PDF")
    assert "It was five." in client.get("/en/reports/old/").text


def test_a_named_figure_is_on_paper(named):
    tree = contents.tell(contents.gather(named), "en", draw=False)
    tree["charts"] = []

    drawn = pdf.render(tree, {})

    assert drawn.startswith(b"%PDF")
    assert re.search("more than 1,000", str(tree["introduction"]))
