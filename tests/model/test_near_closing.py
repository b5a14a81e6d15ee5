from __future__ import annotations

import dataclasses

import numpy as np
import pytest

from retail_portfolio.inputs.case_reader import load_case
from retail_portfolio.model.market.near_closing import competitors_near, demand_near
from retail_portfolio.model.market.sphere import EARTH_RADIUS_KM


@pytest.fixture(scope="module")
def case():
    return load_case()


def nearest_km(case, table):
    """Return the distance of each row to the nearest closing store, by the haversine."""
    closing = case.stores[case.stores["status"] == "closing"].dropna(subset=["lat", "lon"])
    lat, lon = (np.radians(table[name].to_numpy(float))[:, None] for name in ("lat", "lon"))
    to_lat, to_lon = (np.radians(closing[name].to_numpy(float))[None, :] for name in ("lat", "lon"))
    half = np.sin((lat - to_lat) / 2) ** 2
    half = half + np.cos(lat) * np.cos(to_lat) * np.sin((lon - to_lon) / 2) ** 2
    return (2 * EARTH_RADIUS_KM * np.arcsin(np.sqrt(half))).min(axis=1)


@pytest.mark.slow
@pytest.mark.parametrize(
    ("near", "whole", "key", "radius"),
    [
        (competitors_near, "competitors", "competitor_id", 25),
        (demand_near, "demand", "point_id", 15),
    ],
)
def test_what_is_near_is_near_and_nothing_near_is_missing(case, near, whole, key, radius):
    table = getattr(case, whole).dropna(subset=["lat", "lon"])
    if whole == "demand":
        table = table[table["households"] > 0]
    wanted = table[key][nearest_km(case, table) <= radius]
    found = near(case)
    assert found.table[key].tolist() == wanted.tolist()
    assert 0 < len(found.table) < len(table)
    assert f"within {radius} km" in found.sentence


@pytest.mark.slow
def test_the_radius_is_the_caller_s(case):
    assert len(competitors_near(case, 5.0).table) < len(competitors_near(case, 10.0).table)


def test_a_store_without_a_place_is_near_nothing(case):
    nowhere = case.stores.assign(lat=np.nan, lon=np.nan)
    lost = dataclasses.replace(case, stores=nowhere)
    assert not len(competitors_near(lost).table)
    assert demand_near(lost).sentence.startswith("0 households")
