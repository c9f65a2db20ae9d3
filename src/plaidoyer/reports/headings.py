"""Under which heading a campaign stands in an edition, found from the facts alone."""

import datetime
from collections.abc import Collection, Iterable

from plaidoyer.campaigns.models import Campaign
from plaidoyer.outcomes import reporting as outcomes
from plaidoyer.outcomes.models import Milestone, Standing
from plaidoyer.reports.models import Heading, Item

# Headings that say that a campaign was won.
WON = {Heading.VICTORY, Heading.UPDATE, Heading.RECALLED}
HOPEFUL = {Standing.PROMISED, Standing.PARTLY_MET, Standing.MET}


def judge(reached: Iterable[str], *, is_closed: bool, was_won: bool, has_news: bool) -> Heading:
    """The heading that the standings of a campaign's demands give, by these rules in this order.

    1. Setback: something was reversed, or refused and the campaign is closed, while nothing is
       promised, partly met or met. A win that was lost since is a setback, not an update.
    2. Won in an earlier edition: an update when there are new milestones, else recalled.
    3. Victory: every demand is met by everybody it was made to. No demand, no victory.
    4. Movement: something is promised, partly met or met.
    5. Ongoing: the rest.
    """
    found = set(reached)
    hopeful = bool(found & HOPEFUL)
    lost = Standing.REVERSED in found or (is_closed and Standing.REFUSED in found)
    if lost and not hopeful:
        return Heading.SETBACK
    if was_won:
        return Heading.UPDATE if has_news else Heading.RECALLED
    if found == {Standing.MET}:
        return Heading.VICTORY
    return Heading.MOVEMENT if hopeful else Heading.ONGOING


def derive(campaign: Campaign, starts_on: datetime.date, ends_on: datetime.date) -> Heading:
    """The heading of `campaign` in an edition over that period, as things stood at its end."""
    return derived([campaign], starts_on, ends_on)[campaign.pk]


def derived(
    campaigns: Collection[Campaign], starts_on: datetime.date, ends_on: datetime.date
) -> dict[int, Heading]:
    """The heading of each of `campaigns`, by its key; as many queries as for one."""
    reached: dict[int, set[str]] = {campaign.pk: set() for campaign in campaigns}
    for row in outcomes.board(Campaign.objects.filter(pk__in=reached), on=ends_on):
        reached[row.campaign.pk].add(row.standing)
    won = earlier_wins(reached, starts_on)
    told = Milestone.objects.holding().filter(
        campaigns__in=reached, happened_on__range=(starts_on, ends_on)
    )
    news = set(told.values_list("campaigns", flat=True))
    return {
        campaign.pk: judge(
            reached[campaign.pk],
            is_closed=campaign.closed_on is not None and campaign.closed_on <= ends_on,
            was_won=campaign.pk in won,
            has_news=campaign.pk in news,
        )
        for campaign in campaigns
    }


def earlier_wins(campaigns: Iterable[int], starts_on: datetime.date) -> dict[int, Item]:
    """The newest item of a published edition before `starts_on` that called each campaign won."""
    items = Item.objects.filter(
        campaign__in=list(campaigns),
        heading__in=WON,
        edition__ends_on__lt=starts_on,
        edition__published_at__isnull=False,
    )
    items = items.select_related("edition", "campaign").order_by("edition__ends_on")
    return {item.campaign_id: item for item in items}
