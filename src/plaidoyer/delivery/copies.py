"""The letters of an act, in one mail to whoever wrote them, where they asked for it."""

from collections.abc import Iterable, Sequence
from typing import Any

from django.template.loader import render_to_string
from django.utils.translation import gettext as _
from django.utils.translation import override

from plaidoyer.actions.models import Action
from plaidoyer.delivery.models import Letter, OwnCopy
from plaidoyer.mail import envelopes, returns
from plaidoyer.mail.kinds import Message
from plaidoyer.mail.models import Envelope
from plaidoyer.organisation.models import Organisation

KIND = "own_copy"
URGENCY = 5


def queue(actions: Iterable[Action]) -> None:
    """Queues the copy of those of `actions`, all of them confirmed, that asked for one; once.

    One that was stopped with its act, before anything left, is queued anew. Belongs to the
    caller's transaction, which holds the acts' confirmations.
    """
    wanted = [action for action in actions if action.content.get("own_copy")]
    there = {
        copy.action_id: copy
        for copy in OwnCopy.objects.filter(action__in=wanted).select_related("envelope")
    }
    stopped = [copy for copy in there.values() if was_stopped(copy.envelope)]
    new = [OwnCopy(action=action) for action in wanted if action.pk not in there]
    # Of many acts, most asked for none.
    for copy, envelope in zip([*new, *stopped], put([*new, *stopped]), strict=True):
        copy.envelope = envelope
    OwnCopy.objects.bulk_create(new)
    OwnCopy.objects.bulk_update(stopped, ["envelope"])


def was_stopped(envelope: Envelope) -> bool:
    """Whether it was cancelled before anything of it left."""
    return envelope.state == Envelope.State.CANCELLED and envelope.begun_at is None


def put(copies: Sequence[OwnCopy]) -> list[Envelope]:
    """An envelope for each of `copies`."""
    addresses = [copy.action.email for copy in copies]
    return envelopes.queue(kind=KIND, to_addresses=addresses, urgency=URGENCY)


def compose(due: Sequence[Envelope]) -> dict[int, Message]:
    """The copies by envelope id; none for an act that does not count."""
    organisation, composed = Organisation.current(), {}
    standing = Letter.objects.standing().filter(action__own_copy__envelope__in=due)
    by_act: dict[int, list[Letter]] = {}
    for letter in standing.order_by("id"):
        by_act.setdefault(letter.action_id, []).append(letter)
    copies = OwnCopy.objects.filter(envelope__in=due, action__in=by_act)
    for copy in copies.select_related("action__form"):
        with override(copy.action.language):
            composed[copy.envelope_id] = write(copy.action, by_act[copy.action_id], organisation)
    return composed


def write(action: Action, letters: Sequence[Letter], organisation: Organisation) -> Message:
    """One copy in the active language."""
    context: dict[str, Any] = {
        "title": letters[0].subject,
        "action": action,
        "letters": letters,
        "copy_addresses": [
            {"recipient": one.recipient, "address": returns.reply_address(one.envelope)}
            for one in letters
            if one.envelope
        ],
        "organisation": organisation,
        "language": action.language,
    }
    return Message(
        subject=_("Your copy: %(subject)s") % {"subject": letters[0].subject},
        text=render_to_string("delivery/own_copy.txt", context),
        html=render_to_string("delivery/own_copy.html", context),
        sender_name=str(organisation.name),
        language=action.language,
    )
