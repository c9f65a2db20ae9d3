"""Finds an area by its name, for lists that give no number: names are folded, years are not.

`Loup—Kataskomiq` and `Loup-- Kataskomiq`, `Bécancour` and `Becancour`, `œ` and `oe` are the same.
"""

import datetime
import re
import unicodedata
from collections.abc import Mapping

from django.db.models import Q
from django.utils.translation import gettext as _

from plaidoyer.civics.models import Area

LIGATURES = str.maketrans({"œ": "oe", "æ": "ae", "ß": "ss"})


def folded(name: str) -> str:
    """A name without case, accents and signs."""
    signs = unicodedata.normalize("NFKD", name.casefold().translate(LIGATURES))
    return re.sub("[^a-z0-9]", "", signs)


def named(divisions: str, on: datetime.date) -> Mapping[str, str]:
    """The areas of that day whose identifier matches the expression, by folded name; one query.

    A name that two of them have is left out: it decides nothing.
    """
    areas = Area.objects.filter(
        Q(valid_from=None) | Q(valid_from__lte=on),
        Q(valid_until=None) | Q(valid_until__gte=on),
        identifier__regex=divisions,
    )
    found: dict[str, set[str]] = {}
    for identifier, names in areas.values_list("identifier", "name"):
        for name in names.values():
            found.setdefault(folded(name), set()).add(identifier)
    return {name: these.pop() for name, these in found.items() if len(these) == 1}


def left_out(name: str, riding: str) -> str:
    """Why a member is left out whose riding nobody knows."""
    return _("%(name)s is left out: no riding of that day is called “%(riding)s”") % {
        "name": name,
        "riding": riding,
    }
