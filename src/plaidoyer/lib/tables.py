"""Tables that people send as files: whatever their separator, encoding and headings."""

import csv
import datetime
import io
import re
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from django import forms
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from plaidoyer.lib.words import folded

SEPARATORS = ",;\t|"
ORDERS = {"iso": "%Y/%m/%d", "dmy": "%d/%m/%Y", "mdy": "%m/%d/%Y"}
EXAMPLES = 3
# What a column may say: its words on the screen, and how headings that mean it begin.
Meanings = Mapping[str, tuple[str | Promise, tuple[str, ...]]]


class UnreadableError(ValueError):
    """The file is no table."""


def read(raw: bytes) -> list[list[str]]:
    """The cells of a CSV file, row by row, an empty row as no cells. Raises UnreadableError."""
    text = decoded(raw)
    if "\0" in text:
        raise UnreadableError
    try:
        rows = list(csv.reader(io.StringIO(text, newline=""), delimiter=separator(text)))
    except csv.Error:
        raise UnreadableError from None
    stripped = ([cell.strip() for cell in row] for row in rows)
    return [row if any(row) else [] for row in stripped]


def decoded(raw: bytes) -> str:
    """UTF-8 where it is, with or without its mark, UTF-16 with one; else Windows-1252."""
    if raw[:2] in {b"\xff\xfe", b"\xfe\xff"}:
        return raw.decode("utf-16", "replace")
    try:
        return raw.decode("utf-8-sig")
    except UnicodeDecodeError:
        return raw.decode("cp1252", "replace")


def separator(text: str) -> str:
    """The sign that parts most lines in as many cells; else the one that is most in the first."""
    lines = text.splitlines()[:20]

    def told(sign: str) -> tuple[int, int]:
        counts = [line.count(sign) for line in lines]
        return min(counts, default=0), counts[0] if counts else 0

    return max(SEPARATORS, key=told)


def plain(heading: str) -> str:
    """A heading to compare: small letters without accents."""
    return folded(heading).replace("_", " ").strip()


def guess(header: Sequence[str], meanings: Meanings) -> list[str]:
    """What each column seems to mean, by its heading; "" where nothing fits."""
    meant: list[str] = []
    for words in map(plain, header):
        found = next((one for one in meanings if words == plain(one)), "")
        found = found or next(
            (
                one
                for one, (_label, starts) in meanings.items()
                if one not in meant and any(words.startswith(start) for start in starts)
            ),
            "",
        )
        meant.append(found if found not in meant else "")
    return meant


def day(text: str, order: str) -> datetime.date:
    """The day that a cell says; a time of day after it is passed over. Raises ValueError."""
    said = re.split(r"[T ]", text, maxsplit=1)[0]
    return datetime.datetime.strptime(re.sub(r"[-.]", "/", said), ORDERS[order]).date()


class Columns(forms.Form):
    """What each column of a table means, with the first cells of it beside."""

    meanings: Meanings = {}
    order = forms.ChoiceField(
        label=gettext_lazy("days are written"),
        choices=[("iso", "2026-04-30"), ("dmy", "30/04/2026"), ("mdy", "04/30/2026")],
    )

    def __init__(self, rows: Sequence[Sequence[str]], *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        header, lines = rows[0], [row for row in rows[1:] if row][:EXAMPLES]
        choices = [("", "—"), *((name, label) for name, (label, _w) in self.meanings.items())]
        for n, (cell, guessed) in enumerate(zip(header, guess(header, self.meanings), strict=True)):
            self.fields[f"column_{n}"] = forms.ChoiceField(
                label=cell or _("column %(number)d") % {"number": n + 1},
                choices=choices,
                required=False,
                initial=guessed,
                help_text=" · ".join(filter(None, cells(lines, n))),
            )

    @property
    def columns(self) -> list[Any]:
        """The boxes of the columns, in their order."""
        return [self[name] for name in self.fields if name.startswith("column_")]

    @property
    def chosen(self) -> list[str]:
        """The meanings that were chosen, column by column."""
        return [self.cleaned_data[box.name] for box in self.columns]

    def clean(self) -> dict[str, Any]:
        data = super().clean() or self.cleaned_data
        chosen = [value for name, value in data.items() if name.startswith("column_") and value]
        if twice := next((value for value in chosen if chosen.count(value) > 1), None):
            words = {"meaning": self.meanings[twice][0]}
            raise forms.ValidationError(_("Two columns are “%(meaning)s”.") % words)
        return data


def cells(lines: Sequence[Sequence[str]], column: int) -> Iterator[str]:
    """The beginnings of a column's cells."""
    return (line[column][:40] if column < len(line) else "" for line in lines)
