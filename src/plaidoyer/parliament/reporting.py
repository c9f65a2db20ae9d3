"""Reads for screens: who sits where, what each said, how each voted; few queries for any house."""

import datetime
from collections.abc import Iterable
from dataclasses import dataclass

from django.db.models import Count, Q

from plaidoyer.civics.models import Area, Membership, Organization, Person, Post
from plaidoyer.lib.addresses import folded
from plaidoyer.parliament.models import Motion, Option, Position, VoteEvent


@dataclass(frozen=True, slots=True)
class Member:
    """Somebody who sits in a legislature on a day."""

    post: Post
    person: Person
    party: Organization | None
    area: Area | None


def members(legislature: Organization, on: datetime.date) -> list[Member]:
    """Those who sit on that day, by family name: one query. Of two terms in one seat on the day
    it changes hands, the one who comes. A seat whose riding was drawn later is none that
    day; one that was redrawn is held until its term ends."""
    terms = (
        Membership.objects.on(on)
        .filter(
            Q(post__area__valid_from=None) | Q(post__area__valid_from__lte=on),
            post__organization=legislature,
        )
        .select_related("person", "post__area__parent", "on_behalf_of")
    )
    seats = {}
    for term in sorted(terms, key=lambda term: (term.start_on or datetime.date.min, term.pk)):
        seats[term.post_id] = Member(term.post, term.person, term.on_behalf_of, term.post.area)
    return sorted(
        seats.values(),
        key=lambda one: (folded(one.person.family_name), folded(one.person.given_name)),
    )


def positions(motion: Motion, until: datetime.date | None = None) -> dict[int, Position]:
    """What each person last said they would vote, by the person's id; one query.

    `until`: what was said by that day, where another than the last is meant.
    """
    said = (
        motion.positions.all() if until is None else motion.positions.filter(stated_on__lte=until)
    )
    last = said.order_by("person_id", "-stated_on", "-id").distinct("person_id")
    return {position.person_id: position for position in last}


def last_vote(motion: Motion) -> VoteEvent | None:
    """The last recorded vote on `motion`, if there was one."""
    return motion.vote_events.order_by("-held_on", "-id").first()


def votes(event: VoteEvent) -> dict[int, Option]:
    """How each person voted, by the person's id; one query."""
    return {
        person: Option(option) for person, option in event.votes.values_list("person_id", "option")
    }


def tally(event: VoteEvent) -> dict[Option, int]:
    """How many voted each way, in the order of Option; one query."""
    return tallies([event])[event.pk]


def tallies(events: Iterable[VoteEvent]) -> dict[int, dict[Option, int]]:
    """How many voted each way in each of `events`, by its id; one query."""
    ids = [event.pk for event in events]
    counts = VoteEvent.objects.filter(pk__in=ids).annotate(
        **{option.value: Count("votes", filter=Q(votes__option=option)) for option in Option}
    )
    return {
        event.pk: {option: getattr(event, option.value) for option in Option} for event in counts
    }
