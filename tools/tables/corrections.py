"""corrections.csv: disputed facts, which value was taken, and a guard that fails when it moves."""

from __future__ import annotations

from pathlib import Path

import pandas as pd

COLUMNS = (
    "correction_id",
    "table",
    "subject",
    "where",
    "column",
    "expect",
    "taken",
    "other",
    "reason",
    "source",
)

# Columns whose cells are words or codes even where they look like numbers.
TEXT_COLUMNS = frozenset({"zip", "county_fips", "cbsa_code", "point_id", "opened", "as_of"})
_NEAR = 1e-9


def select(table: pd.DataFrame, where: str) -> pd.DataFrame:
    """Return the rows for which every `column=value` of `where` holds; blank takes all rows.

    A blank value, `column=`, takes the rows whose cell is blank.

    Raises
    ------
    KeyError
        When the table has no such column.
    """
    rows = table
    for condition in (part for part in where.split(";") if part.strip()):
        column, _, value = condition.partition("=")
        rows = rows[rows[column.strip()] == value.strip()]
    return rows


def found_value(table: pd.DataFrame, where: str, column: str) -> str:
    """Return what a guard finds: a count, a sum, or a cell.

    With a blank `column` it is the count of rows; of a column of numbers the sum, in which a blank
    counts as 0; of a column of text the cell of the one row that is chosen. Whether a column is one
    of numbers is told from all its rows. The check of the package reads guards in the same way.
    """
    rows = select(table, where)
    if not column:
        return str(len(rows))
    numbers = pd.to_numeric(table[column], errors="coerce")
    filled = table[column] != ""
    if column not in TEXT_COLUMNS and filled.any() and bool(numbers[filled].notna().all()):
        return f"{numbers[rows.index].sum():.10g}"
    cells = rows[column].tolist()
    return str(cells[0]) if len(cells) == 1 else f"{len(cells)} rows instead of one"


def broken_guards(corrections: pd.DataFrame, folder: Path) -> list[str]:
    """Return one line for each guard that does not hold on the tables of `folder`."""
    tables: dict[str, pd.DataFrame] = {}
    broken = []
    for _, row in corrections.iterrows():
        name = str(row["table"])
        if name not in tables:
            path = folder / f"{name}.csv"
            tables[name] = pd.read_csv(path, dtype=str, keep_default_na=False, encoding="utf-8")
        found = found_value(tables[name], str(row["where"]), str(row["column"]))
        if not _same(found, str(row["expect"])):
            broken.append(f"{row['correction_id']}: found {found!r}, expected {row['expect']!r}")
    return broken


def _same(found: str, expected: str) -> bool:
    try:
        return abs(float(found) - float(expected)) <= _NEAR * max(1.0, abs(float(expected)))
    except ValueError:
        return found == expected
