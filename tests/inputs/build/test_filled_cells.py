"""Cells are filled in a table's own file, and everything else in it stays byte for byte."""

from __future__ import annotations

from pathlib import Path

import pytest

from retail_portfolio.inputs.build.cells import open_cells, unwritable, written
from retail_portfolio.inputs.columns import ColumnsFile, TableSource
from retail_portfolio.inputs.faults import InputError

NAME = "stores.csv"
TEXT = 'store_id,name,lat\r\n"a-1","A ""fine""\r\nshop",\r\nb-2 ,"B",\r\n\r\n'


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-16-be"])
def test_a_cell_is_filled_and_the_rest_stands(encoding: str, tmp_path: Path) -> None:
    mark = b"\xfe\xff" if encoding == "utf-16-be" else b""
    (tmp_path / NAME).write_bytes(mark + TEXT.encode(encoding))
    said = "utf-16" if encoding.startswith("utf-16") else "utf-8"
    cells = open_cells(tmp_path, NAME, TableSource(encoding=said))
    assert cells.content() == (tmp_path / NAME).read_bytes()
    cells.fill(3, {"lat": "40.1"})
    expected = TEXT.replace('b-2 ,"B",', "b-2 ,B,40.1")
    assert cells.content() == mark + expected.encode(encoding)


def test_a_column_is_added_to_every_row_that_has_fields(tmp_path: Path) -> None:
    (tmp_path / NAME).write_text("store_id;Lat\na-1;\n\nb-2;\n", newline="")
    source = TableSource.model_validate({"separator": ";", "columns": {"lat": {"from": "Lat"}}})
    cells = open_cells(tmp_path, NAME, source)
    cells.fill(2, {"lat": "1", "lon": "a;b"})
    assert cells.content().decode() == 'store_id;Lat;lon\na-1;1;"a;b"\n\nb-2;;\n'


def test_a_file_that_is_not_there(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="expected this file"):
        open_cells(tmp_path, NAME, None)


@pytest.mark.parametrize(
    ("value", "columns", "expected"),
    [
        ("40.1", {}, "40.1"),
        ("-83.123456789", {}, "-83.12346"),
        ("150", {"times": 0.3048}, "492.12598"),
        ("assumed", {}, "assumed"),
        ("assumed", {"values": {"guess": "assumed", "seen": "observed"}}, "guess"),
        ("assumed", {"values": {"": "assumed"}}, None),
        ("assumed", {"values": {"seen": "observed"}}, None),
    ],
)
def test_a_value_is_written_as_they_write_it(
    value: str, columns: dict[str, object], expected: str | None
) -> None:
    source = TableSource.model_validate({"columns": {"lat": columns}})
    assert written(value, "lat", source) == expected


def test_a_decimal_comma_is_written_where_they_have_one() -> None:
    assert written("-83.05", "lon", TableSource(decimal=",")) == "-83,05"


def test_what_cannot_be_written_is_named() -> None:
    assert unwritable(("lat", "lon"), {"lon": "x"}, NAME, ColumnsFile()) == []
    source = TableSource.model_validate({"columns": {"lat": {"value": 1}, "lon": {"values": {}}}})
    file = ColumnsFile({NAME: source}, lines={(NAME,): 4, (NAME, "columns", "lat"): 6})
    found = unwritable(("lat", "lon"), {"lon": "x"}, NAME, file)
    assert [(fault.row, fault.column) for fault in found] == [
        (6, "stores.csv.columns.lat.value"),
        (4, "stores.csv.columns.lon.values"),
    ]
