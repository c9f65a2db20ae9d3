"""How targets answer: of letters their server took, as far as the writers told when asked.

Only what writers answered to the survey is read: who comes to tell of a reply unasked would
answer "yes" more often than the others.
"""

import datetime
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from math import ceil, floor, sqrt
from typing import Any, NamedTuple

from django.db.models import Count, Exists, OuterRef, Q, Subquery
from django.utils import timezone

from plaidoyer.campaigns.models import Campaign, Target
from plaidoyer.delivery.models import Letter
from plaidoyer.delivery.replies.models import RateRelease, Survey, SurveyAnswer

FEWEST = 10
# The 0.975 quantile of the normal distribution: an interval of 95 %.
Z = 1.959964

Answer = SurveyAnswer.Answer


class Interval(NamedTuple):
    """Where the true share lies, in whole percent, never narrower than it is."""

    low: int
    high: int


def wilson(yes: int, of: int) -> Interval:
    """The Wilson score interval of `yes` among `of` (Wilson 1927), 95 %. `of` is at least one."""
    share, z2 = yes / of, Z * Z
    middle = (share + z2 / (2 * of)) / (1 + z2 / of)
    half = Z / (1 + z2 / of) * sqrt(share * (1 - share) / of + z2 / (4 * of * of))
    # At either end the bound is exact, and a float may miss it by a hair.
    low = 0 if yes == 0 else floor(100 * max(0.0, middle - half))
    high = 100 if yes == of else ceil(100 * min(1.0, middle + half))
    return Interval(low, high)


@dataclass(frozen=True, slots=True)
class Rate:
    """How one target answers. `replied` counts people's answers only."""

    target: Target
    delivered: int
    asked: int
    answered: int
    substance: int
    acknowledged: int
    automatic: int

    @property
    def replied(self) -> int:
        return self.substance + self.acknowledged

    @property
    def is_told(self) -> bool:
        """Whether enough writers answered to give a share at all."""
        return self.answered >= FEWEST

    @property
    def percent(self) -> int | None:
        """The share of those who answered, rounded down; none where there are too few."""
        return 100 * self.replied // self.answered if self.is_told else None

    @property
    def interval(self) -> Interval | None:
        """In whole percent; none where there are too few."""
        return wilson(self.replied, self.answered) if self.is_told else None

    @property
    def width(self) -> int:
        """How wide the interval is drawn, in percent."""
        return self.interval.high - self.interval.low if self.interval else 0

    @property
    def mark(self) -> int:
        """Where the share itself is drawn, within the picture."""
        return min(self.percent or 0, 99)


def of(campaigns: Iterable[Campaign]) -> list[Rate]:
    """The rates of the targets of `campaigns` that a letter was delivered to; two queries."""
    last = SurveyAnswer.objects.filter(letter=OuterRef("pk")).order_by("-id").values("answer")[:1]
    letters = Letter.objects.delivered().filter(target__campaign__in=list(campaigns))
    asked = Survey.objects.filter(action=OuterRef("action"))
    rows = (
        letters.annotate(said=Subquery(last), was_asked=Exists(asked))
        .values("target")
        .annotate(
            delivered=Count("pk"),
            asked=Count("pk", filter=Q(was_asked=True)),
            **{name: Count("pk", filter=Q(said=answer)) for name, answer in NAMES.items()},
        )
        .order_by("target")
    )
    targets = Target.objects.select_related("campaign", "post", "person", "organization").in_bulk(
        [row["target"] for row in rows]
    )
    return [rate(targets[row["target"]], row) for row in rows]


NAMES = {
    "substance": Answer.SUBSTANCE,
    "acknowledged": Answer.ACKNOWLEDGED,
    "automatic": Answer.AUTOMATIC,
    "no": Answer.NONE,
}


def rate(target: Target, row: Mapping[str, Any]) -> Rate:
    """One row. Who did not wish to say has not answered."""
    answered = sum(row[name] for name in NAMES)
    counts = {name: row[name] for name in ("delivered", "asked", *NAMES) if name != "no"}
    return Rate(target=target, answered=answered, **counts)


def shown_for(campaigns: Iterable[Campaign]) -> set[int]:
    """Those of `campaigns`, by id, of which everybody may see them: where an organiser let them."""
    releases = RateRelease.objects.filter(campaign__in=list(campaigns))
    last = releases.order_by("campaign_id", "-id").distinct("campaign_id")
    return {release.campaign_id for release in last if release.is_shown}


def show(campaign: Campaign, *, is_shown: bool, by: Any) -> None:
    """Lets everybody see the rates of `campaign`, or no more."""
    RateRelease.objects.create(campaign=campaign, is_shown=is_shown, chosen_by=by)


def public(campaign: Campaign) -> list[Rate]:
    """What the campaign's page shows: nothing unless an organiser let it."""
    if not shown_for([campaign]):
        return []
    return sorted(of([campaign]), key=lambda one: -one.delivered)


HEADER = [
    "campaign",
    "target",
    "letters_delivered",
    "letters_asked_about",
    "writers_answered",
    "replied_on_substance",
    "replied_with_acknowledgement",
    "automatic_only",
    "percent_replied",
    "percent_low",
    "percent_high",
    "counted_at",
]


def table(rates: Sequence[Rate], at: datetime.datetime | None = None) -> list[list[Any]]:
    """The rates as rows for a file, the header first; no percentage where too few answered."""
    moment = (at or timezone.now()).isoformat(timespec="seconds")
    rows: list[list[Any]] = [list(HEADER)]
    for one in rates:
        low, high = one.interval or ("", "")
        share = "" if one.percent is None else one.percent
        counts = [one.delivered, one.asked, one.answered]
        counts += [one.substance, one.acknowledged, one.automatic]
        who = [str(one.target.campaign), str(one.target)]
        rows.append([*who, *counts, share, low, high, moment])
    return rows
