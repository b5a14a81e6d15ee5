"""One CSV file to a frame of texts, exactly as written, with the faults of the file as such."""

from __future__ import annotations

import csv
import io
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import pandas as pd

from retail_portfolio.inputs.faults import Fault, did_you_mean
from retail_portfolio.inputs.files.textfile import MAX_TABLE_BYTES, read_text

OTHER_SEPARATORS = {",": "a comma", ";": "a semicolon", "\t": "a tab", "|": "a bar"}
"""What may stand between two columns, in words."""


@dataclass(frozen=True, slots=True, eq=False)
class Theirs:
    """How a table of ours stands in the file of another program that it was read from."""

    headers: Mapping[str, str]
    """The header of their column by the name of ours."""
    written: pd.DataFrame
    """The cells as written, under our names, indexed as the table."""
    constants: frozenset[str]
    """Our columns that `columns.yaml` fills with one value."""


@dataclass(frozen=True, slots=True, eq=False)
class RawTable:
    """A table as written."""

    name: str
    """The file's name within the data folder."""
    texts: pd.DataFrame
    """All columns as text objects, indexed by the row as a spreadsheet numbers it (header 1)."""
    faults: tuple[Fault, ...] = ()
    """What is wrong with the file, its header or the shape of its rows."""
    present: bool = True
    """Whether there is such a file."""
    cells: tuple[Fault, ...] = ()
    """Cells of an export that could not be turned into ours, under our name of the column."""
    theirs: Theirs | None = None
    """How an export says it; None for a table in our own columns."""


def read_table(
    folder: Path,
    name: str,
    columns: Sequence[str],
    *,
    required: bool,
    needs_rows: bool,
    optional: Collection[str] | None = None,
    may_lack: Collection[str] = (),
) -> RawTable:
    """
    Read a comma-separated table as text.

    Parameters
    ----------
    folder
        The data folder.
    name
        The file's name in it.
    columns
        The columns the table has to have; others are faults.
    required
        Whether the file has to be there.
    needs_rows
        Whether a table of just its header is a fault.
    optional
        For a table that was made elsewhere: those of `columns` that may be missing. Then columns
        of other names are left aside, and a byte-order mark and blanks around headers taken off.
    may_lack
        Those of `columns` that a table of any other kind need not have.

    Returns
    -------
    RawTable
        The columns that are known and there, in the order of `columns`; rows with too few or too
        many fields are left out and named in the faults.
    """
    found = open_table(folder, name, columns, required=required, may_be_marked=optional is not None)
    if isinstance(found, RawTable):
        return found
    return table_of(
        found, name, columns, needs_rows=needs_rows, optional=optional, may_lack=may_lack
    )


def open_table(
    folder: Path,
    name: str,
    columns: Sequence[str],
    *,
    required: bool,
    may_be_marked: bool = False,
    encoding: str = "utf-8",
) -> str | RawTable:
    """
    Return the text of a table's file, or the table where there is no text to read.

    Parameters
    ----------
    folder, name, columns, required
        As for `read_table`.
    may_be_marked
        Whether a byte-order mark is taken off rather than a fault.
    encoding
        How the file's bytes stand for letters.

    Returns
    -------
    str or RawTable
        A table without rows, and with the file's fault, where it cannot be read.
    """
    nothing = pd.DataFrame(columns=list(columns), dtype=object)
    path = folder / name
    if not required and not path.exists() and not path.is_symlink():
        return RawTable(name, nothing, present=False)
    text, fault = read_text(
        folder, name, MAX_TABLE_BYTES, may_be_marked=may_be_marked, encoding=encoding
    )
    if text is None:
        return RawTable(name, nothing.iloc[:, :0], (fault,) if fault else ())
    return text


def table_of(
    text: str,
    name: str,
    columns: Sequence[str],
    *,
    needs_rows: bool,
    optional: Collection[str] | None = None,
    may_lack: Collection[str] = (),
) -> RawTable:
    """
    Split the text of a table; parameters and result as for `read_table`.

    Parameters
    ----------
    text
        What the file holds.
    name, columns, needs_rows, optional, may_lack
        As for `read_table`.

    Returns
    -------
    RawTable
    """
    elsewhere = optional is not None
    nothing = pd.DataFrame(columns=list(columns), dtype=object)
    header, rows, faults = records(text, name)
    header = [column.strip() for column in header] if elsewhere else header
    if not faults and (separator := other_separator(header, columns)):
        expected = "a comma between columns (or their separator in columns.yaml)"
        faults.append(Fault(name, 1, None, OTHER_SEPARATORS[separator], expected))
        return RawTable(name, nothing.iloc[:, :0], tuple(faults))
    named, wanted = header, [c for c in columns if c in header or c not in may_lack]
    if optional is not None:
        named = [column for column in header if column in columns]
        wanted = [column for column in columns if column in named or column not in optional]
    faults += _header_faults(name, named, wanted)
    numbers, kept, ragged = even_rows(name, rows, len(header))
    faults += ragged
    if needs_rows and not rows and not faults:
        faults.append(Fault(name, None, None, "only a header", "at least one row"))
    fields = list(zip(*kept, strict=True)) if kept else [()] * len(header)
    texts = pd.DataFrame(
        {c: pd.Series(fields[header.index(c)], dtype=object) for c in columns if c in header}
    ).set_axis(pd.Index(numbers, dtype="int64"))
    return RawTable(name, texts, tuple(faults))


def records(
    text: str, name: str, delimiter: str = ","
) -> tuple[list[str], list[list[str]], list[Fault]]:
    """
    Split a text into its header and rows.

    Parameters
    ----------
    text
        What the file holds.
    name
        The file's name.
    delimiter
        What stands between two columns.

    Returns
    -------
    tuple
        The header, the rows behind it without blank ones at the end, and a fault where it is no
        CSV.
    """
    rows: list[list[str]] = []
    faults: list[Fault] = []
    reader = csv.reader(io.StringIO(text, newline=""), strict=True, delimiter=delimiter)
    try:
        rows.extend(reader)
    except csv.Error as error:
        kind = "comma-separated text" if delimiter == "," else "a table of text"
        expected = f"{kind} whose quotes close ({error})"
        faults.append(Fault(name, len(rows) + 1, None, None, expected))
    while rows and not rows[-1]:
        rows.pop()
    return (rows[0] if rows else []), rows[1:], faults


def other_separator(
    header: Sequence[str], columns: Sequence[str], delimiter: str = ","
) -> str | None:
    """
    Return the character that seems to separate the columns in place of the one expected.

    Parameters
    ----------
    header
        The header as split.
    columns
        The headers that were looked for.
    delimiter
        The character it was split at.

    Returns
    -------
    str or None
        A key of `OTHER_SEPARATORS`; None where the header is split, or nothing splits it better.
    """
    if set(header) & set(columns) or not columns[1:]:
        return None
    line = delimiter.join(header)
    found = {
        mark: len({part.strip().strip('"') for part in line.split(mark)} & set(columns))
        for mark in OTHER_SEPARATORS
        if mark in line and mark != delimiter
    }
    best = max(found, key=lambda mark: found[mark], default=None)
    return best if best is not None and found[best] else None


def _header_faults(name: str, header: Sequence[str], columns: Sequence[str]) -> list[Fault]:
    """Name every column that is missing, unknown or there twice."""
    missing = [column for column in columns if column not in header]
    faults = []
    for at, column in enumerate(header):
        if column not in columns:
            suggestion = did_you_mean(column, missing) or did_you_mean(column, columns)
            expected = f"no column of this name{suggestion}"
            faults.append(Fault(name, 1, column or f"number {at + 1}", column, expected))
        elif column in header[:at]:
            faults.append(Fault(name, 1, column, column, "each column once"))
    return faults + [Fault(name, 1, column, None, "a column of this name") for column in missing]


def even_rows(
    name: str, rows: Sequence[list[str]], width: int, *, empty: bool = False
) -> tuple[list[int], list[list[str]], list[Fault]]:
    """
    Keep the rows that have a field for each column.

    Parameters
    ----------
    name
        The file's name.
    rows
        The rows behind the header.
    width
        How many columns there are.
    empty
        Whether rows without any value are left out rather than faults.

    Returns
    -------
    tuple
        The rows' numbers in a spreadsheet, the rows, and a fault for each other one.
    """
    numbers, kept, faults = [], [], []
    for number, row in enumerate(rows, start=2):
        if empty and not any(field.strip() for field in row):
            continue
        if len(row) != width:
            count = f"{len(row)} fields" if row else "an empty row"
            faults.append(Fault(name, number, None, count, f"{width} fields"))
        elif width > 1 and not any(row):
            faults.append(Fault(name, number, None, "an empty row", "a row with values"))
        else:
            numbers.append(number)
            kept.append(row)
    return numbers, kept, faults
