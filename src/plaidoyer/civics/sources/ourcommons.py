"""Canada's House of Commons: its members, as its site lists them in English and in French."""

import datetime
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext_lazy

from plaidoyer.civics.models import ContactDetail
from plaidoyer.civics.records import AreaRecord, PersonRecord
from plaidoyer.civics.sources import Reading, files, register, ridings
from plaidoyer.civics.sources.rolls import Roll, Way, body, day, needed

BODY = "ca-commons"
SCHEME = "ourcommons"
RIDINGS = r"^ocd-division/country:ca/ed:\d+-\d+$"
# The list of the 44th Parliament has no dates: it met, and was dissolved, on these days.
# https://lop.parl.ca/sites/ParlInfo/default/en_CA/Parliament/parliamentsSessions
FORTY_FOURTH = (datetime.date(2021, 9, 20), datetime.date(2025, 3, 23))

# The heads of the CSV in both languages, by the element that the XML has.
HEADS = {
    "PersonShortHonorific": ("honorific title", "titre honorifique"),
    "PersonOfficialFirstName": ("first name", "prénom"),
    "PersonOfficialLastName": ("last name", "nom de famille", "nom"),
    "ConstituencyName": ("constituency", "circonscription"),
    "CaucusShortName": ("political affiliation", "affiliation politique"),
    "FromDateTime": ("start date", "date de début"),
    "ToDateTime": ("end date", "date de fin"),
}


@dataclass(frozen=True, slots=True)
class Member:
    """A member as any of the lists says it."""

    line: int
    given_name: str
    family_name: str
    riding: Mapping[str, str]
    caucus: str
    area: str = ""
    number: str = ""
    honorific: str = ""
    email: str = ""
    start_on: datetime.date | None = None
    end_on: datetime.date | None = None


class Ourcommons:
    name = "ourcommons"
    label = gettext_lazy("House of Commons of Canada: members (XML or CSV, English or French)")
    licence = "Speaker's Permission, House of Commons of Canada"
    address = "https://www.ourcommons.ca/Members/en/search/XML"

    def read(self, content: bytes, on: datetime.date, **options: Any) -> Reading:
        """The members of the list, each in the riding of that name and day, or of that number."""
        roll = Roll(body(BODY), "https://www.ourcommons.ca/Members/en/search")
        is_xml = content.lstrip(b"\xef\xbb\xbf \t\r\n").startswith(b"<")
        members = list(in_xml(content) if is_xml else in_csv(content))
        by_name = ridings.named(RIDINGS, on) if any(not one.area for one in members) else {}
        for member in members:
            sit(roll, member, by_name)
        # Of a past Parliament nobody is missing today.
        if any(member.end_on for member in members):
            return roll.reading
        return roll.whole()

    def fetch(self, get: Any, **options: Any) -> bytes:
        """The XML list of those who sit today."""
        return get(self.address)


def in_xml(content: bytes) -> Iterator[Member]:
    for element in files.xml(content).iter("MemberOfParliament"):
        yield member(
            element.line, {name: files.said(element, name) for name in (*HEADS, "PersonId")}
        )


def in_csv(content: bytes) -> Iterator[Member]:
    for line, row in files.rows(content):
        if "ocd_id" in row:
            yield joined(line, row)
            continue
        said = {
            name: next((row[head] for head in heads if head in row), None)
            for name, heads in HEADS.items()
        }
        found = {name: text for name, text in said.items() if text is not None}
        needed(found, ("PersonOfficialFirstName", "PersonOfficialLastName", "ConstituencyName"))
        yield member(line, found)


def member(line: int, said: Mapping[str, str]) -> Member:
    """A member of the House's own list: the riding is only named."""
    return Member(
        line=line,
        given_name=said["PersonOfficialFirstName"],
        family_name=said["PersonOfficialLastName"],
        riding={"": said["ConstituencyName"]},
        caucus=said.get("CaucusShortName", ""),
        number=said.get("PersonId", ""),
        honorific=said.get("PersonShortHonorific", ""),
        start_on=day(said.get("FromDateTime", "")),
        end_on=day(said.get("ToDateTime", "")),
    )


def joined(line: int, row: Mapping[str, str]) -> Member:
    """A member of a list that others have joined with the numbers of the ridings."""
    needed(row, ("given_name", "family_name", "ocd_id", "riding_en", "riding_fr"))
    is_past = "caucus_last_seen" in row
    start_on, end_on = FORTY_FOURTH if is_past else (None, None)
    return Member(
        line=line,
        given_name=row["given_name"],
        family_name=row["family_name"],
        riding={"en": row["riding_en"], "fr": row["riding_fr"]},
        caucus=row["caucus_last_seen"] if is_past else row.get("party", ""),
        area=row["ocd_id"],
        number=row.get("person_id", ""),
        email=row.get("email", ""),
        start_on=start_on,
        end_on=end_on,
    )


def sit(roll: Roll, member: Member, by_name: Mapping[str, str]) -> None:
    """One member into the roll; left out with a warning where the riding is not known."""
    named = next(iter(member.riding.values()))
    area = member.area or by_name.get(ridings.folded(named), "")
    if not area:
        name = f"{member.given_name} {member.family_name}"
        roll.warn(member.line, ridings.left_out(name, named))
        return
    names = dict(member.riding) if member.area else {"en": named}
    if member.area:
        roll.area(riding(member))
    roll.sits(
        PersonRecord(
            key=f"{SCHEME}:{member.number}" if member.number else f"{area}:{named}:{member.line}",
            given_name=member.given_name,
            family_name=member.family_name,
            identifiers={SCHEME: member.number} if member.number else {},
            honorific_prefix=honorific(member.honorific),
            line=member.line,
        ),
        roll.seat(area, roll.legislature.seat(names), member.line),
        party=roll.party(member.caucus),
        start_on=member.start_on,
        end_on=member.end_on,
        ways=[Way(ContactDetail.Type.EMAIL, member.email)],
    )


def riding(member: Member) -> AreaRecord:
    return AreaRecord(
        identifier=member.area,
        name=member.riding,
        classification="riding",
        line=member.line,
    )


def honorific(said: str) -> dict[str, str]:
    """A form of address in the language of the list: « L’hon. » begins with its article."""
    if not said:
        return {}
    is_french = said[:1] == "L" and said.rstrip(".").lower().endswith("hon")
    return {"fr" if is_french else "en": said}


SOURCE = register(Ourcommons())
