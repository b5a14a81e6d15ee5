"""Spending: what the households of a demand point spend on groceries in a year.

Food at home by household income, from the five income groups of the Consumer Expenditure Survey:
between the mean incomes of two groups spending is interpolated on the logarithm of income, below
the first and above the last it stays as it is. Large households spend more than small ones of the
same income: with n_i people a household at the point, N their mean over the demand table and e the
ledger's elasticity,

    E_i = H_i food(income_i) (n_i / N)^e

which matters where households are small, in dense cities. Incomes are medians of places, so that
spending is that of the middle household. Of this the share spent outside supermarkets,
supercentres and clubs is kept apart: it is the attraction of "elsewhere", not a loss of demand.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    import pandas as pd
    from numpy.typing import NDArray

    from retail_portfolio.inputs.assumptions import Ledger

    Floats = NDArray[np.float64]

GROUPS: tuple[str, ...] = tuple(f"quintile{number}" for number in range(1, 6))
"""Suffixes of the ledger's rows, from the lowest to the highest income."""


def food_at_home_usd(income_usd: Floats, ledger: Ledger) -> Floats:
    """Yearly food-at-home spending of a household by its income, USD, same shape.

    Raises
    ------
    ValueError
        If the ledger's incomes do not rise from group to group.
    """
    incomes = np.array([ledger.value("household_income_usd", format=g) for g in GROUPS])
    spent = np.array([ledger.value("food_at_home_usd_year", format=g) for g in GROUPS])
    if (np.diff(incomes) <= 0).any():
        message = "household_income_usd has to rise from quintile1 to quintile5"
        raise ValueError(message)
    result: Floats = np.interp(np.log(income_usd), np.log(incomes), spent)
    return result


def grocery_spending_usd_year(demand: pd.DataFrame, ledger: Ledger) -> Floats:
    """Grocery spending of each demand point, USD a year, shape ``(points,)``.

    Parameters
    ----------
    demand
        Columns ``households, median_household_income_usd``.

    Raises
    ------
    ValueError
        If a point with households has no income: its spending would be a silent gap.
    """
    households = demand["households"].to_numpy(float)
    income = demand["median_household_income_usd"].to_numpy(float)
    blank = (households > 0) & ~(income > 0)
    if blank.any():
        first = demand.loc[blank, "point_id"].iloc[0]
        message = f"{int(blank.sum())} demand points have households but no income, first {first}"
        raise ValueError(message)
    spent = food_at_home_usd(np.where(households > 0, income, 1.0), ledger)
    return np.where(households > 0, households * spent * size_ratio(demand, ledger), 0.0)


def size_ratio(demand: pd.DataFrame, ledger: Ledger) -> Floats:
    """Spending of a point's household over that of one of mean size and equal income, above 0.

    Parameters
    ----------
    demand
        Columns ``population, households``; a point without people or households counts as average.
    """
    households = demand["households"].to_numpy(float)
    people = demand["population"].to_numpy(float)
    lived_in = (households > 0) & (people > 0)
    if not lived_in.any():
        return np.ones(len(demand))
    mean = people[lived_in].sum() / households[lived_in].sum()
    size = np.divide(people, households, out=np.full(len(people), mean), where=lived_in)
    ratio: Floats = (size / mean) ** ledger.value("food_at_home_size_elasticity")
    return ratio
