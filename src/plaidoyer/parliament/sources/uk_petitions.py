"""UK Government and Parliament petitions: the JSON of a list, or of one petition with its places.

https://petition.parliament.uk/help#api (Open Government Licence). Whoever started a petition is
named in it while it is open, and not read.
"""

import datetime
import json
import re
from typing import Any
from zoneinfo import ZoneInfo

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from plaidoyer.civics import legislatures
from plaidoyer.civics.sources import Reading, SourceError, files, register
from plaidoyer.lib import typed
from plaidoyer.parliament.models import Scope
from plaidoyer.parliament.petition_records import CountRecord, ListRecord, PetitionRecord
from plaidoyer.parliament.sources.counting import figure

HOUSE = "gb-commons"
SITE = "https://petition.parliament.uk/petitions"
LONDON = ZoneInfo("Europe/London")
# Which scope a list of a state holds wholly, once it has no next page.
WHOLE = {"open": Scope.OPEN, "all": Scope.ALL}
LEVELS = {
    "country": "signatures_by_country",
    "region": "signatures_by_region",
    "constituency": "signatures_by_constituency",
}
MOST_PAGES = 400


class UkPetitions:
    name = "uk-petitions"
    label = gettext_lazy("United Kingdom: petitions to Parliament (JSON)")
    licence = "Open Government Licence v3.0"
    address = f"{SITE}.json"
    # Petitions of this legislature can be asked for one by one (fetches).
    counts = HOUSE

    def read(
        self, content: bytes, on: datetime.date, *, no_constituencies: bool = False, **options: Any
    ) -> Reading:
        """What the list or the petition says. Raises SourceError where it cannot be read."""
        whole = files.json(content)
        data = whole.get("data") if isinstance(whole, dict) else None
        rows = data if isinstance(data, list) else [data]
        reading = Reading([legislatures.KNOWN[HOUSE].record])
        for number, row in enumerate(rows, start=1):
            if not isinstance(row, dict) or not isinstance(row.get("attributes"), dict):
                raise SourceError(_("item %(number)s is no petition") % {"number": number})
            reading.records += one(row, number, not no_constituencies)
        if isinstance(data, list) and (scope := whole_scope(whole.get("links"))):
            reading.records.append(
                ListRecord(legislature=HOUSE, scope=scope, petitions=len(rows), source=self.address)
            )
        return reading

    def fetch(self, get: Any, *, petition: str = "", state: str = "open", **options: Any) -> bytes:
        """One petition by its number, or every page of the list of a state."""
        if petition:
            content: bytes = get(f"{SITE}/{int(petition)}.json")
            return content
        rows: list[Any] = []
        address: str | None = f"{SITE}.json?state={state}"
        first = address
        for _page in range(MOST_PAGES):
            page = files.json(get(address))
            rows += page["data"]
            address = (page.get("links") or {}).get("next")
            if not address:
                break
            if not address.startswith(f"{SITE}.json?"):
                raise SourceError(_("the list goes on at another site"))
        links = {"self": first, "next": address, "prev": None}
        return json.dumps({"links": links, "data": rows}).encode()


def whole_scope(links: Any) -> Scope | None:
    """The scope of which a list has all: it begins with the first page and has no next one."""
    if not isinstance(links, dict) or links.get("next") or links.get("prev"):
        return None
    state = re.search(r"[?&]state=(\w+)", str(links.get("self") or ""))
    return WHOLE.get(state[1]) if state else None


def one(row: dict[str, Any], number: int, constituencies: bool) -> list[Any]:
    """A petition and its count."""
    facts, identifier = row["attributes"], str(row.get("id") or "")
    if not re.fullmatch(r"\d{1,9}", identifier):
        raise SourceError(_("item %(number)s is no petition") % {"number": number})
    address = f"{SITE}/{identifier}"
    record = PetitionRecord(
        line=number,
        legislature=HOUSE,
        identifier=identifier,
        title={"en": typed.line(str(facts.get("action") or identifier))[:500]},
        url={"en": address},
        status=typed.line(str(facts.get("state") or ""))[:80],
        opens_on=day(facts.get("opened_at")),
        closes_on=day(facts.get("closed_at")) or day(facts.get("closing_date")),
        refused_on=day(facts.get("rejected_at")),
        debate_on=debated(facts),
        answered_on=answered(facts),
        answer_url={"en": f"{address}#response-threshold"} if answered(facts) else {},
    )
    signatures = figure(facts.get("signature_count"), number)
    if signatures is None:
        return [record]
    count = CountRecord(
        line=number,
        legislature=HOUSE,
        identifier=identifier,
        signatures=signatures,
        source=address,
        regions=regions(facts, number, constituencies),
    )
    return [record, count]


def regions(facts: dict[str, Any], number: int, constituencies: bool) -> dict[tuple[str, str], int]:
    """Signatures by country, region and, where wanted, constituency."""
    found: dict[tuple[str, str], int] = {}
    for level, name in LEVELS.items():
        if level == "constituency" and not constituencies:
            continue
        rows = facts.get(name)
        for row in rows if isinstance(rows, list) else []:
            label = typed.line(str(row.get("name") or "") if isinstance(row, dict) else "")[:120]
            count = figure(row.get("signature_count"), number) if label else None
            if count is not None:
                found[level, label] = count
    return found


def debated(facts: dict[str, Any]) -> datetime.date | None:
    debate = facts.get("debate")
    held = debate.get("debated_on") if isinstance(debate, dict) else None
    return day(held) or day(facts.get("scheduled_debate_date"))


def answered(facts: dict[str, Any]) -> datetime.date | None:
    response = facts.get("government_response")
    said = response.get("responded_on") if isinstance(response, dict) else None
    return day(said) or day(facts.get("government_response_at"))


def day(said: Any) -> datetime.date | None:
    """The day in London of a moment in UTC, or a day as it stands; None for anything else."""
    try:
        if isinstance(said, str) and "T" in said:
            return datetime.datetime.fromisoformat(said).astimezone(LONDON).date()
        return datetime.date.fromisoformat(said) if said else None
    except (TypeError, ValueError, OverflowError):
        return None


register(UkPetitions())
