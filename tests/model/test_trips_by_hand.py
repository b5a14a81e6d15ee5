"""Ways to supermarkets, places of stores, factors and thin bands, with numbers made by hand."""

from __future__ import annotations

import math
from dataclasses import replace

import numpy as np
import pandas as pd
import pytest

from retail_portfolio.inputs.case import Case
from retail_portfolio.model.market import travel
from retail_portfolio.model.market.fit import fit_by_metro
from retail_portfolio.model.market.geography import geography
from retail_portfolio.model.market.siting import fit_siting, place_traits
from retail_portfolio.model.market.sphere import nearest
from retail_portfolio.model.market.trade_areas import trade_areas
from retail_portfolio.model.market.travel import Places, Road, pairs_in_reach, reach_of_matrix
from retail_portfolio.model.market.trips import trip_miles, trip_ratio
from retail_portfolio.model.market.unseen import BANDS, cells_of, unseen_table
from tests.model.conftest import PENCIL_LEDGER, ledger_of

MILE_KM = 1.609344


@pytest.fixture
def measured(pencil_case: Case) -> Case:
    """Minutes and miles of every pair are given; the market by the shop has 40,000 sq ft."""
    pairs = [
        ("p-shop", "kiosk-1", 1.0, 0.1),
        ("p-shop", "shop-1", 4.0, 1.0),
        ("p-shop", "market-1", 8.0, 2.0),
        ("p-salon", "salon-1", 5.0, 3.0),
        ("p-salon", "market-2", 10.0, 1.5),
    ]
    times = pd.DataFrame(pairs, columns=["from_id", "to_id", "travel_minutes", "travel_km"])
    times["travel_km"] *= MILE_KM
    return replace(
        pencil_case,
        ledger=ledger_of(PENCIL_LEDGER | {"huff_size_exponent": 0.5}),
        competitors=pencil_case.competitors.assign(size_sqft=[40_000.0, 22_500.0]),
        stores=pencil_case.stores.assign(size_sqft=[10_000.0, 1_000.0, 14_400.0]),
        travel_times=times,
    )


def test_trip_miles_by_hand(measured: Case) -> None:
    """Roots of 10,000 and 40,000 over 4 and 8 squared; of 14,400 and 22,500 over 5 and 10 squared.

    The kiosk is nearer than both and no supermarket; the candidate stands where the shop stands
    and does not trade.
    """
    chosen, least = trip_miles(measured, geography(measured), 2.0)
    here = (100 / 16 * 1.0 + 200 / 64 * 2.0) / (100 / 16 + 200 / 64)
    yonder = (120 / 25 * 3.0 + 150 / 100 * 1.5) / (120 / 25 + 150 / 100)
    assert chosen == pytest.approx([here, yonder])
    assert least == pytest.approx([1.0, 1.5])


def test_the_trip_ratio_counts_households(measured: Case) -> None:
    here, yonder = 4 / 3, (4.8 * 3.0 + 1.5 * 1.5) / 6.3
    expected = (8_000 * here + 4_000 * yonder) / (8_000 * 1.0 + 4_000 * 1.5)
    assert trip_ratio(measured, geography(measured), 2.0) == pytest.approx(expected)


def test_a_point_with_a_kiosk_alone_makes_no_trip(measured: Case) -> None:
    assert measured.travel_times is not None
    alone = measured.travel_times[~measured.travel_times["to_id"].isin(["shop-1", "market-1"])]
    case = replace(measured, travel_times=alone)
    chosen, least = trip_miles(case, geography(case), 2.0)
    assert np.isnan([chosen[0], least[0]]).all()
    assert trip_ratio(case, geography(case), 2.0) == pytest.approx((4.8 * 3 + 1.5**2) / 6.3 / 1.5)


# --------------------------------------------------------------------------- places of stores
def test_place_traits_by_hand() -> None:
    """Four miles are 6.4 km: households at 5 km count, those at 7 km do not."""
    degree_km = math.radians(1.0) * 6371.0088
    demand = pd.DataFrame(
        {
            "metro_id": "here-yy",
            "lat": [40.0, 40.0 + 5 / degree_km, 40.0 - 7 / degree_km],
            "lon": -75.0,
            "households": [1_000.0, 3_000.0, 4_000.0],
            "share_bachelors": [0.1, 0.5, 0.6],
            "median_household_income_usd": [math.e**10, math.e**12, math.e**11],
            "population_per_sq_km": [math.e**4, math.e**8, math.e**9],
        }
    )
    around = place_traits(np.array([40.0, 45.0]), np.array([-75.0, -75.0]), demand)
    assert np.isnan(around[1]).all(), "nobody lives there"
    educated = (0.1 + 3 * 0.5) / 4 - (0.1 + 3 * 0.5 + 4 * 0.6) / 8
    income = (10 + 3 * 12) / 4 - (10 + 3 * 12 + 4 * 11) / 8
    density = (4 + 3 * 8) / 4 - (4 + 3 * 8 + 4 * 9) / 8
    assert around[0] == pytest.approx([educated, income, density])


@pytest.mark.slow
def test_the_whole_auc_is_that_of_metros_weighted_with_their_stores(case: Case) -> None:
    fit = fit_siting(case, "wfm")
    own = case.stores[(case.stores["status"] == "open") & (case.stores["format"] == "wfm")]
    at, km = nearest(own["lat"], own["lon"], case.demand["lat"], case.demand["lon"])
    stores = case.demand["metro_id"].iloc[at[km <= 3.0]].value_counts()
    counted = {name: int(stores[name]) for name in fit.auc_by_metro}
    assert sum(counted.values()) == fit.stores
    assert len(set(counted.values())) > 1
    whole = sum(fit.auc_by_metro[name] * count for name, count in counted.items()) / fit.stores
    assert fit.auc == pytest.approx(whole, rel=1e-12)
    assert fit.auc != pytest.approx(np.mean(list(fit.auc_by_metro.values())), abs=1e-4)


def test_the_fit_of_a_metro_by_hand(measured: Case) -> None:
    """The one salon sells what is assumed of it: 900 USD a square foot, no residual."""
    table = fit_by_metro(measured, trade_areas(measured), "salon").table.set_index("metro_id")
    assert table.loc["yonder-yy", "stores"] == 1
    assert table.loc["yonder-yy", "modelled_sales_usd_per_sqft_year"] == pytest.approx(900)
    assert table.loc["yonder-yy", "residual_share"] == pytest.approx(0, abs=1e-9)
    assert table.loc["here-yy", "trip_ratio"] == pytest.approx(4 / 3)
    assert table.loc["yonder-yy", "trip_ratio"] == pytest.approx((4.8 * 3 + 1.5**2) / 6.3 / 1.5)


# ----------------------------------------------------------------------------------- factors
def test_a_format_without_stores_pulls_as_its_banner_does(pencil_case: Case) -> None:
    """Of the banner's two formats the salon sells most; a parlour comes first by its name."""
    settings = pencil_case.scenario
    formats = {
        **settings.formats,
        "compact": settings.formats["salon"],
        "parlour": settings.formats["salon"],
    }
    scenario = settings.model_copy(update={"formats": formats, "convert_to": ("compact",)})
    parlour = pencil_case.stores.iloc[[2]].assign(
        store_id="parlour-1", format="parlour", size_sqft=6_000.0
    )
    stores = pd.concat([pencil_case.stores, parlour], ignore_index=True)
    factors = trade_areas(replace(pencil_case, scenario=scenario, stores=stores)).factors
    assert factors["compact"] == factors["salon"]
    assert len({factors["salon"], factors["parlour"], factors["shop"], 1.0}) == 4


# -------------------------------------------------------------------------------- thin bands
@pytest.mark.parametrize(("households", "ratio"), [(19_999.0, 450 / 400), (20_000.0, 0.5)])
def test_a_band_of_twenty_thousand_households_stands_for_itself(
    households: float, ratio: float
) -> None:
    """The thin band alone misses half of its list; the metro misses 450 of 400 thousand.

    Own floor counts in both: 100,000 sq ft in the thin band, 50,000 in the other.
    """
    demand = pd.DataFrame(
        {
            "metro_id": "here-yy",
            "households": [households, 70_000.0],
            "population_per_sq_km": [100.0, 9_000.0],
        }
    )
    rows = dict.fromkeys((f"supermarket_sqft_per_household.{band}" for band in BANDS), 10.0)
    rows["supermarket_sqft_per_household.band1"] = 250_000 / households
    rows["supermarket_sqft_per_household.band4"] = 750_000 / 70_000
    table = unseen_table(
        cells_of(demand),
        np.array([0, 1]),
        np.array([100_000.0, 300_000.0]),
        np.array([0, 1]),
        np.array([100_000.0, 50_000.0]),
        ledger_of(rows),
    )
    assert table["unseen_ratio"].iloc[0] == pytest.approx(ratio)
    assert table["unseen_ratio"].iloc[1] == pytest.approx(400 / 300)


# ------------------------------------------------------------------------------------ travel
ROAD = Road(
    circuity=1.0,
    upper_miles=(),
    mph=(60.0,),
    dense_ratio=0.5,
    dense_population_per_sq_km=10_000.0,
    access_minutes=1.0,
)


def test_a_pair_just_at_the_cut_off_counts() -> None:
    """At one place: a minute on foot and five over the water are six."""
    here = Places.at(np.array([40.0]), np.array([-75.0]))
    five = np.array([[5.0]])
    assert pairs_in_reach(here, here, ROAD, 6.0, five).minutes.tolist() == [6.0]
    assert len(pairs_in_reach(here, here, ROAD, 5.999, five).store) == 0
    matrix = pd.DataFrame(
        {"from_id": ["a", "a"], "to_id": ["s", "t"], "travel_minutes": [6.0, 6.001]}
    ).assign(travel_km=1.0)
    assert reach_of_matrix(matrix, ["a"], ["s", "t"], 6.0).store.tolist() == [0]


def test_each_block_looks_at_its_own_points(monkeypatch: pytest.MonkeyPatch) -> None:
    """Three points in two blocks beside one store: spread, crowded, and beyond the water."""
    monkeypatch.setattr(travel, "BLOCK", 2)
    plain = Places.at(np.full(3, 40.0), np.full(3, -75.0))
    miles = np.array([1.0, 2.0, 4.0])
    points = Places(
        plain.lat,
        plain.lon,
        np.array([0, 1, 1]),
        miles * MILE_KM,
        np.array([False, False, True]),
    )
    store = Places.at(np.array([40.0]), np.array([-75.0]))
    penalty = np.array([[0.0, 7.0], [7.0, 0.0]])
    reach = pairs_in_reach(points, store, ROAD, 30.0, penalty)
    assert reach.start.tolist() == [0, 1, 2, 3]
    assert reach.minutes == pytest.approx([1 + 1, 2 + 1 + 7, 4 * 2 + 1 + 7])
    assert reach.km == pytest.approx(miles * MILE_KM)
