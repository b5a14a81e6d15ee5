"""The bill of the closures in every draw of the ledger.

The formulas are those of `retail_portfolio.model.closing.closure`, `people` and `impairment`, taken
for all draws at once; the cheapest way out of a lease is
`retail_portfolio.model.closing.lease_draws`. A draw in which nothing moves has the bill of
`closure_table` to the last digits.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from retail_portfolio.model.closing.charge_sets import wave_impairment_usd
from retail_portfolio.model.closing.closure import (
    closing_stores,
    equipment_proceeds_usd,
    inventory_loss_usd,
)
from retail_portfolio.model.closing.lease_draws import cheapest_exit_usd, drawn_leases
from retail_portfolio.model.closing.people import days_traded, notice_of, pay_usd
from retail_portfolio.model.closing.stay import known_four_wall_usd_year
from retail_portfolio.model.closing.trade_facts import months_trading
from retail_portfolio.model.lookup import announced_day, years_since_announced
from retail_portfolio.model.sampling.drawn_values import DrawnValues

if TYPE_CHECKING:
    import pandas as pd
    from numpy.typing import NDArray

    from retail_portfolio.inputs.case import Case
    from retail_portfolio.model.closing.lease_draws import DrawnLeases
    from retail_portfolio.model.sampling.ensemble import Draws

    Floats = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class ClosureDraws:
    """The bill of every closing store in every draw, USD, shape ``(draws, stores)``.

    Parameters
    ----------
    stores
        The closing stores, in the order of the register.
    leases
        Terms of their leases.
    exit_cost_usd
        Cash cost of leaving, after tax.
    avoided_by_conversion_usd
        The part of it that a conversion avoids, after tax: the lease exit and the restoration, net
        of equipment proceeds.
    impairment_usd
        What the books lose.
    sales_usd_year, four_wall_usd_year
        Sales of a year while open, and what is left of them after the store's own costs: the
        register's, else by the ledger's margin; NaN where neither knows.
    """

    stores: pd.DataFrame
    leases: DrawnLeases
    exit_cost_usd: Floats
    avoided_by_conversion_usd: Floats
    impairment_usd: Floats
    sales_usd_year: Floats
    four_wall_usd_year: Floats


def closure_draws(case: Case, draws: Draws, sales_usd_year: Floats | None = None) -> ClosureDraws:
    """Value the closure of every closing store in every draw.

    Parameters
    ----------
    case
        At the base of its ledger.
    draws
        The figures of that ledger, drawn.
    sales_usd_year
        Sales of each closing store in every draw, NaN where they are not modelled; the register's
        or the ledger's there, and where this is ``None``.

    Raises
    ------
    InputError
        If the ledger lacks a row, or a size is not to be had.
    """
    stores, settings = closing_stores(case), case.scenario
    says = DrawnValues(draws, stores)
    since = years_since_announced(case)
    leases = drawn_leases(draws, stores, case.leases, since)
    sales = _sales(says, stores, leases.size_sqft)
    if sales_usd_year is not None:
        sales = np.where(np.isnan(sales_usd_year), sales, sales_usd_year)
    unknown = np.flatnonzero(np.isnan(sales).any(axis=0))
    if unknown.size:
        # Fails, and names the row that the ledger lacks.
        DrawnValues(draws, stores.iloc[unknown]).of("sales_usd_per_sqft_year")
    lease_exit = cheapest_exit_usd(
        leases,
        months_trading(case, stores),
        says.of("sublease_void_months"),
        says.of("sublease_rent_recovery"),
        settings.discount_rate,
        says.maybe("lease_negotiation_months", 0.0),
    )
    heads = stores["employees"].to_numpy(float, na_value=np.nan)
    heads = np.where(np.isnan(heads), says.of("employees_per_store"), heads)
    traded = days_traded(stores, announced_day(case))
    notice_pay, severance = pay_usd(says, heads, notice_of(says, heads, traded))
    median = draws.of("size_sqft", "supermarket")[:, None]
    avoided = (
        lease_exit
        + says.of("restoration_usd_per_sqft") * leases.size_sqft
        - equipment_proceeds_usd(leases.size_sqft, says, median)
    )
    kept = 1 - settings.tax_rate
    cash = avoided + notice_pay + severance + inventory_loss_usd(sales, says)
    # The books are those of the announcement, whatever the day of the cash.
    impairment = wave_impairment_usd(case, draws, None if since else leases)
    known = known_four_wall_usd_year(stores)
    earned = np.where(np.isnan(known), sales * says.maybe("four_wall_margin"), known)
    return ClosureDraws(stores, leases, cash * kept, avoided * kept, impairment, sales, earned)


def _sales(says: DrawnValues, stores: pd.DataFrame, size: Floats) -> Floats:
    """Sales that the register knows, else those the ledger says; `lookup.store_sales_usd_year`."""
    flat = says.maybe("sales_usd_year")
    assumed = np.where(np.isnan(flat), says.maybe("sales_usd_per_sqft_year") * size, flat)
    known = stores["sales_usd_year"].to_numpy(float)
    return np.where(np.isnan(known), assumed, known)
