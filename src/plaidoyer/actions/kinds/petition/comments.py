"""What signers say, once an organiser has accepted it, and who signed lately and agreed to show."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db.models import QuerySet

from plaidoyer.actions import names, reviews
from plaidoyer.actions.models import Action, ActionForm, PublicName, Review

PART = "comment"
RECENT = 10
FIRST = 3


@dataclass(frozen=True, slots=True)
class Comment:
    """An accepted comment, with its author's public name or none."""

    text: str
    language: str
    said_at: datetime
    name: str
    place: str


def queue(actions: Sequence[Action]) -> None:
    """Lets an organiser read the comments of newly confirmed `actions`."""
    said = [(action, action.content.get("comment")) for action in actions]
    reviews.queue(Review(action=a, part=PART, text=text) for a, text in said if text)  # type: ignore[misc]


def accepted(form: ActionForm) -> QuerySet[Review]:
    """The comments on `form` that anybody may read, the newest first."""
    found = reviews.accepted(PART).filter(action__form=form)
    return found.select_related("action").order_by("-action__submitted_at", "-id")


def signed(found: Iterable[Review], form: ActionForm) -> list[Comment]:
    """Comments with the names of those who agreed to be shown; one query for all."""
    found = list(found)
    shown = names.shown(form).filter(action__in=[review.action_id for review in found])
    by_act = {name.action_id: name for name in shown}
    return [comment(review, by_act.get(review.action_id)) for review in found]


def comment(review: Review, name: PublicName | None) -> Comment:
    return Comment(
        text=review.text,
        language=review.action.language,
        said_at=review.action.submitted_at,
        name=name.name if name else "",
        place=names.place(name) if name else "",
    )


def shown(form: ActionForm) -> dict[str, Any]:
    """What a petition's page shows beside its words, as far as its organiser wants it."""
    options = form.options
    screen: dict[str, Any] = {}
    if options.get("names"):
        recent = names.shown(form).order_by("-signed_at", "-action_id")[:RECENT]
        screen["signers"] = [(name.name, names.place(name)) for name in recent]
    if options.get("comments"):
        # One more than is shown says whether there are others.
        found = list(accepted(form)[: FIRST + 1])
        screen["comments"] = signed(found[:FIRST], form)
        screen["more_comments"] = len(found) > FIRST
    return screen
