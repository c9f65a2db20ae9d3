"""What an import makes of history: who comes, who leaves, who is whom."""

import datetime

import pytest

from plaidoyer.civics import imports
from plaidoyer.civics.models import Area, Membership, Person
from plaidoyer.civics.records import AreaRecord
from plaidoyer.civics.sources import Reading, SourceError

from .river_house import FRIDAY, MONDAY, PLACE, carry_out, everything, house, member, sitting

pytestmark = pytest.mark.django_db


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


def test_a_list_that_lost_most_of_its_members_is_doubted():
    everybody = [member(seat, f"Ada Vale{seat}") for seat in range(12)]
    carry_out(house(*everybody))

    cut_off = imports.preview(house(*everybody[:5]), FRIDAY)
    moved = imports.preview(
        house(*(member(seat + 20, f"Ada Vale{seat}", number=str(seat)) for seat in range(12))),
        FRIDAY,
    )

    assert "7 of 12 members" in cut_off.warnings[0][1]
    assert "12 of 12" in moved.warnings[0][1]
