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

from plaidoyer.actions import approvals
from plaidoyer.actions.kinds import KINDS
from plaidoyer.actions.kinds.letter import letters as kind
from plaidoyer.actions.models import Action, ActionForm, Confirmation, ConfirmationQuerySet
from plaidoyer.civics import lookups
from plaidoyer.delivery import caps, copies
from plaidoyer.delivery.mailboxes import budgets, offices, turns
from plaidoyer.delivery.models import Letter
from plaidoyer.mail import envelopes, returns
from plaidoyer.mail.kinds import Message
from plaidoyer.mail.models import Envelope
from plaidoyer.organisation.models import Organisation

KIND = budgets.KIND
# A kind of acts is delivered as letters when this is what follows its confirmation.
WRITE = "delivery.write_letters"
BATCH = 500


def delivered_kinds() -> list[str]:
    """The kinds whose acts are letters: those that ask for them to be written."""
    return [kind.name for kind in KINDS.values() if kind.after_confirmation == WRITE]


@transaction.atomic
def write(actions: Iterable[Action], at: datetime.datetime | None = None) -> list[Letter]:
    """Writes the letters of those of `actions` that are confirmed letters; the new ones.

    One to each addressee that the supporter chose, word for word as it was shown. Each is queued,
    or held while its addressee has no address. Writing again changes nothing: the confirmations
    are locked meanwhile, and the database allows one letter for each act and addressee. Only what
    was cancelled while its act did not count, and never left, is queued anew. Those that their
    reader's hours and pace let in at `at` (now, if none is given) have their turn at once.
    """
    found = list(locked(actions).counted().select_related("action__form__campaign"))
    acts = [one.action for one in caps.within(fit(found))]
    had = caps.had(acts)
    written = Letter.objects.filter(action__in=acts).select_related("envelope")
    there = {(letter.action_id, letter.target_id, letter.post_id) for letter in written}
    # A member who was unknown at first has been found: the letter stands with their office.
    placed = {(action, target) for action, target, _post in there}
    addressees = kind.addressees(acts)
    recipients = kind.recipients(to for these in addressees for to in these)
    new, addresses = [], []
    for action, these in zip(acts, addressees, strict=True):
        for to in these:
            pair = (action.pk, to.target.pk)
            if (action.pk, *to.key) in there or (to.is_unknown and pair in placed):
                continue
            if (action.confirmation.supporter_id, *to.key) in had:
                continue
            # It waits to be placed: its writer has said to whom meanwhile.
            if to.post and (*pair, None) in there:
                continue
            had.add((action.confirmation.supporter_id, *to.key))
            words = kind.compose(action, to.target, action.language, recipients[to.key], to.post)
            addresses.append(words.address)
            new.append(
                Letter(  # type: ignore[misc]
                    action=action,
                    target=to.target,
                    post=to.post,
                    recipient=words.recipient,
                    subject=words.subject,
                    body=words.body,
                    language=words.language,
                    thanks=words.thanks,
                    own_words=words.own_words,
                )
            )
    budgets.line_up(new, addresses)
    stopped = [
        letter
        for letter in written
        if letter.envelope and not letter.cancelled_by_id and copies.was_stopped(letter.envelope)
    ]
    queue_again(stopped)
    made = Letter.objects.bulk_create(new, batch_size=BATCH)
    turns.give_to([*made, *stopped], at)
    lookups.ask(
        action.postal_code
        for action, these in zip(acts, addressees, strict=True)
        if any(to.is_unknown for to in these)
    )
    copies.queue(acts)
    return made


def fit(found: Sequence[Confirmation]) -> list[Confirmation]:
    """Those whose form a second person approved as it stands; the others wait until one does."""
    forms = {one.form_id: one.action.form for one in found}
    covered = {key for key, form in forms.items() if approvals.covers(form)}
    return [one for one in found if one.form_id in covered]


def locked(actions: Iterable[Action]) -> ConfirmationQuerySet:
    """The confirmations of `actions`, locked: nobody else writes or cancels meanwhile."""
    return (
        Confirmation.objects.select_for_update(of=("self",), no_key=True)
        .filter(action__in=[action.pk for action in actions], form__kind__in=delivered_kinds())
        .order_by("id")
    )


def queue_again(letters: Sequence[Letter]) -> None:
    """Gives letters that were stopped a fresh envelope, to where the first would have gone."""
    budgets.line_up(letters, [letter.envelope.to_address for letter in letters if letter.envelope])
    Letter.objects.bulk_update(letters, budgets.LINED_UP, batch_size=BATCH)


@transaction.atomic
def cancel(actions: Iterable[Action]) -> int:
    """Cancels what has not left of those of `actions` that do not count; how many mails.

    They were withdrawn, or a hold was placed on them: should it be lifted, `write` queues anew.
    """
    keys = [one.action_id for one in locked(actions)]
    counted = Confirmation.objects.counted().filter(action__in=keys).values("action")
    stopped = Action.objects.filter(id__in=keys).exclude(id__in=counted)
    mails = Q(letter__action__in=stopped) | Q(own_copy__action__in=stopped)
    # The mail of a day goes on without them; should they count again, they wait for another.
    carried = Letter.objects.filter(action__in=stopped, digest__envelope__begun_at=None)
    carried.filter(digest__isnull=False).update(digest=None)
    return envelopes.cancel(Envelope.objects.filter(mails))


@transaction.atomic
def release(limit: int = BATCH) -> int:
    """Queues letters that were held, now that their addressee has an address; how many.

    Greeting and name are those of whoever holds the office by now.
    """
    held = Letter.objects.standing().placed().filter(envelope=None, digest=None)
    held = held.filter(action__form__awaits_since=None)
    waiting = held.values_list("target", "post").order_by("target", "post").distinct()
    recipients = kind.recipients(kind.addressees_by_key(waiting))
    found = {key: to for key, to in recipients.items() if to.address}
    if not found:
        return 0
    reached = reduce(or_, (Q(target=target, post=post) for target, post in found))
    forms = ActionForm.objects.filter(pk__in=held.filter(reached).values("action__form"))
    approved = [form for form in forms.select_related("campaign") if approvals.covers(form)]
    letters = list(
        held.filter(reached, action__form__in=approved)
        .select_related("action", "target", "post")
        .select_for_update(of=("self",), skip_locked=True)[:limit]
    )
    for letter in letters:
        readdress(letter, found[letter.target_id, letter.post_id])
    budgets.line_up(letters, [found[one.target_id, one.post_id].address for one in letters])
    Letter.objects.bulk_update(letters, [*READDRESSED, *budgets.LINED_UP], batch_size=BATCH)
    return len(letters)


READDRESSED = ["recipient", "sealed", "language"]


def readdress(letter: Letter, to: kind.Recipient) -> None:
    """Writes `letter` to whoever reads it now; its text stays. Saves nothing."""
    words = kind.compose(letter.action, letter.target, letter.action.language, to, letter.post)
    for name in ("recipient", "subject", "body", "language"):
        setattr(letter, name, getattr(words, name))


def mend(since: datetime.timedelta = datetime.timedelta(days=3)) -> int:
    """Writes what a job that died with its worker left unwritten, and what a cap or a missing
    approval kept back; how many letters.

    `since`: how far back confirmations are looked at.
    """
    unwritten = (
        Confirmation.objects.counted()
        .filter(
            ~Exists(Letter.objects.filter(action=OuterRef("action"))),
            form__kind__in=delivered_kinds(),
            confirmed_at__gt=timezone.now() - since,
        )
        .filter(form__awaits_since=None)
        .exclude(action__sealed=b"")
    )
    unwritten = caps.free(unwritten)
    return len(write(Action.objects.filter(confirmation__in=unwritten)[:BATCH]))


def compose(due: Sequence[Envelope]) -> dict[int, Message]:
    """The messages of letters by envelope id; none for an act that was withdrawn."""
    organisation = Organisation.current()
    composed = {}
    letters = Letter.objects.standing().filter(envelope__in=due)
    for letter in letters.select_related("action", "envelope", "mailbox"):
        action, envelope = letter.action, letter.envelope
        language = letter.language or action.language
        with override(language):
            context = {"letter": letter, "language": language, "organisation": organisation}
            context |= offices.links(letter.mailbox)
            footer = render_to_string("delivery/mailboxes/footer.txt", context)
            html = render_to_string("delivery/letter.html", context)
            sender_name = _("%(supporter)s (via %(organisation)s)") % {
                "supporter": action.full_name,
                "organisation": organisation.name,
            }
        composed[envelope.pk] = Message(
            subject=letter.subject,
            text=f"{letter.body}\n\n{footer}",
            html=html,
            sender_name=sender_name,
            language=language,
            reply_to=(action.full_name, action.email),
            mailbox=returns.local_part("letter", envelope),
        )
    return composed
