"""The curve of an official count: where its lines lie in a small picture, ready to be drawn.

Every number is written out here, since a template would write it as a language does.
"""

import datetime
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from django.utils.translation import get_language

from plaidoyer.lib import wording
from plaidoyer.parliament.forecasts import Count, Forecast

WIDTH, HEIGHT = 400, 240
LEFT, RIGHT, TOP, BOTTOM = 52, 388, 24, 212
POINTS = 60
# A threshold nearer to the ground than this cannot be told from it.
LOWEST = 14
LETTERS = "ABCDEFGH"


@dataclass(frozen=True, slots=True)
class Mark:
    """A line across the picture with its label."""

    at: str
    label: str


@dataclass(frozen=True, slots=True)
class Curve:
    """What is drawn: coordinates as SVG writes them."""

    line: str
    ground: str
    dots: list[tuple[str, str]]
    levels: list[Mark]
    days: list[Mark]
    thresholds: list[Mark]
    # Letters at lines from top to bottom, and what each stands for.
    moments: list[Mark]
    legend: list[tuple[str, str, datetime.date]]
    wedge: str = ""


@dataclass(frozen=True, slots=True)
class Frame:
    """From when to when and up to which number the picture goes."""

    start: datetime.datetime
    end: datetime.datetime
    top: int

    def x(self, moment: datetime.datetime) -> float:
        return LEFT + (RIGHT - LEFT) * ((moment - self.start) / (self.end - self.start))

    def y(self, signatures: float) -> float:
        return BOTTOM - (BOTTOM - TOP) * (signatures / self.top)

    def point(self, moment: datetime.datetime, signatures: float) -> str:
        return f"{self.x(moment):.1f},{self.y(signatures):.1f}"

    def holds(self, moment: datetime.datetime) -> bool:
        return self.start <= moment <= self.end


def curve(
    counts: Sequence[Count],
    *,
    opens_at: datetime.datetime | None,
    closes_at: datetime.datetime | None,
    moments: Iterable[tuple[str, datetime.date, datetime.datetime]] = (),
    thresholds: Iterable[int] = (),
    forecast: Forecast | None = None,
) -> Curve | None:
    """The picture of `counts`; None of fewer than two.

    `moments`: (what, day, its moment). They widen the picture up to twice the time it took.
    """
    ordered = thinned(sorted(counts))
    if len(ordered) < 2 or ordered[0][0] == ordered[-1][0]:
        return None
    start = min(ordered[0][0], opens_at or ordered[0][0])
    if opens_at == start:
        ordered = [(start, 0), *(one for one in ordered if one[0] > start)]
    end = max(ordered[-1][0], closes_at or ordered[-1][0])
    known = list(moments)
    end = max([end, *(at for _what, _day, at in known if at <= start + 2 * (end - start))])
    top = nice(max([*(count for _at, count in ordered), forecast.high if forecast else 1]))
    frame = Frame(start, end, top)
    return drawn(frame, ordered, known, thresholds, forecast)


def drawn(
    frame: Frame,
    counts: Sequence[Count],
    moments: Iterable[tuple[str, datetime.date, datetime.datetime]],
    thresholds: Iterable[int],
    forecast: Forecast | None,
) -> Curve:
    """The lines of a picture in that frame."""
    line = " ".join(frame.point(*count) for count in counts)
    shown = sorted((one for one in moments if frame.holds(one[2])), key=lambda one: one[2])
    letters = list(zip(LETTERS, shown, strict=False))
    first, last = f"{frame.x(counts[0][0]):.1f}", f"{frame.x(counts[-1][0]):.1f}"
    return Curve(
        line=line,
        ground=f"{first},{BOTTOM} {line} {last},{BOTTOM}",
        dots=[(f"{frame.x(at):.1f}", f"{frame.y(count):.1f}") for at, count in counts[-1:]],
        levels=levels(frame),
        days=days(frame),
        thresholds=[
            Mark(f"{frame.y(one):.1f}", number(one))
            for one in thresholds
            if one <= frame.top and BOTTOM - frame.y(one) >= LOWEST
        ],
        moments=[Mark(f"{frame.x(at):.1f}", letter) for letter, (_what, _day, at) in letters],
        legend=[(letter, what, day) for letter, (what, day, _at) in letters],
        wedge=wedge(frame, counts[-1], forecast),
    )


def wedge(frame: Frame, last: Count, forecast: Forecast | None) -> str:
    """Between the slowest and the fastest way to the end."""
    if forecast is None:
        return ""
    low = frame.point(forecast.closes_at, forecast.low)
    return f"{frame.point(*last)} {frame.point(forecast.closes_at, forecast.high)} {low}"


def levels(frame: Frame) -> list[Mark]:
    return [
        Mark(f"{frame.y(frame.top * part / 4):.1f}", number(frame.top * part // 4))
        for part in range(5)
        if frame.top * part % 4 == 0
    ]


def days(frame: Frame) -> list[Mark]:
    """The first day and the last one, each at its end of the ground line."""
    language = get_language() or "en"
    # The end of a day is the midnight after it.
    last = (frame.end - datetime.timedelta(seconds=1)).date()
    ends = ((frame.start, frame.start.date()), (frame.end, last))
    return [Mark(f"{frame.x(at):.1f}", wording.date(day, language)) for at, day in ends]


def number(value: int) -> str:
    return wording.number(value, get_language() or "en")


def nice(value: int) -> int:
    """A round number that is not smaller: 1, 2, 4 or 8 with zeros."""
    grain = 10 ** max(0, len(str(value)) - 1)
    steps = [4] if value <= 4 else [step * grain for step in (1, 2, 4, 8, 10, 20)]
    return next(step for step in steps if step >= value)


def thinned[Seen](counts: Sequence[Seen], most: int = POINTS) -> list[Seen]:
    """At most so many of them, evenly, the first and the last among them."""
    if len(counts) <= most:
        return list(counts)
    step = (len(counts) - 1) / (most - 1)
    return [counts[round(step * place)] for place in range(most)]
