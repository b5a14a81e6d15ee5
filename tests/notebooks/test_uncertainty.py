"""The notebook of uncertainty: what it leaves, and what it leaves out under limits, saying why."""

from __future__ import annotations

import csv
from pathlib import Path
from typing import Any

import pytest

from tests.notebooks.warm import Warm, leaves, printed_by

DRAWS = 512
TABLES = {
    *("uncertainty", "uncertainty_totals", "uncertainty_drivers", "uncertainty_indices"),
    *("uncertainty_screening", "uncertainty_convergence", "uncertainty_checkout"),
}
CHARTS = {"fan", "sites", "indices", "drivers_exit_cost_usd"}


def ran(warm: Warm, folder: Path, data: Path, *overrides: str) -> tuple[dict[str, Any], str]:
    """Run it on few draws; return what it leaves for the report, and what it prints."""
    few = {"draws": DRAWS, "solved_draws": 2}
    left, cells = leaves(warm, "05_uncertainty", folder, data, *overrides, **few)
    return left, printed_by(cells)


def rows_of(folder: Path, name: str) -> list[dict[str, str]]:
    with (folder / "found" / "tables" / f"{name}.csv").open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def charts_of(left: dict[str, Any]) -> set[str]:
    return {
        chart["file"].removesuffix(".svg").removeprefix("uncertainty_") for chart in left["charts"]
    }


@pytest.mark.notebook
@pytest.mark.slow
def test_a_small_case_leaves_every_table_but_those_of_a_charge(
    warm: Warm, tmp_path: Path, small_data: Path
) -> None:
    left, printed = ran(warm, tmp_path, small_data)
    assert set(left["tables"]) == TABLES | {"uncertainty_information"}
    assert charts_of(left) >= CHARTS | {"drivers_plan_value_usd"}
    rows = rows_of(tmp_path, "uncertainty")
    assert [row["store_id"] for row in rows] == ["corner-1", "corner-2", "corner-3"]
    assert {(row["draws_solved"], row["draws_screened"]) for row in rows} == {("2", str(DRAWS - 2))}
    assert all(0 <= float(row["probability"]) <= 1 for row in rows)
    assert left["tables"]["uncertainty"]["probability"] == {"unit": "share", "origin": "modelled"}
    assert "The ledger holds no charge" in printed
    assert "moved one at a time and added in quadrature" in left["sentence"]
    keys = {figure["key"] for figure in left["figures"]}
    assert {"exit_cost_median", "plan_value_median", "stores_converting_median"} <= keys
    assert "stores_converting_drawn" not in keys


@pytest.mark.notebook
@pytest.mark.slow
def test_a_plan_with_limits_is_told_from_its_proven_draws(
    warm: Warm, tmp_path: Path, small_data: Path
) -> None:
    left, printed = ran(warm, tmp_path, small_data, "plan.max_conversions=1")
    assert set(left["tables"]) == TABLES
    assert charts_of(left) >= CHARTS
    assert not {"drivers_plan_value_usd", "information"} & charts_of(left)
    rows = rows_of(tmp_path, "uncertainty")
    assert {(row["draws_solved"], row["draws_screened"]) for row in rows} == {("2", "0")}
    assert sum(float(row["probability"]) for row in rows) <= 1
    keys = {row["key"] for row in rows_of(tmp_path, "uncertainty_totals")}
    assert "plan_value_usd" not in keys
    assert "exit_cost_usd" in keys
    assert "never screened" in left["sentence"]
    assert "here they are not" in printed
    assert "stores_converting_drawn" in {figure["key"] for figure in left["figures"]}
