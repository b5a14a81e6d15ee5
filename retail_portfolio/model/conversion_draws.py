r"""What every candidate is worth, converted, in every draw of the ledger.

The money of an opening is that of `retail_portfolio.model.openings`, in the first year possible;
what own stores gain by it is read off the table of `retail_portfolio.model.trade_table`. With w_t
what a dollar of sales in year t is worth, G the gain at full pull and c how it bends,

    npv_vs_exit = sum_t w_t G g_t (1 + c) / (1 + c g_t)  +  money of the opening  +  exit avoided

This is the site opening alone: what several take from each other is in
`retail_portfolio.model.plan_screen`.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from retail_portfolio.model.openings import NO_TIME, margin_weight, opening_of, sites_of

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from retail_portfolio.inputs.case import Case
    from retail_portfolio.model.closure_draws import ClosureDraws
    from retail_portfolio.model.ensemble import Draws
    from retail_portfolio.model.openings import Opening
    from retail_portfolio.model.trade_table import DrawnSales

    Floats = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class ConversionDraws:
    """Every candidate in every draw, shape ``(draws, candidates)``.

    Candidates stand by format, within a format in the order of the register, as they do among the
    options of the trade areas.

    Parameters
    ----------
    npv_vs_exit_usd
        Value over closing the site, opening alone, USD today after tax; NaN where nobody is known
        to reach it, or its lease ends before it could open.
    gain_usd
        The part of it that own stores gain in margin.
    """

    npv_vs_exit_usd: Floats
    gain_usd: Floats


def conversion_draws(
    case: Case, draws: Draws, bill: ClosureDraws, sold: DrawnSales
) -> ConversionDraws:
    """Value every candidate of a case in every draw.

    Parameters
    ----------
    case
        At the base of its ledger.
    draws
        The figures of that ledger, drawn.
    bill
        The closures in the same draws.
    sold
        What candidates sell in the same draws.
    """
    can = bill.stores["format"].isin(case.scenario.convert_from).to_numpy()
    sites = sites_of(case, draws, bill.stores[can].reset_index(drop=True))
    at_full, bend = sold.curve("gains")
    weight, count = margin_weight(sites), int(can.sum())
    avoided = bill.avoided_by_conversion_usd[:, can]
    values, gains = [], []
    for place, fmt in enumerate(case.scenario.convert_to):
        mine = slice(place * count, (place + 1) * count)
        used = used_sqft(case, sites.leases.size_sqft, fmt)
        opening = opening_of(sites, fmt, used, 1)
        gain = at_full[:, mine] * _bent(bend[:, mine], opening, weight)
        total = gain + avoided + sum(opening.money_usd.values())
        known = (at_full[:, mine] > 0) & (opening.operating_years > NO_TIME)
        values.append(np.where(known, total, np.nan))
        gains.append(np.where(known, gain, 0.0))
    if not values:
        nothing = np.zeros((draws.count, 0))
        return ConversionDraws(nothing, nothing)
    return ConversionDraws(np.concatenate(values, axis=1), np.concatenate(gains, axis=1))


def used_sqft(case: Case, size_sqft: Floats, fmt: str) -> Floats:
    """Floor that a format uses: no more than the largest of the format."""
    if not case.ledger.has("size_sqft", format=fmt):
        return size_sqft
    return np.minimum(size_sqft, case.ledger.row("size_sqft", format=fmt).high)


def _bent(bend: Floats, opening: Opening, weight: Floats) -> Floats:
    """Worth today of a dollar a year at full pull, which a candidate has only once it is mature."""
    timing = opening.timing
    length = timing.years.length
    pull = np.divide(timing.full(opening.ramp), length, out=np.zeros_like(length), where=length > 0)
    mature = (pull >= 1 - NO_TIME).all(axis=0)
    worth = timing.summed(np.where(mature, weight, 0.0))
    for year in np.flatnonzero(~mature):
        counts = np.where(timing.whole > year, weight[:, year : year + 1], 0.0)
        worth += counts * _share(pull[:, year : year + 1], bend)
    whole = timing.of_last(length)
    rest = np.divide(timing.rest(opening.ramp), whole, out=np.zeros_like(worth), where=whole > 0)
    return worth + timing.of_last(weight) * _share(rest, bend)


def _share(pull: Floats, bend: Floats) -> Floats:
    """Sales at a pull over those at full pull."""
    found: Floats = pull * (1 + bend) / (1 + bend * pull)
    return found
