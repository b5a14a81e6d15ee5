"""A first range for a total: assumptions moved one at a time.

For a total V(x) of independent assumptions x_i with low, base and high, let min_i and max_i be
the smaller and larger of V at the low and the high end of x_i. Two ranges are made of them:

    quadrature   V - sqrt( sum_i max(0, V - min_i)^2 )   to   V + sqrt( sum_i max(0, max_i - V)^2 )
    extremes     min over i of min_i                     to   max over i of max_i

The first is the first-order propagation of error (JCGM 100:2008, 5.1.2) with ends in place of
standard deviations, for sums of money. The second says how far one assumption alone can move a
count. Both are ranges to read beside a number, not confidence intervals.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence

    from numpy.typing import NDArray

    from retail_portfolio.inputs.assumptions import Ledger
    from retail_portfolio.inputs.case import Case

    Floats = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Moves:
    """Totals at the base and at both ends of each assumption.

    Parameters
    ----------
    keys
        Names of the ledger rows that were moved.
    base
        The totals of the case as it is, shape ``(totals,)``.
    ends
        The totals with one row at its low and at its high end, shape ``(keys, 2, totals)``.
    """

    keys: tuple[str, ...]
    base: Floats
    ends: Floats

    def quadrature(self, total: int = 0) -> tuple[float, float]:
        """Low and high end of a total, the single moves added in quadrature."""
        base, ends = self.base[total], self.ends[:, :, total]
        below = np.maximum(0.0, base - ends.min(axis=1, initial=np.inf))
        above = np.maximum(0.0, ends.max(axis=1, initial=-np.inf) - base)
        return float(base - np.sqrt((below**2).sum())), float(base + np.sqrt((above**2).sum()))

    def extremes(self, total: int = 0) -> tuple[float, float]:
        """Least and greatest value of a total that one assumption alone brings about."""
        ends = self.ends[:, :, total]
        base = float(self.base[total])
        return float(ends.min(initial=base)), float(ends.max(initial=base))


def in_ledger(ledger: Ledger, names: Iterable[str]) -> tuple[str, ...]:
    """Return the names that the ledger has a row for, with or without suffixes."""
    there = {key.split(".")[0] for key in ledger}
    return tuple(name for name in names if name in there)


def one_at_a_time(
    case: Case, keys: Iterable[str], totals: Callable[[Case], Sequence[float]]
) -> Moves:
    """Move each named ledger row to its low and its high end, the others at their base.

    Parameters
    ----------
    keys
        Names of ledger rows; a name also moves the rows that refine it by format or state,
        all to the same end together.
    totals
        Values a case in one or more numbers; called once for the case and twice a key.

    Raises
    ------
    InputError
        If the ledger has no row of a name.
    """
    names = tuple(keys)
    base = np.asarray(totals(case), dtype=float)
    ends = np.empty((len(names), 2, base.size))
    for place, key in enumerate(names):
        ends[place, 0] = totals(case.with_ledger(case.ledger.at_end(key, "low")))
        ends[place, 1] = totals(case.with_ledger(case.ledger.at_end(key, "high")))
    return Moves(names, base, ends)
