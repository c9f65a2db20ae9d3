"""Entries, and the seals that chain them."""

from datetime import UTC
from typing import Any

from django.contrib.auth.base_user import AbstractBaseUser
from django.contrib.auth.models import AnonymousUser
from django.db import connection, transaction
from django.db.models import Max

from plaidoyer.lib import chains
from plaidoyer.staff.audit.models import AuditEntry, AuditSeal

# Numbers are given before commits: one that commits late stands a little behind the last sealed.
BEHIND = 1000
LOCK = "plaidoyer.audit"


def write(
    user: AbstractBaseUser | AnonymousUser | None,
    verb: str,
    what: str = "",
    *,
    number: str = "",
    note: str = "",
) -> AuditEntry:
    """Writes that `user` did `verb` on `what`; it commits with the transaction it stands in."""
    known = user if user is not None and user.is_authenticated else None
    return AuditEntry.objects.create(
        who=known.pk if known else None,
        name=known.get_username() if known else "",
        verb=verb,
        what=what[:120],
        number=number[:100],
        note=note[:200],
    )


@transaction.atomic
def seal(*, everything: bool = False) -> int:
    """Chains the entries that have no seal yet, one process at a time; how many.

    It looks among the last ones; with `everything`, among all.
    """
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(hashtext(%s))", [LOCK])
    last = AuditSeal.objects.order_by("-number").first()
    place, before = (last.number, bytes(last.hash)) if last else (0, chains.ZERO)
    waiting = AuditEntry.objects.filter(seal=None)
    if not everything:
        newest = AuditSeal.objects.aggregate(newest=Max("entry_id"))["newest"] or 0
        waiting = waiting.filter(pk__gt=newest - BEHIND)
    seals = []
    for entry in waiting.order_by("pk"):
        place, before = place + 1, chained(place + 1, before, entry)
        seals.append(AuditSeal(number=place, entry=entry, hash=before))
    AuditSeal.objects.bulk_create(seals)
    return len(seals)


def chained(place: int, before: bytes, entry: AuditEntry) -> bytes:
    """The hash of `entry` at `place` of the chain, after the seal whose hash is `before`."""
    said: list[Any] = [place, before.hex(), entry.pk, entry.at.astimezone(UTC).isoformat()]
    said += [entry.who, entry.name, entry.verb, entry.what, entry.number, entry.note]
    return chains.digest(LOCK, said)
