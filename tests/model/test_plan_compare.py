"""A plan that somebody names beside the best one, and the steps from the one to the other."""

from __future__ import annotations

import itertools
from types import SimpleNamespace
from typing import Any

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.sparse import csc_array

from retail_portfolio.inputs.case import Case
from retail_portfolio.inputs.faults import InputError
from retail_portfolio.model.number_words import amount, listed_names
from retail_portfolio.model.planning.plan import plan, value_of
from retail_portfolio.model.planning.plan_compare import _advice, compare, my_plan
from retail_portfolio.model.planning.plan_problem import Columns, Pulls, problem_of
from retail_portfolio.model.planning.plan_solve import chosen_flags
from retail_portfolio.model.planning.plan_steps import (
    MOST_STEPS,
    Step,
    after_step,
    changed_usd,
    steps_towards,
)
from retail_portfolio.model.planning.plan_task import PlanTask, optimum, plan_task
from tests.model.conftest import bill_of
from tests.model.plan_cases import Small, limited, small
from tests.model.plan_town import named, task_of, town_of

SITES = [f"shop-{n}" for n in range(1, 6)]


@pytest.fixture
def town(pencil_case: Case) -> Case:
    return town_of(pencil_case)


def flags_of(task: PlanTask, names: list[str]) -> np.ndarray:
    columns = task.problem.columns
    every = {columns.name(c): c for c in range(len(columns))}
    return chosen_flags(task.problem, [every[name] for name in names])


def all_plans(task: PlanTask) -> list[list[str]]:
    per_site = [[None, f"{s}:salon", f"{s}:booth"] for s in SITES]
    return [[n for n in picks if n] for picks in itertools.product(*per_site)]


def in_words(names: list[str]) -> dict[str, str]:
    return {n.partition(":")[0]: "convert_" + n.partition(":")[2] for n in names}


def marginal(task: PlanTask, names: list[str], store_id: str) -> float:
    """What a site adds to the others of a plan: as the plan has it, or in its better format."""
    others = [name for name in names if name.partition(":")[0] != store_id]
    has = [name for name in names if name not in others]
    ways = has or [f"{store_id}:salon", f"{store_id}:booth"]
    without = task.problem.value_usd(flags_of(task, others))
    return max(task.problem.value_usd(flags_of(task, [*others, way])) for way in ways) - without


@pytest.mark.slow
def test_every_plan_there_is_stands_where_it_should_beside_the_best(town: Case) -> None:
    task = task_of(town)
    best = optimum(task)
    top = named(plan(task, best).table)
    target = flags_of(task, top)
    most = task.problem.value_usd(target)
    for mine in all_plans(task)[::13]:
        found = compare(task, mine, best)
        chosen = flags_of(task, mine)
        gain = task.problem.value_usd(chosen)
        own, behind = (figure.value for figure in found.stores.figures)
        assert own == found.plan.objective_usd == pytest.approx(gain, abs=1e-6)
        assert behind == pytest.approx(most - gain, abs=1e-3)
        assert behind >= -1e-6 * most
        table = found.stores.table.set_index("store_id")
        assert set(table.index) == set(in_words(mine)) | set(in_words(top))
        for store_id, row in table.iterrows():
            assert row["my_decision"] == in_words(mine).get(str(store_id), "close")
            assert row["best_decision"] == in_words(top).get(str(store_id), "close")
            others = [n for n in top if n.partition(":")[0] != store_id]
            as_mine = others + [n for n in mine if n.partition(":")[0] == store_id]
            cost = most - task.problem.value_usd(flags_of(task, as_mine))
            assert row["cost_to_differ_usd"] == pytest.approx(cost, abs=1e-3)
            assert cost >= -1e-3
            for names, column in ((top, "best_value_usd"), (mine, "my_value_usd")):
                assert row[column] == pytest.approx(marginal(task, names, str(store_id)), abs=1e-3)


@pytest.mark.slow
def test_steps_are_differences_of_plans_and_end_at_the_best(town: Case) -> None:
    task = task_of(town)
    best = optimum(task)
    top = named(plan(task, best).table)
    for mine in all_plans(task)[::11]:
        steps = compare(task, mine, best).steps.table
        now, gain = set(mine), task.problem.value_usd(flags_of(task, mine))
        for row in steps.itertuples():
            drop = {name for name in row.drop.split(", ") if name}
            add = {name for name in row.add.split(", ") if name}
            assert drop <= now
            assert add <= set(top)
            assert not drop & set(top)
            now = (now - drop) | add
            worth = task.problem.value_usd(flags_of(task, sorted(now)))
            assert row.gain_usd == pytest.approx(worth - gain, abs=1e-3)
            assert row.objective_usd == pytest.approx(worth, abs=1e-3)
            assert row.behind_best_usd == pytest.approx(best.value_usd[0] - worth, abs=1e-3)
            gain = worth
        assert now == set(top)
        assert steps["breaks"].eq("").all()


@pytest.mark.slow
def test_the_first_step_is_the_best_single_change_towards_the_best(town: Case) -> None:
    task = task_of(town)
    target = chosen_flags(task.problem, optimum(task).chosen[0])
    site = task.problem.columns.site
    for mine in all_plans(task)[::5]:
        chosen = flags_of(task, mine)
        if (chosen == target).all():
            assert list(steps_towards(task, chosen, target)) == []
            continue
        gains = []
        for one in np.unique(site[chosen != target]):
            moved = np.where(site == one, target, chosen)
            gains.append(task.problem.value_usd(moved) - task.problem.value_usd(chosen))
        first = next(iter(steps_towards(task, chosen, target)))
        assert first.gain_usd >= max(gains) - 1e-3
        if len(first.drop) + len(first.add) == 1:
            assert first.gain_usd == pytest.approx(max(gains), abs=1e-3)


def two_sites(*, apart: bool, costs_usd: tuple[float, float]) -> Any:
    """Two sites that each draw three quarters of 10 M, of one demand point or of one each."""
    relative = csc_array(np.eye(2) * 3 if apart else np.full((1, 2), 3.0))
    worth = np.full(relative.shape[0], 10e6)
    site, ones = np.arange(2), np.ones(2)
    columns = Columns(
        *(site, ("f", "f"), ones.astype(int), site),
        *(-np.array(costs_usd), ones, ("s0", "s1")),
    )
    pulls = Pulls(relative, worth, np.ones((2, 1)), np.ones(1))
    return SimpleNamespace(problem=problem_of(columns, pulls), rules=())


def test_a_swap_is_one_step_where_neither_half_pays() -> None:
    # Alone 7.5 M, both 60 / 7 M: dropping the one loses 5.5 M, adding the other 0.4 M.
    task = two_sites(apart=False, costs_usd=(2e6, 1.5e6))
    first, second = np.array([True, False]), np.array([False, True])
    steps = list(steps_towards(task, first, second))
    assert [(step.drop, step.add) for step in steps] == [((0,), (1,))]
    assert steps[0].gain_usd == pytest.approx(0.5e6)
    assert changed_usd(task.problem, first, (0,), ()) == pytest.approx(-5.5e6)
    assert changed_usd(task.problem, first, (), (1,)) == pytest.approx((60 / 7 - 9.0) * 1e6)


def test_halves_that_both_pay_are_steps_of_their_own() -> None:
    task = two_sites(apart=True, costs_usd=(9e6, 1.5e6))
    first, second = np.array([True, False]), np.array([False, True])
    steps = list(steps_towards(task, first, second))
    assert [(step.drop, step.add) for step in steps] == [((), (1,)), ((0,), ())]
    assert [step.gain_usd for step in steps] == pytest.approx([6e6, 1.5e6])


@pytest.mark.slow
def test_steps_keep_to_the_limits_that_the_plan_kept(town: Case) -> None:
    task = task_of(town, max_conversions=2)
    best = optimum(task)
    looked = 0
    for mine in all_plans(task):
        if len(mine) != 2:
            continue
        found = compare(task, mine, best)
        steps = found.steps.table
        assert found.plan.violations == ()
        assert steps["breaks"].eq("").all()
        if len(steps):
            assert steps["behind_best_usd"].iloc[-1] == pytest.approx(0, abs=1e-3)
            looked += int((steps["drop"] != "").any())
    assert looked > 10


@pytest.mark.slow
def test_a_plan_past_its_limits_is_not_led_further_past_them(town: Case) -> None:
    task = task_of(town, max_conversions=1)
    target = chosen_flags(task.problem, optimum(task).chosen[0])
    for mine in all_plans(task):
        count = len(mine)
        for step in steps_towards(task, flags_of(task, mine), target):
            after = count + len(step.add) - len(step.drop)
            assert after <= max(count, 1)
            count = after


def test_a_change_is_valued_in_every_part_that_it_touches() -> None:
    choice = small(3, 9, towns=3)
    assert len(choice.problem.blocks) == 3
    rng = np.random.default_rng(1)
    for _ in range(20):
        chosen, after = rng.random((2, 9)) < 0.5
        drop, add = np.flatnonzero(chosen & ~after), np.flatnonzero(after & ~chosen)
        gain = choice.worth(after.astype(float)) - choice.worth(chosen.astype(float))
        assert changed_usd(choice.problem, chosen, drop, add) == pytest.approx(gain, abs=1.0)


@pytest.mark.slow
def test_a_plan_that_breaks_limits_says_so_and_is_not_called_worse(town: Case) -> None:
    free = named(plan(task_of(town)).table)
    task = task_of(town, max_conversions=1, force_out=("shop-2",))
    found = compare(task, free)
    assert found.plan.status == "infeasible"
    assert "more than the best plan that keeps to the limits" in found.stores.sentence
    assert "It breaks what the scenario asks for: at most 1 conversion" in found.stores.sentence
    assert found.stores.figures[1].value < 0
    excess = [text.count("at most 1 conversion") for text in found.steps.table["breaks"]]
    assert excess == sorted(excess, reverse=True)
    adds = found.steps.table["add"].ne("") & found.steps.table["drop"].eq("")
    assert not adds.any()  # nothing is added where there are too many already
    assert found.steps.table["breaks"].iloc[-1] == ""


@pytest.mark.slow
def test_advice_stops_at_half_of_the_shortfall_and_before_a_loss(town: Case) -> None:
    task = task_of(town)
    first, second, third = (Step((), (column,), 2e6) for column in (0, 2, 4))
    loses = Step((0,), (), -1e6)  # room has to be made before the next can come in
    assert _advice(task, [loses, second], 1e6) == ""
    assert _advice(task, [first, loses], 9e6) == "; adding A would bring USD 2.0 M of it"
    assert _advice(task, [first, second], 4e6) == "; adding A would bring USD 2.0 M of it"
    assert _advice(task, [first, second], 4.1e6) == "; adding A and B would bring USD 4.0 M of it"
    every = [first, second, third, Step((), (6,), 2e6)]
    assert _advice(task, every, 99e6) == "; adding A, B and C would bring USD 6.0 M of it"


@pytest.mark.slow
def test_opening_years_are_said_where_openings_are_spread(town: Case) -> None:
    task = task_of(town, openings_per_year=1, opening_years=3, min_conversions=3)
    top = named(plan(task).table)
    mine = [*top[:-1]]
    found = compare(task, mine)
    texts = found.steps.table["add"].tolist() + found.steps.table["drop"].tolist()
    assert all(" in year " in text for text in texts if text)
    assert found.steps.table["behind_best_usd"].iloc[-1] == pytest.approx(0, abs=1e-3)


@pytest.mark.slow
def test_the_sentence_counts_what_it_says(town: Case) -> None:
    task = task_of(town)
    best = optimum(task)
    top = named(plan(task, best).table)
    most = best.value_usd[0]
    same = compare(task, top, best).stores.sentence
    assert same.endswith(f"gains {amount(most, 'USD')}, as much as the best plan there is.")
    nobody = compare(task, [], best).stores.sentence
    assert nobody.startswith("Your plan closes every site and gains nothing, ")
    assert f"{amount(most, 'USD')} less than the best plan of {len(top)} sites" in nobody
    fewer = compare(task, top[1:], best)
    name = "ABCDE"[int(top[0].partition(":")[0][-1]) - 1]
    behind = most - fewer.plan.objective_usd
    assert fewer.stores.sentence == (
        f"Your plan of {len(top) - 1} site{'s' if len(top) > 2 else ''} gains "
        f"{amount(fewer.plan.objective_usd, 'USD')}, {amount(behind, 'USD')} less than the best "
        f"plan of {len(top)} sites; adding {name} would bring all of it."
    )
    other = {"salon": "booth", "booth": "salon"}[top[0].partition(":")[2]]
    turned = compare(task, [f"{top[0].partition(':')[0]}:{other}", *top[1:]], best)
    assert f"; changing {name} to {'Salon' if other == 'booth' else 'Booth'} would bring all" in (
        turned.stores.sentence
    )


@pytest.mark.slow
def test_the_scenario_names_a_plan_or_none(town: Case) -> None:
    def with_plan(mine: Any) -> PlanTask:
        scenario = town.scenario.model_copy(update={"my_plan": mine})
        moved = Case(**{n: getattr(town, n) for n in town.__slots__} | {"scenario": scenario})
        return plan_task(moved, bill_of(moved).table)

    assert my_plan(with_plan(None)) is None
    nobody = my_plan(with_plan(()))
    assert nobody is not None
    assert nobody.plan.objective_usd == 0
    one = my_plan(with_plan(("shop-1",)))
    assert one is not None
    assert one.plan.objective_usd == value_of(with_plan(None), ["shop-1"]).objective_usd
    with pytest.raises(InputError, match=r"column my_plan: found 'shop-11'.*did you mean 'shop-1'"):
        with_plan(("shop-11",))


@pytest.mark.slow
def test_a_fault_names_where_the_plan_was_named(town: Case) -> None:
    task = task_of(town)
    with pytest.raises(InputError, match=r"^my_plan: found 'shop-9'"):
        compare(task, ["shop-9"])
    with pytest.raises(InputError, match=r"^here: found 'shop-9'"):
        compare(task, ["shop-9"], where="here")


@pytest.mark.slow
@settings(max_examples=60)
@given(choice=limited(), seed=st.integers(0, 2**31))
def test_steps_of_any_choice_add_up(choice: Small, seed: int) -> None:
    problem = choice.problem
    task: Any = SimpleNamespace(problem=problem, rules=choice.rules)
    rng = np.random.default_rng(seed)

    def anything() -> np.ndarray:
        chosen = np.zeros(len(problem.columns), bool)
        for site in range(len(problem.columns.store_id)):
            mine = np.flatnonzero(problem.columns.site == site)
            if rng.random() < 0.5:
                chosen[rng.choice(mine)] = True
        return chosen

    start, target = anything(), anything()
    now, total = start, choice.worth(start.astype(float))
    steps = list(steps_towards(task, start, target))
    assert len(steps) <= MOST_STEPS
    for step in steps:
        after = after_step(now, step)
        gain = choice.worth(after.astype(float)) - choice.worth(now.astype(float))
        assert step.gain_usd == pytest.approx(gain, abs=1.0, rel=1e-6)
        assert changed_usd(problem, now, step.drop, step.add) == step.gain_usd
        # A plan that keeps to the limits is not led out of them where a single step could stay.
        sites = problem.columns.site
        if choice.keeps(now) and not choice.keeps(after):
            for site in np.unique(sites[now != target]):
                assert not choice.keeps(np.where(sites == site, target, now))
        now, total = after, total + step.gain_usd
    assert (now == target).all()
    assert total == pytest.approx(choice.worth(target.astype(float)), abs=10.0, rel=1e-6)


def test_names_are_listed() -> None:
    assert listed_names(["A"]) == "A"
    assert listed_names(["A", "B"]) == "A and B"
    assert listed_names(["A", "B", "C"]) == "A, B and C"
    assert listed_names(list("ABCDE"), 3) == "A, B, C and 2 more"


@pytest.mark.slow
def test_the_tables_say_what_their_columns_mean(town: Case) -> None:
    found = compare(task_of(town), ["shop-1"])
    for result in (found.stores, found.steps):
        money = {c for c in result.table.columns if c.endswith("_usd")}
        assert dict(result.units) == dict.fromkeys(money, "usd")
        assert money <= set(result.origins)
        assert isinstance(result.table, pd.DataFrame)
