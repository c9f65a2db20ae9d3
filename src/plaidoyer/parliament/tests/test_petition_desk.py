"""Ed follows official petitions: counts in seconds, pasted pages, sitting days, reminders."""

import datetime

import pytest
from django.contrib.auth.models import User
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone
from icalendar import Calendar
from wagtail.models import Site

from plaidoyer.civics import fetching
from plaidoyer.civics.models import Organization
from plaidoyer.lib.words import Words
from plaidoyer.mail.models import Envelope
from plaidoyer.parliament import fetches, links, notices, pastes
from plaidoyer.parliament.models import (
    DeadlineNotice,
    Motion,
    OfficialPetition,
    PetitionRules,
    PetitionSettings,
    PetitionSnapshot,
    SittingDay,
    VoteEvent,
)
from plaidoyer.testing import make_organiser, typed

pytestmark = pytest.mark.django_db
DAY = datetime.timedelta(days=1)
ENGLISH = """e-9001 (Clear water)
Petition to the House of Commons

Open for signature
November 21, 2023, at 2:40 p.m. (EST)
Closed for signature
February 19, 2024, at 2:40 p.m. (EST)
Presented to the House of Commons
Ada Vale (Larkenmere)
February 28, 2024 (Petition No. 441-02201)
Signatures (82,317)
Province / Territory\tSignatures
Ontario\t40,000
Quebec\t42,300
Other Countries\t17
"""
FRENCH = """e-9001 (Eau claire)
Ouverte pour signature
21 novembre 2023 à 14 h 40 (HNE)
Fermée pour signature
19 février 2024 à 14 h 40 (HNE)
82\u00a0317 signatures
Province / Territoire
Ontario
40\u00a0000
Québec
42\u202f300
Autres pays 17
"""


@pytest.fixture
def house():
    return Organization.objects.create(
        identifier="ca-commons",
        name=Words(fr="Chambre", en="House"),
        classification="legislature",
        time_zone="America/Toronto",
    )


@pytest.fixture
def petition(house):
    return OfficialPetition.objects.create(
        legislature=house,
        identifier="e-9001",
        title=Words(fr="Eau claire", en="Clear water"),
        url=Words(fr="https://house.example/fr/9001", en="https://house.example/en/9001"),
    )


@pytest.fixture
def ed(client):
    ed = make_organiser()
    client.force_login(ed)
    return ed


def counts(petition):
    return reverse("official-petitions:counts", args=[petition.pk])


def test_a_count_is_noted_in_one_step(client, ed, petition):
    page = client.get(counts(petition)).text
    assert 'value="https://house.example/en/9001"' in page
    sent = {"step": "count", "signatures": "82,317", "source": "https://house.example/en/9001"}
    assert client.post(counts(petition), sent).status_code == 302
    seen = petition.snapshots.get()
    assert (seen.signatures, seen.entered_by, seen.how) == (82_317, ed, "typed")
    assert "82,317" in client.get(counts(petition)).text


@pytest.mark.parametrize(
    "wrong",
    [
        {"signatures": "many"},
        {"signatures": "-1"},
        {"signatures": "9" * 30},
        {"source": "javascript:alert(1)"},
        {"taken_at": "2999-01-01 12:00"},
        {"taken_at": "\x00"},
    ],
)
def test_a_wrong_count_is_told_beside_its_field_and_kept_in_the_form(client, ed, petition, wrong):
    sent = {"step": "count", "signatures": "5", "source": "https://house.example/"} | wrong
    answer = client.post(counts(petition), sent)
    assert answer.status_code == 200
    assert set(answer.context["count"].errors) == set(wrong)
    assert not petition.snapshots.exists()


@pytest.mark.parametrize("text", [ENGLISH, FRENCH])
def test_a_pasted_page_is_understood_in_both_languages(text):
    page = pastes.read(text)
    assert page.signatures == 82_317
    assert sorted(page.regions.values()) == [17, 40_000, 42_300]
    assert page.dates["opens_on"] == datetime.date(2023, 11, 21)
    assert page.dates["closes_on"] == datetime.date(2024, 2, 19)
    assert page.number == "e-9001"
    assert not page.doubts


def test_a_pasted_page_is_shown_before_it_is_kept(client, ed, petition):
    sent = {"page-text": ENGLISH, "page-source": "https://house.example/en/9001"}
    shown = client.post(counts(petition), sent | {"step": "read"})
    assert "82,317" in shown.text
    assert not petition.snapshots.exists()
    assert client.post(counts(petition), sent | {"step": "keep"}).status_code == 302
    petition.refresh_from_db()
    assert petition.presented_on == datetime.date(2024, 2, 28)
    assert petition.presented_as == "441-02201"
    seen = petition.snapshots.get()
    assert (seen.how, seen.entered_by) == ("pasted", ed)
    assert dict(seen.regions.values_list("name", "signatures"))["Other Countries"] == 17


def test_a_page_of_another_petition_and_other_days_are_told_and_nothing_known_is_overwritten(
    client, ed, petition
):
    petition.closes_on = datetime.date(2024, 3, 1)
    petition.save()
    other = ENGLISH.replace("e-9001", "e-1").replace("42,300", "42,000")
    sent = {"page-text": other, "page-source": "https://house.example/", "step": "read"}
    doubts = client.post(counts(petition), sent).context["doubts"]
    assert len(doubts) == 3
    client.post(counts(petition), sent | {"step": "keep"})
    petition.refresh_from_db()
    assert petition.closes_on == datetime.date(2024, 3, 1)


@pytest.mark.parametrize("text", ["\x00\u202e", "signatures", "1" * 5000, "Ontario " * 9999])
def test_no_pasted_text_is_a_server_error(client, ed, petition, text):
    sent = {"page-text": text, "page-source": "https://house.example/", "step": "read"}
    assert client.post(counts(petition), sent).status_code == 200


def test_dates_out_of_order_are_told_beside_their_fields(client, ed, petition):
    sheet = typed(
        legislature=petition.legislature_id,
        identifier="e-9001",
        title=petition.title,
        url=petition.url,
        answer_url=Words(),
        opens_on="2024-03-01",
        closes_on="2024-02-01",
        presented_on="2024-02-15",
        response_due_on="2024-05-01",
        ranks=[],
        snapshots=[],
    )
    address = reverse("official-petitions:edit", args=[petition.pk])
    errors = client.post(address, sheet).context["form"].errors
    assert set(errors) == {"closes_on", "presented_on", "response_due_reason"}


def test_sitting_days_are_pasted_seen_and_kept(client, ed, house):
    SittingDay.objects.create(legislature=house, day=datetime.date(2024, 4, 9))
    text = "2024-04-08\nApril 10, 2024\n15 avril 2024\nnonsense"
    sent = {"legislature": house.pk, "text": text, "whole": "on"}
    address = reverse("official-petitions:sittings")
    shown = client.post(address, sent | {"step": "read"})
    assert "nonsense" in shown.text
    assert SittingDay.objects.count() == 1
    assert client.post(address, sent | {"step": "keep"}).status_code == 302
    days = [day.isoformat() for day in SittingDay.objects.values_list("day", flat=True)]
    assert days == ["2024-04-08", "2024-04-10", "2024-04-15"]


def test_the_list_marks_what_is_overdue_in_few_queries(client, ed, house):
    PetitionRules.objects.create(
        legislature=house, response_days=45, source="https://house.example/rules"
    )
    long_ago = timezone.localdate() - 60 * DAY

    def add(number):
        made = OfficialPetition.objects.create(
            legislature=house, identifier=f"e-{number}", presented_on=long_ago
        )
        PetitionSnapshot.objects.create(
            petition=made, signatures=number, source="https://a.example/"
        )

    add(1)
    address = reverse("official-petitions:index")
    client.get(address)
    with CaptureQueriesContext(connection) as few:
        page = client.get(address).text
    assert "15 days late" in page
    for number in range(2, 12):
        add(number)
    with CaptureQueriesContext(connection) as many:
        client.get(address)
    assert len(many) <= len(few) + 1


def test_organisers_are_reminded_of_each_deadline_once(house, petition):
    make_organiser("ed")
    User.objects.create_user("visitor", "visitor@river.example")
    today = timezone.localdate()
    petition.closes_on = today + 5 * DAY
    petition.save()
    OfficialPetition.objects.create(
        legislature=house, identifier="e-2", closes_on=today + 5 * DAY, is_followed=False
    )
    OfficialPetition.objects.create(legislature=house, identifier="e-3", closes_on=today + 30 * DAY)
    motion = Motion.objects.create(
        legislature=house, identifier="M-7", title=Words(en="Boats"), vote_expected_on=today + DAY
    )

    assert notices.tell() == 1
    assert notices.tell() == 0
    envelope = Envelope.objects.get()
    assert envelope.to_address == "ed@river.example"
    message = notices.compose([envelope])[envelope.pk]
    assert "2 deadlines" in message.subject
    assert "Clear water" in message.text
    assert "M-7" in message.text
    assert "e-2" not in message.text
    assert DeadlineNotice.objects.count() == 2

    # A day that moves is another deadline; a vote that was held is none any more.
    petition.closes_on = today + 6 * DAY
    petition.save()
    VoteEvent.objects.create(
        motion=motion, held_on=today, result="pass", source="https://a.example/"
    )
    assert notices.compose([envelope]) == {}
    assert notices.tell() == 1
    assert "Clear water" in notices.compose([Envelope.objects.latest("pk")]).popitem()[1].subject


def test_the_own_feed_has_every_deadline_and_its_address_can_be_renewed(client, ed, petition):
    petition.closes_on = datetime.date(2026, 12, 1)
    petition.save()
    address = reverse("official-petitions:feed")
    client.post(address)
    first = client.get(address).context["address"]
    client.logout()
    answer = client.get(first.removeprefix("http://localhost:8000"))
    assert answer["Content-Type"].startswith("text/calendar")
    assert "no-store" in answer["Cache-Control"]
    assert not answer.cookies
    event = Calendar.from_ical(answer.content).walk("VEVENT")[0]
    assert event["dtstart"].dt == datetime.date(2026, 12, 1)
    assert "Clear water" in event["summary"]

    client.force_login(ed)
    client.post(address)
    client.logout()
    assert client.get(first.removeprefix("http://localhost:8000")).status_code == 404
    token = links.token(links.held(ed))
    path = reverse("petitions:own_feed", args=[token])
    assert client.get(path).status_code == 200
    User.objects.filter(pk=ed.pk).update(is_active=False)
    assert client.get(path).status_code == 404
    assert client.get(reverse("petitions:own_feed", args=["x"])).status_code == 404


def test_counts_are_fetched_only_where_that_is_switched_on(monkeypatch):
    asked = []

    def get(address):
        asked.append(address)
        return (
            b'{"data": {"type": "petition", "id": 7, "attributes":'
            b' {"action": "Swim", "state": "open", "signature_count": 51}}}'
        )

    # The network is not ours: the client that would ask it is replaced, not our reading.
    monkeypatch.setattr(fetching, "get", get)
    commons = Organization.objects.create(
        identifier="gb-commons", name=Words(en="Commons"), time_zone="Europe/London"
    )
    swim = OfficialPetition.objects.create(
        legislature=commons, identifier="7", closes_on=timezone.localdate() + 9 * DAY
    )
    OfficialPetition.objects.create(
        legislature=commons, identifier="8", closes_on=timezone.localdate() - 9 * DAY
    )

    assert fetches.fetch_all() == 0
    PetitionSettings.objects.create(
        site=Site.objects.get(is_default_site=True), fetches_counts=True
    )
    assert fetches.fetch_all() == 1
    assert asked == ["https://petition.parliament.uk/petitions/7.json"]
    assert swim.snapshots.get().signatures == 51


def test_rules_are_edited_with_their_thresholds(client, ed, house):
    facts = {"legislature": house.pk, "open_days": "30, 60", "response_days": 45}
    sent = typed(
        **facts,
        response_sitting=1,
        note=Words(),
        source="https://house.example/rules",
        thresholds=[{"signatures": 500, "code": "certification", "effect": Words(en="Certified")}],
    )
    address = reverse("petition-rules:add")
    assert client.get(address).status_code == 200
    assert client.post(address, sent | {"source": ""}).context["form"].errors.keys() == {"source"}
    assert client.post(address, sent).status_code == 302
    rules = PetitionRules.objects.get()
    assert (rules.open_days, rules.thresholds.get().signatures) == ([30, 60], 500)
    assert client.get(reverse("petition-rules:edit", args=[rules.pk])).status_code == 200
    assert "House" in client.get(reverse("petition-rules:index")).text
