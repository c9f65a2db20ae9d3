"""The mails that the demo caught, in a Maildir that any mail program can read, too.

A name is when the mail came and to whom, so that a list of thousands opens only what it shows.
"""

import datetime
import os
import re
import time
from dataclasses import dataclass
from email import policy
from email.header import decode_header, make_header
from email.message import EmailMessage
from email.parser import BytesParser
from functools import cached_property
from pathlib import Path
from urllib.parse import quote, unquote

from django.utils import timezone


class Maildir:
    """A folder of caught mails."""

    def __init__(self, folder: Path | str) -> None:
        self.folder = Path(folder)
        self.last = 0
        for name in ("tmp", "new", "cur"):
            (self.folder / name).mkdir(parents=True, exist_ok=True)

    def keep(self, message: bytes, recipient: str) -> None:
        """Adds a copy of `message` for `recipient`; one writer at a time."""
        self.last = max(self.last + 1, time.time_ns())
        name = f"{self.last}.{quote(recipient.lower(), safe='@+')[:200]}"
        draft = self.folder / "tmp" / name
        draft.write_bytes(b"Delivered-To: %s\r\n" % recipient.encode("ascii", "replace") + message)
        draft.rename(self.folder / "new" / name)

    def mails(self, to: str = "") -> "list[Mail]":
        """The mails whose recipient has `to` in it, the newest first; opens none of them."""
        names = os.listdir(self.folder / "new")
        wanted = to.lower()
        found = [name for name in names if wanted in unquote(name.partition(".")[2])]
        return [Mail(self.folder / "new" / name) for name in sorted(found, reverse=True)]

    def mail(self, key: int) -> "Mail | None":
        """The mail that came as `key`."""
        for name in os.listdir(self.folder / "new"):
            if name.startswith(f"{key}."):
                return Mail(self.folder / "new" / name)
        return None


@dataclass(frozen=True)
class Mail:
    """One caught mail, read when something is asked of it."""

    path: Path

    @property
    def key(self) -> int:
        return int(self.path.name.partition(".")[0])

    @property
    def to(self) -> str:
        return unquote(self.path.name.partition(".")[2])

    @property
    def came_at(self) -> datetime.datetime:
        moment = datetime.datetime.fromtimestamp(self.key / 1e9, datetime.UTC)
        return timezone.localtime(moment)

    @cached_property
    def raw(self) -> bytes:
        return self.path.read_bytes()

    @cached_property
    def message(self) -> EmailMessage:
        return BytesParser(policy=policy.default).parsebytes(self.raw)  # type: ignore[return-value]

    @cached_property
    def headers(self) -> list[tuple[str, str]]:
        """Every header in its order, decoded."""
        head = re.split(rb"\r?\n\r?\n", self.raw, maxsplit=1)[0].decode("utf-8", "replace")
        lines = re.sub(r"\r?\n[ \t]+", " ", head).splitlines()
        return [
            (name, _decoded(value)) for name, _, value in (line.partition(": ") for line in lines)
        ]

    def header(self, name: str) -> str:
        """The first header of that name; empty when there is none."""
        return next((value for one, value in self.headers if one.lower() == name), "")

    @property
    def as_it_came(self) -> str:
        return self.raw.decode("utf-8", "replace")

    @property
    def subject(self) -> str:
        return self.header("subject")

    @property
    def sender(self) -> str:
        return self.header("from")

    @property
    def text(self) -> str:
        return self._part("plain")

    @property
    def html(self) -> str:
        return self._part("html")

    def _part(self, subtype: str) -> str:
        body = self.message.get_body((subtype,))
        if body is None:
            return ""
        payload = body.get_payload(decode=True)
        assert isinstance(payload, bytes)
        try:
            return payload.decode(body.get_content_charset("utf-8"), "replace")
        except LookupError:
            return payload.decode("utf-8", "replace")


def _decoded(value: str) -> str:
    try:
        return str(make_header(decode_header(value)))
    except (ValueError, LookupError):
        return value
