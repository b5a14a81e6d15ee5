"""Distances against known ones and against brute force."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from retail_portfolio.model.market.sphere import (
    EARTH_RADIUS_KM,
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
    _, km = nearest(a[:, 0], a[:, 1], b[:, 0], b[:, 1])
    assert km == pytest.approx(all_km.min(axis=1), abs=1e-4)


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
