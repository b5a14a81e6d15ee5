"""The rows of a comparison of checkout technologies at one site, and which of them is cheapest.

``cheapest`` is told under each reading of the published figure by itself: under a reading the
candidates are the rows of that reading and the rows the figure does not enter. A row of a
reading is cheapest where it is the least under that reading; a row without one where it is the
least under both. ``cheapest_under`` names the readings: ``both``, one of them, or blank; so
staffed lanes that only lose to one reading say which one they still win.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import pandas as pd

from retail_portfolio.inputs.faults import Fault, InputError
from retail_portfolio.model.checkouts.checkout_amounts import Amount, least
from retail_portfolio.model.checkouts.checkout_break_even import break_even_with_staffed
from retail_portfolio.model.checkouts.checkout_technologies import (
    PARTS,
    annual_cost_usd,
    capex_usd,
    parts_usd_year,
)
from retail_portfolio.model.checkouts.checkout_terms import READINGS, where_there
from retail_portfolio.model.checkouts.checkout_uplift import uplift_margin_usd_year, uplift_share
from retail_portfolio.model.result import Result

if TYPE_CHECKING:
    from retail_portfolio.model.checkouts.checkout_terms import CheckoutTerms

COLUMNS: tuple[str, ...] = (
    "format",
    "site_type",
    "technology",
    "reading",
    "size_sqft",
    "sales_usd_year",
    "transactions_year",
    "capex_usd",
    "annual_cost_usd",
    "cost_share_of_sales",
    "sales_uplift_share",
    "uplift_margin_usd_year",
    "net_benefit_usd_year",
    "break_even_sales_usd_year",
    "cheapest",
    "cheapest_under",
)
UNITS: dict[str, str] = {
    "size_sqft": "sqft",
    "sales_usd_year": "usd_year",
    "transactions_year": "transactions_year",
    "capex_usd": "usd",
    "annual_cost_usd": "usd_year",
    "cost_share_of_sales": "share",
    "sales_uplift_share": "share",
    "uplift_margin_usd_year": "usd_year",
    "net_benefit_usd_year": "usd_year",
    "break_even_sales_usd_year": "usd_year",
}


def row_costs_usd_year(
    terms: CheckoutTerms[Amount], size_sqft: Amount | float, sales_usd_year: Amount | float
) -> dict[tuple[str, str], Amount | float]:
    """Return what a year costs with each technology and reading, USD, in the order of the rows.

    Where terms hold one value a draw, a cost is NaN in the draws in which there is no such row.
    """
    return {
        (technology, reading): where_there(
            terms,
            technology,
            annual_cost_usd(terms, technology, reading, size_sqft, sales_usd_year),
        )
        for technology, reading in terms.rows()
    }


def walk_out_extra_usd_year(
    terms: CheckoutTerms[Amount], size_sqft: Amount | float, sales_usd_year: Amount | float
) -> tuple[Amount | float, ...]:
    """Return what walk-out checkout costs beyond the cheapest technology with a checkout.

    Returns
    -------
    tuple
        USD a year, one a reading of `READINGS`; below zero where it costs less.
    """
    others = [
        where_there(terms, name, annual_cost_usd(terms, name, "", size_sqft, sales_usd_year))
        for name in terms.technologies
        if name not in terms.codes.walk_out
    ]
    best = least(others)
    return tuple(
        annual_cost_usd(terms, terms.codes.vision, reading, size_sqft, sales_usd_year) - best
        for reading in READINGS
    )


def check_sales(sales_usd_year: float, where: str) -> None:
    """Refuse sales that leave no transaction to tell a cost for.

    Raises
    ------
    InputError
        If sales are not above zero.
    """
    if not sales_usd_year > 0:
        expected = "sales above 0: without transactions no cost of one can be told"
        raise InputError(
            [Fault("checkout", None, f"sales_usd_year of {where}", f"{sales_usd_year:g}", expected)]
        )


def site_rows(
    terms: CheckoutTerms[float], fmt: str, site_type: str, size_sqft: float, sales_usd_year: float
) -> list[dict[str, object]]:
    """Return the rows of `COLUMNS` for one site, one a technology and reading.

    ``net_benefit_usd_year`` is what staffed lanes cost more, plus the margin on sales that the
    technology brings in. ``annual_cost_usd`` is at the given sales, before any uplift.

    Raises
    ------
    InputError
        If sales are not above zero.
    """
    check_sales(sales_usd_year, site_type if site_type != "own" else fmt)
    staffed = annual_cost_usd(terms, "staffed", "", size_sqft, sales_usd_year)
    rows: list[dict[str, object]] = []
    for technology, reading in terms.rows():
        cost = annual_cost_usd(terms, technology, reading, size_sqft, sales_usd_year)
        margin = uplift_margin_usd_year(terms, technology, sales_usd_year)
        rows.append(
            {
                "format": fmt,
                "site_type": site_type,
                "technology": technology,
                "reading": reading,
                "size_sqft": size_sqft,
                "sales_usd_year": sales_usd_year,
                "transactions_year": sales_usd_year / terms["basket_usd"],
                "capex_usd": capex_usd(terms, technology, reading, size_sqft),
                "annual_cost_usd": cost,
                "cost_share_of_sales": cost / sales_usd_year,
                "sales_uplift_share": uplift_share(terms, technology),
                "uplift_margin_usd_year": margin,
                "net_benefit_usd_year": staffed - cost + margin,
                "break_even_sales_usd_year": break_even_with_staffed(
                    terms, technology, reading, size_sqft
                ),
            }
        )
    under = cheapest_under({(str(r["technology"]), str(r["reading"])): _cost(r) for r in rows})
    for row in rows:
        key = (str(row["technology"]), str(row["reading"]))
        wanted = row["reading"] or "both"
        row["cheapest"] = under[key] == wanted
        row["cheapest_under"] = under[key]
    return rows


def _cost(row: dict[str, object]) -> float:
    return float(row["annual_cost_usd"])  # type: ignore[arg-type]


def cheapest_under(costs: dict[tuple[str, str], float]) -> dict[tuple[str, str], str]:
    """Return under which readings each technology costs least.

    Parameters
    ----------
    costs
        Cost by technology and reading; the reading is blank where the figure does not enter.

    Returns
    -------
    dict
        ``both``, ``installed``, ``annualised`` or blank, by the same keys. Equal costs share it.
    """
    least = {
        one: min((cost for (_, reading), cost in costs.items() if reading in {"", one}))
        for one in READINGS
    }
    found = {}
    for (technology, reading), cost in costs.items():
        won = [one for one in READINGS if reading in {"", one} and cost == least[one]]
        found[technology, reading] = "both" if len(won) == len(READINGS) else "".join(won)
    return found


def stack_rows(
    terms: CheckoutTerms[float], fmt: str, site_type: str, size_sqft: float, sales_usd_year: float
) -> pd.DataFrame:
    """Return every part of every technology's yearly cost at one site.

    Returns
    -------
    pandas.DataFrame
        Columns ``format, site_type, technology, reading, part, usd_year``; parts that are zero
        are left out. The rows of a technology and reading sum to its ``annual_cost_usd``.
    """
    rows = [
        (fmt, site_type, technology, reading, part, parts[part])
        for technology, reading in terms.rows()
        for parts in [parts_usd_year(terms, technology, reading, size_sqft, sales_usd_year)]
        for part in PARTS
        if parts.get(part, 0.0) != 0
    ]
    columns = ["format", "site_type", "technology", "reading", "part", "usd_year"]
    return pd.DataFrame(rows, columns=columns)


def of_first_format(result: Result) -> Result:
    """Return a result with the rows of its first format only."""
    table = result.table
    if len(table):
        table = table[table["format"] == table["format"].iloc[0]].reset_index(drop=True)
    return Result(
        table, result.sentence, result.units, result.origins, result.figures, words=result.words
    )


def own_stores(result: Result) -> Result:
    """Return a result with the rows of own stores only."""
    table = result.table[result.table["site_type"] == "own"].reset_index(drop=True)
    return Result(
        table, result.sentence, result.units, result.origins, result.figures, words=result.words
    )
