"""One message on its way through a sender: from the lease, over the line, to the verdict."""

import enum
import uuid
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, NamedTuple

from plaidoyer.mail.relay import Reply


class Leased(NamedTuple):
    """An envelope that a sender holds; what it needs to know of it."""

    pk: int
    uid: uuid.UUID
    kind: str
    to_address: str
    urgency: int
    attempts: int
    batch: int | None
    # What its room has read of its reader already (kinds.Reader).
    known: Any = None


class Stage(enum.Enum):
    """What a reply answers, or where a message came to its end."""

    NONE = enum.auto()
    RSET = enum.auto()
    MAIL = enum.auto()
    RCPT = enum.auto()
    DATA = enum.auto()
    BODY = enum.auto()
    VOID = enum.auto()
    LOST = enum.auto()
    UNWANTED = enum.auto()
    UNMADE = enum.auto()


@dataclass(slots=True, eq=False)
class Piece:
    """A message that is to leave, made at the last moment."""

    leased: Leased
    # Its bytes as they go over the line, dots doubled; the last dot is missing.
    make: Callable[[], bytes]
    mail_from: bytes = b""
    rcpt_to: bytes = b""
    data: bytes = b""
    begun_at: float | None = None

    @property
    def id(self) -> int:
        return self.leased.pk


class End(NamedTuple):
    """Where a message came to its end, for now or for good."""

    piece: Piece
    stage: Stage
    reply: Reply
    at: float
    error: Exception | None = None
