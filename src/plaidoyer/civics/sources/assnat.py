"""Québec's National Assembly: its members, from the page that lists them or from a table."""

import datetime
import re
from collections.abc import Mapping
from html.parser import HTMLParser
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from plaidoyer.civics.models import ContactDetail
from plaidoyer.civics.records import AreaRecord, PersonRecord
from plaidoyer.civics.sources import Reading, SourceError, files, register, ridings
from plaidoyer.civics.sources.rolls import Roll, Way, body, needed, parted

BODY = "ca-qc-assnat"
SCHEME = "assnat"
RIDINGS = r"^ocd-division/country:ca/province:qc/ed:\d+-\d+$"
TABLE = "ListeDeputes"
NUMBER = re.compile(r"-(\d+)/")
# 125 seats; so many may be vacant at once, more is a page whose shape has changed.
FEWEST = 100


class Assnat:
    name = "assnat"
    label = gettext_lazy("National Assembly of Québec: members (the page of the list, or CSV)")
    licence = "© Assemblée nationale du Québec: facts, with the source named"
    address = "https://www.assnat.qc.ca/fr/deputes/index.html"

    def read(
        self, content: bytes, on: datetime.date, *, at_least: str = "", **options: Any
    ) -> Reading:
        """The members of the list; on the page, the riding of that name and day.

        `at_least`: how many the page must name, for one that loses people without a word; 100.
        """
        roll = Roll(body(BODY), self.address)
        if content.lstrip(b"\xef\xbb\xbf \t\r\n").startswith(b"<"):
            in_html(roll, content, ridings.named(RIDINGS, on))
            return roll.whole(at_least=int(at_least) if at_least.isdecimal() else FEWEST)
        for line, row in files.rows(content):
            in_csv(roll, line, row)
        return roll.whole()

    def fetch(self, get: Any, **options: Any) -> bytes:
        """The page that lists those who sit today."""
        return get(self.address)


class Page(HTMLParser):
    """The rows of the table of members: the words of each cell, and its links."""

    def __init__(self) -> None:
        super().__init__()
        self.rows: list[tuple[int, list[list[str]], list[str]]] = []
        self.depth = 0

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        named = dict(attrs)
        if tag == "table":
            self.depth += self.depth > 0 or named.get("id") == TABLE
        if not self.depth:
            return
        if tag == "tr":
            self.rows.append((self.getpos()[0], [], []))
        elif tag == "td" and self.rows:
            self.rows[-1][1].append([])
        elif tag == "a" and self.rows and named.get("href"):
            self.rows[-1][2].append(named["href"] or "")

    def handle_endtag(self, tag: str) -> None:
        if tag == "table":
            self.depth = max(0, self.depth - 1)

    def handle_data(self, data: str) -> None:
        if self.depth and self.rows and self.rows[-1][1]:
            self.rows[-1][1][-1].append(data)


def in_html(roll: Roll, content: bytes, by_name: Mapping[str, str]) -> None:
    page = Page()
    page.feed(files.text(content))
    found = [row for row in page.rows if len(row[1]) >= 3]
    if not found:
        raise SourceError(_("the table of members is not on this page"))
    for line, cells, links in found:
        name, riding, party, *_rest = (" ".join("".join(cell).split()) for cell in cells)
        area = by_name.get(ridings.folded(riding))
        if not area:
            roll.warn(line, ridings.left_out(name, riding))
            continue
        family, _comma, given = name.partition(",")
        numbers = [match[1] for link in links if (match := NUMBER.search(link))]
        mails = [link.removeprefix("mailto:") for link in links if link.startswith("mailto:")]
        sit(
            roll,
            line,
            {"number": numbers[0] if numbers else "", "party": party, "riding": riding}
            | {"given": given.strip(), "family": family.strip(), "email": "".join(mails[:1])},
            area,
        )


def in_csv(roll: Roll, line: int, row: Mapping[str, str]) -> None:
    needed(row, ("name", "riding", "ocd_id"))
    roll.area(
        AreaRecord(
            identifier=row["ocd_id"],
            name={"fr": row["riding"], "en": row["riding"]},
            classification="riding",
            line=line,
        )
    )
    given, family = parted(row["name"], row.get("email", ""))
    said = {"number": row.get("assnat_id", ""), "given": given, "family": family}
    said |= {"riding": row["riding"], "email": row.get("email", "")}
    said |= {"party": row.get("party_name", ""), "short": row.get("party", "")}
    sit(roll, line, said, row["ocd_id"])


def sit(roll: Roll, line: int, said: Mapping[str, str], area: str) -> None:
    """One member into the roll."""
    names = {"fr": said["riding"], "en": said["riding"]}
    number = said["number"]
    roll.sits(
        PersonRecord(
            key=f"{SCHEME}:{number or area}",
            given_name=said["given"],
            family_name=said["family"],
            identifiers={SCHEME: number} if number else {},
            line=line,
        ),
        roll.seat(area, roll.legislature.seat(names), line),
        party=roll.party(said["party"], said.get("short", "")),
        ways=[Way(ContactDetail.Type.EMAIL, said["email"])],
    )


SOURCE = register(Assnat())
