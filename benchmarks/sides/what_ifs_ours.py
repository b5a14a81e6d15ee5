"""Total sales when one store closes, for many stores, by `huff.own_sales_without_each`."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from retail_portfolio.model.market import huff
from sides.market import market_and_closures

if TYPE_CHECKING:
    from collections.abc import Callable

    import numpy as np


def prepare(options: dict[str, Any]) -> Callable[[], dict[str, np.ndarray]]:
    """Build the market, and return the what-ifs; options as in `sides.market`."""
    market, trading, closing = market_and_closures(options)
    return lambda: {"totals": huff.own_sales_without_each(market, trading, closing)}
