"""Which place a petition has among those that are held: by scope, filter and moment.

No parliament publishes places; they are computed from a list, so they are only as good as it is.
Where the list may lack petitions, a place says how many have more signatures *at least*.
Competition ranking: two petitions with the same count share a place, and the next is left out.
"""

import datetime
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.db import models
from django.db.models import Count, OuterRef, Q, QuerySet
from django.db.models.functions import Coalesce, ExtractYear
from django.utils.translation import gettext_lazy as _

from plaidoyer.parliament.models import CompleteList, OfficialPetition, PetitionSnapshot, Scope

# Among fewer petitions of an incomplete list, a place says nothing.
FEWEST = 10


class Among(models.TextChoices):
    """Which petitions of a scope are compared."""

    ANY = "any", _("all")
    CERTIFIED = "certified", _("certified ones")
    PRESENTED = "presented", _("presented ones")


class Metric(models.TextChoices):
    """Which count is compared."""

    AT_CLOSE = "close", _("when they closed")
    CURRENT = "current", _("as last seen")


@dataclass(frozen=True, slots=True)
class Rank:
    """A place among the petitions of a scope that are held."""

    scope: Scope
    value: str
    rank: int
    of: int
    as_of: datetime.date
    is_complete: bool
    among: Among = Among.ANY
    metric: Metric = Metric.CURRENT

    @property
    def ahead(self) -> int:
        """How many have more signatures; where the list is incomplete, at least so many."""
        return self.rank - 1


def competition(counts: Mapping[Any, int]) -> dict[Any, int]:
    """The place of each by its count, the largest first: 1, 2, 2, 4."""
    return {
        key: 1 + sum(other > count for other in counts.values()) for key, count in counts.items()
    }


def ranks(
    petition: OfficialPetition,
    on: datetime.date,
    *,
    scopes: Sequence[Scope] = tuple(Scope),
    among: Among = Among.ANY,
    metric: Metric = Metric.CURRENT,
) -> list[Rank]:
    """The places of `petition` at the end of that day, one for each scope it belongs to.

    None where no count of it is held, where it is not among those compared, or where too few are
    held of a list that is not complete. Two queries.
    """
    values = {
        scope: value for scope in scopes if (value := value_of(petition, scope, on)) is not None
    }
    seen = counted(petition.legislature_id, on, among, metric)
    mine = seen.filter(pk=petition.pk).values("seen")[:1]
    told = seen.aggregate(
        **{
            f"{scope}_{name}": Count("pk", filter=within(scope, value, on) & condition)
            for scope, value in values.items()
            for name, condition in (
                ("of", Q()),
                ("ahead", Q(seen__gt=models.Subquery(mine))),
                ("own", Q(pk=petition.pk)),
            )
        }
    )
    lists = list(CompleteList.objects.filter(legislature=petition.legislature_id))
    found = []
    for scope, value in values.items():
        of, until = told[f"{scope}_of"], min(on, end_of(petition, scope) or on)
        is_complete = any(covers(one, scope, value, until) for one in lists)
        if told[f"{scope}_own"] and (of >= FEWEST or is_complete):
            rank = 1 + told[f"{scope}_ahead"]
            found.append(Rank(scope, value, rank, of, on, is_complete, among, metric))
    return found


def value_of(petition: OfficialPetition, scope: Scope, on: datetime.date) -> str | None:
    """Which parliament, session or year is meant; "" where there is one only; None: not in it."""
    session, year_of = petition.session, petition.closes_on or petition.opens_on
    match scope:
        case Scope.PARLIAMENT:
            return (session.parliament or None) if session else None
        case Scope.SESSION:
            return session.identifier if session else None
        case Scope.YEAR:
            return str(year_of.year) if year_of else None
        case Scope.OPEN:
            return "" if petition.closes_on and petition.closes_on >= on else None
    return ""


def within(scope: Scope, value: str, on: datetime.date) -> Q:
    """The petitions of a scope. A petition belongs to the year in which it closes."""
    match scope:
        case Scope.PARLIAMENT:
            return Q(session__parliament=value)
        case Scope.SESSION:
            return Q(session__identifier=value)
        case Scope.YEAR:
            return Q(year=int(value))
        case Scope.OPEN:
            begun = Q(opens_on=None) | Q(opens_on__lte=on)
            return begun & Q(closes_on__gte=on, withdrawn_on=None, refused_on=None)
    return Q()


def counted(
    legislature: int, on: datetime.date, among: Among, metric: Metric
) -> QuerySet[OfficialPetition]:
    """The petitions compared, each with the count that counts (`seen`) and its `year`."""
    petitions = OfficialPetition.objects.filter(legislature=legislature)
    if among == Among.CERTIFIED:
        petitions = petitions.filter(Q(certified_on__lte=on) | Q(presented_on__lte=on))
    elif among == Among.PRESENTED:
        petitions = petitions.filter(presented_on__lte=on)
    snapshots = PetitionSnapshot.objects.filter(
        petition=OuterRef("pk"), taken_at__date__lte=on
    ).order_by("-taken_at", "-pk")
    seen: Any = models.Subquery(snapshots.values("signatures")[:1])
    if metric == Metric.AT_CLOSE:
        after = snapshots.filter(taken_at__date__gt=OuterRef("closes_on"))
        first = models.Subquery(after.order_by("taken_at", "pk").values("signatures")[:1])
        seen = Coalesce(first, seen)
    year = ExtractYear(Coalesce("closes_on", "opens_on"))
    return petitions.annotate(seen=seen, year=year).filter(seen__isnull=False)


def end_of(petition: OfficialPetition, scope: Scope) -> datetime.date | None:
    """The day after which no petition joins the scope any more, where it has ended."""
    session, year_of = petition.session, petition.closes_on or petition.opens_on
    if scope == Scope.YEAR and year_of:
        return datetime.date(year_of.year, 12, 31)
    if scope == Scope.SESSION and session:
        return session.end_on
    return session.dissolved_on if scope == Scope.PARLIAMENT and session else None


def covers(one: CompleteList, scope: Scope, value: str, until: datetime.date) -> bool:
    """Whether a list that was complete on its day holds every petition of the scope until then."""
    wider = one.scope == Scope.ALL
    same = one.scope == scope and one.value == value
    parliament = one.scope == Scope.PARLIAMENT and scope == Scope.SESSION
    of_parliament = parliament and value.split("-")[0] == one.value
    return one.as_of >= until and (wider or same or of_parliament)
