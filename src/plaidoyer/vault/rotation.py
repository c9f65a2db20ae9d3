"""Keys renewed while everything runs: the master key in a moment, the keys of documents in batches.

No document is written again: what changes is under which key its own key is wrapped. Both ways may
be interrupted and are gone on with when they are asked for again.
"""

import time
from collections.abc import Callable
from typing import Any
from uuid import UUID

from django.apps import apps
from django.conf import settings
from django.db import connection, transaction
from django.db.models import Max

from plaidoyer.vault import masters, roots, seals
from plaidoyer.vault.fields import SealedField
from plaidoyer.vault.models import Key, Root

BATCH = 2000
VERSION = "substring(wrapped FROM 1 FOR 2)"
NEW = f"SELECT uid, wrapped FROM vault_key WHERE uid > %s ORDER BY uid LIMIT {BATCH}"
# A key that somebody wrote anew meanwhile is left: it is under the newest root.
REPLACE = """
    UPDATE vault_key old SET wrapped = new.wrapped
    FROM unnest(%s::uuid[], %s::bytea[], %s::bytea[]) AS new (uid, was, wrapped)
    WHERE old.uid = new.uid AND old.wrapped = new.was
"""


class NotPossibleError(Exception):
    """What was asked cannot be done as things stand; the message says what to do first."""


def standing() -> dict[int, int]:
    """How many keys are under each root, by its version. Reads every key."""
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT {VERSION}, count(*) FROM vault_key GROUP BY 1")
        found = {int.from_bytes(bytes(version)): number for version, number in cursor.fetchall()}
    seals_ = Root.objects.filter(purpose=Root.Purpose.SEAL).values_list("version", flat=True)
    return {version: found.get(version, 0) for version in sorted(seals_)}


def renew_root() -> int:
    """Makes a new root of the organisation; its version. Goes on with one begun before."""
    known = Root.objects.filter(purpose=Root.Purpose.SEAL)
    newest = known.aggregate(newest=Max("version"))["newest"] or 0
    if known.count() > 1:
        return newest
    purpose, version = Root.Purpose.SEAL, newest + 1
    Root.objects.create(purpose=purpose, version=version, wrapped=roots.made(purpose, version))
    roots.known = None
    return version


def rewrap(told: Callable[[int], Any] = lambda _number: None) -> int:
    """Wraps every key under the newest root; how many were not. `told` hears how many were read.

    Readers and writers go on meanwhile: a batch is one short statement.
    """
    last, seen, changed = UUID(int=0), 0, 0
    while rows := batch(last):
        last, seen = rows[-1][0], seen + len(rows)
        newest = roots.ring().newest
        old = [(uid, bytes(was)) for uid, was in rows if int.from_bytes(bytes(was)[:2]) != newest]
        if old:
            new = [seals.wrap(uid, seals.unwrapped(uid, was)) for uid, was in old]
            with connection.cursor() as cursor:
                cursor.execute(REPLACE, [[u for u, _was in old], [w for _u, w in old], new])
            changed += len(old)
        told(seen)
    return changed


def batch(last: UUID) -> list[tuple[UUID, Any]]:
    """The next keys after `last`."""
    with connection.cursor() as cursor:
        cursor.execute(NEW, [last])
        return cursor.fetchall()


def finish(wait: Callable[[float], Any] = time.sleep) -> list[int]:
    """Throws away the roots that no key is under any more; their versions.

    Waits until no process wraps under an older one from memory, and looks once more.
    """
    wait(roots.REMEMBERED + 5)
    rewrap()
    *older, _newest = standing()
    gone = [version for version, number in standing().items() if version in older and not number]
    Root.objects.filter(purpose=Root.Purpose.SEAL, version__in=gone).delete()
    roots.known = None
    return gone


@transaction.atomic
def rewrap_roots() -> int:
    """Wraps the organisation's roots under the first master key; how many there are."""
    for root in Root.objects.select_for_update():
        about = roots.about(root.purpose, root.version)
        root.wrapped = masters.wrap(masters.unwrap(bytes(root.wrapped), about), about)
        root.save(update_fields=["wrapped"])
    return Root.objects.count()


def renew_master() -> str:
    """Another master key, under which the roots are wrapped from now on; its fingerprint.

    In a file of this machine the new one is made. Of MASTER_KEY, and where several machines have a
    file, it is written before the old one first, in all places: then the old one may go.
    """
    path, there = settings.MASTER_KEY_FILE, masters.held()
    if len(there) == 1:
        if settings.MASTER_KEY:
            raise NotPossibleError(
                "Write the new key before the old one, with a comma between, start everything anew"
                " with it, and ask again."
            )
        masters.write(path, [masters.new(), path.read_text().strip()])
    rewrap_roots()
    if not settings.MASTER_KEY:
        masters.write(path, path.read_text().split()[:1])
    return masters.fingerprint(masters.held()[0])


def sweep() -> int:
    """Deletes keys that open nothing, such as of a row that the database refused; how many."""
    tables = [
        field.model._meta.db_table
        for model in apps.get_models()
        for field in model._meta.local_concrete_fields
        if isinstance(field, SealedField)
    ]
    used = " AND ".join(
        f"NOT EXISTS (SELECT FROM {table} t WHERE t.uid = {Key._meta.db_table}.uid)"
        for table in tables
    )
    with connection.cursor() as cursor:
        cursor.execute(f"DELETE FROM {Key._meta.db_table} WHERE {used}")
        return cursor.rowcount
