"""Many parameter sets at once: figures of the ledger drawn between their low and their high.

A row with low a, base m and high c is drawn from a PERT distribution, a beta distribution on
[a, c] whose mode is m:

    x = a + (c - a) B,   B ~ Beta(1 + 4 (m - a) / (c - a), 1 + 4 (c - m) / (c - a)).

One uniform number a name serves every row that refines the name, so that rents of all states are
high together. The uniforms are a Latin hypercube: each name takes one draw from each of n equal
slices of [0, 1], in an order shuffled by the seed; equal seeds give equal draws.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    import pandas as pd
    from numpy.typing import NDArray

    from retail_portfolio.inputs.assumptions import Assumption, Ledger
    from retail_portfolio.model.store_values import StoreValues

    Floats = NDArray[np.float64]

PERT_WEIGHT = 4.0
"""How much the mode weighs against the ends."""


def latin_hypercube(names: Iterable[str], draws: int, seed: int) -> dict[str, Floats]:
    """Return ``draws`` uniform numbers in (0, 1) a name, one from each of as many slices."""
    rng = np.random.default_rng(seed)
    return {name: (rng.permutation(draws) + rng.random(draws)) / draws for name in names}


def pert_quantile(row: Assumption, uniform: Floats) -> Floats:
    """Return the value of a row that a share ``uniform`` of its distribution lies below."""
    width = row.high - row.low
    if width <= 0 or row.distribution == "fixed":
        return np.full_like(uniform, row.base)
    from scipy.special import betaincinv  # noqa: PLC0415 - scipy takes its time

    alpha = 1 + PERT_WEIGHT * (row.base - row.low) / width
    beta = 1 + PERT_WEIGHT * (row.high - row.base) / width
    drawn: Floats = row.low + width * betaincinv(alpha, beta, uniform)
    return drawn


@dataclass(frozen=True, slots=True)
class Draws:
    """Figures of a ledger, drawn; without uniform numbers, the base alone.

    Parameters
    ----------
    ledger
        The assumptions.
    uniforms
        By name without suffixes, shape ``(draws,)``; empty for the base.
    """

    ledger: Ledger
    uniforms: Mapping[str, Floats]

    def _row(self, row: Assumption) -> Floats:
        uniform = self.uniforms.get(row.key.partition(".")[0])
        if uniform is None:
            return np.full(self.count, row.base)
        return pert_quantile(row, uniform)

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

    def per_store(self, name: str, says: StoreValues) -> Floats:
        """Return the figure of every store in every draw, shape ``(draws, stores)``."""
        drawn = [self.of(name, fmt, state) for fmt, state in says.pairs]
        return says.spread(np.stack(drawn, axis=1) if drawn else np.zeros((self.count, 0)))

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
