"""Dates, and what is paid and expensed in each month."""

from __future__ import annotations

import datetime as dt
from dataclasses import replace

import numpy as np
import pandas as pd
import pytest

from retail_portfolio.inputs.case import Case
from retail_portfolio.model.closing.closure import closure_table
from retail_portfolio.model.closing.monthly import (
    EXPENSE_NAMES,
    lease_expense_usd,
    monthly_cash,
    monthly_expense,
)
from retail_portfolio.model.closing.timeline import (
    balance_sheet_day,
    milestones,
    month_of,
    months_later,
    store_dates,
)
from retail_portfolio.model.lookup import announced_day
from tests.model.conftest import PENCIL_LEDGER, ledger_of

PEOPLE_AND_PREMISES = {
    "Notice pay": "notice_pay_usd",
    "Severance": "severance_usd",
    "Stock lost": "inventory_loss_usd",
    "Restoration": "restoration_usd",
    "Equipment sold": "equipment_proceeds_usd",
}


@pytest.fixture(scope="module")
def bill(case: Case) -> pd.DataFrame:
    return closure_table(case)


def by_line(table: pd.DataFrame) -> pd.Series:
    return table.groupby("line")["usd"].sum()


def test_dates_of_the_wave(case: Case, bill: pd.DataFrame) -> None:
    dates = store_dates(case, bill).set_index("store_id")
    assert set(dates["announced"]) == {"2026-01-27"}
    assert set(dates["separation_day"]) == {"2026-04-28"}
    fresh = dates[dates["banner"] == "Amazon Fresh"]
    assert set(fresh.loc[fresh["state"] == "CA", "last_trading_day"]) == {"2026-03-13"}
    assert set(fresh.loc[fresh["state"] != "CA", "last_trading_day"]) == {"2026-02-01"}
    assert (fresh["lease_exit_day"] >= fresh["last_trading_day"]).all()


def test_groups_hold_every_store_once_and_say_what_is_not_known(
    case: Case, bill: pd.DataFrame
) -> None:
    found = milestones(case, bill)
    assert found.table["stores"].sum() == len(bill) == 71
    blank = found.table[found.table["last_trading_day"] == ""]
    assert blank["stores"].tolist() == [1]
    assert blank["group"].str.contains("day not known").all()
    assert "48 on 2026-02-01, 22 on 2026-03-13, 1 on a day that is not known" in found.sentence
    assert "2026-04-28" in found.sentence


def test_cash_by_month_adds_up_to_the_bill(case: Case, bill: pd.DataFrame) -> None:
    lines = by_line(monthly_cash(case, bill).table)
    for name, column in PEOPLE_AND_PREMISES.items():
        assert lines[name] == pytest.approx(bill[column].sum()), name
    before_tax = lines.drop("Tax shield").sum()
    assert lines["Tax shield"] == pytest.approx(-case.scenario.tax_rate * before_tax)


def test_lease_cash_is_the_exit_cost_where_money_has_no_time_value(case: Case) -> None:
    scenario = case.scenario.model_copy(update={"discount_rate": 0.0})
    free = replace(case, scenario=scenario)
    bill = closure_table(free)
    lines = by_line(monthly_cash(free, bill).table)
    assert lines["Lease"] == pytest.approx(bill["lease_exit_usd"].sum())
    assert lines.sum() == pytest.approx(bill["exit_cost_usd"].sum())


def test_cash_of_the_pencil_shop_by_month(pencil_case: Case) -> None:
    """It trades to 6 February; of 80 idle days 22 are in February, 31 in March, 27 in April."""
    alone = replace(pencil_case, stores=pencil_case.stores.iloc[[0, 2]])
    bill = closure_table(alone)
    table = monthly_cash(alone, bill).table.set_index(["line", "month"])["usd"]
    pay = bill["notice_pay_usd"].iloc[0]
    assert table["Notice pay", "2026-02"] == pytest.approx(pay * 22 / 80)
    assert table["Notice pay", "2026-03"] == pytest.approx(pay * 31 / 80)
    assert table["Notice pay", "2026-04"] == pytest.approx(pay * 27 / 80)
    assert table["Severance", "2026-04"] == pytest.approx(bill["severance_usd"].iloc[0])
    assert table["Stock lost", "2026-02"] == pytest.approx(bill["inventory_loss_usd"].iloc[0])
    assert table["Restoration", "2026-03"] == 100_000
    assert table["Lease", "2026-02"] == pytest.approx(bill["lease_exit_usd"].iloc[0])


def test_the_impairment_is_booked_before_the_announcement(case: Case, bill: pd.DataFrame) -> None:
    table = monthly_expense(case, bill).table.set_index(["line", "month"])["usd"]
    assert table["Impairment (ASC 360)", "2025-12"] == pytest.approx(bill["impairment_usd"].sum())
    assert table["Severance (ASC 712)", "2025-12"] == pytest.approx(bill["severance_usd"].sum())
    assert table["Stock (ASC 330)", "2026-01"] == pytest.approx(bill["inventory_loss_usd"].sum())
    assert table["Impairment (ASC 360)"].drop("2025-12").abs().sum() == 0


@pytest.mark.slow
@pytest.mark.parametrize("strict", [False, True])
@pytest.mark.parametrize("wait", [0, 3, 99])
def test_expense_over_time_is_cash_over_time_and_the_book_value_lost(
    case: Case, wait: int, strict: bool
) -> None:
    """An impairment moves expense forward in time and creates none, whatever way a lease ends.

    Rent of the months in which a store still trades is the only cost of a lease that neither curve
    holds: by the books it is amortisation and interest, in cash it is rent.
    """
    scenario = case.scenario.model_copy(update={"strict_gaap": strict})
    ledger = case.ledger.with_overrides({"lease_negotiation_months": wait})
    at_once = case.stores.assign(last_trading_day="2026-02-01")
    moved = replace(case, scenario=scenario, ledger=ledger, stores=at_once)
    bill = closure_table(moved)
    expense = by_line(monthly_expense(moved, bill).table)
    cash = by_line(monthly_cash(moved, bill).table).drop("Tax shield")
    books = bill["net_book_value_usd"].sum()
    assert expense.sum() == pytest.approx(cash.sum() + books, rel=1e-9)
    assert tuple(expense.index.sort_values()) == tuple(sorted(EXPENSE_NAMES))


@pytest.mark.slow
@pytest.mark.parametrize("wait", [0, 99])
@pytest.mark.parametrize("months", [-6, -1, 0, 6, 12, 18])
def test_from_a_later_report_on_expense_is_cash_less_what_the_books_owed(
    case: Case, months: int, wait: int
) -> None:
    """Rents step on the days of the lease in both views, so that no gap is left between them.

    What the books owe on the day of the report, or of the announcement where that is yet to come,
    is the liability less the right of use by then. A store whose last day is not known stops at the
    announcement.
    """
    announced, gone = announced_day(case), max(months, 0)
    last = np.where(np.arange(len(case.stores)) % 2, announced.isoformat(), "")
    moved = replace(
        case,
        scenario=case.scenario.model_copy(update={"as_of": months_later(announced, months)}),
        ledger=case.ledger.with_overrides({"lease_negotiation_months": wait}),
        stores=case.stores.assign(last_trading_day=last),
        leases=case.leases.assign(escalator_per_year=0.04),
    )
    bill = closure_table(moved)
    expense, cash = (by_line(view(moved, bill).table) for view in (monthly_expense, monthly_cash))
    lease = moved.leases.set_index("store_id").loc[bill["store_id"]]
    rate, owed = moved.ledger.value("incremental_borrowing_rate"), 0.0
    for store, (_, terms) in zip(bill.to_dict("records"), lease.iterrows(), strict=True):
        first = terms["rent_usd_per_sqft_year"] * store["size_sqft"] / 12
        left = round(terms["remaining_term_years"] * 12)
        rents = [first * 1.04 ** (m // 12) for m in range(left)]
        owed += sum(rent * (1 + rate) ** (-m / 12) for m, rent in enumerate(rents[gone:], start=1))
        kept = store["rou_asset_usd"] - store["rou_impairment_usd"]
        owed -= kept * max(left - gone, 0) / left
    ended = ["Lease while dark (ASC 842)", "Leaving the lease (ASC 842)"]
    assert expense[ended].sum() == pytest.approx(cash["Lease"] - owed, rel=1e-9)


OWED = [sum(20_000 * 1.04 ** (-m / 12) for m in range(1, n + 1)) for n in range(25)]
"""What the pencil shop owes, by months left."""
FAIR = 0.6 * sum(20_000 * 1.08 ** (-m / 12) for m in range(13, 25))
KEPT = OWED[24] - 0.75 * (OWED[24] - FAIR)
"""Its right of use after impairment: a quarter of the shops convert, the others lose it."""


def test_a_later_report_leaves_a_lease_with_what_the_books_then_carry(pencil_case: Case) -> None:
    """Bought out for 12 months half a year on: 18 are owed, 18/24 of the right of use are left."""
    day = {"announced": dt.date(2026, 1, 27), "as_of": dt.date(2026, 7, 27)}
    scenario = pencil_case.scenario.model_copy(update=day)
    alone = replace(pencil_case, stores=pencil_case.stores.iloc[[0, 2]], scenario=scenario)
    bill = closure_table(alone)
    table = monthly_expense(alone, bill).table.set_index(["line", "month"])["usd"]
    assert table["Impairment (ASC 360)", "2025-12"] == pytest.approx(bill["impairment_usd"].sum())
    left = table["Leaving the lease (ASC 842)"]
    assert left["2026-07"] == pytest.approx(12 * 25_000 - (OWED[18] - KEPT * 18 / 24))
    assert left.drop("2026-07").abs().sum() == 0
    assert table["Lease while dark (ASC 842)"].abs().sum() == 0


def test_a_dark_month_of_a_later_report_costs_its_share_and_its_interest(pencil_case: Case) -> None:
    """The sixth to the eighth month since the announcement, dark until a landlord signs."""
    day = {"announced": dt.date(2026, 1, 27), "as_of": dt.date(2026, 7, 27)}
    alone = replace(
        pencil_case,
        stores=pencil_case.stores.iloc[[0, 2]],
        scenario=pencil_case.scenario.model_copy(update=day),
        ledger=ledger_of(PENCIL_LEDGER | {"lease_negotiation_months": 2}),
    )
    table = monthly_expense(alone, closure_table(alone)).table.set_index(["line", "month"])["usd"]
    dark = table["Lease while dark (ASC 842)"]
    for month, left in (("2026-08", 18), ("2026-09", 17)):
        interest = OWED[left] * (1.04 ** (1 / 12) - 1)
        assert dark[month] == pytest.approx(interest + KEPT / 24 + 7_500)
    gone = 12 * 25_000 - (OWED[16] - KEPT * 16 / 24)
    assert table["Leaving the lease (ASC 842)", "2026-09"] == pytest.approx(gone)


def test_a_sublet_store_leaves_its_lease_when_a_break_right_ends_it(pencil_case: Case) -> None:
    """Bound for 18 of 24 months: 6 are owed and carried until then, and neither is paid."""
    leases = pencil_case.leases.assign(break_after_years=[float("nan"), 14.5])
    alone = replace(
        pencil_case,
        stores=pencil_case.stores.iloc[[0, 2]],
        leases=leases.assign(termination_months=60.0),
        ledger=ledger_of(PENCIL_LEDGER | {"sublease_void_months": 3}),
    )
    bill = closure_table(alone)
    assert bill["lease_exit_route"].tolist() == ["sublease"]
    table = monthly_expense(alone, bill).table.set_index(["line", "month"])["usd"]
    left = table["Leaving the lease (ASC 842)"]
    kept = bill["rou_asset_usd"].iloc[0] - bill["rou_impairment_usd"].iloc[0]
    assert left["2027-08"] == pytest.approx(-(OWED[6] - kept * 6 / 24))
    assert left.drop("2027-08").abs().sum() == 0
    assert table["Lease while dark (ASC 842)"].loc["2027-08"] > 0


def test_a_lease_expenses_what_it_pays_whatever_was_impaired() -> None:
    """24 payments of 1,000 at 4 %, unimpaired and with half the right of use written off."""
    rent = np.full(24, 1_000.0)
    owed = sum(1_000 * 1.04 ** (-m / 12) for m in range(1, 25))
    for impaired in (0.0, owed / 2):
        expense, net = lease_expense_usd(rent, owed, owed - impaired, 0.04, 24)
        assert expense.sum() + impaired == pytest.approx(24_000)
        assert net[-1] == pytest.approx(0, abs=1e-6)


def test_leaving_early_books_payment_less_what_was_carried() -> None:
    """After 6 of 24 payments 18 are owed, and 18/24 of the right of use are left."""
    rent = np.full(6, 1_000.0)
    owed = sum(1_000 * 1.04 ** (-m / 12) for m in range(1, 25))
    _, net = lease_expense_usd(rent, owed, 10_000, 0.04, 24)
    left = sum(1_000 * 1.04 ** (-m / 12) for m in range(1, 19))
    assert net[-1] == pytest.approx(left - 10_000 * 18 / 24)


@pytest.mark.parametrize(
    ("day", "end"),
    [
        (dt.date(2026, 1, 27), dt.date(2025, 12, 31)),
        (dt.date(2026, 3, 31), dt.date(2025, 12, 31)),
        (dt.date(2026, 4, 1), dt.date(2026, 3, 31)),
        (dt.date(2026, 12, 31), dt.date(2026, 9, 30)),
    ],
)
def test_the_balance_sheet_is_that_of_the_quarter_before(day: dt.date, end: dt.date) -> None:
    assert balance_sheet_day(day) == end


def test_months_are_those_of_the_calendar() -> None:
    assert months_later(dt.date(2026, 1, 31), 1) == dt.date(2026, 2, 28)
    assert months_later(dt.date(2026, 11, 15), 14) == dt.date(2028, 1, 15)
    assert months_later(dt.date(2026, 12, 31), 0) == dt.date(2026, 12, 31)
    assert month_of(dt.date(2025, 12, 31), dt.date(2026, 1, 27)) == -1
