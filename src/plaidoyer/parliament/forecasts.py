"""How fast an official count grows, and where it may stand when the petition closes.

Simple on purpose, so that it can be explained in two sentences and checked with a pencil: the
slowest and the fastest pace between counts of the last four weeks, halved and half as much again,
go on until the closing day. Never one number; nothing where too little is known.
"""

import datetime
from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction
from itertools import pairwise

DAY = datetime.timedelta(days=1)
# What is looked back on, and what it takes at least.
WINDOW = datetime.timedelta(days=28)
SPAN = datetime.timedelta(days=3)
STRETCHES = 2
# A count this old says nothing of today.
FRESH = datetime.timedelta(days=7)
SLOWER, FASTER = Fraction(1, 2), Fraction(3, 2)

# (moment, signatures)
Count = tuple[datetime.datetime, int]


@dataclass(frozen=True, slots=True)
class Pace:
    """Signatures a day between the last counts: the slowest and the fastest stretch."""

    slowest: Fraction
    fastest: Fraction
    since: datetime.datetime
    until: datetime.datetime
    counts: int

    @property
    def low(self) -> int:
        return int(self.slowest)

    @property
    def high(self) -> int:
        return -int(-self.fastest // 1)


@dataclass(frozen=True, slots=True)
class Forecast:
    """Between what and what the count is likely to stand at the end, both rounded outwards."""

    low: int
    high: int
    closes_at: datetime.datetime
    pace: Pace


def pace(counts: Sequence[Count]) -> Pace | None:
    """How fast the counts of the last four weeks grew, taken a day apart at least.

    None where fewer than three are left, or where they lie within three days. A count that went
    down (signatures were struck) is no pace: that stretch counts as none.
    """
    kept = spaced(counts)
    if len(kept) <= STRETCHES or kept[-1][0] - kept[0][0] < SPAN:
        return None
    rates = [
        max(Fraction(0), Fraction(after - before) / Fraction((later - earlier) / DAY))
        for (earlier, before), (later, after) in pairwise(kept)
    ]
    return Pace(min(rates), max(rates), kept[0][0], kept[-1][0], len(kept))


def spaced(counts: Sequence[Count]) -> list[Count]:
    """The counts of the window, from the last one backwards, each a day before the next."""
    kept: list[Count] = []
    ordered = sorted(counts)
    for moment, signatures in reversed(ordered):
        if moment < ordered[-1][0] - WINDOW:
            break
        if not kept or kept[-1][0] - moment >= DAY:
            kept.append((moment, signatures))
    return kept[::-1]


def forecast(
    counts: Sequence[Count], closes_at: datetime.datetime, now: datetime.datetime
) -> Forecast | None:
    """Where the count may stand at `closes_at`; None once closed, and where too little is known.

    Never below the last count.
    """
    found = pace(counts)
    if found is None or now >= closes_at or now - found.until > FRESH:
        return None
    last = max(counts)[1]
    left = Fraction((closes_at - found.until) / DAY)
    low = last + int(found.slowest * SLOWER * left)
    high = last - int(-(found.fastest * FASTER * left) // 1)
    return Forecast(max(last, outwards(low)), outwards(high, up=True), closes_at, found)


def outwards(number: int, *, up: bool = False) -> int:
    """`number` with three leading digits, rounded down, or up."""
    grain = 10 ** max(0, len(str(number)) - 3)
    return -(-number // grain) * grain if up else number // grain * grain
