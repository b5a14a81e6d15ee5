"""The market that the what-ifs are asked of, and the stores that close in them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
from common import road as settings

from retail_portfolio.inputs import load_case
from retail_portfolio.model.market import huff
from retail_portfolio.model.market.trade_areas import trade_areas
from retail_portfolio.model.market.travel import Places, pairs_in_reach
from sides.our_road import our_road

if TYPE_CHECKING:
    from retail_portfolio.model.market.huff import Market


def market_and_closures(options: dict[str, Any]) -> tuple[Market, np.ndarray, np.ndarray]:
    """Return a market, which of its stores trade, and those that close one at a time.

    Parameters
    ----------
    options
        ``places``: a file of made-up places, null for the bundled case. ``closures``: how many
        stores close; those that reach the most points, which cost the most.
    """
    market, trading = _made_up(options["places"]) if options["places"] else _bundled()
    reached = np.diff(market.by_store.indptr) * trading
    return market, trading, np.sort(np.argsort(-reached, kind="stable")[: options["closures"]])


def _bundled() -> tuple[Market, np.ndarray]:
    areas = trade_areas(load_case())
    return areas.market, areas.before


def _made_up(path: str) -> tuple[Market, np.ndarray]:
    with np.load(path) as file:
        at = dict(file)
    road = our_road()
    points = Places.at(at["lat"], at["lon"])
    stores = Places.at(at["store_lat"], at["store_lon"])
    reach = pairs_in_reach(points, stores, road, settings.CUTOFF_MINUTES)
    pull = at["size_sqft"] ** settings.SIZE_EXPONENT
    attraction = huff.decay(reach.minutes, settings.DISTANCE_EXPONENT) * pull[reach.store]
    rivals, elsewhere = np.zeros(len(points)), np.full(len(points), settings.OUTSIDE)
    market = huff.market_of(reach, attraction, rivals, elsewhere, at["spending_usd_year"])
    return market, np.ones(len(stores), bool)
