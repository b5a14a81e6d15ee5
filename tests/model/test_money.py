"""Present values against sums written out by hand."""

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from retail_portfolio.model.money import (
    capital_recovery_factor,
    months_of,
    rent_present_value_usd,
)


@pytest.mark.parametrize("months", [7, 12, 19, 24])
def test_two_years_of_rent_by_hand(months: int) -> None:
    """12,000 USD a year, 10 % up in year two, 6 % a year: payments summed one by one."""
    expected = 0.0
    for month in range(1, months + 1):
        payment = 1_000 if month <= 12 else 1_100
        expected += payment / 1.06 ** (month / 12)
    value = rent_present_value_usd(12_000, 0.10, 0.06, months)
    assert float(value) == pytest.approx(expected, abs=1e-9)


def test_later_months_are_the_difference_of_two_spans() -> None:
    whole = rent_present_value_usd(12_000, 0.02, 0.05, 60)
    early = rent_present_value_usd(12_000, 0.02, 0.05, 14)
    late = rent_present_value_usd(12_000, 0.02, 0.05, 60, 14)
    assert float(early + late) == pytest.approx(float(whole))


@given(
    growth=st.floats(-0.05, 0.2),
    rate=st.floats(0, 0.3),
    start=st.integers(0, 40),
    until=st.integers(0, 80),
    gone=st.integers(0, 11),
)
def test_a_rent_that_stepped_some_months_ago_is_its_months_one_by_one(
    growth: float, rate: float, start: int, until: int, gone: int
) -> None:
    rents = [1_000 * (1 + growth) ** ((gone + m - 1) // 12) for m in range(1, 81)]
    expected = sum(rents[m - 1] * (1 + rate) ** (-m / 12) for m in range(start + 1, until + 1))
    found = rent_present_value_usd(12_000, growth, rate, until, start, gone)
    assert float(found) == pytest.approx(expected, rel=1e-9, abs=1e-6)


def test_no_rate_and_no_growth_is_the_plain_sum() -> None:
    value = rent_present_value_usd([12_000, 24_000], 0.0, 0.0, [12, 6])
    assert value.tolist() == pytest.approx([12_000, 12_000])


def test_no_term_left_costs_nothing() -> None:
    assert rent_present_value_usd(50_000, 0.01, 0.09, 0) == 0
    assert rent_present_value_usd(50_000, 0.01, 0.09, 5, 9) == 0


@pytest.mark.slow
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
    assert months_of(1.5).dtype == np.int64


def test_capital_recovery_repays_the_capital() -> None:
    yearly = capital_recovery_factor(0.08, 5)
    assert sum(yearly / 1.08**year for year in range(1, 6)) == pytest.approx(1.0)
    assert capital_recovery_factor(0.0, 4) == 0.25
    assert capital_recovery_factor(0.08, 0.5) == pytest.approx(0.08 / (1 - 1.08**-0.5))


@pytest.mark.parametrize(("rate", "life"), [(0.08, 0), (0.08, -1), (-0.01, 5)])
def test_senseless_capital_charges_are_refused(rate: float, life: float) -> None:
    with pytest.raises(ValueError, match="expected"):
        capital_recovery_factor(rate, life)


def test_capital_recovery_of_many_is_that_of_each() -> None:
    rates, lives = np.array([0.0, 0.08, 0.1, 1e-13]), np.array([4.0, 5.0, 7.5, 10.0])
    each = [capital_recovery_factor(r, n) for r, n in zip(rates.tolist(), lives, strict=True)]
    assert capital_recovery_factor(rates, lives) == pytest.approx(each, rel=1e-13)
    five = [capital_recovery_factor(rate, 5) for rate in rates.tolist()]
    assert capital_recovery_factor(rates, 5) == pytest.approx(five, rel=1e-13)
    eight = [capital_recovery_factor(0.08, life) for life in lives.tolist()]
    assert capital_recovery_factor(0.08, lives) == pytest.approx(eight, rel=1e-13)
    assert capital_recovery_factor(0.0, lives).tolist() == (1 / lives).tolist()
    assert type(capital_recovery_factor(0.08, 5)) is float


def test_capital_recovery_of_next_to_no_interest_is_that_of_none() -> None:
    for rate in (1e-9, 1e-17, 5e-324):
        assert capital_recovery_factor(rate, 4) == pytest.approx(0.25, rel=1e-8)


@pytest.mark.parametrize(
    ("rate", "life", "named"),
    [
        ([0.08, 0.08], [5.0, 0.0], "life_years is 0.0"),
        ([0.08, -0.01], [5.0, 5.0], "rate_per_year is -0.01"),
        ([0.08, math.nan], [5.0, 5.0], "rate_per_year is nan"),
        ([0.08, 0.08], [math.nan, 5.0], "life_years is nan"),
    ],
)
def test_one_senseless_capital_charge_of_many_is_refused(
    rate: list[float], life: list[float], named: str
) -> None:
    with pytest.raises(ValueError, match=named):
        capital_recovery_factor(np.array(rate), np.array(life))
    assert capital_recovery_factor(np.zeros(0), np.zeros(0)).shape == (0,)
    assert capital_recovery_factor(np.zeros(0), np.ones(1)).shape == (0,)


def test_narrow_numbers_are_computed_with_in_full() -> None:
    """Twenty years are more months than a byte holds, and a rate of four bytes is rounded."""
    assert months_of(np.array([20], np.int8)).tolist() == [240]
    rent, rate = np.array([12_345.67], np.float32), np.array([0.07], np.float32)
    wide = rent_present_value_usd(rent.astype(float), rate.astype(float), rate.astype(float), 30)
    assert (rent_present_value_usd(rent, rate, rate, 30) == wide).all()
