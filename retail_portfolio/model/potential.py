"""How good a site is: households and income around it, and the nearest own store.

For a site s the households H_s and the mean I_s of household income are taken over the demand
points within a radius; the income of a point is the median of its area, so I_s is a
household-weighted mean of medians. The potential index compares the site with the stores that
trade under the target banner today,

    index_s = (H_s / H~)^a (I_s / I~)^b

with H~ and I~ the medians over those stores that lie inside the demand table, and a and b the
ledger's elasticities of sales. An index of 1 is the typical store of the banner.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from retail_portfolio.model.travel import KM_PER_MILE, nearest, within_km

if TYPE_CHECKING:
    from retail_portfolio.inputs.assumptions import Ledger

COVERED_KM = 3.0
"""A store farther than this from every demand point lies outside the demand table."""


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
        Index of ``sites``: ``households`` (>= 0), ``income_usd`` (blank where there are no
        households of known income) and ``covered`` (a demand point lies within `COVERED_KM`).
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
    _, km = nearest(sites["lat"], sites["lon"], demand["lat"], demand["lon"])
    return pd.DataFrame(
        {
            "households": np.bincount(site, households, count),
            "income_usd": mean,
            "covered": km <= COVERED_KM,
        },
        index=sites.index,
    )


def potential_index(around: pd.DataFrame, peers: pd.DataFrame, ledger: Ledger) -> pd.Series:
    """Return the potential index of each site, 1 for the typical peer; blank without income.

    Parameters
    ----------
    around, peers
        Tables of `surroundings` for the sites and for the stores they are compared with. Only
        peers inside the demand table count.

    Raises
    ------
    ValueError
        If no peer lies inside the demand table.
    """
    typical = peers.loc[peers["covered"] & (peers["households"] > 0)]
    if typical.empty:
        message = "no open store of the target banner lies inside demand.csv to compare with"
        raise ValueError(message)
    households = around["households"] / typical["households"].median()
    income = around["income_usd"] / typical["income_usd"].median()
    a, b = ledger.value("sales_elasticity_households"), ledger.value("sales_elasticity_income")
    return households**a * income**b
