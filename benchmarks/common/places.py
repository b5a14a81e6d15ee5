"""Points and stores to measure with: made up by a seed, or read from files.

A made-up country is the metros of the bundled demand table once as they are, and copies of them
drawn apart for the rest, so that points near one another are about as many as in the whole United
States. Copies are turned around the axis of the Earth, which changes no distance, and every point
is moved a little.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from common.runner import ROOT

if TYPE_CHECKING:
    from pathlib import Path

SEED = 20260127
KM_PER_DEGREE = 111.2
JITTER_KM = 1.0
TURN_DEGREES = 70.0
"""Between two copies; the metros span less."""
APART = 3.0
"""How far copies are drawn apart from the middle of each metro."""
LEAST_SQFT, MOST_SQFT = 10_000.0, 60_000.0
USD_PER_PERSON = 3_000.0
"""Spending only sets the scale of the answers."""
NAMES = {"lat": ("lat", "latitude"), "lon": ("lon", "longitude"), "people": ("population",)}


def city(path: Path, points: int, stores: int) -> None:
    """Write points and stores spread evenly over a region of 100 km by 100 km.

    Parameters
    ----------
    path
        File for the arrays ``lat, lon, spending_usd_year`` of points and ``store_lat, store_lon,
        size_sqft`` of stores.
    points, stores
        How many of each.
    """
    rng = np.random.default_rng(SEED)
    half = 0.45
    np.savez(
        path,
        lat=40 + rng.uniform(-half, half, points),
        lon=10 + rng.uniform(-half, half, points) / np.cos(np.radians(40)),
        spending_usd_year=rng.uniform(1e6, 1e7, points),
        store_lat=40 + rng.uniform(-half, half, stores),
        store_lon=10 + rng.uniform(-half, half, stores) / np.cos(np.radians(40)),
        size_sqft=rng.uniform(LEAST_SQFT, MOST_SQFT, stores),
    )


def country(path: Path, points: int, stores: int) -> None:
    """Write points and stores as clustered as the bundled metros; arrays as in `city`."""
    rng = np.random.default_rng(SEED)
    base = pd.read_csv(ROOT / "data" / "demand.csv")
    middle = base.groupby("metro_id")[["lat", "lon"]].transform("mean").to_numpy(float)
    offset = base[["lat", "lon"]].to_numpy(float) - middle
    people = base["population"].fillna(0).to_numpy(float)
    copies = -(-points // len(base))
    row = np.tile(np.arange(len(base)), copies)[:points]
    copy = np.repeat(np.arange(copies), len(base))[:points]
    lat, lon = (middle[row] + offset[row] * np.where(copy > 0, APART, 1.0)[:, None]).T
    lon = lon + copy * TURN_DEGREES
    anchor = rng.integers(0, points, stores)
    point_at = _moved(rng, lat, lon)
    store_at = _moved(rng, lat[anchor], lon[anchor])
    np.savez(
        path,
        lat=point_at[0],
        lon=point_at[1],
        spending_usd_year=people[row] * USD_PER_PERSON,
        store_lat=store_at[0],
        store_lon=store_at[1],
        size_sqft=rng.uniform(LEAST_SQFT, MOST_SQFT, stores),
    )


def _moved(
    rng: np.random.Generator, lat: np.ndarray, lon: np.ndarray
) -> tuple[np.ndarray, np.ndarray]:
    north, east = rng.normal(0, JITTER_KM / KM_PER_DEGREE, (2, len(lat)))
    return lat + north, (lon + east / np.cos(np.radians(lat)) + 180) % 360 - 180


def from_files(path: Path, points_file: str, stores_file: str) -> tuple[int, int]:
    """Write real points and stores; arrays as in `city`, sizes by the seed.

    Parameters
    ----------
    points_file, stores_file
        CSV files with columns for latitude and longitude, points with one for population too.

    Returns
    -------
    points, stores
        How many of each have coordinates.

    Raises
    ------
    ValueError
        If a column is missing.
    """
    at, where = _read(points_file, people=True), _read(stores_file, people=False)
    sizes = np.random.default_rng(SEED).uniform(LEAST_SQFT, MOST_SQFT, len(where))
    np.savez(
        path,
        lat=at["lat"],
        lon=at["lon"],
        spending_usd_year=at["people"] * USD_PER_PERSON,
        store_lat=where["lat"],
        store_lon=where["lon"],
        size_sqft=sizes,
    )
    return len(at), len(where)


def _read(name: str, *, people: bool) -> pd.DataFrame:
    frame = pd.read_csv(name, encoding="utf-8-sig")
    by_lower = {column.lower(): column for column in frame.columns}
    wanted = ["lat", "lon", *(["people"] if people else [])]
    found = {}
    for kind in wanted:
        names = [by_lower[spelt] for spelt in NAMES[kind] if spelt in by_lower]
        if not names:
            raise ValueError(f"{name}: no column {' or '.join(NAMES[kind])}")
        found[kind] = frame[names[0]]
    return pd.DataFrame(found).dropna(subset=["lat", "lon"]).astype(float)


def part_of(path: Path, out: Path, share: float) -> int:
    """Write the same places with only a share of the points, drawn evenly; return their number."""
    with np.load(path) as whole:
        places = dict(whole)
    count = len(places["lat"])
    chosen = np.random.default_rng(SEED).permutation(count)[: round(count * share)]
    chosen.sort()
    for name in ("lat", "lon", "spending_usd_year"):
        places[name] = places[name][chosen]
    np.savez(out, **places)
    return len(chosen)
