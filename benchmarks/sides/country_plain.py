"""The same country in plain scipy: a distance matrix of two trees, rows normalised, sales."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
from common.plain import KM_PER_MILE, RADIUS_KM, decay, minutes_of_km
from common.road import (
    ACCESS_MINUTES,
    CIRCUITY,
    CUTOFF_MINUTES,
    MPH,
    OUTSIDE,
    SIZE_EXPONENT,
    UPPER_MILES,
)
from scipy.sparse import csr_array
from scipy.spatial import cKDTree

if TYPE_CHECKING:
    from collections.abc import Callable


def prepare(options: dict[str, Any]) -> Callable[[], dict[str, np.ndarray]]:
    """Return the computation of sales; ``places`` is the one option."""
    with np.load(options["places"]) as file:
        at = dict(file)
    pull = at["size_sqft"] ** SIZE_EXPONENT
    chord = 2 * np.sin(_farthest_km() / (2 * RADIUS_KM))

    def run() -> dict[str, np.ndarray]:
        points = cKDTree(_unit_vectors(at["lat"], at["lon"]))
        stores = cKDTree(_unit_vectors(at["store_lat"], at["store_lon"]))
        near = points.sparse_distance_matrix(stores, chord, output_type="coo_matrix")
        minutes = minutes_of_km(2 * RADIUS_KM * np.arcsin(near.data / 2))
        kept = minutes <= CUTOFF_MINUTES
        row, column = near.row[kept], near.col[kept]
        attraction = csr_array(
            (decay(minutes[kept]) * pull[column], (row, column)), shape=near.shape
        )
        total = attraction.sum(axis=1) + OUTSIDE
        shares = attraction.multiply((1 / total)[:, None]).tocsr()
        return {"sales": shares.T @ at["spending_usd_year"], "pairs": np.array(shares.nnz)}

    return run


def _unit_vectors(lat: np.ndarray, lon: np.ndarray) -> np.ndarray:
    phi, lam = np.radians(lat), np.radians(lon)
    return np.column_stack((np.cos(phi) * np.cos(lam), np.cos(phi) * np.sin(lam), np.sin(phi)))


def _farthest_km() -> float:
    """Return the great-circle distance that is driven within the cut-off."""
    left, km = CUTOFF_MINUTES - ACCESS_MINUTES, 0.0
    for start, end, mph in zip((0.0, *UPPER_MILES), (*UPPER_MILES, np.inf), MPH, strict=True):
        miles = min(left * mph / 60, end - start)
        left -= miles * 60 / mph
        km += miles * KM_PER_MILE
    return km / CIRCUITY
