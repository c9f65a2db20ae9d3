"""A sample of a form's acts for an independent audit, that nobody at home can choose."""

from dataclasses import dataclass

from plaidoyer.actions.ledger import verify
from plaidoyer.actions.ledger.models import Checkpoint, Entry
from plaidoyer.actions.models import Action, ActionForm
from plaidoyer.lib.merkle import notes


class NoLogError(ValueError):
    """The form has no checkpoint, or none of that size."""


@dataclass(frozen=True, slots=True)
class Drawn:
    """One act to be asked about. `email` is empty where its author was erased since."""

    index: int
    email: str
    name: str


def sample(public_id: str, number: int, size: int | None = None) -> tuple[Checkpoint, list[Drawn]]:
    """Acts drawn by the root of a checkpoint: the last, or the one that was announced by its size.

    Whoever has the log draws the same ones (verify.draw). Raises NoLogError.
    """
    form = ActionForm.objects.filter(public_id=public_id).first()
    found = Checkpoint.objects.filter(form=form, **({"size": size} if size else {}))
    checkpoint = found.order_by("-size").first()
    if form is None or checkpoint is None:
        raise NoLogError(public_id)
    entries = list(
        Entry.objects.filter(form=form, index__lt=checkpoint.size)
        .order_by("index")
        .values_list("line", "action_id")
    )
    root = notes.read(checkpoint.note).root
    indexes = verify.draw(root, [line for line, _act in entries], number)
    acts = Action.objects.in_bulk([entries[index][1] for index in indexes])
    drawn = []
    for index in indexes:
        act = acts.get(entries[index][1])
        drawn.append(Drawn(index, act.email if act else "", act.full_name if act else ""))
    return checkpoint, drawn
