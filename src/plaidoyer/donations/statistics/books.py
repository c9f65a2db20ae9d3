"""The bookkeeper's report: what came by each method, was given back and kept, day by day or month
by month. Every number is a sum of postings of the ledger."""

import datetime
from collections import Counter
from dataclasses import dataclass, field

from django.db.models import Sum
from django.db.models.functions import TruncDate, TruncMonth
from django.utils import timezone

from plaidoyer.donations.models import Posting
from plaidoyer.donations.words import Account, Method


@dataclass(slots=True)
class Line:
    """A day or month, or all of them; in minor units of the book's currency."""

    day: datetime.date | None = None
    # What came by each method, less what went back of it.
    gifts: Counter[str] = field(default_factory=Counter)
    fees: int = 0
    # What more, or less, is with the card provider than before: its own net figure.
    provider: int = 0

    @property
    def given(self) -> int:
        return sum(self.gifts.values())

    def add(self, account: str, method: str, amount: int) -> None:
        if account == Account.GIFTS:
            self.gifts[method] -= amount
        elif account == Account.FEES:
            self.fees += amount
        elif account == Account.PROVIDER:
            self.provider += amount


@dataclass(slots=True)
class Book:
    """All of a span in one currency."""

    currency: str
    lines: dict[datetime.date, Line] = field(default_factory=dict)
    total: Line = field(default_factory=Line)

    @property
    def methods(self) -> list[Method]:
        """Those by which something came or went back, in their usual order."""
        return [one for one in Method if any(one in line.gifts for line in self.lines.values())]


@dataclass(frozen=True, slots=True)
class Span:
    """A month ("2026-09"), told by days, or a year ("2026"), told by months."""

    said: str
    since: datetime.datetime
    until: datetime.datetime

    @property
    def is_year(self) -> bool:
        return len(self.said) == 4


def span(said: str) -> Span:
    """The span that `said` names. Raises ValueError."""
    year, month = (said[:4], said[5:]) if len(said) == 7 else (said, "")
    first = datetime.date(int(year), int(month or 1), 1)
    after = (first.year + 1, 1) if not month or first.month == 12 else (first.year, first.month + 1)
    begins, ends = (
        timezone.make_aware(datetime.datetime.combine(day, datetime.time()))
        for day in (first, datetime.date(*after, 1))
    )
    return Span(said, begins, ends)


def of(span: Span) -> list[Book]:
    """The books of a span, one for each currency; a day without postings has no line."""
    step = TruncMonth if span.is_year else TruncDate
    rows = (
        Posting.objects.filter(
            entry__happened_at__gte=span.since, entry__happened_at__lt=span.until
        )
        .annotate(day=step("entry__happened_at"))
        .values_list("currency", "day", "account", "method")
        .annotate(sum=Sum("amount"))
        .order_by("currency", "day")
    )
    books: dict[str, Book] = {}
    for currency, at, account, method, amount in rows:
        book = books.setdefault(currency, Book(currency))
        day = at.date() if isinstance(at, datetime.datetime) else at
        for line in (book.lines.setdefault(day, Line(day)), book.total):
            line.add(account, method, amount)
    return list(books.values())
