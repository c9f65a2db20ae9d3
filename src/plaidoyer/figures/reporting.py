"""What pages show of figures: how each is told, and how anybody can count it again."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from django.db.models import Sum

from plaidoyer.actions.models import Tally
from plaidoyer.figures import texts, values
from plaidoyer.figures.models import Figure, OfflineActs, Value
from plaidoyer.figures.tellings import tell
from plaidoyer.parliament.models import PetitionSnapshot

SHOWN = 12


@dataclass(frozen=True, slots=True)
class Parts:
    """What a figure is made of; one of the three, by its source."""

    forms: list[dict[str, Any]]
    snapshots: list[PetitionSnapshot]
    lines: list[OfflineActs]


def told(name: str, language: str) -> dict[str, Any] | None:
    """The figure of that name as it is now, told in `language`; None where there is none.

    For pages, mails, editions and pictures; docs/reference/figures.md.
    """
    found = texts.last([name]).get(name)
    return tell(found.figure, found, language) if found else None


def of_campaigns(campaigns: Any, language: str) -> dict[int, list[dict[str, Any]]]:
    """The figures of each campaign that are not zero, by its key; told in `language`."""
    names = Figure.objects.filter(campaign__in=campaigns).values_list("name", flat=True)
    found: dict[int, list[dict[str, Any]]] = {}
    for value in sorted(
        texts.last(names).values(), key=lambda one: (one.figure.source, -one.value)
    ):
        if value.value:
            one = tell(value.figure, value, language)
            found.setdefault(value.figure.campaign_id, []).append(one)
    return found


def index(language: str) -> list[tuple[str, list[dict[str, Any]]]]:
    """Every figure that is not zero, by campaign."""
    names = Figure.objects.values_list("name", flat=True)
    found = sorted(
        texts.last(names).values(), key=lambda one: (-one.figure.campaign_id, one.figure.pk)
    )
    groups: dict[str, list[dict[str, Any]]] = {}
    for value in found:
        if value.value:
            name = value.figure.campaign.name.in_language(language)
            groups.setdefault(name, []).append(tell(value.figure, value, language))
    return list(groups.items())


def history(figure: Figure) -> list[Value]:
    """The last values it had, the newest first."""
    return list(figure.values.all()[:SHOWN])


def parts(figure: Figure) -> Parts:
    """What its value is made of."""
    return Parts(_forms(figure), _snapshots(figure), _lines(figure))


def _forms(figure: Figure) -> list[dict[str, Any]]:
    """Each form with its share of a tallied rung; letters are counted behind the pages alone."""
    rung = figure.rung if figure.rung in values.TALLIED else None
    sums: dict[int, int] = {}
    if rung:
        rows = Tally.objects.filter(values.days(figure, "counted_on"), form__in=figure.forms.all())
        by_form = rows.values("form").annotate(n=Sum(values.TALLIED[rung]))
        sums = dict(by_form.values_list("form", "n"))
    return [
        {"name": form.name, "value": sums.get(form.pk, 0) if rung else None}
        for form in figure.forms.all()
    ]


def _snapshots(figure: Figure) -> list[PetitionSnapshot]:
    return list(figure.petition.snapshots.order_by("-taken_at")[:SHOWN]) if figure.petition else []


def _lines(figure: Figure) -> list[OfflineActs]:
    is_offline = figure.source == Figure.Source.OFFLINE
    return list(values.lines(figure).select_related("reading")) if is_offline else []


def rows(figure: Figure) -> Iterator[list[Any]]:
    """The table behind the figure, whose last column adds up to it (own, offline) or ends in it."""
    if figure.source == Figure.Source.OFFLINE:
        yield ["day", "kind", "counted_by", "evidence", "number"]
        for line in values.lines(figure).order_by("happened_on", "id"):
            yield [line.happened_on, line.kind, str(line.counted_by), line.url, line.number]
    elif figure.petition:
        yield ["taken_at", "source", "signatures"]
        for seen in figure.petition.snapshots.order_by("taken_at"):
            yield [seen.taken_at.isoformat(), seen.source, seen.signatures]
    else:
        yield from _days(figure)


def _days(figure: Figure) -> Iterator[list[Any]]:
    yield ["day_utc", "form", "submitted", "confirmed", "withdrawn", figure.rung]
    rung = values.TALLIED.get(figure.rung)
    if rung is None:
        return
    found = Tally.objects.filter(values.days(figure, "counted_on"), form__in=figure.forms.all())
    columns = ("counted_on", "form__public_id", "submitted", "confirmed", "withdrawn")
    yield from found.order_by("counted_on", "form").values_list(*columns, rung)
