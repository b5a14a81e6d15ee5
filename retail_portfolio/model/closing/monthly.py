"""What closing pays and what it expenses in each month, apart from each other.

Cash by month, undiscounted, months of the calendar counted from that of the announcement (0):

    lease               rent and carry while dark, the price of leaving, rent above a subtenant's
    notice pay          spread over the days between the last trading day and the separation
    severance           month of the separation
    stock               month of the last trading day, when it sells below cost
    restoration, sale   month after the last trading day
    tax shield          the tax rate times the lines of the month

Expense by month (accounting), apart from cash:

    impairment          ASC 360   month of the balance sheet before the announcement (-1 or earlier)
    severance           ASC 712   the same: an ongoing plan, probable and estimable
    stock               ASC 330   month of the announcement
    notice pay          ASC 420   month of the last trading day, when no more service is asked for
    restoration         ASC 410   the same
    fittings            ASC 360   what the impairment left of them less proceeds, to cease-use
    lease while dark    ASC 842   amortisation of the right of use left, interest, carry
    leaving the lease   ASC 842   payment - (liability - right of use left); a gain where negative

With liability L_j after j payments p and right of use U left after impairment, amortised over the n
months that remain, L_j = L_(j-1) (1 + i)^(1/12) - p_j, and a month costs
L_(j-1) ((1 + i)^(1/12) - 1) + U / n. Both are those of the announcement, whatever the day of the
report; months that are past on that day are left out, as in cash. Over the life of a lease the
expense sums to the payments, whatever was impaired: an impairment moves expense forward in time and
creates none. A subtenant's rent lowers the lease cost of its month.
"""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from retail_portfolio.model.closing.closure import closing_stores
from retail_portfolio.model.closing.lease_exit import (
    curves_of,
    lease_payments_usd,
    monthly_rent_usd,
)
from retail_portfolio.model.closing.leases import lease_terms
from retail_portfolio.model.closing.timeline import (
    balance_sheet_day,
    last_day,
    month_of,
    months_later,
    store_dates,
)
from retail_portfolio.model.closing.trade_facts import months_trading
from retail_portfolio.model.lookup import announced_day, years_since_announced
from retail_portfolio.model.money import MONTHS_PER_YEAR
from retail_portfolio.model.number_words import amount
from retail_portfolio.model.result import Result
from retail_portfolio.model.store_values import StoreValues

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from retail_portfolio.inputs.case import Case

    Floats = NDArray[np.float64]
    Whole = NDArray[np.int64]

CASH_NAMES: tuple[tuple[str, str], ...] = (
    ("lease_exit_usd", "Lease"),
    ("notice_pay_usd", "Notice pay"),
    ("severance_usd", "Severance"),
    ("inventory_loss_usd", "Stock lost"),
    ("restoration_usd", "Restoration"),
    ("equipment_proceeds_usd", "Equipment sold"),
    ("tax_shield_usd", "Tax shield"),
)
EXPENSE_NAMES: tuple[str, ...] = (
    "Impairment (ASC 360)",
    "Severance (ASC 712)",
    "Notice pay (ASC 420)",
    "Stock (ASC 330)",
    "Restoration (ASC 410)",
    "Fittings to cease-use (ASC 360)",
    "Lease while dark (ASC 842)",
    "Leaving the lease (ASC 842)",
)


@dataclass(frozen=True, slots=True)
class _Flows:
    """What the curves are made of; every array has a row a store."""

    start: dt.date
    last: tuple[dt.date, ...]
    separation: tuple[dt.date, ...]
    payments: Floats
    bill: pd.DataFrame
    terms: pd.DataFrame
    booked: pd.DataFrame
    trading: Whole
    chosen: pd.DataFrame
    case: Case


def _flows(case: Case, bill: pd.DataFrame) -> _Flows:
    stores, announced = closing_stores(case), announced_day(case)
    says = StoreValues(case.ledger, stores)
    void, recovery = says.of("sublease_void_months"), says.of("sublease_rent_recovery")
    terms = lease_terms(stores, case.leases, case.ledger, years_since_announced(case))
    trading = months_trading(case, stores)
    chosen = curves_of(says, terms, trading, case.scenario.discount_rate).cheapest()
    dates = store_dates(case, bill)
    return _Flows(
        announced,
        tuple(last_day(text, announced) for text in bill["last_trading_day"]),
        tuple(dt.date.fromisoformat(text) for text in dates["separation_day"]),
        lease_payments_usd(terms, trading, void, recovery, chosen),
        bill,
        terms,
        lease_terms(stores, case.leases, case.ledger),
        trading,
        chosen,
        case,
    )


def _ceased(flows: _Flows, row: int) -> int:
    """Month of the calendar in which a store's dark months begin to count."""
    return month_of(max(flows.last[row], flows.case.scenario.as_of), flows.start)


def _notice_share(last: dt.date, separation: dt.date, start: dt.date) -> dict[int, float]:
    """Share of the idle days from the day after ``last`` to the day before ``separation``."""
    days = [last + dt.timedelta(days=d) for d in range(1, (separation - last).days)]
    shares: dict[int, float] = {}
    for day in days:
        month = month_of(day, start)
        shares[month] = shares.get(month, 0.0) + 1 / len(days)
    return shares or {month_of(separation, start): 1.0}


def _table(lines: dict[str, dict[int, float]], start: dt.date) -> pd.DataFrame:
    """One row a month and line, months without any amount at the ends left out."""
    used = sorted({month for line in lines.values() for month in line})
    span = range(used[0], used[-1] + 1) if used else range(0)
    first = dt.date(start.year, start.month, 1)
    return pd.DataFrame(
        [
            {
                "month": months_later(first, month).isoformat()[:7],
                "line": name,
                "usd": line.get(month, 0.0),
            }
            for month in span
            for name, line in lines.items()
        ],
        columns=["month", "line", "usd"],
    )


def _add(line: dict[int, float], month: int, usd: float) -> None:
    line[month] = line.get(month, 0.0) + float(usd)


def monthly_cash(case: Case, bill: pd.DataFrame) -> Result:
    """Sum what leaving pays and brings in each month, undiscounted, over all stores.

    Parameters
    ----------
    bill
        Table of `retail_portfolio.model.closing.closure.closure_table` on the same case.

    Returns
    -------
    Result
        Columns ``month`` (YYYY-MM), ``line``, ``usd``; positive is paid. All lines but the lease
        and its part of the tax sum to the bill; the lease's does once discounted.
    """
    flows = _flows(case, bill)
    lines: dict[str, dict[int, float]] = {name: {} for _, name in CASH_NAMES}
    named = dict(CASH_NAMES)
    for row, store in enumerate(bill.to_dict("records")):
        last, separation = flows.last[row], flows.separation[row]
        ceased = month_of(last, flows.start)
        for month, usd in enumerate(flows.payments[row]):
            if usd:
                _add(lines["Lease"], _ceased(flows, row) + month, usd)
        for month, share in _notice_share(last, separation, flows.start).items():
            _add(lines["Notice pay"], month, store["notice_pay_usd"] * share)
        _add(lines["Severance"], month_of(separation, flows.start), store["severance_usd"])
        _add(lines["Stock lost"], ceased, store["inventory_loss_usd"])
        for column in ("restoration_usd", "equipment_proceeds_usd"):
            _add(lines[named[column]], ceased + 1, store[column])
    shield = lines["Tax shield"]
    for name, line in lines.items():
        if name != "Tax shield":
            for month, usd in line.items():
                _add(shield, month, -case.scenario.tax_rate * usd)
    table = _table(lines, flows.start)
    if table.empty:
        return Result(
            table, "No store closes.", {"usd": "usd"}, {"usd": "modelled"}, words=case.words
        )
    by_month = table.groupby("month")["usd"].sum()
    total = by_month.sum()
    half = by_month.cumsum()
    until = str(half.index[int(np.argmax(half.to_numpy() >= total / 2))])
    peak = str(by_month.idxmax())
    whole = amount(total, case.scenario.currency)
    sentence = (
        f"Cash of {whole} after tax goes out, half of it by {until}; {peak} is the dearest month."
    )
    return Result(table, sentence, {"usd": "usd"}, {"usd": "modelled"}, words=case.words)


def lease_expense_usd(
    payments: Floats, liability: float, right_of_use: float, rate: float, months: int
) -> tuple[Floats, Floats]:
    """Expense of one lease by month while it runs, and its carrying amounts.

    Parameters
    ----------
    payments
        Rent of each month that is paid under the lease, USD, shape ``(months paid,)``.
    liability, right_of_use
        Balances at the start, the latter after impairment.
    rate
        Borrowing rate a year.
    months
        Months over which the right of use is amortised.

    Returns
    -------
    tuple of ndarray
        Expense of each month paid, and liability less right of use after it.
    """
    growth = (1 + rate) ** (1 / MONTHS_PER_YEAR)
    steps = np.arange(1, len(payments) + 1)
    # L_j = L_0 g^j - sum_i p_i g^(j - i)
    owed = liability * growth**steps - growth**steps * np.cumsum(payments * growth**-steps)
    before = np.concatenate([[liability], owed[:-1]]) if len(steps) else owed
    amortised = right_of_use / max(months, 1)
    return before * (growth - 1) + amortised, owed - (right_of_use - amortised * steps)


def monthly_expense(case: Case, bill: pd.DataFrame) -> Result:
    """Sum what leaving costs in each month by the books, over all stores.

    Parameters
    ----------
    bill
        Table of `retail_portfolio.model.closing.closure.closure_table` on the same case.

    Returns
    -------
    Result
        Columns ``month`` (YYYY-MM), ``line``, ``usd``; positive is an expense, before tax. Rent of
        months in which a store still trades is no cost of leaving and is left out.
    """
    flows = _flows(case, bill)
    booked = month_of(balance_sheet_day(flows.start), flows.start)
    lines: dict[str, dict[int, float]] = {name: {} for name in EXPENSE_NAMES}
    impaired, severed, noticed, stock, restored, fittings, dark, leaving = lines.values()
    for row, store in enumerate(bill.to_dict("records")):
        ceased = month_of(flows.last[row], flows.start)
        _add(impaired, booked, store["impairment_usd"])
        _add(severed, booked, store["severance_usd"])
        _add(noticed, ceased, store["notice_pay_usd"])
        _add(stock, 0, store["inventory_loss_usd"])
        _add(restored, ceased, store["restoration_usd"])
        left = store["net_book_value_usd"] - store["fittings_impairment_usd"]
        _add(fittings, ceased, left + store["equipment_proceeds_usd"])
        running, end = _lease_expense(flows, row)
        for month, usd in enumerate(running, start=1):
            _add(dark, _ceased(flows, row) + month, usd)
        _add(leaving, _ceased(flows, row) + len(running), end)
    table = _table(lines, flows.start)
    if table.empty:
        return Result(
            table, "No store closes.", {"usd": "usd"}, {"usd": "modelled"}, words=case.words
        )
    by_line = table.groupby("line", sort=False)["usd"].sum()
    first = table[table["month"] == table["month"].min()]["usd"].sum()
    gain = by_line["Leaving the lease (ASC 842)"]
    before, whole, gained = (
        amount(usd, case.scenario.currency) for usd in (first, by_line.sum(), -gain)
    )
    sentence = f"The books take {before} before the announcement and {whole} in all"
    back = "; leaving the leases for less than the liability carried gives back "
    sentence += f"{back}{gained}." if gain < 0 else "."
    return Result(table, sentence, {"usd": "usd"}, {"usd": "modelled"}, words=case.words)


def _lease_expense(flows: _Flows, row: int) -> tuple[Floats, float]:
    """Expense of one lease in the months it is kept after the last trading day, and at their end.

    It is left in the month of a buy-out, else when the tenant is bound no more.
    """
    store, terms, booked = (one.iloc[row] for one in (flows.bill, flows.terms, flows.booked))
    bought = flows.chosen["lease_exit_route"].iloc[row] == "buy_out"
    at = int(flows.chosen["lease_exit_month"].iloc[row])
    months, bound = int(booked["remaining_months"]), int(terms["binding_months"])
    past = months - int(terms["remaining_months"])  # since the announcement
    trading = min(int(flows.trading[row]), bound)
    paid = trading + at if bought else bound
    rent = monthly_rent_usd(flows.booked.iloc[[row]], max(past + paid, 1))[0, : past + paid]
    rate = flows.case.ledger.value("incremental_borrowing_rate")
    left = store["rou_asset_usd"] - store["rou_impairment_usd"]
    expense, net = lease_expense_usd(rent, store["lease_liability_usd"], left, rate, months)
    carried = float(net[-1] if len(net) else store["lease_liability_usd"] - left)
    cash = flows.payments[row, : paid - trading + 1].copy()
    lump = 0.0
    if bought:
        due = monthly_rent_usd(flows.terms.iloc[[row]], max(paid, 1))[0, paid - 1]
        lump = float(cash[at] - (due + _carry(terms) if at else 0.0))
        cash[at] -= lump
    # Whatever is paid beyond the rent (carry) or less than it (a subtenant) is cost of its month.
    return expense[past + trading :] + cash[1:] - rent[past + trading :], lump - carried


def _carry(terms: pd.Series) -> float:
    return float(terms["carry_usd_year"] + terms["dark_charge_usd_year"]) / MONTHS_PER_YEAR
