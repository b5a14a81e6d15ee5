"""Trade looks: what stores and candidates sell under moved assumptions, many looks at once."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np

from retail_portfolio.inputs.assumptions import Ledger
from retail_portfolio.model.ledger_names import TRAVEL_NAMES
from retail_portfolio.model.market import huff
from retail_portfolio.model.market.geography import CANDIDATE, geography
from retail_portfolio.model.market.roads import travels
from retail_portfolio.model.market.trade_areas import trade_areas
from retail_portfolio.model.opening.conversion import relative_pulls
from retail_portfolio.model.sampling.draws import moves, name_of
from retail_portfolio.model.sampling.ensemble import pert_quantile_fast
from retail_portfolio.model.sampling.lanes import in_lanes

if TYPE_CHECKING:
    from collections.abc import Mapping

    from numpy.typing import NDArray

    from retail_portfolio.inputs.assumptions import Assumption
    from retail_portfolio.inputs.case import Case
    from retail_portfolio.model.market.roads import Roads
    from retail_portfolio.model.market.trade_areas import TradeAreas

    Floats = NDArray[np.float64]
    Ints = NDArray[np.int64]

HALF = 0.5
"""The pull of a candidate at which its sales are told beside those at full pull."""
LEAST = 1e-9
"""Part of its base that a store's sales do not fall below, so that a logarithm can be taken."""


@dataclass(frozen=True, slots=True)
class Sold:
    """Sales of one set of assumptions, USD a year.

    Parameters
    ----------
    closing
        Modelled sales of the closing stores before the wave, in the order of the register.
    sells, gains
        What each candidate sells opening alone, and what own stores sell more in total; row 0 at
        full pull, row 1 at half; shape ``(2, candidates)``.
    """

    closing: Floats
    sells: Floats
    gains: Floats

    def logs(self, base: Sold | None = None) -> Floats:
        """Return the logarithms of all of it in one row; none far below its base.

        What sells nothing at the base has nothing that a factor could make more of: 0 there.
        """
        sold, at_base = (
            np.concatenate([x.closing, *x.sells, *x.gains]) for x in (self, base or self)
        )
        there = at_base > 0
        found: Floats = np.log(
            np.maximum(sold, LEAST * at_base), out=np.zeros(len(sold)), where=there
        )
        return found


def sold_of(trade: TradeAreas, options: Ints) -> Sold:
    """Read the sales of closing stores and candidates off trade areas.

    Parameters
    ----------
    options
        Positions of the candidates among the options.
    """
    market = trade.market
    closing = (trade.options["status"] == "closing").to_numpy()
    relative, worth = relative_pulls(trade, options)
    start, point = relative.indptr, relative.indices
    sells: list[Floats] = []
    gains: list[Floats] = []
    for pull in (1.0, HALF):
        crowd = relative.data * pull
        share = crowd / (1 + crowd)
        for values, per in ((sells, market.spending_usd_year), (gains, worth)):
            summed = np.concatenate([[0.0], np.cumsum(per[point] * share)])
            values.append(np.diff(summed[start]))
    before = huff.sales_usd_year(market, trade.before)
    return Sold(before[closing], np.array(sells), np.array(gains))


class TradeLooks:
    """Looks at trade areas under moved assumptions, at the base first."""

    def __init__(self, case: Case, roads: Roads) -> None:
        self.case, self.roads, self.count = case, roads, 1
        # A search of its own, so that sales of the base are those of `trade_areas` to the byte.
        self.home = roads.widest if roads.fixed else geography(case)
        self.ways = travels(case.ledger)
        self.trade = trade_areas(case, self.home)
        # Every site with every target, possible or not: draws are laid out so.
        every = (self.trade.options["status"] == CANDIDATE).to_numpy()
        self.options = np.flatnonzero(every)
        self.base = sold_of(self.trade, self.options)

    def several(self, wanted: list[Mapping[str, float]]) -> list[Floats]:
        """Logarithms of the sales with some names at quantiles, NaN being the base; in order.

        Looks on one road are made one after the other, and roads side by side: most of the time
        goes into numbers, where Python's lock is free.
        """
        moved = [{n: u for n, u in each.items() if not np.isnan(u)} for each in wanted]
        self.count += sum(1 for each in moved if each)
        by_road: dict[tuple[tuple[str, float], ...], list[int]] = {}
        for at, each in enumerate(moved):
            road = tuple((n, u) for n, u in each.items() if n in TRAVEL_NAMES)
            by_road.setdefault(road or (("", float(at)),), []).append(at)
        groups = sorted(by_road.values(), key=len, reverse=True)
        found: list[Floats] = [self.base.logs()] * len(moved)
        rows = in_lanes(lambda group: self._on_road([moved[at] for at in group]), groups)
        for group, row in zip(groups, rows, strict=True):
            for at, logs in zip(group, row, strict=True):
                found[at] = logs
        return found

    def _on_road(self, wanted: list[dict[str, float]]) -> list[Floats]:
        """Look at trade areas that share a road."""
        found, ground = [], None
        for moved in wanted:
            if not moved:
                found.append(self.base.logs())
                continue
            ledger = at_quantiles(self.case.ledger, moved)
            if ground is None:
                still = travels(ledger) == self.ways
                ground = self.home if still else self.roads.ground(ledger)
            sizes = "size_sqft" in moved
            case = self.case.with_ledger(ledger) if sizes else replace(self.case, ledger=ledger)
            found.append(sold_of(trade_areas(case, ground), self.options).logs(self.base))
        return found


def at_quantiles(ledger: Ledger, uniforms: Mapping[str, float]) -> Ledger:
    """Return a ledger in which every row of some names stands at one quantile of its own."""

    def moved(row: Assumption) -> Assumption:
        uniform = uniforms.get(name_of(row.key))
        if uniform is None or not moves(row):
            return row
        return replace(row, base=float(pert_quantile_fast(row, np.array([uniform]))[0]))

    return Ledger(tuple(moved(row) for row in ledger.values()))
