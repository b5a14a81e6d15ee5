"""One small market reckoned twice: by the model, and here pair by pair as with a pencil.

In ``here-yy`` all stand on one meridian and a river parts two counties; in ``lake-yy`` a lake lies
within one county, from 42.00 to 42.05 north, and parts it at 75 west. Two shops close and may
become salons, a salon stays, rivals are of two kinds, and one of them stands far from every point.
"""

from __future__ import annotations

import math
from dataclasses import replace
from io import StringIO
from typing import Any

import numpy as np
import pandas as pd
import pytest

from retail_portfolio.inputs.case import Case
from retail_portfolio.model.market.trade_areas import TradeAreas, trade_areas
from tests.model.conftest import PENCIL_LEDGER, ledger_of

LEDGER = PENCIL_LEDGER | {
    "access_minutes": 2,
    "circuity_ratio": 1.25,
    "dense_population_per_sq_km": 10_000,
    "dense_speed_ratio": 0.5,
    "travel_speed_mph.band1": 30,
    "travel_band_upper_miles.band1": 1,
    "travel_speed_mph.band2": 60,
    "huff_size_exponent": 9,
    "huff_size_exponent.shop": 0.9,
    "huff_size_exponent.salon": 0.7,
    "huff_size_exponent.supermarket": 1.0,
    "huff_size_exponent.natural": 0.8,
    "huff_distance_exponent": 9,
    "huff_distance_exponent.shop": 2.2,
    "huff_distance_exponent.salon": 1.8,
    "huff_distance_exponent.supermarket": 2.0,
    "huff_distance_exponent.natural": 1.5,
    "banner_factor.shop": 1.5,
    "banner_factor.salon": 2.5,
    "affinity_strength": 0.5,
    "affinity_share_bachelors.shop": -1,
    "affinity_share_bachelors.salon": 2,
    "affinity_log_income.salon": 0.5,
    "affinity_log_density.salon": -0.3,
    "size_sqft.salon": 8_000,
    "size_sqft.natural": 15_000,
    "supermarket_sqft_per_household.band1": 4,
    "supermarket_sqft_per_household.band2": 2,
    "supermarket_sqft_per_household.band3": 6,
    "supermarket_sqft_per_household.band4": 2,
    "food_at_home_size_elasticity": 0.4,
    "spending_outside_supermarkets_share.band1": 0.1,
    "spending_outside_supermarkets_share.band2": 0.2,
    "spending_outside_supermarkets_share.band3": 0.3,
    "spending_outside_supermarkets_share.band4": 0.4,
}
CUTOFF_MINUTES = 25.0

POINTS = """\
name  metro   county lat   lon    households people per_sq_km income bachelors
dense here-yy 01001  40.00 -75.00 30000      60000  10000     60000  0.5
mid   here-yy 01001  40.02 -75.00 10000      27000  3000      120000 0.3
over  here-yy 01003  40.04 -75.00 20000      50000  800       40000  0.2
west  lake-yy 05005  42.02 -75.03 12000      30000  1500      240000 0.6
east  lake-yy 05005  42.02 -74.99 5000       11000  9999      60000  nan
north lake-yy 05005  42.06 -75.01 12000      33000  2000      20000  0.4
south lake-yy 05005  41.99 -74.98 4000       9000   0         60000  0.1
"""
"""The first is just as crowded as a crowded place has to be, ``east`` just not."""

FOOD_USD = {20_000: 2_000, 40_000: 4_000, 60_000: 5_000, 120_000: 10_000, 240_000: 20_000}
"""Spending by income, as the ledger's five groups have it."""

OUTSIDE = {
    "dense": 0.4,
    "mid": 0.3,
    "over": 0.1,
    "west": 0.2,
    "east": 0.4,
    "north": 0.2,
    "south": 0.1,
}
"""By density: up to 1,000, 2,500 and 5,000 people a square kilometre, and more."""

UNSEEN = {
    # 30,000 households times 2 sq ft; 20,000 of rivals and 10,000 of the shop are there.
    "dense": 30 / 20,
    # 20,000 times 4; 50,000 of the market and 12,000 of the salon. The far market is nowhere.
    "over": 18 / 50,
    # Too few for a ratio of their own: of 60, 60 and 80 thousand in the metro, 70 + 22 are there.
    "mid": 108 / 70,
    # 24,000 times 2; 30,000 of the market stand in the west, the shop in the east's own band.
    "west": 18 / 30,
    "north": 18 / 30,
    # Too few: 48 + 10 + 16 thousand wanted in the metro, 30 of the market and 9 of the shop.
    "east": 35 / 30,
    "south": 35 / 30,
}

OWN = """\
option        format sqft  lat    lon
shop-1        shop   10000 40.005 -75.00
shop-2        shop   9000  42.02  -74.99
salon-1       salon  12000 40.045 -75.00
shop-1:salon  salon  8800  40.005 -75.00
shop-2:salon  salon  8800  42.02  -74.99
"""
"""A candidate uses no more than the largest salon: a tenth over 8,000."""

RIVALS = """\
name       kind        sqft  county lat    lon
market-1   supermarket 50000 01003  40.035 -75.00
natural-1  natural     20000 01001  40.002 -75.00
market-far supermarket 40000 01003  40.10  -75.00
market-2   supermarket 30000 05005  42.03  -75.03
"""

WATER = {
    ("dense", "salon-1"): 6,
    ("mid", "salon-1"): 6,
    ("over", "shop-1"): 6,
    ("over", "shop-1:salon"): 6,
    ("dense", "market-1"): 6,
    ("mid", "market-1"): 6,
    ("over", "natural-1"): 6,
    ("dense", "market-far"): 6,
    ("mid", "market-far"): 6,
    ("west", "shop-2"): 9,
    ("west", "shop-2:salon"): 9,
    ("east", "market-2"): 9,
}
"""Minutes over the river and the lake; the lake ends before ``north`` and ``south``."""

Rows = list[dict[str, Any]]


def rows_of(text: str) -> Rows:
    table = pd.read_csv(StringIO(text), sep=r"\s+", dtype={"county": str})
    return [{str(key): value for key, value in row.items()} for row in table.to_dict("records")]


@pytest.fixture
def small(pencil_case: Case) -> Case:
    points, rivals = pd.DataFrame(rows_of(POINTS)), pd.DataFrame(rows_of(RIVALS))
    own = pd.DataFrame(rows_of(OWN)).iloc[:3]
    shops = (own["format"] == "shop").to_numpy()
    stores = pd.DataFrame(
        {
            "store_id": own["option"],
            "banner": np.where(shops, "Shop", "Salon"),
            "format": own["format"],
            "name": own["option"],
            "city": "Somewhere",
            "state": "YY",
            "status": np.where(shops, "closing", "open"),
            "lat": own["lat"],
            "lon": own["lon"],
            "size_sqft": own["sqft"].astype(float),
            "sales_usd_year": math.nan,
        }
    )
    names = {
        "name": "point_id",
        "metro": "metro_id",
        "county": "county_fips",
        "people": "population",
        "per_sq_km": "population_per_sq_km",
        "income": "median_household_income_usd",
        "bachelors": "share_bachelors",
    }
    called = {"name": "competitor_id", "sqft": "size_sqft", "county": "county_fips"}
    blank = rivals["sqft"].astype(float).mask(rivals["name"] == "market-1")
    barriers = pd.DataFrame(
        {
            "county_a": ["01001", "05005"],
            "county_b": ["01003", "05005"],
            "west_of_lon": [math.nan, -75.0],
            "lat_from": [math.nan, 42.0],
            "lat_to": [math.nan, 42.05],
            "penalty_minutes": [6.0, 9.0],
        }
    )
    scenario = pencil_case.scenario.model_copy(update={"trade_area_minutes": CUTOFF_MINUTES})
    return replace(
        pencil_case,
        scenario=scenario,
        ledger=ledger_of(LEDGER),
        stores=stores,
        demand=points.rename(columns=names),
        competitors=rivals.assign(sqft=blank, chain="Market").rename(columns=called),
        metros=pd.DataFrame(
            {"metro_id": ["here-yy", "lake-yy"], "competitor_coverage": ["complete", "partial"]}
        ),
        barriers=barriers,
    )


# --------------------------------------------------------------------------- with a pencil
def line_km(one: dict[str, Any], other: dict[str, Any]) -> float:
    """Great circle by haversines, one pair of places."""
    north = math.radians(other["lat"] - one["lat"]) / 2
    east = math.radians(other["lon"] - one["lon"]) / 2
    both = math.cos(math.radians(one["lat"])) * math.cos(math.radians(other["lat"]))
    return 2 * 6371.0088 * math.asin(math.sqrt(math.sin(north) ** 2 + both * math.sin(east) ** 2))


def minutes_by_hand(point: dict[str, Any], store: dict[str, Any], name: str) -> float:
    """1.25 times the line with the spread; a mile at 30 mph, the rest at 60; 2 minutes on foot."""
    spread = 0.0
    if point["per_sq_km"] > 0:
        spread = 2 / 3 * math.sqrt(point["people"] / point["per_sq_km"] / math.pi)
    miles = 1.25 * math.sqrt(line_km(point, store) ** 2 + spread**2) / 1.609344
    driven = 2 * min(miles, 1.0) + max(miles - 1.0, 0.0)
    if point["name"] == "dense":
        driven *= 2
    return driven + 2 + WATER.get((point["name"], name), 0)


def trait(point: dict[str, Any], name: str) -> float:
    """A point's trait, the logarithm of income and density; NaN where it is not known."""
    value = float(point[name])
    if name == "bachelors":
        return value
    return math.log(value) if value > 0 else math.nan


def centred(points: Rows, point: dict[str, Any], name: str) -> float:
    """Less the mean over the households of the metro; what is not known is average."""
    if math.isnan(trait(point, name)):
        return 0.0
    around = [p for p in points if p["metro"] == point["metro"] and not math.isnan(trait(p, name))]
    homes = sum(p["households"] for p in around)
    mean = sum(p["households"] * trait(p, name) for p in around) / homes
    return float(trait(point, name) - mean)


def affinity_by_hand(points: Rows, point: dict[str, Any], fmt: str) -> float:
    educated = centred(points, point, "bachelors")
    if fmt == "shop":
        return math.exp(0.5 * -educated)
    richer, denser = centred(points, point, "income"), centred(points, point, "per_sq_km")
    return math.exp(0.5 * (2 * educated + 0.5 * richer - 0.3 * denser))


def own_by_hand(points: Rows, point: dict[str, Any], store: dict[str, Any]) -> float:
    """Factor, floor, affinity and what the way leaves of it; nothing beyond the cut-off."""
    factor, size, rate = (1.5, 0.9, 2.2) if store["format"] == "shop" else (2.5, 0.7, 1.8)
    minutes = minutes_by_hand(point, store, store["option"])
    if minutes > CUTOFF_MINUTES:
        return 0.0
    taste = affinity_by_hand(points, point, store["format"])
    return float(factor * store["sqft"] ** size * taste / minutes**rate)


def rivals_by_hand(point: dict[str, Any]) -> float:
    """What is listed, each kind by its own exponents, and what is not for every bit of it."""
    listed = 0.0
    for rival in rows_of(RIVALS):
        size, rate = (1.0, 2.0) if rival["kind"] == "supermarket" else (0.8, 1.5)
        minutes = minutes_by_hand(point, rival, rival["name"])
        if minutes <= CUTOFF_MINUTES:
            listed += rival["sqft"] ** size / minutes**rate
    return listed * (1 + UNSEEN[point["name"]])


@pytest.fixture
def areas(small: Case) -> TradeAreas:
    return trade_areas(small)


def test_options_stand_in_the_order_of_the_table(areas: TradeAreas) -> None:
    assert areas.options["option"].tolist() == [row["option"] for row in rows_of(OWN)]
    assert areas.geography.point_of_option.tolist() == [0, 4, 2, 0, 4]
    assert areas.geography.point_of_rival.tolist() == [2, 0, -1, 3], "one stands beside nobody"


def test_the_attraction_of_own_stores(areas: TradeAreas) -> None:
    points = rows_of(POINTS)
    expected = np.array([[own_by_hand(points, p, s) for s in rows_of(OWN)] for p in points])
    assert np.count_nonzero(expected) == 3 * 3 + 4 * 2, "all of a metro and nothing beyond"
    assert areas.market.by_point.toarray() == pytest.approx(expected, rel=1e-9, abs=1e-12)


def test_the_attraction_of_rivals(areas: TradeAreas) -> None:
    expected = [rivals_by_hand(point) for point in rows_of(POINTS)]
    assert areas.market.rivals == pytest.approx(expected, rel=1e-9)


def test_what_the_lists_miss(areas: TradeAreas) -> None:
    told = areas.unseen["unseen_ratio"].to_dict()
    expected = {
        ("here-yy", 0): UNSEEN["over"],
        ("here-yy", 2): UNSEEN["mid"],
        ("here-yy", 3): UNSEEN["dense"],
        ("lake-yy", 0): UNSEEN["south"],
        ("lake-yy", 1): UNSEEN["west"],
        ("lake-yy", 3): UNSEEN["east"],
    }
    assert told == pytest.approx(expected)


def test_the_attraction_of_everything_else(areas: TradeAreas) -> None:
    """Before the wave it has its share of the spending beside trading stores and rivals."""
    points, trading = rows_of(POINTS), rows_of(OWN)[:3]
    expected = []
    for point in points:
        inside = sum(own_by_hand(points, point, store) for store in trading)
        share = OUTSIDE[point["name"]]
        expected.append(share / (1 - share) * (inside + rivals_by_hand(point)))
    assert areas.market.elsewhere == pytest.approx(expected, rel=1e-9)


def test_the_spending_of_points(areas: TradeAreas) -> None:
    """By income and, to the power of 0.4, by people a household over their mean."""
    points = rows_of(POINTS)
    mean = sum(p["people"] for p in points) / sum(p["households"] for p in points)
    expected = [
        p["households"] * FOOD_USD[p["income"]] * (p["people"] / p["households"] / mean) ** 0.4
        for p in points
    ]
    assert areas.market.spending_usd_year == pytest.approx(expected, rel=1e-9)


def test_a_place_just_as_crowded_as_the_limit_is_slow_and_the_next_is_not(small: Case) -> None:
    """From ``dense`` to the natural rival: spread, line and both speed bands, then twice that."""
    reach = trade_areas(small).geography.rivals
    found = {(i, j): t for i, j, t in zip(reach.point, reach.store, reach.minutes, strict=True)}
    line = math.radians(0.002) * 6371.0088
    miles = 1.25 * math.hypot(line, 2 / 3 * math.sqrt(6 / math.pi)) / 1.609344
    assert miles < 1
    assert found[0, 1] == pytest.approx(2 + 2 * 2 * miles)
    emptier = small.demand.assign(
        population_per_sq_km=small.demand["population_per_sq_km"].replace(10_000, 9_999.999)
    )
    moved = trade_areas(replace(small, demand=emptier)).geography.rivals
    assert moved.minutes[(moved.point == 0) & (moved.store == 1)] == pytest.approx([2 + 2 * miles])
