"""Convergence: how far quantiles and shares still move when the draws double.

Of n draws the first n/16, n/8, n/4, n/2 and all n are looked at. With q_p(m) the p-quantile of an
output over its first m draws, the change at m is

    max over p in (5 %, 50 %, 95 %) of |q_p(m) - q_p(m / 2)| / (q_95%(n) - q_5%(n)),

a share of the range that all draws give; for a share of draws it is the difference itself. The
first draws of a Sobol sequence are a sample by themselves, so no draw is made for this.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from retail_portfolio.model.number_words import plain
from retail_portfolio.model.result import Result

if TYPE_CHECKING:
    from collections.abc import Mapping

    from numpy.typing import NDArray

    from retail_portfolio.inputs.speech import Speech

    Floats = NDArray[np.float64]
    Flags = NDArray[np.bool_]

DOUBLINGS = 4
"""How often the draws double on the way to all of them."""
QUANTILES = (0.05, 0.50, 0.95)


def convergence(
    outputs: Mapping[str, Floats],
    shares: Mapping[str, Flags] | None = None,
    *,
    unit: str = "usd",
    words: Speech,
) -> Result:
    """Return how quantiles of outputs and shares of draws move as the draws double.

    Parameters
    ----------
    outputs
        By output, shape ``(draws,)``, in the order of the draws.
    shares
        By name, whether something holds in each draw, shape ``(draws,)``.
    unit
        Of every output.
    words
        What the portfolio decides about words.

    Returns
    -------
    Result
        ``draws, output, p5, p50, p95, share, change``: output by output, the fewest draws first.
        Quantiles are blank where a row is a share, and a share where it is not; the change is
        blank where nothing stands before.

    Raises
    ------
    ValueError
        If outputs differ in their number of draws.
    """
    shares = shares or {}
    counts = {len(values) for values in (*outputs.values(), *shares.values())}
    if len(counts) > 1:
        message = f"draws: found {sorted(counts)}, expected one number for all outputs"
        raise ValueError(message)
    draws = max(counts, default=0)
    sizes = [draws >> step for step in range(DOUBLINGS, -1, -1) if draws >> step]
    tables = [_of_output(name, values, sizes) for name, values in outputs.items()]
    tables += [_of_share(name, flags, sizes) for name, flags in shares.items()]
    columns = ["draws", "output", "p5", "p50", "p95", "share", "change"]
    filled = [table for table in tables if len(table)]
    table = pd.concat(filled, ignore_index=True) if filled else pd.DataFrame(columns=columns)
    table = table.reindex(columns=columns)
    units = {"draws": "draws", "p5": unit, "p50": unit, "p95": unit}
    units |= {"share": "share", "change": "share"}
    return Result(
        table, _sentence(table, sizes), units, dict.fromkeys(units, "modelled"), words=words
    )


def _of_output(name: str, values: Floats, sizes: list[int]) -> pd.DataFrame:
    """Return the rows of one output."""
    found = np.array([np.quantile(values[:size], QUANTILES) for size in sizes]).reshape(-1, 3)
    width = found[-1, 2] - found[-1, 0] if sizes else 0.0
    moved = np.abs(np.diff(found, axis=0)).max(axis=1, initial=0.0)
    change = np.divide(moved, width, out=np.zeros_like(moved), where=width > 0)
    return pd.DataFrame(
        {
            "draws": sizes,
            "output": name,
            "p5": found[:, 0],
            "p50": found[:, 1],
            "p95": found[:, 2],
            "share": np.nan,
            "change": [np.nan, *change][: len(sizes)],
        }
    )


def _of_share(name: str, flags: Flags, sizes: list[int]) -> pd.DataFrame:
    """Return the rows of one share of the draws."""
    found = np.array([np.mean(flags[:size]) for size in sizes])
    blank = dict.fromkeys(["p5", "p50", "p95"], np.nan)
    change = [np.nan, *np.abs(np.diff(found))][: len(sizes)]
    return pd.DataFrame({"draws": sizes, "output": name, **blank, "share": found, "change": change})


def _sentence(table: pd.DataFrame, sizes: list[int]) -> str:
    """Say what the last doubling moved."""
    if len(sizes) < 2:  # noqa: PLR2004 - nothing stands before a single number of draws
        return "There are too few draws to see whether they are enough."
    last = table[table["draws"] == sizes[-1]]
    of_share = last["share"].notna()
    told = []
    for rows, what, suffix in (
        (last[~of_share], "quantile", "% of the range from the 5th to the 95th percentile"),
        (last[of_share], "share", "points"),
    ):
        if len(rows):
            change = rows["change"].to_numpy(float)
            most, name = float(change.max()), rows["output"].iloc[int(change.argmax())]
            told.append(f"no {what} moves by more than {plain(100 * most, 1)} {suffix} ({name})")
    return f"From {sizes[-2]:,} to {sizes[-1]:,} draws {' and '.join(told)}."
