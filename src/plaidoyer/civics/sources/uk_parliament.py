"""The United Kingdom's House of Commons: its members, as Parliament's Members API says them."""

import datetime
import json
from typing import Any
from urllib.parse import urlencode

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from plaidoyer.civics import divisions
from plaidoyer.civics.models import ContactDetail
from plaidoyer.civics.records import AreaRecord, PersonRecord
from plaidoyer.civics.sources import Reading, SourceError, files, register
from plaidoyer.civics.sources.rolls import Roll, Way, body, day, needed, of_its_shape

BODY = "gb-commons"
SCHEME = "uk-parliament"
API = "https://members-api.parliament.uk/api"
MEMBER = "https://members.parliament.uk/member/"
# The API gives twenty at a time, whatever one asks for.
PAGE = 20
# Titles stand before a name in one string: "Sir John Whittingdale", "Ms Diane Abbott".
TITLES = {"sir", "dame", "dr", "mr", "mrs", "ms", "miss", "lord", "lady", "professor", "rev"}


class UkParliament:
    name = "uk-parliament"
    label = gettext_lazy("House of Commons of the United Kingdom: members (Members API, or CSV)")
    licence = "Open Parliament Licence v3.0"
    address = f"{API}/Members/Search?House=1&IsCurrentMember=true&skip=0&take={PAGE}"

    def read(self, content: bytes, on: datetime.date, **options: Any) -> Reading:
        """The members of the list; constituencies by Parliament's own numbers."""
        roll = Roll(body(BODY), "https://members.parliament.uk/members/commons")
        if content.lstrip(b"\xef\xbb\xbf \t\r\n")[:1] in (b"{", b"["):
            with of_its_shape():
                in_json(roll, files.json(content))
        else:
            in_csv(roll, content)
        return roll.whole()

    def fetch(self, get: Any, **options: Any) -> bytes:
        """Everybody who sits, page after page, as one list."""
        items: list[Any] = []
        while True:
            asked = {"House": 1, "IsCurrentMember": "true", "skip": len(items), "take": PAGE}
            answer = files.json(get(f"{API}/Members/Search?{urlencode(asked)}"))
            found = answer.get("items") or []
            items += found
            if not found or len(items) >= int(answer.get("totalResults") or 0):
                return json.dumps({"items": items, "totalResults": len(items)}).encode()


def in_json(roll: Roll, answer: Any) -> None:
    """Members of an answer, or of several answers in a list.

    Raises SourceError where the file is one page of several.
    """
    answers = answer if isinstance(answer, list) else [answer]
    if not all(isinstance(one, dict) and isinstance(one.get("items"), list) for one in answers):
        raise SourceError(_("this is no answer of the Members API: it has no “items”"))
    members = [item.get("value") or {} for one in answers for item in one["items"]]
    total = max((int(one.get("totalResults") or 0) for one in answers), default=0)
    if total > len(members):
        words = {"here": len(members), "total": total}
        raise SourceError(_("this file has %(here)d of %(total)d members") % words)
    for number, member in enumerate(members, start=1):
        in_commons(roll, member, number)


def in_commons(roll: Roll, member: dict[str, Any], number: int) -> None:
    term = member.get("latestHouseMembership") or {}
    if term.get("house") != 1 or not term.get("membershipFromId"):
        roll.warn(
            number,
            _("%(name)s is left out: no member of the House of Commons")
            % {"name": member.get("nameDisplayAs")},
        )
        return
    family, _comma, _given = str(member.get("nameListAs") or "").partition(",")
    party = member.get("latestParty") or {}
    sit(
        roll,
        number,
        number_=str(member["id"]),
        name=str(member.get("nameDisplayAs") or ""),
        family=family,
        constituency=(str(term["membershipFromId"]), str(term.get("membershipFrom") or "")),
        party=(str(party.get("name") or ""), str(party.get("abbreviation") or "")),
        start_on=day(str(term.get("membershipStartDate") or "")),
        end_on=day(str(term.get("membershipEndDate") or "")),
    )


def in_csv(roll: Roll, content: bytes) -> None:
    for line, row in files.rows(content):
        needed(row, ("member_id", "name", "constituency_id", "constituency"))
        sit(
            roll,
            line,
            number_=row["member_id"],
            name=row["name"],
            constituency=(row["constituency_id"], row["constituency"]),
            party=(row.get("party", ""), row.get("party_abbr", "")),
            email=row.get("email", ""),
        )


def sit(
    roll: Roll,
    line: int,
    *,
    number_: str,
    name: str,
    constituency: tuple[str, str],
    party: tuple[str, str],
    family: str = "",
    email: str = "",
    start_on: datetime.date | None = None,
    end_on: datetime.date | None = None,
) -> None:
    """One member into the roll."""
    code, named = constituency
    area = roll.area(
        AreaRecord(
            identifier=divisions.constituency(code),
            name={"en": named},
            classification="constituency",
            line=line,
        )
    )
    title, given, last = names(name, family)
    roll.sits(
        PersonRecord(
            key=f"{SCHEME}:{number_}",
            given_name=given,
            family_name=last,
            identifiers={SCHEME: number_},
            honorific_prefix={"en": title} if title else {},
            line=line,
        ),
        roll.seat(area, roll.legislature.seat({"en": named}), line),
        party=roll.party(*party),
        start_on=start_on,
        end_on=end_on,
        ways=[Way(ContactDetail.Type.EMAIL, email)],
        page=f"{MEMBER}{number_}/contact",
    )


def names(name: str, family: str = "") -> tuple[str, str, str]:
    """Title, given and family name of "Sir John Whittingdale"; `family` where the list says it."""
    words = name.split()
    title = words.pop(0) if len(words) > 1 and words[0].rstrip(".").lower() in TITLES else ""
    rest = " ".join(words)
    if family and rest.endswith(family) and rest != family:
        return title, rest.removesuffix(family).strip(), family
    return title, " ".join(words[:-1]), "".join(words[-1:])


SOURCE = register(UkParliament())
