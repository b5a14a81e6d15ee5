"""Total sales when one store closes, for many stores, from one column of the market for each."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from sides.market import market_and_closures

if TYPE_CHECKING:
    from collections.abc import Callable

    from numpy.typing import NDArray

    from retail_portfolio.model.market.huff import Market

    Floats = NDArray[np.float64]
    Ints = NDArray[np.int64]
    Flags = NDArray[np.bool_]


def prepare(options: dict[str, Any]) -> Callable[[], dict[str, np.ndarray]]:
    """Build the market, and return the what-ifs; options as in `sides.market`."""
    market, trading, closing = market_and_closures(options)
    return lambda: {"totals": own_sales_without_each(market, trading, closing)}


def own_sales_without_each(market: Market, is_open: Flags, options: Ints) -> Floats:
    """Total sales of all open options when one of them closes, for each of ``options``.

    The total changes only at the points that option reaches, so that each what-if costs one
    column of the attraction.

    Returns
    -------
    Floats
        USD a year, shape ``(len(options),)``.
    """
    opened = np.asarray(is_open, float)
    own = market.by_point @ opened
    total = own + market.rivals + market.elsewhere
    ratio = np.divide(own, total, out=np.zeros(market.points), where=total > 0)
    base = float(market.spending_usd_year @ ratio)
    matrix = market.by_store
    columns = [slice(matrix.indptr[j], matrix.indptr[j + 1]) for j in options]
    result = np.empty(len(options))
    for at, (option, column) in enumerate(zip(options, columns, strict=True)):
        point = matrix.indices[column]
        lost = matrix.data[column] * opened[option]
        rest = total[point] - lost
        without = np.divide(own[point] - lost, rest, out=np.zeros(len(point)), where=rest > 0)
        result[at] = base + market.spending_usd_year[point] @ (without - ratio[point])
    return result
