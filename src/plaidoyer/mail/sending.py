"""The engine: leases due envelopes, has them composed, and hands them to the relay.

What it promises: an envelope ends in one state, by name. Whatever is killed at whatever moment, no
envelope is skipped and none leaves twice; one whose body had begun and whose verdict is not known
is in doubt, at most one for each sender that died. Sending it again is left to a person.
"""

import logging
import threading
import time
import traceback
from collections.abc import Callable, Iterator, Sequence
from itertools import groupby
from typing import NamedTuple

from django.conf import settings

from plaidoyer.lib.addresses import canonical
from plaidoyer.mail import messages
from plaidoyer.mail.kinds import COMPOSERS
from plaidoyer.mail.leases import Holder
from plaidoyer.mail.models import Envelope, Suppression
from plaidoyer.mail.relay import LostError, Relay, Reply

logger = logging.getLogger(__name__)
State = Envelope.State

BATCH = 50
# After this long a sender gives back what it has not begun, so that urgent mail overtakes.
LEASE_SECONDS = 10
# Seconds from one 4xx to the next attempt, the last again and again: 22 attempts are three days.
BACK_OFF = [60, 300, 900, 3600, 4 * 3600]
MOST_ATTEMPTS = 22
LOST_SECONDS = 30
UNCOMPOSED_SECONDS = 300
# So many sessions lost one after the other mean that the relay is ill, not a message.
MOST_LOSSES = 3
RELAY_REST_SECONDS = 10

draining = threading.Lock()
relay_rests_until = 0.0
relay_is_lost = False


class Verdict(NamedTuple):
    """What becomes of an envelope; `after` so many seconds when it is to be tried again."""

    state: State
    words: str = ""
    after: int | None = None


def send_due(stop: Callable[[], bool] = lambda: False) -> int:
    """Sends everything that is due, the urgent first; how many envelopes came to an end.

    One drain at a time in a process; any number of processes may drain side by side. `stop` is
    asked before each message. While the relay cannot be reached nothing is leased: envelopes
    wait as they are, and no attempt is counted.
    """
    global relay_rests_until, relay_is_lost
    if not settings.SMTP_HOST or time.monotonic() < relay_rests_until:
        return 0
    if not draining.acquire(blocking=False):
        return 0
    try:
        if not Envelope.objects.due().exists():
            return 0
        sender = Sender()
        try:
            sender.send_all(stop)
            relay_is_lost = False
        except LostError as error:
            if not relay_is_lost:
                logger.warning("The mail relay cannot be reached, mail waits: %s", error)
            relay_is_lost = True
            relay_rests_until = time.monotonic() + RELAY_REST_SECONDS
        finally:
            sender.close()
        return sender.ended
    finally:
        draining.release()


class Sender:
    """What one drain needs: a holder of leases and a session with the relay."""

    def __init__(self) -> None:
        self.holder = Holder()
        self.relay: Relay | None = None
        self.losses = 0
        self.ended = 0

    def send_all(self, stop: Callable[[], bool]) -> None:
        """Leases and sends until nothing is due. Raises LostError when the relay is ill."""
        self.relay = Relay()
        while not stop() and (batch := self.holder.lease(BATCH)):
            try:
                overdue = time.monotonic() + LEASE_SECONDS
                for envelope, message in self.composed(batch):
                    if stop() or time.monotonic() > overdue:
                        break
                    self.send(envelope, message)
            finally:
                self.holder.give_back()

    def composed(self, batch: Sequence[Envelope]) -> Iterator[tuple[Envelope, bytes]]:
        """Those that are still to be sent, with their bytes, in order; the others are let go."""
        canonicals = {canonical(envelope.to_address) for envelope in batch}
        suppressed = set(
            Suppression.objects.filter(address__in=canonicals).values_list("address", flat=True)
        )
        wanted = [e for e in batch if canonical(e.to_address) not in suppressed]
        composed: dict[int, bytes | Verdict] = {}
        for kind, group in groupby(sorted(wanted, key=lambda e: e.kind), key=lambda e: e.kind):
            composed |= compose(kind, list(group))
        for envelope in batch:
            if canonical(envelope.to_address) in suppressed:
                self.end(envelope, Verdict(State.SUPPRESSED))
                continue
            message = composed.get(envelope.pk, Verdict(State.CANCELLED))
            if isinstance(message, Verdict):
                self.end(envelope, message)
            else:
                yield envelope, message

    def send(self, envelope: Envelope, message: bytes) -> None:
        """One message: offers it, commits that it begins, sends it, records the verdict."""
        if self.relay is None or not self.relay.is_open:
            self.relay = Relay()
        begun = False
        try:
            verdict = offer(self.relay, envelope)
            if verdict is None:
                if not (begun := self.holder.begin(envelope)):
                    self.relay.close()  # cancelled a moment ago, and the server waits for a body
                    return
                verdict = judge(envelope, self.relay.pour(message))
            self.losses = 0
        except LostError as error:
            self.losses += 1
            words = str(error)[:500]
            verdict = Verdict(State.QUEUED, words, LOST_SECONDS)
            if begun:
                verdict = Verdict(State.IN_DOUBT, words)
        self.end(envelope, verdict)
        if self.losses >= MOST_LOSSES:
            raise LostError(verdict.words)

    def end(self, envelope: Envelope, verdict: Verdict) -> None:
        self.holder.leave(envelope, *verdict)
        self.ended += verdict.state in Envelope.FINAL

    def close(self) -> None:
        """Ends both sessions; the lock goes with the database's."""
        if self.relay:
            self.relay.close(politely=True)
        self.holder.close()


def offer(relay: Relay, envelope: Envelope) -> Verdict | None:
    """Names sender and recipient until the server asks for the body; else why it does not.

    What the server says of the sender is about us, not about this recipient: a 5xx there is put
    off like a 4xx, until somebody has mended the settings. Raises LostError.
    """
    reply = relay.command(f"MAIL FROM:<{messages.bounce_address(envelope)}>")
    if reply.code >= 400:
        return put_off(envelope, reply)
    reply = relay.command(f"RCPT TO:<{messages.wire_address(envelope.to_address)}>")
    if reply.code < 400:
        reply = relay.command("DATA", wanted=3)
    if reply.code < 400:
        return None
    relay.forget()
    return judge(envelope, reply)


def judge(envelope: Envelope, reply: Reply) -> Verdict:
    """What the server's word on a recipient or a body makes of the envelope."""
    if reply.code < 400:
        return Verdict(State.ACCEPTED, reply.words)
    return Verdict(State.REFUSED, reply.words) if reply.code >= 500 else put_off(envelope, reply)


def put_off(envelope: Envelope, reply: Reply) -> Verdict:
    """Later, and later each time; after three days of attempts never."""
    if envelope.attempts + 1 >= MOST_ATTEMPTS:
        return Verdict(State.REFUSED, reply.words)
    after = BACK_OFF[min(envelope.attempts, len(BACK_OFF) - 1)]
    return Verdict(State.DEFERRED, reply.words, after)


def compose(kind: str, envelopes: Sequence[Envelope]) -> dict[int, bytes | Verdict]:
    """Their bytes by id, or what becomes of those that cannot be composed.

    Those that their room does not want to be sent any more are missing. One that cannot be
    composed holds up no other.
    """
    try:
        wanted = COMPOSERS[kind](envelopes)
        return {e.pk: messages.build(e, wanted[e.pk]) for e in envelopes if e.pk in wanted}
    except Exception as error:
        if len(envelopes) > 1:
            alone = (compose(kind, [envelope]) for envelope in envelopes)
            return {pk: message for one in alone for pk, message in one.items()}
        if isinstance(error, messages.BadAddressError):
            return {envelopes[0].pk: Verdict(State.REFUSED, "No server can be given this address.")}
        # The error's own words may name a person; its type and place do not.
        place = "".join(traceback.format_tb(error.__traceback__))
        name = type(error).__name__
        logger.error("Envelope %s (%s): %s\n%s", envelopes[0].pk, kind, name, place)
        return {envelopes[0].pk: Verdict(State.QUEUED, "", UNCOMPOSED_SECONDS)}
