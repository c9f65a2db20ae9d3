"""What no text of a source may hold, whatever its format: refused before anything is compared."""

import re
from collections.abc import Iterator, Mapping
from dataclasses import fields
from functools import cache
from typing import Any

from django.utils.translation import gettext as _

from plaidoyer.civics.records import Record
from plaidoyer.civics.sources import SourceError
from plaidoyer.lib import typed

LONGEST = 20_000
# What a spreadsheet would run when our lists are opened in it; a telephone number is none, and
# neither is a title that begins with a dash.
# https://owasp.org/www-community/attacks/CSV_Injection
FORMULA = re.compile(r"\s*(?:[=@]|[+\-](?:(?![\d\s(.]|$)|.*[+*/^&=|!]))", re.DOTALL)
CONTROL = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x84\x86-\x9f\ud800-\udfff\ufffe\uffff]")
DIRECTION = re.compile(f"[{typed.DIRECTION}]")
LINKS = {"url", "source"}
WEB = re.compile(r"https?://[^\s<>\"'\\]+", re.IGNORECASE)


def check(record: Record) -> None:
    """Raises SourceError, with the record's line, for a text that must not be kept.

    That is a formula, a control character or a mark that turns the direction of writing, an
    address that is not a web page's, and anything longer than a long motion.
    """
    for name in _names(type(record)):  # type: ignore[arg-type]
        for text in _texts(getattr(record, name)):
            if reason := fault(text, is_link=name in LINKS):
                raise SourceError(f"{reason}: “{typed.line(text)[:60]}”", record.line)


def fault(text: str, *, is_link: bool = False) -> str:
    """Why `text` must not be kept; "" where nothing is wrong with it."""
    if not text:
        return ""
    if FORMULA.match(text):
        return _("a cell begins like a formula")
    if CONTROL.search(text) or DIRECTION.search(text):
        return _("a control character stands in it")
    if len(text) > LONGEST:
        return _("it is longer than %(limit)s signs") % {"limit": LONGEST}
    if is_link and not WEB.fullmatch(text):
        return _("this is not the address of a web page")
    return ""


@cache
def _names(kind: type[Record]) -> tuple[str, ...]:
    """The fields that may hold text, so that 85,000 ballots are passed over fast."""
    return tuple(one.name for one in fields(kind) if one.name != "line")


def _texts(value: Any) -> Iterator[str]:
    if isinstance(value, str):
        yield value
    elif isinstance(value, Mapping):
        yield from (text for text in value.values() if isinstance(text, str))
    elif isinstance(value, tuple | list):
        yield from (text for text in value if isinstance(text, str))
