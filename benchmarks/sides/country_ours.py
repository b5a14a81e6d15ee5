"""A whole country through the sparse market: pairs in reach, attraction, sales."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import scipy.sparse
import scipy.spatial  # noqa: F401 - the models import it on first use; here before the start
from common import road as settings

from retail_portfolio.model.market import huff
from retail_portfolio.model.market.travel import Places, pairs_in_reach
from sides.our_road import our_road

if TYPE_CHECKING:
    from collections.abc import Callable


def prepare(options: dict[str, Any]) -> Callable[[], dict[str, np.ndarray]]:
    """Return the computation of sales; ``places`` is the one option."""
    with np.load(options["places"]) as file:
        at = dict(file)
    points = Places.at(at["lat"], at["lon"])
    stores = Places.at(at["store_lat"], at["store_lon"])
    road = our_road()
    pull = at["size_sqft"] ** settings.SIZE_EXPONENT

    def run() -> dict[str, np.ndarray]:
        reach = pairs_in_reach(points, stores, road, settings.CUTOFF_MINUTES)
        attraction = huff.decay(reach.minutes, settings.DISTANCE_EXPONENT)
        attraction *= pull[reach.store]
        rivals, elsewhere = np.zeros(reach.points), np.full(reach.points, settings.OUTSIDE)
        market = huff.market_of(reach, attraction, rivals, elsewhere, at["spending_usd_year"])
        sales = huff.sales_usd_year(market, np.ones(len(stores), bool))
        return {"sales": sales, "pairs": np.array(len(reach.store))}

    return run
