r"""The way from one plan to another, step by step, the step that gains most first.

With the gain V of `retail_portfolio.model.planning.plan_problem`, y the plan so far and y' the plan
with one change towards the plan aimed at, a step gains V(y') - V(y), exactly: each is valued in the
plan that the steps before it have made, so that gains add up. A step adds a site, drops one,
changes its format or opening year, or puts one in another one's place: where one of the two alone
gains nothing, or where the limits leave no room for one of them alone. Steps that pass no limit
further than the plan so far come before those that do.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import product
from typing import TYPE_CHECKING

import numpy as np

from retail_portfolio.model.planning.plan_local import limits_of
from retail_portfolio.model.planning.plan_rules import SLACK

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from retail_portfolio.model.planning.plan_local import Limits
    from retail_portfolio.model.planning.plan_problem import Problem
    from retail_portfolio.model.planning.plan_task import PlanTask

    Floats = NDArray[np.float64]
    Flags = NDArray[np.bool_]

MOST_STEPS = 12
"""Steps from the plan named towards the best that are worked out."""
TOGETHER = 12
"""So many of the best additions and removals are looked at in pairs."""
LEAST_USD = 1.0
"""A gain of less is none."""


@dataclass(frozen=True, slots=True)
class Step:
    """One change of a plan: columns that leave it and columns that come in, and what it gains."""

    drop: tuple[int, ...]
    add: tuple[int, ...]
    gain_usd: float


def column_of_site(task: PlanTask, chosen: Flags) -> list[int | None]:
    """Return the column that each site has in a plan, None where it closes."""
    columns = task.problem.columns
    found: list[int | None] = [None] * len(columns.store_id)
    for column in np.flatnonzero(chosen):
        found[columns.site[column]] = int(column)
    return found


def column_name(task: PlanTask, column: int) -> str:
    """Return ``store_id:format``, with the opening year where openings are spread over years."""
    columns = task.problem.columns
    spread = task.case.scenario.plan.openings_per_year is not None
    year = f" in year {columns.opening_year[column]}" if spread else ""
    return columns.name(column) + year


def site_change(was: int | None, becomes: int | None) -> tuple[tuple[int, ...], tuple[int, ...]]:
    """Return what leaves and what comes in when a site's column changes."""
    return (() if was is None else (was,)), (() if becomes is None else (becomes,))


def changed_usd(problem: Problem, chosen: Flags, drop: Sequence[int], add: Sequence[int]) -> float:
    """Return V after a change of a plan less V before it; only blocks that it touches are valued.

    Parameters
    ----------
    chosen
        The plan, shape ``(columns,)``.
    drop, add
        Columns that leave the plan and that come in.
    """
    after = chosen.copy()
    after[list(drop)] = False
    after[list(add)] = True
    moved = np.flatnonzero(after != chosen)
    total = float(problem.linear_usd @ (after.astype(float) - chosen.astype(float)))
    for block in problem.blocks:
        if np.isin(moved, block.columns).any():
            was, will = (flags[block.columns].astype(float) for flags in (chosen, after))
            total += block.gain_usd(block.crowd(will)) - block.gain_usd(block.crowd(was))
    return total


def steps_towards(task: PlanTask, chosen: Flags, target: Flags) -> Iterator[Step]:
    """Yield the steps from one plan to another, at most `MOST_STEPS`, the best one each time."""
    now = chosen.copy()
    for _ in range(MOST_STEPS):
        step = _best_step(task, now, target)
        if step is None:
            return
        yield step
        now = after_step(now, step)


def _best_step(task: PlanTask, now: Flags, target: Flags) -> Step | None:
    """Return the step that gains most, one that breaks no further limit if there is any."""
    problem = task.problem
    pairs = zip(column_of_site(task, now), column_of_site(task, target), strict=True)
    moves = [site_change(has, wants) for has, wants in pairs if has != wants]
    singles = [Step(d, a, changed_usd(problem, now, d, a)) for d, a in moves]
    if not singles:
        return None
    limits = limits_of(task.rules, len(problem.columns), SLACK)
    before = _excess(limits, now)
    steps = [(step, _keeps(limits, before, after_step(now, step))) for step in singles]
    kept = {(step.drop, step.add): keeps for step, keeps in steps}
    for drop, add in _pairs(singles):
        gain = changed_usd(problem, now, drop.drop, add.add)
        swap = Step(drop.drop, add.add, gain)
        one, other = sorted((drop.gain_usd, add.gain_usd))
        together = one <= LEAST_USD and gain > max(other, 0.0) + LEAST_USD
        keeps = _keeps(limits, before, after_step(now, swap))
        room = kept[drop.drop, ()] and kept[(), add.add]
        if together or (keeps and not room):
            steps.append((swap, keeps))
    return min(steps, key=lambda one: (not one[1], -one[0].gain_usd, one[0].drop, one[0].add))[0]


def _pairs(singles: Sequence[Step]) -> Iterator[tuple[Step, Step]]:
    """Yield the best removals with the best additions."""
    ranked = sorted(singles, key=lambda step: (-step.gain_usd, step.drop, step.add))
    drops = [step for step in ranked if not step.add][:TOGETHER]
    adds = [step for step in ranked if not step.drop][:TOGETHER]
    return product(drops, adds)


def _excess(limits: Limits, chosen: Flags) -> Floats:
    """Return by how much each row of the limits is passed, 0 where it holds."""
    total = limits.rows @ chosen.astype(float)
    found: Floats = np.maximum(total - limits.high, 0.0) + np.maximum(limits.low - total, 0.0)
    return found


def _keeps(limits: Limits, before: Floats, after: Flags) -> bool:
    """Tell whether a plan passes no limit further than before."""
    return bool((_excess(limits, after) <= before + SLACK).all())


def after_step(now: Flags, step: Step) -> Flags:
    """Return the plan that a step makes of another."""
    after = now.copy()
    after[list(step.drop)] = False
    after[list(step.add)] = True
    return after
