"""What a source says of sessions, recorded votes and how members voted: the rows imports compare.

Legislatures, parties and areas are named by their identifiers, as in civics.records; a vote by
legislature, session and number, for numbers restart with each session.
"""

import datetime
from collections.abc import Mapping
from dataclasses import dataclass, field

from plaidoyer.civics.records import Record, Texts


@dataclass(frozen=True, slots=True, kw_only=True)
class SessionRecord(Record):
    """A session of a legislature, such as 44-1."""

    legislature: str
    identifier: str
    parliament: str = ""
    start_on: datetime.date | None = None
    end_on: datetime.date | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class VoteRecord(Record):
    """A recorded vote as it was published: nothing in it is derived from how members voted."""

    legislature: str
    session: str
    number: str
    # Without a zone: the legislature's own.
    held_at: datetime.datetime
    # VoteEvent.Result, and the words that say so by language.
    result: str
    result_as_published: Texts = field(default_factory=dict)
    title: Texts = field(default_factory=dict)
    bill: str = ""
    yes: int | None = None
    no: int | None = None
    paired: int | None = None
    abstain: int | None = None
    source: str = ""
    url: Texts = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class BallotRecord(Record):
    """How one member voted. Who is absent has none.

    A member is known by identifiers; by the slug of both names where the source has no other.
    """

    legislature: str
    # Empty: the only session there is.
    session: str
    number: str
    option: str
    identifiers: Mapping[str, str] = field(default_factory=dict)
    given_name: str = ""
    family_name: str = ""
    # The party on that day, by its identifier; the riding by its division, or by its name only.
    party: str = ""
    area: str = ""
    area_name: str = ""
