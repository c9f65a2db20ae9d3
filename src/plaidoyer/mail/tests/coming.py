"""What servers and people send back, for the tests: a corpus after the shapes of many servers."""

from pathlib import Path

from django.utils import timezone

from plaidoyer.mail import envelopes, messages, returns
from plaidoyer.mail.inbound import keeping, reading
from plaidoyer.mail.models import Envelope, Incoming

CORPUS = sorted((Path(__file__).parent / "returned").glob("*.eml"))


def mail(path: Path | str, envelope: Envelope, *, to: str = "bounce") -> bytes:
    """One of the corpus, about `envelope`, addressed to its `to` address."""
    if isinstance(path, str):
        [path] = [one for one in CORPUS if one.stem == path]
    facts = {
        b"{verp}": returns.address(to, envelope).encode(),
        b"{rcpt}": envelope.to_address.encode(),
        b"{mid}": messages.message_id(envelope).strip("<>").encode(),
    }
    raw = path.read_bytes().replace(b"\n", b"\r\n")
    for name, value in facts.items():
        raw = raw.replace(name, value)
    return raw


def sent(kind: str = "note", to: str = "suzie@post.example", state: str = "accepted") -> Envelope:
    """An envelope that the relay took a moment ago."""
    [envelope] = envelopes.queue(kind=kind, to_addresses=[to])
    steps = {"accepted": ["leased", "accepted"], "leased": ["leased"], "queued": []}
    for step in steps[state]:
        Envelope.objects.filter(pk=envelope.pk).update(
            state=step, ended_at=timezone.now() if step == "accepted" else None
        )
    envelope.refresh_from_db()
    return envelope


def comes(raw: bytes, envelope: Envelope, *, to: str = "bounce", sender: str = "") -> Incoming:
    """`raw` came in for the `to` address of `envelope`, and was read."""
    recipient = returns.address(to, envelope) if to in {"bounce", "reply", "letter"} else to
    keeping.keep(raw, via="smtp", recipient=recipient, sender=sender)
    row = Incoming.objects.latest("id")
    reading.read(row.pk)
    row.refresh_from_db()
    return row


def bounces(envelope: Envelope, code: str = "5.1.1", words: str = "no such user") -> Incoming:
    """The mail in `envelope` comes back with `code`."""
    raw = mail("bounce.5.1.1.postfix", envelope)
    raw = raw.replace(b"5.1.1", code.encode()).replace(b"User unknown", words.encode())
    return comes(raw.replace(b"550", b"554"), envelope)
