"""What a source says of official petitions, of their counts and of the rules they are under.

A petition is named by its legislature's identifier and its number there. Who started it is a
private person, and stands in no record.
"""

import datetime
from collections.abc import Mapping
from dataclasses import dataclass, field

from plaidoyer.civics.records import Record, Texts

Day = datetime.date | None


@dataclass(frozen=True, slots=True, kw_only=True)
class RulesRecord(Record):
    """What a legislature asks of its petitions, from a day on (PetitionRules)."""

    legislature: str
    source: str
    is_official: bool = False
    valid_from: Day = None
    valid_until: Day = None
    open_days: tuple[int, ...] = ()
    open_months: int | None = None
    sponsor_required: bool = False
    response_days: int | None = None
    response_months: int | None = None
    committee_days: int | None = None
    response_on_sitting_day: bool = False
    response_sitting: int = 1
    closed_by_dissolution: bool = False
    dropped_unless_presented: bool = False
    answers_end_with_dissolution: bool = False
    note: Texts = field(default_factory=dict)
    # (short name, signatures, what it leads to)
    thresholds: tuple[tuple[str, int, Texts], ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class DissolutionRecord(Record):
    """A session ended because its parliament was dissolved on that day."""

    legislature: str
    session: str
    on: datetime.date


@dataclass(frozen=True, slots=True, kw_only=True)
class PetitionRecord(Record):
    """An official petition with its dated facts."""

    legislature: str
    identifier: str
    title: Texts = field(default_factory=dict)
    url: Texts = field(default_factory=dict)
    session: str = ""
    sponsor: str = ""
    opens_on: Day = None
    closes_on: Day = None
    certified_on: Day = None
    refused_on: Day = None
    withdrawn_on: Day = None
    presented_on: Day = None
    presented_as: str = ""
    debate_on: Day = None
    answered_on: Day = None
    answer_url: Texts = field(default_factory=dict)
    status: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class CountRecord(Record):
    """An official count as it was seen. Without a moment: some time on the day of the source."""

    legislature: str
    identifier: str
    signatures: int
    source: str
    taken_at: datetime.datetime | None = None
    # By level (`province`, `constituency`, `country`) and name.
    regions: Mapping[tuple[str, str], int] = field(default_factory=dict)
    # The OCD division of a region that has one, by its name.
    areas: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class ListRecord(Record):
    """The source lists every petition of a scope (CompleteList)."""

    legislature: str
    scope: str
    value: str = ""
    petitions: int
    source: str
