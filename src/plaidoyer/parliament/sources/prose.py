"""Days and moments as parliaments write them in prose, in English and in French.

`March 27, 2024, at 2:40 p.m. (EDT)`, « 27 mars 2024 à 14 h 40 (HAE) », `2024-03-27T14:40`.
"""

import datetime
import re
from zoneinfo import ZoneInfo

from plaidoyer.lib import wording
from plaidoyer.lib.words import folded

MONTHS = {
    folded(name): number
    for language in ("en", "fr")
    for number, name in enumerate(wording.month_names(language), start=1)
}
NAMES = "|".join(sorted(MONTHS, key=len, reverse=True))
DAYS = (
    re.compile(rf"(?P<month>{NAMES})\s+(?P<day>\d{{1,2}})(?:st|nd|rd|th)?,?\s+(?P<year>\d{{4}})"),
    re.compile(rf"(?P<day>\d{{1,2}})(?:er|st|nd|rd|th)?\s+(?P<month>{NAMES})\s+(?P<year>\d{{4}})"),
    re.compile(r"(?P<year>\d{4})-(?P<month>\d{2})-(?P<day>\d{2})"),
)
CLOCKS = (
    re.compile(r"(?P<hour>\d{1,2}):(?P<minute>\d{2})\s*(?P<half>[ap])\.?\s*m\b"),
    re.compile(r"(?P<hour>\d{1,2})\s*(?:h|:)\s*(?P<minute>\d{2})"),
)
# The zones that Canada's parliaments write beside an hour, as hours from UTC.
ZONES = {"edt": -4, "hae": -4, "est": -5, "hne": -5, "utc": 0, "gmt": 0, "bst": 1}
ZONE = re.compile(rf"\b({'|'.join(ZONES)})\b")


def day(text: str) -> datetime.date | None:
    """The first day that is named; None where none is, or none that the calendar has."""
    found = _first(text)
    return found and found[0]


def _first(text: str) -> tuple[datetime.date, str] | None:
    """The first day that is named and what stands after it."""
    plain = " ".join(folded(text).replace("\u00a0", " ").split())
    found = [match for pattern in DAYS if (match := pattern.search(plain))]
    for match in sorted(found, key=lambda one: one.start()):
        month = match["month"]
        number = int(month) if month.isdigit() else MONTHS[month]
        try:
            named = datetime.date(int(match["year"]), number, int(match["day"]))
        except ValueError:
            continue
        return named, plain[match.end() :]
    return None


def moment(text: str, zone: ZoneInfo) -> datetime.datetime | None:
    """The first moment that is named, in the zone that is named beside it, else in `zone`.

    None where no day is named with an hour.
    """
    found = _first(text)
    if found is None:
        return None
    named, rest = found
    for pattern in CLOCKS:
        if match := pattern.search(rest):
            hour = int(match["hour"])
            if half := match.groupdict().get("half"):
                hour = hour % 12 + (12 if half == "p" else 0)
            minute = int(match["minute"])
            if hour > 23 or minute > 59:
                return None
            clock = datetime.time(hour, minute)
            return datetime.datetime.combine(named, clock, _zone(rest, zone))
    return None


def _zone(text: str, zone: ZoneInfo) -> datetime.tzinfo:
    if match := ZONE.search(text):
        return datetime.timezone(datetime.timedelta(hours=ZONES[match[1]]))
    return zone


def language(text: str) -> str:
    """`fr` where the text looks French, else `en`."""
    signs = (" signataires", "petition electronique", "fermee", "ouverte", "deposee", "chambre")
    plain = " " + folded(text)
    french = sum(sign in plain for sign in signs)
    months = set(re.findall(r"[a-z]+", plain)) & {folded(m) for m in wording.month_names("fr")}
    return "fr" if french or months else "en"
