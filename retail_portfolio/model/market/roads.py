r"""Roads: the same places under other assumptions about the way, without another search.

The search for pairs in reach is the slow part of a geography. It is made once, for the fastest
road of the ledger's ranges, which reaches every pair that any other does. A pair keeps what no
assumption moves: the way as the crow flies, k_ij = sqrt(g_ij^2 + r_i^2), and the penalty of the
water between (`retail_portfolio.model.market.travel`). Another road is then

    road_ij = c k_ij,   minutes_ij as ever,   in reach where minutes_ij <= cut-off

A matrix of travel times knows no road: it holds whatever the ledger says.
"""

from __future__ import annotations

import dataclasses
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

import numpy as np

from retail_portfolio.model.ledger_names import TRAVEL_NAMES
from retail_portfolio.model.market.geography import geography
from retail_portfolio.model.market.travel import Reach, road_of
from retail_portfolio.model.sampling.draws import name_of

if TYPE_CHECKING:
    from collections.abc import Mapping

    from numpy.typing import NDArray

    from retail_portfolio.inputs.assumptions import Ledger
    from retail_portfolio.inputs.case import Case
    from retail_portfolio.model.market.geography import Geography

    Floats = NDArray[np.float64]

BANDS_NAME = "travel_band_upper_miles"
"""Where speeds change: a later change is faster here and slower there."""
BLOCK = 16_384
"""Pairs looked at together."""
FASTEST: Mapping[str, Literal["low", "high"]] = {
    "access_minutes": "low",
    "circuity_ratio": "low",
    "dense_population_per_sq_km": "high",
    "dense_speed_ratio": "high",
    "travel_speed_mph": "high",
}
"""The end of each range at which people get farthest."""


@dataclass(frozen=True, slots=True)
class Roads:
    """A geography that any road of the ledger's ranges can be laid on.

    Parameters
    ----------
    case
        The case it was made for.
    widest
        Everything in reach on the fastest road.
    fixed
        Whether travel times come from a matrix, so that ``widest`` holds for every road.
    crow_km, penalty_minutes
        Of the pairs of the own options and of the rivals.
    """

    case: Case
    widest: Geography
    fixed: bool
    crow_km: tuple[Floats, Floats]
    penalty_minutes: tuple[Floats, Floats]

    def ground(self, ledger: Ledger) -> Geography:
        """Return the geography of the case under another ledger.

        Parameters
        ----------
        ledger
            Its travel rows lie within the ranges of the case's own ledger.
        """
        if self.fixed:
            return self.widest
        if _rows(ledger, BANDS_NAME) != _rows(self.case.ledger, BANDS_NAME):
            return geography(self.case.with_ledger(ledger))
        return dataclasses.replace(
            self.widest,
            reach=self._laid(self.widest.reach, 0, ledger),
            rivals=self._laid(self.widest.rivals, 1, ledger),
        )

    def _laid(self, wide: Reach, which: int, ledger: Ledger) -> Reach:
        """Return the pairs in reach on the ledger's road."""
        road, crow, penalty = road_of(ledger), self.crow_km[which], self.penalty_minutes[which]
        density = np.nan_to_num(self.case.demand["population_per_sq_km"].to_numpy(float))
        slowness = np.where(density >= road.dense_population_per_sq_km, road.dense_ratio, 1.0)
        minutes, slower = np.empty_like(crow), np.repeat(slowness, np.diff(wide.start))
        for first in range(0, len(crow), BLOCK):  # so many stay in the cache of a processor
            part = slice(first, first + BLOCK)
            driven = road.minutes(road.circuity * crow[part])
            driven /= slower[part]
            minutes[part] = driven + road.access_minutes + penalty[part]
        near = minutes <= self.case.scenario.trade_area_minutes
        kept = np.concatenate([[0], np.cumsum(near)])[wide.start]
        km = road.circuity * crow[near]
        return Reach(kept, wide.store[near], minutes[near], km, wide.stores)


def roads_of(case: Case) -> Roads:
    """Search once for every pair that a road within the ledger's ranges can bring in reach."""
    if case.travel_times is not None:
        none = np.zeros(0)
        return Roads(
            case, geography(case), fixed=True, crow_km=(none, none), penalty_minutes=(none, none)
        )
    fast = case.ledger
    for name, end in FASTEST.items():
        if any(name_of(key) == name for key in fast):
            fast = fast.at_end(name, end)
    widest, road = geography(case.with_ledger(fast)), road_of(fast)
    density = np.nan_to_num(case.demand["population_per_sq_km"].to_numpy(float))
    crow, penalty = [], []
    for reach in (widest.reach, widest.rivals):
        slow = np.repeat(density >= road.dense_population_per_sq_km, np.diff(reach.start))
        driven = road.minutes(reach.km)
        driven[slow] /= road.dense_ratio
        crow.append(reach.km / road.circuity)
        # What is left is water, or the rounding of the sums before it.
        water = reach.minutes - driven - road.access_minutes
        penalty.append(np.where(np.abs(water) < 1e-9, 0.0, water))  # noqa: PLR2004 - as said
    return Roads(
        case,
        widest,
        fixed=False,
        crow_km=(crow[0], crow[1]),
        penalty_minutes=(penalty[0], penalty[1]),
    )


def travels(ledger: Ledger) -> list[object]:
    """Return the rows of a ledger that the way depends on."""
    return [row for name in TRAVEL_NAMES for row in _rows(ledger, name)]


def _rows(ledger: Ledger, name: str) -> list[object]:
    return [row for key, row in ledger.items() if name_of(key) == name]
