"""How the Assembly of Arvane works: its rules for petitions, its sessions, its sitting days."""

import datetime
from collections.abc import Iterator
from typing import Any

from django.utils import timezone

from plaidoyer.demo.arvane import Offices, morning
from plaidoyer.parliament.models import (
    CompleteList,
    LegislativeSession,
    OfficialPetition,
    PetitionRules,
    PetitionSnapshot,
    Scope,
    SittingDay,
    Threshold,
)

Book = dict[str, Any]
LANGUAGES = ("fr", "en")


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


def list_others(book: Book, offices: Offices) -> None:
    """The petitions that ours are compared with, as the Assembly's own list had them."""
    house = offices[book["legislature"]]
    for number, listed in book["sessions"].items():
        session = LegislativeSession.objects.get(legislature=house, identifier=number)
        for identifier, fr, en, signatures in listed["petitions"]:
            petition = OfficialPetition.objects.create(
                legislature=house,
                session=session,
                identifier=identifier,
                title={"fr": fr, "en": en},
                url={
                    code: f"{book['address']}/{code}/petitions/{identifier}" for code in LANGUAGES
                },
                opens_on=listed["opens_on"],
                closes_on=listed["closes_on"],
                is_followed=False,
            )
            PetitionSnapshot.objects.create(
                petition=petition,
                taken_at=morning(listed["closes_on"]),
                signatures=signatures,
                source=book["source"],
            )
    CompleteList.objects.create(
        legislature=house,
        scope=Scope.SESSION,
        value=number,
        as_of=timezone.localdate(),
        petitions=OfficialPetition.objects.filter(session=session).count(),
        source=book["source"],
    )


def weekdays(first: datetime.date, last: datetime.date) -> Iterator[datetime.date]:
    """The days from Monday to Friday, both ends included."""
    for number in range((last - first).days + 1):
        day = first + datetime.timedelta(days=number)
        if day.weekday() < 5:
            yield day
