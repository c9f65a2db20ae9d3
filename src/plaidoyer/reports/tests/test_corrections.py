import datetime
import io
from html import unescape

import pypdf
import pytest
from django.db import DatabaseError, connection, transaction
from django.urls import reverse
from django.utils import timezone

from plaidoyer.lib.words import Words
from plaidoyer.reports import corrections, editions, schedules
from plaidoyer.reports.models import Correction, Document
from plaidoyer.testing import typed

WORDS = Words(fr="Le décret date du 4 mars.", en="The decree is of March 4.")
REASON = Words(fr="Nous avions lu le mauvais jour.", en="We had read the wrong day.")


@pytest.fixture
def published(half_year, world):
    return editions.publish(half_year, world[0])


def frozen():
    rows = Document.objects.order_by("language")
    return [(row.content, row.sha256, bytes(row.pdf)) for row in rows]


def said(pdf):
    pages = pypdf.PdfReader(io.BytesIO(pdf)).pages
    return " ".join(" ".join(page.extract_text() for page in pages).split())


def test_a_correction_shows_on_web_and_paper_and_the_frozen_stays_to_the_byte(
    published, world, client
):
    before = frozen()
    first = client.get("/en/reports/2026-1/2026-1-en.pdf").content

    corrections.append(published, words=WORDS, reason=REASON, by=world[0], anchor="c-meadow")

    assert frozen() == before
    page = unescape(client.get("/en/reports/2026-1/").content.decode())
    for told in (WORDS["en"], REASON["en"], 'href="#c-meadow"'):
        assert told in page
    paper = client.get("/en/reports/2026-1/2026-1-en.pdf").content
    assert WORDS["en"] in said(paper)
    assert REASON["en"] in said(paper)
    assert client.get("/en/reports/2026-1/original/2026-1-en.pdf").content == first
    assert WORDS["fr"] in unescape(client.get("/fr/reports/2026-1/").content.decode())
    feed = unescape(client.get("/en/reports/feed.atom").content.decode())
    assert WORDS["en"] in feed
    data = client.get("/en/reports/2026-1/figures.json").json()
    assert data["corrections"][0]["words"] == WORDS["en"]


def test_corrections_are_only_appended(published, world):
    corrections.append(published, words=WORDS, reason=REASON, by=world[0])
    for change in (
        "UPDATE reports_correction SET anchor = 'x'",
        "DELETE FROM reports_correction",
        "DELETE FROM reports_correctedpaper",
    ):
        with pytest.raises(DatabaseError, match="never changed"), transaction.atomic():
            connection.cursor().execute(change)


@pytest.mark.parametrize(
    ("words", "told"),
    [
        (Words(en="Only one"), "in every language"),
        (Words(en="A sign 😀", fr="Un signe 😀"), "has the sign “😀”"),
    ],
)
def test_a_correction_that_cannot_be_read_by_all_is_refused(published, world, words, told):
    with pytest.raises(editions.RefusedError, match=told):
        corrections.append(published, words=words, reason=REASON, by=world[0])
    assert not Correction.objects.exists()


def test_an_organiser_writes_a_correction_in_the_back_office(published, world, client):
    client.force_login(world[0])
    url = reverse("editions:correct", args=[published.pk])
    assert client.get(url).status_code == 200

    empty = client.post(url, {})
    assert empty.status_code == 200
    assert not Correction.objects.exists()
    client.post(url, typed(anchor="", words=WORDS, reason=REASON))

    assert Correction.objects.get().words == WORDS
    page = client.get(reverse("editions:edit", args=[published.pk])).content.decode()
    assert WORDS["en"] in unescape(page)


def test_a_draft_takes_no_correction(half_year, world, client):
    with pytest.raises(editions.RefusedError, match="change it instead"):
        corrections.append(half_year, words=WORDS, reason=REASON, by=world[0])
    client.force_login(world[0])
    url = reverse("editions:correct", args=[half_year.pk])
    assert client.get(url, follow=True).status_code == 404


def test_an_edition_publishes_itself_at_its_hour_and_not_before(half_year, world):
    at = timezone.now() + datetime.timedelta(hours=1)
    schedules.schedule(half_year, at, world[1])

    schedules.tick(at - datetime.timedelta(minutes=1))
    assert not Document.objects.exists()
    schedules.tick(at)
    schedules.tick(at)

    half_year.refresh_from_db()
    assert half_year.published_by == world[1]
    assert Document.objects.count() == 2


def test_what_changed_meanwhile_stops_it_and_is_told(half_year, world, facts, client):
    at = timezone.now() + datetime.timedelta(hours=1)
    schedules.schedule(half_year, at, world[1])
    half_year.items.get().approvals.all().delete()

    schedules.tick(at)

    half_year.refresh_from_db()
    assert half_year.published_at is None
    assert half_year.due_at is None
    assert "not approved" in half_year.hindrance["en"]
    client.force_login(world[0])
    page = client.get(reverse("editions:edit", args=[half_year.pk])).content.decode()
    assert "not published when its time came" in page


def test_a_past_moment_is_refused_and_a_schedule_is_taken_back(half_year, world, client):
    client.force_login(world[0])
    url = reverse("editions:schedule", args=[half_year.pk])
    for at in ("2020-01-01T10:00", "x", ""):
        client.post(url, {"at": at})
        half_year.refresh_from_db()
        assert half_year.due_at is None
    client.post(url, {"at": "2090-01-01T10:00"})
    half_year.refresh_from_db()
    assert half_year.due_at is not None
    client.post(url, {"back": "1"})
    half_year.refresh_from_db()
    assert half_year.due_at is None
