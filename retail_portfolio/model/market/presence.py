r"""Presence: where a banner stands, against where people live, over a whole country.

Each of the banner's stores chose one demand point of the country. Point i, with H_i households and
traits z_i of the households around it (`retail_portfolio.model.market.siting`), is chosen with

    P_i = H_i exp(b z_i) / sum_k H_k exp(b z_k)

a conditional logit over places (McFadden 1974); were no trait to matter, b = 0, stores would follow
households. Store n has the traits z_n of its own place, so that the slopes b maximise

    L(b) = sum_n b z_n - N log sum_i H_i exp(b z_i)

with N the number of stores; L is concave. Standard errors come from the inverse of its Hessian.
Given their number, the same slopes come from a Poisson process of stores with intensity H exp(a + b
z) (on such processes: Warton and Shepherd 2010, Annals of Applied Statistics 4(3), 1383-1402). b z
is the index of a place: how much likelier a household there has a store of the banner than one
elsewhere, as a logarithm.

Unlike `retail_portfolio.model.market.siting`, which needs lists of competitors and compares places
of one metro, this also compares metros with each other, and asks for nothing but people and own
stores. What is near the places that an index is to be tested on is left out, people and stores
alike: if only the stores were, the fit would learn that nobody settled there.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from retail_portfolio.model.market.affinity import TRAITS
from retail_portfolio.model.market.siting import place_traits
from retail_portfolio.model.market.sphere import nearest

if TYPE_CHECKING:
    from collections.abc import Mapping

    import pandas as pd
    from numpy.typing import NDArray

    Floats = NDArray[np.float64]
    Flags = NDArray[np.bool_]

FEWEST_STORES = 30
"""Fewer stores than this tell nothing of three slopes."""
NEIGHBOUR_KM = 25.0
"""A place without a household around it takes the traits of the nearest point within this."""
FLAT = 1e-6
"""Slope of the likelihood per store and standard deviation at which it counts as at its top."""
LEAST_SPREAD = 1e-4
"""Variance left in the traits at the top, by standard deviation, below which there is no top."""


@dataclass(frozen=True, slots=True)
class PresenceFit:
    """Slopes of the traits, and what they were fitted to.

    Parameters
    ----------
    slopes, standard_errors
        By trait, logarithmic points per unit of the trait.
    stores, points
        Stores and demand points in the fit.
    left_out
        Stores that stand too near to a place to be tested on.
    """

    slopes: Mapping[str, float]
    standard_errors: Mapping[str, float]
    stores: int
    points: int
    left_out: int

    def index(self, of_places: Floats) -> Floats:
        """Return b z of places with the given traits, shape ``(n,)``; NaN where one is unknown."""
        found: Floats = of_places @ np.array([self.slopes[name] for name in TRAITS])
        return found


def country_traits(lat: Floats, lon: Floats, demand: pd.DataFrame) -> Floats:
    """Mean traits of the households around each place, less those of the country.

    Parameters
    ----------
    lat, lon
        Degrees, shape ``(n,)``.
    demand
        The country's demand points, columns of `demand.csv`.

    Returns
    -------
    Floats
        Shape ``(n, traits)``; NaN where nobody lives within `NEIGHBOUR_KM`.
    """
    one = demand.assign(metro_id="country")
    around = place_traits(lat, lon, one)
    empty = np.flatnonzero(np.isnan(around).any(axis=1))
    at, km = nearest(lat[empty], lon[empty], demand["lat"], demand["lon"])
    near = km <= NEIGHBOUR_KM
    if not near.any():
        return around
    lat_near = demand["lat"].to_numpy(float)[at[near]]
    lon_near = demand["lon"].to_numpy(float)[at[near]]
    around[empty[near]] = place_traits(lat_near, lon_near, one)
    return around


def fit_presence(
    stores: pd.DataFrame,
    demand: pd.DataFrame,
    test_lat: Floats,
    test_lon: Floats,
    apart_km: float,
) -> PresenceFit:
    """Fit the slopes of a banner's stores, away from the places they will be tested on.

    Parameters
    ----------
    stores
        Columns ``lat, lon``.
    demand
        The country's demand points.
    test_lat, test_lon
        Places to be tested on, degrees; may be none.
    apart_km
        Stores and demand points this near to one of them are left out.

    Raises
    ------
    ValueError
        If fewer than `FEWEST_STORES` stores are left.
    """
    lat, lon = stores["lat"].to_numpy(float), stores["lon"].to_numpy(float)
    point_lat, point_lon = demand["lat"].to_numpy(float), demand["lon"].to_numpy(float)
    away = nearest(lat, lon, test_lat, test_lon)[1] > apart_km
    lived = nearest(point_lat, point_lon, test_lat, test_lon)[1] > apart_km
    of_stores = country_traits(lat, lon, demand)
    of_points = country_traits(point_lat, point_lon, demand)
    households = demand["households"].to_numpy(float)
    kept = away & ~np.isnan(of_stores).any(axis=1)
    lived &= (households > 0) & ~np.isnan(of_points).any(axis=1)
    if kept.sum() < FEWEST_STORES:
        message = f"{int(kept.sum())} stores are left to fit to, fewer than {FEWEST_STORES}"
        raise ValueError(message)
    slopes, errors = conditional_logit(of_stores[kept], of_points[lived], households[lived])
    return PresenceFit(
        dict(zip(TRAITS, slopes.tolist(), strict=True)),
        dict(zip(TRAITS, errors.tolist(), strict=True)),
        int(kept.sum()),
        int(lived.sum()),
        int((~away).sum()),
    )


def conditional_logit(chosen: Floats, points: Floats, weight: Floats) -> tuple[Floats, Floats]:
    """Maximise L; return slopes and standard errors, each of shape ``(traits,)``.

    Parameters
    ----------
    chosen
        Traits of the places chosen, shape ``(stores, traits)``.
    points
        Traits of the places there were, shape ``(points, traits)``.
    weight
        Households of these, above 0.

    Raises
    ------
    ValueError
        If the likelihood has no top: a trait of all chosen lies beyond that of every place.
    """
    from scipy.optimize import minimize  # noqa: PLC0415 - keeps the import of the models light
    from scipy.special import logsumexp  # noqa: PLC0415 - as above

    mean = np.average(points, axis=0, weights=weight)
    scale = np.sqrt(np.average((points - mean) ** 2, axis=0, weights=weight))
    if not (scale > 0).all():
        raise ValueError("a trait is the same everywhere: its slope cannot be fitted")
    wanted, places = ((chosen - mean) / scale).mean(axis=0), (points - mean) / scale

    def moments(beta: Floats) -> tuple[float, Floats, Floats]:
        index = places @ beta
        total = float(logsumexp(index, b=weight))
        share = weight * np.exp(index - total)
        middle = share @ places
        spread = (places * share[:, None]).T @ places - np.outer(middle, middle)
        return total - float(wanted @ beta), middle - wanted, spread

    found = minimize(
        lambda b: moments(b)[0],
        np.zeros(len(wanted)),
        jac=lambda b: moments(b)[1],
        hess=lambda b: moments(b)[2],
        method="trust-exact",
        options={"gtol": FLAT / 100},
    )
    _, slope, spread = moments(found.x)
    if np.abs(slope).max() > FLAT or np.linalg.eigvalsh(spread).min() < LEAST_SPREAD:
        raise ValueError("the likelihood has no top: what is chosen lies beyond every place")
    errors = np.sqrt(np.diag(np.linalg.inv(spread)) / len(chosen))
    return found.x / scale, errors / scale
