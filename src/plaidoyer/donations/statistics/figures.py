"""Gifts in numbers. Every one is a sum of postings, or a count of gifts with money left."""

import datetime
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from django.db.models import Case, CharField, Count, F, Min, Q, QuerySet, Sum, Value, When
from django.db.models.functions import Coalesce, TruncMonth
from django.utils import timezone

from plaidoyer.actions import sharing
from plaidoyer.donations.models import Donation, Payment, Posting, RecurringStep
from plaidoyer.donations.words import Account, Channel, Method
from plaidoyer.lib.words import Words
from plaidoyer.newsletters.models import Mailing

MONTHS = 12


@dataclass(frozen=True, slots=True)
class Row:
    """One line of a table: what it is about, its sum in minor units, its number of payments."""

    label: str
    amount: int
    number: int


def gifts(since: datetime.datetime, until: datetime.datetime, currency: str) -> QuerySet[Posting]:
    """The postings to the account of gifts in a span; what went back is among them, by its day."""
    return Posting.objects.filter(
        account=Account.GIFTS,
        currency=currency,
        entry__happened_at__gte=since,
        entry__happened_at__lt=until,
    )


def grouped(postings: QuerySet[Posting], by: Any) -> list[tuple[Any, int, int]]:
    """Postings by something: its value, the sum given, the number of payments."""
    donated = postings.annotate(
        by=by,
        donation=Coalesce("entry__payment__donation", "entry__reversal__payment__donation"),
    )
    rows = donated.values_list("by").annotate(
        sum=-Sum("amount"), number=Count("entry", Q(entry__payment__isnull=False))
    )
    return sorted(rows, key=lambda row: -row[1])


DONATION = ("entry__payment__donation", "entry__reversal__payment__donation")


def of_donation(field: str) -> Coalesce:
    """A column of the gift that a posting is about."""
    return Coalesce(*(F(f"{way}__{field}") for way in DONATION))


def by_month(postings: QuerySet[Posting], months: int = MONTHS) -> list[tuple[datetime.date, int]]:
    """What was given in each of the last months, the oldest first; months without are 0."""
    found = {
        at.date(): amount for at, amount, _n in grouped(postings, TruncMonth("entry__happened_at"))
    }
    return [(month, found.get(month, 0)) for month in last_months(months)]


def last_months(number: int) -> list[datetime.date]:
    """The first days of this month and those before it, the oldest first."""
    today = timezone.localdate()
    count = today.year * 12 + today.month - 1
    return [
        datetime.date(one // 12, one % 12 + 1, 1) for one in range(count - number + 1, count + 1)
    ]


def since_month(months: int = MONTHS) -> datetime.datetime:
    """The moment at which the oldest of the last months began."""
    first = datetime.datetime.combine(last_months(months)[0], datetime.time())
    return timezone.make_aware(first)


def tables(postings: QuerySet[Posting]) -> dict[str, list[Row]]:
    """By method, fund, campaign, channel and source."""
    return {
        "method": [
            Row(str(Method(name).label), amount, number)
            for name, amount, number in grouped(postings, F("method"))
        ],
        "fund": [
            Row(str(Words(name)), amount, number)
            for name, amount, number in grouped(postings, F("fund__name"))
        ],
        "campaign": [
            Row(str(Words(name)) if name else "—", amount, number)
            for name, amount, number in grouped(postings, of_donation("campaign__name"))
        ],
        "channel": [
            Row(str(Channel(name).label), amount, number)
            for name, amount, number in grouped(postings, of_donation("channel"))
        ],
        "source": by_source(postings),
    }


def by_source(postings: QuerySet[Posting]) -> list[Row]:
    """By the way donors came: a mailing by its name, personal links together by their channel."""
    rows = grouped(postings, of_donation("via"))
    codes = [via.partition(".")[2] for via, _amount, _number in rows]
    mailings = dict(Mailing.objects.filter(public_id__in=codes).values_list("public_id", "name"))
    amounts: Counter[str] = Counter()
    numbers: Counter[str] = Counter()
    for via, amount, number in rows:
        label = source(via, mailings)
        amounts[label] += amount
        numbers[label] += number
    return [Row(label, amount, numbers[label]) for label, amount in amounts.most_common()]


def source(via: str, mailings: dict[str, str]) -> str:
    """What a gift's source is called; as it stands in the link where it is none of ours."""
    name, _dot, code = via.partition(".")
    if (channel := sharing.KNOWN.get(name)) is None:
        return via or "—"
    return f"{channel.label}: {mailings[code]}" if code in mailings else str(channel.label)


def new_and_returning(
    since: datetime.datetime, until: datetime.datetime, currency: str
) -> dict[str, int]:
    """How many donors of a span gave for the first time then, and how many had given before.

    A donor is an address; gifts without one count as one donor each.
    """
    who = Case(
        When(Q(donation__mark=""), then=Value("")),
        default=F("donation__mark"),
        output_field=CharField(),
    )
    paid = Payment.objects.filter(paid_at__lt=until, currency=currency)
    firsts = paid.annotate(who=who).exclude(who="").values("who").annotate(first=Min("paid_at"))
    gave = set(
        paid.filter(paid_at__gte=since)
        .exclude(donation__mark="")
        .values_list("donation__mark", flat=True)
    )
    before = {row["who"] for row in firsts if row["first"] < since}
    donors = set(gave)
    nameless = paid.filter(paid_at__gte=since, donation__mark="").values("donation").distinct()
    return {
        "new": len(donors - before),
        "returning": len(donors & before),
        "unknown": nameless.count(),
    }


def monthly() -> dict[str, int]:
    """Monthly gifts by card by where they stand: the last step of each, by the provider's clock."""
    lasts = RecurringStep.objects.order_by("gift", "-at", "-pk").distinct("gift")
    return dict(Counter(lasts.values_list("state", flat=True)))


@dataclass(frozen=True, slots=True)
class Cohort:
    """The monthly gifts that began in a month, and how many still gave in each month after."""

    month: datetime.date
    began: int
    kept: list[int]


def retention(months: int = 6) -> list[Cohort]:
    """Monthly gifts of every method by the month of their first payment, the oldest first."""
    shown = last_months(months)
    paid: dict[int, set[datetime.date]] = {}
    rows = Payment.objects.filter(donation__frequency="monthly").annotate(
        month=TruncMonth("paid_at")
    )
    for donation, at in rows.values_list("donation", "month"):
        paid.setdefault(donation, set()).add(at.date())
    told = []
    for number, month in enumerate(shown):
        ours = [months_ for months_ in paid.values() if min(months_) == month]
        kept = [sum(later in one for one in ours) for later in shown[number:]]
        told.append(Cohort(month, len(ours), kept))
    return told


def promised_unpaid() -> dict[str, int]:
    """Promises of the last 60 days that no money came of, by method."""
    since = timezone.now() - datetime.timedelta(days=60)
    open_ones = Donation.objects.filter(payments=None, promised_at__gt=since, emptied_at=None)
    rows = open_ones.exclude(method=Method.CARD).values_list("method").annotate(n=Count("id"))
    return {str(Method(method).label): number for method, number in rows}


def currencies_used() -> list[str]:
    """The currencies of all postings, that with the most of them first."""
    rows = Posting.objects.values_list("currency").annotate(n=Count("id")).order_by("-n")
    return [currency for currency, _n in rows] or ["CAD"]


def largest(rows: Iterable[Row]) -> int:
    return max((row.amount for row in rows), default=0)
