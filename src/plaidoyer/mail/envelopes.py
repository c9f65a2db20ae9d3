"""What may be done with envelopes from outside the engine: queue, cancel, settle."""

import datetime
from collections.abc import Iterable, Sequence

from django.db.models import QuerySet
from django.utils import timezone

from plaidoyer.mail.models import Batch, Envelope, Incoming
from plaidoyer.vault import marks

State = Envelope.State


def queue(
    *,
    kind: str,
    to_addresses: Sequence[str],
    urgency: int = 0,
    due_at: datetime.datetime | None = None,
    batch: Batch | None = None,
) -> list[Envelope]:
    """Queues one envelope for each address, in their order; higher urgencies leave first.

    Those of a `batch` can be paused and cancelled together (mail.batches).

    They belong to the transaction of the caller: no mail leaves for a row that was never there.
    """
    due_at = due_at or timezone.now()
    return Envelope.objects.bulk_create(
        [
            Envelope(  # type: ignore[misc]
                kind=kind,
                to_address=address,
                mark=marks.address(address),
                urgency=urgency,
                due_at=due_at,
                batch=batch,
            )
            for address in to_addresses
        ],
        batch_size=1000,
    )


def cancel(envelopes: Iterable[Envelope]) -> int:
    """Cancels those of `envelopes` that have not begun to leave; how many.

    One that a sender holds at this moment is marked: the sender looks several times a second, and
    cancels it unless its body has begun. Which of the two it was is seen in its state.
    """
    now, ids = timezone.now(), [envelope.pk for envelope in envelopes]
    waiting = Envelope.objects.filter(id__in=ids, state__in=[State.QUEUED, State.DEFERRED])
    cancelled = waiting.update(state=State.CANCELLED, sender=None, ended_at=now)
    held = Envelope.objects.filter(id__in=ids, state=State.LEASED, unwanted_at=None)
    return cancelled + held.update(unwanted_at=now)


def erase(envelopes: QuerySet[Envelope]) -> None:
    """Empties `envelopes` of whom they were for, and cancels those that have not begun to leave.

    The server's words go too, and what came back of them.
    """
    cancel(envelopes)
    Incoming.objects.filter(envelope__in=envelopes.values("pk")).update(
        sealed=b"", recipient="", mark=""
    )
    Envelope.objects.filter(pk__in=envelopes.values("pk")).update(sealed=b"", mark="", reply="")


def settle(envelope: Envelope, *, arrived: bool) -> bool:
    """Somebody found out about an envelope in doubt: it arrived, or it leaves again.

    The second copy has the Message-ID of the first, so that a mailbox that has both can tell.
    False when it was not in doubt (any more).
    """
    doubtful = Envelope.objects.filter(pk=envelope.pk, state=State.IN_DOUBT)
    if arrived:
        return bool(doubtful.update(state=State.ACCEPTED))
    return bool(
        doubtful.update(
            state=State.QUEUED,
            due_at=timezone.now(),
            begun_at=None,
            ended_at=None,
            attempts=0,
            unwanted_at=None,
        )
    )
