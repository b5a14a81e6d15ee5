"""How far the plan moves: its range over draws of all assumptions, and with the horizon.

The plan is chosen anew in every draw (`retail_portfolio.model.uncertain.uncertainty`), and the
number of conversions and the gain are told from the 5th to the 95th percentile. A plan with limits
is solved in the first draws only (`retail_portfolio.model.uncertain.uncertain_plans`); those in
which the limits leave no plan count in neither range. The horizon is a choice and not an
assumption, so that it is moved by itself.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from retail_portfolio.model.planning.plan import plan, with_ranges
from retail_portfolio.model.planning.plan_bound import ceiling
from retail_portfolio.model.planning.plan_solve import solve
from retail_portfolio.model.planning.plan_task import PlanTask, optimum, problem_of_case
from retail_portfolio.model.result import Result
from retail_portfolio.model.uncertain.uncertain_plans import uncertain_plans
from retail_portfolio.model.uncertain.uncertainty import prepare, uniforms_of

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from retail_portfolio.model.planning.plan_problem import Problem
    from retail_portfolio.model.planning.plan_solve import Found
    from retail_portfolio.model.result import PlanResult

    Floats = NDArray[np.float64]

ENDS = (0.05, 0.95)
"""Percentiles of a range, as shares."""
MOVED_GAP = 1e-4
"""Gap at which a plan over another horizon counts as found."""


def plan_with_range(task: PlanTask, found: Found | None = None) -> PlanResult:
    """Plan a case, with ranges of the number of conversions and of the gain.

    Parameters
    ----------
    task
        The choice.
    found
        Its best plan, where it is known.
    """
    best = optimum(task) if found is None else found
    result = plan(task, best)
    if not len(task.problem.columns):
        return with_ranges(result, (0.0, 0.0), (0.0, 0.0))
    ready = prepare(task.case)
    outcomes = ready.outcomes(uniforms_of(task.case, task.case.scenario.draws))
    if ready.screen is None:
        plans = uncertain_plans(ready, outcomes, task.case.scenario.solved_draws)
        there = ~np.isnan(plans.solved.value_usd)  # elsewhere the limits leave no plan
        counts = plans.solved.converts.sum(axis=1)[there]
        gains = plans.solved.value_usd[there]
    else:
        counts, gains = outcomes.stores_converting, outcomes.plan_value_usd
    if not len(gains):
        return result
    number, money, *_ = result.figures
    how = f"; range: P5 to P95 of {len(gains):,} draws of all assumptions together"
    ends = _range(counts, number.value), _range(gains, money.value)
    return with_ranges(result, *ends, how, "draws")


def _range(drawn: Floats, value: float | None) -> tuple[float, float]:
    """Range from the 5th to the 95th percentile, opened as far as the value of the base."""
    low, high = np.quantile(drawn, ENDS).tolist()
    least, greatest = (low, high) if value is None else (min(low, value), max(high, value))
    return float(least), float(greatest)


def horizon_rows(
    task: PlanTask, bill: pd.DataFrame, found: Found | None = None
) -> list[tuple[float, float, float]]:
    """Years, conversions and gain, from half of the horizon to one and a half of it.

    Where rules are rows over other columns than the horizon leaves, the plan counts as it is; where
    they leave no plan, nothing converts.
    """
    best = optimum(task) if found is None else found
    known = (_conversions(task.problem, best), best.value_usd[0])
    years = task.case.scenario.horizon_years
    rows = []
    for horizon in dict.fromkeys((max(years // 2, 1), years, years + years // 2)):
        count, gain = known if horizon == years else _over(task, bill, best, horizon, known)
        rows.append((float(horizon), count, gain))
    return rows


def _over(
    task: PlanTask, bill: pd.DataFrame, best: Found, horizon: int, known: tuple[float, float]
) -> tuple[float, float]:
    """Count the conversions of the best plan over another horizon, and its gain."""
    scenario = task.case.scenario.model_copy(update={"horizon_years": horizon})
    problem, _ = problem_of_case(replace(task.case, scenario=scenario), bill, task.place)
    if task.rules and len(problem.columns) != len(task.problem.columns):
        return known
    chosen = {_key(task.problem, column) for column in best.chosen[0]}
    columns = range(len(problem.columns))
    start = np.array([_key(problem, column) in chosen for column in columns], dtype=bool)
    tops = [ceiling(block) for block in problem.blocks]
    found = solve(problem, task.rules, gap=MOVED_GAP, start=start, ceilings=tops)
    if found is None:
        return 0.0, 0.0
    return _conversions(problem, found), found.value_usd[0]


def _conversions(problem: Problem, found: Found) -> float:
    """Count the conversions of the best plan."""
    return float(problem.columns.converts[list(found.chosen[0])].sum())


def _key(problem: Problem, column: int) -> tuple[str, int]:
    return problem.columns.name(column), int(problem.columns.opening_year[column])


def horizons(task: PlanTask, bill: pd.DataFrame, found: Found | None = None) -> Result:
    """Say how the answer moves with the years a conversion is valued over.

    Returns
    -------
    Result
        Table with columns ``horizon_years, stores_converting, plan_gain_usd``: half of the
        scenario's horizon, the horizon, and one and a half of it. Leases with their options bind
        once the horizon exceeds them.
    """
    table = pd.DataFrame(
        horizon_rows(task, bill, found),
        columns=["horizon_years", "stores_converting", "plan_gain_usd"],
    )
    parts = [
        f"{row.stores_converting:.0f} over {row.horizon_years:.0f}" for row in table.itertuples()
    ]
    return Result(
        table,
        f"Sites that convert, by horizon: {', '.join(parts)} years.",
        {"horizon_years": "years", "stores_converting": "stores", "plan_gain_usd": "usd"},
        {"stores_converting": "modelled", "plan_gain_usd": "modelled"},
        words=task.case.words,
    )
