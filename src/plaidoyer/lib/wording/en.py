"""English: how figures, dates and money are written."""

import datetime

THOUSANDS, DECIMAL, PERCENT = ",", ".", "{}%"
KINDS = {
    "exact": "{}",
    "nearly": "nearly {}",
    "more than": "more than {}",
    "less than": "less than {}",
}
FRACTIONS = {
    "0/1": "none",
    "1/10": "a tenth",
    "1/5": "a fifth",
    "1/4": "a quarter",
    "1/3": "a third",
    "1/2": "half",
    "2/3": "two thirds",
    "3/4": "three quarters",
    "9/10": "nine tenths",
    "1/1": "all",
}
RANKS = (
    "first",
    "second",
    "third",
    "fourth",
    "fifth",
    "sixth",
    "seventh",
    "eighth",
    "ninth",
    "tenth",
)
FIRST_FEMININE = RANKS[0]
SYMBOLS = {"CAD": "$", "USD": "US$", "EUR": "€", "GBP": "£"}
MONTHS = (
    "January",
    "February",
    "March",
    "April",
    "May",
    "June",
    "July",
    "August",
    "September",
    "October",
    "November",
    "December",
)
# Canadian Press: short names stay whole.
SHORT_MONTHS = (
    *("Jan.", "Feb.", "March", "April", "May", "June"),
    *("July", "Aug.", "Sept.", "Oct.", "Nov.", "Dec."),
)


def contracted(words: str) -> str:
    """Nothing runs together in English."""
    return words


def spaced(text: str) -> str:
    """English has no spaces of its own."""
    return text


def millions(decimal: str, value: int) -> str:
    return f"{decimal}\u00a0million"


def of_millions(figure: str, noun: str) -> str:
    return f"{figure} {noun}"


def ordinal(value: int, feminine: bool) -> str:
    teens = value % 100 in {11, 12, 13}
    return f"{value}{'th' if teens else {1: 'st', 2: 'nd', 3: 'rd'}.get(value % 10, 'th')}"


def money(amount: str, currency: str, in_millions: bool) -> str:
    large = "\u00a0million" if in_millions else ""
    return f"{SYMBOLS.get(currency, currency + '\u00a0')}{amount}{large}"


def date(day: datetime.date) -> str:
    return f"{_day(day)}, {day.year}"


def moment(at: datetime.datetime) -> str:
    return f"{date(at)} at {at:%H:%M}"


def months(start: datetime.date, end: datetime.date) -> str:
    first, last = MONTHS[start.month - 1], f"{MONTHS[end.month - 1]} {end.year}"
    if start.year != end.year:
        return f"{first} {start.year} to {last}"
    return last if start.month == end.month else f"{first} to {last}"


def days(start: datetime.date, end: datetime.date) -> str:
    if start.year != end.year:
        return f"{date(start)} to {date(end)}"
    if start.month != end.month:
        return f"{_day(start)} to {date(end)}"
    return f"{_day(start)} to {end.day}, {end.year}"


def _day(day: datetime.date) -> str:
    return f"{MONTHS[day.month - 1]} {day.day}"
