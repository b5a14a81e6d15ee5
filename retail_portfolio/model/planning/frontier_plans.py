"""What each proven plan decides: the plans of the frontiers, of other scenarios and a named one.

The frontiers know the best plan at each of their points. A reader who moves along them wants to see
which sites convert there, so that the plans are handed over as two tables: what each gains and
costs, and which stores convert in it. A store of the wave that a plan does not list closes.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Literal

import numpy as np
import pandas as pd

from retail_portfolio.model.number_words import amount, counted, listed_names
from retail_portfolio.model.planning.plan import PROVEN
from retail_portfolio.model.planning.plan_pool import FrontierPlan, capital_of
from retail_portfolio.model.planning.plan_solve import chosen_flags
from retail_portfolio.model.result import Result
from retail_portfolio.model.targets import converts, decision_of

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from retail_portfolio.inputs.speech import Speech
    from retail_portfolio.model.planning.plan_compare import Comparison
    from retail_portfolio.model.planning.plan_pool import Frontier
    from retail_portfolio.model.planning.plan_solve import Found
    from retail_portfolio.model.planning.plan_task import PlanTask

Axis = Literal["best", "number", "budget", "scenario", "named"]

BEST = "best"
"""Id of the best plan of the scenario, and its axis."""
PLAN_COLUMNS = (
    *("plan", "axis", "position", "title", "status"),
    *("objective_usd", "bound_usd", "gap", "capital_usd", "conversions", "note"),
)
"""Columns of the plans, one row a plan."""
STORE_COLUMNS = ("plan", "store_id", "decision")
"""Columns of the stores that do not close, one row a plan and store."""
_BEST_TITLE = "Best plan of this scenario"
_NAMED_TITLE = "The plan that the scenario names"
_NOTHING = "No conversion: every store closes"


@dataclass(frozen=True, slots=True)
class ListedPlan:
    """One plan with what it decides.

    Parameters
    ----------
    plan
        Its id: ``best``, ``number-12``, ``budget-28080000``, ``scenario-NAME``, ``named``.
    axis
        ``best``, ``number``, ``budget``, ``scenario`` or ``named``.
    title
        The plan in a few words.
    status
        ``optimal`` where no other plan at this point gains more, ``feasible`` where that is not
        proven, ``infeasible`` where a scenario has no plan or a named plan breaks limits,
        ``unreadable`` where a scenario's file cannot be used.
    position
        Number of conversions, or budget in USD; NaN on the other axes.
    objective_usd, bound_usd, capital_usd
        Gain over closing every store, what no plan gains more than, and what the conversions cost
        to build; NaN where there is no plan.
    decisions
        ``(store_id, decision)`` of every store that does not close.
    note
        Limits of the scenario that the plan breaks, or why there is none; else empty.
    """

    plan: str
    axis: Axis
    title: str
    status: str
    position: float = np.nan
    objective_usd: float = np.nan
    bound_usd: float = np.nan
    capital_usd: float = np.nan
    decisions: tuple[tuple[str, str], ...] = ()
    note: str = ""

    @property
    def gap(self) -> float:
        """``(bound - objective) / max(1, |objective|)``; NaN where there is no plan."""
        return (self.bound_usd - self.objective_usd) / max(1.0, abs(self.objective_usd))

    @property
    def conversions(self) -> float:
        """How many stores convert; NaN where there is no plan."""
        if not np.isfinite(self.objective_usd):
            return np.nan
        return float(sum(converts(decision) for _, decision in self.decisions))


@dataclass(frozen=True, slots=True)
class FrontierPlans:
    """Every plan a reader may look at.

    Parameters
    ----------
    plans
        Columns `PLAN_COLUMNS`: the best plan, those of the frontiers from little to much, those of
        other scenarios, the one named.
    stores
        Columns `STORE_COLUMNS`, in the order of the plans.
    """

    plans: Result
    stores: Result


def listed(task: PlanTask, plan: str, axis: Axis, title: str, one: FrontierPlan) -> ListedPlan:
    """List a plan of a task: its money, what it decides, and which limits of the task it breaks."""
    columns = task.problem.columns
    decisions = tuple(
        (columns.store_id[columns.site[c]], decision_of(columns.to_format[c])) for c in one.chosen
    )
    chosen = chosen_flags(task.problem, one.chosen)
    broken = [rule.says for rule in task.rules if rule.broken_by(chosen)]
    made = ListedPlan(
        plan,
        axis,
        title,
        "feasible",
        one.position,
        one.value_usd,
        max(one.bound_usd, one.value_usd),
        capital_of(task, one),
        decisions,
        f"beyond the limits of the scenario: {'; '.join(broken)}" if broken else "",
    )
    return replace(made, status="optimal" if made.gap <= PROVEN else "feasible")


def best_of(found: Found) -> FrontierPlan:
    """Return the best plan of a task, which stands at no point of a frontier."""
    return FrontierPlan(np.nan, found.chosen[0], found.value_usd[0], found.bound_usd)


def frontier_plans(
    task: PlanTask,
    found: Found,
    by_number: Frontier,
    by_budget: Frontier,
    mine: Comparison | None = None,
    others: Sequence[ListedPlan] = (),
) -> FrontierPlans:
    """Hand over what every known plan decides; nothing is solved for it.

    Parameters
    ----------
    task, found
        The choice and its best plan.
    by_number, by_budget
        The frontiers of the task.
    mine
        The plan that the scenario names, where it names one.
    others
        The best plans of other scenarios: `retail_portfolio.model.planning.scenario_plans`.
    """
    currency = task.case.scenario.currency
    plans = [listed(task, BEST, "best", _BEST_TITLE, best_of(found))]
    for one in by_number.plans:
        title = f"Best plan with {counted(one.position, 'conversion')}" if one.chosen else _NOTHING
        plans.append(listed(task, f"number-{one.position:.0f}", "number", title, one))
    for one in by_budget.plans:
        title = f"Best plan for {amount(one.position, currency)} of capital"
        plans.append(listed(task, f"budget-{one.position:.0f}", "budget", title, one))
    plans += others
    if mine is not None:
        plans.append(_named(task, mine))
    return _tables(plans, task.case.words)


def _named(task: PlanTask, mine: Comparison) -> ListedPlan:
    columns, table = task.problem.columns, mine.plan.table
    known = {
        (columns.store_id[columns.site[c]], decision_of(columns.to_format[c]), year): c
        for c, year in enumerate(columns.opening_year.tolist())
    }
    rows = zip(table["store_id"], table["decision"], table["opening_year"], strict=True)
    chosen = tuple(known[row] for row in rows if row in known)
    one = FrontierPlan(np.nan, chosen, mine.plan.objective_usd, mine.plan.bound_usd)
    return replace(listed(task, "named", "named", _NAMED_TITLE, one), status=mine.plan.status)


def _tables(plans: Sequence[ListedPlan], words: Speech) -> FrontierPlans:
    rows = [tuple(getattr(plan, column) for column in PLAN_COLUMNS) for plan in plans]
    table = pd.DataFrame(rows, columns=list(PLAN_COLUMNS))
    pairs = [(plan.plan, *decision) for plan in plans for decision in plan.decisions]
    stores = pd.DataFrame(pairs, columns=list(STORE_COLUMNS))
    units = {c: "usd" for c in table.columns if c.endswith("_usd")} | {"conversions": "stores"}
    return FrontierPlans(
        Result(
            table,
            _sentence(plans),
            units | {"gap": "ratio"},
            dict.fromkeys([*units, "gap"], "modelled"),
            words=words,
        ),
        Result(stores, _decisions(stores), {}, {"decision": "modelled"}, words=words),
    )


def _sentence(plans: Sequence[ListedPlan]) -> str:
    """Say how many plans there are, how many are proven, and which scenarios have none."""
    there = [plan for plan in plans if np.isfinite(plan.objective_usd)]
    found = [plan for plan in there if plan.axis != "named"]
    open_ = sum(plan.status != "optimal" for plan in found)
    proof = "each proven" if not open_ else f"all but {open_} proven"
    kinds = [(axis, sum(plan.axis == axis for plan in there)) for axis in ("number", "budget")]
    counts = [f"{count} by {axis}" for axis, count in kinds if count]
    scenarios = sum(plan.axis == "scenario" for plan in there)
    counts += [f"the best of {counted(scenarios, 'other scenario')}"] if scenarios else []
    said = f"{counted(len(there), 'plan')} to move through ({listed_names(counts)}), {proof}."
    return said + _missing(plan for plan in plans if not np.isfinite(plan.objective_usd))


def _decisions(stores: pd.DataFrame) -> str:
    """Say how many decisions the plans have that are not to close."""
    changed = int(stores["decision"].map(converts).sum())
    said = f"{changed:,} conversions"
    others = len(stores) - changed
    return f"{said} and {others:,} stores that stay or move." if others else f"{said}."


def _missing(plans: Iterable[ListedPlan]) -> str:
    names = [plan.title for plan in plans]
    if not names:
        return ""
    return f" No plan comes from {counted(len(names), 'scenario')}: {listed_names(names)}."
