"""How all demands stand, at a glance: a square for each demand with each who was asked."""

from collections import Counter
from collections.abc import Iterable

from django.utils.text import capfirst
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from plaidoyer.lib import wording
from plaidoyer.outcomes.models import Standing
from plaidoyer.reports.charts.drawing import BLUE, GREEN, GREY, ORANGE, RED, SKY, WIDTH, Chart, Spec

COLOURS = {
    Standing.MET: GREEN,
    Standing.PARTLY_MET: BLUE,
    Standing.PROMISED: SKY,
    Standing.ACKNOWLEDGED: GREY,
    Standing.ASKED: GREY,
    Standing.REFUSED: ORANGE,
    Standing.REVERSED: RED,
}
# A row of squares as long as this fits a phone.
ROW = 22


def tell(reached: Iterable[str], language: str) -> Chart | None:
    """The chart in the active language, `language`; nothing was asked: None."""
    counts = Counter(reached)
    whole = counts.total()
    if not whole:
        return None
    rows = [standing for standing in COLOURS if counts[standing]]
    sentence = ngettext(
        "Of %(all)s demand with a decision-maker: %(parts)s.",
        "Of %(all)s demands, each counted with everybody it was made to: %(parts)s.",
        whole,
    ) % {
        "all": wording.number(whole, language),
        "parts": "; ".join(
            _("%(heading)s: %(n)d") % {"heading": row.label, "n": counts[row]} for row in rows
        ),
    }
    return Chart(
        key="standings",
        title=_("How all demands stand"),
        sentence=sentence,
        alt=_("Rows of squares, one square for each demand. The table below has the numbers."),
        columns=[_("Standing"), _("Demands")],
        rows=[[capfirst(str(row.label)), wording.number(counts[row], language)] for row in rows],
        spec=spec(counts, rows, language),
    )


def spec(counts: Counter[str], rows: list[Standing], language: str) -> Spec:
    """Squares in rows; a long row goes on below itself."""
    # Without the symbols that pages have: our font on paper has none of them.
    names = {row: capfirst(str(row.label)) for row in rows}
    squares, labels, line = [], [], 0
    for row in rows:
        labels.append(
            {"line": line, "name": names[row], "n": wording.number(counts[row], language)}
        )
        squares += [
            {"at": n % ROW, "line": line + n // ROW, "colour": COLOURS[row]}
            for n in range(counts[row])
        ]
        line += -(-counts[row] // ROW)
    step = (WIDTH - 150) / ROW
    x = {"field": "at", "type": "quantitative", "axis": None, "scale": {"domain": [0, ROW - 1]}}
    y = {"field": "line", "type": "ordinal", "axis": None, "sort": None}
    text = {"type": "text", "baseline": "middle"}
    return {
        "width": step * (ROW - 1),
        "height": {"step": 24},
        "padding": {"left": 16, "right": 8, "top": 2, "bottom": 2},
        "encoding": {"y": y},
        "layer": [
            {
                "data": {"values": squares},
                "mark": {"type": "square", "size": 54, "opacity": 1},
                "encoding": {
                    "x": x,
                    "color": {"field": "colour", "type": "nominal", "scale": None},
                },
            },
            {
                "data": {"values": labels},
                "mark": {**text, "align": "right", "x": -12},
                "encoding": {"text": {"field": "name"}},
            },
            {
                "data": {"values": labels},
                "mark": {**text, "align": "left", "x": step * (ROW - 1) + 12, "fontWeight": "bold"},
                "encoding": {"text": {"field": "n"}},
            },
        ],
    }
