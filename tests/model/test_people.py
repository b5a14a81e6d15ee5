"""What people are owed, by the owner's promise and by the law, and whom the counts reconcile."""

from __future__ import annotations

import datetime as dt

import numpy as np
import pandas as pd
import pytest

from retail_portfolio.inputs.assumptions import Ledger
from retail_portfolio.inputs.case import Case
from retail_portfolio.model.closing.closure import closure_table
from retail_portfolio.model.closing.closure_tables import heads_by_state, notice_rules
from retail_portfolio.model.closing.people import (
    days_traded,
    heads_of,
    notice_of,
    notice_terms,
    people_cost_usd,
    separation_days,
)
from retail_portfolio.model.store_values import StoreValues
from tests.model.conftest import PENCIL_LEDGER, ledger_of

DAY = dt.date(2026, 1, 27)
LAW = {
    "warn_notice_days": 60,
    "warn_notice_days.yy": 120,
    "warn_employer_heads": 80,
    "warn_site_heads": 50,
    "statutory_severance_weeks_per_year.yy": 3,
    "statutory_severance_weeks_short_notice.yy": 4,
}
"""The shop's state asks for 120 days, 3 weeks a year, and 4 weeks more where notice is short."""


def terms_of(stores: pd.DataFrame, **law: float) -> pd.DataFrame:
    ledger = ledger_of(PENCIL_LEDGER | LAW | law)
    return notice_terms(stores, heads_of(stores, ledger)[0], ledger, DAY)


def test_the_larger_of_promise_and_law_counts(pencil_stores: pd.DataFrame) -> None:
    """90 heads in all reach 80; the shop's 50 reach 50, the kiosk's 40 do not."""
    terms = terms_of(pencil_stores)
    assert terms["notice_days_law"].tolist() == [120, 0]
    assert terms["notice_days"].tolist() == [120, 90]
    assert terms["idle_weeks"].tolist() == pytest.approx([(120 - 10) / 7, 90 / 7])
    assert terms["severance_weeks_per_year"].tolist() == [3, 2]
    assert terms["severance_weeks_short_notice"].tolist() == [4, 0]


def test_a_law_that_asks_for_less_changes_nothing(pencil_stores: pd.DataFrame) -> None:
    terms = terms_of(
        pencil_stores,
        **{"warn_notice_days.yy": 60, "statutory_severance_weeks_per_year.yy": 1},
    )
    assert terms["notice_days"].tolist() == [90, 90]
    assert terms["severance_weeks_per_year"].tolist() == [2, 2]
    assert terms["severance_weeks_short_notice"].tolist() == [0, 0]


def test_a_small_owner_is_not_covered(pencil_stores: pd.DataFrame) -> None:
    terms = terms_of(pencil_stores, warn_employer_heads=100)
    assert terms["notice_days_law"].tolist() == [0, 0]
    assert terms["severance_weeks_per_year"].tolist() == [2, 2]
    just = terms_of(pencil_stores, warn_employer_heads=90)
    assert just["notice_days_law"].tolist() == [120, 0]


def test_a_promise_as_long_as_the_law_asks_for_is_not_short(pencil_stores: pd.DataFrame) -> None:
    terms = terms_of(pencil_stores, **{"warn_notice_days.yy": 90})
    assert terms["notice_days_plan"].tolist() == [90, 90]
    assert terms["notice_days_law"].tolist() == [90, 0]
    assert terms["severance_weeks_short_notice"].tolist() == [0, 0]


def test_a_law_without_thresholds_covers_all_and_asks_for_nothing_it_does_not_say(
    pencil_stores: pd.DataFrame,
) -> None:
    ledger = ledger_of(PENCIL_LEDGER | {"warn_notice_days": 120, "severance_weeks_per_year": 0.5})
    stores = pencil_stores.assign(employees=[50.0, 0.0]).set_index(pd.Index([7, 3]))
    terms = notice_terms(stores, heads_of(stores, ledger)[0], ledger, DAY)
    assert terms.index.tolist() == [7, 3]
    assert terms["notice_days_law"].tolist() == [120, 120]
    assert terms["severance_weeks_per_year"].tolist() == [0.5, 0.5]
    assert terms["severance_weeks_short_notice"].tolist() == [0, 0]
    alone = stores.assign(employees=0.0)
    terms = notice_terms(alone, heads_of(alone, ledger)[0], ledger, DAY)
    assert terms["notice_days_law"].tolist() == [120, 120]


def test_each_draw_has_an_owner_of_its_own_size(pencil_stores: pd.DataFrame) -> None:
    """Of 100 heads on: the second draw has 90, however many there are in all three."""
    law = {"warn_notice_days": 120, "warn_employer_heads": 100, "severance_weeks_per_year": 0.5}
    law["statutory_severance_weeks_per_year"] = 3
    says = StoreValues(ledger_of(PENCIL_LEDGER | law), pencil_stores)
    heads = np.array([[60.0, 40.0], [50.0, 40.0], [500.0, 0.0]])
    notice = notice_of(says, heads, np.array([10.0, 300.0]))
    assert notice.days_law.tolist() == [[120, 120], [0, 0], [120, 120]]
    assert notice.idle_weeks.tolist() == [
        pytest.approx([110 / 7, 0]),
        pytest.approx([80 / 7, 0]),
        pytest.approx([110 / 7, 0]),
    ]
    assert notice.severance_weeks_per_year.tolist() == [[3, 3], [0.5, 0.5], [3, 3]]


def test_heads_are_the_stores_own_or_typical_and_say_which(
    pencil_stores: pd.DataFrame, pencil_ledger: Ledger
) -> None:
    whole = pencil_stores.assign(employees=pd.array([50, None], "Int64"))
    for stores in (pencil_stores, whole):
        heads, marks = heads_of(stores, pencil_ledger)
        assert heads.tolist() == [50, 40]
        assert heads.dtype == np.float64
        assert marks == ["observed", "assumed"]


def test_days_traded_are_counted_from_the_announcement_where_the_day_is_known() -> None:
    days = ["2026-02-06", "2026-02", "2026-01-20", "", "06/03/2026"]
    stores = pd.DataFrame({"last_trading_day": pd.array(days, "str")})
    assert days_traded(stores, DAY).tolist() == [10, 0, 0, 0, 0]
    assert days_traded(stores[::-1], DAY).tolist() == [0, 0, 0, 0, 10]


def test_severance_under_the_law_by_hand(pencil_stores: pd.DataFrame) -> None:
    """30,000 a week, three quarters leave, 8 % tax, 3 weeks for each of 3 years and 4 more."""
    cost = people_cost_usd(pencil_stores, ledger_of(PENCIL_LEDGER | LAW), DAY)
    weekly = 50 * 30 * 20
    assert cost.loc[0, "severance_usd"] == pytest.approx(weekly * 0.75 * 1.08 * (3 * 3 + 4))
    assert cost.loc[0, "notice_pay_usd"] == pytest.approx(weekly * 1.25 * 110 / 7)
    # The kiosk's people earn half, are not covered, and were promised 2 weeks a year and 90 days.
    weekly = 40 * 30 * 10
    assert cost.loc[1, "severance_usd"] == pytest.approx(weekly * 0.75 * 1.08 * 2 * 3)
    assert cost.loc[1, "notice_pay_usd"] == pytest.approx(weekly * 1.25 * 90 / 7)
    assert cost["employees"].tolist() == [50, 40]
    assert cost["employees_origin"].tolist() == ["observed", "assumed"]
    moved = people_cost_usd(
        pencil_stores.set_index(pd.Index([7, 3])), ledger_of(PENCIL_LEDGER | LAW), DAY
    )
    assert moved.index.tolist() == [7, 3]
    assert moved.to_numpy().tolist() == cost.to_numpy().tolist()


def test_employment_ends_on_the_day_after_the_last_of_notice() -> None:
    assert separation_days(pd.Series([90.0]).to_numpy(), DAY) == [dt.date(2026, 4, 28)]


def test_people_of_the_bundled_case_are_paid_to_the_separation_announced(case: Case) -> None:
    """85 of 90 days are idle after 1 February, 45 after 13 March; all end on 28 April."""
    stores = case.stores[case.stores["status"] == "closing"].reset_index(drop=True)
    heads, _ = heads_of(stores, case.ledger)
    terms = notice_terms(stores, heads, case.ledger, case.scenario.announced or DAY)
    assert set(separation_days(terms["notice_days"].to_numpy(), DAY)) == {dt.date(2026, 4, 28)}
    idle = dict(zip(stores["store_id"], (terms["idle_weeks"] * 7).round(), strict=True))
    assert idle["fresh-pa-willow-grove"] == 85
    assert idle["fresh-ca-cerritos"] == 45


@pytest.mark.parametrize(("state", "heads"), [("CA", 3_855), ("PA", 983), ("MD", 742)])
def test_heads_reconcile_row_by_row(case: Case, state: str, heads: int) -> None:
    """Every head of the bill is the register's own, and they add up to the notices."""
    bill = closure_table(case)
    counted = bill[(bill["state"] == state) & (bill["employees_origin"] == "observed")]
    register = case.stores.set_index("store_id")["employees"]
    assert counted["employees"].tolist() == register[counted["store_id"]].tolist()
    assert counted["employees"].sum() == heads
    row = heads_by_state(case, bill).table.set_index("state").loc[state]
    assert row["heads_counted"] == heads


def test_the_rest_is_stated_with_its_gap(case: Case) -> None:
    found = heads_by_state(case, closure_table(case))
    table = found.table.set_index("state")
    assert (table["heads"] == table["heads_counted"] + table["heads_typical"]).all()
    assert table.loc["MD", "gap"] == 0
    assert table.loc["PA", "gap"] == 0
    assert abs(table.loc["CA", "gap_share"]) < 0.02
    assert table.loc["NJ", "gap"] == pytest.approx(4 * 158 - 871)
    assert table.loc["VA", "gap"] == pytest.approx(0, abs=1)
    assert table.loc[["IL", "NY"], "gap"].isna().all()
    assert "NJ \u2212239" in found.sentence


def test_rules_of_states_are_cited(case: Case) -> None:
    rules = notice_rules(case, closure_table(case)).table
    days = rules[rules["unit"] == "days"].set_index("state")["value"]
    assert days[["CA", "IL", "NY", "NJ"]].tolist() == [60, 60, 90, 90]
    assert (rules["source"] != "").all()
    assert (rules["source_url"] != "").all()
    own = set(rules.loc[rules["scope"] == "state", "state"])
    assert own == {"CA", "IL", "MD", "NJ", "NY", "WA"}


def test_a_ledger_without_laws_knows_the_promise_alone(
    pencil_stores: pd.DataFrame, pencil_ledger: Ledger
) -> None:
    heads, _ = heads_of(pencil_stores, pencil_ledger)
    terms = notice_terms(pencil_stores, heads, pencil_ledger, DAY)
    assert terms["notice_days"].tolist() == [90, 90]
    assert (terms["notice_days_law"] == 0).all()
