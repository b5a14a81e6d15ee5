"""Closures, conversions and checkout of the bundled case in many draws, by the table of sales."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING, Any

import numpy as np
import scipy.interpolate
import scipy.special
import scipy.stats  # noqa: F401 - the models import them on first use; here before the start

from retail_portfolio.inputs import load_case
from retail_portfolio.model.checkouts.checkout_draws import checkout_draws
from retail_portfolio.model.sampling.ensemble import Draws
from retail_portfolio.model.sampling.lanes import in_lanes
from retail_portfolio.model.uncertain.closure_draws import closure_draws
from retail_portfolio.model.uncertain.conversion_draws import conversion_draws
from retail_portfolio.model.uncertain.trade_table import trade_table
from retail_portfolio.model.uncertain.uncertainty import TOGETHER, uniforms_of

if TYPE_CHECKING:
    from collections.abc import Callable

    from retail_portfolio.inputs.case import Case
    from retail_portfolio.model.uncertain.trade_table import TradeTable


def prepare(options: dict[str, Any]) -> Callable[[], dict[str, np.ndarray]]:
    """Read the case, and return the table and the draws; ``draws`` is how many, 1 or several."""
    case = load_case()

    def run() -> dict[str, np.ndarray]:
        began = time.perf_counter()
        table = trade_table(case)
        seconds = [time.perf_counter() - began]
        found = np.zeros(0)
        for draws in options["draws"]:
            began = time.perf_counter()
            found = _drawn(case, table, draws)
            seconds.append(time.perf_counter() - began)
        sold = table.read(uniforms_of(case, options["compared"]), options["compared"])
        return {
            "seconds": np.array(seconds),
            "exit_cost_usd": found,
            "sells": sold.curve("sells")[0],
        }

    return run


def _drawn(case: Case, table: TradeTable, count: int) -> np.ndarray:
    """Value closures, conversions and checkout in every draw; return what leaving costs."""
    uniforms = uniforms_of(case, count)

    def some(first: int) -> np.ndarray:
        part = {name: values[first : first + TOGETHER] for name, values in uniforms.items()}
        draws = Draws(case.ledger, part, fast=True)
        sold = table.read(part, draws.count)
        bill = closure_draws(case, draws, sold.closing)
        conversion_draws(case, draws, bill, sold)
        checkout_draws(case, draws, sold.closing)
        total: np.ndarray = bill.exit_cost_usd.sum(axis=1)
        return total

    return np.concatenate(in_lanes(some, range(0, count, TOGETHER)))
