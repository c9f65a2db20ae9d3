"""Who was erased, written outside the database too: an old copy put back must not bring them back.

A line is a moment and a random number that only our own tables know. It names nobody.
"""

import os
import uuid
from collections.abc import Callable, Iterable

from django.conf import settings

from plaidoyer.supporters.models import Erasure, Supporter


def line(erasure: Erasure) -> str:
    """How one erasure is written down."""
    return f"{erasure.erased_at.isoformat()} {erasure.supporter.uid}\n"


def note(erasure: Erasure) -> None:
    """Writes it to ERASURES_FILE, on the disk before it returns."""
    flags = os.O_CREAT | os.O_APPEND | os.O_WRONLY
    file = os.open(settings.ERASURES_FILE, flags, 0o600)
    try:
        os.write(file, line(erasure).encode())
        os.fsync(file)
    finally:
        os.close(file)


def listed() -> str:
    """All erasures that the database knows, as lines."""
    rows = Erasure.objects.select_related("supporter").order_by("erased_at")
    return "".join(line(one) for one in rows)


def reapply(lines: Iterable[str], erase: Callable[[Supporter], object]) -> tuple[int, int]:
    """Has those erased again whom the database still knows; how many, and how many lines.

    Raises ValueError with the number of a line that is none.
    """
    uids = []
    for number, written in enumerate(lines, 1):
        try:
            uids.append(uuid.UUID(written.split()[1]))
        except (IndexError, ValueError):
            raise ValueError(number) from None
    back = Supporter.objects.filter(uid__in=uids, erasure=None)
    return sum(erase(one) is not None for one in back), len(uids)
