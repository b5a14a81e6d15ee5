"""All tables of a report in one workbook, with a sheet in front that says what is where."""

from __future__ import annotations

import datetime as dt
import io
import re
import zipfile
from typing import TYPE_CHECKING, Any, Final

from openpyxl import Workbook
from openpyxl.utils import quote_sheetname
from openpyxl.worksheet.hyperlink import Hyperlink

from retail_portfolio.present.exporting.sheets import (
    DATE_FORMAT,
    Look,
    Styles,
    as_date,
    clean_text,
    fill,
    on_paper,
    put,
    put_text,
)
from retail_portfolio.present.files import write_bytes
from retail_portfolio.present.formats import ORIGIN_MARKS
from retail_portfolio.present.pages import RunFacts
from retail_portfolio.present.tables import as_table

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    import pandas as pd
    from openpyxl.worksheet.worksheet import Worksheet

    from retail_portfolio.inputs.speech import Speech
    from retail_portfolio.present.tables import TableLike

READ_ME: Final = "Read me"
#: Zip archives cannot say "no time"; this is the earliest one they can.
_NO_TIME: Final = (1980, 1, 1, 0, 0, 0)
_EPOCH: Final = dt.datetime(1980, 1, 1)  # noqa: DTZ001 - the format has no time zone
_LONGEST_NAME: Final = 31
_HOW_TO_READ: Final = """\
Every sheet begins with three rows: headings, units with the origin of the figures, and the names \
that the columns have in the CSV files of the report.
A blank cell is not known; it is never zero. Shares are shown in per cent and stored from 0 to 1. \
Figures are stored in full and shown rounded.
Where the rows of a table differ in origin, a column that ends in _origin says it row by row.
"""


def write_xlsx(
    path: Path,
    sheets: Mapping[str, TableLike | pd.DataFrame],
    *,
    title: str = "",
    facts: RunFacts | Mapping[str, Any] | None = None,
    descriptions: Mapping[str, str] | None = None,
    words: Speech | None = None,
) -> Path:
    """Write tables to one workbook, a sheet each, readable as it opens.

    Texts are stored as texts, whatever they begin with, so that no cell is a formula. A column's
    unit and origin stand under its heading. The file's times are fixed: same tables, same bytes.

    Parameters
    ----------
    path
        Where to write.
    sheets
        Sheet name to table, in this order. Names are cut to what a spreadsheet allows.
    title
        Title in the file's properties.
    facts
        The run. With it a sheet `READ_ME` comes first: the run, the contents with links, and how to
        read the others.
    descriptions
        Name of a sheet, as in ``sheets``, to what it holds, for the contents.
    words
        Of the portfolio; those of the run by default. Needed where a table holds money.

    Raises
    ------
    ValueError
        If there is no sheet, two names become one, or nobody says what money is in.
    """
    if not sheets:
        raise ValueError("a workbook needs at least one sheet")
    if words is None and facts is not None:
        words = RunFacts.of(facts).words
    book = Workbook()
    styles = Styles(book.active)
    book.remove(book.active)
    front = None if facts is None else book.create_sheet(READ_ME)
    made: dict[str, Worksheet] = {}
    for name, source in sheets.items():
        safe = _sheet_name(name)
        if safe.lower() in {taken.lower() for taken in book.sheetnames}:
            raise ValueError(f"two sheets would be called {safe!r}")
        made[name] = book.create_sheet(safe)
        fill(made[name], as_table(source), styles, words)
    if front is not None and facts is not None:
        _introduce(front, RunFacts.of(facts), made, descriptions or {}, styles)
    properties = book.properties
    properties.creator, properties.title = "retail_portfolio", clean_text(title)
    properties.created = properties.modified = _EPOCH
    raw = io.BytesIO()
    book.save(raw)
    return write_bytes(path, _timeless(raw.getvalue()))


def _sheet_name(name: str) -> str:
    """Return a name that a spreadsheet allows; it keeps one to itself."""
    safe = re.sub(r"[\[\]:*?/\\]", "-", re.sub(r"[\x00-\x1f\ud800-\udfff\ufffe\uffff]", "", name))
    safe = safe.strip("'")[:_LONGEST_NAME].strip("'") or "sheet"
    return f"{safe}-" if safe.lower() == "history" else safe


def _introduce(
    sheet: Worksheet,
    facts: RunFacts,
    sheets: Mapping[str, Worksheet],
    descriptions: Mapping[str, str],
    styles: Styles,
) -> None:
    put_text(sheet["A1"], facts.title, styles, Look(size=16, bold=True))
    row = 3
    for label, value in _about(facts):
        put_text(sheet.cell(row, 1), label, styles, Look(quiet=True))
        put(sheet.cell(row, 2), as_date(value), styles, Look(DATE_FORMAT, wrap=True, left=True))
        row += 1
    row = _contents(sheet, row + 1, sheets, descriptions, styles)
    row = _heading(sheet, row + 1, ("How to read it",), styles)
    for text in _HOW_TO_READ.splitlines():
        put_text(sheet.cell(row, 1), text, styles, Look(wrap=True))
        sheet.merge_cells(start_row=row, start_column=1, end_row=row, end_column=3)
        sheet.row_dimensions[row].height = 32
        row += 1
    row = _heading(sheet, row + 1, ("Origin", "What it says of a figure"), styles)
    for mark, (_, words) in ORIGIN_MARKS.items():
        put_text(sheet.cell(row, 1), mark, styles, Look())
        put_text(sheet.cell(row, 2), words.partition(": ")[2], styles, Look(wrap=True))
        row += 1
    for letter, width in (("A", 30), ("B", 84), ("C", 10)):
        sheet.column_dimensions[letter].width = width
    sheet.sheet_view.showGridLines = False
    on_paper(sheet)


def _about(facts: RunFacts) -> list[tuple[str, str]]:
    scenario = f"{facts.scenario} ({facts.changed})" if facts.changed else facts.scenario
    money = f"{facts.currency} of {facts.base_year}" if facts.base_year else facts.currency
    said = [
        ("As of", facts.as_of),
        ("Retailer", facts.retailer),
        ("Scenario", scenario),
        ("What it is for", facts.why),
        ("Money", f"{money}. {facts.money}" if facts.money else money),
        ("Inputs", facts.input_hash),
    ]
    return [(label, value) for label, value in said if value]


def _heading(sheet: Worksheet, row: int, texts: tuple[str, ...], styles: Styles) -> int:
    for place, text in enumerate((*texts, "", "")[:3], start=1):
        put_text(sheet.cell(row, place), text, styles, Look(bold=True, head=True, rule=True))
    return row + 1


def _contents(
    sheet: Worksheet,
    row: int,
    sheets: Mapping[str, Worksheet],
    descriptions: Mapping[str, str],
    styles: Styles,
) -> int:
    row = _heading(sheet, row, ("Sheet", "What it holds", "Rows"), styles)
    for name, one in sheets.items():
        cell = sheet.cell(row, 1)
        put_text(cell, one.title, styles, Look(link=True))
        cell.hyperlink = Hyperlink(
            cell.coordinate, location=f"{quote_sheetname(one.title)}!A1", display=one.title
        )
        words = descriptions.get(name) or name.replace("_", " ").capitalize()
        put_text(sheet.cell(row, 2), words, styles, Look(wrap=True))
        put(sheet.cell(row, 3), one.max_row - 3, styles, Look("#,##0"))
        row += 1
    return row


def _timeless(data: bytes) -> bytes:
    """Write a workbook's archive again with fixed times inside and out."""
    out = io.BytesIO()
    stamp = _EPOCH.strftime("%Y-%m-%dT%H:%M:%SZ").encode()
    with (
        zipfile.ZipFile(io.BytesIO(data)) as old,
        zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED, compresslevel=9) as new,
    ):
        for name in sorted(old.namelist()):
            content = old.read(name)
            if name == "docProps/core.xml":
                content = re.sub(rb"(<dcterms:\w+[^>]*>)[^<]*", rb"\g<1>" + stamp, content)
            entry = zipfile.ZipInfo(name, _NO_TIME)
            entry.compress_type = zipfile.ZIP_DEFLATED
            entry.external_attr = 0o644 << 16
            new.writestr(entry, content)
    return out.getvalue()
