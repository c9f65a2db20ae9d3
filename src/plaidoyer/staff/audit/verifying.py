"""Whether the log is as it was written."""

import datetime
from contextlib import closing
from functools import partial

from django.db.models import QuerySet
from django.utils import timezone

from plaidoyer.lib import chains
from plaidoyer.lib.chains import BrokenChainError, Head
from plaidoyer.staff.audit.models import AuditEntry, AuditSeal
from plaidoyer.staff.audit.writing import chained

# So long a deed may take before its entry commits and is sealed.
PATIENCE = datetime.timedelta(hours=1)


def verify(remembered: str = "") -> Head:
    """Reads the whole chain. Raises BrokenChainError at the first place where an entry was changed,
    taken out or slipped in, or where the chain is not the one whose head is `remembered`."""
    head = chains.walk(links(), remembered)
    if late := unsealed().first():
        raise BrokenChainError(f"entry {late.pk} of {late.at:%Y-%m-%d %H:%M} has no seal")
    return head


def links() -> chains.Links:
    """Every seal in its place, with the entry it is of."""
    seals = AuditSeal.objects.select_related("entry").order_by("number")
    with closing(seals.iterator(2000)) as rows:  # type: ignore[type-var]
        for seal in rows:
            made = partial(chained, seal.number, entry=seal.entry)
            about = f"entry {seal.entry_id} of {seal.entry.at:%Y-%m-%d %H:%M}"
            yield seal.number, bytes(seal.hash), made, about


def head() -> Head | None:
    """The end of the chain as it stands, unverified; none before the first entry is sealed."""
    last = AuditSeal.objects.order_by("-number").first()
    return Head(last.number, bytes(last.hash).hex()) if last else None


def unsealed() -> QuerySet[AuditEntry]:
    """Entries that should have been sealed long ago."""
    return AuditEntry.objects.filter(seal=None, at__lt=timezone.now() - PATIENCE).order_by("pk")
