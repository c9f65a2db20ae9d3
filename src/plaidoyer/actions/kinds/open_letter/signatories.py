"""The public list of who signed: searched, sorted, and as a table for other programs."""

import datetime
from collections.abc import Iterable, Iterator
from typing import Any

from django.db.models import QuerySet
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from plaidoyer.actions import names
from plaidoyer.actions.kinds.open_letter import organisations
from plaidoyer.actions.kinds.open_letter.models import OrganisationSignature
from plaidoyer.actions.models import ActionForm, PublicName
from plaidoyer.lib import typed
from plaidoyer.lib.words import folded

LONGEST_SEARCH = 100
SORTS = ("name", "newest", "oldest", "country")


def searched(text: str) -> list[str]:
    """The words of a search, as they are compared."""
    return folded(typed.line(text)[:LONGEST_SEARCH]).split()


def people(form: ActionForm, search: str = "", sort: str = "name") -> QuerySet[PublicName]:
    """Those who asked to be shown, each word of the search somewhere in the name."""
    found = names.shown(form)
    for word in searched(search):
        found = found.filter(folded__contains=word)
    orders = {"newest": ["-signed_at", "-action_id"], "oldest": ["signed_at", "action_id"]}
    return found.order_by(*orders.get(sort, ["folded", "action_id"]))


def organisations_of(
    form: ActionForm, search: str = "", sort: str = "name"
) -> list[OrganisationSignature]:
    """The organisations, in the alphabet of the active language.

    Sorted and searched here and not by the database: names and countries are compared in the
    reader's language, and organisations are few.
    """
    words = searched(search)
    found = [one for one in organisations.shown(form) if holds(one, words)]
    found.sort(key=lambda one: (folded(str(one.name)), one.pk))
    if sort in ("newest", "oldest"):
        found.sort(key=lambda one: one.signed_at, reverse=sort == "newest")
    elif sort == "country":
        found.sort(key=lambda one: folded(one.country_name))
    return found


def holds(one: OrganisationSignature, words: Iterable[str]) -> bool:
    """Whether each of `words` stands in a name or the country."""
    text = folded(" ".join([*one.name.values(), one.country_name]))
    return all(word in text for word in words)


def rows(form: ActionForm) -> Iterator[dict[str, str]]:
    """Everybody on the public list: organisations, then people. No address, nothing else."""
    for one in organisations_of(form):
        yield row(
            kind=_("organisation"),
            name=str(one.name),
            country=one.country_name,
            website=one.website,
            signatory=one.signatory,
            at=one.signed_at,
        )
    for person in people(form):
        yield row(
            kind=_("person"), name=person.name, place=names.place(person), at=person.signed_at
        )


def row(*, at: datetime.datetime, **facts: Any) -> dict[str, str]:
    empty = dict.fromkeys(columns(), "")
    return empty | facts | {"signed_on": timezone.localdate(at).isoformat()}


def columns() -> dict[str, str]:
    """The columns of the table, with their headings."""
    return {
        "kind": pgettext("signatory", "Kind"),
        "name": _("Name"),
        "country": _("Country"),
        "place": _("Place"),
        "website": _("Website"),
        "signatory": _("Signatory"),
        "signed_on": _("Signed on"),
    }
