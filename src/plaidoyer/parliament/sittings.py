"""The days on which a legislature sits, as an organiser pastes them."""

import datetime
from dataclasses import dataclass

from django.db import transaction

from plaidoyer.civics.models import Organization
from plaidoyer.lib import typed
from plaidoyer.parliament.models import SittingDay
from plaidoyer.parliament.sources import prose


@dataclass(frozen=True, slots=True)
class Days:
    """The days of a list, and the lines that name none."""

    days: list[datetime.date]
    faults: list[tuple[int, str]]


def read(text: str) -> Days:
    """Reads one day a line, however it is written in English or French. Saves nothing."""
    days, faults = set(), []
    for number, raw in enumerate(typed.BREAKS.split(text), start=1):
        line = typed.line(raw)
        if day := prose.day(line):
            days.add(day)
        elif line:
            faults.append((number, line))
    return Days(sorted(days), faults)


@transaction.atomic
def keep(legislature: Organization, days: list[datetime.date], *, whole: bool) -> tuple[int, int]:
    """Notes the days; how many are new and how many are gone.

    `whole`: these are all between the first and the last; others in between go.
    """
    held = SittingDay.objects.filter(legislature=legislature)
    known = set(held.filter(day__in=days).values_list("day", flat=True))
    gone = 0
    if whole and days:
        between = held.filter(day__range=(days[0], days[-1])).exclude(day__in=days)
        gone = between.delete()[0]
    SittingDay.objects.bulk_create(
        (SittingDay(legislature=legislature, day=day) for day in days if day not in known),
        ignore_conflicts=True,
    )
    return len(days) - len(known), gone
