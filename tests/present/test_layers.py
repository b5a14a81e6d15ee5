from __future__ import annotations

import json

import geopandas
import numpy as np
import pytest
import shapely

from retail_portfolio.present.layers import features_of, layer_text, read_layer
from tests.present.sample import HOSTILE

RING = [[-75.123456, 40.0], [-75.0, 40.0], [-75.0, 40.1], [-75.123456, 40.0]]


def frame(**more):
    columns = {
        "store_id": ["a", "b"],
        "part": [0.5, np.nan],
        "geometry": [shapely.Polygon(RING)] * 2,
    }
    return geopandas.GeoDataFrame(columns | more, crs="EPSG:4326")


def test_a_layer_is_read_back_as_it_was_written(tmp_path):
    path = tmp_path / "areas.geojson"
    path.write_text(layer_text(frame()))
    layer = read_layer(path)
    first, second = layer["features"]
    assert first["properties"] == {"store_id": "a", "part": 0.5}
    assert second["properties"] == {"store_id": "b", "part": None}
    assert first["geometry"]["coordinates"][0][0] == [-75.1235, 40.0]
    assert layer_text(layer) == path.read_text()
    assert geopandas.read_file(path).geometry.is_valid.all()


def test_a_line_holds_one_feature_and_nothing_else():
    lines = layer_text(frame()).splitlines()
    assert len(lines) == 4
    assert set(json.loads(lines[1].rstrip(","))) == {"type", "geometry", "properties"}


@pytest.mark.parametrize("text", HOSTILE)
def test_no_text_is_markup(text):
    written = layer_text(frame(name=[text, text]))
    assert not set("<>&") & set(written)
    assert json.loads(written)["features"][0]["properties"]["name"] == text


def test_coordinates_that_are_not_degrees_are_refused():
    with pytest.raises(ValueError, match="EPSG:3857, expected EPSG:4326"):
        layer_text(frame().to_crs(3857))


@pytest.mark.slow
def test_what_is_no_collection_is_refused(tmp_path):
    with pytest.raises(ValueError, match="no GeoJSON feature collection"):
        features_of(frame()["geometry"].iloc[0])
    path = tmp_path / "x.geojson"
    path.write_text("[]")
    with pytest.raises(ValueError, match=r"x\.geojson is no GeoJSON"):
        read_layer(path)


def test_a_place_that_is_not_a_number_is_refused():
    layer = {
        "type": "FeatureCollection",
        "features": [
            {"geometry": {"type": "Point", "coordinates": [float("nan"), 1]}, "properties": {}}
        ],
    }
    with pytest.raises(ValueError, match="NaN"):
        layer_text(layer)


def test_numbers_of_any_kind_become_plain_numbers():
    (first, _) = features_of(
        frame(
            count=np.array([3, 4], dtype=np.int64), big=[1.23456789012345, 2e9], yes=[True, False]
        )
    )
    assert first["properties"]["count"] == 3
    assert first["properties"]["big"] == 1.23456789
    assert first["properties"]["yes"] is True
