"""A conversion valued by hand, and the choice that follows from it."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pandas as pd
import pytest

from retail_portfolio.inputs.case import Case
from retail_portfolio.model.conversion import COMPONENTS, conversion
from retail_portfolio.model.plan import horizons, plan, plan_with_range
from retail_portfolio.model.potential import potential_index, surroundings
from retail_portfolio.model.ranges import one_at_a_time
from retail_portfolio.model.travel import KM_PER_MILE, great_circle_km
from tests.model.conftest import bill_of

YEARS = 9
"""2 years left and two options of 5 are more than the horizon of 10; one year is dark."""


@pytest.fixture
def row(pencil_case: Case) -> pd.Series:
    table = conversion(pencil_case, bill_of(pencil_case)).table
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


def test_potential_is_measured_against_the_banners_stores(row: pd.Series) -> None:
    """Twice the households, half the income: 2^0.5 x 0.5^1."""
    assert row["potential_index"] == pytest.approx(2**0.5 * 0.5)
    assert row["mature_sales_usd_year"] == pytest.approx(900 * 10_000 * 2**0.5 * 0.5)


def test_components_by_hand(row: pd.Series) -> None:
    sales = 900 * 10_000 * 2**0.5 * 0.5
    opened = list(zip(ramp(0.8, 1.0), ramp(0.06, 0.09), weights(), strict=True))
    margin = sum(sales * grown * m * w for grown, m, w in opened) * 0.75
    share = 0.2 * 0.5 ** row["nearest_own_miles"]
    taken = sum(sales * grown * share * 0.2 * w for grown, _, w in opened) * 0.75
    assert row["operating_years"] == YEARS
    assert row["capex_usd"] == -1_000_000
    assert row["preopening_usd"] == pytest.approx(-400_000 * 0.75)
    assert row["dark_rent_usd"] == pytest.approx(-(240_000 + 90_000) * 0.75)
    assert row["margin_pv_usd"] == pytest.approx(margin)
    assert row["cannibalisation_pv_usd"] == pytest.approx(-taken, abs=1e-12)
    shield = 1_000_000 / YEARS * 0.25 * sum(weights())
    assert row["depreciation_shield_pv_usd"] == pytest.approx(shield)
    assert row["npv_convert_usd"] == pytest.approx(row[list(COMPONENTS)].sum())


def test_a_conversion_saves_the_lease_exit_and_the_restoration(
    pencil_case: Case, row: pd.Series
) -> None:
    bill = bill_of(pencil_case).table.set_index("store_id").loc["shop-1"]
    saved = (bill["lease_exit_usd"] + 100_000 - 20_000) * 0.75
    assert row["avoided_exit_usd"] == pytest.approx(saved)
    assert row["npv_vs_exit_usd"] == pytest.approx(row["npv_convert_usd"] + saved)


def test_nearer_own_stores_lower_the_value(pencil_case: Case) -> None:
    far = conversion(pencil_case, bill_of(pencil_case)).table["npv_vs_exit_usd"]
    stores = pencil_case.stores.copy()
    near_salon = stores[stores["format"] == "salon"].assign(
        store_id="salon-2", lat=40.02, lon=-75.0
    )
    # Outside the demand table's reach of the peers' medians: only the distance changes.
    crowded = replace(pencil_case, stores=pd.concat([stores, near_salon], ignore_index=True))
    near = conversion(crowded, bill_of(crowded)).table
    assert near["nearest_own_miles"].iloc[0] < 2
    assert near["cannibalisation_pv_usd"].iloc[0] < -1_000
    assert far.iloc[0] != near["npv_vs_exit_usd"].iloc[0]


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


def test_a_site_without_households_has_no_potential_and_no_invented_one(pencil_case: Case) -> None:
    lonely = pd.DataFrame({"lat": [10.0], "lon": [10.0]})
    around = surroundings(lonely, pencil_case.demand, 5)
    assert around["households"].tolist() == [0]
    assert around["income_usd"].isna().all()
    assert not around["covered"].any()


def test_a_site_that_cannot_be_valued_is_said_to_be_so(pencil_case: Case) -> None:
    lonely = pencil_case.stores["store_id"] == "shop-1"
    stores = pencil_case.stores.assign(lat=pencil_case.stores["lat"].mask(lonely, 10.0))
    case = replace(pencil_case, stores=stores)
    values = conversion(case, bill_of(case))
    assert values.table["npv_vs_exit_usd"].isna().all()
    chosen = plan(case, values)
    row = chosen.table.set_index("store_id").loc["shop-1"]
    assert row["decision"] == "close"
    assert pd.isna(row["npv_vs_exit_usd"])
    assert row["reason"].startswith("not valued")
    assert chosen.sentence.startswith("0 of 0 sites")


def test_a_longer_horizon_binds_at_the_term_with_its_options(pencil_case: Case) -> None:
    """Two years and two options of five, less the dark year, are eleven."""
    scenario = pencil_case.scenario.model_copy(update={"horizon_years": 30})
    case = replace(pencil_case, scenario=scenario)
    assert conversion(case, bill_of(case)).table["operating_years"].tolist() == [11]


def test_horizons_are_told(pencil_case: Case) -> None:
    table = horizons(pencil_case).table
    assert table["horizon_years"].tolist() == [10, 15, 20]
    assert table["plan_gain_usd"].is_monotonic_increasing


def test_no_peer_to_compare_with_is_an_error(pencil_case: Case) -> None:
    nowhere = surroundings(pd.DataFrame({"lat": [10.0], "lon": [10.0]}), pencil_case.demand, 5)
    with pytest.raises(ValueError, match="no open store"):
        potential_index(nowhere, nowhere, pencil_case.ledger)


def test_the_plan_takes_every_site_that_gains(pencil_case: Case) -> None:
    values = conversion(pencil_case, bill_of(pencil_case))
    worth = values.table["npv_vs_exit_usd"].iloc[0]
    chosen = plan(pencil_case, values)
    decisions = chosen.table.set_index("store_id")["decision"]
    assert list(decisions.index) == ["shop-1", "kiosk-1"]
    assert decisions["shop-1"] == ("convert_salon" if worth > 0 else "close")
    assert decisions["kiosk-1"] == "close"
    assert chosen.objective_usd == pytest.approx(max(worth, 0))
    assert chosen.gap == 0
    assert chosen.status == "optimal"


@pytest.mark.parametrize(("psf", "decision"), [(50, "close"), (5_000, "convert_salon")])
def test_sales_decide(pencil_case: Case, psf: float, decision: str) -> None:
    ledger = pencil_case.ledger.with_overrides({"sales_usd_per_sqft_year.salon": psf})
    moved = replace(pencil_case, ledger=ledger)
    chosen = plan(moved, conversion(moved, bill_of(moved)))
    assert chosen.table["decision"].iloc[0] == decision
    worth = "less" if decision == "close" else "more"
    assert f"worth {worth} converted" in chosen.table["reason"].iloc[0]


@pytest.mark.slow
def test_the_plans_range_holds_its_value(pencil_case: Case) -> None:
    for figure in plan_with_range(
        pencil_case, conversion(pencil_case, bill_of(pencil_case))
    ).figures:
        assert figure.low is not None
        assert figure.high is not None
        assert figure.value is not None
        assert figure.low <= figure.value <= figure.high


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
