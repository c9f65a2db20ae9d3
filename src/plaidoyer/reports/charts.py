"""Acts over time: one picture, its table and the sentence that says what it shows."""

import datetime
import json
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

import vl_convert
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from plaidoyer.actions import counting
from plaidoyer.actions.models import ActionForm
from plaidoyer.lib import wording


@dataclass(frozen=True, slots=True)
class Weeks:
    """Confirmed acts, less those taken back, by the first day of every week of the period.

    A week begins on its Monday, the first one with the period.
    """

    counts: dict[datetime.date, int]


def gather(forms: Sequence[ActionForm], starts_on: datetime.date, ends_on: datetime.date) -> Weeks:
    """The acts confirmed on all `forms` in each week of the period."""
    days = range((ends_on - starts_on).days + 1)
    counts = {_week(starts_on + datetime.timedelta(days=n), starts_on): 0 for n in days}
    for form in forms:
        for day, count in counting.per_day(form, starts_on, ends_on):
            counts[_week(day, starts_on)] += count
    return Weeks(counts)


def tell(weeks: Weeks, language: str, accent: str) -> dict[str, Any] | None:
    """Picture, table and sentence in the active language, `language`; nothing to tell: None."""
    best, most = max(weeks.counts.items(), key=lambda week: week[1])
    if most <= 0:
        return None
    acts = wording.quantity(most, ngettext("confirmed act", "confirmed acts", most), language)
    sentence = _("The busiest week began on %(date)s: %(acts)s.") % {
        "date": wording.date(best, language),
        "acts": acts,
    }
    spec = _spec(weeks, language)
    return {
        "sentence": wording.spaced(sentence, language),
        "alt": _("Bars, one for each week: acts confirmed. The table below has the numbers."),
        "columns": [_("Week from"), _("Acts confirmed")],
        "rows": [
            [wording.date(week, language), wording.number(count, language)]
            for week, count in weeks.counts.items()
        ],
        "svg": _draw(_coloured(spec, bar=accent, ink="#3d4a49", rule="#d8dfde")),
        "svg_dark": _draw(_coloured(spec, bar="#8fc9c5", ink="#c5d0ce", rule="#2c3735")),
    }


def _spec(weeks: Weeks, language: str) -> dict[str, Any]:
    """The picture in Vega-Lite, without its colours; every label is already in words."""
    names = wording.month_names(language)
    rows = [{"week": week.isoformat(), "acts": count} for week, count in weeks.counts.items()]
    return {
        "$schema": "https://vega.github.io/schema/vega-lite/v5.json",
        "width": 480,
        "height": 220,
        "padding": 4,
        "background": None,
        "data": {"values": rows},
        "mark": {"type": "bar", "cornerRadiusEnd": 2},
        "encoding": {
            "x": {
                "field": "week",
                "type": "ordinal",
                "title": None,
                "axis": {"labelExpr": _month_labels(weeks, names), "labelAngle": 0, "ticks": False},
            },
            "y": {
                "field": "acts",
                "type": "quantitative",
                "title": None,
                "axis": {"tickCount": 4, "format": ",d", "labelExpr": _grouped(language)},
            },
        },
    }


def _month_labels(weeks: Weeks, names: Sequence[str]) -> str:
    """A Vega expression: under the first week of a month its name, of six months at most."""
    first: dict[tuple[int, int], datetime.date] = {}
    for week in weeks.counts:
        first.setdefault((week.year, week.month), week)
    some = list(first.items())[:: -(-len(first) // 6)]
    shown = {week.isoformat(): names[month - 1] for (_year, month), week in some}
    return f"{json.dumps(shown)}[datum.value] || ''"


def _grouped(language: str) -> str:
    separator = wording.number(1_000, language)[1:-3]
    return f"replace(datum.label, /,/g, {json.dumps(separator)})"


def _coloured(spec: dict[str, Any], *, bar: str, ink: str, rule: str) -> str:
    """The spec in those colours: one hue, told apart by length, never by colour."""
    axis = {
        "labelColor": ink,
        "labelFontSize": 13,
        "domainColor": rule,
        "gridColor": rule,
        "labelFont": "sans-serif",
    }
    config = {"bar": {"color": bar}, "axis": axis, "view": {"stroke": None}, "aria": False}
    return json.dumps({**spec, "config": config})


# A preview, its check list and the publication draw the same picture.
@lru_cache(maxsize=16)
def _draw(spec: str) -> str:
    return vl_convert.vegalite_to_svg(spec)


def _week(day: datetime.date, starts_on: datetime.date) -> datetime.date:
    return max(day - datetime.timedelta(days=day.weekday()), starts_on)
