"""A conversion valued by hand, and the choice that follows from it."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pandas as pd
import pytest

from retail_portfolio.inputs.case import Case
from retail_portfolio.model.market.sphere import KM_PER_MILE, great_circle_km
from retail_portfolio.model.market.surroundings import surroundings
from retail_portfolio.model.opening.conversion import COMPONENTS, conversion
from retail_portfolio.model.planning.plan import plan
from retail_portfolio.model.planning.plan_task import plan_task
from retail_portfolio.model.ranges import one_at_a_time
from tests.model.conftest import PENCIL_LEDGER, bill_of, ledger_of

KIOSK = 1_000 * (2 + 2 * float(great_circle_km(40, -75, 40.1, -75.1)) / KM_PER_MILE) ** -2
"""Attraction of the kiosk at the shop's point: 1,000 sq ft, 30 miles an hour, no factor."""
YEARS = 9
"""2 years left and two options of 5 are more than the horizon of 10; one year is dark."""


@pytest.fixture
def row(pencil_case: Case) -> pd.Series:
    table = conversion(pencil_case, bill_of(pencil_case).table).table
    assert len(table) == 1
    return table.iloc[0]


def weights() -> list[float]:
    """Discount of each trading year, seen from today, a year before the site opens."""
    return [1.09 ** -(year + 1) for year in range(1, YEARS + 1)]


def ramp(first: float, mature: float) -> list[float]:
    return [first + (mature - first) * min(year / 3, 1) for year in range(YEARS)]


def test_surroundings_of_the_shop(row: pd.Series) -> None:
    assert row["households"] == 8_000
    assert row["income_usd"] == 60_000
    miles = great_circle_km(40, -75, 41, -75) / KM_PER_MILE
    assert row["nearest_own_miles"] == pytest.approx(float(miles))


def test_sales_come_from_the_trade_area(row: pd.Series) -> None:
    """8,000 households spend 5,000 USD; every store is 2 minutes away, so that 2^-2 remains.

    Of 40 M at the salon's point 80 % go to supermarkets; the salon's 10.8 M against a market of
    25,000 sq ft x 1/4 give it an attraction of 10.8 / 21.2 x 6,250, over 12,000 / 4 a factor.
    """
    factor = 10.8 / 21.2 * 6_250 / 3_000
    shop = 4 / 28 * (12_500 + KIOSK)
    elsewhere = 0.25 * (12_500 + KIOSK + shop)
    salon = factor * 10_000 / 4
    sales = 40e6 * salon / (salon + 12_500 + elsewhere)
    assert row["mature_sales_usd_year"] == pytest.approx(sales)
    assert row["sales_usd_per_sqft_year"] == pytest.approx(sales / 10_000)
    assert row["taken_from_own_usd_year"] == 0
    assert row["taken_most_from"] == ""


def test_components_by_hand(row: pd.Series) -> None:
    """900 USD a sq ft is the salons' density: at it a mature one would earn 9 % of 9 M."""
    share = row["mature_sales_usd_year"] / 40e6
    drawn = share / (1 - share)  # attraction over everything else's
    assert drawn > 0
    sold = [40e6 * g * drawn / (1 + g * drawn) for g in ramp(0.8, 1.0)]
    margin = sum(0.2 * s * w for s, w in zip(sold, weights(), strict=True)) * 0.75
    opened = list(zip(ramp(0.8, 1.0), ramp(0.06, 0.09), weights(), strict=True))
    fixed = sum((0.2 - m) * grown * 9e6 * w for grown, m, w in opened) * 0.75
    assert row["operating_years"] == YEARS
    assert row["used_sqft"] == 10_000
    assert row["capex_usd"] == -1_000_000
    assert row["preopening_usd"] == pytest.approx(-400_000 * 0.75)
    assert row["dark_rent_usd"] == pytest.approx(-(240_000 + 90_000) * 0.75)
    assert row["unused_floor_usd"] == 0
    assert row["margin_pv_usd"] == pytest.approx(margin)
    assert row["fixed_cost_pv_usd"] == pytest.approx(-fixed)
    assert row["cannibalisation_pv_usd"] == pytest.approx(0, abs=1e-6)
    shield = 1_000_000 / YEARS * 0.25 * sum(weights())
    assert row["depreciation_shield_pv_usd"] == pytest.approx(shield)
    assert row["npv_convert_usd"] == pytest.approx(row[list(COMPONENTS)].sum())


def test_the_rest_of_a_bigger_box_is_paid_for(pencil_case: Case) -> None:
    """4,000 of 10,000 sq ft used: of the rest, 2 months dark of the void, then 40 % of the rent."""
    ledger = ledger_of(PENCIL_LEDGER | {"size_sqft.salon": 4_000 / 1.1, "sublease_void_months": 14})
    case = replace(pencil_case, ledger=ledger)
    row = conversion(case, bill_of(case).table).table.iloc[0]
    month = [1.09 ** (-m / 12) for m in range(1, 121)]
    vacant = sum(month[12:14]) * (20_000 + 7_500)
    let = 0.4 * sum(month[14:120]) * 20_000
    assert row["used_sqft"] == pytest.approx(4_000)
    assert row["unused_floor_usd"] == pytest.approx(-0.6 * (vacant + let) * 0.75)
    assert row["capex_usd"] == pytest.approx(-400_000)
    assert row["dark_rent_usd"] == pytest.approx(-(240_000 + 90_000) * 0.75)


@pytest.mark.slow
def test_a_conversion_saves_the_lease_exit_and_the_restoration(
    pencil_case: Case, row: pd.Series
) -> None:
    bill = bill_of(pencil_case).table.set_index("store_id").loc["shop-1"]
    saved = (bill["lease_exit_usd"] + 100_000 - 20_000) * 0.75
    assert row["avoided_exit_usd"] == pytest.approx(saved)
    assert row["npv_vs_exit_usd"] == pytest.approx(row["npv_convert_usd"] + saved)


@pytest.mark.slow
def test_nearer_own_stores_lower_the_value(pencil_case: Case) -> None:
    pencil_case = replace(
        pencil_case, ledger=ledger_of(PENCIL_LEDGER | {"banner_factor.salon": 1.06})
    )
    far = conversion(pencil_case, bill_of(pencil_case).table).table["npv_vs_exit_usd"]
    stores = pencil_case.stores.copy()
    near_salon = stores[stores["format"] == "salon"].assign(
        store_id="salon-2", lat=40.02, lon=-75.0
    )
    crowded = replace(pencil_case, stores=pd.concat([stores, near_salon], ignore_index=True))
    near = conversion(crowded, bill_of(crowded).table).table.iloc[0]
    assert near["nearest_own_miles"] < 2
    assert near["taken_most_from"] == "salon-2"
    mature = near["taken_from_own_usd_year"] * 0.2 * sum(weights()) * 0.75
    assert 0.9 * mature < -near["cannibalisation_pv_usd"] < mature  # the ramp takes a little off
    assert near["npv_vs_exit_usd"] < far.iloc[0] - 100_000


def test_surroundings_agree_with_brute_force() -> None:
    rng = np.random.default_rng(7)
    sites = pd.DataFrame({"lat": 40 + rng.random(6), "lon": -75 + rng.random(6)})
    demand = pd.DataFrame(
        {
            "lat": 40 + rng.random(200),
            "lon": -75 + rng.random(200),
            "households": rng.integers(0, 3_000, 200).astype(float),
            "median_household_income_usd": rng.integers(30_000, 200_000, 200).astype(float),
        }
    )
    demand.loc[::7, "median_household_income_usd"] = np.nan
    around = surroundings(sites, demand, 12)
    for place, site in sites.iterrows():
        km = great_circle_km(site["lat"], site["lon"], demand["lat"], demand["lon"])
        inside = demand[km <= 12 * KM_PER_MILE]
        known = inside.dropna()
        income = np.average(known["median_household_income_usd"], weights=known["households"])
        assert around.loc[place, "households"] == pytest.approx(inside["households"].sum())
        assert around.loc[place, "income_usd"] == pytest.approx(income)


def test_a_site_without_households_has_no_income_and_no_invented_one(pencil_case: Case) -> None:
    lonely = pd.DataFrame({"lat": [10.0], "lon": [10.0]})
    around = surroundings(lonely, pencil_case.demand, 5)
    assert around["households"].tolist() == [0]
    assert around["income_usd"].isna().all()


@pytest.mark.slow
def test_a_site_that_cannot_be_valued_is_said_to_be_so(pencil_case: Case) -> None:
    lonely = pencil_case.stores["store_id"] == "shop-1"
    stores = pencil_case.stores.assign(lat=pencil_case.stores["lat"].mask(lonely, 10.0))
    case = replace(pencil_case, stores=stores)
    values = conversion(case, bill_of(case).table)
    assert values.table["npv_vs_exit_usd"].isna().all()
    chosen = plan(plan_task(case, bill_of(case).table))
    row = chosen.table.set_index("store_id").loc["shop-1"]
    assert row["decision"] == "close"
    assert pd.isna(row["npv_vs_exit_usd"])
    assert row["reason"].startswith("not valued")
    assert chosen.sentence == "No closing store could become anything else."


def test_a_longer_horizon_binds_at_the_term_with_its_options(pencil_case: Case) -> None:
    """Two years and two options of five, less the dark year, are eleven."""
    scenario = pencil_case.scenario.model_copy(update={"horizon_years": 30})
    case = replace(pencil_case, scenario=scenario)
    assert conversion(case, bill_of(case).table).table["operating_years"].tolist() == [11]


def test_ranges_add_in_quadrature(pencil_case: Case) -> None:
    """Two independent moves of 3 and 4 around 10 give 10 - 5 and 10 + 5."""

    def totals(case: Case) -> list[float]:
        moved = case.ledger
        first = (moved.value("inventory_days") / 36.5 - 1) / 0.1
        second = (moved.value("restoration_usd_per_sqft") / 10 - 1) / 0.1
        return [10 + 3 * first + 4 * second, 7]

    keys = ["inventory_days", "restoration_usd_per_sqft"]
    moves = one_at_a_time(pencil_case, keys, totals)
    assert moves.quadrature(0) == (pytest.approx(5), pytest.approx(15))
    assert moves.extremes(0) == (pytest.approx(6), pytest.approx(14))
    assert moves.quadrature(1) == moves.extremes(1) == (7, 7)
