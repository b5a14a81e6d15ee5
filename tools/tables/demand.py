"""demand.csv: Census tracts with households and income borrowed from the nearest ZIP area."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd

from tools.tables.output import format_column
from tools.tables.spatial import nearest, unit_vectors

COLUMNS = (
    "point_id",
    "metro_id",
    "county_fips",
    "zip",
    "lat",
    "lon",
    "population",
    "households",
    "median_household_income_usd",
    "share_over_200k",
    "share_bachelors",
    "share_no_vehicle",
    "population_per_sq_km",
)

SQ_KM_PER_SQ_MILE = 2.589988


@dataclass(frozen=True)
class DemandReport:
    """What was dropped and how far figures were borrowed."""

    tracts: int
    empty_tracts: int
    zips_without_figures: int
    median_borrow_m: float
    largest_borrow_m: float


def tract_table(source: pd.DataFrame) -> pd.DataFrame:
    """Return tracts with their code, county, population and centre as numbers."""
    county = source["STATEFP"] + source["COUNTYFP"]
    return pd.DataFrame(
        {
            "point_id": county + source["TRACTCE"],
            "county_fips": county,
            "population": source["POPULATION"].astype(int),
            "lat": source["LATITUDE"].astype(float),
            "lon": source["LONGITUDE"].astype(float),
        }
    )


def build_demand(
    tracts: pd.DataFrame, metro_of_county: dict[str, str], zips: pd.DataFrame
) -> tuple[pd.DataFrame, DemandReport]:
    """Build demand.csv.

    Parameters
    ----------
    tracts : pandas.DataFrame
        `tract_table` of the country.
    metro_of_county : dict
        County code to metro id, for the counties wanted.
    zips : pandas.DataFrame
        ZIP areas; those without income, households or population lend nothing.

    Returns
    -------
    table : pandas.DataFrame
        Text columns as in `COLUMNS`. Households are the tract's population times the ZIP area's
        households per head; shares are 0 to 1.
    report : DemandReport
    """
    wanted = tracts[tracts["county_fips"].isin(list(metro_of_county))]
    filled = wanted[wanted["population"] > 0].reset_index(drop=True)
    needed = ["median_household_income", "households", "population", "population_density"]
    shares = ["pct_over_200k", "pct_bachelors_or_higher", "pct_no_vehicles"]
    full = zips[needed + shares].notna().all(axis=1) & (zips[needed] > 0).all(axis=1)
    lenders = zips[full].reset_index(drop=True)
    index, distance_m = nearest(
        unit_vectors(filled["lat"], filled["lon"]), unit_vectors(lenders["lat"], lenders["lon"])
    )
    lent = lenders.iloc[index].reset_index(drop=True)
    table = filled.copy()
    table["metro_id"] = [metro_of_county[county] for county in table["county_fips"]]
    table["zip"] = lent["zip"]
    table["households"] = table["population"] * lent["households"] / lent["population"]
    table["median_household_income_usd"] = lent["median_household_income"]
    table["share_over_200k"] = lent["pct_over_200k"]
    table["share_bachelors"] = lent["pct_bachelors_or_higher"]
    table["share_no_vehicle"] = lent["pct_no_vehicles"]
    table["population_per_sq_km"] = lent["population_density"] / SQ_KM_PER_SQ_MILE
    decimals = {"lat": 5, "lon": 5, "population": 0, "households": 0}
    decimals |= {"median_household_income_usd": 0, "population_per_sq_km": 1}
    decimals |= {"share_over_200k": 4, "share_bachelors": 4, "share_no_vehicle": 4}
    for column, places in decimals.items():
        format_column(table, column, places)
    report = DemandReport(
        tracts=len(table),
        empty_tracts=int((wanted["population"] <= 0).sum()),
        zips_without_figures=int((~full).sum()),
        median_borrow_m=float(np.median(distance_m)),
        largest_borrow_m=float(np.max(distance_m)),
    )
    return table[list(COLUMNS)], report
