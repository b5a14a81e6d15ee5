"""Sites that `spopt` picks by p-median and by maximal coverage, in its own environment."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import pulp
from common.plain import great_circle_km
from spopt.locate import MCLP, PMedian

if TYPE_CHECKING:
    from collections.abc import Callable

KM_PER_MILE = 1.609344


def prepare(options: dict[str, Any]) -> Callable[[], dict[str, np.ndarray]]:
    """Return the picks.

    Parameters
    ----------
    options
        ``choice``: file with places and spending; ``number``: sites to pick; ``within_miles``:
        points farther from every candidate are left out, as a p-median would serve them too;
        ``radius_miles``: what a site covers.
    """
    with np.load(options["choice"]) as file:
        at = dict(file)
    points, sites = ((np.radians(at[p + "lat"]), np.radians(at[p + "lon"])) for p in ("point_", ""))
    miles = great_circle_km(*points, *sites) / KM_PER_MILE
    near = miles.min(axis=1) <= options["within_miles"]
    miles, spending = miles[near], at["spending"][near]

    def run() -> dict[str, np.ndarray]:
        found = {}
        many, radius = options["number"], options["radius_miles"]
        median = PMedian.from_cost_matrix(miles, spending, p_facilities=many)
        cover = MCLP.from_cost_matrix(miles, spending, radius, p_facilities=many)
        for name, model in (("p_median", median), ("mclp", cover)):
            model.problem.solve(pulp.PULP_CBC_CMD(msg=False))
            picked = [var.value() > 0.5 for var in model.fac_vars]  # noqa: PLR2004 - 0 or 1
            found[name] = at["sites"][np.array(picked)]
        return found

    return run
