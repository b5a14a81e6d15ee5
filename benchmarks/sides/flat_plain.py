"""The same sales in plain chunked numpy."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
from common.plain import decay, great_circle_km, minutes_of_km
from common.road import OUTSIDE, SIZE_EXPONENT

if TYPE_CHECKING:
    from collections.abc import Callable


def prepare(options: dict[str, Any]) -> Callable[[], dict[str, np.ndarray]]:
    """Return the computation of sales; options as in `sides.flat_ours`."""
    with np.load(options["places"]) as file:
        at = dict(file)
    pull = at["size_sqft"] ** SIZE_EXPONENT
    spending, block = at["spending_usd_year"], options["block"]

    def run() -> dict[str, np.ndarray]:
        lat, lon = np.radians(at["lat"]), np.radians(at["lon"])
        store_lat, store_lon = np.radians(at["store_lat"]), np.radians(at["store_lon"])
        sales = np.zeros(len(pull))
        for first in range(0, len(lat), block):
            rows = slice(first, first + block)
            km = great_circle_km(lat[rows], lon[rows], store_lat, store_lon)
            attraction = decay(minutes_of_km(km)) * pull
            total = attraction.sum(axis=1) + OUTSIDE
            sales += (spending[rows] / total) @ attraction
        return {"sales": sales}

    return run
