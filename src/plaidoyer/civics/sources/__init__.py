"""Where facts come from: one file a source, all of one shape, known by its name.

A source says who publishes it, under which licence, where it is, and reads its format into
records. It saves nothing and needs no network; only `fetch` asks for the file.
"""

import datetime
import inspect
import logging
import traceback
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any, Protocol

from django.utils.functional import Promise
from django.utils.translation import gettext as _

from plaidoyer.civics.records import Record

logger = logging.getLogger(__name__)


class SourceError(Exception):
    """A file that cannot be read at all: what is wrong, and on which line."""

    def __init__(self, reason: str | Promise, line: int = 0) -> None:
        super().__init__(str(reason))
        self.reason, self.line = reason, line

    @property
    def told(self) -> str:
        """The reason with its line, as one sentence."""
        if not self.line:
            return str(self.reason)
        return _("line %(line)s: %(reason)s") % {"line": self.line, "reason": self.reason}


@dataclass(slots=True)
class Reading:
    """What a source says, and what in it was not understood."""

    records: list[Record] = field(default_factory=list)
    # (line, reason): left out or doubtful; the rest stands.
    warnings: list[tuple[int, str]] = field(default_factory=list)


class Source(Protocol):
    """A format and a publisher. Its own options (a legislature, a session) are named in read()."""

    @property
    def name(self) -> str: ...

    @property
    def label(self) -> str | Promise: ...

    @property
    def licence(self) -> str | Promise: ...

    @property
    def address(self) -> str: ...

    def read(self, content: bytes, on: datetime.date, **options: Any) -> Reading:
        """What the file says as of that day. Raises SourceError where it cannot be read."""
        ...

    def fetch(self, get: Any, **options: Any) -> bytes:
        """The file from its publisher. `get(address) -> bytes` is the polite client's."""
        ...


_known: dict[str, Source] = {}


def register(source: Source) -> Source:
    """Makes a source known by its name."""
    if source.name in _known:
        raise ValueError(f"two sources are called {source.name}")
    _known[source.name] = source
    return source


def get(name: str) -> Source:
    """The source of that name. Raises KeyError."""
    return _known[name]


def known() -> Iterator[Source]:
    """All sources, by name."""
    yield from sorted(_known.values(), key=lambda source: source.name)


def read(source: Source, content: bytes, on: datetime.date, **options: Any) -> Reading:
    """What a file says, by that source.

    Raises SourceError, also for a file whose form is right and whose shape is another: a list
    where a name is expected, a name that is missing.
    """
    try:
        return source.read(content, on, **options)
    except (AttributeError, IndexError, KeyError, TypeError, ValueError) as error:
        place = "".join(traceback.format_tb(error.__traceback__)[-1:])
        logger.info("%s cannot read a file: %s\n%s", source.name, type(error).__name__, place)
        reason = _("this file has another shape than those of this source")
        raise SourceError(reason) from None


def options(source: Source) -> dict[str, str | bool]:
    """What may be said to a source besides its file, with what it takes where nothing is said.

    These are the keywords of its read() and fetch(); one that is false by itself is a flag.
    """
    found: dict[str, str | bool] = {}
    for verb in (source.read, source.fetch):
        for name, one in inspect.signature(verb).parameters.items():
            if one.kind is inspect.Parameter.KEYWORD_ONLY:
                default = "" if one.default in (None, one.empty) else one.default
                found[name] = default if isinstance(default, bool) else str(default)
    return found
