"""What it costs to leave a store: an accounting view and a cash view, kept apart.

Accounting (what is expensed). The asset group is the store (ASC 360-10). With right-of-use
asset U (taken equal to the lease liability, ASC 842), its fair value F, net book value of the
fittings B, salvage share a, share of the fittings a conversion reuses u, and the share c of
stores of this format expected to convert at the balance-sheet date:

    loss if closed     L = max(0, U - F) + B (1 - a)
    loss if converted  C = B (1 - u)
    impairment         (1 - c) L + c C

The liability itself does not move on impairment (ASC 842-20-35).

Cash (what leaving costs). With tax rate T:

    exit = (lease exit + notice pay + severance + stock lost + restoration - equipment sold) (1 - T)

Neither view is part of the other: a charge is no payment, and no line appears in both.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from retail_portfolio.model.leases import (
    cheapest_route,
    exit_routes_usd,
    lease_liability_usd,
    lease_terms,
    right_of_use_fair_value_usd,
)
from retail_portfolio.model.lookup import (
    announced_day,
    per_store,
    store_sales_usd_year,
    years_since_announced,
)
from retail_portfolio.model.people import people_cost_usd
from retail_portfolio.model.ranges import in_ledger, one_at_a_time
from retail_portfolio.model.requirements import CLOSURE_NAMES
from retail_portfolio.model.result import Figure, Result

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from retail_portfolio.inputs.assumptions import Ledger
    from retail_portfolio.inputs.case import Case

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


def book_value_usd(stores: pd.DataFrame, ledger: Ledger) -> Floats:
    """Net book value of the fittings of each store in USD, before this closure.

    Build-out per square foot x size x the share not yet written down. That share is the
    ledger's ``ppe_net_share`` of the format, or one less age over useful life; what an earlier
    impairment took comes off.
    """
    gross = per_store(ledger, "gross_buildout_usd_per_sqft", stores)
    share = np.array([_net_share(ledger, f, s) for f, s in _places(stores)])
    book: Floats = gross * stores["size_sqft"].to_numpy(float) * share
    return book


def _places(stores: pd.DataFrame) -> list[tuple[str, str]]:
    return list(zip(stores["format"], stores["state"], strict=True))


def _net_share(ledger: Ledger, fmt: str, state: str) -> float:
    def value(name: str) -> float:
        return ledger.value(name, format=fmt, state=state)

    if ledger.has("ppe_net_share", format=fmt, state=state):
        return value("ppe_net_share")
    left = max(0.0, 1 - value("ppe_age_years") / value("ppe_life_years"))
    return left * (1 - value("prior_impairment_share"))


def inventory_loss_usd(sales_usd_year: Floats, stores: pd.DataFrame, ledger: Ledger) -> Floats:
    """Stock written down at closing, in USD (ASC 330: cost less net realisable value).

    Stock at cost is ``inventory_days`` of cost of sales. A share is given away or destroyed;
    the rest sells at ``1 - clearance_discount`` of its retail price.
    """
    margin = per_store(ledger, "gross_margin", stores)
    cost = sales_usd_year * (1 - margin) * per_store(ledger, "inventory_days", stores)
    cost = cost / DAYS_OF_SALES
    gone = per_store(ledger, "inventory_writeoff_share", stores)
    realised = (1 - per_store(ledger, "clearance_discount", stores)) / (1 - margin)
    lost: Floats = cost * (gone + (1 - gone) * np.maximum(0.0, 1 - realised))
    return lost


def equipment_proceeds_usd(stores: pd.DataFrame, ledger: Ledger) -> Floats:
    """Auction proceeds in USD: those of a median supermarket, in proportion to size."""
    per_supermarket = per_store(ledger, "equipment_auction_usd_per_store", stores)
    median_sqft = ledger.value("size_sqft", format="supermarket")
    proceeds: Floats = per_supermarket * stores["size_sqft"].to_numpy(float) / median_sqft
    return proceeds


def _accounting(
    stores: pd.DataFrame, terms: pd.DataFrame, ledger: Ledger, converting: Sequence[str]
) -> pd.DataFrame:
    liability = lease_liability_usd(terms, ledger.value("incremental_borrowing_rate"))
    fair = right_of_use_fair_value_usd(
        terms,
        per_store(ledger, "sublease_void_months", stores),
        per_store(ledger, "sublease_rent_recovery", stores),
        ledger.value("sublease_discount_rate"),
    )
    book = book_value_usd(stores, ledger)
    if_closed = np.maximum(0.0, liability - fair) + book * (
        1 - per_store(ledger, "salvage_share_of_nbv", stores)
    )
    can_convert = stores["format"].isin(list(converting)).to_numpy()
    reuse = np.zeros(len(stores))
    if can_convert.any():
        reuse[can_convert] = per_store(ledger, "ppe_reuse_in_conversion", stores[can_convert])
    share = np.zeros(len(stores))
    if can_convert.any():
        share[can_convert] = ledger.value("us_conversion_share")
    return pd.DataFrame(
        {
            "lease_liability_usd": liability,
            "rou_asset_usd": liability,
            "net_book_value_usd": book,
            "impairment_usd": (1 - share) * if_closed + share * book * (1 - reuse),
        },
        index=stores.index,
    )


def _cash(case: Case, stores: pd.DataFrame, terms: pd.DataFrame, sales: Floats) -> pd.DataFrame:
    ledger, settings = case.ledger, case.scenario
    routes = exit_routes_usd(
        terms,
        per_store(ledger, "sublease_void_months", stores),
        per_store(ledger, "sublease_rent_recovery", stores),
        settings.discount_rate,
    )
    route, lease_exit = cheapest_route(routes)
    people = people_cost_usd(stores, ledger, announced_day(case))
    size = stores["size_sqft"].to_numpy(float)
    lines = pd.DataFrame(
        {
            "lease_exit_usd": lease_exit,
            "notice_pay_usd": people["notice_pay_usd"],
            "severance_usd": people["severance_usd"],
            "inventory_loss_usd": inventory_loss_usd(sales, stores, ledger),
            "restoration_usd": per_store(ledger, "restoration_usd_per_sqft", stores) * size,
            "equipment_proceeds_usd": -equipment_proceeds_usd(stores, ledger),
        },
        index=stores.index,
    )
    lines["tax_shield_usd"] = -settings.tax_rate * lines.sum(axis=1, skipna=False)
    lines["exit_cost_usd"] = lines.sum(axis=1, skipna=False)
    routes_usd = routes.add_prefix("lease_").add_suffix("_usd")
    heads = people[["employees", "employees_origin"]]
    return pd.concat([heads, route.rename("lease_exit_route"), routes_usd, lines], axis=1)


def closure_table(case: Case) -> pd.DataFrame:
    """Return the bill of every closing store, one row a store, in the register's order.

    Money is USD; the accounting columns are as of the balance sheet before the announcement,
    the cash columns are values at ``as_of``, ``exit_cost_usd`` after tax.
    """
    stores = case.stores[case.stores["status"] == "closing"].reset_index(drop=True)
    terms = lease_terms(stores, case.leases, case.ledger, years_since_announced(case))
    sales, sales_origin = store_sales_usd_year(case.ledger, stores)
    lease = case.leases.set_index("store_id").loc[stores["store_id"]].reset_index()
    facts = stores[
        ["store_id", "banner", "format", "name", "city", "state", "last_trading_day"]
    ].assign(
        sales_usd_year=sales,
        sales_origin=sales_origin,
        size_sqft=stores["size_sqft"],
        size_origin=stores["size_origin"],
        rent_usd_per_sqft_year=lease["rent_usd_per_sqft_year"],
        rent_origin=lease["rent_origin"],
        remaining_term_years=terms["remaining_term_years"],
        remaining_term_origin=lease["remaining_term_origin"],
    )
    accounting = _accounting(stores, terms, case.ledger, case.scenario.convert_from)
    return pd.concat([facts, accounting, _cash(case, stores, terms, sales)], axis=1)


def closure(case: Case) -> Result:
    """Value the closure of every closing store of the case.

    Returns
    -------
    Result
        Table of `closure_table`; figures ``exit_cost_usd`` and ``impairment_usd`` with their
        ranges (see `retail_portfolio.model.ranges`).
    """
    table = closure_table(case)

    def totals(moved: Case) -> list[float]:
        bill = closure_table(moved)
        return [bill["exit_cost_usd"].sum(), bill["impairment_usd"].sum()]

    moves = one_at_a_time(case, in_ledger(case.ledger, CLOSURE_NAMES), totals)
    exit_low, exit_high = moves.quadrature(0)
    impaired_low, impaired_high = moves.quadrature(1)
    total = float(table["exit_cost_usd"].sum())
    impaired = float(table["impairment_usd"].sum())
    money = {c: "usd" for c in table.columns if c.endswith("_usd")}
    units = money | {
        "sales_usd_year": "usd_year",
        "size_sqft": "sqft",
        "rent_usd_per_sqft_year": "usd_per_sqft_year",
        "remaining_term_years": "years",
        "employees": "heads",
    }
    mean = total / max(len(table), 1)
    figures = (
        Figure(
            key="exit_cost_usd",
            label="Cash cost of leaving all closing stores, after tax",
            value=total,
            unit="usd",
            origin="modelled",
            source="closure model on leases.csv and assumptions.csv",
            low=exit_low,
            high=exit_high,
        ),
        Figure(
            key="impairment_usd",
            label="Impairment expensed, expected over conversions",
            value=impaired,
            unit="usd",
            origin="modelled",
            source="closure model on leases.csv and assumptions.csv",
            low=impaired_low,
            high=impaired_high,
        ),
    )
    sentence = (
        f"Leaving {len(table)} stores costs about {total / 1e6:,.0f} M {case.scenario.currency} in "
        f"cash after tax ({mean / 1e6:,.1f} M a store); the books lose about "
        f"{impaired / 1e6:,.0f} M of assets, which is a separate view."
    )
    return Result(table, sentence, units, dict.fromkeys(money, "modelled"), figures)
