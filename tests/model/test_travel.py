"""Minutes and kilometres by hand, pairs against brute force, water, and matrices from a file."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from retail_portfolio.inputs.assumptions import Ledger
from retail_portfolio.model.market import travel
from retail_portfolio.model.market.sphere import KM_PER_MILE, great_circle_km
from retail_portfolio.model.market.travel import (
    Places,
    Reach,
    Road,
    pairs_in_reach,
    reach_of_matrix,
    road_of,
)
from retail_portfolio.model.market.water import zones
from tests.model.conftest import ledger_of

ROAD = Road(
    circuity=1.3,
    upper_miles=(2.0, 5.0, 12.0),
    mph=(18.0, 25.0, 32.0, 42.0),
    dense_ratio=0.8,
    dense_population_per_sq_km=10_000.0,
    access_minutes=1.0,
)


def test_minutes_by_hand() -> None:
    """20 miles: 2 at 18 mph, 3 at 25, 7 at 32 and 8 at 42."""
    miles = np.array([0.0, 1.0, 2.0, 5.0, 20.0])
    expected = [
        0,
        60 / 18,
        120 / 18,
        120 / 18 + 180 / 25,
        120 / 18 + 180 / 25 + 420 / 32 + 480 / 42,
    ]
    assert ROAD.minutes(miles * KM_PER_MILE) == pytest.approx(expected)


@given(st.floats(0, 200), st.floats(0, 200))
def test_farther_takes_longer(one: float, other: float) -> None:
    near, far = sorted((one, other))
    minutes = ROAD.minutes(np.array([near, far]))
    assert minutes[0] <= minutes[1]


@given(st.floats(1.5, 120))
def test_the_farthest_point_is_just_in_reach(limit: float) -> None:
    km = ROAD.farthest_km(limit)
    minutes = ROAD.minutes(np.array([km * ROAD.circuity]))[0] + ROAD.access_minutes
    assert minutes == pytest.approx(limit)


def test_who_only_parks_gets_nowhere() -> None:
    assert ROAD.farthest_km(0.5) == ROAD.farthest_km(1.0) == 0
    assert ROAD.farthest_km(1.0 + 60 / 18) == pytest.approx(KM_PER_MILE / 1.3)


def test_the_road_is_read_from_the_ledger_with_as_many_bands_as_it_has() -> None:
    rows = {
        "circuity_ratio": 1.2,
        "dense_speed_ratio": 0.5,
        "dense_population_per_sq_km": 9_000,
        "access_minutes": 3,
        "travel_speed_mph.band1": 20,
        "travel_speed_mph.band2": 40,
        "travel_band_upper_miles.band1": 4,
    }
    road = road_of(ledger_of(rows))
    assert road == Road(1.2, (4.0,), (20.0, 40.0), 0.5, 9_000.0, 3.0)


@pytest.mark.parametrize("bands", [1, 3])
def test_a_road_may_have_one_band_of_speed_or_many(bands: int) -> None:
    rows = dict.fromkeys(
        ("circuity_ratio", "dense_speed_ratio", "dense_population_per_sq_km", "access_minutes"), 1.0
    )
    rows |= {f"travel_speed_mph.band{n}": 10.0 * n for n in range(1, bands + 1)}
    rows |= {f"travel_band_upper_miles.band{n}": 2.0 * n for n in range(1, bands)}
    road = road_of(ledger_of(rows))
    assert road.mph == (10.0, 20.0, 30.0)[:bands]
    assert road.upper_miles == (2.0, 4.0)[: bands - 1]


def test_bands_without_a_speed_are_refused() -> None:
    road = replace(ROAD, mph=ROAD.mph[:-1])
    with pytest.raises(ValueError, match="zip"):
        road.minutes(np.ones(1))
    with pytest.raises(ValueError, match="zip"):
        road.farthest_km(30)


def test_spread_is_two_thirds_of_the_radius_of_a_disc() -> None:
    people, density = np.array([np.pi * 900, 0.0, 500.0]), np.array([100.0, 100.0, 0.0])
    spoilt = [np.full(3, np.nan) for _ in range(16)]
    spoilt.clear()  # what memory held before is no spread
    assert travel.spread_km(people, density) == pytest.approx([2.0, 0.0, 0.0])
    alone = travel.spread_km(np.array([1.0]), np.array([0.5]))
    assert alone == pytest.approx([2 / 3 * np.sqrt(2 / np.pi)])


def scattered(count: int, seed: int) -> Places:
    rng = np.random.default_rng(seed)
    plain = Places.at(40 + rng.random(count) * 0.6, -75 + rng.random(count) * 0.6)
    spread = rng.random(count) * 2
    zone = rng.integers(0, 2, count)
    return Places(plain.lat, plain.lon, zone, spread, rng.random(count) < 0.3)


def test_pairs_agree_with_brute_force(monkeypatch: pytest.MonkeyPatch) -> None:
    """Every pair one by one, over several blocks."""
    monkeypatch.setattr(travel, "BLOCK", 17)
    points, stores = scattered(60, 1), scattered(25, 2)
    penalty = np.array([[0.0, 7.0], [7.0, 0.0]])
    reach = pairs_in_reach(points, stores, ROAD, 30, penalty)
    found = {
        (int(i), int(j)): (minutes, km)
        for i, j, minutes, km in zip(reach.point, reach.store, reach.minutes, reach.km, strict=True)
    }
    expected = {}
    for i in range(len(points)):
        for j in range(len(stores)):
            line = float(
                great_circle_km(points.lat[i], points.lon[i], stores.lat[j], stores.lon[j])
            )
            km = 1.3 * (line**2 + points.spread_km[i] ** 2) ** 0.5
            minutes = float(ROAD.minutes(np.array([km]))[0])
            minutes = minutes / (0.8 if points.slow[i] else 1) + 1
            minutes += 7 * (points.zone[i] != stores.zone[j])
            if minutes <= 30:
                expected[i, j] = (minutes, km)
    assert set(found) == set(expected)
    for pair, numbers in expected.items():
        assert found[pair] == pytest.approx(numbers, rel=1e-9)
    order = np.lexsort((reach.store, reach.point))
    assert (order == np.arange(len(order))).all(), "pairs stand by point, then by store"


def test_who_is_just_in_reach_is_in_reach() -> None:
    here = Places.at(np.array([40.0, 40.05]), np.array([-75.0, -75.0]))
    there = Places.at(np.array([40.1]), np.array([-75.0]))
    far = pairs_in_reach(here, there, ROAD, 60).minutes
    assert far[0] > far[1]
    just = pairs_in_reach(here, there, ROAD, float(far[0]))
    assert just.start.tolist() == [0, 1, 2]
    assert just.minutes.tolist() == far.tolist()
    short = pairs_in_reach(here, there, ROAD, float(np.nextafter(far[0], 0)))
    assert short.start.tolist() == [0, 0, 1]
    assert [len(here), short.points, short.stores] == [2, 2, 1]
    turned = Places.at(here.lat[::-1], here.lon)
    short = pairs_in_reach(turned, there, ROAD, float(np.nextafter(far[0], 0)))
    assert short.start.tolist() == [0, 1, 1]


def test_plain_places_lie_on_one_side_of_all_water() -> None:
    here = Places.at(np.array([40.0]), np.array([-75.0]))
    penalty = np.array([[0.0, 7.0], [7.0, 7.0]])
    assert pairs_in_reach(here, here, ROAD, 30, penalty).minutes.tolist() == [1.0]


def test_stores_that_are_not_wanted_stay_and_nobody_reaches_them() -> None:
    reach = Reach(
        np.array([0, 2, 2, 5]),
        np.array([0, 2, 0, 1, 2], np.int32),
        np.array([1.0, 2, 3, 4, 5]),
        np.array([0.1, 0.2, 0.3, 0.4, 0.5]),
        3,
    )
    assert reach.point.tolist() == [0, 0, 2, 2, 2]
    few = reach.of_stores(np.array([False, True, True]))
    assert few.start.tolist() == [0, 1, 1, 3]
    assert few.start.dtype == reach.start.dtype
    assert few.store.tolist() == [2, 1, 2]
    assert few.minutes.tolist() == [2, 4, 5]
    assert few.km.tolist() == [0.2, 0.4, 0.5]
    assert (few.points, few.stores) == (3, 3)
    assert reach.of_stores(np.zeros(3, bool)).start.tolist() == [0, 0, 0, 0]


def test_nobody_lives_at_distance_zero() -> None:
    here = Places.at(np.array([40.0]), np.array([-75.0]))
    spread = Places(here.lat, here.lon, here.zone, np.array([0.6]), here.slow)
    reach = pairs_in_reach(spread, here, ROAD, 30)
    assert reach.km.tolist() == pytest.approx([0.78])
    assert pairs_in_reach(here, here, ROAD, 30).minutes.tolist() == [1.0]


@pytest.mark.parametrize(("points", "stores"), [(0, 3), (3, 0), (0, 0)])
def test_no_points_or_no_stores_make_no_pairs(points: int, stores: int) -> None:
    reach = pairs_in_reach(scattered(points, 1), scattered(stores, 2), ROAD, 30)
    assert (reach.points, reach.stores, len(reach.store)) == (points, stores, 0)
    assert reach.start.tolist() == [0] * (points + 1)
    assert len(reach.minutes) == len(reach.km) == 0
    assert [reach.start.dtype, reach.store.dtype] == [np.int64, np.int32]


def test_twice_the_same_point_makes_twice_the_same_pairs() -> None:
    twice = Places.at(np.array([40.0, 40.0]), np.array([-75.0, -75.0]))
    reach = pairs_in_reach(twice, Places.at(np.array([40.01]), np.array([-75.0])), ROAD, 30)
    assert reach.point.tolist() == [0, 1]
    assert reach.minutes[0] == reach.minutes[1]


def test_a_matrix_takes_the_place_of_estimates() -> None:
    matrix = pd.DataFrame(
        {
            "from_id": pd.Categorical(["b", "a", "a", "b", "c"]),
            "to_id": pd.Categorical(["s", "t", "s", "t", "s"]),
            "travel_minutes": [5.0, 31.0, 7.0, 2.0, 1.0],
            "travel_km": [3.0, 20.0, 4.0, float("nan"), 1.0],
        }
    )
    reach = reach_of_matrix(matrix, ["a", "b", "z"], ["t", "s"], 30)
    assert reach.start.tolist() == [0, 1, 3, 3]
    assert reach.store.tolist() == [1, 0, 1]
    assert reach.minutes.tolist() == [7.0, 2.0, 5.0]
    assert reach.km[0] == 4.0
    assert np.isnan(reach.km[1])
    assert reach.stores == 2
    assert [reach.start.dtype, reach.store.dtype] == [np.int64, np.int32]


def test_a_matrix_serves_several_stores_at_one_place_and_counts_its_limit() -> None:
    matrix = pd.DataFrame(
        {
            "from_id": pd.Categorical(["a", "a"]),
            "to_id": pd.Categorical(["s", "t"]),
            "travel_minutes": [30.0, 2.0],
            "travel_km": [20.0, 1.0],
        }
    )
    reach = reach_of_matrix(matrix, ["a"], ["s", "t", "s"], 30)
    assert reach.store.tolist() == [0, 1, 2]
    assert reach.minutes.tolist() == [30.0, 2.0, 30.0]
    assert reach.km.tolist() == [20.0, 1.0, 20.0]


WATER = pd.DataFrame(
    {
        "county_a": ["01", "05"],
        "county_b": ["03", "05"],
        "west_of_lon": [np.nan, -122.0],
        "lat_from": [np.nan, 47.0],
        "lat_to": [np.nan, 48.0],
        "penalty_minutes": [12.0, 20.0],
    }
)


def group(*places: tuple[str, float, float]) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    county, lat, lon = zip(*places, strict=True)
    return np.array(county), np.array(lat), np.array(lon)


def test_water_between_counties_and_within_one() -> None:
    people = group(("01", 40, -75), ("03", 40, -74), ("05", 47.5, -122.1), ("05", 46.9, -122.1))
    shops = group(("03", 40, -74), ("01", 40, -75), ("05", 47.5, -121.9), ("99", 47.5, -121.9))
    (of_people, of_shops), penalty = zones(WATER, [people, shops])
    added = penalty[np.ix_(of_people, of_shops)]
    assert added.tolist() == [
        [12, 0, 0, 0],
        [0, 12, 0, 0],
        [0, 0, 20, 0],
        [0, 0, 0, 0],
    ]
    assert (penalty == penalty.T).all()


def test_without_barriers_nothing_is_added() -> None:
    (zone,), penalty = zones(pd.DataFrame(), [group(("01", 40, -75))])
    assert penalty[zone, zone].tolist() == [0]


def test_bundled_barriers_part_the_two_sides_of_a_river(case: object) -> None:
    """Newark and Manhattan lie apart; Manhattan does not lie apart from itself."""
    barriers = case.barriers  # type: ignore[attr-defined]
    places = group(("36061", 40.75, -73.99), ("34017", 40.73, -74.05))
    (zone,), penalty = zones(barriers, [places])
    assert penalty[zone[0], zone[1]] > 0
    assert penalty[zone[0], zone[0]] == 0


def test_a_ledger_without_a_road_is_an_error_that_names_the_row() -> None:
    with pytest.raises(Exception, match="circuity_ratio"):
        road_of(Ledger(()))
