"""Disputed facts: which value was taken, which one was not, and a guard on the tables.

A guard holds as long as the tables say what the correction was decided on. Once a table changes,
the guard fails and the correction has to be looked at again.
"""

import math

import pandas as pd

from retail_portfolio.inputs import tables
from retail_portfolio.inputs.checked_tables import CheckedTable
from retail_portfolio.inputs.faults import Fault, one_of
from retail_portfolio.inputs.files.numbers_as_text import NUMBER
from retail_portfolio.inputs.tables import Table

FILE = "corrections.csv"
TOLERANCE = 1e-9
"""Relative difference up to which a sum is the expected one."""


class Corrections(Table):
    """One row a disputed fact."""

    correction_id: str = tables.identity()
    table: str = tables.text("a table's name", blank=False)
    subject: str = tables.text("what the fact is about", blank=False)
    where: str = tables.text("col=value;col=value, or blank for all rows")
    column: str = tables.text("a column of the table, or blank to count rows")
    expect: str = tables.text("a count, a sum or a text", blank=False)
    taken: str = tables.text("the value taken", blank=False)
    other: str = tables.text("the value not taken; blank where the other source says nothing")
    reason: str = tables.text("why", blank=False)
    source: str = tables.text("where the other value stands", blank=False)


def guard_faults(table: CheckedTable, by_file: dict[str, CheckedTable]) -> list[Fault]:
    """
    Hold every guard against the tables.

    Parameters
    ----------
    table
        The corrections.
    by_file
        The checked tables by file name; tables that could not be read whole are not judged.

    Returns
    -------
    list of Fault
        One for each guard that cannot be read, and one for each that fails; the latter says that
        the source has changed, and which value was taken over which.
    """
    faults = []
    for row in table.frame.index:
        name = str(table.frame.at[row, "table"])
        about = by_file.get(name if name.endswith(".csv") else f"{name}.csv")
        if not name:
            continue
        if about is None:
            known = [file.removesuffix(".csv") for file in by_file]
            faults.append(table.fault(row, "table", one_of(known, name)))
        elif about.whole and about.present:
            faults += _guard_faults(table, row, about)
        elif not about.present:
            faults.append(table.fault(row, "table", f"the file {about.name}, which is not there"))
    return faults


def _guard_faults(table: CheckedTable, row: int, about: CheckedTable) -> list[Fault]:
    """Hold one guard against its table."""
    columns = list(about.frame.columns)
    chosen = pd.Series(data=True, index=about.texts.index)
    for part in filter(None, str(table.frame.at[row, "where"]).split(";")):
        column, equals, value = part.partition("=")
        if not equals or column.strip() not in columns:
            expected = f"col=value;col=value with {one_of(columns, column.strip(), most=0)}"
            expected = expected.replace("one of  or", "one of the").replace(" more", " columns")
            return [table.fault(row, "where", expected)]
        chosen &= about.texts[column.strip()] == value.strip()
    column = str(table.frame.at[row, "column"])
    if column and column not in columns:
        return [table.fault(row, "column", one_of(columns, column))]
    wanted = str(table.frame.at[row, "expect"])
    found = _said(about, chosen, column)
    if not wanted or _same(wanted, found):
        return []
    taken, other = table.frame.at[row, "taken"], table.frame.at[row, "other"]
    expected = (
        f"{found}: {about.name} has changed since {taken!r} was taken over {other!r}; "
        "decide again, then set expect"
    )
    return [table.fault(row, "expect", expected)]


def _said(about: CheckedTable, chosen: "pd.Series[bool]", column: str) -> str:
    """Return what a table says: a count of rows, a sum, or the text of the one row."""
    if not column:
        return str(int(chosen.sum()))
    if pd.api.types.is_numeric_dtype(about.frame[column]):
        return repr(float(about.frame.loc[chosen, column].sum())).removesuffix(".0")
    texts = about.texts.loc[chosen, column].tolist()
    return str(texts[0]) if len(texts) == 1 else f"{len(texts)} rows instead of one"


def _same(wanted: str, found: str) -> bool:
    """Tell whether two texts, or the numbers they stand for, are the same."""
    if NUMBER.fullmatch(wanted) and NUMBER.fullmatch(found):
        return math.isclose(float(wanted), float(found), rel_tol=TOLERANCE, abs_tol=TOLERANCE)
    return wanted == found
