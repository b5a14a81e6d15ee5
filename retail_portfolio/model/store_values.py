"""Ledger values for the rows of a table of stores, looked up once a format and state.

The most specific row of the ledger wins: format and state, format, state, neither. A table of 71
stores has a dozen pairs of format and state, so that twenty names cost 240 look-ups and no more.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

import numpy as np

if TYPE_CHECKING:
    import pandas as pd
    from numpy.typing import NDArray

    from retail_portfolio.inputs.assumptions import Ledger

    Floats = NDArray[np.float64]


class Says(Protocol):
    """What formulas ask: a value a store, or a row of such values a draw."""

    def of(self, name: str) -> Floats:
        """Return a figure for each store; an error where the ledger has none."""

    def maybe(self, name: str, otherwise: float = ...) -> Floats:
        """Return a figure for each store; ``otherwise`` where the ledger has none."""


class StoreValues:
    """
    What the ledger says of each store of a table.

    Parameters
    ----------
    ledger
        The assumptions.
    stores
        Has columns ``format`` and ``state``; results stand in its order.
    """

    __slots__ = ("_ledger", "codes", "pairs")

    def __init__(self, ledger: Ledger, stores: pd.DataFrame) -> None:
        keys = list(zip(stores["format"], stores["state"], strict=True))
        self.pairs: tuple[tuple[str, str], ...] = tuple(dict.fromkeys(keys))
        """Format and state, each pair once, in order of appearance."""
        place = {pair: code for code, pair in enumerate(self.pairs)}
        self.codes = np.array([place[key] for key in keys], dtype=np.int64)
        """Place of each store's pair among `pairs`, shape ``(stores,)``."""
        self._ledger = ledger

    def spread(self, by_pair: Floats) -> Floats:
        """Give each store the value of its pair; the last axis goes from pairs to stores."""
        if not self.pairs:
            return np.zeros((*by_pair.shape[:-1], 0))
        found: Floats = by_pair[..., self.codes]
        return found

    def of(self, name: str) -> Floats:
        """Return the base value of ``name`` for each store, shape ``(stores,)``.

        Raises
        ------
        InputError
            If the ledger has no row that fits a store.
        """
        values = [self._ledger.value(name, format=f, state=s) for f, s in self.pairs]
        return self.spread(np.array(values, dtype=float))

    def maybe(self, name: str, otherwise: float = float("nan")) -> Floats:
        """Return ``of(name)``, with ``otherwise`` for a store the ledger has no row for."""
        values = [
            self._ledger.value(name, format=f, state=s)
            if self._ledger.has(name, format=f, state=s)
            else otherwise
            for f, s in self.pairs
        ]
        return self.spread(np.array(values, dtype=float))
