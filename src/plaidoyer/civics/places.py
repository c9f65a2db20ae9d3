"""Where somebody lives, as far as a postal code tells, and who represents them there."""

import datetime
from collections.abc import Iterable

from django.db import transaction
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
    return areas_of([postal_code], on, country).get(postal_code, [])


def areas_of(
    postal_codes: Iterable[str], on: datetime.date | None = None, country: str | None = None
) -> dict[str, list[Area]]:
    """The same for many codes, by code as it was given; one query, however many."""
    codes, on = {code: beginnings(code) for code in postal_codes}, on or timezone.localdate()
    found = PostalPrefix.objects.filter(
        Q(area__valid_from=None) | Q(area__valid_from__lte=on),
        Q(area__valid_until=None) | Q(area__valid_until__gte=on),
        prefix__in=set().union(*codes.values()),
        **({"country": country.upper()} if country else {}),
    ).select_related("area")
    by_prefix: dict[str, dict[int, Area]] = {}
    for row in found:
        by_prefix.setdefault(row.prefix, {})[row.area_id] = row.area
    longest = {
        code: next((by_prefix[prefix] for prefix in prefixes if prefix in by_prefix), {})
        for code, prefixes in codes.items()
    }
    return {
        code: sorted(places.values(), key=lambda area: area.identifier)
        for code, places in longest.items()
    }


def beginnings(postal_code: str) -> list[str]:
    """Every beginning of a code, the longest first."""
    code = normalized(postal_code)
    return [code[:length] for length in range(len(code), 0, -1)]


def representatives(of: Iterable[Area], legislature: Organization) -> list[Post]:
    """The seats of `legislature` for these areas, vacant ones too, in the order of the areas."""
    seats = Post.objects.filter(area__in=list(of), organization=legislature)
    return list(
        seats.select_related("area", "organization")
        .prefetch_related("memberships__person", "memberships__on_behalf_of")
        .order_by("area__identifier", "id")
    )


@transaction.atomic
def place(area: Area, country: str, beginnings: Iterable[str]) -> None:
    """Lets exactly the postal codes with these beginnings lie in `area`; other areas stay."""
    wanted = {normalized(beginning) for beginning in beginnings} - {""}
    area.prefixes.exclude(country=country.upper(), prefix__in=wanted).delete()
    PostalPrefix.objects.bulk_create(
        [PostalPrefix(area=area, country=country.upper(), prefix=code) for code in sorted(wanted)],
        ignore_conflicts=True,
    )
