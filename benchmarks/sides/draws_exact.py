"""What candidates sell in a few draws: trade areas computed anew for each."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import scipy.sparse
import scipy.spatial
import scipy.special
import scipy.stats  # noqa: F401 - the models import them on first use; here before the start

from retail_portfolio.inputs import load_case
from retail_portfolio.model.market.roads import roads_of
from retail_portfolio.model.market.trade_areas import trade_areas
from retail_portfolio.model.uncertain.trade_looks import at_quantiles, sold_of
from retail_portfolio.model.uncertain.uncertainty import uniforms_of

if TYPE_CHECKING:
    from collections.abc import Callable


def prepare(options: dict[str, Any]) -> Callable[[], dict[str, np.ndarray]]:
    """Read the case and its roads, and return the trade areas of ``compared`` draws."""
    case = load_case()
    roads, count = roads_of(case), options["compared"]
    uniforms = uniforms_of(case, count)
    options_at = np.array(trade_areas(case).candidates(), dtype=np.int64)

    def run() -> dict[str, np.ndarray]:
        sells = []
        for draw in range(count):
            at = {name: float(values[draw]) for name, values in uniforms.items()}
            ledger = at_quantiles(case.ledger, at)
            trade = trade_areas(case.with_ledger(ledger), roads.ground(ledger))
            sells.append(sold_of(trade, options_at).sells[0])
        return {"sells": np.array(sells)}

    return run
