"""Choices of conversions to measure with: metros made up by a seed, in several shapes.

A metro has demand points, rivals, own stores that stay, and sites that may convert, in one format
or in two. Its file holds the numbers of `retail_portfolio.model.planning.plan_problem`, so that
every side begins with the same ones: what a site pulls relative to all that is open (r), what is
still to be won at each point (h), the ramp of each year (g), what a dollar of sales in each year is
worth (w), and the money of each column (k). A column's own money costs a share of what it would
gain by itself, drawn around `COSTS`: then many sites pay alone and few of them together, and which
is hard to say.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np

from common.places import KM_PER_DEGREE, LEAST_SQFT, MOST_SQFT, USD_PER_PERSON
from common.plain import decay, great_circle_km, minutes_of_km
from common.road import CUTOFF_MINUTES, OUTSIDE, SIZE_EXPONENT

LAT, LON = 40.0, -75.0
"""Middle of every metro."""
OWN_SHARE = 0.1
"""Own stores that stay, as a share of the rivals."""
SQFT_OF_SECOND = 0.35
"""Floor of the second format as a part of the first."""
YEARS, DISCOUNT, MARGIN_AFTER_TAX = 20, 0.09, 0.15
RAMP = (0.8, 0.87, 0.93)
"""Of the first years; 1 from then on."""
CAPEX_USD_PER_SQFT = 150.0
COUNTRY_POINTS, COUNTRY_RIVALS = 2_000, 100
"""Of each metro of a country."""


@dataclass(frozen=True)
class Shape:
    """How a metro looks.

    Parameters
    ----------
    side_km
        Points lie in a square of so many kilometres a side.
    towns
        Points and stores gather around so many middles; 0: they are spread evenly.
    twins
        Every second site stands within a kilometre of the one before.
    costs
        Least and greatest share of a column's gain alone that it costs.
    formats
        1 or 2.
    rivals_pull
        How strong rivals are: 1 as an own store of their size.
    """

    side_km: float = 80.0
    towns: int = 0
    twins: bool = False
    costs: tuple[float, float] = (0.35, 0.9)
    formats: int = 1
    rivals_pull: float = 1.0


SHAPES = {
    "spread": Shape(),
    "towns": Shape(towns=12),
    "dense": Shape(side_km=25.0, costs=(0.7, 0.95)),
    "dense, two formats": Shape(side_km=25.0, costs=(0.7, 0.95), formats=2),
    "dense, weak rivals": Shape(side_km=25.0, costs=(0.7, 0.95), rivals_pull=0.3),
    "twins": Shape(side_km=50.0, twins=True),
}


def metro(seed: int, sites: int, points: int, rivals: int, shape: Shape) -> dict[str, Any]:
    """Make up one metro; equal arguments make equal ones.

    Returns
    -------
    dict
        ``relative`` (r, points x options), ``worth_usd_year``, ``site``, ``to_format``, ``option``,
        ``linear_usd``, ``capital_usd``, ``mean_ramp``, ``year_weight``.
    """
    rng = np.random.default_rng(seed)
    own = round(rivals * OWN_SHARE)
    middles = rng.uniform(-0.5, 0.5, (shape.towns, 2)) * shape.side_km
    point_at = _spots(rng, points, shape, middles)
    rival_at, own_at = _spots(rng, rivals, shape, middles), _spots(rng, own, shape, middles)
    site_at = _spots(rng, sites, shape, middles)
    if shape.twins:
        site_at[1::2] = site_at[: 2 * (sites // 2) : 2] + rng.uniform(-0.5, 0.5, (sites // 2, 2))
    sqft = rng.uniform(LEAST_SQFT, MOST_SQFT, rivals + own + sites)
    sqft[:rivals] *= shape.rivals_pull ** (1 / SIZE_EXPONENT)
    floor = np.concatenate(
        [sqft[rivals + own :] * s for s in (1.0, SQFT_OF_SECOND)[: shape.formats]]
    )
    everywhere = np.concatenate([rival_at, own_at, *[site_at] * shape.formats])
    pull = _pulls(point_at, everywhere, np.concatenate([sqft[: rivals + own], floor]))
    theirs = pull[:, :rivals].sum(axis=1) + OUTSIDE
    total = theirs + pull[:, rivals : rivals + own].sum(axis=1)
    relative = pull[:, rivals + own :] / total[:, None]
    spending = rng.lognormal(7.0, 0.6, points) * USD_PER_PERSON
    worth = spending * theirs / total
    years = np.arange(1, YEARS + 1)
    ramp = np.concatenate([RAMP, np.ones(YEARS - len(RAMP))])
    weight = MARGIN_AFTER_TAX * (1 + DISCOUNT) ** -years
    alone = np.zeros(relative.shape[1])
    for level, much in zip(ramp, weight, strict=True):
        alone += much * (worth @ (level * relative / (1 + level * relative)))
    options = len(alone)
    return {
        "relative": relative,
        "worth_usd_year": worth,
        "site": np.tile(np.arange(sites), shape.formats),
        "to_format": np.repeat(np.arange(shape.formats), sites),
        "linear_usd": -alone * rng.uniform(*shape.costs, options),
        "capital_usd": floor * CAPEX_USD_PER_SQFT,
        "mean_ramp": np.tile(ramp, (options, 1)),
        "year_weight": weight,
    }


def _spots(rng: Any, count: int, shape: Shape, middles: Any) -> Any:
    """Kilometres east and north of the middle, shape ``(count, 2)``."""
    if not shape.towns:
        return rng.uniform(-0.5, 0.5, (count, 2)) * shape.side_km
    near = middles[rng.integers(0, shape.towns, count)]
    return near + rng.normal(0.0, shape.side_km / 16, (count, 2))


def _pulls(points: Any, stores: Any, sqft: Any) -> Any:
    (lat, lon), (store_lat, store_lon) = _degrees(points), _degrees(stores)
    minutes = minutes_of_km(great_circle_km(lat, lon, store_lat, store_lon))
    near = minutes <= CUTOFF_MINUTES
    return np.where(near, decay(minutes) * sqft**SIZE_EXPONENT, 0.0)


def _degrees(km: Any) -> Any:
    lat = LAT + km[:, 1] / KM_PER_DEGREE
    lon = LON + km[:, 0] / (KM_PER_DEGREE * np.cos(np.radians(LAT)))
    return np.radians(lat), np.radians(lon)


def country(seed: int, metros: int, sites: int, shape: Shape) -> dict[str, Any]:
    """Make up metros that share no point; arrays as in `metro`.

    Parameters
    ----------
    sites
        Of all metros together.
    """
    from scipy.sparse import block_diag  # noqa: PLC0415 - the plain sides do not need it

    each = [sites // metros + (number < sites % metros) for number in range(metros)]
    parts = [
        metro(seed * 1000 + number, count, COUNTRY_POINTS, COUNTRY_RIVALS, shape)
        for number, count in enumerate(each)
    ]
    before = np.cumsum([0, *each])
    together = ("worth_usd_year", "to_format", "linear_usd", "capital_usd", "mean_ramp")
    found = {name: np.concatenate([part[name] for part in parts]) for name in together}
    return {
        **found,
        "relative": block_diag([part["relative"] for part in parts], format="csc"),
        "site": np.concatenate([p["site"] + n for p, n in zip(parts, before, strict=False)]),
        "year_weight": parts[0]["year_weight"],
    }
