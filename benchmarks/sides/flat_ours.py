"""Sales without a cut-off by `huff.dense_sales_usd_year`, minutes made block by block."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
from common import road as settings

from retail_portfolio.model.market import huff
from retail_portfolio.model.market.sphere import great_circle_km
from sides.our_road import our_road

if TYPE_CHECKING:
    from collections.abc import Callable


def prepare(options: dict[str, Any]) -> Callable[[], dict[str, np.ndarray]]:
    """Return the computation of sales.

    Parameters
    ----------
    options
        ``places``; ``block``: points looked at together, null for what the function takes itself.
    """
    with np.load(options["places"]) as file:
        at = dict(file)
    road = our_road()
    chosen = {} if options["block"] is None else {"block": options["block"]}
    pull = at["size_sqft"] ** settings.SIZE_EXPONENT

    def remains_of(rows: slice) -> np.ndarray:
        km = great_circle_km(
            at["lat"][rows, None], at["lon"][rows, None], at["store_lat"], at["store_lon"]
        )
        km *= road.circuity
        minutes = road.minutes(km)
        minutes += road.access_minutes
        return huff.decay(minutes, settings.DISTANCE_EXPONENT)

    def run() -> dict[str, np.ndarray]:
        sales = huff.dense_sales_usd_year(
            pull, remains_of, at["spending_usd_year"], settings.OUTSIDE, **chosen
        )
        return {"sales": sales}

    return run
