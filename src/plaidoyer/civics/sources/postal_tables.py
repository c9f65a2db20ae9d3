"""Tables of postal codes: which beginnings lie in which area, one source a table that we know.

Any other country's table is a plain CSV: `prefix,area[,share]`, areas by their OCD divisions.
"""

import datetime
from collections.abc import Callable
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation
from typing import Any

from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from plaidoyer.civics import codes, divisions
from plaidoyer.civics.records import PrefixRecord
from plaidoyer.civics.sources import (
    Reading,
    SourceError,
    assemblee_nationale,
    congress,
    files,
    register,
    rolls,
)
from plaidoyer.civics.sources.rolls import Roll, needed

PREFIXES = ("prefix", "fsa", "zip", "postcode", "code_postal", "postal_code")
SHARES, ORDER = "/shares", "{order}"


@dataclass(frozen=True, slots=True)
class PostalTable:
    """One table in one shape of CSV. Where a beginning lies in several areas, `;` parts them."""

    name: str
    label: str | Promise
    licence: str
    address: str
    country: str = ""
    # Its name; `{order}`: the year of the redrawing of the areas, so that two maps are two tables.
    table: str = ""
    # The column that names areas, and what it has for each made into an OCD division.
    column: str = "area"
    division: Callable[[str], str] = str
    # Of a body all of whose seats the table names: the body, and how one is added to its roll.
    # A vacant seat is in no list of members, and its area would be missing.
    body: str = ""
    seat: Callable[[Roll, str, int], str] | None = None

    def read(
        self,
        content: bytes,
        on: datetime.date,
        *,
        country: str = "",
        table: str = "",
        **options: Any,
    ) -> Reading:
        """Every beginning of the table with its areas; a line that is none is left out.

        `country` (two letters) and `table` (a name) say which, where it is none that we know.
        """
        country = (country or self.country).upper()
        table = table or self.table or country.lower()
        if len(country) != 2 or not country.isalpha():
            raise SourceError(_("say of which country the codes are: --country CA"))
        roll = Roll(rolls.body(self.body), self.address) if self.body else None
        reading = roll.reading if roll else Reading()
        for line, row in files.rows(content):
            prefix = next((row[name] for name in PREFIXES if name in row), None)
            if prefix is None:
                needed({}, ("prefix",), line)
            needed(row, (self.column,), line)
            self.add(reading, line, row, str(prefix), (country, table), roll)
        if not any(isinstance(record, PrefixRecord) for record in reading.records):
            raise SourceError(_("no postal code is in this file"))
        return reading

    def add(
        self,
        reading: Reading,
        line: int,
        row: files.Row,
        prefix: str,
        where: tuple[str, str],
        roll: Roll | None,
    ) -> None:
        """One line of the table."""
        country, table = where
        begin = codes.beginning(prefix, country)
        if not begin:
            reason = _("“%(code)s” is no beginning of a postal code")
            reading.warnings.append((line, reason % {"code": prefix[:20]}))
            return
        share = shared(row.get("share", ""), line)
        for area in filter(None, (one.strip() for one in row[self.column].split(";"))):
            try:
                division = (
                    self.seat(roll, area, line) if self.seat and roll else self.division(area)
                )
            except ValueError:
                message = _("“%(area)s” is no area of this table")
                raise SourceError(message % {"area": area[:40]}, line) from None
            reading.records.append(
                PrefixRecord(
                    table=table.replace(ORDER, division.rpartition("-")[2]),
                    country=country,
                    prefix=begin,
                    area=division,
                    share=share,
                    line=line,
                )
            )

    def fetch(self, get: Any, **options: Any) -> bytes:
        """Never: these tables are made, and handed on as files."""
        raise SourceError(_("this table has no address to fetch it from: import a file"))


def shared(written: str, line: int) -> Decimal | None:
    """A share between 0 and 1; None where none is written."""
    if not written:
        return None
    try:
        share = Decimal(written)
    except InvalidOperation:
        share = Decimal(-1)
    if not 0 <= share <= 1:
        raise SourceError(
            _("“%(share)s” is no share between 0 and 1") % {"share": written[:20]}, line
        )
    return share.quantize(Decimal("0.0001"))


def congressional(roll: Roll, written: str, line: int) -> str:
    """The district `WA-09`, with its seat. Raises ValueError."""
    state, _dash, number = written.partition("-")
    if state not in congress.STATES:
        raise ValueError(state)
    return congress.in_house(roll, state, int(number), line)[0]


def french(roll: Roll, written: str, line: int) -> str:
    """The circonscription `0104`, `2A01`, `97101` or `ZA01`, with its seat. Raises ValueError."""
    return assemblee_nationale.in_assembly(roll, written[:-2], int(written[-2:]), line)[0]


GEONAMES = "GeoNames CC BY 4.0; Contains information licensed under the OGL – Canada"
ELECTIONS_QUEBEC = "© Gouvernement du Québec (Élections Québec), terms of its LICENSE.txt"

for table in (
    PostalTable(
        "postal-codes",
        gettext_lazy("Postal codes of any country (CSV: prefix, area, share)"),
        "as its maker says",
        "",
    ),
    PostalTable(
        "ca-postal-codes",
        gettext_lazy("Canada: beginnings of postal codes by federal riding (CSV)"),
        GEONAMES,
        "https://www.geonames.org/",
        "CA",
        "ca-federal-2023",
        "fed_code",
        divisions.riding,
    ),
    PostalTable(
        "ca-fsa",
        gettext_lazy("Canada: shares of the first three signs by federal riding (CSV)"),
        GEONAMES,
        "https://www.geonames.org/",
        "CA",
        f"ca-federal-{ORDER}{SHARES}",
        "ocd_id",
    ),
    PostalTable(
        "qc-postal-codes",
        gettext_lazy("Québec: beginnings of postal codes by provincial riding (CSV)"),
        ELECTIONS_QUEBEC,
        "https://www.electionsquebec.qc.ca/",
        "CA",
        "ca-qc-2017",
        "district_codes",
        divisions.quebec_riding,
    ),
    PostalTable(
        "qc-fsa",
        gettext_lazy("Québec: shares of the first three signs by provincial riding (CSV)"),
        ELECTIONS_QUEBEC,
        "https://www.electionsquebec.qc.ca/",
        "CA",
        f"ca-qc-{ORDER}{SHARES}",
        "ocd_id",
    ),
    PostalTable(
        "us-zip",
        gettext_lazy("United States: ZIP codes by congressional district (CSV)"),
        "MIT (OpenSourceActivismTech/us-zipcodes-congress)",
        "https://github.com/OpenSourceActivismTech/us-zipcodes-congress",
        "US",
        "us-house",
        "districts",
        body="us-house",
        seat=congressional,
    ),
    PostalTable(
        "fr-code-postal",
        gettext_lazy("France: codes postaux by circonscription (CSV)"),
        "Licence ouverte / Etalab 2.0",
        "https://www.data.gouv.fr/",
        "FR",
        "fr-an",
        "circonscriptions",
        body="fr-an",
        seat=french,
    ),
):
    register(table)
