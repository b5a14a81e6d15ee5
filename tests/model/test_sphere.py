"""Distances against known ones and against brute force."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from retail_portfolio.inputs.near import unit_vectors
from retail_portfolio.model.market.sphere import (
    EARTH_RADIUS_KM,
    chord_of_km,
    great_circle_km,
    nearest,
    within_km,
)

degrees = st.tuples(st.floats(-89, 89), st.floats(-179, 179))


def test_a_quarter_of_the_meridian() -> None:
    assert great_circle_km(0, 0, 90, 0) == pytest.approx(np.pi / 2 * EARTH_RADIUS_KM)


def test_los_angeles_to_new_york_airports() -> None:
    """LAX to JFK is 3,974 km on the great circle of the WGS 84 ellipsoid; 0.3 % for a sphere."""
    km = float(great_circle_km(33.9425, -118.4081, 40.6398, -73.7789))
    assert km == pytest.approx(3974, rel=0.003)


def test_same_point_is_zero_far() -> None:
    assert great_circle_km(47.6, -122.3, 47.6, -122.3) == 0


@pytest.mark.slow
@given(st.lists(degrees, min_size=1, max_size=12), st.lists(degrees, min_size=1, max_size=12))
def test_nearest_is_the_least_of_all_distances(
    start: list[tuple[float, float]], end: list[tuple[float, float]]
) -> None:
    a, b = np.array(start), np.array(end)
    all_km = great_circle_km(a[:, :1], a[:, 1:], b[:, 0], b[:, 1])
    index, km = nearest(a[:, 0], a[:, 1], b[:, 0], b[:, 1])
    assert km == pytest.approx(all_km.min(axis=1), abs=1e-4)
    assert km == pytest.approx(all_km[np.arange(len(a)), index], abs=1e-4)


@pytest.mark.slow
@given(st.lists(degrees, max_size=12), st.lists(degrees, max_size=12), st.floats(10, 9000))
def test_within_finds_the_pairs_brute_force_finds(
    start: list[tuple[float, float]], end: list[tuple[float, float]], limit_km: float
) -> None:
    a, b = np.array(start).reshape(-1, 2), np.array(end).reshape(-1, 2)
    i, j = within_km(a[:, 0], a[:, 1], b[:, 0], b[:, 1], limit_km)
    all_km = great_circle_km(a[:, :1], a[:, 1:], b[:, 0], b[:, 1])
    certain = np.abs(all_km - limit_km) > 1e-4
    found = np.zeros_like(all_km, dtype=bool)
    found[i, j] = True
    assert (found == (all_km <= limit_km))[certain].all()


def test_nothing_to_be_near_to() -> None:
    index, km = nearest([1.0], [2.0], [], [])
    assert index.tolist() == [-1]
    assert np.isinf(km).all()


def test_the_other_side_of_the_earth_is_half_the_way_around() -> None:
    """Rounding makes some of these chords longer than the diameter, (23, -158) its nearest too."""
    half = np.pi * EARTH_RADIUS_KM
    lat = np.arange(-890, 891) / 10
    assert great_circle_km(lat, -179, -lat, 1) == pytest.approx(np.full(1781, half), abs=1e-3)
    index, km = nearest([23.0], [-158.0], [-23.0], [22.0])
    assert index.tolist() == [0]
    assert km == pytest.approx([half], abs=1e-3)


def test_a_radius_may_span_the_earth_or_more() -> None:
    quarters = ([0.0] * 4, [0.0, 90.0, 180.0, -90.0])
    for km, count in ((10_100, 3), (15_000, 3), (20_100, 4), (30_100, 4), (99_000, 4)):
        assert len(within_km([0.0], [0.0], *quarters, km)[0]) == count, km
    assert chord_of_km(15_000) == pytest.approx(2 * np.sin(15_000 / EARTH_RADIUS_KM / 2))


def test_pairs_stand_by_the_one_and_then_by_the_other() -> None:
    """More than a leaf of the tree holds, so that it finds them in another order."""
    rng = np.random.default_rng(1)
    lat, lon = rng.uniform(40, 41, 80), rng.uniform(-75, -74, 80)
    i, j = within_km(lat[:30], lon[:30], lat, lon, 60)
    assert len(i) > 900
    assert (np.lexsort((j, i)) == np.arange(len(i))).all()


def test_positions_are_whole_numbers_also_of_nothing() -> None:
    index, _ = nearest([1.0, 2.0], [2.0, 3.0], [2.0], [3.0])
    assert index.dtype == np.int64
    for one, other in (([], []), ([1.0], []), ([], [1.0])):
        i, j = within_km(one, one, other, other, 10)
        assert (i.shape, j.shape, i.dtype, j.dtype) == ((0,), (0,), np.int64, np.int64)


def test_narrow_numbers_are_computed_with_in_full() -> None:
    lat, lon = np.array([47.6], np.float32), np.array([-122.3], np.float32)
    wide = unit_vectors(lat.astype(float), lon.astype(float))
    assert (unit_vectors(lat, lon) == wide).all()
