"""The ways out of a lease, by the month in which one leaves.

Three routes are open to a tenant who stops trading. With yearly rent R, charges N, carrying cost
of an empty box D (which includes N), charge for standing dark C, months n still bound after the
last trading day, buy-out months b, months v until a subtenant pays, recovered share q of the
contract rent and the discount rate k, leaving m months after the last trading day costs

    dark(m)       PV_k[ (R + D + C) of months 1..m ]
    buy-out(m)    dark(m) + (1 + k)^(-m/12) min(b, n - m) (R_(m+1) + N) / 12
    sublease(m)   dark(min(m + v, n)) + PV_k[ (1 - q) R of months min(m + v, n) + 1..n ]
    hold dark     dark(n)

for m = 0..n; R_(m+1) is the rent of month m + 1, the first that leaving in month m spares: the
price is counted in months of the rent that a landlord gives up. No landlord signs on the day: a
buy-out is open from the month that the ledger's ``lease_negotiation_months`` says. Holding dark to
the end is the buy-out curve at m = n, where nothing is left to buy. The least cost over all months
and routes counts, the earliest month where several cost the same. Amounts are before tax, at the
day of the valuation; months of trading until the last day are trading cost, not exit cost.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from retail_portfolio.model.money import MONTHS_PER_YEAR

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from retail_portfolio.model.store_values import StoreValues

    Floats = NDArray[np.float64]
    Whole = NDArray[np.int64]

ROUTES: tuple[str, ...] = ("buy_out", "sublease", "hold_dark")
NO_LEASE = "none"
"""The route of a store that is owned, or whose lease has run out."""


@dataclass(frozen=True, slots=True)
class ExitCurves:
    """What leaving costs by month after the last trading day.

    Parameters
    ----------
    buy_out, sublease
        USD at the day of the valuation, shape ``(stores, months + 1)``; column m is leaving in
        month m. NaN after the last bound month, where no buy-out is to be had yet, and where no
        subtenant would come before the end.
    last_month
        Months the tenant is bound after the last trading day, shape ``(stores,)``.
    """

    buy_out: Floats
    sublease: Floats
    last_month: Whole

    def cheapest(self) -> pd.DataFrame:
        """Return ``lease_exit_route, lease_exit_month, lease_exit_usd`` of each store."""
        either = np.fmin(self.buy_out, self.sublease)
        month = np.nanargmin(either, axis=1)
        rows = np.arange(len(month))
        least = either[rows, month]
        bought, let = self.buy_out[rows, month], self.sublease[rows, month]
        sublet = np.isnan(bought) | (let < bought)
        route = np.where(sublet, "sublease", np.where(month < self.last_month, *ROUTES[::2]))
        route = np.where(self.last_month > 0, route, NO_LEASE)
        return pd.DataFrame(
            {"lease_exit_route": route, "lease_exit_month": month, "lease_exit_usd": least}
        )

    def routes(self) -> pd.DataFrame:
        """Cost of each route in its best month; columns `ROUTES`, USD.

        A route is blank where the lease runs out before a buy-out can be signed or a subtenant
        pays.
        """
        rows = np.arange(len(self.last_month))
        end = self.buy_out[rows, self.last_month]
        before = np.arange(self.buy_out.shape[1])[None, :] < self.last_month[:, None]

        def least(curve: Floats) -> Floats:
            found = np.where(before & ~np.isnan(curve), curve, np.inf).min(axis=1)
            known: Floats = np.where(np.isfinite(found), found, np.nan)
            return np.where(self.last_month > 0, known, 0.0)

        return pd.DataFrame(
            {
                "buy_out": least(self.buy_out),
                "sublease": least(self.sublease),
                "hold_dark": end,
            }
        )


def monthly_rent_usd(terms: pd.DataFrame, months: int) -> Floats:
    """Rent of each of the first ``months`` months from the valuation, ``(stores, months)``."""
    month = np.arange(months) + terms["months_since_step"].to_numpy(np.int64)[:, None]
    growth = terms["escalator_per_year"].to_numpy(float)[:, None]
    rent = terms["rent_usd_year"].to_numpy(float)[:, None] / MONTHS_PER_YEAR
    stepped: Floats = rent * (1 + growth) ** (month // MONTHS_PER_YEAR)
    return stepped


def _after(cumulative: Floats, start: Whole, month: Whole) -> Floats:
    """Sum of months ``start + 1`` to ``start + month``; ``month`` has shape ``(stores, any)``."""
    rows = np.arange(len(start))[:, None]
    found: Floats = cumulative[rows, start[:, None] + month] - cumulative[rows, start[:, None]]
    return found


def exit_curves(
    terms: pd.DataFrame,
    months_trading: Whole,
    void_months: Floats,
    recovery: Floats,
    rate_per_year: float,
    negotiation_months: Floats | float = 0.0,
) -> ExitCurves:
    """Cost of leaving each lease in each month after the last trading day.

    Parameters
    ----------
    terms
        Table of `retail_portfolio.model.closing.leases.lease_terms`.
    months_trading
        Months from the valuation to the last trading day, shape ``(stores,)``.
    void_months, recovery
        Months until a subtenant pays, and its rent as a share of the contract rent.
    rate_per_year
        Discount rate.
    negotiation_months
        Months after the last trading day before a buy-out can be signed.
    """
    bound = terms["binding_months"].to_numpy(np.int64)
    start = np.minimum(months_trading, bound)
    last = bound - start
    longest = int(bound.max(initial=0))
    rent = monthly_rent_usd(terms, longest + 1)
    discount = (1 + rate_per_year) ** (-np.arange(longest + 1) / MONTHS_PER_YEAR)
    carry = (terms["carry_usd_year"] + terms["dark_charge_usd_year"]).to_numpy(float)[:, None]
    carry = carry / MONTHS_PER_YEAR
    nothing = np.zeros((len(terms), 1))
    owed = np.hstack([nothing, np.cumsum(rent[:, :-1] * discount[1:], axis=1)])
    kept = np.hstack([nothing, np.cumsum(carry * discount[1:] + nothing, axis=1)])
    month = np.arange(int(last.max(initial=0)) + 1)[None, :]
    inside = month <= last[:, None]
    m = np.minimum(month, last[:, None])
    dark = _after(owed, start, m) + _after(kept, start, m)
    left = np.minimum(terms["termination_months"].to_numpy(float)[:, None], last[:, None] - m)
    rows = np.arange(len(terms))[:, None]
    due = rent[rows, start[:, None] + m]
    due = due + terms["charges_usd_year"].to_numpy(float)[:, None] / MONTHS_PER_YEAR
    price = left * due * discount[start[:, None] + m]
    void = np.rint(void_months).astype(np.int64)[:, None]
    let = np.minimum(m + void, last[:, None])
    later = _after(owed, start, last[:, None]) - _after(owed, start, let)
    sublet = _after(owed, start, let) + _after(kept, start, let) + (1 - recovery[:, None]) * later
    blank = np.where(inside, 0.0, np.nan)
    # A subtenant who would come after the end never comes: that is holding dark.
    sublet = np.where(m + void < last[:, None], sublet, np.nan)
    ready = np.broadcast_to(np.rint(negotiation_months), last.shape)[:, None]
    closed = np.where((m >= ready) | (m == last[:, None]), 0.0, np.nan)
    return ExitCurves(dark + price + blank + closed, sublet + blank, last)


def curves_of(
    says: StoreValues, terms: pd.DataFrame, months_trading: Whole, rate_per_year: float
) -> ExitCurves:
    """`exit_curves` with voids, recoveries and negotiation times as the ledger says."""
    return exit_curves(
        terms,
        months_trading,
        says.of("sublease_void_months"),
        says.of("sublease_rent_recovery"),
        rate_per_year,
        says.maybe("lease_negotiation_months", 0.0),
    )


def lease_payments_usd(
    terms: pd.DataFrame,
    months_trading: Whole,
    void_months: Floats,
    recovery: Floats,
    chosen: pd.DataFrame,
) -> Floats:
    """Say what is paid for the lease in each month after the last trading day, undiscounted.

    Parameters
    ----------
    terms, months_trading, void_months, recovery
        As for `exit_curves`.
    chosen
        Table of `ExitCurves.cheapest`.

    Returns
    -------
    ndarray
        Shape ``(stores, months + 1)``, USD; column m holds the payments of month m, column 0 what
        is paid on the last trading day. Discounted from the valuation they sum to
        ``lease_exit_usd``.
    """
    bound = terms["binding_months"].to_numpy(np.int64)
    start = np.minimum(months_trading, bound)
    last = (bound - start)[:, None]
    rent = monthly_rent_usd(terms, int(bound.max(initial=0)) + 1)
    month = np.arange(int(last.max(initial=0)) + 1)[None, :]
    rows, at = np.arange(len(terms))[:, None], chosen["lease_exit_month"].to_numpy(np.int64)
    place = np.minimum(start[:, None] + np.maximum(month - 1, 0), rent.shape[1] - 1)
    due = rent[rows, place]
    carry = (terms["carry_usd_year"] + terms["dark_charge_usd_year"]).to_numpy(float)[:, None]
    carry = carry / MONTHS_PER_YEAR
    route = chosen["lease_exit_route"].to_numpy()[:, None]
    sublet = route == "sublease"
    void = np.rint(void_months).astype(np.int64)[:, None]
    until = np.where(sublet, np.minimum(at[:, None] + void, last), at[:, None])
    dark = (month >= 1) & (month <= until)
    let = sublet & (month > until) & (month <= last)
    paid = np.where(dark, due + carry, 0.0) + np.where(let, (1 - recovery[:, None]) * due, 0.0)
    left = np.minimum(terms["termination_months"].to_numpy(float), last[:, 0] - at)
    price = left * (
        rent[np.arange(len(terms)), start + at]
        + terms["charges_usd_year"].to_numpy(float) / MONTHS_PER_YEAR
    )
    lump = np.where(route[:, 0] == "buy_out", price, 0.0)
    paid[np.arange(len(terms)), at] += lump
    return np.where(route == NO_LEASE, 0.0, paid)
