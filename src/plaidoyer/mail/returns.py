"""What comes back and for whom: rooms register for their kinds, and ask for reply addresses.

A room registers its receiver when Django starts (its `apps.py`), so that mail knows no room.
"""

import datetime
import hmac
import re
import uuid
from collections.abc import Callable, Iterable
from dataclasses import dataclass

from django.conf import settings
from django.db.models import QuerySet

from plaidoyer.mail import messages
from plaidoyer.mail.models import Envelope, Incoming

BOUNCE, COMPLAINT, REPLY, AUTO_REPLY = "bounce", "complaint", "reply", "auto_reply"


@dataclass(frozen=True, slots=True)
class Coming:
    """What came back of one envelope, as it was read."""

    kind: str  # bounce, complaint, reply or auto_reply
    envelope: Envelope
    code: str  # RFC 3463, such as 5.1.1; empty where none was said
    words: str  # the server's, in one line
    sender: str  # the address that wrote; empty for reports
    subject: str
    text: str  # the plain words of a reply, bounded; never HTML
    received_at: datetime.datetime
    incoming: Incoming  # the row it was read from; its bytes go after a while
    sender_name: str = ""
    via: str = ""  # by which of our addresses: bounce, reply or letter


# Runs inside the transaction that records what came: if it raises, nothing of it happened, and
# it is called again later.
Receiver = Callable[[Coming], None]

RECEIVERS: dict[str, list[Receiver]] = {}


def register(kind: str, receiver: Receiver) -> None:
    """Lets `receiver` know of all that comes back of envelopes of `kind`."""
    RECEIVERS.setdefault(kind, []).append(receiver)


# Desks of ours that a room keeps: whether a name is one, and who takes what comes. What is kept
# of it says the receiver by the row's `words`.
DESKS: list[tuple[Callable[[str], bool], Callable[[Incoming], None]]] = []


def keep_desk(is_desk: Callable[[str], bool], receiver: Callable[[Incoming], None]) -> None:
    """Lets `receiver` have each mail to a name that `is_desk` says yes to, as it came."""
    DESKS.append((is_desk, receiver))


def desk(recipient: str) -> Callable[[Incoming], None] | None:
    """Who takes mail to `recipient`; None where no room keeps such a desk."""
    local, _at, domain = recipient.rpartition("@")
    if domain.lower() != settings.MAIL_DOMAIN.lower():
        return None
    return next((receiver for is_desk, receiver in DESKS if is_desk(local)), None)


def tell(coming: Coming) -> None:
    """Hands `coming` to whoever registered for the kind of its envelope."""
    for receiver in RECEIVERS.get(coming.envelope.kind, ()):
        receiver(coming)


def reply_address(envelope: Envelope) -> str:
    """Where an answer to this envelope comes to us; its code lets nobody invent one."""
    return address("reply", envelope)


def address(purpose: str, envelope: Envelope) -> str:
    """`purpose`-opaque-code@ our domain."""
    return f"{local_part(purpose, envelope)}@{settings.MAIL_DOMAIN}"


def local_part(purpose: str, envelope: Envelope) -> str:
    """What stands before the @: purpose is bounce, reply, or letter (a letter's own From)."""
    name = messages.opaque(envelope)
    return f"{purpose}-{name}-{messages.proof(purpose, name)}"


SHAPE = re.compile(r"(bounce|reply|letter)-([0-9a-f]{32})-([0-9a-f]{10})", re.ASCII)


def read_local_part(local: str) -> tuple[str, uuid.UUID] | None:
    """Purpose and envelope uid of an address of ours; None where the code is not right."""
    if not (found := SHAPE.fullmatch(local.lower())):
        return None
    purpose, name, proof = found.groups()
    if not hmac.compare_digest(proof, messages.proof(purpose, name)):
        return None
    return purpose, uuid.UUID(name)


def erase(envelopes: QuerySet[Envelope] | Iterable[Envelope]) -> int:
    """Empties what came back of `envelopes` of whom it was about; how many rows."""
    return Incoming.objects.filter(envelope__in=envelopes).update(sealed=b"", recipient="", mark="")
