"""Countries by their ISO 3166-1 code, with their names in each language (CLDR, countries.tsv)."""

import csv
from functools import cache
from pathlib import Path

from django.utils.translation import get_language

from plaidoyer.lib.words import Words, folded


@cache
def names() -> dict[str, Words]:
    """The names of every country, by code."""
    with (Path(__file__).parent / "countries.tsv").open(encoding="utf-8", newline="") as file:
        return {row.pop("code"): Words(row) for row in csv.DictReader(file, delimiter="\t")}


def name(code: str) -> str:
    """The country's name in the active language; a code that is none stays as it is."""
    return str(names().get(code, code))


@cache
def in_order(language: str) -> list[tuple[str, str]]:
    """Every country as (code, name), in the alphabet's order of `language`."""
    named = ((code, words.in_language(language)) for code, words in names().items())
    return sorted(named, key=lambda country: folded(country[1]))


def choices() -> list[tuple[str, str]]:
    """The countries to choose from, in the active language."""
    return [("", "—"), *in_order(get_language() or "en")]
