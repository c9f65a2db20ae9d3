"""The picture that networks show beside a link to a form: its title and how many have acted.

Drawn by typst from data, so no word can be markup, and with our own typeface. A picture says
the count in words, which seldom change; the same words give the same bytes.
"""

import datetime
import hashlib
import json
from dataclasses import asdict, dataclass
from functools import cached_property, lru_cache
from pathlib import Path

import typst
from django.conf import settings
from django.utils import timezone
from django.utils.text import capfirst
from django.utils.translation import gettext as _
from django.utils.translation import override

from plaidoyer.actions import counting, goals
from plaidoyer.actions.kinds import KINDS
from plaidoyer.actions.models import ActionForm, ActionPage
from plaidoyer.figures import reporting, texts
from plaidoyer.lib import wording
from plaidoyer.lib.paper import fonts
from plaidoyer.organisation.models import Organisation
from plaidoyer.website import palettes

SOURCE = Path(__file__).parent / "typst" / "picture.typ"
SIZE = (1200, 630)
# Who passes a page on sees no more of a title than this.
LONGEST_TITLE = 140
# A few dozen kilobytes each, in each process.
KEPT = 64


@dataclass(frozen=True)
class Picture:
    """What one picture says."""

    language: str
    title: str
    kind: str
    number: str
    words: str
    goal: str
    # How much of the way to the goal is gone, in hundredths; drawn only with a goal.
    share: int
    counted_on: str
    organisation: str
    accent: str

    @cached_property
    def tree(self) -> str:
        return json.dumps(asdict(self), sort_keys=True)

    @cached_property
    def etag(self) -> str:
        return hashlib.sha256(self.tree.encode()).hexdigest()[:24]

    def png(self) -> bytes:
        """The picture, 1200 by 630; the same bytes for the same words."""
        return drawn(self.tree)


def of(public_id: str, language: str) -> Picture | None:
    """The picture of a form that has a public page in that language. Four queries at most."""
    pages = ActionPage.objects.live().public().select_related("form")
    page = pages.filter(form__public_id=public_id, locale__language_code=language).first()
    if page is None:
        return None
    with override(language):
        return told(page.form, page.title, language)


def of_figure(name: str, language: str) -> Picture | None:
    """The picture of the figure of that name, in that language."""
    told = reporting.told(name, language) if language in dict(settings.LANGUAGES) else None
    found = texts.of(name)
    if told is None or found is None:
        return None
    organisation = Organisation.current()
    with override(language):
        return Picture(
            language=language,
            title=shortened(capfirst(told["phrase"])),
            kind=found.campaign.name.in_language(language),
            number=told["exact"],
            words=_("exactly"),
            goal="",
            share=0,
            counted_on=told["moment"],
            organisation=organisation.name.in_language(language),
            accent=palettes.light(organisation.accent).accent,
        )


def told(form: ActionForm, title: str, language: str) -> Picture:
    """What the picture of `form` says now, in the active language."""
    count, organisation = counting.confirmed([form])[form.pk], Organisation.current()
    goal = goals.current(count.value, form.goal, form.goal_moves)
    day = timezone.localdate(count.counted_at) if count.value else datetime.date.min
    return Picture(
        language=language,
        title=shortened(title),
        kind=str(KINDS[form.kind].label),
        number=wording.figure(count.value, language) if count.value else "",
        words=KINDS[form.kind].counted(count.value) if count.value else "",
        goal=wording.number(goal, language) if goal and count.value else "",
        share=min(100, count.value * 100 // goal) if goal else 0,
        counted_on=wording.date(day, language) if count.value else "",
        organisation=organisation.name.in_language(language),
        accent=palettes.light(organisation.accent).accent,
    )


def shortened(title: str) -> str:
    """A title that fits, cut at a word."""
    if len(title) <= LONGEST_TITLE:
        return title
    return title[:LONGEST_TITLE].rsplit(" ", 1)[0] + "…"


@lru_cache(maxsize=KEPT)
def drawn(tree: str) -> bytes:
    """The drawing of what `tree` says, by typst; some 30 ms where it is not kept."""
    files = {"main.typ": SOURCE.read_bytes(), "picture.json": tree.encode()}
    png = typst.compile(files, format="png", ppi=72, font_paths=fonts())  # type: ignore[call-overload]
    if not isinstance(png, bytes):
        raise TypeError("a picture is one page")
    return png
