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

from plaidoyer.civics.imports import Draft, planner
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
    organizations,
    sessions_of,
    who,
)

COUNTS = {name: f"{name}_count" for name in ("yes", "no", "paired", "abstain")}


def load() -> None:
    """Registers the planners of this module, in the order in which rows refer to each other."""
    planner(SessionRecord)(plan_sessions)
    planner(VoteRecord)(plan_votes)
    planner(BallotRecord)(plan_ballots)


def plan_sessions(draft: Draft, records: list[SessionRecord]) -> None:
    """New sessions; of held ones, the days that were not known."""
    houses = organizations(draft, {record.legislature for record in records})
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
    motion, words = event.motion, f"{record.session}, {record.number}"
    draft.change(
        motion,
        words,
        title=Words({**record.title, **motion.title}),
        url=Words({**record.url, **motion.url}),
        bill=motion.bill or record.bill,
        session=motion.session or event.session,
    )
    counts = {column: getattr(record, name) for name, column in COUNTS.items()}
    new: dict[str, Any] = {column: n for column, n in counts.items() if n is not None}
    new["result_as_published"] = Words({**event.result_as_published, **record.result_as_published})
    if when := moment(record.held_at, motion.legislature):
        new |= {"held_at": when, "held_on": record.held_at.date()}
    same = VoteEvent.Result.PASS, VoteEvent.Result.AMENDED
    # Which of the two it was may be known from elsewhere.
    if not (event.result in same and record.result in same) or record.result == same[1]:
        new["result"] = record.result
    draft.change(event, words, **new)


def plan_ballots(draft: Draft, records: list[BallotRecord]) -> None:
    """New and corrected votes of members, and how their sums differ from the published totals."""
    seats = Seats(draft, records)
    votes = held_votes(seats.events.values())
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
            keep(draft, votes.get((event.pk, person.pk)), event, person, record.option, place)
    for key, counted in sums.items():
        tell_differences(draft, seats.events[key], counted)


def held_votes(events: Iterable[VoteEvent]) -> dict[tuple[int, int], Vote]:
    """The votes of members that are held, by event and person; one query."""
    ids = [event.pk for event in events if event.pk]
    return {(vote.event_id, vote.person_id): vote for vote in Vote.objects.filter(event__in=ids)}


def keep(
    draft: Draft, vote: Vote | None, event: VoteEvent, person: Person, option: str, place: Place
) -> None:
    """Drafts how a member voted, or what differs from what is held."""
    group, area = place
    words = f"{event.identifier}, {person.family_name}: {Option(option).label}"
    if vote is None:
        draft.add(Vote(event=event, person=person, option=option, group=group, area=area), words)
        return
    new: dict[str, Any] = {} if vote.option == option else {"option": option}
    # What is not said now is not lost.
    if group and vote.group_id != group.pk:
        new["group"] = group
    if area and vote.area_id != area.pk:
        new["area"] = area
    draft.change(vote, words, **new)


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
