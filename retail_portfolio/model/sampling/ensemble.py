"""Many parameter sets at once: figures of the ledger drawn between their low and their high.

A row with low a, base m and high c is drawn from a PERT distribution, a beta distribution on
[a, c] whose mode is m:

    x = a + (c - a) B,   B ~ Beta(1 + 4 (m - a) / (c - a), 1 + 4 (c - m) / (c - a)).

A uniform number that is NaN stands for the base: the row keeps its base in that draw.

Inverting a beta distribution takes its time. `pert_quantile_fast` does it with polynomials that are
fitted once a shape. With p and q the two parameters of the distribution above, its quantile b(u)
grows like u^(1/p) from 0 and falls short of 1 like (1 - u)^(1/q), so that

    b(u) = s P(s),       s = u^(1/p)          up to the split u0,
    b(u) = 1 - t R(t),   t = (1 - u)^(1/q)    behind it,

where P and R have no singularity before s = 1 and t = 1, and so are close to polynomials that meet
them at the Chebyshev points of [0, s0] and [0, t0]. The split is where s0 = t0, which keeps both as
far from 1 as can be. At 0 and 1 the quantile is exact, elsewhere within 1e-10 of the other one.

One uniform number a name serves every row that refines the name, so that rents of all states are
high together (`retail_portfolio.model.sampling.draws` has them).
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Mapping

    import pandas as pd
    from numpy.typing import NDArray

    from retail_portfolio.inputs.assumptions import Assumption, Ledger
    from retail_portfolio.model.store_values import StoreValues

    Floats = NDArray[np.float64]

PERT_WEIGHT = 4.0
"""How much the mode weighs against the ends."""
_DEGREE = 20
"""Of the fitted polynomials: the error is 7e-12; four more degrees would make it 1e-13."""
_HALVINGS = 60
"""Steps to the split of a quantile in two: as fine as a number in (0, 1) can be told."""


def pert_quantile(row: Assumption, uniform: Floats) -> Floats:
    """Return the value of a row that a share ``uniform`` of its distribution lies below.

    Parameters
    ----------
    uniform
        Numbers in [0, 1], any shape; NaN stands for the base.

    Returns
    -------
    numpy.ndarray
        In the unit of the row, of the same shape.
    """
    if not _spreads(row):
        return np.full_like(uniform, row.base)
    from scipy.special import betaincinv  # noqa: PLC0415 - scipy takes its time

    drawn: Floats = row.low + (row.high - row.low) * betaincinv(*_shape(row), uniform)
    return np.where(np.isnan(uniform), row.base, drawn)


def pert_quantile_fast(row: Assumption, uniform: Floats) -> Floats:
    """Return the same as `pert_quantile` within 1e-10 of the row's width, and sooner.

    A value depends on its own uniform number alone, never on how many are asked for together.

    Parameters
    ----------
    uniform
        Numbers in [0, 1], any shape; NaN stands for the base.

    Returns
    -------
    numpy.ndarray
        In the unit of the row, of the same shape.
    """
    if not _spreads(row):
        return np.full_like(uniform, row.base)
    halves, width = _halves(*_shape(row)), row.high - row.low
    drawn = np.full(np.shape(uniform), float(row.base))
    lower = uniform <= halves.split
    upper = uniform > halves.split
    drawn[lower] = row.low + width * halves.left.at(uniform[lower])
    drawn[upper] = row.high - width * halves.right.at(1 - uniform[upper])
    return drawn


def _spreads(row: Assumption) -> bool:
    return row.low < row.high and row.distribution != "fixed"


def _shape(row: Assumption) -> tuple[float, float]:
    """Return the parameters of the beta distribution of a row, each 1 to 5, together 6."""
    width = row.high - row.low
    alpha = 1 + PERT_WEIGHT * (row.base - row.low) / width
    return alpha, 1 + PERT_WEIGHT * (row.high - row.base) / width


@dataclass(frozen=True, slots=True)
class _Half:
    """A quantile from one of its ends to the split, as a polynomial in a power of its share."""

    power: float
    reach: float
    coefficients: tuple[float, ...]

    def at(self, share: Floats) -> Floats:
        """Return the distance from the end that a share of the distribution lies within."""
        root = share**self.power
        place = root * (2 / self.reach)
        place -= 1
        distance = np.full_like(place, self.coefficients[-1])
        for coefficient in self.coefficients[-2::-1]:
            distance *= place
            distance += coefficient
        distance *= root
        return distance


@dataclass(frozen=True, slots=True)
class _Halves:
    split: float
    left: _Half
    right: _Half


def _half(near: float, far: float, share: float) -> _Half:
    """Fit the quantile over a share of the distribution next to an end.

    The parameter of that end is ``near``, that of the other ``far``.
    """
    from numpy.polynomial import chebyshev  # noqa: PLC0415 - not every model draws
    from scipy.special import betaincinv  # noqa: PLC0415 - scipy takes its time

    reach, places = share ** (1 / near), chebyshev.chebpts1(_DEGREE + 1)
    root = reach * (places + 1) / 2
    series = chebyshev.chebfit(places, betaincinv(near, far, root**near) / root, _DEGREE)
    # Powers of numbers in [-1, 1] serve as well as the series: no singularity is in their reach.
    return _Half(1 / near, reach, tuple(chebyshev.cheb2poly(series).tolist()))


@lru_cache(maxsize=1024)
def _halves(alpha: float, beta: float) -> _Halves:
    """Return the fitted quantile of a beta distribution, made once a shape."""
    low, high = 0.0, 1.0
    for _ in range(_HALVINGS):
        split = (low + high) / 2
        if split ** (1 / alpha) < (1 - split) ** (1 / beta):
            low = split
        else:
            high = split
    return _Halves(low, _half(alpha, beta, low), _half(beta, alpha, 1 - low))


@dataclass(frozen=True, slots=True)
class Draws:
    """Figures of a ledger, drawn; without uniform numbers, the base alone.

    Parameters
    ----------
    ledger
        The assumptions.
    uniforms
        By name without suffixes, shape ``(draws,)``; empty for the base. A name that is not there
        stays at its base in every draw, and one that is NaN does in that draw.
    fast
        Whether to draw with `pert_quantile_fast`, as many draws would; off, the draws are those
        of `pert_quantile` to the byte.
    """

    ledger: Ledger
    uniforms: Mapping[str, Floats]
    fast: bool = False

    def _row(self, row: Assumption) -> Floats:
        uniform = self.uniforms.get(row.key.partition(".")[0])
        if uniform is None:
            return np.full(self.count, row.base)
        return (pert_quantile_fast if self.fast else pert_quantile)(row, uniform)

    @property
    def count(self) -> int:
        """Number of draws, 1 for the base."""
        return len(next(iter(self.uniforms.values()), (0,)))

    def of(self, name: str, format: str | None = None, state: str | None = None) -> Floats:
        """Return the figure in every draw, shape ``(draws,)``; errors as in the ledger."""
        return self._row(self.ledger.row(name, format, state))

    def has(self, name: str, format: str | None = None, state: str | None = None) -> bool:
        """Tell whether `of` would find a row."""
        return self.ledger.has(name, format, state)

    def or_table(self, name: str, says: StoreValues, column: pd.Series, mark: pd.Series) -> Floats:
        """Return drawn figures where the table marks its value ``assumed``, else the table's.

        Shape ``(draws, stores)``.
        """
        fixed = np.broadcast_to(column.to_numpy(float), (self.count, len(column)))
        assumed = (mark == "assumed").to_numpy()
        needed = set(says.codes[assumed])
        drawn = [
            self.of(name, *pair) if code in needed else np.zeros(self.count)
            for code, pair in enumerate(says.pairs)
        ]
        spread = says.spread(np.stack(drawn, axis=1) if drawn else np.zeros((self.count, 0)))
        return np.where(assumed, spread, fixed)


def rank_correlation(one: Floats, other: Floats) -> float:
    """Return Spearman's rank correlation, -1 to 1; 0 where either does not vary."""
    if np.ptp(one) == 0 or np.ptp(other) == 0:
        return 0.0
    first, second = (np.argsort(np.argsort(x, kind="stable"), kind="stable") for x in (one, other))
    return float(np.corrcoef(first, second)[0, 1])
