"""Links that only their holder can have: a random id with a keyed proof of what it opens.

Nothing personal is in a token, and a token for one purpose opens no other. Tokens are those of
Django's Signer (salt `plaidoyer.PURPOSE`, a dot between); its key for a purpose is derived once
here, for a mailing has two for each reader.
"""

import functools
import hashlib
import hmac
import uuid

from django.conf import settings
from django.core import signing


class BadTokenError(ValueError):
    """The token is not one of ours, or not for this purpose."""


def make(purpose: str, uid: uuid.UUID) -> str:
    """A URL-safe token that opens `purpose` (such as "confirm") for the row with `uid`."""
    short = signing.b64_encode(uid.bytes)
    proof = hmac.digest(_key(purpose, settings.SECRET_KEY), short, "sha256")
    return (short + b"." + signing.b64_encode(proof)).decode()


@functools.lru_cache(maxsize=256)
def _key(purpose: str, secret: str) -> bytes:
    return hashlib.sha256(f"plaidoyer.{purpose}signer{secret}".encode()).digest()


def read(purpose: str, token: str) -> uuid.UUID:
    """The uid that `token` opens. Raises BadTokenError for anything that `make` did not make."""
    try:
        short = signing.Signer(salt=f"plaidoyer.{purpose}", sep=".").unsign(token)
        return uuid.UUID(bytes=signing.b64_decode(short.encode()))
    except (signing.BadSignature, ValueError):
        raise BadTokenError(purpose) from None
