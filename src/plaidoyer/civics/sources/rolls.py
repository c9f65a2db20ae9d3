"""The roll of a legislature, as a source reads it member by member into records."""

import datetime
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import NamedTuple

from django.utils.translation import gettext as _

from plaidoyer.civics import legislatures
from plaidoyer.civics.legislatures import Legislature
from plaidoyer.civics.records import (
    AreaRecord,
    ContactRecord,
    MembershipRecord,
    OrganizationRecord,
    PersonRecord,
    PostRecord,
    Record,
    RosterRecord,
    Texts,
)
from plaidoyer.civics.sources import Reading, SourceError, ridings


class Way(NamedTuple):
    """An official way to reach a member: a type of ContactDetail, its value, which of several."""

    type: str
    value: str
    note: str = ""


@dataclass(slots=True)
class Roll:
    """What a list of members says, each body, area and seat once."""

    legislature: Legislature
    # The page where the list stands.
    listed_at: str
    reading: Reading = field(default_factory=Reading)
    said: set[tuple[type[Record], str]] = field(default_factory=set)
    members: int = 0

    def __post_init__(self) -> None:
        self.organization(self.legislature.record)

    def organization(self, record: OrganizationRecord) -> str:
        return self._once(record, record.identifier)

    def area(self, record: AreaRecord) -> str:
        return self._once(record, record.identifier)

    def party(self, name: str, short: str = "") -> str:
        """The party of that name, by its identifier; "" for none."""
        if not name:
            return ""
        return self.organization(legislatures.party(self.legislature.identifier, name, short))

    def seat(self, area: str, label: Texts, line: int = 0, number: str = "") -> str:
        """The seat of an area, by its key; `number` tells two seats of one area apart."""
        key = "/".join(part for part in (self.legislature.identifier, area, number) if part)
        body = self.legislature.identifier
        return self._once(
            PostRecord(key=key, organization=body, label=label, area=area, line=line), key
        )

    def sits(
        self,
        person: PersonRecord,
        seat: str,
        *,
        party: str = "",
        start_on: datetime.date | None = None,
        end_on: datetime.date | None = None,
        ways: Iterable[Way] = (),
        page: str = "",
    ) -> None:
        """`person` holds `seat`, and is reached so. `page`: the member's own, else the list's."""
        source = page if page.startswith("http") else self.listed_at
        line = person.line
        self._once(person, person.key)
        self.reading.records.append(
            MembershipRecord(
                person=person.key,
                post=seat,
                party=party,
                start_on=start_on,
                end_on=end_on,
                source=source,
                line=line,
            )
        )
        self.members += 1
        for way in ways:
            if value := way.value.strip():
                self.reach(person.key, way._replace(value=value), source, line)

    def reach(self, person: str, way: Way, source: str, line: int) -> None:
        """An official way to reach somebody; one that is too long to be any is left out."""
        if len(way.value) > 254:
            self.warn(line, _("this address is too long: “%(value)s”") % {"value": way.value[:40]})
            return
        self.reading.records.append(
            ContactRecord(
                type=way.type,
                value=way.value,
                note=way.note,
                person=person,
                source=source,
                line=line,
            )
        )

    def warn(self, line: int, reason: str) -> None:
        self.reading.warnings.append((line, reason))

    def whole(self, at_least: int = 1) -> Reading:
        """The reading of a list that names everybody who sits: who is missing has left.

        Raises SourceError when the list has fewer members than `at_least`: it is cut off, or
        its shape has changed.
        """
        if self.members < at_least:
            raise SourceError(
                _("this list has %(found)d members, and at least %(least)d are expected")
                % {"found": self.members, "least": at_least}
            )
        self.reading.records.append(RosterRecord(organization=self.legislature.identifier))
        return self.reading

    def _once(self, record: Record, key: str) -> str:
        if (type(record), key) not in self.said:
            self.said.add((type(record), key))
            self.reading.records.append(record)
        return key


@contextmanager
def of_its_shape() -> Iterator[None]:
    """Raises SourceError for a file whose values are of other kinds than its source gives."""
    try:
        yield
    except (AttributeError, IndexError, KeyError, TypeError, ValueError) as error:
        message = _("this file is not in the shape of its source (%(why)s)")
        raise SourceError(message % {"why": f"{type(error).__name__}: {error}"[:120]}) from None


def body(identifier: str) -> Legislature:
    """A legislature that we know by its short name."""
    found = legislatures.known(identifier)
    assert found is not None, identifier
    return found


def needed(row: Mapping[str, str], names: Iterable[str], line: int = 1) -> None:
    """Raises SourceError when a row lacks a column that its source cannot do without."""
    if missing := sorted(set(names) - set(row)):
        message = _("this file has no column “%(name)s”: is it from another source?")
        raise SourceError(message % {"name": missing[0]}, line)


def day(written: str) -> datetime.date | None:
    """The day that `2024-07-04T00:00:00`, `2024-07-04` or `7/4/2024 12:00:00 AM` names."""
    for form in ("%Y-%m-%d", "%m/%d/%Y", "%d/%m/%Y"):
        try:
            return datetime.datetime.strptime(written.strip()[:10].split(" ")[0], form).date()
        except ValueError:
            continue
    return None


def parted(name: str, email: str = "") -> tuple[str, str]:
    """A whole name as given and family name: the last word, or as many as the address has.

    `Kateri Champagne Jourdain <Kateri.ChampagneJourdain.DUPL@…>` is parted after the first word.
    """
    words = name.split()
    local = [ridings.folded(part) for part in email.partition("@")[0].split(".")]
    for first in range(1, len(words)):
        if ridings.folded("".join(words[first:])) in local[1:]:
            return " ".join(words[:first]), " ".join(words[first:])
    return " ".join(words[:-1]), "".join(words[-1:])
