"""Surroundings: households and their income within a radius of a site.

What a reader knows of a place before any model: H households within the radius, and the mean over
them of household income, where the income of a point is the median of its area.
"""

from __future__ import annotations

import numpy as np
import pandas as pd

from retail_portfolio.model.market.sphere import KM_PER_MILE, within_km


def surroundings(sites: pd.DataFrame, demand: pd.DataFrame, radius_miles: float) -> pd.DataFrame:
    """Count households and average their income around each site.

    Parameters
    ----------
    sites
        Has columns ``lat, lon`` in degrees.
    demand
        Has columns ``lat, lon, households, median_household_income_usd``.
    radius_miles
        Great-circle radius, miles, above zero.

    Returns
    -------
    DataFrame
        Index of ``sites``: ``households`` (>= 0) and ``income_usd`` (blank where there are no
        households of known income).
    """
    site, point = within_km(
        sites["lat"], sites["lon"], demand["lat"], demand["lon"], radius_miles * KM_PER_MILE
    )
    households = demand["households"].to_numpy(float)[point]
    income = demand["median_household_income_usd"].to_numpy(float)[point]
    known = ~np.isnan(income)
    count = len(sites)
    weight = np.bincount(site[known], households[known], count)
    earned = np.bincount(site[known], (households * income)[known], count)
    with_income = weight > 0
    mean = np.full(count, np.nan)
    mean[with_income] = earned[with_income] / weight[with_income]
    return pd.DataFrame(
        {"households": np.bincount(site, households, count), "income_usd": mean},
        index=sites.index,
    )
