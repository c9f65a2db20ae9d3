"""Each confirmed letter, one to each of its targets: written, held, cancelled."""

import datetime
from collections.abc import Iterable, Sequence

from django.db import transaction
from django.db.models import Exists, OuterRef
from django.template.loader import render_to_string
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import override

from plaidoyer.actions.kinds.letter import letters as kind
from plaidoyer.actions.models import Action, Confirmation
from plaidoyer.campaigns.models import Target
from plaidoyer.delivery.models import Letter
from plaidoyer.mail import envelopes, messages
from plaidoyer.mail.kinds import Message
from plaidoyer.mail.models import Envelope
from plaidoyer.organisation.models import Organisation

KIND = "letter"
URGENCY = 10
BATCH = 500


@transaction.atomic
def write(actions: Iterable[Action]) -> list[Letter]:
    """Writes the letters of those of `actions` that are confirmed letters; the new ones.

    One to each target that the supporter chose, word for word as it was shown. Each is queued, or
    held while its target has no address. Writing again changes nothing: the confirmations are
    locked meanwhile, and the database allows one letter for each act and target.
    """
    ids = [action.pk for action in actions]
    confirmations = (
        Confirmation.objects.select_for_update(of=("self",), no_key=True)
        .counted()
        .filter(action__in=ids, form__kind="letter")
        .select_related("action__form")
        .order_by("id")
    )
    acts = [confirmation.action for confirmation in confirmations]
    written = set(Letter.objects.filter(action__in=acts).values_list("action_id", "target_id"))
    targets = targets_by_campaign(acts)
    recipients = kind.recipients(target for these in targets.values() for target in these)
    new, addresses = [], []
    for action in acts:
        chosen = action.content.get("targets", [])
        for target in targets.get(action.form.campaign_id, []):
            if target.pk not in chosen or (action.pk, target.pk) in written:
                continue
            words = kind.compose(action, target, action.language, recipients[target.pk])
            addresses.append(words.address)
            new.append(
                Letter(
                    action=action,
                    target=target,
                    recipient=words.recipient,
                    subject=words.subject,
                    body=words.body,
                )
            )
    put_in_envelopes(new, addresses)
    return Letter.objects.bulk_create(new, batch_size=BATCH)


def targets_by_campaign(actions: Iterable[Action]) -> dict[int, list[Target]]:
    """The targets of the campaigns that `actions` belong to, in their order."""
    targets: dict[int, list[Target]] = {}
    for target in (
        Target.objects.filter(campaign__in={action.form.campaign_id for action in actions})
        .select_related("post", "person", "organization")
        .order_by("id")
    ):
        targets.setdefault(target.campaign_id, []).append(target)
    return targets


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
    held = Letter.objects.standing().filter(envelope=None)
    targets = Target.objects.filter(id__in=held.values("target")).select_related(
        "post", "person", "organization"
    )
    recipients = kind.recipients(targets)
    found = {target: to.address for target, to in recipients.items() if to.address}
    letters = list(
        held.filter(target__in=found).select_for_update(of=("self",), skip_locked=True)[:limit]
    )
    put_in_envelopes(letters, [found[letter.target_id] for letter in letters])
    Letter.objects.bulk_update(letters, ["envelope"], batch_size=BATCH)
    return len(letters)


def mend(since: datetime.timedelta = datetime.timedelta(days=1)) -> int:
    """Writes what a job that died with its worker left unwritten; how many letters.

    `since`: how far back confirmations are looked at.
    """
    unwritten = Confirmation.objects.counted().filter(
        ~Exists(Letter.objects.filter(action=OuterRef("action"))),
        form__kind="letter",
        confirmed_at__gt=timezone.now() - since,
    )
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
