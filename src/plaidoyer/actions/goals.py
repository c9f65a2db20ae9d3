"""Goals that move by themselves: nearly reached, a goal becomes the next step of the ladder."""

from bisect import bisect_right

# Every step is at most three times the one before, so that the next is never out of sight.
LADDER = (
    *(50, 100, 200, 300, 500, 750),
    *(1_000, 1_500, 2_000, 3_000, 5_000, 7_500),
    *(10_000, 15_000, 20_000, 25_000, 30_000, 35_000, 40_000, 50_000, 60_000, 75_000),
    *(100_000, 125_000, 150_000, 200_000, 250_000, 300_000, 400_000, 500_000, 750_000),
    *(1_000_000, 1_500_000, 2_000_000, 3_000_000, 5_000_000, 7_500_000, 10_000_000),
)
# At nine tenths of a goal the next one is shown: people join what is close, not what is over.
NEARLY = 90


def current(count: int, goal: int | None, moves: bool = True) -> int | None:
    """The goal to show beside `count`: the organiser's own until it is nearly reached.

    Then, if it `moves`, the first step of the ladder above it that `count` has not nearly
    reached. None without a goal of one's own; above the ladder the last goal stays.
    """
    if not goal or not moves:
        return goal
    steps = LADDER[bisect_right(LADDER, goal) :]
    for step in (goal, *steps):
        if count * 100 < step * NEARLY:
            return step
    return steps[-1] if steps else goal
