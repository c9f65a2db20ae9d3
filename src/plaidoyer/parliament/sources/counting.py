"""What the sources of petitions have in common: counts and scopes as files write them."""

import re

from django.utils.translation import gettext as _

from plaidoyer.civics.sources import SourceError
from plaidoyer.parliament.models import Scope

SPACES = re.compile(r"[\s,.’'\u202f\u00a0]")


def figure(text: str | int | None, line: int = 0) -> int | None:
    """A count; None where nothing stands. Raises SourceError for what is no count."""
    plain = SPACES.sub("", str("" if text is None else text))
    if not plain:
        return None
    if not (plain.isascii() and plain.isdigit() and len(plain) < 10):
        message = _("“%(words)s” is no number of signatures")
        raise SourceError(message % {"words": str(text)[:40]}, line)
    return int(plain)


def scope_of(said: str) -> tuple[str, str]:
    """A scope as an option names it: `all`, `open`, `parliament:44`, `session:44-1`, `year:2023`.

    `44-1` alone is a session. Raises SourceError for anything else.
    """
    scope, _sign, value = said.strip().partition(":")
    if re.fullmatch(r"\d+-\d+", scope):
        return Scope.SESSION, scope
    alone = {Scope.ALL, Scope.OPEN}
    if scope in Scope.values and bool(value) != (scope in alone):
        return scope, value[:20]
    raise SourceError(
        _("“%(said)s” names no scope: write all, open, parliament:44, session:44-1 or year:2023")
        % {"said": said[:40]}
    )
