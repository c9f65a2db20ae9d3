"""Who a mailing would go to: those subscribed who are in the segment, counted and sampled."""

import datetime
from dataclasses import dataclass
from typing import Any

from django.conf import settings
from django.db.models import BigIntegerField, Count, Exists, OuterRef, QuerySet, Subquery
from django.db.models.functions import Coalesce
from django.utils import timezone

from plaidoyer.actions.models import Match
from plaidoyer.civics.models import Area
from plaidoyer.mail.models import Suppression
from plaidoyer.newsletters.segments import trees
from plaidoyer.newsletters.segments.models import Segment
from plaidoyer.newsletters.segments.trees import Tree
from plaidoyer.newsletters.topics.models import Pause, Topic, TopicEnd
from plaidoyer.supporters.consents import NEWSLETTER
from plaidoyer.supporters.models import Subscription, Supporter

SAMPLE = 10


def subscribed(at: datetime.datetime, topic: Topic | None = None) -> QuerySet[Supporter]:
    """Everybody who may be written to at that moment: subscribed, not suppressed, not pausing,
    and wanting `topic` where there is one."""
    theirs = {"supporter": OuterRef("pk")}
    open_ = Subscription.objects.open(at).filter(**theirs, consent__purpose=NEWSLETTER)
    pausing = Pause.objects.filter(**theirs, lifted_at=None, until__gt=at)
    found = Supporter.objects.filter(
        Exists(open_),
        ~Exists(Suppression.objects.in_force().filter(mark=OuterRef("mark"))),
        ~Exists(pausing),
    ).exclude(sealed=b"")
    if topic:
        found = found.exclude(
            Exists(TopicEnd.objects.filter(**theirs, topic=topic, resumed_at=None))
        )
    return found


def members(
    segment: Segment | None, at: datetime.datetime | None = None, topic: Topic | None = None
) -> QuerySet[Supporter]:
    """Those of `segment` (everybody, if none) who may be written to at a moment (now).

    Raises StaleError when the segment refers to what is gone.
    """
    return within(trees.read(segment.tree) if segment else Tree(), at, topic)


def within(
    tree: Tree, at: datetime.datetime | None = None, topic: Topic | None = None
) -> QuerySet[Supporter]:
    """The same for a definition that may not be saved."""
    at = at or timezone.now()
    return subscribed(at, topic).filter(trees.holds(tree, at))


def sql(
    segment: Segment | None, at: datetime.datetime | None = None, topic: Topic | None = None
) -> tuple[str, tuple[Any, ...]]:
    """The ids of `members` as SQL with its parameters, to stand in a larger statement."""
    return members(segment, at, topic).order_by().values("pk").query.sql_with_params()


def home_area() -> Any:
    """The area of a supporter's last act that has one, else 0; in a query on supporters."""
    placed = Match.objects.filter(supporter=OuterRef("pk"), area__isnull=False)
    last = placed.order_by("-action_id").values("area_id")[:1]
    return Coalesce(Subquery(last), 0, output_field=BigIntegerField())


@dataclass(frozen=True, slots=True)
class Glimpse:
    """What a sample shows of somebody: an initial and where they live, never an address."""

    initial: str
    area: str
    language: str


@dataclass(frozen=True, slots=True)
class Counted:
    """How many there are, in each language, and ten of them."""

    total: int
    languages: list[tuple[str, int]]
    sample: list[Glimpse]


def counted(found: QuerySet[Supporter]) -> Counted:
    """Counts `found` in each of our languages and looks at the latest ten; three queries."""
    rows = found.order_by().values("language").annotate(number=Count("pk"))
    numbers: dict[str, int] = {}
    for row in rows:
        ours = in_our(row["language"])
        numbers[ours] = numbers.get(ours, 0) + row["number"]
    names = dict(settings.LANGUAGES)
    languages = [(str(names[code]), number) for code, number in sorted(numbers.items())]
    return Counted(sum(numbers.values()), languages, glimpses(found))


def in_our(language: str) -> str:
    """The language of ours in which somebody of `language` is written to."""
    ours = dict(settings.LANGUAGES)
    wanted = (language, language.split("-")[0], settings.LANGUAGE_CODE)
    return next(code for code in wanted if code in ours)


def glimpses(found: QuerySet[Supporter]) -> list[Glimpse]:
    """Ten of them, the latest first."""
    latest = found.order_by("-pk").annotate(home=home_area())[:SAMPLE]
    areas = Area.objects.in_bulk({one.home for one in latest if one.home})
    return [
        Glimpse(
            f"{one.given_name[:1]}." if one.given_name else "—",
            str(areas.get(one.home, "")),
            one.language,
        )
        for one in latest
    ]
