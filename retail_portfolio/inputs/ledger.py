"""The table behind the ledger of assumptions: `assumptions.csv`."""

import math
from collections.abc import Iterator
from typing import Any

import pandas as pd

from retail_portfolio.inputs import tables
from retail_portfolio.inputs.assumptions import (
    LEDGER_FILE,
    Assumption,
    Ledger,
    out_of_bounds,
)
from retail_portfolio.inputs.checked_tables import CheckedTable
from retail_portfolio.inputs.correlations import cycles
from retail_portfolio.inputs.faults import Fault, did_you_mean
from retail_portfolio.inputs.tables import Table

FILE = LEDGER_FILE
NAME = r"[a-z][a-z0-9_]*"
KEY = NAME + r"(\.[a-z0-9_]+){0,2}"
MAY_LACK = ("correlated_with", "rank_correlation")
"""Columns that a table of assumptions need not have; one of them needs the other."""


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
    correlated_with: str = tables.text("a name of the ledger, without suffixes", pattern=NAME)
    rank_correlation: float = tables.number("a rank correlation, -1 to 1 and not 0", ge=-1, le=1)


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
    return [*faults, *_correlation_faults(table)]


def _correlation_faults(table: CheckedTable) -> list[Fault]:
    """Return what is wrong with the correlations that the rows state."""
    there = [column for column in MAY_LACK if column in table.texts.columns]
    if len(there) == 1:
        (lacking,) = set(MAY_LACK) - set(there)
        expected = f"a column of this name beside {there[0]}, or neither of them"
        return [Fault(table.name, 1, lacking, None, expected)]
    if not there:
        return []
    return [*_single_faults(table), *_name_faults(table)]


def _single_faults(table: CheckedTable) -> Iterator[Fault]:
    """Yield what is wrong with a correlation as its own row states it."""
    names = {key.partition(".")[0] for key in table.frame["key"] if key}
    for row, key, other, rank in zip(
        table.frame.index,
        table.frame["key"],
        table.frame["correlated_with"],
        table.frame["rank_correlation"],
        strict=True,
    ):
        written = [str(table.texts.at[row, column]) for column in MAY_LACK]
        for column, mine, beside in zip(MAY_LACK, written, reversed(written), strict=True):
            if beside and not mine:
                (named,) = set(MAY_LACK) - {column}
                yield table.fault(row, column, f"a value, as {named} has one")
        if rank == 0:
            yield table.fault(row, "rank_correlation", "a rank correlation, -1 to 1 and not 0")
        if other and other == key.partition(".")[0]:
            yield table.fault(row, "correlated_with", "the name of another figure, not its own")
        elif other and other not in names:
            expected = "a name of the ledger, without suffixes" + did_you_mean(other, names)
            yield table.fault(row, "correlated_with", expected)


def _name_faults(table: CheckedTable) -> Iterator[Fault]:
    """Yield where rows of a name disagree, and where a chain of names leads back."""
    first: dict[str, tuple[int, str, float]] = {}
    for row, key, other, rank in zip(
        table.frame.index,
        table.frame["key"],
        table.frame["correlated_with"],
        table.frame["rank_correlation"],
        strict=True,
    ):
        name = key.partition(".")[0]
        if not name or not other or math.isnan(rank):
            continue
        before, its_name, its_rank = first.setdefault(name, (row, other, rank))
        for column, mine, its in zip(MAY_LACK, (other, rank), (its_name, its_rank), strict=True):
            if mine != its:
                said = its if isinstance(its, str) else f"{its:g}"
                yield table.fault(row, column, f"{said}, as row {before} says of this name")
    for chain in cycles({name: other for name, (_, other, _) in first.items() if name != other}):
        way = " -> ".join((*chain, chain[0]))
        expected = f"a name from which no chain leads back ({way})"
        yield table.fault(first[chain[0]][0], "correlated_with", expected)


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
    return Ledger(tuple(_assumption({str(k): v for k, v in row.items()}) for row in records))


def _assumption(row: dict[str, Any]) -> Assumption:
    rank = row.pop("rank_correlation")
    return Assumption(**row, rank_correlation=None if math.isnan(rank) else rank)
