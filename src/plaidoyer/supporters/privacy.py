"""What is kept about one supporter, in every room: shown to them, and erased when they ask.

A room registers itself when Django starts (its `apps.py`), so that this one knows no other. A room
that keeps something personal and does not register breaks the promise of the page that erases.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from django.db import transaction

from plaidoyer.supporters import consents, erasures
from plaidoyer.supporters.models import Erasure, Supporter

ERASED_ON = "erasure"


class ErasedError(Exception):
    """The link is one of ours, and nothing is kept any more of whom it was for."""


@dataclass(frozen=True, slots=True)
class Room:
    """How one room shows and erases what it keeps.

    `export` gives what JSON can hold, dates included. `erase` is called in the transaction of
    the erasure, before the supporter's own row is emptied: it leaves rows that count, emptied of
    what is personal, deletes those that do not, and lets no mail leave.
    """

    export: Callable[[Supporter], Any]
    erase: Callable[[Supporter], None]


ROOMS: dict[str, Room] = {}


def register(
    room: str, *, export: Callable[[Supporter], Any], erase: Callable[[Supporter], None]
) -> None:
    """Lets `room` take part in exports and erasures."""
    ROOMS[room] = Room(export, erase)


def export(supporter: Supporter) -> dict[str, Any]:
    """Everything that is kept about `supporter`, by room (GDPR article 15 and 20)."""
    about = {
        "email": supporter.email,
        "given_name": supporter.given_name,
        "family_name": supporter.family_name,
        "postal_code": supporter.postal_code,
        "language": supporter.language,
        "since": supporter.created_at,
        "corrections": list(supporter.corrections.order_by("id").values("facts", "corrected_at")),
    }
    answers = supporter.consents.order_by("id").values(
        *("purpose", "answer", "basis", "expires_at", "wording__text", "wording__language"),
        *("page", "answered_at"),
    )
    known = {"supporter": about, "consents": list(answers)}
    return known | {name: room.export(supporter) for name, room in ROOMS.items()}


@transaction.atomic
def erase(supporter: Supporter) -> Erasure | None:
    """Erases what is personal about `supporter` in every room, in one transaction.

    What was counted stays counted: rows stay, emptied. Consents stay as a proof that names
    nobody. The address may come back and is then a new supporter. None when it was done before.
    """
    supporter = Supporter.objects.select_for_update().get(pk=supporter.pk)
    if supporter.is_erased:
        return None
    for room in ROOMS.values():
        room.erase(supporter)
    if supporter.subscriptions.filter(ended_at=None).exists():
        consents.withdraw(supporter, purpose=consents.NEWSLETTER, page=ERASED_ON)
    # With the document goes its key (vault.triggers).
    supporter.mark, supporter.sealed = f"erased:{supporter.uid}", b""
    supporter.save()
    erasure = Erasure.objects.create(supporter=supporter)
    transaction.on_commit(lambda: erasures.note(erasure))
    return erasure


def ensure_kept(supporter: Supporter) -> Supporter:
    """`supporter`, for whoever opens a link to them. Raises ErasedError once they are erased."""
    if supporter.is_erased:
        raise ErasedError
    return supporter
