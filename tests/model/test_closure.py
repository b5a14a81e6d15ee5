"""The bill of two small stores, line by line, with the arithmetic written out."""

from __future__ import annotations

import datetime as dt
from dataclasses import replace
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from retail_portfolio.inputs.case import Case
from retail_portfolio.inputs.case_reader import check_data
from retail_portfolio.inputs.faults import InputError
from retail_portfolio.inputs.speech import Speech
from retail_portfolio.model.closing.charge_sets import wave_impairment_usd
from retail_portfolio.model.closing.closure import (
    CASH_LINES,
    COLUMNS,
    closure,
    closure_moves,
    closure_table,
)
from retail_portfolio.model.closing.closure_drivers import TOTALS, store_drivers, total_drivers
from retail_portfolio.model.closing.closure_tables import (
    continuous_operation,
    lease_exit_curve,
    portfolio_exit_curve,
)
from retail_portfolio.model.closing.closure_views import (
    BOOK_COLUMNS,
    accounting_summary,
    bill_steps,
    books_view,
    closure_by_state,
    closure_lines,
    closure_summary,
    stay_view,
)
from retail_portfolio.model.closing.monthly import monthly_cash, monthly_expense
from retail_portfolio.model.closing.timeline import milestones
from retail_portfolio.model.market.trade_areas import trade_areas
from retail_portfolio.model.market.transfer import kept_by_store, transfer
from retail_portfolio.model.overview.requirements import missing_rows
from retail_portfolio.model.planning.plan import plan
from retail_portfolio.model.planning.plan_odds import plan_odds
from retail_portfolio.model.planning.plan_task import plan_task
from retail_portfolio.model.ranges import Moves
from retail_portfolio.model.result import Result
from retail_portfolio.model.sampling.ensemble import Draws
from tests.model.conftest import PENCIL_LEDGER, ledger_of

SHARE = "us_conversion_share"


def quick(case: Case) -> Result:
    """The bill with its figures but without their ranges, which take most of the time."""
    table = closure_table(case)
    sums = [table[c].sum() for c in ("exit_cost_usd", "impairment_usd", "closing_advantage_usd")]
    return closure(case, moves=Moves((), np.array(sums), np.empty((0, 2, len(sums)))))


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
    result = quick(pencil_case)
    table = result.table
    assert table[list(CASH_LINES)].sum(axis=1).tolist() == pytest.approx(
        table["exit_cost_usd"].tolist()
    )
    total = result.figure("exit_cost_usd").value
    assert table["exit_cost_usd"].sum() == pytest.approx(total)
    summary = closure_summary(result).table.set_index("banner")
    assert summary.loc["All banners", "exit_cost_usd"] == pytest.approx(total)
    assert closure_lines(result).table["usd"].sum() == pytest.approx(total)


@pytest.mark.slow
def test_the_range_holds_the_total(pencil_case: Case) -> None:
    figure = closure(pencil_case).figure("exit_cost_usd")
    assert figure.low is not None
    assert figure.high is not None
    assert figure.value is not None
    assert figure.low < figure.value < figure.high
    assert figure.range_basis == "one_at_a_time"


VIEWS = (
    *(closure_summary, accounting_summary, books_view, closure_by_state, closure_lines),
    *(bill_steps, stay_view),
)


def test_a_case_in_which_no_store_closes_is_told_so(pencil_case: Case) -> None:
    case = replace(pencil_case, stores=pencil_case.stores.iloc[2:].reset_index(drop=True))
    bill = quick(case)
    assert bill.table.empty
    tables = [monthly_cash(case, bill.table), monthly_expense(case, bill.table)]
    tables += [milestones(case, bill.table), portfolio_exit_curve(case), lease_exit_curve(case)]
    for told in (bill, *(view(bill) for view in VIEWS), *tables):
        assert told.sentence == "No store closes."
        assert told.table.empty
    assert continuous_operation(case, bill.table) == "No store closes."
    trade = trade_areas(case)
    moved = transfer(case, trade)
    answers = [moved, kept_by_store(case, moved.table), plan(plan_task(case, bill.table))]
    for answer in (*answers, plan_odds(case, draws=2)):
        assert answer.sentence == "No store closes."
    for view in VIEWS:
        assert list(view(bill).table.columns) == list(view(quick(pencil_case)).table.columns)


def test_a_bill_of_nothing_has_no_largest_line(pencil_case: Case) -> None:
    bill = quick(pencil_case)
    money = [name for name in bill.table.columns if name.endswith("_usd")]
    free = replace(bill, table=bill.table.assign(**dict.fromkeys(money, 0.0)))
    lines = closure_lines(free)
    assert lines.sentence == "No line of the bill costs anything."
    assert len(lines.table) == 2 * len(CASH_LINES)
    assert accounting_summary(free).sentence.startswith("The books lose USD 0. The lease")


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


def test_the_books_are_those_of_the_announcement_whatever_the_day_of_the_report(
    pencil_case: Case,
) -> None:
    """24 months at 20,000 are owed when it is announced; a report half a year later says so too."""
    later = pencil_case.scenario.model_copy(
        update={"announced": dt.date(2026, 1, 27), "as_of": dt.date(2026, 7, 27)}
    )
    moved = closure_table(replace(pencil_case, scenario=later)).set_index("store_id")
    now = closure_table(pencil_case).set_index("store_id")
    owed = sum(20_000 * 1.04 ** (-m / 12) for m in range(1, 25))
    fair = 0.6 * sum(20_000 * 1.08 ** (-m / 12) for m in range(13, 25))
    assert moved.loc["shop-1", "lease_liability_usd"] == pytest.approx(owed)
    assert moved.loc["shop-1", "rou_impairment_usd"] == pytest.approx(0.75 * (owed - fair))
    assert moved[list(BOOK_COLUMNS)].equals(now[list(BOOK_COLUMNS)])
    assert moved.loc["shop-1", "lease_hold_dark_usd"] < now.loc["shop-1", "lease_hold_dark_usd"]


def test_each_format_may_have_a_share_of_conversions_of_its_own(pencil_case: Case) -> None:
    """All shops are expected to convert: half of their fittings go, and no right of use."""
    others = {name: value for name, value in PENCIL_LEDGER.items() if name != SHARE}
    case = replace(pencil_case, ledger=ledger_of(others | {f"{SHARE}.shop": 1.0}))
    assert missing_rows(case) == ()
    shop = closure_table(case).set_index("store_id").loc["shop-1"]
    assert shop["rou_impairment_usd"] == 0
    assert shop["fittings_impairment_usd"] == pytest.approx(0.5 * shop["net_book_value_usd"])
    drawn = wave_impairment_usd(case, Draws(case.ledger, {}))[0]
    assert drawn.tolist() == pytest.approx(closure_table(case)["impairment_usd"].tolist())


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
    still = ledger_of({}).__class__(
        tuple(
            replace(row, low=row.base, high=row.base) for row in ledger_of(PENCIL_LEDGER).values()
        )
    )
    figure = closure(replace(pencil_case, ledger=still)).figure("exit_cost_usd")
    assert figure.low == figure.value == figure.high


ISSUE_COLUMNS = (
    *("store_id", "banner", "state", "last_trading_day", "sales_usd_year", "size_sqft"),
    *("size_origin", "rent_usd_per_sqft_year", "remaining_term_years", "lease_liability_usd"),
    *("rou_asset_usd", "net_book_value_usd", "impairment_usd", "severance_usd", "notice_pay_usd"),
    *("inventory_loss_usd", "restoration_usd", "lease_exit_route", "lease_exit_month"),
    *("lease_exit_usd", "exit_cost_usd", "stay_npv_usd", "closing_advantage_usd"),
)


@pytest.fixture
def three(pencil_case: Case) -> Case:
    """The shop, the kiosk, and an owned den whose last day, sales and result are known."""
    den = pencil_case.stores.iloc[[0]].assign(
        store_id="den-1",
        banner="Den",
        state="ZZ",
        status="closing",
        size_sqft=4_000.0,
        employees=20.0,
        last_trading_day="2026-03-28",
        sales_usd_year=2_000_000.0,
        four_wall_usd_year=-100_000.0,
    )
    owned = pencil_case.leases.iloc[[1]].assign(store_id="den-1", tenure="owned")
    shares = {"transfer_share_sister": 0.1, "transfer_share_online": 0.2}
    margins = {"four_wall_margin": -0.1, "vm_online_sales": 0.05}
    return replace(
        pencil_case,
        stores=pd.concat([pencil_case.stores, den], ignore_index=True),
        leases=pd.concat([pencil_case.leases, owned], ignore_index=True),
        ledger=ledger_of(PENCIL_LEDGER | shares | margins),
    )


def test_every_line_of_three_bills_by_hand(three: Case) -> None:
    """Lease, notice, severance, stock, restoration, equipment, tax, for each of them."""
    bill = closure_table(three).set_index("store_id")

    def dark(months: range) -> float:
        return sum(1.09 ** (-m / 12) for m in months)

    expected = {
        # 24 months at 20,000 rent and 5,000 charges a month; a buy-out takes 12 of them at once.
        "shop-1": {
            "lease_exit_usd": 12 * 25_000,
            # 50 people x 30 h x 20 USD; 90 days of notice less 10 traded; load 1.25
            "notice_pay_usd": 50 * 30 * 20 * 1.25 * 80 / 7,
            # three quarters leave; 2 weeks for each of 3 years; 8 % payroll tax
            "severance_usd": 50 * 30 * 20 * 0.75 * 2 * 3 * 1.08,
            # 4 M at 75 % cost, a tenth of a year; a fifth gone, the rest at half its retail price
            "inventory_loss_usd": 300_000 * (0.2 + 0.8 * (1 - 0.5 / 0.75)),
            "restoration_usd": 10 * 10_000,
            "equipment_proceeds_usd": -100_000 * 10_000 / 50_000,
        },
        # 12 months of gross rent, 5,000 a month, and 2 USD a sq ft of carry left: later money
        # is cheaper, so the kiosk stands dark for 8 months and buys the last 4 together.
        "kiosk-1": {
            "lease_exit_usd": (5_000 + 2_000 / 12) * dark(range(1, 9))
            + 4 * 5_000 * 1.09 ** (-8 / 12),
            # no count: 40 people, 10 USD in this state; last day not known, so 90 idle days
            "notice_pay_usd": 40 * 30 * 10 * 1.25 * 90 / 7,
            "severance_usd": 40 * 30 * 10 * 0.75 * 2 * 3 * 1.08,
            "inventory_loss_usd": 500_000 * 0.75 / 10 * (0.2 + 0.8 * (1 - 0.5 / 0.75)),
            "restoration_usd": 10 * 1_000,
            "equipment_proceeds_usd": -100_000 * 1_000 / 50_000,
        },
        # owned: no lease; it trades 60 of 90 days of notice
        "den-1": {
            "lease_exit_usd": 0.0,
            "notice_pay_usd": 20 * 30 * 10 * 1.25 * 30 / 7,
            "severance_usd": 20 * 30 * 10 * 0.75 * 2 * 3 * 1.08,
            "inventory_loss_usd": 2_000_000 * 0.75 / 10 * (0.2 + 0.8 * (1 - 0.5 / 0.75)),
            "restoration_usd": 10 * 4_000,
            "equipment_proceeds_usd": -100_000 * 4_000 / 50_000,
        },
    }
    for store, lines in expected.items():
        for line, usd in lines.items():
            assert bill.loc[store, line] == pytest.approx(usd), (store, line)
        before_tax = sum(lines.values())
        assert bill.loc[store, "tax_shield_usd"] == pytest.approx(-0.25 * before_tax), store
        assert bill.loc[store, "exit_cost_usd"] == pytest.approx(0.75 * before_tax), store
    assert bill["lease_exit_route"].tolist() == ["buy_out", "buy_out", "none"]
    assert bill["lease_exit_month"].tolist() == [0, 8, 0]


def test_the_columns_asked_for_stand_in_their_order(three: Case) -> None:
    table = closure_table(three)
    assert tuple(table.columns) == COLUMNS
    assert [c for c in table.columns if c in ISSUE_COLUMNS] == list(ISSUE_COLUMNS)


def test_signs(case: Case) -> None:
    bill = closure_table(case)
    costs = [c for c in CASH_LINES if c not in {"equipment_proceeds_usd", "tax_shield_usd"}]
    assert (bill[[*costs, "exit_cost_usd", *BOOK_COLUMNS]] >= 0).all(axis=None)
    assert (bill[["equipment_proceeds_usd", "tax_shield_usd"]] <= 0).all(axis=None)
    assert (bill["impairment_usd"] <= bill["rou_asset_usd"] + bill["net_book_value_usd"]).all()
    assert (bill["lease_exit_month"] <= bill["remaining_term_years"] * 12 + 1).all()


def test_a_store_without_a_term_left_pays_no_rent(pencil_case: Case) -> None:
    over = replace(pencil_case, leases=pencil_case.leases.assign(remaining_term_years=0.0))
    bill = closure_table(over)
    rent = ["lease_exit_usd", "rent_roll_usd", "lease_liability_usd", "rou_impairment_usd"]
    assert (bill[rent] == 0).all(axis=None)
    assert (bill["lease_exit_route"] == "none").all()


def test_doubling_every_lease_figure_doubles_the_lease_lines(pencil_case: Case) -> None:
    once = closure_table(pencil_case)
    leases = pencil_case.leases
    dear = leases.assign(
        rent_usd_per_sqft_year=2 * leases["rent_usd_per_sqft_year"],
        charges_usd_per_sqft_year=2 * leases["charges_usd_per_sqft_year"],
    )
    carry = pencil_case.ledger.with_overrides(
        {"dark_carry_usd_per_sqft_year": 18, "charges_in_gross_rent_usd_per_sqft_year": 14}
    )
    twice = closure_table(replace(pencil_case, leases=dear, ledger=carry))
    for line in ("lease_exit_usd", "rent_roll_usd", "lease_liability_usd", "rou_impairment_usd"):
        assert twice[line].tolist() == pytest.approx((2 * once[line]).tolist()), line
    assert twice["severance_usd"].tolist() == once["severance_usd"].tolist()


def test_the_order_of_stores_changes_nothing(three: Case) -> None:
    once = closure_table(three).set_index("store_id")
    turned = replace(three, stores=three.stores.iloc[::-1].reset_index(drop=True))
    again = closure_table(turned).set_index("store_id").loc[once.index]
    pd.testing.assert_frame_equal(once, again)


def test_a_duty_to_trade_is_counted_among_leases_alone(three: Case) -> None:
    bill = closure_table(three)
    assert continuous_operation(three, bill).startswith("0 of 2 leases are known to oblige")
    assert "; of 2 it is not known" in continuous_operation(three, bill)
    owned = replace(three, leases=three.leases.assign(tenure="owned"))
    assert continuous_operation(owned, closure_table(owned)) == "No store that closes is leased."


def test_the_charge_for_standing_dark_counts_where_the_lease_says_so(three: Case) -> None:
    from retail_portfolio.inputs.assumptions import Assumption, Ledger

    rows = (*three.ledger.values(), Assumption("continuous_operation_charge_share", 0, 0.5, 1))
    asked = three.leases.assign(continuous_operation=["yes", "", ""])
    bound = replace(three, ledger=Ledger(rows), leases=asked)
    bill = closure_table(bound).set_index("store_id")
    plain = closure_table(three).set_index("store_id")
    assert bill["continuous_operation"].tolist() == ["not known", "yes", "not known"]
    # Half the rent more makes the kiosk pay its year at once rather than stand dark.
    assert bill.loc["kiosk-1", "lease_exit_usd"] == pytest.approx(60_000)
    assert plain.loc["kiosk-1", "lease_exit_usd"] < 60_000
    words = continuous_operation(bound, closure_table(bound))
    assert "1 of 2 leases are known" in words
    assert "of 1 it is not known" in words


def test_a_missing_size_is_the_typical_one_and_marked(three: Case) -> None:
    stores = three.stores.copy()
    stores.loc[1, ["size_sqft", "size_origin"]] = [float("nan"), "reported"]
    bill = closure_table(replace(three, stores=stores)).set_index("store_id")
    assert bill.loc["kiosk-1", "size_sqft"] == 1_000
    assert bill.loc["kiosk-1", "size_origin"] == "assumed"
    assert bill.loc["shop-1", "size_origin"] == "reported"


def test_a_size_that_nobody_knows_is_refused_by_name(three: Case) -> None:
    stores = three.stores.copy()
    stores.loc[0, "size_sqft"] = float("nan")
    with pytest.raises(InputError, match=r"size_sqft.*shop-1"):
        closure_table(replace(three, stores=stores))


@pytest.mark.parametrize(
    ("old", "new", "column", "expected"),
    [
        ("4.3,modelled", "0.01,modelled", "remaining_term_years", "until the store's last trading"),
        ("27.5,gross", "-27.5,gross", "rent_usd_per_sqft_year", "0 to 10,000"),
    ],
)
def test_leases_that_cannot_be_are_named_by_the_reader(
    small_data: Path, old: str, new: str, column: str, expected: str
) -> None:
    """A lease that ends before its store stops trading, and a rent below nothing."""
    path = small_data / "leases.csv"
    text = path.read_text("utf-8")
    assert old in text
    path.write_text(text.replace(old, new), "utf-8")
    faults = check_data(str(small_data))
    assert [fault.column for fault in faults] == [column]
    assert expected in faults[0].expected


def test_steps_lead_from_the_rent_roll_to_the_bill(three: Case) -> None:
    bill = quick(three)
    steps = bill_steps(bill).table
    level = 0.0
    for row in steps.to_dict("records"):
        if row["kind"] == "total":
            assert level == pytest.approx(row["usd"]) or not level
            level = row["usd"]
        else:
            level += row["usd"]
    # The shop: 24 months of 25,000; the kiosk: 12 of 5,000; the den owns its box.
    assert steps["usd"].iloc[0] == pytest.approx(24 * 25_000 + 12 * 5_000)
    assert steps["usd"].iloc[-1] == pytest.approx(bill.table["exit_cost_usd"].sum())


def test_the_two_views_share_no_column(three: Case) -> None:
    bill = quick(three)
    cash = {c for c in closure_summary(bill).table.columns if c.endswith("_usd")}
    books = {c for c in accounting_summary(bill).table.columns if c.endswith("_usd")}
    assert not cash & books
    assert not cash & set(books_view(bill).table.columns)
    assert "does not move" in accounting_summary(bill).sentence


def test_states_and_banners_sum_to_the_same_bill(case: Case) -> None:
    bill = closure_table(case)
    states = closure_by_state(Result(bill, "", words=Speech("USD"))).table
    assert states["exit_cost_usd"].sum() == pytest.approx(bill["exit_cost_usd"].sum())
    assert states["stores"].sum() == 71
    assert states["exit_cost_usd"].is_monotonic_decreasing
    assert (states["exit_cost_usd_per_store"] * states["stores"]).tolist() == pytest.approx(
        states["exit_cost_usd"].tolist()
    )


def test_base_impairment_is_within_fifteen_per_cent_of_the_charge(case: Case) -> None:
    booked = closure_table(case)["impairment_usd"].sum()
    assert abs(booked / case.ledger.value("impairment_q4_2025_usd") - 1) < 0.15


@pytest.mark.slow
def test_drivers_of_a_store_are_those_that_move_it(three: Case) -> None:
    moves = closure_moves(three)
    bill = closure_table(three)
    found = store_drivers(moves, bill, three).table.set_index("store_id")
    assert (found["swing_1_usd"] >= found["swing_2_usd"]).all()
    ends = moves.ends[:, :, TOTALS:]
    widest = (ends.max(axis=1) - ends.min(axis=1)).max(axis=0)
    assert found["swing_1_usd"].tolist() == pytest.approx(list(widest))
    total = total_drivers(moves, bill, three).table
    assert total["swing_usd"].is_monotonic_decreasing
    assert (total["least_usd"] <= total["base_usd"]).all()
    assert (total["greatest_usd"] >= total["base_usd"]).all()


def test_the_curve_of_a_store_holds_its_cheapest_month(three: Case) -> None:
    bill = closure_table(three).set_index("store_id")
    curve = lease_exit_curve(three, every=5).table.set_index(["store_id", "month"])
    for store in ("shop-1", "kiosk-1"):
        month = bill.loc[store, "lease_exit_month"]
        least = bill.loc[store, "lease_exit_usd"]
        assert curve.loc[(store, month), "least_usd"] == pytest.approx(least)
        assert curve.loc[store, "least_usd"].min() == pytest.approx(least)
    together = portfolio_exit_curve(three, until=6).table
    first = together[(together["month"] == 0) & (together["route"] == "buy_out")]["usd"]
    assert first.item() == pytest.approx(300_000 + 60_000)
    dark = together.loc[together["route"] == "hold_dark", "usd"]
    assert (dark == dark.iloc[0]).all()
