"""Where somebody lives, as far as a postal code tells, and who represents them there."""

import datetime
from collections.abc import Iterable

from django.db.models import Q
from django.utils import timezone

from plaidoyer.civics.models import Area, Organization, Post, PostalPrefix

LONGEST = 12


def normalized(postal_code: str) -> str:
    """A code as the tables have it: `k1a 0a6` and `K1A-0A6` are K1A0A6."""
    return "".join(char for char in postal_code.upper() if char.isalnum())[:LONGEST]


def areas(
    postal_code: str, on: datetime.date | None = None, country: str | None = None
) -> list[Area]:
    """The areas in which `postal_code` may lie on that day (today, if none is given).

    The longest beginning that a table has decides; of several areas with it, all are given, and
    somebody must choose. One query. Nothing is known of an empty code, and an unknown one is in
    no area. `country`: ISO 3166 code, where only its table is meant.
    """
    code, on = normalized(postal_code), on or timezone.localdate()
    beginnings = [code[:length] for length in range(1, len(code) + 1)]
    found = PostalPrefix.objects.filter(
        Q(area__valid_from=None) | Q(area__valid_from__lte=on),
        Q(area__valid_until=None) | Q(area__valid_until__gte=on),
        prefix__in=beginnings,
        **({"country": country.upper()} if country else {}),
    ).select_related("area")
    rows = list(found)
    longest = max((len(row.prefix) for row in rows), default=0)
    places = {row.area_id: row.area for row in rows if len(row.prefix) == longest}
    return sorted(places.values(), key=lambda area: area.identifier)


def representatives(of: Iterable[Area], legislature: Organization) -> list[Post]:
    """The seats of `legislature` for these areas, vacant ones too, in the order of the areas."""
    seats = Post.objects.filter(area__in=list(of), organization=legislature)
    return list(
        seats.select_related("area", "organization")
        .prefetch_related("memberships__person", "memberships__on_behalf_of")
        .order_by("area__identifier", "id")
    )
