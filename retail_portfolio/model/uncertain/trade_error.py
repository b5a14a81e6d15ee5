r"""Trade error: how far sales read off a table are from sales computed for the draw.

For the first M draws trade areas are computed with every assumption moved at once, and what each
candidate sells, y, is set beside what the table says, y'. With e = log y' - log y over all
candidates and draws,

    error    sqrt( mean of e^2 )
    bias     mean over candidates of | mean over draws of e |
    spread   mean over candidates of the standard deviation over draws of log y

so that an error far below the spread means that the table moves with the draws.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from retail_portfolio.model.market.trade_areas import trade_areas
from retail_portfolio.model.uncertain.trade_looks import at_quantiles, sold_of

if TYPE_CHECKING:
    from collections.abc import Mapping

    from numpy.typing import NDArray

    from retail_portfolio.inputs.case import Case
    from retail_portfolio.model.market.roads import Roads
    from retail_portfolio.model.uncertain.trade_table import TradeTable

    Floats = NDArray[np.float64]

COMPARED = 16
"""Draws that are computed in full."""


@dataclass(frozen=True, slots=True)
class TradeError:
    """How far the table of sales is off, in parts of the sales.

    Parameters
    ----------
    draws
        Draws that were computed in full.
    error, bias, spread
        As in the mathematics of the module; NaN without a draw or a candidate that sells.
    """

    draws: int
    error: float
    bias: float
    spread: float


def trade_error(
    table: TradeTable,
    case: Case,
    roads: Roads,
    uniforms: Mapping[str, Floats],
    draws: int = COMPARED,
) -> TradeError:
    """Compute trade areas for the first draws and hold the table against them.

    Parameters
    ----------
    table
        Of `retail_portfolio.model.uncertain.trade_table.trade_table` on the same case.
    roads
        `retail_portfolio.model.market.roads.roads_of` of the case.
    uniforms
        Quantiles by name, shape ``(draws,)`` or longer.
    draws
        How many are computed, as far as there are so many.
    """
    count = min(draws, len(next(iter(uniforms.values()), ())))
    first = {name: values[:count] for name, values in uniforms.items()}
    told = table.read(first, count).curve("sells")[0]
    computed = np.zeros_like(told)
    for draw in range(count):
        ledger = at_quantiles(case.ledger, {name: float(v[draw]) for name, v in first.items()})
        trade = trade_areas(case.with_ledger(ledger), roads.ground(ledger))
        computed[draw] = sold_of(trade, table.options).sells[0]
    sells = (computed > 0).all(axis=0) & (told > 0).all(axis=0)
    if not count or not sells.any():
        return TradeError(count, np.nan, np.nan, np.nan)
    logs = np.log(computed[:, sells])
    miss = np.log(told[:, sells]) - logs
    return TradeError(
        count,
        float(np.sqrt((miss**2).mean())),
        float(np.abs(miss.mean(axis=0)).mean()),
        float(logs.std(axis=0).mean()),
    )
