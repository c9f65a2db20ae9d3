"""The reference petition: typed in by an organiser, seen by visitors, told in a report.

Closed on 19 February 2024 with more than 82,000 signatures, 9th of all time and 5th of its session
as published; presented, with an answer due; and the vote of 18 March, adopted as amended.
Its title and its legislature's members are invented.
"""

import datetime
import re

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from icalendar import Calendar

from plaidoyer.campaigns.models import AskedVote
from plaidoyer.civics import imports, sources
from plaidoyer.civics.models import Organization
from plaidoyer.lib.words import Words
from plaidoyer.parliament.models import (
    LegislativeSession,
    Motion,
    OfficialPetition,
    PublishedRank,
    Scope,
    VoteEvent,
)
from plaidoyer.reports import figures
from plaidoyer.testing import make_campaign, make_form, make_organiser, make_pages, typed

pytestmark = pytest.mark.django_db
PAGE = Words(
    fr="https://www.noscommunes.ca/petitions/fr/Petition/Details?Petition=e-9001",
    en="https://www.ourcommons.ca/petitions/en/Petition/Details?Petition=e-9001",
)


def rules():
    source = sources.get("petition-rules")
    content = source.fetch(None)
    reading = source.read(content, datetime.date(2026, 11, 24))
    imports.carry_out(reading, source=source.name, address=source.address, content=content)
    return Organization.objects.get(identifier="ca-commons")


@pytest.fixture
def petition(client):
    """Everything Ed types in, by the forms of the back office."""
    house = rules()
    client.force_login(make_organiser())
    entered = typed(legislature=house.pk, identifier="44-1", parliament="44", start_on="2021-11-22")
    assert client.post(reverse("sessions:add"), entered).status_code == 302
    session = LegislativeSession.objects.get()
    days = "2024-03-18\n2024-04-08\n2024-04-12\nApril 15, 2024\n16 avril 2024"
    sent = {"legislature": house.pk, "text": days, "step": "keep"}
    assert client.post(reverse("official-petitions:sittings"), sent).status_code == 302
    counts = [
        (20_000, "2023-12-04 12:00"),
        (55_000, "2024-01-15 12:00"),
        (82_317, "2024-02-19 16:00"),
    ]
    entered = typed(
        legislature=house.pk,
        session=session.pk,
        identifier="e-9001",
        title=Words(fr="De l’eau claire pour tout le monde", en="Clear water for everybody"),
        url=PAGE,
        answer_url=Words(),
        sponsor="Ada Vale",
        is_followed="on",
        opens_on="2023-11-21",
        closes_on="2024-02-19",
        presented_on="2024-02-28",
        presented_as="441-02201",
        ranks=[
            {
                "rank": place,
                "scope": scope,
                "as_of": "2024-02-19",
                "source": "https://press.example/",
            }
            for place, scope in ((9, Scope.ALL.value), (5, Scope.SESSION.value))
        ],
        snapshots=[
            {"signatures": number, "taken_at": at, "source": PAGE["en"]} for number, at in counts
        ],
    )
    assert client.post(reverse("official-petitions:add"), entered).status_code == 302
    client.logout()
    return OfficialPetition.objects.get()


@pytest.fixture
def pages(petition):
    campaign = make_campaign(slug="water")
    campaign.official_petitions.add(petition)
    form = make_form(campaign, kind="official_petition", options={"petition": petition.pk})
    return make_pages(form)


def plain(html):
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", html))


def test_its_own_page_tells_figure_places_and_the_day_of_the_answer(client, petition, pages):
    address = reverse("petitions:petition", args=[petition.public_id])
    english = client.get(address)
    text = plain(english.text)

    assert "82,317" in text
    assert "9th of all time, as published on February 19, 2024" in text
    assert "5th of session 44-1, as published on February 19, 2024" in text
    # 45 days end on Saturday 13 April; the House sits next on the 15th.
    assert "April 15, 2024" in text
    assert "April 13, 2024" in text
    assert "days late: it was due on April 15, 2024" in text
    assert "<polyline" in english.text
    # The picture ends with the day on which the answer is due.
    assert ">April 15, 2024</text>" in english.text
    assert "Reached by December 4, 2023" in text
    assert "public" in english["Cache-Control"]
    assert not english.cookies
    assert len(english.content) < 30_000

    french = client.get(address.replace("/en/", "/fr/"))
    assert "82\u202f317" in french.text
    assert "15 avril 2024" in french.text
    assert "De l’eau claire pour tout le monde" in french.text
    assert client.get(address).content == english.content


def test_it_stands_on_the_campaign_page_and_on_its_form_in_both_languages(client, petition, pages):
    for language, figure in (("en", "82,317"), ("fr", "82\u202f317")):
        form_page = pages[language]
        for page in (form_page, form_page.get_parent().specific):
            text = client.get(page.get_url()).text
            assert figure in text
            assert petition.public_id in text
            assert "<polyline" in text
            assert len(text.encode()) < 30_000


def test_the_report_tells_it_with_its_places_and_the_day_due(petition, pages):
    campaign = pages["en"].form.campaign
    period = datetime.date(2024, 1, 1), datetime.date(2024, 3, 31)
    (figure,) = figures.gather(campaign, *period)
    english, french = figure.tell("en"), figure.tell("fr")

    assert english["words"] == "more than 82,000"
    assert french["words"] == "plus de 82\u202f000"
    assert "9th of all time" in english["definition"]
    assert "An answer is due on April 15, 2024." in english["definition"]
    assert "15 avril 2024" in french["definition"]
    assert english["source_url"] == PAGE["en"]


def test_the_vote_of_18_march_is_typed_in_and_shown(client, petition):
    client.force_login(make_organiser("anne"))
    entered = typed(
        legislature=petition.legislature_id,
        session=petition.session_id,
        identifier="M-1",
        bill="",
        title=Words(fr="Motion sur l’eau", en="Motion on water"),
        text=Words(),
        url=Words(),
        vote_events=[
            {
                "held_on": "2024-03-18",
                "result": VoteEvent.Result.AMENDED.value,
                "session": petition.session_id,
                "identifier": "658",
                "yes_count": 204,
                "no_count": 117,
                "source": "https://www.ourcommons.ca/members/en/votes/44/1/658",
            }
        ],
    )
    assert client.post(reverse("motions:add"), entered).status_code == 302
    client.logout()
    event = Motion.objects.get().vote_events.get()
    assert (event.yes_count, event.no_count) == (204, 117)
    for language, words in (("en", "adopted as amended"), ("fr", "204")):
        page = client.get(f"/{language}/votes/{event.public_id}/").text
        assert words in page
        assert "117" in page
    campaign = make_campaign()
    asked = {"event": event, "option": "yes", "reason": Words(fr="Oui", en="Yes")}
    AskedVote.objects.create(campaign=campaign, **asked)
    (figure,) = figures.gather(campaign, datetime.date(2024, 1, 1), datetime.date(2024, 3, 31))
    english, french = figure.tell("en"), figure.tell("fr")
    assert (english["words"], english["label"]) == ("204", "votes for")
    assert "Adopted as amended on March 18, 2024: 204 for, 117 against." in english["definition"]
    assert (french["words"], french["label"]) == ("204", "voix pour")
    assert "Motion adoptée avec modifications le 18 mars 2024" in french["definition"]
    assert french["source_url"].startswith("https://www.ourcommons.ca/")
    # A vote of another period is told in another report.
    assert figures.gather(campaign, datetime.date(2024, 4, 1), datetime.date(2024, 6, 30)) == []


def test_the_calendar_of_the_campaign_has_its_days_and_is_valid(client, petition, pages):
    address = reverse("petitions:campaign_feed", args=["water"])
    answer = client.get(address)

    assert answer["Content-Type"].startswith("text/calendar")
    assert "public" in answer["Cache-Control"]
    assert not answer.cookies
    assert all(len(line) <= 75 for line in answer.content.split(b"\r\n"))
    assert b"\n" not in answer.content.replace(b"\r\n", b"")
    calendar = Calendar.from_ical(answer.content)
    assert {"VERSION", "PRODID"} <= set(calendar)
    events = {event["dtstart"].dt: event for event in calendar.walk("VEVENT")}
    assert set(events) == {datetime.date(2024, 2, 19), datetime.date(2024, 4, 15)}
    assert all({"UID", "DTSTAMP", "SUMMARY"} <= set(event) for event in events.values())
    assert client.get(address).content == answer.content

    french = Calendar.from_ical(client.get(address.replace("/en/", "/fr/")).content)
    uids = {str(event["uid"]) for event in events.values()}
    assert {str(event["uid"]) for event in french.walk("VEVENT")} == uids
    # A day that moves keeps its name, so that calendars move it too.
    OfficialPetition.objects.update(
        response_due_on=datetime.date(2024, 5, 1), response_due_reason="Agreed"
    )
    moved = Calendar.from_ical(client.get(address).content)
    assert {str(event["uid"]) for event in moved.walk("VEVENT")} == uids
    assert client.get("/en/deadlines/nothing.ics").status_code == 404


def test_a_petition_kept_only_for_comparison_has_no_page(client, petition):
    OfficialPetition.objects.update(is_followed=False)
    address = reverse("petitions:petition", args=[petition.public_id])
    assert client.get(address).status_code == 404
    assert client.get(reverse("petitions:petition", args=["x"])).status_code == 404


def test_its_page_asks_no_more_of_the_database_when_more_is_known(client, petition, pages):
    address = reverse("petitions:petition", args=[petition.public_id])
    with CaptureQueriesContext(connection) as few:
        client.get(address)
    PublishedRank.objects.create(
        petition=petition, scope=Scope.YEAR, rank=2, as_of="2024-02-19", source="https://a.example/"
    )
    for number in range(1, 8):
        petition.snapshots.create(
            signatures=number * 1000,
            taken_at=datetime.datetime(2023, 12, number, tzinfo=datetime.UTC),
            source="https://a.example/",
        )
    with CaptureQueriesContext(connection) as many:
        client.get(address)
    assert len(many) <= len(few)
    assert len(few) < 30
