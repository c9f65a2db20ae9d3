"""Figures, dates and money in words: one rule for every language, and never more than is true.

The rule for figures (`rounded`): below 1,000 and exact hundreds are given as they are; a figure
within 3 % below the next number of one significant digit is "nearly" that number; any other is
"more than" itself rounded down. What differs between languages stands in one file a language,
found by itself. Nothing here reads or sets the locale of the process, so every thread may write
in its language.
"""

import datetime
import enum
import pkgutil
import re
from calendar import monthrange
from dataclasses import dataclass
from fractions import Fraction
from importlib import import_module
from types import ModuleType

# A language is one file beside this one, named by its code (BCP 47).
LANGUAGES: dict[str, ModuleType] = {
    found.name: import_module(f"{__name__}.{found.name}")
    for found in pkgutil.iter_modules(__path__)
}
MILLION = 1_000_000
# Parts of a whole that a reader sees at once, from small to large.
PARTS = [
    Fraction(*pair)
    for pair in ((1, 10), (1, 5), (1, 4), (1, 3), (1, 2), (2, 3), (3, 4), (9, 10), (1, 1))
]
# Currencies whose minor unit is not a hundredth (ISO 4217): how many digits it has.
DIGITS = dict.fromkeys(("CLP", "ISK", "JPY", "KRW", "VND", "XAF", "XOF", "XPF"), 0)
DIGITS |= dict.fromkeys(("BHD", "IQD", "JOD", "KWD", "LYD", "OMR", "TND"), 3)


class Kind(enum.Enum):
    """How a rounded figure stands to the counted one."""

    EXACT = "exact"
    NEARLY = "nearly"
    MORE = "more than"
    LESS = "less than"


@dataclass(frozen=True, slots=True)
class Rounded:
    """A counted figure as it is told: its kind and the number that is written."""

    kind: Kind
    value: int


def rounded(number: int) -> Rounded:
    """How `number` is told, by rule. Raises ValueError below zero: nothing counts backwards."""
    if number < 0:
        raise ValueError("a count is never negative")
    if number < 1_000 or number % 100 == 0:
        return Rounded(Kind.EXACT, number)
    step = 10 ** (len(str(number)) - 1)
    above = (number // step + 1) * step
    if number * 100 >= above * 97:
        return Rounded(Kind.NEARLY, above)
    grain = 100 if number < 10_000 else 1_000 if number < MILLION else 100_000
    return Rounded(Kind.MORE, number // grain * grain)


def figure(number: int, language: str) -> str:
    """`number` in words: 82,317 is "more than 82,000", « plus de 82 000 ».

    Raises ValueError for a negative number.
    """
    told = rounded(number)
    return _rules(language).KINDS[told.kind.value].format(_large(told.value, language))


def quantity(number: int, noun: str, language: str) -> str:
    """`number` in words, of something: "more than 1.2 million letters"."""
    value = rounded(number).value
    join = _rules(language).of_millions if _in_millions(value) else "{} {}".format
    return join(figure(number, language), noun)


def read(words: str, language: str) -> Rounded:
    """The way back from `figure`: what was told, in numbers.

    Raises ValueError for words that `figure` never says in that language.
    """
    rules = _rules(language)
    for kind in (Kind.NEARLY, Kind.MORE, Kind.EXACT):
        before, _sign, after = rules.KINDS[kind.value].partition("{}")
        if words.startswith(before) and words.endswith(after):
            text = words[len(before) : len(words) - len(after)]
            for value in _meant(text, rules):
                if _large(value, language) == text:
                    return Rounded(kind, value)
    raise ValueError(f"no figure in {language}: {words!r}")


def number(value: int, language: str) -> str:
    """The exact number with its thousands parted: "82,317", « 82 317 »."""
    return f"{value:,}".replace(",", _rules(language).THOUSANDS)


def percentage(part: int, whole: int, language: str) -> str:
    """The whole percent that `part` surely is of `whole`, rounded down: 2 of 3 is 66 %."""
    if whole <= 0:
        raise ValueError("a share of nothing")
    return _rules(language).PERCENT.format(number(part * 100 // whole, language))


def parted(part: int, whole: int) -> tuple[Kind, Fraction]:
    """How a part of a whole is told: against the nearest of PARTS that does not overstate it.

    Raises ValueError for what is no part: of nothing, below nothing, above the whole.
    """
    if not 0 <= part <= whole or whole == 0:
        raise ValueError("no part of a whole")
    share = Fraction(part, whole)
    if share in PARTS or not share:
        return Kind.EXACT, share
    above = next(one for one in PARTS if one > share)
    if share * 100 >= above * 97:
        return Kind.NEARLY, above
    below = [one for one in PARTS if one < share]
    return (Kind.MORE, below[-1]) if below else (Kind.LESS, above)


def fraction(part: int, whole: int, language: str) -> str:
    """A part of a whole in words: 204 of 321 is "more than half", « plus de la moitié ».

    Raises ValueError as `parted` does.
    """
    kind, share = parted(part, whole)
    rules = _rules(language)
    name = rules.FRACTIONS[f"{share.numerator}/{share.denominator}"]
    return rules.contracted(rules.KINDS[kind.value].format(name))


def ordinal(value: int, language: str, *, feminine: bool = False) -> str:
    """ "1st", « 1er », « 1re »: a rank. `feminine` matters where the language has genders."""
    return _rules(language).ordinal(value, feminine)


def rank(value: int, language: str, *, feminine: bool = False) -> str:
    """A rank as it is read in a sentence: "ninth", « neuvième »; in digits above ten."""
    names = _rules(language).RANKS
    if not 1 <= value <= len(names):
        return ordinal(value, language, feminine=feminine)
    return names[value - 1] if value > 1 or not feminine else _rules(language).FIRST_FEMININE


def money(minor: int, currency: str, language: str) -> str:
    """An exact amount from its minor units: "$28.5 million", « 28,5 M$ », "$1,234.50".

    Millions are written as such only where one decimal says all.
    """
    rules, digits = _rules(language), _digits(currency)
    units, cents = divmod(abs(minor), 10**digits)
    millions = not cents and _in_millions(units)
    if millions:
        amount = _decimal(units, language)
    else:
        amount = number(units, language)
        if cents:
            amount += f"{rules.DECIMAL}{cents:0{digits}d}"
    return ("−" if minor < 0 else "") + rules.money(amount, currency, millions)


def amount(minor: int, currency: str, language: str) -> str:
    """An amount by the rule of figures: $12,345.67 is "more than $12,000".

    Exact to the last cent below a thousand. Raises ValueError for a negative amount.
    """
    unit = 10 ** _digits(currency)
    units, cents = divmod(minor, unit)
    told = rounded(units)
    if told.kind is Kind.EXACT and (not cents or units < 1_000):
        return money(minor, currency, language)
    kind = Kind.MORE if told.kind is Kind.EXACT else told.kind
    return _rules(language).KINDS[kind.value].format(money(told.value * unit, currency, language))


def date(day: datetime.date, language: str) -> str:
    """The day in full: "March 1, 2026", « 1er mars 2026 »."""
    return _rules(language).date(day)


def moment(at: datetime.datetime, language: str) -> str:
    """The minute in full with its distance to UTC, so that a count can be checked anywhere."""
    offset = at.strftime("%:z")
    clock = _rules(language).moment(at)
    return f"{clock} (UTC{'' if offset == '+00:00' else offset.replace('-', '−')})"


def period(start: datetime.date, end: datetime.date, language: str) -> str:
    """From a day to a day, both included; whole months and years are named as such."""
    rules = _rules(language)
    if start == end:
        return rules.date(start)
    if start.day == 1 and end.day == monthrange(end.year, end.month)[1]:
        if (start.year, start.month, end.month) == (end.year, 1, 12):
            return str(start.year)
        return rules.months(start, end)
    return rules.days(start, end)


def month_names(language: str) -> tuple[str, ...]:
    """The twelve months in the language."""
    return _rules(language).MONTHS


def short_month_names(language: str) -> tuple[str, ...]:
    """The twelve months as they are shortened in the language, where there is little room."""
    return _rules(language).SHORT_MONTHS


def spaced(text: str, language: str) -> str:
    """`text` with the language's no-break spaces where its writer typed plain ones.

    Only spaces change: no word, sign or missing space is added.
    """
    return _rules(language).spaced(text)


def _rules(language: str) -> ModuleType:
    """The file of the language, or of English where there is none."""
    return LANGUAGES.get(language.split("-")[0], LANGUAGES["en"])


def _digits(currency: str) -> int:
    """How many digits the minor unit of a currency has."""
    return DIGITS.get(currency, 2)


def _meant(text: str, rules: ModuleType) -> list[int]:
    """What a written number may mean: itself, or so many millions."""
    plain = text.replace(rules.THOUSANDS, "").replace(rules.DECIMAL, ".")
    if not (found := re.match(r"\d{1,30}(?:\.\d)?", plain, re.ASCII)):
        return []
    said = Fraction(found[0])
    return [int(said), int(said * MILLION)]


def _in_millions(value: int) -> bool:
    """Whether `value` can be written in millions with at most one decimal."""
    return value >= MILLION and value % (MILLION // 10) == 0


def _decimal(value: int, language: str) -> str:
    """`value` counted in millions: 1,200,000 is "1.2", « 1,2 »."""
    whole, tenths = divmod(value // (MILLION // 10), 10)
    text = number(whole, language)
    return f"{text}{_rules(language).DECIMAL}{tenths}" if tenths else text


def _large(value: int, language: str) -> str:
    """The number, in millions where that says all of it."""
    if not _in_millions(value):
        return number(value, language)
    return _rules(language).millions(_decimal(value, language), value)
