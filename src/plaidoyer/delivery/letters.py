"""Each confirmed letter, one to each of its targets: written, held, cancelled."""

import datetime
from collections.abc import Iterable, Sequence
from functools import reduce
from operator import or_

from django.db import transaction
from django.db.models import Exists, OuterRef, Q
from django.template.loader import render_to_string
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import override

from plaidoyer.actions.kinds import KINDS
from plaidoyer.actions.kinds.letter import letters as kind
from plaidoyer.actions.models import Action, Confirmation
from plaidoyer.delivery.models import Letter
from plaidoyer.mail import envelopes, messages
from plaidoyer.mail.kinds import Message
from plaidoyer.mail.models import Envelope
from plaidoyer.organisation.models import Organisation

KIND = "letter"
# A kind of acts is delivered as letters when this is what follows its confirmation.
WRITE = "delivery.write_letters"
URGENCY = 10
BATCH = 500


def delivered_kinds() -> list[str]:
    """The kinds whose acts are letters: those that ask for them to be written."""
    return [kind.name for kind in KINDS.values() if kind.after_confirmation == WRITE]


@transaction.atomic
def write(actions: Iterable[Action]) -> list[Letter]:
    """Writes the letters of those of `actions` that are confirmed letters; the new ones.

    One to each addressee that the supporter chose, word for word as it was shown. Each is queued,
    or held while its addressee has no address. Writing again changes nothing: the confirmations
    are locked meanwhile, and the database allows one letter for each act and addressee.
    """
    ids = [action.pk for action in actions]
    confirmations = (
        Confirmation.objects.select_for_update(of=("self",), no_key=True)
        .counted()
        .filter(action__in=ids, form__kind__in=delivered_kinds())
        .exclude(action__email="")  # erased before it was written
        .select_related("action__form")
        .order_by("id")
    )
    acts = [confirmation.action for confirmation in confirmations]
    written = set(
        Letter.objects.filter(action__in=acts).values_list("action_id", "target_id", "post_id")
    )
    addressees = kind.addressees(acts)
    recipients = kind.recipients(to for these in addressees for to in these)
    new, addresses = [], []
    for action, these in zip(acts, addressees, strict=True):
        for to in these:
            if (action.pk, *to.key) in written:
                continue
            words = kind.compose(action, to.target, action.language, recipients[to.key], to.post)
            addresses.append(words.address)
            new.append(
                Letter(
                    action=action,
                    target=to.target,
                    post=to.post,
                    recipient=words.recipient,
                    subject=words.subject,
                    body=words.body,
                )
            )
    put_in_envelopes(new, addresses)
    return Letter.objects.bulk_create(new, batch_size=BATCH)


def put_in_envelopes(letters: Sequence[Letter], addresses: Sequence[str]) -> None:
    """Queues those of `letters` that have an address; saves nothing on the letters."""
    ready = [pair for pair in zip(letters, addresses, strict=True) if pair[1]]
    queued = envelopes.queue(
        kind=KIND, to_addresses=[address for _letter, address in ready], urgency=URGENCY
    )
    for (letter, _address), envelope in zip(ready, queued, strict=True):
        letter.envelope = envelope


def cancel(actions: Iterable[Action]) -> int:
    """Cancels what has not left of those of `actions` that were withdrawn; how many letters."""
    withdrawn = Envelope.objects.filter(
        letter__action__in=[action.pk for action in actions],
        letter__action__confirmation__withdrawal__isnull=False,
    )
    return envelopes.cancel(withdrawn)


@transaction.atomic
def release(limit: int = BATCH) -> int:
    """Queues letters that were held, now that their target has an address; how many."""
    held = Letter.objects.standing().placed().filter(envelope=None)
    waiting = held.values_list("target", "post").order_by("target", "post").distinct()
    recipients = kind.recipients(kind.addressees_by_key(waiting))
    found = {key: to.address for key, to in recipients.items() if to.address}
    if not found:
        return 0
    reached = reduce(or_, (Q(target=target, post=post) for target, post in found))
    letters = list(held.filter(reached).select_for_update(of=("self",), skip_locked=True)[:limit])
    put_in_envelopes(letters, [found[letter.target_id, letter.post_id] for letter in letters])
    Letter.objects.bulk_update(letters, ["envelope"], batch_size=BATCH)
    return len(letters)


def mend(since: datetime.timedelta = datetime.timedelta(days=1)) -> int:
    """Writes what a job that died with its worker left unwritten; how many letters.

    `since`: how far back confirmations are looked at.
    """
    unwritten = Confirmation.objects.counted().filter(
        ~Exists(Letter.objects.filter(action=OuterRef("action"))),
        form__kind__in=delivered_kinds(),
        confirmed_at__gt=timezone.now() - since,
    ).exclude(action__email="")
    return len(write(Action.objects.filter(confirmation__in=unwritten)[:BATCH]))


def compose(due: Sequence[Envelope]) -> dict[int, Message]:
    """The messages of letters by envelope id; none for an act that was withdrawn."""
    organisation = Organisation.current()
    composed = {}
    letters = Letter.objects.standing().filter(envelope__in=due)
    for letter in letters.select_related("action", "envelope"):
        action, envelope = letter.action, letter.envelope
        with override(action.language):
            sender_name = _("%(supporter)s (via %(organisation)s)") % {
                "supporter": action.full_name,
                "organisation": organisation.name,
            }
        composed[envelope.pk] = Message(
            subject=letter.subject,
            text=f"{letter.body}\n",
            html=render_to_string("delivery/letter.html", {"letter": letter}),
            sender_name=sender_name,
            language=action.language,
            reply_to=(action.full_name, action.email),
            mailbox=f"letter-{messages.opaque(envelope)}",
        )
    return composed
