"""In which year walk-out checkout costs no more than staffed lanes, if ever.

The year follows the published figure A(t) for 1,000 sq ft: on a straight line of logarithms from
2017 over 2021 to the ledger's value of today, and falling by a share d a year from then on. The
technology's yearly cost T (capital, maintenance and cloud, or the yearly figure) falls with it
while wages and sales stay; with the rest of the walk-out cost R and staffed lanes at C,

    C = R + T A(t) / A(today)      gives      A(t) / A(today) = (C - R) / T,

which is reached in the year t, at once, or, where C <= R, never: then not even free
technology pays.
"""

from __future__ import annotations

import math
from itertools import pairwise
from typing import TYPE_CHECKING

import pandas as pd

from retail_portfolio.model.checkouts.checkout_break_even import FIGURE_2017, formats_with
from retail_portfolio.model.checkouts.checkout_codes import Codes, codes_of
from retail_portfolio.model.checkouts.checkout_technologies import annual_cost_usd, parts_usd_year
from retail_portfolio.model.checkouts.checkout_terms import READINGS, terms_of
from retail_portfolio.model.number_words import percent
from retail_portfolio.model.result import Result

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from retail_portfolio.inputs.assumptions import Ledger
    from retail_portfolio.inputs.case import Case
    from retail_portfolio.model.checkouts.checkout_terms import CheckoutTerms

FIGURE_2021 = "technology_usd_at_1000_sqft_2021"
FALL_PER_YEAR = "technology_fall_share_per_year"
PLANNED_FALL = "cost_decline_share_2020_2023"
"""Names of walk-out checkout; in the ledger its code stands before each."""
_PLANNED_YEARS = 3
_TECHNOLOGY_PARTS = ("capital", "maintenance", "cloud", "technology_year")


def needed_fall(
    terms: CheckoutTerms[float], reading: str, size_sqft: float, sales_usd_year: float
) -> float:
    """Return what is left of today's technology cost where it breaks even with staffed lanes.

    Above 1 it pays already; at or below 0 not even free technology would.
    """
    parts = parts_usd_year(terms, terms.codes.vision, reading, size_sqft, sales_usd_year)
    technology = math.fsum(parts.get(name, 0.0) for name in _TECHNOLOGY_PARTS)
    rest = math.fsum(parts.values()) - technology
    staffed = annual_cost_usd(terms, "staffed", "", size_sqft, sales_usd_year)
    if technology == 0:
        return math.inf if staffed >= rest else -math.inf
    return (staffed - rest) / technology


def year_reached(left: float, path: Sequence[tuple[float, float]], fall_share: float) -> float:
    """Return the year from which on the price is at most ``left`` of today's; infinite if never.

    Parameters
    ----------
    left
        Share of today's price.
    path
        Year and price of the past, in order; the last is today's. Between them the logarithm of
        the price runs straight.
    fall_share
        Yearly fall after the last year, 0 to below 1.
    """
    today, price = path[-1]
    if left <= 0:
        return math.inf
    if left < 1:
        return today + math.log(left) / math.log1p(-fall_share) if fall_share > 0 else math.inf
    wanted = math.log(left * price)
    for (start, first), (end, second) in reversed(list(pairwise(path))):
        high, low = math.log(first), math.log(second)
        if high > wanted >= low:
            return start + (end - start) * (high - wanted) / (high - low)
    return path[0][0]


def _year(
    ledger: Ledger, terms: CheckoutTerms[float], reading: str, today: float, fall: float
) -> float:
    published = (
        (year, ledger.value(terms.codes.key(name), format=terms.fmt))
        for year, name in ((2017.0, FIGURE_2017), (2021.0, FIGURE_2021))
    )
    path = [*published, (today, terms.walk_out("capex_usd_at_1000_sqft"))]
    size, sales = terms["reference_size_sqft"], terms["reference_sales_usd_year"]
    return year_reached(needed_fall(terms, reading, size, sales), path, fall)


def break_even_years(case: Case, names: Iterable[str]) -> Result:
    """Return the year in which walk-out checkout would have broken even in each format, if ever.

    Parameters
    ----------
    names
        Ledger names that are moved, one at a time, to their low and high end.

    Returns
    -------
    Result
        One row a format, reading and pace of the fall: ``base`` is the ledger's, ``plan`` that of
        the plan of 2020 to 2023, ``none`` no further fall. ``year`` and the ends are blank for
        never; ``technology_left_share`` is how much of today's technology cost may be left.
    """
    ledger, state = case.ledger, case.scenario.checkout_wage_state
    codes = codes_of(case.scenario)
    today = float(case.scenario.as_of.year)
    moved = [
        ledger.at_end(name, end)
        for name in dict.fromkeys((*names, codes.key(FALL_PER_YEAR)))
        for end in ("low", "high")
        if any(key.split(".")[0] == name for key in ledger)
    ]
    rows = []
    for fmt in formats_with(case, (FIGURE_2017, FIGURE_2021, FALL_PER_YEAR)):
        terms = terms_of(ledger, fmt, state, codes=codes)
        others = [(book, terms_of(book, fmt, state, codes=codes)) for book in moved]
        for reading in READINGS:
            size, sales = terms["reference_size_sqft"], terms["reference_sales_usd_year"]
            left = needed_fall(terms, reading, size, sales)
            for pace, fall in _paces(ledger, fmt, codes):
                ends = [
                    _year(book, there, reading, today, _fall(book, there, pace, fall))
                    for book, there in others
                ]
                year = _year(ledger, terms, reading, today, fall)
                ends.append(year)
                rows.append((fmt, reading, pace, fall, left, year, min(ends), max(ends)))
    columns = ["format", "reading", "pace", "fall_share_per_year", "technology_left_share"]
    years = ["year", "earliest_year", "latest_year"]
    table = pd.DataFrame(rows, columns=[*columns, *years])
    table[years] = table[years].astype(float).replace(math.inf, math.nan)
    shares = dict.fromkeys(("fall_share_per_year", "technology_left_share"), "share")
    # A year is no amount: without a unit it is written whole.
    return Result(
        table,
        _years_sentence(case, table),
        shares,
        dict.fromkeys(years, "modelled"),
        words=case.words,
    )


def _fall(ledger: Ledger, terms: CheckoutTerms[float], pace: str, fall: float) -> float:
    """Return the yearly fall of a pace under a ledger: only the base pace moves with it."""
    if pace != "base":
        return fall
    return ledger.value(terms.codes.key(FALL_PER_YEAR), format=terms.fmt)


def _paces(ledger: Ledger, fmt: str, codes: Codes) -> list[tuple[str, float]]:
    paces = [("none", 0.0), ("base", ledger.value(codes.key(FALL_PER_YEAR), format=fmt))]
    plan = codes.key(PLANNED_FALL)
    planned = next((ledger[key] for key in sorted(ledger) if key.startswith(plan)), None)
    if planned is not None and planned.base < 1:
        paces.append(("plan", 1.0 - (1.0 - planned.base) ** (1.0 / _PLANNED_YEARS)))
    return paces


def _years_sentence(case: Case, table: pd.DataFrame) -> str:
    if table.empty:
        return "No year of break-even can be told."
    rows = table[(table["format"] == table["format"].iloc[0]) & (table["pace"] == "base")]
    label = case.scenario.formats[str(rows["format"].iloc[0])].label
    start = codes_of(case.scenario).start
    told = {
        str(row.reading): _year_words(row.year, row.earliest_year, row.latest_year)
        for row in rows.itertuples(index=False)
    }
    return (
        f"{start} would be as cheap as staffed lanes in a store like {label} "
        f"{told['installed']} under the installed reading and {told['annualised']} under the "
        f"annualised one, if technology gets {percent(rows['fall_share_per_year'].iloc[0])} "
        "cheaper a year."
    )


def _year_words(year: float, earliest: float, latest: float) -> str:
    def words(one: float) -> str:
        return "never" if math.isnan(one) else f"{math.ceil(one):.0f}"

    at = "never" if math.isnan(year) else f"from {words(year)}"
    return (
        at if words(earliest) == words(latest) else f"{at} ({words(earliest)} to {words(latest)})"
    )
