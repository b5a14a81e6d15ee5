"""The plain numbers of a case: those of the report, or why there are none."""

import sys
import types

import pandas as pd
import pytest

from retail_portfolio.inputs import load_case
from retail_portfolio.model.checkouts.checkout_answer import paid_figures
from retail_portfolio.model.closing.closure import closure_table
from retail_portfolio.model.market.trade_areas import trade_areas
from retail_portfolio.model.market.transfer import modelled_sales, trade_facts
from retail_portfolio.model.overview.scenario_answer import (
    PLAN_COLUMNS,
    RANGE_COLUMNS,
    scenario_answer,
    units_of,
)
from retail_portfolio.model.planning.plan import plan
from retail_portfolio.model.planning.plan_task import optimum, plan_task
from tests.model.checkout_cases import JWO


@pytest.fixture
def small(small_data):
    def load(*overrides, scenario="base"):
        return load_case(scenario, str(small_data), overrides)

    return load


def as_the_notebooks(case):
    """Return the numbers by the calls of the notebooks 02, 03 and 04."""
    trade = trade_areas(case)
    bill = closure_table(case, trade_facts(case, trade))  # what `closure` sums, without ranges
    task = plan_task(case, bill)
    choice = plan(task, optimum(task))
    paid = paid_figures(case, modelled_sales(case, trade))
    sums = {key: bill[key].sum() for key in SUMMED if bill[key].notna().all()}
    figures = {one.key: one.value for one in (*choice.figures, *paid)}
    return dict.fromkeys(SUMMED) | sums | figures, choice


SUMMED = ("exit_cost_usd", "impairment_usd", "closing_advantage_usd")
NAMES = {
    "exit_cost_usd": "exit_cost_usd",
    "impairment_usd": "impairment_usd",
    "closing_advantage_usd": "closing_advantage_usd",
    "stores_converting": "stores_converting",
    "plan_value_usd": "plan_gain_usd",
    "jwo_extra_installed_usd_year": "jwo_paid_extra",
    "jwo_extra_annualised_usd_year": "jwo_paid_extra_annualised",
}


def assert_agrees(case):
    found = scenario_answer(case)
    figures, choice = as_the_notebooks(case)
    for ours, theirs in NAMES.items():
        if figures[theirs] is None:
            assert found.figures[ours] is None
        else:
            assert found.figures[ours] == pytest.approx(figures[theirs], rel=1e-9)
    assert found.status == choice.status == "optimal"
    same = ["store_id", "decision", "npv_vs_exit_usd"]
    pd.testing.assert_frame_equal(found.plan[same], choice.table[same])
    return found


@pytest.mark.slow
def test_the_numbers_are_those_of_the_report(case):
    found = assert_agrees(case)
    assert found.figures["stores_converting"] == 15
    assert found.figures["plan_capex_usd"] == pytest.approx(112.32e6)
    assert found.figures["jwo_extra_installed_usd_year"] > 0


@pytest.mark.slow
@pytest.mark.parametrize("scenario", ["base", "cheap-rent"])
def test_so_they_are_for_a_small_case(small, scenario):
    assert_agrees(small("horizon_years=12", scenario=scenario))


@pytest.mark.slow
def test_every_number_has_a_unit_and_a_place(small):
    found = scenario_answer(small())
    assert tuple(found.figures) == tuple(units_of(JWO))
    assert tuple(found.plan.columns) == PLAN_COLUMNS
    assert list(found.plan["store_id"]) == ["corner-1", "corner-2", "corner-3"]
    assert found.plan.loc[1, ["name", "city", "state"]].tolist() == [
        *("Corner Pantry Oak, North", "Springvale", "OH")
    ]
    converting = found.plan[found.plan["decision"] != "close"]
    assert [f"{one}:hall" for one in converting["store_id"]] == list(found.converts)
    assert found.figures["stores_converting"] == len(converting) > 0
    assert found.figures["plan_capex_usd"] == 150 * 9_000  # the floor it stands on
    assert found.figures["plan_gap"] <= 1e-6
    assert found.message == ""
    assert found.ranges is None


@pytest.mark.slow
def test_what_nobody_knows_is_blank(small):
    found = scenario_answer(small())
    assert found.figures["closing_advantage_usd"] is None  # two stores have no four-wall profit
    none = scenario_answer(small("checkout_formats=hall"))
    assert none.figures["jwo_extra_installed_usd_year"] is None
    assert none.figures["jwo_extra_annualised_usd_year"] is None
    assert none.figures["exit_cost_usd"] == found.figures["exit_cost_usd"]


@pytest.mark.slow
@pytest.mark.parametrize("reading", ["installed", "annualised"])
def test_the_cost_of_walk_out_checkout_stands_by_the_reading_of_the_case(small, reading):
    figures = scenario_answer(small(f"checkout_reading={reading}")).figures
    assert figures["jwo_extra_installed_usd_year"] != figures["jwo_extra_annualised_usd_year"]
    assert figures["jwo_extra_usd_year"] == figures[f"jwo_extra_{reading}_usd_year"]
    assert figures["jwo_extra_usd_year"] is not None
    none = scenario_answer(small(f"checkout_reading={reading}", "checkout_formats=hall"))
    assert none.figures["jwo_extra_usd_year"] is None


@pytest.mark.slow
def test_so_does_its_range_and_a_plan_with_limits_has_none(small):
    limited = small("checkout_reading=annualised", "plan.max_conversions=1")
    found = scenario_answer(limited, draws=4).ranges.set_index("key")
    points = ["unit", *RANGE_COLUMNS[3:]]
    annualised = found.loc["jwo_extra_annualised_usd_year", points]
    assert list(found.loc["jwo_extra_usd_year", points]) == list(annualised)
    assert list(found.loc["jwo_extra_installed_usd_year", points]) != list(annualised)
    assert not {"plan_value_usd", "stores_converting"} & set(found.index)


@pytest.mark.slow
def test_limits_that_leave_no_plan_are_an_answer(small):
    found = scenario_answer(small("plan.min_conversions=4"), draws=8)
    assert found.status == "infeasible"
    assert "plan.min_conversions" in found.message
    assert "at least 4 conversions" in found.message
    assert set(found.figures) == set(units_of(JWO))
    assert set(found.figures.values()) == {None}
    assert (found.plan, found.converts, found.worth, found.ranges) == (None, (), None, None)


@pytest.mark.slow
def test_every_limit_of_a_conflict_is_named(small):
    found = scenario_answer(small("plan.min_conversions=2", "plan.max_conversions=1"))
    assert found.message.count("; ") == 1
    assert "plan.min_conversions" in found.message
    assert "plan.max_conversions" in found.message


@pytest.mark.slow
def test_ranges_are_those_of_the_uncertainty_model(small, monkeypatch):
    asked = []

    def portfolio_ranges(case, draws):
        asked.append((case, draws))
        row = dict.fromkeys(RANGE_COLUMNS, 1.0) | {"key": "k", "label": "l", "unit": "usd"}
        return pd.DataFrame([row | {"more": 2}])

    fake = types.ModuleType("retail_portfolio.model.uncertain.uncertainty")
    fake.portfolio_ranges = portfolio_ranges
    monkeypatch.setitem(sys.modules, fake.__name__, fake)
    case = small()
    found = scenario_answer(case, draws=8)
    assert asked == [(case, 8)]
    assert tuple(found.ranges.columns) == RANGE_COLUMNS
    assert scenario_answer(case).ranges is None
    assert len(asked) == 1
