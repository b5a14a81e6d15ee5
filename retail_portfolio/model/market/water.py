"""Water: what a river, a bay or a lake between two places adds to a trip.

Great-circle distance drives across open water. A table of barriers says which pairs of counties
water parts, and for a lake within one county from which longitude on and between which latitudes;
each row adds its penalty to every trip from one side to the other.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    import pandas as pd
    from numpy.typing import NDArray

    Floats = NDArray[np.float64]
    Ints = NDArray[np.int64]
    Sides = NDArray[np.int8]


def _sides(barriers: pd.DataFrame, county: NDArray[np.str_], lat: Floats, lon: Floats) -> Sides:
    """Side of every place on every barrier: 1 one side, 2 the other, 0 neither; (n, barriers)."""
    side = np.zeros((len(county), len(barriers)), dtype=np.int8)
    for at, row in enumerate(barriers.to_dict("records")):
        one, other = row["county_a"], row["county_b"]
        if one != other:
            side[county == one, at] = 1
            side[county == other, at] = 2
            continue
        inside = (county == one) & (lat >= row["lat_from"]) & (lat <= row["lat_to"])
        west = lon < float(row["west_of_lon"])
        side[inside & west, at] = 1
        side[inside & ~west, at] = 2
    return side


def zones(
    barriers: pd.DataFrame, places: list[tuple[NDArray[np.str_], Floats, Floats]]
) -> tuple[list[Ints], Floats]:
    """Sort places into zones and say what water adds between two zones.

    Parameters
    ----------
    barriers
        Columns ``county_a, county_b, west_of_lon, lat_from, lat_to, penalty_minutes``; may be
        empty.
    places
        For each group of places (demand points, stores): county codes, latitudes, longitudes.

    Returns
    -------
    zone
        Zone of each place, one array a group.
    penalty_minutes
        Added minutes by zone and zone, symmetric, 0 on the diagonal.
    """
    if barriers.empty:
        return [np.zeros(len(county), dtype=np.int64) for county, *_ in places], np.zeros((1, 1))
    sides = [_sides(barriers, *group) for group in places]
    every = np.vstack(sides)
    known: dict[bytes, int] = {}
    zone = np.array([known.setdefault(row.tobytes(), len(known)) for row in every])
    kinds = np.array([np.frombuffer(row, dtype=np.int8) for row in known]).astype(np.int64)
    apart = (kinds[:, None, :] * kinds[None, :, :]) == 2  # noqa: PLR2004 - 1 x 2: opposite sides
    penalty: Floats = apart @ barriers["penalty_minutes"].to_numpy(float)
    ends = np.cumsum([len(side) for side in sides])[:-1]
    return np.split(zone, ends), penalty
