"""Site value: every opening of every site as a table, at the base of the ledger.

The money of an opening is that of `retail_portfolio.model.opening.offers`, with the ledger's base
values as the only draw.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from retail_portfolio.model.opening.offers import Avoided, Today, offers_of, priced
from retail_portfolio.model.opening.openings import margin_weight, sites_of
from retail_portfolio.model.opening.trading_years import Years
from retail_portfolio.model.sampling.ensemble import Draws
from retail_portfolio.model.targets import KEEP

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from retail_portfolio.inputs.case import Case
    from retail_portfolio.model.targets import Candidates

    Floats = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Openings:
    """Every site with every target and opening year, and the money that depends on no other.

    Parameters
    ----------
    table
        One row an opening: ``store_id, to_format, opening_year, used_sqft, operating_years`` and
        the columns of `LINEAR`, USD today after tax; costs are negative. ``to_format`` is a target
        of `retail_portfolio.model.targets`.
    pull
        Mean ramp of each opening in each year, shape ``(openings, years)``.
    years
        The years.
    margin_weight
        Dollars today after tax of one dollar of captured sales in each year, shape ``(years,)``.
    """

    table: pd.DataFrame
    pull: Floats
    years: Years
    margin_weight: Floats


def openings(
    case: Case,
    candidates: Candidates,
    used_sqft: pd.DataFrame,
    last_year: int,
    today: Today | None = None,
) -> Openings:
    """Say what every opening of every site costs and when it trades.

    Parameters
    ----------
    candidates
        Those of the case.
    used_sqft
        Floor that each target would use, one row a site, one column a target.
    last_year
        Opening years 1 to this are looked at; a store that is kept has the first alone.
    today
        How the sites trade now, from `today_of`; needed where one may be kept.

    Raises
    ------
    ValueError
        If a store may be kept and nothing is said of how it trades.
    """
    sites = candidates.sites
    there = sites_of(case, Draws(case.ledger, {}), candidates)
    if today is None:
        if candidates.may_stay:
            raise ValueError("how the sites trade today is needed, because they may be kept")
        nothing = np.full((1, len(sites)), np.nan)
        today = Today(nothing, nothing, nothing)
    tables, pulls = [], []
    for offer in offers_of(candidates):
        used = used_sqft[offer.target].to_numpy(float)
        for opening_year in range(1, (1 if offer.target == KEEP else last_year) + 1):
            one = priced(there, offer, used[None, :], opening_year, today)
            money = {name: values[0] for name, values in one.money_usd.items()}
            facts = {
                "store_id": sites["store_id"].to_numpy(),
                "to_format": offer.target,
                "opening_year": opening_year,
                "used_sqft": used,
                "operating_years": one.operating_years[0],
            }
            tables.append(pd.DataFrame(facts | money)[offer.sites])
            pulls.append(one.pull()[0][offer.sites])
    years = Years(there.years.start[0], there.years.length[0], there.years.discount[0])
    return Openings(
        pd.concat(tables, ignore_index=True) if tables else pd.DataFrame(),
        np.concatenate(pulls) if pulls else np.zeros((0, len(years.start))),
        years,
        margin_weight(there)[0] if tables else np.zeros(len(years.start)),
    )


def today_of(candidates: Candidates, bill: pd.DataFrame, modelled_usd_year: pd.Series) -> Today:
    """Say how the sites trade now.

    Parameters
    ----------
    bill
        The table of `retail_portfolio.model.closing.closure.closure` on the same case.
    modelled_usd_year
        Sales that the trade areas give each store before the wave, index ``store_id``.
    """
    names = candidates.sites["store_id"]
    known = bill.set_index("store_id").loc[names]
    return Today(
        modelled_usd_year.loc[names].to_numpy(float)[None, :],
        known["sales_usd_year"].to_numpy(float)[None, :],
        known["four_wall_usd_year"].to_numpy(float)[None, :],
    )


def avoided_of(bill: pd.DataFrame, tax_rate: float) -> Avoided:
    """Exit cost that stores avoid that do not close, one number a row of the bill.

    ``bill`` is the table of `retail_portfolio.model.closing.closure.closure`.
    """
    lines = bill["lease_exit_usd"] + bill["restoration_usd"] + bill["equipment_proceeds_usd"]
    return Avoided(bill["exit_cost_usd"].to_numpy(float), (lines * (1 - tax_rate)).to_numpy(float))


def avoided_exit_usd(bill: pd.DataFrame, to_format: pd.Series, tax_rate: float) -> Floats:
    """Exit cost that each row avoids with its target, after tax, USD, shape ``(rows,)``.

    Parameters
    ----------
    bill
        Rows of the table of `retail_portfolio.model.closing.closure.closure`.
    to_format
        The target of each of them.
    """
    avoided = avoided_of(bill, tax_rate)
    found = avoided.site_usd.copy()
    for target in to_format.unique():
        mine = (to_format == target).to_numpy()
        found[mine] = avoided.by(target)[mine]
    return found
