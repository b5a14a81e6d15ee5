r"""What every candidate is worth, converted, kept or moved, in every draw of the ledger.

The money of an opening is that of `retail_portfolio.model.opening.offers`, in the first year
possible; what own stores gain by it is read off the table of
`retail_portfolio.model.uncertain.trade_table`. With w_t what a dollar of sales in year t is worth,
G the gain at full pull and c how it bends,

    npv_vs_exit = sum_t w_t G g_t (1 + c) / (1 + c g_t)  +  money of the opening  +  exit avoided

This is the site opening alone: what several take from each other is in
`retail_portfolio.model.planning.plan_screen`.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from retail_portfolio.model.opening.offers import Avoided, Today, offers_of, priced
from retail_portfolio.model.opening.openings import margin_weight, sites_of
from retail_portfolio.model.opening.trading_years import NO_TIME
from retail_portfolio.model.targets import RELOCATE, candidates_of, is_conversion

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from retail_portfolio.inputs.case import Case
    from retail_portfolio.model.opening.openings import Opening, Sites
    from retail_portfolio.model.sampling.ensemble import Draws
    from retail_portfolio.model.uncertain.closure_draws import ClosureDraws
    from retail_portfolio.model.uncertain.trade_table import DrawnSales

    Floats = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class ConversionDraws:
    """Every candidate in every draw, shape ``(draws, candidates)``.

    Candidates stand by target, within a target in the order of the register, as they do among the
    options of the trade areas; one that has not the target has no value.

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
    candidates = candidates_of(case)
    can = bill.stores["store_id"].isin(candidates.sites["store_id"]).to_numpy()
    sites = sites_of(case, draws, candidates)
    at_full, bend = sold.curve("gains")
    weight, count = margin_weight(sites), len(candidates.sites)
    avoided = Avoided(bill.exit_cost_usd[:, can], bill.avoided_by_conversion_usd[:, can])
    today = Today(
        sold.closing[:, can], bill.sales_usd_year[:, can], bill.four_wall_usd_year[:, can]
    )
    values = np.full(at_full.shape, np.nan)
    gains = np.zeros(at_full.shape)
    for offer in offers_of(candidates):
        first = candidates.targets.index(offer.target) * count
        mine = first + np.flatnonzero(offer.sites)
        used = used_sqft(case, sites, offer.target)
        opening = priced(sites, offer, used, 1, today)
        every = slice(first, first + count)
        gain = at_full[:, every] * _bent(bend[:, every], opening, weight)
        total = gain + avoided.by(offer.target) + sum(opening.money_usd.values())
        known = (at_full[:, every] > 0) & (opening.operating_years > NO_TIME)
        values[:, mine] = np.where(known, total, np.nan)[:, offer.sites]
        gains[:, mine] = np.where(known & ~np.isnan(total), gain, 0.0)[:, offer.sites]
    return ConversionDraws(values, gains)


def used_sqft(case: Case, sites: Sites, target: str) -> Floats:
    """Floor that a target uses: no more than the largest of a format, all of a place moved to."""
    size = sites.leases.size_sqft
    if target == RELOCATE:
        return sites.candidates.spots(target)["size_sqft"].to_numpy(float)[None, :]
    if not is_conversion(target) or not case.ledger.has("size_sqft", format=target):
        return size
    return np.minimum(size, case.ledger.row("size_sqft", format=target).high)


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
