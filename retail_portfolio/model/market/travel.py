"""Travel: minutes and kilometres on the road from where people live to stores, in reach only.

Without a road network the way from point i to store j is estimated. With g the great-circle
distance, the mean distance r_i of the point's people from its centre, and the circuity c,

    road_ij = c sqrt(g^2 + r_i^2)

Speeds rise with the length of a trip: the first b_1 miles are driven at v_1, those up to b_2 at
v_2 and so on; the most crowded places multiply every speed by a ratio s_i <= 1. To that come access
minutes at both ends, and a penalty where water lies between the two:

    minutes_ij = access + sum_k (length of road_ij within band k) / v_k  / s_i  + penalty_ij

r_i is two thirds of the radius of a disc of the point's area, the mean distance of a disc from
its centre, so that nobody lives at distance zero. On circuity see Giacomin and Levinson (2015)
[1]_; c is the ledger's. Where a matrix of travel times is given (OSRM, Valhalla, r5py), it takes
the place of all this.

.. [1] Giacomin, D. J., Levinson, D. M. (2015). Road network circuity in metropolitan areas.
   Environment and Planning B 42(6), 1040-1053.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from retail_portfolio.model.market.sphere import (
    EARTH_RADIUS_KM,
    KM_PER_MILE,
    chord_of_km,
    unit_vectors,
)

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from retail_portfolio.inputs.assumptions import Ledger

    Floats = NDArray[np.float64]
    Ints = NDArray[np.int64]

MINUTES_PER_HOUR = 60
MEAN_OF_DISC = 2 / 3
"""Mean distance of the points of a disc from its centre, over its radius."""
BLOCK = 1024
"""Demand points looked at together: bounds the memory a search for pairs needs."""
NO_ZONE = 0


@dataclass(frozen=True, slots=True)
class Road:
    """How far and how fast one drives; one look at the ledger.

    Parameters
    ----------
    circuity
        Road kilometres over great-circle kilometres, 1 or more.
    upper_miles
        Where each speed band but the last ends, rising, shape ``(bands - 1,)``.
    mph
        Speed within each band, miles an hour, shape ``(bands,)``.
    dense_ratio
        What crowded places multiply speeds by, above 0 and at most 1.
    dense_population_per_sq_km
        From here on a place is crowded.
    access_minutes
        Parking and walking, both ends together, minutes.
    """

    circuity: float
    upper_miles: tuple[float, ...]
    mph: tuple[float, ...]
    dense_ratio: float
    dense_population_per_sq_km: float
    access_minutes: float

    def minutes(self, road_km: Floats) -> Floats:
        """Return driving minutes of trips of ``road_km``, without crowding, access, water."""
        miles = road_km / KM_PER_MILE
        minutes = np.zeros_like(miles)
        starts = (0.0, *self.upper_miles)
        ends = (*self.upper_miles, np.inf)
        for start, end, mph in zip(starts, ends, self.mph, strict=True):
            minutes += np.clip(miles - start, 0.0, end - start) * (MINUTES_PER_HOUR / mph)
        return minutes

    def farthest_km(self, minutes: float) -> float:
        """Return the great-circle distance that nobody exceeds in ``minutes``."""
        left, km = max(minutes - self.access_minutes, 0.0), 0.0
        starts = (0.0, *self.upper_miles)
        ends = (*self.upper_miles, np.inf)
        for start, end, mph in zip(starts, ends, self.mph, strict=True):
            miles = min(left * mph / MINUTES_PER_HOUR, end - start)
            km += miles * KM_PER_MILE
            left -= miles * MINUTES_PER_HOUR / mph
        return km / self.circuity


def road_of(ledger: Ledger) -> Road:
    """Read how far and how fast one drives from the ledger.

    Bands are the rows ``travel_speed_mph.band1``, ``.band2`` and so on, as many as there are.
    """
    bands = 1
    while ledger.has("travel_speed_mph", format=f"band{bands + 1}"):
        bands += 1
    names = [f"band{number}" for number in range(1, bands + 1)]
    return Road(
        circuity=ledger.value("circuity_ratio"),
        upper_miles=tuple(ledger.value("travel_band_upper_miles", format=n) for n in names[:-1]),
        mph=tuple(ledger.value("travel_speed_mph", format=n) for n in names),
        dense_ratio=ledger.value("dense_speed_ratio"),
        dense_population_per_sq_km=ledger.value("dense_population_per_sq_km"),
        access_minutes=ledger.value("access_minutes"),
    )


def spread_km(population: Floats, population_per_sq_km: Floats) -> Floats:
    """Mean distance of a point's people from its centre, km; 0 where it cannot be known.

    Parameters
    ----------
    population, population_per_sq_km
        Shape ``(points,)``. A point without either has no spread.
    """
    known = (population > 0) & (population_per_sq_km > 0)
    area = np.divide(population, population_per_sq_km, out=np.zeros(len(known)), where=known)
    spread: Floats = MEAN_OF_DISC * np.sqrt(area / np.pi)
    return spread


@dataclass(frozen=True, slots=True)
class Places:
    """Points on the map with what travel depends on; rows are demand points or stores.

    Parameters
    ----------
    lat, lon
        Degrees, WGS 84, shape ``(n,)``.
    zone
        Which side of which water a place lies on, an index into both sides of the penalties.
    spread_km
        Mean distance of the people of a demand point from its centre; 0 for stores.
    slow
        Whether the place is so crowded that speeds fall.
    """

    lat: Floats
    lon: Floats
    zone: Ints
    spread_km: Floats
    slow: NDArray[np.bool_]

    def __len__(self) -> int:
        """Return the number of places."""
        return len(self.lat)

    @classmethod
    def at(cls, lat: Floats, lon: Floats) -> Places:
        """Return plain places: no zone, no spread, no crowding."""
        count = len(lat)
        return cls(
            np.asarray(lat, float),
            np.asarray(lon, float),
            np.full(count, NO_ZONE),
            np.zeros(count),
            np.zeros(count, bool),
        )


@dataclass(frozen=True, slots=True)
class Reach:
    """Every pair of a demand point and a store within the cut-off, by point.

    Pairs of point i stand at ``start[i]:start[i + 1]``, in the order of the stores.

    Parameters
    ----------
    start
        Shape ``(points + 1,)``.
    store
        Position of the store of each pair.
    minutes, km
        Travel minutes and road kilometres of each pair; km is NaN where a matrix has none.
    stores
        Number of stores.
    """

    start: Ints
    store: NDArray[np.int32]
    minutes: Floats
    km: Floats
    stores: int

    @property
    def points(self) -> int:
        """Number of demand points."""
        return len(self.start) - 1

    @property
    def point(self) -> NDArray[np.int32]:
        """Position of the demand point of each pair."""
        return np.repeat(np.arange(self.points, dtype=np.int32), np.diff(self.start))

    def of_stores(self, wanted: NDArray[np.bool_]) -> Reach:
        """Return the pairs of the stores wanted; the others stay, and nobody reaches them.

        Parameters
        ----------
        wanted
            Shape ``(stores,)``.
        """
        stays = wanted[self.store]
        before = np.concatenate([[0], np.cumsum(stays)])
        start = before[self.start].astype(self.start.dtype)
        return Reach(start, self.store[stays], self.minutes[stays], self.km[stays], self.stores)


def pairs_in_reach(
    points: Places,
    stores: Places,
    road: Road,
    cutoff_minutes: float,
    penalty_minutes: Floats | None = None,
) -> Reach:
    """Find every pair of a point and a store at most ``cutoff_minutes`` apart.

    Parameters
    ----------
    penalty_minutes
        What water adds, by zone of the point and zone of the store; ``None``: nothing.

    Returns
    -------
    Reach
        Memory beyond the pairs themselves does not grow with the number of points.
    """
    from scipy.sparse import coo_array  # noqa: PLC0415 - keeps the import of the models light
    from scipy.spatial import KDTree  # noqa: PLC0415 - keeps the import of the models light

    rows: list[tuple[Ints, NDArray[np.int32], Floats, Floats]] = []
    if len(points) and len(stores):
        chord = chord_of_km(road.farthest_km(cutoff_minutes))
        vectors, tree = (
            unit_vectors(points.lat, points.lon),
            KDTree(unit_vectors(stores.lat, stores.lon)),
        )
        for first in range(0, len(points), BLOCK):
            block = vectors[first : first + BLOCK]
            found = KDTree(block).sparse_distance_matrix(tree, chord, output_type="ndarray")
            point, store = found["i"] + first, found["j"]
            km = road.circuity * np.hypot(
                2 * EARTH_RADIUS_KM * np.arcsin(found["v"] / 2), points.spread_km[point]
            )
            minutes = road.minutes(km)
            minutes[points.slow[point]] /= road.dense_ratio
            minutes += road.access_minutes
            if penalty_minutes is not None:
                minutes += penalty_minutes[points.zone[point], stores.zone[store]]
            near = np.flatnonzero(minutes <= cutoff_minutes)
            # Rows of a sparse table sort pairs by point and store three times as fast as a sort.
            table = coo_array(
                (near, (found["i"][near].astype(np.int32), store[near].astype(np.int32))),
                shape=(len(block), len(stores)),
            ).tocsr()
            table.sort_indices()
            near = table.data
            rows.append((np.diff(table.indptr), table.indices, minutes[near], km[near]))
    return _joined(rows, len(points), len(stores))


def _joined(
    rows: list[tuple[Ints, NDArray[np.int32], Floats, Floats]], points: int, stores: int
) -> Reach:
    if not rows:
        nothing = np.zeros(0)
        return Reach(np.zeros(points + 1, int), np.zeros(0, np.int32), nothing, nothing, stores)
    counts, store, minutes, km = (np.concatenate(column) for column in zip(*rows, strict=True))
    start = np.concatenate([[0], np.cumsum(counts, dtype=np.int64)])
    return Reach(start, store, minutes, km, stores)


def reach_of_matrix(
    matrix: pd.DataFrame, point_ids: list[str], store_ids: list[str], cutoff_minutes: float
) -> Reach:
    """Return the pairs of a matrix of travel times that lie within the cut-off.

    Parameters
    ----------
    matrix
        Columns ``from_id, to_id, travel_minutes, travel_km``; checked by
        `retail_portfolio.inputs.registers.travel_times`. A pair that is not there is out of reach.
    store_ids
        May name a store more than once: a site and what it could become stand at one place.
    """
    near = matrix[matrix["travel_minutes"] <= cutoff_minutes].astype({"to_id": "str"})
    near = near.assign(point=pd.Index(point_ids).get_indexer(pd.Index(near["from_id"])))
    places = pd.DataFrame({"to_id": store_ids, "store": np.arange(len(store_ids))})
    pairs = near[near["point"] >= 0].merge(places, on="to_id").sort_values(["point", "store"])
    counts = np.bincount(pairs["point"], minlength=len(point_ids))
    return Reach(
        np.concatenate([[0], np.cumsum(counts)]),
        pairs["store"].to_numpy(np.int32),
        pairs["travel_minutes"].to_numpy(float),
        pairs["travel_km"].to_numpy(float),
        len(store_ids),
    )
