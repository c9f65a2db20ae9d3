"""The words of an edition as they stood whenever somebody saved them, and what changed since."""

import difflib
import re
from collections.abc import Iterator
from dataclasses import dataclass

from django.conf import settings
from django.contrib.auth.models import User
from django.utils.text import capfirst
from django.utils.translation import gettext as _

from plaidoyer.reports.models import Draft, Edition, Item

OF_EDITION = ["title", "introduction", "our_part", "thanks", "appeal"]
OF_ITEM = ["title", "text", "quote", "quote_by", "picture_alt", "overrule_reason", "major_reason"]
HEADING = "heading"


def words(edition: Edition) -> dict[str, str]:
    """Every text of the edition by its part: "title/fr", "meadow/text/en", "meadow/heading"."""
    found = {
        f"{part}/{code}": text
        for part in OF_EDITION
        for code, text in getattr(edition, part).items()
    }
    for item in edition.items.select_related("campaign"):
        slug = item.campaign.slug
        found[f"{slug}/{HEADING}"] = item.heading
        for part in OF_ITEM:
            for code, text in getattr(item, part).items():
                found[f"{slug}/{part}/{code}"] = text
    return found


def keep(edition: Edition, by: User | None) -> None:
    """Keeps the words of the edition as they stand, where they differ from those kept last."""
    now = words(edition)
    last = edition.drafts.first()
    if last is None or last.words != now:
        Draft.objects.create(edition=edition, saved_by_id=by.pk if by else None, words=now)


@dataclass(frozen=True, slots=True)
class Change:
    """One text that differs between two drafts, in pieces: ("same" | "gone" | "new", text)."""

    part: str
    language: str
    pieces: list[tuple[str, str]]


def compare(before: dict[str, str], after: dict[str, str]) -> list[Change]:
    """What differs between the words of two drafts, in the order of `after`."""
    keys = [*after, *(key for key in before if key not in after)]
    return [
        Change(_named(key), _language(key), list(_pieces(before.get(key, ""), after.get(key, ""))))
        for key in keys
        if before.get(key, "") != after.get(key, "")
    ]


def _pieces(before: str, after: str) -> Iterator[tuple[str, str]]:
    """The words that stay, go and come; spaces belong to the word before them."""
    old, new = (re.findall(r"\S+\s*|\s+", text) for text in (before, after))
    matcher = difflib.SequenceMatcher(a=old, b=new, autojunk=False)
    for what, i, j, k, m in matcher.get_opcodes():
        if what == "equal":
            yield "same", "".join(old[i:j])
            continue
        if j > i:
            yield "gone", "".join(old[i:j])
        if m > k:
            yield "new", "".join(new[k:m])


def _language(key: str) -> str:
    code = key.rpartition("/")[2]
    return code if code in dict(settings.LANGUAGES) else ""


def _named(key: str) -> str:
    """The part in words: "Text (meadow)"."""
    steps = key.split("/")
    if steps[0] in OF_EDITION and len(steps) == 2:
        return capfirst(str(getattr(Edition, steps[0]).field.verbose_name))
    name = capfirst(str(getattr(Item, steps[1]).field.verbose_name))
    return _("%(part)s, campaign “%(campaign)s”") % {"part": name, "campaign": steps[0]}
