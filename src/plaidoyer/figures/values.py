"""Counting figures, behind the pages: each from its one source, in its period, at a moment.

Days are UTC days, like those of the count ladder.
"""

import datetime
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from django.db import transaction
from django.db.models import F, Max, Q, QuerySet, Sum
from django.utils import timezone

from plaidoyer.actions import counting
from plaidoyer.actions.models import ActionForm, Tally
from plaidoyer.delivery import reporting as delivery
from plaidoyer.figures.models import Figure, OfflineActs, Value

Source, Rung = Figure.Source, Figure.Rung
TALLIED: dict[str, Any] = {
    Rung.SUBMITTED: F("submitted"),
    Rung.CONFIRMED: F("confirmed") - F("withdrawn"),
}


@dataclass(frozen=True, slots=True)
class Counted:
    """How many, at which moment, and where that was read if it was not counted here."""

    value: int
    at: datetime.datetime
    source_url: str = ""


def count(figure: Figure) -> Counted | None:
    """The figure as its source has it now; None where there is nothing to read yet."""
    if figure.source == Source.OFFICIAL:
        return _official(figure)
    if figure.source == Source.OFFLINE:
        return _offline(figure)
    forms = list(figure.forms.all())
    return _tallied(figure, forms) if figure.rung in TALLIED else _letters(figure, forms)


def recount(figures: Iterable[Figure] | None = None) -> int:
    """Counts all figures, or those told, and keeps what they are; how many have changed."""
    wanted = Figure.objects.prefetch_related("forms") if figures is None else figures
    return sum(keep(figure, found) for figure in wanted if (found := count(figure)))


@transaction.atomic
def keep(figure: Figure, found: Counted) -> bool:
    """Keeps a count: in a row of its own where it differs from the last; whether it does."""
    Figure.objects.select_for_update().get(pk=figure.pk)
    last = figure.values.first()
    if last and (last.value, last.source_url) == (found.value, found.source_url):
        if found.at > last.counted_at:
            Value.objects.filter(pk=last.pk).update(counted_at=found.at)
        return False
    values = {"value": found.value, "source_url": found.source_url}
    figure.values.create(**values, first_at=found.at, counted_at=found.at)
    return True


def days(figure: Figure, column: str) -> Q:
    """The rows of the figure's period, by a column of days."""
    span = Q()
    if figure.starts_on:
        span &= Q(**{f"{column}__gte": figure.starts_on})
    if figure.ends_on:
        span &= Q(**{f"{column}__lte": figure.ends_on})
    return span


def midnight(day: datetime.date) -> datetime.datetime:
    """The moment at which `day` begins, in UTC."""
    return datetime.datetime.combine(day, datetime.time(), datetime.UTC)


def lines(figure: Figure) -> QuerySet[OfflineActs]:
    """The offline lines that count for it."""
    found = OfflineActs.objects.filter(days(figure, "happened_on"), strike=None)
    return found.filter(campaign=figure.campaign_id, kind=figure.offline_kind)


def _tallied(figure: Figure, forms: list[ActionForm]) -> Counted | None:
    """From the tallies of the days; a form that counts otherwise as a whole says so itself."""
    tallies = Tally.objects.filter(form__in=forms)
    last = tallies.aggregate(at=Max("recounted_at"))["at"]
    if not forms or last is None:
        return None
    if figure.rung == Rung.CONFIRMED and not (figure.starts_on or figure.ends_on):
        counts = counting.confirmed(forms).values()
        return Counted(sum(one.value for one in counts), last)
    found = tallies.filter(days(figure, "counted_on")).aggregate(n=Sum(TALLIED[figure.rung]))
    return Counted(max(0, found["n"] or 0), last)


def _letters(figure: Figure, forms: list[ActionForm]) -> Counted | None:
    """From the letters: those of the rung at the period's end, less those before it began."""
    if not forms:
        return None
    after = midnight(figure.ends_on + datetime.timedelta(days=1)) if figure.ends_on else None
    value = getattr(delivery.ladder(forms, until=after), figure.rung)
    if figure.starts_on:
        before = delivery.ladder(forms, until=midnight(figure.starts_on))
        value -= getattr(before, figure.rung)
    return Counted(max(0, value), timezone.now())


def _official(figure: Figure) -> Counted | None:
    """What the parliament's site said last in the period."""
    if figure.petition is None:
        return None
    seen = figure.petition.snapshots.order_by("-taken_at", "-pk")
    if figure.starts_on:
        seen = seen.filter(taken_at__gte=midnight(figure.starts_on))
    if figure.ends_on:
        seen = seen.filter(taken_at__lt=midnight(figure.ends_on + datetime.timedelta(days=1)))
    last = seen.first()
    return Counted(last.signatures, last.taken_at, last.source) if last else None


def _offline(figure: Figure) -> Counted:
    """The sum of its lines."""
    found = lines(figure).aggregate(n=Sum("number"))
    return Counted(found["n"] or 0, timezone.now())
