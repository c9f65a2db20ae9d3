"""Reads a bank's file: whatever its separator, encoding, dates and decimal sign.

Which column says what is a mapping, guessed from the header and the values the first time, seen
and mended by an organiser, and remembered by the header. A cell is a text and nothing else: a
formula in it is never run by us, and `lib.typed.harmless` keeps it from running elsewhere.
"""

import datetime
import hashlib
import re
import unicodedata
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from plaidoyer.lib import money, tables, typed
from plaidoyer.lib.tables import UnreadableError

MOST_BYTES = 5 * 1024 * 1024
MOST_LINES = 20_000
# What a column may say. Money that comes stands in a column of its own, or in one with signs.
DATE, AMOUNT, DEBIT, NAME, WORDS, CURRENCY = "date", "amount", "debit", "name", "words", "currency"
PARTS = (DATE, AMOUNT, DEBIT, NAME, WORDS, CURRENCY)
# Words of headers, in English, French and German; the first that fits takes the column.
HEADINGS = {
    DATE: ("transaction date", "date de transaction", "buchungstag", "date", "datum"),
    AMOUNT: ("credit", "crédit", "dépôt", "deposit", "cad$", "betrag", "montant", "amount"),
    DEBIT: ("debit", "débit", "retrait", "withdrawal"),
    NAME: ("beguenstigter", "name", "nom", "payee", "description 1", "libellé", "description"),
    WORDS: ("verwendungszweck", "description 2", "memo", "mémo", "message", "communication",
            "reference", "référence", "détail", "motif"),
    CURRENCY: ("waehrung", "währung", "currency", "devise"),
}  # fmt: skip
ORDERS = {"ymd": (0, 1, 2), "dmy": (2, 1, 0), "mdy": (2, 0, 1)}
SPLIT_DATE = re.compile(r"(\d{1,4})[-/. ](\d{1,2})[-/. ](\d{1,4})|(\d{4})(\d{2})(\d{2})", re.ASCII)


@dataclass(frozen=True, slots=True)
class Line:
    """Money that came, as the file says. `fault` where a line cannot be read."""

    number: int
    day: datetime.date | None = None
    amount: int = 0
    currency: str = ""
    name: str = ""
    words: str = ""
    fault: str = ""


def rows(raw: bytes) -> list[list[str]]:
    """The cells of a file. Raises UnreadableError."""
    if len(raw) > MOST_BYTES:
        raise UnreadableError
    found = [[typed.line(cell) for cell in row] for row in tables.read(raw) if row]
    if len(found) > MOST_LINES or max((len(row) for row in found), default=0) < 3:
        raise UnreadableError
    return found


def has_header(found: Sequence[Sequence[str]]) -> bool:
    """Whether the first row names its columns: no date and no amount is in it."""
    return not any(SPLIT_DATE.fullmatch(cell) for cell in found[0])


def fingerprint(found: Sequence[Sequence[str]]) -> str:
    """By which the next file of a bank is known: its header, else its number of columns."""
    said = [plain(cell) for cell in found[0]] if has_header(found) else [str(len(found[0]))]
    return hashlib.sha256("\x1f".join(said).encode()).hexdigest()


def plain(text: str) -> str:
    """`text` in small letters, to compare headings."""
    return " ".join(unicodedata.normalize("NFC", text).lower().split())


def guess(found: Sequence[Sequence[str]]) -> dict[str, int | str]:
    """Which column says what, as far as the header or the values tell; the organiser mends it."""
    guessed: dict[str, int | str] = by_header(found[0]) if has_header(found) else by_values(found)
    if isinstance(column := guessed.get(DATE), int):
        guessed["order"] = order([row[column] for row in body(found) if len(row) > column])
    return guessed


def by_header(header: Sequence[str]) -> dict[str, int | str]:
    guessed: dict[str, int | str] = {}
    names = [plain(cell) for cell in header]
    for part, known in HEADINGS.items():
        places = [
            place
            for word in known
            for place, name in enumerate(names)
            if word in name and place not in guessed.values()
        ]
        if places:
            guessed[part] = places[0]
    return guessed


def by_values(found: Sequence[Sequence[str]]) -> dict[str, int | str]:
    """The first column of dates, that of the most amounts, the two longest of words."""
    sample = found[:50]
    width = min(len(row) for row in sample)

    def share(place: int, test: re.Pattern[str]) -> float:
        return sum(bool(test.fullmatch(row[place])) for row in sample) / len(sample)

    amount = re.compile(r"[-+]?[\d .,\u00a0\u202f]+[.,]\d{2}|", re.ASCII)
    dates = [place for place in range(width) if share(place, SPLIT_DATE) > 0.9]
    filled = [
        place
        for place in range(width)
        if share(place, amount) > 0.9 and any(row[place] for row in sample)
    ]
    texts = [place for place in range(width) if place not in {*dates, *filled}]
    texts.sort(key=lambda place: -sum(len(row[place]) for row in sample))
    guessed: dict[str, int | str] = {}
    for part, places in ((DATE, dates), (AMOUNT, filled), (WORDS, texts), (NAME, texts[1:])):
        if places:
            guessed[part] = places[0]
    return guessed


def body(found: Sequence[Sequence[str]]) -> Sequence[Sequence[str]]:
    return found[1:] if has_header(found) else found


def order(days: Sequence[str]) -> str:
    """How the dates of a column are ordered: the way in which all of them are days.

    Where several ways fit, that in which none is to come and all are closest together.
    """
    said, today = [day for day in days[:500] if day], datetime.date.today()
    spans = {}
    for name in ORDERS:
        read = [day for text in said if (day := read_day(text, name))]
        if read and len(read) == len(said):
            spans[name] = (max(read) > today, max(read) - min(read))
    return min(spans, key=lambda name: spans[name]) if spans else "ymd"


def read_day(text: str, order: str) -> datetime.date | None:
    """The day in `text`; None where it is none in that order, or far from our time."""
    if not (found := SPLIT_DATE.fullmatch(text.strip())):
        return None
    parts = [part for part in found.groups() if part]
    year, month, day = (int(parts[place]) for place in ORDERS[order])
    if len(parts[ORDERS[order][0]]) == 2:
        # A year of two digits stands last.
        if order == "ymd":
            return None
        year += 2000
    try:
        read = datetime.date(year, month, day)
    except ValueError:
        return None
    return read if 2000 <= year <= 2100 else None


def read(
    found: Sequence[Sequence[str]], mapping: dict[str, int | str], currency: str
) -> Iterator[Line]:
    """The lines on which money came; what went out is passed over."""
    first = 2 if has_header(found) else 1
    for number, row in enumerate(body(found), first):
        line = read_line(number, row, mapping, currency)
        if line.amount or line.fault:
            yield line


def read_line(
    number: int, row: Sequence[str], mapping: dict[str, int | str], currency: str
) -> Line:
    def cell(part: str) -> str:
        place = mapping.get(part)
        return row[place] if isinstance(place, int) and place < len(row) else ""

    said = re.sub(r"^'", "", cell(AMOUNT))
    if not said or said.startswith(("-", "−", "(")) or said.endswith("-"):
        return Line(number)
    code = cell(CURRENCY).upper()[:3] or currency
    day = read_day(cell(DATE), str(mapping.get("order", "ymd")))
    try:
        amount = money.read(said, code)
    except money.BadAmountError:
        return Line(number, fault="amount")
    if day is None:
        return Line(number, fault="date")
    if code not in money.CURRENCIES:
        return Line(number, fault="currency")
    words = " ".join(dict.fromkeys(part for part in (cell(WORDS), cell(NAME)) if part))
    return Line(number, day, amount, code, cell(NAME)[:200], words[:500])
