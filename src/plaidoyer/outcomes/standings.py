"""How far each demand has come with each target: read from the milestones, never written.

The standing of a pair is the one its last movement brought, by the day of the milestone and, on
one day, in the order the milestones were recorded. Movements of milestones that wait for a second
person, or that another one corrects, count for nothing; those to a standing that claims a success
or a loss count only while their milestone has evidence.
"""

import datetime
from collections.abc import Collection, Iterable
from typing import NamedTuple

from django.db.models import Exists, OuterRef, QuerySet

from plaidoyer.campaigns.models import Campaign
from plaidoyer.campaigns.reporting import asked
from plaidoyer.outcomes.models import EVIDENCED, Evidence, Milestone, Movement, Standing

Pair = tuple[int, int]


class Move(NamedTuple):
    """One movement as the rule sees it. In this order moves are sorted as they happened."""

    happened_on: datetime.date
    milestone_id: int
    demand_id: int
    target_id: int
    standing: str
    is_evidenced: bool

    @property
    def pair(self) -> Pair:
        return self.demand_id, self.target_id

    @property
    def counts(self) -> bool:
        """Whether it may be told: a claimed success or loss needs evidence."""
        return self.is_evidenced or self.standing not in EVIDENCED


def last_moves(moves: Iterable[Move]) -> dict[Pair, Move]:
    """The move that each pair stands by, whatever the order they are given in."""
    return {move.pair: move for move in sorted(move for move in moves if move.counts)}


def demand_standing(standings: Collection[str]) -> Standing:
    """What can be said of a demand as a whole, from its standings with each target.

    All agree: that. Else the best there is, where "met" by some is "partly met" as a whole; a
    reversal or a refusal by some never hides what others gave, nor is it hidden by mere asking.
    """
    if len(set(standings)) == 1:
        return Standing(next(iter(standings)))
    for found, whole in _MIXED:
        if found in standings:
            return whole
    return Standing.ASKED


_MIXED = [
    (Standing.MET, Standing.PARTLY_MET),
    (Standing.PARTLY_MET, Standing.PARTLY_MET),
    (Standing.PROMISED, Standing.PROMISED),
    (Standing.REVERSED, Standing.REVERSED),
    (Standing.REFUSED, Standing.REFUSED),
    (Standing.ACKNOWLEDGED, Standing.ACKNOWLEDGED),
]


def moves(movements: QuerySet[Movement], on: datetime.date | None = None) -> list[Move]:
    """`movements` for the rule, of what holds and had happened by that day; one query."""
    movements = movements.filter(milestone__in=Milestone.objects.holding())
    if on is not None:
        movements = movements.filter(milestone__happened_on__lte=on)
    evidence = Evidence.objects.filter(milestone=OuterRef("milestone"))
    rows = movements.annotate(is_evidenced=Exists(evidence)).values_list(
        "milestone__happened_on",
        "milestone_id",
        "demand_id",
        "target_id",
        "standing",
        "is_evidenced",
    )
    return [Move(*row) for row in rows]


def standings(campaign: Campaign, on: datetime.date | None = None) -> dict[Pair, Standing]:
    """How every demand of the campaign stands with every target, by (demand key, target key).

    `on`: as it stood at the end of that day. What never moved is "asked".
    """
    last = last_moves(moves(Movement.objects.filter(demand__campaign=campaign), on))
    pairs = [(d.pk, t.pk) for _campaign, d, t in asked(Campaign.objects.filter(pk=campaign.pk))]
    return {
        pair: Standing(last[pair].standing) if pair in last else Standing.ASKED for pair in pairs
    }
