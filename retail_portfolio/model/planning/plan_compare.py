r"""A plan that somebody names beside the best one: what it gains, where it differs, what to change.

Both are plans of one choice (`retail_portfolio.model.planning.plan_problem`) with gain V. Let x be
the best plan, y the one named, and x with site s as in y stand for the best plan in which that site
alone is decided as in y. Then

    shortfall           V(x) - V(y)
    cost to differ      V(x) - V(x with s as in y)      for each site, everything else as in x
    gain of a step      V(y') - V(y)                    y' is y with one more change towards x

Sites take sales from each other, so that costs to differ do not add up to the shortfall. Gains of
steps do: see `retail_portfolio.model.planning.plan_steps`.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from retail_portfolio.model import targets
from retail_portfolio.model.number_words import amount, counted, listed_names
from retail_portfolio.model.planning.plan import PROVEN, named_columns, value_of
from retail_portfolio.model.planning.plan_reasons import standing, store_names
from retail_portfolio.model.planning.plan_solve import chosen_flags
from retail_portfolio.model.planning.plan_steps import (
    LEAST_USD,
    Step,
    after_step,
    changed_usd,
    column_name,
    column_of_site,
    site_change,
    steps_towards,
)
from retail_portfolio.model.planning.plan_task import optimum
from retail_portfolio.model.result import Figure, PlanResult, Result

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from retail_portfolio.model.planning.plan_solve import Found
    from retail_portfolio.model.planning.plan_task import PlanTask

    Flags = NDArray[np.bool_]

NAMED_STEPS = 3
"""Steps that the sentence names at most, until they bring half of the shortfall."""
SETTING = "my_plan"
"""The setting that names a plan."""


@dataclass(frozen=True, slots=True)
class Comparison:
    """A named plan beside the best one.

    Parameters
    ----------
    plan
        The plan named, valued by the same model; the limits that it breaks are its ``violations``.
    stores
        One row a store that either plan does not close: ``store_id, best_decision, my_decision,
        best_value_usd, my_value_usd`` (marginal within each plan) and ``cost_to_differ_usd`` (0
        where both decide alike, below 0 where only the limits keep the best plan from it); with
        the sentence and the figures of the comparison.
    steps
        One row a step towards the best plan: ``step, change`` (in words), ``drop, add``
        (``store_id:format``, blank where the step has none), ``gain_usd, objective_usd,
        behind_best_usd`` after it, ``breaks`` (the limits that the plan then breaks).
    """

    plan: PlanResult
    stores: Result
    steps: Result


def compare(
    task: PlanTask, mine: Sequence[str], found: Found | None = None, where: str = SETTING
) -> Comparison:
    """Set a plan that converts exactly the sites named beside the best plan.

    Parameters
    ----------
    mine
        The sites that convert, each ``ID`` or ``ID:FORMAT``; the best format where none is named.
    found
        The best plan, where it is known.
    where
        What a fault calls the place where the plan was named.

    Raises
    ------
    InputError
        If a name is unknown or cannot be valued, or if the limits leave no plan.
    """
    best = optimum(task) if found is None else found
    chosen = named_columns(task, mine, where)
    target = chosen_flags(task.problem, best.chosen[0])
    plan = value_of(task, mine, best, where)
    steps = list(steps_towards(task, chosen, target))
    table = _steps_table(task, chosen, steps, best.value_usd[0])
    sentence = _sentence(task, plan, chosen, best, steps)
    return Comparison(
        plan,
        _stores(task, chosen, target, sentence, _figures(task, plan, best)),
        Result(
            table,
            _steps_sentence(
                table, best.value_usd[0] - plan.objective_usd, task.case.scenario.currency
            ),
            {c: "usd" for c in table.columns if c.endswith("_usd")},
            {c: "modelled" for c in table.columns if c.endswith("_usd")},
            words=task.case.words,
        ),
    )


def my_plan(task: PlanTask, found: Found | None = None) -> Comparison | None:
    """Set the plan that the scenario names beside the best one; None where it names none."""
    mine = task.case.scenario.my_plan
    return None if mine is None else compare(task, mine, found)


# ------------------------------------------------------------------------------------- stores
def decision_of_column(task: PlanTask, column: int | None) -> str:
    """Return what tables call the decision for a site: ``close`` where it has no column."""
    return (
        targets.CLOSE
        if column is None
        else targets.decision_of(task.problem.columns.to_format[column])
    )


def _stores(
    task: PlanTask, chosen: Flags, target: Flags, sentence: str, figures: tuple[Figure, ...]
) -> Result:
    problem = task.problem
    mine, best = column_of_site(task, chosen), column_of_site(task, target)
    values = [standing(task, flags)["marginal_usd"] for flags in (target, chosen)]
    rows = []
    for site, store_id in enumerate(problem.columns.store_id):
        has, wants = mine[site], best[site]
        if has is None and wants is None:
            continue
        cost = 0.0 if has == wants else -changed_usd(problem, target, *site_change(wants, has))
        worth = [float(value[store_id]) for value in values]
        decisions = (decision_of_column(task, wants), decision_of_column(task, has))
        rows.append((store_id, *decisions, *worth, cost))
    names = ["store_id", "best_decision", "my_decision"]
    money = ["best_value_usd", "my_value_usd", "cost_to_differ_usd"]
    table = pd.DataFrame(rows, columns=names + money).sort_values(
        ["cost_to_differ_usd", "best_value_usd"], ascending=False, kind="stable", ignore_index=True
    )
    units = dict.fromkeys(money, "usd")
    return Result(
        table,
        sentence,
        units,
        dict.fromkeys([*names[1:], *money], "modelled"),
        figures,
        words=task.case.words,
    )


def _steps_table(
    task: PlanTask, chosen: Flags, steps: Sequence[Step], best_usd: float
) -> pd.DataFrame:
    now, rows = chosen, []
    for number, step in enumerate(steps, start=1):
        now = after_step(now, step)
        worth = task.problem.value_usd(now)
        names = [", ".join(column_name(task, c) for c in part) for part in (step.drop, step.add)]
        breaks = "; ".join(rule.says for rule in task.rules if rule.broken_by(now))
        rows.append(
            (number, _doing(task, [step]), *names, step.gain_usd, worth, best_usd - worth, breaks)
        )
    names = [
        "step",
        "change",
        "drop",
        "add",
        "gain_usd",
        "objective_usd",
        "behind_best_usd",
        "breaks",
    ]
    return pd.DataFrame(rows, columns=names)


def _steps_sentence(table: pd.DataFrame, shortfall_usd: float, currency: str) -> str:
    if table.empty:
        return "There is nothing to change: the plan is the best one."
    last = table.iloc[-1]
    done = f"{len(table)} step{'s' if len(table) > 1 else ''}"
    if abs(last["behind_best_usd"]) <= max(LEAST_USD, PROVEN * abs(last["objective_usd"])):
        first = amount(table["gain_usd"].iloc[0], currency)
        return f"{done} lead to the best plan; the first brings {first}."
    gain, shortfall, left = (
        amount(usd, currency)
        for usd in (table["gain_usd"].sum(), shortfall_usd, last["behind_best_usd"])
    )
    return f"{done} change the gain by {gain}; of the shortfall of {shortfall} they leave {left}."


# ----------------------------------------------------------------------------------- sentence
def _sentence(
    task: PlanTask, plan: PlanResult, chosen: Flags, best: Found, steps: Sequence[Step]
) -> str:
    sites, most = int(chosen.sum()), best.value_usd[0]
    behind = most - plan.objective_usd
    verb = "gains" if plan.objective_usd >= 0 else "loses"
    currency = task.case.scenario.currency
    worth = amount(abs(plan.objective_usd), currency)
    who = f"Your plan of {counted(sites, 'site')} {verb} {worth}"
    if not sites:
        who = "Your plan closes every site and gains nothing"
    breaks = "; ".join(rule.partition(": ")[2] for rule in plan.violations)
    if abs(behind) <= max(LEAST_USD, PROVEN * abs(most)):
        said = f"{who}, as much as the best plan there is"
    elif behind < 0:
        more = amount(-behind, currency)
        said = f"{who}, {more} more than the best plan that keeps to the limits"
    else:
        best_sites = counted(len(best.chosen[0]), "site")
        said = f"{who}, {amount(behind, currency)} less than the best plan of {best_sites}"
        said += _advice(task, steps, behind)
    return f"{said}. It breaks what the scenario asks for: {breaks}." if breaks else f"{said}."


def _advice(task: PlanTask, steps: Sequence[Step], behind_usd: float) -> str:
    """Say which first steps bring most of the shortfall, or as much as three of them do."""
    taken: list[Step] = []
    for step in steps[:NAMED_STEPS]:
        if step.gain_usd <= 0:
            break
        taken.append(step)
        if sum(one.gain_usd for one in taken) >= behind_usd / 2:
            break
    if not taken:
        return ""
    brings = sum(one.gain_usd for one in taken)
    currency = task.case.scenario.currency
    share = "all" if brings >= (1 - PROVEN) * behind_usd else amount(brings, currency)
    return f"; {_doing(task, taken)} would bring {share} of it"


def _doing(task: PlanTask, steps: Sequence[Step]) -> str:
    columns = task.problem.columns
    stores = store_names(task)
    drops: list[str] = []
    adds: list[str] = []
    changes: list[str] = []
    for step in steps:
        sites = [{int(columns.site[c]) for c in part} for part in (step.drop, step.add)]
        both = sites[0] & sites[1]
        for part, said in ((step.drop, drops), (step.add, adds)):
            said += [stores[columns.store_id[columns.site[c]]] for c in part if not both]
        for column in step.add if both else ():
            label = targets.label_of(task.case.scenario, columns.to_format[column])
            if len({columns.to_format[c] for c in (*step.drop, column)}) == 1:
                label = f"year {columns.opening_year[column]}"
            changes.append(f"{stores[columns.store_id[columns.site[column]]]} to {label}")
    groups = (("dropping", drops), ("adding", adds), ("changing", changes))
    return ", ".join(f"{verb} {listed_names(names)}" for verb, names in groups if names)


def _figures(task: PlanTask, plan: PlanResult, best: Found) -> tuple[Figure, ...]:
    source = "plan model, for the plan that the scenario names"
    behind = best.value_usd[0] - plan.objective_usd
    values = (
        ("my_plan_gain_usd", "Gain of your plan over closing every store", plan.objective_usd),
        ("my_plan_shortfall_usd", "Gain that your plan leaves to the best one", behind),
    )
    return tuple(
        Figure(key, label, value, "usd", "modelled", source, words=task.case.words)
        for key, label, value in values
    )
