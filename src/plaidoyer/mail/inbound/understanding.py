"""What came, understood from its bytes alone: no database, no clock, and nothing breaks it."""

import json
import uuid
from dataclasses import dataclass
from email.message import Message
from typing import Any

from plaidoyer.mail import returns
from plaidoyer.mail.inbound import automatic, codes, parts, reports
from plaidoyer.mail.messages import one_line
from plaidoyer.mail.models import Incoming

Kind = Incoming.Kind
# What keeps the words of a provider's event, instead of a mail.
EVENT = "event"
# When a provider says why in a word of its own instead of the server's code.
REASONS = {"invalid": "5.1.3", "bounced": "5.0.0", "timed_out": "4.4.7", "spam": "5.7.1"}


@dataclass(frozen=True, slots=True)
class Understood:
    """What one incoming row says, and of which envelopes: the first that exists is meant."""

    kind: str
    uids: tuple[uuid.UUID, ...] = ()
    code: str = ""
    words: str = ""
    sender: str = ""
    sender_name: str = ""
    subject: str = ""
    text: str = ""
    # To whom a provider says that it went, where it does not repeat our Message-ID.
    address: str = ""
    via: str = ""


def understand(raw: bytes, *, via: str, recipient: str, sender: str) -> Understood:
    """Reads `raw`, that came for `recipient` from the envelope sender `sender`.

    Only an address whose code is right, and only a Message-ID of ours, which is a secret of its
    reader's, says of which envelope it is: whatever else a report names can be made up.
    """
    if via.startswith(f"{EVENT}:"):
        return _event(raw)
    message = parts.parsed(raw)
    local = recipient.rpartition("@")[0]
    ours = returns.read_local_part(local)
    if said := reports.complaint(message):
        return _complaint(raw, said, ours)
    if ours is None:
        return Understood(Kind.STRAY, words=_subject(message))
    purpose, uid = ours
    by_machine = not sender or automatic.MACHINES.match(sender) or _is_report(message)
    report = reports.delivery(message) if by_machine else None
    if report and not (_is_away(message) and not _is_report(message)):
        kinds = {reports.FAILED: Kind.BOUNCE, reports.DELAYED: Kind.DELAY}
        kind = kinds.get(report.action, Kind.STRAY)
        return Understood(kind, (uid,), report.code, report.words, via=purpose)
    name, address = parts.sender(message)
    return Understood(
        Kind.AUTO_REPLY if automatic.is_automatic(message, sender) else Kind.REPLY,
        (uid,),
        words=_subject(message),
        sender=address,
        sender_name=name,
        subject=_subject(message),
        text=parts.text(message),
        via=purpose,
    )


def _complaint(raw: bytes, said: reports.Report, ours: tuple[str, uuid.UUID] | None) -> Understood:
    """A complaint of one of our mails: by the address it came to, else by what it sends back."""
    proven = [returns.read_local_part(local) for local in reports.returned(raw)]
    uids = [found[1] for found in [ours, *proven] if found] + reports.named(raw)
    kind = Kind.COMPLAINT if said.action in reports.COMPLAINTS else Kind.STRAY
    return Understood(kind, tuple(dict.fromkeys(uids)), words=said.words)


def _is_report(message: Message) -> bool:
    kind = str(message.get_content_type())
    return kind == "multipart/report" or "x-failed-recipients" in message


def _is_away(message: Message) -> bool:
    return bool(automatic.SUBJECT.match(_subject(message)))


def _subject(message: Message) -> str:
    return parts.header(message, "Subject", 250)


def _event(raw: bytes) -> Understood:
    """What a provider's webhook said, as `webhooks` kept it."""
    try:
        said: dict[str, Any] = json.loads(raw)
        happened, reason = str(said["event"]), str(said.get("reason") or "")
        words = one_line(str(said.get("words") or ""))[:500]
        address = one_line(str(said.get("recipient") or ""))[:254]
        uids = tuple(uuid.UUID(str(uid)) for uid in said.get("uids") or [])
    except (ValueError, KeyError, TypeError, AttributeError, RecursionError):
        return Understood(Kind.UNREADABLE)
    kinds = {
        "bounced": Kind.BOUNCE,
        "rejected": Kind.BOUNCE,
        "failed": Kind.BOUNCE,
        "deferred": Kind.DELAY,
        "complained": Kind.COMPLAINT,
        "autoresponded": Kind.AUTO_REPLY,
    }
    kind = kinds.get(happened, Kind.STRAY)
    code = ""
    if kind in {Kind.BOUNCE, Kind.DELAY}:
        code = codes.found(words) or REASONS.get(reason, "5.7.0")
    return Understood(kind, uids, code, words or reason, address=address)
