"""Files of petitions, counts and rules: what becomes of them, and that a second reading changes
nothing."""

import datetime
import json
from zoneinfo import ZoneInfo

import pytest

from plaidoyer.civics import imports, sources
from plaidoyer.civics.models import Organization
from plaidoyer.civics.sources import SourceError
from plaidoyer.lib.words import Words
from plaidoyer.parliament.models import (
    CompleteList,
    LegislativeSession,
    OfficialPetition,
    PetitionRules,
    PetitionSnapshot,
    RegionCount,
    Scope,
    Threshold,
)
from plaidoyer.parliament.ranks import ranks
from plaidoyer.parliament.sources import prose

pytestmark = pytest.mark.django_db
DAY = datetime.date(2026, 7, 27)
OTTAWA = ZoneInfo("America/Toronto")
XML = """<Petitions>
<Petition Title="e-9001 (Clear water)" ParliamentNumber="44" Session="1" SignatureCount="82,317">
<StatusId>{id}</StatusId><StatusName>{status}</StatusName>
<StatusReachedDateTime>{reached}</StatusReachedDateTime>
<PetitionNumber>e-9001</PetitionNumber>
<PetitionerFirstName>Priva</PetitionerFirstName><PetitionerLastName>Teperson</PetitionerLastName>
<Sponsor><FirstName>Ada</FirstName><LastName>Vale</LastName><Constituency>Larkenmere</Constituency>
</Sponsor>
<SignatureOpeningDateTime>November 21, 2023, at 2:40 p.m. (EST)</SignatureOpeningDateTime>
<SignatureClosingDateTime>February 19, 2024, at 11:40 p.m. (EST)</SignatureClosingDateTime>
<Signatures><ProvinceSignatures Province="Quebec" SignatureCount="32317" />
<ProvinceSignatures Province="Other Countries" SignatureCount="50" /></Signatures>
</Petition></Petitions>"""


def read(name, content, **options):
    return sources.get(name).read(content, DAY, **options)


def bring(name, content, **options):
    reading = read(name, content, **options)
    return imports.carry_out(reading, source=name, address="file", content=content, on=DAY)


def export(**changes):
    facts = {"id": "207", "status": "Open for signature", "reached": "November 21, 2023"}
    return XML.format(**(facts | changes)).encode()


def test_the_rules_come_in_once_and_what_was_corrected_here_stays():
    source = sources.get("petition-rules")
    content = source.fetch(None)
    bring("petition-rules", content)
    commons = PetitionRules.objects.get(legislature__identifier="ca-commons")
    assert (commons.response_days, commons.response_on_sitting_day) == (45, True)
    assert commons.is_official
    assert commons.source.startswith("https://")
    assert commons.open_days == [30, 60, 90, 120]
    assert commons.thresholds.get().signatures == 500
    held = dict(
        Threshold.objects.filter(rules__legislature__identifier="gb-commons").values_list(
            "code", "signatures"
        )
    )
    assert held == {"response": 10_000, "debate": 100_000}
    assert PetitionRules.objects.count() == 9

    assert imports.preview(read("petition-rules", content), DAY).is_empty
    PetitionRules.objects.filter(pk=commons.pk).update(response_days=40)
    again = imports.preview(read("petition-rules", content), DAY)
    assert again.is_empty
    assert len(again.conflicts) == 1


def test_every_rule_has_its_source_and_its_words_in_both_languages():
    reading = read("petition-rules", sources.get("petition-rules").fetch(None))
    for record in reading.records:
        if isinstance(record, type(reading.records[-1])):
            assert record.source.startswith("https://")
            for _code, _signatures, effect in record.thresholds:
                assert set(effect) == {"en", "fr"}
            assert set(record.note) in (set(), {"en", "fr"})


def test_an_export_gives_the_petition_its_session_and_its_provinces_and_nobody_private():
    run = bring("ourcommons-petitions", export())
    petition = OfficialPetition.objects.select_related("session").get()
    assert petition.title == {"en": "Clear water"}
    assert petition.session.identifier == "44-1"
    assert petition.session.parliament == "44"
    assert petition.sponsor == "Ada Vale (Larkenmere)"
    # 11:40 p.m. is still the same day in Ottawa.
    assert petition.closes_on == datetime.date(2024, 2, 19)
    snapshot = petition.snapshots.get()
    assert snapshot.signatures == 82_317
    assert snapshot.taken_at.astimezone(OTTAWA).date() == DAY
    assert dict(snapshot.regions.values_list("name", "signatures")) == {
        "Quebec": 32_317,
        "Other Countries": 50,
    }
    assert imports.preview(read("ourcommons-petitions", export()), DAY).is_empty

    kept = json.dumps(list(run.rows.values_list("after", flat=True)), default=str)
    assert "Priva" not in kept
    imports.undo(run)
    assert not PetitionSnapshot.objects.exists()
    assert not OfficialPetition.objects.exists()


def test_an_export_in_french_is_the_same_petition():
    bring("ourcommons-petitions", export())
    french = export(status="Fermée pour signature").decode()
    french = french.replace("November 21, 2023, at 2:40 p.m. (EST)", "21 novembre 2023 à 14 h 40")
    french = french.replace("Clear water", "Eau claire")
    bring("ourcommons-petitions", french.encode())
    petition = OfficialPetition.objects.get()
    assert petition.title == {"en": "Clear water", "fr": "Eau claire"}


def test_a_status_says_what_was_refused_and_what_was_dissolved():
    bring("ourcommons-petitions", export(id="229", reached="February 21, 2024"))
    assert OfficialPetition.objects.get().refused_on == datetime.date(2024, 2, 21)
    OfficialPetition.objects.all().delete()
    bring("ourcommons-petitions", export(id="289", reached="February 1, 2024"))
    assert LegislativeSession.objects.get().dissolved_on == datetime.date(2024, 2, 1)


def test_dates_that_cannot_be_are_told_and_left():
    wrong = export().replace(b"February 19, 2024", b"February 19, 2020")
    draft = imports.preview(read("ourcommons-petitions", wrong), DAY)
    assert not draft.added.get(OfficialPetition)
    assert "e-9001" in draft.conflicts[0][1]


@pytest.mark.parametrize(
    ("name", "content", "line"),
    [
        ("ourcommons-petitions", b"<Petitions><Petition", 1),
        ("ourcommons-petitions", b"<a>\n<b/></a>", 1),
        ("ourcommons-petitions", b'<!DOCTYPE x [<!ENTITY a "b">]><Petitions>&a;</Petitions>', 1),
        ("ourcommons-petitions", export().replace(b"32317", b"many"), 11),
        ("uk-petitions", b'{"data": [{"type": "petition"}]}', 0),
        ("uk-petitions", b'{"data": ', 1),
        ("uk-petitions", b"[]", 0),
        ("uk-petitions", b"\x00" * 1000, 1),
        ("petitions-csv", b"number,signatures\ne-1,many\n", 2),
        ("petitions-csv", b"number,closes_on\ne-1,tomorrow\n", 2),
        ("petitions-csv", b"signatures\n12\n", 2),
        ("petition-rules", b"rules = 3 = 4", 0),
        ("petition-rules", b'[[rules]]\nlegislature = "x"\n', 0),
    ],
)
def test_a_damaged_file_is_refused_with_its_line(name, content, line):
    with pytest.raises(SourceError) as error:
        read(name, content)
    assert error.value.line == line
    assert error.value.reason


def test_a_formula_in_a_title_is_refused():
    reading = read("petitions-csv", b"number,title,signatures\ne-1,=cmd(),12\n")
    with pytest.raises(SourceError):
        imports.preview(reading, DAY)


def uk(rows, **links):
    return json.dumps({"links": links, "data": rows}).encode()


def uk_row(number, signatures, **facts):
    attributes = {"action": f"Petition {number}", "state": "open", "signature_count": signatures}
    return {"type": "petition", "id": number, "attributes": attributes | facts}


def test_a_british_list_without_a_next_page_is_complete_and_places_are_exact():
    rows = [uk_row(1, 50, closing_date="2026-12-01"), uk_row(2, 50, closing_date="2026-12-01")]
    rows += [uk_row(3, 70, closing_date="2026-12-01"), uk_row(4, 10, closing_date="2026-12-01")]
    page = {"self": "https://petition.parliament.uk/petitions.json?state=open"}
    bring("uk-petitions", uk(rows, **page, next="https://petition.parliament.uk/p2"))
    assert not CompleteList.objects.exists()
    bring("uk-petitions", uk(rows, **page, next=None))
    assert CompleteList.objects.get().scope == Scope.OPEN
    places = {
        petition.identifier: {rank.scope: rank for rank in ranks(petition, DAY)}
        for petition in OfficialPetition.objects.all()
    }
    assert [places[number][Scope.OPEN].rank for number in "3124"] == [1, 2, 2, 4]
    assert places["1"][Scope.OPEN].is_complete
    assert places["1"][Scope.OPEN].of == 4
    # Of all time the list says nothing, and four are too few to say "at least".
    assert set(places["1"]) == {Scope.OPEN}


def test_a_british_petition_brings_its_dates_and_places_and_not_who_began_it():
    facts = {
        "opened_at": "2026-06-30T23:30:00.000Z",
        "closing_date": "2026-12-31",
        "government_response": {"responded_on": "2026-07-20", "summary": "No."},
        "scheduled_debate_date": "2026-09-14",
        "creator_name": "Priva Teperson",
        "signatures_by_country": [{"name": "United Kingdom", "signature_count": 40}],
        "signatures_by_constituency": [{"name": "Aldershot\u0000", "signature_count": 30}],
    }
    content = json.dumps({"data": uk_row(7, 50, **facts)}).encode()
    run = bring("uk-petitions", content)
    petition = OfficialPetition.objects.get()
    # Half past midnight in London.
    assert petition.opens_on == datetime.date(2026, 7, 1)
    assert petition.answered_on == datetime.date(2026, 7, 20)
    assert petition.debate_on == datetime.date(2026, 9, 14)
    assert set(RegionCount.objects.values_list("level", "name")) == {
        ("country", "United Kingdom"),
        ("constituency", "Aldershot"),
    }
    kept = json.dumps(list(run.rows.values_list("after", flat=True)), default=str)
    assert "Priva" not in kept


def test_all_pages_of_the_british_list_are_fetched_and_no_other_site():
    pages = {
        "https://petition.parliament.uk/petitions.json?state=open": uk(
            [uk_row(1, 5)], next="https://petition.parliament.uk/petitions.json?page=2&state=open"
        ),
        "https://petition.parliament.uk/petitions.json?page=2&state=open": uk(
            [uk_row(2, 4)], next=None
        ),
    }
    content = sources.get("uk-petitions").fetch(pages.__getitem__)
    bring("uk-petitions", content)
    assert OfficialPetition.objects.count() == 2
    assert CompleteList.objects.get().petitions == 2
    elsewhere = uk([uk_row(1, 5)], next="https://evil.example/")
    with pytest.raises(SourceError):
        sources.get("uk-petitions").fetch(lambda address: elsewhere)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("March 27, 2024, at 2:40 p.m. (EDT)", "2024-03-27T14:40:00-04:00"),
        ("27 mars 2024 à 14 h 40 (HAE)", "2024-03-27T14:40:00-04:00"),
        ("1er février 2024 à 0 h 05 (HNE)", "2024-02-01T00:05:00-05:00"),
        ("December 1, 2023, at 12:00 a.m. (EST)", "2023-12-01T00:00:00-05:00"),
        ("February 29, 2024, at 12:30 p.m.", "2024-02-29T12:30:00-05:00"),
        ("2026-11-18T15:41", "2026-11-18T15:41:00-05:00"),
        ("February 30, 2024, at 2:40 p.m.", None),
        ("March 27, 2024", None),
        ("March 27, 2024, at 25:61", None),
        ("", None),
    ],
)
def test_moments_in_prose_are_read_with_their_zone(text, expected):
    found = prose.moment(text, OTTAWA)
    assert (found and found.isoformat()) == expected


def test_the_real_lists_come_in_once_and_give_places(real_data):
    opened = (real_data / "ca/epetitions_open_2026-07-27.csv").read_bytes()
    bring("petitions-csv", opened)
    bring("petitions-csv", (real_data / "ca/epetitions_landmarks_press.csv").read_bytes())
    assert OfficialPetition.objects.count() == 25
    top = OfficialPetition.objects.get(identifier="e-7531")
    assert top.title["fr"] == "Affaires étrangères"
    places = {rank.scope: rank for rank in ranks(top, DAY)}
    assert (places[Scope.OPEN].rank, places[Scope.OPEN].is_complete) == (1, False)
    assert places[Scope.ALL].ahead == 4
    assert imports.preview(read("petitions-csv", opened), DAY).is_empty
    british = (real_data / "uk/petitions_top_open_2019-11-04.csv").read_bytes()
    bring("petitions-csv", british, legislature="gb-commons")
    assert PetitionSnapshot.objects.order_by("signatures").last().signatures == 1_725_479


def test_the_sample_export_and_the_sample_petition_are_read(real_data):
    bring(
        "ourcommons-petitions",
        (real_data / "samples/ourcommons_petitions_export.reconstructed.xml").read_bytes(),
    )
    assert set(OfficialPetition.objects.values_list("identifier", "status")) == {
        ("e-4904", "Open for signature"),
        ("e-2125", "Not certified"),
    }
    bring(
        "uk-petitions", (real_data / "samples/uk_petition_269157.reconstructed.json").read_bytes()
    )
    assert OfficialPetition.objects.get(identifier="269157").snapshots.get().signatures == 1_725_479


def test_a_petition_typed_in_by_hand_is_kept_and_completed():
    house = Organization.objects.create(
        identifier="ca-commons", name=Words(fr="Chambre des communes", en="House of Commons")
    )
    OfficialPetition.objects.create(
        legislature=house, identifier="e-9001", title=Words(fr="Eau", en="Water"), sponsor="Noé"
    )
    run = bring("ourcommons-petitions", export())
    petition = OfficialPetition.objects.get()
    assert petition.title == {"fr": "Eau", "en": "Water"}
    assert petition.sponsor == "Noé"
    assert petition.closes_on == datetime.date(2024, 2, 19)
    assert any("Noé" in reason for _line, reason in run.warnings)
