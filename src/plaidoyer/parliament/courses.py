"""The course of official petitions: where each stands, what is due and when, and what comes next.

Read for any number of petitions in a fixed number of queries.
"""

import datetime
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from zoneinfo import ZoneInfo

from django.conf import settings
from django.db.models import Exists, OuterRef
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import gettext as _

from plaidoyer.civics.models import Organization
from plaidoyer.parliament import calendars, deadlines, states
from plaidoyer.parliament.deadlines import Code, Due
from plaidoyer.parliament.models import Motion, OfficialPetition, PetitionRules, VoteEvent
from plaidoyer.parliament.states import State


@dataclass(frozen=True, slots=True)
class Deadline:
    """A day that organisers keep in sight."""

    code: Code
    on: datetime.date
    about: OfficialPetition | Motion
    why: str | Promise = ""
    # Another day that it may be, or would be but for a rule.
    or_on: datetime.date | None = None
    is_certain: bool = True

    @property
    def title(self) -> str:
        """What ends or happens, and to what: `The petition closes: e-4821, Clear water`."""
        return _("%(what)s: %(number)s, %(title)s") % {
            "what": self.code.label,
            "number": self.about.identifier,
            "title": self.about.title,
        }


@dataclass(frozen=True, slots=True)
class Course:
    """A petition on a day."""

    petition: OfficialPetition
    today: datetime.date
    state: State
    due: Due | None
    rules: PetitionRules | None
    ending: states.Ending | None

    @property
    def is_open(self) -> bool:
        """Whether the parliament's site takes signatures today."""
        return self.state == State.OPEN

    @property
    def is_overdue(self) -> bool:
        return self.state == State.OVERDUE

    @property
    def days_late(self) -> int:
        """For how many days an answer is overdue."""
        late = self.is_overdue and self.due
        return (self.today - late.on).days if late else 0

    @property
    def deadlines(self) -> list[Deadline]:
        """Its days, those gone by too, in their order; none that will not come any more."""
        return sorted(self._deadlines(), key=lambda one: one.on)

    def _deadlines(self) -> Iterator[Deadline]:
        petition, end = self.petition, self.ending
        gone = {State.WITHDRAWN, State.REFUSED, State.DISSOLVED}
        closes = petition.closes_on
        if closes and (self.state not in gone or closes < self.today):
            yield Deadline(Code.CLOSES, closes, petition)
        if self.due and not petition.answered_on and self.state not in gone:
            due = self.due
            yield Deadline(Code.ANSWER, due.on, petition, due.words, due.or_on, due.is_certain)
        dropped = self.state in gone and end and petition.debate_on
        if petition.debate_on and not dropped:
            yield Deadline(Code.DEBATE, petition.debate_on, petition)


def zone(legislature: Organization) -> ZoneInfo:
    """The time zone of a legislature; this installation's where none is noted."""
    try:
        return ZoneInfo(legislature.time_zone or settings.TIME_ZONE)
    except (KeyError, ValueError, OSError):
        return ZoneInfo(settings.TIME_ZONE)


def follow(
    petitions: Iterable[OfficialPetition], today: datetime.date | None = None
) -> list[Course]:
    """The course of each of `petitions`, as of `today` (where the legislature sits); 4 queries.

    Ask for them with `select_related("legislature", "session")`.
    """
    found = list(petitions)
    known = calendars.load(one.legislature_id for one in found) if found else {}
    return [course(one, known[one.legislature_id], today) for one in found]


def course(
    petition: OfficialPetition, calendar: calendars.Calendar, today: datetime.date | None = None
) -> Course:
    """The course of one petition by the calendar of its legislature."""
    day = today or timezone.now().astimezone(zone(petition.legislature)).date()
    begun = petition.opens_on or petition.presented_on or petition.closes_on
    ending = calendar.ending(begun, petition.session)
    due = deadlines.due(
        petition.presented_on,
        calendar,
        typed_on=petition.response_due_on,
        typed_reason=petition.response_due_reason,
        ending=ending,
    )
    dates = states.Dates(
        **{name: getattr(petition, name) for name in states.DATED if name != "response_due_on"},
        response_due_on=due.on if due else None,
    )
    state = states.state(dates, day, ending)
    return Course(petition, day, state, due, calendar.rules_on(begun or day), ending)


def open_ones(petitions: Sequence[OfficialPetition]) -> set[int]:
    """Which of `petitions` take signatures today, by their ids."""
    return {one.petition.pk for one in follow(petitions) if one.is_open}


def of_motions(motions: Iterable[Motion]) -> list[Deadline]:
    """The days on which votes are expected, in their order."""
    days = [
        Deadline(Code.VOTE, motion.vote_expected_on, motion)
        for motion in motions
        if motion.vote_expected_on
    ]
    return sorted(days, key=lambda one: one.on)


def all_deadlines() -> list[Deadline]:
    """Every day of the petitions we follow, and every vote that is expected, in their order."""
    petitions = OfficialPetition.objects.filter(is_followed=True).select_related(
        "legislature", "session"
    )
    held = VoteEvent.objects.filter(motion=OuterRef("pk"))
    motions = Motion.objects.filter(~Exists(held), vote_expected_on__isnull=False)
    found = [day for one in follow(petitions) for day in one.deadlines]
    return sorted([*found, *of_motions(motions)], key=lambda one: one.on)
