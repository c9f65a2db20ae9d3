"""Petitions, counts and rules that sources say, laid beside those that are held.

What an organiser typed in stays, and so does what a newer source said; the difference is told.
Dates whose order cannot be are left out with their reason.
"""

import datetime
from collections.abc import Iterable
from dataclasses import fields
from typing import Any
from zoneinfo import ZoneInfo

from django.conf import settings
from django.utils import timezone
from django.utils.translation import gettext as _

from plaidoyer.civics.bodies import known_organizations
from plaidoyer.civics.imports import Draft, merged, planner
from plaidoyer.civics.models import Area, Organization
from plaidoyer.civics.placings import known_areas
from plaidoyer.lib.words import Words
from plaidoyer.parliament import planners, states
from plaidoyer.parliament.models import (
    CompleteList,
    LegislativeSession,
    OfficialPetition,
    PetitionRules,
    PetitionSnapshot,
    RegionCount,
    Threshold,
)
from plaidoyer.parliament.petition_records import (
    CountRecord,
    DissolutionRecord,
    ListRecord,
    PetitionRecord,
    RulesRecord,
)
from plaidoyer.parliament.seats import SESSIONS, sessions_of

PETITIONS = "parliament.petitions"
WORDED = {"title", "url", "answer_url", "note"}
NOT_COLUMNS = {"line", "legislature", "identifier", "session", "thresholds"}

# Sessions are planned before what stands in them.
assert planners.SESSIONS == SESSIONS

Key = tuple[str, str]


def columns(record: Any) -> dict[str, Any]:
    """What a record says of the columns of its row; what it does not know is left out."""
    said = {one.name: getattr(record, one.name) for one in fields(record)}
    known = {name: value for name, value in said.items() if name not in NOT_COLUMNS}
    words = {name: Words(value) for name, value in known.items() if name in WORDED and value}
    lists = {name: list(value) for name, value in known.items() if isinstance(value, tuple)}
    plain = {name: value for name, value in known.items() if value not in (None, "", (), {})}
    return {**plain, **lists, **words}


@planner(RulesRecord)
def plan_rules(draft: Draft, records: list[RulesRecord]) -> None:
    """New rules with their thresholds; of held ones, what was corrected since."""
    houses = known_organizations(draft, {record.legislature for record in records})
    held = {
        (rules.legislature_id, rules.valid_from): rules
        for rules in PetitionRules.objects.filter(
            legislature__in=[house for house in houses.values() if house.pk]
        ).select_related("legislature")
    }
    for record in records:
        house, said = houses[record.legislature], columns(record)
        rules = held.get((house.pk, record.valid_from)) if house.pk else None
        if rules is None:
            rules = draft.add(PetitionRules(legislature=house, **said), f"{house}")
        else:
            draft.correct(rules, record.line, **said)
        plan_thresholds(draft, rules, record)


def plan_thresholds(draft: Draft, rules: PetitionRules, record: RulesRecord) -> None:
    """The thresholds of one set of rules."""
    held = {one.code: one for one in rules.thresholds.all()} if rules.pk else {}
    for code, signatures, effect in record.thresholds:
        said: dict[str, Any] = {"signatures": signatures, "effect": Words(effect)}
        if row := held.get(code):
            draft.correct(row, record.line, **said)
        else:
            draft.add(Threshold(rules=rules, code=code, **said), f"{signatures}")


@planner(DissolutionRecord)
def plan_dissolutions(draft: Draft, records: list[DissolutionRecord]) -> None:
    """Notes of each session when it was dissolved, where that is not known."""
    sessions = sessions_in(draft, {record.legislature for record in records})
    for record in records:
        if session := sessions.get((record.legislature, record.session)):
            draft.correct(session, record.line, dissolved_on=record.on)


def sessions_in(draft: Draft, legislatures: set[str]) -> dict[Key, LegislativeSession]:
    """The sessions held and drafted of those legislatures, by both identifiers."""
    houses = known_organizations(draft, legislatures).values()
    return sessions_of(houses) | draft.rows.get(SESSIONS, {})


@planner(PetitionRecord)
def plan_petitions(draft: Draft, records: list[PetitionRecord]) -> None:
    """New petitions; of held ones, the facts that were not known."""
    names = {record.legislature for record in records}
    houses, sessions = known_organizations(draft, names), sessions_in(draft, names)
    found = draft.rows.setdefault(PETITIONS, {})
    held = petitions_of(houses.values(), {record.identifier for record in records})
    for record in records:
        key = record.legislature, record.identifier
        said = columns(record)
        if session := sessions.get((record.legislature, record.session)):
            said["session"] = session
        if row := found.get(key) or held.get(key):
            found[key] = row
            amend(draft, row, record, said)
            continue
        row = OfficialPetition(
            legislature=houses[record.legislature],
            identifier=record.identifier,
            is_followed=False,
            **said,
        )
        if sound(draft, record, row.dates):
            found[key] = draft.add(row, str(row))


def petitions_of(houses: Iterable[Organization], numbers: set[str]) -> dict[Key, OfficialPetition]:
    """The petitions held of those legislatures under those numbers, by both."""
    rows = OfficialPetition.objects.filter(
        legislature__in=[house for house in houses if house.pk], identifier__in=numbers
    )
    return {
        (row.legislature.identifier or "", row.identifier): row
        for row in rows.select_related("legislature", "session")
    }


def amend(
    draft: Draft, row: OfficialPetition, record: PetitionRecord, said: dict[str, Any]
) -> None:
    """What the source says of a held petition, unless its dates cannot be in that order."""
    dates = states.Dates(**{name: said.get(name) or getattr(row, name) for name in states.DATED})
    if not sound(draft, record, dates):
        return
    for name in WORDED & said.keys():
        said[name] = merged(said[name], getattr(row, name))
    draft.correct(row, record.line, **said)


def sound(draft: Draft, record: PetitionRecord, dates: states.Dates) -> bool:
    """Whether the dates can be; tells the first reason why they cannot."""
    for words in states.faults(dates).values():
        draft.conflict(record.line, f"{record.identifier}: {words}")
        return False
    return True


@planner(CountRecord)
def plan_counts(draft: Draft, records: list[CountRecord]) -> None:
    """New counts. The same figure on the same day is the same count."""
    names = {record.legislature for record in records}
    petitions = petitions_of(
        known_organizations(draft, names).values(), {record.identifier for record in records}
    ) | draft.rows.get(PETITIONS, {})
    held = days_seen(petitions.values())
    areas = known_areas(draft, {area for one in records for area in one.areas.values()})
    for record in records:
        petition = petitions.get((record.legislature, record.identifier))
        if petition is None:
            continue
        taken_at = record.taken_at or moment(draft.on, petition.legislature)
        day = taken_at.astimezone(zone(petition.legislature)).date()
        if taken_at > timezone.now():
            draft.conflict(record.line, _("This moment has not come yet."))
        elif (id(petition), day, record.signatures) not in held:
            held.add((id(petition), day, record.signatures))
            keep(draft, petition, record, taken_at, areas)


def days_seen(
    petitions: Iterable[OfficialPetition],
) -> set[tuple[int, datetime.date, int]]:
    """On which day which count of which petition was seen."""
    rows = {row.pk: row for row in petitions if row.pk}
    seen = PetitionSnapshot.objects.filter(petition__in=rows).values_list(
        "petition_id", "taken_at", "signatures"
    )
    return {
        (id(rows[pk]), at.astimezone(zone(rows[pk].legislature)).date(), signatures)
        for pk, at, signatures in seen
    }


def keep(
    draft: Draft,
    petition: OfficialPetition,
    record: CountRecord,
    taken_at: datetime.datetime,
    areas: dict[str, Area],
) -> None:
    """Drafts a count with its regions."""
    snapshot = PetitionSnapshot(
        petition=petition,
        taken_at=taken_at,
        signatures=record.signatures,
        source=record.source,
        how=PetitionSnapshot.How.IMPORTED,
    )
    draft.add(snapshot, f"{petition.identifier}: {record.signatures}")
    for (level, name), signatures in record.regions.items():
        area = areas.get(record.areas.get(name, ""))
        row = RegionCount(snapshot=snapshot, level=level, name=name, signatures=signatures)
        row.area = area
        draft.add(row, f"{petition.identifier}, {name}: {signatures}")


def moment(day: datetime.date, legislature: Organization) -> datetime.datetime:
    """A moment on the day of a source: now if that is today, else its noon."""
    now = timezone.now().astimezone(zone(legislature))
    noon = datetime.datetime.combine(day, datetime.time(12), now.tzinfo)
    return now if now.date() == day else noon


def zone(legislature: Organization) -> ZoneInfo:
    """The time zone of a legislature; this installation's where none is noted."""
    try:
        return ZoneInfo(legislature.time_zone or settings.TIME_ZONE)
    except (KeyError, ValueError, OSError):
        return ZoneInfo(settings.TIME_ZONE)


@planner(ListRecord)
def plan_lists(draft: Draft, records: list[ListRecord]) -> None:
    """Notes which lists are complete on the day of the source."""
    houses = known_organizations(draft, {record.legislature for record in records})
    for record in records:
        house = houses[record.legislature]
        told = {"scope": record.scope, "value": record.value, "as_of": draft.on}
        if house.pk and CompleteList.objects.filter(legislature=house, **told).exists():
            continue
        row = CompleteList(
            legislature=house, petitions=record.petitions, source=record.source, **told
        )
        draft.add(row, str(row))
