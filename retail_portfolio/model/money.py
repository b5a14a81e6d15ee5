"""Present value of rents and of level payments.

Rent is paid monthly in arrears and steps up once a year. With yearly rent R, escalator g,
yearly discount rate k and months m = a + 1 ... b from today,

    PV = sum over m of  (R / 12) (1 + g)^floor((m - 1) / 12) (1 + k)^(-m / 12).

The yearly charge that repays one dollar over n years at rate k is the capital recovery factor

    CRF = k / (1 - (1 + k)^-n),  and 1 / n where k is 0.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
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
) -> Floats:
    """Present value today of the rent of months ``from_month + 1`` to ``until_month``.

    All arguments broadcast to shape ``(stores,)``. Rents are USD a year, rates shares a year
    above -1. The result is zero where ``until_month <= from_month``.
    """
    rent, growth, rate, end, start = np.broadcast_arrays(
        np.asarray(rent_usd_year, float),
        np.asarray(escalator_per_year, float),
        np.asarray(rate_per_year, float),
        np.asarray(until_month),
        np.asarray(from_month),
    )
    last = int(end.max(initial=0))
    month = np.arange(1, last + 1)
    shape = (*rent.shape, 1)
    due = (month > start.reshape(shape)) & (month <= end.reshape(shape))
    steps = (1 + growth.reshape(shape)) ** ((month - 1) // MONTHS_PER_YEAR)
    discount = (1 + rate.reshape(shape)) ** (-month / MONTHS_PER_YEAR)
    value: Floats = rent / MONTHS_PER_YEAR * np.where(due, steps * discount, 0.0).sum(axis=-1)
    return value


def capital_recovery_factor(rate_per_year: float, life_years: float) -> float:
    """Return the yearly charge that repays one dollar of capital with interest.

    Raises
    ------
    ValueError
        If ``life_years`` is not above zero or the rate is negative.
    """
    if life_years <= 0:
        message = f"life_years is {life_years}, expected more than 0"
        raise ValueError(message)
    if rate_per_year < 0:
        message = f"rate_per_year is {rate_per_year}, expected 0 or more"
        raise ValueError(message)
    if rate_per_year == 0:
        return 1 / life_years
    return float(rate_per_year / (1 - (1 + rate_per_year) ** -life_years))
