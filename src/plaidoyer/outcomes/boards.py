"""The standing board: every demand with everybody it is made to, how it came there, what is next.

Read for any number of campaigns in a fixed number of queries.
"""

import datetime
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field
from itertools import groupby
from typing import Any

from django.db import models
from django.db.models import QuerySet
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from plaidoyer.campaigns.models import Campaign
from plaidoyer.evidence import links
from plaidoyer.outcomes.awaiting.reporting import Coming, coming
from plaidoyer.outcomes.lineages.reporting import Family, families
from plaidoyer.outcomes.models import Milestone, Movement, Standing
from plaidoyer.outcomes.reporting import Row, board

GOOD = {Standing.PROMISED, Standing.PARTLY_MET, Standing.MET}
BAD = {Standing.REFUSED, Standing.REVERSED}
Pair = tuple[int, int]


class Turn(models.TextChoices):
    """Whose turn it is."""

    SECOND = "second", _("a second person of ours")
    US = "us", _("us")
    THEM = "them", _("them")
    NOBODY = "nobody", _("nobody")


@dataclass(frozen=True, slots=True)
class Step:
    """A standing from a day on, and where it lies between the opening and today, in hundredths."""

    standing: Standing
    on: datetime.date
    milestone: Milestone
    at: float
    until: float

    @property
    def width(self) -> float:
        return max(0.0, self.until - self.at)


@dataclass(slots=True)
class Line:
    """One demand with one target."""

    row: Row
    today: datetime.date
    steps: list[Step] = field(default_factory=list)
    drafts: list[Movement] = field(default_factory=list)
    coming: list[Coming] = field(default_factory=list)
    dead: int = 0

    @property
    def next(self) -> Coming | None:
        return self.coming[0] if self.coming else None

    @property
    def is_late(self) -> bool:
        return bool(self.next and self.next.on < self.today)

    @property
    def days_left(self) -> int:
        """Until the next day; below zero it is late."""
        return self.next.days(self.today) if self.next else 0

    @property
    def days_late(self) -> int:
        return -self.days_left

    @property
    def turn(self) -> Turn:
        """Whose turn it is: what waits to be approved first, then our own steps."""
        if self.drafts:
            return Turn.SECOND
        if any(day.is_ours for day in self.coming) or self.row.standing in BAD:
            return Turn.US
        return Turn.NOBODY if self.row.standing == Standing.MET else Turn.THEM

    @property
    def age(self) -> int:
        """For how many days it has stood like that."""
        return self.row.days

    @property
    def owner(self) -> Any:
        """Who of us has the next step, if it was given to somebody."""
        return next((day.owner for day in self.coming if day.is_ours and day.owner), None)


@dataclass(slots=True)
class Group:
    """A campaign with its lines, its family and the days it waits for as a whole."""

    campaign: Campaign
    lines: list[Line]
    family: Family
    coming: list[Coming]

    @property
    def good(self) -> int:
        return sum(line.row.standing in GOOD for line in self.lines)

    @property
    def bad(self) -> int:
        return sum(line.row.standing in BAD for line in self.lines)


@dataclass(frozen=True, slots=True)
class Share:
    """How many lines stand somewhere, and where that lies in the whole, in hundredths."""

    standing: Standing
    number: int
    at: float
    width: float


def read(campaigns: QuerySet[Campaign], today: datetime.date | None = None) -> list[Group]:
    """The board of `campaigns`, in their order."""
    day, rows = today or timezone.localdate(), board(campaigns)
    ids = {row.campaign.pk for row in rows}
    holding, drafts = moved(ids)
    days, kin = coming(ids, day), families(ids, day)
    dead = links.dead(
        proof.url for row in rows if row.milestone for proof in row.evidence if proof.url
    )
    groups = []
    for pk, some in groupby(rows, key=lambda row: row.campaign.pk):
        lines = [_line(row, day, holding, drafts, days[pk], dead) for row in some]
        groups.append(Group(lines[0].row.campaign, lines, kin[pk], days[pk]))
    return groups


def moved(
    campaigns: Iterable[int],
) -> tuple[dict[Pair, list[Movement]], dict[Pair, list[Movement]]]:
    """What moved each pair, the first first: what holds, and what waits to be approved."""
    found = (
        Movement.objects.filter(demand__campaign__in=campaigns)
        .select_related("milestone__recorded_by", "milestone__edited_by")
        .order_by("milestone__happened_on", "milestone_id")
    )
    pks = set(found.values_list("milestone", flat=True))
    holds = set(Milestone.objects.holding().filter(pk__in=pks).values_list("pk", flat=True))
    waits = set(Milestone.objects.waiting().filter(pk__in=pks).values_list("pk", flat=True))
    holding: dict[Pair, list[Movement]] = {}
    drafts: dict[Pair, list[Movement]] = {}
    for one in found:
        rows = holding if one.milestone_id in holds else drafts if one.milestone_id in waits else {}
        rows.setdefault((one.demand_id, one.target_id), []).append(one)
    return holding, drafts


def _line(
    row: Row,
    today: datetime.date,
    holding: dict[Pair, list[Movement]],
    drafts: dict[Pair, list[Movement]],
    days: list[Coming],
    dead: dict[str, Any],
) -> Line:
    pair = row.demand.pk, row.target.pk
    return Line(
        row=row,
        today=today,
        steps=steps(row, holding.get(pair, []), today),
        drafts=drafts.get(pair, []),
        coming=[day for day in days if day.concerns(*pair)],
        dead=sum(proof.url in dead for proof in row.evidence),
    )


def steps(row: Row, moves: list[Movement], today: datetime.date) -> list[Step]:
    """How a pair came to stand where it does, along the time since its campaign opened."""
    days = [move.milestone.happened_on for move in moves]
    first = min([row.campaign.opened_on, *days])
    span = max(1, (today - first).days)

    def at(day: datetime.date) -> float:
        return round(100 * min(span, max(0, (day - first).days)) / span, 1)

    ends = [*days[1:], today][: len(days)]
    return [
        Step(move.brought, move.milestone.happened_on, move.milestone, at(day), at(end))
        for move, day, end in zip(moves, days, ends, strict=True)
    ]


def shares(lines: Iterable[Line]) -> list[Share]:
    """How the lines stand, from good to bad, as a bar of a hundred."""
    counts = Counter(line.row.standing for line in lines)
    whole, at, found = sum(counts.values()), 0.0, []
    for standing in ORDER:
        if number := counts[standing]:
            width = 100 * number / whole
            found.append(Share(standing, number, round(at, 2), round(width, 2)))
            at += width
    return found


ORDER = [
    Standing.MET,
    Standing.PARTLY_MET,
    Standing.PROMISED,
    Standing.ACKNOWLEDGED,
    Standing.ASKED,
    Standing.REFUSED,
    Standing.REVERSED,
]


def columns(lines: Iterable[Line]) -> list[tuple[Standing, list[Line]]]:
    """The lines by standing, from asked to met, then the lost ones; empty columns too."""
    found: dict[str, list[Line]] = {standing.value: [] for standing in Standing}
    for line in lines:
        found[line.row.standing.value].append(line)
    return [(Standing(key), some) for key, some in found.items()]
