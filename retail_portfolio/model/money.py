"""Present value of rents and of level payments.

Rent is paid monthly in arrears and steps up once a year. With yearly rent R in force today,
escalator g, yearly discount rate k, s months gone since the last step, 0 to 11, and months
m = a + 1 ... b from today,

    PV = sum over m of  (R / 12) (1 + g)^floor((s + m - 1) / 12) (1 + k)^(-m / 12).

The sum is taken in closed form: with q = (1 + g) / (1 + k) and d = (1 + k)^(-1/12), n months are
Y whole years and r months more, and one dollar a month is worth

    A(n) = (1 - q^Y) / (1 - q)  d (1 - d^12) / (1 - d)  +  q^Y  d (1 - d^r) / (1 - d),

and the span from a to b is (A(s + b) - A(s + a)) (1 + k)^(s / 12). No month is gone through one by
one, so that thousands of draws cost no more than one.

The yearly charge that repays one dollar over n years at rate k is the capital recovery factor

    CRF = k / (1 - (1 + k)^-n),  and 1 / n where k is 0.
"""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any, overload

import numpy as np

if TYPE_CHECKING:
    from types import ModuleType

    from numpy.typing import ArrayLike, NDArray

    Floats = NDArray[np.float64]

MONTHS_PER_YEAR = 12


def months_of(years: ArrayLike) -> NDArray[np.int64]:
    """Return whole months nearest to ``years``, never below zero."""
    rounded = np.rint(np.asarray(years, float) * MONTHS_PER_YEAR)
    months: NDArray[np.int64] = np.maximum(rounded, 0).astype(np.int64)
    return months


def rent_present_value_usd(
    rent_usd_year: ArrayLike,
    escalator_per_year: ArrayLike,
    rate_per_year: ArrayLike,
    until_month: ArrayLike,
    from_month: ArrayLike = 0,
    months_since_step: ArrayLike = 0,
) -> Floats:
    """Present value today of the rent of months ``from_month + 1`` to ``until_month``.

    All arguments broadcast against each other. Rents are USD a year and those in force today,
    rates shares a year above -1. The rent steps up when ``months_since_step``, 0 to 11, have
    become twelve, and every twelve months from then on. The result is zero where
    ``until_month <= from_month``.
    """
    growth = np.asarray(escalator_per_year, float)
    rate = np.asarray(rate_per_year, float)
    gone, end = np.asarray(months_since_step), np.asarray(until_month)
    start = np.minimum(np.asarray(from_month), end)
    span = _annuity(growth, rate, gone + end) - _annuity(growth, rate, gone + start)
    span = span * np.exp(np.log1p(rate) / MONTHS_PER_YEAR * gone)
    value: Floats = np.asarray(rent_usd_year, float) / MONTHS_PER_YEAR * span
    return value


def _annuity(growth: Floats, rate: Floats, months: NDArray[np.int64]) -> Floats:
    """Present value of 1 a month that steps up once a year, for a whole number of months."""
    whole, rest = np.divmod(np.maximum(months, 0), MONTHS_PER_YEAR)
    month = np.log1p(rate) / MONTHS_PER_YEAR
    step = np.log1p(growth) - MONTHS_PER_YEAR * month
    years = _geometric(step, whole)
    first = _geometric(-month, np.asarray(MONTHS_PER_YEAR))
    value: Floats = np.exp(-month) * (
        years * first + np.exp(whole * step) * _geometric(-month, rest)
    )
    return value


def _geometric(step: Floats, terms: NDArray[np.int64]) -> Floats:
    """Sum of ``exp(step * n)`` over n = 0 ... ``terms`` - 1, exact also where ``step`` is tiny."""
    level = step == 0
    total: Floats = np.where(
        level, terms, np.expm1(terms * step) / np.where(level, 1.0, np.expm1(step))
    )
    return total


@overload
def capital_recovery_factor(rate_per_year: float, life_years: float) -> float: ...
@overload
def capital_recovery_factor(rate_per_year: Floats | float, life_years: Floats) -> Floats: ...
@overload
def capital_recovery_factor(rate_per_year: Floats, life_years: Floats | float) -> Floats: ...
def capital_recovery_factor(
    rate_per_year: Floats | float, life_years: Floats | float
) -> Floats | float:
    """Return the yearly charge that repays one dollar of capital with interest.

    Two floats give a float; arrays broadcast against each other.

    Raises
    ------
    ValueError
        If ``life_years`` is not above zero or the rate is negative, in any place.
    """
    if not (isinstance(rate_per_year, np.ndarray) or isinstance(life_years, np.ndarray)):
        _refuse(rate_per_year, life_years)
        return 1 / life_years if rate_per_year == 0 else _factor(rate_per_year, life_years, math)
    rate, life = np.asarray(rate_per_year, float), np.asarray(life_years, float)
    if rate.size and life.size:
        _refuse(rate.min(), life.min())
    free = rate == 0
    factors: Floats = np.where(free, 1 / life, _factor(np.where(free, 1.0, rate), life, np))
    return factors


def _refuse(rate_per_year: float, life_years: float) -> None:
    if not life_years > 0:
        message = f"life_years is {life_years}, expected more than 0"
        raise ValueError(message)
    if not rate_per_year >= 0:
        message = f"rate_per_year is {rate_per_year}, expected 0 or more"
        raise ValueError(message)


def _factor(rate: Any, life: Any, functions: ModuleType) -> Any:
    """Return k / (1 - (1 + k)^-n), exact for a small k too; functions of `math` or of numpy."""
    return -rate / functions.expm1(-life * functions.log1p(rate))
