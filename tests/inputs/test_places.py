"""How far stores are from people: found by a tree, the same as pair by pair."""

from __future__ import annotations

import numpy as np
import pandas as pd
from hypothesis import given
from hypothesis import strategies as st

from retail_portfolio.inputs.near import nearest
from retail_portfolio.inputs.registers.places import distance_km

DEGREES = st.tuples(st.floats(-90, 90), st.floats(-180, 180))


def points(pairs: list[tuple[float, float]]) -> pd.DataFrame:
    return pd.DataFrame(pairs, columns=["lat", "lon"], dtype="float64")


@given(st.lists(DEGREES, max_size=5), st.lists(DEGREES, min_size=1, max_size=6))
def test_the_nearest_is_that_of_all_pairs(
    here: list[tuple[float, float]], there: list[tuple[float, float]]
) -> None:
    _, found = nearest(points(here), points(there))
    all_of = points(there)
    wanted = [distance_km(all_of["lat"], all_of["lon"], lat, lon).min() for lat, lon in here]
    # Opposite points: the arc's sine is flat there, and a metre of it is below a double's grain.
    assert np.allclose(found, wanted, rtol=1e-6, atol=1e-3)


def test_no_store_asks_for_nothing() -> None:
    assert len(nearest(points([]), points([(41.0, -96.0)]))[1]) == 0
