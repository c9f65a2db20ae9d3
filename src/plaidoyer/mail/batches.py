"""What may be done with a batch of envelopes: pause, resume, cancel, watch, tell how far it is."""

import datetime
from collections.abc import Iterable
from dataclasses import dataclass

from django.db import connection, transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from plaidoyer.mail.models import Batch, Envelope

State = Envelope.State

# Shares of what was accepted or refused (gettext in `watch`); fewer than these say nothing yet.
MOST_BOUNCES, FEWEST_BOUNCES = 0.05, 10
MOST_COMPLAINTS, FEWEST_COMPLAINTS = 0.003, 2
# A speed older than this says nothing about now.
SPEED_HOLDS = datetime.timedelta(seconds=30)
# Envelopes that one statement cancels.
PORTION = 5000


@dataclass(frozen=True, slots=True)
class Progress:
    """How far a batch is: its envelopes by state, its speed and the time it still needs."""

    by_state: dict[str, int]
    per_second: float
    seconds_left: float | None

    @property
    def total(self) -> int:
        return sum(self.by_state.values())

    @property
    def left(self) -> int:
        """Those that have not come to an end."""
        return sum(n for state, n in self.by_state.items() if state not in Envelope.FINAL)


def pause(batch: Batch, because: str = "") -> bool:
    """Lets nothing more of `batch` leave, but what a sender holds at this moment.

    False when it was paused or cancelled before: the first reason stays.
    """
    going = Batch.objects.filter(pk=batch.pk, paused_at=None, cancelled_at=None)
    return bool(going.update(paused_at=timezone.now(), paused_because=because[:300]))


def resume(batch: Batch) -> bool:
    """Lets `batch` leave again; False when it was not paused."""
    paused = Batch.objects.filter(pk=batch.pk, cancelled_at=None).exclude(paused_at=None)
    return bool(paused.update(paused_at=None, paused_because=""))


def cancel(batch: Batch) -> bool:
    """Ends `batch` for good: nothing more leaves; False when that was so already.

    A long batch is cleared up by the senders (`sweep`), a portion at a time.
    """
    going = Batch.objects.filter(pk=batch.pk, cancelled_at=None)
    if not going.update(cancelled_at=timezone.now()):
        return False
    sweep()
    return True


def sweep() -> int:
    """Cancels a portion of what waits in cancelled batches; how many envelopes."""
    with connection.cursor() as cursor:
        cursor.execute(
            """
            WITH waiting AS MATERIALIZED (
                SELECT e.id FROM mail_batch b JOIN mail_envelope e ON e.batch_id = b.id
                WHERE b.cancelled_at IS NOT NULL AND e.state IN ('queued', 'deferred')
                    -- Spares a look at the envelopes of batches long cleared up.
                    AND b.total > b.accepted + b.refused + b.in_doubt + b.suppressed + b.cancelled
                        + b.bounced + b.complained
                LIMIT %s FOR UPDATE OF e SKIP LOCKED
            )
            UPDATE mail_envelope SET state = 'cancelled', ended_at = now()
            FROM waiting WHERE mail_envelope.id = waiting.id
            """,
            [PORTION],
        )
        return cursor.rowcount


def watch(batches: Iterable[int]) -> None:
    """Pauses those of `batches` (their ids) that come back or are complained of too often.

    More than 5 % returned or refused, or 0.3 % complaints (Gmail's limit for bulk senders): going
    on would cost the sender its good name. The reason is told in `paused_because`.
    """
    for batch in Batch.objects.filter(pk__in=batches, paused_at=None, cancelled_at=None):
        arrived = batch.accepted + batch.bounced + batch.complained
        bad = batch.refused + batch.bounced
        if bad >= FEWEST_BOUNCES and bad > MOST_BOUNCES * (arrived + batch.refused):
            share = percent(bad / (arrived + batch.refused))
            pause(batch, _("%(share)s %% came back or were refused.") % {"share": share})
        elif batch.complained >= FEWEST_COMPLAINTS and batch.complained > MOST_COMPLAINTS * arrived:
            share = percent(batch.complained / arrived)
            pause(batch, _("%(share)s %% of the readers reported it as spam.") % {"share": share})


def percent(share: float) -> str:
    """ "5.1" or "0.35"."""
    return f"{share * 100:.2g}"


@transaction.atomic
def progress(batch: Batch) -> Progress:
    """How far `batch` is, from its counters: as quick for a million envelopes as for ten."""
    batch = Batch.objects.get(pk=batch.pk)
    counted = {
        state: getattr(batch, state)
        for state in State.values
        if state not in {State.QUEUED, State.LEASED}
    }
    # Few are leased at any time, and they have an index of their own.
    leased = Envelope.objects.filter(state=State.LEASED, batch=batch).count()
    waiting = max(0, batch.total - sum(counted.values()) - leased)
    by_state = {str(State.QUEUED): waiting, str(State.LEASED): leased, **counted}
    left = waiting + leased + batch.deferred
    speed = per_second(batch)
    return Progress(by_state, speed, left / speed if speed and left else None)


def per_second(batch: Batch) -> float:
    """How many envelopes of `batch` came to an end in each of the last seconds; 0 at rest."""
    since = timezone.now() - (batch.measured_from or batch.created_at)
    if batch.measured_from is None or since > SPEED_HOLDS:
        return 0.0
    # In its first five seconds there is no whole window yet.
    return batch.per_second or batch.measured / max(since.total_seconds(), 1.0)
