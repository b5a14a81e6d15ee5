"""Fit under other settings: what another decay of distance, or another taste, would mean.

The factors of the banners are solved anew for each, so that every format sells in total what it
sells; what then differs is how the sales spread over its stores and the sites that may become one.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from retail_portfolio.model.market import huff
from retail_portfolio.model.market.affinity import TRAITS
from retail_portfolio.model.market.calibration import (
    TRIP_TARGETS,
    Fitted,
    survey_trip_ratio,
    with_fitted,
)
from retail_portfolio.model.market.fit import decay_name, density_before, rows_of_format
from retail_portfolio.model.market.geography import option_size_sqft
from retail_portfolio.model.market.trade_areas import trade_areas
from retail_portfolio.model.market.trips import trip_miles, trip_ratio
from retail_portfolio.model.number_words import amount, plain
from retail_portfolio.model.result import Result

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from retail_portfolio.inputs.case import Case
    from retail_portfolio.model.market.trade_areas import TradeAreas

    Floats = NDArray[np.float64]

TESTED_EXPONENTS: tuple[float, ...] = (1.5, 2.0, 2.5, 3.0)
"""Exponents the literature uses, shown beside the fitted one."""
TESTED_RATES: tuple[float, ...] = (0.5, 0.75, 1.25)
"""Rates of exponential decay shown beside the fitted one, as parts of it."""
TESTED_STRENGTHS: tuple[float, ...] = (0.0, 0.25, 0.5, 0.75, 1.0)
"""Strengths of affinity shown, from all choice of sites to all taste."""
_SPREAD = tuple(f"p{p}_usd_per_sqft_year" for p in (10, 50, 90))
_SLOPES = frozenset(f"affinity_{trait}" for trait in TRAITS)


def _spread(density: Floats) -> list[float]:
    """Weakest tenth, middle and strongest tenth; NaN without stores."""
    return np.percentile(density, (10, 50, 90)).tolist() if len(density) else [np.nan] * 3


def exponents(case: Case, trade: TradeAreas, fmt: str) -> Result:
    """Say what other decays of distance would mean, with factors solved anew for each.

    Returns
    -------
    Result
        Table: ``decay`` (the exponent, or the rate a minute of an exponential decay),
        ``trip_ratio, mean_trip_miles, p10_usd_per_sqft_year, p50_usd_per_sqft_year,
        p90_usd_per_sqft_year`` (over the trading stores of the format).
    """
    ground, name = trade.geography, decay_name(case)
    fitted = case.ledger.value(name)
    power = case.scenario.distance_decay == "power"
    tested = TESTED_EXPONENTS if power else tuple(fitted * part for part in TESTED_RATES)
    households = case.demand["households"].to_numpy(float)
    rows = rows_of_format(trade, fmt)
    table = []
    for rate in sorted({*tested, fitted}):
        moved = with_fitted(case, [Fitted(name, rate, rate, rate)])
        chosen, _ = trip_miles(moved, ground, rate)
        known = ~np.isnan(chosen)
        mean = (
            float(np.average(chosen[known], weights=households[known])) if known.any() else np.nan
        )
        density = density_before(moved, trade_areas(moved, ground), rows)
        table.append([rate, trip_ratio(moved, ground, rate), mean, *_spread(density)])
    columns = ["decay", "trip_ratio", "mean_trip_miles", *_SPREAD]
    sentence = (
        f"The {'exponent' if power else 'rate a minute'} in use is {fitted:.2g}, which has people "
        f"go {plain(trip_ratio(case, ground, fitted), 2)} times as far as the nearest supermarket."
    )
    if all(case.ledger.has(target) for target in TRIP_TARGETS):
        sentence += (
            f" A survey has {plain(survey_trip_ratio(case.ledger), 2)}. What meets it depends on "
            f"how far is looked: {case.scenario.trade_area_minutes:g} minutes here."
        )
    units = dict.fromkeys(_SPREAD, "usd_per_sqft_year") | {
        "decay": "ratio",
        "trip_ratio": "ratio",
        "mean_trip_miles": "miles",
    }
    return Result(pd.DataFrame(table, columns=columns), sentence, units, words=case.words)


def strengths(case: Case, trade: TradeAreas, fmt: str) -> Result:
    """Say what the strength of affinity decides, with factors solved anew for each.

    Returns
    -------
    Result
        Table: ``affinity_strength``, the spread of sales per square foot over the trading stores
        of the format, and ``candidates_p50_usd_per_sqft_year``, the middle candidate for it.
    """
    rows = rows_of_format(trade, fmt)
    sites = [at for at in trade.candidates() if trade.options.at[at, "target"] == fmt]
    table = []
    for strength in TESTED_STRENGTHS:
        one = Fitted("affinity_strength", strength, strength, strength)
        moved = with_fitted(case, [one])
        there = trade_areas(moved, trade.geography)
        density = density_before(moved, there, rows)
        sold, _ = huff.sales_with_each(there.market, there.after, np.array(sites, dtype=np.int64))
        candidates = sold / option_size_sqft(moved, there.options)[sites]
        middle = float(np.median(candidates)) if sites else np.nan
        table.append([strength, *_spread(density), middle])
    columns = ["affinity_strength", *_SPREAD, "candidates_p50_usd_per_sqft_year"]
    frame = pd.DataFrame(table, columns=columns)
    middles, currency = frame["candidates_p50_usd_per_sqft_year"], case.scenario.currency
    sentence = "The ledger has no affinity."
    if any(key.partition(".")[0] in _SLOPES for key in case.ledger):
        sentence = "No site could become a store of this format."
        if sites:
            sentence = (
                "With no weight on affinity the middle candidate sells "
                f"{amount(middles.iloc[0], currency)} a sq ft, with full weight "
                f"{amount(middles.iloc[-1], currency)}."
            )
    units = dict.fromkeys(columns[1:], "usd_per_sqft_year") | {"affinity_strength": "share"}
    return Result(frame, sentence, units, dict.fromkeys(columns[1:], "modelled"), words=case.words)
