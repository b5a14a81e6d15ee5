"""What lies near what on the sphere: the nearest of many places, and all places within a radius."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    import pandas as pd
    from numpy.typing import ArrayLike, NDArray

EARTH_RADIUS_KM = 6371.0088
"""Mean radius of the earth (IUGG)."""
KM_PER_MILE = 1.609344
"""International mile."""


def unit_vectors(lat: ArrayLike, lon: ArrayLike) -> NDArray[np.float64]:
    """
    Return points on the unit sphere.

    Parameters
    ----------
    lat, lon
        Degrees, WGS 84, shape ``(n,)``.

    Returns
    -------
    ndarray
        Shape ``(n, 3)``; the straight line between two rows grows with their great-circle
        distance, so that a search by one is a search by the other.
    """
    phi, lam = np.radians(np.asarray(lat, float)), np.radians(np.asarray(lon, float))
    return np.column_stack([np.cos(phi) * np.cos(lam), np.cos(phi) * np.sin(lam), np.sin(phi)])


def vectors_of(places: pd.DataFrame) -> NDArray[np.float64]:
    """Return the `unit_vectors` of a frame's ``lat`` and ``lon``."""
    return unit_vectors(places["lat"].to_numpy(float), places["lon"].to_numpy(float))


def chord_of_km(km: float) -> float:
    """Return the straight line on the unit sphere that is as long as ``km`` on the ground."""
    return float(2 * np.sin(min(km / EARTH_RADIUS_KM, np.pi) / 2))


def nearest_of(
    start: NDArray[np.float64], end: NDArray[np.float64]
) -> tuple[NDArray[np.int64], NDArray[np.float64]]:
    """
    Find the nearest of the points in ``end`` for each of ``start``.

    Parameters
    ----------
    start, end
        Of `unit_vectors`.

    Returns
    -------
    tuple
        Position of the nearest, -1 where there is none, and great-circle kilometres to it, infinite
        where there is none; both shape ``(start,)``.
    """
    from scipy.spatial import KDTree  # noqa: PLC0415 - whoever reads tables need not wait for it

    if not len(end):
        return np.full(len(start), -1, dtype=np.int64), np.full(len(start), np.inf)
    chord, at = KDTree(end).query(start)
    km = 2 * EARTH_RADIUS_KM * np.arcsin(np.clip(chord / 2, 0, 1))
    return np.asarray(at, dtype=np.int64), km


def nearest(
    places: pd.DataFrame, targets: pd.DataFrame
) -> tuple[NDArray[np.int64], NDArray[np.float64]]:
    """
    Find the nearest target of each place.

    Parameters
    ----------
    places, targets
        ``lat, lon`` in degrees.

    Returns
    -------
    tuple
        Position of the target, and great-circle kilometres to it, as `nearest_of` has them.
    """
    return nearest_of(vectors_of(places), vectors_of(targets))


def within(places: pd.DataFrame, targets: pd.DataFrame, km: float) -> NDArray[np.bool_]:
    """
    Tell which places lie within a radius of any target.

    Parameters
    ----------
    places, targets
        ``lat, lon`` in degrees; either may be empty.
    km
        Great-circle kilometres, the radius itself included.

    Returns
    -------
    ndarray of bool
        Shape ``(places,)``.
    """
    if not len(places) or not len(targets):
        return np.zeros(len(places), dtype=bool)
    return nearest(places, targets)[1] <= km


def close_pairs(places: pd.DataFrame, km: float) -> NDArray[np.int64]:
    """
    Return every pair of places within a distance of each other.

    Parameters
    ----------
    places
        ``lat, lon`` in degrees.
    km
        Great-circle kilometres.

    Returns
    -------
    ndarray
        Positions, shape ``(pairs, 2)``, the lower in front, pairs in rising order.
    """
    from scipy.spatial import KDTree  # noqa: PLC0415 - as in `nearest_of`

    if not len(places):
        return np.zeros((0, 2), dtype=np.int64)
    pairs = KDTree(vectors_of(places)).query_pairs(chord_of_km(km), output_type="ndarray")
    pairs = np.sort(np.asarray(pairs, dtype=np.int64), axis=1)
    return pairs[np.lexsort((pairs[:, 1], pairs[:, 0]))]


def mean_place(places: pd.DataFrame, weight: NDArray[np.float64]) -> tuple[float, float]:
    """
    Return the middle of places on the sphere, also across the date line.

    Parameters
    ----------
    places
        ``lat, lon`` in degrees, not all around the earth; at least one row.
    weight
        Above 0, shape ``(places,)``.

    Returns
    -------
    tuple of float
        Latitude and longitude, degrees.
    """
    x, y, z = (vectors_of(places) * weight[:, None]).sum(axis=0)
    return float(np.degrees(np.arctan2(z, np.hypot(x, y)))), float(np.degrees(np.arctan2(y, x)))
