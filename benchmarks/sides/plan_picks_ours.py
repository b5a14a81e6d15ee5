"""What sets of sites are worth in the bundled case, by the plan's own objective."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from retail_portfolio.model.planning.plan import named_columns
from retail_portfolio.model.planning.plan_local import limits_of
from retail_portfolio.model.planning.plan_solve import chosen_flags
from retail_portfolio.model.planning.plan_task import optimum, plan_task
from sides.plan_case_ours import bundled
from sides.plan_greedy import greedy

if TYPE_CHECKING:
    from collections.abc import Callable

    from retail_portfolio.model.planning.plan_task import PlanTask


def prepare(options: dict[str, Any]) -> Callable[[], dict[str, np.ndarray]]:
    """Return the valuation.

    Parameters
    ----------
    options
        ``picks``: null to write down the choice for a peer, or sites by name of who picked them.
    """
    task = plan_task(*bundled(options.get("limits", {})))
    return lambda: _choice(task) if options["picks"] is None else _worth(task, options["picks"])


def _choice(task: PlanTask) -> dict[str, np.ndarray]:
    """Return minutes from points to candidates, spending, and the optimal and the greedy sites."""
    columns, place = task.problem.columns, task.place
    market, names = place.trade.market, place.trade.options["option"].tolist()
    best = chosen_flags(task.problem, optimum(task).chosen[0])
    none = np.zeros(len(columns), bool)
    simple = greedy(task.problem, limits_of(task.rules, len(columns), 1e-9), none)
    sites = np.unique(columns.site)
    at = place.sites.iloc[sites]
    demand = task.case.demand
    return {
        "sites": np.array([columns.store_id[site] for site in sites]),
        "lat": at["lat"].to_numpy(float),
        "lon": at["lon"].to_numpy(float),
        "point_lat": demand["lat"].to_numpy(float),
        "point_lon": demand["lon"].to_numpy(float),
        "spending": market.spending_usd_year[: len(demand)],
        "optimal": _sites(task, best),
        "greedy": _sites(task, simple),
        "value": np.array(task.problem.value_usd(best)),
        "greedy_value": np.array(task.problem.value_usd(simple)),
        "options": np.array(len(names)),
    }


def _sites(task: PlanTask, chosen: np.ndarray) -> np.ndarray:
    columns = task.problem.columns
    return np.array([columns.store_id[site] for site in columns.site[chosen]])


def _worth(task: PlanTask, picks: dict[str, list[str]]) -> dict[str, np.ndarray]:
    """Value each set of sites, each site in the format that is best for the set."""
    return {
        name: np.array(task.problem.value_usd(named_columns(task, sites)))
        for name, sites in picks.items()
    }
