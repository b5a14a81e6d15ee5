"""A table on a sheet of a workbook: what its cells hold, how they are shown, how wide they are.

Nothing a table holds can run in a spreadsheet: a text is stored as a text whatever it begins with,
no cell is a formula, and a link leads to ``http`` or ``https`` or into the workbook.
"""

from __future__ import annotations

import datetime as dt
import math
import re
from copy import copy
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

import pandas as pd
from openpyxl.cell import WriteOnlyCell
from openpyxl.styles import Alignment, Border, Font, PatternFill, Side
from openpyxl.utils import get_column_letter

from retail_portfolio.present.formats import (
    as_number,
    is_blank,
    is_money,
    is_share,
    label_of,
    unit_words,
)

if TYPE_CHECKING:
    from collections.abc import Sequence

    from openpyxl.cell import Cell
    from openpyxl.styles.cell_style import StyleArray
    from openpyxl.worksheet.worksheet import Worksheet

    from retail_portfolio.inputs.speech import Speech
    from retail_portfolio.present.tables import TableLike

DATE_FORMAT: Final = "yyyy-mm-dd"
SHARE_FORMAT: Final = "0.0 %"
PLACE_FORMAT: Final = "0.00000"
HEAD_ROWS: Final = 3
"""Rows above a table: headings, units with origins, and the columns' names."""
_ILLEGAL: Final = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]")
_LONGEST_TEXT: Final = 32_767
#: What the file format reads as the code of a letter.
_ESCAPE: Final = re.compile(r"_x(?=[0-9A-Fa-f]{4}_)")
#: First letters after which a spreadsheet, asked to edit a text, would take it for a formula.
_QUOTED: Final = frozenset("=+-@\t\n\uff1d\uff0b\uff0d\uff20")
_LINK: Final = re.compile(r"https?://[^\s\"'<>]+")
_LONGEST_LINK: Final = 2_000
_ISO: Final = re.compile(r"\d{4}(-\d\d(-\d\d)?)?")
_WHOLE_DATE: Final = 10
#: Before it, spreadsheets count a day that never was.
_FIRST_DAY: Final = dt.date(1900, 3, 1)
_WIDEST: Final = 60
_NARROWEST: Final = 8


@dataclass(frozen=True, slots=True)
class Look:
    """How a cell is shown."""

    number_format: str = "General"
    size: int = 11
    bold: bool = False
    quiet: bool = False
    head: bool = False
    rule: bool = False
    wrap: bool = False
    left: bool = False
    link: bool = False
    quoted: bool = False


class Styles:
    """The looks of a workbook's cells, each written into the workbook once."""

    def __init__(self, sheet: Worksheet) -> None:
        self._sheet = sheet
        self._known: dict[Look, StyleArray] = {}

    def give(self, cell: Cell, look: Look) -> None:
        """Give a cell a look."""
        if look not in self._known:
            self._known[look] = self._made(look)
        # Setting fonts and fills cell by cell takes ten times as long.
        cell._style = copy(self._known[look])  # noqa: SLF001

    def _made(self, look: Look) -> StyleArray:
        cell = WriteOnlyCell(self._sheet)
        colour = "0563C1" if look.link else "666666" if look.quiet else None
        underline = "single" if look.link else None
        cell.font = Font(size=look.size, bold=look.bold, color=colour, underline=underline)
        cell.number_format = look.number_format
        side = "left" if look.left else None
        cell.alignment = Alignment(horizontal=side, vertical="top", wrap_text=look.wrap or None)
        if look.head:
            cell.fill = PatternFill("solid", fgColor="F2F0EA")
        if look.rule:
            cell.border = Border(bottom=Side("thin", color="8C8C88"))
        cell.quotePrefix = look.quoted
        return cell._style  # noqa: SLF001 - as above


# ---------------------------------------------------------------------------------- one cell
def clean_text(text: str) -> str:
    """Return a text as a cell can hold it: no control letters, at most 32,767 letters."""
    text = _ILLEGAL.sub("", text.replace("\r\n", "\n").replace("\r", "\n"))
    text = _ESCAPE.sub("_x005F_x", text)
    return text if len(text) <= _LONGEST_TEXT else text[: _LONGEST_TEXT - 1] + "\u2026"


def is_link(text: str) -> bool:
    """Whether a text is the address of one page on the web."""
    return len(text) <= _LONGEST_LINK and _LINK.fullmatch(text) is not None


def put_text(cell: Cell, text: str, styles: Styles, look: Look) -> None:
    """Put a text into a cell as a text, never as a formula or an error."""
    clean = clean_text(text)
    if clean:
        cell.value = clean
        # openpyxl takes "=..." for a formula and "#N/A" for an error; both are texts here.
        cell.data_type = "s"
    styles.give(cell, look if clean[:1] not in _QUOTED else _with(look, quoted=True))


def put(cell: Cell, value: object, styles: Styles, look: Look) -> None:
    """Put a value into a cell: numbers, dates and truths as such, anything else as a text.

    Parameters
    ----------
    cell
        The cell; a blank value leaves it empty.
    value
        What a table holds.
    styles
        The workbook's looks.
    look
        The cell's look. A number format holds for numbers, a wrap for texts.
    """
    plain = _plain(value)
    if plain is None:
        return
    if isinstance(plain, str):
        link = is_link(plain)
        wrap = look.wrap and not link
        put_text(cell, plain, styles, _with(look, number_format="General", wrap=wrap, link=link))
        if link:
            cell.hyperlink = plain
        return
    cell.value = plain
    styles.give(cell, _with(look, wrap=False))


def _with(look: Look, **changes: Any) -> Look:
    values = {name: getattr(look, name) for name in Look.__slots__}
    return Look(**values | changes)


def _plain(value: object) -> str | int | float | bool | dt.date | None:
    if is_blank(value):
        return None
    if isinstance(value, str):
        return value
    if type(value).__name__ in {"bool", "bool_"}:
        return bool(value)
    if isinstance(value, dt.date):
        day = value.date() if isinstance(value, dt.datetime) else value
        whole = value == pd.Timestamp(day) if isinstance(value, dt.datetime) else True
        return day if whole and day >= _FIRST_DAY else value.isoformat()
    number = as_number(value)
    if number is None:
        return None if isinstance(value, float) else str(value)
    return int(number) if number == int(number) else float(f"{number:.10g}")


def as_date(text: object) -> object:
    """Return an ISO date as a date; anything else as it is, a month or a year above all."""
    if not isinstance(text, str) or len(text) != _WHOLE_DATE:
        return text
    try:
        return dt.date.fromisoformat(text)
    except ValueError:
        return text


# -------------------------------------------------------------------------------- one column
def number_format(unit: str, sizes: Sequence[float]) -> str:
    """Return the format of the numbers of a column.

    Parameters
    ----------
    unit
        Their unit; empty for counts and factors.
    sizes
        Their sizes, without signs.
    """
    if is_share(unit):
        return SHARE_FORMAT
    largest = max(sizes, default=0.0)
    if all(size == int(size) for size in sizes):
        # A year is no amount: four figures without a unit stand as they are.
        return "#,##0" if unit or largest >= 10_000 else "0"  # noqa: PLR2004
    if is_money(unit):
        return "#,##0.00" if largest < 1_000 else "#,##0"  # noqa: PLR2004
    middle = sorted(sizes)[len(sizes) // 2] or largest
    digits = min(4, max(0, 2 - math.floor(math.log10(middle)))) if middle else 1
    return "#,##0" + ("." + "0" * digits if digits else "")


@dataclass(frozen=True, slots=True)
class _Column:
    """One column as its sheet shows it."""

    name: str
    label: str
    note: str
    values: list[Any]
    look: Look
    #: Unit of each row, where the rows share none.
    units: list[Any] | None

    @property
    def width(self) -> float:
        # The names stand in small letters, beside the button of the filter.
        longest = max(_NARROWEST, 0.8 * len(self.name) + 3, *map(len, self.label.split()))
        for value in self.values:
            plain = _plain(value)
            if isinstance(plain, str):
                longest = max(longest, max(map(len, plain.splitlines()), default=0))
            elif isinstance(plain, dt.date):
                longest = max(longest, 10)
            elif plain is not None:
                longest = max(longest, len(_formatted(plain, self.look.number_format)))
        return min(longest, _WIDEST) + 2


def _formatted(value: float, shape: str) -> str:
    if shape == SHARE_FORMAT:
        return f"{100 * value:.1f} %"
    digits = len(shape.partition(".")[2])
    return f"{value:,.{digits}f}"


def _column(table: TableLike, name: str, words: Speech | None) -> _Column:
    unit = table.units.get(name, "")
    values = table.table[name].tolist()
    currency = "" if words is None else words.currency
    about = (unit_words(unit, currency), table.origins.get(name, ""))
    note = ", ".join(part for part in about if part)
    texts = [one for one in values if isinstance(one, str) and one.strip()]
    if texts and all(map(_ISO.fullmatch, texts)) and len(max(texts, key=len)) == _WHOLE_DATE:
        values = [as_date(one) for one in values]
    dates = any(isinstance(one, dt.date) for one in values)
    numbers = [abs(size) for one in values if (size := _number(one)) is not None]
    shape = DATE_FORMAT if dates else number_format(unit, numbers)
    if name in {"lat", "lon"}:  # a tenth of a degree is eleven kilometres
        shape = PLACE_FORMAT
    long = max(map(len, texts), default=0) > _WIDEST
    units = None
    if not unit and numbers and "unit" in table.table.columns:
        units = table.table["unit"].tolist()
    return _Column(name, label_of(name, words), note, values, Look(shape, wrap=long), units)


def _number(value: object) -> float | None:
    return None if isinstance(value, str) else as_number(value)


# --------------------------------------------------------------------------------- one sheet
def fill(sheet: Worksheet, table: TableLike, styles: Styles, words: Speech | None) -> None:
    """Write a table to a sheet: its head, its rows, frozen and with filters.

    The head has a row of headings, one of units and origins, and one of the columns' names, which
    formulas and programs go by.

    Parameters
    ----------
    sheet, table, styles
        Where to, what, and the workbook's looks.
    words
        Of the portfolio; needed where a column holds money.
    """
    columns = [_column(table, str(name), words) for name in table.table.columns]
    for place, column in enumerate(columns, start=1):
        put_text(sheet.cell(1, place), column.label, styles, Look(bold=True, head=True, wrap=True))
        put_text(sheet.cell(2, place), column.note, styles, Look(quiet=True, head=True, wrap=True))
        put_text(
            sheet.cell(HEAD_ROWS, place),
            column.name,
            styles,
            Look(size=9, quiet=True, head=True, rule=True),
        )
        for row, value in enumerate(column.values, start=HEAD_ROWS + 1):
            look = column.look
            if column.units is not None and (number := _number(value)) is not None:
                own = str(column.units[row - HEAD_ROWS - 1] or "")
                look = Look(number_format(own, [abs(number)]))
            put(sheet.cell(row, place), value, styles, look)
        sheet.column_dimensions[get_column_letter(place)].width = round(column.width, 1)
    sheet.freeze_panes = f"B{HEAD_ROWS + 1}"
    last = HEAD_ROWS + len(table.table)
    sheet.auto_filter.ref = f"A{HEAD_ROWS}:{get_column_letter(max(len(columns), 1))}{last}"
    sheet.print_title_rows = f"1:{HEAD_ROWS}"
    on_paper(sheet)


def on_paper(sheet: Worksheet) -> None:
    """Set a sheet up to be printed: across the page, all its columns on one."""
    sheet.page_setup.orientation = "landscape"
    sheet.page_setup.fitToHeight = 0
    sheet.sheet_properties.pageSetUpPr.fitToPage = True
