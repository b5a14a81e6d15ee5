"""Yearly cost of each technology over the sales of a store, for a drawing of where they cross."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from retail_portfolio.model.checkouts.checkout_break_even import break_even_with_staffed
from retail_portfolio.model.checkouts.checkout_codes import WITH_CHECKOUT, codes_of
from retail_portfolio.model.checkouts.checkout_technologies import (
    annual_cost_usd,
    kink_sales_usd_year,
)
from retail_portfolio.model.checkouts.checkout_terms import READINGS, terms_of
from retail_portfolio.model.number_words import amount
from retail_portfolio.model.result import Result

if TYPE_CHECKING:
    from retail_portfolio.inputs.case import Case

_POINTS = 13
_BEYOND = 1.25


def cost_curves(case: Case, fmt: str) -> Result:
    """Cost the technologies of a format from no sales to beyond the break-even.

    Equipment stays that of the worked case, as it does for the break-even.

    Returns
    -------
    Result
        Columns ``format, technology, reading, sales_usd_year, annual_cost_usd, reference``;
        ``reference`` marks the sales of the worked case. The sentence says where the lines cross.
    """
    codes = codes_of(case.scenario)
    terms = terms_of(case.ledger, fmt, case.scenario.checkout_wage_state, codes=codes)
    size, today = terms["reference_size_sqft"], terms["reference_sales_usd_year"]
    keys = [key for key in terms.rows() if key[0] in {*WITH_CHECKOUT, codes.vision}]
    compared, parity = (codes.vision, READINGS[0]) in keys, math.nan
    if compared:
        parity = break_even_with_staffed(terms, codes.vision, READINGS[0], size)
    end = _BEYOND * max(today, 0.0 if math.isnan(parity) else parity)
    kinks = [kink_sales_usd_year(terms, technology) for technology, _ in keys]
    grid = {*np.linspace(0.0, end, _POINTS), today, *(k for k in kinks if 0 < k < end)}
    rows = [
        (fmt, technology, reading, at, cost, at == today)
        for technology, reading in keys
        for at in sorted(float(point) for point in grid)
        for cost in [annual_cost_usd(terms, technology, reading, size, at)]
    ]
    columns = ["format", "technology", "reading", "sales_usd_year", "annual_cost_usd", "reference"]
    table = pd.DataFrame(rows, columns=columns)
    label, sells = case.scenario.formats[fmt].label, amount(today, case.scenario.currency)
    if not compared:
        sentence = f"Checkout in {label} over the sales of a store; one sells {sells} a year"
    elif math.isnan(parity):
        sentence = (
            f"In {label} no sales make {codes.label} as cheap as staffed lanes (installed reading)"
        )
    else:
        enough = amount(parity, case.scenario.currency)
        sentence = (
            f"In {label} {codes.label} is as cheap as staffed lanes from {enough} of "
            f"sales a year; such a store sells {sells} (installed reading)"
        )
    units = {"sales_usd_year": "usd_year", "annual_cost_usd": "usd_year"}
    return Result(table, sentence, units, dict.fromkeys(units, "modelled"), words=case.words)
