"""Canada's ridings, federal and provincial, by their OCD divisions: vacant seats have one too.

https://github.com/opencivicdata/ocd-division-ids (identifiers/country-ca)
"""

import datetime
import re
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from plaidoyer.civics import divisions
from plaidoyer.civics.records import AreaRecord
from plaidoyer.civics.sources import Reading, SourceError, files, register
from plaidoyer.civics.sources.rolls import Roll, body, day, needed

PROVINCES = {
    "NL": ("Newfoundland and Labrador", "Terre-Neuve-et-Labrador"),
    "PE": ("Prince Edward Island", "Île-du-Prince-Édouard"),
    "NS": ("Nova Scotia", "Nouvelle-Écosse"),
    "NB": ("New Brunswick", "Nouveau-Brunswick"),
    "QC": ("Quebec", "Québec"),
    "ON": ("Ontario", "Ontario"),
    "MB": ("Manitoba", "Manitoba"),
    "SK": ("Saskatchewan", "Saskatchewan"),
    "AB": ("Alberta", "Alberta"),
    "BC": ("British Columbia", "Colombie-Britannique"),
    "YT": ("Yukon", "Yukon"),
    "NT": ("Northwest Territories", "Territoires du Nord-Ouest"),
    "NU": ("Nunavut", "Nunavut"),
}
# Whose seats ridings are, by their divisions; of other legislatures the areas alone are known.
SEATS = {
    "ca-commons": re.compile(r"ocd-division/country:ca/ed:\d+-\d{4}"),
    "ca-qc-assnat": re.compile(r"ocd-division/country:ca/province:qc/ed:\d+-\d{4}"),
}


class CaRidings:
    name = "ca-ridings"
    label = gettext_lazy("Canada: provinces and ridings, with their years (CSV by OCD divisions)")
    licence = "CC0 1.0 (Open Civic Data); Contains information licensed under the OGL – Canada"
    address = "https://github.com/opencivicdata/ocd-division-ids"

    def read(self, content: bytes, on: datetime.date, **options: Any) -> Reading:
        """Areas with their province, in the years they are for, and their seats."""
        rolls = {name: Roll(body(name), self.address) for name in SEATS}
        found: list[Roll] = []
        for line, row in files.rows(content):
            needed(row, ("ocd_id",), line)
            name = next((one for one in SEATS if SEATS[one].fullmatch(row["ocd_id"])), "")
            roll = rolls[name] if name else rolls["ca-commons"]
            found.append(roll)
            area = riding(roll, line, row)
            if name:
                names = {code: text for code, text in named(row).items() if text}
                roll.seat(area, roll.legislature.seat(names), line)
        if not found:
            raise SourceError(_("no area is in this file"))
        readings = [roll.reading for roll in {id(roll): roll for roll in found}.values()]
        return Reading(
            [record for reading in readings for record in reading.records],
            [warning for reading in readings for warning in reading.warnings],
        )

    def fetch(self, get: Any, **options: Any) -> bytes:
        """Never: the published lists are several files, to be joined by hand."""
        raise SourceError(_("this table has no address to fetch it from: import a file"))


def riding(roll: Roll, line: int, row: files.Row) -> str:
    """An area into the roll, with the province it lies in."""
    province = row.get("province", "").upper()
    parent = ""
    if province in PROVINCES:
        en, fr = PROVINCES[province]
        parent = roll.area(
            AreaRecord(
                identifier=divisions.province(province),
                name={"en": en, "fr": fr},
                classification="province",
                line=line,
            )
        )
    return roll.area(
        AreaRecord(
            identifier=row["ocd_id"],
            name={code: text for code, text in named(row).items() if text},
            classification="riding" if parent else "province",
            parent=parent,
            valid_from=day(row.get("valid_from", "")),
            valid_until=day(row.get("valid_through", "")),
            line=line,
        )
    )


def named(row: files.Row) -> dict[str, str]:
    """The names of an area in both languages; where only one is written, the same in both."""
    name = row.get("name", "")
    return {"en": row.get("name_en", name), "fr": row.get("name_fr", name)}


SOURCE = register(CaRidings())
