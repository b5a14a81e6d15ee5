"""Roads laid on one search: the geography that a search of their own would find."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pandas as pd
import pytest

from retail_portfolio.inputs.assumptions import Assumption, Ledger
from retail_portfolio.inputs.case import Case
from retail_portfolio.model.ledger_names import TRAVEL_NAMES
from retail_portfolio.model.market.geography import Geography, geography
from retail_portfolio.model.market.roads import BANDS_NAME, BLOCK, Roads, roads_of, travels
from retail_portfolio.model.market.travel import Reach
from retail_portfolio.model.sampling.draws import name_of
from retail_portfolio.model.uncertain.trade_looks import at_quantiles
from tests.model.conftest import PENCIL_LEDGER
from tests.model.drawn_cases import wide

BANDS = {
    "travel_speed_mph.band1": 18,
    "travel_speed_mph.band2": 35,
    "travel_band_upper_miles.band1": 3,
    "circuity_ratio": 1.25,
    "dense_population_per_sq_km": 4_000,
    "dense_speed_ratio": 0.7,
}


@pytest.fixture
def scattered(pencil_case: Case) -> Case:
    """Points and nine stores at random, some places crowded, some of unknown density."""
    rng = np.random.default_rng(11)
    points = 150
    demand = pencil_case.demand.iloc[[0] * points].assign(
        point_id=[f"p-{n}" for n in range(points)],
        lat=40 + 0.5 * rng.random(points),
        lon=-75 + 0.5 * rng.random(points),
        population=rng.integers(0, 30_000, points).astype(float),
        population_per_sq_km=rng.choice([np.nan, 100.0, 4_500.0, 9_000.0], points),
        county_fips=rng.choice(["01001", "01003"], points),
    )
    rivals = pencil_case.competitors.iloc[[0] * 9].assign(
        competitor_id=[f"market-{n}" for n in range(9)],
        lat=40 + 0.5 * rng.random(9),
        lon=-75 + 0.5 * rng.random(9),
        county_fips=rng.choice(["01001", "01003"], 9),
    )
    river = pd.DataFrame(
        {
            "county_a": ["01001"],
            "county_b": ["01003"],
            "west_of_lon": [np.nan],
            "lat_from": [np.nan],
            "lat_to": [np.nan],
            "penalty_minutes": [6.0],
        }
    )
    stores = pencil_case.stores.assign(lat=[40.1, 40.2, 40.35], lon=[-74.9, -74.7, -74.6])
    return replace(
        pencil_case,
        ledger=wide(PENCIL_LEDGER | BANDS, reach=0.2),
        demand=demand.reset_index(drop=True),
        competitors=rivals.reset_index(drop=True),
        stores=stores,
        barriers=river,
    )


def same_pairs(found: Reach, expected: Reach) -> None:
    assert np.array_equal(found.start, expected.start)
    assert np.array_equal(found.store, expected.store)
    assert found.stores == expected.stores
    np.testing.assert_allclose(found.minutes, expected.minutes, rtol=0, atol=1e-9)
    np.testing.assert_allclose(found.km, expected.km, rtol=1e-12)


def same(found: Geography, expected: Geography) -> None:
    same_pairs(found.reach, expected.reach)
    same_pairs(found.rivals, expected.rivals)
    assert found.options.equals(expected.options)
    assert found.traits.equals(expected.traits)
    assert found.point_of_option.tolist() == expected.point_of_option.tolist()
    assert found.point_of_rival.tolist() == expected.point_of_rival.tolist()


def at_ends(ledger: Ledger, upwards: bool) -> Ledger:
    for name in TRAVEL_NAMES:
        if any(name_of(key) == name for key in ledger):
            ledger = ledger.at_end(name, "high" if upwards else "low")
    return ledger


def fastest(ledger: Ledger) -> Ledger:
    for name in ("access_minutes", "circuity_ratio"):
        ledger = ledger.at_end(name, "low")
    for name in ("dense_population_per_sq_km", "dense_speed_ratio", "travel_speed_mph"):
        ledger = ledger.at_end(name, "high")
    return ledger


def agree(case: Case, roads: Roads, ledger: Ledger) -> int:
    expected = geography(case.with_ledger(ledger))
    same(roads.ground(ledger), expected)
    return len(expected.reach.minutes)


@pytest.mark.slow
def test_roads_at_both_ends_and_between(scattered: Case) -> None:
    roads, ledger = roads_of(scattered), scattered.ledger
    assert not roads.fixed
    rng = np.random.default_rng(3)
    moved = [at_quantiles(ledger, {n: rng.random() for n in TRAVEL_NAMES}) for _ in range(6)]
    grounds = [
        ledger,
        fastest(ledger),
        at_ends(ledger, upwards=False),
        at_ends(ledger, upwards=True),
        *moved,
    ]
    pairs = {agree(scattered, roads, each) for each in grounds}
    assert len(pairs) > 4, "the roads bring different pairs in reach"
    assert len(roads.widest.reach.minutes) >= max(pairs)
    assert max(pairs) > 50


@pytest.mark.parametrize("name", TRAVEL_NAMES)
@pytest.mark.parametrize("uniform", [0.0, 1.0])
def test_each_name_alone_at_either_end(scattered: Case, name: str, uniform: float) -> None:
    agree(scattered, roads_of(scattered), at_quantiles(scattered.ledger, {name: uniform}))


def test_the_water_between_keeps_its_minutes(scattered: Case) -> None:
    roads = roads_of(scattered)
    assert set(np.round(np.concatenate(roads.penalty_minutes), 6)) == {0.0, 6.0}
    dry = roads_of(replace(scattered, barriers=pd.DataFrame()))
    assert (np.concatenate(dry.penalty_minutes) == 0).all()


def test_where_speeds_change_a_new_search_is_made(scattered: Case) -> None:
    """An earlier change to the higher speed reaches pairs that no road of the search does."""
    roads, fast = roads_of(scattered), fastest(scattered.ledger)
    sooner = fast.at_end("travel_band_upper_miles", "low")
    assert agree(scattered, roads, sooner) > agree(scattered, roads, fast)
    agree(scattered, roads, fast.at_end("travel_band_upper_miles", "high"))


def test_times_of_a_matrix_hold_on_every_road(scattered: Case) -> None:
    names = [*scattered.stores["store_id"], *scattered.competitors["competitor_id"]]
    rng = np.random.default_rng(2)
    pairs = [(point, store) for point in scattered.demand["point_id"] for store in names]
    times = pd.DataFrame(pairs, columns=["from_id", "to_id"])
    times["travel_minutes"], times["travel_km"] = 60 * rng.random(len(times)), np.nan
    case = replace(scattered, travel_times=times)
    roads = roads_of(case)
    assert roads.fixed
    for ledger in (case.ledger, at_ends(case.ledger, upwards=True)):
        found, expected = roads.ground(ledger), geography(case.with_ledger(ledger))
        assert found.reach.store.tolist() == expected.reach.store.tolist()
        assert found.reach.minutes.tolist() == expected.reach.minutes.tolist()
        assert found.rivals.minutes.tolist() == expected.rivals.minutes.tolist()


def test_pairs_are_looked_at_in_pieces(scattered: Case, monkeypatch: pytest.MonkeyPatch) -> None:
    roads, slow = roads_of(scattered), at_ends(scattered.ledger, upwards=True)
    whole = roads.ground(slow)
    assert len(roads.widest.reach.minutes) < BLOCK
    monkeypatch.setattr("retail_portfolio.model.market.roads.BLOCK", 7)
    same(roads.ground(slow), whole)


@pytest.mark.slow
def test_roads_of_the_bundled_case(case: Case) -> None:
    roads = roads_of(case)
    assert len(roads.widest.reach.minutes) > BLOCK
    rng = np.random.default_rng(8)
    uniforms = {name: rng.random() for name in TRAVEL_NAMES if name != BANDS_NAME}
    assert agree(case, roads, at_quantiles(case.ledger, uniforms)) > BLOCK


def test_travel_is_the_rows_of_its_names() -> None:
    rows = travels(wide(PENCIL_LEDGER | BANDS))
    assert {row.key for row in rows if isinstance(row, Assumption)} == {
        "access_minutes",
        "circuity_ratio",
        "dense_population_per_sq_km",
        "dense_speed_ratio",
        "travel_band_upper_miles.band1",
        "travel_speed_mph.band1",
        "travel_speed_mph.band2",
    }
