"""A chain of rows that only grows: each link is a keyed hash of a row and of the link before.

The key comes from SECRET_KEY, which is not in the database: whoever writes there cannot make the
chain anew.
"""

import hmac
import json
from collections.abc import Callable, Generator
from contextlib import closing
from dataclasses import dataclass
from typing import Any

from django.conf import settings

ZERO = bytes(32)
# A link's number and hash, what makes it of the link before, and what it is about.
Link = tuple[int, bytes, Callable[[bytes], bytes], str]
Links = Generator[Link, None, None]


@dataclass(frozen=True, slots=True)
class Head:
    """How many links there are, and the last hash: whoever keeps it notices a shorter chain."""

    number: int
    hash: str

    def __str__(self) -> str:
        return f"{self.number}:{self.hash}"


class BrokenChainError(Exception):
    """The chain does not hold; the message says where."""


def digest(name: str, said: list[Any]) -> bytes:
    """The hash of what a row says, `said`, in the chain of that name."""
    key = hmac.digest(settings.SECRET_KEY.encode(), name.encode(), "sha256")
    return hmac.digest(key, json.dumps(said, ensure_ascii=False).encode(), "sha256")


def walk(links: Links, remembered: str = "") -> Head:
    """Reads a whole chain. Raises BrokenChainError at the first place where a link is missing or
    does not fit, or where the chain is not the one whose head is `remembered`."""
    place, before = 0, ZERO
    kept = remembered.partition(":")[0]
    # Where it breaks, the cursor behind it is closed before anybody hears.
    with closing(links):
        for number, link, made, about in links:
            if number != place + 1:
                raise BrokenChainError(f"seal {place + 1}, or its entry, is missing")
            place += 1
            if made(before) != link:
                raise BrokenChainError(f"seal {place} does not fit {about}")
            before = link
            if kept == str(place) and remembered != str(Head(place, before.hex())):
                raise BrokenChainError(f"seal {place} is another one than you remember")
    if kept and int(kept) > place:
        raise BrokenChainError(f"the chain ends at {place}; you remember {kept}")
    return Head(place, before.hex())
