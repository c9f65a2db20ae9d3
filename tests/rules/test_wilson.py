"""The interval of a share holds what it says, at the ends too."""

from hypothesis import given
from hypothesis import strategies as st

from plaidoyer.delivery.replies.rates import Z, wilson


@given(st.integers(1, 100_000).flatmap(lambda n: st.tuples(st.integers(0, n), st.just(n))))
def test_the_interval_holds_the_share_and_stays_within_all(pair):
    yes, of = pair

    low, high = wilson(yes, of)

    assert 0 <= low <= 100 * yes / of <= high <= 100


@given(st.integers(1, 100_000).flatmap(lambda n: st.tuples(st.integers(0, n), st.just(n))))
def test_turning_yes_into_no_mirrors_it(pair):
    yes, of = pair

    low, high = wilson(yes, of)

    mirrored = wilson(of - yes, of)
    assert abs((100 - high) - mirrored.low) <= 1
    assert abs((100 - low) - mirrored.high) <= 1


@given(st.integers(1, 5_000).flatmap(lambda n: st.tuples(st.integers(0, n), st.just(n))))
def test_each_bound_solves_its_equation(pair):
    """Within the interval the share differs from the bound by at most Z standard errors."""
    yes, of = pair
    share = yes / of

    low, high = wilson(yes, of)

    for percent in range(max(low, 1), min(high, 99) + 1):
        bound = percent / 100
        if low < percent < high - 1 and percent > low + 1:
            error = (bound * (1 - bound) / of) ** 0.5
            assert abs(share - bound) <= Z * error + 1e-9


def test_a_known_value():
    assert wilson(4, 10) == (16, 69)
    assert wilson(0, 10).low == 0
    assert wilson(10, 10).high == 100
