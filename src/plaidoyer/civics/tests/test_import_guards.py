"""What an import leaves as it is, what it refuses, and what an undo puts back."""

import datetime
from dataclasses import replace
from decimal import Decimal

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from plaidoyer.civics import imports, texts
from plaidoyer.civics.models import (
    ContactDetail,
    ImportedRow,
    ImportRun,
    Organization,
    Person,
    Post,
    PostalPrefix,
)
from plaidoyer.civics.records import (
    ContactRecord,
    OrganizationRecord,
    PersonRecord,
    PostRecord,
    PrefixRecord,
)
from plaidoyer.civics.sources import Reading, SourceError
from plaidoyer.lib.words import Words

from .river_house import FRIDAY, HOUSE, MONDAY, PAGE, PLACE, carry_out, everything, house, member

pytestmark = pytest.mark.django_db


def test_an_organization_that_was_typed_in_is_adopted_by_its_name():
    typed = Organization.objects.create(name=Words(en="RIVER HOUSE", fr="Chambre"))

    draft = imports.preview(house(member(1, "Ada Vale")), MONDAY)
    carry_out(house(member(1, "Ada Vale")))

    typed.refresh_from_db()
    assert typed.identifier == HOUSE
    assert typed.classification == "legislature"
    assert typed.name == {"en": "RIVER HOUSE", "fr": "Chambre"}
    assert draft.conflicts == []


def test_what_somebody_corrected_here_stays_and_is_told():
    carry_out(house(member(1, "Ada Vale", number="7")))
    Person.objects.update(given_name="Adela")

    run = carry_out(house(member(1, "Ada Vale", number="7")), on=FRIDAY)

    assert Person.objects.get().given_name == "Adela"
    assert "corrected here" in run.warnings[0][1]


def test_a_changed_address_replaces_the_one_that_bounced():
    carry_out(house(member(1, "Ada Vale", email="old@house.example")))
    ContactDetail.objects.update(bounced_at=datetime.datetime(2026, 3, 3, tzinfo=datetime.UTC))

    carry_out(house(member(1, "Ada Vale", email="new@house.example")), on=FRIDAY)

    detail = ContactDetail.objects.get()
    assert (detail.value, detail.bounced_at) == ("new@house.example", None)
    assert detail.verified_at.date() == FRIDAY


def test_the_same_address_in_a_newer_source_is_checked_again():
    carry_out(house(member(1, "Ada Vale", email="vale@house.example")))

    run = carry_out(house(member(1, "Ada Vale", email="Vale@house.example")), on=FRIDAY)

    assert run.counts == {"civics.contactdetail": {"checked": 1}}
    assert ContactDetail.objects.get().value == "vale@house.example"


@pytest.mark.parametrize(
    ("value", "source", "why"),
    [
        ("vale@house.example", "", "no official page"),
        ("vale at house", PAGE, "no mail address"),
    ],
)
def test_an_address_that_is_not_official_or_none_is_left_out(value, source, why):
    contact = ContactRecord(person="Ada Vale", type="email", value=value, source=source, line=4)

    draft = imports.preview(house(member(1, "Ada Vale"), extra=[contact]), MONDAY)

    assert draft.warnings[0][0] == 4
    assert why in draft.warnings[0][1]
    assert "civics.contactdetail" not in draft.counts


def prefixes(**codes):
    """A postal table: by beginning, the seats and their shares."""
    return [
        PrefixRecord(
            table="t", country="xr", prefix=prefix, area=PLACE % seat, share=Decimal(share)
        )
        for prefix, (seat, share) in codes.items()
    ]


def test_a_postal_table_is_replaced_whole_and_put_back():
    carry_out(
        house(
            member(1, "Ada Vale"),
            member(2, "Noé Quill"),
            extra=prefixes(A1=(1, "0.25"), A2=(2, "1")),
        )
    )
    before = everything()

    run = carry_out(Reading(records=prefixes(A1=(1, "0.3"), A3=(2, "1"))), on=FRIDAY)

    table = {row.prefix: row.share for row in PostalPrefix.objects.all()}
    assert table == {"A1": Decimal("0.3"), "A3": Decimal("1")}
    assert run.counts == {"civics.postalprefix": {"added": 1, "changed": 1, "removed": 1}}

    imports.undo(run)

    assert everything() == before


def test_a_code_in_an_area_nobody_knows_is_left_out_and_told():
    draft = imports.preview(Reading(records=prefixes(A1=(9, "1"), A2=(9, "1"))), MONDAY)

    assert "2 beginnings" in draft.warnings[0][1]
    assert draft.is_empty


def test_an_undo_puts_every_column_back():
    carry_out(house(member(1, "Ada Vale", email="a@house.example"), member(2, "Noé Quill")))
    before = everything()
    run = carry_out(
        house(member(1, "Eve Roy", number="9"), member(2, "Noé Quill", party="Hills")), on=FRIDAY
    )
    assert everything() != before

    imports.undo(run)

    assert everything() == before
    with pytest.raises(imports.UndoError, match="undone already"):
        imports.undo(run)


def test_an_undo_that_would_lose_what_came_later_says_why_and_changes_nothing():
    run = carry_out(house(member(1, "Ada Vale")))
    ContactDetail.objects.create(
        person=Person.objects.get(), value="typed@house.example", source=PAGE
    )
    before = everything()

    with pytest.raises(imports.UndoError) as refusal:
        imports.undo(run)

    assert any("typed@house.example" in reason for reason in refusal.value.reasons)
    assert everything() == before


def test_an_undo_leaves_what_was_changed_since():
    run = carry_out(house(member(1, "Ada Vale")))
    Person.objects.update(given_name="Adela")

    with pytest.raises(imports.UndoError, match="changed since"):
        imports.undo(run)


def test_the_last_import_is_undone_first():
    first = carry_out(house(member(1, "Ada Vale")))
    second = carry_out(house(member(1, "Eve Roy")), on=FRIDAY)

    with pytest.raises(imports.UndoError):
        imports.undo(first)
    imports.undo(second)
    imports.undo(first)

    assert not any(everything().values())


@pytest.mark.parametrize(
    "name",
    [
        "=cmd|'/c calc'!A1 Vale",
        "@SUM(1) Vale",
        "+cmd|x Vale",
        "-x Vale",
        "Ada\x00 Vale",
        "A\u202e Vale",
    ],
)
def test_what_only_a_spreadsheet_or_a_terminal_obeys_is_refused_with_its_line(name):
    given, _space, family = name.rpartition(" ")
    person = PersonRecord(key="x", given_name=given, family_name=family, line=12)

    with pytest.raises(SourceError) as refusal:
        carry_out(Reading(records=[person]))

    assert refusal.value.line == 12
    assert not ImportRun.objects.exists()


def test_an_address_that_runs_a_script_is_refused():
    body = OrganizationRecord(identifier="x", name={"en": "X"}, url="javascript:alert(1)", line=2)

    with pytest.raises(SourceError):
        imports.preview(Reading(records=[body]), MONDAY)


def test_a_name_too_long_for_its_column_is_refused():
    person = PersonRecord(key="x", given_name="A" * 101, family_name="Vale")

    with pytest.raises(SourceError, match="100"):
        imports.preview(Reading(records=[person]), MONDAY)


def test_the_day_of_a_file_that_was_imported_before_is_that_of_then():
    carry_out(house(member(1, "Ada Vale")), content=b"one file")

    assert imports.as_of(b"one file") == MONDAY
    assert imports.as_of(b"one file", FRIDAY) == FRIDAY


def test_a_hundred_members_cost_as_many_queries_as_ten():
    def cost(number):
        reading = house(
            *(
                member(seat, f"Ada Vale{seat}", number=str(seat), email=f"v{seat}@x.example")
                for seat in range(number)
            )
        )
        with CaptureQueriesContext(
            connection,
        ) as queries:
            imports.preview(reading, MONDAY)
        return len(queries)

    carry_out(house(*(member(seat, f"Eve Roy{seat}") for seat in range(5))))

    assert cost(100) == cost(10) <= 14


def test_the_journal_keeps_only_what_changed():
    carry_out(house(member(1, "Ada Vale", number="7")))

    run = carry_out(house(member(1, "Ada Roy", number="7")), on=FRIDAY)

    row = ImportedRow.objects.get(run=run)
    assert (row.before, row.after) == ({"family_name": "Vale"}, {"family_name": "Roy"})


@pytest.mark.parametrize("days", [(MONDAY, FRIDAY), (FRIDAY, MONDAY)])
def test_of_a_name_parted_in_two_ways_the_longer_family_name_stays(days):
    carry_out(house(member(1, "Ginette Petitpas Taylor", number="7")), on=days[0])
    said = [
        replace(record, given_name="Ginette Petitpas", family_name="Taylor")
        if isinstance(record, PersonRecord)
        else record
        for record in member(1, "Ginette Petitpas Taylor", number="7")
    ]

    carry_out(house(said), on=days[1])

    assert Person.objects.get().family_name == "Petitpas Taylor"


def test_a_conflict_of_words_names_the_language_in_which_they_differ():
    carry_out(house(member(1, "Ada Vale")))
    Post.objects.update(label=Words(en="Member for Riding 1", fr="Siège 1"))
    said = member(1, "Ada Vale")
    said[1] = PostRecord(
        key="seat 1",
        organization=HOUSE,
        area=PLACE % 1,
        label={"en": "Member for Riding 1", "fr": "Députation 1"},
    )

    draft = imports.preview(house(said), FRIDAY)

    assert "“Siège 1” stays, not “Députation 1”" in draft.conflicts[0][1]


@pytest.mark.parametrize("cell", ["-2+3", "+1-cmd|' /C calc'!A0", "- 1*HYPERLINK(A1)", "\t=1"])
def test_what_a_spreadsheet_would_run_is_refused(cell):
    with pytest.raises(SourceError, match="formula"):
        imports.preview(house(member(1, f"Ada {cell}")), MONDAY)


@pytest.mark.parametrize("text", ["+1 (613) 555-0100", "+33 1.40.63.60.00", "- that the House sit"])
def test_a_telephone_number_and_a_dash_are_no_formulas(text):
    assert texts.fault(text) == ""
