"""Where a postal code lies."""

import datetime

import pytest

from plaidoyer.civics import places
from plaidoyer.civics.models import Area, Organization, Post, PostalPrefix
from plaidoyer.lib.words import Words

pytestmark = pytest.mark.django_db


def make_area(name, *prefixes, **facts):
    area = Area.objects.create(identifier=f"ocd-division/country:ar/{name}", name=Words(en=name))
    Area.objects.filter(pk=area.pk).update(**facts)
    for prefix in prefixes:
        PostalPrefix.objects.create(country="AR", prefix=prefix, area=area)
    return area


@pytest.mark.parametrize("typing", ["k1a0a6", "K1A 0A6", " k1a-0a6 ", "K1A\u00a00A6"])
def test_a_code_is_understood_in_any_typing(typing):
    assert places.normalized(typing) == "K1A0A6"


def test_the_longest_beginning_decides():
    make_area("delta", "A1")
    meander = make_area("meander", "A1B")

    assert places.areas("a1b 2c3") == [meander]


def test_a_code_that_spans_two_areas_gives_both():
    both = [make_area("east", "A1"), make_area("west", "A1")]

    assert places.areas("A1Z") == both


def test_an_unknown_or_empty_code_is_in_no_area():
    make_area("delta", "A1")

    assert places.areas("Z9") == places.areas("") == []


def test_areas_of_another_time_are_left_out():
    make_area("old", "A1", valid_until=datetime.date(2022, 12, 31))
    new = make_area("new", "A1", valid_from=datetime.date(2023, 1, 1))

    assert places.areas("A1") == [new]
    assert [area.name["en"] for area in places.areas("A1", datetime.date(2020, 1, 1))] == ["old"]


def test_the_seats_of_an_area_are_found_vacant_ones_too():
    assembly = Organization.objects.create(name=Words(en="Assembly"))
    delta = make_area("delta", "A1")
    seat = Post.objects.create(organization=assembly, label=Words(en="Member"), area=delta)

    assert places.representatives([delta], assembly) == [seat]
    assert seat.holder() is None


def make_table(table, country="CA", /, **rows):
    """A table: the areas of each beginning by name, `east=0.6` where shares are told."""
    for prefix, places_ in rows.items():
        for name, share in places_.items():
            area, _new = Area.objects.get_or_create(
                identifier=f"ocd-division/country:{country.lower()}/{name}",
                defaults={"name": Words(en=name)},
            )
            facts = {"table": table, "country": country, "prefix": prefix, "area": area}
            PostalPrefix.objects.create(share=share, **facts)


def make_body(*names, country="ca"):
    """A legislature with a seat for each of these areas."""
    body = Organization.objects.create(name=Words(en="House"), classification="legislature")
    for name in names:
        area = Area.objects.get(identifier=f"ocd-division/country:{country}/{name}")
        Post.objects.create(organization=body, area=area, label=Words(en=name))
    return body


def named(found):
    return [area.name["en"] for area in found]


def test_two_tables_do_not_hide_one_another():
    make_table("federal", K1A={"centre": None})
    make_table("provincial", K1A0A6={"province/south": None})

    assert named(places.areas("k1a 0a6")) == ["centre", "province/south"]


def test_of_two_tables_a_legislature_asks_its_own():
    make_table("federal", K1A={"centre": None})
    make_table("provincial", K1A0A6={"province/south": None})

    assert named(places.areas("K1A0A6", legislature=make_body("centre"))) == ["centre"]
    assert named(places.areas("K1A0A6", legislature=make_body("province/south"))) == [
        "province/south"
    ]


def test_somebody_lives_in_the_area_of_the_widest_body():
    make_table("federal", K1A={"centre": None}, K2A={"east": None, "west": None})
    make_table("a-provincial", K1A={"province/south": None}, K2A={"province/south": None})

    found = places.homes(["k1a 0a6", "K2A 0A6", "Z9", ""])

    assert {code: area.name["en"] for code, area in found.items()} == {"k1a 0a6": "centre"}


def test_a_code_of_two_countries_lies_in_both_and_is_nobodys_home():
    make_table("us", "US", **{"75001": {"texas": None}})
    make_table("fr", "FR", **{"75001": {"paris": None}})

    assert named(places.areas("75001")) == ["paris", "texas"]
    assert named(places.areas("75001", country="fr")) == ["paris"]
    assert places.homes(["75001"]) == {}


def test_shares_stand_in_where_the_table_has_no_answer():
    make_table("federal", A0A1B2={"avalon": None})
    make_table("federal/shares", A0A={"avalon": "0.69", "central": "0.31"})

    assert named(places.areas("A0A1B2")) == ["avalon"]
    answer = places.answers(["A0A9Z9"])["A0A9Z9"]
    assert named(answer.areas) == ["avalon", "central"]
    assert not answer.is_sure


def test_a_share_of_nearly_all_decides():
    make_table("federal/shares", A0A={"avalon": "0.95", "central": "0.05"})
    make_table("federal/shares", A0B={"avalon": "0.9499", "central": "0.0501"})

    assert named(places.areas("A0A 9Z9")) == ["avalon"]
    assert len(places.areas("A0B 9Z9")) == 2


def test_the_beginning_of_a_code_is_a_guess_unless_shares_decide():
    make_table("federal", K1A={"centre": None}, K2A={"east": None})
    make_table("federal/shares", K2A={"east": "0.6", "west": "0.4"})

    answers = places.answers(["K1A", "K2A", "K1A0A6"])

    assert [answers[code].is_sure for code in ("K1A", "K2A", "K1A0A6")] == [False, False, True]
    assert named(answers["K2A"].areas) == ["east", "west"]
    assert named(places.areas("K2A")) == ["east"]


def test_a_rural_code_is_marked():
    make_table("federal", A0A={"avalon": None})

    answer = places.answers(["A0A 1B2"])["A0A 1B2"]

    assert (answer.is_rural, answer.is_sure) == (True, True)


def test_a_district_leads_to_the_seats_of_its_state():
    make_table("house", "US", **{"98101": {"wa/cd:7": None, "wa/cd:9": None}})
    state = Area.objects.create(identifier="ocd-division/country:us/wa", name=Words(en="wa"))
    Area.objects.filter(identifier__contains="cd:").update(parent=state)
    senate = make_body("wa", "wa", country="us")

    assert places.areas("98101-1234", legislature=senate) == [state]
    assert len(places.representatives([state], senate)) == 2


def test_a_redrawn_riding_keeps_its_seat_in_the_past():
    make_table("federal", K1A={"new": None}, K2A={"old": None})
    Area.objects.filter(name__en="old").update(valid_until=datetime.date(2024, 4, 23))
    body = make_body("new", "old")

    assert named(seat.area for seat in places.seats(body)) == ["new"]
    assert named(seat.area for seat in places.seats(body, datetime.date(2020, 1, 1))) == [
        "new",
        "old",
    ]


def test_any_number_of_codes_is_one_query(django_assert_num_queries):
    make_table("federal", K1A={"centre": None})
    body = make_body("centre")

    with django_assert_num_queries(1):
        places.answers([f"K1A 0A{digit}" for digit in range(10)], legislature=body)


@pytest.mark.parametrize("typed", ["", "\x00", "🦦", "%", "'", "A" * 500, "K1A' OR 1=1", "\u202e"])
def test_nothing_typed_breaks_the_lookup(typed):
    make_table("federal", K1A={"centre": None})
    assert places.areas(typed) == []
