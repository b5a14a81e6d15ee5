"""basemap/: state and county lines around the metros, small enough to stand in a page."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import shapely
from shapely.geometry import mapping, shape

# A county within this distance of a metro's counties is drawn (degrees, a drawing matter only).
AROUND_DEGREES = 0.15
# Detail kept: the area of a corner that may be cut off, as the square root, in degrees.
COUNTY_TOLERANCE = 0.0014
STATE_TOLERANCE = 0.001
DECIMALS = 4
# Where counties sharpen a coarse state (degrees, square degrees): half the width of a strip that
# is only a coarse coast over water, the width of a gap to close, and the least part and hole kept.
STRIP = 0.02
HAIRLINE = 0.002
SMALLEST_PART = 0.0005
SMALLEST_HOLE = 0.02
# A little over 1, so that rounding leaves no gap where a part is grown back.
ROUNDING = 1.005


def _features(path: Path, key: str) -> list[dict[str, Any]]:
    features = json.loads(path.read_text(encoding="utf-8"))["features"]
    return sorted(features, key=lambda feature: str(feature["properties"][key]))


def _rounded(value: Any, decimals: int) -> Any:
    if isinstance(value, (list, tuple)):
        return [_rounded(item, decimals) for item in value]
    return round(float(value), decimals)


def _without_crumbs(geometry: shapely.Geometry, smallest: float) -> shapely.Geometry:
    """Drop islands smaller than `smallest` square degrees; the largest part always stays."""
    if geometry.geom_type != "MultiPolygon":
        return geometry
    parts = sorted(geometry.geoms, key=lambda part: -part.area)
    kept = [part for n, part in enumerate(parts) if n == 0 or part.area >= smallest]
    return shapely.MultiPolygon(kept) if len(kept) > 1 else kept[0]


def simplify(
    geometries: list[shapely.Geometry], tolerance: float, decimals: int
) -> list[dict[str, Any]]:
    """Simplify neighbours together, so that a shared border stays shared.

    Parameters
    ----------
    geometries : list of shapely.Geometry
        Polygons that form a coverage.
    tolerance : float
        Degrees; see `shapely.coverage_simplify`.
    decimals : int
        Decimals of the written coordinates.

    Returns
    -------
    list of dict
        GeoJSON geometries with rounded coordinates.
    """
    simple = shapely.coverage_simplify(np.asarray(geometries, dtype=object), tolerance)
    out = []
    for geometry in simple:
        kept = _without_crumbs(geometry, tolerance * tolerance)
        drawn = mapping(kept)
        out.append({"type": drawn["type"], "coordinates": _rounded(drawn["coordinates"], decimals)})
    return out


def _collection(
    properties: Sequence[Mapping[str, str]], geometries: list[dict[str, Any]]
) -> dict[str, Any]:
    features = [
        {"type": "Feature", "properties": dict(props), "geometry": geometry}
        for props, geometry in zip(properties, geometries, strict=True)
    ]
    return {"type": "FeatureCollection", "features": features}


def write_geojson(collection: dict[str, Any], path: Path) -> None:
    """Write GeoJSON, one feature a line."""
    path.parent.mkdir(parents=True, exist_ok=True)
    lines = [
        json.dumps(feature, separators=(",", ":"), ensure_ascii=False, sort_keys=True)
        for feature in collection["features"]
    ]
    text = '{"type":"FeatureCollection","features":[\n' + ",\n".join(lines) + "\n]}\n"
    path.write_text(text, encoding="utf-8", newline="\n")


def build_counties(path: Path, metro_counties: set[str]) -> dict[str, Any]:
    """Return the counties of the metros and their neighbours, simplified.

    Parameters
    ----------
    path : pathlib.Path
        GeoJSON of counties with `GEOID` and `NAME`.
    metro_counties : set of str
        Codes of the metros' counties.
    """
    features = _features(path, "GEOID")
    shapes = [shapely.make_valid(shape(feature["geometry"])) for feature in features]
    codes = [str(feature["properties"]["GEOID"]) for feature in features]
    core = [geo for code, geo in zip(codes, shapes, strict=True) if code in metro_counties]
    around = shapely.union_all([geo.envelope for geo in core]).buffer(AROUND_DEGREES)
    chosen = [n for n, geo in enumerate(shapes) if geo.intersects(around)]
    properties = [
        {"geoid": codes[n], "name": str(features[n]["properties"]["NAME"])} for n in chosen
    ]
    drawn = simplify([shapes[n] for n in chosen], COUNTY_TOLERANCE, DECIMALS)
    return _collection(properties, drawn)


def _opened(geometry: shapely.Geometry, width: float) -> shapely.Geometry:
    """Drop what is narrower than twice `width`: strips where a coarse coast overlaps water."""
    return geometry.buffer(-width).buffer(width * ROUNDING).intersection(geometry)


def _solid(geometry: shapely.Geometry) -> shapely.Geometry:
    """Close hairlines between parts, drop crumbs and the holes that are no lakes."""
    closed = geometry.buffer(HAIRLINE).buffer(-HAIRLINE)
    parts = [part for part in getattr(closed, "geoms", [closed]) if part.geom_type == "Polygon"]
    parts.sort(key=lambda part: -part.area)
    kept = [part for n, part in enumerate(parts) if n == 0 or part.area >= SMALLEST_PART]
    solid = [
        shapely.Polygon(
            part.exterior,
            [ring for ring in part.interiors if shapely.Polygon(ring).area >= SMALLEST_HOLE],
        )
        for part in kept
    ]
    return shapely.MultiPolygon(solid) if len(solid) > 1 else solid[0]


def sharpen_state(
    coarse: shapely.Geometry, own: list[shapely.Geometry], drawn: shapely.Geometry
) -> shapely.Geometry:
    """Give a coarse state the fine lines of the counties where those are drawn.

    Parameters
    ----------
    coarse : shapely.Geometry
        The state from the coarse source.
    own : list of shapely.Geometry
        Its drawn counties.
    drawn : shapely.Geometry
        All drawn counties together; what other states' counties cover is not this state.
    """
    if not coarse.intersects(drawn):
        return coarse
    rest = _opened(coarse.difference(drawn), STRIP)
    return _solid(shapely.union_all([*own, rest]))


def build_states(
    path: Path, counties: dict[str, Any], state_of_county: Mapping[str, str]
) -> dict[str, Any]:
    """Return the states, their lines those of the drawn counties where there are any.

    Parameters
    ----------
    path : pathlib.Path
        GeoJSON of states with `STUSPS` and `NAME`.
    counties : dict
        The collection of `build_counties`.
    state_of_county : mapping
        County code to the two letters of its state.
    """
    own: dict[str, list[shapely.Geometry]] = {}
    for feature in counties["features"]:
        state = state_of_county.get(feature["properties"]["geoid"], "")
        own.setdefault(state, []).append(shapely.make_valid(shape(feature["geometry"])))
    drawn = shapely.union_all([geometry for group in own.values() for geometry in group])
    properties, geometries = [], []
    for feature in _features(path, "STUSPS"):
        state = str(feature["properties"]["STUSPS"])
        coarse = shapely.make_valid(shape(feature["geometry"]))
        sharp = sharpen_state(coarse, own.get(state, []), drawn).simplify(STATE_TOLERANCE)
        line = mapping(sharp)
        geometries.append(
            {"type": line["type"], "coordinates": _rounded(line["coordinates"], DECIMALS)}
        )
        properties.append({"state": state, "name": str(feature["properties"]["NAME"])})
    return _collection(properties, geometries)
