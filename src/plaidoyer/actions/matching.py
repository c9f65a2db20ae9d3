"""Whose act is it: supporters are found, or made, by canonical address, behind the request."""

import datetime
from collections.abc import Iterable

from django.db import connection, transaction
from django.db.models import Exists, Max, OuterRef
from django.utils import timezone

from plaidoyer.actions import requests
from plaidoyer.actions.guards import rates
from plaidoyer.actions.models import Action, Match
from plaidoyer.civics import places
from plaidoyer.supporters.models import Supporter

LOCK = 0x6D617463  # "matc": one matcher at a time, in however many workers
REACH = 50_000


@transaction.atomic
def match(actions: Iterable[Action], at: datetime.datetime | None = None) -> list[Action]:
    """Gives every act its supporter, in a handful of statements; those that had none before.
    Those that look odd are held (guards.rates).

    A new supporter is no more than an address: names come with the first confirmed act, so that
    nobody can write them for somebody else. Waits for another matcher to end.
    """
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(%s)", [LOCK])
    ids = [action.pk for action in actions]
    matched = Match.objects.filter(action=OuterRef("pk"))
    pending = list(Action.objects.filter(~Exists(matched), id__in=ids).order_by("id"))
    supporters = known(action.mark for action in pending)
    # Of two new acts from one address the first says the language.
    new = {a.mark: a for a in reversed(pending) if a.mark not in supporters}
    Supporter.objects.bulk_create(
        (
            Supporter(  # type: ignore[misc]
                mark=mark,
                email=action.email,
                language=action.language,
                created_at=at or timezone.now(),
            )
            for mark, action in new.items()
        ),
        batch_size=1000,
        ignore_conflicts=True,
    )
    supporters |= known(new)
    areas = areas_of(pending)
    Match.objects.bulk_create(
        (
            Match(
                action=action,
                supporter_id=supporters[action.mark],
                area_id=areas.get(action.postal_code),
                matched_at=at or timezone.now(),
            )
            for action in pending
        ),
        batch_size=1000,
    )
    rates.judge(pending)
    return pending


def known(marks: Iterable[str]) -> dict[str, int]:
    """The ids of the supporters with those marks."""
    return dict(Supporter.objects.filter(mark__in=set(marks)).values_list("mark", "pk"))


def areas_of(actions: Iterable[Action]) -> dict[str, int]:
    """The area of each postal code that lies in exactly one; one query for all."""
    codes = {action.postal_code for action in actions} - {""}
    found = places.homes(codes) if codes else {}
    return {code: area.pk for code, area in found.items()}


def match_pending(limit: int = 500, reach: int | None = REACH) -> int:
    """Matches acts that wait for it and asks their confirmation, in one transaction; how many.

    No row is missed: no cursor moves past it, the lack of a match is what is looked for. An act
    numbered early whose transaction commits late is found by a later pass, as long as it is
    among the `reach` acts before the newest matched one; older ones are left to the nightly pass
    without a reach, which reads the whole table. Gives 0 at once while another matcher is at it.
    """
    with transaction.atomic():
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_try_advisory_xact_lock(%s)", [LOCK])
            if not cursor.fetchone()[0]:
                return 0
        pending = Action.objects.filter(~Exists(Match.objects.filter(action=OuterRef("pk"))))
        if reach is not None:
            newest = Match.objects.aggregate(newest=Max("action_id"))["newest"] or 0
            pending = pending.filter(id__gt=newest - reach)
        matched = match(pending.only("id").order_by("id")[:limit])
        requests.ask(matched)
    return len(matched)
