"""When a mailing leaves, and what is done with it on the way: schedule, take back, pause, cancel.

`tick` does by itself what is due: it begins mailings whose time has come, notes which were paused
by the engine or came to their end, and lets the better subject go to the rest.
"""

import datetime
from collections.abc import Callable
from typing import Any
from zoneinfo import ZoneInfo

from django.conf import settings
from django.db import transaction
from django.utils import timezone
from django.utils.translation import get_language, override
from django.utils.translation import gettext as _

from plaidoyer.lib.words import Words
from plaidoyer.mail import batches
from plaidoyer.mail.models import Batch, Envelope
from plaidoyer.newsletters import mailings, notices, obstacles, writing, zones
from plaidoyer.newsletters.mailings import RefusedError, move
from plaidoyer.newsletters.models import Mailing
from plaidoyer.newsletters.results import variants

State = Mailing.State
Timing = Mailing.Timing
# How long after its time a mailing may still begin by itself: a server that was down for a day
# must not send yesterday's invitation.
TOO_LATE = datetime.timedelta(hours=12)


@transaction.atomic
def schedule(
    mailing: Mailing, *, timing: str, leaves_at: datetime.datetime | None = None, by: Any = None
) -> Mailing:
    """Lets `mailing` leave at once, at a moment, or at that hour on each reader's clock.

    Raises RefusedError when the moment is past, or something stands in its way (obstacles).
    """
    now = timezone.now()
    leaves_at = now if timing == Timing.NOW else leaves_at
    if leaves_at is None:
        raise RefusedError(_("Say when it leaves."))
    if timing != Timing.NOW and leaves_at <= now:
        raise RefusedError(_("This moment is past."))
    mailing = Mailing.objects.select_for_update().get(pk=mailing.pk)
    mailing.timing, mailing.leaves_at = timing, leaves_at
    if reasons := obstacles.found(mailing):
        raise RefusedError(" ".join(reasons))
    mailing.save(update_fields=["timing", "leaves_at"])
    return move(mailing, State.SCHEDULED, by=by)


def take_back(mailing: Mailing, *, by: Any = None) -> Mailing:
    """Makes a scheduled mailing a draft again. Raises RefusedError once it has begun."""
    return move(mailing, State.DRAFT, by=by)


@transaction.atomic
def pause(mailing: Mailing, *, by: Any = None, because: str = "") -> Mailing:
    """Lets nothing more leave for now; what a sender holds at this moment still may."""
    mailing = move(mailing, State.PAUSED, by=by, because=plain(because))
    batches.pause(_batch(mailing), because)
    return mailing


@transaction.atomic
def resume(mailing: Mailing, *, by: Any = None) -> Mailing:
    """Lets it go on."""
    mailing = move(mailing, State.SENDING, by=by)
    batches.resume(_batch(mailing))
    return mailing


@transaction.atomic
def cancel(mailing: Mailing, *, by: Any = None, because: str = "") -> Mailing:
    """Ends it for good: what has not left never does."""
    mailing = move(mailing, State.CANCELLED, by=by, because=plain(because))
    if mailing.batch:
        batches.cancel(mailing.batch)
    return mailing


def plain(text: str) -> Words:
    """What somebody wrote in the language they work in."""
    return Words({get_language() or settings.LANGUAGE_CODE: text}) if text else Words()


def _batch(mailing: Mailing) -> Batch:
    if mailing.batch is None:
        raise RefusedError(_("It has not begun to leave."))
    return mailing.batch


def begins_at(mailing: Mailing) -> datetime.datetime | None:
    """When the first copy may leave: on a local timing, when that hour is first somewhere."""
    if mailing.leaves_at is None or mailing.timing != Timing.LOCAL:
        return mailing.leaves_at
    wall = timezone.make_naive(mailing.leaves_at, zones.ours())
    homes = {zones.ours().key, *zones.by_area().values()}
    return min(wall.replace(tzinfo=ZoneInfo(zone)) for zone in homes)


def tick(now: datetime.datetime | None = None) -> None:
    """Does what is due now; harmless when it is done twice, or by two at once."""
    now = now or timezone.now()
    for mailing in Mailing.objects.filter(state=State.SCHEDULED).order_by("leaves_at"):
        begins = begins_at(mailing)
        if begins and begins <= now:
            begin(mailing, now)
    going = Mailing.objects.filter(state=State.SENDING).select_related("batch")
    for mailing in going.order_by("pk"):
        variants.decide(mailing, now)
        note(mailing)


@transaction.atomic
def begin(mailing: Mailing, now: datetime.datetime) -> bool:
    """Freezes the audience of a scheduled mailing, whose copies then leave; False where something
    stands in its way: it is a draft again, with the reason, and organisers are told."""
    mailing = Mailing.objects.select_for_update().get(pk=mailing.pk)
    if mailing.state != State.SCHEDULED:
        return False
    if not hindrance(mailing, now):
        # It leaves with the figures of this moment.
        writing.settle(mailing)
        mailings.freeze(mailing, at=now)
        return True
    because = in_every_language(lambda: hindrance(mailing, now))
    notices.tell(move(mailing, State.DRAFT, because=because))
    return False


def hindrance(mailing: Mailing, now: datetime.datetime) -> str:
    """Why it must not begin now, in the active language; empty when it may."""
    if mailing.leaves_at and mailing.leaves_at < now - TOO_LATE:
        return _("Its time was more than twelve hours ago.")
    return " ".join(obstacles.found(mailing))


def in_every_language(say: Callable[[], str]) -> Words:
    """What `say` says, in each of our languages."""
    said = Words()
    for code, _name in settings.LANGUAGES:
        with override(code):
            said[code] = say()
    return said


def note(mailing: Mailing) -> None:
    """Brings a mailing that is being sent to where its batch is: paused by itself, or ended."""
    batch = mailing.batch
    if batch is None:
        return
    try:
        if batch.paused_at:
            notices.tell(move(mailing, State.PAUSED, because=plain(batch.paused_because)))
        elif is_done(batch):
            move(mailing, State.SENT)
    except RefusedError:
        pass  # Somebody was faster.


def is_done(batch: Batch) -> bool:
    """Whether every envelope came to its end."""
    ended = sum(getattr(batch, state.value) for state in Envelope.FINAL)
    return ended >= batch.total
