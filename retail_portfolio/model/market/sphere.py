"""The sphere: great-circle distances, nearest neighbours and what lies within a radius.

Great-circle distance by the haversine form [1]_:

    d = 2 R asin( sqrt( sin^2((p2 - p1) / 2) + cos p1 cos p2 sin^2((l2 - l1) / 2) ) )

with p the latitude and l the longitude in radians and R the mean radius of the Earth.
Nearest neighbours and counts within a radius go through a k-d tree on the unit sphere, where
the straight chord c and the arc d are tied by ``c = 2 sin(d / 2R)``; this is exact, whereas a
projected plane picks another nearest store for some points.

.. [1] Sinnott, R. W. (1984). Virtues of the haversine. Sky and Telescope 68(2).
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from retail_portfolio.inputs.near import (
    EARTH_RADIUS_KM,
    KM_PER_MILE,
    chord_of_km,
    nearest_of,
    unit_vectors,
)

if TYPE_CHECKING:
    from numpy.typing import ArrayLike, NDArray

    Floats = NDArray[np.float64]
    Ints = NDArray[np.int64]

__all__ = [
    "EARTH_RADIUS_KM",
    "KM_PER_MILE",
    "chord_of_km",
    "great_circle_km",
    "nearest",
    "unit_vectors",
    "within_km",
]


def great_circle_km(
    from_lat: ArrayLike, from_lon: ArrayLike, to_lat: ArrayLike, to_lon: ArrayLike
) -> Floats:
    """Great-circle distance in kilometres between WGS 84 points in degrees.

    The four arguments broadcast against each other; the result has the broadcast shape and
    lies between 0 and half the circumference of the Earth.
    """
    from_phi, to_phi = np.radians(from_lat), np.radians(to_lat)
    half_phi = (to_phi - from_phi) / 2
    half_lambda = (np.radians(to_lon) - np.radians(from_lon)) / 2
    chord = np.sin(half_phi) ** 2 + np.cos(from_phi) * np.cos(to_phi) * np.sin(half_lambda) ** 2
    km: Floats = 2 * EARTH_RADIUS_KM * np.arcsin(np.sqrt(np.clip(chord, 0.0, 1.0)))
    return km


def nearest(
    from_lat: ArrayLike, from_lon: ArrayLike, to_lat: ArrayLike, to_lon: ArrayLike
) -> tuple[Ints, Floats]:
    """Find the nearest of the ``to`` points for each ``from`` point.

    Returns
    -------
    index
        Position of the nearest point, shape ``(n,)``; -1 where there is no ``to`` point.
    km
        Its great-circle distance in kilometres; infinite where there is none.
    """
    return nearest_of(unit_vectors(from_lat, from_lon), unit_vectors(to_lat, to_lon))


def within_km(
    from_lat: ArrayLike, from_lon: ArrayLike, to_lat: ArrayLike, to_lon: ArrayLike, km: float
) -> tuple[Ints, Ints]:
    """List all pairs of ``from`` and ``to`` points that lie at most ``km`` apart.

    Returns
    -------
    from_index, to_index
        Positions of the pairs, sorted by ``from`` and then ``to``; both of shape ``(pairs,)``.
    """
    from scipy.spatial import KDTree  # noqa: PLC0415 - keeps the import of the models light

    start, end = unit_vectors(from_lat, from_lon), unit_vectors(to_lat, to_lon)
    if len(start) == 0 or len(end) == 0:
        return np.empty(0, np.int64), np.empty(0, np.int64)
    found = KDTree(end).query_ball_point(start, chord_of_km(km), return_sorted=True)
    counts = np.fromiter((len(row) for row in found), np.int64, len(found))
    to_index = np.fromiter((j for row in found for j in row), np.int64, int(counts.sum()))
    return np.repeat(np.arange(len(start)), counts), to_index
