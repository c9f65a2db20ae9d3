"""National Assembly of Québec: the page of one recorded vote.

A page of its register (`registre-des-votes/43-3-63/`) lists members under Pour, Contre and
Abstentions, each with its total. Pages lose people silently (lists in several columns, two members
of one name), so what is read is compared with those totals, and refused unless it is the same.
"""

import datetime
import re
from html.parser import HTMLParser
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from plaidoyer.civics import legislatures
from plaidoyer.civics.sources import Reading, SourceError, files, register
from plaidoyer.lib.words import folded
from plaidoyer.parliament.models import Option
from plaidoyer.parliament.records import BallotRecord, SessionRecord, VoteRecord
from plaidoyer.parliament.sources import published

ASSEMBLY = "ca-qc-assnat"
SITE = "https://www.assnat.qc.ca/fr/travaux-parlementaires/registre-des-votes"
PANELS = {"pour": Option.YES, "contre": Option.NO, "abstentions": Option.ABSTAIN}
HEADING = re.compile(r"(pour|contre|abstentions?)\s*(?::|\()?\s*(\d{1,3})\)?", re.IGNORECASE)
PLACE = re.compile(r"registre-des-votes/(\d{1,3})-(\d{1,2})-(\d{1,5})\b")
DAYS = re.compile(r"\b(\d{4})-(\d{2})-(\d{2})\b|\b(\d{1,2})(?:er)? (\w+) (\d{4})\b")
MONTHS = (
    *("janvier", "fevrier", "mars", "avril", "mai", "juin"),
    *("juillet", "aout", "septembre", "octobre", "novembre", "decembre"),
)


class _Page(HTMLParser):
    """The members of a page with the line and the panel each stands in, and what else it says."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.option: Option | None = None
        self.totals: dict[Option, int] = {}
        self.members: list[dict[str, Any]] = []
        self.places: list[tuple[str, ...]] = []
        self.titles: list[str] = []
        self.words: list[str] = []
        self._open: list[tuple[str, str]] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        facts = {name: value or "" for name, value in attrs}
        kinds = facts.get("class", "").split()
        self.places += PLACE.findall(facts.get("href", "") + " " + facts.get("content", ""))
        if "depute" in kinds:
            line = self.getpos()[0]
            self.members.append({"line": line, "id": facts.get("id", ""), "option": self.option})
        kind = next((one for one in ("nom", "circonscription") if one in kinds), "")
        if tag not in ("br", "img", "meta", "link", "input", "hr"):
            self._open.append((tag, kind))

    def handle_endtag(self, tag: str) -> None:
        while self._open and self._open.pop()[0] != tag:
            pass

    def handle_data(self, data: str) -> None:
        words = " ".join(data.split())
        if not words:
            return
        tag, kind = self._open[-1] if self._open else ("", "")
        if kind and self.members:
            self.members[-1][kind] = f"{self.members[-1].get(kind, '')} {words}".strip()
        elif match := HEADING.fullmatch(words):
            self.option = PANELS[
                folded(match[1]).removesuffix("s").replace("abstention", "abstentions")
            ]
            self.totals[self.option] = int(match[2])
        else:
            self.words.append(words)
            if tag in ("h1", "h2"):
                self.titles.append(words)


class AssnatVotes:
    name = "assnat-votes"
    label = gettext_lazy("National Assembly of Québec: a recorded vote (HTML)")
    licence = "Assemblée nationale du Québec"
    address = f"{SITE}/index.html"

    def read(
        self,
        content: bytes,
        on: datetime.date,
        *,
        session: str = "",
        votes: str = "",
        **options: Any,
    ) -> Reading:
        """One vote with its members. `session` (43-3) and `votes` (63): where the page has none.

        Raises SourceError where the members on the page do not add up to its totals.
        """
        page = _Page()
        page.feed(files.text(content))
        check(page)
        place = page.places[0] if page.places else (*session.split("-"), votes)
        if len(place) != 3 or not all(place):
            raise SourceError(_("no parliament and session are named"))
        session = f"{place[0]}-{place[1]}"
        key = {"legislature": ASSEMBLY, "session": session, "number": place[2]}
        reading = Reading([legislatures.KNOWN[ASSEMBLY].record])
        reading.records.append(
            SessionRecord(legislature=ASSEMBLY, identifier=session, parliament=place[0])
        )
        reading.records.append(vote_of(page, key, on))
        reading.records += [ballot(member, key) for member in page.members]
        return reading

    def fetch(self, get: Any, *, session: str = "", votes: str = "", **_options: Any) -> bytes:
        """The page of one vote. Raises SourceError where none is named."""
        if not (re.fullmatch(r"\d+-\d+", session) and votes.isdigit()):
            raise SourceError(_("say which votes by numbers, such as: 12, 80-89"))
        return get(f"{SITE}/{session}-{votes}/index.html")


def check(page: _Page) -> None:
    """Raises SourceError unless every panel has as many members as its total says."""
    if not page.totals or not page.members:
        raise SourceError(_("this is no page of a recorded vote"))
    for option in PANELS.values():
        found = sum(member["option"] == option for member in page.members)
        if found != page.totals.get(option, 0):
            message = _(
                "the page has %(option)s %(read)d, its total says %(total)d: nothing is imported"
            )
            total = page.totals.get(option, 0)
            raise SourceError(message % {"option": option.label, "read": found, "total": total})
    for member in page.members:
        if not member["option"] or not member["id"]:
            raise SourceError(_("this is no page of a recorded vote"), member["line"])


def vote_of(page: _Page, key: dict[str, Any], on: datetime.date) -> VoteRecord:
    """The vote itself. Its result is said in words on the page. Raises SourceError without one."""
    for words in page.words:
        try:
            result, language = published.result(words.partition(":")[2].strip() or words)
        except KeyError:
            continue
        title = page.titles[0] if page.titles else ""
        return VoteRecord(
            **key,
            held_at=day_of(page.words) or datetime.datetime.combine(on, datetime.time()),
            result=result,
            result_as_published={language: words[:200]},
            title={"fr": title} if title else {},
            yes=page.totals.get(Option.YES, 0),
            no=page.totals.get(Option.NO, 0),
            abstain=page.totals.get(Option.ABSTAIN, 0),
            source=f"{SITE}/{key['session']}-{key['number']}/index.html",
            url={"fr": f"{SITE}/{key['session']}-{key['number']}/index.html"},
        )
    raise SourceError(_("the page does not say how the vote ended"))


def day_of(words: list[str]) -> datetime.datetime | None:
    """The first day that is written on the page."""
    for match in filter(None, map(DAYS.search, map(folded, words))):
        year, month, day, first, name, then = match.groups()
        if name and name not in MONTHS:
            continue
        try:
            if year:
                return datetime.datetime(int(year), int(month), int(day))
            return datetime.datetime(int(then), MONTHS.index(name) + 1, int(first))
        except ValueError:
            continue
    return None


def ballot(member: dict[str, Any], key: dict[str, Any]) -> BallotRecord:
    """How one member voted; "Nom, Prénom" and, for two of one name, the riding."""
    family, _comma, given = member.get("nom", "").partition(",")
    return BallotRecord(
        line=member["line"],
        **key,
        option=member["option"],
        identifiers={legislatures.KNOWN[ASSEMBLY].scheme: member["id"]},
        family_name=family.strip(),
        given_name=given.strip(),
        area_name=member.get("circonscription", "").strip("() "),
    )


SOURCE = register(AssnatVotes())
