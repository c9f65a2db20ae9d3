"""Letters to one mailbox stopped, of all campaigns or of one: they wait, or do not leave at all.

Each stop is a dated row that says who and why. What has left has left; the rest can be let go on.
"""

from django.contrib.auth.models import User
from django.db import transaction
from django.db.models import QuerySet
from django.utils import timezone

from plaidoyer.campaigns.models import Campaign, Target
from plaidoyer.delivery.mailboxes import budgets, turns
from plaidoyer.delivery.mailboxes.models import Mailbox, MailboxHold
from plaidoyer.delivery.models import Letter, LetterQuerySet
from plaidoyer.mail import envelopes
from plaidoyer.mail.models import Envelope

Effect, Cause = MailboxHold.Effect, MailboxHold.Cause
State = Envelope.State


def reached(mailbox: Mailbox, campaign: Campaign | None = None) -> LetterQuerySet:
    """The letters to `mailbox`, of `campaign` or of all, that have not begun to leave."""
    letters = Letter.objects.filter(mailbox=mailbox, envelope__begun_at=None)
    letters = letters.filter(envelope__state__in=[State.QUEUED, State.DEFERRED])
    return letters.filter(target__campaign=campaign) if campaign else letters


@transaction.atomic
def place(
    mailbox: Mailbox,
    *,
    because: str,
    campaign: Campaign | None = None,
    by: User | None = None,
    cause: str = Cause.ORGANISER,
) -> MailboxHold:
    """Holds letters to `mailbox`: those that wait, and those still to be written.

    A second hold of the same letters is the first one.
    """
    hold, is_new = MailboxHold.objects.get_or_create(
        mailbox=mailbox,
        campaign=campaign,
        effect=Effect.HOLD,
        lifted_at=None,
        defaults={"because": because, "placed_by": by, "cause": cause},
    )
    if is_new:
        letters = reached(mailbox, campaign)
        hold.letters = letters.count()
        hold.save(update_fields=["letters"])
        turns.put_back(list(letters.filter(turn_at__isnull=False)))
    return hold


@transaction.atomic
def cancel(
    mailbox: Mailbox, *, because: str, campaign: Campaign | None = None, by: User | None = None
) -> MailboxHold:
    """Cancels the letters to `mailbox` that wait; those written later are not concerned."""
    letters = reached(mailbox, campaign)
    keys = list(letters.select_for_update(of=("self",), no_key=True).values_list("pk", flat=True))
    hold = MailboxHold.objects.create(
        mailbox=mailbox,
        campaign=campaign,
        effect=Effect.CANCEL,
        because=because,
        placed_by=by,
        letters=len(keys),
    )
    Letter.objects.filter(pk__in=keys).update(cancelled_by=hold)
    envelopes.cancel(Envelope.objects.filter(letter__in=keys))
    return hold


@transaction.atomic
def lift(hold: MailboxHold, *, by: User | None = None) -> int:
    """Lets the letters of `hold` go on; how many wait again. Once: a second time it is 0.

    Cancelled letters whose act does not count any more stay where they are; one that was leaving
    while it was cancelled is not written twice.
    """
    open_ones = MailboxHold.objects.select_for_update(no_key=True).filter(lifted_at=None)
    if not (found := open_ones.filter(pk=hold.pk).first()):
        return 0
    found.lifted_at, found.lifted_by = timezone.now(), by
    found.save(update_fields=["lifted_at", "lifted_by"])
    if found.effect == Effect.HOLD:
        return reached(found.mailbox, found.campaign).count()
    cancelled = Letter.objects.filter(cancelled_by=found)
    stopped = cancelled.filter(envelope__state=State.CANCELLED, envelope__begun_at=None)
    again = list(stopped.standing().select_related("envelope", "target"))
    budgets.line_up(again, [one.envelope.to_address for one in again if one.envelope])
    Letter.objects.bulk_update(again, budgets.LINED_UP, batch_size=500)
    cancelled.update(cancelled_by=None)
    return len(again)


def mailboxes_of(target: Target) -> QuerySet[Mailbox]:
    """Where letters to `target` go: one mailbox, or those of a body's members."""
    return Mailbox.objects.filter(letters__target=target).distinct().order_by("address")


@transaction.atomic
def place_for(target: Target, *, because: str, by: User | None = None) -> list[MailboxHold]:
    """Holds the letters to `target` in its campaign, in each of its mailboxes."""
    boxes = mailboxes_of(target)
    return [place(box, because=because, campaign=target.campaign, by=by) for box in boxes]


@transaction.atomic
def cancel_for(target: Target, *, because: str, by: User | None = None) -> list[MailboxHold]:
    """Cancels the letters to `target` that wait, in each of its mailboxes."""
    boxes = [box for box in mailboxes_of(target) if reached(box, target.campaign).exists()]
    return [cancel(box, because=because, campaign=target.campaign, by=by) for box in boxes]


@transaction.atomic
def lift_for(target: Target, effect: str, *, by: User | None = None) -> int:
    """Lets go on what is held, or was cancelled, of letters to `target`; how many wait again."""
    return sum(lift(hold, by=by) for hold in placed_on(target).filter(effect=effect))


def placed_on(target: Target) -> QuerySet[MailboxHold]:
    """What stops its campaign's letters in the mailboxes of `target` now, the newest first."""
    holds = MailboxHold.objects.filter(
        mailbox__in=mailboxes_of(target), campaign=target.campaign, lifted_at=None
    )
    return holds.select_related("mailbox", "placed_by").order_by("-placed_at", "mailbox")
