"""Huff's formulas on every pair, without a cut-off: what the sparse market is held to.

The models ask `retail_portfolio.model.market.huff` alone, which knows the pairs in reach.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Callable

    from numpy.typing import NDArray

    Floats = NDArray[np.float64]

BLOCK = 64
"""Demand points of a dense computation that are held together; few, so that they stay in cache."""


def dense_shares(pull: Floats, remains: Floats, outside: Floats | float = 0.0) -> Floats:
    """Market shares without a cut-off, shape ``(points, stores)``.

    Parameters
    ----------
    pull
        a of each store, shape ``(stores,)``.
    remains
        Decay of each pair, shape ``(points, stores)``.
    outside
        Attraction of everything else at each point, shape ``(points,)`` or one for all.
    """
    attraction = remains * pull
    total = attraction.sum(axis=1) + outside
    reached = total[:, None] > 0
    shared: Floats = np.divide(
        attraction, total[:, None], out=np.zeros_like(attraction), where=reached
    )
    return shared


def dense_sales_usd_year(
    pull: Floats,
    remains_of: Callable[[slice], Floats],
    spending_usd_year: Floats,
    outside: Floats | float = 0.0,
    block: int = BLOCK,
) -> Floats:
    """Sales of every store without a cut-off, in memory that does not grow with the points.

    Parameters
    ----------
    remains_of
        Gives the decay of the points of a slice to all stores, shape ``(slice, stores)``.
    block
        Points looked at together.
    """
    points = len(spending_usd_year)
    beyond = np.broadcast_to(np.asarray(outside, float), (points,))
    sold = np.zeros(len(pull))
    for first in range(0, points, block):
        rows = slice(first, min(first + block, points))
        remains = remains_of(rows)
        total = remains @ pull + beyond[rows]
        per = np.divide(spending_usd_year[rows], total, out=np.zeros_like(total), where=total > 0)
        sold += per @ remains
    return sold * pull
