"""The Congress of the United States, as unitedstates/congress-legislators keeps it.

Members are written to by a form on their own site: no mail addresses are published.
"""

import datetime
import re
from collections.abc import Iterator
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from plaidoyer.civics import divisions
from plaidoyer.civics.models import ContactDetail
from plaidoyer.civics.records import AreaRecord, PersonRecord
from plaidoyer.civics.sources import Reading, SourceError, files, register
from plaidoyer.civics.sources.rolls import Roll, Way, body, day, of_its_shape

SCHEME = "bioguide"
BODIES = {"rep": "us-house", "sen": "us-senate"}
LISTED_AT = "https://github.com/unitedstates/congress-legislators"
STATES = dict(
    re.findall(
        r"([A-Z]{2}):([^|]+)",
        "AL:Alabama|AK:Alaska|AZ:Arizona|AR:Arkansas|CA:California|CO:Colorado|CT:Connecticut|"
        "DE:Delaware|DC:District of Columbia|FL:Florida|GA:Georgia|HI:Hawaii|ID:Idaho|IL:Illinois|"
        "IN:Indiana|IA:Iowa|KS:Kansas|KY:Kentucky|LA:Louisiana|ME:Maine|MD:Maryland|"
        "MA:Massachusetts|MI:Michigan|MN:Minnesota|MS:Mississippi|MO:Missouri|MT:Montana|"
        "NE:Nebraska|NV:Nevada|NH:New Hampshire|NJ:New Jersey|NM:New Mexico|NY:New York|"
        "NC:North Carolina|ND:North Dakota|OH:Ohio|OK:Oklahoma|OR:Oregon|PA:Pennsylvania|"
        "RI:Rhode Island|SC:South Carolina|SD:South Dakota|TN:Tennessee|TX:Texas|UT:Utah|"
        "VT:Vermont|VA:Virginia|WA:Washington|WV:West Virginia|WI:Wisconsin|WY:Wyoming|"
        "AS:American Samoa|GU:Guam|MP:Northern Mariana Islands|PR:Puerto Rico|VI:Virgin Islands",
    )
)


class Congress:
    name = "congress"
    label = gettext_lazy("Congress of the United States: members of both chambers (YAML)")
    licence = "CC0 1.0"
    address = (
        "https://raw.githubusercontent.com/unitedstates/congress-legislators/main/"
        "legislators-current.yaml"
    )

    def read(self, content: bytes, on: datetime.date, **options: Any) -> Reading:
        """Who sits in either chamber by their last term, which may end on a day to come."""
        members = files.yaml(content)
        if not isinstance(members, list):
            raise SourceError(_("this is no list of members"))
        rolls = {kind: Roll(body(name), LISTED_AT) for kind, name in BODIES.items()}
        for number, member in enumerate(members, start=1):
            with of_its_shape():
                term = member["terms"][-1]
                sit(rolls[term["type"]], member, term, number)
        house, senate = (roll.whole() for roll in rolls.values())
        return Reading(house.records + senate.records, house.warnings + senate.warnings)

    def fetch(self, get: Any, **options: Any) -> bytes:
        """The list of those who sit today."""
        return get(self.address)


def sit(roll: Roll, member: dict[str, Any], term: dict[str, Any], number: int) -> None:
    """One member into the roll of their chamber."""
    named, bioguide = member["name"], str(member["id"]["bioguide"])
    roll.sits(
        PersonRecord(
            key=f"{SCHEME}:{bioguide}",
            given_name=str(named["first"]),
            family_name=str(named["last"]),
            identifiers={SCHEME: bioguide},
            line=number,
        ),
        seat(roll, term, number),
        party=roll.party(str(term.get("party") or "")),
        start_on=date(term["start"]),
        end_on=date(term["end"]),
        ways=ways(term),
        page=str(term.get("url") or ""),
    )


def seat(roll: Roll, term: dict[str, Any], number: int) -> str:
    """The seat of a term: a district's, or one of a state's two, told apart by their class."""
    state = str(term["state"])
    if term["type"] == "rep":
        return in_house(roll, state, int(term.get("district") or 0), number)[1]
    name, class_ = STATES.get(state, state), int(term["class"])
    labels = {"en": f"Senator for {name} (class {class_})", "fr": f"{name}, Sénat, classe {class_}"}
    return roll.seat(of_state(roll, state, number), labels, number, number=str(class_))


def in_house(roll: Roll, state: str, district: int, line: int) -> tuple[str, str]:
    """A seat of the House, vacant or not: its area and its key. District 0 is the whole state."""
    area, name = of_state(roll, state, line), STATES.get(state, state)
    if district:
        name = f"{name}, district {district}"
        area = roll.area(
            AreaRecord(
                identifier=divisions.congressional_district(state, district),
                name={"en": name},
                classification="district",
                parent=area,
                line=line,
            )
        )
    return area, roll.seat(area, {"en": f"Representative for {name}"}, line)


def of_state(roll: Roll, state: str, line: int) -> str:
    """A state, territory or the federal district."""
    return roll.area(
        AreaRecord(
            identifier=divisions.state(state),
            name={"en": STATES.get(state, state)},
            classification="state",
            line=line,
        )
    )


def ways(term: dict[str, Any]) -> Iterator[Way]:
    """A form, a telephone and a postal address in the capital."""
    yield Way(ContactDetail.Type.FORM, str(term.get("contact_form") or ""))
    yield Way(ContactDetail.Type.VOICE, str(term.get("phone") or ""), "legislature")
    yield Way(ContactDetail.Type.ADDRESS, str(term.get("address") or ""), "legislature")


def date(said: Any) -> datetime.date | None:
    """A day, which YAML may have read already."""
    return said if isinstance(said, datetime.date) else day(str(said))


SOURCE = register(Congress())
