"""Acts over time with the milestones on the line: did the curve come before the decision?"""

import datetime
import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from plaidoyer.lib import wording
from plaidoyer.reports.charts.drawing import BLUE, INK, WIDTH, Chart, Spec, grouped

HEIGHT, LANE = 150, 14
Day = datetime.date


@dataclass(frozen=True, slots=True)
class Weeks:
    """Confirmed acts, less those taken back, by the first day of every week of the period.

    A week begins on its Monday, the first one with the period.
    """

    starts_on: Day
    ends_on: Day
    counts: dict[Day, int]


@dataclass(frozen=True, slots=True)
class Moment:
    """A day on the line, and what happened. `decides`: it moved a demand."""

    on: Day
    words: str
    decides: bool = True


def gather(days: Iterable[Mapping[Day, int]], starts_on: Day, ends_on: Day) -> Weeks:
    """Many forms' counts by day as one count by week of the period."""
    span = range((ends_on - starts_on).days + 1)
    counts = {_week(starts_on + datetime.timedelta(days=n), starts_on): 0 for n in span}
    for counted in days:
        for day, count in counted.items():
            counts[_week(day, starts_on)] += count
    return Weeks(starts_on, ends_on, counts)


def tell(
    weeks: Weeks, language: str, moments: Sequence[Moment] = (), *, of_one: str = ""
) -> Chart | None:
    """The chart in the active language, `language`; nothing to tell: None.

    `of_one`: the campaign whose acts they all are; then the last decision is compared with them.
    """
    best, most = max(weeks.counts.items(), key=lambda week: week[1])
    if most <= 0:
        return None
    acts = wording.quantity(most, ngettext("confirmed act", "confirmed acts", most), language)
    sentence = _("The busiest week began on %(date)s: %(acts)s.") % {
        "date": wording.date(best, language),
        "acts": acts,
    }
    moments = sorted(moments, key=lambda moment: moment.on)
    return Chart(
        key=f"acts-{of_one}" if of_one else "acts",
        title=_("Acts over time"),
        sentence=" ".join(filter(None, [sentence, of_one and before(weeks, moments, language)])),
        alt=_("Bars, one for each week: acts confirmed. The table below has the numbers."),
        columns=[_("Week from"), _("Acts confirmed")],
        rows=[
            [wording.date(week, language), wording.number(count, language)]
            for week, count in weeks.counts.items()
        ],
        spec=spec(weeks, moments, language),
        legend=[
            [str(number), f"{wording.date(moment.on, language)} – {moment.words}"]
            for number, moment in enumerate(moments, start=1)
        ],
    )


def before(weeks: Weeks, moments: Sequence[Moment], language: str) -> str:
    """How many of the acts came in the weeks that ended before the last decision; nothing where
    none is told."""
    decided = [moment for moment in moments if moment.decides]
    if not decided:
        return ""
    last = decided[-1]
    # Whole weeks only: a week in which it was decided may have acts of after.
    whole = [
        count
        for week, count in weeks.counts.items()
        if week + datetime.timedelta(days=7 - week.weekday()) <= last.on
    ]
    told = {
        "before": wording.number(sum(whole), language),
        "all": wording.number(sum(weeks.counts.values()), language),
        "milestone": last.words,
        "date": wording.date(last.on, language),
    }
    return (
        _(
            "%(before)s of %(all)s acts were confirmed in the weeks before “%(milestone)s”"
            " (%(date)s)."
        )
        % told
    )


def spec(weeks: Weeks, moments: Sequence[Moment], language: str) -> Spec:
    """The picture: a bar a week, and a numbered line where something happened."""
    rows = [
        {"from": (week - weeks.starts_on).days, "to": _end(week, weeks), "acts": count}
        for week, count in weeks.counts.items()
    ]
    last = (weeks.ends_on - weeks.starts_on).days + 1
    x = {
        "type": "quantitative",
        "scale": {"domain": [0, last], "nice": False},
        "axis": _months(weeks, language),
    }
    y = {
        "field": "acts",
        "type": "quantitative",
        "axis": {"tickCount": 4, "labelExpr": grouped(language), "domain": False, "ticks": False},
    }
    bars = {
        "data": {"values": rows},
        "mark": {"type": "bar"},
        "encoding": {
            "x": {**x, "field": "from"},
            "x2": {"field": "to"},
            "y": y,
            "y2": {"datum": 0},
        },
    }
    lanes = _lanes([(moment.on - weeks.starts_on).days for moment in moments], last)
    marks = [
        {"day": (moment.on - weeks.starts_on).days, "lane": -6 - LANE * lane, "mark": str(number)}
        for number, (moment, lane) in enumerate(zip(moments, lanes, strict=True), start=1)
    ]
    lines = {
        "data": {"values": marks},
        "encoding": {"x": {**x, "field": "day"}},
        "layer": [
            {"mark": {"type": "rule", "color": BLUE, "strokeDash": [3, 2], "strokeWidth": 1.2}},
            {
                "mark": {"type": "text", "fontWeight": "bold", "color": INK},
                "encoding": {
                    "text": {"field": "mark"},
                    "y": {"field": "lane", "type": "quantitative", "scale": None},
                },
            },
        ],
    }
    return {
        "width": WIDTH,
        "height": HEIGHT,
        "padding": {"left": 2, "right": 8, "top": 4, "bottom": 2},
        "layer": [bars, lines] if marks else [bars],
    }


def _end(week: Day, weeks: Weeks) -> float:
    """Where the bar of a week ends, with a little air before the next."""
    end = min(week + datetime.timedelta(days=6 - week.weekday()), weeks.ends_on)
    return (end - weeks.starts_on).days + 0.4


def _lanes(days: Sequence[int], span: int) -> list[int]:
    """On which of the lines above the picture each mark stands, so that none covers another."""
    room = span * 18 / WIDTH
    taken: list[int] = []
    lanes: list[int] = []
    for day in days:
        lane = next((n for n, last in enumerate(taken) if day - last >= room), len(taken))
        taken[lane : lane + 1] = [day]
        lanes.append(lane)
    return lanes


def _months(weeks: Weeks, language: str) -> Spec:
    """An axis with the first day of each month, of six months at most."""
    names = wording.short_month_names(language)
    days = range((weeks.ends_on - weeks.starts_on).days + 1)
    firsts = {
        n: names[day.month - 1]
        for n in days
        if (day := weeks.starts_on + datetime.timedelta(days=n)).day == 1
    }
    some = dict(list(firsts.items())[:: max(1, -(-len(firsts) // 6))])
    return {
        "values": list(some),
        "grid": False,
        "labelAlign": "left",
        "labelExpr": f"{json.dumps({str(n): name for n, name in some.items()})}[datum.value]",
    }


def _week(day: Day, starts_on: Day) -> Day:
    return max(day - datetime.timedelta(days=day.weekday()), starts_on)
