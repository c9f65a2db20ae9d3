"""Sessions, recorded votes and ballots that sources say, laid beside those that are held.

A vote is found by legislature, session and number, and what organisers noted of it stays: a title
in a language that has one, an adoption noted as amended. How a member voted is kept with the party
and the riding of that day; nobody's present party, riding or name is touched.
"""

import datetime
from collections import Counter
from collections.abc import Iterable
from typing import Any
from zoneinfo import ZoneInfo

from django.conf import settings
from django.utils.translation import gettext as _

from plaidoyer.civics.bodies import known_organizations
from plaidoyer.civics.imports import Draft, differs, merged, planner
from plaidoyer.civics.models import Organization, Person
from plaidoyer.lib.words import Words
from plaidoyer.parliament.models import LegislativeSession, Motion, Option, Vote, VoteEvent
from plaidoyer.parliament.records import BallotRecord, SessionRecord, VoteRecord
from plaidoyer.parliament.seats import (
    EVENTS,
    SESSIONS,
    Key,
    Place,
    Seats,
    events_of,
    name_of,
    sessions_of,
    who,
)

COUNTS = {name: f"{name}_count" for name in ("yes", "no", "paired", "abstain")}


@planner(SessionRecord)
def plan_sessions(draft: Draft, records: list[SessionRecord]) -> None:
    """New sessions; of held ones, the days that were not known."""
    houses = known_organizations(draft, {record.legislature for record in records})
    held = sessions_of(houses.values())
    found = draft.rows.setdefault(SESSIONS, {})
    for record in records:
        house = houses[record.legislature]
        key = record.legislature, record.identifier
        row = found.get(key) or held.get(key)
        if row is None:
            row = LegislativeSession(legislature=house, identifier=record.identifier[:20])
            row.parliament = record.parliament[:20]
            draft.add(row, f"{house}, {record.identifier}")
        found[key] = row
        days = {name: getattr(record, name) for name in ("start_on", "end_on")}
        draft.change(row, **{name: day for name, day in days.items() if day})


@planner(VoteRecord)
def plan_votes(draft: Draft, records: list[VoteRecord]) -> None:
    """New votes, each with its motion; of held ones, what was published since."""
    sessions = draft.rows.get(SESSIONS, {})
    held = events_of(sessions.values())
    found = draft.rows.setdefault(EVENTS, {})
    motions = motions_of(sessions.values())
    for record in records:
        key = record.legislature, record.session, record.number
        session = sessions.get(key[:2])
        if session is None:
            draft.conflict(record.line, _("no session is named, such as 44-1"))
            continue
        event = found.get(key) or held.get(key)
        if event is None:
            event = add_vote(draft, record, session, motions.get(key))
        found[key] = event
        amend(draft, event, record)


def motions_of(sessions: Iterable[LegislativeSession]) -> dict[Key, Motion]:
    """The motions held of these sessions."""
    rows = Motion.objects.filter(session__in=[one for one in sessions if one.pk])
    return {
        (row.legislature.identifier or "", row.session.identifier, row.identifier): row  # type: ignore[union-attr]
        for row in rows.select_related("session", "legislature")
    }


def add_vote(
    draft: Draft, record: VoteRecord, session: LegislativeSession, motion: Motion | None
) -> VoteEvent:
    """A vote that is not held yet, on a motion of its number."""
    if motion is None:
        motion = Motion(
            legislature=session.legislature,
            session=session,
            identifier=record.number,
            title=Words(record.title),
            bill=record.bill,
            url=Words(record.url),
        )
        draft.add(motion, f"{record.session}, {motion}")
    event = VoteEvent(
        motion=motion,
        session=session,
        identifier=record.number,
        held_on=record.held_at.date(),
        held_at=moment(record.held_at, session.legislature),
        result=record.result,
        result_as_published=Words(record.result_as_published),
        source=record.source[:200],
        **{column: getattr(record, name) for name, column in COUNTS.items()},
    )
    return draft.add(event, f"{record.session}, {record.number}: {event.get_result_display()}")


def moment(held_at: datetime.datetime, house: Organization) -> datetime.datetime | None:
    """A moment without a zone as the legislature's own; of a bare day, none."""
    if held_at.time() == datetime.time():
        return None
    return held_at.replace(tzinfo=ZoneInfo(house.time_zone or settings.TIME_ZONE))


def amend(draft: Draft, event: VoteEvent, record: VoteRecord) -> None:
    """Takes over what the source says and the rows do not know yet, or what it corrected."""
    motion, line = event.motion, record.line
    words = f"{record.session}, {record.number}"
    said = {"title": Words(record.title), "url": Words(record.url)}
    # A language that lacks is filled in, whoever wrote the other.
    filled: dict[str, Any] = {
        name: merged(texts, getattr(motion, name)) for name, texts in said.items()
    }
    draft.change(motion, words, **filled)
    draft.correct(
        motion,
        line,
        words,
        title=merged(motion.title, said["title"]),
        bill=record.bill,
        session=motion.session or event.session,
    )
    draft.change(event, words, result_as_published=published(event, record))
    draft.correct(
        event,
        line,
        words,
        held_at=moment(record.held_at, motion.legislature),
        held_on=record.held_at.date(),
        result="" if is_same_result(event, record) else record.result,
    )
    for name, column in COUNTS.items():
        correct_count(draft, event, line, column, getattr(record, name))


def published(event: VoteEvent, record: VoteRecord) -> Words:
    """How the result is worded in each language that was read so far."""
    return merged(event.result_as_published, record.result_as_published)


def is_same_result(event: VoteEvent, record: VoteRecord) -> bool:
    """Whether nothing new is said: that it was adopted as amended may be known from elsewhere."""
    adopted = VoteEvent.Result.PASS, VoteEvent.Result.AMENDED
    return event.result in adopted and record.result == VoteEvent.Result.PASS


def correct_count(
    draft: Draft, event: VoteEvent, line: int, column: str, number: int | None
) -> None:
    """Takes over a published total, none included; one that was typed in here stays."""
    new: dict[str, Any] = {column: number}
    if number:
        draft.correct(event, line, **new)
    elif number == 0 and differs(event, column, 0):
        why = draft.remembers(event, column) if event.pk and getattr(event, column) else ""
        if why:
            draft.conflict(line, why)
        else:
            draft.change(event, **new)


@planner(BallotRecord)
def plan_ballots(draft: Draft, records: list[BallotRecord]) -> None:
    """New and corrected votes of members, and how their sums differ from the published totals."""
    seats = Seats(draft, records)
    keys = {seats.key(record) for record in records}
    votes = held_votes(event for key, event in seats.events.items() if key in keys)
    seen: dict[tuple[Key, int], BallotRecord] = {}
    sums: dict[Key, Counter[str]] = {}
    for record in records:
        key = seats.key(record)
        event, person = seats.events.get(key), seats.person(record)
        if event is None:
            message = _("vote %(number)s is not recorded: import the list of votes first")
            draft.conflict(record.line, message % {"number": record.number})
        elif person is None:
            message = _("nobody is known as %(name)s: import the members first")
            draft.conflict(record.line, message % {"name": name_of(record)})
        elif first := seen.get((key, who(person))):
            if first.option != record.option:
                draft.conflict(record.line, _("this member stands in the list already"))
        else:
            seen[key, who(person)] = record
            sums.setdefault(key, Counter())[record.option] += 1
            place = seats.place(record, person, event)
            vote = votes.get((event.pk, person.pk))
            keep(draft, vote, event, person, record, place)
    for key, counted in sums.items():
        tell_differences(draft, seats.events[key], counted)


def held_votes(events: Iterable[VoteEvent]) -> dict[tuple[int, int], Vote]:
    """The votes of members that are held, by event and person; one query."""
    ids = [event.pk for event in events if event.pk]
    return {(vote.event_id, vote.person_id): vote for vote in Vote.objects.filter(event__in=ids)}


def keep(
    draft: Draft,
    vote: Vote | None,
    event: VoteEvent,
    person: Person,
    record: BallotRecord,
    place: Place,
) -> None:
    """Drafts how a member voted, or what differs from what is held."""
    (group, area), option, line = place, record.option, record.line

    def words() -> str:
        return f"{event.identifier}, {person.family_name}: {Option(option).label}"

    if vote is None:
        draft.add(Vote(event=event, person=person, option=option, group=group, area=area), words)
        return
    draft.correct(vote, line, words, option=option, group=group, area=area)


def tell_differences(draft: Draft, event: VoteEvent, counted: Counter[str]) -> None:
    """Warns where members who voted so are more or fewer than the published total."""
    for name, column in COUNTS.items():
        published = getattr(event, column)
        if published is not None and published != counted[name]:
            message = _("vote %(number)s: %(option)s %(held)d in the file, %(published)d published")
            draft.warn(
                0,
                message
                % {
                    "number": event.identifier,
                    "option": Option(name).label,
                    "held": counted[name],
                    "published": published,
                },
            )
