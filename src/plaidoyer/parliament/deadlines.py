"""Until when: the day on which an answer is due by the rules, and every other day to come.

The rule of Canada's House of Commons (Standing Order 36(8)) is the model: a number of calendar
days from the presentation and, where the House does not sit that day, the next sitting day.
"""

import datetime
from calendar import monthrange
from dataclasses import dataclass

from django.db import models
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from plaidoyer.parliament.calendars import Calendar
from plaidoyer.parliament.models import PetitionRules
from plaidoyer.parliament.states import Ending


class Code(models.TextChoices):
    """What ends, or happens, on the day."""

    CLOSES = "closes", pgettext_lazy("deadline", "The petition closes")
    ANSWER = "answer", pgettext_lazy("deadline", "An answer is due")
    DEBATE = "debate", pgettext_lazy("deadline", "The petition is debated")
    VOTE = "vote", pgettext_lazy("deadline", "A vote is expected")


class Why(models.TextChoices):
    """By what an answer is due on its day."""

    TYPED = "typed", _("noted by hand")
    RULE = "rule", _("by the rules of the legislature")
    SITTING = "sitting", _("by the rules: the next sitting day, since none is on the last day")
    UNKNOWN_SITTING = (
        "unknown-sitting",
        _("by the rules, or on the next sitting day: our calendar of sittings ends before"),
    )
    COMMITTEE = "committee", _("by the rules at the latest, unless a committee examines it")


@dataclass(frozen=True, slots=True)
class Due:
    """When an answer is due. Where that is uncertain, `or_on` may be the other day."""

    on: datetime.date
    why: Why
    reason: str = ""
    # Where the number of days ended, if the answer is due on another day, or may be.
    or_on: datetime.date | None = None
    is_certain: bool = True

    @property
    def words(self) -> str | Promise:
        """Why that day: what was typed, or what the rules say."""
        return self.reason or self.why.label


def due(
    presented_on: datetime.date | None,
    calendar: Calendar,
    *,
    typed_on: datetime.date | None = None,
    typed_reason: str = "",
    ending: Ending | None = None,
) -> Due | None:
    """When the answer to a petition presented on that day is due; None where none is.

    A day that was typed in goes before the rules. A dissolution before the day ends the duty
    where the rules say so.
    """
    found = Due(typed_on, Why.TYPED, typed_reason) if typed_on else None
    if found is None and presented_on and (rules := calendar.rules_on(presented_on)):
        found = by_rules(presented_on, rules, calendar)
    if found and ending and ending.ends_answers and presented_on:
        return None if presented_on <= ending.dissolved_on <= found.on else found
    return found


def by_rules(presented_on: datetime.date, rules: PetitionRules, calendar: Calendar) -> Due | None:
    """When the rules alone have it due."""
    end = last_day(presented_on, rules)
    if end is None:
        return None
    if rules.committee_days:
        return Due(end, Why.COMMITTEE, is_certain=False)
    if not rules.response_on_sitting_day:
        return Due(end, Why.RULE)
    sitting = calendar.sitting_on_or_after(end, rules.response_sitting)
    if sitting == end:
        return Due(end, Why.RULE)
    if sitting:
        return Due(sitting, Why.SITTING, or_on=end)
    return Due(end, Why.UNKNOWN_SITTING, or_on=weekday(end), is_certain=False)


def last_day(presented_on: datetime.date, rules: PetitionRules) -> datetime.date | None:
    """The day on which the days and months of the rules end."""
    if rules.response_days is None and rules.response_months is None:
        return None
    days = (rules.response_days or 0) + (rules.committee_days or 0)
    return months_after(presented_on, rules.response_months or 0) + datetime.timedelta(days=days)


def months_after(day: datetime.date, months: int) -> datetime.date:
    """The same day of a later month; the last one of a month that is too short for it."""
    year, month = divmod(day.year * 12 + day.month - 1 + months, 12)
    return datetime.date(year, month + 1, min(day.day, monthrange(year, month + 1)[1]))


def weekday(day: datetime.date) -> datetime.date | None:
    """The Monday after a weekend; None on a weekday. Parliaments hardly sit on weekends."""
    ahead = 7 - day.weekday()
    return day + datetime.timedelta(days=ahead) if ahead <= 2 else None
