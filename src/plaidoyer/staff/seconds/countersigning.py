"""Asking for a second person, their word, and doing once what they allowed."""

import datetime
from typing import Any

from django.contrib.auth.models import User
from django.db import transaction
from django.utils import timezone

from plaidoyer.staff.models import Countersigning

GOOD_FOR = datetime.timedelta(hours=24)


class NotYoursError(Exception):
    """Whoever asked may not allow it; nor may somebody without the right, or too late."""


def ask(by: User, *, path: str, **asked: str) -> Countersigning:
    """Keeps what takes two (right, words, request_sha256); the same thing asked twice is one."""
    more = {"expires_at": timezone.now() + GOOD_FOR, "path": path}
    return Countersigning.objects.open().get_or_create(asked_by=by, **asked, defaults=more)[0]


@transaction.atomic
def decide(asked: Countersigning, *, by: User, is_allowed: bool) -> None:
    """A second person allows it or does not. Raises NotYoursError."""
    held = Countersigning.objects.select_for_update().open().filter(pk=asked.pk).first()
    if held is None or not held.may_be_decided_by(by):
        raise NotYoursError
    held.decided_by, held.decided_at, held.is_allowed = by, timezone.now(), is_allowed
    held.save(update_fields=["decided_by", "decided_at", "is_allowed"])


def take(by: User, **asked: str) -> bool:
    """Notes as done what `by` asked for and somebody allowed; False where there is none such. Twice
    at the same moment is once."""
    ready = Countersigning.objects.ready().filter(asked_by=by, **asked)
    one = ready.order_by("pk").first()
    return one is not None and bool(ready.filter(pk=one.pk).update(done_at=timezone.now()))


def lists(user: User) -> dict[str, Any]:
    """What waits for `user` to decide, and what they asked for themselves."""
    rows = Countersigning.objects.select_related("asked_by", "decided_by").order_by("-asked_at")
    waiting = [one for one in rows.open() if one.may_be_decided_by(user)]
    return {"waiting": waiting, "mine": list(rows.filter(asked_by=user)[:20])}
