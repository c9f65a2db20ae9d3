"""What a supporter may keep to check that they are in the log: theirs alone, and never mailed."""

from collections.abc import Iterable
from typing import Any

from plaidoyer.actions.ledger import logs
from plaidoyer.actions.ledger.models import Entry
from plaidoyer.actions.models import Action, Confirmation

FORMAT = "plaidoyer.receipt/1"


def receipt(action: Action) -> dict[str, Any] | None:
    """What opens the commitment to `action`; None while it is in no log."""
    entry = Entry.objects.filter(action_id=action.pk, removes=None, removal=None).first()
    confirmation = Confirmation.objects.filter(action=action).select_related("action").first()
    if entry is None or entry.salt is None or confirmation is None:
        return None
    return {
        "format": FORMAT,
        "form": action.form.public_id,
        "index": entry.index,
        "salt": bytes(entry.salt).hex(),
        "identity": logs.identity(confirmation),
        "day": logs.day(confirmation),
    }


def forget(actions: Iterable[Action]) -> None:
    """Destroys what opens the commitments to `actions`: nobody but who kept a receipt can any
    more. The entries stay, and so do the counts."""
    Entry.objects.filter(action_id__in=[action.pk for action in actions]).update(salt=None)
