"""The curve of an official petition, with its deadlines."""

import datetime
import json

from django.utils.translation import gettext as _

from plaidoyer.lib import wording
from plaidoyer.parliament import courses
from plaidoyer.parliament.curves import nice, thinned
from plaidoyer.reports.charts.drawing import ACCENT, BLUE, INK, WIDTH, Chart, Spec, grouped
from plaidoyer.reports.counts import Followed


def tell(one: Followed, until: datetime.date, language: str) -> Chart | None:
    """The chart in the active language, `language`, of the counts seen until then; of fewer than
    two: None."""
    petition = one.course.petition
    zone = courses.zone(petition.legislature)
    points = {snap.taken_at.astimezone(zone).date(): snap.signatures for snap in one.seen}
    seen = [(day, signatures) for day, signatures in points.items() if day <= until]
    if len(seen) < 2:
        return None
    days = [(deadline.on, str(deadline.code.label)) for deadline in one.course.deadlines]
    last, signatures = seen[-1]
    return Chart(
        key=f"petition-{petition.public_id}",
        title=_("Official petition %(number)s") % {"number": petition.identifier},
        sentence=_("On %(date)s the site of %(legislature)s showed %(number)s signatures.")
        % {
            "date": wording.date(last, language),
            "legislature": petition.legislature.name.in_language(language),
            "number": wording.number(signatures, language),
        },
        alt=_("A rising line: signatures by day. The table below has the numbers."),
        columns=[_("Day"), _("Signatures")],
        rows=[[wording.date(day, language), wording.number(n, language)] for day, n in seen],
        spec=spec(seen, [day for day, _words in days], petition.opens_on, language),
        legend=[
            [letter, f"{wording.date(day, language)} – {words}"]
            for letter, (day, words) in zip("ABCDEFGH", days, strict=False)
        ],
        note=_("Counted by the parliament’s site; never added to our own figures."),
    )


def spec(
    seen: list[tuple[datetime.date, int]],
    days: list[datetime.date],
    opens_on: datetime.date | None,
    language: str,
) -> Spec:
    """A line through the counts, and a lettered line on each day to keep in sight."""
    if opens_on and opens_on < seen[0][0]:
        seen = [(opens_on, 0), *seen]
    start, end = seen[0][0], max([seen[-1][0], *days])
    rows = [{"day": (day - start).days, "signatures": n} for day, n in thinned(seen)]
    ends = {n: wording.date(day, language) for n, day in ((0, start), ((end - start).days, end))}
    x = {
        "type": "quantitative",
        "scale": {"domain": list(ends), "nice": False},
        "axis": {
            "values": list(ends),
            "grid": False,
            "labelExpr": f"{json.dumps(ends)}[datum.value]",
            "labelBound": True,
            "labelFlush": True,
        },
    }
    y = {
        "field": "signatures",
        "type": "quantitative",
        "scale": {"domain": [0, nice(seen[-1][1])]},
        "axis": {"tickCount": 4, "labelExpr": grouped(language), "domain": False, "ticks": False},
    }
    marks = [
        {"day": (day - start).days, "mark": letter}
        for letter, day in zip("ABCDEFGH", days, strict=False)
    ]
    return {
        "width": WIDTH,
        "height": 150,
        "padding": {"left": 2, "right": 10, "top": 4, "bottom": 2},
        "layer": [
            {
                "data": {"values": rows},
                "mark": {"type": "line", "strokeWidth": 2.5, "color": ACCENT, "point": False},
                "encoding": {"x": {**x, "field": "day"}, "y": y},
            },
            {
                "data": {"values": rows[-1:]},
                "mark": {"type": "point", "filled": True, "size": 70, "color": ACCENT},
                "encoding": {"x": {**x, "field": "day"}, "y": y},
            },
            {
                "data": {"values": marks},
                "encoding": {"x": {**x, "field": "day"}},
                "layer": [
                    {"mark": {"type": "rule", "color": BLUE, "strokeDash": [3, 2]}},
                    {
                        "mark": {"type": "text", "color": INK, "fontWeight": "bold", "y": -9},
                        "encoding": {"text": {"field": "mark"}},
                    },
                ],
            },
        ],
    }
