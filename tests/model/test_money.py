"""Present values against sums written out by hand."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from retail_portfolio.model.money import (
    capital_recovery_factor,
    months_of,
    rent_present_value_usd,
)


def test_two_years_of_rent_by_hand() -> None:
    """12,000 USD a year, 10 % up in year two, 6 % a year: 24 payments summed one by one."""
    expected = 0.0
    for month in range(1, 25):
        payment = 1_000 if month <= 12 else 1_100
        expected += payment / 1.06 ** (month / 12)
    value = rent_present_value_usd(12_000, 0.10, 0.06, 24)
    assert float(value) == pytest.approx(expected, abs=1e-9)


def test_later_months_are_the_difference_of_two_spans() -> None:
    whole = rent_present_value_usd(12_000, 0.02, 0.05, 60)
    early = rent_present_value_usd(12_000, 0.02, 0.05, 14)
    late = rent_present_value_usd(12_000, 0.02, 0.05, 60, 14)
    assert float(early + late) == pytest.approx(float(whole))


def test_no_rate_and_no_growth_is_the_plain_sum() -> None:
    value = rent_present_value_usd([12_000, 24_000], 0.0, 0.0, [12, 6])
    assert value.tolist() == pytest.approx([12_000, 12_000])


def test_no_term_left_costs_nothing() -> None:
    assert rent_present_value_usd(50_000, 0.01, 0.09, 0) == 0
    assert rent_present_value_usd(50_000, 0.01, 0.09, 5, 9) == 0


@given(
    rent=st.floats(0, 1e7),
    growth=st.floats(0, 0.1),
    rate=st.floats(0, 0.3),
    months=st.integers(0, 240),
)
def test_doubling_rent_doubles_the_value(
    rent: float, growth: float, rate: float, months: int
) -> None:
    once = float(rent_present_value_usd(rent, growth, rate, months))
    twice = float(rent_present_value_usd(2 * rent, growth, rate, months))
    assert twice == pytest.approx(2 * once, rel=1e-12)


def test_months_round_to_the_nearest_and_never_below_zero() -> None:
    assert months_of([10.5, 0.04, -1.0]).tolist() == [126, 0, 0]
    assert months_of(np.array([1 / 24 + 1e-9])).tolist() == [1]


def test_capital_recovery_repays_the_capital() -> None:
    yearly = capital_recovery_factor(0.08, 5)
    assert sum(yearly / 1.08**year for year in range(1, 6)) == pytest.approx(1.0)
    assert capital_recovery_factor(0.0, 4) == 0.25


@pytest.mark.parametrize(("rate", "life"), [(0.08, 0), (0.08, -1), (-0.01, 5)])
def test_senseless_capital_charges_are_refused(rate: float, life: float) -> None:
    with pytest.raises(ValueError, match="expected"):
        capital_recovery_factor(rate, life)
