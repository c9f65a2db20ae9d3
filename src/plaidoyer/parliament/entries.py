"""Lists of members that organisers paste: kept as votes or stated positions, and undone."""

import datetime
from collections.abc import Mapping

from django.contrib.auth.models import User
from django.db import transaction
from django.utils import timezone

from plaidoyer.civics.models import Person
from plaidoyer.parliament import reporting
from plaidoyer.parliament.models import Entry, Motion, Option, Position, Vote, VoteEvent


@transaction.atomic
def record(event: VoteEvent, votes: Mapping[Person, Option], *, by: User | None = None) -> Entry:
    """Keeps how members voted. Who is not named keeps their vote; who is named again gets a new
    one, and what stood before is kept for an undo."""
    VoteEvent.objects.select_for_update(no_key=True).get(pk=event.pk)
    stood = dict(event.votes.filter(person__in=votes).values_list("person_id", "option"))
    entry = Entry.objects.create(
        motion=event.motion,
        event=event,
        before={str(person.pk): stood.get(person.pk, "") for person in votes},
        entered_by=by,
    )
    keep(event, {person.pk: option for person, option in votes.items()})
    return entry


@transaction.atomic
def state(
    motion: Motion,
    positions: Mapping[Person, Option],
    *,
    stated_on: datetime.date,
    source: str,
    by: User | None = None,
) -> Entry:
    """Keeps what members said they would vote, each as a position with the day and the source."""
    entry = Entry.objects.create(motion=motion, entered_by=by)
    Position.objects.bulk_create(
        Position(
            motion=motion,
            person=person,
            option=option,
            stated_on=stated_on,
            source=source,
            entry=entry,
        )
        for person, option in positions.items()
    )
    return entry


@transaction.atomic
def undo(entry: Entry, *, by: User | None = None) -> bool:
    """Puts back what stood before a list; whether that could still be done.

    Not when it was undone before, or when a later list of the same vote stands on it.
    """
    if entry.event_id:
        VoteEvent.objects.select_for_update(no_key=True).get(pk=entry.event_id)
    entry = Entry.objects.select_for_update(no_key=True).get(pk=entry.pk)
    if not undoable(entry):
        return False
    if entry.event:
        before = {int(person): option for person, option in entry.before.items()}
        entry.event.votes.filter(
            person__in=[pk for pk, option in before.items() if not option]
        ).delete()
        keep(entry.event, {pk: option for pk, option in before.items() if option})
    entry.positions.all().delete()
    entry.undone_at, entry.undone_by = timezone.now(), by
    entry.save(update_fields=["undone_at", "undone_by"])
    return True


def undoable(entry: Entry) -> bool:
    """Whether nothing stands on `entry`."""
    if entry.undone_at or not entry.event_id:
        return not entry.undone_at
    later = Entry.objects.filter(event=entry.event_id, undone_at=None, pk__gt=entry.pk)
    return not later.exists()


def keep(event: VoteEvent, votes: Mapping[int, str]) -> None:
    """Writes the votes, by the person's id, over those that stand; each with the party and the
    riding of that day."""
    seats = {
        member.person.pk: member
        for member in reporting.members(event.motion.legislature, event.held_on)
    }
    Vote.objects.bulk_create(
        [
            Vote(
                event=event,
                person_id=person,
                option=option,
                group=seats[person].party if person in seats else None,
                area=seats[person].area if person in seats else None,
            )
            for person, option in votes.items()
        ],
        update_conflicts=True,
        unique_fields=["event", "person"],
        update_fields=["option"],
    )
