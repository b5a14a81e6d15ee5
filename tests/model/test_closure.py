"""The bill of two small stores, line by line, with the arithmetic written out."""

from __future__ import annotations

import datetime as dt
from dataclasses import replace

import pandas as pd
import pytest

from retail_portfolio.inputs.case import Case
from retail_portfolio.model.closure import CASH_LINES, closure, closure_table
from retail_portfolio.model.closure_views import closure_lines, closure_summary, impairment_check
from tests.model.conftest import ledger_of


@pytest.fixture
def bill(pencil_case: Case) -> pd.DataFrame:
    return closure_table(pencil_case).set_index("store_id")


def test_only_closing_stores_have_a_bill(bill: pd.DataFrame) -> None:
    assert list(bill.index) == ["shop-1", "kiosk-1"]


def test_people_of_the_shop(bill: pd.DataFrame) -> None:
    """50 heads counted, 30 h at 20 USD; it trades 10 of 90 days of notice, 80 are idle."""
    weekly = 50 * 30 * 20
    assert bill.loc["shop-1", "notice_pay_usd"] == pytest.approx(weekly * 1.25 * 80 / 7)
    assert bill.loc["shop-1", "severance_usd"] == pytest.approx(weekly * 0.75 * 1.08 * 2 * 3)
    assert bill.loc["shop-1", "employees_origin"] == "observed"


def test_people_of_the_kiosk(bill: pd.DataFrame) -> None:
    """No count of its own: the typical 40; its state pays 10 USD; its last day is not known."""
    weekly = 40 * 30 * 10
    assert bill.loc["kiosk-1", "notice_pay_usd"] == pytest.approx(weekly * 1.25 * 90 / 7)
    assert bill.loc["kiosk-1", "employees_origin"] == "assumed"


def test_stock_lost_by_the_shop(bill: pd.DataFrame) -> None:
    """4 M of sales at 25 % margin: a tenth of a year is 300,000 at cost, 400,000 at retail."""
    stock = 400 * 10_000 * 0.75 / 10
    lost = stock * 0.2 + stock * 0.8 * (1 - 0.5 / 0.75)
    assert bill.loc["shop-1", "inventory_loss_usd"] == pytest.approx(lost)


def test_book_value_and_impairment_of_the_shop(bill: pd.DataFrame) -> None:
    """300 a sq ft, 9 of 12 years left, a fifth written off before; a quarter may convert."""
    shop = bill.loc["shop-1"]
    book = 300 * 10_000 * (9 / 12) * 0.8
    assert shop["net_book_value_usd"] == pytest.approx(book)
    rent = sum(20_000 * 1.04 ** (-m / 12) for m in range(1, 25))
    fair = 0.6 * sum(20_000 * 1.08 ** (-m / 12) for m in range(13, 25))
    assert shop["rou_asset_usd"] == shop["lease_liability_usd"] == pytest.approx(rent)
    closed = (rent - fair) + book * 0.9
    assert shop["impairment_usd"] == pytest.approx(0.75 * closed + 0.25 * book * 0.5)


def test_a_format_that_cannot_convert_is_impaired_in_full(bill: pd.DataFrame) -> None:
    kiosk = bill.loc["kiosk-1"]
    assert kiosk["net_book_value_usd"] == pytest.approx(300 * 1_000 * 0.5)
    assert kiosk["impairment_usd"] == pytest.approx(kiosk["rou_asset_usd"] + 150_000 * 0.9)


def test_cash_bill_of_the_shop_adds_up(bill: pd.DataFrame) -> None:
    shop = bill.loc["shop-1"]
    assert shop["restoration_usd"] == 10 * 10_000
    assert shop["equipment_proceeds_usd"] == pytest.approx(-100_000 * 10_000 / 50_000)
    before_tax = shop[list(CASH_LINES[:-1])].sum()
    assert shop["tax_shield_usd"] == pytest.approx(-0.25 * before_tax)
    assert shop["exit_cost_usd"] == pytest.approx(0.75 * before_tax)


def test_lines_sum_to_stores_and_stores_to_the_portfolio(pencil_case: Case) -> None:
    result = closure(pencil_case)
    table = result.table
    assert table[list(CASH_LINES)].sum(axis=1).tolist() == pytest.approx(
        table["exit_cost_usd"].tolist()
    )
    total = result.figure("exit_cost_usd").value
    assert table["exit_cost_usd"].sum() == pytest.approx(total)
    summary = closure_summary(result).table.set_index("banner")
    assert summary.loc["All banners", "exit_cost_usd"] == pytest.approx(total)
    assert closure_lines(result).table["usd"].sum() == pytest.approx(total)


def test_doubling_the_rent_doubles_the_buy_out_of_gross_rent(pencil_case: Case) -> None:
    once = closure_table(pencil_case).set_index("store_id")
    dear = pencil_case.leases.assign(
        rent_usd_per_sqft_year=2 * pencil_case.leases["rent_usd_per_sqft_year"]
    )
    twice = closure_table(replace(pencil_case, leases=dear)).set_index("store_id")
    assert twice.loc["kiosk-1", "lease_buy_out_usd"] == pytest.approx(
        2 * once.loc["kiosk-1", "lease_buy_out_usd"]
    )
    assert twice["lease_liability_usd"].tolist() == pytest.approx(
        (2 * once["lease_liability_usd"]).tolist()
    )


def test_the_range_holds_the_total(pencil_case: Case) -> None:
    figure = closure(pencil_case).figure("exit_cost_usd")
    assert figure.low is not None
    assert figure.high is not None
    assert figure.value is not None
    assert figure.low < figure.value < figure.high


@pytest.mark.slow
def test_impairment_beside_the_reported_charge(pencil_case: Case) -> None:
    bill = closure(pencil_case)
    value = bill.figure("impairment_usd").value
    assert value is not None
    rows = ledger_of({"charge_usd": value / 1.2})
    check = impairment_check(bill, rows, "charge_usd")
    assert check.table["modelled_over_reported"].iloc[0] == pytest.approx(1.2)
    assert "20% above" in check.sentence
    unknown = impairment_check(bill, pencil_case.ledger, "charge_usd")
    assert "no reported charge" in unknown.sentence
    assert unknown.table["reported_usd"].isna().all()


def test_notice_runs_from_the_announcement_whatever_the_day_of_the_report(
    pencil_case: Case,
) -> None:
    day = dt.date(2026, 1, 27)
    later = pencil_case.scenario.model_copy(
        update={"announced": day, "as_of": dt.date(2026, 7, 27)}
    )
    moved = closure_table(replace(pencil_case, scenario=later))
    now = closure_table(pencil_case)
    assert moved["notice_pay_usd"].tolist() == pytest.approx(now["notice_pay_usd"].tolist())
    assert (moved["remaining_term_years"] < now["remaining_term_years"]).all()


def test_observed_sales_overrule_the_typical(pencil_case: Case) -> None:
    stores = pencil_case.stores.assign(sales_usd_year=[6e6, float("nan"), float("nan")])
    table = closure_table(replace(pencil_case, stores=stores)).set_index("store_id")
    assert table.loc["shop-1", "sales_usd_year"] == 6e6
    assert table.loc["shop-1", "sales_origin"] == "observed"
    assert table.loc["kiosk-1", "sales_usd_year"] == 500_000
    assert table.loc["kiosk-1", "sales_origin"] == "assumed"


@pytest.mark.slow
def test_inputs_are_left_as_they_were(pencil_case: Case) -> None:
    stores, leases = pencil_case.stores.copy(), pencil_case.leases.copy()
    closure(pencil_case)
    pd.testing.assert_frame_equal(pencil_case.stores, stores)
    pd.testing.assert_frame_equal(pencil_case.leases, leases)


@pytest.mark.slow
def test_a_ledger_without_a_spread_gives_no_range(pencil_case: Case) -> None:
    from tests.model.conftest import PENCIL_LEDGER

    still = ledger_of({}).__class__(
        tuple(
            replace(row, low=row.base, high=row.base) for row in ledger_of(PENCIL_LEDGER).values()
        )
    )
    figure = closure(replace(pencil_case, ledger=still)).figure("exit_cost_usd")
    assert figure.low == figure.value == figure.high
