"""Whether the log is as it was written."""

import datetime
from dataclasses import dataclass

from django.db.models import QuerySet
from django.utils import timezone

from plaidoyer.staff.audit.models import AuditEntry, AuditSeal
from plaidoyer.staff.audit.writing import ZERO, chained

# So long a deed may take before its entry commits and is sealed.
PATIENCE = datetime.timedelta(hours=1)


@dataclass(frozen=True, slots=True)
class Head:
    """How many entries are chained, and the last hash: whoever keeps it notices a shorter chain."""

    number: int
    hash: str

    def __str__(self) -> str:
        return f"{self.number}:{self.hash}"


class BrokenChainError(Exception):
    """The chain does not hold; the message says where."""


def verify(remembered: str = "") -> Head:
    """Reads the whole chain. Raises BrokenChainError at the first place where an entry was changed,
    taken out or slipped in, or where the chain is not the one whose head is `remembered`."""
    place, before = 0, ZERO
    kept = remembered.partition(":")[0]
    for seal in AuditSeal.objects.select_related("entry").order_by("number").iterator(2000):
        if seal.number != place + 1:
            raise BrokenChainError(f"seal {place + 1}, or its entry, is missing")
        place += 1
        if chained(place, before, seal.entry) != bytes(seal.hash):
            when = f"{seal.entry.at:%Y-%m-%d %H:%M}"
            raise BrokenChainError(f"seal {place} does not fit entry {seal.entry_id} of {when}")
        before = bytes(seal.hash)
        if kept == str(place) and remembered != str(Head(place, before.hex())):
            raise BrokenChainError(f"seal {place} is another one than you remember")
    if kept and int(kept) > place:
        raise BrokenChainError(f"the chain ends at {place}; you remember {kept}")
    if late := unsealed().first():
        raise BrokenChainError(f"entry {late.pk} of {late.at:%Y-%m-%d %H:%M} has no seal")
    return Head(place, before.hex())


def head() -> Head | None:
    """The end of the chain as it stands, unverified; none before the first entry is sealed."""
    last = AuditSeal.objects.order_by("-number").first()
    return Head(last.number, bytes(last.hash).hex()) if last else None


def unsealed() -> QuerySet[AuditEntry]:
    """Entries that should have been sealed long ago."""
    return AuditEntry.objects.filter(seal=None, at__lt=timezone.now() - PATIENCE).order_by("pk")
