"""Reports that servers write: what could not be delivered (RFC 3464), what was called spam (5965).

The stdlib's parser first; flufl.bounce for servers that write as it was before 1996.
"""

import contextlib
import logging
import re
import uuid
from dataclasses import dataclass
from email.message import Message

from django.conf import settings
from flufl.bounce import all_failures

from plaidoyer.mail.inbound import codes, parts
from plaidoyer.mail.messages import one_line

# It logs with the text of what it cannot read; ours is read by nobody but its addressee.
logging.getLogger("flufl.bounce").setLevel(logging.CRITICAL)

FAILED, DELAYED = "failed", "delayed"
# What a person, or the program that reads for them, means by spam. "not-spam" takes it back, and
# "auth-failure" is a report to whoever keeps the domain.
COMPLAINTS = {"abuse", "fraud", "virus", "other", "opt-out", "opt-out-list", "miscategorized"}


@dataclass(frozen=True, slots=True)
class Report:
    """What one report says of one of our mails."""

    action: str  # failed, delayed, or another word of RFC 3464; of a complaint its type
    code: str = ""
    words: str = ""


def delivery(message: Message) -> Report | None:
    """What a server says of the delivery; None where this is no such report."""
    status = parts.first(message, "message/delivery-status", "message/global-delivery-status")
    return (status and _standard(status)) or _odd(message)


def _standard(status: Message) -> Report | None:
    """The worst of what RFC 3464 says of each recipient."""
    reports = [report for block in _blocks(status) if (report := _recipient(block))]
    rank = {FAILED: 0, DELAYED: 1}
    return min(reports, key=lambda report: rank.get(report.action, 2), default=None)


def _blocks(status: Message) -> list[Message]:
    """The groups of fields, parsed or, where the parser gave up, taken from the text."""
    payload = status.get_payload()
    if isinstance(payload, list):
        blocks = [one for one in payload if isinstance(one, Message)][: parts.MOST_PARTS]
        if any("status" in block or "action" in block for block in blocks):
            return blocks
    text = parts.decoded(status) if not isinstance(payload, list) else ""
    groups = re.split(r"\r?\n[ \t]*\r?\n", text)[: parts.MOST_PARTS]
    return [parts.parsed(group.strip().encode("utf-8", "replace")) for group in groups]


def _recipient(block: Message) -> Report | None:
    """What one group says; None for the group about the whole message."""
    diagnostic = parts.header(block, "Diagnostic-Code")
    code = codes.found(parts.header(block, "Status", 60), diagnostic)
    action = parts.header(block, "Action", 60).lower().split(" ")[0].split(";")[0]
    if not action and not code:
        return None
    action = action or (FAILED if code.startswith("5") else DELAYED)
    said = re.sub(r"^[\w-]+\s*;\s*", "", diagnostic)
    return Report(action, code, (said or code)[:500])


def _odd(message: Message) -> Report | None:
    """What flufl.bounce makes of a report that keeps to no standard."""
    try:
        temporary, permanent = all_failures(message)
    except Exception:
        return None
    if not temporary and not permanent:
        return None
    text = parts.text(message)
    code = codes.found(text)
    if not permanent:
        return Report(DELAYED, code, _telling(text))
    return Report(FAILED, code or "5.0.0", _telling(text))


def _telling(text: str) -> str:
    """The line of `text` with a code in it, else its first."""
    lines = [one_line(line) for line in text.split("\n") if line.strip()]
    found = (line for line in lines if codes.ENHANCED.search(line) or codes.BASIC.search(line))
    return next(found, lines[0] if lines else "")[:500]


def complaint(message: Message) -> Report | None:
    """What a feedback report says; None where this is none."""
    feedback = parts.first(message, "message/feedback-report")
    if feedback is None:
        return None
    fields = _fields(feedback)
    kind = parts.header(fields, "Feedback-Type", 60).lower() or "abuse"
    agent = parts.header(fields, "User-Agent", 100)
    return Report(kind, "", f"{kind} {agent}".strip()[:500])


def _fields(part: Message) -> Message:
    payload = part.get_payload()
    if isinstance(payload, list) and payload and isinstance(payload[0], Message):
        return payload[0]
    return parts.parsed(parts.decoded(part).strip().encode("utf-8", "replace"))


def named(raw: bytes) -> list[uuid.UUID]:
    """The envelopes whose Message-ID stands in `raw`, anywhere.

    It is a random number of ours: whoever knows it had the mail. Reports often leave out, or
    black out, to whom that went.
    """
    domain = re.escape(settings.MAIL_DOMAIN.encode())
    ids = re.findall(rb"([0-9a-f]{32})@" + domain, unfolded(raw), re.IGNORECASE)[:20]
    return [uuid.UUID(found.decode()) for found in dict.fromkeys(ids)]


def returned(raw: bytes) -> list[str]:
    """The local parts of bounce addresses of ours that stand in `raw`; their codes unchecked."""
    shape = rb"(bounce-[0-9a-f]{32}-[0-9a-f]{10})@"
    found = re.findall(shape, unfolded(raw), re.IGNORECASE)[:20]
    return [one.decode().lower() for one in dict.fromkeys(found)]


def unfolded(raw: bytes) -> bytes:
    """`raw` with the soft ends of quoted-printable lines taken out."""
    with contextlib.suppress(MemoryError):
        return raw[: parts.LONGEST_REPORT].replace(b"=\r\n", b"").replace(b"=\n", b"")
    return b""
