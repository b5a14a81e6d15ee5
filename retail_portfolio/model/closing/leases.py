"""What a lease holds: the terms in dollars a year, what it owes and what it is worth.

Balances (ASC 842-20): the lease liability is the present value of the remaining rent at the
incremental borrowing rate; the right-of-use asset is taken as equal to it, because prepaid
rent, allowances and initial direct costs of single stores are not public. Its fair value is the
market sublease rent after a void (ASC 820), discounted at a market rate.

R steps up with the escalator every twelve months from the day at which terms are stated. On a
later day R is the rent in force by then, and the months since its last step are kept with it, so
that the next step comes when the lease says and books and cash pay the same rents. The carrying
cost D of an empty box does not, and holds
the charges N. Where the rent is gross it holds N already, so N is zero and D falls by the charges
that the ledger says a gross rent holds.

A break right ends the tenant's duties at its month: from there on nothing is owed, and a fee for
using it is not in the table. A duty to keep trading (continuous operation) puts a charge on top of
the rent of every dark month; where the lease does not say, none is counted.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from retail_portfolio.inputs.faults import Fault, InputError
from retail_portfolio.model.money import MONTHS_PER_YEAR, months_of, rent_present_value_usd
from retail_portfolio.model.store_values import StoreValues

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from retail_portfolio.inputs.assumptions import Ledger

    Floats = NDArray[np.float64]

LEASES_FILE = "leases.csv"


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
        Index and order of ``stores``, with ``leased, rent_usd_year, charges_usd_year,
        carry_usd_year, dark_charge_usd_year, escalator_per_year, months_since_step,
        remaining_term_years, remaining_months, binding_months, option_years,
        termination_months``. Rents are those in force on the day of the valuation. An owned store
        has no rent, no charges and no term. ``binding_months`` is ``remaining_months``, or the
        months to a break right where that is sooner.

    Raises
    ------
    InputError
        If a rent or a remaining term is negative.
    """
    lease = leases.set_index("store_id").loc[stores["store_id"]]
    size = stores["size_sqft"].to_numpy(float)
    leased = (lease["tenure"] != "owned").to_numpy()
    gross = (lease["rent_basis"] == "gross").to_numpy() & leased

    def of_lease(column: str) -> Floats:
        return np.where(leased, lease[column].to_numpy(float), 0.0)

    stated, rent = of_lease("remaining_term_years"), of_lease("rent_usd_per_sqft_year")
    _refuse_below_zero(stores, remaining_term_years=stated, rent_usd_per_sqft_year=rent)
    carry = StoreValues(ledger, stores).of("dark_carry_usd_per_sqft_year")
    if gross.any():
        some = StoreValues(ledger, stores[gross])
        held = some.of("charges_in_gross_rent_usd_per_sqft_year")
        carry[gross] = np.maximum(carry[gross] - held, 0.0)
    gone = months_gone(years_since)
    growth = of_lease("escalator_per_year")
    rent_usd_year = rent * size * (1 + growth) ** (gone // MONTHS_PER_YEAR)
    term = np.where(leased, np.maximum(stated - years_since, 0.0), 0.0)
    months = months_left(stated, gone, leased)
    return pd.DataFrame(
        {
            "leased": leased,
            "rent_usd_year": rent_usd_year,
            "charges_usd_year": np.where(gross, 0.0, of_lease("charges_usd_per_sqft_year")) * size,
            "carry_usd_year": carry * size,
            "dark_charge_usd_year": _dark_charge_share(stores, lease, ledger) * rent_usd_year,
            "escalator_per_year": growth,
            "months_since_step": gone % MONTHS_PER_YEAR,
            "remaining_term_years": term,
            "remaining_months": months,
            "binding_months": np.minimum(months, _months_to_break(lease, stated, leased, gone)),
            "option_years": np.nan_to_num(
                of_lease("renewal_options") * of_lease("renewal_option_years")
            ),
            "termination_months": of_lease("termination_months"),
        },
        index=stores.index,
    )


def months_gone(years_since: float) -> int:
    """Whole months nearest to the years since terms were stated; below 0 before that day.

    One number for all leases: what the books count from the statement and cash from the
    valuation are then the same months, whatever the terms round to.
    """
    return round(years_since * MONTHS_PER_YEAR)


def months_left(stated_years: Floats, gone: int, leased: NDArray[np.bool_]) -> NDArray[np.int64]:
    """Whole months left of stated years when ``gone`` months have passed; 0 where not leased."""
    months: NDArray[np.int64] = np.where(leased, np.maximum(months_of(stated_years) - gone, 0), 0)
    return months


def _refuse_below_zero(stores: pd.DataFrame, **columns: Floats) -> None:
    faults = [
        Fault(LEASES_FILE, None, column, f"{value:g} ({store_id})", "0 or more")
        for column, values in columns.items()
        for store_id, value in zip(stores["store_id"], values, strict=True)
        if value < 0
    ]
    if faults:
        raise InputError(faults)


def _months_to_break(
    lease: pd.DataFrame, stated: Floats, leased: NDArray[np.bool_], gone: int
) -> NDArray[np.int64]:
    """Months until a break right opens; a term's length of time away where there is none."""
    begun = lease["initial_term_years"].to_numpy(float) - stated
    years = lease["break_after_years"].to_numpy(float) - begun
    known = leased & ~np.isnan(years)
    months = months_left(np.where(known, years, 0.0), gone, known)
    return np.where(known, months, np.iinfo(np.int64).max)


def _dark_charge_share(stores: pd.DataFrame, lease: pd.DataFrame, ledger: Ledger) -> Floats:
    """Charge of each store for standing dark, as a share of its rent; 0 where no duty is known."""
    share = np.zeros(len(stores))
    bound = (lease["continuous_operation"] == "yes").to_numpy()
    if bound.any():
        share[bound] = StoreValues(ledger, stores[bound]).of("continuous_operation_charge_share")
    return share


def lease_liability_usd(terms: pd.DataFrame, rate_per_year: float) -> Floats:
    """Present value of the remaining rent at the incremental borrowing rate (ASC 842-20-30)."""
    return rent_present_value_usd(
        terms["rent_usd_year"],
        terms["escalator_per_year"],
        rate_per_year,
        terms["remaining_months"],
        months_since_step=terms["months_since_step"],
    )


def rent_roll_usd(terms: pd.DataFrame, months_trading: NDArray[np.int64]) -> Floats:
    """Rent and charges that fall due after the last trading day, undiscounted, USD."""
    end = terms["remaining_months"].to_numpy(np.int64)
    start = np.minimum(months_trading, end)
    rent = rent_present_value_usd(
        terms["rent_usd_year"],
        terms["escalator_per_year"],
        0.0,
        end,
        start,
        terms["months_since_step"],
    )
    roll: Floats = (
        rent + terms["charges_usd_year"].to_numpy(float) * (end - start) / MONTHS_PER_YEAR
    )
    return roll


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
        terms["months_since_step"],
    )
