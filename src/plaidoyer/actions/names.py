"""The names that are shown in public: asked for by a tick, and looked at first if odd."""

import unicodedata
from collections.abc import Callable, Sequence
from typing import Any

from django.db.models import Exists, OuterRef, QuerySet

from plaidoyer.actions import reviews
from plaidoyer.actions.models import Action, ActionForm, Confirmation, PublicName, Review
from plaidoyer.lib.words import folded
from plaidoyer.supporters.models import Supporter

PART = "name"
LONGEST, MOST_WORDS, MOST_MARKS = 60, 6, 3
JOINS = " -'’‐‑·"


def short(given_name: str, family_name: str) -> str:
    """The given name and an initial: "Ada V."."""
    return f"{given_name} {family_name[:1].upper()}.".strip()


def full(given_name: str, family_name: str) -> str:
    """The whole name: "Ada Vale"."""
    return f"{given_name} {family_name}".strip()


def is_name(text: str) -> bool:
    """Whether `text` looks like somebody's name, so that it may be shown unread.

    Letters of any alphabet with their marks, parted by spaces, hyphens and apostrophes; a final
    full stop may follow an initial. Neither digits nor signs: no address of a page passes.
    """
    text = text.removesuffix(".")
    if not 0 < len(text) <= LONGEST or len(text.split()) > MOST_WORDS:
        return False
    marks = 0
    for char in text:
        category = unicodedata.category(char)
        marks = marks + 1 if category.startswith("M") else 0
        if marks > MOST_MARKS or not (category[0] in "LM" or char in JOINS):
            return False
    return text[0].isalpha() and text[-1] not in JOINS


def keep(actions: Sequence[Action], written: Callable[[str, str], str]) -> None:
    """Keeps the names of those of newly confirmed `actions` whose authors asked to be shown.

    `written`: how the form writes them, `short` or `full`. What does not look like a name waits
    for an organiser. Belongs to the transaction that confirms.
    """
    asked = [action for action in actions if action.content.get("named")]
    moments = dict(
        Confirmation.objects.filter(action__in=asked).values_list("action_id", "confirmed_at")
    )
    names = [
        PublicName(
            action=action,
            form=action.form,
            name=written(action.given_name, action.family_name),
            folded=sort_key(written(action.family_name, action.given_name)),
            signed_at=moments[action.pk],
        )
        for action in asked
    ]
    PublicName.objects.bulk_create(names, batch_size=500, ignore_conflicts=True)
    reviews.queue(
        Review(action=name.action, part=PART, text=name.name)  # type: ignore[misc]
        for name in names
        if not is_name(name.name)
    )


def sort_key(name: str) -> str:
    """`name` without case and accents, no longer than its column."""
    return folded(name)[:210]


def shown(form: ActionForm) -> QuerySet[PublicName]:
    """The names that anybody may see on `form`, each with its place: what counts and was not
    refused or is not waiting to be read."""
    counted = Confirmation.objects.counted().filter(action=OuterRef("action_id"))
    unread = Review.objects.filter(action=OuterRef("action_id"), part=PART)
    unread = unread.exclude(decision=Review.Decision.ACCEPTED)
    names = PublicName.objects.filter(Exists(counted), ~Exists(unread), form=form)
    return names.select_related("action__match__area")


def place(name: PublicName) -> str:
    """Where its bearer lives, as far as the postal code told; else nothing."""
    match = getattr(name.action, "match", None)
    return str(match.area) if match and match.area else ""


def export(supporter: Supporter) -> list[dict[str, Any]]:
    """The names under which `supporter` is shown."""
    names = PublicName.objects.filter(action__match__supporter=supporter)
    return [dict(row) for row in names.order_by("signed_at").values("name", "signed_at")]


def erase(supporter: Supporter) -> None:
    """Shows `supporter` nowhere any more."""
    PublicName.objects.filter(action__match__supporter=supporter).delete()
