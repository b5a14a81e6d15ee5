"""What lies near the stores that close: competitors and households within a radius of one of them.

A point is near where the great circle to the nearest closing store is no longer than the radius.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from retail_portfolio.model.market.sphere import within_km
from retail_portfolio.model.number_words import short
from retail_portfolio.model.result import Result

if TYPE_CHECKING:
    import pandas as pd

    from retail_portfolio.inputs.case import Case

COMPETITORS_KM = 25.0
"""Competitors further from every closing store are no part of its story."""
DEMAND_KM = 15.0
"""Demand further from every closing store is no part of its story."""
_COMPETITORS = (
    *("competitor_id", "chain", "kind", "name", "street", "city", "state", "lat", "lon"),
    *("size_sqft", "as_of", "source"),
)
_DEMAND = ("point_id", "lat", "lon", "households", "median_household_income_usd")


def competitors_near(case: Case, radius_km: float = COMPETITORS_KM) -> Result:
    """Return the competitors near a closing store.

    Parameters
    ----------
    case
        The case.
    radius_km
        Great-circle radius, km, above zero.

    Returns
    -------
    Result
        One row a competitor: ``competitor_id, chain, kind, name, street, city, state, lat, lon,
        size_sqft, as_of, source``, in the order of the list.
    """
    near = case.competitors[_near(case, case.competitors, radius_km)]
    table = near[[name for name in _COMPETITORS if name in near.columns]].reset_index(drop=True)
    sentence = (
        f"{len(table):,} of {len(case.competitors):,} competitors on the lists are within "
        f"{radius_km:g} km of a closing store."
    )
    return Result(
        table, sentence, {"size_sqft": "sqft"}, {"size_sqft": "observed"}, words=case.words
    )


def demand_near(case: Case, radius_km: float = DEMAND_KM) -> Result:
    """Return the demand points near a closing store.

    Parameters
    ----------
    case, radius_km
        As for `competitors_near`.

    Returns
    -------
    Result
        One row a point with households: ``point_id, lat, lon, households,
        median_household_income_usd``, in the order of the table of demand.
    """
    points = case.demand[case.demand["households"] > 0]
    near = points[_near(case, points, radius_km)]
    table = near[list(_DEMAND)].reset_index(drop=True)
    sentence = (
        f"{short(table['households'].sum())} households live within {radius_km:g} km of a closing "
        "store."
    )
    return Result(
        table,
        sentence,
        {"households": "households", "median_household_income_usd": "usd"},
        {"households": "observed", "median_household_income_usd": "observed"},
        words=case.words,
    )


def _near(case: Case, points: pd.DataFrame, radius_km: float) -> np.ndarray:
    stores = case.stores
    closing = stores[(stores["status"] == "closing") & stores["lat"].notna()]
    near = np.zeros(len(points), bool)
    placed = points["lat"].notna().to_numpy()
    where = points[placed]
    _, found = within_km(closing["lat"], closing["lon"], where["lat"], where["lon"], radius_km)
    near[np.flatnonzero(placed)[np.unique(found)]] = True
    return near
