"""Links that only their holder can have: a random id with a keyed proof of what it opens.

Nothing personal is in a token, and a token for one purpose opens no other.
"""

import uuid

from django.core import signing


class BadTokenError(ValueError):
    """The token is not one of ours, or not for this purpose."""


def make(purpose: str, uid: uuid.UUID) -> str:
    """A URL-safe token that opens `purpose` (such as "confirm") for the row with `uid`."""
    short = signing.b64_encode(uid.bytes).decode()
    return signing.Signer(salt=f"plaidoyer.{purpose}", sep=".").sign(short)


def read(purpose: str, token: str) -> uuid.UUID:
    """The uid that `token` opens. Raises BadTokenError for anything that `make` did not make."""
    try:
        short = signing.Signer(salt=f"plaidoyer.{purpose}", sep=".").unsign(token)
        return uuid.UUID(bytes=signing.b64_decode(short.encode()))
    except (signing.BadSignature, ValueError):
        raise BadTokenError(purpose) from None
