"""In which time zone a decision-maker's day begins."""

import zoneinfo

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

from plaidoyer.civics.models import Organization, Person, Post

# Where most people of a division live; a member's office is where its seat is, which is told apart.
DIVISIONS = {
    "country:ca/province:bc": "America/Vancouver",
    "country:ca/province:ab": "America/Edmonton",
    "country:ca/province:sk": "America/Regina",
    "country:ca/province:mb": "America/Winnipeg",
    "country:ca/province:on": "America/Toronto",
    "country:ca/province:qc": "America/Toronto",
    "country:ca/province:nb": "America/Moncton",
    "country:ca/province:ns": "America/Halifax",
    "country:ca/province:pe": "America/Halifax",
    "country:ca/province:nl": "America/St_Johns",
    "country:ca/territory:yt": "America/Whitehorse",
    "country:ca/territory:nt": "America/Yellowknife",
    "country:ca/territory:nu": "America/Iqaluit",
    "country:ca": "America/Toronto",
    "country:us": "America/New_York",
    "country:fr": "Europe/Paris",
    "country:be": "Europe/Brussels",
    "country:ch": "Europe/Zurich",
    "country:de": "Europe/Berlin",
    "country:gb": "Europe/London",
    "country:uk": "Europe/London",
    "country:ie": "Europe/Dublin",
    "country:au": "Australia/Sydney",
    "country:nz": "Pacific/Auckland",
}


def validate_zone(name: str) -> None:
    """Raises ValidationError unless `name` is a time zone of the IANA database."""
    try:
        zoneinfo.ZoneInfo(name)
    except (zoneinfo.ZoneInfoNotFoundError, ValueError, OSError):
        raise ValidationError(_("Write a time zone such as America/Toronto.")) from None


def zone_of(decision_maker: Post | Person | Organization | None) -> str:
    """The zone of whom a letter goes to: their body's own, else their area's; "" if not known."""
    if isinstance(decision_maker, Person):
        term = decision_maker.memberships.select_related("post").order_by("-start_on").first()
        decision_maker = term.post if term else None
    body = decision_maker.organization if isinstance(decision_maker, Post) else decision_maker
    for _step in range(5):  # a body that is part of itself must not hold us up
        if body is None:
            break
        if body.time_zone and is_zone(body.time_zone):
            return body.time_zone
        body = body.parent
    area = decision_maker.area if isinstance(decision_maker, Post) else None
    return of_division(area.identifier) if area else ""


def of_division(identifier: str) -> str:
    """The zone of an OCD division, of the smallest one that is known."""
    name = identifier.removeprefix("ocd-division/")
    while name and name not in DIVISIONS:
        name = name.rpartition("/")[0]
    return DIVISIONS.get(name, "")


def is_zone(name: str) -> bool:
    try:
        validate_zone(name)
    except ValidationError:
        return False
    return True
