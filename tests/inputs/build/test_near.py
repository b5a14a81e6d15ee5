"""What lies near what: on the sphere, also across the date line and at the poles."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from retail_portfolio.inputs.near import (
    close_pairs,
    mean_place,
    nearest,
    within,
)
from retail_portfolio.inputs.registers.places import distance_km

POINTS = st.lists(st.tuples(st.floats(-90, 90), st.floats(-180, 180)), min_size=1, max_size=12).map(
    lambda points: pd.DataFrame(points, columns=["lat", "lon"], dtype="float64")
)


def table(places: pd.DataFrame, targets: pd.DataFrame) -> np.ndarray:
    """Return every distance, kilometres, by the haversine of `places`."""
    each = places.merge(targets, how="cross", suffixes=("", "2"))
    km = distance_km(each["lat"], each["lon"], each["lat2"], each["lon2"])
    return km.to_numpy().reshape(len(places), len(targets))


@pytest.mark.slow
@given(POINTS, POINTS)
def test_nearest_agrees_with_a_look_at_every_pair(places, targets):
    every = table(places, targets)
    at, km = nearest(places, targets)
    assert km == pytest.approx(every.min(axis=1), abs=1e-3)
    assert every[np.arange(len(places)), at] == pytest.approx(every.min(axis=1), abs=1e-3)


@pytest.mark.slow
@given(POINTS, st.floats(1, 5000))
def test_pairs_are_those_within_the_distance(places, km):
    every = table(places, places)
    found = {tuple(pair) for pair in close_pairs(places, km).tolist()}
    for first in range(len(places)):
        for second in range(first + 1, len(places)):
            if abs(every[first, second] - km) > 1e-3:
                assert ((first, second) in found) == (every[first, second] < km)


def test_neighbours_across_the_date_line_are_near():
    here = pd.DataFrame({"lat": [52.0], "lon": [179.9]})
    there = pd.DataFrame({"lat": [52.0, 51.0], "lon": [-179.9, 178.0]})
    at, km = nearest(here, there)
    assert at.tolist() == [0]
    assert km[0] == pytest.approx(13.69, abs=0.01)
    assert within(here, there, 14).tolist() == [True]
    assert within(here, there, 13).tolist() == [False]


def test_nothing_is_within_reach_of_nothing():
    nothing = pd.DataFrame({"lat": [], "lon": []}, dtype="float64")
    here = pd.DataFrame({"lat": [52.0], "lon": [179.9]})
    assert within(here, nothing, 100).tolist() == [False]
    assert within(nothing, here, 100).tolist() == []
    assert close_pairs(nothing, 1).shape == (0, 2)


def test_the_middle_of_places_weighs_them_and_crosses_the_date_line():
    places = pd.DataFrame({"lat": [0.0, 0.0], "lon": [179.0, -179.0]})
    lat, lon = mean_place(places, np.array([1.0, 1.0]))
    assert (lat, abs(lon)) == (pytest.approx(0), pytest.approx(180))
    assert mean_place(places, np.array([3.0, 1.0]))[1] == pytest.approx(179.5, abs=0.01)
