"""French: how figures, dates and money are written (narrow no-break spaces, « 1er », « de »)."""

import datetime
import re

NARROW, WIDE = "\u202f", "\u00a0"  # no-break spaces
THOUSANDS, DECIMAL, PERCENT = NARROW, ",", "{}\u00a0%"
KINDS = {
    "exact": "{}",
    "nearly": "près de {}",
    "more than": "plus de {}",
    "less than": "moins de {}",
}
FRACTIONS = {
    "0/1": "aucun",
    "1/10": "un dixième",
    "1/5": "un cinquième",
    "1/4": "le quart",
    "1/3": "le tiers",
    "1/2": "la moitié",
    "2/3": "les deux tiers",
    "3/4": "les trois quarts",
    "9/10": "les neuf dixièmes",
    "1/1": "la totalité",
}
RANKS = (
    "premier",
    "deuxième",
    "troisième",
    "quatrième",
    "cinquième",
    "sixième",
    "septième",
    "huitième",
    "neuvième",
    "dixième",
)
FIRST_FEMININE = "première"
SYMBOLS = {"CAD": "$", "USD": "$\u00a0US", "EUR": "€", "GBP": "£"}
MONTHS = (
    "janvier",
    "février",
    "mars",
    "avril",
    "mai",
    "juin",
    "juillet",
    "août",
    "septembre",
    "octobre",
    "novembre",
    "décembre",
)
# Office québécois de la langue française.
SHORT_MONTHS = (
    *("janv.", "févr.", "mars", "avril", "mai", "juin"),
    *("juill.", "août", "sept.", "oct.", "nov.", "déc."),
)


def contracted(words: str) -> str:
    """« de le » is « du », « de les » is « des », « de un » is « d’un »."""
    for apart, together in ((" de le ", " du "), (" de les ", " des "), (" de un ", " d’un ")):
        words = words.replace(apart, together)
    return words


def spaced(text: str) -> str:
    """No-break spaces before ; ! ? : and inside guillemets, where a space was typed."""
    text = re.sub(r"[ \u00a0\u202f](?=[;!?»])|(?<=«)[ \u00a0\u202f]", NARROW, text)
    return re.sub(r"[ \u00a0\u202f](?=:(?:\s|$))", WIDE, text)


def millions(decimal: str, value: int) -> str:
    # The plural begins at two: « 1,9 million », « 2 millions ».
    return f"{decimal}\u00a0million{'s' if value >= 2_000_000 else ''}"


def of_millions(figure: str, noun: str) -> str:
    return f"{figure} d’{noun}" if noun[:1].lower() in "aeiouyéèêàâîôû" else f"{figure} de {noun}"


def ordinal(value: int, feminine: bool) -> str:
    return f"{value}{'e' if value != 1 else 're' if feminine else 'er'}"


def money(amount: str, currency: str, in_millions: bool) -> str:
    large = "M" if in_millions else ""
    return f"{amount}\u00a0{large}{SYMBOLS.get(currency, currency)}"


def date(day: datetime.date) -> str:
    return f"{_day(day)} {MONTHS[day.month - 1]} {day.year}"


def moment(at: datetime.datetime) -> str:
    return f"{date(at)} à {at.hour}\u00a0h\u00a0{at:%M}"


def months(start: datetime.date, end: datetime.date) -> str:
    first, last = MONTHS[start.month - 1], f"{MONTHS[end.month - 1]} {end.year}"
    if (start.year, start.month) == (end.year, end.month):
        return last
    if start.year != end.year:
        first += f" {start.year}"
    return f"d’{first} à {last}" if first[0] in "ao" else f"de {first} à {last}"


def days(start: datetime.date, end: datetime.date) -> str:
    first = _day(start)
    if start.year != end.year or start.month != end.month:
        first += f" {MONTHS[start.month - 1]}"
    if start.year != end.year:
        first += f" {start.year}"
    return f"du {first} au {date(end)}"


def _day(day: datetime.date) -> str:
    return "1er" if day.day == 1 else str(day.day)
