"""The same choice with `scipy.optimize.milp` started anew after every round of tangents.

maximise k x + theta, theta below the tangent of the gain at every plan found so far, one column a
site at most. Each answer is a plan: its own tangent is added, and the program is solved anew. The
best plan is the floor, the last program's bound the ceiling.
"""

from __future__ import annotations

import time
from typing import TYPE_CHECKING, Any

import numpy as np
from scipy.optimize import Bounds, LinearConstraint, milp

from sides.plan_choice import made_up

if TYPE_CHECKING:
    from collections.abc import Callable

USD_PER_UNIT = 1e6


def prepare(options: dict[str, Any]) -> Callable[[], dict[str, np.ndarray]]:
    """Return the search; options as in `sides.plan_made_up_ours`, and ``seconds`` to stop at."""
    choice = made_up(options)
    relative = choice["relative"]
    ramps, weight = _epochs(choice["mean_ramp"][0], choice["year_weight"])
    worth, linear = choice["worth_usd_year"] / USD_PER_UNIT, choice["linear_usd"] / USD_PER_UNIT

    def gain_and_slope(x: np.ndarray) -> tuple[float, np.ndarray]:
        crowd = (relative @ x)[:, None] * ramps
        gain = worth @ (crowd / (1 + crowd)) @ weight
        return float(gain), ((worth[:, None] / (1 + crowd) ** 2) @ (weight * ramps)) @ relative

    def run() -> dict[str, np.ndarray]:
        began, size = time.perf_counter(), len(linear)
        site = (np.unique(choice["site"])[:, None] == choice["site"]).astype(float)
        rows, highs = [np.append(row, 0.0) for row in site], [1.0] * len(site)
        at, best, bound, rounds = np.zeros(size), 0.0, np.inf, 0  # to convert nothing gains 0
        while bound - best > options["gap"] * max(1.0 / USD_PER_UNIT, abs(best)):
            left = options["seconds"] - (time.perf_counter() - began)
            if left <= 0:
                break
            gain, slope = gain_and_slope(at)
            best = max(best, float(linear @ at) + gain)
            rows.append(np.append(-slope, 1.0))
            highs.append(gain - float(slope @ at))
            answer = milp(
                -np.append(linear, 1.0),
                integrality=np.append(np.ones(size), 0.0),
                bounds=Bounds(
                    np.append(np.zeros(size), 0.0), np.append(np.ones(size), worth.sum() * 1e3)
                ),
                constraints=LinearConstraint(np.array(rows), -np.inf, np.array(highs)),
                options={"time_limit": left, "mip_rel_gap": options["gap"] / 10},
            )
            rounds += 1
            if answer.mip_dual_bound is not None:
                bound = min(bound, -answer.mip_dual_bound)
            if answer.x is None:
                break
            at = np.round(answer.x[:size])
        gap = (bound - best) / max(1.0 / USD_PER_UNIT, abs(best))
        numbers = {"value": best * USD_PER_UNIT, "gap": gap, "rounds": rounds}
        return {name: np.array(number) for name, number in numbers.items()}

    return run


def _epochs(ramp: np.ndarray, weight: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Take years of equal ramps together."""
    ramps, year = np.unique(ramp, return_inverse=True)
    return ramps, np.bincount(year, weight)
