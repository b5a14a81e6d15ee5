from __future__ import annotations

import datetime as dt
import json
import re
import zipfile
from xml.etree import ElementTree as ET

import geopandas
import numpy as np
import openpyxl
import pandas as pd
import pytest

from retail_portfolio.present.exporting.exports import write_geojson, write_xlsx
from retail_portfolio.present.exporting.sheets import number_format
from retail_portfolio.present.formats import ORIGIN_MARKS
from retail_portfolio.present.pages import RunFacts
from retail_portfolio.present.tables import Table
from tests.conftest import BUNDLED
from tests.present.sample import FACTS, HOSTILE

FORMULAS = (
    "=1+1", "+1", "-1", "@x", "\t=1+1", "\r=1+1", "\n=1+1", "=cmd|' /C calc'!A0",
    "-cmd|' /C calc'!A0", "cmd|' /C calc'!A0", '=DDE("cmd";"/C calc";"x")',
    '=HYPERLINK("http://example.org")', "=IMPORTXML(CONCAT(1),2)", "\uff1d1+1",
)  # fmt: skip
TEXTS = [*HOSTILE, *FORMULAS, "#N/A", "bell\x07", "_x003D_1+1", "lone \ud800", "x" * 40_000]
LINKS = ["https://example.org/a?b=1&c=2#d", "http://example.org"]
NOT_LINKS = [
    "javascript:alert(1)",
    "file:///etc/passwd",
    "https://a b",
    'https://a"b',
    "HTTPS://x",
    "https://example.org/" + "a" * 2_000,
    "see https://example.org",
]
SPREADSHEET = "{http://schemas.openxmlformats.org/spreadsheetml/2006/main}"


def workbook(path, **more):
    names = pd.Series(TEXTS, dtype=object)
    table = pd.DataFrame({"name": names, "cost_usd": np.arange(len(TEXTS)) * 1e6})
    sheets = {"all/stores": Table(table, {"cost_usd": "usd"}, {"cost_usd": "modelled"})}
    if "facts" not in more:
        more["words"] = BUNDLED
    return write_xlsx(path, {**sheets, "sources": pd.DataFrame({"key": ["a"]})}, title="T", **more)


def sheet_of(path, frame, units=None, origins=None, name="t"):
    source = Table(frame, units or {}, origins or {})
    return openpyxl.load_workbook(write_xlsx(path / "a.xlsx", {name: source}, words=BUNDLED))[
        name[:31]
    ]


def parts(path):
    with zipfile.ZipFile(path) as archive:
        return {name: archive.read(name) for name in archive.namelist()}


def day(year, month, number):
    return dt.datetime(year, month, number)  # noqa: DTZ001 - a spreadsheet has no time zones


# ------------------------------------------------------------------------------------- nothing runs
def assert_nothing_runs(path):
    held = parts(path)
    assert not [name for name in held if re.search(r"external|macro|vba|calcChain|query", name)]
    for name, content in held.items():
        root = ET.fromstring(content)  # noqa: S314 - ours
        assert not root.findall(f".//{SPREADSHEET}f"), name
        assert "e" not in {cell.get("t") for cell in root.iter(f"{SPREADSHEET}c")}, name
        for word in (b"ddeLink", b"oleLink", b"HYPERLINK(&quot;file"):
            assert word not in content
        if name.endswith(".rels"):
            for one in root:
                if one.get("TargetMode") == "External":
                    assert re.match("https?://", one.get("Target"))
    root = ET.fromstring(held["xl/workbook.xml"])  # noqa: S314 - ours
    for one in root.iter(f"{SPREADSHEET}definedName"):
        assert one.get("name") in {"_xlnm.Print_Titles", "_xlnm._FilterDatabase"}
        assert re.fullmatch(r"'(?:[^']|'')*'!\$[A-Z0-9$:]+", one.text), one.text


def test_no_cell_of_a_workbook_is_a_formula(tmp_path):
    path = workbook(tmp_path / "a.xlsx")
    assert_nothing_runs(path)
    book = openpyxl.load_workbook(path)
    assert book.sheetnames == ["all-stores", "sources"]
    cells = [cell for row in book["all-stores"].iter_rows() for cell in row]
    assert {cell.data_type for cell in cells} <= {"s", "n"}
    read = [row[0].value for row in book["all-stores"].iter_rows(min_row=4)]
    clean = {"\t": "\t", "\r": "\n", "\x07": "", "\ud800": ""}
    for text, cell in zip(TEXTS[:-1], read, strict=False):
        # Read as a spreadsheet does it, which takes _x005F_ for an underscore.
        said = cell.replace("_x005F_", "_")
        assert said == re.sub("[\t\r\x07\ud800]", lambda m: clean[m[0]], text)
    assert "_x005F_x003D_1+1" in read
    assert read[-1] == "x" * 32_766 + "\u2026"


@pytest.mark.parametrize("text", FORMULAS)
def test_a_text_that_looks_like_a_formula_stays_one_when_it_is_edited(tmp_path, text):
    sheet = sheet_of(tmp_path, pd.DataFrame({"a": [text]}))
    assert sheet["A4"].quotePrefix is (text[0] != "c")


@pytest.mark.parametrize("text", [*HOSTILE, *FORMULAS])
def test_names_and_words_about_a_table_run_nothing_either(tmp_path, text):
    frame = pd.DataFrame({text: [1.5], "b": ["x"]})
    source = Table(frame, {text: "usd", "b": text}, {text: text})
    facts = RunFacts(text, text, text, text, "USD", retailer=text, why=text, overrides=(text,))
    path = write_xlsx(
        tmp_path / "a.xlsx",
        {text: source},
        title=text,
        facts=facts,
        descriptions={text: text},
    )
    assert_nothing_runs(path)
    assert len(openpyxl.load_workbook(path).sheetnames) == 2


def test_only_addresses_of_the_web_are_links(tmp_path):
    sheet = sheet_of(tmp_path, pd.DataFrame({"source_url": [*LINKS, *NOT_LINKS]}))
    targets = [row[0].hyperlink.target if row[0].hyperlink else None for row in sheet["A4:A12"]]
    assert targets == LINKS + [None] * len(NOT_LINKS)
    assert sheet["A4"].value == LINKS[0]
    assert_nothing_runs(tmp_path / "a.xlsx")


# ------------------------------------------------------------------------------- as it is read
def test_a_workbook_is_the_same_whenever_it_is_made(tmp_path):
    first = workbook(tmp_path / "a.xlsx", facts=FACTS).read_bytes()
    assert workbook(tmp_path / "b.xlsx", facts=FACTS).read_bytes() == first
    with zipfile.ZipFile(tmp_path / "a.xlsx") as archive:
        assert {entry.date_time[0] for entry in archive.infolist()} == {1980}
        times = re.findall(rb"<dcterms:[^>]*>([^<]*)<", archive.read("docProps/core.xml"))
    assert times == [b"1980-01-01T00:00:00Z"] * 2


def test_a_sheet_says_units_origins_and_names_above_its_rows(tmp_path):
    frame = pd.DataFrame({"store_id": ["a", "b"], "cost_usd": [1.5e6, 2e6]})
    sheet = sheet_of(tmp_path, frame, {"cost_usd": "usd"}, {"cost_usd": "modelled"})
    heads = [[cell.value for cell in row] for row in sheet["A1:B3"]]
    assert heads == [["Store ID", "Cost"], [None, "USD, modelled"], ["store_id", "cost_usd"]]
    assert sheet.freeze_panes == "B4"
    assert sheet.auto_filter.ref == "A3:B5"
    assert sheet.print_title_rows == "$1:$3"
    assert sheet["A1"].font.bold
    assert not sheet["A4"].font.bold


@pytest.mark.parametrize(
    ("unit", "sizes", "expected"),
    [
        ("usd", [1.5e6, 2], "#,##0"),
        ("usd_per_hour", [17.25, 20], "#,##0.00"),
        ("share", [0.5], "0.0 %"),
        ("sqft", [41_000.0], "#,##0"),
        ("", [2026.0], "0"),
        ("", [12_000.0], "#,##0"),
        ("minutes", [12.25, 3.5, 30.125], "#,##0.0"),
        ("", [0.034, 0.2], "#,##0.000"),
        ("", [0.000034], "#,##0.0000"),
        ("miles", [1234.5, 2000.5], "#,##0"),
        ("", [0.0, 0.0, 0.5], "#,##0.000"),
        ("", [], "0"),
    ],
)
def test_numbers_are_shown_in_the_manner_of_their_unit(unit, sizes, expected):
    assert number_format(unit, sizes) == expected


def test_rows_that_name_their_unit_are_each_shown_in_it(tmp_path):
    frame = pd.DataFrame(
        {"value": [6.1e8, 0.012, 71.0], "unit": ["usd", "share", "stores"], "n_usd": [1, 2, 3]}
    )
    sheet = sheet_of(tmp_path, frame, {"n_usd": "usd"})
    assert [sheet[f"A{row}"].number_format for row in (4, 5, 6)] == ["#,##0", "0.0 %", "#,##0"]
    assert sheet["A5"].value == 0.012
    assert sheet["C5"].number_format == "#,##0"


def test_dates_are_dates_and_what_is_less_is_a_text(tmp_path):
    frame = pd.DataFrame(
        {
            "opened": ["2021-06-03", "2021-06", "2021", None],
            "code": ["2021-06-03", "x", None, None],
            "old": ["1899-12-31", "1900-03-01", None, None],
            "odd": ["2021-02-30", "2021-02-03", None, None],
            "day": pd.to_datetime(["2021-06-03", "2021-06-03 12:30", None, None], format="ISO8601"),
        }
    )
    sheet = sheet_of(tmp_path, frame)
    assert sheet["A4"].value == day(2021, 6, 3)
    assert sheet["A4"].number_format == "yyyy-mm-dd"
    assert [sheet[f"A{row}"].value for row in (5, 6, 7)] == ["2021-06", "2021", None]
    assert sheet["B4"].value == "2021-06-03"
    assert [sheet["C4"].value, sheet["C5"].value] == ["1899-12-31", day(1900, 3, 1)]
    assert [sheet["D4"].value, sheet["D5"].value] == ["2021-02-30", day(2021, 2, 3)]
    assert [sheet["E4"].value, sheet["E5"].value] == [
        day(2021, 6, 3),
        "2021-06-03T12:30:00",
    ]


def test_truths_blanks_and_odd_numbers(tmp_path):
    frame = pd.DataFrame({"a": [True, False], "b": [np.nan, np.inf], "c": [1, 2.123456789012]})
    sheet = sheet_of(tmp_path, frame)
    assert [sheet["A4"].value, sheet["A5"].value] == [True, False]
    assert [sheet["B4"].value, sheet["B5"].value] == [None, None]
    assert [sheet["C4"].value, sheet["C5"].value] == [1, 2.123456789]


def test_widths_follow_what_a_column_holds_and_long_texts_wrap(tmp_path):
    frame = pd.DataFrame({"a": ["x" * 20], "note": ["word " * 50], "cost_usd": [1.5e12], "n": [1]})
    sheet = sheet_of(tmp_path, frame, {"cost_usd": "usd"})
    wide = {letter: sheet.column_dimensions[letter].width for letter in "ABCD"}
    assert wide == {"A": 22, "B": 62, "C": 19, "D": 10}
    assert sheet["B4"].alignment.wrap_text
    assert not sheet["A4"].alignment.wrap_text


def test_the_first_sheet_says_what_is_where(tmp_path):
    path = workbook(
        tmp_path / "a.xlsx", facts=FACTS | {"overrides": ["a=1"]}, descriptions={"sources": "Why"}
    )
    book = openpyxl.load_workbook(path)
    assert book.sheetnames[0] == "Read me"
    sheet = book["Read me"]
    assert sheet["A1"].value == FACTS["title"]
    said = {row[0].value: row[1].value for row in sheet.iter_rows() if row[1].value is not None}
    assert said["As of"] == day(2026, 1, 27)
    assert said["Scenario"] == "base (changed: a=1)"
    assert said["Inputs"] == FACTS["input_hash"]
    assert "Run" not in said
    assert said["Money"] == "USD of 2026"
    assert said["sources"] == "Why"
    assert said["all-stores"] == "All/stores"
    for mark in ORIGIN_MARKS:
        assert said[mark]
    rows = {row[0].value: row for row in sheet.iter_rows()}
    assert rows["sources"][2].value == 1
    assert rows["all-stores"][2].value == len(TEXTS)
    for name in ("all-stores", "sources"):
        assert rows[name][0].hyperlink.location == f"'{name}'!A1"
    assert_nothing_runs(path)


def test_two_sheets_of_one_name_are_refused(tmp_path):
    sheet = pd.DataFrame({"a": [1]})
    with pytest.raises(ValueError, match="two sheets"):
        write_xlsx(tmp_path / "a.xlsx", {"A?": sheet, "a-": sheet}, words=BUNDLED)
    with pytest.raises(ValueError, match="two sheets"):
        write_xlsx(tmp_path / "a.xlsx", {"read me": sheet}, facts=FACTS)
    with pytest.raises(ValueError, match="at least one"):
        write_xlsx(tmp_path / "a.xlsx", {}, words=BUNDLED)


@pytest.mark.parametrize(
    ("name", "safe"),
    [("History", "History-"), ("'a'", "a"), ("a" * 40, "a" * 31), ("\x07", "sheet")],
)
def test_a_name_that_a_spreadsheet_refuses_is_another(tmp_path, name, safe):
    path = write_xlsx(tmp_path / "a.xlsx", {name: pd.DataFrame({"a": [1]})}, words=BUNDLED)
    assert openpyxl.load_workbook(path).sheetnames == [safe]


def test_a_table_without_rows_or_columns_is_a_sheet_too(tmp_path):
    sheets = {"empty": pd.DataFrame({"a": []}), "nothing": pd.DataFrame()}
    book = openpyxl.load_workbook(write_xlsx(tmp_path / "a.xlsx", sheets, facts=FACTS))
    assert book["empty"]["A3"].value == "a"
    assert book["nothing"].max_column == 1


# ---------------------------------------------------------------------------------------- points
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
        "store_id": "a", "cost_usd": 1.5, "cost_usd_origin": "modelled", "open": True,
    }  # fmt: skip
    assert text.endswith("\n")


def test_a_map_program_reads_what_is_not_written_as_missing(tmp_path):
    table = pd.DataFrame(
        {
            "store_id": ["a", "b", "c"],
            "lat": [47.0, 48.0, 49.0],
            "lon": [-122.0, -121.0, -120.0],
            "cost_usd": [np.nan, 2.5, np.nan],
            "note": ["<b>", None, "\u00e9=1"],
        }
    )
    path = write_geojson(table, tmp_path / "a.geojson")
    read = geopandas.read_file(path)
    assert read.crs == "EPSG:4326"
    assert list(read["store_id"]) == ["a", "b", "c"]
    assert read["cost_usd"].tolist() == pytest.approx([np.nan, 2.5, np.nan], nan_ok=True)
    assert [None if pd.isna(one) else one for one in read["note"]] == ["<b>", None, "\u00e9=1"]
    assert len(path.read_text().splitlines()) == 5
    with pytest.raises(KeyError):
        write_geojson(pd.DataFrame({"lat": [1.0]}), path)
