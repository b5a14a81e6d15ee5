"""Drawn values: what the ledger says of each store of a table, in every draw.

The counterpart of `retail_portfolio.model.store_values.StoreValues`, with draws in front: a formula
written for one takes the other. Where one row of the ledger speaks for all stores, its values stand
in one column, ``(draws, 1)``, and the formula spreads them.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from retail_portfolio.model.store_values import StoreValues

if TYPE_CHECKING:
    import pandas as pd
    from numpy.typing import NDArray

    from retail_portfolio.model.sampling.ensemble import Draws

    Floats = NDArray[np.float64]


class DrawnValues:
    """
    What draws of a ledger say of each store of a table.

    Parameters
    ----------
    draws
        The figures of the ledger, drawn.
    stores
        Has columns ``format`` and ``state``; results stand in its order.
    """

    __slots__ = ("_says", "draws")

    def __init__(self, draws: Draws, stores: pd.DataFrame) -> None:
        self.draws = draws
        """The figures of the ledger, drawn."""
        self._says = StoreValues(draws.ledger, stores)

    def of(self, name: str) -> Floats:
        """Return a figure for each store in every draw, ``(draws, stores)`` or ``(draws, 1)``.

        Raises
        ------
        InputError
            If the ledger has no row that fits a store.
        """
        return self._of(name, None)

    def maybe(self, name: str, otherwise: float = float("nan")) -> Floats:
        """Return ``of(name)``, with ``otherwise`` for a store the ledger has no row for."""
        return self._of(name, otherwise)

    def _of(self, name: str, otherwise: float | None) -> Floats:
        draws, ledger = self.draws, self.draws.ledger
        keys: list[str | None] = []
        columns: dict[str | None, Floats] = {}
        for pair in self._says.pairs:
            known = otherwise is None or draws.has(name, *pair)
            key = ledger.row(name, *pair).key if known else None
            keys.append(key)
            if key in columns:
                continue
            columns[key] = draws.of(name, *pair) if known else np.full(draws.count, otherwise)
        if len(columns) == 1:
            return next(iter(columns.values()))[:, None]
        by_pair = np.stack([columns[key] for key in keys], axis=1) if keys else np.zeros((1, 0))
        return self._says.spread(by_pair)
