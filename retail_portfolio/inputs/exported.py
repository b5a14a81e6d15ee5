"""Another program's export as a table of ours, by what `columns.yaml` says of it.

What is read stands under our names and in our units and words; beside it stays what the file says,
so that a fault names their column and the value as they wrote it.
"""

from __future__ import annotations

import dataclasses
import difflib
import re
from collections.abc import Callable, Mapping, Sequence
from typing import Any

import pandas as pd

from retail_portfolio.inputs.columns import (
    FILE,
    ColumnsFile,
    ColumnSource,
    TableSource,
    date_text,
    one_line,
)
from retail_portfolio.inputs.faults import Fault, did_you_mean, one_of
from retail_portfolio.inputs.files.numbers_as_text import number_of
from retail_portfolio.inputs.files.reading import (
    OTHER_SEPARATORS,
    RawTable,
    Theirs,
    even_rows,
    other_separator,
    records,
)

OurColumns = Mapping[str, Mapping[str, Any]]
"""Our columns with how they are written, as `tables.columns_of` gives them."""
_LOOKS_LIKE = 0.85
"""How alike two headers are for one to be taken for a slip of the other, 0 to 1."""
_ISO = re.compile(r"[0-9]{4}(?:-[0-9]{2}){0,2}")
_BLANK_IN_NUMBER = re.compile(r"[\u00a0\u202f]")

Turned = tuple[str, str | None]
"""A cell as ours, and None; or as theirs, and what was expected of it."""


def exported_table(
    text: str, name: str, columns: OurColumns, source: TableSource, *, needs_rows: bool
) -> RawTable:
    """
    Read an export.

    Parameters
    ----------
    text
        What the file holds.
    name
        The file's name.
    columns
        Our columns.
    source
        What `columns.yaml` says of it.
    needs_rows
        Whether a table of just its header is a fault.

    Returns
    -------
    RawTable
        The columns that are there, or constant, under our names in the order of `columns`; rows
        without any value are left out.
    """
    written, rows, faults = records(text, name, source.delimiter)
    header = [one_line(column) for column in written]
    if not faults and (fault := _separator_fault(name, header, columns, source)):
        return RawTable(name, pd.DataFrame(dtype=object), (fault,))
    numbers, kept, ragged = even_rows(name, rows, len(header), empty=True)
    faults += [*_header_faults(name, header, kept, columns, source), *ragged]
    if needs_rows and not kept and not faults:
        faults.append(Fault(name, None, None, "only a header", "at least one row"))
    index = pd.Index(numbers, dtype="int64")
    fields = list(zip(*kept, strict=True)) if kept else [()] * len(header)
    theirs = {
        column: list(fields[header.index(under)])
        for column in columns
        if (under := source.header(column)) is not None and under in header
    }
    ours: dict[str, list[str]] = {}
    cells: list[Fault] = []
    for column, about in columns.items():
        if source.header(column) is None:
            ours[column] = [str(source.source(column).value)] * len(kept)
        elif column in theirs:
            turned = _turner(source, source.source(column), about)
            ours[column], wrong = _all_turned(theirs[column], turned)
            cells += [
                Fault(name, numbers[at], column, theirs[column][at], said) for at, said in wrong
            ]
    return RawTable(
        name,
        pd.DataFrame(ours, index=index, dtype=object),
        tuple(faults),
        cells=tuple(cells),
        theirs=Theirs(
            {column: source.header(column) or column for column in theirs},
            pd.DataFrame(theirs, index=index, dtype=object),
            frozenset(ours) - frozenset(theirs),
        ),
    )


def _separator_fault(
    name: str, header: Sequence[str], columns: OurColumns, source: TableSource
) -> Fault | None:
    wanted = [found for column in columns if (found := source.header(column)) is not None]
    mark = other_separator(header, wanted, source.delimiter)
    if mark is None:
        return None
    word = "tab" if mark == "\t" else mark
    expected = f"separator: {word!r} for it in {FILE}"
    return Fault(name, 1, None, OTHER_SEPARATORS[mark], expected)


def _header_faults(
    name: str,
    header: Sequence[str],
    rows: Sequence[Sequence[str]],
    columns: OurColumns,
    source: TableSource,
) -> list[Fault]:
    """Name every column that is missing, unknown or there twice."""
    used = {found: column for column in columns if (found := source.header(column)) is not None}
    spare = [one for one in header if one not in used]
    faults = []
    for at, column in enumerate(header):
        if column in used:
            if column in header[:at]:
                faults.append(Fault(name, 1, column, column, "each column once"))
        elif column or any(row[at].strip() for row in rows):
            faults += _unused(name, column or f"number {at + 1}", header, columns, source)
    for column, about in columns.items():
        stands_under = source.header(column)
        if stands_under is None or stands_under in header:
            continue
        if column in source.columns:
            expected = f"a column of this name, as {FILE} says of {column}"
            expected += did_you_mean(stands_under, spare)
            faults.append(Fault(name, 1, stands_under, None, expected))
        elif not about["blank"]:
            expected = (
                f"a column of this name, or in {FILE} where {column} comes from: one of their "
                "headers, or {value: ...} for all rows"
            )
            faults.append(Fault(name, 1, column, None, expected + did_you_mean(column, spare)))
    return faults


def _unused(
    name: str, column: str, header: Sequence[str], columns: OurColumns, source: TableSource
) -> list[Fault]:
    """Name a column that stands for none of ours; where those are left aside, only a slip."""
    missing = {
        _squeezed(ours): ours
        for ours in columns
        if ours not in source.columns and source.header(ours) not in header
    }
    near = difflib.get_close_matches(_squeezed(column), list(missing), n=1, cutoff=_LOOKS_LIKE)
    if near:
        ours = missing[near[0]]
        expected = (
            f"{ours}: {column} under its columns in {FILE}, because it looks like our {ours} "
            f"({ours}: {{value: ''}} if it is not)"
        )
        return [Fault(name, 1, column, column, expected)]
    if source.ignore_other_columns:
        return []
    expected = (
        f"a column that {FILE} names{did_you_mean(column, missing.values())}, "
        "or ignore_other_columns: true there"
    )
    return [Fault(name, 1, column, column, expected)]


def _squeezed(header: str) -> str:
    return re.sub(r"[\W_]", "", header).lower()


def _all_turned(
    written: Sequence[str], turned: Callable[[str], Turned]
) -> tuple[list[str], list[tuple[int, str]]]:
    """Turn a column; equal cells are turned once."""
    known = {text: turned(text) for text in dict.fromkeys(written)}
    wrong = [
        (at, expected)
        for at, text in enumerate(written)
        if (expected := known[text][1]) is not None
    ]
    return [known[text][0] for text in written], wrong


def _turner(
    table: TableSource, column: ColumnSource, about: Mapping[str, Any]
) -> Callable[[str], Turned]:
    """Return what turns a cell of theirs into ours."""
    kind = str(about["kind"])
    numeric = kind in ("number", "whole")
    plain = _plain_numbers(table, column, str(about["expected"])) if numeric else None
    dated = _iso_dates(table.date_format, str(about["expected"])) if kind == "date" else None
    words = column.values  # noqa: PD011 - a setting, no frame

    def turned(written: str) -> Turned:
        text = written.strip()
        if text in table.blank:
            text = ""
        if words is not None and text in words:
            return words[text], None
        if not text:
            return "", None
        if words is not None and not numeric:
            return text, f"{one_of(words, text)}, the values of {FILE}"
        if column.digits is not None:
            return _code(text, column.digits), None
        convert = plain or dated
        return convert(text) if convert is not None else (text, None)

    return turned


def _code(text: str, digits: int) -> str:
    """Put back the zeros in front of a code, and leave off what follows after a dash."""
    match = re.fullmatch(r"([0-9]+)(?:-[0-9]*)?", text)
    return match[1].zfill(digits) if match and len(match[1]) <= digits else text


def _plain_numbers(
    table: TableSource, column: ColumnSource, expected: str
) -> Callable[[str], Turned]:
    """Return what turns their numbers into plain ones in our unit."""
    marks = re.escape(table.thousands) if table.thousands else ""
    grouped = re.compile(rf"[+-]?[0-9]{{1,3}}(?:{marks}[0-9]{{3}})+(?!{marks}[0-9])(?:\D.*)?")
    said = f"{expected}, a finite number with {table.decimal!r} as decimal point"
    said += f" and {table.thousands!r} between thousands" if table.thousands else ""
    said += f" (see {FILE})"

    def plain(written: str) -> Turned:
        text = _BLANK_IN_NUMBER.sub(" ", written) if table.thousands == " " else written
        if marks and grouped.fullmatch(text):
            text = text.replace(table.thousands, "")
        if table.decimal == ",":
            text = "" if "." in text else text.replace(",", ".", 1)
        value = number_of(text)
        if value is None:
            return written, said
        if column.times is None:
            return text, None
        return repr(value * column.times).removesuffix(".0"), None

    return plain


def _iso_dates(pattern: str, expected: str) -> Callable[[str], Turned]:
    """Return what turns their dates into ISO ones."""
    written_so = date_text(pattern)

    def iso(written: str) -> Turned:
        if not pattern or _ISO.fullmatch(written):
            return written, None
        match = written_so.fullmatch(written)
        if match is None:
            return written, f"{expected}, or as {pattern} ({FILE})"
        found = match.groupdict()
        rest = [found[part].zfill(2) for part in ("month", "day") if part in found]
        return "-".join([found["year"], *rest]), None

    return iso


def as_written(fault: Fault, raw: Theirs | None, columns: ColumnsFile) -> Fault:
    """
    Say a fault of a table in the words of the export it was read from.

    Parameters
    ----------
    fault
        About a cell or a column, under our name of the column.
    raw
        How the export says it; None for a table in our own columns.
    columns
        What `columns.yaml` says.

    Returns
    -------
    Fault
        With their column, the value as they wrote it, and what of ours it stands for; of a
        constant, the line of `columns.yaml` that gives it.
    """
    ours = fault.column
    if raw is None or ours is None or fault.row == 1:
        return fault
    if ours in raw.constants:
        path = (fault.file, "columns", ours)
        line = columns.line(*path, "value")
        return Fault(FILE, line, ".".join((*path, "value")), fault.value, fault.expected)
    if ours not in raw.headers:
        return fault
    header, value, expected = raw.headers[ours], fault.value, fault.expected
    if fault.row is not None and fault.row in raw.written.index:
        value = str(raw.written.at[fault.row, ours])
    read = "" if value == fault.value else f", read as {fault.value!r}"
    if header != ours or read:
        expected += f" (it is our {ours}{read})"
    return dataclasses.replace(fault, column=header, value=value, expected=expected)
