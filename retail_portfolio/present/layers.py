"""Layers: shapes that a notebook hands over to the report, as GeoJSON.

A layer is what carries ``__geo_interface__`` (a GeoDataFrame does), or a feature collection as
plain mappings and lists; coordinates are WGS 84. Written, it has one line a feature and as many
decimals as the base map; nothing but the standard's own three keys; equal layers give equal bytes.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, Final, Protocol, TypeAlias

from retail_portfolio.present.basemap import STEPS_PER_DEGREE
from retail_portfolio.present.files import script_json
from retail_portfolio.present.formats import as_number, is_blank

if TYPE_CHECKING:
    from pathlib import Path

_WGS84: Final = 4326


class Geographic(Protocol):
    """Anything that says what it is as GeoJSON."""

    @property
    def __geo_interface__(self) -> Mapping[str, Any]:
        """A feature collection."""


LayerLike: TypeAlias = Geographic | Mapping[str, Any]


def features_of(layer: LayerLike) -> list[dict[str, Any]]:
    """Return the features of a layer with plain properties and rounded coordinates.

    Raises
    ------
    ValueError
        If it is no feature collection, or says that its coordinates are not WGS 84.
    """
    crs = getattr(layer, "crs", None)
    if crs is not None and crs.to_epsg() != _WGS84:
        raise ValueError(f"a layer's coordinates are {crs.to_string()}, expected EPSG:4326")
    collection = layer if isinstance(layer, Mapping) else layer.__geo_interface__
    if collection.get("type") != "FeatureCollection":
        raise ValueError("a layer is no GeoJSON feature collection")
    return [_feature(feature) for feature in collection["features"]]


def layer_text(layer: LayerLike) -> str:
    """Return a layer as GeoJSON in which no ``<``, ``>`` or ``&`` stands as itself.

    Raises
    ------
    ValueError
        As `features_of`, or if a coordinate is not a number.
    """
    lines = ",\n".join(script_json(feature) for feature in features_of(layer))
    return f'{{"type": "FeatureCollection", "features": [\n{lines}\n]}}\n'


def read_layer(path: Path) -> dict[str, Any]:
    """Read a layer that `layer_text` wrote.

    Raises
    ------
    FileNotFoundError, ValueError
        If there is no such file, or it holds no feature collection.
    """
    collection = json.loads(path.read_text("utf-8"))
    if not isinstance(collection, dict) or collection.get("type") != "FeatureCollection":
        raise ValueError(f"{path.name} is no GeoJSON feature collection")
    return collection


def _feature(feature: Mapping[str, Any]) -> dict[str, Any]:
    shape = feature["geometry"]
    return {
        "type": "Feature",
        "geometry": None
        if shape is None
        else {"type": shape["type"], "coordinates": _rounded(shape["coordinates"])},
        "properties": {str(key): _plain(value) for key, value in feature["properties"].items()},
    }


def _rounded(coordinates: Any) -> Any:
    if isinstance(coordinates, (list, tuple)):
        return [_rounded(one) for one in coordinates]
    return round(float(coordinates) * STEPS_PER_DEGREE) / STEPS_PER_DEGREE


def _plain(value: object) -> object:
    if is_blank(value):
        return None
    if isinstance(value, (bool, str)):
        return value
    number = as_number(value)
    if number is None:
        return str(value)
    return int(number) if number == int(number) else float(f"{number:.10g}")
