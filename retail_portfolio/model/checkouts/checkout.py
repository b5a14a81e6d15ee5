"""What a year of checkout costs with each technology, in the formats and sites of a case.

The comparison by format stands at its reference store and at the wage of one state; that of
third-party sites at the wage of the country. Ranges move the assumptions one at a time, see
`ranges`; each reading of the published figure has a range of its own.
"""

from __future__ import annotations

import math
from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from retail_portfolio.model.checkouts.checkout_break_even import break_even_with_staffed
from retail_portfolio.model.checkouts.checkout_codes import codes_of
from retail_portfolio.model.checkouts.checkout_rows import COLUMNS, UNITS, site_rows, stack_rows
from retail_portfolio.model.checkouts.checkout_technologies import annual_cost_usd
from retail_portfolio.model.checkouts.checkout_terms import (
    READINGS,
    THIRD_PARTY,
    check_technology,
    defaults_of,
    names_of,
    technologies_in,
    terms_of,
)
from retail_portfolio.model.checkouts.checkout_third_party import (
    site_terms,
    site_types_in,
    third_party_rows,
)
from retail_portfolio.model.number_words import amount, percent, plain
from retail_portfolio.model.ranges import in_ledger, one_at_a_time
from retail_portfolio.model.result import Figure, Result

if TYPE_CHECKING:
    from collections.abc import Sequence

    from retail_portfolio.inputs.case import Case
    from retail_portfolio.inputs.settings.scenario import Scenario
    from retail_portfolio.inputs.speech import Speech
    from retail_portfolio.model.checkouts.checkout_codes import Codes
    from retail_portfolio.model.checkouts.checkout_terms import CheckoutTerms
    from retail_portfolio.model.ranges import Moves
    from retail_portfolio.model.result import Origin

_SOURCE = "checkout model on assumptions.csv"
_MEANS = {"installed": "an installed", "annualised": "a yearly"}


def readings_of(scenario: Scenario) -> tuple[str, ...]:
    """Return the readings of the published figure, the one that the scenario prefers first."""
    first = scenario.checkout_reading
    return (first, *(reading for reading in READINGS if reading != first))


def checkout_names(codes: Codes) -> tuple[str, ...]:
    """Return every name a year of checkout depends on, with every technology there is."""
    wanted = {n for technology in codes.technologies for n in names_of(technology, codes)}
    return tuple(sorted(wanted))


def range_names(case: Case) -> tuple[str, ...]:
    """Return the ledger names that move a cost of checkout, those that are there."""
    codes = codes_of(case.scenario)
    names = dict.fromkeys((*checkout_names(codes), *sorted(defaults_of(codes))))
    return in_ledger(case.ledger, names)


def checkout_table(case: Case, technologies: Sequence[str] = ()) -> pd.DataFrame:
    """Cost of each technology and reading at each format and kind of third-party site.

    Parameters
    ----------
    technologies
        Which to list; all by default. What is cheapest is told among all of them.

    Returns
    -------
    pandas.DataFrame
        Columns `checkout_rows.COLUMNS`. ``capex_usd`` is blank where the reading holds no
        capital, ``break_even_sales_usd_year`` for staffed lanes and where that is never.

    Raises
    ------
    InputError
        If a technology is unknown, or the ledger lacks a row or holds one that will not do.
    """
    codes = codes_of(case.scenario)
    for technology in technologies:
        check_technology(technology, codes)
    state = case.scenario.checkout_wage_state
    rows: list[dict[str, object]] = []
    for fmt in case.scenario.checkout_formats:
        terms = terms_of(case.ledger, fmt, state, codes=codes)
        size, sales = terms["reference_size_sqft"], terms["reference_sales_usd_year"]
        rows += site_rows(terms, fmt, "own", size, sales)
    if case.scenario.checkout_formats:
        rows += third_party_rows(case.ledger, codes)
    table = pd.DataFrame(rows, columns=list(COLUMNS))
    if technologies:
        table = table[table["technology"].isin(technologies)].reset_index(drop=True)
    return table


def cost_stack(case: Case) -> Result:
    """Every part of every cost of `checkout_table`, one row a part that is not zero.

    Returns
    -------
    Result
        ``format, site_type, technology, reading, part, usd_year``.
    """
    state, codes = case.scenario.checkout_wage_state, codes_of(case.scenario)
    tables = []
    for fmt in case.scenario.checkout_formats:
        terms = terms_of(case.ledger, fmt, state, codes=codes)
        tables.append(stack_rows(terms, fmt, "own", *_reference(terms)))
    if tables:
        for kind in site_types_in(case.ledger):
            terms = site_terms(case.ledger, kind, codes)
            tables.append(stack_rows(terms, THIRD_PARTY, kind, *_reference(terms)))
    if not tables:
        return Result(
            pd.DataFrame(columns=["format", "part", "usd_year"]),
            "Nothing is compared.",
            words=case.words,
        )
    table = pd.concat(tables, ignore_index=True)
    return Result(
        table,
        _stack_sentence(table, codes),
        {"usd_year": "usd_year"},
        {"usd_year": "modelled"},
        words=case.words,
    )


def _reference(terms: CheckoutTerms[float]) -> tuple[float, float]:
    return terms["reference_size_sqft"], terms["reference_sales_usd_year"]


def _stack_sentence(table: pd.DataFrame, codes: Codes) -> str:
    """Say how much of walk-out checkout in the first format does not move with sales."""
    first = table["format"].iloc[0]
    rows = table[(table["format"] == first) & (table["technology"] == codes.vision)]
    rows = rows[rows["reading"] == READINGS[0]]
    if rows.empty:
        rows = table[(table["format"] == first) & (table["technology"] == "staffed")]
        paid = rows.loc[rows["part"] == "cashiers", "usd_year"].sum() / rows["usd_year"].sum()
        return f"Cashiers are {percent(paid)} of what staffed lanes cost"
    moving = rows["part"].isin(("remote_review", "payment", "shrink"))
    fixed = 1.0 - rows.loc[moving, "usd_year"].sum() / rows["usd_year"].sum()
    return f"{percent(fixed)} of what {codes.label} costs does not grow with sales"


def _totals(case: Case) -> list[float]:
    """Cost of staffed lanes and of both readings, and break-even sales, a format after another."""
    totals, codes = [], codes_of(case.scenario)
    for fmt in case.scenario.checkout_formats:
        terms = terms_of(case.ledger, fmt, case.scenario.checkout_wage_state, codes=codes)
        size, sales = _reference(terms)
        totals.append(annual_cost_usd(terms, "staffed", "", size, sales))
        for reading in READINGS:
            known = codes.vision in terms.technologies
            cost = parity = math.nan
            if known:
                cost = annual_cost_usd(terms, codes.vision, reading, size, sales)
                parity = break_even_with_staffed(terms, codes.vision, reading, size)
            totals += [cost, parity]
    return totals


_PER_FORMAT = 1 + 2 * len(READINGS)


def _figures(case: Case) -> tuple[Figure, ...]:
    # What checkout costs a format hangs on no store: without them a ledger is soon exchanged.
    alone = replace(case, stores=case.stores.iloc[:0], leases=case.leases.iloc[:0])
    moves = one_at_a_time(alone, range_names(case), _totals)
    figures: list[Figure] = []
    codes, words = codes_of(case.scenario), case.words
    for place, fmt in enumerate(case.scenario.checkout_formats):
        at = place * _PER_FORMAT
        label = case.scenario.formats[fmt].label
        told = f"Staffed lanes a year, {label}"
        staffed = _cost_figure(f"staffed_cost_{fmt}", told, moves, at, words)
        parities = []
        for reading in readings_of(case.scenario):
            number = READINGS.index(reading)
            here = at + 1 + 2 * number
            if math.isnan(moves.base[here]):
                continue
            tail = "" if number == 0 else f"_{reading}"
            told = f"{codes.start} a year, {label} ({reading} reading)"
            figures.append(_cost_figure(codes.key(f"cost_{fmt}{tail}"), told, moves, here, words))
            told = f"Sales at which it costs no more than staffed lanes, {label} ({reading})"
            key = f"break_even_sales_{fmt}{tail}"
            parities.append(_parity_figure(key, told, moves, here + 1, words))
        figures += [staffed, *parities]
    return tuple(figures)


def _cost_figure(key: str, label: str, moves: Moves, total: int, words: Speech) -> Figure:
    low, high = moves.quadrature(total)
    value = float(moves.base[total])
    source = f"{_SOURCE}; range: assumptions moved one at a time, added in quadrature"
    ends = (max(low, 0.0), high)
    return Figure(
        *(key, label, value, "usd_year", "modelled", source, *ends),
        range_basis="one_at_a_time",
        words=words,
    )


def _parity_figure(key: str, label: str, moves: Moves, total: int, words: Speech) -> Figure:
    """Return a break-even with the ends one assumption brings about; blank for never."""
    value = float(moves.base[total])
    ends = np.append(moves.ends[:, :, total], value)
    if math.isnan(value) or np.isnan(ends).any():
        reach = "never" if math.isnan(value) else "never at one end of an assumption"
        known = None if math.isnan(value) else value
        return Figure(key, label, known, "usd_year", "modelled", f"{_SOURCE}; {reach}", words=words)
    low, high = moves.extremes(total)
    source = f"{_SOURCE}; range: one assumption alone"
    return Figure(
        *(key, label, value, "usd_year", "modelled", source, low, high),
        range_basis="one_alone",
        words=words,
    )


def checkout(case: Case) -> Result:
    """Compare checkout technologies in each format and kind of third-party site of the case.

    Returns
    -------
    Result
        Table of `checkout_table`; figures ``<code>_cost_<format>`` (installed reading),
        ``<code>_cost_<format>_annualised``, ``staffed_cost_<format>`` and
        ``break_even_sales_<format>``, those of the first format first, and of a format those of
        the reading that the scenario prefers.

    Raises
    ------
    InputError
        If the ledger lacks a row, or holds one that will not do.
    """
    table = checkout_table(case)
    origins: dict[str, Origin] = dict.fromkeys(UNITS, "modelled")
    origins |= {"size_sqft": "assumed", "sales_usd_year": "assumed"}
    if table.empty:
        return Result(table, "No format is compared.", UNITS, origins, words=case.words)
    figures = _figures(case)
    said = f"{_sentence(case, table)} {not_compared(case)}".rstrip()
    return Result(table, said, UNITS, origins, figures, words=case.words)


def not_compared(case: Case) -> str:
    """Name the technologies that the ledger has no figures for; blank where it has all."""
    codes = codes_of(case.scenario)
    there = technologies_in(case.ledger, codes)
    absent = [words for technology, words in codes.words.items() if technology not in there]
    said = f"Not compared for want of figures in the ledger: {', '.join(absent)}."
    return said if absent else ""


def _least(rows: pd.DataFrame, codes: Codes, currency: str) -> str:
    """Say which of several technologies costs least in the rows of a store, as a clause."""
    if len(rows) == 1:
        return ""
    costs = rows["annual_cost_usd"]
    technology = str(rows.index.get_level_values(0)[int(costs.to_numpy().argmin())])
    if technology == "staffed":
        return ", less than any other technology that is compared"
    cost = amount(costs.min(), currency)
    return f"; the cheapest technology that is compared there is {codes.words[technology]}, {cost}"


def _sentence(case: Case, table: pd.DataFrame) -> str:
    first = case.scenario.checkout_formats[0]
    rows = table[(table["format"] == first) & (table["site_type"] == "own")]
    rows = rows.set_index(["technology", "reading"])
    label, currency = case.scenario.formats[first].label, case.scenario.currency
    staffed = amount(rows["annual_cost_usd"]["staffed", ""], currency)
    codes = codes_of(case.scenario)
    if codes.vision not in rows.index.get_level_values(0):
        least = _least(rows, codes, currency)
        return f"Staffed lanes cost {staffed} a year in a store like {label}{least}."
    walk_out, (reading, other) = rows.loc[codes.vision], readings_of(case.scenario)
    cost, at_other = (
        amount(walk_out["annual_cost_usd"][one], currency) for one in (reading, other)
    )
    parity = walk_out["break_even_sales_usd_year"][reading]
    sales = rows["sales_usd_year"].iloc[0]
    needed = (
        "no sales would make it as cheap"
        if math.isnan(parity)
        else f"it would take sales of {amount(parity, currency)} a year to make it as cheap, "
        f"{plain(parity / sales, 1)} times what such a store sells"
    )
    return (
        f"In a store like {label} a year of {codes.label} costs {cost} if the published "
        f"figure is {_MEANS[reading]} cost and {at_other} if it is {_MEANS[other]} one, against "
        f"{staffed} for staffed lanes; {needed}."
    )
