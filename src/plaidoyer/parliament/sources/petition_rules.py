"""The rules of official petitions, legislature by legislature: facts that come with the program.

They stand in `parliament/rules.toml`, each with its source and whether the official text was read.
What an organiser corrected in the back office stays as it is.
"""

import datetime
import tomllib
from pathlib import Path
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from plaidoyer.civics import legislatures
from plaidoyer.civics.records import OrganizationRecord
from plaidoyer.civics.sources import Reading, SourceError, files, register
from plaidoyer.parliament.petition_records import RulesRecord

FILE = Path(__file__).resolve().parent.parent / "rules.toml"
OWN = {"name", "url", "time_zone", "legislature", "thresholds", "open_days", "read"}


class PetitionRulesFile:
    name = "petition-rules"
    label = gettext_lazy("Rules of official petitions (come with the program)")
    licence = "CC0-1.0"
    address = "rules.toml"
    # No file needs to be named: fetch() gives our own.
    is_bundled = True

    def read(self, content: bytes, on: datetime.date, **options: Any) -> Reading:
        """The rules in a file like ours. Raises SourceError where it cannot be read."""
        try:
            rows = tomllib.loads(files.text(content)).get("rules", [])
        except tomllib.TOMLDecodeError as error:
            raise SourceError(_("this is no TOML: %(why)s") % {"why": error}) from None
        reading, bodies = Reading(), dict[str, OrganizationRecord]()
        for number, row in enumerate(rows, start=1):
            try:
                bodies.setdefault(row["legislature"], body(row))
                reading.records.append(rules(row, number))
            except (KeyError, TypeError, AttributeError) as error:
                message = _("rules %(number)s are not complete: %(why)s")
                raise SourceError(message % {"number": number, "why": error}) from None
        reading.records[:0] = list(bodies.values())
        return reading

    def fetch(self, get: Any, **options: Any) -> bytes:
        """Our own file; no network is needed."""
        return FILE.read_bytes()


def body(row: dict[str, Any]) -> OrganizationRecord:
    """The legislature that a row is about."""
    if known := legislatures.known(row["legislature"]):
        return known.record
    return OrganizationRecord(
        identifier=row["legislature"],
        name=row["name"],
        classification=legislatures.LEGISLATURE,
        url=row.get("url", ""),
        time_zone=row.get("time_zone", ""),
    )


def rules(row: dict[str, Any], number: int) -> RulesRecord:
    thresholds = [
        (one["code"], int(one["signatures"]), dict(one["effect"]))
        for one in row.get("thresholds", [])
    ]
    return RulesRecord(
        line=number,
        legislature=row["legislature"],
        is_official=row["read"] == "official",
        open_days=tuple(row.get("open_days", ())),
        thresholds=tuple(thresholds),
        **{name: value for name, value in row.items() if name not in OWN},
    )


register(PetitionRulesFile())
