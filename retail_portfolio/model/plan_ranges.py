"""How far the plan moves: its range over draws of all assumptions, and with the horizon.

The plan is chosen anew in every draw (`retail_portfolio.model.uncertainty`), and the number of
conversions and the gain are told from the 5th to the 95th percentile. A plan with limits is solved
in the first draws only (`retail_portfolio.model.uncertain_plans`); those in which the limits leave
no plan count in neither range. The horizon is a choice and not
an assumption, so that it is moved by itself.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from retail_portfolio.model.closure import closure_table
from retail_portfolio.model.plan import plan, with_ranges
from retail_portfolio.model.plan_bound import ceiling
from retail_portfolio.model.plan_solve import solve
from retail_portfolio.model.plan_task import PlanTask, optimum, problem_of_case
from retail_portfolio.model.requirements import LEASE_NAMES
from retail_portfolio.model.result import Result
from retail_portfolio.model.trade_areas import follow
from retail_portfolio.model.uncertain_plans import uncertain_plans
from retail_portfolio.model.uncertainty import prepare, uniforms_of

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from retail_portfolio.inputs.case import Case
    from retail_portfolio.model.plan_bound import Ceiling
    from retail_portfolio.model.plan_problem import Problem
    from retail_portfolio.model.plan_solve import Found
    from retail_portfolio.model.result import PlanResult

    Floats = NDArray[np.float64]

ENDS = (0.05, 0.95)
"""Percentiles of a range, as shares."""
MOVED_GAP = 1e-4
"""Gap at which a plan under moved assumptions counts as found: its range is no finer."""


class Mover:
    """Chooses the plan of cases that differ from one case in little.

    Parameters
    ----------
    task
        The choice of that case.
    bill
        Table of its closures.
    found
        Its best plan.
    """

    def __init__(self, task: PlanTask, bill: pd.DataFrame, found: Found) -> None:
        self.task, self.bill = task, bill
        columns = task.problem.columns
        self.names = {_key(task.problem, column) for column in found.chosen[0]}
        self.best = (float(len(found.chosen[0])), found.value_usd[0])
        self.size = len(columns)

    def totals(self, moved: Case) -> tuple[float, float]:
        """Count the conversions of a moved case's best plan, and its gain.

        Where the rules leave no plan under the moved assumptions, nothing converts.
        """
        place = self.task.place
        place = replace(place, trade=follow(moved, place.trade))
        bill = self.bill if _same_leases(moved, self.task.case) else closure_table(moved)
        problem, _ = problem_of_case(moved, bill, place)
        if len(problem.columns) != self.size and self.task.rules:
            return self.best  # rules are rows over the columns there were
        columns = range(len(problem.columns))
        start = np.array([_key(problem, c) in self.names for c in columns], dtype=bool)
        tops = self._ceilings(problem)
        found = solve(problem, self.task.rules, gap=MOVED_GAP, start=start, ceilings=tops)
        if found is None:
            return 0.0, 0.0
        return float(len(found.chosen[0])), found.value_usd[0]

    def _ceilings(self, problem: Problem) -> list[Ceiling]:
        """Take over what the base knows, where the market is the same."""
        base = self.task.problem
        same = len(base.blocks) == len(problem.blocks) and all(
            np.array_equal(a.relative.data, b.relative.data)
            and np.array_equal(a.pull, b.pull)
            and np.array_equal(a.weight, b.weight)
            and np.array_equal(a.worth_usd_year, b.worth_usd_year)
            for a, b in zip(base.blocks, problem.blocks, strict=True)
        )
        if not same:
            return [ceiling(block) for block in problem.blocks]
        return [
            replace(top, block=block)
            for top, block in zip(self.task.ceilings, problem.blocks, strict=True)
        ]


def _key(problem: Problem, column: int) -> tuple[str, int]:
    return problem.columns.name(column), int(problem.columns.opening_year[column])


def _same_leases(one: Case, other: Case) -> bool:
    """Tell whether nothing that the bill's exits depend on differs."""

    def rows(case: Case) -> list[object]:
        wanted = set(LEASE_NAMES)
        return [row for key, row in case.ledger.items() if key.partition(".")[0] in wanted]

    return rows(one) == rows(other)


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
    number, money = result.figures
    return with_ranges(result, _range(counts, number.value), _range(gains, money.value))


def _range(drawn: Floats, value: float | None) -> tuple[float, float]:
    """Range from the 5th to the 95th percentile, opened as far as the value of the base."""
    low, high = np.quantile(drawn, ENDS).tolist()
    least, greatest = (low, high) if value is None else (min(low, value), max(high, value))
    return float(least), float(greatest)


def horizon_rows(
    task: PlanTask, bill: pd.DataFrame, found: Found | None = None
) -> list[tuple[float, float, float]]:
    """Years, conversions and gain, from half of the horizon to one and a half of it."""
    best = optimum(task) if found is None else found
    mover, years = Mover(task, bill, best), task.case.scenario.horizon_years
    rows = []
    for horizon in dict.fromkeys((max(years // 2, 1), years, years + years // 2)):
        scenario = task.case.scenario.model_copy(update={"horizon_years": horizon})
        count, gain = mover.totals(replace(task.case, scenario=scenario))
        rows.append((float(horizon), count, gain))
    return rows


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
        f"The horizon decides how many sites convert: {', '.join(parts)} years.",
        {"horizon_years": "years", "stores_converting": "stores", "plan_gain_usd": "usd"},
        {"stores_converting": "modelled", "plan_gain_usd": "modelled"},
    )
