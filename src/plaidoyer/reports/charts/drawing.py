"""A chart in words and in Vega-Lite, and the pictures that are drawn from it."""

import json
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Any

import vl_convert

from plaidoyer.lib import wording

# Drawn as wide as a phone, so that its letters keep their size there.
WIDTH = 340
INK, RULE, GREY = "#3d4a49", "#d8dfde", "#8d9896"
BLUE, SKY, GREEN, ORANGE, RED = "#0072b2", "#56b4e9", "#009e73", "#e69f00", "#d55e00"
ACCENT = "#0b6e6e"
# What stands for each colour on dark paper.
DARK = {
    INK: "#c5d0ce",
    RULE: "#2c3735",
    GREY: "#93a09d",
    BLUE: "#4fa8de",
    GREEN: "#33b48f",
    RED: "#f0793a",
    ACCENT: "#8fc9c5",
}
# Ours on paper; pages draw pictures with the fonts of the machine.
FONT = "Familjen Grotesk, sans-serif"
SCHEMA = "https://vega.github.io/schema/vega-lite/v5.json"
Spec = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Chart:
    """One picture of an edition in one language, with all that is needed to do without it."""

    key: str
    title: str
    sentence: str
    alt: str
    columns: list[str]
    rows: list[list[str]]
    spec: Spec
    # What letters or numbers in the picture stand for.
    legend: list[list[str]] = field(default_factory=list)
    note: str = ""

    def told(self, language: str, accent: str, *, draw: bool) -> dict[str, Any]:
        """As it is written into a document; without `draw`, in words only."""
        words = {
            name: wording.spaced(getattr(self, name), language)
            for name in ("title", "sentence", "alt", "note")
        }
        tree = {"key": self.key, **words, "columns": self.columns, "rows": self.rows}
        tree["legend"] = self.legend
        if draw:
            svg = drawn(json.dumps({"$schema": SCHEMA, **self.spec, "config": CONFIG}))
            tree |= {"svg": coloured(svg, {ACCENT: accent}), "svg_dark": coloured(svg, DARK)}
        return tree


CONFIG: Spec = {
    "background": None,
    "font": FONT,
    "view": {"stroke": None},
    "bar": {"color": ACCENT},
    "axis": {
        "labelColor": INK,
        "labelFont": FONT,
        "labelFontSize": 12,
        "labelLimit": 170,
        "domainColor": RULE,
        "gridColor": RULE,
        "tickColor": RULE,
        "title": None,
    },
    "text": {"color": INK, "font": FONT, "fontSize": 12},
    "legend": {
        "labelFont": FONT,
        "labelColor": INK,
        "labelFontSize": 12,
        "title": None,
        "orient": "top",
    },
}


# A preview, its check list and the publication draw the same picture.
@lru_cache(maxsize=256)
def drawn(spec: str) -> str:
    """The SVG of a Vega-Lite spec; some 20 ms where it is not kept."""
    return vl_convert.vegalite_to_svg(spec)


def coloured(svg: str, by: dict[str, str]) -> str:
    """`svg` with each colour replaced by what stands for it."""
    for colour, other in by.items():
        svg = svg.replace(f'"{colour}"', f'"{other}"')
    return svg


def png(svg: str) -> bytes:
    """The picture as mail programs draw it, on white and twice as dense as it is shown."""
    return vl_convert.svg_to_png(svg.replace("<svg ", '<svg style="background:#fff" ', 1), scale=2)


def grouped(language: str) -> str:
    """A Vega expression: the label of a number with its thousands parted as in the language."""
    separator = wording.number(1_000, language)[1:-3]
    return f"replace(format(datum.value, ',d'), /,/g, {json.dumps(separator)})"


def bars(rows: list[dict[str, Any]], *, height: int = 26) -> Spec:
    """Horizontal bars in the order of `rows`, each with name, value, label and maybe colour."""
    y = {
        "field": "name",
        "type": "nominal",
        "sort": None,
        "axis": {"ticks": False, "domain": False},
    }
    x = {"field": "value", "type": "quantitative", "axis": None}
    rows = [{"colour": ACCENT, **row} for row in rows]
    colour = {"field": "colour", "type": "nominal", "scale": None}
    bar = {
        "mark": {"type": "bar", "cornerRadiusEnd": 2, "height": {"band": 0.7}},
        "encoding": {"color": colour},
    }
    label = {
        "mark": {"type": "text", "align": "left", "dx": 5},
        "encoding": {"text": {"field": "label"}},
    }
    return {
        "width": WIDTH - 150,
        "height": {"step": height},
        # Letters of another machine may be wider than those the labels were measured with.
        "padding": {"left": 24, "right": 24, "top": 2, "bottom": 2},
        "data": {"values": rows},
        "encoding": {"x": x, "y": y},
        "layer": [bar, label],
    }
