import pytest
from hypothesis import given
from hypothesis import strategies as st

from plaidoyer.lib import money, wording


@pytest.mark.parametrize(
    ("typed", "minor"),
    [
        ("40", 40_00), ("12,50", 12_50), ("12.5", 12_50), ("$1,234.50", 1_234_50),
        ("1 234,50 $", 1_234_50), ("1.234,50 €", 1_234_50), ("1,234", 1_234_00),
        ("CAD 25", 25_00), ("25 CA$", 25_00), ("0,05", 5), (",50", 50), ("10.00", 10_00),
    ],
)  # fmt: skip
def test_an_amount_is_read_as_people_write_it(typed, minor):
    assert money.read(typed, "CAD") == minor


@pytest.mark.parametrize("typed", ["", "x", "-5", "1.2.3", "12,345.6789", "1e5", "10000001", "٣"])
def test_what_is_no_amount_is_refused(typed):
    with pytest.raises(money.BadAmountError):
        money.read(typed, "CAD")


def test_a_currency_without_cents_takes_none():
    assert money.read("1 500 ¥", "JPY") == 1500
    with pytest.raises(money.BadAmountError):
        money.read("15.50", "JPY")


@given(st.integers(0, 10**7), st.sampled_from(money.CURRENCIES), st.sampled_from(["fr", "en"]))
def test_what_is_written_for_people_and_programs_is_read_back(minor, currency, language):
    assert money.read(money.plain(minor, currency), currency) == minor
    told = wording.money(minor, currency, language)
    if "illion" not in told and "M" not in told:
        assert money.read(told, currency) == minor
