"""Tornado: each name alone at both ends of its range, all others at their base.

For an output f of names x_1, ..., x_k with base b, name i gives

    low_i  = f(b with x_i at its 5th percentile)
    high_i = f(b with x_i at its 95th percentile)
    swing_i = max(f(b), low_i, high_i) - min(f(b), low_i, high_i).

All 2 k + 1 rows are one call of the function. Names that are correlated are moved one at a time all
the same: a tornado asks what one figure does by itself.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from retail_portfolio.model.result import Result
from retail_portfolio.model.sampling.named_outputs import evaluated

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from retail_portfolio.inputs.speech import Speech
    from retail_portfolio.model.sampling.named_outputs import Outputs

    Floats = NDArray[np.float64]

ENDS = (0.05, 0.95)
"""Where in its distribution a name stands at its low and at its high end."""
NEGLIGIBLE = 1e-12
"""A swing of less than this share of the base is what rounding leaves."""


@dataclass(frozen=True, slots=True)
class TornadoResult(Result):
    """A `Result` of names moved one at a time.

    Parameters
    ----------
    base
        Value of each output with every name at its base, in the order of the function.
    still
        Names that move no output.
    """

    base: tuple[tuple[str, float], ...] = ()
    still: tuple[str, ...] = ()


def tornado(
    outputs: Outputs, names: Sequence[str], unit: str = "usd", *, words: Speech
) -> TornadoResult:
    """Move each name alone to its 5th and its 95th percentile.

    Parameters
    ----------
    outputs
        Function of the names, as in `retail_portfolio.model.sampling.named_outputs`.
    names
        What is moved, each once.
    unit
        Of every output.
    words
        What the portfolio decides about words.

    Returns
    -------
    TornadoResult
        ``name, output, at_low, base, at_high, swing``: output by output, the widest swing first.
        A name that does not move an output has no row for it.

    Raises
    ------
    ValueError
        If the function returns another shape, or numbers that are not finite.
    """
    rows = 2 * len(names) + 1
    uniforms = {name: np.full(rows, np.nan) for name in names}
    for at, values in enumerate(uniforms.values()):
        values[1 + 2 * at : 3 + 2 * at] = ENDS
    found = evaluated(outputs, uniforms) if names else {}
    tables = [_swings(names, output, values) for output, values in found.items()]
    columns = ["name", "output", "at_low", "base", "at_high", "swing"]
    filled = [table for table in tables if len(table)]
    table = pd.concat(filled, ignore_index=True) if filled else pd.DataFrame(columns=columns)
    moving = set(table["name"])
    still = tuple(name for name in names if name not in moving)
    numbers = columns[2:]
    return TornadoResult(
        table,
        _sentence(table, still),
        dict.fromkeys(numbers, unit),
        dict.fromkeys(numbers, "modelled"),
        base=tuple((output, float(values[0])) for output, values in found.items()),
        still=still,
        words=words,
    )


def _swings(names: Sequence[str], output: str, values: Floats) -> pd.DataFrame:
    """Return the rows of one output, the widest swing first."""
    base, low, high = values[0], values[1::2], values[2::2]
    swing = np.maximum(np.maximum(low, high), base) - np.minimum(np.minimum(low, high), base)
    table = pd.DataFrame(
        {
            "name": list(names),
            "output": output,
            "at_low": low,
            "base": base,
            "at_high": high,
            "swing": swing,
        }
    )
    moving: pd.DataFrame = table.loc[swing > NEGLIGIBLE * abs(base)]
    return moving.sort_values(["swing", "name"], ascending=[False, True], kind="stable")


def _sentence(table: pd.DataFrame, still: Sequence[str]) -> str:
    if table.empty:
        return f"None of {len(still)} assumptions moves anything."
    first = table.drop_duplicates("output")
    told = "; ".join(f"{row.output} most by {row.name}" for row in first.itertuples(index=False))
    count = len(set(table["name"])) + len(still)
    return f"Moved alone, {len(still)} of {count} assumptions move nothing. Moved is {told}."
