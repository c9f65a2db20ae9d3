"""Others who sign our checkpoints: so that nobody is shown another log than everybody else."""

from django.db import transaction

from plaidoyer.actions.ledger.models import Checkpoint
from plaidoyer.lib.merkle import notes


@transaction.atomic
def add(public_id: str, line: str, vkey: str) -> Checkpoint:
    """Puts a witness's line under the last checkpoint of a form that it is for.

    Raises notes.BadNoteError where the holder of `vkey` did not sign it.
    """
    every = Checkpoint.objects.filter(form__public_id=public_id).select_for_update()
    checkpoint = every.order_by("-size").first()
    if checkpoint is None:
        raise notes.BadNoteError(f"{public_id} has no checkpoint")
    line = line.strip() + "\n"
    text, _signatures = notes.split(checkpoint.note)
    notes.verify(f"{text}\n{line}", vkey)  # this line, whoever else signed
    if line not in checkpoint.note:
        checkpoint.note += line
        checkpoint.save(update_fields=["note"])
    return checkpoint
