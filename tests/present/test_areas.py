from __future__ import annotations

import types

import numpy as np
import pandas as pd
import pytest
import shapely

from retail_portfolio.model.market import huff
from retail_portfolio.model.market.catchments import catchment, dominant
from retail_portfolio.model.market.travel import Places, Road, pairs_in_reach
from retail_portfolio.present.layers import layer_text
from retail_portfolio.present.mapping import areas
from retail_portfolio.present.mapping.areas import COLUMNS, catchment_areas, cells, dominant_areas

ROAD = Road(1.2, (), (30.0,), 1.0, 1e9, 2.0)
SITES = (("a", 40.0, -75.0), ("b", 40.06, -74.94), ("b:large", 40.06, -74.94), ("c", 39.95, -75.08))
PARTS = (0.3, 0.5, 0.7, 0.9)


def market(*, side=24, factor=(1.0, 1.0, 3.0, 1.5)):
    """A town of unequal tracts with four options, one of them far off and never met."""
    random = np.random.default_rng(5)
    north, east = np.meshgrid(np.linspace(-0.1, 0.1, side), np.linspace(-0.12, 0.12, side))
    count = north.size
    demand = pd.DataFrame(
        {
            "lat": 40.0 + north.ravel() + random.normal(0, 0.002, count),
            "lon": -75.0 + east.ravel() + random.normal(0, 0.002, count),
            "population": 4000.0,
            "population_per_sq_km": 2500.0,
            "households": random.integers(200, 2500, count).astype(float),
        }
    )
    names, lat, lon = zip(*SITES, ("far", 47.0, -122.0), strict=True)
    options = pd.DataFrame({"option": names, "store_id": [n.partition(":")[0] for n in names]})
    reach = pairs_in_reach(
        Places.at(demand["lat"].to_numpy(), demand["lon"].to_numpy()),
        Places.at(np.array(lat), np.array(lon)),
        ROAD,
        30.0,
    )
    # A taste that has nothing to do with distance leaves holes in a catchment.
    taste = random.uniform(0.2, 1.8, count)
    pull = np.array([*factor, 1.0])
    attraction = taste[reach.point] * pull[reach.store] * huff.decay(reach.minutes, 2.0)
    spending = 6_000 * demand["households"].to_numpy()
    built = huff.market_of(reach, attraction, np.full(count, 0.01), np.full(count, 0.01), spending)
    trade = types.SimpleNamespace(market=built, options=options)
    return types.SimpleNamespace(demand=demand), trade


OPEN = np.array([True, True, False, True, True])


@pytest.fixture(scope="module")
def town():
    return market()


@pytest.fixture(scope="module")
def contours(town):
    case, trade = town
    return catchment_areas(case, trade, [0, 1, 2, 3], OPEN, PARTS)


def ground(frame):
    return shapely.area(frame.geometry.to_numpy())


@pytest.mark.slow
def test_a_row_says_whose_area_it_is_and_who_lives_there(town, contours):
    case, trade = town
    assert tuple(contours.columns) == COLUMNS
    assert contours.crs.to_epsg() == 4326
    assert contours["option"].tolist() == np.repeat(["a", "b", "b:large", "c"], 4).tolist()
    assert contours["store_id"].tolist() == np.repeat(["a", "b", "b", "c"], 4).tolist()
    assert contours["part"].tolist() == list(PARTS) * 4
    households = case.demand["households"].to_numpy()
    points = catchment(trade, households, 2, OPEN, 0.7)
    row = contours.iloc[10]
    assert row["households"] == households[points].sum()
    with_it = OPEN | (np.arange(5) == 2)
    whole = huff.sales_usd_year(trade.market, with_it)[2]
    assert 0.7 <= row["sales_usd_year"] / whole < 0.71


@pytest.mark.slow
def test_an_area_is_the_cells_of_its_points(town):
    case, trade = town
    shapes = cells(case.demand).to_numpy()
    drawn = catchment_areas(case, trade, [0], OPEN, PARTS, hole_sq_km=0.0)
    for part, area in zip(drawn["part"], drawn.geometry, strict=True):
        points = catchment(trade, case.demand["households"].to_numpy(), 0, OPEN, part)
        assert area.equals(shapely.union_all(shapes[points]))


def test_larger_parts_hold_smaller_ones(contours):
    assert contours.is_valid.all()
    for _, rows in contours.groupby("option"):
        for inner, outer in zip(rows.geometry, rows.geometry[1:], strict=False):
            assert outer.covers(inner)
            assert outer.area > inner.area


@pytest.mark.slow
def test_only_small_holes_are_filled(town, contours):
    case, trade = town
    open_ones = catchment_areas(case, trade, [0, 1, 2, 3], OPEN, PARTS, hole_sq_km=0.0)

    def holes(frame):
        return sum(len(part.interiors) for part in shapely.get_parts(frame.geometry.to_numpy()))

    assert holes(open_ones) > holes(contours)
    assert (ground(contours) >= ground(open_ones) - 1e-12).all()
    assert open_ones.is_valid.all()


def test_the_order_of_parts_and_options_only_orders_rows(town, contours):
    case, trade = town
    mixed = catchment_areas(case, trade, [3, 0], OPEN, (0.7, 0.3))
    assert mixed["option"].tolist() == ["c", "c", "a", "a"]
    assert mixed["part"].tolist() == [0.3, 0.7] * 2
    assert mixed.geometry.iloc[1].equals(contours.geometry.iloc[14])


@pytest.mark.slow
def test_an_option_that_sells_nothing_has_no_row(town):
    case, trade = town
    assert catchment_areas(case, trade, [4, 0], OPEN)["option"].tolist() == ["a", "a"]
    none = catchment_areas(case, trade, [4], OPEN)
    assert tuple(none.columns) == COLUMNS
    assert len(none) == 0
    assert len(catchment_areas(case, trade, [], OPEN)) == 0


@pytest.mark.slow
def test_dominant_areas_share_no_ground_and_leave_none_out(town):
    case, trade = town
    found = dominant_areas(case, trade, OPEN)
    assert found["option"].tolist() == ["a", "b", "c"]
    assert found["part"].isna().all()
    assert found.is_valid.all()
    shapes = found.geometry.to_numpy()
    whole = shapely.union_all(cells(case.demand).to_numpy())
    assert ground(found).sum() == pytest.approx(whole.area, rel=1e-12)
    assert shapely.coverage_is_valid(shapes)
    spots = shapely.points(case.demand["lon"], case.demand["lat"])
    leads = dominant(trade, OPEN)
    place = {0: 0, 1: 1, 3: 2}
    for option, at in place.items():
        assert (shapely.distance(shapes[at], spots[leads == option]) < 1e-4).all()
    assert found["households"].sum() == case.demand["households"].sum()


@pytest.mark.slow
def test_an_enclave_is_left_to_the_one_who_leads_there(town, monkeypatch):
    case, trade = town
    leads = np.zeros(len(case.demand), dtype=np.int64)
    middle = np.hypot(case.demand["lat"] - 40, case.demand["lon"] + 75).argmin()
    leads[middle] = 1
    monkeypatch.setattr(areas, "dominant", lambda *_: leads)
    around, within = dominant_areas(case, trade, OPEN).geometry
    assert within.equals(cells(case.demand)[middle])
    assert around.intersection(within).area == pytest.approx(0, abs=1e-12)


@pytest.mark.slow
def test_opening_a_strong_store_takes_ground_from_the_others(town):
    case, trade = town
    before, after = (dominant_areas(case, trade, flags) for flags in (OPEN, OPEN | True))
    was = dict(zip(before["option"], ground(before), strict=True))
    then = dict(zip(after["option"], ground(after), strict=True))
    assert then["b:large"] > 0
    assert "b" not in then
    assert then["a"] < was["a"]


def test_equal_markets_give_equal_bytes():
    first, second = (layer_text(catchment_areas(*market(side=12), [0, 2], OPEN)) for _ in range(2))
    assert first == second
    assert first.count('"Feature"') == 4
