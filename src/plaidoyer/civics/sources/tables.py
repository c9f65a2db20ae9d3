"""Any legislature by CSV: its members, or its areas, whoever made the table.

Columns are understood in English and in French, see headings.py and docs/howto.
"""

import datetime
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django.utils.text import slugify
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from plaidoyer.civics import divisions, legislatures
from plaidoyer.civics.legislatures import Legislature
from plaidoyer.civics.models import ContactDetail
from plaidoyer.civics.records import AreaRecord, PersonRecord
from plaidoyer.civics.sources import (
    Reading,
    SourceError,
    assemblee_nationale,
    congress,
    files,
    register,
    ridings,
)
from plaidoyer.civics.sources.headings import Headings
from plaidoyer.civics.sources.rolls import Roll, Way, day, parted
from plaidoyer.civics.sources.uk_parliament import names as titled

CHAMBERS = {"us-house": "rep", "us-senate": "sen"}
NUMBERS = {"gb-commons": divisions.constituency, "ca-commons": divisions.riding}


class Table:
    name = "csv"
    label = gettext_lazy("Members or areas of any legislature (CSV)")
    licence = ""
    address = ""

    def read(
        self,
        content: bytes,
        on: datetime.date,
        *,
        legislature: str = "",
        name_en: str = "",
        name_fr: str = "",
        country: str = "",
        scheme: str = "",
        page: str = "",
        since: str = "",
        until: str = "",
        partial: bool = False,
        kind: str = "",
        **options: Any,
    ) -> Reading:
        """What the table says: members of `legislature`, or areas where its rows are no people.

        `name_en`, `name_fr`: what a legislature that we do not know is called; `country`: its two
        letters; `scheme`: whose numbers its members have; `page`: the official page of the list;
        `since`, `until`: the days of a term, where the table has none; `partial`: not everybody
        is in it; `kind`: what its areas are. Raises SourceError.
        """
        rows = list(files.rows(content))
        if not rows:
            raise SourceError(_("the file has a first line, and nothing below it"), 1)
        headings = Headings(rows[0][1])
        if not headings.is_of_persons:
            return read_areas(rows, headings, kind)
        body = _legislature(legislature, name_en, name_fr, country, scheme)
        members = Members(headings, body, on, page=page, since=_day(since), until=_day(until))
        for line, row in rows:
            members.sit(line, row)
        return members.reading(is_whole=not partial and members.until is None)

    def fetch(self, get: Any, *, page: str = "", **options: Any) -> bytes:
        """The table at the address `page`. Raises SourceError where none is given."""
        if not page:
            raise SourceError(_("say where the table is: --page https://…"))
        return get(page)  # type: ignore[no-any-return]


def _day(written: str) -> datetime.date | None:
    if written and (found := day(written)) is None:
        raise SourceError(_("“%s” is no day: write it as 2026-03-18") % written)
    return found if written else None


def _legislature(
    identifier: str, name_en: str, name_fr: str, country: str, scheme: str
) -> Legislature:
    """The legislature whose members they are. Raises SourceError where it has no name."""
    if known := legislatures.known(identifier):
        return known
    if not identifier or identifier != slugify(identifier):
        message = _("say whose members they are: --legislature %(known)s or a short name of yours")
        raise SourceError(message % {"known": ", ".join(legislatures.KNOWN)})
    if not (name_en or name_fr):
        message = _("“%s” is not known: say what it is called, by --name-en and --name-fr")
        raise SourceError(message % identifier)
    area = f"ocd-division/country:{country.lower()}" if country else ""
    return Legislature(
        identifier, name_en, name_fr, time_zone="", area=area, url="", scheme=scheme or identifier
    )


def read_areas(rows: list[tuple[int, dict[str, str]]], headings: Headings, kind: str) -> Reading:
    """Areas by their division; provinces of Canada that are only named by letters come along."""
    if "division" not in headings:
        raise SourceError(_("no column has the divisions (ocd_id), and no column has people"), 1)
    reading = Reading()
    for line, row in rows:
        identifier = headings.cell(row, "division")
        if not identifier.startswith("ocd-division/"):
            message = _("“%s” is no division: it begins with ocd-division/")
            raise SourceError(message % identifier[:80], line)
        names = area_names(row, headings)
        parent = ""
        if (letters := headings.cell(row, "province")) and divisions.CANADA in identifier:
            parent = divisions.province(letters)
        reading.records.append(
            AreaRecord(
                identifier=identifier,
                name=names,
                classification=kind or classification(identifier),
                parent=parent if parent != identifier else "",
                valid_from=day(headings.cell(row, "valid_from")),
                valid_until=day(headings.cell(row, "valid_until")),
                line=line,
            )
        )
    return reading


def area_names(row: Mapping[str, str], headings: Headings) -> dict[str, str]:
    """What an area is called, by language; one name alone is in no language, so in both."""
    names = {code: headings.cell(row, f"area_{code}") for code in ("en", "fr")}
    plain = headings.cell(row, "area") or headings.cell(row, "name")
    found = {code: name or plain for code, name in names.items() if name or plain}
    return dict.fromkeys(("en", "fr"), plain) if not any(names.values()) and plain else found


def classification(identifier: str) -> str:
    """What a division is, by the last part of its name."""
    kind = identifier.rsplit("/", 1)[-1].partition(":")[0]
    return {"ed": "riding", "cd": "district"}.get(kind, kind)


@dataclass
class Members:
    """The members that a table lists."""

    headings: Headings
    body: Legislature
    on: datetime.date
    page: str = ""
    since: datetime.date | None = None
    until: datetime.date | None = None

    def __post_init__(self) -> None:
        self.roll = Roll(self.body, self.page or self.body.url)
        self.by_name: Mapping[str, str] | None = None
        self.others = 0

    def reading(self, *, is_whole: bool) -> Reading:
        """Everything said; where it is whole, who is missing has left."""
        if self.others:
            words = {"number": self.others, "body": self.body.en}
            self.roll.warn(
                0, _("%(number)s lines are of another chamber than %(body)s: left out") % words
            )
        return self.roll.whole() if is_whole else self.roll.reading

    def sit(self, line: int, row: Mapping[str, str]) -> None:
        """One line of the table."""
        chamber = self.cell(row, "chamber")
        if chamber and CHAMBERS.get(self.body.identifier, chamber) != chamber:
            self.others += 1
            return
        title, given, family = self.names(row)
        if not family:
            self.roll.warn(line, _("nobody is named here: the line is left out"))
            return
        if not (seat := self.seat(line, row)):
            message = _("%(name)s is left out: no column tells the area that they represent")
            self.roll.warn(line, message % {"name": f"{given} {family}"})
            return
        number = self.cell(row, "person")
        scheme = self.body.scheme
        self.roll.sits(
            PersonRecord(
                key=f"{scheme}:{number}" if number else f"line:{line}",
                given_name=given,
                family_name=family,
                identifiers={scheme: number} if number and scheme else {},
                honorific_prefix={"en": title, "fr": title} if title else {},
                preferred_language=self.cell(row, "language")[:12],
                line=line,
            ),
            seat,
            party=self.roll.party(self.cell(row, "party"), self.cell(row, "party_short")),
            start_on=day(self.cell(row, "start")) or self.since,
            end_on=day(self.cell(row, "end")) or self.until,
            ways=[way for way in self.ways(row) if way.value],
            page=self.cell(row, "page"),
        )

    def cell(self, row: Mapping[str, str], meaning: str) -> str:
        return self.headings.cell(row, meaning)

    def names(self, row: Mapping[str, str]) -> tuple[str, str, str]:
        """Title, given and family name; a whole name is parted where its mail address is."""
        title = self.cell(row, "honorific")
        if family := self.cell(row, "family_name"):
            return title, self.cell(row, "given_name"), family
        if "," in (whole := self.cell(row, "name")):
            family, _comma, given = whole.partition(",")
            return title, given.strip(), family.strip()
        if self.body.identifier == "gb-commons":
            return titled(whole)
        return title, *parted(whole, self.cell(row, "email"))

    def ways(self, row: Mapping[str, str]) -> list[Way]:
        types = ContactDetail.Type
        return [
            Way(types.EMAIL, self.cell(row, "email")),
            Way(types.VOICE, self.cell(row, "voice")),
            Way(types.FORM, self.cell(row, "form")),
            Way(types.ADDRESS, self.cell(row, "address")),
        ]

    def seat(self, line: int, row: Mapping[str, str]) -> str:
        """The seat that a line names, by its key; "" where none is."""
        if self.cell(row, "chamber") and self.body.identifier in CHAMBERS:
            term = {"type": self.cell(row, "chamber"), "class": self.cell(row, "class")}
            term |= {name: row.get(name, "") for name in ("state", "district")}
            return congress.seat(self.roll, term, line)
        names = area_names(row, self.headings)
        if not (identifier := self.division(row)):
            found = self.found(names)
            return self.roll.seat(found, self.body.seat(names), line) if found else ""
        if departement := self.cell(row, "departement_name"):
            order = assemblee_nationale.ordinal(int(self.cell(row, "area")))
            names = {"fr": f"{departement} ({order})"}
        province = self.cell(row, "province") if divisions.CANADA in identifier else ""
        area = self.roll.area(
            AreaRecord(
                identifier=identifier,
                name=names,
                classification=classification(identifier),
                parent=divisions.province(province) if len(province) == 2 else "",
                line=line,
            )
        )
        return self.roll.seat(area, self.body.seat(names), line)

    def division(self, row: Mapping[str, str]) -> str:
        """The division of a line: as it says, or by its number; "" where it tells neither."""
        if said := self.cell(row, "division"):
            return said if said.startswith("ocd-division/") else ""
        number, departement = self.cell(row, "number"), self.cell(row, "departement")
        if departement and (order := self.cell(row, "area")).isdecimal():
            return divisions.circonscription(departement, order)
        if number and (of := NUMBERS.get(self.body.identifier)):
            return of(number)
        if number and self.body.area:
            return f"{self.body.area}/ed:{slugify(number)}"
        return ""

    def found(self, names: Mapping[str, str]) -> str:
        """The division of a known area of that name; "" where none or several have it."""
        if self.by_name is None:
            within = self.body.area or "ocd-division/"
            self.by_name = ridings.named(f"^{within}", self.on)
        known = (self.by_name.get(ridings.folded(name), "") for name in names.values())
        return next(filter(None, known), "")


SOURCE = register(Table())
