"""Petitions of any legislature by CSV: a number or a title, a count, and what dates are known.

See docs/reference/petitions.md for the columns. A row without a number is known by its title:
press lists of large petitions have none, and places are computed among them all the same.
"""

import datetime
from typing import Any

from django.utils.text import slugify
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from plaidoyer.civics import legislatures
from plaidoyer.civics.records import OrganizationRecord, Record
from plaidoyer.civics.sources import Reading, SourceError, files, register
from plaidoyer.civics.texts import WEB
from plaidoyer.parliament.petition_records import CountRecord, ListRecord, PetitionRecord
from plaidoyer.parliament.records import SessionRecord
from plaidoyer.parliament.sources import prose
from plaidoyer.parliament.sources.counting import figure, scope_of

NAMES = {
    "number": ("number", "identifier", "petition_id", "numero"),
    "en": ("title_en", "topic_en", "title", "action", "subject"),
    "fr": ("title_fr", "topic_fr", "titre", "sujet"),
    "signatures": ("signatures", "signature_count", "total"),
    "source": ("url", "source", "reported_by", "adresse"),
    "sponsor": ("sponsor", "parrain"),
    "status": ("status", "status_en", "etat"),
    "session": ("session",),
}
DATES = {
    "opens_on": ("opens_on", "opens_at", "opened_on"),
    "closes_on": ("closes_on", "closes_at", "closes_at_eastern", "closed_on"),
    "certified_on": ("certified_on",),
    "presented_on": ("presented_on",),
    "answered_on": ("answered_on",),
}


class PetitionsCsv:
    name = "petitions-csv"
    label = gettext_lazy("Official petitions, any legislature (CSV)")
    licence = ""
    address = ""

    def read(
        self,
        content: bytes,
        on: datetime.date,
        *,
        legislature: str = "ca-commons",
        complete: str = "",
        name_en: str = "",
        name_fr: str = "",
        **options: Any,
    ) -> Reading:
        """What the file says of petitions of `legislature` and their counts on that day.

        `complete`: the scope that it lists wholly, such as `open` or `session:44-1`. Raises
        SourceError.
        """
        known = legislatures.known(legislature)
        body = known.record if known else organization(legislature, name_en, name_fr)
        reading, sessions, sources = Reading([body]), dict[str, Record](), []
        for line, row in files.rows(content):
            record, source = petition(row, line, legislature)
            if source and not WEB.fullmatch(source):
                # A count may stand without its page; it is shown as such.
                reading.warnings.append((line, _("“%(said)s” is no address") % {"said": source}))
                source = ""
            if record.session:
                sessions.setdefault(record.session, session(legislature, record.session))
            reading.records.append(record)
            sources.append(source)
            if count := counted(row, record, source):
                reading.records.append(count)
        reading.records[1:1] = list(sessions.values())
        if complete:
            reading.records.append(complete_list(legislature, complete, sources))
        return reading

    def fetch(self, get: Any, **options: Any) -> bytes:
        """Raises SourceError: there is no such place."""
        raise SourceError(_("a list of one’s own has no address: name its file"))


def organization(identifier: str, en: str = "", fr: str = "") -> OrganizationRecord:
    """A legislature that we know by its short name and by what it is said to be called."""
    names = {code: name for code, name in (("en", en), ("fr", fr)) if name}
    return OrganizationRecord(
        identifier=identifier,
        name=names or {"en": identifier},
        classification=legislatures.LEGISLATURE,
    )


def cell(row: dict[str, str], names: tuple[str, ...]) -> str:
    """What stands in the first of those columns that is there and filled."""
    return next((row[name] for name in names if row.get(name)), "")


def petition(row: dict[str, str], line: int, legislature: str) -> tuple[PetitionRecord, str]:
    """The petition of a row, and where it can be read."""
    said = {name: cell(row, names) for name, names in NAMES.items()}
    number = said["number"] or slugify(said["en"] or said["fr"])[:40]
    if not number or len(number) > 40:
        raise SourceError(_("a petition needs its number or its title"), line)
    dates: dict[str, Any] = {name: day(cell(row, names), line) for name, names in DATES.items()}
    title = {code: said[code][:500] for code in ("en", "fr") if said[code]}
    record = PetitionRecord(
        line=line,
        legislature=legislature,
        identifier=number,
        title=title or {"en": number},
        url={"en": said["source"]} if said["number"] and WEB.fullmatch(said["source"]) else {},
        session=session_of(row, said["session"]),
        sponsor=said["sponsor"][:200],
        status=said["status"][:80],
        **dates,
    )
    return record, said["source"]


def session_of(row: dict[str, str], said: str) -> str:
    """`44-1`, from one column or from two."""
    parliament = row.get("parliament", "")
    return f"{parliament}-{said}" if parliament and said and "-" not in said else said


def session(legislature: str, identifier: str) -> SessionRecord:
    parliament = identifier.partition("-")[0] if "-" in identifier else ""
    return SessionRecord(legislature=legislature, identifier=identifier, parliament=parliament)


def day(said: str, line: int) -> datetime.date | None:
    """A day in any of the ways that parliaments write it. Raises SourceError for another."""
    if not said:
        return None
    if found := prose.day(said):
        return found
    raise SourceError(_("“%(said)s” is no day: write 2026-03-27") % {"said": said[:40]}, line)


def counted(row: dict[str, str], record: PetitionRecord, source: str) -> CountRecord | None:
    signatures = figure(cell(row, NAMES["signatures"]), record.line)
    if signatures is None:
        return None
    return CountRecord(
        line=record.line,
        legislature=record.legislature,
        identifier=record.identifier,
        signatures=signatures,
        source=source,
    )


def complete_list(legislature: str, complete: str, sources: list[str]) -> ListRecord:
    scope, value = scope_of(complete)
    return ListRecord(
        legislature=legislature,
        scope=scope,
        value=value,
        petitions=len(sources),
        source=next((source for source in sources if source), ""),
    )


register(PetitionsCsv())
