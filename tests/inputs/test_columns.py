"""What `columns.yaml` may say, and how each slip in it is named with its line."""

from __future__ import annotations

from pathlib import Path

import pytest

from retail_portfolio.inputs.columns import TableSource, date_text, read_columns
from retail_portfolio.inputs.table_files import columns_file
from tests.inputs.edits import faults_of
from tests.inputs.exports import COLUMNS, replace


def _faults(folder: Path, text: str) -> list[str]:
    (folder / "columns.yaml").write_text(text, encoding="utf-8")
    return [str(fault) for fault in columns_file(folder).faults]


def test_no_file_and_one_of_comments_say_nothing(tmp_path: Path) -> None:
    assert columns_file(tmp_path) == read_columns(tmp_path, {})
    assert _faults(tmp_path, "# stores.csv:\n\n   # nothing\n") == []
    assert columns_file(tmp_path).tables == {}


def test_what_a_file_says(tmp_path: Path) -> None:
    assert _faults(tmp_path, COLUMNS) == []
    source = columns_file(tmp_path).tables["stores.csv"]
    assert source.header("store_id") == "Store No"
    assert source.header("size_sqft") == "GLA m2"
    assert source.header("note") == "note"
    assert source.header("confidence") is None
    assert source.source("size_sqft").times == 10.7639104
    assert source.source("status").values == {"Exit": "closing", "Stay": "open", "Gone": "closed"}
    assert (source.delimiter, source.decimal, source.thousands) == (";", ",", ".")
    assert TableSource(separator="tab").delimiter == "\t"


def test_numbers_and_dates_may_be_constants(tmp_path: Path) -> None:
    text = "competitors.csv: {columns: {as_of: {value: 2026-01-30}, size_sqft: {value: 40000}}}"
    assert _faults(tmp_path, text) == []
    source = columns_file(tmp_path).tables["competitors.csv"]
    assert source.source("as_of").value == "2026-01-30"
    assert source.source("size_sqft").value == "40000"


SLIPS = {
    "a table that is none": (
        ("stores.csv:", "stors.csv:"),
        (
            "columns.yaml row 1, column stors.csv: found 'stors.csv', expected a table that may be "
            "mapped: one of 'stores.csv', 'leases.csv'"
        ),
    ),
    "the ledger": (("stores.csv:", "assumptions.csv:"), "a table that may be mapped"),
    "a column of ours that is none": (
        ("    size_sqft:", "    size_sqfeet:"),
        (
            "columns.yaml row 18, column stores.csv.columns.size_sqfeet: found 'size_sqfeet', "
            "expected a column of ours: one of"
        ),
    ),
    "nearest column": (("    size_sqft:", "    size_sqfeet:"), "(did you mean 'size_sqft'?)"),
    "a key that is none": (
        ("times:", "tims:"),
        (
            "columns.yaml row 18, column stores.csv.columns.size_sqft.tims: found 'tims', expected "
            "one of 'from', 'value', 'times', 'values', 'digits' (did you mean 'times'?)"
        ),
    ),
    "a key that nearly says from": (("{from: Zip", "{fro: Zip"), "(did you mean 'from'?)"),
    "a table's key that is none": (
        ("  decimal:", "  decimals:"),
        "row 3, column stores.csv.decimals: found 'decimals', expected one of 'columns'",
    ),
    "another separator": (
        ('separator: ";"', 'separator: ":"'),
        "row 2, column stores.csv.separator: found ':', expected one of ',', ';', '|', 'tab'",
    ),
    "a factor of words": (("times: 10.7639104", "times: m2"), "found 'm2', expected a number"),
    "a factor of 0": (("times: 10.7639104", "times: 0"), "expected greater than 0"),
    "a factor on words": (
        ("name: Shop name", "name: {from: Shop name, times: 2}"),
        (
            "row 11, column stores.csv.columns.name.times: found '2.0', expected a factor on a "
            "column of numbers only"
        ),
    ),
    "digits of a number": (
        ("sales_usd_year: Sales", "sales_usd_year: {from: Sales, digits: 5}"),
        "a count of digits for a column of codes only",
    ),
    "a word of ours that is none": (
        ("Exit: closing", "Exit: closng"),
        (
            "row 16, column stores.csv.columns.status.values.Exit: found 'closng', expected one of "
            "'open', 'closing', 'closed' (did you mean 'closing'?)"
        ),
    ),
    "a constant that is none": (
        ("confidence: {value: medium}", "confidence: {value: mediocre}"),
        "row 21, column stores.csv.columns.confidence.value: found 'mediocre', expected one of",
    ),
    "a constant and a column": (
        ("confidence: {value: medium}", "confidence: {value: medium, from: Town}"),
        "found 'medium', expected either one value for all rows, or a column",
    ),
    "YAML's own yes": (
        ("confidence: {value: medium}", "confidence: {value: yes}"),
        "found 'True', expected a text (in quotes where YAML takes it",
    ),
    "a list for a header": (("name: Shop name", "name: [a, b]"), "the header of one of their"),
    "no date format": (
        ("MM/DD/YYYY", "M/D/YY"),
        "row 5, column stores.csv.date_format: found 'M/D/YY', expected YYYY, MM and DD in their",
    ),
    "a date format without its year": (("MM/DD/YYYY", "MM/DD"), "expected YYYY, MM and DD"),
    "a date format with a word": (("MM/DD/YYYY", "MM/DD/YYYY hh"), "expected YYYY, MM and DD"),
    "one mark for two things": (
        ('thousands: "."', 'thousands: ","'),
        "row 4, column stores.csv.thousands: found ',', expected another mark than that of",
    ),
    "no flag": (("ignore_other_columns: true", "ignore_other_columns: 1"), "true or false"),
    "a tag": (("{value: medium}", "!!python/name:os.system {}"), "without YAML tags"),
    "a text for a table": (("stores.csv:\n", "stores.csv: semicolons\nx:\n"), "or {}: columns, "),
}


@pytest.mark.parametrize("kind", SLIPS)
def test_a_slip_is_named_with_its_line(kind: str, tmp_path: Path) -> None:
    (before, after), expected = SLIPS[kind]
    assert before in COLUMNS
    lines = _faults(tmp_path, COLUMNS.replace(before, after, 1))
    assert any(expected in line for line in lines), lines
    assert all(line.isprintable() for line in lines)


def test_every_slip_comes_at_once_in_order(tmp_path: Path) -> None:
    text = (
        "leases.csv: {decimal: 1}\nstores.csv:\n  columns: {nam: x}\n  encoding: latin\nx.csv: {}"
    )
    lines = _faults(tmp_path, text)
    assert [line.partition(":")[0] for line in lines] == [
        "columns.yaml row 1, column leases.csv.decimal",
        "columns.yaml row 4, column stores.csv.encoding",
        "columns.yaml row 5, column x.csv",
    ]


def test_a_table_whose_entry_is_at_fault_is_not_judged_by_it(small_data: Path) -> None:
    replace(small_data, "stores.csv", "store_id,", "Store No,")
    (small_data / "columns.yaml").write_text("stores.csv: {columns: {store_id: 1.5}}\n")
    (line,) = faults_of(small_data)
    assert line.startswith(
        "columns.yaml row 1, column stores.csv.columns.store_id.from: found '1.5'"
    )
    (small_data / "columns.yaml").write_text("stores.csv: {columns\n")
    assert [line.partition(":")[0] for line in faults_of(small_data)] == ["columns.yaml row 2"]
    (small_data / "columns.yaml").write_text("stores.csv: {columns: {store_id: Store No}}\n")
    assert faults_of(small_data) == []


def test_a_link_out_of_the_folder_is_not_followed(small_data: Path, tmp_path: Path) -> None:
    (tmp_path / "elsewhere.yaml").write_text("stores.csv: {}\n")
    (small_data / "columns.yaml").symlink_to(tmp_path / "elsewhere.yaml")
    assert "columns.yaml: found 'a link'" in faults_of(small_data)[0]


TOUCHING = (
    ("DDMMYYYY", "1122026", None),
    ("DDMMYYYY", "01122026", ("2026", "12", "01")),
    ("YYYYMMDD", "2026112", None),
    ("YYYYMMDD", "20261102", ("2026", "11", "02")),
    ("YYYYMM", "20261", None),
    ("DD/MMYYYY", "1/12026", None),
    ("DD/MMYYYY", "1/012026", ("2026", "01", "1")),
    ("MM.DD.YYYY", "1.2.2026", ("2026", "1", "2")),
    ("YYYY", "2026", ("2026",)),
)


@pytest.mark.parametrize(("pattern", "written", "found"), TOUCHING)
def test_a_zero_may_be_missing_only_where_something_stands_between(
    pattern: str, written: str, found: tuple[str, ...] | None
) -> None:
    match = date_text(pattern).fullmatch(written)
    assert (match is None) == (found is None)
    if match and found:
        parts = match.groupdict()
        assert tuple(parts[name] for name in ("year", "month", "day") if name in parts) == found


def test_headers_and_words_are_taken_as_written(tmp_path: Path) -> None:
    text = (
        "stores.csv:\n  columns:\n    store_id: 0012\n    name: {from: 0x1F}\n"
        "    note: {value: 1_000}\n"
        "    city: {from: Town, values: {A: 010, B: 1.50, C: 2026-01-30}}\n"
        "    zip: {from: 007, digits: 5}\n    size_sqft: {from: m2, times: 10.50}\n"
    )
    assert _faults(tmp_path, text) == []
    source = columns_file(tmp_path).tables["stores.csv"]
    assert [source.header(one) for one in ("store_id", "name", "zip")] == ["0012", "0x1F", "007"]
    assert source.source("note").value == "1_000"
    assert source.source("city").values == {"A": "010", "B": "1.50", "C": "2026-01-30"}
    assert (source.source("zip").digits, source.source("size_sqft").times) == (5, 10.5)


@pytest.mark.parametrize("number", ["0x" + "f" * 4000, "9" * 5000, "1." + "0" * 5000])
def test_a_number_of_thousands_of_digits_is_a_fault(number: str, tmp_path: Path) -> None:
    (line,) = _faults(tmp_path, f"stores.csv: {{columns: {{zip: {{digits: {number}}}}}}}")
    assert "columns.yaml row 1, column stores.csv.columns.zip.digits" in line
    assert "expected a number of at most 100 characters" in line
