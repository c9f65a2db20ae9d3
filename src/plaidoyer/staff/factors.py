"""Whether somebody came in by a second factor, and how long ago they last proved who they are."""

import time

from allauth.account.authentication import (
    AUTHENTICATION_METHODS_SESSION_KEY,
    get_authentication_records,
)
from allauth.account.internal.flows.login import record_authentication
from django.contrib.auth.models import User
from django.http import HttpRequest

MINUTES = 15
# What proves again who somebody is; to have asked for a new password is none.
PROOFS = {"mfa", "password"}


def passed(request: HttpRequest) -> bool:
    """Whether this session went through a second factor, or set one up.

    It is the session that is asked, not the account: one that was open before a second factor was
    set up elsewhere stays outside.
    """
    records = get_authentication_records(request, request.user)
    return any(record["method"] == "mfa" for record in records)


def mark(request: HttpRequest, user: User, kind: str) -> None:
    """Writes into the session that `user` just showed a second factor of `kind`."""
    record_authentication(request, user, "mfa", type=kind)


def is_fresh(request: HttpRequest) -> bool:
    """Whether they showed a password or a second factor within the last 15 minutes."""
    records = get_authentication_records(request, request.user)
    shown = [record["at"] for record in records if record["method"] in PROOFS]
    return bool(shown) and time.time() - max(shown) < MINUTES * 60


def marks(user: User) -> dict[str, object]:
    """What a session has after `mark`, for tests."""
    return {
        AUTHENTICATION_METHODS_SESSION_KEY: [{"method": "mfa", "at": time.time(), "type": "totp"}],
        f"{AUTHENTICATION_METHODS_SESSION_KEY}_user": str(user.pk),
    }
