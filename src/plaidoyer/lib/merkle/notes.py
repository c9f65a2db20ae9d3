"""Signed notes and checkpoints: what a log says of itself, in a form that many programs read.

https://c2sp.org/signed-note, https://c2sp.org/tlog-checkpoint, https://c2sp.org/tlog-cosignature
"""

import base64
import binascii
import struct
from dataclasses import dataclass
from hashlib import sha256

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey

ED25519, COSIGNATURE = b"\x01", b"\x04"


class BadNoteError(ValueError):
    """It is no note, or no checkpoint, or not signed by this key."""


@dataclass(frozen=True, slots=True)
class Checkpoint:
    """A log at one size. `more`: further lines of ours."""

    origin: str
    size: int
    root: bytes
    more: tuple[str, ...] = ()

    @property
    def text(self) -> str:
        """The body of its note."""
        root = base64.b64encode(self.root).decode()
        return "".join(f"{line}\n" for line in (self.origin, self.size, root, *self.more))


def read(note: str) -> Checkpoint:
    """The checkpoint that a note is about, whoever signed it. Raises BadNoteError."""
    lines = split(note)[0].splitlines()
    try:
        origin, size, root, *more = lines
        found = Checkpoint(origin, int(size), base64.b64decode(root, validate=True), tuple(more))
    except (ValueError, binascii.Error) as error:
        raise BadNoteError(str(error)) from None
    if not origin or len(found.root) != 32 or not size.isascii() or str(found.size) != size:
        raise BadNoteError("not a checkpoint")
    return found


def split(note: str) -> tuple[str, list[str]]:
    """The text of a note with its last line break, and its signature lines."""
    text, gap, signatures = note.rpartition("\n\n")
    if not gap or not signatures.endswith("\n"):
        raise BadNoteError("not a note")
    return f"{text}\n", signatures.splitlines()


def key_id(name: str, algorithm: bytes, public: bytes) -> bytes:
    return sha256(name.encode() + b"\n" + algorithm + public).digest()[:4]


def verifier(name: str, key: Ed25519PrivateKey, algorithm: bytes = ED25519) -> str:
    """The public key in the form that is given away: name+id+key."""
    public = key.public_key().public_bytes_raw()
    encoded = base64.b64encode(algorithm + public).decode()
    return f"{name}+{key_id(name, algorithm, public).hex()}+{encoded}"


def sign(text: str, name: str, key: Ed25519PrivateKey) -> str:
    """The note of `text`, signed under `name`."""
    blob = key_id(name, ED25519, key.public_key().public_bytes_raw()) + key.sign(text.encode())
    return f"{text}\n{line(name, blob)}"


def cosign(note: str, name: str, key: Ed25519PrivateKey, at: int) -> str:
    """A witness's line under a checkpoint, at a moment in seconds since 1970."""
    public = key.public_key().public_bytes_raw()
    signature = key.sign(cosigned(split(note)[0], at))
    return line(name, key_id(name, COSIGNATURE, public) + struct.pack(">Q", at) + signature)


def cosigned(text: str, at: int) -> bytes:
    return f"cosignature/v1\ntime {at}\n{text}".encode()


def line(name: str, blob: bytes) -> str:
    return f"— {name} {base64.b64encode(blob).decode()}\n"


def verify(note: str, vkey: str) -> int:
    """When the holder of `vkey` signed the note, in seconds since 1970; 0 where it says no time.

    Raises BadNoteError where no line is theirs, or one is wrong.
    """
    try:
        name, number, encoded = vkey.split("+", 2)
        key = base64.b64decode(encoded, validate=True)
        wanted, algorithm = bytes.fromhex(number), key[:1]
        public = Ed25519PublicKey.from_public_bytes(key[1:])
    except ValueError:
        raise BadNoteError("not a key") from None
    text, signatures = split(note)
    for signature in signatures:
        dash, signer, blob = [*signature.split(" "), "", ""][:3]
        raw = base64.b64decode(blob) if dash == "—" and signer == name else b""
        if raw[:4] != wanted:
            continue
        is_witness = algorithm == COSIGNATURE
        at = struct.unpack(">Q", raw[4:12])[0] if is_witness else 0
        said = cosigned(text, at) if is_witness else text.encode()
        try:
            public.verify(raw[12:] if is_witness else raw[4:], said)
        except InvalidSignature:
            raise BadNoteError(f"{name} did not sign this") from None
        return at
    raise BadNoteError(f"not signed by {name}")
