"""The formulas of travel and decay as anybody would write them in numpy, for the plain sides."""

from __future__ import annotations

import numpy as np

from common.road import ACCESS_MINUTES, CIRCUITY, DISTANCE_EXPONENT, MPH, UPPER_MILES

RADIUS_KM = 6371.0088
KM_PER_MILE = 1.609344
LEAST_MINUTES = 1.0


def great_circle_km(
    lat: np.ndarray, lon: np.ndarray, store_lat: np.ndarray, store_lon: np.ndarray
) -> np.ndarray:
    """Return haversine kilometres, points x stores, from radians."""
    north = np.sin((store_lat - lat[:, None]) / 2) ** 2
    east = np.sin((store_lon - lon[:, None]) / 2) ** 2
    chord = north + np.cos(lat)[:, None] * np.cos(store_lat) * east
    km: np.ndarray = 2 * RADIUS_KM * np.arcsin(np.sqrt(chord))
    return km


def minutes_of_km(km: np.ndarray) -> np.ndarray:
    """Return travel minutes of great-circle kilometres: a speed for each band, and access."""
    miles = km * (CIRCUITY / KM_PER_MILE)
    minutes = miles * (60 / MPH[0])
    for end, slower, faster in zip(UPPER_MILES, MPH, MPH[1:], strict=False):
        minutes += np.maximum(miles - end, 0) * (60 / faster - 60 / slower)
    return minutes + ACCESS_MINUTES


def decay(minutes: np.ndarray) -> np.ndarray:
    """Return minutes to the power of minus lambda."""
    remains: np.ndarray = np.maximum(minutes, LEAST_MINUTES) ** -DISTANCE_EXPONENT
    return remains
