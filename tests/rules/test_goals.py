"""The rule of goals that move: never below the count, never back, and one's own first."""

import itertools

from hypothesis import given
from hypothesis import strategies as st

from plaidoyer.actions.goals import LADDER, NEARLY, current

counts = st.integers(0, 12_000_000)
goals = st.integers(1, 12_000_000)


def test_the_ladder_only_climbs_and_never_far():
    steps = list(itertools.pairwise(LADDER))

    assert all(low < high <= 3 * low for low, high in steps)


@given(counts, goals)
def test_ones_own_goal_stands_until_it_is_nearly_reached(count, goal):
    is_near = count * 100 >= goal * NEARLY

    assert (current(count, goal) == goal) or is_near


@given(counts, goals)
def test_a_goal_shown_is_above_the_count_or_the_last_there_is(count, goal):
    shown = current(count, goal)

    assert shown > count or shown == max(goal, LADDER[-1])


@given(counts, counts, goals)
def test_a_goal_never_falls_while_the_count_grows(count, more, goal):
    assert current(count, goal) <= current(count + more, goal)


@given(counts, goals)
def test_a_goal_that_moved_is_a_step_of_the_ladder_above_ones_own(count, goal):
    shown = current(count, goal)

    assert shown == goal or (shown in LADDER and shown > goal)


@given(counts, goals)
def test_a_goal_that_does_not_move_stays(count, goal):
    assert current(count, goal, moves=False) == goal


@given(counts)
def test_without_a_goal_none_appears(count):
    assert current(count, None) is None
