"""Under which heading a campaign stands in an edition, found from the facts alone."""

import datetime
from collections.abc import Iterable

from plaidoyer.campaigns.models import Campaign
from plaidoyer.outcomes import standings
from plaidoyer.outcomes.models import Standing
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
    return judge(
        standings.standings(campaign, on=ends_on).values(),
        is_closed=campaign.closed_on is not None and campaign.closed_on <= ends_on,
        was_won=earlier_win(campaign, starts_on) is not None,
        has_news=campaign.milestones.holding()
        .filter(happened_on__range=(starts_on, ends_on))
        .exists(),
    )


def earlier_win(campaign: Campaign, starts_on: datetime.date) -> Item | None:
    """The newest item of a published edition before `starts_on` that called this campaign won."""
    items = Item.objects.filter(
        campaign=campaign,
        heading__in=WON,
        edition__ends_on__lt=starts_on,
        edition__published_at__isnull=False,
    )
    return items.select_related("edition").order_by("-edition__ends_on").first()
