"""Writing a form's log: what began to count and what stopped, in batches, then a checkpoint.

A batch is written once 32 entries wait, or on the next day (UTC) whatever waits, and in an order
that is drawn by lot: so no entry tells when somebody acted more closely than those do. A form on
which fewer than 32 acts count has no log yet.
"""

import datetime
import logging
import secrets
from dataclasses import dataclass
from hashlib import sha256

from django.db import connection, transaction
from django.db.models import Exists, OuterRef, QuerySet
from django.utils import timezone

from plaidoyer.actions.ledger import keys
from plaidoyer.actions.ledger.models import Checkpoint, Entry
from plaidoyer.actions.models import ActionForm, Confirmation
from plaidoyer.lib import addresses, merkle
from plaidoyer.lib.merkle import notes
from plaidoyer.staff.audit import verifying

logger = logging.getLogger(__name__)

LOCK = 0x6C6F6773  # "logs": one writer at a time, in however many workers
LEAST = 32
BATCH = 20_000
SALT = 32
VERSION = b"plaidoyer-act-v1"
WITHDRAWN, HELD = "withdrawn", "held"
ALARM = "%s entries of the log of form %s stand for acts that are not there any more"


@dataclass(frozen=True, slots=True)
class Draft:
    """An entry that waits for its place."""

    line: str
    action_id: int
    salt: bytes | None = None
    removes: Entry | None = None


def log_all(now: datetime.datetime | None = None) -> int:
    """Brings every form's log up to what counts now; how many checkpoints were signed."""
    return sum(log(form, now) is not None for form in ActionForm.objects.order_by("id"))


@transaction.atomic
def log(form: ActionForm, now: datetime.datetime | None = None) -> Checkpoint | None:
    """Writes what waits to the log of `form` and signs a checkpoint, when there is enough.

    None when there is not, or while another one writes.
    """
    now = now or timezone.now()
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_try_advisory_xact_lock(%s, %s)", [LOCK, form.pk])
        if not cursor.fetchone()[0]:
            return None
    last = Checkpoint.objects.filter(form=form).order_by("-size").first()
    if last is None and Confirmation.objects.counted().filter(form=form).count() < LEAST:
        return None
    drafts = [*removals(form), *additions(form)]
    is_due = last is not None and last.signed_at.date() < now.astimezone(datetime.UTC).date()
    if len(drafts) < LEAST and not (drafts and is_due):
        return None
    secrets.SystemRandom().shuffle(drafts)
    return sign(form, last, write(form, last.size if last else 0, drafts), now)


def additions(form: ActionForm) -> list[Draft]:
    """What counts and is not in the log."""
    logged = Entry.objects.filter(
        action_id=OuterRef("action_id"), form=form, removes=None, removal=None
    )
    waiting = Confirmation.objects.counted().filter(~Exists(logged), form=form)
    rows = waiting.select_related("action", "form").order_by("id")[:BATCH]
    drafts = []
    for confirmation in rows:
        salt = secrets.token_bytes(SALT)
        sealed = commitment(form.public_id, salt, identity(confirmation), day(confirmation))
        # Of somebody who was erased meanwhile nothing may be opened.
        kept = salt if confirmation.action.email else None
        drafts.append(Draft(f"A {sealed.hex()}", confirmation.action_id, kept))
    return drafts


def removals(form: ActionForm) -> list[Draft]:
    """What is in the log and counts no more: taken back, or held.

    A row that is not there at all is no removal: it is an alarm, and the log goes on to count it.
    """
    counted = Confirmation.objects.counted().filter(action=OuterRef("action_id"))
    gone = open_entries(form).filter(~Exists(counted)).order_by("index")[:BATCH]
    found = {
        confirmation.action_id: confirmation
        for confirmation in Confirmation.objects.filter(action__in=[e.action_id for e in gone])
    }
    if missing := sum(entry.action_id not in found for entry in gone):
        logger.error(ALARM, missing, form.pk)
    return [
        Draft(f"R {entry.index} {why(found[entry.action_id])}", entry.action_id, removes=entry)
        for entry in gone
        if entry.action_id in found
    ]


def open_entries(form: ActionForm) -> QuerySet[Entry]:
    """Entries that say that an act counts, and were not taken back."""
    return Entry.objects.filter(form=form, removes=None, removal=None)


def why(confirmation: Confirmation) -> str:
    """The public reason: no more than a word."""
    return WITHDRAWN if confirmation.withdrawal_id else HELD


def identity(confirmation: Confirmation) -> str:
    """Who acted, in one spelling: the canonical address and, where two share it, which of them."""
    address = addresses.canonical(confirmation.action.email)
    return f"{address} {confirmation.person}" if confirmation.person else address


def day(confirmation: Confirmation) -> str:
    """The day (UTC) since which it counts."""
    return confirmation.confirmed_at.astimezone(datetime.UTC).date().isoformat()


def commitment(form: str, salt: bytes, identity: str, day: str) -> bytes:
    """SHA-256 over five fields, each after its length in four bytes: nobody can open it without
    the salt, and nobody can open it to two people."""
    fields = [VERSION, form.encode(), salt, identity.encode(), day.encode()]
    return sha256(b"".join(len(field).to_bytes(4) + field for field in fields)).digest()


def write(form: ActionForm, size: int, drafts: list[Draft]) -> list[Entry]:
    """Gives the drafts the next places."""
    return Entry.objects.bulk_create(
        (
            Entry(
                form=form,
                index=size + place,
                line=draft.line,
                action_id=draft.action_id,
                salt=draft.salt,
                removes=draft.removes,
            )
            for place, draft in enumerate(drafts)
        ),
        batch_size=1000,
    )


def sign(
    form: ActionForm, last: Checkpoint | None, entries: list[Entry], now: datetime.datetime
) -> Checkpoint:
    """The next checkpoint, from the last one's edge: the log is never read again.

    It names the end of the staff's audit chain too, so that nobody shortens that one unnoticed.
    """
    edge = bytes(last.edge) if last else b""
    tree = merkle.Frontier(
        last.size if last else 0, (edge[at : at + 32] for at in range(0, len(edge), 32))
    )
    count = last.count if last else 0
    for entry in entries:
        tree.append(merkle.leaf_hash(entry.line.encode()))
        count += -1 if entry.removes_id else 1
    at = now.astimezone(datetime.UTC).isoformat(timespec="seconds")
    more = [f"count {count}", f"time {at}"]
    if end := verifying.head():
        more.append(f"audit {end}")
    said = notes.Checkpoint(keys.origin(form), tree.size, tree.root, tuple(more))
    return Checkpoint.objects.create(
        form=form,
        size=tree.size,
        count=count,
        note=notes.sign(said.text, keys.name(), keys.private()),
        edge=b"".join(tree.edge),
        signed_at=now,
    )
