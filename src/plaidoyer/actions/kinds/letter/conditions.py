"""What a rule of a letter may look at: who it is, party, office, language, votes, positions."""

from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence

from django.conf import settings
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from plaidoyer.actions.kinds.letter.letters import Addressee, Key, Recipient
from plaidoyer.actions.kinds.letter.rules import Choices, Condition, register
from plaidoyer.campaigns.models import Campaign, Target
from plaidoyer.civics.models import Membership, Organization, Person, Post
from plaidoyer.parliament.models import Motion, Option, Position, Vote, VoteEvent

# So many recorded votes that no campaign chose are offered.
LATEST = 100
Found = Mapping[Key, Recipient]
Values = dict[Key, set[str]]


def load() -> None:
    """Registers the conditions of this module."""
    for name, label, choices, facts in CONDITIONS:
        narrow = vote_facts if facts is vote_facts else None
        register(Condition(name=name, label=label, choices=choices, facts=facts, narrow=narrow))


def targets(campaign: Campaign | None) -> list[Target]:
    """The targets of the campaign; of every open one without it."""
    these = Target.objects.select_related("post", "person", "organization").order_by("id")
    return list(
        these.filter(campaign=campaign) if campaign else these.filter(campaign__closed_on=None)
    )


def terms(campaign: Campaign | None) -> Iterator[Membership]:
    """Who holds today the offices that the targets are, or that the bodies they are consist of."""
    asked = targets(campaign)
    offices = {target.post_id for target in asked if target.post_id}
    bodies = {target.organization_id for target in asked if target.organization_id}
    held = Membership.objects.on(timezone.localdate()).select_related(
        "person", "post__organization", "on_behalf_of"
    )
    of_these = held.filter(post__in=offices) | held.filter(post__organization__in=bodies)
    yield from of_these.order_by("person__family_name", "person__given_name")


def ordered(choices: Iterable[tuple[str, str]]) -> Choices:
    """Each value once, by its words."""
    return sorted(dict(choices).items(), key=lambda choice: choice[1].casefold())


def name(decision_maker: Post | Person | Organization) -> str:
    """A value that stands for a decision-maker."""
    return f"{decision_maker._meta.model_name}.{decision_maker.pk}"


def target_choices(campaign: Campaign | None) -> Choices:
    asked = [(name(target.decision_maker), str(target)) for target in targets(campaign)]
    return [*asked, *ordered((name(term.person), str(term)) for term in terms(campaign))]


def target_facts(of: Sequence[Addressee], found: Found) -> Values:
    return {
        to.key: {
            name(one)
            for one in (to.target.decision_maker, to.post, found[to.key].person)
            if one is not None
        }
        for to in of
    }


def party_choices(campaign: Campaign | None) -> Choices:
    return ordered(
        (str(term.on_behalf_of_id), str(term.on_behalf_of))
        for term in terms(campaign)
        if term.on_behalf_of_id
    )


def party_facts(of: Sequence[Addressee], found: Found) -> Values:
    today = timezone.localdate()
    return {
        to.key: {
            str(term.on_behalf_of_id)
            for term in office.memberships.all()
            if term.person_id == person.pk and term.on_behalf_of_id and term.holds(today)
        }
        for to in of
        if isinstance(office := found[to.key].office, Post) and (person := found[to.key].person)
    }


def office_choices(campaign: Campaign | None) -> Choices:
    bodies = {target.organization for target in targets(campaign) if target.organization}
    held = list(terms(campaign))
    bodies |= {term.post.organization for term in held}
    kinds = ordered((body.classification, body.classification) for body in bodies)
    return [*kinds, *ordered((str(term.post), str(term.post)) for term in held)]


def office_facts(of: Sequence[Addressee], found: Found) -> Values:
    values: Values = {}
    for to in of:
        office = found[to.key].office
        if isinstance(office, Post):
            # In every language: which of them an organiser read when choosing is not known.
            values[to.key] = {*office.label.values(), office.organization.classification}
        elif office:
            values[to.key] = {office.classification}
    return values


def language_choices(_campaign: Campaign | None) -> Choices:
    return [(code, str(language)) for code, language in settings.LANGUAGES]


def language_facts(of: Sequence[Addressee], found: Found) -> Values:
    return {to.key: {person.preferred_language} for to in of if (person := found[to.key].person)}


def motions(campaign: Campaign | None) -> dict[int, Motion]:
    """The motions before the bodies that are targets."""
    bodies = [target.organization_id for target in targets(campaign) if target.organization_id]
    return Motion.objects.filter(legislature__in=bodies).order_by("-id").in_bulk()


def votes(campaign: Campaign | None) -> list[VoteEvent]:
    """The recorded votes to choose from: those that campaigns chose, and the latest others.

    A session has hundreds; nobody finds one among all of them.
    """
    bodies = [target.organization_id for target in targets(campaign) if target.organization_id]
    events = VoteEvent.objects.filter(motion__legislature__in=bodies).select_related("motion")
    chosen = events.filter(asked__isnull=False).distinct()
    found = {event.pk: event for event in [*chosen, *events[:LATEST]]}
    return sorted(found.values(), key=lambda event: (event.held_on, event.pk), reverse=True)


def vote_choices(campaign: Campaign | None) -> Choices:
    return [
        (f"{event.pk}.{option}", f"{event.motion} ({event.held_on:%Y-%m-%d}): {option.label}")
        for event in votes(campaign)
        for option in Option
    ]


def position_choices(campaign: Campaign | None) -> Choices:
    return [
        (f"{motion.pk}.{option}", f"{motion}: {option.label}")
        for motion in motions(campaign).values()
        for option in Option
    ]


def by_person(of: Sequence[Addressee], found: Found, said: dict[int, set[str]]) -> Values:
    """What is known of each addressee's person."""
    people = {to.key: found[to.key].person for to in of}
    return {key: said.get(person.pk, set()) for key, person in people.items() if person}


def vote_facts(
    of: Sequence[Addressee], found: Found, wanted: Collection[str] | None = None
) -> Values:
    """How they voted; in hundreds of votes, so `wanted` says which are looked at."""
    people = [one.person for one in found.values() if one.person]
    said: dict[int, set[str]] = {}
    votes = Vote.objects.filter(person__in=people)
    if wanted is not None:
        keys = {value.partition(".")[0] for value in wanted}
        votes = votes.filter(event__in=[key for key in keys if key.isdecimal()])
    for vote in votes:
        said.setdefault(vote.person_id, set()).add(f"{vote.event_id}.{vote.option}")
    return by_person(of, found, said)


def position_facts(of: Sequence[Addressee], found: Found) -> Values:
    people = [one.person for one in found.values() if one.person]
    last: dict[tuple[int, int], str] = {}
    for said in Position.objects.filter(person__in=people).order_by("stated_on", "id"):
        last[said.person_id, said.motion_id] = said.option
    values: dict[int, set[str]] = {}
    for (person, motion), option in last.items():
        values.setdefault(person, set()).add(f"{motion}.{option}")
    return by_person(of, found, values)


CONDITIONS: list[
    tuple[
        str,
        str | Promise,
        Callable[[Campaign | None], Choices],
        Callable[[Sequence[Addressee], Found], Values],
    ]
] = [
    ("target", _("The recipient is"), target_choices, target_facts),
    ("party", _("Their party is"), party_choices, party_facts),
    ("office", _("Their office is"), office_choices, office_facts),
    ("language", _("They write in"), language_choices, language_facts),
    ("vote", _("They voted"), vote_choices, vote_facts),
    ("position", _("They said that they would vote"), position_choices, position_facts),
]
