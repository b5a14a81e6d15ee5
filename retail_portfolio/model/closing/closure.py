"""What it costs to leave a store: an accounting view and a cash view, kept apart.

Accounting says what is expensed and when; `retail_portfolio.model.closing.impairment` has its
mathematics. Cash says what leaving costs against staying. With tax rate T:

    exit = (lease exit + notice pay + severance + stock lost + restoration - equipment sold) (1 - T)

The lease exit is the cheapest of three routes over all months of leaving
(`retail_portfolio.model.closing.lease_exit`), people are paid by
`retail_portfolio.model.closing.people`, and what the store is worth open is in
`retail_portfolio.model.closing.stay`. Neither view is part of the other: a charge is no payment,
and no line appears in both.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from retail_portfolio.inputs.faults import Fault, InputError
from retail_portfolio.model.closing.impairment import impairment_table
from retail_portfolio.model.closing.lease_exit import curves_of
from retail_portfolio.model.closing.leases import lease_terms, rent_roll_usd
from retail_portfolio.model.closing.people import people_cost_usd
from retail_portfolio.model.closing.stay import stay_table
from retail_portfolio.model.closing.trade_facts import TradeFacts, months_trading, trade_of_ledger
from retail_portfolio.model.ledger_names import CLOSURE_NAMES, TRADE_NAMES
from retail_portfolio.model.lookup import announced_day, years_since_announced
from retail_portfolio.model.number_words import amount, counted
from retail_portfolio.model.ranges import in_ledger, one_at_a_time
from retail_portfolio.model.result import Figure, Result
from retail_portfolio.model.store_values import StoreValues

if TYPE_CHECKING:
    from collections.abc import Callable

    from numpy.typing import NDArray

    from retail_portfolio.inputs.case import Case
    from retail_portfolio.model.ranges import Moves
    from retail_portfolio.model.result import Origin
    from retail_portfolio.model.store_values import Says

    Floats = NDArray[np.float64]

DAYS_OF_SALES = 365
"""Days over which a year's sales are spread."""

CASH_LINES: tuple[str, ...] = (
    "lease_exit_usd",
    "notice_pay_usd",
    "severance_usd",
    "inventory_loss_usd",
    "restoration_usd",
    "equipment_proceeds_usd",
    "tax_shield_usd",
)
"""Lines of the cash bill; they sum to ``exit_cost_usd``. Proceeds and shield are negative."""

COLUMNS: tuple[str, ...] = (
    *("store_id", "banner", "format", "name", "city", "state", "last_trading_day"),
    *("sales_usd_year", "sales_origin", "size_sqft", "size_origin"),
    *("rent_usd_per_sqft_year", "rent_origin", "remaining_term_years", "remaining_term_origin"),
    *("continuous_operation", "employees", "employees_origin", "rent_roll_usd"),
    *("lease_liability_usd", "rou_asset_usd", "net_book_value_usd"),
    *("rou_impairment_usd", "fittings_impairment_usd", "impairment_usd"),
    *("severance_usd", "notice_pay_usd", "inventory_loss_usd", "restoration_usd"),
    *("lease_exit_route", "lease_exit_month", "lease_exit_usd"),
    *("lease_buy_out_usd", "lease_sublease_usd", "lease_hold_dark_usd"),
    *("equipment_proceeds_usd", "tax_shield_usd", "exit_cost_usd"),
    *("four_wall_usd_year", "four_wall_origin", "recaptured_pv_usd", "stay_end_cost_usd"),
    *("stay_npv_usd", "closing_advantage_usd", "break_even_four_wall_margin"),
)
"""Columns of the bill, in order."""


def inventory_loss_usd(sales_usd_year: Floats, says: Says) -> Floats:
    """Stock written down at closing, in USD (ASC 330: cost less net realisable value).

    Stock at cost is ``inventory_days`` of cost of sales. A share is given away or destroyed;
    the rest sells at ``1 - clearance_discount`` of its retail price.

    Parameters
    ----------
    sales_usd_year
        Sales of each store; draws may stand in front.
    says
        What the ledger says of the stores.
    """
    margin = says.of("gross_margin")
    cost = sales_usd_year * (1 - margin) * says.of("inventory_days") / DAYS_OF_SALES
    gone = says.of("inventory_writeoff_share")
    realised = (1 - says.of("clearance_discount")) / (1 - margin)
    lost: Floats = cost * (gone + (1 - gone) * np.maximum(0.0, 1 - realised))
    return lost


def equipment_proceeds_usd(size_sqft: Floats, says: Says, median_sqft: Floats | float) -> Floats:
    """Auction proceeds in USD: those of a median supermarket, in proportion to size.

    Parameters
    ----------
    size_sqft
        Floor of each store; draws may stand in front.
    says
        What the ledger says of the stores.
    median_sqft
        Floor of a median supermarket.
    """
    proceeds: Floats = says.of("equipment_auction_usd_per_store") * size_sqft / median_sqft
    return proceeds


def closing_stores(case: Case) -> pd.DataFrame:
    """Return the closing stores with a size each, in the register's order.

    A store without a size takes the ledger's typical one of its format, marked ``assumed``.

    Raises
    ------
    InputError
        If a store has no size and the ledger knows none of its format.
    """
    stores = case.stores[case.stores["status"] == "closing"].reset_index(drop=True)
    blank = stores["size_sqft"].isna().to_numpy()
    if not blank.any():
        return stores
    typical = StoreValues(case.ledger, stores).maybe("size_sqft")
    unknown = stores.loc[blank & np.isnan(typical), "store_id"]
    if len(unknown):
        expected = "a size, because neither the store nor the ledger has one for its format"
        raise InputError(
            [Fault("stores.csv", None, "size_sqft", each, expected) for each in unknown]
        )
    return stores.assign(
        size_sqft=stores["size_sqft"].mask(blank, pd.Series(typical)),
        size_origin=stores["size_origin"].mask(blank, "assumed"),
    )


def _cash(
    case: Case,
    stores: pd.DataFrame,
    terms: pd.DataFrame,
    trading: NDArray[np.int64],
    sales: Floats,
) -> pd.DataFrame:
    ledger, settings = case.ledger, case.scenario
    says = StoreValues(ledger, stores)
    curves = curves_of(says, terms, trading, settings.discount_rate)
    chosen = curves.cheapest()
    people = people_cost_usd(stores, ledger, announced_day(case))
    size = stores["size_sqft"].to_numpy(float)
    lines = pd.DataFrame(
        {
            "lease_exit_usd": chosen["lease_exit_usd"],
            "notice_pay_usd": people["notice_pay_usd"],
            "severance_usd": people["severance_usd"],
            "inventory_loss_usd": inventory_loss_usd(sales, says),
            "restoration_usd": says.of("restoration_usd_per_sqft") * size,
            "equipment_proceeds_usd": -equipment_proceeds_usd(
                size, says, ledger.value("size_sqft", format="supermarket")
            ),
        },
        index=stores.index,
    )
    lines["tax_shield_usd"] = -settings.tax_rate * lines.sum(axis=1, skipna=False)
    lines["exit_cost_usd"] = lines.sum(axis=1, skipna=False)
    routes = curves.routes().add_prefix("lease_").add_suffix("_usd")
    heads = people[["employees", "employees_origin"]]
    return pd.concat([heads, chosen.drop(columns="lease_exit_usd"), routes, lines], axis=1)


def closure_table(case: Case, trade: TradeFacts | None = None) -> pd.DataFrame:
    """Return the bill of every closing store, one row a store, in the register's order.

    Parameters
    ----------
    case
        The portfolio.
    trade
        Sales of each store and what of them is kept, by a model of trade areas; the ledger's
        typical figures where there is none.

    Returns
    -------
    DataFrame
        Columns `COLUMNS`. Money is USD; the accounting columns are as of the balance sheet before
        the announcement, on terms stated at it, the cash columns are values at ``as_of``, cost and
        worth after tax. ``lease_exit_month`` counts months from the last trading day (from
        ``as_of`` where that is later).

    Raises
    ------
    InputError
        If the ledger lacks a row, a rent or term is negative, or a size is not to be had.
    """
    stores, ledger, settings = closing_stores(case), case.ledger, case.scenario
    terms = lease_terms(stores, case.leases, ledger, years_since_announced(case))
    facts = trade.of(stores) if trade is not None else trade_of_ledger(ledger, stores)
    trading = months_trading(case, stores)
    cash = _cash(case, stores, terms, trading, facts["sales_usd_year"].to_numpy(float))
    lease = case.leases.set_index("store_id").loc[stores["store_id"]].set_axis(stores.index)
    booked = lease_terms(stores, case.leases, ledger)  # as stated at the announcement
    books = impairment_table(
        stores, booked, ledger, settings.convert_from, strict=settings.strict_gaap
    )
    known = pd.DataFrame(
        {
            "rent_usd_per_sqft_year": lease["rent_usd_per_sqft_year"],
            "rent_origin": lease["rent_origin"],
            "remaining_term_years": terms["remaining_term_years"],
            "remaining_term_origin": lease["remaining_term_origin"],
            "continuous_operation": lease["continuous_operation"].replace("", "not known"),
            "rent_roll_usd": rent_roll_usd(terms, trading),
        }
    )
    stay = stay_table(stores, facts, cash, terms, trading, ledger, settings)
    register = stores.drop(
        columns=["employees", "employees_origin", *facts.columns, *stay.columns], errors="ignore"
    )
    return pd.concat([register, facts, known, books, cash, stay], axis=1)[list(COLUMNS)]


UNITS = {c: "usd" for c in COLUMNS if c.endswith("_usd")} | {
    "sales_usd_year": "usd_year",
    "size_sqft": "sqft",
    "rent_usd_per_sqft_year": "usd_per_sqft_year",
    "remaining_term_years": "years",
    "employees": "heads",
    "lease_exit_month": "months",
    "four_wall_usd_year": "usd_year",
    "break_even_four_wall_margin": "share",
}
"""Unit of each numeric column of the bill."""


def closure_moves(case: Case, facts_of: Callable[[Case], TradeFacts] | None = None) -> Moves:
    """Move every assumption of the bill to both ends; see `retail_portfolio.model.ranges`.

    Parameters
    ----------
    facts_of
        Gives what trade areas say of the stores of a case that differs in its ledger only, as
        `retail_portfolio.model.market.transfer.facts_following` does; ``None``: the ledger's sales
        and shares. The road is not moved: it shifts sales, and little else than the stock cleared.

    Returns
    -------
    Moves
        Totals in this order: exit cost, impairment, closing advantage, then the exit cost of each
        store in the order of the bill.
    """

    def totals(moved: Case) -> list[float]:
        bill = closure_table(moved, facts_of(moved) if facts_of else None)
        sums = (bill[c].sum() for c in ("exit_cost_usd", "impairment_usd", "closing_advantage_usd"))
        return [*sums, *bill["exit_cost_usd"]]

    spread = {row.key.partition(".")[0] for row in case.ledger.values() if row.low < row.high}
    wanted = dict.fromkeys((*CLOSURE_NAMES, *(TRADE_NAMES if facts_of else ())))
    names = [name for name in in_ledger(case.ledger, wanted) if name in spread]
    return one_at_a_time(case, names, totals)


def _held(trade: TradeFacts | None) -> Callable[[Case], TradeFacts] | None:
    """Return facts that stay as they are, whatever the ledger says."""
    if trade is None:
        return None
    held = trade
    return lambda _: held


def closure_bill(case: Case, trade: TradeFacts | None = None) -> Result:
    """Value the closure of every closing store of the case, without the ranges of its totals.

    The ranges take a hundred times as long (`closure_moves`); who needs the stores does not wait.

    Parameters
    ----------
    case, trade
        As for `closure_table`.

    Returns
    -------
    Result
        Table of `closure_table` with the units and origins of its columns; no figures.
    """
    table = closure_table(case, trade)
    total, impaired = (float(table[c].sum()) for c in ("exit_cost_usd", "impairment_usd"))
    mean, currency = total / max(len(table), 1), case.scenario.currency
    sentence = (
        f"Leaving {counted(len(table), 'store')} costs about {amount(total, currency)} in cash "
        f"after tax ({amount(mean, currency)} a store); the books lose about "
        f"{amount(impaired, currency)} of assets, which is a separate view."
    )
    origins: dict[str, Origin] = dict.fromkeys(
        [*(c for c, u in UNITS.items() if u == "usd"), "lease_exit_month"], "modelled"
    )
    sentence = sentence if len(table) else "No store closes."
    return Result(table, sentence, UNITS, origins, words=case.words)


def closure(case: Case, trade: TradeFacts | None = None, moves: Moves | None = None) -> Result:
    """Value the closure of every closing store of the case.

    Parameters
    ----------
    case, trade
        As for `closure_table`.
    moves
        Of `closure_moves` on the same case, where they are known already.

    Returns
    -------
    Result
        Table of `closure_table`; figures ``exit_cost_usd``, ``impairment_usd`` and
        ``closing_advantage_usd`` with their ranges.
    """
    bill = closure_bill(case, trade)
    moves = moves if moves is not None else closure_moves(case, _held(trade))
    source = (
        "closure model on leases.csv and assumptions.csv; range: assumptions moved one at a time, "
        "added in quadrature"
    )
    labels = (
        ("exit_cost_usd", "Cash cost of leaving all closing stores, after tax"),
        ("impairment_usd", "Impairment expensed, expected over conversions"),
        ("closing_advantage_usd", "Gain of closing over keeping the stores open, after tax"),
    )
    figures, words = [], case.words
    for place, (key, label) in enumerate(labels):
        known = not bill.table[key].isna().any()
        low, high = moves.quadrature(place) if known else (None, None)
        value = float(bill.table[key].sum()) if known else None
        one = Figure(key, label, value, "usd", "modelled", source, low, high, words=words)
        figures.append(replace(one, range_basis="one_at_a_time" if known else ""))
    return replace(bill, figures=tuple(figures))
