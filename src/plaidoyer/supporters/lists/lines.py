"""What the lines of a list say: who agreed to read us, on which day; or why a line is left out."""

import datetime
import functools
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from django.conf import settings
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from django.utils.translation import override

from plaidoyer.lib import addresses, tables, typed
from plaidoyer.vault import marks

# What is looked at in some seconds.
MEGABYTES, MOST = 10, 50_000
# Before it nobody asked for consent by a form on the web.
FIRST = datetime.date(1995, 1, 1)
MEANINGS: tables.Meanings = {
    "email": (_("e-mail"), ("e mail", "email", "e-mail", "courriel", "adresse", "mail")),
    "agreed_on": (
        _("day they agreed"),
        ("consent", "opt in", "optin", "subscri", "date", "inscri", "abonn", "joined", "created"),
    ),
    "given_name": (_("given name"), ("first", "given", "prenom")),
    "family_name": (_("family name"), ("last", "family", "surname", "nom")),
    "postal_code": (_("postal code"), ("postal", "zip", "code postal", "postcode")),
    "language": (_("language"), ("lang",)),
}
LONGEST = {"given_name": 100, "family_name": 100, "postal_code": 20}
NO_ADDRESS, TWICE = _("This is no mail address."), _("This address stands in line {line} already.")
NO_DAY = _("It does not say on which day they agreed: nobody is written to without a yes.")
BAD_DAY, FUTURE = _("This is no day in the order you chose."), _("This day is still to come.")
NO_LANGUAGE = _("We do not write in this language: {words}.")
NO_WORDS = _("The sentence they agreed to is not given in their language.")


@dataclass(frozen=True, slots=True)
class Reader:
    """Somebody who agreed, as one line says."""

    number: int
    email: str
    mark: str
    agreed_at: datetime.datetime
    language: str
    given_name: str = ""
    family_name: str = ""
    postal_code: str = ""


@dataclass(frozen=True, slots=True)
class Fault:
    """Why a line is left out."""

    number: int
    reason: str


class FaultError(ValueError):
    """The line is left out; the reason, with what goes into its gaps."""

    def __init__(self, reason: str | Promise, **gaps: Any) -> None:
        super().__init__(reason)
        self.reason, self.gaps = reason, gaps


@dataclass(frozen=True, slots=True)
class Way:
    """How a list is read: what its columns mean, and what is said of all its lines."""

    columns: Sequence[str]
    order: str
    language: str
    # The languages in which the sentence they agreed to is known.
    worded: frozenset[str]


def judge(rows: Sequence[Sequence[str]], way: Way) -> Iterator[Reader | Fault]:
    """Each line below the headings: whom it brings, or why it is left out."""
    seen: dict[str, int] = {}
    today = timezone.localdate()
    for number, row in enumerate(rows[1:], start=2):
        if not row:
            continue
        try:
            reader = read(number, dict(zip(way.columns, row, strict=False)), way, today)
            if (first := seen.setdefault(reader.mark, number)) != number:
                raise FaultError(TWICE, line=first)
        except FaultError as fault:
            yield Fault(number, str(fault.reason).format(**fault.gaps))
        else:
            yield reader


def read(number: int, said: dict[str, str], way: Way, today: datetime.date) -> Reader:
    """Whom a line brings. Raises FaultError."""
    try:
        email = addresses.validated(said.get("email", "")[:254])
    except addresses.BadAddressError:
        raise FaultError(NO_ADDRESS) from None
    language = language_of(typed.line(said.get("language", "")), way.language)
    if language not in way.worded:
        raise FaultError(NO_WORDS)
    facts = {name: typed.line(said.get(name, ""))[:most] for name, most in LONGEST.items()}
    agreed_at = moment(said.get("agreed_on", ""), way.order, today)
    return Reader(number, email, marks.address(email), agreed_at, language, **facts)


def moment(cell: str, order: str, today: datetime.date) -> datetime.datetime:
    """Noon of the day that a cell says, in the organisation's time. Raises FaultError."""
    if not cell:
        raise FaultError(NO_DAY)
    try:
        day = tables.day(cell, order)
    except ValueError:
        raise FaultError(BAD_DAY) from None
    if day > today:
        raise FaultError(FUTURE)
    if day < FIRST:
        raise FaultError(BAD_DAY)
    noon = timezone.make_aware(datetime.datetime.combine(day, datetime.time(12)))
    return min(noon, timezone.now())


def language_of(words: str, otherwise: str) -> str:
    """The code of a language that is said by its code or its name. Raises FaultError."""
    if not words:
        return otherwise
    said = tables.plain(words)
    for code, _name in settings.LANGUAGES:
        if said.split(" ")[0].split("-")[0] == code or said in names(code):
            return code
    raise FaultError(NO_LANGUAGE, words=words[:20])


@functools.cache
def names(code: str) -> set[str]:
    """What a language is called, in each of ours."""
    told = set()
    for language, _name in settings.LANGUAGES:
        with override(language):
            told.add(tables.plain(str(dict(settings.LANGUAGES)[code])))
    return told
