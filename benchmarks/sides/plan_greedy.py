"""A plan built by hand: the best column is added as long as one gains."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from retail_portfolio.model.planning.plan_local import LEAST_USD, LocalSearch

if TYPE_CHECKING:
    from retail_portfolio.model.planning.plan_local import Limits
    from retail_portfolio.model.planning.plan_problem import Problem


def greedy(problem: Problem, limits: Limits, chosen: np.ndarray) -> np.ndarray:
    """Add the best column as long as one gains, from the columns chosen already."""
    search = LocalSearch(problem, limits, chosen)
    while True:
        off = search.free()
        add = search.added(off, search.crowd)
        allowed = limits.hold(search.total[:, None] + limits.rows[:, off])
        add = np.where(allowed, add, -np.inf)
        if not len(off) or add.max() <= LEAST_USD:
            return search.chosen
        search.make(None, int(off[add.argmax()]))
