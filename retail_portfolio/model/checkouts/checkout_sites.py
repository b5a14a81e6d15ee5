"""Checkout at every store of the register: what each technology costs there, and what was paid.

The worked case of a format stands at its reference floor and sales. A real store has its own
state's wage, floor and sales; lanes, kiosks, carts and exit lanes follow its sales, never below
one where the format has any, and the cloud follows its floor as capital does. Cover and entry staff
stay.
"""

from __future__ import annotations

import functools
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from retail_portfolio.inputs.faults import Fault, InputError
from retail_portfolio.model.checkouts.checkout_amounts import Amount, larger, where_positive
from retail_portfolio.model.checkouts.checkout_break_even import break_even_with_staffed
from retail_portfolio.model.checkouts.checkout_codes import codes_of
from retail_portfolio.model.checkouts.checkout_rows import (
    cheapest_under,
    row_costs_usd_year,
    walk_out_extra_usd_year,
)
from retail_portfolio.model.checkouts.checkout_terms import READINGS, CheckoutTerms, terms_of
from retail_portfolio.model.lookup import store_sales_usd_year
from retail_portfolio.model.number_words import amount, counted
from retail_portfolio.model.result import Result

if TYPE_CHECKING:
    from collections.abc import Hashable

    from retail_portfolio.inputs.assumptions import Ledger
    from retail_portfolio.inputs.case import Case
    from retail_portfolio.model.result import Origin

TRADING = ("open", "closing")
"""Stores that have a checkout today."""
_EQUIPMENT = ("staffed_lanes", "sco_kiosks", "smart_carts", "rfid_lanes")
_FACTS = ("store_id", "banner", "format", "state", "status", "size_sqft", "size_origin")


def terms_at_sales(
    terms: CheckoutTerms[Amount], sales_usd_year: Amount | float
) -> CheckoutTerms[Amount]:
    """Return the terms of a format with as much equipment as a store of these sales needs."""
    scale = sales_usd_year / terms["reference_sales_usd_year"]
    return terms.replaced(
        **{
            name: where_positive(terms[name], larger(1.0, terms[name] * scale))
            for name in _EQUIPMENT
            if name in terms.figures
        }
    )


def cost_column(technology: str, reading: str) -> str:
    """Return the column of a technology's cost: ``self_checkout_usd_year``."""
    return "_".join(part for part in (technology, reading, "usd_year") if part)


def had_walk_out(case: Case, stores: pd.DataFrame) -> pd.Series:
    """Tell of each row whether the register says that the store had walk-out checkout."""
    return stores["checkout_technology"] == case.scenario.walk_out.code


def closing_with_walk_out(case: Case) -> pd.Series:
    """Tell of each store whether it closes, had walk-out checkout and is of a format compared."""
    had = had_walk_out(case, case.stores)
    had &= case.stores["status"] == "closing"
    return had & case.stores["format"].isin(case.scenario.checkout_formats)


def wage_origin(ledger: Ledger, state: str) -> str:
    """Return the origin of a state's wage; `assumed` where the country's stands in for it."""
    row = ledger.row("wage_cashier_usd_per_hour", state=state)
    own = row.key.endswith(f".{state.lower()}")
    return row.origin if own else "assumed"


def _sales(case: Case, stores: pd.DataFrame, given: pd.Series | None) -> pd.DataFrame:
    """Return sales and their origin a store; name every store that has none."""
    sales, origins = store_sales_usd_year(case.ledger, stores)
    if given is not None:
        modelled = given.reindex(stores["store_id"]).to_numpy(float)
        known = ~np.isnan(modelled)
        sales = np.where(known, modelled, sales)
        origins = ["modelled" if k else o for k, o in zip(known, origins, strict=True)]
    faults = [
        Fault("stores.csv", None, f"sales_usd_year of {store}", f"{value:g}", "sales above 0")
        for store, value in zip(stores["store_id"], sales, strict=True)
        if not value > 0
    ]
    if faults:
        raise InputError(faults)
    return pd.DataFrame({"sales_usd_year": sales, "sales_origin": origins}, index=stores.index)


def _row(terms: CheckoutTerms[float], size: float, sales: float) -> dict[str, object]:
    here, codes = terms_at_sales(terms, sales), terms.codes
    costs = row_costs_usd_year(here, size, sales)
    others = {name: cost for (name, _), cost in costs.items() if name not in codes.walk_out}
    best = min(others, key=lambda name: others[name])
    under = cheapest_under(costs)
    row: dict[str, object] = {
        "transactions_year": sales / here["basket_usd"],
        **{cost_column(*key): cost for key, cost in costs.items()},
        "best_alternative": best,
    }
    for reading in READINGS:
        row[f"cheapest_{reading}"] = next(
            name for (name, _), won in under.items() if won in {reading, "both"}
        )
        if (codes.vision, reading) in costs:
            extra = costs[codes.vision, reading] - others[best]
            row[codes.column("extra", reading)] = extra
            row[f"break_even_{reading}_sales_usd_year"] = break_even_with_staffed(
                here, codes.vision, reading, size
            )
    return row


def sites_table(case: Case, sales_usd_year: pd.Series | None = None) -> pd.DataFrame:
    """Return a row a trading store of the formats compared, in the register's order.

    Parameters
    ----------
    sales_usd_year
        Sales by ``store_id``, USD a year; those of `lookup.store_sales_usd_year` where a store is
        not among them.

    Raises
    ------
    InputError
        If a store has no sales above zero, or the ledger lacks a row.
    """
    wanted = case.stores["status"].isin(TRADING)
    wanted &= case.stores["format"].isin(case.scenario.checkout_formats)
    stores = case.stores[wanted].reset_index(drop=True)
    ledger, codes = case.ledger, codes_of(case.scenario)
    found = functools.cache(lambda fmt, state: terms_of(ledger, fmt, state, codes=codes))
    facts = stores[list(_FACTS)].join(_sales(case, stores, sales_usd_year))
    states = dict.fromkeys(stores["state"])
    origin_of_state = {state: wage_origin(ledger, state) for state in states}
    rows: list[dict[Hashable, object]] = []
    for record in facts.to_dict("records"):
        terms = found(record["format"], record["state"])
        wage = {
            "wage_usd_per_hour": terms["wage_cashier_usd_per_hour"],
            "wage_origin": origin_of_state[record["state"]],
        }
        rows.append(record | wage | _row(terms, record["size_sqft"], record["sales_usd_year"]))
    table = pd.DataFrame(rows, columns=None if rows else list(facts.columns))
    had = had_walk_out(case, stores).to_numpy()
    for reading in READINGS:
        if (column := codes.column("extra", reading)) in table.columns:
            paid = np.where(had, table[column], np.nan)
            table[codes.column("paid_extra", reading)] = paid
    return table.assign(checkout_technology=stores["checkout_technology"])


def checkout_sites(case: Case, sales_usd_year: pd.Series | None = None) -> Result:
    """Cost every technology at every store of the register that trades or closes.

    Parameters
    ----------
    sales_usd_year
        Modelled sales by ``store_id``, USD a year; a store that is not among them takes the
        register's or the ledger's.

    Returns
    -------
    Result
        ``<code>_extra_*`` is what walk-out checkout costs more than the best alternative, and
        ``<code>_paid_extra_*`` the same for the stores the register says had it, blank elsewhere.

    Raises
    ------
    InputError
        If a store has no sales above zero, or the ledger lacks a row.
    """
    table = sites_table(case, sales_usd_year)
    money = [str(name) for name in table.columns if str(name).endswith("_usd_year")]
    units = {"size_sqft": "sqft"} | dict.fromkeys(money, "usd_year")
    for name, unit in (
        ("wage_usd_per_hour", "usd_per_hour"),
        ("transactions_year", "transactions_year"),
    ):
        if name in table.columns:
            units[name] = unit
    costs = [name for name in money if name != "sales_usd_year"]
    origins: dict[str, Origin] = dict.fromkeys(costs, "modelled")
    origins |= {"transactions_year": "modelled"} if "transactions_year" in units else {}
    return Result(
        table, _sentence(table, codes_of(case.scenario).walk_out), units, origins, words=case.words
    )


def _sentence(table: pd.DataFrame, walk_out: tuple[str, ...]) -> str:
    if "cheapest_installed" not in table.columns:
        return "No store is compared."
    if not any(str(name).startswith(walk_out) for name in table.columns):
        stores = counted(len(table), "trading or closing store")
        return f"{stores}: only technologies with a checkout are compared."
    least = {
        reading: table[f"cheapest_{reading}"].isin(walk_out).sum() or "none" for reading in READINGS
    }
    return (
        f"Of {len(table)} trading and closing stores a technology without a checkout costs least "
        f"in {least['installed']} under the installed reading and in {least['annualised']} under "
        "the annualised one."
    )


def sites_summary(sites: Result, case: Case) -> Result:
    """Sum the stores by format and status, and say how often each technology costs least.

    Returns
    -------
    Result
        One row a format, status and cheapest technology under both readings:
        ``format, status, cheapest_installed, cheapest_annualised, stores, sales_usd_year,
        staffed_usd_year`` and walk-out checkout under both readings.
    """
    vision = codes_of(case.scenario).vision
    keys = ["format", "status", "cheapest_installed", "cheapest_annualised"]
    money = ["sales_usd_year", cost_column("staffed", "")]
    money += [cost_column(vision, reading) for reading in READINGS]
    money = [name for name in money if name in sites.table.columns]
    if "cheapest_installed" not in sites.table.columns:
        return Result(pd.DataFrame(columns=keys), sites.sentence, words=case.words)
    order = {fmt: place for place, fmt in enumerate(case.scenario.checkout_formats)}
    grouped = sites.table.groupby(keys, sort=True)
    table = grouped[money].sum()
    table.insert(0, "stores", grouped.size())
    table = table.reset_index()
    table = table.sort_values(
        "format", key=lambda codes: codes.map(order), kind="stable"
    ).reset_index(drop=True)
    units = {"stores": "stores"} | dict.fromkeys(money, "usd_year")
    origins: dict[str, Origin] = dict.fromkeys(money[1:], "modelled")
    return Result(table, sites.sentence, units, origins, words=case.words)


def paid_extra_usd_year(case: Case, sales_usd_year: pd.Series | None = None) -> tuple[float, ...]:
    """Sum what walk-out checkout costs the stores of a case beyond the best alternative.

    Returns
    -------
    tuple of float
        USD a year, one a reading of `READINGS`, over all stores the case has.
    """
    ledger, stores, codes = case.ledger, case.stores, codes_of(case.scenario)
    sales = _sales(case, stores, sales_usd_year)["sales_usd_year"]
    found = functools.cache(lambda fmt, state: terms_of(ledger, fmt, state, codes=codes))
    sums = [0.0] * len(READINGS)
    for fmt, state, size, sold in zip(
        stores["format"], stores["state"], stores["size_sqft"], sales, strict=True
    ):
        here = terms_at_sales(found(fmt, state), sold)
        for place, extra in enumerate(walk_out_extra_usd_year(here, size, sold)):
            sums[place] += extra
    return tuple(sums)


def paid_table(sites: Result, case: Case) -> Result:
    """Return the closing stores that had walk-out checkout, with what it cost beyond the best.

    Returns
    -------
    Result
        ``store_id, format, state, size_sqft, sales_usd_year, best_alternative``, the costs, and
        ``<code>_paid_extra_installed_usd_year, <code>_paid_extra_annualised_usd_year``.
    """
    table, codes = sites.table, codes_of(case.scenario)
    columns = ["store_id", "format", "state", "size_sqft", "size_origin", "sales_usd_year"]
    columns += ["sales_origin", "best_alternative", "staffed_usd_year"]
    paid = [codes.column("paid_extra", reading) for reading in READINGS]
    columns += [cost_column(codes.vision, reading) for reading in READINGS] + paid
    if not set(columns) <= set(table.columns):
        said = f"No figures say what {codes.label} cost a store."
        return Result(pd.DataFrame(columns=["store_id"]), said, words=case.words)
    had = had_walk_out(case, table)
    rows = table.loc[had & (table["status"] == "closing"), columns].reset_index(drop=True)
    sums = [amount(float(rows[name].sum()), case.scenario.currency) for name in paid]
    sentence = (
        f"{counted(len(rows), 'closing store')} {'is' if len(rows) == 1 else 'are'} known to have "
        f"had {codes.label}; a year of it cost {'it' if len(rows) == 1 else 'them'} {sums[0]} more "
        f"than the best alternative under the installed reading, {sums[1]} under the annualised "
        "one."
        if len(rows)
        else f"No closing store is known to have had {codes.label}."
    )
    units = {name: sites.units[name] for name in columns if name in sites.units}
    return Result(
        rows,
        sentence,
        units,
        {name: sites.origins[name] for name in units if name in sites.origins},
        words=case.words,
    )
