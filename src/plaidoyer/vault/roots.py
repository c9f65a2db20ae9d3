"""The organisation's own keys, unwrapped once and remembered by each process."""

import secrets
import time
from dataclasses import dataclass

from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from plaidoyer.vault import masters
from plaidoyer.vault.models import Root

Purpose = Root.Purpose
# How long a process may wrap under a root after a newer one was made, in seconds.
REMEMBERED = 60.0


@dataclass(frozen=True, slots=True)
class Ring:
    """The roots by version, the newest of which wraps, and the key of blind indexes."""

    seals: dict[int, AESGCM]
    newest: int
    mark: bytes
    read_at: float


known: Ring | None = None


def ring() -> Ring:
    """The organisation's keys as they were within the last minute; at most one query.

    Raises WrongMasterError.
    """
    global known
    if known is None or time.monotonic() - known.read_at > REMEMBERED:
        known = read()
    return known


def keep_fresh() -> None:
    """Reads the keys before they are too old, for code that may not ask the database (rush)."""
    global known
    if known is None or time.monotonic() - known.read_at > REMEMBERED / 2:
        known = read()


def opener(version: int) -> AESGCM:
    """The root of that version; one made a moment ago is looked for."""
    global known
    if version not in ring().seals:
        known = read()
    return ring().seals[version]


def read() -> Ring:
    """The keys as they stand now."""
    seals, mark = {}, b""
    for root in Root.objects.order_by("version"):
        plain = masters.unwrap(bytes(root.wrapped), about(root.purpose, root.version))
        if root.purpose == Purpose.MARK:
            mark = plain
        else:
            seals[root.version] = AESGCM(plain)
    return Ring(seals, max(seals), mark, time.monotonic())


def first() -> list[tuple[str, int, bytes]]:
    """The roots of a new installation: purpose, version and the wrapped key of each."""
    return [(purpose, 1, made(purpose, 1)) for purpose in Purpose.values]


def made(purpose: str, version: int) -> bytes:
    """A new root, wrapped."""
    return masters.wrap(secrets.token_bytes(masters.SIZE), about(purpose, version))


def about(purpose: str, version: int) -> bytes:
    """What binds a root to its place: one put in another's stead does not open."""
    return f"plaidoyer.root|{purpose}|{version}".encode()
