"""The same totals with every store of the market worked out anew for each closure."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from sides.market import market_and_closures

if TYPE_CHECKING:
    from collections.abc import Callable


def prepare(options: dict[str, Any]) -> Callable[[], dict[str, np.ndarray]]:
    """Build the market, and return the what-ifs; options as in `sides.market`."""
    market, trading, closing = market_and_closures(options)
    attraction, spending = market.by_point, market.spending_usd_year
    outside = market.rivals + market.elsewhere

    def total_without(store: int) -> float:
        is_open = trading.astype(float)
        is_open[store] = 0
        own = attraction @ is_open
        total = own + outside
        per = np.divide(spending, total, out=np.zeros(len(total)), where=total > 0)
        sales = (attraction.T @ per) * is_open
        return float(sales.sum())

    return lambda: {"totals": np.array([total_without(store) for store in closing])}
