"""An export of another program becomes our table, and its faults are named in its own words."""

from __future__ import annotations

import math
from pathlib import Path

import pytest

from retail_portfolio.inputs import InputError, load_case
from retail_portfolio.inputs.case import Case
from retail_portfolio.inputs.checked_tables import CheckedTable
from retail_portfolio.inputs.table_files import load_table
from tests.inputs.edits import faults_of
from tests.inputs.exports import HEADER, SQ_FT_PER_SQ_M, register, replace, write_export

NAME = "stores.csv"


@pytest.fixture
def export(small_data: Path) -> Path:
    """The small case with an export, and no coordinates yet."""
    return write_export(small_data)


def _mine(folder: Path) -> list[str]:
    """Return the faults of the export beside that of its coordinates."""
    lines = faults_of(folder)
    assert [line for line in lines if "expected coordinates here" in line]
    return [line for line in lines if "expected coordinates here" not in line]


def _with_points(folder: Path) -> Path:
    """Add the coordinates as further columns of the export, in its own notation."""
    lines = (folder / NAME).read_bytes().decode().split("\r\n")
    lines[0] += ";lat;lon;point_precision_m;point_origin"
    # A header cell that holds a line end is one record on two lines, neither of them split here.
    for at, one in enumerate(register(), start=1):
        values = [one["lat"], one["lon"], one["point_precision_m"]]
        lines[at] += ";" + ";".join(v.replace(".", ",") for v in values) + f";{one['point_origin']}"
    lines[len(register()) + 1] += ";;;;"
    (folder / NAME).write_bytes("\r\n".join(lines).encode())
    return folder


def test_it_becomes_our_table(export: Path) -> None:
    stores = load_case(data_dir=str(_with_points(export))).stores
    assert len(stores) == len(register())
    for at, one in enumerate(register()):
        row = stores.iloc[at]
        for column in ("store_id", "banner", "format", "name", "street", "city", "state", "zip"):
            assert row[column] == one[column], column
        assert row["status"] == one["status"]
        assert row["opened"] == one["opened"]
        assert row["lat"] == float(one["lat"])
        assert row["size_sqft"] == pytest.approx(float(one["size_sqft"]), abs=0.001)
        sales = row["sales_usd_year"]
        assert sales == float(one["sales_usd_year"]) if one["sales_usd_year"] else math.isnan(sales)
        assert (row["size_origin"], row["confidence"]) == ("reported", "medium")
        assert row["source"] == "Closing list, 30 January 2026"
        assert row["note"] == ""
        assert math.isnan(row["employees"])


WORDS = {
    "a word that is not mapped": (
        (";Exit;2020-05;", ";Exti;2020-05;"),
        (
            "stores.csv row 2, column Decision: found 'Exti', expected one of 'Exit', 'Stay', "
            "'Gone' (did you mean 'Exit'?), the values of columns.yaml (it is our status)"
        ),
    ),
    "a size below 0": (
        (";1161,2880;", ";-50;"),
        (
            "stores.csv row 3, column GLA m2: found '-50', expected square feet above 0, at most "
            "1,000,000 (it is our size_sqft, read as '-538.19552')"
        ),
    ),
    "a size in words": (
        (";1161,2880;", ";large;"),
        (
            "stores.csv row 3, column GLA m2: found 'large', expected square feet above 0, at most "
            "1,000,000, a finite number with ',' as decimal point and '.' between thousands "
            "(see columns.yaml) (it is our size_sqft)"
        ),
    ),
    "a point for a comma": (
        (";1161,2880;", ";1161.2880;"),
        "column GLA m2: found '1161.2880', expected square feet",
    ),
    "no size": (
        (";1161,2880;", ";;"),
        "stores.csv row 3, column GLA m2: found '', expected square feet above 0",
    ),
    "a day that there is not": (
        (";11/4/2019;", ";13/4/2019;"),
        (
            "stores.csv row 4, column Opening: found '13/4/2019', expected a date as YYYY-MM-DD, "
            "YYYY-MM or YYYY, a day that there is (it is our opened, read as '2019-13-04')"
        ),
    ),
    "another date format": (
        (";11/4/2019;", ";4 Nov 2019;"),
        (
            "column Opening: found '4 Nov 2019', expected a date as YYYY-MM-DD, YYYY-MM or YYYY, "
            "or as MM/DD/YYYY (columns.yaml) (it is our opened)"
        ),
    ),
    "a ZIP code too long": (
        (";MI;48003;", ";MI;480031;"),
        "stores.csv row 4, column Zip: found '480031', expected five digits of a ZIP code",
    ),
    "an id twice": (
        ("\ncorner-3;", "\ncorner-1;"),
        (
            "column Store No: found 'corner-1', expected an id that occurs once (it is in row 2 "
            "too) (it is our store_id)"
        ),
    ),
    "a formula": (
        (";Corner Pantry Lake;", ";=1+1;"),
        "column Shop name: found '=1+1', expected a text that a spreadsheet does not run",
    ),
}


@pytest.mark.slow
@pytest.mark.parametrize("kind", WORDS)
def test_a_fault_names_their_column_and_their_value(kind: str, export: Path) -> None:
    (before, after), expected = WORDS[kind]
    replace(export, NAME, before, after)
    lines = _mine(export)
    assert any(expected in line for line in lines), lines


@pytest.mark.slow
def test_faults_that_other_tables_show_are_in_their_words_too(export: Path) -> None:
    replace(export, "columns.yaml", "Hall: Harvest Hall}", "Hall: Harvest Hal}")
    lines = _mine(export)
    assert lines == [
        f"stores.csv row {row}, column Concept: found 'Hall', expected one of 'Corner Pantry', "
        "'Harvest Hall' (did you mean 'Harvest Hall'?) (it is our banner, read as 'Harvest Hal')"
        for row in (6, 7)
    ]
    replace(export, NAME, "\ncorner-3;", "\ncorner-4;")
    assert any(
        line.startswith("stores.csv row 4, column Store No: found 'corner-4', expected a row for")
        for line in _mine(export)
    )


@pytest.mark.slow
def test_a_constant_that_is_no_good_is_named_once_at_its_line(export: Path) -> None:
    replace(export, "columns.yaml", '"Closing list, 30 January 2026"', '"=1+1"')
    (line,) = _mine(export)
    assert line.startswith(
        "columns.yaml row 22, column stores.csv.columns.source.value: found '=1+1', expected a text"
    )


HEADERS = {
    "theirs is not there": (
        ("Shop name", "Shop nam"),
        (
            "stores.csv row 1, column Shop name: found nothing, expected a column of this name, as "
            "columns.yaml says of name (did you mean 'Shop nam'?)"
        ),
    ),
    "theirs twice": (("Manager", "Town"), "column Town: found 'Town', expected each column once"),
    "looks like ours that is not mapped": (
        ("Manager", "Employees"),
        (
            "stores.csv row 1, column Employees: found 'Employees', expected employees: Employees "
            "under its columns in columns.yaml, because it looks like our employees (employees: "
            "{value: ''} if it is not)"
        ),
    ),
    "looks nearly like ours": (("Manager", "Checkout technolgy"), "our checkout_technology"),
}


@pytest.mark.parametrize("kind", HEADERS)
def test_a_header_is_named(kind: str, export: Path) -> None:
    (before, after), expected = HEADERS[kind]
    replace(export, NAME, before, after)
    lines = faults_of(export)
    assert any(expected in line for line in lines), lines


def test_other_columns_are_named_unless_they_are_left_aside(export: Path) -> None:
    replace(export, "columns.yaml", "ignore_other_columns: true", "ignore_other_columns: false")
    (line,) = [line for line in faults_of(export) if "row 1," in line]
    assert line == (
        "stores.csv row 1, column Manager: found 'Manager', expected a column that columns.yaml "
        "names, or ignore_other_columns: true there"
    )


def test_a_column_that_may_not_be_blank_has_to_come_from_somewhere(export: Path) -> None:
    replace(export, "columns.yaml", "    confidence: {value: medium}\n", "")
    assert (
        "stores.csv row 1, column confidence: found nothing, expected a column of this name, or in "
        "columns.yaml where confidence comes from: one of their headers, or {value: ...} for all "
        "rows"
    ) in faults_of(export)


def test_a_wrong_separator_is_seen(export: Path) -> None:
    replace(export, "columns.yaml", 'separator: ";"', 'separator: ","')
    lines = [line for line in faults_of(export) if line.startswith(NAME)]
    assert lines == [
        "stores.csv row 1: found 'a semicolon', expected separator: ';' for it in columns.yaml"
    ]


ENCODINGS = {"windows-1252": "cp1252", "utf-16": "utf-16", "utf-8": "utf-8-sig"}


@pytest.mark.slow
@pytest.mark.parametrize("said", ENCODINGS)
@pytest.mark.parametrize("written", ENCODINGS)
def test_encodings(said: str, written: str, export: Path) -> None:
    text = (export / NAME).read_bytes().decode("utf-8-sig").replace("Pantry Elm", "Café")
    (export / NAME).write_bytes(text.encode(ENCODINGS[written]))
    replace(export, "columns.yaml", "stores.csv:\n", f"stores.csv:\n  encoding: {said}\n")
    if said == written:
        assert _mine(export) == []
        assert load_table(NAME, str(export)).frame["name"].iloc[0] == "Corner Café"
    else:
        lines = [line for line in faults_of(export) if line.startswith(NAME)]
        assert len(lines) == 1, lines
        assert "columns.yaml" in lines[0]
        told = "encoding: utf-8 in columns.yaml, as the mark says" in lines[0]
        assert told == ((said, written) == ("windows-1252", "utf-8"))


def _read(folder: Path, text: str, columns: str) -> CheckedTable:
    (folder / "metros.csv").write_text(text, encoding="utf-8")
    (folder / "columns.yaml").write_text(f"metros.csv:\n{columns}", encoding="utf-8")
    return load_table("metros.csv", str(folder))


PLAIN = "metro_id,name,lat,lon,competitor_coverage,source\n"


def test_an_entry_alone_lets_a_table_of_ours_be_saved_by_a_spreadsheet(tmp_path: Path) -> None:
    text = "\ufeff" + PLAIN + "a-oh, A ,40,-83,partial,x\r\n,,,,,\r\nb-oh,B,41,-82,complete,y\r\n"
    table = _read(tmp_path, text, "  {}")
    assert table.faults == ()
    assert table.frame["name"].tolist() == ["A", "B"]
    assert table.frame["cbsa_code"].tolist() == ["", ""]
    assert table.frame.index.tolist() == [2, 4]


def test_without_an_entry_every_column_has_to_be_there(tmp_path: Path) -> None:
    (tmp_path / "metros.csv").write_text(PLAIN + "a-oh,A,40,-83,partial,x\n")
    found = [fault.column for fault in load_table("metros.csv", str(tmp_path)).faults]
    assert found == ["cbsa_code", "chains_missing", "coverage_note"]


NUMBERS = {
    ("1,234.5", ".", ","): 1234.5,
    ("1,234,567", ".", ","): 1_234_567,
    ("12,34", ".", ","): None,
    ("1,2345", ".", ","): None,
    ("1234.5", ".", ","): 1234.5,
    ("1.234,5", ",", "."): 1234.5,
    ("1.5", ",", "."): None,
    ("1,5", ",", ""): 1.5,
    ("1,5,5", ",", ""): None,
    ("1 234", ".", " "): 1234,
    ("1\u00a0234", ".", " "): 1234,
    ("1'234.5", ".", "'"): 1234.5,
    ("-1,234.5", ".", ","): -1234.5,
    ("1,234", ".", ""): None,
    ("nan", ".", ""): None,
}


@pytest.mark.parametrize(("written", "decimal", "thousands"), NUMBERS)
def test_numbers(written: str, decimal: str, thousands: str, tmp_path: Path) -> None:
    said = f'  decimal: "{decimal}"\n  thousands: "{thousands}"\n  separator: "|"\n'
    said += "  columns: {lon: {value: -83}, lat: {times: 0.01}}\n"
    text = PLAIN.replace(",", "|").replace("|lon", "") + f"a-oh|A|{written}|partial|x\n"
    table = _read(tmp_path, text, said)
    expected = NUMBERS[written, decimal, thousands]
    if expected is None:
        (fault,) = table.faults
        assert (fault.column, fault.value) == ("lat", written)
        assert "columns.yaml" in fault.expected
        assert math.isnan(table.frame["lat"].iloc[0])
    else:
        assert [fault for fault in table.faults if "finite" in fault.expected] == []
        within = abs(expected) <= 9000
        found = table.frame["lat"].iloc[0] if within else float(table.texts["lat"].iloc[0])
        assert found == pytest.approx(expected / 100)


DATES = {
    ("3/14/2026", "MM/DD/YYYY"): "2026-03-14",
    ("03/04/2026", "MM/DD/YYYY"): "2026-03-04",
    ("14.3.2026", "DD.MM.YYYY"): "2026-03-14",
    ("2026/03/14", "YYYY/MM/DD"): "2026-03-14",
    ("3/2026", "MM/YYYY"): "2026-03",
    ("2026-03", "MM/DD/YYYY"): "2026-03",
    ("2026", "DD.MM.YYYY"): "2026",
    ("3/14/26", "MM/DD/YYYY"): None,
    ("14/3/2026", "MM/DD/YYYY"): None,
    ("2/30/2026", "MM/DD/YYYY"): None,
    ("14032026", "DDMMYYYY"): "2026-03-14",
    ("4032026", "DDMMYYYY"): None,
    ("1122026", "DDMMYYYY"): None,
    ("2026112", "YYYYMMDD"): None,
}


@pytest.mark.parametrize(("written", "pattern"), DATES)
def test_dates(written: str, pattern: str, tmp_path: Path) -> None:
    header = "competitor_id,chain,kind,city,state,zip,metro_id,lat,lon,Seen,source\n"
    row = f"a-1,Foodbarn,supermarket,X,OH,43001-1234,a-oh,40,-83,{written},list\n"
    (tmp_path / "competitors.csv").write_text(header + row)
    (tmp_path / "columns.yaml").write_text(
        f"competitors.csv: {{date_format: {pattern}, columns: {{as_of: Seen, zip: {{digits: 5}}}}}}"
    )
    table = load_table("competitors.csv", str(tmp_path))
    assert table.frame["zip"].tolist() == ["43001"]
    expected = DATES[written, pattern]
    assert table.frame["as_of"].tolist() == [expected or ""]
    assert [(f.column, f.value) for f in table.faults] == ([] if expected else [("Seen", written)])


def test_words_for_blank_and_a_word_for_blanks(tmp_path: Path) -> None:
    text = PLAIN + "a-oh,A,40,-83,,x\nb-oh,B,40,-83,all,N/A\nc-oh,C,40,-83,ALL,y\n"
    said = (
        "  blank: [N/A]\n  columns: {competitor_coverage: {values: {'': partial, all: complete}}}"
    )
    table = _read(tmp_path, text, said)
    assert table.frame["competitor_coverage"].tolist() == ["partial", "complete", ""]
    assert [(f.row, f.column, f.value) for f in table.faults] == [
        (3, "source", "N/A"),
        (4, "competitor_coverage", "ALL"),
    ]


def test_a_cell_at_fault_does_not_hide_others(tmp_path: Path) -> None:
    said = "  columns: {competitor_coverage: {values: {all: complete}}}"
    table = _read(tmp_path, PLAIN + "a-oh,A,400,-83,none,\n", said)
    assert [f.column for f in table.faults] == ["lat", "competitor_coverage", "source"]


@pytest.mark.slow
def test_a_ragged_row_and_quotes_that_do_not_close(export: Path) -> None:
    replace(export, NAME, "A. Manager\r\ncorner-3", "A. Manager;x\r\ncorner-3")
    lines = [line for line in faults_of(export) if line.startswith(NAME) and "lat" not in line]
    assert lines == [f"stores.csv row 3: found '{len(HEADER) + 1} fields', expected 12 fields"]
    replace(export, NAME, ";Corner Pantry Old;", ';"Corner Pantry Old;')
    assert any("a table of text whose quotes close" in line for line in faults_of(export))


@pytest.mark.slow
def test_a_mapped_table_is_read_again_only_when_something_changed(export: Path) -> None:
    first = load_table(NAME, str(export))
    replace(export, "columns.yaml", "times: 10.7639104", "times: 1")
    second = load_table(NAME, str(export))
    found = first.frame["size_sqft"] / second.frame["size_sqft"]
    assert found.tolist() == pytest.approx([SQ_FT_PER_SQ_M] * len(register()))


def test_a_case_with_an_export_raises_what_check_says(export: Path) -> None:
    with pytest.raises(InputError, match="expected coordinates here"):
        _: Case = load_case(data_dir=str(export))
