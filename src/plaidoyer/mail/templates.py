"""A message for many, compiled to bytes once; for each reader only its slots are filled.

A slot is one character of Unicode's private use area in the words of a Message. The bytes between
slots are quoted-printable already and in the relaxed canonical form of DKIM: no two spaces in a
row, no tab, no space at the end of a line, no dot at its beginning. Soft line breaks stand around
every slot, so that no value makes a line longer than 76 characters.
"""

import base64
import hashlib
import re
import time
from collections.abc import Callable, Mapping, Sequence
from email.utils import formatdate
from html import escape
from typing import Any

from plaidoyer.mail import messages, signatures
from plaidoyer.mail.kinds import Message

SOFT = b"=\r\n"
WIDTH = 75
# Most values need no encoding at all.
PLAIN = re.compile(rb"(?!\.)(?: ?[!-<>-~])+")
# A space may stand where no other is before it and nothing ends: a slot may follow.
ENCODED = re.compile(rb"[^ !-<>-~]|(?<= ) |^ | $")
# A line of a header that is the same for everybody, or what makes it for one reader.
Line = bytes | Callable[[Any, Mapping[str, str]], bytes]


class Template:
    """A Message with slots, compiled."""

    def __init__(self, message: Message, slots: Sequence[str]) -> None:
        """`slots` are the characters that stand for something in the words of `message`."""
        self.slots = slots
        self.lines = self._lines(message)
        boundary = f"=_{hashlib.sha256(message.html.encode()).hexdigest()[:24]}"
        kind = messages.fold("Content-Type", ["multipart/alternative;", f'boundary="{boundary}"'])
        self.lines.append(("content-type", f"{kind}\r\n".encode()))
        self.h = signatures.h_value(signatures.header_names([name for name, _ in self.lines]))
        order = {name: number for number, name in enumerate(signatures.SIGNED)}
        known = [(name, line) for name, line in self.lines if name in order]
        self.relaxed: list[Line] = [
            signatures.relaxed_header(line[:-2])[1] if isinstance(line, bytes) else line
            for _, line in sorted(known, key=lambda one: order[one[0]])
        ]
        # The body: a chunk, a hole, a chunk, ..., a hole, a chunk.
        self.chunks: list[bytes] = []
        self.holes: list[tuple[str, bool]] = []
        rest = self._part(b"", boundary, "plain", message.text)
        rest = self._part(rest, boundary, "html", message.html)
        self.chunks.append(rest + f"--{boundary}--\r\n".encode())

    def _lines(self, message: Message) -> list[tuple[str, Line]]:
        """The header, by lower-case name; Content-Type is missing."""
        fixed: list[tuple[str, str]] = messages.heading(message)
        lines: list[tuple[str, Line]] = [
            ("to", lambda to, _: b"To: <%b>\r\n" % messages.wire_address(to.to_address).encode()),
            ("date", lambda _to, _: date_line()),
            ("message-id", lambda to, _: f"Message-ID: {messages.message_id(to)}\r\n".encode()),
        ]
        for name, value in [("Subject", message.subject), *message.headers.items()]:
            if any(slot in value for slot in self.slots):
                lines.append((name.lower(), self._slotted(name, value)))
                fixed = [one for one in fixed if one[0] != name]
        return [*((name.lower(), f"{text}\r\n".encode()) for name, text in fixed), *lines]

    def _slotted(self, name: str, value: str) -> Line:
        pieces = re.split(f"([{''.join(self.slots)}])", value)

        def line(_to: Any, values: Mapping[str, str]) -> bytes:
            words = "".join(values.get(one, "") if n % 2 else one for n, one in enumerate(pieces))
            return f"{messages.fold(name, messages.words(words))}\r\n".encode()

        return line

    def _part(self, literal: bytes, boundary: str, subtype: str, text: str) -> bytes:
        """One alternative, from its boundary line on; what follows the last slot is given back."""
        head = f'--{boundary}\r\nContent-Type: text/{subtype}; charset="utf-8"\r\n'
        head += "Content-Transfer-Encoding: quoted-printable\r\n\r\n"
        pieces = re.split(f"([{''.join(self.slots)}])", text) if self.slots else [text]
        literal, column = literal + head.encode(), 0
        for number, piece in enumerate(pieces):
            if number % 2:
                self.chunks.append(literal + (SOFT if column else b""))
                self.holes.append((piece, subtype == "html"))
                literal, column = SOFT, 0
            else:
                quoted, column = quote(piece)
                literal += quoted
        return literal + b"\r\n"

    def fill(self, to: Any, values: Mapping[str, str]) -> bytes:
        """The whole message to `to` (uid, to_address), signed; a slot without a value is empty.

        Raises BadAddressError for an address that no server can be given.
        """
        ready: dict[tuple[str, bool], bytes] = {}
        parts = [self.chunks[0]]
        for number, hole in enumerate(self.holes, 1):
            if (value := ready.get(hole)) is None:
                text = values.get(hole[0], "")
                value = ready[hole] = fit(escape(text) if hole[1] else text)
            parts += (value, self.chunks[number])
        body = b"".join(parts)
        made = {
            name: line if isinstance(line, bytes) else line(to, values) for name, line in self.lines
        }
        return b"".join([*self._signatures(made, body), *made.values(), b"\r\n", body])

    def _signatures(self, made: Mapping[str, bytes], body: bytes) -> list[bytes]:
        if not (ours := signatures.signers()):
            return []
        names = [name for name in signatures.SIGNED if name in made]
        headers = b"".join(
            fixed if isinstance(fixed, bytes) else signatures.relaxed_header(made[name][:-2])[1]
            for name, fixed in zip(names, self.relaxed, strict=True)
        )
        # The body is in canonical form as it is.
        digest = base64.b64encode(hashlib.sha256(body).digest()).decode()
        return [one.header(self.h, headers, digest) for one in ours]


def compile(message: Message, slots: Sequence[str] = ()) -> Template:
    """`message` ready to be filled for each reader; done once for a mailing and language."""
    return Template(message, slots)


def quote(text: str) -> tuple[bytes, int]:
    """`text` in quoted-printable, canonical, and at which column it ends."""
    unix = text.replace("\r\n", "\n").replace("\r", "\n").encode("utf-8", "replace")
    done: list[bytes] = []
    column = 0
    for line in unix.split(b"\n"):
        broken, column = in_lines(line)
        done.append(broken)
    return b"\r\n".join(done), column


def in_lines(line: bytes) -> tuple[bytes, int]:
    """One line in quoted-printable, softly broken, and at which column it ends."""
    left = ENCODED.sub(lambda found: _coded(found[0]), line)
    rows: list[bytes] = []
    while True:
        # In a row's first place neither may stand: no dot to double, no space to lose.
        if left[:1] in {b" ", b"."}:
            left = _coded(left[:1]) + left[1:]
        if len(left) <= WIDTH:
            return SOFT.join([*rows, left]), len(left)
        # Not within =XX.
        code = left.rfind(b"=", WIDTH - 2, WIDTH)
        cut = code if code > 0 else WIDTH
        rows.append(left[:cut])
        left = left[cut:]


def _coded(byte: bytes) -> bytes:
    return b"=%02X" % byte[0]


def fit(value: str) -> bytes:
    """A slot's value in quoted-printable; it stands between two soft line breaks."""
    quoted = value.encode("utf-8", "replace")
    if len(quoted) <= WIDTH and PLAIN.fullmatch(quoted):
        return quoted
    return quoted and in_lines(quoted)[0]


_date: tuple[int, bytes] = (0, b"")


def date_line() -> bytes:
    """The header Date, made once a second."""
    global _date
    now = int(time.time())
    if _date[0] != now:
        _date = now, f"Date: {formatdate(now)}\r\n".encode()
    return _date[1]
