"""What a year of checkout costs: staffed lanes against a store that has none.

Everything is a yearly cost in USD. With transactions q = sales / basket, wage w, benefit load b,
capital charge k and capital recovery factor CRF(k, life):

    staffed   max(q s / 3600 / u, cover hours) w b + lanes p (CRF + upkeep)
    walk-out  capex (CRF + maintenance) + cloud + q r (minutes / 60) w_r + entry hours w b
              + (loss share - loss share of staffed lanes) sales

s is seconds a staffed transaction, u the use of cashiers' time, r the share of visits that a
person reviews. Capex scales with the size z as A (z / 1000)^e.

The published figure for the technology, A, is ambiguous. Two readings stand side by side
and are never averaged: ``installed`` takes A as capital, ``annualised`` as a yearly cost that
holds capital, maintenance and cloud already.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from retail_portfolio.model.money import capital_recovery_factor
from retail_portfolio.model.result import Figure, Result

if TYPE_CHECKING:
    from collections.abc import Callable

    from retail_portfolio.inputs.assumptions import Ledger
    from retail_portfolio.inputs.case import Case
    from retail_portfolio.model.result import Origin

SECONDS_PER_HOUR = 3600
CENT_USD = 0.01
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
    "break_even_sales_usd_year",
    "cheapest",
)
READINGS: tuple[str, ...] = ("installed", "annualised")


def loaded_wage_usd_per_hour(ledger: Ledger, state: str) -> float:
    """Cashier wage of the state times the benefit load, USD an hour."""
    return ledger.value("wage_cashier_usd_per_hour", state=state) * ledger.value("benefit_load")


def staffed_usd_year(ledger: Ledger, fmt: str, state: str, sales_usd_year: float) -> float:
    """Yearly cost of staffed lanes at the given sales, USD."""

    def value(name: str) -> float:
        return ledger.value(name, format=fmt)

    transactions = sales_usd_year / value("basket_usd")
    busy = transactions * value("staffed_seconds_per_transaction") / SECONDS_PER_HOUR
    cover = value("minimum_cover_cashiers") * value("opening_hours_year")
    hours = max(busy / value("lane_utilisation"), cover)
    charge = capital_recovery_factor(value("capital_charge_rate"), value("lane_life_years"))
    lanes = value("staffed_lanes") * value("lane_capex_usd") * (charge + value("lane_upkeep_share"))
    return hours * loaded_wage_usd_per_hour(ledger, state) + lanes


def jwo_capex_usd(ledger: Ledger, size_sqft: float) -> float:
    """Price of the technology for a store of the given size, USD: A (z / 1000)^e."""
    scale = (size_sqft / 1000) ** ledger.value("jwo_capex_scale_exponent")
    return ledger.value("jwo_capex_usd_at_1000_sqft") * float(scale)


def jwo_usd_year(
    ledger: Ledger, fmt: str, state: str, size_sqft: float, sales_usd_year: float, reading: str
) -> float:
    """Yearly cost of computer-vision walk-out checkout at the given sales, USD.

    Parameters
    ----------
    reading
        ``installed`` or ``annualised``: what the published cost figure is taken to be.

    Raises
    ------
    ValueError
        If ``reading`` is neither.
    """

    def value(name: str) -> float:
        return ledger.value(name, format=fmt)

    price = jwo_capex_usd(ledger, size_sqft)
    if reading == "installed":
        charge = capital_recovery_factor(value("capital_charge_rate"), value("jwo_life_years"))
        technology = price * (charge + value("jwo_maintenance_share_of_capex"))
        technology += value("jwo_cloud_usd_year")
    elif reading == "annualised":
        technology = price
    else:
        message = f"reading is {reading!r}, expected one of {READINGS}"
        raise ValueError(message)
    reviewed = sales_usd_year / value("basket_usd") * value("jwo_review_share_of_visits")
    review = reviewed * value("jwo_review_minutes") / 60 * value("jwo_reviewer_usd_per_hour")
    entry_hours = value("entry_staff") * value("opening_hours_year")
    extra_loss = value("jwo_shrink_share_of_sales") - value("staffed_shrink_share_of_sales")
    entry = entry_hours * loaded_wage_usd_per_hour(ledger, state)
    return technology + review + entry + extra_loss * sales_usd_year


def break_even_sales_usd_year(
    first: Callable[[float], float], second: Callable[[float], float], most: float = 1e9
) -> float:
    """Yearly sales from which on ``first`` never costs more than ``second``; NaN if never.

    ``first`` is linear and ``second`` convex in sales, so that their difference is concave: it
    exceeds zero in one stretch at most. The end of that stretch is found by bisection, to a
    cent, between its highest point and ``most`` USD a year.
    """

    def gap(sales: float) -> float:
        return first(sales) - second(sales)

    if gap(most) > 0:
        return float("nan")
    low, high = _peak(gap, most), most
    if gap(low) <= 0:
        return 0.0
    while high - low > CENT_USD:
        middle = (low + high) / 2
        low, high = (middle, high) if gap(middle) > 0 else (low, middle)
    return high


def _peak(concave: Callable[[float], float], most: float) -> float:
    """Return where a concave function of 0 to ``most`` is highest, by ternary search."""
    low, high = 0.0, most
    while high - low > CENT_USD:
        third = (high - low) / 3
        if concave(low + third) < concave(high - third):
            low += third
        else:
            high -= third
    return low


def _rows(case: Case, fmt: str, state: str) -> list[dict[str, object]]:
    ledger = case.ledger
    sales = ledger.value("reference_sales_usd_year", format=fmt)
    size = ledger.value("reference_size_sqft", format=fmt)

    def staffed(at: float) -> float:
        return staffed_usd_year(ledger, fmt, state, at)

    capex = ledger.value("staffed_lanes", format=fmt) * ledger.value("lane_capex_usd", format=fmt)
    rows: list[dict[str, object]] = [_row("staffed", "", capex, staffed(sales), np.nan)]
    for reading in READINGS:

        def jwo(at: float, reading: str = reading) -> float:
            return jwo_usd_year(ledger, fmt, state, size, at, reading)

        price = jwo_capex_usd(ledger, size) if reading == "installed" else np.nan
        parity = break_even_sales_usd_year(jwo, staffed)
        rows.append(_row("jwo_vision", reading, price, jwo(sales), parity))
    least = min(row["annual_cost_usd"] for row in rows)  # type: ignore[type-var]
    shared: dict[str, object] = {
        "format": fmt,
        "site_type": "own",
        "size_sqft": size,
        "sales_usd_year": sales,
        "transactions_year": sales / ledger.value("basket_usd", format=fmt),
    }
    return [shared | row | {"cheapest": row["annual_cost_usd"] == least} for row in rows]


def _row(
    technology: str, reading: str, capex: float, cost: float, parity: float
) -> dict[str, object]:
    return {
        "technology": technology,
        "reading": reading,
        "capex_usd": capex,
        "annual_cost_usd": cost,
        "break_even_sales_usd_year": parity,
    }


def checkout_table(case: Case) -> pd.DataFrame:
    """Cost of each technology and reading at the reference store of each format.

    One row a format, technology and reading. The wage is that of
    ``scenario.checkout_wage_state``. ``capex_usd`` is blank where the reading holds no capital.
    """
    settings = case.scenario
    rows = [
        row
        for fmt in settings.checkout_formats
        for row in _rows(case, fmt, settings.checkout_wage_state)
    ]
    if not rows:
        return pd.DataFrame(columns=list(COLUMNS))
    table = pd.DataFrame(rows)
    table["cost_share_of_sales"] = table["annual_cost_usd"] / table["sales_usd_year"]
    return table[list(COLUMNS)]


def _listed(parts: list[str]) -> str:
    return " and ".join([", ".join(parts[:-1]), parts[-1]]) if len(parts) > 1 else "".join(parts)


def checkout(case: Case) -> Result:
    """Compare walk-out checkout with staffed lanes in each format of the case."""
    table = checkout_table(case)
    units = {
        "size_sqft": "sqft",
        "sales_usd_year": "usd_year",
        "transactions_year": "transactions_year",
        "capex_usd": "usd",
        "annual_cost_usd": "usd_year",
        "cost_share_of_sales": "share",
        "break_even_sales_usd_year": "usd_year",
    }
    figures, parts = [], []
    for fmt, rows in table.groupby("format", sort=False):
        costs = rows.set_index(["technology", "reading"])["annual_cost_usd"]
        staffed = float(costs["staffed", ""])
        readings = [float(costs["jwo_vision", reading]) for reading in READINGS]
        label = case.scenario.formats[str(fmt)].label
        figures.append(
            Figure(
                key=f"jwo_cost_{fmt}",
                label=f"Walk-out checkout a year, {label}",
                value=readings[0],
                unit="usd_year",
                origin="modelled",
                source="checkout model on assumptions.csv; range: both readings of the figure",
                low=min(readings),
                high=max(readings),
            )
        )
        figures.append(
            Figure(
                key=f"staffed_cost_{fmt}",
                label=f"Staffed lanes a year, {label}",
                value=staffed,
                unit="usd_year",
                origin="modelled",
                source="checkout model on assumptions.csv",
            )
        )
        times = [reading / staffed for reading in readings]
        parts.append(f"{times[0]:.1f} times in {label} ({times[1]:.1f} if it is a yearly one)")
    sentence = (
        f"A year of walk-out checkout costs {_listed(parts)} what staffed lanes cost, if the "
        "published figure is an installed cost."
        if parts
        else "No format is compared."
    )
    origins: dict[str, Origin] = dict.fromkeys(units, "modelled")
    origins |= {"size_sqft": "assumed", "sales_usd_year": "assumed"}
    return Result(table, sentence, units, origins, tuple(figures))
