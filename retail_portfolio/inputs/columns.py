"""Which column of a stranger's table is which of ours: `columns.yaml` in a data folder.

An export of another program has headers, units, words and dates of its own. The file says what they
stand for, so that the export itself stays as it was saved:

    stores.csv:
      separator: ";"
      date_format: MM/DD/YYYY
      columns:
        store_id: Store No
        size_sqft: {from: GLA m2, times: 10.7639104}
        status: {from: Decision, values: {Exit: closing, Stay: open}}
        banner: {value: Hartwell}
      ignore_other_columns: true

A table that is named here is read as an export: a byte-order mark, blanks around cells and rows
without any value do not count, and columns that may be blank may be missing. A table that is not
named has to have our columns, all of them and no other.
"""

import dataclasses
import datetime as dt
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Annotated, Any, Literal

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, StrictInt, ValidationError

from retail_portfolio.inputs.faults import Fault, one_of
from retail_portfolio.inputs.files.textfile import MAX_SCENARIO_BYTES, read_text
from retail_portfolio.inputs.files.yamlfile import YamlFile, read_yaml
from retail_portfolio.inputs.guidance import COLUMNS
from retail_portfolio.inputs.settings.layers import Layer, model_faults
from retail_portfolio.inputs.settings.scenario_parts import SETTINGS
from retail_portfolio.inputs.settings.setting_types import Flag, Number, Text

FILE = COLUMNS
"""The file's name in a data folder."""

DATE_PARTS = {"YYYY": ("year", "{4}"), "MM": ("month", "{1,2}"), "DD": ("day", "{1,2}")}
"""The parts of a date format with their digits: a zero in front may be missing."""
_WHOLE_DATES = ({"YYYY", "MM", "DD"}, {"YYYY", "MM"}, {"YYYY"})
_NUMBERS = (("times",), ("digits",))
"""What is a number of what is said of a column; everything else is a header or a word."""
_IN_QUOTES = "a text (in quotes where YAML takes it for something else, as yes, no and on)"

Known = Mapping[str, Mapping[str, Mapping[str, Any]]]
"""Each table's columns with how they are written, as `tables.columns_of` gives them."""


def one_line(text: str) -> str:
    """Return a header with each run of blanks and line ends as one blank, and none at its ends."""
    return " ".join(text.split())


def _header(value: object) -> object:
    """Take a header as a person reads it, numbers among them."""
    if isinstance(value, bool) or not isinstance(value, str | int):
        raise ValueError("the header of one of their columns, a text")  # noqa: TRY004 - as below
    return one_line(str(value))


def _word(value: object) -> object:
    """Take a text, a number or a date as it is written in a table; no yes or no, no list."""
    if isinstance(value, dt.date) and not isinstance(value, dt.datetime):
        return value.isoformat()
    if isinstance(value, bool) or not isinstance(value, str | int | float):
        raise ValueError(_IN_QUOTES)  # noqa: TRY004 - pydantic reports a ValueError
    return str(value)


def date_parts(pattern: str) -> list[str] | None:
    """Split a date format into its parts and what stands between; None where it is none."""
    parts = re.split(f"({'|'.join(DATE_PARTS)})", pattern)
    names, between = parts[1::2], parts[0::2]
    whole = len(set(names)) == len(names) and set(names) in _WHOLE_DATES
    return parts if whole and not re.search(r"\w", "".join(between)) else None


def date_text(pattern: str) -> re.Pattern[str]:
    """Return what a date in a format looks like; it has the groups year, month and day.

    Parts with nothing between them have all their digits: a zero that is missing there would move
    the digits of one into the other.
    """
    parts = date_parts(pattern) or []
    written = ""
    for at, part in enumerate(parts):
        if part not in DATE_PARTS:
            written += re.escape(part)
            continue
        name, digits = DATE_PARTS[part]
        inner = [parts[near] for near in (at - 1, at + 1) if 0 < near < len(parts) - 1]
        digits = digits if all(inner) else digits.replace("1,", "")
        written += f"(?P<{name}>[0-9]{digits})"
    return re.compile(written)


def _date_format(value: object) -> object:
    if value != "" and (not isinstance(value, str) or date_parts(value) is None):
        raise ValueError("YYYY, MM and DD in their order with what stands between: MM/DD/YYYY")
    return value


Word = Annotated[str, BeforeValidator(_word)]
Header = Annotated[str, BeforeValidator(_header), Field(min_length=1, max_length=2000)]


class ColumnSource(BaseModel):
    """Where the values of one of our columns come from. A text alone is short for `from`."""

    model_config = ConfigDict(**{**SETTINGS, "populate_by_name": True})

    from_: Header = Field(default="", alias="from")
    """The header of the column of theirs; our own name for it where left out."""
    value: Word | None = None
    """One value for every row, in place of a column of theirs."""
    times: Annotated[Number, Field(gt=0)] | None = None
    """What their numbers are multiplied by to be in our unit."""
    values: Mapping[str, Word] | None = None
    """Their words, each with ours for it; every word that occurs has to be among them."""
    digits: Annotated[StrictInt, Field(ge=1, le=20)] | None = None
    """How many digits a code has: zeros in front that a spreadsheet dropped are put back, and what
    follows after a dash (as in ZIP+4) is left off."""


class TableSource(BaseModel):
    """How one of a stranger's tables is written."""

    model_config = SETTINGS

    columns: Mapping[str, ColumnSource] = {}
    """By our name of a column, where it comes from. Others are looked for under our name."""
    ignore_other_columns: Flag = False
    """Whether columns of theirs that stand for none of ours are left aside rather than faults."""
    encoding: Literal["utf-8", "windows-1252", "utf-16"] = "utf-8"
    """How the file's bytes stand for letters."""
    separator: Literal[",", ";", "|", "tab"] = ","
    """What stands between two columns."""
    decimal: Literal[".", ","] = "."
    """The decimal point of numbers."""
    thousands: Literal["", ",", ".", " ", "'"] = ""
    """What groups the digits of numbers by three; blank for nothing."""
    date_format: Annotated[str, BeforeValidator(_date_format)] = ""
    """How dates are written, as `MM/DD/YYYY`; ISO dates are understood beside it."""
    blank: tuple[Text, ...] = ()
    """Words that mean that a value is not known, as `N/A`."""

    @property
    def delimiter(self) -> str:
        """The separator as a character."""
        return "\t" if self.separator == "tab" else self.separator

    def source(self, column: str) -> ColumnSource:
        """Return where one of our columns comes from."""
        return self.columns.get(column) or ColumnSource()

    def header(self, column: str) -> str | None:
        """Return the header that one of our columns stands under, or None where it is constant."""
        source = self.source(column)
        return None if source.value is not None else source.from_ or column


@dataclass(frozen=True, slots=True)
class ColumnsFile:
    """What `columns.yaml` says."""

    tables: Mapping[str, TableSource] = field(default_factory=dict)
    """By the name of the table's file; without those that are at fault."""
    faults: tuple[Fault, ...] = ()
    """What is wrong with the file; its row is the line."""
    lines: Mapping[tuple[str, ...], int] = field(default_factory=dict)
    """The line of each key, by its path."""
    unusable: frozenset[str] = frozenset()
    """Tables whose entry is at fault: nothing can be said of them before it is put right."""

    def line(self, *path: str) -> int | None:
        """Return the line of a key, or of what it would stand in."""
        for depth in range(len(path), 0, -1):
            if path[:depth] in self.lines:
                return self.lines[path[:depth]]
        return None


def read_columns(folder: Path, known: Known) -> ColumnsFile:
    """
    Read `columns.yaml`.

    Parameters
    ----------
    folder
        The data folder.
    known
        The tables that may be named, each with its columns.

    Returns
    -------
    ColumnsFile
        Without tables and faults where there is no such file.
    """
    path = folder / FILE
    if not path.exists() and not path.is_symlink():
        return ColumnsFile()
    text, _ = read_text(folder, FILE, MAX_SCENARIO_BYTES)
    if text is not None and not any(_says_something(line) for line in text.splitlines()):
        return ColumnsFile()
    file = read_yaml(folder, FILE, FILE)
    if file.faults:
        return ColumnsFile({}, file.faults, file.lines, frozenset(known))
    tables: dict[str, TableSource] = {}
    faults: list[Fault] = []
    for name in file.values:
        if name not in known:
            expected = f"a table that may be mapped: {one_of(known, name)}"
            faults.append(Fault(FILE, file.lines[name,], name, name, expected))
            continue
        source, found = _table_source(file, name, known[name])
        faults += found
        if source is not None:
            tables[name] = source
    faults.sort(key=lambda fault: fault.row or 0)
    return ColumnsFile(
        tables, tuple(faults), file.lines, frozenset(known) & {*file.values} - {*tables}
    )


def _says_something(line: str) -> bool:
    """Tell whether a line is neither blank nor a comment."""
    return bool(line.strip()) and not line.lstrip().startswith("#")


def _table_source(
    file: YamlFile, name: str, columns: Mapping[str, Mapping[str, Any]]
) -> tuple[TableSource | None, list[Fault]]:
    """Read what is said of one table; there is none where anything is wrong with it."""
    given = _spelled_out(_as_typed(file.values[name], (name,), file.texts))
    lines = {path[1:]: line for path, line in file.lines.items() if path[0] == name and path[1:]}
    lines = {(*path, "from"): line for path, line in lines.items()} | lines
    if not isinstance(given, Mapping):
        expected = f"what is different about it, or {{}}: {', '.join(TableSource.model_fields)}"
        return None, [Fault(FILE, file.lines[name,], name, str(given), expected)]
    try:
        source = TableSource(**given)
    except ValidationError as error:
        found = model_faults(error, TableSource, [Layer(FILE, given, lines)])
    else:
        found = [
            Fault(FILE, lines.get(path), ".".join(path), value, expected)
            for path, value, expected in _misuses(source, columns)
        ]
        if not found:
            return source, []
    return None, [_named(fault, name) for fault in found]


def _as_typed(given: Any, path: tuple[str, ...], texts: Mapping[tuple[str, ...], str]) -> Any:
    """Return what is said of a table with headers and words as written: YAML takes 0012 for ten."""
    if isinstance(given, Mapping):
        return {key: _as_typed(one, (*path, key), texts) for key, one in given.items()}
    if path[1:2] != ("columns",) or path[3:] in _NUMBERS:
        return given
    word = path[3:4] in (("value",), ("values",))
    number = type(given) in ((int, float, dt.date) if word else (int,))
    return texts.get(path, given) if number else given


def _spelled_out(given: object) -> object:
    """Write each text that stands for a column of theirs as `from`, and nothing as no entry."""
    given = {} if given is None else given
    if not isinstance(given, Mapping) or not isinstance(given.get("columns"), Mapping):
        return given
    columns = {
        ours: theirs if isinstance(theirs, Mapping) else {"from": theirs}
        for ours, theirs in given["columns"].items()
    }
    return {**given, "columns": columns}


def _named(fault: Fault, table: str) -> Fault:
    """Put the table in front of the key, and say `from` as it is written."""
    expected = fault.expected.replace("'from_'", "'from'")
    return dataclasses.replace(fault, column=f"{table}.{fault.column}", expected=expected)


def _misuses(
    source: TableSource, columns: Mapping[str, Mapping[str, Any]]
) -> "list[tuple[tuple[str, ...], str, str]]":
    """Return path, value and what was expected for everything that fits no column of ours."""
    found: list[tuple[tuple[str, ...], str, str]] = []
    if source.thousands and source.thousands == source.decimal:
        found.append((("thousands",), source.thousands, "another mark than that of decimals"))
    for column, one in source.columns.items():
        path = ("columns", column)
        if column not in columns:
            expected = f"a column of ours: {one_of(columns, column)}"
            found.append((path, column, expected))
            continue
        found += [((*path, *way), word, said) for way, word, said in _misused(one, columns[column])]
    return found


def _misused(
    source: ColumnSource, about: Mapping[str, Any]
) -> "list[tuple[tuple[str, ...], str, str]]":
    """Return the same for one column, paths from the column on."""
    numeric = about["kind"] in ("number", "whole")
    found: list[tuple[tuple[str, ...], str, str]] = []
    for name, fits, expected in (
        ("times", numeric, "a factor on a column of numbers only"),
        ("digits", about["kind"] == "text", "a count of digits for a column of codes only"),
    ):
        if getattr(source, name) is not None and not fits:
            found.append(((name,), str(getattr(source, name)), expected))
    beside = [n for n in ("from_", "times", "values", "digits") if getattr(source, n)]
    if source.value is not None and beside:
        found.append((("value",), source.value, "either one value for all rows, or a column"))
    words: Sequence[tuple[tuple[str, ...], str | None]] = [
        (("value",), source.value),
        *((("values", theirs), ours) for theirs, ours in (source.values or {}).items()),
    ]
    found += [
        (way, word, one_of(about["choices"], word))
        for way, word in words
        if word and about["choices"] and word not in about["choices"]
    ]
    return found
