"""The best plan of a made-up choice by `plan_solve.solve`, or a good one by local search alone."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import highspy  # noqa: F401 - the models import it on first use; here before the start
import numpy as np

from retail_portfolio.model.planning.plan_local import LocalSearch, limits_of
from retail_portfolio.model.planning.plan_solve import solve
from sides.plan_choice import budget_of, made_up, problem_from

if TYPE_CHECKING:
    from collections.abc import Callable

SLACK = 1e-9


def prepare(options: dict[str, Any]) -> Callable[[], dict[str, np.ndarray]]:
    """Return the search; bringing the choice into blocks is part of it.

    Parameters
    ----------
    options
        As in `sides.plan_choice`; ``gap``; ``proof``: false for local search alone;
        ``budget_share``: part of the capital of all columns that may be spent.
    """
    choice = made_up(options)

    def run() -> dict[str, np.ndarray]:
        problem = problem_from(choice)
        rules: Any = ()
        if "budget_share" in options:
            money = options["budget_share"] * float(problem.columns.capital_usd.sum())
            rules = budget_of(problem, money)
        if not options["proof"]:
            size = len(problem.columns)
            chosen = LocalSearch(problem, limits_of(rules, size, SLACK), np.zeros(size, bool)).run()
            return {"value": np.array(problem.value_usd(chosen))}
        found = solve(problem, rules, gap=options["gap"])
        if found is None:
            raise ValueError("no plan keeps to the budget")
        numbers = {"value": found.value_usd[0], "gap": found.gap, "nodes": found.nodes}
        numbers |= {"programs": found.programs, "conversions": len(found.chosen[0])}
        return {name: np.array(number) for name, number in numbers.items()}

    return run
