"""What a legislature's rules and calendar say: which rules hold, when it sits, when it ended."""

import bisect
import datetime
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

from plaidoyer.parliament.models import LegislativeSession, PetitionRules, SittingDay
from plaidoyer.parliament.states import Ending


@dataclass(frozen=True, slots=True)
class Calendar:
    """The rules, sessions and sitting days of one legislature, as they are held."""

    rules: Sequence[PetitionRules] = ()
    sessions: Sequence[LegislativeSession] = ()
    # In order.
    sittings: Sequence[datetime.date] = field(default=())

    def rules_on(self, day: datetime.date) -> PetitionRules | None:
        """The rules in force on that day; of several, those that began last."""
        held = [rules for rules in self.rules if rules.hold(day)]
        return max(held, key=lambda one: one.valid_from or datetime.date.min, default=None)

    def ending(
        self, since: datetime.date | None, session: LegislativeSession | None = None
    ) -> Ending | None:
        """The first dissolution on or after `since`, or that of the parliament of `session`.

        Without either nothing is known to have been dissolved.
        """
        days = sorted(one.dissolved_on for one in self.sessions if one.dissolved_on)
        if session:
            days = [day for day in days if day in self._dissolutions(session)]
        elif since:
            days = [day for day in days if day >= since]
        if not days or (since is None and session is None):
            return None
        rules = self.rules_on(days[0])
        if rules is None:
            return None
        return Ending(
            days[0],
            closes_open=rules.closed_by_dissolution,
            drops_unpresented=rules.dropped_unless_presented,
            ends_answers=rules.answers_end_with_dissolution,
        )

    def _dissolutions(self, session: LegislativeSession) -> set[datetime.date]:
        """When the parliament of `session` was dissolved: noted with any of its sessions."""
        same = [
            one
            for one in self.sessions
            if one.pk == session.pk or (session.parliament and one.parliament == session.parliament)
        ]
        return {one.dissolved_on for one in same if one.dissolved_on}

    def sitting_on_or_after(self, day: datetime.date, nth: int = 1) -> datetime.date | None:
        """`day` itself where it is a sitting day, else the `nth` sitting day after it.

        None where the calendar does not reach so far.
        """
        place = bisect.bisect_left(self.sittings, day)
        if place < len(self.sittings) and self.sittings[place] == day:
            return day
        place += nth - 1
        return self.sittings[place] if place < len(self.sittings) else None


def load(legislatures: Iterable[int]) -> dict[int, Calendar]:
    """The calendar of each legislature, by its id; four queries for any number of them."""
    ids = set(legislatures)
    rules: dict[int, list[PetitionRules]] = {}
    for one in PetitionRules.objects.filter(legislature__in=ids).prefetch_related("thresholds"):
        rules.setdefault(one.legislature_id, []).append(one)
    sessions: dict[int, list[LegislativeSession]] = {}
    for session in LegislativeSession.objects.filter(legislature__in=ids):
        sessions.setdefault(session.legislature_id, []).append(session)
    sittings: dict[int, list[datetime.date]] = {}
    days = SittingDay.objects.filter(legislature__in=ids).order_by("day")
    for legislature, day in days.values_list("legislature_id", "day"):
        sittings.setdefault(legislature, []).append(day)
    return {
        pk: Calendar(rules.get(pk, []), sessions.get(pk, []), sittings.get(pk, [])) for pk in ids
    }
