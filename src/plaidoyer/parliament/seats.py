"""Whom and what imported ballots refer to: votes, members with their terms, parties, ridings."""

import datetime
from collections import Counter
from collections.abc import Iterable
from typing import Any

from django.utils.translation import gettext as _

from plaidoyer.civics.bodies import known_organizations
from plaidoyer.civics.imports import Draft
from plaidoyer.civics.models import Area, Identifier, Membership, Organization, Person
from plaidoyer.civics.persons import by_identifier
from plaidoyer.civics.placings import known_areas
from plaidoyer.civics.sources import SourceError
from plaidoyer.lib.addresses import folded
from plaidoyer.parliament.models import LegislativeSession, VoteEvent
from plaidoyer.parliament.records import BallotRecord

# A legislature, a session and a number.
Key = tuple[str, str, str]
Place = tuple[Organization | None, Area | None]
SESSIONS, EVENTS = "parliament.sessions", "parliament.vote_events"


def sessions_of(houses: Iterable[Organization]) -> dict[tuple[str, str], LegislativeSession]:
    """The sessions held of these legislatures, by both identifiers."""
    rows = LegislativeSession.objects.filter(legislature__in=[one for one in houses if one.pk])
    return {
        (row.legislature.identifier or "", row.identifier): row
        for row in rows.select_related("legislature")
    }


def events_of(sessions: Iterable[LegislativeSession]) -> dict[Key, VoteEvent]:
    """The numbered votes held of these sessions."""
    rows = VoteEvent.objects.filter(session__in=[one for one in sessions if one.pk])
    rows = rows.exclude(identifier="").select_related(
        "session__legislature", "motion__legislature", "motion__session"
    )
    return {
        (row.session.legislature.identifier or "", row.session.identifier, row.identifier): row  # type: ignore[union-attr]
        for row in rows
    }


def name_of(record: BallotRecord) -> str:
    """A member as the source names them."""
    name = f"{record.given_name} {record.family_name}".strip()
    return name or ", ".join(f"{scheme} {one}" for scheme, one in record.identifiers.items())


def who(person: Person) -> int:
    """One number a person, also of those that are only drafted."""
    return person.pk or -id(person)


class Seats:
    """What is held or drafted, asked for once for all ballots."""

    def __init__(self, draft: Draft, records: list[BallotRecord]) -> None:
        self.draft = draft
        self.houses = known_organizations(draft, {record.legislature for record in records})
        held = [one for one in self.houses.values() if one.pk]
        sessions = draft.rows.get(SESSIONS, {}) | sessions_of(held)
        self.events = events_of(sessions.values()) | draft.rows.get(EVENTS, {})
        self.sessions: dict[str, set[str]] = {}
        for house, session, _number in self.events:
            self.sessions.setdefault(house, set()).add(session)
        self.people = self._people(records)
        self.parties = known_organizations(draft, {record.party for record in records})
        self.terms = self._terms(held)
        self.areas = known_areas(draft, {record.area for record in records})
        self.slugs = self._slugs()
        self.places: dict[tuple[int, Any], Place] = {}

    def key(self, record: BallotRecord) -> Key:
        """Which vote is meant; where the source names no session, the one whose votes are held.

        Raises SourceError where those of several are.
        """
        session = record.session or self._session(record.legislature, record.line)
        return record.legislature, session, record.number

    def _session(self, legislature: str, line: int) -> str:
        sessions = sorted(self.sessions.get(legislature, ()))
        if len(sessions) > 1:
            message = _("say of which session these votes are: %(sessions)s")
            raise SourceError(message % {"sessions": ", ".join(sessions)}, line)
        return next(iter(sessions), "")

    def person(self, record: BallotRecord) -> Person | None:
        """The member; a new one where the source names somebody nobody has heard of."""
        found = next(filter(None, map(self.people.get, record.identifiers.items())), None)
        if found is None and (slug := record.identifiers.get("openparliament")):
            found = self.slugs.get(folded(slug))
        if found is None and record.family_name:
            found = Person(given_name=record.given_name[:100], family_name=record.family_name[:100])
            self.draft.add(found)
        for name in record.identifiers.items():
            if found and name[1] and name not in self.people:
                self.people[name] = found
                row = Identifier(person=found, scheme=name[0][:40], identifier=name[1][:80])
                self.draft.add(row, f"{found}: {name[0]} {name[1]}")
        return found

    def place(self, record: BallotRecord, person: Person, event: VoteEvent) -> Place:
        """The party and the riding of a member on the day of the vote."""
        key = who(person), (event.held_on, record.party, record.area, record.area_name)
        if key not in self.places:
            self.places[key] = self._place(record, person, event)
        return self.places[key]

    def _place(self, record: BallotRecord, person: Person, event: VoteEvent) -> Place:
        terms = [term for term in self.terms.get(person.pk, []) if person.pk]
        on_day = [term for term in terms if term.holds(event.held_on)]
        term = next(iter(on_day), None)
        party = self.parties.get(record.party) or (term.on_behalf_of if term else None)
        area = self.areas.get(record.area)
        if area is None and (name := folded(record.area_name)):
            named = [one.post.area for one in [*on_day, *terms] if called(one.post.area, name)]
            area = next(iter(named), None)
        elif area is None and term:
            area = term.post.area
        return party, area

    def _people(self, records: list[BallotRecord]) -> dict[tuple[str, str], Person]:
        """Who is called how, held or drafted."""
        drafted = self.draft.added.get(Identifier, [])
        called = {(row.scheme, row.identifier): row.person for row in drafted}
        return called | by_identifier({pair for one in records for pair in one.identifiers.items()})

    def _terms(self, houses: list[Organization]) -> dict[int, list[Membership]]:
        """The terms of everybody who ever sat, by person, the latest first."""
        rows = Membership.objects.filter(post__organization__in=houses)
        found: dict[int, list[Membership]] = {}
        for term in rows.select_related("person", "post__area", "on_behalf_of"):
            found.setdefault(term.person_id, []).append(term)
        for terms in found.values():
            terms.sort(key=lambda term: (term.start_on or datetime.date.min, term.pk), reverse=True)
        return found

    def _slugs(self) -> dict[str, Person]:
        """Members by both names as an address has them, where one only is called so."""
        people = {term.person for terms in self.terms.values() for term in terms}
        names = [(folded(one.given_name + one.family_name), one) for one in people]
        often = Counter(name for name, _one in names)
        return {name: one for name, one in names if often[name] == 1}


def called(area: Area | None, name: str) -> bool:
    """Whether a riding is called so in any language, whatever its dashes and accents."""
    return area is not None and name in {folded(one) for one in area.name.values()}
