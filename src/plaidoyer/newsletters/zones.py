"""In which time zone a reader lives, as far as their area tells.

Countries with one zone are known from the time zone database; provinces and states of those with
several are listed here, each with the zone in which most of its people live.
"""

import importlib.resources
from collections import Counter
from functools import cache
from zoneinfo import ZoneInfo

from django.conf import settings

from plaidoyer.civics.models import Area

# Open Civic Data divisions; what lies in them begins so too.
DIVISIONS = {
    "country:ca/province:nl": "America/St_Johns",
    "country:ca/province:ns": "America/Halifax",
    "country:ca/province:nb": "America/Moncton",
    "country:ca/province:pe": "America/Halifax",
    "country:ca/province:qc": "America/Toronto",
    "country:ca/province:on": "America/Toronto",
    "country:ca/province:mb": "America/Winnipeg",
    "country:ca/province:sk": "America/Regina",
    "country:ca/province:ab": "America/Edmonton",
    "country:ca/province:bc": "America/Vancouver",
    "country:ca/territory:yt": "America/Whitehorse",
    "country:ca/territory:nt": "America/Yellowknife",
    "country:ca/territory:nu": "America/Iqaluit",
    "country:us/district:dc": "America/New_York",
    "country:au/state:nsw": "Australia/Sydney",
    "country:au/state:vic": "Australia/Melbourne",
    "country:au/state:qld": "Australia/Brisbane",
    "country:au/state:sa": "Australia/Adelaide",
    "country:au/state:wa": "Australia/Perth",
    "country:au/state:tas": "Australia/Hobart",
    "country:fr": "Europe/Paris",
    "country:de": "Europe/Berlin",
    "country:es": "Europe/Madrid",
    "country:pt": "Europe/Lisbon",
    "country:nz": "Pacific/Auckland",
}
STATES = {
    "America/New_York": "ct de fl ga in ky ma md me mi nc nh nj ny oh pa ri sc va vt wv",
    "America/Chicago": "al ar ia il ks la mn mo ms nd ne ok sd tn tx wi",
    "America/Denver": "co id mt nm ut wy",
    "America/Phoenix": "az",
    "America/Los_Angeles": "ca nv or wa",
    "America/Anchorage": "ak",
    "Pacific/Honolulu": "hi",
}
DIVISIONS |= {
    f"country:us/state:{code}": zone for zone, all_ in STATES.items() for code in all_.split()
}
PREFIX = "ocd-division/"


def ours() -> ZoneInfo:
    """The organisation's zone."""
    return ZoneInfo(settings.TIME_ZONE)


@cache
def countries() -> dict[str, str]:
    """The zone of each country that has one only, by its ISO 3166 code in small letters."""
    table = importlib.resources.files("tzdata").joinpath("zoneinfo/zone.tab").read_text("utf-8")
    rows = [line.split("\t") for line in table.splitlines() if not line.startswith("#")]
    often = Counter(row[0] for row in rows)
    return {row[0].lower(): row[2] for row in rows if often[row[0]] == 1}


def of(identifier: str) -> str:
    """The zone of an Open Civic Data division; empty where that is not known."""
    parts = identifier.removeprefix(PREFIX).split("/")
    for length in range(len(parts), 0, -1):
        if zone := DIVISIONS.get("/".join(parts[:length])):
            return zone
    kind, _, code = parts[0].partition(":")
    return countries().get(code, "") if kind == "country" else ""


def by_area() -> dict[int, str]:
    """The zones of all areas of which one is known, by area; one query."""
    rows = Area.objects.values_list("pk", "identifier")
    return {pk: zone for pk, identifier in rows if (zone := of(identifier))}
