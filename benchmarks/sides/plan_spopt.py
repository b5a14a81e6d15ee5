"""Sites picked by the location models of `spopt`, in its own environment."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import pulp
from spopt.locate import MCLP, PMedian

if TYPE_CHECKING:
    from collections.abc import Callable


def prepare(options: dict[str, Any]) -> Callable[[], dict[str, np.ndarray]]:
    """Return the pick; options ``files`` (one metro), ``model``, ``count``, ``radius_minutes``.

    The p-median gets the points with the most spending only, ``most_points`` of them: with all of
    them it takes minutes.
    """
    with np.load(options["files"][0]) as file:
        minutes, spending = file["minutes"], file["spending"]
    if options["model"] == "p_median":
        heavy = np.sort(np.argsort(-spending, kind="stable")[: options["most_points"]])
        minutes, spending = minutes[heavy], spending[heavy]
    solver = pulp.PULP_CBC_CMD(msg=False, threads=1)

    def run() -> dict[str, np.ndarray]:
        if options["model"] == "p_median":
            model = PMedian.from_cost_matrix(minutes, spending, p_facilities=options["count"])
        else:
            model = MCLP.from_cost_matrix(
                minutes, spending, options["radius_minutes"], p_facilities=options["count"]
            )
        model = model.solve(solver)
        picked = [bool(variable.value() > 0.5) for variable in model.fac_vars]  # noqa: PLR2004
        return {"chosen": np.array(picked)}

    return run
