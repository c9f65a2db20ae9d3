"""What screens read of lineages and of what followed a win."""

import datetime
from collections.abc import Iterable
from dataclasses import dataclass, field

from django.db.models import Q
from django.utils import timezone

from plaidoyer.campaigns.models import Campaign
from plaidoyer.campaigns.reporting import asked
from plaidoyer.outcomes.lineages.models import Lineage
from plaidoyer.outcomes.models import Milestone, Movement, Standing
from plaidoyer.outcomes.standings import last_moves, moves

Kind, MET = Lineage.Kind, Standing.MET


@dataclass(slots=True)
class Family:
    """Where a campaign comes from, where it goes on, and what threatens what it won."""

    earlier: list[Lineage] = field(default_factory=list)
    later: list[Lineage] = field(default_factory=list)
    risks: list[Lineage] = field(default_factory=list)
    # Where each of the other campaigns is read, by its key; filled in by who knows the pages.
    urls: dict[int, str] = field(default_factory=dict)

    def _told(self, rows: list[Lineage], end: str) -> list[tuple[Lineage, Campaign, str]]:
        others = [(row, getattr(row, end)) for row in rows]
        return [(row, one, self.urls.get(one.pk, "") if one else "") for row, one in others]

    @property
    def begins(self) -> list[tuple[Lineage, Campaign, str]]:
        """The campaigns it comes from, with their addresses."""
        return self._told(self.earlier, "earlier")

    @property
    def goes_on(self) -> list[tuple[Lineage, Campaign, str]]:
        """The campaigns it goes on in, with their addresses."""
        return self._told(self.later, "later")

    @property
    def threats(self) -> list[tuple[Lineage, Campaign, str]]:
        """What threatens it, with the campaign that defends it, where there is one."""
        return self._told(self.risks, "later")


def families(campaigns: Iterable[int], today: datetime.date | None = None) -> dict[int, Family]:
    """The family of each campaign; one query."""
    day, found = today or timezone.localdate(), {pk: Family() for pk in campaigns}
    rows = Lineage.objects.filter(
        Q(until_on=None) | Q(until_on__gt=day),
        Q(earlier__in=found) | Q(later__in=found),
        since_on__lte=day,
    ).select_related("earlier", "later")
    for row in rows:
        if row.later_id in found:
            found[row.later_id].earlier.append(row)
        if row.earlier_id in found:
            family = found[row.earlier_id]
            (family.risks if row.kind == Kind.AT_RISK else family.later).append(row)
    return found


def family(campaign: Campaign) -> Family | None:
    """The family of one campaign; None for one without."""
    found = families([campaign.pk])[campaign.pk]
    return found if found.earlier or found.later or found.risks else None


def won_on(campaign: Campaign) -> datetime.date | None:
    """The day on which every demand was met by everybody first; None where none was."""
    held = moves(Movement.objects.filter(demand__campaign=campaign))
    pairs = {
        (demand.pk, target.pk)
        for _campaign, demand, target in asked(Campaign.objects.filter(pk=campaign.pk))
    }
    for day in sorted({move.happened_on for move in held}):
        last = last_moves(move for move in held if move.happened_on <= day)
        if pairs and all(pair in last and last[pair].standing == MET for pair in pairs):
            return day
    return None


def follow_ups(campaign: Campaign) -> list[Milestone]:
    """What happened after a campaign was won, the first first; nothing before it is."""
    if (day := won_on(campaign)) is None:
        return []
    after = campaign.milestones.holding().filter(happened_on__gt=day)  # type: ignore[attr-defined]
    return list(after.order_by("happened_on", "id"))
