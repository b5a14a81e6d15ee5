"""When the closure happens: the dates of every store.

Notice runs from the announcement; a store trades to its last trading day; employment ends on the
day after the last day of notice; the lease ends in the month that costs least. What is paid and
expensed in each month is in `retail_portfolio.model.closing.monthly`.
"""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from retail_portfolio.model.closing.closure import closing_stores
from retail_portfolio.model.closing.lease_exit import (
    NO_LEASE,
)
from retail_portfolio.model.closing.people import heads_of, notice_terms, separation_days
from retail_portfolio.model.lookup import announced_day
from retail_portfolio.model.money import MONTHS_PER_YEAR
from retail_portfolio.model.result import Result

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from retail_portfolio.inputs.case import Case

    Floats = NDArray[np.float64]
    Whole = NDArray[np.int64]


MONTHS_PER_QUARTER = 3


def month_of(day: dt.date, start: dt.date) -> int:
    """Months of the calendar from that of ``start`` to that of ``day``."""
    return (day.year - start.year) * MONTHS_PER_YEAR + day.month - start.month


def months_later(day: dt.date, months: int) -> dt.date:
    """Return the day ``months`` later, or the last of a month that is too short."""
    whole = day.year * MONTHS_PER_YEAR + day.month - 1 + months
    year, month = divmod(whole, MONTHS_PER_YEAR)
    following = dt.date(year + (month + 1) // MONTHS_PER_YEAR, (month + 1) % MONTHS_PER_YEAR + 1, 1)
    return dt.date(year, month + 1, min(day.day, (following - dt.timedelta(days=1)).day))


def balance_sheet_day(announced: dt.date) -> dt.date:
    """Return the end of the last quarter that had ended when the closure was announced.

    >>> balance_sheet_day(dt.date(2026, 1, 27))
    datetime.date(2025, 12, 31)
    """
    first = dt.date(
        announced.year, (announced.month - 1) // MONTHS_PER_QUARTER * MONTHS_PER_QUARTER + 1, 1
    )
    return first - dt.timedelta(days=1)


def last_day(text: str, announced: dt.date) -> dt.date:
    """Last trading day, or the announcement where it is not known to the day."""
    try:
        return max(dt.date.fromisoformat(text), announced)
    except ValueError:
        return announced


def store_dates(case: Case, bill: pd.DataFrame) -> pd.DataFrame:
    """Dates of every closing store.

    Parameters
    ----------
    bill
        Table of `retail_portfolio.model.closing.closure.closure_table`.

    Returns
    -------
    DataFrame
        ``store_id, banner, state, employees, employees_origin, announced, last_trading_day,
        separation_day, lease_exit_day`` (ISO texts; blank where not known or without a lease),
        ``notice_days_law``, ``notice_days_plan``, ``idle_weeks``.
    """
    stores, announced = closing_stores(case), announced_day(case)
    heads, _ = heads_of(stores, case.ledger)
    notice = notice_terms(stores, heads, case.ledger, announced)
    leave = [
        months_later(max(last_day(last, announced), case.scenario.as_of), int(month)).isoformat()
        if route != NO_LEASE
        else ""
        for last, month, route in zip(
            bill["last_trading_day"],
            bill["lease_exit_month"],
            bill["lease_exit_route"],
            strict=True,
        )
    ]
    separations = separation_days(notice["notice_days"].to_numpy(float), announced)
    columns = ["store_id", "banner", "state", "employees", "employees_origin"]
    return bill[columns].assign(
        announced=announced.isoformat(),
        last_trading_day=bill["last_trading_day"],
        separation_day=[day.isoformat() for day in separations],
        lease_exit_day=leave,
        notice_days_law=notice["notice_days_law"],
        notice_days_plan=notice["notice_days_plan"],
        idle_weeks=notice["idle_weeks"],
    )


def milestones(case: Case, bill: pd.DataFrame) -> Result:
    """Dates by banner, state and last trading day, for a chart of bars in time.

    Returns
    -------
    Result
        One row a group: ``group, banner, state, stores, announced, last_trading_day,
        separation_day, lease_exit_first, lease_exit_last``; a last trading day that is not known
        stays blank.
    """
    dates = store_dates(case, bill)
    keys = ["banner", "state", "last_trading_day", "separation_day"]
    rows = []
    for values, group in dates.groupby(keys, sort=True):
        banner, state, last, separation = map(str, values)
        exits = sorted(day for day in group["lease_exit_day"] if day)
        rows.append(
            {
                "group": f"{banner}, {state} ({len(group)})" + ("" if last else ", day not known"),
                "banner": banner,
                "state": state,
                "stores": len(group),
                "announced": group["announced"].iloc[0],
                "last_trading_day": last,
                "separation_day": separation,
                "lease_exit_first": exits[0] if exits else "",
                "lease_exit_last": exits[-1] if exits else "",
            }
        )
    table = pd.DataFrame(rows)
    if table.empty:
        return Result(table, "No store closes.", words=case.words)
    known = sorted({day for day in dates["last_trading_day"] if day})
    parts = [f"{(dates['last_trading_day'] == day).sum()} on {day}" for day in known]
    blank = int((dates["last_trading_day"] == "").sum())
    parts += [f"{blank} on a day that is not known"] if blank else []
    ends = " and ".join(sorted(set(dates["separation_day"])))
    sentence = (
        f"Announced on {announced_day(case)}, the stores stop trading "
        f"{', '.join(parts)}; employment ends on {ends}."
    )
    return Result(table, sentence, {"stores": "stores"}, words=case.words)
