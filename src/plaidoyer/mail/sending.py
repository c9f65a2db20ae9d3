"""The engine: leases due envelopes, has them composed, and hands them to the relay.

What it promises: an envelope ends in one state, by name. Whatever is killed at whatever moment, no
envelope is skipped and none leaves twice; one whose body had begun and whose verdict is not known
is in doubt, at most one for each session with the relay of a sender that died. Sending it again is
left to a person.
"""

import datetime
import logging
import threading
import time
import traceback
from collections.abc import Callable, Sequence
from functools import partial
from itertools import groupby

from django.conf import settings
from django.db import InterfaceError, OperationalError, connection

from plaidoyer.mail import batches, buckets, kinds, messages, suppressions
from plaidoyer.mail.leases import Holder, Verdict
from plaidoyer.mail.models import Envelope
from plaidoyer.mail.pieces import End, Leased, Piece, Stage
from plaidoyer.mail.relay import LostError
from plaidoyer.mail.verdicts import judge, put_off
from plaidoyer.mail.wires import Wire

logger = logging.getLogger(__name__)
State = Envelope.State

# A lease is as large as what leaves in half a second, within these bounds.
SMALLEST_LEASE, LARGEST_LEASE = 20, 500
LEASE_SECONDS = 0.5
# What is known is written at the latest after so long, or when there is so much of it.
FLUSH_SECONDS, FLUSH_AT = 0.25, 250
LOST_SECONDS = 30
UNCOMPOSED_SECONDS = 300
RELAY_REST_SECONDS = 10
SEEN_SECONDS = 10
DATABASE_IS_LOST = (OperationalError, InterfaceError)

draining = threading.Lock()
relay_rests_until = 0.0
relay_is_lost = False


def send_due(stop: Callable[[], bool] = lambda: False) -> int:
    """Sends everything that is due, the urgent first; how many envelopes came to an end.

    One drain at a time in a process; any number of processes may drain side by side. `stop` is
    asked several times a second. While the relay cannot be reached nothing is leased: envelopes
    wait as they are, and no attempt is counted.
    """
    if not draining.acquire(blocking=False):
        return 0
    try:
        if not may_send() or not Envelope.objects.due().exists():
            return 0
        sender = Sender()
        try:
            return drain(sender, stop)
        finally:
            sender.close()
    finally:
        draining.release()


def may_send() -> bool:
    """Whether there is a relay, and it is not left alone for the moment."""
    return bool(settings.SMTP_HOST) and time.monotonic() >= relay_rests_until


def drain(sender: "Sender", stop: Callable[[], bool] = lambda: False) -> int:
    """Lets `sender` send all that is due; how many came to an end. An ill relay is left alone."""
    global relay_rests_until, relay_is_lost
    before = sender.ended
    try:
        sender.send_all(stop)
        relay_is_lost = False
    except LostError as error:
        if not relay_is_lost:
            logger.warning("The mail relay cannot be reached, mail waits: %s", error)
        relay_is_lost = True
        relay_rests_until = time.monotonic() + RELAY_REST_SECONDS
    return sender.ended - before


class Sender:
    """One process that sends: a holder of leases, and the wire to the relay."""

    def __init__(self) -> None:
        self.holder = Holder()
        self.wire = Wire(self.holder.journal)
        self.under_way: dict[int, Leased] = {}
        self.size = SMALLEST_LEASE
        self.leased_at = self.flushed_at = self.looked_at = self.seen_at = 0.0
        self.has_more = True
        self.ended = 0

    def send_all(self, stop: Callable[[], bool]) -> None:
        """Leases and sends until nothing is due. Raises LostError when the relay is ill."""
        self.has_more = True
        try:
            while not self.wire.ill and not stop():
                self.refill()
                if not self.under_way:
                    break
                self.wait()
                self.flush()
                self.look()
            self.wind_down()
        except DATABASE_IS_LOST:
            self.come_back(stop)
        if ill := self.wire.ill:
            self.wire.rest()
            raise LostError(ill)
        self.wire.rest()

    def refill(self) -> None:
        """Leases more when less than half a lease is under way, and urgent mail at any time."""
        now, few = time.monotonic(), len(self.under_way) <= self.size // 2
        if not few:
            if now - self.leased_at < LEASE_SECONDS:
                return
            self.leased_at = now
            self.start(self.holder.lease(SMALLEST_LEASE, above=self.least_urgent()))
            return
        if self.has_more:
            # The last lease went within its time, or it took longer: the next is as long.
            grows = now - self.leased_at < LEASE_SECONDS
            self.size = min(self.size * 2, LARGEST_LEASE) if grows else self.size // 2
            self.size = max(self.size, SMALLEST_LEASE)
        self.leased_at = now
        leased = self.holder.lease(self.size)
        self.has_more = len(leased) == self.size
        self.start(leased)

    def least_urgent(self) -> int:
        return max((one.urgency for one in self.under_way.values()), default=-32768)

    def start(self, leased: Sequence[Leased]) -> None:
        """Hands what may leave to the wire; lets go of the rest."""
        if not leased:
            return
        self.under_way |= {one.pk: one for one in leased}
        verdicts = {
            pk: Verdict(State.QUEUED, after=after) for pk, after in buckets.waits(leased).items()
        }
        going = [one for one in leased if one.pk not in verdicts]
        listed = suppressions.stopped(going)
        verdicts |= {pk: Verdict(State.SUPPRESSED) for pk in listed}
        pieces, undone = made([one for one in going if one.pk not in listed])
        self.let_go(verdicts | undone)
        self.wire.hold()
        self.wire.give(pieces)

    def let_go(self, verdicts: dict[int, Verdict]) -> None:
        """Records what became of envelopes of ours."""
        recorded = self.holder.record(stamped(verdicts))
        for pk in verdicts:
            self.under_way.pop(pk, None)
        self.ended += sum(verdicts[pk].state in Envelope.FINAL for pk in recorded)

    def wait(self) -> None:
        """Until there is enough to write, or it is time to look around."""
        self.wire.wake_at = min(FLUSH_AT, max(1, len(self.under_way) // 2))
        self.wire.news.wait(FLUSH_SECONDS / 2)
        self.wire.news.clear()

    def flush(self, *, all_of_it: bool = False) -> None:
        """Writes what the relay said, hundreds at a time."""
        now, number = time.monotonic(), len(self.wire.ends)
        soon = number < self.wire.wake_at and now - self.flushed_at < FLUSH_SECONDS
        if not number or (soon and not all_of_it and number < len(self.under_way)):
            return
        self.flushed_at = now
        ends = [self.wire.ends[place] for place in range(number)]
        batched = {end.piece.leased.batch for end in ends if is_bad(end)} - {None}
        self.let_go({end.piece.id: verdict_of(end) for end in ends})
        for _ in range(number):  # they are in SQL: if that had failed, they would still be here
            self.wire.ends.popleft()
        buckets.note(ends)
        if batched:
            batches.watch(pk for pk in batched if pk)

    def look(self) -> None:
        """Asks several times a second what is still wanted, and tells that we live."""
        now = time.monotonic()
        if now - self.looked_at > FLUSH_SECONDS:
            self.looked_at = now
            self.wire.unwanted = self.holder.unwanted()
            self.wire.hold()
        if now - self.seen_at > SEEN_SECONDS:
            self.seen_at = now
            self.holder.live()

    def wind_down(self) -> None:
        """Gives back what has not begun, waits for the verdicts on what has, and writes them."""
        self.give_back()
        until = time.monotonic() + settings.SMTP_TIMEOUT + 1
        while self.under_way and time.monotonic() < until:
            self.wait()
            self.flush(all_of_it=True)
            self.give_back()

    def give_back(self) -> None:
        back = [one.pk for one in self.wire.take_back()]
        if back:
            self.let_go({pk: Verdict(State.QUEUED) for pk in back})

    def come_back(self, stop: Callable[[], bool]) -> None:
        """The database went away: what is known is in the journal, and is written once it is back.

        Nothing more begins meanwhile. Asked to stop, it leaves all that to `recoveries`.
        """
        self.wire.take_back()
        connection.close()
        while not stop():
            try:
                if self.holder.reopen():
                    self.flush(all_of_it=True)
                    gone = [pk for pk in self.under_way if pk not in self.holder.journal.unflushed]
                    self.let_go({pk: Verdict(State.QUEUED) for pk in gone})
                    self.wind_down()
                    return
            except DATABASE_IS_LOST:
                connection.close()
            time.sleep(FLUSH_SECONDS)

    def close(self) -> None:
        """Ends the wire, then the session with the database."""
        self.wire.close()
        self.holder.close()


def made(leased: Sequence[Leased]) -> tuple[list[Piece], dict[int, Verdict]]:
    """What is to leave, in order, and what becomes of those that cannot or shall not."""
    ready: dict[int, Callable[[], bytes] | Verdict] = {}
    for kind, group in groupby(sorted(leased, key=lambda e: e.kind), key=lambda e: e.kind):
        ready |= composed(kind, list(group))
    pieces, undone = [], {}
    for one in leased:
        make = ready.get(one.pk, Verdict(State.CANCELLED))
        if isinstance(make, Verdict):
            undone[one.pk] = make
        else:
            pieces.append(Piece(one, make))
    return pieces, undone


def composed(kind: str, leased: Sequence[Leased]) -> dict[int, Callable[[], bytes] | Verdict]:
    """What makes their bytes, by id, or what becomes of those that cannot be composed.

    Those that their room does not want to be sent any more are missing. One that cannot be
    composed holds up no other.
    """
    try:
        if kind in kinds.FILLERS:
            return dict(kinds.FILLERS[kind](leased))
        envelopes = list(Envelope.objects.filter(pk__in=[one.pk for one in leased]))
        wanted = kinds.COMPOSERS[kind](envelopes)
        return {
            one.pk: partial(messages.stuffed, one, wanted[one.pk])
            for one in leased
            if one.pk in wanted
        }
    except DATABASE_IS_LOST:
        raise
    except Exception as error:
        if len(leased) > 1:
            alone = (composed(kind, [one]) for one in leased)
            return {pk: make for one in alone for pk, make in one.items()}
        return {leased[0].pk: unmade(leased[0], error)}


def unmade(leased: Leased, error: Exception) -> Verdict:
    """What becomes of an envelope whose message could not be made."""
    if isinstance(error, messages.BadAddressError):
        return Verdict(State.REFUSED, "No server can be given this address.")
    # The error's own words may name a person; its type and place do not.
    place, name = "".join(traceback.format_tb(error.__traceback__)), type(error).__name__
    logger.error("Envelope %s (%s): %s\n%s", leased.pk, leased.kind, name, place)
    return Verdict(State.QUEUED, after=UNCOMPOSED_SECONDS)


def verdict_of(end: End) -> Verdict:
    """What an end on the wire makes of its envelope.

    What the server says of the sender is about us, not about this recipient: a 5xx there is put
    off like a 4xx, until somebody has mended the settings.
    """
    piece, words, attempts = end.piece, end.reply.words, end.piece.leased.attempts
    begun_at = moment(piece.begun_at) if piece.begun_at else None
    if end.stage is Stage.UNWANTED:
        return Verdict(State.CANCELLED)
    if end.error:
        return unmade(piece.leased, end.error)
    if end.stage is Stage.LOST and not begun_at:
        return Verdict(State.QUEUED, words, LOST_SECONDS)
    if end.stage is Stage.LOST:
        return Verdict(State.IN_DOUBT, words, begun_at=begun_at, at=moment(end.at))
    verdict = (put_off if end.stage is Stage.MAIL else judge)(end.reply, attempts)
    begun_at = begun_at if verdict.after is None else None
    return verdict._replace(begun_at=begun_at, at=moment(end.at))


def is_bad(end: End) -> bool:
    return end.reply.code >= 500


def moment(seconds: float) -> datetime.datetime:
    return datetime.datetime.fromtimestamp(seconds, datetime.UTC)


def stamped(verdicts: dict[int, Verdict]) -> dict[int, Verdict]:
    """Each with the moment it was reached."""
    now = datetime.datetime.now(datetime.UTC)
    return {pk: one if one.at else one._replace(at=now) for pk, one in verdicts.items()}
