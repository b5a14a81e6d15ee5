"""From which sales on a checkout technology pays, and over what that moves.

Costs are linear in sales between the kinks at which cashiers become busy beyond their cover, so
the last crossing of two costs is found exactly: beyond the last kink the difference is a line.
"""

from __future__ import annotations

import math
from itertools import pairwise
from typing import TYPE_CHECKING

import pandas as pd

from retail_portfolio.inputs.faults import Fault, InputError, one_of
from retail_portfolio.model.checkouts.checkout_codes import codes_of
from retail_portfolio.model.checkouts.checkout_technologies import (
    annual_cost_usd,
    kink_sales_usd_year,
)
from retail_portfolio.model.checkouts.checkout_terms import READINGS, terms_of
from retail_portfolio.model.number_words import span
from retail_portfolio.model.result import Result

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence

    from retail_portfolio.inputs.case import Case
    from retail_portfolio.model.checkouts.checkout_terms import CheckoutTerms

MOST_SALES_USD_YEAR = 1e9
"""Sales up to which a break-even is looked for: more than any shop has."""
FIGURE_2017 = "technology_usd_at_1000_sqft_2017"
"""Published price of walk-out checkout in 2017; in the ledger its code stands before it."""

AXES: dict[str, tuple[float, ...]] = {
    "size_sqft": (1_000, 2_000, 5_000, 10_000, 20_000, 37_000, 50_000),
    "wage_usd_per_hour": (12, 16, 20, 24, 30, 40),
    "review_share": (0, 0.05, 0.2, 0.5, 0.7),
    "basket_usd": (5, 10, 20, 42, 60),
    "capex_fall_share_since_2017": (0.9, 0.96, 0.98, 0.99, 0.995, 1.0),
}
"""What a surface can be drawn over, and the points it is drawn at."""
SURFACES: tuple[tuple[str, str], ...] = (
    ("size_sqft", "capex_fall_share_since_2017"),
    ("wage_usd_per_hour", "review_share"),
    ("wage_usd_per_hour", "capex_fall_share_since_2017"),
    ("basket_usd", "wage_usd_per_hour"),
)
"""Pairs that `checkout_surfaces` covers."""


def break_even_sales_usd_year(
    first: Callable[[float], float],
    second: Callable[[float], float],
    kinks: Iterable[float] = (),
    most: float = MOST_SALES_USD_YEAR,
) -> float:
    """Yearly sales from which on ``first`` never costs more than ``second``; NaN if never.

    Parameters
    ----------
    first, second
        Cost a year at given sales, USD; linear between ``kinks``.
    kinks
        Sales at which either bends; those that are not numbers are left out.
    most
        Sales up to which is looked, USD a year; never means not below that.
    """

    def gap(sales: float) -> float:
        return first(sales) - second(sales)

    inner = sorted({kink for kink in kinks if 0 < kink < most})
    points = [0.0, *inner, most]
    if gap(most) > 0:
        return math.nan
    for low, high in reversed(list(pairwise(points))):
        above, below = gap(low), gap(high)
        if above > 0:
            return low + (high - low) * above / (above - below)
    return 0.0


def break_even_with_staffed(
    terms: CheckoutTerms[float], technology: str, reading: str, size_sqft: float
) -> float:
    """Yearly sales from which on a technology never costs more than staffed lanes, USD.

    NaN for staffed lanes themselves, and where that is never. Equipment stays as it is.
    """
    if technology == "staffed":
        return math.nan
    return break_even_with(terms, technology, reading, size_sqft, "staffed")


def break_even_with(
    terms: CheckoutTerms[float], technology: str, reading: str, size_sqft: float, other: str
) -> float:
    """Yearly sales from which on a technology never costs more than another, USD."""
    return break_even_sales_usd_year(
        lambda sales: annual_cost_usd(terms, technology, reading, size_sqft, sales),
        lambda sales: annual_cost_usd(terms, other, "", size_sqft, sales),
        (kink_sales_usd_year(terms, technology), kink_sales_usd_year(terms, other)),
    )


# ------------------------------------------------------------------------------------ surfaces
def _moved(
    terms: CheckoutTerms[float], size_sqft: float, axis: str, value: float, figure_2017: float
) -> tuple[CheckoutTerms[float], float]:
    """Return terms and size with one axis at a value."""
    if axis == "size_sqft":
        return terms, value
    names = {
        "wage_usd_per_hour": "wage_cashier_usd_per_hour",
        "review_share": terms.codes.key("review_share_of_visits"),
        "basket_usd": "basket_usd",
    }
    if axis in names:
        return terms.replaced(**{names[axis]: value}), size_sqft
    price = figure_2017 * (1.0 - value)
    return terms.replaced(**{terms.codes.key("capex_usd_at_1000_sqft"): price}), size_sqft


def break_even_surface(
    case: Case, fmt: str, across: str, down: str, reading: str = "installed"
) -> pd.DataFrame:
    """Break-even sales of walk-out checkout over two axes, the rest as in the worked case.

    Parameters
    ----------
    across, down
        Two of `AXES`.

    Returns
    -------
    pandas.DataFrame
        One row a pair of values: ``format, reading, across, across_value, down, down_value,
        break_even_sales_usd_year, break_even_transactions_year``, blank where never.

    Raises
    ------
    InputError
        If an axis is unknown.
    """
    wrong = [axis for axis in (across, down) if axis not in AXES]
    if wrong:
        raise InputError([Fault("checkout", None, "axis", a, one_of(AXES, a)) for a in wrong])
    codes = codes_of(case.scenario)
    terms = terms_of(case.ledger, fmt, case.scenario.checkout_wage_state, codes=codes)
    size = terms["reference_size_sqft"]
    figure = case.ledger.value(codes.key(FIGURE_2017), format=fmt)
    rows = []
    for x in AXES[across]:
        for y in AXES[down]:
            there, floor = _moved(terms, size, across, x, figure)
            there, floor = _moved(there, floor, down, y, figure)
            sales = break_even_with_staffed(there, codes.vision, reading, floor)
            rows.append((fmt, reading, across, x, down, y, sales, sales / there["basket_usd"]))
    columns = ["format", "reading", "across", "across_value", "down", "down_value"]
    found = ["break_even_sales_usd_year", "break_even_transactions_year"]
    return pd.DataFrame(rows, columns=[*columns, *found])


def checkout_surfaces(case: Case) -> Result:
    """Break-even surfaces of every format and reading over the pairs of `SURFACES`.

    Empty where the ledger says nothing of walk-out checkout or of its price in 2017.
    """
    tables = [
        break_even_surface(case, fmt, across, down, reading)
        for fmt in formats_with(case, (FIGURE_2017,))
        for across, down in SURFACES
        for reading in READINGS
    ]
    units = {
        "break_even_sales_usd_year": "usd_year",
        "break_even_transactions_year": "transactions_year",
    }
    if not tables:
        return Result(
            pd.DataFrame(columns=["format"]), "No surface can be drawn.", words=case.words
        )
    table = pd.concat(tables, ignore_index=True)
    first = table[(table["format"] == table["format"].iloc[0]) & (table["reading"] == READINGS[0])]
    sales = first["break_even_sales_usd_year"]
    label = case.scenario.formats[str(first["format"].iloc[0])].label
    ends = span(sales.min(), sales.max(), case.scenario.currency)
    sentence = (
        f"Over these surfaces {codes_of(case.scenario).label} in {label} breaks even with staffed "
        f"lanes at sales of {ends} a year (installed reading)."
    )
    return Result(table, sentence, units, dict.fromkeys(units, "modelled"), words=case.words)


def formats_with(case: Case, names: Sequence[str]) -> tuple[str, ...]:
    """Return the formats compared for which the ledger has walk-out checkout and the names.

    Parameters
    ----------
    names
        Names of walk-out checkout, without its code.
    """
    ledger, codes = case.ledger, codes_of(case.scenario)
    state = case.scenario.checkout_wage_state
    return tuple(
        fmt
        for fmt in case.scenario.checkout_formats
        if all(ledger.has(codes.key(name), format=fmt) for name in names)
        and codes.vision in terms_of(ledger, fmt, state, codes=codes).technologies
    )
