"""An act's letters as they are shown: one for all who get the same words, and who they are."""

from dataclasses import dataclass
from typing import Any

from plaidoyer.actions.kinds.letter import letters, seats
from plaidoyer.actions.kinds.letter.letters import Composed
from plaidoyer.actions.kinds.vote_drive import voted
from plaidoyer.actions.models import Action


@dataclass(frozen=True, slots=True)
class Group:
    """Letters that differ by their greeting only."""

    letter: Composed
    recipients: list[str]


def told(action: Action) -> dict[str, Any]:
    """The letters of `action`, grouped; the first of each stands for the others."""
    composed = letters.compose_all(action)
    groups: dict[tuple[str, str, str], Group] = {}
    for letter in composed:
        key = letter.subject, letter.body.partition("\n\n")[2], letter.language
        group = groups.setdefault(key, Group(letter, []))
        group.recipients.append(letter.recipient)
    return {
        "letters": composed,
        "groups": list(groups.values()),
        **seats.told(action),
        **voted.told(action),
    }
