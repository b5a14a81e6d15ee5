"""Calibration: what the trade areas are fitted to.

Fitted, in this order, each from tables and from what the ledger states:

1. the floor space of supermarkets per household by density band, from the counties whose list of
   supermarkets is complete;
2. the exponent of distance, so that the model's trip ratio meets the survey's
   (`retail_portfolio.model.market.trips`), and the rate of exponential decay that does the same;
3. the slopes of affinity, from where the banner's stores stand
(`retail_portfolio.model.market.siting`);
4. the factors of the banners, so that each format sells what is known of it
   (`retail_portfolio.model.market.factors`).

`fitted_rows` returns them as rows for the ledger, marked ``modelled``. How well all this fits, and
what it leaves open, is told by `retail_portfolio.model.market.fit`.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np

from retail_portfolio.inputs.assumptions import Assumption, Ledger
from retail_portfolio.model.market.affinity import TRAITS
from retail_portfolio.model.market.geography import (
    CANDIDATE,
    option_size_sqft,
    rival_size_sqft,
)
from retail_portfolio.model.market.siting import SitingFit, fit_siting
from retail_portfolio.model.market.trade_areas import trade_areas
from retail_portfolio.model.market.trips import (
    exponent_for_ratio,
    with_exponential_decay,
)
from retail_portfolio.model.market.unseen import BANDS, REFERENCE, density_band

if TYPE_CHECKING:
    from collections.abc import Sequence

    from retail_portfolio.inputs.case import Case
    from retail_portfolio.model.market.geography import Geography


TRIP_TARGETS = ("distance_primary_store_miles", "distance_nearest_store_miles")
"""Ledger rows of the survey: the way to the main store, and that to the nearest."""


def survey_trip_ratio(ledger: Ledger) -> float:
    """Way to the main grocery store over the way to the nearest one, as the survey has it."""
    main, nearest = (ledger.value(name) for name in TRIP_TARGETS)
    return main / nearest


@dataclass(frozen=True, slots=True)
class Fitted:
    """A fitted value with the range it is used with, ready for a row of the ledger.

    Parameters
    ----------
    key
        Key of the ledger.
    low, base, high
        The fit and the range it is known to.
    """

    key: str
    low: float
    base: float
    high: float


def with_fitted(case: Case, values: Sequence[Fitted], origin: str = "modelled") -> Case:
    """Return the case with fitted values in its ledger, added where they are not there yet.

    A factor of a banner that is marked ``modelled`` is solved again, one ``assumed`` is held.
    """
    rows = dict(case.ledger.items())
    for value in values:
        old = rows.get(value.key, Assumption(value.key, value.low, value.base, value.high))
        rows[value.key] = replace(
            old, low=value.low, base=value.base, high=value.high, origin=origin
        )
    return replace(case, ledger=Ledger(tuple(rows.values())))


def reference_floor(
    case: Case, ground: Geography, counties: Sequence[str], spread: float = 0.15
) -> list[Fitted]:
    """Supermarket floor per household by density band in counties whose list is complete.

    Parameters
    ----------
    counties
        County codes.
    spread
        Half width of the range, as a share of the value: other regions are built otherwise.
    """
    demand, options = case.demand, ground.options
    inside = demand["county_fips"].isin(list(counties)).to_numpy()
    band = density_band(demand["population_per_sq_km"].to_numpy(float))
    households = demand["households"].to_numpy(float)
    trading = (options["status"] != CANDIDATE).to_numpy()
    floor = np.zeros(len(demand))
    for point, size in (
        (ground.point_of_rival, rival_size_sqft(case.competitors, case.ledger)),
        (
            np.where(trading, ground.point_of_option, -1),
            option_size_sqft(case, options),
        ),
    ):
        floor += np.bincount(point[point >= 0], size[point >= 0], len(demand))
    found = []
    for at, name in enumerate(BANDS):
        here = inside & (band == at)
        if households[here].sum() > 0:
            value = float(floor[here].sum() / households[here].sum())
            found.append(
                Fitted(f"{REFERENCE}.{name}", value * (1 - spread), value, value * (1 + spread))
            )
    return found


def fitted_rows(
    case: Case, ground: Geography, complete_counties: Sequence[str], siting_formats: Sequence[str]
) -> tuple[list[Fitted], dict[str, SitingFit]]:
    """Fit everything that is fitted, in order.

    Parameters
    ----------
    complete_counties
        Counties whose list of supermarkets is complete.
    siting_formats
        Formats whose open stores tell the affinity of their banner.

    Returns
    -------
    rows
        For the ledger.
    siting
        Fit of the slopes by format.
    """
    rows = reference_floor(case, ground, complete_counties)
    target = survey_trip_ratio(case.ledger)
    exponent = exponent_for_ratio(case, ground, target)
    rate = exponent_for_ratio(with_exponential_decay(case), ground, target)
    rows += [
        Fitted("huff_distance_exponent", min(2.0, exponent), exponent, exponent + 0.5),
        Fitted("huff_distance_rate_per_minute", rate * 0.6, rate, rate * 1.2),
    ]
    fits = {}
    for fmt in siting_formats:
        fits[fmt] = fit_siting(case, fmt)
        for trait in TRAITS:
            slope, error = fits[fmt].slopes[trait], fits[fmt].standard_errors[trait]
            rows.append(
                Fitted(f"affinity_{trait}.{fmt}", slope - 2 * error, slope, slope + 2 * error)
            )
    factors = trade_areas(with_fitted(case, rows), ground).factors
    stores = ground.options.loc[ground.options["status"] != CANDIDATE, "format"]
    rows += [
        Fitted(f"banner_factor.{fmt}", factors[fmt], factors[fmt], factors[fmt])
        for fmt in sorted(set(stores))
    ]
    return rows, fits
