"""What a reader takes away: a workbook and a layer for a map program, the same bytes every time."""

from __future__ import annotations

import datetime as dt
import io
import json
import re
import zipfile
from typing import TYPE_CHECKING, Final

import pandas as pd
from openpyxl import Workbook
from openpyxl.styles import Alignment, Font, PatternFill
from openpyxl.utils import get_column_letter

from retail_portfolio.present.files import write_bytes, write_text
from retail_portfolio.present.formats import (
    as_number,
    is_blank,
    is_money,
    is_share,
    label_of,
    unit_words,
)
from retail_portfolio.present.tables import as_table, origin_of

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from openpyxl.cell import Cell
    from openpyxl.worksheet.worksheet import Worksheet

    from retail_portfolio.present.tables import TableLike

#: Zip archives cannot say "no time"; this is the earliest one they can.
_NO_TIME: Final = (1980, 1, 1, 0, 0, 0)
_EPOCH: Final = dt.datetime(1980, 1, 1)  # noqa: DTZ001 - the format has no time zone
_ILLEGAL: Final = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff]")
_LONGEST_TEXT: Final = 32_767
_HEAD: Final = PatternFill("solid", fgColor="EEEEEE")


def write_xlsx(
    path: Path, sheets: Mapping[str, TableLike | pd.DataFrame], *, title: str = ""
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

    Raises
    ------
    ValueError
        If there is no sheet, or two names become one.
    """
    if not sheets:
        raise ValueError("a workbook needs at least one sheet")
    book = Workbook()
    book.remove(book.active)
    for name, source in sheets.items():
        safe = re.sub(r"[\[\]:*?/\\]", "-", _ILLEGAL.sub("", name)).strip("'")[:31] or "sheet"
        if safe.lower() in {taken.lower() for taken in book.sheetnames}:
            raise ValueError(f"two sheets would be called {safe!r}")
        _fill(book.create_sheet(safe), as_table(source))
    properties = book.properties
    properties.creator, properties.title = "retail_portfolio", title
    properties.created = properties.modified = _EPOCH
    raw = io.BytesIO()
    book.save(raw)
    return write_bytes(path, _timeless(raw.getvalue()))


def _fill(sheet: Worksheet, table: TableLike) -> None:
    names = [str(column) for column in table.table.columns]
    for place, name in enumerate(names, start=1):
        unit = unit_words(table.units.get(name, ""))
        note = ", ".join(part for part in (unit, table.origins.get(name, "")) if part)
        for row, text in ((1, name), (2, label_of(name)), (3, note)):
            cell = sheet.cell(row, place)
            _put(cell, text)
            cell.fill = _HEAD
            cell.font = Font(bold=row == 1, color=None if row == 1 else "666666")
    widths = [max(len(name), 8) for name in names]
    for row, record in enumerate(table.table.to_dict("records"), start=4):
        for place, name in enumerate(names):
            cell = sheet.cell(row, place + 1)
            _put(cell, record[name])
            if isinstance(cell.value, str):
                widths[place] = max(widths[place], min(len(cell.value), 60))
                cell.alignment = Alignment(vertical="top", wrap_text=len(cell.value) > 60)  # noqa: PLR2004
            else:
                cell.number_format = _number_format(table.units.get(name, ""), cell.value)
    for place, width in enumerate(widths, start=1):
        sheet.column_dimensions[get_column_letter(place)].width = width + 2
    sheet.freeze_panes = "B4"
    sheet.auto_filter.ref = f"A3:{get_column_letter(max(len(names), 1))}{sheet.max_row}"
    sheet.page_setup.orientation = "landscape"
    sheet.page_setup.fitToHeight = 0
    sheet.sheet_properties.pageSetUpPr.fitToPage = True
    sheet.print_title_rows = "1:3"


def _put(cell: Cell, value: object) -> None:
    """Put a value into a cell: a number as a number, anything else as text that never runs."""
    if is_blank(value):
        return
    number = as_number(value)
    if isinstance(value, str) or number is None:
        cell.value = _ILLEGAL.sub("", str(value))[:_LONGEST_TEXT]
        # openpyxl takes "=..." for a formula and "#N/A" for an error; both are texts here.
        cell.data_type = "s"
        cell.quotePrefix = str(value)[:1] in set("=+-@")
        return
    cell.value = int(number) if number == int(number) else float(f"{number:.10g}")


def _number_format(unit: str, value: object) -> str:
    if is_share(unit):
        return "0.0%"
    if is_money(unit):
        return "#,##0.00" if isinstance(value, float) and abs(value) < 1000 else "#,##0"  # noqa: PLR2004
    return "General"


def _timeless(data: bytes) -> bytes:
    """Write a workbook's archive again with fixed times inside and out."""
    out = io.BytesIO()
    stamp = _EPOCH.strftime("%Y-%m-%dT%H:%M:%SZ").encode()
    with zipfile.ZipFile(io.BytesIO(data)) as old, zipfile.ZipFile(out, "w") as new:
        for name in sorted(old.namelist()):
            content = old.read(name)
            if name == "docProps/core.xml":
                content = re.sub(rb"(<dcterms:\w+[^>]*>)[^<]*", rb"\g<1>" + stamp, content)
            entry = zipfile.ZipInfo(name, _NO_TIME)
            entry.compress_type = zipfile.ZIP_DEFLATED
            entry.external_attr = 0o644 << 16
            new.writestr(entry, content)
    return out.getvalue()


def write_geojson(source: TableLike | pd.DataFrame, path: Path) -> Path:
    """Write rows with ``lat`` and ``lon`` as points, the other columns as properties.

    Rows without a position are left out. Coordinates are WGS 84 to six decimals; unknown
    properties are ``null``; every figure's origin goes along as ``<column>_origin``.

    Raises
    ------
    KeyError
        If the table has no ``lat`` or ``lon``.
    """
    # Half a second to import, and only exports need it.
    import geopandas  # type: ignore[import-untyped]  # noqa: PLC0415

    table = as_table(source)
    placed = table.table[table.table["lat"].notna() & table.table["lon"].notna()]
    points = geopandas.points_from_xy(placed["lon"].round(6), placed["lat"].round(6))
    properties = [
        _properties(table, {str(key): value for key, value in record.items()})
        for record in placed.to_dict("records")
    ]
    frame = geopandas.GeoDataFrame(
        pd.DataFrame(properties, dtype=object), geometry=points, crs="EPSG:4326"
    )
    features = list(frame.iterfeatures(na="null", drop_id=True))
    # A line a store: differences between two files can be read, and indents take no room.
    lines = ",\n".join(json.dumps(one, sort_keys=True, allow_nan=False) for one in features)
    return write_text(path, f'{{"type": "FeatureCollection", "features": [\n{lines}\n]}}\n')


def _properties(table: TableLike, row: Mapping[str, object]) -> dict[str, object]:
    """Return what a store says beside its place, each figure with its origin."""
    properties = {name: _property(row[name]) for name in row if name not in {"lat", "lon"}}
    for name in table.units:
        origin = origin_of(table, name, row)
        if origin and properties.get(name) is not None:
            properties.setdefault(f"{name}_origin", origin)
    return properties


def _property(value: object) -> object:
    if is_blank(value):
        return None
    if isinstance(value, str) or type(value).__name__ in {"bool", "bool_"}:
        return bool(value) if not isinstance(value, str) else value
    number = as_number(value)
    if number is None:
        return None if isinstance(value, float) else str(value)
    return int(number) if number == int(number) else float(f"{number:.10g}")
