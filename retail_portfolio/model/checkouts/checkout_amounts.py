"""Figures that are one number, or one number in every draw, and what formulas do with them.

The costs of checkout are written once, for both. Plain arithmetic serves floats and arrays alike;
a larger of two, a rounding up and a case distinction do not, and stand here. A float stays a
float: the comparison of a case calls these formulas thousands of times on single numbers, where
numpy would take several times as long.

``Amount | float`` in a signature reads: a float where every figure is one, else a float or an array
of shape ``(draws,)``; a figure that is the same in every draw may stay one number.
"""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, TypeVar, overload

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Iterable

    from numpy.typing import NDArray

    Floats = NDArray[np.float64]

Amount = TypeVar("Amount", float, "NDArray[np.float64]")
"""One number, or one a draw."""
_HAIR = 1e-9  # 0.3 of 10 lanes are three lanes, whatever binary fractions say


@overload
def larger(one: float, other: float) -> float: ...
@overload
def larger(one: Floats | float, other: Floats | float) -> Floats | float: ...
def larger(one: Floats | float, other: Floats | float) -> Floats | float:
    """Return the larger of two amounts, draw by draw."""
    if isinstance(one, np.ndarray) or isinstance(other, np.ndarray):
        found: Floats = np.maximum(one, other)
        return found
    return max(one, other)


@overload
def least(amounts: Iterable[float]) -> float: ...
@overload
def least(amounts: Iterable[Floats | float]) -> Floats | float: ...
def least(amounts: Iterable[Floats | float]) -> Floats | float:
    """Return the least of some amounts, draw by draw; those that are not numbers do not count.

    Raises
    ------
    ValueError
        If there is no amount.
    """
    found, *others = amounts
    for one in others:
        if isinstance(one, np.ndarray) or isinstance(found, np.ndarray):
            found = np.fmin(found, one)
        elif one < found or math.isnan(found):
            found = one
    return found


def total(amounts: Iterable[Amount | float]) -> Amount | float:
    """Return the sum of some amounts, added up in their order; 0 for none."""
    # Not `sum`: from Python 3.12 on it corrects for rounding, with floats and not with arrays.
    found: Amount | float = 0.0
    for one in amounts:
        found = found + one
    return found


@overload
def whole(number: float) -> float: ...
@overload
def whole(number: Floats | float) -> Floats | float: ...
def whole(number: Floats | float) -> Floats | float:
    """Round up to whole lanes or people."""
    if isinstance(number, np.ndarray):
        return np.ceil(number - _HAIR)
    return float(math.ceil(number - _HAIR))


@overload
def where_positive(test: float, amount: float, otherwise: float = 0.0) -> float: ...
@overload
def where_positive(
    test: Floats | float, amount: Floats | float, otherwise: float = 0.0
) -> Floats | float: ...
def where_positive(
    test: Floats | float, amount: Floats | float, otherwise: float = 0.0
) -> Floats | float:
    """Return an amount where a test is above zero, ``otherwise`` elsewhere, draw by draw."""
    if isinstance(test, np.ndarray):
        found: Floats = np.where(test > 0, amount, otherwise)
        return found
    return amount if test > 0 else otherwise


def lowest(amount: Floats | float) -> float:
    """Return the least value an amount takes in any draw; NaN if it is no number in one."""
    return float(amount.min()) if isinstance(amount, np.ndarray) else amount


def highest(amount: Floats | float) -> float:
    """Return the greatest value an amount takes in any draw; NaN if it is no number in one."""
    return float(amount.max()) if isinstance(amount, np.ndarray) else amount
