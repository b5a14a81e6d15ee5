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
from typing import TYPE_CHECKING, Any, Final

import pandas as pd

from retail_portfolio.model.result import Result
from retail_portfolio.present.columns import Column, TableLike, column_of, origin_mark
from retail_portfolio.present.files import write_text
from retail_portfolio.present.formats import ORIGIN_MARKS, as_number, is_blank, unit_of, value_text

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from pathlib import Path

    from retail_portfolio.inputs.speech import Speech

__all__ = [
    "HtmlTable",
    "Table",
    "TableLike",
    "as_table",
    "csv_text",
    "html_table",
    "origin_mark",
    "origin_of",
    "read_csv",
    "safe_text",
    "words_for",
    "write_csv",
]

#: A text that a spreadsheet would take for a formula, and one that was made safe before.
_RISKY: Final = r"[=+\-@\t\r\n\uff1d\uff0b\uff0d\uff20]"
_FORMULA: Final = re.compile(rf"'*{_RISKY}")
_MADE_SAFE: Final = re.compile(rf"^'('*{_RISKY})")
_MANY_COLUMNS: Final = 7
#: JupyterLab sets texts to the right, and squeezes long ones; `@scope` keeps this to one output.
IN_NOTEBOOKS: Final = (
    "<style>@scope{td:not(.num),th:not(.num),caption{text-align:left!important}"
    "td.num{white-space:nowrap}td.long{min-width:20em}.mark{margin-left:.3em}}</style>"
)
#: How the last row of a table begins that sums those above; it stays last, however they are sorted.
_TOTAL: Final = re.compile(r"All\b")


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


def words_for(source: TableLike | pd.DataFrame, words: Speech | None = None) -> Speech | None:
    """Return the words of the portfolio that a table is of: those given, else a result's own."""
    return source.words if words is None and isinstance(source, Result) else words


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


_CHOSEN: Final = frozenset(
    {"banner", "city", "decision", "format", "name", "owner", "state", "street", "to", "to_format"}
)
"""Columns that hold words a portfolio chooses, and no figure."""


# ------------------------------------------------------------------------------------ CSV
def safe_text(text: str) -> str:
    """Return ``text`` so that a spreadsheet shows it and never runs it as a formula.

    A text that begins with ``=``, ``+``, ``-``, ``@``, one of them at full width, or with white
    space that a spreadsheet skips gets an apostrophe in front; `read_csv` takes it off again.
    """
    return "'" + text if _FORMULA.match(text) else text


def _one_line_end(text: str) -> str:
    """Return a safe text whose lines end in one way: a bare CR would begin a row of its own."""
    return safe_text(text.replace("\r\n", "\n").replace("\r", "\n").replace("\x00", ""))


def _cell(value: object) -> str:
    if is_blank(value):
        return ""
    if isinstance(value, str):
        return _one_line_end(value)
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
    writer.writerow([_one_line_end(str(column)) for column in frame.columns])
    columns = [frame[column].tolist() for column in frame.columns]
    writer.writerows([_cell(value) for value in row] for row in zip(*columns, strict=True))
    return out.getvalue()


def write_csv(source: TableLike | pd.DataFrame, path: Path) -> Path:
    """Write a table to ``path`` as `csv_text` does, in one step."""
    return write_text(path, csv_text(source))


def _names_a_thing(column: str) -> bool:
    """Tell ids, and words that a portfolio chooses, from figures."""
    return column.endswith("_id") or column in _CHOSEN


def read_csv(path: Path) -> pd.DataFrame:
    """Read a table that `write_csv` wrote, texts as they were before they were made safe.

    What names a thing stays a text, also where it looks like a number (a store ``0101``) or like a
    word for nothing (a city ``None``): only a blank cell is unknown.
    """
    columns = pd.read_csv(path, nrows=0).columns
    texts = dict.fromkeys((name for name in columns if _names_a_thing(name)), "str")
    frame = pd.read_csv(
        path,
        dtype=texts | {"zip": "string", "county_fips": "string"},
        keep_default_na=False,
        na_values=[""],
    )
    for column in frame.columns:
        if pd.api.types.is_string_dtype(frame[column].dtype):
            frame[column] = frame[column].str.replace(_MADE_SAFE, r"\1", regex=True)
    return frame.rename(columns=lambda c: _MADE_SAFE.sub(r"\1", str(c)))


# ----------------------------------------------------------------------------------- HTML
@dataclass(frozen=True, slots=True)
class HtmlTable:
    """A table in HTML that a notebook shows as it is and a page embeds."""

    html: str

    def _repr_html_(self) -> str:
        return IN_NOTEBOOKS + self.html

    def __str__(self) -> str:
        """Return the HTML."""
        return self.html

    def __repr__(self) -> str:
        """Return few words: a notebook that is saved keeps them beside the HTML."""
        return "<table>"


def html_table(
    source: TableLike | pd.DataFrame,
    *,
    caption: str,
    words: Speech | None = None,
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

    A number whose text is rounded carries itself in ``data-v``, by which a page sorts.

    Parameters
    ----------
    source
        The rows. Money of a million and more is written in millions, with the unit in the heading.
        Where a column ``unit`` gives each row its own, numbers without another stand as stated.
    caption
        What the table shows, in a sentence.
    words
        Of the portfolio. A result has its own; any other table needs them where it holds money.
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
    ValueError
        If a column holds money and it is not known of which portfolio.
    """
    table, words = as_table(source), words_for(source, words)
    names = [str(c) for c in (table.table.columns if columns is None else columns)]
    if missing := [name for name in names if name not in table.table.columns]:
        raise KeyError(f"no column {', '.join(missing)} in the table {caption!r}")
    labels, blank = labels or {}, blank or {}
    heads = [
        column_of(table, name, labels.get(name, ""), blank.get(name, ""), words) for name in names
    ]
    shown = table.table if rows is None else table.table.head(rows)
    identity = f' id="{escape(table_id)}"' if table_id else ""
    if shown.empty:
        # Headings without a row read as if something had gone missing.
        return HtmlTable(f'<p class="source"{identity}>{escape(caption)}: nothing to list.</p>')
    currency = "" if words is None else words.currency
    written = _Rows(table, heads, set(), unit_column, links or {}, currency)
    records = shown.to_dict("records")
    body = "".join(written.html(record, last=record is records[-1]) for record in records)
    cut = len(shown) < len(table.table)
    note = f" First {len(shown)} of {len(table.table)} rows." if cut else ""
    return HtmlTable(
        _around(body, heads, identity, (caption, note)) + _foot(written.marks, source_line)
    )


def _around(body: str, heads: Sequence[Column], identity: str, caption: tuple[str, str]) -> str:
    """Put rows below their headings, and both into an element that scrolls."""
    head = "".join(
        f'<th scope="col"{_class("num" if c.numeric else "")}>{c.heading}</th>' for c in heads
    )
    kind = "table dense" if len(heads) > _MANY_COLUMNS else "table"
    return (
        f'<div class="{kind}" tabindex="0" role="region" aria-label="{escape(caption[0])}">'
        f"<table{identity}><caption>{escape(''.join(caption))}</caption>"
        f"<thead><tr>{head}</tr></thead><tbody>{body}</tbody></table></div>"
    )


def _class(name: str) -> str:
    return f' class="{name}"' if name else ""


@dataclass(frozen=True, slots=True)
class _Rows:
    """Writes the rows of one table and remembers which origin marks they used."""

    table: TableLike
    heads: list[Column]
    marks: set[str]
    unit_column: str
    links: Mapping[str, str]
    currency: str

    def html(self, record: Mapping[Any, object], *, last: bool) -> str:
        row = {str(key): value for key, value in record.items()}
        cells = []
        for place, column in enumerate(self.heads):
            blank = " blank" if is_blank(row[column.name]) else ""
            kind = f"num{blank}" if column.numeric else column.text_class
            start = 'th scope="row"' if place == 0 else "td"
            text, value = self._cell(column, row)
            sort = f' data-v="{value}"' if value else ""
            cells.append(f"<{start}{_class(kind)}{sort}>{text}</{start[:2]}>")
        kind = "total" if last and _TOTAL.match(str(row[self.heads[0].name])) else ""
        return f"<tr{_class(kind)}>{''.join(cells)}</tr>"

    def _cell(self, column: Column, row: Mapping[str, object]) -> tuple[str, str]:
        """Return a cell's HTML and what it is sorted by, empty where that is its text."""
        value = row[column.name]
        if column.numeric and not is_blank(value):
            origin = origin_of(self.table, column.name, row)
            origin = origin or (str(row.get("origin", "")) if self.unit_column else "")
            self.marks.add(origin)
            unit = str(row.get(self.unit_column) or "")
            own = bool(self.unit_column)
            text = value_text(value, unit, self.currency) if own else column.text(value)
            mark = "" if column.origin else origin_mark(origin)
            return escape(text) + mark, column.sort_value(value, text)
        return self._words(column, row), ""

    def _words(self, column: Column, row: Mapping[str, object]) -> str:
        text = escape(column.text(row[column.name]))
        address = str(row.get(self.links.get(column.name, "")) or "")
        if text and re.match(r"https?://[^\s\"'<>]+$", address):
            return f'<a href="{escape(address)}" rel="noreferrer noopener">{text}</a>'
        return text


def _foot(marks: set[str], source_line: str) -> str:
    parts = [
        f'<span><b class="mark">{letter}</b> {escape(words.split(":")[0])}</span>'
        for origin, (letter, words) in ORIGIN_MARKS.items()
        if origin in marks
    ]
    if source_line:
        parts.append(f"<span>Source: {escape(source_line)}</span>")
    return f'<p class="source">{" ".join(parts)}</p>' if parts else ""
