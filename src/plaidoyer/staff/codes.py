"""The six digits of an authenticator app (RFC 6238), each of which opens once."""

import time

from allauth.mfa import app_settings
from allauth.mfa.models import Authenticator
from allauth.mfa.totp.internal import auth
from allauth.mfa.utils import decrypt
from django.contrib.auth.models import User
from django.db import transaction


def spend(authenticator: Authenticator, code: str) -> bool:
    """Notes that `code` was used; False where it, or a later one, was before.

    In the database, not in the cache of one web process: else each of them would take it once
    (RFC 6238, section 5.2).
    """
    counter = next((one for one in _window() if _code(authenticator, one) == code), None)
    if counter is None:
        return True
    with transaction.atomic():
        kept = Authenticator.objects.select_for_update().get(pk=authenticator.pk)
        if kept.data.get("spent", 0) >= counter:
            return False
        kept.data["spent"] = counter
        kept.save(update_fields=["data"])
    return True


def of(user: User) -> str:
    """A code that opens for `user` now: what their app shows, or will in a moment."""
    app = Authenticator.objects.get(user=user, type=Authenticator.Type.TOTP)
    fresh = [one for one in _window()[1:] if one > app.data.get("spent", 0)]
    return _code(app, fresh[0] if fresh else _window()[-1])


def set_up(user: User, secret: str) -> None:
    """Gives `user` an authenticator app with that secret, in base32."""
    auth.TOTP.activate(user, secret)


def _window() -> list[int]:
    """The counters that are good now: the last, this and the next half minute."""
    now = int(time.time()) // app_settings.TOTP_PERIOD
    return [now - 1, now, now + 1]


def _code(authenticator: Authenticator, counter: int) -> str:
    secret = decrypt(authenticator.data["secret"])
    return auth.format_hotp_value(auth.hotp_value(secret, counter))
