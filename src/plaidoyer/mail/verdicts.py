"""What the relay's words make of an envelope."""

from plaidoyer.mail.leases import Verdict
from plaidoyer.mail.models import Envelope
from plaidoyer.mail.relay import Reply

State = Envelope.State

# Seconds from one 4xx to the next attempt, the last again and again: 22 attempts are three days.
BACK_OFF = [60, 300, 900, 3600, 4 * 3600]
MOST_ATTEMPTS = 22


def judge(reply: Reply, attempts: int) -> Verdict:
    """What the server's word on a recipient or a body makes of an envelope tried so often."""
    if reply.code < 400:
        return Verdict(State.ACCEPTED, reply.words)
    if reply.code >= 500:
        return Verdict(State.REFUSED, reply.words)
    return put_off(reply, attempts)


def put_off(reply: Reply, attempts: int) -> Verdict:
    """Later, and later each time; after three days of attempts never."""
    if attempts + 1 >= MOST_ATTEMPTS:
        return Verdict(State.REFUSED, reply.words)
    return Verdict(State.DEFERRED, reply.words, BACK_OFF[min(attempts, len(BACK_OFF) - 1)])
