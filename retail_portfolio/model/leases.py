"""What a lease is worth, owes and costs to leave.

Balances (ASC 842-20): the lease liability is the present value of the remaining rent at the
incremental borrowing rate; the right-of-use asset is taken as equal to it, because prepaid
rent, allowances and initial direct costs of single stores are not public.

Leaving (cash): three routes are open to a tenant who stops trading, and the cheapest counts.
With yearly rent R, pass-through charges N, carrying cost of an empty box D (which includes N),
remaining months n, buy-out months b, months v until a subtenant pays, recovered share q of the
contract rent and the discount rate k:

    buy-out    min(b, n) (R + N) / 12
    sublease   PV_k[ (R + D) of months 1..min(v, n) ] + PV_k[ (1 - q) R of months v+1..n ]
    hold dark  PV_k[ (R + D) of months 1..n ]

R steps up with the escalator once a year; D does not. Where the rent is gross it holds N
already, so N is zero and D falls by the charges that the ledger says a gross rent holds.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from retail_portfolio.model.lookup import per_store
from retail_portfolio.model.money import months_of, rent_present_value_usd

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from retail_portfolio.inputs.assumptions import Ledger

    Floats = NDArray[np.float64]

ROUTES: tuple[str, ...] = ("buy_out", "sublease", "hold_dark")


def lease_terms(
    stores: pd.DataFrame, leases: pd.DataFrame, ledger: Ledger, years_since: float = 0.0
) -> pd.DataFrame:
    """Join each store with its lease in dollars a year.

    Parameters
    ----------
    stores
        Has columns ``store_id, format, state, size_sqft``.
    leases
        One row a store, columns of ``leases.csv``.
    ledger
        Gives the carrying cost of an empty box and the charges that a gross rent holds.
    years_since
        Years from the day at which remaining terms are stated to the day of the valuation.

    Returns
    -------
    DataFrame
        Index and order of ``stores``, with ``rent_usd_year, charges_usd_year,
        carry_usd_year, escalator_per_year, remaining_term_years, remaining_months,
        termination_months``. An owned store has no rent, no charges and no term.
    """
    lease = leases.set_index("store_id").loc[stores["store_id"]]
    size = stores["size_sqft"].to_numpy(float)
    leased = (lease["tenure"] != "owned").to_numpy()
    gross = (lease["rent_basis"] == "gross").to_numpy() & leased

    def of_lease(column: str) -> Floats:
        return np.where(leased, lease[column].to_numpy(float), 0.0)

    carry = per_store(ledger, "dark_carry_usd_per_sqft_year", stores)
    if gross.any():
        held = per_store(ledger, "charges_in_gross_rent_usd_per_sqft_year", stores[gross])
        carry[gross] = np.maximum(carry[gross] - held, 0.0)
    term = np.maximum(of_lease("remaining_term_years") - years_since, 0.0)
    return pd.DataFrame(
        {
            "rent_usd_year": of_lease("rent_usd_per_sqft_year") * size,
            "charges_usd_year": np.where(gross, 0.0, of_lease("charges_usd_per_sqft_year")) * size,
            "carry_usd_year": carry * size,
            "escalator_per_year": of_lease("escalator_per_year"),
            "remaining_term_years": term,
            "remaining_months": months_of(term),
            "termination_months": of_lease("termination_months"),
        },
        index=stores.index,
    )


def lease_liability_usd(terms: pd.DataFrame, rate_per_year: float) -> Floats:
    """Present value of the remaining rent at the incremental borrowing rate (ASC 842-20-30)."""
    return rent_present_value_usd(
        terms["rent_usd_year"],
        terms["escalator_per_year"],
        rate_per_year,
        terms["remaining_months"],
    )


def right_of_use_fair_value_usd(
    terms: pd.DataFrame, void_months: Floats, recovery: Floats, rate_per_year: float
) -> Floats:
    """Fair value of the right to the space: market sublease rent after the void (ASC 820).

    ``recovery`` is the sublease rent as a share of the contract rent, 0 to 1.
    """
    return recovery * rent_present_value_usd(
        terms["rent_usd_year"],
        terms["escalator_per_year"],
        rate_per_year,
        terms["remaining_months"],
        np.rint(void_months).astype(np.int64),
    )


def exit_routes_usd(
    terms: pd.DataFrame, void_months: Floats, recovery: Floats, rate_per_year: float
) -> pd.DataFrame:
    """Cost today of each route out of the lease, before tax; columns `ROUTES`, USD, all >= 0."""
    rent = terms["rent_usd_year"].to_numpy(float)
    carry = terms["carry_usd_year"].to_numpy(float) * (terms["remaining_months"] > 0)
    growth = terms["escalator_per_year"].to_numpy(float)
    end = terms["remaining_months"].to_numpy(np.int64)
    void = np.minimum(np.rint(void_months).astype(np.int64), end)
    paid_months = np.minimum(terms["termination_months"].to_numpy(float), end)

    def carried(until: NDArray[np.int64]) -> Floats:
        upkeep = rent_present_value_usd(carry, 0.0, rate_per_year, until)
        return rent_present_value_usd(rent, growth, rate_per_year, until) + upkeep

    later_rent = rent_present_value_usd(rent, growth, rate_per_year, end, void)
    return pd.DataFrame(
        {
            "buy_out": paid_months * (rent + terms["charges_usd_year"].to_numpy(float)) / 12,
            "sublease": carried(void) + (1 - recovery) * later_rent,
            "hold_dark": carried(end),
        },
        index=terms.index,
    )


def cheapest_route(routes: pd.DataFrame) -> tuple[pd.Series, Floats]:
    """Return the name of the cheapest route of each store and its cost in USD.

    Ties go to the route named first in `ROUTES`.
    """
    ordered = routes[list(ROUTES)]
    return ordered.idxmin(axis=1), ordered.min(axis=1).to_numpy(float)
