"""What drives the bill: each assumption moved alone, for the portfolio and for every store."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from retail_portfolio.model.number_words import span
from retail_portfolio.model.result import Result

if TYPE_CHECKING:
    from retail_portfolio.inputs.assumptions import Ledger
    from retail_portfolio.inputs.case import Case
    from retail_portfolio.model.ranges import Moves

TOTALS = 3
"""Totals that stand before the stores in the moves of the closure model."""
SMALLEST_SHARE = 0.001
"""A driver that moves the total by less than this share of it is not told."""


def described(ledger: Ledger, name: str, fmt: str, state: str = "") -> str:
    """Say what the ledger calls a name for a format, without what it says of one state or case.

    A name the format has no row of is called as in its first row.
    """
    if ledger.has(name, format=fmt, state=state):
        row = ledger.row(name, format=fmt, state=state)
    else:
        row = next(row for key, row in ledger.items() if key.partition(".")[0] == name)
    words = row.description.partition(", ")[0].partition(":")[0] or name
    return f"{words}, size" if row.unit == "sq ft" else words


def total_drivers(moves: Moves, bill: pd.DataFrame, case: Case, most: int = 12) -> Result:
    """List the assumptions that move the total bill most.

    Parameters
    ----------
    moves
        Of `retail_portfolio.model.closing.closure.closure_moves`.
    bill
        Table of `retail_portfolio.model.closing.closure.closure_table` on the same case; a driver
        is named as for the format that costs most.
    case
        For what each name means, and its currency.
    most
        How many to list.

    Returns
    -------
    Result
        ``name, driver, at_low_usd, base_usd, at_high_usd, swing_usd``, widest swing first.
    """
    ends, base = moves.ends[:, :, 0], float(moves.base[0])
    by_format = bill.groupby("format", sort=True)["exit_cost_usd"].sum()
    fmt = str(by_format.idxmax()) if len(by_format) else ""
    table = pd.DataFrame(
        {
            "name": moves.keys,
            "driver": [described(case.ledger, name, fmt) for name in moves.keys],
            "at_low_usd": ends[:, 0],
            "base_usd": base,
            "at_high_usd": ends[:, 1],
        }
    )
    least = np.minimum(ends.min(axis=1), base)
    table["least_usd"], table["greatest_usd"] = least, np.maximum(ends.max(axis=1), base)
    table["swing_usd"] = table["greatest_usd"] - table["least_usd"]
    table = table.sort_values(["swing_usd", "name"], ascending=[False, True], kind="stable")
    table = table[table["swing_usd"] > abs(base) * SMALLEST_SHARE].head(most)
    table = table.reset_index(drop=True)
    if table.empty:
        return Result(table, "No assumption has a range that moves the bill.", words=case.words)
    first = table.iloc[0]
    reach = span(first["least_usd"], first["greatest_usd"], case.scenario.currency)
    sentence = f"{first['driver']} moves the bill most: {reach}, all else at its base."
    money = [c for c in table.columns if c.endswith("_usd")]
    return Result(
        table,
        sentence,
        dict.fromkeys(money, "usd"),
        dict.fromkeys(money, "modelled"),
        words=case.words,
    )


def store_drivers(moves: Moves, bill: pd.DataFrame, case: Case, most: int = 3) -> Result:
    """Name the assumptions that move the bill of each store most.

    Parameters
    ----------
    moves
        Of `retail_portfolio.model.closing.closure.closure_moves`.
    bill
        Table of `retail_portfolio.model.closing.closure.closure_table` on the same case.
    most
        Drivers a store.

    Returns
    -------
    Result
        ``store_id, exit_cost_usd, driver_1, swing_1_usd, ...``; the swing is from the least to the
        greatest the one assumption brings about. An assumption that a store does not depend on,
        such as the typical size where its own is known, is not among them.
    """
    ends = moves.ends[:, :, TOTALS:]
    base = moves.base[TOTALS:]
    least = np.minimum(ends.min(axis=1), base)
    swing = np.maximum(ends.max(axis=1), base) - least
    table = bill[["store_id", "exit_cost_usd"]].copy()
    order = np.argsort(-swing, axis=0, kind="stable")[:most]
    for place, chosen in enumerate(order, start=1):
        widths = swing[chosen, np.arange(len(table))]
        told = [
            described(case.ledger, moves.keys[k], fmt, state) if width > 0 else ""
            for k, width, fmt, state in zip(
                chosen, widths, bill["format"], bill["state"], strict=True
            )
        ]
        table[f"driver_{place}"] = told
        table[f"swing_{place}_usd"] = widths
    money = [c for c in table.columns if c.endswith("_usd")]
    sentence = "No store closes."
    if len(table) and "driver_1" in table.columns:
        counts = table["driver_1"].value_counts()
        first = min(counts.index, key=lambda name: (-counts[name], name))
        sentence = f"At {counts[first]} of {len(table)} stores the widest swing is: {first}."
    return Result(
        table,
        sentence,
        dict.fromkeys(money, "usd"),
        dict.fromkeys(money, "modelled"),
        words=case.words,
    )
