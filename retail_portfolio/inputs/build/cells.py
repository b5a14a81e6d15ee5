"""Single cells of a table filled in its own file: every other byte stays as it is.

The file may be in our columns or in those of another program, as `columns.yaml` says; what is
filled in is written as that program writes it.
"""

from __future__ import annotations

import codecs
import csv
import io
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from retail_portfolio.inputs.columns import FILE, ColumnsFile, TableSource, one_line
from retail_portfolio.inputs.faults import Fault, InputError
from retail_portfolio.inputs.files.numbers_as_text import number_of
from retail_portfolio.inputs.files.textfile import MAX_TABLE_BYTES, find_file

DECIMALS = 5
"""Decimals of a number that is filled in; of degrees, about a metre."""


@dataclass(slots=True)
class Cells:
    """A table's file as lines, of which some are written anew."""

    records: list[list[str]]
    """The fields of each record, the header first."""
    lines: list[str]
    """The text of each record as it stands in the file, line end included."""
    source: TableSource
    """How the file is written."""
    mark: bytes = b""
    """The byte-order mark in front."""
    encoding: str = "utf-8"
    """The encoding behind the mark."""
    _changed: set[int] = field(default_factory=set)
    _places: dict[str, int] = field(default_factory=dict)

    def place(self, column: str) -> int:
        """Return where one of our columns stands; it is added behind the others if need be."""
        if column not in self._places:
            self._places[column] = self._found_or_added(column)
        return self._places[column]

    def _found_or_added(self, column: str) -> int:
        header = self.source.header(column) or column
        names = [one_line(name) for name in self.records[0]]
        if header in names:
            return names.index(header)
        for at, record in enumerate(self.records):
            if record:
                record.append(column if at == 0 else "")
                self._changed.add(at)
        return len(names)

    def fill(self, row: int, values: Mapping[str, str]) -> None:
        """
        Fill cells of one row.

        Parameters
        ----------
        row
            As a spreadsheet numbers it.
        values
            Texts by our name of the column, as `written` makes them.
        """
        for column, value in values.items():
            self.records[row - 1][self.place(column)] = value
        self._changed.add(row - 1)

    def content(self) -> bytes:
        """Return the file; records that nothing was filled into stand as they stood."""
        end = "\r\n" if self.lines[0].endswith("\r\n") else "\n"
        lines = [
            self._line(record, end) if at in self._changed else self.lines[at]
            for at, record in enumerate(self.records)
        ]
        return self.mark + "".join(lines).encode(self.encoding)

    def _line(self, record: Sequence[str], end: str) -> str:
        out = io.StringIO(newline="")
        csv.writer(out, delimiter=self.source.delimiter, lineterminator=end).writerow(record)
        return out.getvalue()


def open_cells(folder: Path, name: str, source: TableSource | None) -> Cells:
    """
    Read a table's file to fill cells of it; it was checked before.

    Parameters
    ----------
    folder
        The data folder.
    name
        The table's file name.
    source
        What `columns.yaml` says of it; None for a table in our own columns.

    Returns
    -------
    Cells

    Raises
    ------
    InputError
        When the file cannot be read.
    """
    path, fault = find_file(folder, name, MAX_TABLE_BYTES)
    if path is None:
        raise InputError([fault] if fault else [])
    raw, source = path.read_bytes(), source or TableSource()
    mark, encoding = _mark(raw, source.encoding)
    text = raw.removeprefix(mark).decode(encoding)
    physical = list(io.StringIO(text, newline=""))
    reader = csv.reader(physical, delimiter=source.delimiter, strict=True)
    records, lines, done = [], [], 0
    for record in reader:
        records.append(record)
        lines.append("".join(physical[done : reader.line_num]))
        done = reader.line_num
    return Cells(records, lines, source, mark, encoding)


def _mark(raw: bytes, encoding: str) -> tuple[bytes, str]:
    """Return the mark in front of a file and the encoding of what follows."""
    if encoding == "utf-16":
        big = raw.startswith(codecs.BOM_UTF16_BE)
        mark = codecs.BOM_UTF16_BE if big else codecs.BOM_UTF16_LE
        return mark if raw.startswith(mark) else b"", "utf-16-be" if big else "utf-16-le"
    if encoding == "utf-8" and raw.startswith(codecs.BOM_UTF8):
        return codecs.BOM_UTF8, encoding
    return b"", encoding


def written(value: str, column: str, source: TableSource) -> str | None:
    """
    Write a value of ours as the export writes it.

    Parameters
    ----------
    value
        A plain number or a word of ours.
    column
        Our name of the column.
    source
        What `columns.yaml` says of the table.

    Returns
    -------
    str or None
        None where the export has no word for it.
    """
    about = source.source(column)
    number = number_of(value)
    if number is not None:
        shown = f"{number / (about.times or 1.0):.{DECIMALS}f}".rstrip("0").rstrip(".")
        return shown.replace(".", source.decimal)
    if about.values is None:
        return value
    return next((theirs for theirs, ours in about.values.items() if ours == value and theirs), None)


def unwritable(
    columns: Sequence[str], words: Mapping[str, str], name: str, file: ColumnsFile
) -> list[Fault]:
    """
    Say which columns of a table cannot be filled, because of what `columns.yaml` says of them.

    Parameters
    ----------
    columns
        Our names of the columns to be filled.
    words
        The word of ours that a column is to get, of those that get words.
    name
        The table's file name.
    file
        What `columns.yaml` says.

    Returns
    -------
    list of Fault
        One for each column that is a constant, or whose words have none for ours.
    """
    source, faults = file.tables.get(name, TableSource()), []
    for column in columns:
        path = (name, "columns", column)
        constant = source.source(column).value
        if constant is not None:
            expected = f"a column of {name}, or no entry: {column} is filled in row by row"
            line = file.line(*path, "value")
            faults.append(Fault(FILE, line, ".".join((*path, "value")), constant, expected))
        elif column in words and written(words[column], column, source) is None:
            expected = f"a word of theirs for {words[column]!r}, which is filled in"
            line = file.line(*path, "values")
            faults.append(Fault(FILE, line, ".".join((*path, "values")), None, expected))
    return faults
