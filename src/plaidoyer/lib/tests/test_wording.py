import datetime
import re
import shutil
import subprocess
import sys
from fractions import Fraction
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from plaidoyer.lib import wording
from plaidoyer.lib.wording import Kind

COUNTS = st.integers(0, 10**10) | st.integers(0, 20_000)
LANGUAGES = st.sampled_from(["fr", "en"])
DOCS = Path(__file__).parents[4] / "docs" / "reference" / "wording.md"


def table(head: str) -> list[list[str]]:
    """The rows of the documentation's table whose first column is called that."""
    _before, _sign, after = DOCS.read_text().partition(f"| {head} |")
    lines = after.partition("\n\n")[0].splitlines()[2:]
    return [[cell.strip() for cell in line.strip("|").split("|")] for line in lines]


def plain(words: str) -> str:
    """With simple spaces, as the documentation shows it."""
    return re.sub("[\u00a0\u202f]", " ", words)


CASES = table("counted")


@pytest.mark.parametrize(("count", "english", "french"), CASES)
def test_the_table_of_the_documentation_is_what_the_rule_gives(count, english, french):
    counted = int(count.replace(",", ""))

    assert wording.figure(counted, "en").replace("\u00a0", " ") == english
    assert re.sub("[\u00a0\u202f]", " ", wording.figure(counted, "fr")) == french


@pytest.mark.parametrize(("part", "english", "french"), table("part of a whole"))
def test_the_table_of_fractions_is_what_the_rule_gives(part, english, french):
    some, whole = (int(number.replace(",", "")) for number in part.split(" of "))

    assert wording.fraction(some, whole, "en") == english
    assert wording.fraction(some, whole, "fr") == french


@pytest.mark.parametrize(("minor", "currency", *"abcd"), table("minor units"))
def test_the_table_of_money_is_what_the_rule_gives(minor, currency, a, b, c, d):
    sums = [
        tell(int(minor.replace(",", "")), currency, language)
        for tell in (wording.money, wording.amount)
        for language in ("en", "fr")
    ]

    assert [plain(words) for words in sums] == [a, b, c, d]


@pytest.mark.parametrize(("place", *"abcd"), table("place"))
def test_the_table_of_ordinals_is_what_the_rule_gives(place, a, b, c, d):
    told = [
        tell(int(place), language)
        for language in ("en", "fr")
        for tell in (wording.ordinal, wording.rank)
    ]

    assert told == [a, b, c, d]


@pytest.mark.parametrize(("span", "english", "french"), table("from, to"))
def test_the_table_of_days_is_what_the_rule_gives(span, english, french):
    first, last = map(datetime.date.fromisoformat, span.split(", "))

    assert plain(wording.period(first, last, "en")) == english
    assert plain(wording.period(first, last, "fr")) == french


def test_the_documentation_has_its_tables():
    heads = ["counted", "part of a whole", "minor units", "place", "from, to"]
    assert [len(table(head)) > 5 for head in heads] == [True] * 5
    assert len(CASES) > 20
    assert table("nothing") == []


def test_a_language_is_a_file_that_says_what_the_others_say():
    files = {path.stem for path in Path(wording.__file__).parent.glob("[a-z]*.py")}
    english, french = (set(dir(wording.LANGUAGES[c])) for c in ("en", "fr"))

    assert set(wording.LANGUAGES) == files
    # What only one of them needs for itself.
    assert english ^ french <= {"re", "NARROW", "WIDE"}


def test_a_third_language_is_one_more_file(tmp_path):
    spanish = Path(wording.__file__).with_name("en.py").read_text()
    spanish = spanish.replace('"more than {}"', '"más de {}"').replace(
        "THOUSANDS, DECIMAL", "_A, _B"
    )
    spanish += '\nTHOUSANDS, DECIMAL = ".", ","\n'
    package = tmp_path / "wording"
    shutil.copytree(Path(wording.__file__).parent, package)
    (package / "es.py").write_text(spanish)
    code = (
        "from wording import figure, read; w = figure(82317, 'es'); print(w, read(w, 'es').value)"
    )
    said = subprocess.run(
        [sys.executable, "-c", code], cwd=tmp_path, capture_output=True, text=True
    )

    assert said.stdout.strip() == "más de 82.000 82000", said.stderr


@given(COUNTS, LANGUAGES)
def test_what_is_told_can_be_read_back(count, language):
    assert wording.read(wording.figure(count, language), language) == wording.rounded(count)


@given(st.text(max_size=30), LANGUAGES)
def test_what_is_no_figure_is_not_read_as_one(text, language):
    try:
        told = wording.read(text, language)
    except ValueError:
        return
    assert wording.number(told.value, language) in text or "million" in text


def parts() -> st.SearchStrategy[tuple[int, int]]:
    return st.tuples(st.integers(0, 10**6), st.integers(1, 10**6)).map(
        lambda two: tuple(sorted(two))
    )


@given(parts())
def test_a_fraction_never_says_more_than_there_is(of):
    part, whole = of
    kind, told = wording.parted(part, whole)

    share = Fraction(part, whole)
    match kind:
        case Kind.EXACT:
            assert told == share
        case Kind.MORE:
            assert told < share
        case Kind.LESS:
            assert 0 < share < told == wording.PARTS[0]
        case Kind.NEARLY:
            assert share < told
            assert share * 100 >= told * 97


@given(parts(), st.integers(1, 50), LANGUAGES)
def test_a_fraction_depends_on_the_share_alone_and_has_words(of, times, language):
    words = wording.fraction(*of, language)

    assert words == wording.fraction(of[0] * times, of[1] * times, language)
    assert not re.search(r"\d|\bde (le|les|un)\b", words)


@pytest.mark.parametrize(("part", "whole"), [(1, 0), (-1, 3), (4, 3), (0, 0)])
def test_what_is_no_part_has_no_fraction(part, whole):
    with pytest.raises(ValueError, match="no part"):
        wording.fraction(part, whole, "en")


@given(st.integers(0, 10**12), st.sampled_from(["CAD", "EUR", "JPY", "KWD"]))
def test_an_amount_never_says_more_than_was_given(minor, currency):
    words, unit = wording.amount(minor, currency, "en"), 10 ** wording.DIGITS.get(currency, 2)

    exact = wording.money(minor, currency, "en")
    if words == exact:
        return
    told = wording.rounded(minor // unit)
    value = told.value * unit
    if words.startswith("more than "):
        assert value < minor
    else:
        assert words.startswith("nearly ")
        assert minor < value <= minor / 0.97 + unit
    assert wording.money(value, currency, "en") in words


@given(st.dates(), st.dates(), LANGUAGES)
def test_a_period_names_both_its_years(one, other, language):
    start, end = sorted([one, other])
    words = wording.period(start, end, language)

    assert str(start.year) in words
    assert str(end.year) in words


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


@pytest.mark.parametrize(
    ("language", "summer"),
    [("en", ("June", "July", "Aug.", "Sept.")), ("fr", ("juin", "juill.", "août", "sept."))],
)
def test_months_are_shortened_as_the_language_shortens_them(language, summer):
    assert wording.short_month_names(language)[5:9] == summer
    assert len(wording.short_month_names(language)) == 12
