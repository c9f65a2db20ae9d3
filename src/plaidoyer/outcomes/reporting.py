"""What screens read of outcomes: the timeline, the table of standings, the board."""

import datetime
from dataclasses import dataclass
from typing import Any

from django.db.models import Prefetch, QuerySet
from django.utils import timezone

from plaidoyer.actions.models import ActionForm
from plaidoyer.campaigns.models import Campaign, Demand, Target
from plaidoyer.campaigns.reporting import asked
from plaidoyer.evidence import links
from plaidoyer.outcomes.models import Evidence, Milestone, Movement, Standing
from plaidoyer.outcomes.standings import last_moves, moves


@dataclass(frozen=True)
class Row:
    """One demand to one target: how it stands, since when, by which milestone."""

    campaign: Campaign
    demand: Demand
    target: Target
    standing: Standing
    # None: nothing has moved it since it was asked.
    milestone: Milestone | None

    @property
    def since(self) -> datetime.date:
        return self.milestone.happened_on if self.milestone else self.campaign.opened_on

    @property
    def days(self) -> int:
        """How long it has stood like that."""
        return (timezone.localdate() - self.since).days

    @property
    def evidence(self) -> list[Any]:
        return list(self.milestone.evidence.all()) if self.milestone else []


def timeline(campaign: Campaign, on: datetime.date | None = None) -> list[Milestone]:
    """The milestones of a campaign that hold, newest first, with movements and evidence at hand.

    Of each link it is known whether it is dead.

    A milestone of several campaigns comes with its movements in this one only.
    """
    movements = Movement.objects.filter(demand__campaign=campaign)
    movements = movements.select_related(
        "demand", "target__post", "target__person", "target__organization"
    ).order_by("demand__position", "id")
    milestones = campaign.milestones.holding().select_related("corrects")  # type: ignore[attr-defined]
    milestones = milestones.order_by("-happened_on", "-id")
    if on is not None:
        milestones = milestones.filter(happened_on__lte=on)
    proofs = Prefetch("evidence", Evidence.objects.select_related("reading"))
    told = list(milestones.prefetch_related(proofs, Prefetch("movements", movements)))
    links.mark(proof for milestone in told for proof in milestone.evidence.all())
    return told


def standing_table(campaign: Campaign, on: datetime.date | None = None) -> list[Row]:
    """Every demand of the campaign with every target it is made to, and how it stands."""
    return board(Campaign.objects.filter(pk=campaign.pk), on)


def outcome(form: ActionForm) -> dict[str, Any] | None:
    """What came of the campaign of `form`, for the page of a form that takes nothing now.

    None before anything has moved. `template` shows the rest.
    """
    rows = [row for row in board(Campaign.objects.filter(pk=form.campaign_id)) if row.milestone]
    milestones = [row.milestone for row in rows if row.milestone]
    last = max(milestones, key=lambda one: (one.happened_on, one.pk), default=None)
    return {"template": "outcomes/_outcome.html", "rows": rows, "last": last} if last else None


def board(campaigns: QuerySet[Campaign], on: datetime.date | None = None) -> list[Row]:
    """The same for many campaigns, in their order; as many queries as for one."""
    found = asked(campaigns)
    last = last_moves(moves(Movement.objects.filter(demand__campaign__in=campaigns), on))
    milestones = Milestone.objects.prefetch_related("evidence").in_bulk(
        {move.milestone_id for move in last.values()}
    )
    rows = []
    for campaign, demand, target in found:
        move = last.get((demand.pk, target.pk))
        standing = Standing(move.standing) if move else Standing.ASKED
        milestone = milestones[move.milestone_id] if move else None
        rows.append(Row(campaign, demand, target, standing, milestone))
    return rows
