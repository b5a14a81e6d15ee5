"""What a closure owes its people: paid notice after the last trading day, and severance.

With heads h, weekly pay w, benefit load b, idle weeks i, share redeployed d, weeks of
severance a year of service s, mean tenure t and employer payroll tax p:

    notice pay = h w b i
    severance  = h (1 - d) w (1 + p) s t

Notice runs for a set number of days from the announcement; only its days after the last
trading day are paid without work. Accounting: ASC 712 (ongoing plan) or ASC 420 (one-off).
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from retail_portfolio.model.lookup import per_store

if TYPE_CHECKING:
    import datetime as dt

    from numpy.typing import NDArray

    from retail_portfolio.inputs.assumptions import Ledger

    Floats = NDArray[np.float64]

DAYS_PER_WEEK = 7


def heads_of(stores: pd.DataFrame, ledger: Ledger) -> tuple[Floats, list[str]]:
    """Return the employees of each store and the origin mark of each count.

    A store without a count of its own takes the ledger's typical number of its format.
    """
    counted = stores["employees"].to_numpy(float, na_value=np.nan)
    known = ~np.isnan(counted)
    heads = np.where(known, counted, per_store(ledger, "employees_per_store", stores))
    marks = stores["employees_origin"].tolist()
    return heads, [m if k else "assumed" for m, k in zip(marks, known, strict=True)]


def idle_notice_weeks(stores: pd.DataFrame, ledger: Ledger, announced: dt.date) -> Floats:
    """Weeks of notice paid after the last trading day, shape ``(stores,)``, never below zero.

    A store whose last trading day is not known to the day is taken to stop at the
    announcement, which overstates rather than understates the pay.
    """
    last = pd.to_datetime(stores["last_trading_day"], format="%Y-%m-%d", errors="coerce")
    traded = (last - pd.Timestamp(announced)).dt.days.clip(lower=0).fillna(0).to_numpy(float)
    notice = per_store(ledger, "paid_notice_days", stores)
    return np.maximum(notice - traded, 0.0) / DAYS_PER_WEEK


def people_cost_usd(stores: pd.DataFrame, ledger: Ledger, announced: dt.date) -> pd.DataFrame:
    """Notice pay and severance of each store in USD, with the heads behind them.

    Parameters
    ----------
    stores
        Has columns ``format, state, employees, employees_origin, last_trading_day``.
    announced
        Day from which notice runs.

    Returns
    -------
    DataFrame
        Columns ``employees, employees_origin, notice_pay_usd, severance_usd``; index of
        ``stores``.
    """
    heads, marks = heads_of(stores, ledger)
    hours = per_store(ledger, "avg_weekly_hours", stores)
    weekly_pay = heads * hours * per_store(ledger, "wage_cashier_usd_per_hour", stores)
    idle = idle_notice_weeks(stores, ledger, announced)
    leaving = 1 - per_store(ledger, "share_redeployed", stores)
    weeks = per_store(ledger, "severance_weeks_per_year", stores) * per_store(
        ledger, "avg_tenure_years", stores
    )
    payroll_tax = per_store(ledger, "payroll_tax_share", stores)
    return pd.DataFrame(
        {
            "employees": heads,
            "employees_origin": marks,
            "notice_pay_usd": weekly_pay * per_store(ledger, "benefit_load", stores) * idle,
            "severance_usd": weekly_pay * leaving * (1 + payroll_tax) * weeks,
        },
        index=stores.index,
    )
