"""openparliament.ca: votes of Canada's House and how members voted, in JSON.

https://api.openparliament.ca/ gives lists (`objects`) or one vote; pages may be read one by one or
joined in a list. Members are named by the slug of their page. Who "didn't vote" is computed by the
site and not published by the House: it is passed over.
"""

import datetime
from collections.abc import Iterator
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from plaidoyer.civics import legislatures
from plaidoyer.civics.sources import Reading, SourceError, files, register
from plaidoyer.parliament.records import BallotRecord, SessionRecord, VoteRecord
from plaidoyer.parliament.sources import published

HOUSE = "ca-commons"
SITE = "https://api.openparliament.ca"
MOST = 500
ABSENT = "didn't vote"


class OpenParliament:
    name = "openparliament"
    label = gettext_lazy("openparliament.ca: recorded votes (JSON)")
    licence = "openparliament.ca; House of Commons of Canada, Speaker’s Permission"
    address = f"{SITE}/votes/"

    def read(self, content: bytes, on: datetime.date, **options: Any) -> Reading:
        """What votes and ballots say. Raises SourceError where they cannot be read."""
        reading, sessions = Reading(), dict[str, SessionRecord]()
        for number, fact in enumerate(_facts(files.json(content)), start=1):
            record = _record(reading, number, fact)
            if record:
                sessions.setdefault(
                    record.session,
                    SessionRecord(
                        line=number,
                        legislature=HOUSE,
                        identifier=record.session,
                        parliament=record.session.partition("-")[0],
                    ),
                )
                reading.records.append(record)
        reading.records[:0] = [legislatures.KNOWN[HOUSE].record, *sessions.values()]
        return reading

    def fetch(self, get: Any, *, session: str = "", votes: str = "", **_options: Any) -> bytes:
        """The votes of a session, newest first; with `votes` (`12`), one and how members voted."""
        if session and votes.isdigit():
            place = f"/votes/{session}/{votes}/"
            one = get(f"{SITE}{place}?format=json")
            cast = get(f"{SITE}/votes/ballots/?vote={place}&limit={MOST}&format=json")
            return b"[" + one + b"," + cast + b"]"
        query = f"&session={session}" if session else ""
        return get(f"{SITE}/votes/?format=json&limit={MOST}{query}")


def _facts(value: Any) -> Iterator[dict[str, Any]]:
    """Every vote and ballot in what was read, in its order."""
    for one in value if isinstance(value, list) else [value]:
        if not isinstance(one, dict):
            raise SourceError(_("this is neither a list of votes nor a vote"), 1)
        listed = one.get("objects", [one])
        if not isinstance(listed, list) or not all(isinstance(fact, dict) for fact in listed):
            raise SourceError(_("this is neither a list of votes nor a vote"), 1)
        yield from listed


def _record(
    reading: Reading, number: int, fact: dict[str, Any]
) -> VoteRecord | BallotRecord | None:
    try:
        return _ballot(number, fact) if "ballot" in fact else _vote(reading, number, fact)
    except (KeyError, TypeError, ValueError, AttributeError) as error:
        message = _("item %(number)s is no vote: %(why)s") % {"number": number, "why": error}
        raise SourceError(message, number) from None


def _vote(reading: Reading, line: int, fact: dict[str, Any]) -> VoteRecord | None:
    words, session = str(fact["result"]), str(fact["session"])
    said = fact["description"]
    titles = {code: " ".join(str(said.get(code) or "").split()) for code in ("en", "fr")}
    try:
        result, language = published.result(words, " ".join(titles.values()))
    except KeyError:
        message = _("the result “%(words)s” is not known: this vote is left out")
        reading.warnings.append((line, message % {"words": words[:80]}))
        return None
    page = f"https://openparliament.ca/votes/{session}/{int(fact['number'])}/"
    return VoteRecord(
        line=line,
        legislature=HOUSE,
        session=session,
        number=str(int(fact["number"])),
        held_at=datetime.datetime.fromisoformat(fact["date"]).replace(tzinfo=None),
        result=result,
        result_as_published={language: words},
        title={code: title for code, title in titles.items() if title},
        bill=str(fact.get("bill_url") or "").rstrip("/").rpartition("/")[2][:40],
        yes=int(fact["yea_total"]),
        no=int(fact["nay_total"]),
        paired=int(fact["paired_total"]),
        source=page,
        url={"en": page},
    )


def _ballot(line: int, fact: dict[str, Any]) -> BallotRecord | None:
    words = str(fact["ballot"])
    if words.replace("’", "'").lower() == ABSENT:
        return None
    option = published.option(words)
    if option is None:
        raise ValueError(words[:40])
    _votes, session, number = str(fact["vote_url"]).strip("/").split("/")
    return BallotRecord(
        line=line,
        legislature=HOUSE,
        session=session,
        number=str(int(number)),
        option=option,
        identifiers={"openparliament": str(fact["politician_url"]).strip("/").rpartition("/")[2]},
    )


SOURCE = register(OpenParliament())
