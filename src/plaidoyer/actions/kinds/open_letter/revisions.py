"""The text of an open letter: frozen by the first signature, later changed by dated revisions."""

import difflib
import re
from collections.abc import Iterator
from typing import Any

from django.db import transaction
from django.db.models import Exists, OuterRef
from procrastinate.contrib.django import app

from plaidoyer.actions.kinds.open_letter.models import Revision, RevisionNotice
from plaidoyer.actions.models import Action, ActionForm, Confirmation
from plaidoyer.lib.words import Words
from plaidoyer.mail import envelopes

KIND = "revision"
URGENCY = 5
BATCH = 500


def current(form: ActionForm) -> int:
    """The number of the text that stands now; the first is 1."""
    return int(form.options.get("revision") or 1)


def text(form: ActionForm) -> Words:
    """The text that stands now."""
    return Words(form.options.get("text") or {})


def is_frozen(form: ActionForm) -> bool:
    """Whether somebody has signed, be it unconfirmed: they read this text."""
    return form.pk is not None and Action.objects.filter(form=form).exists()


@transaction.atomic
def revise(form: ActionForm, *, before: Words, note: Words, by: Any) -> Revision | None:
    """Makes the text of `form`, changed from `before`, its next revision; none where nobody signed.

    The form is locked first: an act that is being taken in has committed by then and counts as a
    signature, so that no text is changed under it in silence. Everybody who signed is told.
    """
    ActionForm.objects.select_for_update().get(pk=form.pk)
    if text(form) == before or not is_frozen(form):
        return None
    last = Revision.objects.filter(form=form).order_by("-number").first()
    if last is None:
        last = Revision.objects.create(
            form=form, number=1, text=before, revised_at=form.opens_at, revised_by=by
        )
    revision = Revision.objects.create(
        form=form, number=last.number + 1, text=text(form), note=note, revised_by=by
    )
    form.options = {**form.options, "revision": revision.number}
    form.save(update_fields=["options"])
    app.configure_task("actions.tell_revision").defer(revision_id=revision.pk)
    return revision


@transaction.atomic
def tell(revision: Revision) -> int:
    """Queues the mail about `revision` for the next signers not told yet; how many.

    To be called until it gives 0. Told are all whose act counts and who signed an earlier text.
    """
    # One teller at a time: two would queue each mail twice before the constraint says no.
    Revision.objects.select_for_update(of=("self",)).get(pk=revision.pk)
    told = RevisionNotice.objects.filter(revision=revision, action=OuterRef("action_id"))
    untold = Confirmation.objects.counted().filter(~Exists(told), form=revision.form_id)
    untold = untold.exclude(action__facts__revision__gte=revision.number)
    acts = [one.action for one in untold.select_related("action").order_by("id")[:BATCH]]
    queued = envelopes.queue(
        kind=KIND, to_addresses=[action.email for action in acts], urgency=URGENCY
    )
    RevisionNotice.objects.bulk_create(
        RevisionNotice(revision=revision, action=action, envelope=envelope)
        for action, envelope in zip(acts, queued, strict=True)
    )
    return len(acts)


def changes(before: str, after: str) -> Iterator[tuple[str, str]]:
    """What became of `before`, in pieces of whole words: ("same" | "gone" | "new", text)."""
    old, new = (re.findall(r"\S+\s*|\s+", text) for text in (before, after))
    matcher = difflib.SequenceMatcher(None, old, new, autojunk=False)
    for _verb, i1, i2, j1, j2 in matcher.get_opcodes():
        if old[i1:i2] == new[j1:j2]:
            yield "same", "".join(old[i1:i2])
            continue
        if i1 < i2:
            yield "gone", "".join(old[i1:i2])
        if j1 < j2:
            yield "new", "".join(new[j1:j2])
