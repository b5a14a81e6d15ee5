from __future__ import annotations

import json
import re
import zipfile

import numpy as np
import openpyxl
import pandas as pd
import pytest

from retail_portfolio.present.exports import write_geojson, write_xlsx
from retail_portfolio.present.tables import Table
from tests.present.sample import HOSTILE

TEXTS = [*HOSTILE, "=1+1", "+1", "-cmd|' /C calc'!A0", "@x", "#N/A", "bell\x07", "x" * 40_000]


def workbook(path):
    table = pd.DataFrame({"name": TEXTS, "cost_usd": np.arange(len(TEXTS)) * 1e6})
    sheets = {"all/stores": Table(table, {"cost_usd": "usd"}, {"cost_usd": "modelled"})}
    return write_xlsx(path, {**sheets, "sources": pd.DataFrame({"key": ["a"]})}, title="T")


def test_no_cell_of_a_workbook_is_a_formula(tmp_path):
    book = openpyxl.load_workbook(workbook(tmp_path / "a.xlsx"))
    assert book.sheetnames == ["all-stores", "sources"]
    cells = [cell for row in book["all-stores"].iter_rows() for cell in row]
    assert {cell.data_type for cell in cells} <= {"s", "n"}
    assert book["all-stores"]["A4"].value == TEXTS[0]
    assert [c.value for c in book["all-stores"][3]] == [None, "USD, modelled"]
    with zipfile.ZipFile(tmp_path / "a.xlsx") as archive:
        sheets = [n for n in archive.namelist() if "worksheets" in n]
        assert not any(b"<f>" in archive.read(name) for name in sheets)


def test_a_workbook_is_the_same_whenever_it_is_made(tmp_path):
    first = workbook(tmp_path / "a.xlsx").read_bytes()
    assert workbook(tmp_path / "b.xlsx").read_bytes() == first
    with zipfile.ZipFile(tmp_path / "a.xlsx") as archive:
        assert {entry.date_time[0] for entry in archive.infolist()} == {1980}
        times = re.findall(rb"<dcterms:[^>]*>([^<]*)<", archive.read("docProps/core.xml"))
    assert times == [b"1980-01-01T00:00:00Z"] * 2


def test_two_sheets_of_one_name_are_refused(tmp_path):
    sheet = pd.DataFrame({"a": [1]})
    with pytest.raises(ValueError, match="two sheets"):
        write_xlsx(tmp_path / "a.xlsx", {"A?": sheet, "a-": sheet})
    with pytest.raises(ValueError, match="at least one"):
        write_xlsx(tmp_path / "a.xlsx", {})


def test_points_carry_their_origin_and_stores_without_one_are_left_out(tmp_path):
    table = pd.DataFrame(
        {
            "store_id": ["a", "b"],
            "lat": [47.123456789, np.nan],
            "lon": [-122.0, np.nan],
            "cost_usd": [1.5, np.nan],
            "open": [True, False],
            "name": ["", "b"],
        }
    )
    source = Table(table, {"cost_usd": "usd"}, {"cost_usd": "modelled"})
    text = write_geojson(source, tmp_path / "a.geojson").read_text()
    (feature,) = json.loads(text)["features"]
    assert feature["geometry"]["coordinates"] == [-122.0, 47.123457]
    assert feature["properties"] == {
        "store_id": "a", "cost_usd": 1.5, "cost_usd_origin": "modelled", "open": True, "name": None,
    }  # fmt: skip
    assert text.endswith("\n")
