"""Huff shares by retail_portfolio: without a cut-off, dense or as a sparse market."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import scipy.sparse  # noqa: F401 - imported on first use by the models; here before the start

from retail_portfolio.model.market import huff
from retail_portfolio.model.market.sphere import great_circle_km
from retail_portfolio.model.market.travel import Reach

if TYPE_CHECKING:
    from collections.abc import Callable

M_PER_KM = 1000


def prepare(options: dict[str, Any]) -> Callable[[], dict[str, np.ndarray]]:
    """Return the computation of shares and sales.

    Distances are in metres, as the peer's: no pair is then near enough for the model's shortest
    trip, which the peer does not know. Under a power decay the unit cancels out of the shares.

    Parameters
    ----------
    options
        ``places``, ``size_exponent``, ``distance_exponent``; ``kind`` is ``dense`` or ``sparse``;
        ``given``: a file of metres by point and store, or null where they belong to the work.
    """
    with np.load(options["places"]) as file:
        places = dict(file)
    given = np.load(options["given"]) if options["given"] else None
    solve = _dense if options["kind"] == "dense" else _sparse

    def run() -> dict[str, np.ndarray]:
        metres = _metres(places) if given is None else given
        pull = places["size_sqft"] ** options["size_exponent"]
        remains = huff.decay(metres, options["distance_exponent"])
        return solve(pull, remains, metres, places["spending_usd_year"])

    return run


def _metres(places: dict[str, np.ndarray]) -> np.ndarray:
    km = great_circle_km(
        places["lat"][:, None], places["lon"][:, None], places["store_lat"], places["store_lon"]
    )
    km *= M_PER_KM
    return km


def _dense(
    pull: np.ndarray, remains: np.ndarray, metres: np.ndarray, spending: np.ndarray
) -> dict[str, np.ndarray]:
    del metres
    shares = huff.dense_shares(pull, remains)
    return {"shares": shares, "sales": spending @ shares}


def _sparse(
    pull: np.ndarray, remains: np.ndarray, metres: np.ndarray, spending: np.ndarray
) -> dict[str, np.ndarray]:
    points, stores = metres.shape
    reach = Reach(
        np.arange(points + 1) * stores,
        np.tile(np.arange(stores, dtype=np.int32), points),
        metres.ravel(),
        metres.ravel(),
        stores,
    )
    nothing, everything = np.zeros(points), np.ones(stores, bool)
    attraction = (remains * pull).ravel()
    market = huff.market_of(reach, attraction, nothing, nothing, spending)
    shares = huff.shares(market, everything)
    return {
        "shares": shares.data.reshape(points, stores),
        "sales": huff.sales_usd_year(market, everything),
    }
