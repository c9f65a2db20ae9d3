"""The curve of an official count, for any counts: it stays in its frame and says what it shows."""

import datetime

from hypothesis import given
from hypothesis import strategies as st

from plaidoyer.parliament import curves

DAY = datetime.timedelta(days=1)
moments = st.datetimes(
    datetime.datetime(2023, 11, 1), datetime.datetime(2024, 4, 1), timezones=st.just(datetime.UTC)
)
counts = st.lists(st.tuples(moments, st.integers(0, 9_000_000)), max_size=150)


def numbers(points: str) -> list[float]:
    return [float(one) for one in points.replace(",", " ").split()]


@given(
    counts, st.none() | moments, st.none() | moments, st.lists(st.integers(1, 10**6), max_size=3)
)
def test_every_line_stays_in_the_frame(seen, opens, closes, thresholds):
    found = curves.curve(seen, opens_at=opens, closes_at=closes, thresholds=thresholds)
    if found is None:
        assert len({moment for moment, _count in seen}) < 2 or len(seen) < 2
        return
    points = numbers(found.line)
    assert all(curves.LEFT - 0.1 <= x <= curves.RIGHT + 0.1 for x in points[::2])
    assert all(curves.TOP - 0.1 <= y <= curves.BOTTOM + 0.1 for y in points[1::2])
    assert points[::2] == sorted(points[::2])
    assert len(points) <= 2 * (curves.POINTS + 1)


@given(st.integers(0, 10**9))
def test_the_top_is_a_round_number_that_is_not_below(value):
    top = curves.nice(value)
    assert top >= value
    assert top <= max(4, 2 * value)
    assert top % 4 == 0 or set(str(top)[1:]) <= {"0"}


@given(st.lists(st.integers(), min_size=1, max_size=300), st.integers(2, 60))
def test_thinning_keeps_the_first_and_the_last(some, most):
    kept = curves.thinned(some, most)
    assert len(kept) <= max(most, 1)
    assert (kept[0], kept[-1]) == (some[0], some[-1])


def test_the_ends_are_named_by_their_days():
    start = datetime.datetime(2023, 11, 21, tzinfo=datetime.UTC)
    end = datetime.datetime(2024, 2, 20, tzinfo=datetime.UTC)
    seen = [(start + n * DAY, n * 100) for n in range(1, 30)]
    found = curves.curve(seen, opens_at=start, closes_at=end)
    assert [mark.label for mark in found.days] == ["November 21, 2023", "February 19, 2024"]
