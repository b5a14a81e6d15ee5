"""A table of texts held against its schema, with every fault of every cell.

Texts become numbers before pandera sees them: a cell that is no number is named by itself and does
not hide what is wrong with other rows.
"""

import dataclasses
import datetime as dt
import functools
import math
import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any

import pandas as pd
import pandera.errors
import pandera.pandas as pa

from retail_portfolio.inputs.faults import Fault, one_of
from retail_portfolio.inputs.files.numbers_as_text import number_of, numbers_of
from retail_portfolio.inputs.files.reading import RawTable, Theirs
from retail_portfolio.inputs.files.textfile import harmless, text_hazard
from retail_portfolio.inputs.tables import Table, columns_of, is_numeric, type_of

_DATE = re.compile(r"([0-9]{4})(?:-([0-9]{2})(?:-([0-9]{2}))?)?")
YEARS = range(1850, 2101)
"""Years a date may lie in."""


@dataclass(frozen=True, slots=True, eq=False)
class CheckedTable:
    """A table as written and as typed, with what is wrong with its cells."""

    name: str
    """The file's name within the data folder."""
    texts: pd.DataFrame
    """The cells as written, indexed by spreadsheet row."""
    frame: pd.DataFrame
    """The cells as typed, all columns of the schema, same index; a cell at fault is blank."""
    faults: tuple[Fault, ...]
    """Faults of the file and of single cells."""
    whole: bool
    """Whether all rows and columns could be read; if not, other tables cannot be held to it."""
    present: bool
    """Whether there is such a file."""
    theirs: Theirs | None = None
    """How an export says it; None for a table in our own columns."""

    def fault(self, row: int, column: str, expected: str) -> Fault:
        """Make a fault about one of the cells."""
        return Fault(self.name, row, column, str(self.texts.at[row, column]), expected)

    def with_faults(self, more: Iterable[Fault]) -> "CheckedTable":
        """Return the table with further faults."""
        return dataclasses.replace(self, faults=(*self.faults, *more))

    def faults_where(self, wrong: "pd.Series[bool]", column: str, expected: str) -> list[Fault]:
        """Make a fault for each row that is marked wrong, about one column."""
        if column not in self.texts.columns:
            return []
        return [self.fault(int(row), column, expected) for row in self.frame.index[wrong]]


def check_cells(raw: RawTable, model: type[Table]) -> CheckedTable:
    """
    Hold a table of texts against its schema.

    Parameters
    ----------
    raw
        The table as written.
    model
        Its schema.

    Returns
    -------
    CheckedTable
        Typed, with every fault of every cell.
    """
    faults: list[Fault] = []
    typed: dict[str, Any] = {}
    faults += raw.cells
    wrong = {(fault.row or 0, fault.column or "") for fault in raw.cells}
    specification = columns_of(model)
    for column, about in specification.items():
        if column not in raw.texts.columns:
            blank = math.nan if is_numeric(about) else ""
            typed[column] = pd.Series(blank, index=raw.texts.index, dtype=type_of(about))
            continue
        unread = {row for row, name in wrong if name == column}
        values, found = _parsed(raw, column, about, unread)
        typed[column] = values
        faults += found
        wrong |= {(fault.row or 0, column) for fault in found}
    frame = pd.DataFrame(typed, index=raw.texts.index)
    present = [column for column in specification if column in raw.texts.columns]
    if len(frame):
        faults += _schema_faults(raw, model, frame, present, wrong)
        faults += _repeated(raw, specification, present)
    order = {column: at for at, column in enumerate(specification)}
    faults.sort(key=lambda fault: (fault.row or 0, order.get(fault.column or "", 0)))
    return CheckedTable(
        raw.name,
        raw.texts,
        frame,
        (*raw.faults, *faults),
        not raw.faults,
        raw.present,
        raw.theirs,
    )


def _parsed(
    raw: RawTable, column: str, about: dict[str, Any], unread: set[int]
) -> "tuple[pd.Series[Any], list[Fault]]":
    """Turn one column's texts into its type; a cell that cannot be is blank and a fault.

    Cells of the rows `unread` are at fault already.
    """
    texts = raw.texts[column].tolist()
    values, faults = None if unread else _all_fine(texts, about), []
    if values is None:
        values = []
        for row, written in zip(raw.texts.index, texts, strict=True):
            blank = math.nan if is_numeric(about) else ""
            value, expected = (blank, None) if row in unread else _cell(written, about)
            if expected is not None:
                faults.append(Fault(raw.name, row, column, written, expected))
            values.append(value)
    return pd.Series(values, index=raw.texts.index, dtype=type_of(about)), faults


def _all_fine(texts: list[str], about: dict[str, Any]) -> list[Any] | None:
    """Return a column's values where nothing is wrong with any, else None: the quick way."""
    if not about["blank"] and "" in texts:
        return None
    if about["kind"] == "text":
        return texts if harmless(texts) else None
    return numbers_of(texts) if about["kind"] == "number" else None


def _cell(written: str, about: dict[str, Any]) -> tuple[Any, str | None]:
    """Return a cell's value and None, or a blank and what was expected."""
    blank = math.nan if is_numeric(about) else ""
    if not written:
        return blank, None if about["blank"] else about["expected"]
    value, expected = _READERS[about["kind"]](written, about["expected"])
    return (value, None) if expected is None else (blank, expected)


def _read_text(written: str, _: str) -> tuple[Any, str | None]:
    return written, text_hazard(written)


def _read_number(written: str, expected: str) -> tuple[Any, str | None]:
    value = number_of(written)
    if value is not None:
        return value, None
    return None, f"{expected}, a finite number written with digits and a point only"


def _read_whole(written: str, expected: str) -> tuple[Any, str | None]:
    value, fault = _read_number(written, expected)
    if fault is None and value != int(value):
        return None, f"{expected}, a whole number"
    return value, fault


def _read_date(written: str, expected: str) -> tuple[Any, str | None]:
    match = _DATE.fullmatch(written)
    if match is None or int(match[1]) not in YEARS:
        return None, expected
    try:
        dt.date(int(match[1]), int(match[2] or 1), int(match[3] or 1))
    except ValueError:
        return None, f"{expected}, a day that there is"
    return written, None


_READERS: dict[str, Callable[[str, str], tuple[Any, str | None]]] = {
    "text": _read_text,
    "number": _read_number,
    "whole": _read_whole,
    "date": _read_date,
}


@functools.cache
def _bounds(model: type[Table], present: tuple[str, ...]) -> pa.DataFrameSchema:
    """Return the checks of the columns that are there; parsing has seen to types and blanks."""
    columns = {
        name: pa.Column(None, checks=column.checks, nullable=True)
        for name, column in model.to_schema().columns.items()
        if name in present and column.checks
    }
    return pa.DataFrameSchema(columns)


def _schema_faults(
    raw: RawTable,
    model: type[Table],
    frame: pd.DataFrame,
    present: list[str],
    wrong: set[tuple[int, str]],
) -> list[Fault]:
    """Run the schema's checks on the columns that are there; leave out cells already named."""
    try:
        _bounds(model, tuple(present)).validate(frame[present], lazy=True)
    except pandera.errors.SchemaErrors as error:
        cases = error.failure_cases
    else:
        return []
    faults = []
    specification = columns_of(model)
    seen: set[tuple[int, str]] = set()
    for column, row in zip(cases["column"], cases["index"], strict=True):
        if row is None or (isinstance(row, float) and math.isnan(row)):
            continue
        cell = (int(row), str(column))
        if cell in wrong or cell in seen:
            continue
        seen.add(cell)
        about, written = specification[cell[1]], str(raw.texts.at[cell])
        expected = one_of(about["choices"], written) if about["choices"] else about["expected"]
        faults.append(Fault(raw.name, cell[0], cell[1], written, expected))
    return faults


def _repeated(
    raw: RawTable, specification: dict[str, dict[str, Any]], present: list[str]
) -> list[Fault]:
    """Name every id that occurs again, with the row where it stood first."""
    faults = []
    for column in present:
        if not specification[column]["unique_id"]:
            continue
        first: dict[str, int] = {}
        for row, value in raw.texts[column].items():
            if value and value in first:
                expected = f"an id that occurs once (it is in row {first[value]} too)"
                faults.append(Fault(raw.name, int(str(row)), column, value, expected))
            else:
                first[value] = int(str(row))
    return faults
