"""Scorecards: how members voted in the recorded votes that a campaign, or the organisation, chose.

The method, as docs/reference/scorecards.md and the pages tell it: a vote the way asked for counts
with, the other way against. Absent, paired, abstaining and not voting count for neither, and so
never against anybody. A share is always told with the number of votes it is of.
"""

from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from django.db.models import Prefetch

from plaidoyer.campaigns.models import AskedVote, Campaign
from plaidoyer.civics.models import Area, Membership, Organization, Person
from plaidoyer.lib.addresses import folded
from plaidoyer.parliament import results
from plaidoyer.parliament.models import Option, Vote
from plaidoyer.parliament.results import NOT_VOTED

WITH, AGAINST, NEITHER = "with", "against", "neither"
SORTS = ("name", "share", "party", "province")


def judged(asked: str, way: str) -> str:
    """What a way of voting is to the way asked for."""
    if way not in (Option.YES, Option.NO):
        return NEITHER
    return WITH if way == asked else AGAINST


@dataclass(frozen=True, slots=True)
class Score:
    """How often with, against and neither."""

    counts: Counter[str]

    @property
    def votes(self) -> int:
        """The votes that count: N."""
        return self.counts[WITH] + self.counts[AGAINST]

    @property
    def percent(self) -> int | None:
        """The whole percent that is surely with; None where nothing counts."""
        return self.counts[WITH] * 100 // self.votes if self.votes else None

    @property
    def order(self) -> tuple[float, int]:
        """The highest share first, then the most votes; without any, last."""
        share = self.counts[WITH] / self.votes if self.votes else -1
        return -share, -self.votes


@dataclass(frozen=True, slots=True)
class Cell:
    """How one member voted in one of the votes, and what that is to what was asked."""

    way: str
    judged: str

    @property
    def label(self) -> Any:
        return results.LABELS[self.way] if self.way else ""


@dataclass(frozen=True, slots=True)
class Line:
    """One member on a scorecard; party and riding as of the last vote they are in."""

    person: Person
    party: Organization | None
    area: Area | None
    cells: Sequence[Cell]
    score: Score

    @property
    def province(self) -> Area | None:
        return self.area.parent if self.area else None


@dataclass(frozen=True, slots=True)
class Group:
    """A party or a province: all votes of its members together."""

    key: str
    name: str
    members: int
    score: Score


@dataclass(frozen=True, slots=True)
class Scorecard:
    """The votes that count and every member in them."""

    asked: list[AskedVote]
    lines: list[Line] = field(default_factory=list)
    parties: list[Group] = field(default_factory=list)
    provinces: list[Group] = field(default_factory=list)


def asked_votes(campaign: Campaign | None) -> list[AskedVote]:
    """The votes that a campaign chose, in its order; the organisation's own without one."""
    chosen = AskedVote.objects.filter(campaign=campaign)
    return list(chosen.select_related("event__motion__legislature", "event__session"))


def scorecard(campaign: Campaign | None) -> Scorecard:
    """Members and their votes; three queries, however many members and votes."""
    asked = asked_votes(campaign)
    if not asked:
        return Scorecard([])
    found = ballots(asked)
    lines = [line_of(asked, of_person) for of_person in found.values()]
    rows = [
        (ballot, judged(one.option, ballot.way)) for one in asked for ballot in cast(found, one)
    ]
    return Scorecard(
        asked,
        sorted(lines, key=name_of),
        groups(rows, lambda row: row.party),
        groups(rows, lambda row: row.province),
    )


def cast(found: Mapping[int, Mapping[int, results.Row]], one: AskedVote) -> list[results.Row]:
    """All rows of one vote."""
    return [by_event[one.event_id] for by_event in found.values() if one.event_id in by_event]


def ballots(asked: Sequence[AskedVote]) -> dict[int, dict[int, results.Row]]:
    """How each person voted, by person and vote; who sat that day and did not vote is computed."""
    votes = Vote.objects.filter(event__in=[one.event_id for one in asked])
    found: dict[int, dict[int, results.Row]] = {}
    taken: dict[int, set[int]] = {}
    for vote in votes.select_related("person", "group", "area__parent"):
        row = results.Row(vote.person, vote.group, vote.area, vote.option)
        found.setdefault(vote.person_id, {})[vote.event_id] = row
        taken.setdefault(vote.event_id, set()).add(vote.area_id or 0)
    for term in terms(asked):
        for one in asked:
            if absent(term, one, taken, found.get(term.person_id, {})):
                row = results.Row(term.person, term.on_behalf_of, term.post.area, NOT_VOTED)
                found.setdefault(term.person_id, {})[one.event_id] = row
    return found


def terms(asked: Sequence[AskedVote]) -> Iterable[Membership]:
    """Everybody's terms in the legislatures that voted."""
    houses = {one.event.motion.legislature_id for one in asked}
    held = Membership.objects.filter(post__organization__in=houses)
    return held.select_related("person", "on_behalf_of", "post__area__parent").order_by("id")


def absent(
    term: Membership, one: AskedVote, taken: Mapping[int, set[int]], voted: Mapping[int, Any]
) -> bool:
    """Whether somebody sat on the day of a vote and nobody voted for their riding."""
    event, area = one.event, term.post.area
    return (
        event.pk in taken
        and event.pk not in voted
        and event.motion.legislature_id == term.post.organization_id
        and term.holds(event.held_on)
        and not (area and (area.pk in taken[event.pk] or later(area, event.held_on)))
    )


def later(area: Area, day: Any) -> bool:
    """Whether a riding was drawn after that day."""
    return area.valid_from is not None and area.valid_from > day


def line_of(asked: Sequence[AskedVote], voted: Mapping[int, results.Row]) -> Line:
    """One member's line."""
    cells = []
    for one in asked:
        way = voted[one.event_id].way if one.event_id in voted else ""
        cells.append(Cell(way, judged(one.option, way) if way else ""))
    days = {one.event_id: one.event.held_on for one in asked}
    last = max(voted, key=lambda event: (days[event], event))
    row = voted[last]
    counts = Counter(cell.judged for cell in cells if cell.judged)
    return Line(row.person, row.party, row.area, cells, Score(counts))


def groups(
    rows: Iterable[tuple[results.Row, str]],
    by: Callable[[results.Row], Organization | Area | None],
) -> list[Group]:
    """The votes of each party or province together, as they were on the day of each vote."""
    names: dict[str, str] = {}
    people: dict[str, set[int]] = {}
    counts: dict[str, Counter[str]] = {}
    for row, judgement in rows:
        thing = by(row)
        key = results.key_of(thing)
        names[key] = str(thing or "")
        people.setdefault(key, set()).add(row.person.pk)
        counts.setdefault(key, Counter())[judgement] += 1
    found = [Group(key, names[key], len(people[key]), Score(counts[key])) for key in names]
    return sorted(found, key=lambda one: (not one.name, *one.score.order, folded(one.name)))


def name_of(line: Line) -> tuple[str, str]:
    """Where a member stands in the alphabet."""
    return folded(line.person.family_name), folded(line.person.given_name)


def sorted_by(lines: Iterable[Line], sort: str) -> list[Line]:
    """Lines by name, by share (the highest first), by party or by province."""
    by_name = sorted(lines, key=name_of)
    if sort == "share":
        return sorted(by_name, key=lambda line: line.score.order)
    if sort in ("party", "province"):
        return sorted(by_name, key=lambda line: folded(str(getattr(line, sort) or "\uffff")))
    return by_name


def campaigns_with_votes() -> list[Campaign]:
    """Every campaign that chose votes, the newest first."""
    chosen = Prefetch("asked_votes", AskedVote.objects.all())
    found = Campaign.objects.filter(asked_votes__isnull=False).distinct()
    return list(found.prefetch_related(chosen))
