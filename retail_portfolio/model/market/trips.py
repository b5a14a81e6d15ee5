"""Trips: how far the model's customers go, against how far they would have to.

The one figure on distance that a survey gives is the ratio of the way to the main grocery store to
the way to the nearest one. In the model, with road_ij the kilometres from point i to store j,
households H_i and shares s_ij over the supermarkets that the tables hold,

    ratio = sum_i H_i sum_j s_ij road_ij / sum_i H_i min_j road_ij

It falls as the exponent of distance rises, and the exponent that meets the survey is found by
bisection. Unseen rivals have no place and stay out of both sums; so do the points that reach no
supermarket.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np

from retail_portfolio.model.market import huff
from retail_portfolio.model.market.geography import (
    CANDIDATE,
    SUPERMARKET_SQFT,
    option_size_sqft,
    rival_size_sqft,
)
from retail_portfolio.model.market.sphere import KM_PER_MILE

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from retail_portfolio.inputs.case import Case
    from retail_portfolio.model.market.geography import Geography

    Floats = NDArray[np.float64]

SETTLED = 1e-6


def _supermarkets(size_sqft: Floats) -> Floats:
    return np.where(size_sqft >= SUPERMARKET_SQFT, size_sqft, 0.0)


def trip_miles(case: Case, ground: Geography, rate: float) -> tuple[Floats, Floats]:
    """Mean road miles to the chosen and to the nearest supermarket from each demand point.

    Parameters
    ----------
    rate
        Exponent of distance (or rate a minute, where the scenario's decay is exponential) of
        every supermarket.

    Returns
    -------
    chosen, nearest
        Miles, shape ``(points,)``; NaN where no supermarket is in reach or its way is not known.
    """
    points = ground.reach.points
    trading = (ground.options["status"] != CANDIDATE).to_numpy()
    parts = (
        (ground.reach, _supermarkets(option_size_sqft(case, ground.options)) * trading),
        (ground.rivals, rival_size_sqft(case.competitors, case.ledger)),
    )
    alpha = case.ledger.value("huff_size_exponent")
    weight, way, least = np.zeros(points), np.zeros(points), np.full(points, np.inf)
    for reach, size in parts:
        pull = (size**alpha)[reach.store] * (size > 0)[reach.store]
        attraction = pull * huff.decay(reach.minutes, rate, case.scenario.distance_decay)
        weight += np.bincount(reach.point, attraction, points)
        way += np.bincount(reach.point, attraction * reach.km, points)
        np.minimum.at(least, reach.point[pull > 0], reach.km[pull > 0])
    blank = np.full(points, np.nan)
    chosen = np.divide(way, weight, out=blank.copy(), where=weight > 0) / KM_PER_MILE
    return chosen, np.where(np.isfinite(least), least, np.nan) / KM_PER_MILE


def trip_ratio(case: Case, ground: Geography, rate: float) -> float:
    """Ratio of the mean way to the chosen store to that to the nearest; NaN without any."""
    chosen, least = trip_miles(case, ground, rate)
    households = case.demand["households"].to_numpy(float)
    known = ~np.isnan(chosen) & ~np.isnan(least)
    total = float(households[known] @ least[known])
    return float(households[known] @ chosen[known]) / total if total > 0 else float("nan")


def exponent_for_ratio(
    case: Case, ground: Geography, target: float, low: float = 0.05, high: float = 8.0
) -> float:
    """Exponent (or rate) at which the trip ratio meets the target.

    Raises
    ------
    ValueError
        If the target lies outside what ``low`` and ``high`` give.
    """
    most, least = trip_ratio(case, ground, low), trip_ratio(case, ground, high)
    if not least <= target <= most:
        message = f"no exponent of {low} to {high} gives a trip ratio of {target}"
        message += f": they give {least:.2f} to {most:.2f}"
        raise ValueError(message)
    while high - low > SETTLED:
        middle = (low + high) / 2
        low, high = (middle, high) if trip_ratio(case, ground, middle) > target else (low, middle)
    return (low + high) / 2


def with_exponential_decay(case: Case) -> Case:
    """Return the case with exponential distance decay, to compare the two."""
    scenario = case.scenario.model_copy(update={"distance_decay": "exponential"})
    return replace(case, scenario=scenario)
