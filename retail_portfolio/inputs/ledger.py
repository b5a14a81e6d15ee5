"""The table behind the ledger of assumptions: `assumptions.csv`."""

import pandas as pd

from retail_portfolio.inputs import tables
from retail_portfolio.inputs.assumptions import (
    LEDGER_FILE,
    Assumption,
    Ledger,
    out_of_bounds,
)
from retail_portfolio.inputs.faults import Fault
from retail_portfolio.inputs.tables import CheckedTable, Table

FILE = LEDGER_FILE
KEY = r"[a-z][a-z0-9_]*(\.[a-z0-9_]+){0,2}"


class Assumptions(Table):
    """One row a figure."""

    key: str = tables.key("a key of small letters, digits and _, with at most two suffixes", KEY)
    group: str = tables.text("a group", blank=False)
    description: str = tables.text("what the figure is", blank=False)
    unit: str = tables.text("a unit", blank=False)
    low: float = tables.number("a number", blank=False)
    base: float = tables.number("a number", blank=False)
    high: float = tables.number("a number", blank=False)
    distribution: str = tables.choice(("pert", "fixed"))
    as_of: str = tables.text()
    origin: str = tables.choice(tables.ORIGINS)
    quality: str = tables.text("how far to trust it", blank=False)
    source: str = tables.text("where the row comes from", blank=False)
    source_url: str = tables.text("an address", pattern=r"https?://.*")
    note: str = tables.text()


def row_faults(table: CheckedTable) -> list[Fault]:
    """Return the faults that show between the columns of a row."""
    frame = table.frame
    faults = []
    for column, written, wrong in (
        ("low", "base", frame["low"] > frame["base"]),
        ("high", "base", frame["high"] < frame["base"]),
    ):
        side = "above" if column == "low" else "below"
        expected = f"a {column} that is not {side} the {written}"
        for row in frame.index[wrong]:
            beside = float(frame.loc[row, written])
            faults.append(table.fault(row, column, f"{expected} ({beside:g})"))
    for column in ("low", "base", "high"):
        for row, key, unit, value in zip(
            frame.index, frame["key"], frame["unit"], frame[column], strict=True
        ):
            bound = out_of_bounds(key, unit, value)
            if bound and column in table.texts.columns:
                faults.append(table.fault(row, column, bound))
    return faults


def ledger_of(frame: pd.DataFrame) -> Ledger:
    """
    Make the ledger from its table.

    Parameters
    ----------
    frame
        The table, typed.

    Returns
    -------
    Ledger
        Its rows in the order of the file.
    """
    columns = list(Assumptions.to_schema().columns)
    records = frame[columns].to_dict("records")
    return Ledger(tuple(Assumption(**{str(k): v for k, v in row.items()}) for row in records))
