"""The notebook of uncertainty: what it leaves, and what it leaves out under limits, saying why."""

from __future__ import annotations

import csv
import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import nbformat
import pytest
import yaml

ROOT = Path(__file__).parents[2]
NOTEBOOK = ROOT / "notebooks" / "05_uncertainty.ipynb"
TABLES = {
    *("uncertainty", "uncertainty_totals", "uncertainty_drivers", "uncertainty_indices"),
    *("uncertainty_screening", "uncertainty_convergence", "uncertainty_checkout"),
}
CHARTS = {"fan", "sites", "indices", "drivers_exit_cost_usd"}


def ran(folder: Path, data: Path, *overrides: str) -> tuple[dict[str, Any], str]:
    """Run it on few draws; return what it leaves for the report, and what it prints."""
    given = {"data_dir": str(data), "out_dir": "found", "draws": 512, "solved_draws": 2}
    given["overrides"] = list(overrides)
    done = subprocess.run(
        [sys.executable, "-m", "papermill", str(NOTEBOOK), "out.ipynb", "-y", yaml.dump(given)],
        cwd=folder,
        env=os.environ | {"PYTHONPATH": str(ROOT)},
        capture_output=True,
        text=True,
        timeout=300,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    outputs = [
        out
        for cell in nbformat.read(folder / "out.ipynb", as_version=4).cells
        for out in cell.get("outputs", [])
    ]
    assert not [out for out in outputs if out.get("name") == "stderr"]
    printed = "".join(out["text"] for out in outputs if out.get("name") == "stdout")
    left = json.loads((folder / "found" / "05_uncertainty.json").read_text(encoding="utf-8"))
    return left, printed


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
    tmp_path: Path, small_data: Path
) -> None:
    left, printed = ran(tmp_path, small_data)
    assert set(left["tables"]) == TABLES | {"uncertainty_information"}
    assert charts_of(left) >= CHARTS | {"drivers_plan_value_usd"}
    rows = rows_of(tmp_path, "uncertainty")
    assert [row["store_id"] for row in rows] == ["corner-1", "corner-2", "corner-3"]
    assert {(row["draws_solved"], row["draws_screened"]) for row in rows} == {("2", "510")}
    assert all(0 <= float(row["probability"]) <= 1 for row in rows)
    assert left["tables"]["uncertainty"]["probability"] == {"unit": "share", "origin": "modelled"}
    assert "The ledger holds no charge" in printed
    assert "moved one at a time and added in quadrature" in left["sentence"]
    keys = {figure["key"] for figure in left["figures"]}
    assert {"exit_cost_median", "plan_value_median", "stores_converting_median"} <= keys
    assert "stores_converting_drawn" not in keys


@pytest.mark.notebook
@pytest.mark.slow
def test_a_plan_with_limits_is_told_from_its_proven_draws(tmp_path: Path, small_data: Path) -> None:
    left, printed = ran(tmp_path, small_data, "plan.max_conversions=1")
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
