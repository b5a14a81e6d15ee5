"""What several models look up: the sales of stores, and the day."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

if TYPE_CHECKING:
    import datetime as dt

    from numpy.typing import NDArray

    from retail_portfolio.inputs.assumptions import Ledger
    from retail_portfolio.inputs.case import Case

    Floats = NDArray[np.float64]

DAYS_PER_YEAR = 365.25
"""Mean length of a year of the Gregorian calendar, to a hundredth."""


def store_sales_usd_year(ledger: Ledger, stores: pd.DataFrame) -> tuple[Floats, list[str]]:
    """Return yearly sales of each store and the origin mark of each value.

    A store with observed sales keeps them. Otherwise sales are the ledger's
    ``sales_usd_year`` of the format where there is one, else its
    ``sales_usd_per_sqft_year`` times the size of the store; such values are ``assumed``.

    Parameters
    ----------
    stores
        Has columns ``format, state, size_sqft, sales_usd_year``.
    """
    observed = stores["sales_usd_year"].to_numpy(float)
    (of_format, formats), (of_state, states) = (
        pd.factorize(stores[column]) for column in ("format", "state")
    )
    pairs, code = np.unique(of_format * len(states) + of_state, return_inverse=True)
    flat, per_sqft = np.zeros(len(pairs)), np.zeros(len(pairs))
    for at, (fmt, state) in enumerate(zip(*np.divmod(pairs, max(len(states), 1)), strict=True)):
        where = {"format": formats[fmt], "state": states[state]}
        if ledger.has("sales_usd_year", **where):
            flat[at] = ledger.value("sales_usd_year", **where)
        else:
            per_sqft[at] = ledger.value("sales_usd_per_sqft_year", **where)
    assumed = flat[code] + per_sqft[code] * stores["size_sqft"].to_numpy(float)
    known = ~np.isnan(observed)
    return np.where(known, observed, assumed), ["observed" if k else "assumed" for k in known]


def announced_day(case: Case) -> dt.date:
    """Return the day the closures were announced; the case's own day where none is given."""
    return case.scenario.announced or case.scenario.as_of


def years_since_announced(case: Case) -> float:
    """Years from the announcement, at which lease terms are stated, to the case's day."""
    return (case.scenario.as_of - announced_day(case)).days / DAYS_PER_YEAR
