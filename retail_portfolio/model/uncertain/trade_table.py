r"""Trade table: what stores and candidates sell, tabulated over the assumptions behind it.

Trade areas take some hundredths of a second, so that ten thousand draws would take minutes. Sales
move smoothly with what is assumed, and a table of them, made once, is read for every draw. With y
the sales of a store or candidate and t_k in [0, 1] the value of assumption k within its range,

    log y(t) = log y(base) + F(t_lambda, t_a) + sum_k f_k(t_k)

F is a table over the distance exponent lambda and the access minutes a, which act together, f_k a
curve through the base and two more values of every other assumption, each with all others at base;
between the values run cubic splines, beyond them straight lines. So y is exact at the base and at
tabulated values, and what is left out is how two of the other assumptions act together.
`retail_portfolio.model.uncertain.trade_error` says how much that is, against trade areas in which
everything moves at once. A slope of affinity counts as much as the strength says:

    f_slope(t) strength / strength(base)

Candidates are tabulated opening alone after the wave, with what own stores gain in total, both at
full pull and at half: a candidate that pulls with g <= 1 then sells

    S(g) = S(1) g (1 + c) / (1 + c g),   c = (2 h - 1) / (1 - h),   h = S(1/2) / S(1)

which is exact where all its customers see the same crowd.
"""

from __future__ import annotations

import itertools
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

import numpy as np

from retail_portfolio.inputs.assumptions import Ledger
from retail_portfolio.model.ledger_names import TRADE_NAMES, TRAVEL_NAMES
from retail_portfolio.model.market.affinity import TRAITS
from retail_portfolio.model.market.roads import roads_of
from retail_portfolio.model.sampling.draws import moves, name_of
from retail_portfolio.model.sampling.ensemble import pert_quantile_fast
from retail_portfolio.model.uncertain.trade_looks import HALF, Sold, TradeLooks

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from numpy.typing import NDArray

    from retail_portfolio.inputs.assumptions import Assumption
    from retail_portfolio.inputs.case import Case
    from retail_portfolio.model.market.roads import Roads
    from retail_portfolio.model.market.trade_areas import TradeAreas

    Floats = NDArray[np.float64]
    Ints = NDArray[np.int64]

EXPONENTS = {"power": "huff_distance_exponent", "exponential": "huff_distance_rate_per_minute"}
"""What distance decay is drawn by, for each kind."""
TOGETHER = (0.01, 0.15, 0.45, 0.8, 0.99)
"""Quantiles of the exponent that are tabulated, the base beside them."""
ACCESS = "access_minutes"
BESIDE = (0.05, 0.92)
"""Quantiles of the access minutes that are tabulated with each exponent."""
ALONE = (0.1, 0.9)
"""Quantiles of every other assumption."""
STRENGTH = "affinity_strength"
SLOPES = tuple(f"affinity_{trait}" for trait in TRAITS)
"""Names whose effect is as large as the strength says."""
CLOSE = 0.04
"""A quantile whose value lies so near the base, in parts of the range, says nothing more."""
MOST_HALF = 0.999
"""A candidate sells no more than nearly all of its sales at half its pull."""


@dataclass(frozen=True, slots=True)
class Axis:
    """An assumption and the values at which sales are tabulated.

    Parameters
    ----------
    name
        Its name in the ledger.
    rows
        The rows that refine it and move.
    uniform
        Quantiles of the tabulated values; the last is NaN, the base.
    at
        The same values on the scale of `place`.
    """

    name: str
    rows: tuple[Assumption, ...]
    uniform: Floats
    at: Floats

    def weights(self, uniform: Floats) -> Floats:
        """Say how much each tabulated value counts in each draw; rows sum to 1.

        Parameters
        ----------
        uniform
            The quantile of each draw; NaN is the base.

        Returns
        -------
        Floats
            Shape ``(draws, values)``.
        """
        from scipy.interpolate import CubicSpline  # noqa: PLC0415 - scipy takes its time

        found = np.zeros((len(uniform), len(self.at)))
        moved = ~np.isnan(uniform)
        found[~moved, -1] = 1.0
        order = np.argsort(self.at)
        spline = CubicSpline(self.at[order], np.eye(len(self.at))[order])
        there = place(self.rows, uniform[moved])
        inside = np.clip(there, self.at.min(), self.at.max())
        beyond = there - inside
        told = spline(inside)
        out = beyond != 0  # a straight line beyond the tabulated values: a cubic would run away
        told[out] += spline(inside[out], 1) * beyond[out, None]
        found[moved] = told
        return found


def place(rows: tuple[Assumption, ...], uniform: Floats) -> Floats:
    """Return the mean of where rows stand within their ranges, 0 at the low ends, 1 at the high."""
    stands = [(pert_quantile_fast(row, uniform) - row.low) / (row.high - row.low) for row in rows]
    mean: Floats = np.mean(stands, axis=0)
    return mean


def axis_of(ledger: Ledger, name: str, uniforms: Iterable[float]) -> Axis | None:
    """Return the axis of a name, or None where it does not move.

    Parameters
    ----------
    uniforms
        Quantiles that may be tabulated; one whose value lies next to the base is left out.
    """
    rows = tuple(row for key, row in ledger.items() if name_of(key) == name and moves(row))
    if not rows:
        return None
    wanted = np.array([*uniforms, np.nan])
    at = place(rows, wanted)
    away = np.abs(at - at[-1]) > CLOSE
    away[-1] = True
    return Axis(name, rows, wanted[away], at[away])


@dataclass(frozen=True, slots=True)
class TradeTable:
    """Sales over the assumptions of the trade areas.

    Parameters
    ----------
    trade
        The trade areas of the base.
    options
        Positions of the candidates among its options.
    base
        Their sales at the base.
    together
        The axes that are tabulated with each other; none, one or two.
    grid
        Deviations of the logarithms from the base over these, shape ``(values, ..., logs)``.
    alone
        Every other axis.
    curves
        Deviations along each, shape ``(values, logs)``.
    looks
        How many trade areas were computed.
    """

    trade: TradeAreas
    options: Ints
    base: Sold
    together: tuple[Axis, ...]
    grid: Floats
    alone: tuple[Axis, ...]
    curves: tuple[Floats, ...]
    looks: int

    def read(self, uniforms: Mapping[str, Floats], draws: int) -> DrawnSales:
        """Read the sales of many draws off the table.

        Parameters
        ----------
        uniforms
            Quantiles by name, shape ``(draws,)``; NaN, or no entry, is the base.
        draws
            How many.
        """
        nowhere = np.full(draws, np.nan)

        def weights(axis: Axis) -> Floats:
            return axis.weights(uniforms.get(axis.name, nowhere))

        both = np.ones((draws, 1))
        for axis in self.together:
            both = (both[:, :, None] * weights(axis)[:, None, :]).reshape(draws, -1)
        moved = both @ self.grid.reshape(both.shape[1], -1)
        strength = self._strength(uniforms)
        for axis, curve in zip(self.alone, self.curves, strict=True):
            along = weights(axis) @ curve
            if axis.name in SLOPES and strength is not None:
                along *= strength[:, None]
            moved += along
        return DrawnSales(self, moved)

    def _strength(self, uniforms: Mapping[str, Floats]) -> Floats | None:
        """Return the strength of affinity in each draw over that of the base, where it moves."""
        axis = next((a for a in self.alone if a.name == STRENGTH), None)
        if axis is None or STRENGTH not in uniforms or not axis.rows[0].base:
            return None
        row = axis.rows[0]
        found: Floats = pert_quantile_fast(row, uniforms[STRENGTH]) / row.base
        return found


@dataclass(frozen=True, slots=True)
class DrawnSales:
    """Sales of many draws: factors on those of the base.

    Parameters
    ----------
    table
        Where they were read.
    moved
        Deviations of the logarithms, shape ``(draws, logs)``.
    """

    table: TradeTable
    moved: Floats

    def _part(self, number: int) -> Floats:
        """Return closing stores (0) or one of the four rows of the candidates."""
        stores, candidates = len(self.table.base.closing), len(self.table.options)
        if number == 0:
            return self.moved[:, :stores]
        first = stores + (number - 1) * candidates
        return self.moved[:, first : first + candidates]

    @property
    def closing(self) -> Floats:
        """Sales of the closing stores before the wave, USD a year, shape ``(draws, stores)``."""
        found: Floats = self.table.base.closing * np.exp(self._part(0))
        return found

    def curve(self, kind: Literal["sells", "gains"]) -> tuple[Floats, Floats]:
        """Return S(1) and c of every candidate, each of shape ``(draws, candidates)``."""
        base = getattr(self.table.base, kind)
        full, half = (1, 2) if kind == "sells" else (3, 4)
        at_full = base[0] * np.exp(self._part(full))
        at_half = base[1] * np.exp(self._part(half))
        reached = at_full > 0
        ratio = np.divide(at_half, at_full, out=np.full_like(at_full, HALF), where=reached)
        ratio = np.clip(ratio, HALF, MOST_HALF)
        return at_full, (2 * ratio - 1) / (1 - ratio)


def trade_table(case: Case, roads: Roads | None = None) -> TradeTable:
    """Tabulate the sales of closing stores and candidates of a case.

    Parameters
    ----------
    roads
        `retail_portfolio.model.market.roads.roads_of` of the case, where they are known.
    """
    roads = roads_of(case) if roads is None else roads
    look = TradeLooks(case, roads)
    exponent = EXPONENTS[case.scenario.distance_decay]
    pairs = [(exponent, TOGETHER), (ACCESS, BESIDE)]
    names = [n for n in (*TRADE_NAMES, *TRAVEL_NAMES) if n not in {*EXPONENTS.values(), ACCESS}]
    if case.travel_times is not None:
        pairs = pairs[:1]
        names = [name for name in names if name not in TRAVEL_NAMES]
    axes = [axis_of(case.ledger, name, uniforms) for name, uniforms in pairs]
    together = tuple(axis for axis in axes if axis is not None)
    alone = tuple(a for a in (axis_of(case.ledger, n, ALONE) for n in names) if a is not None)
    spots = list(itertools.product(*(range(len(axis.at)) for axis in together)))
    at_spot = [
        {a.name: a.uniform[i] for a, i in zip(together, spot, strict=True)} for spot in spots
    ]
    at_value = [{axis.name: uniform} for axis in alone for uniform in axis.uniform]
    found = look.several([*at_spot, *at_value])
    logs = look.base.logs()
    shape = (*(len(axis.at) for axis in together), len(logs))
    grid = np.reshape(found[: len(spots)], shape) - logs
    ends = len(spots) + np.cumsum([len(axis.at) for axis in alone], dtype=np.int64)
    moved = tuple(np.array(part) - logs for part in _split(found, len(spots), ends))
    return TradeTable(look.trade, look.options, look.base, together, grid, alone, moved, look.count)


def _split(rows: list[Floats], first: int, ends: Ints) -> list[list[Floats]]:
    starts = [first, *ends.tolist()]
    return [rows[start:end] for start, end in itertools.pairwise(starts)]
