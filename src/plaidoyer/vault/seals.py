"""Documents sealed and opened: AES-256-GCM, a key for each, bound to its table and row.

A document is `01`, nonce, ciphertext. On its way into the database a new one has its key before it
(`K`, wrapped key); a trigger takes that off and keeps it apart. On its way out it has the row's uid
and the wrapped key before it. Sealing costs about ten microseconds, opening about as much.
"""

import json
import secrets
import uuid
from typing import Any

from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from plaidoyer.vault import roots

NONCE, KEY, TAG = 12, 32, 16
# The root's version, nonce and ciphertext of a wrapped key.
WRAPPED = 2 + NONCE + KEY + TAG
UID = 16
PLACED, DOCUMENT = b"K", b"\x01"

Parts = dict[str, Any]
# One for all: to make it costs as much as to seal.
written = json.JSONEncoder(ensure_ascii=False, separators=(",", ":")).encode


class Box:
    """One row's sealed document. Opened when somebody reads a part of it, not before."""

    __slots__ = ("_bytes", "_is_new", "_key", "_opened", "_raw", "table", "uid")

    def __init__(self, table: str, raw: bytes | None = None) -> None:
        """`raw`: as it came out of the database; none of an empty document."""
        self.table, self._raw = table, raw or b""
        self._opened: Parts | None = None if raw else {}
        self._key: bytes | None = None
        self._is_new, self._bytes = not raw, b""
        self.uid = uuid.UUID(bytes=self._raw[:UID]) if raw else None

    @classmethod
    def of(cls, table: str, uid: uuid.UUID, **parts: Any) -> "Box":
        """A new document that says `parts`."""
        box = cls(table)
        box.uid, box._opened = uid, parts
        return box

    @property
    def parts(self) -> Parts:
        """What the document says. Raises cryptography's InvalidTag for another row's document."""
        if self._opened is None:
            wrapped, document = self._raw[UID : UID + WRAPPED], self._raw[UID + WRAPPED :]
            self._key = unwrapped(self.uid, wrapped)  # type: ignore[arg-type]
            sealed = document[1 + NONCE :]
            nonce = document[1 : 1 + NONCE]
            self._opened = json.loads(AESGCM(self._key).decrypt(nonce, sealed, self.about))
        return self._opened

    def set(self, name: str, value: Any, uid: uuid.UUID) -> None:
        """Says something else in one part; what is empty is left out."""
        parts = self.parts
        self.uid, self._bytes, self._raw = self.uid or uid, b"", b""
        parts[name] = value

    @property
    def about(self) -> bytes:
        return b"%s|%s" % (self.table.encode(), self.uid.bytes)  # type: ignore[union-attr]

    def __bytes__(self) -> bytes:
        """As it goes into the database: nothing where nothing is said, which destroys the key."""
        if self._raw:
            return self._raw[UID + WRAPPED :]
        said = {name: value for name, value in self.parts.items() if value not in ("", None, {})}
        if not said:
            self._key, self._is_new = None, True
            return b""
        if not self._bytes:
            self._bytes = self._sealed(said)
        return self._bytes

    def _sealed(self, said: Parts) -> bytes:
        placed = b""
        if self._key is None or self._is_new:
            self._key = self._key or secrets.token_bytes(KEY)
            placed = PLACED + wrap(self.uid, self._key)  # type: ignore[arg-type]
        nonce, text = secrets.token_bytes(NONCE), written(said).encode()
        return placed + DOCUMENT + nonce + AESGCM(self._key).encrypt(nonce, text, self.about)


def wrap(uid: uuid.UUID, key: bytes) -> bytes:
    """A document's key under the newest root, bound to its row."""
    ring, nonce = roots.ring(), secrets.token_bytes(NONCE)
    sealed = ring.seals[ring.newest].encrypt(nonce, key, uid.bytes)
    return ring.newest.to_bytes(2) + nonce + sealed


def unwrapped(uid: uuid.UUID, wrapped: bytes) -> bytes:
    """The key again. Raises cryptography's InvalidTag for another row's."""
    root = roots.opener(int.from_bytes(wrapped[:2]))
    return root.decrypt(wrapped[2 : 2 + NONCE], wrapped[2 + NONCE :], uid.bytes)


def lay(table: str, uid: uuid.UUID, parts: Parts) -> bytes:
    """The bytes of a new document, as they go into the database."""
    return bytes(Box.of(table, uid, **parts))
