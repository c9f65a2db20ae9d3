"""A hemicycle: one mark a member, in rows, drawn by a few paths whatever the size of a house.

Each way of voting is one path of dots; its look (round, square, hollow) is the stylesheet's, so
that nobody needs colours to tell them apart. The table under the picture has the numbers.
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass

from plaidoyer.parliament.models import Option
from plaidoyer.parliament.results import NOT_VOTED

WIDTH, HEIGHT = 400, 212
OUTER, INNER = 190, 76
# Between two marks, so that none reaches over the edge.
LARGEST = 27
# So few sit in one row, further in, with larger marks: in two they would be dots on a sheet.
FEW, ALONE, LARGEST_ALONE = 14, 185, 29


@dataclass(frozen=True, slots=True)
class Ring:
    """Everybody who went one way: where their marks stand, and how large a mark is."""

    way: str
    marks: str
    size: float

    @property
    def hole(self) -> float:
        """How much of the mark is left open: who did not vote is a ring."""
        return round(self.size * 0.6, 1) if self.way == NOT_VOTED else 0


def seats(number: int) -> list[tuple[float, float]]:
    """Where `number` members sit, from the left to the right of the room."""
    rows = row_sizes(number)
    places = []
    for index, size in enumerate(rows):
        radius = radius_of(index, len(rows))
        for seat in range(size):
            share = seat / (size - 1) if size > 1 else 0.5
            places.append((share, radius))
    places.sort()
    return [
        (
            round(WIDTH / 2 - math.cos(math.pi * share) * radius, 1),
            round(HEIGHT - 11 - math.sin(math.pi * share) * radius, 1),
        )
        for share, radius in places
    ]


def row_count(number: int) -> int:
    """How many rows a house has: as many as let its marks be largest."""
    if number <= FEW:
        return 1
    return max(1, min(12, round(math.sqrt(number / 2.4))))


def radius_of(row: int, rows: int) -> float:
    """The distance of a row from the middle."""
    return ALONE if rows == 1 else INNER + (OUTER - INNER) * row / (rows - 1)


def row_sizes(number: int) -> list[int]:
    """How many sit in each row, the inner first, by the length of the row."""
    rows = row_count(number)
    lengths = [radius_of(row, rows) for row in range(rows)]
    sizes, left, rest = [], number, sum(lengths)
    for length in lengths:
        size = round(left * length / rest)
        sizes.append(size)
        left, rest = left - size, rest - length
    return sizes


def mark_size(number: int) -> float:
    """How large a mark may be without touching its neighbours."""
    rows = row_count(number)
    largest = LARGEST if rows > 1 else LARGEST_ALONE
    across = (OUTER - INNER) / (rows - 1) if rows > 1 else largest
    sizes = row_sizes(number)
    along = min(
        (math.pi * radius_of(row, rows) / (size - 1) for row, size in enumerate(sizes) if size > 1),
        default=largest,
    )
    return round(min(across, along, largest) * 0.74, 1)


def drawn(ways: Sequence[str]) -> list[Ring]:
    """The marks of members in the order of `ways`, from the left, a path for each way."""
    size = mark_size(len(ways))
    # A square looks larger than the disc of its width.
    sizes = {Option.NO.value: round(size * 0.82, 1)}
    marks: dict[str, list[str]] = {}
    for way, (x, y) in zip(ways, seats(len(ways)), strict=True):
        marks.setdefault(way, []).append(f"M{x:g} {y:g}h0")
    return [Ring(way, "".join(some), sizes.get(way, size)) for way, some in marks.items()]
