"""What the plans of the frontiers and of other scenarios decide, and that each is what it says."""

from __future__ import annotations

import dataclasses
import itertools
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest

from retail_portfolio.inputs import load_case
from retail_portfolio.inputs.case import Case
from retail_portfolio.inputs.neighbours import Neighbour, neighbours
from retail_portfolio.inputs.settings.scenario_parts import PlanLimits
from retail_portfolio.model.closing.closure import closure_table
from retail_portfolio.model.market.trade_areas import trade_areas
from retail_portfolio.model.market.transfer import trade_facts
from retail_portfolio.model.opening.conversion import setting_of
from retail_portfolio.model.overview.scenario_answer import scenario_answer
from retail_portfolio.model.planning import plan_pool
from retail_portfolio.model.planning import scenario_plans as scenario_plans_module
from retail_portfolio.model.planning.frontier_plans import (
    PLAN_COLUMNS,
    STORE_COLUMNS,
    FrontierPlans,
    frontier_plans,
)
from retail_portfolio.model.planning.plan import plan, value_of
from retail_portfolio.model.planning.plan_compare import my_plan
from retail_portfolio.model.planning.plan_pool import (
    BUDGET_STEPS,
    frontier_by_budget,
    frontier_by_number,
)
from retail_portfolio.model.planning.plan_solve import chosen_flags
from retail_portfolio.model.planning.plan_task import PlanTask, optimum, plan_task
from retail_portfolio.model.planning.plan_worth import plan_values, worth_of
from retail_portfolio.model.planning.scenario_plans import scenario_plans
from tests.model.plan_town import task_of, town_of


@pytest.fixture
def town(pencil_case: Case) -> Case:
    return town_of(pencil_case)


def moved(case: Case, **settings: Any) -> Case:
    return dataclasses.replace(case, scenario=case.scenario.model_copy(update=settings))


def found_for(task: PlanTask, **more: Any) -> FrontierPlans:
    best = optimum(task)
    by_number, by_budget = frontier_by_number(task, best), frontier_by_budget(task, best)
    return frontier_plans(task, best, by_number, by_budget, **more)


def names_in(found: FrontierPlans, name: str) -> list[str]:
    stores = found.stores.table
    rows = stores[stores["plan"] == name]
    return [
        f"{store}:{decision.removeprefix('convert_')}"
        for store, decision in zip(rows["store_id"], rows["decision"], strict=True)
    ]


def assert_worth_what_they_say(task: PlanTask, found: FrontierPlans) -> None:
    """Value each plan of this task anew by the names of its sites."""
    table = found.plans.table
    mine = table[table["axis"] != "scenario"]
    assert len(mine) > 1
    names = [names_in(found, plan) for plan in mine["plan"]]
    assert [len(one) for one in names] == mine["conversions"].tolist()
    again = [one.value_usd for one in plan_values(worth_of(task), names)]
    assert mine["objective_usd"].tolist() == pytest.approx(again, rel=1e-9, abs=1e-3)


def every_plan(task: PlanTask) -> list[tuple[float, float, int]]:
    """Gain, capital and number of conversions of every plan there is, by going through them."""
    columns = task.problem.columns
    sites = range(len(columns.store_id))
    per_site = [[None, *np.flatnonzero(columns.site == site)] for site in sites]
    all_of_them = []
    for picks in itertools.product(*per_site):
        chosen = chosen_flags(task.problem, [c for c in picks if c is not None])
        if not any(rule.broken_by(chosen) for rule in task.rules):
            capital = float(columns.capital_usd[chosen].sum())
            all_of_them.append((task.problem.value_usd(chosen), capital, int(chosen.sum())))
    return all_of_them


@pytest.mark.slow
def test_every_plan_is_worth_what_its_row_and_the_frontier_say(town: Case) -> None:
    task = task_of(town)
    found = found_for(task)
    assert_worth_what_they_say(task, found)
    table = found.plans.table
    for row in table[table["axis"] == "number"].itertuples():
        again = value_of(task, names_in(found, row.plan)).objective_usd
        assert row.objective_usd == pytest.approx(again, rel=1e-9, abs=1e-3)
    assert list(table.columns) == list(PLAN_COLUMNS)
    assert list(found.stores.table.columns) == list(STORE_COLUMNS)
    assert table["plan"].is_unique
    by_number, by_budget = frontier_by_number(task).table, frontier_by_budget(task).table
    for axis, frontier, position in (
        ("number", by_number, "conversions"),
        ("budget", by_budget, "budget_usd"),
    ):
        rows = table[table["axis"] == axis].reset_index(drop=True)
        assert rows["position"].tolist() == pytest.approx(frontier[position].tolist())
        for column in ("objective_usd", "bound_usd", "capital_usd", "conversions"):
            assert rows[column].tolist() == pytest.approx(frontier[column].tolist())
    best = plan(task)
    assert table.loc[0, ["plan", "axis", "status"]].tolist() == ["best", "best", "optimal"]
    assert table.loc[0, "objective_usd"] == pytest.approx(best.objective_usd)
    chosen = best.table.loc[best.table["decision"] != "close"]
    assert names_in(found, "best") == [
        f"{store}:{decision.removeprefix('convert_')}"
        for store, decision in zip(chosen["store_id"], chosen["decision"], strict=True)
    ]


@pytest.mark.slow
@pytest.mark.parametrize("limits", [{}, {"max_by_metro": {"here-yy": 1}}, {"min_conversions": 2}])
def test_no_other_plan_at_a_point_gains_more(town: Case, limits: dict[str, Any]) -> None:
    task = task_of(town, **limits)
    found, plans = found_for(task), every_plan(task)
    rows = found.plans.table
    assert (rows["status"] == "optimal").all()
    assert (rows["gap"].between(0, 1e-6)).all()
    for row in rows[rows["axis"] == "number"].itertuples():
        most = max(worth for worth, _, number in plans if number == row.position)
        assert row.objective_usd == pytest.approx(most, rel=1e-6)
    budgets = rows[rows["axis"] == "budget"]
    for row in budgets.itertuples():
        most = max(worth for worth, capital, _ in plans if capital <= row.position + 1)
        assert row.objective_usd == pytest.approx(most, rel=1e-6)
        assert row.capital_usd <= row.position + 1
    assert set(rows.loc[rows["axis"] == "number", "position"]) == {
        number for _, _, number in plans if number <= budgets["conversions"].max() + 4
    }


@pytest.mark.slow
def test_budgets_rise_in_equal_steps_to_what_the_best_plan_needs(town: Case) -> None:
    task = task_of(town)
    found, again = found_for(task), found_for(task)
    pd.testing.assert_frame_equal(found.plans.table, again.plans.table)
    pd.testing.assert_frame_equal(found.stores.table, again.stores.table)
    rows = found.plans.table
    budgets = rows.loc[rows["axis"] == "budget", "position"]
    needed = rows.loc[0, "capital_usd"]
    assert budgets.tolist() == pytest.approx(
        [needed * step / BUDGET_STEPS for step in range(1, BUDGET_STEPS + 1)]
    )
    ids = rows.loc[rows["axis"] == "budget", "plan"].tolist()
    assert ids == [f"budget-{money:.0f}" for money in budgets]
    assert rows["plan"].iloc[1] == "number-0"


@pytest.mark.slow
def test_nothing_is_solved_twice(town: Case, monkeypatch: pytest.MonkeyPatch) -> None:
    task = task_of(town)
    best = optimum(task)
    real, calls = plan_pool.solve, []

    def counted(*args: Any, **kwargs: Any) -> Any:
        calls.append(args)
        return real(*args, **kwargs)

    monkeypatch.setattr(plan_pool, "solve", counted)
    by_number = frontier_by_number(task, best)
    assert len(calls) == len(by_number.table) - 1  # the best plan is known
    calls.clear()
    by_budget = frontier_by_budget(task, best)
    different = {one.chosen for one in by_budget.plans}
    assert len(calls) <= len(by_budget.table) - 1
    assert len(calls) == len(different) - 1  # one a plan that the next larger budget has not
    calls.clear()
    frontier_plans(task, best, by_number, by_budget)
    assert calls == []


@pytest.mark.slow
def test_a_plan_beyond_a_limit_of_the_scenario_says_so(town: Case) -> None:
    free = found_for(task_of(town)).plans.table.loc[0]
    assert free["conversions"] > 1
    rows = found_for(task_of(town, max_conversions=1)).plans.table.set_index("plan")
    assert rows.loc["best", "note"] == ""
    assert rows.loc["number-1", ["status", "note"]].tolist() == ["optimal", ""]
    beyond = "beyond the limits of the scenario: at most 1 conversion"
    assert rows.loc["number-2", "note"].startswith(beyond)
    assert (rows.loc[rows["axis"] == "budget", "note"] == "").all()  # limits hold on that axis
    half = free["capital_usd"] / 2
    rows = found_for(task_of(town, capital_budget_usd=half)).plans.table
    budgets = rows[rows["axis"] == "budget"]
    assert budgets["position"].max() == pytest.approx(free["capital_usd"])
    dear = budgets["capital_usd"] > half + 1
    assert dear.any()
    assert budgets.loc[dear, "note"].str.startswith("beyond the limits of the scenario: ").all()
    assert (budgets.loc[~dear, "note"] == "").all()


@pytest.mark.slow
def test_openings_keep_to_their_pace(town: Case) -> None:
    task = task_of(town, openings_per_year=1, opening_years=3)
    found = found_for(task)
    assert_worth_what_they_say(task, found)
    rows = found.plans.table
    assert rows.loc[rows["axis"] == "number", "position"].max() == 3
    pairs = found.stores.table.groupby("plan")["store_id"]
    assert (pairs.nunique() == pairs.size()).all()  # a store once a plan, whatever its year


@pytest.mark.slow
def test_a_named_plan_stands_at_the_end(town: Case) -> None:
    for names, limits, status in (
        (("shop-1",), {}, "feasible"),
        (("shop-1", "shop-2"), {"max_conversions": 1}, "infeasible"),
        ((), {}, "feasible"),
    ):
        task = task_of(moved(town, my_plan=names), **limits)
        mine = my_plan(task)
        assert mine is not None
        found = found_for(task, mine=mine)
        last = found.plans.table.iloc[-1]
        assert (last["plan"], last["axis"], last["status"]) == ("named", "named", status)
        assert [one.partition(":")[0] for one in names_in(found, "named")] == list(names)
        assert last["objective_usd"] == pytest.approx(mine.plan.objective_usd)
        assert last["bound_usd"] == pytest.approx(mine.plan.bound_usd)
        assert last["gap"] == pytest.approx(mine.plan.gap)
        assert bool(last["note"]) == (status == "infeasible")
        capital = value_capital(task, names_in(found, "named"))
        assert last["capital_usd"] == pytest.approx(capital)


def value_capital(task: PlanTask, names: list[str]) -> float:
    columns = task.problem.columns
    cost = {columns.name(c): float(columns.capital_usd[c]) for c in range(len(columns))}
    return sum(cost[name] for name in names)


def test_without_candidates_there_is_the_one_plan_that_closes_all(town: Case) -> None:
    found = found_for(task_of(moved(town, convert_from=())))
    rows = found.plans.table
    assert rows["plan"].tolist() == ["best", "number-0"]
    assert rows["conversions"].tolist() == [0, 0]
    assert rows["objective_usd"].tolist() == [0, 0]
    assert found.stores.table.empty
    assert found.plans.sentence == "2 plans to move through (1 by number), each proven."


# ------------------------------------------------------------------------------ other scenarios
def small_task(folder: Path, *overrides: str, scenario: str = "base") -> tuple[PlanTask, Any]:
    case = load_case(scenario, str(folder), overrides)
    trade = trade_areas(case)
    bill = closure_table(case, trade_facts(case, trade))
    return plan_task(case, bill, setting_of(case, trade)), trade


SCENARIOS = {
    "cheap-build": "why: w\nassumptions: {capex_conversion_usd_per_sqft: 90}\n",
    "far": "why: w\ntrade_area_minutes: 20\n",
    "small-shops": "why: w\nassumptions: {size_sqft.hall: 24000}\n",
    "all": "title: All of them\nwhy: w\nplan: {min_conversions: 3}\n",
    "too-many": "title: More than there are\nwhy: w\nplan: {min_conversions: 4}\n",
    "torn": "title: [\n",
}


@pytest.mark.slow
def test_other_scenarios_have_the_plan_that_answering_them_gives(small_data: Path) -> None:
    for name, text in SCENARIOS.items():
        (small_data / "scenarios" / f"{name}.yaml").write_text(text, encoding="utf-8")
    task, trade = small_task(small_data)
    others = neighbours(task.case, str(small_data))
    found = found_for(task, others=scenario_plans(others, trade))
    rows = found.plans.table[found.plans.table["axis"] == "scenario"].set_index("plan")
    assert list(rows.index) == [f"scenario-{one}" for one in sorted({*SCENARIOS, "cheap-rent"})]
    for one in others:
        row = rows.loc[f"scenario-{one.name}"]
        if one.name in {"too-many", "torn"}:
            continue
        answer = scenario_answer(load_case(one.name, str(small_data)))
        assert row["status"] == answer.status == "optimal"
        assert row["objective_usd"] == pytest.approx(answer.figures["plan_value_usd"], rel=1e-9)
        assert row["capital_usd"] == pytest.approx(answer.figures["plan_capex_usd"])
        assert sorted(names_in(found, f"scenario-{one.name}")) == list(answer.converts)
    assert rows.loc["scenario-all", "conversions"] == 3
    assert rows["objective_usd"].nunique() > 3  # they are not one and the same
    for name, status, why in (
        ("too-many", "infeasible", "plan.min_conversions"),
        ("torn", "unreadable", "scenarios/torn.yaml"),
    ):
        row = rows.loc[f"scenario-{name}"]
        assert row["status"] == status
        assert why in row["note"]
        assert row[["objective_usd", "bound_usd", "gap", "capital_usd", "conversions"]].isna().all()
        assert names_in(found, f"scenario-{name}") == []
    assert rows.loc["scenario-too-many", "title"] == "More than there are"
    assert "No plan comes from 2 scenarios: More than there are and torn." in found.plans.sentence


@pytest.mark.slow
def test_what_was_set_for_the_run_holds_in_the_other_scenarios(small_data: Path) -> None:
    folder, override = str(small_data), "plan.min_conversions=2"
    task, trade = small_task(small_data, override)
    others = scenario_plans(neighbours(task.case, folder, [override]), trade)
    converts = sorted(names_in(found_for(task, others=others), "scenario-cheap-rent"))
    assert converts == list(scenario_answer(load_case("cheap-rent", folder, [override])).converts)
    assert len(converts) == 2
    assert len(scenario_answer(load_case("cheap-rent", folder)).converts) < 2


@pytest.mark.slow
def test_the_trade_areas_of_the_run_serve_where_nothing_moves_them(
    small_data: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    built: list[str] = []
    real = scenario_plans_module.trade_areas

    def watched(case: Case) -> Any:
        built.append(case.scenario.name)
        return real(case)

    for name in ("cheap-build", "far"):
        (small_data / "scenarios" / f"{name}.yaml").write_text(SCENARIOS[name], encoding="utf-8")
    task, trade = small_task(small_data)
    monkeypatch.setattr(scenario_plans_module, "trade_areas", watched)
    scenario_plans(neighbours(task.case, str(small_data)), trade)
    assert built == ["far"]


@pytest.mark.slow
def test_a_name_that_a_scenario_does_not_know_is_its_reason(small_data: Path) -> None:
    task, trade = small_task(small_data)
    case = moved(task.case, plan=PlanLimits(force_in=("corner-9",)))
    (listed,) = scenario_plans([Neighbour("odd", "Odd", case)], trade)
    assert (listed.status, listed.decisions) == ("infeasible", ())
    assert "corner-9" in listed.note


@pytest.mark.slow
def test_the_bundled_frontiers_have_steps_enough_and_every_plan_is_proven(case: Case) -> None:
    trade = trade_areas(case)
    bill = closure_table(case, trade_facts(case, trade))
    task = plan_task(case, bill, setting_of(case, trade))
    found = found_for(task, others=scenario_plans(neighbours(case), trade))
    assert_worth_what_they_say(task, found)
    rows = found.plans.table
    assert 20 <= (rows["axis"] == "budget").sum() <= 24
    assert (rows["axis"] == "scenario").sum() == 7
    assert (rows["status"] == "optimal").all()
