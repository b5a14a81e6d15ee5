"""Nearest points on the sphere, and the county a point lies in."""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import numpy.typing as npt
import shapely
from scipy.spatial import cKDTree

from retail_portfolio.inputs import near

EARTH_RADIUS_M = near.EARTH_RADIUS_KM * 1_000

FloatArray = npt.NDArray[np.float64]
IntArray = npt.NDArray[np.intp]


def unit_vectors(lat: npt.ArrayLike, lon: npt.ArrayLike) -> FloatArray:
    """Return points on the unit sphere.

    Parameters
    ----------
    lat, lon : array_like of float, shape (n,)
        WGS 84 degrees.

    Returns
    -------
    numpy.ndarray, shape (n, 3)
    """
    return near.unit_vectors(np.asarray(lat, dtype=float), np.asarray(lon, dtype=float))


def chord_to_metres(chord: npt.ArrayLike) -> FloatArray:
    """Turn straight-line distance on the unit sphere into metres along the surface."""
    half = np.clip(np.asarray(chord, dtype=float) / 2.0, 0.0, 1.0)
    return np.asarray(2.0 * EARTH_RADIUS_M * np.arcsin(half), dtype=float)


def metres_to_chord(metres: float) -> float:
    """Turn metres along the surface into straight-line distance on the unit sphere."""
    return float(2.0 * np.sin(metres / (2.0 * EARTH_RADIUS_M)))


def nearest(points: FloatArray, targets: FloatArray) -> tuple[IntArray, FloatArray]:
    """Return, for each point, the index of the nearest target and its distance in metres."""
    chord, index = cKDTree(targets).query(points)
    return np.asarray(index, dtype=np.intp), chord_to_metres(chord)


@dataclass(frozen=True)
class CountyLocator:
    """Finds the county of a point: by polygon, and by the nearest tract outside them.

    Attributes
    ----------
    tree : shapely.STRtree
        County polygons.
    geoids : tuple of str
        County code of each polygon.
    tract_vectors : numpy.ndarray, shape (m, 3)
        Tract centres on the unit sphere.
    tract_counties : numpy.ndarray of str, shape (m,)
        County code of each tract.
    """

    tree: shapely.STRtree
    geoids: tuple[str, ...]
    tract_vectors: FloatArray
    tract_counties: npt.NDArray[np.str_]

    def county(self, lat: npt.ArrayLike, lon: npt.ArrayLike) -> list[str]:
        """Return the five-digit county code of each point (lowest code on a shared border)."""
        lat_array = np.asarray(lat, dtype=float)
        lon_array = np.asarray(lon, dtype=float)
        found = [""] * len(lat_array)
        hits = self.tree.query(shapely.points(lon_array, lat_array), predicate="intersects")
        for point, polygon in zip(hits[0], hits[1], strict=True):
            code = self.geoids[int(polygon)]
            found[int(point)] = min(code, found[int(point)]) if found[int(point)] else code
        lost = [i for i, code in enumerate(found) if not code]
        if lost:
            vectors = unit_vectors(lat_array[lost], lon_array[lost])
            index, _ = nearest(vectors, self.tract_vectors)
            for place, tract in zip(lost, index, strict=True):
                found[place] = str(self.tract_counties[tract])
        return found


def county_locator(
    shapes: Path, lat: npt.ArrayLike, lon: npt.ArrayLike, counties: list[str]
) -> CountyLocator:
    """Build a `CountyLocator` from a GeoJSON of counties and the tracts of the country."""
    features = json.loads(shapes.read_text(encoding="utf-8"))["features"]
    features = sorted(features, key=lambda feature: str(feature["properties"]["GEOID"]))
    polygons = [shapely.geometry.shape(feature["geometry"]) for feature in features]
    return CountyLocator(
        tree=shapely.STRtree(polygons),
        geoids=tuple(str(feature["properties"]["GEOID"]) for feature in features),
        tract_vectors=unit_vectors(lat, lon),
        tract_counties=np.asarray(counties, dtype=np.str_),
    )
