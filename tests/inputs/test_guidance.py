"""What is said to be done next: the command, typed as it can be run, and the first step."""

from __future__ import annotations

import copy
from pathlib import Path

import pytest

from retail_portfolio.inputs.faults import Fault
from retail_portfolio.inputs.guidance import (
    MAKERS,
    TABLES,
    NotFit,
    advised,
    rows_in_words,
    typed,
    way_on,
)
from retail_portfolio.inputs.table_files import FILES, columns_file, portfolio_tables
from tests.inputs.edits import faults_of, read, set_cell, write
from tests.inputs.exports import write_export


@pytest.mark.parametrize(
    ("rows", "said"),
    [
        ([3], "row 3"),
        ([3, 4], "rows 3 to 4"),
        ([3, 5], "rows 3 and 5"),
        ([3, 5, 6, 7, 9], "rows 3, 5 to 7 and 9"),
        (list(range(2, 10_000)), "rows 2 to 9999"),
        (list(range(2, 202, 2)), f"rows {', '.join(map(str, range(2, 62, 2)))} and 70 more"),
    ],
)
def test_rows_in_words(rows: list[int], said: str) -> None:
    assert rows_in_words(rows) == said


def test_a_command_is_typed_as_it_can_be_run() -> None:
    command = "run `retail-portfolio build leases --data DIR` now"
    assert typed(command, "") == "run `retail-portfolio build leases` now"
    assert typed(command, "my data") == "run `retail-portfolio build leases --data 'my data'` now"
    assert typed(command, "a;b") == "run `retail-portfolio build leases --data 'a;b'` now"


def test_every_table_that_has_to_be_there_is_known_and_its_absence_says_what_to_do() -> None:
    assert set(TABLES) == {file.name for file in FILES if file.required}
    for name in TABLES:
        for fault in (
            Fault(name, None, None, None, "this file"),
            Fault(name, None, None, "only a header", "at least one row"),
        ):
            said = advised(fault, "").expected
            assert "`retail-portfolio " in said or said == "at least one row (your list of stores)"
        other = Fault(name, 2, "lat", "x", "a latitude")
        assert advised(other, "") == other


@pytest.mark.slow
@pytest.mark.parametrize("name", sorted(MAKERS))
def test_a_missing_table_names_its_command(name: str, small_data: Path) -> None:
    (small_data / name).unlink()
    lines = [line for line in faults_of(small_data) if line.startswith(f"{name}:")]
    assert len(lines) == 1
    what = {"assumptions.csv": "ledger"}.get(name, name.removesuffix(".csv"))
    assert f"expected this file (`retail-portfolio build {what} --data" in lines[0]
    assert f"--data '{small_data}'" in lines[0]


@pytest.mark.slow
def test_a_closing_store_without_a_lease_names_the_command(small_data: Path) -> None:
    write(small_data / "leases.csv", read(small_data / "leases.csv")[:-1])
    (line,) = faults_of(small_data)
    assert line == (
        "stores.csv row 4, column store_id: found 'corner-3', expected a row for it in leases.csv, "
        f"because it is closing (`retail-portfolio build leases --data '{small_data}'` makes it)"
    )


@pytest.mark.slow
def test_a_metro_that_is_not_listed_names_the_command(small_data: Path) -> None:
    set_cell(small_data, "demand.csv", 2, "metro_id", "springval-oh")
    (line,) = faults_of(small_data)
    assert line.endswith(
        "(did you mean 'springvale-oh'?) (metros.csv, which `retail-portfolio build metros --data "
        f"'{small_data}'` makes)"
    )


def test_an_error_that_says_the_way_is_copied_whole() -> None:
    error = NotFit([Fault("a.csv", 2, "b", "x", "y")], ["", "next: z"])
    assert str(error) == "a.csv row 2, column b: found 'x', expected y\n\nnext: z"
    again = copy.copy(error)  # by the way that pickle takes
    assert (again.faults, again.after, str(again)) == (error.faults, error.after, str(error))


NOT_THERE = [Fault(name, None, None, None, "this file") for name in TABLES]
POINTS = Fault("stores.csv", 2, "lat", "", "coordinates here: run `retail-portfolio build points x")
STEPS = {
    "columns.yaml": (
        [Fault("columns.yaml", 3, "stores.csv", "x", "y"), *NOT_THERE],
        "put columns.yaml right",
    ),
    "no stores": (NOT_THERE, "put your list of stores into the folder as stores.csv"),
    "a header": (
        [Fault("stores.csv", 1, "id", "id", "x"), *NOT_THERE[1:]],
        "say in columns.yaml how stores.csv is written and which columns are which of ours",
    ),
    "a scenario": (
        [Fault("scenarios/base.yaml", 3, "title", None, "x"), POINTS],
        "put scenarios/base.yaml right",
    ),
    "points": ([POINTS, *NOT_THERE[1:]], "run `retail-portfolio build points --data d`"),
    "metros": (NOT_THERE[1:], "run `retail-portfolio build metros --data d`"),
    "demand": (NOT_THERE[2:], "run `retail-portfolio build demand --data d`"),
    "competitors": (NOT_THERE[3:], "run `retail-portfolio build competitors --data d --snap FILE`"),
    "the ledger": (NOT_THERE[4:], "run `retail-portfolio build ledger --data d`"),
    "leases": (NOT_THERE[5:], "run `retail-portfolio build leases --data d`"),
    "a lease": (
        [Fault("stores.csv", 2, "store_id", "a", "a row for it in leases.csv, because")],
        "run `retail-portfolio build leases --data d`",
    ),
    "a cell": ([Fault("demand.csv", 2, "lat", "x", "y")], "correct demand.csv"),
    "a row of the ledger": (
        [Fault("assumptions.csv", None, "key", None, "a row named x: a model needs it")],
        "add to assumptions.csv what it lacks",
    ),
}


@pytest.mark.parametrize("kind", STEPS)
def test_the_first_step(kind: str) -> None:
    faults, step = STEPS[kind]
    *_, last = way_on(faults, ("stores.csv",), "d", own_scenario=True)
    assert last == f"next: {step}, then `retail-portfolio check --data d` again"


def test_a_folder_without_a_scenario_is_told_so() -> None:
    faults = [Fault("stores.csv", 2, "banner", "x", "one of y")]
    *_, last = way_on(faults, ("stores.csv",), "d", own_scenario=False)
    assert last.startswith("next: write scenarios/base.yaml into the folder, with your banners")


def test_faults_are_counted_by_file() -> None:
    faults = [POINTS, POINTS, Fault("demand.csv", 2, "lat", "x", "y")]
    lines = way_on(faults, ("stores.csv", "leases.csv"), "", own_scenario=True)
    assert lines == (
        "",
        "3 faults: stores.csv 2, demand.csv 1",
        "without a fault by itself: leases.csv",
        "next: run `retail-portfolio build points`, then `retail-portfolio check` again",
    )
    assert way_on([Fault("a.csv", 2, "b", "x", "y")], (), "", own_scenario=False) == ()


def test_which_tables_are_there(small_data: Path, tmp_path: Path) -> None:
    there, own = portfolio_tables(str(small_data))
    assert own
    assert there[:2] == ("stores.csv", "leases.csv")
    assert "barriers.csv" not in there
    (small_data / "scenarios" / "base.yaml").unlink()
    assert portfolio_tables(str(small_data))[1] is False
    assert portfolio_tables(str(tmp_path / "nowhere")) == ((), False)
    assert portfolio_tables()[1] is True


@pytest.mark.slow
def test_every_table_but_the_ledger_may_be_mapped(small_data: Path) -> None:
    write_export(small_data)
    names = [file.name for file in FILES if file.name != "assumptions.csv"]
    (small_data / "columns.yaml").write_text("".join(f"{name}: {{}}\n" for name in names))
    assert sorted(columns_file(small_data).tables) == sorted(names)
    (small_data / "columns.yaml").write_text("assumptions.csv: {}\n")
    assert "a table that may be mapped" in str(columns_file(small_data).faults[0])


def test_a_spreadsheets_zip_code_and_mark_say_what_to_write(small_data: Path) -> None:
    set_cell(small_data, "stores.csv", 2, "zip", "1234")
    set_cell(small_data, "stores.csv", 2, "opened", "5/1/2020")
    set_cell(small_data, "stores.csv", 2, "sales_usd_year", "5,200,000")
    lines = faults_of(small_data)
    assert any("found '1234'" in line and "digits: 5 in columns.yaml" in line for line in lines)
    assert any("'5/1/2020'" in line and "date_format in columns.yaml" in line for line in lines)
    assert any("'5,200,000'" in line and "thousands in columns.yaml" in line for line in lines)
    for name in ("stores.csv", "demand.csv"):
        path = small_data / name
        path.write_bytes(b"\xef\xbb\xbf" + path.read_bytes())
    lines = faults_of(small_data)
    assert len([line for line in lines if "an entry for the table in columns.yaml" in line]) == 2


@pytest.mark.parametrize(
    ("said", "unread"),
    [
        ("stores.csv: {decimal: 1}\n", {"stores.csv"}),
        ("stores.csv: {columns\n", {"stores.csv", "leases.csv", "demand.csv", "metros.csv"}),
    ],
)
def test_a_table_that_was_not_read_is_not_without_a_fault(
    small_data: Path, said: str, unread: set[str]
) -> None:
    before = set(portfolio_tables(str(small_data))[0])
    (small_data / "columns.yaml").write_text(said)
    there, _ = portfolio_tables(str(small_data))
    assert unread <= before
    assert not unread & set(there)
    assert "assumptions.csv" in there
