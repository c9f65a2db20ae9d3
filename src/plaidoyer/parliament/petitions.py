"""Official petitions: people sign them on a parliament's own site; we only read its count."""

import datetime
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

from django.utils import timezone

from plaidoyer.parliament import courses, curves, forecasts, ranks
from plaidoyer.parliament.courses import Course
from plaidoyer.parliament.deadlines import Code
from plaidoyer.parliament.forecasts import Count, Forecast, Pace
from plaidoyer.parliament.models import (
    CompleteList,
    OfficialPetition,
    PetitionSnapshot,
    PublishedRank,
    RegionCount,
    Threshold,
)
from plaidoyer.parliament.ranks import Metric, Rank
from plaidoyer.parliament.states import State

ROWS = 30


def figure_at(
    petition: OfficialPetition, moment: datetime.datetime | None = None
) -> PetitionSnapshot | None:
    """The official count as it was last seen at `moment` (now, if none is given), with its source.

    Nothing when it had not been seen yet. It is the parliament's figure: never added to our own.
    """
    seen = petition.snapshots.all()
    if moment is not None:
        seen = seen.filter(taken_at__lte=moment)
    return seen.order_by("-taken_at", "-id").first()


def is_open(petition: OfficialPetition) -> bool:
    """Whether the parliament's site takes signatures today."""
    return courses.follow([petition])[0].is_open


@dataclass(frozen=True, slots=True)
class Reached:
    """A threshold, and the count that first showed it was reached."""

    threshold: Threshold
    seen: PetitionSnapshot | None


@dataclass(frozen=True, slots=True)
class Row:
    """A count in the table beside the curve, and how much more it is than the one before."""

    seen: PetitionSnapshot
    more: int | None


@dataclass(frozen=True, slots=True)
class Story:
    """All that is told of one petition, for its page."""

    course: Course
    last: PetitionSnapshot | None
    rows: list[Row]
    curve: curves.Curve | None
    pace: Pace | None
    forecast: Forecast | None
    thresholds: list[Reached]
    ranks: list[Rank]
    published: list[PublishedRank]
    regions: list[RegionCount]

    @property
    def petition(self) -> OfficialPetition:
        return self.course.petition


def story(petition: OfficialPetition) -> Story:
    """Everything that is known of `petition`, in a fixed number of queries."""
    course = courses.follow([petition])[0]
    seen = list(petition.snapshots.order_by("taken_at", "pk"))
    counts = [(one.taken_at, one.signatures) for one in seen]
    last = seen[-1] if seen else None
    closes_at = _end(course)
    foreseen = (
        forecasts.forecast(counts, closes_at, timezone.now())
        if closes_at and course.is_open
        else None
    )
    return Story(
        course=course,
        last=last,
        rows=table(seen),
        curve=drawn(course, counts, foreseen),
        pace=forecasts.pace(counts) if course.is_open else None,
        forecast=foreseen,
        thresholds=reached(course, seen),
        ranks=places(course) if last else [],
        published=list(petition.ranks.order_by("scope", "pk")),
        regions=list(last.regions.select_related("area")) if last else [],
    )


def _end(course: Course) -> datetime.datetime | None:
    """The end of the day on which it closes, where the legislature sits."""
    closes = course.petition.closes_on
    return _midnight(course, closes + datetime.timedelta(days=1)) if closes else None


def _midnight(course: Course, day: datetime.date) -> datetime.datetime:
    zone = courses.zone(course.petition.legislature)
    return datetime.datetime.combine(day, datetime.time(), zone)


def _noon(course: Course, day: datetime.date) -> datetime.datetime:
    """Within the day, so that a picture that ends with it is named by it."""
    return _midnight(course, day) + datetime.timedelta(hours=12)


def drawn(
    course: Course, counts: Sequence[Count], foreseen: Forecast | None
) -> curves.Curve | None:
    """The curve with its thresholds and the days that are known."""
    petition, due = course.petition, course.due
    known = [(Code.CLOSES.label, petition.closes_on)]
    known += [(State.PRESENTED.label, petition.presented_on)]
    known += [(Code.ANSWER.label, due.on if due else None)]
    known += [(State.ANSWERED.label, petition.answered_on)]
    thresholds = course.rules.thresholds.all() if course.rules else []
    opens = petition.opens_on
    return curves.curve(
        counts,
        opens_at=_midnight(course, opens) if opens else None,
        closes_at=_end(course),
        moments=[(str(what), day, _noon(course, day)) for what, day in known if day],
        thresholds=[one.signatures for one in thresholds],
        forecast=foreseen,
    )


def table(seen: Sequence[PetitionSnapshot]) -> list[Row]:
    """The counts of the table, the newest first; of many, evenly chosen ones."""
    some = curves.thinned(seen, ROWS) if len(seen) > ROWS else list(seen)
    rows = [Row(later, later.signatures - before.signatures) for before, later in pairwise(some)]
    return [*reversed(rows), *(Row(one, None) for one in some[:1])]


def reached(course: Course, seen: Sequence[PetitionSnapshot]) -> list[Reached]:
    """The thresholds of the rules, each with the first count that reached it."""
    thresholds = course.rules.thresholds.all() if course.rules else []
    return [
        Reached(one, next((count for count in seen if count.signatures >= one.signatures), None))
        for one in thresholds
    ]


def places(course: Course) -> list[Rank]:
    """Its places on the last day for which a complete list is held, else as of today."""
    petition = course.petition
    lists = CompleteList.objects.filter(
        legislature=petition.legislature_id, as_of__lte=course.today
    ).order_by("-as_of")
    day = lists.values_list("as_of", flat=True).first()
    metric = Metric.CURRENT if course.is_open else Metric.AT_CLOSE
    return ranks.ranks(petition, day or course.today, metric=metric)
