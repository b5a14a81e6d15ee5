"""Guards of disputed facts: they hold while the tables say what was decided on."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from retail_portfolio.inputs.case import Case
from retail_portfolio.inputs.folders import checkout_root
from tests.inputs.edits import faults_of, read, set_cell, write


@pytest.mark.slow
def test_a_guard_fails_once_a_count_changes(small_data: Path) -> None:
    set_cell(small_data, "stores.csv", 5, "status", "closing")
    line = next(line for line in faults_of(small_data) if line.startswith("corrections.csv"))
    assert line == (
        "corrections.csv row 2, column expect: found '3', expected 4: stores.csv has changed since "
        "'3' was taken over '4'; decide again, then set expect"
    )


@pytest.mark.slow
def test_a_guard_fails_once_a_sum_changes(small_data: Path) -> None:
    set_cell(small_data, "stores.csv", 2, "employees", "46")
    assert faults_of(small_data)[0].startswith(
        "corrections.csv row 3, column expect: found '45', expected 46: stores.csv has changed"
    )


@pytest.mark.slow
def test_a_guard_fails_once_a_text_changes(small_data: Path) -> None:
    set_cell(small_data, "stores.csv", 4, "opened", "2019-11-05")
    assert faults_of(small_data)[0].startswith(
        "corrections.csv row 4, column expect: found '2019-11-04', expected 2019-11-05: stores.csv"
    )


def test_a_text_guard_needs_exactly_one_row(small_data: Path) -> None:
    set_cell(small_data, "corrections.csv", 4, "where", "status=closing")
    assert "3 rows instead of one" in faults_of(small_data)[0]


@pytest.mark.slow
def test_a_guard_may_choose_blank_cells(small_data: Path) -> None:
    for column, value in (("where", "store_id=corner-2;employees="), ("column", ""), ("expect", 1)):
        set_cell(small_data, "corrections.csv", 3, column, str(value))
    assert faults_of(small_data) == []
    set_cell(small_data, "stores.csv", 3, "employees", "12")
    set_cell(small_data, "stores.csv", 3, "employees_origin", "reported")
    assert faults_of(small_data)[0].startswith(
        "corrections.csv row 3, column expect: found '1', expected 0: stores.csv has changed"
    )


@pytest.mark.slow
def test_a_blank_counts_as_0_in_a_sum(small_data: Path) -> None:
    set_cell(small_data, "corrections.csv", 3, "where", "store_id=corner-2")
    set_cell(small_data, "corrections.csv", 3, "expect", "0")
    assert faults_of(small_data) == []


@pytest.mark.parametrize(
    ("column", "value", "expected"),
    [
        ("table", "store", "did you mean 'stores'?"),
        ("where", "statsu=closing", "column where"),
        ("where", "closing", "column where"),
        ("column", "employes", "did you mean 'employees'?"),
        ("expect", "", "column expect: found ''"),
    ],
)
def test_a_guard_that_cannot_be_read_is_named(
    column: str, value: str, expected: str, small_data: Path
) -> None:
    set_cell(small_data, "corrections.csv", 3, column, value)
    lines = faults_of(small_data)
    assert len(lines) == 1
    assert lines[0].startswith("corrections.csv row 3, column")
    assert expected in lines[0]


def test_a_guard_on_a_table_that_cannot_be_read_is_not_judged(small_data: Path) -> None:
    rows = read(small_data / "stores.csv")
    write(small_data / "stores.csv", [*rows[:2], rows[2][:-1], *rows[3:]])
    assert not [line for line in faults_of(small_data) if line.startswith("corrections.csv")]


BUNDLED = {
    "go-torrance-last-day": ("go-ca-torrance", {"last_trading_day": "2026-02-01"}),
    "heads-va": ("fresh-va-falls-church", {"employees": "691", "employees_origin": "observed"}),
    "heads-nj": ("fresh-nj-eatontown", {"employees": "871", "employees_origin": "observed"}),
}


@pytest.mark.slow
@pytest.mark.parametrize("guard", BUNDLED)
def test_a_guard_of_the_bundled_case_watches_its_fact(guard: str, tmp_path: Path) -> None:
    folder = tmp_path / "data"
    shutil.copytree(checkout_root() / "data", folder)
    store, changes = BUNDLED[guard]
    ids = [row[0] for row in read(folder / "stores.csv")]
    for column, value in changes.items():
        set_cell(folder, "stores.csv", ids.index(store) + 1, column, value)
    guards = [row[0] for row in read(folder / "corrections.csv")]
    start = f"corrections.csv row {guards.index(guard) + 1}, column expect"
    assert [line for line in faults_of(folder) if line.startswith(start)]


def test_the_bundled_case_settles_what_its_sources_dispute(case: Case) -> None:
    subjects = " ".join(case.corrections["subject"] + case.corrections["other"])
    for disputed in ("58", "15"):
        assert disputed in subjects
    assert (case.corrections["reason"] != "").all()
