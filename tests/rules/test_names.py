"""Which names may be shown before anybody has read them."""

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from plaidoyer.actions import names

LETTERS = st.text(st.characters(categories=["L"]), min_size=1, max_size=20)


@pytest.mark.parametrize(
    "name",
    [
        "Ada V.",
        "Jean-Baptiste L.",
        "Élodie D’Arcy",
        "Mary O'Neil",
        "ليلى حداد",
        "刘伟",
        "Đặng Thị Ánh",
        "नेहा शर्मा",
        "Núria Martí i Soler",
    ],
)
def test_names_of_every_alphabet_pass(name):
    assert names.is_name(name)


@pytest.mark.parametrize(
    "text",
    [
        "",
        ".",
        " ",
        "-",
        "https://pills.example",
        "pills.example",
        "@pills",
        "Pills 24",
        "Ada\nVale",
        "Ada\u202eelaV",
        "Z" + "\u0300" * 9,
        "\u0300Ada",
        "a b c d e f g",
        "x" * 61,
        "Ada ☠",
        "<b>Ada",
    ],
)
def test_what_is_no_name_does_not_pass(text):
    assert not names.is_name(text)


@given(LETTERS, LETTERS)
def test_letters_always_make_a_name(given_name, family_name):
    assert names.is_name(names.full(given_name, family_name))


@given(st.text())
def test_whatever_passes_holds_no_address_and_no_sign(text):
    if names.is_name(text):
        assert len(text) <= names.LONGEST + 1
        assert not re.search(r"[0-9@:/\\<>&=%#?!_,;\n\r\t]", text)
        assert "." not in text[:-1]


@given(st.text(max_size=100), st.text(max_size=100))
def test_the_short_form_never_tells_more_than_an_initial_of_the_family_name(given_name, family):
    shown = names.short(given_name, family)

    assert len(shown) <= len(given_name) + 5
    assert len(names.sort_key(shown)) <= 210
