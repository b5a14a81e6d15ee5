"""The best plan under each other scenario of the portfolio, valued under that scenario.

Who shops where hangs on few settings and few rows of the ledger. A scenario that moves none of them
is planned on the trade areas of the run, which takes most of the work off; the plan is the same.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from retail_portfolio.inputs.faults import InputError
from retail_portfolio.model.closing.closure import closure_table
from retail_portfolio.model.market.trade_areas import follow, trade_areas
from retail_portfolio.model.market.transfer import trade_facts
from retail_portfolio.model.opening.conversion import setting_of
from retail_portfolio.model.planning.frontier_plans import ListedPlan, best_of, listed
from retail_portfolio.model.planning.plan_task import optimum, plan_task

if TYPE_CHECKING:
    from collections.abc import Iterable

    from retail_portfolio.inputs.case import Case
    from retail_portfolio.inputs.neighbours import Neighbour
    from retail_portfolio.model.market.trade_areas import TradeAreas
    from retail_portfolio.model.planning.plan_task import PlanTask

GROUND = (
    *("formats", "decisions", "convert_from", "convert_to"),
    *("distance_decay", "trade_area_minutes", "travel_times"),
)
"""Settings that decide which options there are and who reaches them."""


def scenario_plans(neighbours: Iterable[Neighbour], trade: TradeAreas) -> tuple[ListedPlan, ...]:
    """Find the best plan of every other scenario.

    Parameters
    ----------
    neighbours
        The scenarios, from `retail_portfolio.inputs.neighbours`.
    trade
        The trade areas of the run.

    Returns
    -------
    tuple of ListedPlan
        One a scenario, in their order; ``unreadable`` or ``infeasible`` with the reason where a
        scenario cannot be used or its limits leave no plan.
    """
    return tuple(_best_of(one, trade) for one in neighbours)


def _best_of(neighbour: Neighbour, trade: TradeAreas) -> ListedPlan:
    plan, title = f"scenario-{neighbour.name}", neighbour.title
    if neighbour.case is None:
        return ListedPlan(plan, "scenario", title, "unreadable", note=neighbour.why_not)
    try:
        task = _task_of(neighbour.case, trade)
        return listed(task, plan, "scenario", title, best_of(optimum(task)))
    except InputError as error:
        why = "; ".join(str(fault) for fault in error.faults)
        return ListedPlan(plan, "scenario", title, "infeasible", note=why)


def _task_of(case: Case, known: TradeAreas) -> PlanTask:
    same = all(getattr(case.scenario, key) == getattr(known.scenario, key) for key in GROUND)
    trade = follow(case, known) if same else trade_areas(case)
    return plan_task(case, closure_table(case, trade_facts(case, trade)), setting_of(case, trade))
