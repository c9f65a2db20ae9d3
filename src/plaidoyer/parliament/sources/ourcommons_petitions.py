"""House of Commons of Canada: e-petitions, from the XML that its site exports, in either language.

The export is behind a riddle for people (reCAPTCHA), which no program of ours answers: somebody
saves the file and imports it. Who started a petition stands in it and is not read.
"""

import datetime
import re
from typing import Any
from urllib.parse import quote

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from plaidoyer.civics import divisions, legislatures
from plaidoyer.civics.sources import Reading, SourceError, files, register
from plaidoyer.civics.sources.files import said
from plaidoyer.lib.words import folded
from plaidoyer.parliament.petition_records import (
    CountRecord,
    DissolutionRecord,
    ListRecord,
    PetitionRecord,
)
from plaidoyer.parliament.records import SessionRecord
from plaidoyer.parliament.sources import prose
from plaidoyer.parliament.sources.counting import figure, scope_of

HOUSE = "ca-commons"
SITES = {
    "en": "https://www.ourcommons.ca/petitions/en/Petition/Details?Petition=",
    "fr": "https://www.noscommunes.ca/petitions/fr/Petition/Details?Petition=",
}
NOT_CERTIFIED, DISSOLVED = "229", "289"
NUMBER = re.compile(r"^(e-\d{1,6}|\d{3}-\d{5})$", re.IGNORECASE)
TITLE = re.compile(r"^\s*\S+\s*\((?P<topic>.+)\)\s*$")
DATES = {
    "opens_on": "SignatureOpeningDateTime",
    "closes_on": "SignatureClosingDateTime",
    "certified_on": "CertificationDateTime",
    "presented_on": "PresentedDateTime",
    "answered_on": "GovernmentResponseDateTime",
}
PROVINCES = {
    "ab": "Alberta",
    "bc": "British Columbia, Colombie-Britannique",
    "mb": "Manitoba",
    "nb": "New Brunswick, Nouveau-Brunswick",
    "nl": "Newfoundland and Labrador, Terre-Neuve-et-Labrador",
    "ns": "Nova Scotia, Nouvelle-Écosse",
    "nt": "Northwest Territories, Territoires du Nord-Ouest",
    "nu": "Nunavut",
    "on": "Ontario",
    "pe": "Prince Edward Island, Île-du-Prince-Édouard",
    "qc": "Quebec, Québec",
    "sk": "Saskatchewan",
    "yt": "Yukon",
}
AREAS = {
    folded(name.strip()): divisions.province(code)
    for code, names in PROVINCES.items()
    for name in names.split(",")
}


class EPetitions:
    name = "ourcommons-petitions"
    label = gettext_lazy("House of Commons of Canada: e-petitions (XML)")
    licence = "House of Commons of Canada, Speaker’s Permission"
    address = "https://www.ourcommons.ca/petitions/en/Petition/Search"

    def read(
        self, content: bytes, on: datetime.date, *, complete: str = "", **options: Any
    ) -> Reading:
        """What the export says. `complete`: the scope that it lists wholly (`open`, `44-1`).

        Raises SourceError where it cannot be read.
        """
        root = files.xml(content)
        rows = [element for element in root.iter() if element.tag == "Petition"]
        if not rows:
            raise SourceError(_("no petition stands in the file"), root.line)
        reading = Reading([legislatures.KNOWN[HOUSE].record])
        sessions: dict[str, SessionRecord] = {}
        for element in rows:
            read_one(element, reading, sessions)
        reading.records[1:1] = list(sessions.values())
        if complete:
            scope, value = scope_of(complete)
            reading.records.append(
                ListRecord(
                    legislature=HOUSE,
                    scope=scope,
                    value=value,
                    petitions=len(rows),
                    source=self.address,
                )
            )
        return reading

    def fetch(self, get: Any, **options: Any) -> bytes:
        """Raises SourceError: the site asks who wants the export whether they are a person."""
        raise SourceError(
            _("the site gives this file to people only: save it there, then import the file")
        )


def read_one(element: Any, reading: Reading, sessions: dict[str, SessionRecord]) -> None:
    """One petition, with its session and its count; one without a number is told and left."""
    number, line = said(element, "PetitionNumber"), element.line
    if not NUMBER.match(number):
        reading.warnings.append((line, _("no petition number such as e-4904 stands here")))
        return
    record = petition(element, number, line)
    if record.session:
        sessions.setdefault(
            record.session,
            SessionRecord(
                legislature=HOUSE,
                identifier=record.session,
                parliament=record.session.partition("-")[0],
            ),
        )
    reading.records.append(record)
    reached = prose.day(said(element, "StatusReachedDateTime"))
    if said(element, "StatusId") == DISSOLVED and reached and record.session:
        reading.records.append(
            DissolutionRecord(line=line, legislature=HOUSE, session=record.session, on=reached)
        )
    if record_ := count(element, number, line):
        reading.records.append(record_)


def petition(element: Any, number: str, line: int) -> PetitionRecord:
    """The petition's facts; who started it is passed over."""
    status = said(element, "StatusName")
    words = " ".join([status, *(said(element, name) for name in DATES.values())])
    code = prose.language(words)
    topic = TITLE.match(element.get("Title", ""))
    dates: dict[str, Any] = {name: prose.day(said(element, tag)) for name, tag in DATES.items()}
    if said(element, "StatusId") == NOT_CERTIFIED:
        dates["refused_on"] = prose.day(said(element, "StatusReachedDateTime"))
    return PetitionRecord(
        line=line,
        legislature=HOUSE,
        identifier=number,
        title={code: topic["topic"] if topic else element.get("Title", number)},
        url={key: site + quote(number) for key, site in SITES.items()},
        session=session(element),
        sponsor=sponsor(element),
        status=status[:80],
        **dates,
    )


def session(element: Any) -> str:
    """`44-1`, from whichever spelling of the numbers; "" where one is missing."""
    parliament = re.search(r"\d+", element.get("ParliamentNumber") or "")
    number = re.search(r"\d+", element.get("Session") or "")
    return f"{parliament[0]}-{number[0]}" if parliament and number else ""


def sponsor(element: Any) -> str:
    """The member who sponsors it, with the riding."""
    name = f"{said(element, 'Sponsor/FirstName')} {said(element, 'Sponsor/LastName')}".strip()
    riding = said(element, "Sponsor/Constituency")
    return f"{name} ({riding})"[:200] if name and riding else name[:200]


def count(element: Any, number: str, line: int) -> CountRecord | None:
    """Its signatures with their provinces; None where the file has no count."""
    total = figure(element.get("SignatureCount"), line)
    if total is None:
        return None
    regions, areas = {}, {}
    for row in element.iter("ProvinceSignatures"):
        name = " ".join((row.get("Province") or "").split())[:120]
        signatures = figure(row.get("SignatureCount"), row.line)
        if name and signatures is not None:
            regions["province", name] = signatures
            if area := AREAS.get(folded(name)):
                areas[name] = area
    return CountRecord(
        line=line,
        legislature=HOUSE,
        identifier=number,
        signatures=total,
        source=SITES["en"] + quote(number),
        regions=regions,
        areas=areas,
    )


register(EPetitions())
