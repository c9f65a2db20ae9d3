"""How the Assembly of Arvane works: its rules for petitions, its sessions, its sitting days."""

import datetime
from collections.abc import Iterator
from typing import Any

from plaidoyer.demo.arvane import Offices
from plaidoyer.parliament.models import LegislativeSession, PetitionRules, SittingDay, Threshold

Book = dict[str, Any]


def fill(book: Book, offices: Offices) -> None:
    """Everything that is known of the Assembly before its first petition."""
    for session in book["sessions"]:
        house = offices[session.pop("legislature")]
        LegislativeSession.objects.create(legislature=house, **session)
    for sittings in book["sittings"]:
        house = offices[sittings["legislature"]]
        SittingDay.objects.bulk_create(
            SittingDay(legislature=house, day=day)
            for day in weekdays(sittings["first"], sittings["last"])
        )
    for rules in book["rules"]:
        thresholds = rules.pop("thresholds")
        house = offices[rules.pop("legislature")]
        made = PetitionRules.objects.create(legislature=house, **rules)
        Threshold.objects.bulk_create(Threshold(rules=made, **one) for one in thresholds)


def weekdays(first: datetime.date, last: datetime.date) -> Iterator[datetime.date]:
    """The days from Monday to Friday, both ends included."""
    for number in range((last - first).days + 1):
        day = first + datetime.timedelta(days=number)
        if day.weekday() < 5:
            yield day
