"""The plan of the bundled case, from its market to the proof."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import highspy  # noqa: F401 - imported on first use by the models; here before the start
import numpy as np

from retail_portfolio.inputs import load_case
from retail_portfolio.model.closure import closure_table
from retail_portfolio.model.conversion import setting_of
from retail_portfolio.model.plan_task import optimum, plan_task

if TYPE_CHECKING:
    from collections.abc import Callable


def prepare(options: dict[str, Any]) -> Callable[[], dict[str, np.ndarray]]:
    """Return the plan; option ``overrides``: settings as on the command line."""
    case = load_case("base", "", options["overrides"])
    bill, place = closure_table(case), setting_of(case)

    def run() -> dict[str, np.ndarray]:
        task = plan_task(case, bill, place)
        found = optimum(task)
        return {
            "value": np.array(found.value_usd[0]),
            "gap": np.array(found.gap),
            "conversions": np.array(len(found.chosen[0])),
        }

    return run
