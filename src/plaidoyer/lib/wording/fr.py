"""French: how figures, dates and money are written (narrow no-break spaces, « 1er », « de »)."""

import datetime

THOUSANDS, DECIMAL, PERCENT = "\u202f", ",", "{}\u00a0%"
KINDS = {"exact": "{}", "nearly": "près de {}", "more than": "plus de {}"}
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
