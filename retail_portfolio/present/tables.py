"""Tables as a reader meets them: HTML on paper, and CSV that no spreadsheet will run.

A table is a frame with the unit and the origin of its columns. `Result` is one, `Table` is the
smallest one, and a bare frame is taken as one whose units stand in its column names.
"""

from __future__ import annotations

import csv
import io
import re
from dataclasses import dataclass, field
from html import escape
from typing import TYPE_CHECKING, Any, Final, Protocol, runtime_checkable

import pandas as pd

from retail_portfolio.present.files import write_text
from retail_portfolio.present.formats import (
    NOT_KNOWN,
    ORIGIN_MARKS,
    as_number,
    as_stated,
    figure_text,
    is_blank,
    is_money,
    is_share,
    label_of,
    percent,
    plain,
    range_text,
    short,
    unit_of,
    unit_words,
    usd,
    value_text,
)

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from pathlib import Path

__all__ = [
    "NOT_KNOWN",
    "HtmlTable",
    "Table",
    "TableLike",
    "as_table",
    "csv_text",
    "figure_text",
    "html_table",
    "origin_of",
    "percent",
    "plain",
    "range_text",
    "read_csv",
    "safe_text",
    "short",
    "usd",
    "value_text",
    "write_csv",
]

#: A text that a spreadsheet would take for a formula, and one that was made safe before.
_FORMULA: Final = re.compile(r"'*[=+\-@\t\r]")
_MILLION_FROM: Final = 500_000.0
_MANY_COLUMNS: Final = 7
#: Letters up to which a text stays on its line, and from which it asks for a wide column.
_SHORT_TEXT: Final = 22
_LONG_TEXT: Final = 60


@runtime_checkable
class TableLike(Protocol):
    """Anything with a frame and the unit and origin of its columns, as every `Result` has."""

    @property
    def table(self) -> pd.DataFrame:
        """The frame, one row a thing."""

    @property
    def units(self) -> Mapping[str, str]:
        """Unit of the columns that have one."""

    @property
    def origins(self) -> Mapping[str, str]:
        """Origin mark of the columns whose rows share one."""


@dataclass(frozen=True, slots=True)
class Table:
    """A frame with the unit and origin of its columns."""

    table: pd.DataFrame
    units: Mapping[str, str] = field(default_factory=dict)
    origins: Mapping[str, str] = field(default_factory=dict)


def as_table(source: TableLike | pd.DataFrame) -> TableLike:
    """Return ``source`` as a table; units of a bare frame are read off its column names."""
    if isinstance(source, pd.DataFrame):
        units = {str(c): unit_of(str(c)) for c in source.columns if unit_of(str(c))}
        return Table(source, units)
    return source


def origin_of(source: TableLike, column: str, row: Mapping[str, object]) -> str:
    """Return the origin mark of one figure, or an empty text where none is stated.

    A column of marks overrules the mark of the whole column: for ``size_sqft`` that is
    ``size_sqft_origin`` or ``size_origin``, whichever the table has.
    """
    words = column.split("_")
    for end in range(len(words), 0, -1):
        mark = row.get("_".join(words[:end]) + "_origin")
        if isinstance(mark, str) and mark in ORIGIN_MARKS:
            return mark
    return source.origins.get(column, "")


# ------------------------------------------------------------------------------------ CSV
def safe_text(text: str) -> str:
    """Return ``text`` so that a spreadsheet shows it and never runs it as a formula.

    A text that begins with ``=``, ``+``, ``-``, ``@`` or a tab gets an apostrophe in front;
    `read_csv` takes it off again.
    """
    return "'" + text if _FORMULA.match(text) else text


def _cell(value: object) -> str:
    if is_blank(value):
        return ""
    if isinstance(value, str):
        return safe_text(value.replace("\r\n", "\n").replace("\r", "\n").replace("\x00", ""))
    if isinstance(value, pd.Timestamp):
        return value.date().isoformat() if value == value.normalize() else value.isoformat()
    if type(value).__name__ in {"bool", "bool_"}:
        return "true" if value else "false"
    number = as_number(value)
    if number is None:
        return "" if isinstance(value, float) else safe_text(str(value))
    # Ten figures: more than any source has, and blind to the last bits of a sum.
    return str(int(number)) if number == int(number) and abs(number) < 1e15 else f"{number:.10g}"  # noqa: PLR2004


def csv_text(source: TableLike | pd.DataFrame) -> str:
    """Write a table as CSV: commas, LF, ISO dates, blank for unknown, no formula."""
    frame = as_table(source).table
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\n")
    writer.writerow([safe_text(str(column)) for column in frame.columns])
    columns = [frame[column].tolist() for column in frame.columns]
    writer.writerows([_cell(value) for value in row] for row in zip(*columns, strict=True))
    return out.getvalue()


def write_csv(source: TableLike | pd.DataFrame, path: Path) -> Path:
    """Write a table to ``path`` as `csv_text` does, in one step."""
    return write_text(path, csv_text(source))


def read_csv(path: Path) -> pd.DataFrame:
    """Read a table that `write_csv` wrote, texts as they were before they were made safe."""
    frame = pd.read_csv(path, dtype={"zip": "string", "county_fips": "string"})
    for column in frame.columns:
        if pd.api.types.is_string_dtype(frame[column].dtype):
            frame[column] = frame[column].str.replace(r"^'('*[=+\-@\t\r])", r"\1", regex=True)
    return frame.rename(columns=lambda c: re.sub(r"^'('*[=+\-@\t\r])", r"\1", str(c)))


# ----------------------------------------------------------------------------------- HTML
@dataclass(frozen=True, slots=True)
class HtmlTable:
    """A table in HTML that a notebook shows as it is and a page embeds."""

    html: str

    def _repr_html_(self) -> str:
        return self.html

    def __str__(self) -> str:
        """Return the HTML."""
        return self.html


@dataclass(frozen=True, slots=True)
class _Column:
    """How one column is written: its heading, its unit, and what turns a value into text."""

    name: str
    label: str
    unit: str
    numeric: bool
    scale: float
    digits: int
    text_class: str = ""
    origin: str = ""
    blank: str = ""
    stated: bool = False

    @property
    def heading(self) -> str:
        words = unit_words(self.unit)
        if is_money(self.unit) and self.scale > 1:
            words = words.replace("USD", "USD M" if self.scale == 1e6 else "USD k", 1)  # noqa: PLR2004
        if words.lower() == self.label.lower():
            words = ""
        unit = f' <span class="unit">{escape(words)}</span>' if words else ""
        return f"{escape(self.label)}{origin_mark(self.origin)}{unit}"

    def text(self, value: object) -> str:
        if is_blank(value):
            return self.blank or (NOT_KNOWN if self.numeric else "")
        if type(value).__name__ in {"bool", "bool_"}:
            return "yes" if value else "no"
        number = as_number(value) if self.numeric else None
        if number is None:
            return str(value)
        return as_stated(number) if self.stated else plain(number / self.scale, self.digits)


def _column(table: TableLike, name: str, label: str, blank: str) -> _Column:
    values = table.table[name]
    numeric = pd.api.types.is_numeric_dtype(values) and not pd.api.types.is_bool_dtype(values)
    if not numeric:
        longest = int(values.dropna().astype(str).str.len().max() or 0) if len(values) else 0
        kind = "long" if longest > _LONG_TEXT else "short" if longest <= _SHORT_TEXT else ""
        return _Column(name, label, "", numeric, 1.0, 0, kind, blank=blank)
    unit = table.units.get(name, "")
    # Rows that each name their unit share no scale and no number of decimals.
    stated = not unit and "unit" in table.table.columns
    sizes = values.dropna().astype(float).abs()
    sizes = sizes[sizes > 0]
    middle = float(sizes.median()) if len(sizes) else 0.0
    scale = 1.0
    if is_share(unit):
        scale = 0.01
    elif is_money(unit) and len(sizes) and float(sizes.max()) >= _MILLION_FROM:
        scale = 1e6
    elif is_money(unit) and middle >= 10_000:  # noqa: PLR2004
        scale = 1e3
    digits = _digits(sizes / scale, middle / scale)
    origin = _shared(table, name)
    return _Column(name, label, unit, numeric, scale, digits, "", origin, blank, stated)


def _shared(table: TableLike, column: str) -> str:
    """Return the origin that all figures of a column share, or an empty text."""
    words = column.split("_")
    marks = {"_".join(words[:end]) + "_origin" for end in range(len(words), 0, -1)}
    return "" if marks & set(table.table.columns) else table.origins.get(column, "")


def _digits(sizes: pd.Series, middle: float) -> int:
    """Decimals that leave the middle of a column about two figures, and whole numbers whole."""
    if not len(sizes) or bool(((sizes - sizes.round()).abs() < 1e-9).all()):  # noqa: PLR2004
        return 0
    if float(sizes.min()) >= 10 or middle >= 1000:  # noqa: PLR2004
        return 0
    return 1 if middle >= 0.5 else 2  # noqa: PLR2004


def html_table(
    source: TableLike | pd.DataFrame,
    *,
    caption: str,
    columns: Sequence[str] | None = None,
    labels: Mapping[str, str] | None = None,
    rows: int | None = None,
    source_line: str = "",
    table_id: str = "",
    unit_column: str = "",
    links: Mapping[str, str] | None = None,
    blank: Mapping[str, str] | None = None,
) -> HtmlTable:
    """Write a table as HTML: every text escaped, numerals right-aligned, origin marks beside them.

    Parameters
    ----------
    source
        The rows. Money of a million and more is written in millions, with the unit in the heading.
        Where a column ``unit`` gives each row its own, numbers without another stand as stated.
    caption
        What the table shows, in a sentence.
    columns
        Which columns, in this order; all of them by default. The first is the row's heading.
    labels
        Headings that differ from the column's name in words.
    rows
        How many rows from the top; the caption then says of how many.
    source_line
        Where the figures come from, set below.
    table_id
        Value of the element's ``id``.
    unit_column
        Column with the unit of each row, for a table of facts that share no unit; numbers are then
        written with it.
    links
        Column to the column with the address its texts link to; only ``http`` and ``https``.
    blank
        Column to what its blank cells say, where ``not known`` is not what a blank means.

    Raises
    ------
    KeyError
        If a column is not there.
    """
    table = as_table(source)
    names = [str(c) for c in (table.table.columns if columns is None else columns)]
    missing = [name for name in names if name not in table.table.columns]
    if missing:
        raise KeyError(f"no column {', '.join(missing)} in the table {caption!r}")
    labels = labels or {}
    blank = blank or {}
    heads = [
        _column(table, name, labels.get(name, label_of(name)), blank.get(name, ""))
        for name in names
    ]
    shown = table.table if rows is None else table.table.head(rows)
    note = (
        f" First {len(shown)} of {len(table.table)} rows." if len(shown) < len(table.table) else ""
    )
    marks: set[str] = set()
    rows_as = _Rows(table, heads, marks, unit_column, links or {})
    body = [rows_as.html(record) for record in shown.to_dict("records")]
    head = "".join(
        f'<th scope="col"{_class("num" if c.numeric else "")}>{c.heading}</th>' for c in heads
    )
    kind = "table dense" if len(heads) > _MANY_COLUMNS else "table"
    identity = f' id="{escape(table_id)}"' if table_id else ""
    html = (
        f'<div class="{kind}" tabindex="0" role="region" aria-label="{escape(caption)}">'
        f"<table{identity}><caption>{escape(caption + note)}</caption>"
        f"<thead><tr>{head}</tr></thead><tbody>{''.join(body)}</tbody></table></div>"
        f"{_foot(marks, source_line)}"
    )
    return HtmlTable(html)


def _class(name: str) -> str:
    return f' class="{name}"' if name else ""


@dataclass(frozen=True, slots=True)
class _Rows:
    """Writes the rows of one table and remembers which origin marks they used."""

    table: TableLike
    heads: list[_Column]
    marks: set[str]
    unit_column: str
    links: Mapping[str, str]

    def html(self, record: Mapping[Any, object]) -> str:
        row = {str(key): value for key, value in record.items()}
        cells = []
        for place, column in enumerate(self.heads):
            blank = " blank" if is_blank(row[column.name]) else ""
            kind = f"num{blank}" if column.numeric else column.text_class
            start = 'th scope="row"' if place == 0 else "td"
            cells.append(f"<{start}{_class(kind)}>{self._cell(column, row)}</{start[:2]}>")
        return f"<tr>{''.join(cells)}</tr>"

    def _cell(self, column: _Column, row: Mapping[str, object]) -> str:
        value = row[column.name]
        if column.numeric and not is_blank(value):
            origin = origin_of(self.table, column.name, row)
            origin = origin or (str(row.get("origin", "")) if self.unit_column else "")
            self.marks.add(origin)
            unit = str(row.get(self.unit_column) or "")
            text = value_text(value, unit) if self.unit_column else column.text(value)
            return escape(text) + ("" if column.origin else origin_mark(origin))
        text = escape(column.text(value))
        address = str(row.get(self.links.get(column.name, "")) or "")
        if text and re.match(r"https?://[^\s\"'<>]+$", address):
            return f'<a href="{escape(address)}" rel="noreferrer noopener">{text}</a>'
        return text


def origin_mark(origin: str) -> str:
    """Write an origin as the small letter beside a figure; empty for an origin not stated."""
    if origin not in ORIGIN_MARKS:
        return ""
    letter, words = ORIGIN_MARKS[origin]
    return f'<abbr class="mark" title="{escape(words)}">{letter}</abbr>'


def _foot(marks: set[str], source_line: str) -> str:
    parts = [
        f'<span><b class="mark">{letter}</b> {escape(words.split(":")[0])}</span>'
        for origin, (letter, words) in ORIGIN_MARKS.items()
        if origin in marks
    ]
    if source_line:
        parts.append(f"<span>Source: {escape(source_line)}</span>")
    return f'<p class="source">{" ".join(parts)}</p>' if parts else ""
