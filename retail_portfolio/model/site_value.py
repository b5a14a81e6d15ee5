"""Site value: every opening of every site as a table, at the base of the ledger.

The money of an opening is that of `retail_portfolio.model.openings`, with the ledger's base values
as the only draw.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from retail_portfolio.model.ensemble import Draws
from retail_portfolio.model.openings import Years, margin_weight, opening_of, sites_of

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from retail_portfolio.inputs.case import Case

    Floats = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Openings:
    """Every site in every format and opening year, and the money that does not depend on others.

    Parameters
    ----------
    table
        One row an opening: ``store_id, to_format, opening_year, used_sqft, operating_years`` and
        the columns of `LINEAR`, USD today after tax; costs are negative.
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


def openings(case: Case, sites: pd.DataFrame, used_sqft: pd.DataFrame, last_year: int) -> Openings:
    """Say what every opening of every site costs and when it trades.

    Parameters
    ----------
    sites
        The candidates, rows of the register.
    used_sqft
        Floor that each format would use, one row a site, one column a format.
    last_year
        Opening years 1 to this are looked at.
    """
    there = sites_of(case, Draws(case.ledger, {}), sites)
    tables, pulls = [], []
    for fmt in case.scenario.convert_to:
        used = used_sqft[fmt].to_numpy(float)
        for opening_year in range(1, last_year + 1):
            one = opening_of(there, fmt, used[None, :], opening_year)
            money = {name: values[0] for name, values in one.money_usd.items()}
            facts = {
                "store_id": sites["store_id"].to_numpy(),
                "to_format": fmt,
                "opening_year": opening_year,
                "used_sqft": used,
                "operating_years": one.operating_years[0],
            }
            tables.append(pd.DataFrame(facts | money))
            pulls.append(one.pull()[0])
    years = Years(there.years.start[0], there.years.length[0], there.years.discount[0])
    return Openings(
        pd.concat(tables, ignore_index=True) if tables else pd.DataFrame(),
        np.concatenate(pulls) if pulls else np.zeros((0, len(years.start))),
        years,
        margin_weight(there)[0] if tables else np.zeros(len(years.start)),
    )


def avoided_exit_usd(bill: pd.DataFrame, tax_rate: float) -> pd.Series:
    """Exit cost that a conversion avoids, after tax, USD.

    ``bill`` is the table of `retail_portfolio.model.closure.closure`.
    """
    lines = bill["lease_exit_usd"] + bill["restoration_usd"] + bill["equipment_proceeds_usd"]
    return lines * (1 - tax_rate)
