"""How our sides drive: the settings of `common.road` as the model takes them."""

from __future__ import annotations

import numpy as np
from common import road as settings

from retail_portfolio.model.market.travel import Road


def our_road() -> Road:
    """Return the road, on which no place is dense."""
    return Road(
        circuity=settings.CIRCUITY,
        upper_miles=settings.UPPER_MILES,
        mph=settings.MPH,
        dense_ratio=1.0,
        dense_population_per_sq_km=np.inf,
        access_minutes=settings.ACCESS_MINUTES,
    )
