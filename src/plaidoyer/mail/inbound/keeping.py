"""What came in is a row before anything is made of it, and goes again after its time."""

import datetime
import hashlib

from django.conf import settings
from django.db.models import Q, QuerySet
from django.utils import timezone

from plaidoyer.mail.messages import one_line
from plaidoyer.mail.models import Incoming

MOST_BYTES = 10 * 1024 * 1024
# What is left of a row when its bytes are gone: that an address sent something back, which code.
LAST_YEAR = datetime.timedelta(days=400)
BATCH = 500


class TooLongError(ValueError):
    """It is longer than anything we keep."""


def keep(raw: bytes, *, via: str, recipient: str = "", sender: str = "") -> bool:
    """Stores what came, once; False when it is there already. Raises TooLongError.

    A server that did not hear our yes hands the same over again: same recipient, same bytes.
    """
    if len(raw) > MOST_BYTES:
        raise TooLongError
    digest = hashlib.sha256(recipient.lower().encode("utf-8", "replace") + b"\0" + raw)
    row = Incoming(  # type: ignore[misc]
        sha256=digest.hexdigest(),
        via=via,
        recipient=one_line(recipient)[:254],
        sender=one_line(sender)[:254],
        raw=raw,
    )
    before = Incoming.objects.filter(sha256=row.sha256).exists()
    Incoming.objects.bulk_create([row], ignore_conflicts=True)
    return not before


def forget(now: datetime.datetime | None = None) -> int:
    """Empties what was read and is older than INCOMING_DAYS; how many rows. BATCH at a time.

    What was nothing of ours goes as a whole; of the rest the facts stay for a year.
    """
    now = now or timezone.now()
    old = now - datetime.timedelta(days=settings.INCOMING_DAYS)
    read = Incoming.objects.filter(read_at__isnull=False)
    useless = Q(kind__in=["stray", "unreadable"], received_at__lt=old)
    gone = read.filter(useless | Q(received_at__lt=now - LAST_YEAR))
    deleted, _kinds = _some(gone).delete()
    full = read.filter(received_at__lt=old).exclude(sealed=b"")
    emptied = _some(full).update(sealed=b"", recipient="")
    return deleted + emptied


def _some(rows: QuerySet[Incoming]) -> QuerySet[Incoming]:
    return Incoming.objects.filter(pk__in=list(rows.values_list("pk", flat=True)[:BATCH]))
