"""From the first price of walk-out checkout to today's, and what has to be true for it to win.

The bridge takes one store and three prices of the technology at 1,000 sq ft: the figure for 2017,
the figure for 2021 and the ledger's value of today. All else is as today, so that it shows what
the price alone has done.

A lever is one assumption moved by itself until walk-out checkout costs no more than the cheapest
technology with a checkout. Where even its furthest value will not do, it is blank.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING

import pandas as pd

from retail_portfolio.inputs.assumptions import Assumption
from retail_portfolio.model.checkouts.checkout_break_even import FIGURE_2017, break_even_with
from retail_portfolio.model.checkouts.checkout_codes import codes_of
from retail_portfolio.model.checkouts.checkout_technologies import (
    annual_cost_usd,
    walk_out_capex_usd,
)
from retail_portfolio.model.checkouts.checkout_terms import READINGS, CheckoutTerms, terms_of
from retail_portfolio.model.checkouts.checkout_uplift import margin_after_checkout
from retail_portfolio.model.checkouts.checkout_years import FIGURE_2021
from retail_portfolio.model.number_words import amount, plain
from retail_portfolio.model.result import Result

if TYPE_CHECKING:
    from retail_portfolio.inputs.assumptions import Ledger
    from retail_portfolio.inputs.case import Case
    from retail_portfolio.model.checkouts.checkout_codes import Codes
    from retail_portfolio.model.result import Origin

_HALVINGS = 100
_BRIDGE = ("year", "reading", "technology_usd_at_1000_sqft", "technology_origin", "capex_usd")
_DEAREST_WAGE_USD_PER_HOUR = 200.0
_PRICE = "capex_usd_at_1000_sqft"
_CLOUD = "cloud_usd_year"


def checkout_bridge(case: Case, fmt: str) -> Result:
    """Cost walk-out checkout in one format at the prices of 2017, of 2021 and of today.

    Returns
    -------
    Result
        One row a year and reading: ``year, reading, technology_usd_at_1000_sqft, capex_usd,
        annual_cost_usd, staffed_usd_year, times_staffed``. Empty without the two figures.
    """
    ledger, codes = case.ledger, codes_of(case.scenario)
    terms = terms_of(ledger, fmt, case.scenario.checkout_wage_state, codes=codes)
    there = codes.vision in terms.technologies
    first_figure, second_figure = codes.key(FIGURE_2017), codes.key(FIGURE_2021)
    if not (there and all(ledger.has(name, format=fmt) for name in (first_figure, second_figure))):
        return Result(
            pd.DataFrame(columns=["year"]), "No earlier price is known.", words=case.words
        )
    size, sales = terms["reference_size_sqft"], terms["reference_sales_usd_year"]
    staffed = annual_cost_usd(terms, "staffed", "", size, sales)
    prices = (
        ("2017", ledger.row(first_figure, format=fmt)),
        ("2021", ledger.row(second_figure, format=fmt)),
        (str(case.scenario.as_of.year), ledger.row(codes.key(_PRICE), format=fmt)),
    )
    rows = []
    for year, row in prices:
        price = row.base
        then = terms.replaced(**{codes.key(_PRICE): price})
        for reading in READINGS:
            cost = annual_cost_usd(then, codes.vision, reading, size, sales)
            capex = walk_out_capex_usd(then, size) if reading == "installed" else math.nan
            rows.append((year, reading, price, row.origin, capex, cost, staffed, cost / staffed))
    money = ["annual_cost_usd", "staffed_usd_year"]
    table = pd.DataFrame(
        rows,
        columns=[*_BRIDGE, *money, "times_staffed"],
    )
    first, last = rows[0], rows[-2]
    was, now = (amount(row[5], case.scenario.currency) for row in (first, last))
    sentence = (
        f"At the price of {first[0]} a year of {codes.label} in {case.scenario.formats[fmt].label} "
        f"would have cost {was}; at that of {last[0]} it costs {now}, "
        f"{plain(last[7], 1)} times what staffed lanes cost (installed reading)."
    )
    units = dict.fromkeys(money, "usd_year")
    units |= {"technology_usd_at_1000_sqft": "usd", "capex_usd": "usd", "times_staffed": "times"}
    found: dict[str, Origin] = dict.fromkeys([*money, "capex_usd", "times_staffed"], "modelled")
    return Result(table, sentence, units, found, words=case.words)


def checkout_bridges(case: Case) -> Result:
    """Return `checkout_bridge` for every format, with the sentence of the first."""
    found = {fmt: checkout_bridge(case, fmt) for fmt in case.scenario.checkout_formats}
    found = {fmt: one for fmt, one in found.items() if len(one.table)}
    if not found:
        return Result(
            pd.DataFrame(columns=["format", "year"]), "No earlier price is known.", words=case.words
        )
    tables = [one.table.assign(format=fmt) for fmt, one in found.items()]
    table = pd.concat(tables, ignore_index=True)
    table = table[["format", *(c for c in table.columns if c != "format")]]
    first = next(iter(found.values()))
    return Result(table, first.sentence, first.units, first.origins, words=case.words)


@dataclass(frozen=True, slots=True)
class _Lever:
    """One assumption that may be moved: what it is called, and the furthest it is tried.

    ``coded`` says that the code of walk-out checkout stands before its name in the ledger.
    """

    name: str
    words: str
    unit: str
    furthest: float = 0.0
    coded: bool = True

    def key(self, codes: Codes) -> str:
        """Return its name in the ledger."""
        return codes.key(self.name) if self.coded else self.name


_LEVERS: tuple[_Lever, ...] = (
    _Lever(_PRICE, "Price of the technology at 1,000 sq ft", "usd"),
    _Lever("capex_scale_exponent", "Power with which it grows with floor", "exponent"),
    _Lever(_CLOUD, "Cloud and edge support", "usd_year"),
    _Lever("entry_staff", "People at entry and for checks of age", "heads", coded=False),
    _Lever("review_share_of_visits", "Visits that a person reviews", "share"),
    _Lever("shrink_share_of_sales", "Goods that leave unbilled", "share"),
    _Lever(
        "wage_cashier_usd_per_hour",
        "Cashier wage",
        "usd_per_hour",
        _DEAREST_WAGE_USD_PER_HOUR,
        coded=False,
    ),
)
_SALES = "Sales of the store"
_UPLIFT = "Extra sales it brings in"
_ALL = "Cost beyond the cheapest, all of the above at their favourable ends"


def _gap(terms: CheckoutTerms[float], reading: str, size: float, sales: float) -> float:
    """Walk-out cost beyond the cheapest technology with a checkout, USD a year."""
    others = [t for t in terms.technologies if t not in terms.codes.walk_out]
    least = min(annual_cost_usd(terms, t, "", size, sales) for t in others)
    return annual_cost_usd(terms, terms.codes.vision, reading, size, sales) - least


def _needed(
    terms: CheckoutTerms[float], lever: _Lever, reading: str, size: float, sales: float
) -> float:
    """Value nearest to today's at which the gap closes; NaN where it does not."""
    name = lever.key(terms.codes)

    def gap(value: float) -> float:
        return _gap(terms.replaced(**{name: value}), reading, size, sales)

    near, far = terms[name], lever.furthest
    if gap(near) <= 0:
        return near
    if gap(far) > 0:
        return math.nan
    for _ in range(_HALVINGS):
        middle = (near + far) / 2
        near, far = (middle, far) if gap(middle) > 0 else (near, middle)
    return far


def _needed_sales(terms: CheckoutTerms[float], reading: str, size: float) -> float:
    others = [t for t in terms.technologies if t not in terms.codes.walk_out]
    vision = terms.codes.vision
    found = [break_even_with(terms, vision, reading, size, other) for other in others]
    return math.nan if any(map(math.isnan, found)) else max(found)


def _favourable(
    ledger: Ledger, terms: CheckoutTerms[float], fmt: str, state: str
) -> CheckoutTerms[float]:
    ends = {}
    for lever in _LEVERS:
        name = lever.key(terms.codes)
        row = ledger.row(name, format=fmt, state=state)
        ends[name] = row.high if lever.furthest > 0 else row.low
    return terms.replaced(**ends)


def what_has_to_be_true(case: Case, fmt: str) -> Result:
    """Return how far each assumption alone has to move for walk-out checkout to win in a format.

    Returns
    -------
    Result
        One row a lever and reading: ``format, lever, reading, unit, today, low, high, needed,
        within_range``. ``needed`` is blank where no value will do; ``within_range`` whether the
        ledger's own range reaches it. The last lever puts all of them at the end that favours
        walk-out checkout: ``today`` is then the yearly cost beyond the cheapest technology with a
        checkout as it is, ``needed`` what is left of it.
    """
    ledger, state = case.ledger, case.scenario.checkout_wage_state
    codes = codes_of(case.scenario)
    terms = terms_of(ledger, fmt, state, codes=codes)
    if codes.vision not in terms.technologies:
        return Result(pd.DataFrame(columns=["lever"]), _not_there(codes), words=case.words)
    size, sales = terms["reference_size_sqft"], terms["reference_sales_usd_year"]
    rows = []
    for reading in READINGS:
        for lever in _LEVERS:
            if reading == "annualised" and lever.name == _CLOUD:
                continue
            row = ledger.row(lever.key(codes), format=fmt, state=state)
            found = _needed(terms, lever, reading, size, sales)
            rows.append(_lever_row(lever.words, reading, lever.unit, row, found))
        rows.append(_together_row(terms, _favourable(ledger, terms, fmt, state), reading))
        row = ledger.row("reference_sales_usd_year", format=fmt)
        found = _needed_sales(terms, reading, size)
        rows.append(_lever_row(_SALES, reading, "usd_year", row, found))
        rows.append(_uplift_row(ledger, terms, fmt, reading))
    table = pd.DataFrame(rows)
    table.insert(0, "format", fmt)
    alone = table[(table["lever"] != _ALL) & table["within_range"]]
    together = table[table["lever"] == _ALL]
    won = ", ".join(together.loc[together["within_range"], "reading"]) or "neither"
    label = case.scenario.formats[fmt].label
    within = "No single assumption within its range makes"
    if len(alone):
        named = "; ".join(f"{row.lever} ({row.reading})" for row in alone.itertuples(index=False))
        within = f"Alone and within its range this makes it: {named}. Nothing else makes"
    price = table[(table["lever"] == _LEVERS[0].words) & table["needed"].isna()]
    free = ""
    if len(price):
        free = f" Even free equipment would not do ({', '.join(price['reading'])} reading)."
    sentence = (
        f"{within} {codes.label} the cheapest in {label}; all the costs at their favourable ends "
        f"together do so under {won} reading.{free}"
    )
    return Result(table, sentence, {}, {"needed": "modelled"}, words=case.words)


def checkout_levers(case: Case) -> Result:
    """Return `what_has_to_be_true` for every format, with the sentence of the first."""
    found = [what_has_to_be_true(case, fmt) for fmt in case.scenario.checkout_formats]
    found = [one for one in found if len(one.table)]
    if not found:
        columns = ["format", "lever"]
        return Result(
            pd.DataFrame(columns=columns), _not_there(codes_of(case.scenario)), words=case.words
        )
    table = pd.concat([one.table for one in found], ignore_index=True)
    return Result(table, found[0].sentence, found[0].units, found[0].origins, words=case.words)


def _not_there(codes: Codes) -> str:
    return f"{codes.start} is not compared, so that nothing has to be true for it to win."


def _lever_row(
    words: str, reading: str, unit: str, row: Assumption, needed: float
) -> dict[str, object]:
    return {
        "lever": words,
        "reading": reading,
        "unit": unit,
        "today": row.base,
        "today_origin": row.origin,
        "low": row.low,
        "high": row.high,
        "needed": needed,
        "within_range": bool(row.low <= needed <= row.high),
    }


def _together_row(
    terms: CheckoutTerms[float], best: CheckoutTerms[float], reading: str
) -> dict[str, object]:
    size, sales = terms["reference_size_sqft"], terms["reference_sales_usd_year"]
    today, left = (_gap(each, reading, size, sales) for each in (terms, best))
    row = Assumption("", math.nan, today, math.nan, origin="modelled")
    return _lever_row(_ALL, reading, "usd_year", row, left) | {"within_range": left <= 0}


def _uplift_row(
    ledger: Ledger, terms: CheckoutTerms[float], fmt: str, reading: str
) -> dict[str, object]:
    size, sales = terms["reference_size_sqft"], terms["reference_sales_usd_year"]
    margin = margin_after_checkout(terms, terms.codes.vision)
    gap = _gap(terms, reading, size, sales)
    needed = max(gap, 0.0) / (margin * sales) if margin > 0 else math.nan
    name = terms.codes.key("sales_uplift")
    known = ledger.has(name, format=fmt)
    row = ledger.row(name, format=fmt) if known else Assumption("", 0.0, 0.0, 0.0)
    return _lever_row(_UPLIFT, reading, "share", row, needed)
