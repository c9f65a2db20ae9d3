"""A drive closes by itself: when its vote was held, or when the day it was expected is over."""

import datetime

from django.db.models import Prefetch
from django.utils import timezone

from plaidoyer.actions.models import ActionForm
from plaidoyer.parliament.models import Motion, VoteEvent

KIND = "vote_drive"


def end_of(day: datetime.date) -> datetime.datetime:
    """The last second of a day where the site is."""
    return timezone.make_aware(datetime.datetime.combine(day, datetime.time(23, 59, 59)))


def vote_of(motion: Motion, opens_at: datetime.datetime) -> VoteEvent | None:
    """The vote that a drive was about: the last one held since it opened."""
    opened_on = timezone.localdate(opens_at)
    events = [event for event in motion.vote_events.all() if event.held_on >= opened_on]
    return max(events, key=lambda event: (event.held_on, event.pk), default=None)


def due(
    motion: Motion, opens_at: datetime.datetime, closes_at: datetime.datetime | None
) -> datetime.datetime | None:
    """When a drive closes by itself, from what is known today; None while no day is known.

    Once its vote was held it is over: a closing that has passed stays, any other is now. A vote
    that is put off moves the closing with it.
    """
    now = timezone.now()
    event = vote_of(motion, opens_at)
    if event and event.held_on <= timezone.localdate(now):
        return closes_at if closes_at and closes_at <= now else now
    return end_of(motion.vote_expected_on) if motion.vote_expected_on else None


def close_drives() -> int:
    """Sets the closing of every drive that closes with its vote; how many changed."""
    drives = list(ActionForm.objects.filter(kind=KIND, options__closes_with_vote=True))
    keys = {drive.options.get("motion") for drive in drives}
    events = Prefetch("vote_events", VoteEvent.objects.all())
    motions = Motion.objects.prefetch_related(events).in_bulk([key for key in keys if key])
    changed = 0
    for drive in drives:
        if not (motion := motions.get(drive.options.get("motion"))):
            continue
        closes_at = due(motion, drive.opens_at, drive.closes_at)
        if closes_at == drive.closes_at or (closes_at and closes_at <= drive.opens_at):
            continue
        # Only if nobody has changed it meanwhile.
        same = ActionForm.objects.filter(pk=drive.pk, closes_at=drive.closes_at)
        changed += same.update(closes_at=closes_at)
    return changed
