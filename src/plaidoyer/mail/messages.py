"""The bytes of one message: headers nobody can inject into, text and HTML in 7-bit lines."""

import base64
import binascii
import functools
import hmac
import re
import unicodedata
import uuid
from email.utils import format_datetime
from typing import Protocol

from django.conf import settings
from django.utils import timezone

from plaidoyer.mail import signatures
from plaidoyer.mail.kinds import Message

LINE = 76
# Marks that turn the direction of what follows: a name could make its neighbours lie.
DIRECTION_MARKS = dict.fromkeys([*range(0x202A, 0x202F), *range(0x2066, 0x206A)])
OWN_HEADERS = {
    "bcc",
    "cc",
    "content-language",
    "content-transfer-encoding",
    "content-type",
    "date",
    "dkim-signature",
    "from",
    "message-id",
    "mime-version",
    "reply-to",
    "sender",
    "subject",
    "to",
}


class BadAddressError(ValueError):
    """No mail server can be given this address."""


def build(envelope: "Addressed", message: Message) -> bytes:
    """The whole message, lines ended by CRLF. Raises BadAddressError for an impossible address."""
    lines = [line for _name, line in heading(message)]
    lines += [
        fold("To", [f"<{wire_address(envelope.to_address)}>"]),
        fold("Date", [format_datetime(timezone.now())]),
        fold("Message-ID", [message_id(envelope)]),
    ]
    # No line of quoted-printable or base64 can begin a boundary that has "=_" in it.
    parts = [part("plain", message.text), part("html", message.html)]
    body = multipart("alternative", f"=_{envelope.uid.hex}", parts)
    if message.attachments:
        files = [attachment(*one) for one in message.attachments]
        body = multipart("mixed", f"=_m{envelope.uid.hex}", [b"\r\n" + body, *files])
    return signatures.signed("\r\n".join([*lines, ""]).encode("ascii") + body)


def stuffed(envelope: "Addressed", message: Message) -> bytes:
    """The same as it goes over the line: a dot that begins a line is doubled (RFC 5321 4.5.2)."""
    return build(envelope, message).replace(b"\n.", b"\n..")


def heading(message: Message) -> list[tuple[str, str]]:
    """Names and folded lines of the headers that are the same whoever reads `message`."""
    sender = [*phrase(message.sender_name), f"<{sender_address(message.mailbox)}>"]
    lines = [("From", fold("From", sender)), ("Subject", fold("Subject", words(message.subject)))]
    if message.reply_to:
        name, address = message.reply_to
        reply_to = [*phrase(name), f"<{wire_address(address)}>"]
        lines.append(("Reply-To", fold("Reply-To", reply_to)))
    for name, value in message.headers.items():
        if not re.fullmatch(r"[A-Za-z][A-Za-z0-9-]{0,60}", name) or name.lower() in OWN_HEADERS:
            raise ValueError(f"A composer may not write the header {name!r}")
        lines.append((name, fold(name, words(value))))
    if re.fullmatch(r"[A-Za-z0-9-]{2,35}", message.language):
        lines.append(("Content-Language", fold("Content-Language", [message.language])))
    return [*lines, ("MIME-Version", "MIME-Version: 1.0")]


def part(subtype: str, text: str) -> bytes:
    """One alternative in quoted-printable, from the end of its boundary line on."""
    unix = text.replace("\r\n", "\n").replace("\r", "\n")
    quoted = binascii.b2a_qp(unix.encode("utf-8", "replace")).replace(b"\n", b"\r\n")
    head = f'\r\nContent-Type: text/{subtype}; charset="utf-8"\r\n'
    return head.encode() + b"Content-Transfer-Encoding: quoted-printable\r\n\r\n" + quoted


def multipart(subtype: str, boundary: str, parts: list[bytes]) -> bytes:
    """Several parts in one, from its header on."""
    head = fold("Content-Type", [f"multipart/{subtype};", f'boundary="{boundary}"'])
    separator = f"\r\n--{boundary}".encode()
    inner = (separator + one for one in parts)
    return b"".join([head.encode("ascii"), b"\r\n", *inner, separator, b"--\r\n"])


def attachment(name: str, content: str | bytes, kind: str = "text/plain") -> bytes:
    """A file, from the end of its boundary line on; `name` in plain ASCII.

    A text is kept in UTF-8; bytes stay what they are, under their content type `kind`.
    """
    if not re.fullmatch(r"[A-Za-z0-9][A-Za-z0-9._-]{0,60}", name):
        raise ValueError(f"A composer may not call a file {name!r}")
    if not re.fullmatch(r"[a-z]+/[a-z0-9.+-]{1,60}", kind):
        raise ValueError(f"A composer may not send files of the kind {kind!r}")
    if isinstance(content, str):
        # With the mark of UTF-8 at its beginning, for programs that would guess.
        lines = content.replace("\r\n", "\n").replace("\n", "\r\n")
        content, kind = lines.encode("utf-8-sig", "replace"), f'{kind}; charset="utf-8"'
    quoted = base64.encodebytes(content).replace(b"\n", b"\r\n")
    head = (
        f"\r\nContent-Type: {kind}\r\n"
        f'Content-Disposition: attachment; filename="{name}"\r\n'
        "Content-Transfer-Encoding: base64\r\n\r\n"
    )
    return head.encode("ascii") + quoted


class Addressed(Protocol):
    """What the engine knows of an envelope when it leaves."""

    @property
    def uid(self) -> uuid.UUID: ...
    @property
    def to_address(self) -> str: ...


def message_id(envelope: Addressed) -> str:
    """The same for every attempt, so that a message sent again can be told from another."""
    return f"<{envelope.uid.hex}@{settings.MAIL_DOMAIN}>"


def sender_address(mailbox: str) -> str:
    """`mailbox` at our own domain; `contact` when it is not a plain local part."""
    plain = re.fullmatch(r"[a-z0-9][a-z0-9.+-]{0,63}", mailbox)
    return f"{mailbox if plain else 'contact'}@{settings.MAIL_DOMAIN}"


def opaque(envelope: Addressed) -> str:
    """The envelope's uid in letters and digits that survive a change of case."""
    return envelope.uid.hex


def bounce_address(envelope: Addressed) -> str:
    """Where a bounce of this envelope comes back; its code lets nobody forge one."""
    name = opaque(envelope)
    return f"bounce-{name}-{proof('bounce', name)}@{settings.MAIL_DOMAIN}"


def proof(purpose: str, name: str) -> str:
    """What shows that we made an address of ours for that purpose, ten hex digits."""
    key = settings.SECRET_KEY.encode()
    return hmac.digest(key, f"{purpose}.{name}".encode(), "sha256")[:5].hex()


@functools.lru_cache(maxsize=1000)  # asked by the envelope, then by the header
def wire_address(address: str) -> str:
    """The address in ASCII, its domain in IDNA. Raises BadAddressError where there is no way."""
    local, _, domain = address.rpartition("@")
    try:
        domain = ascii_domain(domain)
        local.encode("ascii")
    except UnicodeError:
        raise BadAddressError from None
    wire = f"{local}@{domain}"
    if len(wire) > 254 or not re.fullmatch(r"[!-;=?-~]+@[A-Za-z0-9.\[\]:_-]+", wire):
        raise BadAddressError
    return wire


@functools.lru_cache(maxsize=1000)
def ascii_domain(domain: str) -> str:
    """The domain in IDNA. Raises UnicodeError."""
    return domain.encode("idna").decode("ascii")


def one_line(text: str) -> str:
    """`text` without line ends, control characters and marks that turn the direction."""
    if text.isascii() and text.isprintable():
        return " ".join(text.split())
    plain = "".join(
        " " if unicodedata.category(character) in {"Cc", "Cs", "Zl", "Zp"} else character
        for character in text.translate(DIRECTION_MARKS)
    )
    return " ".join(plain.split())


def words(text: str) -> list[str]:
    """A header's text in words that may be folded between: plain, or encoded (RFC 2047)."""
    text = one_line(text)
    plain = text.isascii() and "=?" not in text
    if plain and all(len(word) <= 900 for word in text.split(" ")):
        return text.split(" ")
    return encoded(text)


def phrase(name: str) -> list[str]:
    """The name before an address: quoted, or encoded (RFC 2047)."""
    name = one_line(name)
    if not name.isascii() or "=?" in name or len(name) > 60:
        return encoded(name)
    escaped = name.replace("\\", r"\\").replace('"', r"\"")
    return [f'"{escaped}"'] if name else []


def encoded(text: str) -> list[str]:
    """`text` in encoded words, none of them split inside a character."""
    chunks = [b""]
    for character in text:
        code = character.encode("utf-8", "replace")
        if len(chunks[-1]) + len(code) > 39:  # 64 characters with the frame, a line with the name
            chunks.append(b"")
        chunks[-1] += code
    return [f"=?utf-8?b?{base64.b64encode(chunk).decode()}?=" for chunk in chunks]


def fold(name: str, tokens: list[str]) -> str:
    """A header whose lines break between tokens, at 76 characters where that is possible."""
    lines = [f"{name}:"]
    for token in tokens:
        if len(lines[-1]) + 1 + len(token) > LINE and lines[-1].strip() != f"{name}:":
            lines.append("")
        lines[-1] += f" {token}"
    return "\r\n".join(lines)
