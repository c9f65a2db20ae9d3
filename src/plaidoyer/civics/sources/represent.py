"""Represent, by Open North: who represents whom in Canada, and where a postal code lies.

https://represent.opennorth.ca/api/ (60 requests a minute; above it answers 503).
"""

import datetime
import json
import re
from collections.abc import Callable, Iterator
from typing import Any
from urllib.parse import urlencode, urljoin

from django.conf import settings
from django.utils.text import slugify
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from plaidoyer.civics import legislatures
from plaidoyer.civics.legislatures import Legislature
from plaidoyer.civics.models import ContactDetail
from plaidoyer.civics.records import AreaRecord, PersonRecord
from plaidoyer.civics.sources import Reading, SourceError, files, register
from plaidoyer.civics.sources.rolls import Roll, Way, of_its_shape

Get = Callable[[str], bytes]
Fields = dict[str, Any]

# Which legislature a set of representatives is.
BODIES = {"house-of-commons": "ca-commons", "quebec-assemblee-nationale": "ca-qc-assnat"}
# Which OCD divisions the boundaries of a set are. Both federal sets call themselves "Federal
# electoral district": only their addresses tell the 338 ridings of 2013 from the 343 of 2023.
BOUNDARIES = {
    "federal-electoral-districts-2023-representation-order": "ocd-division/country:ca/ed:{}-2023",
    "federal-electoral-districts": "ocd-division/country:ca/ed:{}-2013",
    "quebec-electoral-districts-2017": "ocd-division/country:ca/province:qc/ed:{}-2017",
}
BOUNDARY = re.compile(r"/boundaries/(?P<set>[\w.-]+)/(?P<slug>[\w.-]+)/?$")
# What other publishers call somebody, as the address of their own page says it.
NUMBERS = {
    "ourcommons": re.compile(r"//www\.(?:ourcommons|noscommunes)\.ca/.*\((\d+)\)", re.I),
    "assnat": re.compile(r"//www\.assnat\.qc\.ca/.*-(\d+)/", re.I),
}
NOTES = {"legislature": "legislature", "constituency": "constituency"}


class Represent:
    name = "represent"
    label = gettext_lazy("Represent (Open North): who sits in a legislature or council of Canada")
    licence = "Open North, Represent: facts of each body's own site, free to use with attribution"
    address = "https://represent.opennorth.ca/representatives/house-of-commons/"

    def read(self, content: bytes, on: datetime.date, **options: Any) -> Reading:
        """The members of one set, from a page of 1,000, or several pages in one list."""
        with of_its_shape():
            return self.members(files.json(content))

    def members(self, answer: Any) -> Reading:
        """The members of an answer. Raises SourceError."""
        members, total = pages(answer)
        if not members:
            raise SourceError(_("nobody is in this file"))
        if total > len(members):
            raise SourceError(
                _("this is one page of several: %(here)d of %(total)d; ask with ?limit=1000")
                % {"here": len(members), "total": total}
            )
        roll = Roll(body_of(members[0]), self.address)
        for number, member in enumerate(members, start=1):
            if body_of(member).identifier != roll.legislature.identifier:
                raise SourceError(_("two sets are in this file: import them one by one"), number)
            sit(roll, member, number)
        return roll.whole()

    def fetch(self, get: Get, *, body: str = "house-of-commons", **options: Any) -> bytes:
        """All pages of a set of representatives (`body`), 1,000 a page, as one list."""
        page = f"{settings.REPRESENT_ADDRESS}/representatives/{slugify(body)}/?limit=1000"
        members: list[Fields] = []
        while page:
            answer = files.json(get(page))
            found, _total = pages(answer)
            members += found
            page = following(page, answer) if found else ""
        return json.dumps({"objects": members}).encode()


def pages(answer: Any) -> tuple[list[Fields], int]:
    """The objects of an answer, or of a list of answers, and how many there are in all."""
    answers = answer if isinstance(answer, list) else [answer]
    members: list[Fields] = []
    total = 0
    for one in answers:
        if not isinstance(one, dict) or not isinstance(one.get("objects"), list):
            raise SourceError(_("this is no list of Represent: it has no “objects”"))
        members += [member for member in one["objects"] if isinstance(member, dict)]
        total = max(total, int((one.get("meta") or {}).get("total_count") or 0))
    return members, total


def following(page: str, answer: Fields) -> str:
    """The address of the next page, on the same host; "" after the last."""
    after = (answer.get("meta") or {}).get("next") or ""
    return urljoin(page, after) if after.startswith("/") else ""


def body_of(member: Fields) -> Legislature:
    """The legislature of a member, by the address of the set."""
    related = member.get("related") or {}
    found = str(related.get("representative_set_url") or "").strip("/").rpartition("/")[2]
    name = str(member.get("representative_set_name") or found)
    if known := legislatures.known(BODIES.get(found, "")):
        return known
    return Legislature(
        identifier=f"represent/{slugify(found or name)}"[:120],
        en=name,
        fr=name,
        time_zone="",
        area="",
        url="",
        scheme="",
    )


def sit(roll: Roll, member: Fields, number: int) -> None:
    """One member into the roll; left out with a warning where its riding cannot be told."""
    area = area_of(member)
    if not area:
        boundary = (member.get("related") or {}).get("boundary_url") or "—"
        why = _("%(name)s is left out: we do not know which division the boundary %(set)s is")
        roll.warn(number, why % {"name": member.get("name"), "set": boundary})
        return
    name = {"en": str(member.get("district_name") or ""), "fr": ""}
    names = {code: name[code] for code in name if name[code]}
    roll.area(AreaRecord(identifier=area, name=names, line=number))
    seat = roll.seat(area, roll.legislature.seat(names), number)
    page = str(member.get("url") or member.get("source_url") or "")
    identifiers = numbers(page)
    roll.sits(
        PersonRecord(
            key=f"{seat}:{member.get('name')}",
            given_name=str(member.get("first_name") or "").strip(),
            family_name=str(member.get("last_name") or member.get("name") or "").strip(),
            identifiers=identifiers,
            line=number,
        ),
        seat,
        party=roll.party(str(member.get("party_name") or "")),
        ways=ways(member),
        page=page,
    )


def area_of(member: Fields) -> str:
    """The OCD division of a member's riding, by the address of its boundary; "" unknown."""
    return division(str((member.get("related") or {}).get("boundary_url") or ""))


def division(boundary: str) -> str:
    """The OCD division that the address of a boundary stands for; "" for a set we do not know."""
    found = BOUNDARY.search(boundary)
    pattern = ({**BOUNDARIES, **settings.REPRESENT_SETS}).get(found["set"], "") if found else ""
    return pattern.format(found["slug"]) if found and pattern else ""


def numbers(page: str) -> dict[str, str]:
    """What the publisher of a member's own page calls them."""
    found = {scheme: number.search(page) for scheme, number in NUMBERS.items()}
    return {scheme: match[1] for scheme, match in found.items() if match}


def ways(member: Fields) -> Iterator[Way]:
    """How a member is reached, as their legislature publishes it."""
    yield Way(ContactDetail.Type.EMAIL, str(member.get("email") or ""))
    for office in member.get("offices") or []:
        note = NOTES.get(str(office.get("type") or ""), "")
        yield Way(ContactDetail.Type.VOICE, str(office.get("tel") or ""), note)
        postal = ", ".join(str(office.get("postal") or "").split("\n"))
        yield Way(ContactDetail.Type.ADDRESS, postal, note)


def look_up(code: str, get: Get) -> list[str]:
    """The OCD divisions in which a postal code lies: by its centre and by concordance, joined.

    Only the code is sent. The sets are those of the setting REPRESENT_SETS.
    """
    sets = urlencode({"sets": ",".join(settings.REPRESENT_SETS)})
    answer = files.json(get(f"{settings.REPRESENT_ADDRESS}/postcodes/{code}/?{sets}"))
    return divisions_of(answer) if isinstance(answer, dict) else []


def divisions_of(answer: Fields) -> list[str]:
    """The divisions of an answer about a postal code, of the sets that we asked for."""
    boundaries = [
        boundary
        for found_by in ("boundaries_centroid", "boundaries_concordance")
        for boundary in answer.get(found_by) or []
    ]
    found = set()
    for boundary in boundaries:
        match = BOUNDARY.search(str(boundary.get("url") or ""))
        if match and match["set"] in settings.REPRESENT_SETS:
            number = str(boundary.get("external_id") or match["slug"])
            found.add(settings.REPRESENT_SETS[match["set"]].format(number))
    return sorted(found)


SOURCE = register(Represent())
