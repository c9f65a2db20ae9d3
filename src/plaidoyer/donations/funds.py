"""Which funds are open, and where one gives to them."""

from django.db.models import Q, QuerySet
from django.urls import reverse
from django.utils import timezone

from plaidoyer.campaigns.models import Campaign
from plaidoyer.donations.models import Fund, Offer


def open_now() -> QuerySet[Fund]:
    """The funds one can give to at this moment, the newest first."""
    now = timezone.now()
    return Fund.objects.filter(
        Q(closed_at=None) | Q(closed_at__gt=now),
        Q(ends_on=None) | Q(ends_on__gte=timezone.localdate(now)),
        opens_at__lte=now,
    )


def address(campaign: Campaign | None = None) -> str:
    """Where one gives, in the active language: the campaign's own fund, else the list of all.

    Empty while no fund is open. One query.
    """
    found = list(open_now().values_list("slug", "campaign"))
    own = [slug for slug, whose in found if campaign and whose == campaign.pk]
    if not found:
        return ""
    page = reverse("donations:fund", args=own[:1]) if own else reverse("donations:index")
    return f"{page}?campaign={campaign.slug}" if campaign else page


def offers(fund: Fund, language: str) -> list[Offer]:
    """The offers of `fund` for readers of `language`, one for each currency.

    Those of the language go before those for all. Without any, the fund's currency is offered
    with the usual amounts.
    """
    found: dict[str, Offer] = {}
    rows = [offer for offer in fund.offers.all() if offer.language in {"", language}]
    for offer in sorted(rows, key=lambda one: one.language == ""):
        found.setdefault(offer.currency, offer)
    return list(found.values()) or [Offer(fund=fund, currency=fund.currency)]
