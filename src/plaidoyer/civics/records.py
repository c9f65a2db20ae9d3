"""What a source says, in Popolo's words, whatever its format: the rows that imports compare.

Each record keeps the line (or the number of the item) where it stands, so that a doubt can name it.
"""

import datetime
from collections.abc import Mapping
from dataclasses import dataclass, field
from decimal import Decimal

Texts = Mapping[str, str]


@dataclass(frozen=True, slots=True, kw_only=True)
class Record:
    """One thing that a source says, and where in it."""

    line: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class AreaRecord(Record):
    """An area, by its OCD division."""

    identifier: str
    name: Texts
    classification: str = ""
    parent: str = ""
    valid_from: datetime.date | None = None
    valid_until: datetime.date | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class OrganizationRecord(Record):
    """A legislature, a party, a ministry, by the name that sources know it under."""

    identifier: str
    name: Texts
    classification: str = ""
    parent: str = ""
    url: str = ""
    time_zone: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class PersonRecord(Record):
    """A person in office. `identifiers` by scheme; without any, the name and the seat decide."""

    key: str
    given_name: str
    family_name: str
    identifiers: Mapping[str, str] = field(default_factory=dict)
    honorific_prefix: Texts = field(default_factory=dict)
    preferred_language: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class PostRecord(Record):
    """An office of an organization: a seat by its area, a ministry by its title."""

    key: str
    organization: str
    label: Texts
    area: str = ""
    portfolios: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class MembershipRecord(Record):
    """A person holds a post. Without dates: on the day of the source, since it was first seen.

    `person` and `post` are keys of records of the same reading.
    """

    person: str
    post: str
    party: str = ""
    start_on: datetime.date | None = None
    end_on: datetime.date | None = None
    source: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class RosterRecord(Record):
    """The source lists all who hold a seat in `organization`: who is missing has left."""

    organization: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ContactRecord(Record):
    """An official way to reach a person or a post (a key of the same reading), or an organization.

    Exactly one of the three is named.
    """

    type: str
    value: str
    source: str
    person: str = ""
    post: str = ""
    organization: str = ""
    note: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class PrefixRecord(Record):
    """Postal codes that begin so lie in `area` (an OCD division), by one table."""

    table: str
    country: str
    prefix: str
    area: str
    share: Decimal | None = None
