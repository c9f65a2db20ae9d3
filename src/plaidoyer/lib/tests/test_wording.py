import datetime
import re
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from plaidoyer.lib import wording
from plaidoyer.lib.wording import Kind

COUNTS = st.integers(0, 10**10) | st.integers(0, 20_000)
LANGUAGES = st.sampled_from(["fr", "en"])
DOCS = Path(__file__).parents[4] / "docs" / "reference" / "wording.md"
CASES = [
    [cell.strip() for cell in line.strip("|").split("|")]
    for line in DOCS.read_text().splitlines()
    if re.match(r"\| [\d,]+ \|", line)
]


@pytest.mark.parametrize(("count", "english", "french"), CASES)
def test_the_table_of_the_documentation_is_what_the_rule_gives(count, english, french):
    counted = int(count.replace(",", ""))

    assert wording.figure(counted, "en").replace("\u00a0", " ") == english
    assert re.sub("[\u00a0\u202f]", " ", wording.figure(counted, "fr")) == french


def test_the_documentation_has_its_table():
    assert len(CASES) > 20


@given(COUNTS)
def test_a_figure_never_says_more_than_was_counted(count):
    told = wording.rounded(count)

    match told.kind:
        case Kind.EXACT:
            assert told.value == count
        case Kind.MORE:
            assert told.value < count
            assert told.value >= count * 0.9
        case Kind.NEARLY:
            assert count < told.value
            assert count >= told.value * 0.97
            assert str(told.value).rstrip("0") in "123456789"


@given(COUNTS, COUNTS)
def test_a_higher_count_is_never_told_lower_in_the_same_words(one, other):
    low, high = wording.rounded(min(one, other)), wording.rounded(max(one, other))

    assert low.kind is not high.kind or low.value <= high.value


@given(COUNTS)
def test_a_told_number_is_told_as_itself(count):
    value = wording.rounded(count).value

    assert wording.rounded(value) == wording.Rounded(Kind.EXACT, value)


@given(COUNTS, LANGUAGES)
def test_the_same_count_reads_the_same_and_says_its_number(count, language):
    words = wording.figure(count, language)

    assert words == wording.figure(count, language)
    assert re.match(r"(more than |nearly |plus de |près de )?\d", words)
    assert " " not in re.sub(r"^(more than|nearly|plus de|près de) ", "", words).replace(
        "\u00a0", ""
    )


@given(st.integers(max_value=-1))
def test_nothing_is_counted_below_zero(count):
    with pytest.raises(ValueError, match="never negative"):
        wording.rounded(count)


def test_french_counts_things_in_millions_with_de():
    assert wording.quantity(1_234_567, "lettres", "fr") == "plus de 1,2\u00a0million de lettres"
    assert wording.quantity(2_000_000, "actes", "fr") == "2\u00a0millions d’actes"
    assert wording.quantity(82_317, "signatures", "fr") == "plus de 82\u202f000 signatures"
    assert wording.quantity(1_234_567, "letters", "en") == "more than 1.2\u00a0million letters"


@pytest.mark.parametrize(
    ("minor", "currency", "english", "french"),
    [
        (2_850_000_000, "CAD", "$28.5\u00a0million", "28,5\u00a0M$"),
        (2_851_234_500, "CAD", "$28,512,345", "28\u202f512\u202f345\u00a0$"),
        (123_450, "CAD", "$1,234.50", "1\u202f234,50\u00a0$"),
        (100, "CAD", "$1", "1\u00a0$"),
        (-5, "EUR", "−€0.05", "−0,05\u00a0€"),
        (300_000_000, "EUR", "€3\u00a0million", "3\u00a0M€"),
        (5_000, "JPY", "JPY\u00a05,000", "5\u202f000\u00a0JPY"),
        (100_000_000, "USD", "US$1\u00a0million", "1\u00a0M$\u00a0US"),
    ],
)
def test_money_is_exact_in_each_language(minor, currency, english, french):
    assert wording.money(minor, currency, "en") == english
    assert wording.money(minor, currency, "fr") == french


@given(st.integers(0, 10**6), st.integers(1, 10**6))
def test_a_share_is_rounded_down(part, whole):
    told = int(wording.percentage(part, whole, "en").rstrip("%").replace(",", ""))

    assert told * whole <= part * 100 < (told + 1) * whole


def test_percent_has_its_space_in_french():
    assert wording.percentage(2, 3, "fr") == "66\u00a0%"
    assert wording.percentage(2, 3, "en") == "66%"


def test_ordinals():
    english = [wording.ordinal(n, "en") for n in (1, 2, 3, 4, 11, 12, 13, 21, 112)]
    assert english == ["1st", "2nd", "3rd", "4th", "11th", "12th", "13th", "21st", "112th"]
    assert [wording.ordinal(n, "fr") for n in (1, 2, 9)] == ["1er", "2e", "9e"]
    assert wording.ordinal(1, "fr", feminine=True) == "1re"


@pytest.mark.parametrize(
    ("start", "end", "english", "french"),
    [
        ("2026-01-01", "2026-06-30", "January to June 2026", "de janvier à juin 2026"),
        ("2026-04-01", "2026-06-30", "April to June 2026", "d’avril à juin 2026"),
        ("2026-01-01", "2026-12-31", "2026", "2026"),
        ("2024-02-01", "2024-02-29", "February 2024", "février 2024"),
        ("2026-03-01", "2026-03-15", "March 1 to 15, 2026", "du 1er au 15 mars 2026"),
        ("2026-03-02", "2026-04-15", "March 2 to April 15, 2026", "du 2 mars au 15 avril 2026"),
        ("2026-03-01", "2026-03-01", "March 1, 2026", "1er mars 2026"),
        (
            "2025-07-01",
            "2026-01-31",
            "July 2025 to January 2026",
            "de juillet 2025 à janvier 2026",
        ),
        (
            "2025-12-02",
            "2026-01-05",
            "December 2, 2025 to January 5, 2026",
            "du 2 décembre 2025 au 5 janvier 2026",
        ),
    ],
)
def test_periods(start, end, english, french):
    first, last = datetime.date.fromisoformat(start), datetime.date.fromisoformat(end)

    assert wording.period(first, last, "en") == english
    assert wording.period(first, last, "fr") == french


def test_a_moment_says_its_distance_to_utc():
    east = datetime.timezone(datetime.timedelta(hours=-5))
    at = datetime.datetime(2026, 3, 1, 9, 5, tzinfo=east)

    assert wording.moment(at, "en") == "March 1, 2026 at 09:05 (UTC−05:00)"
    assert wording.moment(at, "fr") == "1er mars 2026 à 9\u00a0h\u00a005 (UTC−05:00)"
    assert wording.moment(at.astimezone(datetime.UTC), "en").endswith("14:05 (UTC)")


def test_french_signs_keep_their_spaces_and_addresses_stay_whole():
    typed = "« Bravo ! » dit-elle : oui ; non ? Voir https://river.example/?a=1"

    assert wording.spaced(typed, "fr") == (
        "«\u202fBravo\u202f!\u202f» dit-elle\u00a0: oui\u202f; non\u202f? "
        "Voir https://river.example/?a=1"
    )
    assert wording.spaced(typed, "en") == typed


@given(st.text(), LANGUAGES)
def test_spacing_changes_spaces_only_and_once(text, language):
    spaced = wording.spaced(text, language)

    assert re.sub("[\u00a0\u202f]", " ", spaced) == re.sub("[\u00a0\u202f]", " ", text)
    assert wording.spaced(spaced, language) == spaced


def test_a_region_speaks_its_language_and_an_unknown_one_english():
    assert wording.figure(82_317, "fr-CA") == wording.figure(82_317, "fr")
    assert wording.figure(82_317, "de") == "more than 82,000"
