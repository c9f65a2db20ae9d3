"""What becomes of the envelopes that a dead sender held: its journal tells.

Its word on an envelope is applied; one begun without a word is in doubt; the rest waits again.
A journal can be read only on the machine that has it: there, recovery takes seconds. The envelopes
of a machine that does not come back are in doubt after an hour, all that its senders held (a lease
each, some hundreds at most): nobody can know which of them had begun.
"""

import datetime
import os
from collections.abc import Iterable

from django.db import connection, transaction
from django.db.models import QuerySet
from django.utils import timezone

from plaidoyer.mail import journals
from plaidoyer.mail.leases import LOCK, Verdict
from plaidoyer.mail.models import Envelope, Sender
from plaidoyer.mail.relay import Reply
from plaidoyer.mail.verdicts import judge

State = Envelope.State

# After this long a machine that is not heard of does not come back.
GONE = datetime.timedelta(hours=1)
LOST_WORDS = "The sender died, and its journal is lost."
DIED_WORDS = "The sender died while this was leaving."


def recover() -> int:
    """Takes over what dead senders held; how many envelopes.

    A sender is dead when its lock in the database can be had and, on its machine, that of its
    journal. We keep both until we have committed.
    """
    held = Envelope.objects.filter(state=State.LEASED).exclude(sender=None)
    known = {one.number: one for one in Sender.objects.all()}
    numbers = {*known, *(one for one in held.values_list("sender", flat=True).distinct() if one)}
    return sum(_take_over(number, known.get(number)) for number in sorted(numbers))


def _take_over(number: int, sender: Sender | None) -> int:
    here = sender is not None and sender.place == journals.place()
    if sender and not here and sender.seen_at > timezone.now() - GONE:
        return 0
    try:
        lock = journals.locked(number) if here else None
    except journals.AliveError:
        return 0
    try:
        with transaction.atomic(), connection.cursor() as cursor:
            cursor.execute("SELECT pg_try_advisory_xact_lock(%s, %s)", [LOCK, number])
            if not cursor.fetchone()[0]:
                return 0
            taken = _settle(number, journals.remains(number) if here else None)
            Sender.objects.filter(number=number).delete()
        if here:
            journals.remove(number)
        return taken
    finally:
        if lock is not None:
            os.close(lock)


def _settle(number: int, remains: journals.Remains | None) -> int:
    held = Envelope.objects.filter(state=State.LEASED, sender=number)
    if remains is None:
        return _doubt(held, LOST_WORDS)
    said = _apply(held, remains.said)
    # Begun now, as far as anybody can tell.
    doubtful = held if not remains.whole else held.filter(pk__in=remains.begun)
    doubted = _doubt(doubtful, DIED_WORDS)
    now = timezone.now()
    unwanted = held.exclude(unwanted_at=None)
    cancelled = unwanted.update(state=State.CANCELLED, sender=None, ended_at=now)
    return said + doubted + cancelled + held.update(state=State.QUEUED, sender=None)


def _apply(held: Iterable[Envelope], said: dict[int, str]) -> int:
    applied = [one for one in held if one.pk in said]
    for envelope in applied:
        words = said[envelope.pk]
        verdict = judge(Reply(int(words[:3]), words), envelope.attempts)
        _write(envelope, verdict)
    return len(applied)


def _write(envelope: Envelope, verdict: Verdict) -> None:
    now = timezone.now()
    envelope.state, envelope.sender = verdict.state, None
    envelope.reply = verdict.words or "" if envelope.to_address else ""
    envelope.attempts += 1
    envelope.begun_at = envelope.begun_at or now
    if verdict.after is None:
        envelope.ended_at = now
    elif envelope.unwanted_at:
        envelope.state, envelope.ended_at = State.CANCELLED, now
    else:
        envelope.due_at, envelope.begun_at = now + datetime.timedelta(seconds=verdict.after), None
    envelope.save()


def _doubt(envelopes: QuerySet[Envelope], words: str) -> int:
    now = timezone.now()
    return envelopes.update(
        state=State.IN_DOUBT, sender=None, begun_at=now, ended_at=now, reply=words
    )
