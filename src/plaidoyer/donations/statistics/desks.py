"""The books in the back office: a month or a year as tables, and the ledger as CSV."""

from typing import Any

from django.http import Http404, HttpRequest, StreamingHttpResponse
from django.urls import URLPattern, path
from django.utils.dates import MONTHS
from django.utils.translation import gettext_lazy as _

from plaidoyer.donations.screens import Screen
from plaidoyer.donations.statistics import books, exports, figures

YEARS = 7


class BooksScreen(Screen):
    """What came, went back and was kept in a month, day by day, or in a year, month by month."""

    template_name = "donations/desk/books.html"
    page_title = _("Books")

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        span = asked(self.request.GET.get("month") or f"{figures.last_months(1)[0]:%Y-%m}")
        return super().get_context_data(
            **kwargs,
            span=span,
            name=span.said if span.is_year else f"{MONTHS[span.since.month]} {span.said[:4]}",
            books=[told(book) for book in books.of(span)],
            spans=spans(),
        )


def asked(said: str) -> books.Span:
    """The span of an address. Raises Http404."""
    try:
        return books.span(said)
    except ValueError:
        raise Http404 from None


def spans() -> list[str]:
    """The months of two years, the latest first, then the years."""
    months = [f"{month:%Y-%m}" for month in reversed(figures.last_months(24))]
    this = figures.last_months(1)[0].year
    return [*months, *(str(year) for year in range(this, this - YEARS, -1))]


def told(book: books.Book) -> dict[str, Any]:
    """A book as its table shows it: the methods, and a row of amounts for each line."""
    methods = book.methods

    def row(line: books.Line) -> dict[str, Any]:
        gifts = [line.gifts[method] for method in methods]
        return {"day": line.day, "amounts": [*gifts, line.given, line.fees, line.provider]}

    return {
        "currency": book.currency,
        "methods": [method.label for method in methods],
        "rows": [row(line) for line in book.lines.values()],
        "total": row(book.total),
    }


def export(request: HttpRequest) -> StreamingHttpResponse:
    """The ledger of a month (?month=2026-09) or a year (?month=2026) as CSV."""
    if not request.user.has_perm("donations.view_donation"):
        raise Http404
    span = asked(request.GET.get("month", ""))
    response = StreamingHttpResponse(exports.ledger(span), content_type="text/csv")
    response["Content-Disposition"] = f'attachment; filename="ledger-{span.said}.csv"'
    response["Cache-Control"] = "private, no-store"
    return response


def routes() -> list[URLPattern]:
    return [
        path("giving/books/", BooksScreen.as_view(), name="gifts_books"),
        path("giving/ledger.csv", export, name="gifts_export"),
    ]
