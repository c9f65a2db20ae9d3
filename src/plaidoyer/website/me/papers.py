"""All that is kept about somebody, to read: the export of `supporters.privacy` as a tagged PDF."""

import datetime
import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from django.http import HttpResponse, JsonResponse
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import get_language, gettext_lazy
from django.utils.translation import gettext as _

from plaidoyer.lib import paper, wording
from plaidoyer.lib.words import Words
from plaidoyer.organisation.models import Organisation
from plaidoyer.supporters import privacy
from plaidoyer.supporters.models import Supporter

SOURCE = Path(__file__).parent / "typst" / "kept.typ"
# A sign that none of our fonts has must not keep the rest from being read.
MISSING = "□"
# What the rooms are called to those who read; a room without a name here stands under its own.
ROOMS: dict[str, str | Promise] = {
    "supporter": gettext_lazy("What we know of you"),
    "consents": gettext_lazy("What you allow us"),
    "acts": gettext_lazy("What you did"),
    "letters": gettext_lazy("Letters"),
    "replies": gettext_lazy("Replies"),
    "newsletters": gettext_lazy("Newsletters"),
    "gifts": gettext_lazy("What you gave"),
    "suppressions": gettext_lazy("Suppressed addresses"),
}


def draw(supporter: Supporter) -> bytes:
    """The PDF, in the active language; what the JSON says, and nothing less."""
    now = timezone.now()
    tree = told(privacy.export(supporter), now)
    while True:
        files = {"main.typ": SOURCE.read_bytes(), "kept.json": json.dumps(tree).encode()}
        try:
            return paper.render(files, now)
        except paper.UnprintableError as error:
            tree = json.loads(json.dumps(tree).replace(json.dumps(error.sign)[1:-1], MISSING))


def as_json(supporter: Supporter) -> HttpResponse:
    """All that is kept about `supporter` as a file, for another program to read."""
    options = {"indent": 2, "ensure_ascii": False}
    response = JsonResponse(privacy.export(supporter), json_dumps_params=options)
    response["Content-Disposition"] = 'attachment; filename="plaidoyer.json"'
    return response


def as_pdf(supporter: Supporter) -> HttpResponse:
    """The same as a file for people to read, in the active language."""
    response = HttpResponse(draw(supporter), content_type="application/pdf")
    response["Content-Disposition"] = 'attachment; filename="plaidoyer.pdf"'
    return response


def told(known: dict[str, Any], now: datetime.datetime) -> dict[str, Any]:
    """The paper's words: a section for each room, a line for each fact, none left out."""
    organisation, language = Organisation.current(), get_language() or "en"
    sections = [
        {"title": str(ROOMS.get(room, plain(room))), "lines": list(lines(said))}
        for room, said in known.items()
    ]
    return {
        "language": language,
        "accent": organisation.accent,
        "organisation": organisation.name.in_language(language),
        "contact": organisation.contact_email,
        "title": _("What we keep about you"),
        "date": wording.moment(timezone.localtime(now), language),
        "nothing": _("Nothing."),
        "sections": [section for section in sections if section["lines"]],
    }


def lines(said: Any, name: str = "", depth: int = 0) -> Iterator[dict[str, Any]]:
    """The facts in `said`, each with its name; of what is nested, deeper."""
    if isinstance(said, Words):
        said = said.in_language(get_language() or "en")
    if isinstance(said, dict):
        if name:
            yield {"name": plain(name), "value": "", "depth": depth}
        for key, value in said.items():
            yield from lines(value, str(key), depth + bool(name))
    elif isinstance(said, list | tuple):
        for number, value in enumerate(said, 1):
            yield from lines(value, f"{name} {number}".strip(), depth)
    elif said not in (None, ""):
        yield {"name": plain(name), "value": shown(said), "depth": depth}


def shown(value: Any) -> str:
    """A fact as it is read."""
    language = get_language() or "en"
    if isinstance(value, datetime.datetime):
        return wording.moment(timezone.localtime(value), language)
    if isinstance(value, bool):
        return _("yes") if value else _("no")
    return str(value)


def plain(name: str) -> str:
    """The name of a column or a room, for a reader."""
    return name.replace("__", ", ").replace("_", " ")
