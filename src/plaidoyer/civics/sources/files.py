"""Opening what others wrote, without trusting it: XML, JSON, CSV and YAML, each with its lines.

Nothing here saves or fetches. A file that is too large, truncated, mis-encoded, nested like a bomb
or holds what only a spreadsheet or a terminal would obey raises SourceError with its line.
"""

import csv
import io
import json as json_
import re
from collections.abc import Iterator
from typing import IO, Any

import yaml as yaml_
from defusedxml.common import DefusedXmlException
from defusedxml.ElementTree import DefusedXMLParser, ParseError
from django.utils.translation import gettext as _

from plaidoyer.civics.sources import SourceError

MEBIBYTE = 1024 * 1024
# The largest list a parliament publishes (all ballots of a session) has two.
LIMIT = 64 * MEBIBYTE
DEEPEST = 60
CONTROL = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\ufffe\uffff]")
DELIMITERS = ",;\t|"
Row = dict[str, str]


def read(stream: IO[bytes], limit: int = LIMIT) -> bytes:
    """What is in `stream`, as long as it is within `limit`: of more, no more is read.

    Raises SourceError.
    """
    content = stream.read(limit + 1)
    if len(content) > limit:
        message = _("the file is larger than %(size)s MiB")
        raise SourceError(message % {"size": limit // MEBIBYTE})
    return content


def text(content: bytes) -> str:
    """`content` as text in UTF-8, with or without a byte order mark, or UTF-16 with one.

    Raises SourceError with the line of the first byte that is no text.
    """
    if not content.strip(b" \t\r\n"):
        raise SourceError(_("the file is empty"))
    is_utf16 = content.startswith((b"\xff\xfe", b"\xfe\xff"))
    try:
        written = content.decode("utf-16" if is_utf16 else "utf-8-sig")
    except UnicodeDecodeError as error:
        line = content.count(b"\n", 0, error.start) + 1
        raise SourceError(_("this is no UTF-8: save the file as UTF-8"), line) from None
    if found := CONTROL.search(written):
        line = written.count("\n", 0, found.start()) + 1
        raise SourceError(_("a control character stands here: the file is damaged"), line)
    return written


def json(content: bytes) -> Any:
    """The value that a JSON text says. Raises SourceError with the line that cannot be read."""
    written = text(content)
    try:
        value = json_.loads(written, parse_constant=_no_number)
    except json_.JSONDecodeError as error:
        raise SourceError(
            _("this is no JSON: %(why)s") % {"why": error.msg}, error.lineno
        ) from None
    except RecursionError:
        raise SourceError(_("the file is nested too deeply"), _deepest_line(written)) from None
    except ValueError as error:
        raise SourceError(_("this is no JSON: %(why)s") % {"why": error}) from None
    if _depth(value) > DEEPEST:
        raise SourceError(_("the file is nested too deeply"), _deepest_line(written))
    return value


def _no_number(word: str) -> Any:
    raise ValueError(f"{word} is no number")


def _depth(value: Any) -> int:
    """How deeply lists and objects are nested, counted without recursion."""
    depth, level = 0, [value]
    while level:
        depth += 1
        level = [
            inner
            for one in level
            if isinstance(one, list | dict)
            for inner in (one.values() if isinstance(one, dict) else one)
        ]
        if depth > DEEPEST:
            break
    return depth


def _deepest_line(written: str) -> int:
    """The first line on which more than DEEPEST brackets are open."""
    depth = 0
    for number, line in enumerate(written.split("\n"), start=1):
        for sign in line:
            depth += (sign in "[{") - (sign in "]}")
            if depth > DEEPEST:
                return number
    return 0


class _Lined(DefusedXMLParser):
    """Writes on every element the line where it begins."""

    def _start(self, *args: Any, **kwargs: Any) -> Any:
        element = super()._start(*args, **kwargs)
        element.line = self.parser.CurrentLineNumber
        self.open = getattr(self, "open", 0) + 1
        if self.open > DEEPEST:
            raise SourceError(_("the file is nested too deeply"), element.line)
        return element

    def _end(self, tag: str) -> Any:
        self.open -= 1
        return super()._end(tag)


def xml(content: bytes) -> Any:
    """The root element of an XML text; every element of it has its `line`.

    Declarations of types and entities are refused (bombs, files of ours read from within), so is
    what is cut off. Raises SourceError.
    """
    if not content.strip(b" \t\r\n"):
        raise SourceError(_("the file is empty"))
    parser = _Lined(forbid_dtd=True, forbid_entities=True, forbid_external=True)
    try:
        parser.feed(content)
        return parser.close()
    except ParseError as error:
        line = error.position[0]
        raise SourceError(_("this is no XML: %(why)s") % {"why": error}, line) from None
    except DefusedXmlException:
        line = parser.parser.CurrentLineNumber
        raise SourceError(_("types and entities may not be declared in the file"), line) from None
    except (LookupError, ValueError) as error:
        raise SourceError(_("this is no XML: %(why)s") % {"why": error}, 1) from None


def said(element: Any, path: str) -> str:
    """The words under `path` of an XML element, on one line; "" where there are none."""
    return " ".join((element.findtext(path) or "").split())


def yaml(content: bytes) -> Any:
    """The value that a YAML text says: plain values only, no tags, no aliases.

    Raises SourceError with the line that cannot be read.
    """
    written = text(content)
    loader = getattr(yaml_, "CSafeLoader", yaml_.SafeLoader)
    depth = 0
    try:
        for event in yaml_.parse(written, Loader=loader):
            starts = isinstance(event, yaml_.CollectionStartEvent)
            depth += starts - isinstance(event, yaml_.CollectionEndEvent)
            line = event.start_mark.line + 1 if event.start_mark else 0
            if isinstance(event, yaml_.AliasEvent):
                raise SourceError(_("one place of the file refers to another"), line)
            if depth > DEEPEST:
                raise SourceError(_("the file is nested too deeply"), line)
        return yaml_.load(written, Loader=loader)
    except yaml_.YAMLError as error:
        mark = getattr(error, "problem_mark", None)
        why = getattr(error, "problem", None) or str(error)
        raise SourceError(
            _("this is no YAML: %(why)s") % {"why": why}, mark.line + 1 if mark else 0
        ) from None
    except ValueError as error:
        raise SourceError(_("this is no YAML: %(why)s") % {"why": error}) from None


def rows(content: bytes) -> Iterator[tuple[int, Row]]:
    """The rows of a CSV text by the names of its first line, each with its line.

    Names are in small letters. Comma, semicolon, tab or bar between cells; which, the first line
    tells. Empty lines are passed over. Raises SourceError where a row has more or fewer cells than
    the first line has names, where a quote never ends, and where a name stands twice.
    """
    written = text(content)
    reader = csv.reader(
        io.StringIO(written, newline=""), delimiter=_delimiter(written), strict=True
    )
    names: list[str] = []
    line = 1
    try:
        for cells in reader:
            cells = [" ".join(cell.split()) for cell in cells]
            if not any(cells):
                pass
            elif not names:
                names = _names(cells, line)
            else:
                yield line, _row(names, cells, line)
            line = reader.line_num + 1
    except csv.Error as error:
        raise SourceError(_("this line is no CSV: %(why)s") % {"why": error}, line) from None
    if not names:
        raise SourceError(_("the file is empty"))


def _delimiter(written: str) -> str:
    first = written.lstrip().partition("\n")[0]
    return max(DELIMITERS, key=first.count)


def _names(cells: list[str], line: int) -> list[str]:
    names = [cell.lower() for cell in cells]
    # Spreadsheets add empty columns at the end.
    while names and not names[-1]:
        names.pop()
    twice = next((name for name in names if names.count(name) > 1), None)
    if twice is not None:
        message = _("the first line has the name “%(name)s” twice")
        raise SourceError(message % {"name": twice[:40]}, line)
    return names


def _row(names: list[str], cells: list[str], line: int) -> Row:
    while len(cells) > len(names) and not cells[-1]:
        cells.pop()
    if len(cells) != len(names):
        message = _("this line has %(cells)s cells where the first has %(names)s")
        raise SourceError(message % {"cells": len(cells), "names": len(names)}, line)
    return dict(zip(names, cells, strict=True))
