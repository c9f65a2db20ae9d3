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
