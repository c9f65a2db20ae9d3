"""A bank's file from its upload to the ledger, and back."""

import datetime
import hashlib
from collections import Counter
from collections.abc import Iterable
from typing import Any

from django.db import transaction
from django.utils import timezone

from plaidoyer.donations.bank import formats
from plaidoyer.donations.bank.formats import Line
from plaidoyer.donations.ledgers import booking
from plaidoyer.donations.models import (
    BankFormat,
    BankImport,
    BankLine,
    Donation,
    Payment,
    Reversal,
)


class DoneError(ValueError):
    """The line was booked, set aside or undone by somebody meanwhile."""


def upload(raw: bytes, *, name: str, by: Any) -> BankImport:
    """Keeps a file as it came, with its bank where its header is known. Raises UnreadableError."""
    found = formats.rows(raw)
    known = BankFormat.objects.filter(fingerprint=formats.fingerprint(found)).first()
    return BankImport.objects.create(raw=raw, name=name[:200], format=known, uploaded_by=by)  # type: ignore[misc]


def remember(
    upload: BankImport, *, name: str, mapping: dict[str, int | str], currency: str
) -> BankFormat:
    """Keeps which column says what, for this file and the next of the bank."""
    found = formats.rows(bytes(upload.raw))
    facts = {"name": name, "mapping": mapping, "currency": currency, "used_at": timezone.now()}
    format, _new = BankFormat.objects.update_or_create(
        fingerprint=formats.fingerprint(found), defaults=facts
    )
    BankImport.objects.filter(pk=upload.pk).update(format=format)
    upload.format = format
    return format


@transaction.atomic
def keep_lines(upload: BankImport) -> tuple[list[BankLine], list[Line]]:
    """The lines on which money came, those that are new kept as rows; and those with a fault.

    A line that another file has told of is the same row: the order in which alike lines of one
    day stand tells them apart.
    """
    assert upload.format
    said = formats.rows(bytes(upload.raw))
    read = list(formats.read(said, upload.format.mapping, upload.format.currency))
    good = [line for line in read if not line.fault]
    rows = [row(line, upload, which) for line, which in numbered(good)]
    BankLine.objects.bulk_create(rows, ignore_conflicts=True, batch_size=1000)
    kept = BankLine.objects.filter(sha256__in=[one.sha256 for one in rows])
    order = {one.sha256: place for place, one in enumerate(rows)}
    lines = sorted(kept, key=lambda one: order[one.sha256])
    return lines, [line for line in read if line.fault]


def numbered(lines: Iterable[Line]) -> list[tuple[Line, int]]:
    """Each line with how many alike ones stand before it."""
    seen: Counter[tuple[Any, ...]] = Counter()
    told = []
    for line in lines:
        facts = (line.day, line.amount, line.currency, line.name, line.words)
        told.append((line, seen[facts]))
        seen[facts] += 1
    return told


def row(line: Line, upload: BankImport, which: int) -> BankLine:
    assert line.day
    assert upload.format
    facts = (upload.format.pk, line.day, line.amount, line.currency, line.name, line.words, which)
    return BankLine(  # type: ignore[misc]
        source=BankLine.Source.FILE,
        upload=upload,
        number=line.number,
        booked_on=line.day,
        amount=line.amount,
        currency=line.currency,
        name=line.name,
        words=line.words,
        sha256=hashlib.sha256("\x1f".join(map(str, facts)).encode()).hexdigest(),
    )


@transaction.atomic
def book(line: BankLine, donation: Donation, *, by: Any) -> Payment:
    """Books a line as money of a gift. Raises DoneError where that was done meanwhile."""
    held = BankLine.objects.select_for_update().get(pk=line.pk)
    if held.payment_id or held.set_aside_at:
        raise DoneError
    payment = booking.receive(
        donation,
        amount=held.amount,
        currency=held.currency,
        method=donation.method if donation.method in {"interac", "transfer"} else "transfer",
        paid_at=noon(held.booked_on),
        by=by,
    )
    BankLine.objects.filter(pk=held.pk).update(payment=payment)
    return payment


def noon(day: datetime.date) -> datetime.datetime:
    return timezone.make_aware(datetime.datetime.combine(day, datetime.time(12)))


@transaction.atomic
def book_all(upload: BankImport, chosen: dict[int, Donation], *, by: Any) -> int:
    """Books the chosen lines of a file (their keys, each with its gift); how many. The file's
    bytes go: what is needed is in the lines."""
    done = 0
    lines = BankLine.objects.filter(pk__in=chosen, payment=None, set_aside_at=None)
    for line in lines.order_by("pk"):
        book(line, chosen[line.pk], by=by)
        done += 1
    BankImport.objects.filter(pk=upload.pk).update(booked_at=timezone.now(), sealed=b"")
    return done


@transaction.atomic
def undo(upload: BankImport, *, by: Any) -> int:
    """Voids every payment of a file's lines, which are open again; how many.

    What went back of a payment meanwhile stays gone.
    """
    undone = 0
    for line in BankLine.objects.select_for_update().filter(upload=upload, payment__isnull=False):
        undone += undo_line(line, by=by)
    BankImport.objects.filter(pk=upload.pk).update(undone_at=timezone.now())
    return undone


@transaction.atomic
def undo_line(line: BankLine, *, by: Any) -> bool:
    """Voids the payment of one line, which is open again; False where there is none."""
    held = BankLine.objects.select_for_update().get(pk=line.pk)
    if held.payment is None:
        return False
    if booking.left(held.payment):
        booking.give_back(held.payment, kind=Reversal.Kind.VOID, by=by)
    BankLine.objects.filter(pk=held.pk).update(payment=None)
    return True


def set_aside(line: BankLine, because: str, twin: BankLine | None = None) -> bool:
    """Says that a line is no gift, or the money of its twin; False where it is booked."""
    open_one = BankLine.objects.filter(pk=line.pk, payment=None, set_aside_at=None)
    return bool(
        open_one.update(set_aside_at=timezone.now(), set_aside_because=because[:200], twin=twin)
    )
