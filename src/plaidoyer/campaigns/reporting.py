"""What screens read of campaigns."""

import datetime

from django.db.models import Prefetch, Q, QuerySet
from django.utils import timezone

from plaidoyer.campaigns.models import Campaign, Demand, Target


def open_on(day: datetime.date | None = None) -> QuerySet[Campaign]:
    """Campaigns that run on that day (today, if none is given), the newest first."""
    day = day or timezone.localdate()
    return Campaign.objects.filter(
        Q(closed_on=None) | Q(closed_on__gt=day), opened_on__lte=day
    ).order_by("-opened_on", "-id")


def asked(campaigns: QuerySet[Campaign]) -> list[tuple[Campaign, Demand, Target]]:
    """Every demand with every target it is made to, campaign by campaign; always four queries."""
    targets = Target.objects.select_related("post", "person", "organization").order_by("id")
    with_rows = campaigns.prefetch_related(
        Prefetch("demands", Demand.objects.order_by("position", "id")),
        Prefetch("demands__targets", targets),
        Prefetch("targets", targets),
    )
    return [
        (campaign, demand, target)
        for campaign in with_rows
        for demand in campaign.demands.all()
        for target in demand.targets.all() or campaign.targets.all()
    ]
