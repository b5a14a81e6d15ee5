"""Points on the earth: coordinates that were exchanged, and points far from where they belong."""

from __future__ import annotations

import numpy as np
import pandas as pd

from retail_portfolio.inputs.checked_tables import CheckedTable
from retail_portfolio.inputs.faults import Fault
from retail_portfolio.inputs.near import EARTH_RADIUS_KM, nearest
from retail_portfolio.inputs.tables import looked_up

NORTH_AMERICA = (15.0, 72.0, -180.0, -64.0)
"""Least and greatest latitude, least and greatest longitude. A point that would lie here if its
coordinates were exchanged lies in Antarctica as it stands, so this is never a wrong alarm."""
MAX_LATITUDE = 90.0
FAR_FROM_DEMAND_KM = 25.0
"""Farther than anybody drives for groceries: a store with no household so near cannot be valued."""
FAR_FROM_METRO_KM = 400.0
"""The largest US metropolitan area reaches about 300 km from its centre."""


def distance_km(
    lat: pd.Series[float],
    lon: pd.Series[float],
    lat2: pd.Series[float] | float,
    lon2: pd.Series[float] | float,
) -> pd.Series[float]:
    """
    Return great-circle distances between pairs of points (haversine).

    Parameters
    ----------
    lat, lon, lat2, lon2
        Degrees, WGS 84, index-aligned; the second point may be one for all.

    Returns
    -------
    Series of float
        Kilometres, 0 or more; NaN where a coordinate is.
    """
    a, b = np.radians(lat), np.radians(lat2)
    across = np.sin(np.radians(lon2 - lon) / 2) ** 2
    half = np.sin((b - a) / 2) ** 2 + np.cos(a) * np.cos(b) * across
    angle: pd.Series[float] = 2 * np.arcsin(np.sqrt(half.clip(0, 1)))
    return EARTH_RADIUS_KM * angle


def swapped(lat: pd.Series[float], lon: pd.Series[float]) -> pd.Series[bool]:
    """
    Tell which points look as if latitude and longitude were exchanged.

    Parameters
    ----------
    lat, lon
        Degrees, as they were written; they may be out of range.

    Returns
    -------
    Series of bool
        True where the latitude cannot be one but would do as a longitude and the other way round,
        or where the exchanged point lies in North America.
    """
    south, north, west, east = NORTH_AMERICA
    exchanged = lon.between(south, north) & lat.between(west, east)
    impossible = (lat.abs() > MAX_LATITUDE) & (lat.abs() <= 2 * MAX_LATITUDE)
    return exchanged | (impossible & (lon.abs() <= MAX_LATITUDE))


def _no_good(lat: pd.Series[float], lon: pd.Series[float]) -> pd.Series[bool]:
    """Tell which points `swapped_faults` names."""
    return swapped(lat, lon) | _nowhere(lat, lon)


def swapped_faults(table: CheckedTable) -> list[Fault]:
    """Return a fault for each point whose coordinates look exchanged, or that is 0, 0."""
    lat, lon = table.frame["lat"], table.frame["lon"]
    looks = "a latitude between -90 and 90; latitude and longitude look swapped"
    nowhere = _nowhere(lat, lon)
    return [
        *table.faults_where(swapped(lat, lon), "lat", looks),
        *table.faults_where(nowhere, "lat", "a place; latitude 0, longitude 0 is none"),
    ]


def _nowhere(lat: pd.Series[float], lon: pd.Series[float]) -> pd.Series[bool]:
    """Tell which points are 0, 0: what a program writes that knows none."""
    return (lat == 0) & (lon == 0)


def far_from_metro_faults(table: CheckedTable, metros: pd.DataFrame) -> list[Fault]:
    """Return a fault for each point too far from the centre of the metro it is given to."""
    centre, frame = metros.set_index("metro_id"), table.frame
    lat, lon = (looked_up(centre[axis], frame["metro_id"]) for axis in ("lat", "lon"))
    far = distance_km(frame["lat"], frame["lon"], lat, lon) > FAR_FROM_METRO_KM
    expected = f"a point within {FAR_FROM_METRO_KM:.0f} km of the centre of its metro_id"
    return table.faults_where(far & ~swapped(frame["lat"], frame["lon"]), "lat", expected)


def far_from_demand_faults(
    table: CheckedTable, demand: CheckedTable, chosen: pd.Series[bool]
) -> list[Fault]:
    """
    Return a fault for each chosen store that lies too far from every demand point.

    Parameters
    ----------
    table
        The register.
    demand
        The demand points. Where one of them has no good point, no store is judged: it may be the
        one that a store lies at.
    chosen
        Which stores need people around them, index of the register.

    Returns
    -------
    list of Fault
        In column `lat`; a store whose point is no good by itself is left out.
    """
    lat, lon = demand.frame["lat"], demand.frame["lon"]
    if demand.frame.empty or (lat.isna() | lon.isna() | _no_good(lat, lon)).any():
        return []
    stores = table.frame[chosen & ~_no_good(table.frame["lat"], table.frame["lon"])]
    stores = stores.dropna(subset=["lat", "lon"])
    _, km = nearest(stores, demand.frame)
    far = pd.Series(km > FAR_FROM_DEMAND_KM, index=stores.index)
    far = far.reindex(table.frame.index, fill_value=False)
    expected = f"a point within {FAR_FROM_DEMAND_KM:.0f} km of a demand point"
    return table.faults_where(far, "lat", expected)
