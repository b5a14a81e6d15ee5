"""Dated forecasts: read whole, checked like every table, and never edited."""

from __future__ import annotations

import hashlib
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from retail_portfolio.inputs import load_case
from retail_portfolio.inputs.case import Case
from retail_portfolio.inputs.checked_tables import check_cells
from retail_portfolio.inputs.files.reading import read_table
from retail_portfolio.inputs.folders import checkout_root
from retail_portfolio.inputs.registers import forecasts
from retail_portfolio.inputs.tables import columns_of
from tests.inputs.edits import faults_of, read, set_cell, write

HEADER = (
    "store_id,made_on,information_until,probability,probability_at_base_rate,base_rate,"
    "plan_converts,size_sqft,nearest_own_miles,income_usd,share_bachelors,households,method"
)
ROWS = """
corner-1,2026-06-30,2026-01-31,0.7,0.4,0.2,1,9000,6.9,61000,0.31,1700,By hand
corner-3,2026-06-30,2026-01,0.1,0.03,0.2,0,9000,,52000,,1500,By hand
"""
NAME = "forecasts/2026-06-30.csv"
PUBLISHED = {"2026-11-26.csv": "a3a2a3531c129a05fc79a6241a8e85ac316cd69e50e9655562174367ce667457"}
"""SHA-256 of every forecast that was published: none of them is ever edited."""


@pytest.fixture
def folder(small_data: Path) -> Path:
    (small_data / "forecasts").mkdir()
    (small_data / NAME).write_text(HEADER + ROWS)
    return small_data


def test_a_published_forecast_is_never_edited() -> None:
    there = checkout_root() / "data" / "forecasts"
    found = {p.name: hashlib.sha256(p.read_bytes()).hexdigest() for p in there.glob("*.csv")}
    assert found == PUBLISHED


@pytest.mark.slow
def test_a_forecast_is_read_with_the_name_of_its_file(folder: Path) -> None:
    assert faults_of(folder) == []
    found = load_case(data_dir=str(folder)).forecasts
    assert list(found.columns) == ["file", *HEADER.split(",")]
    assert found["file"].tolist() == [NAME, NAME]
    assert found["store_id"].tolist() == ["corner-1", "corner-3"]
    assert found["probability"].tolist() == [0.7, 0.1]
    assert found["nearest_own_miles"].isna().tolist() == [False, True]
    assert found["plan_converts"].tolist() == [1, 0]


@pytest.mark.slow
def test_several_forecasts_stand_under_each_other_the_earliest_first(folder: Path) -> None:
    (folder / "forecasts" / "2026-02-01.csv").write_text(
        (HEADER + ROWS).replace("2026-06-30", "2026-02-01")
    )
    found = load_case(data_dir=str(folder)).forecasts
    assert found["made_on"].tolist() == ["2026-02-01"] * 2 + ["2026-06-30"] * 2
    assert found["store_id"].tolist() == ["corner-1", "corner-3"] * 2
    assert isinstance(found.index, pd.RangeIndex)


@pytest.mark.slow
def test_without_forecasts_the_frame_has_its_columns_and_types(small_data: Path) -> None:
    for make in (lambda: None, (small_data / "forecasts").mkdir):
        make()
        found = load_case(data_dir=str(small_data)).forecasts
        assert len(found) == 0
        assert list(found.columns) == ["file", *HEADER.split(",")]
        assert found["probability"].dtype == np.dtype("float64")
        assert found["file"].dtype == pd.StringDtype(na_value=np.nan)


CELLS = {
    "unknown store": (2, "store_id", "corner-11", "did you mean 'corner-1'?"),
    "store twice": (3, "store_id", "corner-1", "an id that occurs once (it is in row 2 too)"),
    "other day": (2, "made_on", "2026-07-01", "2026-06-30, the day of the file's name"),
    "no day": (2, "made_on", "", "the day of the file's name"),
    "month": (2, "made_on", "2026-06", "2026-06-30, the day of the file's name"),
    "later knowledge": (3, "information_until", "2026-07-01", "no day after 2026-06-30"),
    "perhaps later": (3, "information_until", "2026", "no day after 2026-06-30"),
    "no knowledge": (3, "information_until", "", "a date as YYYY-MM-DD"),
    "above one": (2, "probability", "1.2", "a probability, 0 to 1"),
    "below nothing": (2, "probability", "-0.2", "a probability, 0 to 1"),
    "in percent": (2, "base_rate", "20", "a probability, 0 to 1"),
    "certain": (2, "probability", "1", "above 0 and below 1"),
    "impossible": (3, "probability_at_base_rate", "0", "above 0 and below 1"),
    "never": (3, "base_rate", "0", "above 0 and below 1"),
    "blank": (2, "probability", "", "a probability, 0 to 1"),
    "half a plan": (2, "plan_converts", "0.5", "1 if the plan converts the store"),
    "two plans": (2, "plan_converts", "2", "1 if the plan converts the store"),
    "size": (2, "size_sqft", "0", "square feet above 0"),
    "miles": (2, "nearest_own_miles", "-1", "miles, 0 or more"),
    "share": (2, "share_bachelors", "31", "a share, 0 to 1"),
    "formula": (2, "method", "=1+1", "does not run as a formula"),
}


def forecast_faults(folder: Path) -> list[str]:
    """The faults of the table alone, without the check of every other one."""
    columns = list(columns_of(forecasts.Forecasts))
    raw = read_table(folder, NAME, columns, required=True, needs_rows=True)
    table = check_cells(raw, forecasts.Forecasts)
    return [str(fault) for fault in (*table.faults, *forecasts.row_faults(table))]


@pytest.mark.parametrize("kind", CELLS)
def test_a_wrong_cell_is_named(folder: Path, kind: str) -> None:
    row, column, value, expected = CELLS[kind]
    set_cell(folder, NAME, row, column, value)
    whole = column in ("store_id", "made_on")
    (line,) = faults_of(folder) if whole else forecast_faults(folder)
    assert line.startswith(f"{NAME} row {row}, column {column}: found '{value}', expected ")
    assert expected in line


@pytest.mark.slow
def test_a_store_stands_in_several_forecasts(folder: Path) -> None:
    later = (HEADER + ROWS).replace("2026-06-30", "2026-09-30")
    (folder / "forecasts" / "2026-09-30.csv").write_text(later)
    assert faults_of(folder) == []


@pytest.mark.slow
def test_a_missing_column_and_an_empty_file_are_named(folder: Path) -> None:
    write(folder / NAME, [row[:3] + row[4:] for row in read(folder / NAME)])
    assert faults_of(folder) == [
        f"{NAME} row 1, column probability: found nothing, expected a column of this name"
    ]
    (folder / NAME).write_text(HEADER + "\n")
    assert faults_of(folder) == [f"{NAME}: found 'only a header', expected at least one row"]


def test_a_table_without_its_ids_is_named_once(folder: Path) -> None:
    (folder / NAME).write_text((HEADER + ROWS).replace("store_id,", "store,", 1))
    found = forecast_faults(folder)
    assert any("column store_id: found nothing" in fault for fault in found)
    assert len(found) == 2


def test_a_file_of_another_name_is_not_passed_over(folder: Path) -> None:
    names = ["2026-06-30.CSV", "2026-06-30.csv.csv", "2026-06-30b.csv", "2026-6-30.csv", "june.csv"]
    for name in names:
        (folder / "forecasts" / name).write_text(HEADER + ROWS)
    expected = "a file named for the day the forecast was made, YYYY-MM-DD.csv"
    assert faults_of(folder) == [
        f"forecasts/{name}: found '{name}', expected {expected}" for name in names
    ]


def test_what_is_no_table_is_left_alone(folder: Path) -> None:
    (folder / "forecasts" / "README.md").write_text("How it was made.")
    assert faults_of(folder) == []


@pytest.mark.slow
def test_a_file_in_place_of_the_folder_is_named(small_data: Path) -> None:
    (small_data / "forecasts").write_text("x")
    assert faults_of(small_data) == ["forecasts: found 'a file', expected a folder of forecasts"]
    (small_data / "forecasts").unlink()
    (small_data / "forecasts").symlink_to("nowhere")
    assert faults_of(small_data) == ["forecasts: found 'a file', expected a folder of forecasts"]


def test_a_link_that_leads_out_is_refused(folder: Path, tmp_path: Path) -> None:
    (folder / NAME).rename(tmp_path / "elsewhere.csv")
    (folder / NAME).symlink_to(tmp_path / "elsewhere.csv")
    (line,) = faults_of(folder)
    assert "not a link that leads out of it" in line


def test_the_bundled_forecast_covers_every_candidate_of_the_wave(case: Case) -> None:
    found = case.forecasts[case.forecasts["made_on"] == "2026-11-26"]
    assert found["store_id"].tolist() == sorted(set(found["store_id"]))
    assert len(found) == 57
    of_wave = case.stores.set_index("store_id").loc[found["store_id"]]
    assert set(of_wave["format"]) == {"fresh"}
    assert set(found["information_until"]) == {"2026-01-27"}
    numbers = found.drop(columns=["file", "store_id", "made_on", "information_until", "method"])
    assert numbers.notna().all(axis=None)
    assert found["probability_at_base_rate"].mean() == pytest.approx(0.18, abs=1e-6)
    assert set(found["base_rate"]) == {0.18}
    # (k + 1/2) / (n + 1) of 512 draws.
    times = found["probability"] * 513 - 0.5
    assert np.abs(times - times.round()).max() < 1e-3
    assert found["method"].str.contains("512 draws").all()
    assert found["plan_converts"].sum() == 15
