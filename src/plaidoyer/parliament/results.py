"""A recorded vote as screens show it: published totals beside those held, and how each voted.

What nobody published is computed and called so: who sat on that day and has no vote "did not vote".
The source does not tell why: away, in the chair, or silent.
"""

from collections import Counter
from collections.abc import Callable, Iterable
from dataclasses import dataclass

from django.db.models import Count, F, Q, QuerySet
from django.utils.functional import Promise
from django.utils.text import slugify
from django.utils.translation import get_language, pgettext_lazy
from django.utils.translation import gettext as _

from plaidoyer.civics.models import Area, Organization, Person
from plaidoyer.lib import wording
from plaidoyer.lib.addresses import folded
from plaidoyer.parliament import reporting
from plaidoyer.parliament.models import GroupCount, Option, VoteEvent

NOT_VOTED = "none"
COLUMNS = {
    Option.YES: "yes_count",
    Option.NO: "no_count",
    Option.PAIRED: "paired_count",
    Option.ABSTAIN: "abstain_count",
}
# How members voted, in the words of a list; the last is computed.
LABELS: dict[str, str | Promise] = {
    **{option.value: option.label for option in Option},
    NOT_VOTED: pgettext_lazy("vote", "did not vote"),
}


@dataclass(frozen=True, slots=True)
class Total:
    """How many voted one way: as published, and as the votes we hold say."""

    option: Option
    published: int | None
    held: int

    @property
    def difference(self) -> int:
        """How many more we hold than were published; nothing where nothing was published."""
        return 0 if self.published is None else self.held - self.published

    @property
    def shown(self) -> int:
        """The number to tell: the published one, else what we hold."""
        return self.held if self.published is None else self.published


@dataclass(frozen=True, slots=True)
class Row:
    """One member in a recorded vote."""

    person: Person
    party: Organization | None
    area: Area | None
    way: str

    @property
    def label(self) -> str | Promise:
        return LABELS[self.way]

    @property
    def is_computed(self) -> bool:
        """Whether no source says so."""
        return self.way == NOT_VOTED

    @property
    def province(self) -> Area | None:
        return self.area.parent if self.area else None


@dataclass(frozen=True, slots=True)
class Part:
    """A party or a province in a recorded vote: how many went each way."""

    key: str
    name: str
    counts: Counter[str]

    @property
    def of(self) -> int:
        return self.counts.total()

    @property
    def agreeing(self) -> float:
        """The share of yes among yes and no; a half where nobody said either."""
        decided = self.counts[Option.YES] + self.counts[Option.NO]
        return self.counts[Option.YES] / decided if decided else 0.5

    @property
    def cells(self) -> list[tuple[str, int]]:
        """Every way with its number, in the order of LABELS."""
        return [(way, self.counts[way]) for way in LABELS]


def held(events: Iterable[VoteEvent]) -> dict[int, dict[Option, int]]:
    """How many votes we hold each way of each of `events`, by its id; one query."""
    return reporting.tallies(events)


def counted(rows: Iterable["Row"]) -> dict[Option, int]:
    """How many went each way among rows; who did not vote is counted nowhere."""
    found = Counter(row.way for row in rows)
    return {option: found[option.value] for option in Option}


def totals(event: VoteEvent, held: dict[Option, int]) -> list[Total]:
    """Each way with its published and held number; ways of which neither is known are left out."""
    rows = [
        Total(option, getattr(event, COLUMNS[option]) if option in COLUMNS else None, number)
        for option, number in held.items()
    ]
    return [row for row in rows if row.held or row.published is not None]


def differences(event: VoteEvent, held: dict[Option, int]) -> list[Total]:
    """Where what we hold differs from what was published; none while we hold no votes at all."""
    if not any(held.values()):
        return []
    return [row for row in totals(event, held) if row.difference]


def differing(events: QuerySet[VoteEvent]) -> QuerySet[VoteEvent]:
    """Those of `events` whose held votes differ from the published totals; one query."""
    counted = events.annotate(
        held=Count("votes"),
        **{f"held_{option}": Count("votes", filter=Q(votes__option=option)) for option in COLUMNS},
    )
    differs = Q(pk=None)
    for option, column in COLUMNS.items():
        same = Q(**{f"held_{option}": F(column)})
        differs |= Q(**{f"{column}__isnull": False}) & ~same
    return counted.filter(differs, held__gt=0)


def told(event: VoteEvent, yes: int | None = None, no: int | None = None) -> str:
    """ "Adopted as amended on March 18, 2024: 204 for, 117 against"; the numbers where known."""
    words = {"day": wording.date(event.held_on, get_language() or "")}
    if yes is None or no is None:
        return sentences()[event.result] % words
    return numbered()[event.result] % {**words, "yes": yes, "no": no}


def sentences() -> dict[str, str]:
    """Each result without its numbers."""
    return {
        VoteEvent.Result.PASS: _("Adopted on %(day)s."),
        VoteEvent.Result.AMENDED: _("Adopted as amended on %(day)s."),
        VoteEvent.Result.FAIL: _("Rejected on %(day)s."),
        VoteEvent.Result.TIE: _("Tied on %(day)s."),
    }


def numbered() -> dict[str, str]:
    """Each result with its numbers."""
    return {
        VoteEvent.Result.PASS: _("Adopted on %(day)s: %(yes)d for, %(no)d against."),
        VoteEvent.Result.AMENDED: _("Adopted as amended on %(day)s: %(yes)d for, %(no)d against."),
        VoteEvent.Result.FAIL: _("Rejected on %(day)s: %(yes)d for, %(no)d against."),
        VoteEvent.Result.TIE: _("Tied on %(day)s: %(yes)d for, %(no)d against."),
    }


def rows(event: VoteEvent) -> list[Row]:
    """How each member voted, by family name, and who did not; two queries.

    Nobody is said not to have voted while no member's vote is known, nor for a riding of which
    somebody voted that day.
    """
    votes = event.votes.select_related("person", "group", "area__parent")
    cast = [Row(vote.person, vote.group, vote.area, vote.option) for vote in votes]
    if cast:
        voted = {row.person.pk for row in cast}
        taken = {row.area.pk for row in cast if row.area}
        cast += [
            Row(member.person, member.party, member.area, NOT_VOTED)
            for member in reporting.members(event.motion.legislature, event.held_on)
            if member.person.pk not in voted and not (member.area and member.area.pk in taken)
        ]
    return sorted(
        cast, key=lambda row: (folded(row.person.family_name), folded(row.person.given_name))
    )


def key_of(thing: Organization | Area | None) -> str:
    """What stands for a party or a province in an address: never a row's number."""
    return slugify(thing.name.in_language("en")) if thing else "none"


def parts(of: Iterable[Row], by: Callable[[Row], Organization | Area | None]) -> list[Part]:
    """The rows of each party or province, the largest first; without one, last."""
    found: dict[str, Part] = {}
    for row in of:
        thing = by(row)
        part = found.setdefault(key_of(thing), Part(key_of(thing), str(thing or ""), Counter()))
        part.counts[row.way] += 1
    return sorted(found.values(), key=lambda part: (not part.name, -part.of, folded(part.name)))


def published_parts(event: VoteEvent) -> list[Part]:
    """The totals of each party as somebody published them, without its members; one query."""
    found = GroupCount.objects.filter(event=event).select_related("group")
    return [
        Part(
            key_of(one.group),
            str(one.group),
            Counter({option.value: getattr(one, name) for option, name in COLUMNS.items()}),
        )
        for one in found
    ]


def party(row: Row) -> Organization | None:
    """The party of a member on that day."""
    return row.party


def province(row: Row) -> Area | None:
    """The province of a member's riding."""
    return row.province


def kept(of: Iterable[Row], *, party: str, province: str, way: str) -> list[Row]:
    """Those of a party, a province and a way; "" is any."""
    return [
        row
        for row in of
        if party in ("", key_of(row.party))
        and province in ("", key_of(row.province))
        and way in ("", row.way)
    ]
