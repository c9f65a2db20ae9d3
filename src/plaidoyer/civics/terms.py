"""Terms of office of a source, laid beside those that are held: history, never edits.

A new holder ends the term before; who changes party ends one term and begins another; of those who
are missing from a whole list, the term ends. What a newer source said stays.
"""

import datetime
from collections.abc import Iterable
from dataclasses import dataclass

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from plaidoyer.civics.bodies import known_organizations
from plaidoyer.civics.imports import Draft, planner
from plaidoyer.civics.models import Membership, Organization, Person, Post
from plaidoyer.civics.records import MembershipRecord, RosterRecord

DAY = datetime.timedelta(days=1)
Terms = dict[int, list[Membership]]


@dataclass(slots=True)
class Said:
    """What a record says of one term, with the rows it means."""

    line: int
    person: Person
    post: Post
    party: Organization | None
    start_on: datetime.date | None
    end_on: datetime.date | None
    source: str

    def covers(self, term: Membership) -> bool:
        """Whether `term` and this one share more than the day on which an office changes hands."""
        starts = [one.start_on or datetime.date.min for one in (self, term)]
        ends = [one.end_on or datetime.date.max for one in (self, term)]
        return max(starts) < min(ends)


@planner(MembershipRecord)
def plan_terms(draft: Draft, records: list[MembershipRecord]) -> None:
    """Terms by person, office and time."""
    held = _held(draft, (post for post in draft.rows.get("post", {}).values() if post.pk))
    bodies = known_organizations(draft, {one.party for one in records})
    confirmed = draft.rows.setdefault("term", {})
    for record in records:
        if (said := _understood(draft, record, bodies)) is None:
            continue
        terms = held.setdefault(said.post.pk or id(said.post), [])
        same = _same(draft, said, terms)
        if same is not None:
            term: Membership | None = _laid_beside(draft, said, same, terms)
        else:
            term = _begun(draft, said, terms, confirmed)
        if term is not None:
            confirmed[_name(term)] = term


def _held(draft: Draft, posts: Iterable[Post]) -> Terms:
    """All terms of these offices by office; one query."""
    held: Terms = {}
    rows = Membership.objects.filter(post__in=[post.pk for post in posts])
    for term in rows.select_related("person", "on_behalf_of", "post").order_by("start_on", "id"):
        held.setdefault(term.post_id, []).append(term)
    return held


def _understood(
    draft: Draft, record: MembershipRecord, bodies: dict[str, Organization]
) -> Said | None:
    """The record with its rows; nothing, and a warning, where one is missing."""
    person = draft.rows.get("person", {}).get(record.person)
    post = draft.rows.get("post", {}).get(record.post)
    if person is None or post is None:
        draft.warn(record.line, _("its person or its office is not known: the term is left out"))
        return None
    if record.start_on and record.end_on and record.end_on < record.start_on:
        draft.warn(record.line, _("the term ends before it begins: it is left out"))
        return None
    party = bodies.get(record.party)
    dates = (record.start_on, record.end_on)
    return Said(record.line, person, post, party, *dates, record.source)


def _same(draft: Draft, said: Said, terms: list[Membership]) -> Membership | None:
    """The held term that the record means: the same person's, at the same time.

    Of several (they changed party meanwhile) the one of that party, else the last.
    """
    own = [term for term in terms if _key(term.person) == _key(said.person)]
    if said.start_on:
        own = [term for term in own if said.covers(term) or term.start_on == said.start_on]
    else:
        own = [term for term in own if term.holds(said.end_on or draft.on)]
    of_party = [term for term in own if said.party and _is_party(term, said.party)]
    return max(of_party or own, key=_begin, default=None)


def _laid_beside(draft: Draft, said: Said, term: Membership, terms: list[Membership]) -> Membership:
    """Corrects a held term, or ends it and begins one where the party is another."""
    if said.party and term.on_behalf_of_id and not _is_party(term, said.party):
        return _crossed(draft, said, term, terms)
    if said.party and not term.on_behalf_of_id:
        draft.correct(term, said.line, on_behalf_of=said.party)
    earlier = [one for one in terms if one is not term and _key(one.person) == _key(said.person)]
    if said.start_on and not term.start_on and not earlier:
        draft.correct(term, said.line, start_on=said.start_on)
    if said.end_on and said.end_on != term.end_on:
        if term.end_on is None or not draft.remembers(term, "end_on"):
            draft.change(term, _ended(term, said.end_on), verb="ended", end_on=said.end_on)
        else:
            _contradicted(draft, said, term)
    elif not said.end_on and term.end_on and said.start_on and term.end_on < draft.on:
        _contradicted(draft, said, term)
    return term


def _crossed(draft: Draft, said: Said, term: Membership, terms: list[Membership]) -> Membership:
    """The term ends and one for the other party begins, unless a newer source says otherwise."""
    begins = draft.on
    if (term.start_on and term.start_on >= begins) or (term.end_on and term.end_on < begins):
        if not _is_old(draft, term):
            _contradicted(draft, said, term)
        return term
    if why := draft.remembers(term, "on_behalf_of"):
        draft.conflict(
            said.line,
            _("%(term)s: “%(held)s” stays, not “%(party)s”: %(why)s")
            % {"term": term, "held": term.on_behalf_of, "party": said.party, "why": why},
        )
        return term
    draft.change(term, _ended(term, begins), verb="ended", end_on=begins)
    return _drafted(draft, said, terms, begins)


def _begun(
    draft: Draft, said: Said, terms: list[Membership], confirmed: dict[int, Membership]
) -> Membership | None:
    """A new term, for which others of the same office end."""
    start = said.start_on
    if start is None and terms:
        # Since an unknown day: since it was first seen, for somebody else held it before.
        start = draft.on
    new = Said(said.line, said.person, said.post, said.party, start, said.end_on, said.source)
    for term in [one for one in terms if new.covers(one)]:
        if _name(term) in confirmed or (term.start_on and start and term.start_on == start):
            draft.conflict(
                said.line,
                _("%(person)s is not recorded: %(term)s holds the office at the same time")
                % {"person": said.person, "term": term},
            )
            return None
        if _is_old(draft, term) or (start and term.start_on and term.start_on > start):
            # An older source: it tells who was there before.
            if term.start_on is None or (start and term.start_on <= start):
                _contradicted(draft, said, term)
                return None
            new.end_on = min(new.end_on or term.start_on, term.start_on)
    for term in [one for one in terms if new.covers(one)]:
        draft.change(term, _ended(term, new.start_on), verb="ended", end_on=new.start_on)
    return _drafted(draft, new, terms, new.start_on)


def _drafted(
    draft: Draft, said: Said, terms: list[Membership], start: datetime.date | None
) -> Membership:
    term = Membership(
        person=said.person,
        post=said.post,
        on_behalf_of=said.party,
        start_on=start,
        end_on=said.end_on,
        source=said.source,
    )
    terms.append(term)
    party = f" ({said.party})" if said.party else ""
    since = f", {start.isoformat()}" if start else ""
    return draft.add(term, f"{said.person}{party}, {said.post}{since}")


def _contradicted(draft: Draft, said: Said, term: Membership) -> None:
    draft.conflict(
        said.line,
        _("%(person)s, %(post)s: what is held here stays (%(holder)s, %(from)s – %(until)s)")
        % {
            "person": said.person,
            "post": said.post,
            "holder": term.person,
            "from": term.start_on or "…",
            "until": term.end_on or "…",
        },
    )


@planner(RosterRecord)
def plan_rosters(draft: Draft, records: list[RosterRecord]) -> None:
    """The list is whole: who held an office of the organization and is not in it has left."""
    bodies = known_organizations(draft, {one.organization for one in records})
    confirmed = draft.rows.get("term", {})
    for record in records:
        body = bodies.get(record.organization)
        if body is None or body.pk is None:
            continue
        terms = Membership.objects.on(draft.on).filter(post__organization=body)
        sitting = [_drafted_row(draft, term) for term in terms.select_related("person", "post")]
        left = [
            term
            for term in sitting
            if _name(term) not in confirmed
            and term.holds(draft.on)
            and not _is_old(draft, term)
            and not (term.start_on == draft.on or term.end_on == draft.on)
        ]
        # Who moves to another seat of the house does not leave it.
        staying = {_key(term.person) for term in confirmed.values()}
        gone = sum(_key(term.person) not in staying for term in left)
        if gone * 2 > len(sitting) > 10:
            draft.doubt(record.line, _leaving(body, gone, len(sitting)))
        for term in left:
            last = max(draft.on - DAY, term.start_on or datetime.date.min)
            draft.change(term, _ended(term, last), verb="ended", end_on=last)


def _leaving(body: Organization, left: int, sitting: int) -> str:
    return ngettext(
        "%(left)s of %(sitting)s member of %(body)s would leave: is the list whole?",
        "%(left)s of %(sitting)s members of %(body)s would leave: is the list whole?",
        sitting,
    ) % {"left": left, "sitting": sitting, "body": body}


def _drafted_row(draft: Draft, term: Membership) -> Membership:
    """The row as the draft has it, where it changes it."""
    return draft.changed.get(Membership, {}).get(term.pk, (term,))[0]


def _is_old(draft: Draft, term: Membership) -> bool:
    """Whether this source is older than what says so of the term."""
    return term.pk is not None and draft.is_newer(term)


def _ended(term: Membership, day: datetime.date | None) -> str:
    return f"{term} → {day.isoformat() if day else '…'}"


def _is_party(term: Membership, party: Organization) -> bool:
    held = term.on_behalf_of
    return held is party or bool(held and held.pk and held.pk == party.pk)


def _begin(term: Membership) -> tuple[datetime.date, int]:
    return (term.start_on or datetime.date.min, term.pk or 0)


def _key(person: Person) -> int:
    return person.pk or id(person)


def _name(term: Membership) -> int:
    """What names a term within a draft; numbers of rows are small, those of memory are not."""
    return term.pk or id(term)
