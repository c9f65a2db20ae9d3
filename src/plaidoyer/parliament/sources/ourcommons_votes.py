"""House of Commons of Canada: the list of votes, and how each member voted, in both languages.

The list has its results and totals, the file of one vote its members; who is absent is in neither.
What both languages say of one vote becomes one row. A bundle (a root element with several of
these files in it) is read like them one after the other; `fetch` makes one.
"""

import datetime
import re
from collections.abc import Iterator
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from plaidoyer.civics import legislatures
from plaidoyer.civics.records import Record
from plaidoyer.civics.sources import Reading, SourceError, files, register
from plaidoyer.civics.sources.files import said
from plaidoyer.parliament.models import Option
from plaidoyer.parliament.records import BallotRecord, SessionRecord, VoteRecord
from plaidoyer.parliament.sources import published

HOUSE = "ca-commons"
SITES = {
    "en": "https://www.ourcommons.ca/members/en/votes",
    "fr": "https://www.noscommunes.ca/members/fr/votes",
}
NUMBERS = re.compile(r"(?P<first>[0-9]{1,5})(-(?P<last>[0-9]{1,5}))?")
DECLARATION = re.compile(rb"^\xef\xbb\xbf|<\?xml[^>]*\?>")


class Votes:
    name = "ourcommons-votes"
    label = gettext_lazy("House of Commons of Canada: recorded votes (XML)")
    licence = "House of Commons of Canada, Speaker’s Permission"
    address = f"{SITES['en']}/xml"

    def read(self, content: bytes, on: datetime.date, **options: Any) -> Reading:
        """What the list or the vote says. Raises SourceError where it cannot be read."""
        reading = Reading()
        sheet = _Sheet(reading)
        for root in _files(files.xml(content)):
            rows = {"ArrayOfVote": sheet.vote, "ArrayOfVoteParticipant": sheet.ballot}
            if root.tag not in rows:
                message = _("this is neither a list of votes nor a vote: it begins with <%(tag)s>")
                raise SourceError(message % {"tag": str(root.tag)[:40]}, root.line)
            for element in root:
                rows[root.tag](element)
        reading.records[:0] = [legislatures.KNOWN[HOUSE].record, *sheet.sessions.values()]
        reading.records += [*sheet.parties.values(), *sheet.votes, *sheet.ballots]
        return reading

    def fetch(self, get: Any, *, session: str = "", votes: str = "", **_options: Any) -> bytes:
        """Both lists of a session (`44-1`; empty: the one that sits), and how members voted.

        `votes`: numbers and ranges of that session, such as `12, 80-89`.
        """
        query = f"?parlSession={session}" if session else ""
        found = [get(f"{site}/xml{query}") for site in SITES.values()]
        if session:
            place = session.replace("-", "/")
            found += [get(f"{SITES['en']}/{place}/{n}/xml") for n in _numbers(votes)]
        return b"<Files>" + b"".join(DECLARATION.sub(b"", one) for one in found) + b"</Files>"


def _files(root: Any) -> list[Any]:
    return list(root) if root.tag == "Files" else [root]


def _numbers(words: str) -> Iterator[int]:
    for part in filter(None, re.split(r"[\s,;]+", words)):
        if not (match := NUMBERS.fullmatch(part)):
            raise SourceError(_("say which votes by numbers, such as: 12, 80-89"))
        yield from range(int(match["first"]), int(match["last"] or match["first"]) + 1)


class _Sheet:
    """What is read, and what of it is known already."""

    def __init__(self, reading: Reading) -> None:
        self.reading = reading
        self.sessions: dict[str, SessionRecord] = {}
        self.parties: dict[str, Record] = {}
        self.votes: list[VoteRecord] = []
        self.ballots: list[BallotRecord] = []
        self.begun: set[tuple[str, str]] = set()

    def vote(self, element: Any) -> None:
        """One vote of a list."""
        line, title = element.line, said(element, "DecisionDivisionSubject")
        number, held_at = self._moment(element)
        place = self._place(element, number)
        if not (found := self._result(element, title)):
            return
        result, language = found
        self.votes.append(
            VoteRecord(
                line=line,
                **place,
                held_at=held_at,
                result=result,
                result_as_published={language: said(element, "DecisionResultName")},
                title={language: title} if title else {},
                bill=said(element, "BillNumberCode")[:40],
                yes=published.number(said(element, "DecisionDivisionNumberOfYeas"), line),
                no=published.number(said(element, "DecisionDivisionNumberOfNays"), line),
                paired=published.number(said(element, "DecisionDivisionNumberOfPaired"), line),
                **self._addresses(place, language),
            )
        )

    def ballot(self, element: Any) -> None:
        """How one member voted, and with the first of them the vote itself."""
        line, flags = element.line, dict[str, bool]()
        names = {Option.YES: "IsVoteYea", Option.NO: "IsVoteNay", Option.PAIRED: "IsVotePaired"}
        for option, name in names.items():
            flags[option] = said(element, name).lower() == "true"
        number, held_at = self._moment(element)
        place = self._place(element, number)
        key = place["session"], number
        if key not in self.begun and (found := self._result(element)):
            self.begun.add(key)
            result, language = found
            self.votes.append(
                VoteRecord(
                    line=line,
                    **place,
                    held_at=held_at,
                    result=result,
                    result_as_published={language: said(element, "DecisionResultName")},
                    **self._addresses(place, language),
                )
            )
        way = published.option_of(flags) or published.option(said(element, "VoteValueName"))
        if way is None:
            self.reading.warnings.append((line, _("no vote is named: this member is left out")))
            return
        party = legislatures.party(HOUSE, said(element, "CaucusShortName") or "Independent")
        self.parties.setdefault(party.identifier, party)
        self.ballots.append(
            BallotRecord(
                line=line,
                **place,
                option=way,
                identifiers={"ourcommons": said(element, "PersonId")},
                given_name=said(element, "PersonOfficialFirstName"),
                family_name=said(element, "PersonOfficialLastName"),
                party=party.identifier,
                area_name=said(element, "ConstituencyName"),
            )
        )

    def _place(self, element: Any, number: str) -> dict[str, Any]:
        """The key of a vote: legislature, session and number."""
        parliament = said(element, "ParliamentNumber")
        session = f"{parliament}-{said(element, 'SessionNumber')}"
        if not re.fullmatch(r"\d{1,3}-\d{1,2}", session):
            raise SourceError(_("no parliament and session are named"), element.line)
        self.sessions.setdefault(
            session,
            SessionRecord(
                line=element.line, legislature=HOUSE, identifier=session, parliament=parliament
            ),
        )
        return {"legislature": HOUSE, "session": session, "number": number}

    def _moment(self, element: Any) -> tuple[str, datetime.datetime]:
        """The number of a vote and when it was held, in Ottawa's time."""
        number = said(element, "DecisionDivisionNumber")
        moment = said(element, "DecisionEventDateTime")
        if "T" in number and moment.isdigit():
            # Seen in copies of the list: what one name says stands under the other.
            number, moment = moment, number
        try:
            held_at = datetime.datetime.fromisoformat(moment).replace(tzinfo=None)
        except ValueError:
            message = _("“%(words)s” is no moment") % {"words": moment[:40]}
            raise SourceError(message, element.line) from None
        if not re.fullmatch(r"[0-9]{1,6}", number):
            raise SourceError(_("the vote has no number"), element.line)
        return number, held_at

    def _result(self, element: Any, title: str = "") -> tuple[str, str] | None:
        words = said(element, "DecisionResultName")
        try:
            return published.result(words, title)
        except KeyError:
            message = _("the result “%(words)s” is not known: this vote is left out")
            self.reading.warnings.append((element.line, message % {"words": words[:80]}))
            return None

    def _addresses(self, place: dict[str, Any], language: str) -> dict[str, Any]:
        page = f"{place['session'].replace('-', '/')}/{place['number']}"
        return {
            "source": f"{SITES['en']}/{page}",
            "url": {language: f"{SITES[language]}/{page}"},
        }


SOURCE = register(Votes())
