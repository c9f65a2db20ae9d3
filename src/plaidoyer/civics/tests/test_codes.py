"""Postal codes in any typing, and which can be."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from plaidoyer.civics import codes


@pytest.mark.parametrize(
    "typing",
    ["k1a0a6", "K1A 0A6", " k1a-0a6 ", "K1A\u00a00A6", "K1A\u202f0A6", "Ｋ１Ａ ０Ａ６", "k1a٠a٦"],
)
def test_a_code_is_understood_in_any_typing(typing):
    assert codes.normalized(typing) == "K1A0A6"


@pytest.mark.parametrize(
    "code", ["D1A0A6", "W1A0A6", "Z1A0A6", "K1O0A6", "K1A0Q6", "KAA0A6", "11A0A6"]
)
def test_what_is_no_code_of_canada_has_no_beginning_there(code):
    assert codes.beginnings(code, "CA") == []
    assert codes.beginning(code, "CA") == ""


def test_every_beginning_of_a_code_is_tried_the_longest_first():
    assert codes.beginnings("K1A0A6", "CA") == ["K1A0A6", "K1A0A", "K1A0", "K1A", "K1", "K"]
    assert codes.beginnings("AR45", "AR") == ["AR45", "AR4", "AR", "A"]


@pytest.mark.parametrize(
    ("code", "country", "is_whole"),
    [
        ("K1A0A6", "CA", True),
        ("K1A", "CA", False),
        ("98101", "US", True),
        ("981011234", "US", True),
        ("9810112", "US", False),
        ("75001", "FR", True),
        ("SW1A1AA", "GB", True),
        ("SW1A", "GB", False),
    ],
)
def test_a_whole_code_is_told_from_a_beginning(code, country, is_whole):
    assert codes.FORMS[country].is_whole(code) is is_whole


def test_a_zip_plus_four_lies_where_its_zip_does_and_a_slip_lies_nowhere():
    assert "98101" in codes.beginnings("981011234", "US")
    assert codes.beginnings("981011", "US") == []


def test_a_british_district_is_no_beginning_of_a_longer_one():
    assert codes.beginnings("M112AB", "GB") == ["M112AB", "M11 2", "M11 "]
    assert codes.beginnings("M11AB", "GB") == ["M11AB", "M1 1", "M1 "]
    assert {codes.beginning(one, "GB") for one in ("m11 2ab", "M11 2", "m11")} == {
        "M112AB",
        "M11 2",
        "M11 ",
    }


def test_the_country_is_seen_in_the_form():
    assert codes.countries("K1A0A6") == ["CA"]
    assert codes.countries("SW1A1AA") == ["GB"]
    assert codes.countries("75001") == ["US", "FR"]


def test_a_zero_as_second_sign_is_rural_in_canada_alone():
    assert codes.is_rural("A0A1B2", "CA")
    assert not codes.is_rural("K1A0A6", "CA")
    assert not codes.is_rural("A0", "XA")


@given(st.text(max_size=40))
def test_no_typing_breaks_anything(typing):
    code = codes.normalized(typing)

    assert len(code) <= codes.LONGEST
    assert codes.normalized(code) == code
    for country in ("", "XA", *codes.FORMS):
        found = codes.beginnings(code, country)
        assert not found or found[0].startswith(code[:1])
        assert codes.beginning(codes.beginning(typing, country), country) == codes.beginning(
            typing, country
        )
