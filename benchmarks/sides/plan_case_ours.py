"""The plan of the bundled case: its task and its proof, apart; and what other picks are worth."""

from __future__ import annotations

import time
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import highspy  # noqa: F401 - the models import it on first use; here before the start
import numpy as np

from retail_portfolio.inputs import load_case
from retail_portfolio.inputs.settings.scenario_parts import PlanLimits
from retail_portfolio.model.closing.closure import closure_table
from retail_portfolio.model.opening.conversion import setting_of
from retail_portfolio.model.planning.plan_task import optimum, plan_task

if TYPE_CHECKING:
    from collections.abc import Callable

    import pandas as pd

    from retail_portfolio.inputs.case import Case
    from retail_portfolio.model.opening.conversion import Setting


def bundled(limits: dict[str, Any]) -> tuple[Case, pd.DataFrame, Setting]:
    """Return the bundled case with limits, its bill and what surrounds its candidates."""
    case = load_case()
    bill, place = closure_table(case), setting_of(case)
    scenario = case.scenario.model_copy(update={"plan": PlanLimits(**limits)})
    return replace(case, scenario=scenario), bill, place


def prepare(options: dict[str, Any]) -> Callable[[], dict[str, np.ndarray]]:
    """Return the plan; ``limits`` is the one option. Case, bill and trade areas are at hand."""
    case, bill, place = bundled(options["limits"])

    def run() -> dict[str, np.ndarray]:
        began = time.perf_counter()
        task = plan_task(case, bill, place)
        ready = time.perf_counter()
        found = optimum(task)
        solved = time.perf_counter()
        columns = task.problem.columns
        numbers = {
            "task_seconds": ready - began,
            "solve_seconds": solved - ready,
            "gap": found.gap,
            "value": found.value_usd[0],
            "conversions": len(found.chosen[0]),
            "columns": len(columns),
            "rules": len({rule.name for rule in task.rules}),
        }
        return {name: np.array(number) for name, number in numbers.items()}

    return run
