"""The same choice by scipy.milp, begun anew after every tangent: what the textbook does.

Tangents of the gain at whole numbers, one program at a time, until its value meets the best plan.
"""

from __future__ import annotations

import time
from typing import TYPE_CHECKING, Any

import numpy as np
from scipy.optimize import Bounds, LinearConstraint, milp

if TYPE_CHECKING:
    from collections.abc import Callable

SCALE = 1e-6


def prepare(options: dict[str, Any]) -> Callable[[], dict[str, np.ndarray]]:
    """Return the search; options ``files`` (one metro), ``gap``, ``most_seconds``."""
    with np.load(options["files"][0]) as file:
        relative, worth, linear = file["relative"], file["worth"] * SCALE, file["linear"] * SCALE

    def gain(chosen: np.ndarray) -> tuple[float, np.ndarray]:
        crowd = relative @ chosen
        return float(worth @ (crowd / (1 + crowd))), relative.T @ (worth / (1 + crowd) ** 2)

    def run() -> dict[str, np.ndarray]:
        began, sites = time.perf_counter(), len(linear)
        best, plan, bound = 0.0, np.zeros(sites), np.inf
        rows, most = [], []
        at = np.full(sites, 0.5)
        cost = -np.append(linear, 1.0)
        high = np.append(np.ones(sites), worth.sum())
        while time.perf_counter() - began < options["most_seconds"]:
            value, slope = gain(at)
            rows.append(np.append(-slope, 1.0))
            most.append(value - slope @ at)
            found = milp(
                cost,
                integrality=np.append(np.ones(sites), 0),
                bounds=Bounds(0, high),
                constraints=LinearConstraint(np.array(rows), -np.inf, np.array(most)),
                options={"mip_rel_gap": 0.1 * options["gap"]},
            )
            bound, at = -found.fun, np.round(found.x[:sites])
            value = gain(at)[0] + linear @ at
            if value > best:
                best, plan = value, at
            if bound - best <= options["gap"] * abs(best):
                break
        gap = (bound - best) / max(1.0, abs(best))
        answer = {"chosen": plan > 0, "value": best / SCALE, "gap": gap, "rounds": len(rows)}
        return {name: np.array(value) for name, value in answer.items()}

    return run
