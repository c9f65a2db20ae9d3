"""What an online provider says of postal codes that no table decides: asked behind the pages.

Off unless POSTAL_LOOKUPS names a provider. An act never waits: it counts at once, its letter waits
until the answer is here (`ask`, then the job `civics.look_up`). Only the code is sent, and what
came back is kept without anybody's name: 30 days, or one day where the provider knew nothing.
"""

import contextlib
import datetime
from collections.abc import Iterable

from django.conf import settings
from django.db import transaction
from django.db.models import Exists, OuterRef, Q
from django.utils import timezone
from procrastinate.contrib.django import app
from procrastinate.exceptions import AlreadyEnqueued

from plaidoyer.civics import codes
from plaidoyer.civics.fetching import FetchError
from plaidoyer.civics.models import Area, Lookup, Organization, Post
from plaidoyer.civics.sources import represent

KEPT = datetime.timedelta(days=30)
KEPT_UNKNOWN = datetime.timedelta(days=1)
COUNTRY = "CA"
UNKNOWN = 404
# Letters that waited for an answer: the job is delivery's, two floors up.
PLACE = "delivery.place_letters"


def is_on() -> bool:
    """Whether a provider may be asked."""
    return settings.POSTAL_LOOKUPS != "none"


def known(
    written: Iterable[str], legislature: Organization, on: datetime.date
) -> dict[str, list[Area]]:
    """The areas with a seat in `legislature` in which normalized codes lie; two queries."""
    kept = _kept().filter(code__in=list(written), expires_at__gt=timezone.now())
    divisions = {lookup.code: lookup.divisions for lookup in kept}
    seats = Post.objects.filter(organization=legislature, area=OuterRef("pk"))
    areas = Area.objects.filter(
        Q(valid_from=None) | Q(valid_from__lte=on),
        Q(valid_until=None) | Q(valid_until__gte=on),
        Exists(seats),
        identifier__in={one for some in divisions.values() for one in some},
    )
    by_identifier = {area.identifier: area for area in areas}
    found = {
        code: [by_identifier[one] for one in sorted(some) if one in by_identifier]
        for code, some in divisions.items()
    }
    return {code: some for code, some in found.items() if some}


def ask(postal_codes: Iterable[str]) -> int:
    """Has codes looked up that were not lately; how many. Nothing where no provider is enabled."""
    wanted = {code for one in postal_codes if _may_be_asked(code := codes.normalized(one))}
    if not is_on() or not wanted:
        return 0
    now = timezone.now()
    fresh = _kept().filter(code__in=wanted, expires_at__gt=now).values_list("code", flat=True)
    wanted -= set(fresh)
    Lookup.objects.bulk_create(
        (
            Lookup(country=COUNTRY, code=code, provider=settings.POSTAL_LOOKUPS, expires_at=now)
            for code in sorted(wanted)
        ),
        ignore_conflicts=True,
    )
    for pk in _kept().filter(code__in=wanted).values_list("pk", flat=True):
        _defer("civics.look_up", f"civics.look_up:{pk}", lookup_id=pk)
    return len(wanted)


def _defer(task: str, lock: str, **arguments: int) -> None:
    """Puts a job in the queue, unless it waits there already."""
    # Within a savepoint: the refusal would spoil the transaction that asks.
    with contextlib.suppress(AlreadyEnqueued), transaction.atomic():
        app.configure_task(task, queueing_lock=lock).defer(**arguments)


def look_up(lookup: Lookup, get: represent.Get) -> list[str]:
    """Asks the provider and keeps what it says; nothing is asked while an answer is fresh.

    Raises what `get` raises when the provider cannot be reached: the job tries again later.
    """
    now = timezone.now()
    if lookup.expires_at > now or not is_on():
        return lookup.divisions
    try:
        lookup.divisions = represent.look_up(lookup.code, get)
    except FetchError as error:
        # It knows no such code; anything else is asked again later.
        if error.status != UNKNOWN:
            raise
        lookup.divisions = []
    lookup.fetched_at = now
    lookup.expires_at = now + (KEPT if lookup.divisions else KEPT_UNKNOWN)
    lookup.save(update_fields=["divisions", "fetched_at", "expires_at"])
    if lookup.divisions:
        _defer(PLACE, PLACE, timestamp=int(now.timestamp()))
    return lookup.divisions


def forget() -> int:
    """Deletes what is kept no longer; how many."""
    return Lookup.objects.filter(expires_at__lt=timezone.now() - KEPT_UNKNOWN).delete()[0]


def _kept():  # type: ignore[no-untyped-def]
    return Lookup.objects.filter(country=COUNTRY, provider=settings.POSTAL_LOOKUPS)


def _may_be_asked(code: str) -> bool:
    return codes.FORMS[COUNTRY].is_whole(code)
