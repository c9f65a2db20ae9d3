"""The master key, which is never in the database: MASTER_KEY, else the file MASTER_KEY_FILE."""

import base64
import contextlib
import hashlib
import os
import secrets
from pathlib import Path

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from django.conf import settings
from django.core.exceptions import ImproperlyConfigured

NONCE = 12
SIZE = 32


class WrongMasterError(ImproperlyConfigured):
    """The database was sealed under another master key."""


def held() -> list[bytes]:
    """The master keys, the one that wraps first; the rest still opens, until `rotation` is done.

    Read anew each time: a running program takes part in a rotation without a restart. Raises
    ImproperlyConfigured for what is no key.
    """
    written = settings.MASTER_KEY or kept(settings.MASTER_KEY_FILE)
    try:
        found = [base64.urlsafe_b64decode(key) for key in written.replace(",", " ").split()]
    except ValueError:
        found = []
    if not found or any(len(key) != SIZE for key in found):
        raise ImproperlyConfigured("MASTER_KEY must be 32 bytes in base64 (plaidoyer keys new).")
    return found


def new() -> str:
    """A master key as it is written."""
    return base64.urlsafe_b64encode(secrets.token_bytes(SIZE)).decode()


def kept(path: Path) -> str:
    """What is in the file, made with a new key where there is none."""
    if not path.exists():
        # Linked into place whole: two programs may start at the same moment.
        draft = drafted(path, new())
        with contextlib.suppress(FileExistsError):
            os.link(draft, path)
        draft.unlink()
    return path.read_text()


def write(path: Path, keys: list[str]) -> None:
    """Puts `keys` in the file's place, one a line; whole, on the disk, for its owner alone."""
    drafted(path, "\n".join(keys) + "\n").rename(path)


def drafted(path: Path, text: str) -> Path:
    draft = path.with_suffix(f".{os.getpid()}")
    draft.unlink(missing_ok=True)
    with open(os.open(draft, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o400), "w") as file:
        file.write(text)
        file.flush()
        os.fsync(file.fileno())
    return draft


def fingerprint(key: bytes) -> str:
    """Eight letters that tell one master key from another and help nobody to find it."""
    return hashlib.sha256(b"plaidoyer.master." + key).hexdigest()[:8]


def wrap(root: bytes, about: bytes) -> bytes:
    """A root of the organisation under the first master key."""
    nonce = secrets.token_bytes(NONCE)
    return nonce + AESGCM(held()[0]).encrypt(nonce, root, about)


def unwrap(wrapped: bytes, about: bytes) -> bytes:
    """The root again. Raises WrongMasterError where none of the master keys opens it."""
    for key in held():
        with contextlib.suppress(InvalidTag):
            return AESGCM(key).decrypt(wrapped[:NONCE], wrapped[NONCE:], about)
    raise WrongMasterError(
        "The personal data of this database is sealed under another master key. Give the program "
        "the MASTER_KEY or MASTER_KEY_FILE that it was made with."
    )
