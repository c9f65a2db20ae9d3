"""Persons of a source, laid beside those that are held: by identifier, else by name and seat.

A name alone never makes two people one.
"""

from collections.abc import Iterable

from django.utils.translation import gettext as _

from plaidoyer.civics.imports import Draft, merged, planner
from plaidoyer.civics.models import Identifier, Membership, Person, Post
from plaidoyer.civics.records import MembershipRecord, PersonRecord
from plaidoyer.lib.addresses import folded
from plaidoyer.lib.words import Words

Seats = dict[tuple[str, object], list[Person]]


@planner(PersonRecord)
def plan_persons(draft: Draft, records: list[PersonRecord]) -> None:
    """Persons by their identifiers; who has none here, by name and seat."""
    persons = draft.rows.setdefault("person", {})
    called = by_identifier({pair for one in records for pair in one.identifiers.items()})
    schemes = _schemes(records)
    seats, sat = _seats(draft), _who_sat(draft)
    taken: set[int] = set()
    for said in records:
        person = _by_identifiers(draft, said, called)
        if person is None:
            places = seats.get(said.key, [])
            person = _by_seat(said, places, sat, schemes, taken)
        if person is None:
            person = Person(given_name=said.given_name, family_name=said.family_name)
            draft.add(person, str(person).strip())
        taken.add(person.pk or id(person))
        _correct(draft, person, said)
        _name(draft, person, said, called, schemes)
        persons[said.key] = person


def by_identifier(pairs: Iterable[tuple[str, str]]) -> dict[tuple[str, str], Person]:
    """Who is held under each (scheme, identifier); one query."""
    pairs = set(pairs)
    rows = Identifier.objects.filter(
        scheme__in={scheme for scheme, _number in pairs},
        identifier__in={number for _scheme, number in pairs},
    ).select_related("person")
    return {(row.scheme, row.identifier): row.person for row in rows}


def _by_identifiers(
    draft: Draft, said: PersonRecord, called: dict[tuple[str, str], Person]
) -> Person | None:
    found = {id(one): one for pair in said.identifiers.items() if (one := called.get(pair))}
    people = list({one.pk or id(one): one for one in found.values()}.values())
    if len(people) > 1:
        names = " / ".join(f"{one} ({one.pk})" for one in people)
        draft.conflict(said.line, _("its identifiers mean several persons here: %s") % names)
    return people[0] if people else None


def _schemes(records: list[PersonRecord]) -> dict[int, set[str]]:
    """By person: the schemes in which they have an identifier, of those the records use."""
    used = {scheme for one in records for scheme in one.identifiers}
    found: dict[int, set[str]] = {}
    rows = Identifier.objects.filter(scheme__in=used) if used else Identifier.objects.none()
    for person, scheme in rows.values_list("person", "scheme"):
        found.setdefault(person, set()).add(scheme)
    return found


def _seats(draft: Draft) -> dict[str, list[Post]]:
    """The offices that the reading gives to each person, by the person's key."""
    posts = draft.rows.get("post", {})
    seats: dict[str, list[Post]] = {}
    for said in draft.records.get(MembershipRecord, []):
        if said.post in posts:
            seats.setdefault(said.person, []).append(posts[said.post])
    return seats


def _who_sat(draft: Draft) -> Seats:
    """Who holds or held an office of these organizations, by name and place; one query.

    The place is the office itself, and the name of its area: a riding that was redrawn and kept
    its name is the same place to its member.
    """
    bodies = {post.organization_id for post in draft.rows.get("post", {}).values()} - {None}
    terms = Membership.objects.filter(post__organization__in=bodies)
    sat: Seats = {}
    for term in terms.select_related("person", "post__area").order_by("start_on", "id"):
        for place in _places(term.post):
            there = sat.setdefault((_full(term.person), place), [])
            if term.person not in there:
                there.append(term.person)
    return sat


def _places(post: Post) -> set[object]:
    names = {folded(name) for name in post.area.name.values()} if post.area else set()
    return {(post.organization_id, name) for name in names} | ({post.pk} if post.pk else set())


def _full(person: Person | PersonRecord) -> str:
    return folded(f"{person.given_name} {person.family_name}")


def _by_seat(
    said: PersonRecord, posts: list[Post], sat: Seats, schemes: dict[int, set[str]], taken: set[int]
) -> Person | None:
    """Who of that name has that seat already, unless the source calls them somebody else."""
    found = {
        person.pk: person
        for post in posts
        for place in _places(post)
        for person in sat.get((_full(said), place), [])
        if person.pk not in taken and not schemes.get(person.pk, set()) & said.identifiers.keys()
    }
    return next(iter(found.values())) if len(found) == 1 else None


def _correct(draft: Draft, person: Person, said: PersonRecord) -> None:
    given, family = _parted(person, said)
    draft.correct(
        person,
        said.line,
        given_name=given,
        family_name=family,
        honorific_prefix=merged(person.honorific_prefix, Words(said.honorific_prefix)),
        preferred_language=said.preferred_language,
    )


def _parted(person: Person, said: PersonRecord) -> tuple[str, str]:
    """Given and family name as a record parts them, or as they are held.

    Of one name that two sources part elsewhere, the longer family name is the right one: who does
    not know takes the last word for it, and Ginette Petitpas Taylor is no Taylor.
    """
    is_same = _full(person) == _full(said)
    if is_same and len(folded(said.family_name)) < len(folded(person.family_name)):
        return person.given_name, person.family_name
    return said.given_name, said.family_name


def _name(
    draft: Draft,
    person: Person,
    said: PersonRecord,
    called: dict[tuple[str, str], Person],
    schemes: dict[int, set[str]],
) -> None:
    """Keeps how the source calls a person, so that the next reading finds them."""
    for scheme, number in said.identifiers.items():
        if number and (scheme, number) not in called:
            row = Identifier(person=person, scheme=scheme, identifier=number)
            draft.add(row, f"{person}: {row}")
            called[scheme, number] = person
            schemes.setdefault(person.pk or id(person), set()).add(scheme)
