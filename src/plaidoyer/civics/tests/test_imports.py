"""What an import adds, changes and ends; what it leaves as it is; what an undo puts back."""

import datetime
from decimal import Decimal

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from plaidoyer.civics import imports
from plaidoyer.civics.models import (
    Area,
    ContactDetail,
    ImportedRow,
    ImportRun,
    Membership,
    Organization,
    Person,
    PostalPrefix,
)
from plaidoyer.civics.records import (
    AreaRecord,
    ContactRecord,
    MembershipRecord,
    OrganizationRecord,
    PersonRecord,
    PostRecord,
    PrefixRecord,
    RosterRecord,
)
from plaidoyer.civics.sources import Reading, SourceError
from plaidoyer.lib.words import Words

pytestmark = pytest.mark.django_db

HOUSE = "river-house"
PLACE = "ocd-division/country:xr/ed:%s-2023"
MONDAY = datetime.date(2026, 3, 2)
FRIDAY = datetime.date(2026, 3, 6)
PAGE = "https://house.example/members"


def member(seat, name, *, party="Shores", number="", email="", start=None, end=None):
    """What a source says of one member."""
    given, _space, family = name.partition(" ")
    key = number or name
    said = [
        AreaRecord(identifier=PLACE % seat, name={"en": f"Riding {seat}"}, classification="riding"),
        PostRecord(
            key=f"seat {seat}",
            organization=HOUSE,
            area=PLACE % seat,
            label={"en": f"Member for Riding {seat}"},
        ),
        OrganizationRecord(
            identifier=f"{HOUSE}/party:{party.lower()}",
            name={"en": party},
            classification="party",
            parent=HOUSE,
        ),
        PersonRecord(
            key=key,
            given_name=given,
            family_name=family,
            identifiers={"house": number} if number else {},
        ),
        MembershipRecord(
            person=key,
            post=f"seat {seat}",
            party=f"{HOUSE}/party:{party.lower()}",
            start_on=start,
            end_on=end,
            source=PAGE,
        ),
    ]
    if email:
        said.append(ContactRecord(person=key, type="email", value=email, source=PAGE))
    return said


def house(*members, roster=True, extra=()):
    """A reading of the members of the river house."""
    records = [
        OrganizationRecord(
            identifier=HOUSE, name={"en": "River House"}, classification="legislature"
        )
    ]
    records += [record for one in members for record in one]
    records += [RosterRecord(organization=HOUSE)] if roster else []
    return Reading(records=[*records, *extra])


def carry_out(reading, on=MONDAY, content=b"file"):
    return imports.carry_out(reading, source="test", address="file", content=content, on=on)


def sitting(on=FRIDAY):
    """Who sits, by seat, with their party."""
    terms = Membership.objects.on(on).select_related("person", "post__area", "on_behalf_of")
    return {
        str(term.post.area): f"{term.person} ({term.on_behalf_of})"
        for term in terms
        if term.post.holder(on) == term.person
    }


def everything():
    """All rows of the tables that imports write, to compare before and after."""
    models = (Area, Organization, Person, Membership, ContactDetail, PostalPrefix)
    return {model: list(model.objects.order_by("pk").values()) for model in models}


def test_a_reading_is_seen_first_and_then_carried_out():
    reading = house(member(1, "Ada Vale", number="7"), member(2, "Noé Quill"))

    draft = imports.preview(reading, MONDAY)

    assert draft.counts["civics.membership"] == {"added": 2}
    assert not Person.objects.exists()

    run = carry_out(reading)

    assert sitting() == {"Riding 1": "Ada Vale (Shores)", "Riding 2": "Noé Quill (Shores)"}
    assert run.counts["civics.person"] == {"added": 2}
    assert run.as_of == MONDAY
    assert Person.objects.get(identifiers__identifier="7").family_name == "Vale"


def test_the_same_reading_again_changes_nothing():
    reading = house(member(1, "Ada Vale", email="vale@house.example"), member(2, "Noé Quill"))
    carry_out(reading)
    before = everything()

    again = imports.preview(reading, MONDAY)
    run = carry_out(reading)

    assert again.is_empty
    assert again.conflicts == []
    assert run.counts == {}
    assert everything() == before


def test_who_comes_ends_the_term_of_who_sat_before():
    carry_out(house(member(1, "Ada Vale"), member(2, "Noé Quill")))

    carry_out(house(member(1, "Eve Roy"), member(2, "Noé Quill")), on=FRIDAY)

    assert sitting()["Riding 1"] == "Eve Roy (Shores)"
    assert sitting(MONDAY)["Riding 1"] == "Ada Vale (Shores)"
    assert Membership.objects.get(person__family_name="Vale").end_on == FRIDAY


def test_who_is_missing_from_a_whole_list_has_left():
    carry_out(house(member(1, "Ada Vale"), member(2, "Noé Quill")))

    carry_out(house(member(1, "Ada Vale")), on=FRIDAY)

    assert sitting() == {"Riding 1": "Ada Vale (Shores)"}
    assert Membership.objects.get(person__family_name="Quill").end_on == datetime.date(2026, 3, 5)


def test_who_is_missing_from_a_list_of_some_stays():
    carry_out(house(member(1, "Ada Vale"), member(2, "Noé Quill")))

    carry_out(house(member(1, "Ada Vale"), roster=False), on=FRIDAY)

    assert len(sitting()) == 2


def test_who_crosses_the_floor_ends_one_term_and_begins_another():
    carry_out(house(member(1, "Ada Vale", party="Shores")))

    reading = house(member(1, "Ada Vale", party="Hills"))
    carry_out(reading, on=FRIDAY)

    terms = Membership.objects.order_by("start_on")
    assert [(str(term.on_behalf_of), term.start_on, term.end_on) for term in terms] == [
        ("Hills", FRIDAY, None),
        ("Shores", None, FRIDAY),
    ]
    assert terms[0].post.holder(FRIDAY) == terms[0].person
    assert imports.preview(reading, FRIDAY).is_empty


def test_an_older_list_never_overwrites_a_newer_one():
    carry_out(house(member(1, "Ada Vale", party="Hills")), on=FRIDAY)
    before = everything()

    run = carry_out(house(member(1, "Ada Vale", party="Shores")), on=MONDAY)

    assert everything()[Membership] == before[Membership]
    assert run.counts["conflicts"] == {"conflicting": 1}
    assert "2026-03-06" in run.warnings[0][1]


def test_an_older_list_tells_who_sat_before():
    carry_out(house(member(1, "Eve Roy", start=FRIDAY)), on=FRIDAY)

    carry_out(house(member(1, "Ada Vale", start=MONDAY)), on=MONDAY)

    assert sitting(MONDAY) == {"Riding 1": "Ada Vale (Shores)"}
    assert Membership.objects.get(person__family_name="Vale").end_on == FRIDAY


def test_two_of_one_name_stay_two():
    reading = house(member(1, "Ada Vale"), member(2, "Ada Vale", number="8"))
    carry_out(reading)
    carry_out(reading, on=FRIDAY)

    assert Person.objects.count() == 2
    assert len(sitting()) == 2


def test_a_number_makes_a_renamed_person_the_same():
    carry_out(house(member(1, "Ada Vale", number="7")))

    carry_out(house(member(1, "Ada Vale-Roy", number="7")), on=FRIDAY)

    assert Person.objects.get().family_name == "Vale-Roy"


def test_a_person_who_was_typed_in_is_found_by_name_and_seat_and_gets_their_number():
    carry_out(house(member(1, "Ada Vale")))

    carry_out(house(member(1, "Ada Vale", number="7")), on=FRIDAY)

    assert Person.objects.get().identifiers.get().identifier == "7"


def test_somebody_else_of_the_same_name_with_another_number_is_somebody_else():
    carry_out(house(member(1, "Ada Vale", number="7")))

    carry_out(house(member(1, "Ada Vale", number="8")), on=FRIDAY)

    assert Person.objects.count() == 2
    assert Membership.objects.get(person__identifiers__identifier="7").end_on == FRIDAY


def test_two_for_one_seat_without_dates_are_a_conflict():
    draft = imports.preview(house(member(1, "Ada Vale"), member(1, "Eve Roy")), MONDAY)

    assert draft.counts["civics.membership"] == {"added": 1}
    assert draft.counts["civics.person"] == {"added": 2}
    assert "Eve Roy" in draft.conflicts[0][1]


def test_a_redrawn_riding_stands_beside_the_old_one():
    old = "ocd-division/country:xr/ed:1-2013"
    gone = datetime.date(2024, 4, 23)
    area = AreaRecord(identifier=old, name={"en": "Riding 1"}, valid_until=gone)

    carry_out(house(member(1, "Ada Vale"), extra=[area]))

    assert [one.identifier for one in Area.objects.all()] == [old, PLACE % 1]


def test_areas_and_bodies_may_come_before_their_parents():
    child = AreaRecord(identifier="ocd/a", name={"en": "A"}, parent="ocd/b")
    parent = AreaRecord(identifier="ocd/b", name={"en": "B"}, parent="ocd/c")
    top = AreaRecord(identifier="ocd/c", name={"en": "C"})

    run = carry_out(Reading(records=[child, parent, top]))

    assert Area.objects.get(identifier="ocd/a").parent.parent.identifier == "ocd/c"

    imports.undo(run)

    assert not Area.objects.exists()


def test_a_circle_of_areas_is_refused():
    one = AreaRecord(identifier="ocd/a", name={"en": "A"}, parent="ocd/b", line=2)
    other = AreaRecord(identifier="ocd/b", name={"en": "B"}, parent="ocd/a", line=3)

    with pytest.raises(SourceError):
        carry_out(Reading(records=[one, other]))


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
