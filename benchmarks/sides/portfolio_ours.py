"""A chain from its tables to its plan: read, check, trade areas, bill, conversions, plan."""

from __future__ import annotations

import itertools
import time
from typing import TYPE_CHECKING, Any

import highspy  # noqa: F401 - the models import it on first use; here before the start
import numpy as np

from retail_portfolio.inputs import (
    load_case,
    loading,  # noqa: F401 - what reads tables is imported on first use; here before the start
)
from retail_portfolio.model.closing.closure import closure_bill
from retail_portfolio.model.market.trade_areas import trade_areas
from retail_portfolio.model.market.transfer import trade_facts
from retail_portfolio.model.opening.conversion import conversion, setting_of
from retail_portfolio.model.overview.requirements import missing_rows
from retail_portfolio.model.planning.plan_task import optimum, plan_task

if TYPE_CHECKING:
    from collections.abc import Callable


def prepare(options: dict[str, Any]) -> Callable[[], dict[str, np.ndarray]]:
    """Return the whole way; ``data`` is the folder of the tables."""

    def run() -> dict[str, np.ndarray]:
        at = {"start": time.perf_counter()}
        case = load_case("base", options["data"])
        if missing := missing_rows(case):
            raise ValueError(str(missing[0]))
        at["check"] = time.perf_counter()
        trade = trade_areas(case)
        at["trade areas"] = time.perf_counter()
        bill = closure_bill(case, trade_facts(case, trade))
        at["closure"] = time.perf_counter()
        values = conversion(case, bill.table, trade)
        at["conversion"] = time.perf_counter()
        found = optimum(plan_task(case, bill.table, setting_of(case, trade)))
        at["plan"] = time.perf_counter()
        numbers = {now: at[now] - at[before] for before, now in itertools.pairwise(at)}
        numbers |= {
            "gap": found.gap,
            "value": found.value_usd[0],
            "conversions": len(found.chosen[0]),
            "candidates": values.table["store_id"].nunique(),
        }
        return {name: np.array(number) for name, number in numbers.items()}

    return run
