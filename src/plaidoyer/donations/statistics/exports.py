"""The ledger as a table for the bookkeeper."""

import csv
from collections.abc import Iterator

from django.utils import timezone

from plaidoyer.donations.models import Posting
from plaidoyer.donations.statistics.books import Span
from plaidoyer.lib import money, typed

COLUMNS = (
    *("day", "entry", "kind", "account", "fund", "method", "currency", "debit", "credit"),
    *("reference", "provider_id"),
)


class _Echo:
    def write(self, line: str) -> str:
        return line


def ledger(span: Span) -> Iterator[str]:
    """Every posting of a span as a line of CSV (RFC 4180), its header first; nobody's name.

    Debits and credits of each currency have the same sum. No cell runs in a spreadsheet.
    """
    writer = csv.writer(_Echo())
    yield "\ufeff" + writer.writerow(COLUMNS)
    rows = (
        Posting.objects.filter(
            entry__happened_at__gte=span.since, entry__happened_at__lt=span.until
        )
        .select_related("fund", "entry__payment__donation", "entry__reversal__payment__donation")
        .order_by("entry__happened_at", "entry", "pk")
    )
    for posting in rows.iterator(2000):
        yield writer.writerow([typed.harmless(cell) for cell in cells(posting)])


def cells(posting: Posting) -> list[str]:
    entry = posting.entry
    payment = entry.payment or (entry.reversal.payment if entry.reversal else None)
    source = entry.payment or entry.reversal
    amount = money.plain(abs(posting.amount), posting.currency)
    return [
        timezone.localtime(entry.happened_at).date().isoformat(),
        str(entry.pk),
        entry.reversal.kind if entry.reversal else "payment" if entry.payment else "fee",
        posting.account,
        posting.fund.slug,
        posting.method,
        posting.currency,
        amount if posting.amount > 0 else "",
        amount if posting.amount < 0 else "",
        payment.donation.reference if payment else "",
        source.provider_id if source else entry.fee_id,
    ]
