from __future__ import annotations

import subprocess
import sys

import numpy as np
import pandas as pd
import pytest
import shapely

from retail_portfolio.model.market.sphere import EARTH_RADIUS_KM, great_circle_km, nearest
from retail_portfolio.present.basemap import STEPS_PER_DEGREE
from retail_portfolio.present.mapping import cells as subject
from retail_portfolio.present.mapping.cells import (
    LEAST_KM,
    MOST_KM,
    cell_shapes,
    cells,
    filled,
    sq_km,
)

STEP_KM = np.radians(EARTH_RADIUS_KM) / STEPS_PER_DEGREE


def town(lat=40.0, lon=-75.0, count=200, *, half=0.1, seed=3, density=2000.0):
    random = np.random.default_rng(seed)
    return pd.DataFrame(
        {
            "lat": lat + random.uniform(-half, half, count),
            "lon": lon + random.uniform(-half, half, count) / np.cos(np.radians(lat)),
            "population": 4000.0,
            "population_per_sq_km": density,
        }
    )


def lone(lat, population=4000.0, density=100.0):
    return pd.DataFrame(
        {
            "lat": [lat],
            "lon": [-75.0],
            "population": [population],
            "population_per_sq_km": [density],
        }
    )


def corners(shape):
    lon, lat = shapely.get_coordinates(shape).T
    return lat, lon


@pytest.mark.parametrize(
    "demand",
    # Two points one above the other: the border runs far east and west.
    [town(), town(lat=60.0, count=2, density=50.0).assign(lat=[60.0, 60.03], lon=-75.0)],
    ids=["town", "two"],
)
def test_every_place_of_a_cell_is_nearest_to_its_point(demand):
    shapes = cells(demand)
    random = np.random.default_rng(1)
    for at, shape in enumerate(shapes):
        inner = shape.buffer(-2 / STEPS_PER_DEGREE)
        west, south, east, north = shape.bounds
        spots = random.uniform((west, south), (east, north), (20, 2))
        spots = spots[shapely.contains_xy(inner, spots)]
        found, _ = nearest(spots[:, 1], spots[:, 0], demand["lat"], demand["lon"])
        assert set(found.tolist()) <= {at}


def test_each_point_lies_in_its_cell_and_no_two_cells_overlap():
    demand = town()
    shapes = cells(demand).to_numpy()
    assert shapely.is_valid(shapes).all()
    spots = shapely.points(demand["lon"], demand["lat"])
    assert (shapely.distance(shapes, spots) < 1 / STEPS_PER_DEGREE).all()
    whole = shapely.union_all(shapes)
    assert shapely.area(shapes).sum() == pytest.approx(whole.area, rel=1e-12)
    assert shapely.coverage_is_valid(shapes)


def test_corners_stand_on_the_steps_of_the_base_map():
    steps = shapely.get_coordinates(cells(town()).to_numpy()) * STEPS_PER_DEGREE
    assert np.abs(steps - np.rint(steps)).max() < 1e-6


@pytest.mark.parametrize("lat", [0.0, 40.0, 65.0])
def test_a_lone_point_has_a_round_cell_in_kilometres(lat):
    # 4,000 people at 100 to the square kilometre: a disc of 3.57 km, and twice that.
    (shape,) = cells(lone(lat))
    away = great_circle_km(lat, -75.0, *corners(shape))
    assert away == pytest.approx(2 * np.sqrt(40 / np.pi), abs=2 * STEP_KM)
    assert sq_km(np.array([shape]))[0] == pytest.approx(4 * 40 * 3 / np.pi, rel=2e-3)


@pytest.mark.parametrize(
    ("population", "density", "km"),
    [
        (0.0, 100.0, LEAST_KM),
        (4000.0, float("nan"), LEAST_KM),
        (100.0, 9000.0, LEAST_KM),
        (4000.0, 0.4, MOST_KM),
    ],
)
def test_no_cell_is_smaller_or_larger_than_makes_sense(population, density, km):
    (shape,) = cells(lone(40.0, population, density))
    assert great_circle_km(40.0, -75.0, *corners(shape)) == pytest.approx(km, abs=2 * STEP_KM)


@pytest.mark.slow
def test_the_rim_does_not_run_away():
    demand = town(density=500.0)
    for at, shape in enumerate(cells(demand)):
        away = great_circle_km(*demand.loc[at, ["lat", "lon"]], *corners(shape))
        assert away.max() < 2 * 2 * np.sqrt(8 / np.pi)


def test_another_town_far_away_changes_nothing():
    here, there = town(), town(lat=34.0, lon=-118.0, seed=4)
    alone = cells(here).to_numpy()
    both = cells(pd.concat([here, there], ignore_index=True)).to_numpy()
    assert (shapely.to_wkb(both[: len(here)]) == shapely.to_wkb(alone)).all()


def test_towns_side_by_side_share_a_border():
    here, there = town(half=0.05), town(lon=-74.88, half=0.05, seed=4)
    shapes = cells(pd.concat([here, there], ignore_index=True)).to_numpy()
    assert shapely.coverage_is_valid(shapes)
    left, right = (shapely.union_all(part) for part in np.split(shapes, [len(here)]))
    assert left.intersection(right).length > 0.01
    assert left.intersection(right).area == pytest.approx(0, abs=1e-12)


def test_cells_that_are_asked_for_are_as_among_all():
    demand = town()
    every = cell_shapes(demand)
    wanted = np.array([5, 17, 40, 41, 150])
    some = cell_shapes(demand, wanted)
    assert [at for at, shape in enumerate(some) if shape is not None] == wanted.tolist()
    assert (shapely.to_wkb(some[wanted]) == shapely.to_wkb(every[wanted])).all()


def test_the_order_of_points_changes_nothing():
    demand = town()
    order = np.random.default_rng(9).permutation(len(demand))
    mixed = cells(demand.iloc[order])
    assert list(mixed.index) == order.tolist()
    assert (shapely.to_wkb(mixed[demand.index]) == shapely.to_wkb(cells(demand))).all()


def test_points_in_one_place_share_a_cell_that_the_first_one_has():
    demand = pd.concat([town(), town().iloc[[7]]], ignore_index=True)
    shapes = cells(demand)
    assert shapes[7] is not None
    assert shapes[len(demand) - 1] is None
    asked = cell_shapes(demand, np.array([len(demand) - 1]))
    assert asked[-1].equals(shapes[7])


@pytest.mark.parametrize("count", [0, 1, 2, 3])
def test_few_points_and_points_in_a_row_have_cells(count):
    demand = town().head(count).assign(lat=40.0)
    demand["lon"] = -75.0 + 0.01 * np.arange(count)
    shapes = cells(demand)
    assert len(shapes) == count
    assert shapes.is_valid.all()
    assert not shapes.is_empty.any()


def test_a_point_without_a_position_is_named():
    demand = town()
    demand.loc[3, "lat"] = np.nan
    with pytest.raises(ValueError, match="1 demand points have no position: row 3"):
        cells(demand)


def test_a_small_gap_between_discs_is_ground_and_a_large_one_is_not():
    def ring(radius_degrees):
        turn = np.linspace(0, 2 * np.pi, 24, endpoint=False)
        return pd.DataFrame(
            {
                "lat": 0.0 + radius_degrees * np.sin(turn),
                "lon": -75.0 + radius_degrees * np.cos(turn),
                "population": 1000.0,
                "population_per_sq_km": 1000.0,
            }
        )

    # Discs of 1.13 km about a circle of 2.2 km leave 3.6 square kilometres, about 4.4 km 34.
    small, large = (
        shapely.coverage_union_all(cells(ring(degrees)).to_numpy()) for degrees in (0.02, 0.04)
    )
    assert len(small.interiors) == 0
    assert len(large.interiors) == 1


def test_holes_are_filled_by_their_size_in_square_kilometres():
    def box(half):
        return shapely.box(-half, 60 - half, half, 60 + half)

    shape = box(1.0) - box(0.1)
    # Two tenths of a degree by two tenths, at sixty degrees north: half as wide as high.
    size = (EARTH_RADIUS_KM * np.radians(0.2)) ** 2 / 2
    assert sq_km(np.array([box(0.1)]))[0] == pytest.approx(size, rel=1e-9)
    assert filled(shape, 1.01 * size, sq_km).equals(box(1.0))
    assert filled(shape, 0.99 * size, sq_km).equals(shape)
    island = shapely.MultiPolygon([*shapely.get_parts(shape), box(0.05)])
    assert filled(island, 1.01 * size, sq_km).equals(box(1.0))


def test_equal_demand_gives_equal_bytes():
    first, second = (shapely.to_wkb(cells(town()).to_numpy()).tolist() for _ in range(2))
    assert first == second


@pytest.mark.slow
def test_the_module_is_light_until_it_is_used():
    program = (
        f"import sys, {subject.__name__}, retail_portfolio.present.mapping.areas, "
        "retail_portfolio.present.layers\n"
        "print([one for one in ('shapely', 'geopandas', 'scipy') if one in sys.modules])"
    )
    done = subprocess.run(
        [sys.executable, "-c", program], capture_output=True, text=True, check=False
    )
    assert done.stdout == "[]\n", done.stderr
