"""The next days of campaigns: what parliament’s rules and calendars say, and what was noted."""

import datetime
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from plaidoyer.actions.models import ActionForm
from plaidoyer.outcomes.awaiting.models import Awaited
from plaidoyer.parliament import courses
from plaidoyer.parliament.courses import Deadline
from plaidoyer.parliament.deadlines import Code
from plaidoyer.parliament.models import OfficialPetition

# A day of parliament that has gone by says nothing any more; an answer that is late does.
STAYS = {Code.ANSWER}


@dataclass(frozen=True, slots=True)
class Coming:
    """A day that a campaign, or one demand with one target, waits for."""

    on: datetime.date
    what: str
    kind: str
    is_ours: bool = False
    owner: Any = None
    demand_id: int | None = None
    target_id: int | None = None
    awaited_id: int | None = None
    is_certain: bool = True

    def days(self, today: datetime.date) -> int:
        """How many days there are until then; below zero it is late."""
        return (self.on - today).days

    def concerns(self, demand: int, target: int) -> bool:
        """Whether it is awaited of that demand with that target too."""
        return self.demand_id in {None, demand} and self.target_id in {None, target}


def coming(campaigns: Iterable[int], today: datetime.date) -> dict[int, list[Coming]]:
    """The days to come, and those that are late, by campaign and in their order.

    A fixed number of queries for any number of campaigns.
    """
    found: dict[int, list[Coming]] = {pk: [] for pk in campaigns}
    for campaign, deadline in _of_parliament(found):
        if deadline.on >= today or deadline.code in STAYS:
            found[campaign].append(
                Coming(deadline.on, deadline.title, deadline.code, is_certain=deadline.is_certain)
            )
    noted = Awaited.objects.filter(campaign__in=found, ending=None).select_related("owner")
    for one in noted:
        found[one.campaign_id].append(
            Coming(
                one.due_on,
                str(one.words),
                one.kind,
                one.is_ours,
                one.owner,
                one.demand_id,
                one.target_id,
                one.pk,
            )
        )
    return {pk: sorted(days, key=lambda day: day.on) for pk, days in found.items()}


def _of_parliament(campaigns: Iterable[int]) -> list[tuple[int, Deadline]]:
    """Each deadline with each of the campaigns that follow its petition or its motion."""
    wanted = set(campaigns)
    through = OfficialPetition.campaigns.through.objects  # type: ignore[attr-defined]
    petitions: dict[int, list[int]] = {}
    rows = through.filter(campaign__in=wanted).values_list("officialpetition_id", "campaign_id")
    for petition, campaign in rows:
        petitions.setdefault(petition, []).append(campaign)
    motions: dict[str, list[int]] = {}
    drives = ActionForm.objects.filter(campaign__in=wanted, kind="vote_drive")
    for options, campaign in drives.values_list("options", "campaign_id"):
        motions.setdefault(str(options.get("motion", "")), []).append(campaign)
    return [
        (campaign, deadline)
        for deadline in courses.all_deadlines()
        for campaign in (
            petitions.get(deadline.about.pk, [])
            if isinstance(deadline.about, OfficialPetition)
            else motions.get(str(deadline.about.pk), [])
        )
    ]
