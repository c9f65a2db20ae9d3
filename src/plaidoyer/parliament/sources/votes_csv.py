"""Recorded votes of any legislature by CSV: a list of votes, or how members voted in them.

The first line tells which of the two it is: `result` stands in a list of votes, `ballot` or `vote`
in a list of how members voted. See docs/howto/follow-a-vote.md for the columns.
"""

import datetime
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from plaidoyer.civics import legislatures
from plaidoyer.civics.records import OrganizationRecord, Record
from plaidoyer.civics.sources import Reading, SourceError, files, register
from plaidoyer.parliament.records import BallotRecord, SessionRecord, VoteRecord
from plaidoyer.parliament.sources import published

NAMES = {
    "number": ("number", "vote_number", "numero"),
    "moment": ("datetime", "date", "held_at", "held_on"),
    "result": ("result", "resultat"),
    "ballot": ("ballot", "vote", "option"),
    "person": ("person_id", "identifier"),
    "party": ("caucus_at_vote", "party", "parti"),
    "area": ("ocd_id", "division", "area"),
    "yes": ("yeas", "yes", "pour"),
    "no": ("nays", "no", "contre"),
    "paired": ("paired", "paires"),
    "abstain": ("abstentions", "abstain"),
    "source": ("url", "source"),
}


class VotesCsv:
    name = "votes-csv"
    label = gettext_lazy("Recorded votes, any legislature (CSV)")
    licence = ""
    address = ""

    def read(
        self,
        content: bytes,
        on: datetime.date,
        *,
        legislature: str = "ca-commons",
        session: str = "",
        scheme: str = "",
        **options: Any,
    ) -> Reading:
        """What the file says of votes of `legislature`.

        `session`: where the file has no columns `parliament` and `session`; `scheme`: whose
        identifiers `person_id` are. Raises SourceError.
        """
        reading, seen = Reading(), dict[str, Record]()
        known = legislatures.known(legislature)
        scheme = scheme or (known.scheme if known else "")
        reading.records.append(known.record if known else _organization(legislature))
        for line, row in files.rows(content):
            facts = _Facts(line, row, legislature, session, seen)
            if "result" in facts.columns:
                record: Record | None = facts.vote(reading)
            elif {"ballot", "person"} <= facts.columns.keys():
                record = facts.ballot(reading, scheme)
            else:
                raise SourceError(_("the first line names neither a result nor a ballot"), 1)
            if record:
                reading.records.append(record)
        reading.records += seen.values()
        return reading

    def fetch(self, get: Any, **options: Any) -> bytes:
        """There is no publisher of it. Raises SourceError."""
        raise SourceError(_("this source is read from a file only"))


def _organization(identifier: str) -> OrganizationRecord:
    """A legislature we know nothing else of."""
    return OrganizationRecord(
        identifier=identifier, name={"en": identifier}, classification=legislatures.LEGISLATURE
    )


class _Facts:
    """One line, by what its cells are about."""

    def __init__(
        self,
        line: int,
        row: dict[str, str],
        legislature: str,
        session: str,
        seen: dict[str, Record],
    ) -> None:
        self.line, self.row, self.legislature, self.seen = line, row, legislature, seen
        self.columns = {
            fact: next(name for name in names if name in row)
            for fact, names in NAMES.items()
            if not row.keys().isdisjoint(names)
        }
        parliament = row.get("parliament", "")
        self.session = "-".join(filter(None, (parliament, row.get("session", "")))) or session
        if self.session:
            seen.setdefault(
                self.session,
                SessionRecord(
                    line=line,
                    legislature=legislature,
                    identifier=self.session,
                    parliament=parliament or self.session.partition("-")[0],
                ),
            )

    def __getitem__(self, fact: str) -> str:
        return self.row.get(self.columns.get(fact, ""), "")

    def vote(self, reading: Reading) -> VoteRecord | None:
        """The line as a vote; None where its result is not understood."""
        titles = {code: self.row.get(f"subject_{code}", "") for code in ("en", "fr")}
        try:
            result, language = published.result(self["result"], " ".join(titles.values()))
        except KeyError:
            message = _("the result “%(words)s” is not known: this vote is left out")
            reading.warnings.append((self.line, message % {"words": self["result"][:80]}))
            return None
        return VoteRecord(
            line=self.line,
            legislature=self.legislature,
            session=self.session,
            number=self._number(),
            held_at=self._moment(),
            result=result,
            result_as_published={language: self["result"]},
            title={code: title for code, title in titles.items() if title},
            bill=self.row.get("bill", "")[:40],
            **{
                name: published.number(self[name], self.line)
                for name in ("yes", "no", "paired", "abstain")
            },
            source=self["source"],
            url={"en": self["source"]} if self["source"] else {},
        )

    def ballot(self, reading: Reading, scheme: str) -> BallotRecord | None:
        """The line as a member's vote; None where none is named."""
        option = published.option(self["ballot"])
        if option is None or not self["person"]:
            reading.warnings.append((self.line, _("no vote is named: this member is left out")))
            return None
        return BallotRecord(
            line=self.line,
            legislature=self.legislature,
            session=self.session,
            number=self._number(),
            option=option,
            identifiers={scheme: self["person"]},
            given_name=self.row.get("given_name", ""),
            family_name=self.row.get("family_name", ""),
            party=self._party(),
            area=self["area"],
        )

    def _party(self) -> str:
        """The identifier of the party, which is among the records then."""
        if not (name := self["party"]):
            return ""
        if name not in self.seen:
            self.seen[name] = legislatures.party(self.legislature, name)
        return self.seen[name].identifier  # type: ignore[attr-defined]

    def _number(self) -> str:
        if not self["number"]:
            raise SourceError(_("the vote has no number"), self.line)
        return self["number"][:40]

    def _moment(self) -> datetime.datetime:
        try:
            return datetime.datetime.fromisoformat(self["moment"]).replace(tzinfo=None)
        except ValueError:
            message = _("“%(words)s” is no moment") % {"words": self["moment"][:40]}
            raise SourceError(message, self.line) from None


SOURCE = register(VotesCsv())
