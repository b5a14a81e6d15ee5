"""The best plan by retail_portfolio, with its proof."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import highspy  # noqa: F401 - imported on first use by the models; here before the start
import numpy as np
import scipy.sparse.csgraph  # noqa: F401 - as above
from common.choices import problem_in

from retail_portfolio.model.plan_local import LocalSearch, greedy, limits_of
from retail_portfolio.model.plan_rules import Rule
from retail_portfolio.model.plan_solve import SLACK, chosen_flags, feasible_start, solve

if TYPE_CHECKING:
    from collections.abc import Callable


def prepare(options: dict[str, Any]) -> Callable[[], dict[str, np.ndarray]]:
    """Return the search.

    Parameters
    ----------
    options
        ``files`` of metros; ``kind``: ``proof``, ``local`` or ``greedy``; ``gap``;
        ``budget_share``: of what all sites cost, or null for no budget.
    """
    problem, beside = problem_in(options["files"])
    rules = []
    if options["budget_share"] is not None:
        money = np.array([options["budget_share"] * beside["capital"].sum()])
        rules = [Rule("budget", "", beside["capital"][None], np.array([-np.inf]), money)]
    limits = limits_of(rules, len(problem.columns), SLACK)

    def run() -> dict[str, np.ndarray]:
        if options["kind"] == "proof":
            found = solve(problem, rules, gap=options["gap"])
            chosen, gap = chosen_flags(problem, found.chosen[0]), found.gap
        else:
            start = feasible_start(problem, limits)
            chosen = (
                greedy(problem, limits, start)
                if options["kind"] == "greedy"
                else LocalSearch(problem, limits, start).run()
            )
            gap = np.nan
        value = problem.value_usd(chosen)
        return {"chosen": chosen, "value": np.array(value), "gap": np.array(gap)}

    return run
