"""The notebooks under plain papermill, as an analyst or another scheduler runs them."""

from __future__ import annotations

import ast
import csv
import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import nbformat
import pytest

from retail_portfolio.inputs import notebook_parameters

ROOT = Path(__file__).parents[2]
NOTEBOOKS = sorted((ROOT / "notebooks").glob("*.ipynb"))

each = pytest.mark.parametrize("path", NOTEBOOKS, ids=lambda path: path.stem)


def papermill(*words: str, cwd: Path) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "papermill", *words],
        cwd=cwd,
        env=os.environ | {"PYTHONPATH": str(ROOT)},
        capture_output=True,
        text=True,
        timeout=300,
        check=False,
    )


def declared(path: Path) -> dict[str, str]:
    notebook = nbformat.read(path, as_version=4)
    cell = next(c for c in notebook.cells if "parameters" in c.metadata.get("tags", []))
    return {
        ast.unparse(node.target): ast.unparse(node.annotation)
        for node in ast.parse(cell.source).body
        if isinstance(node, ast.AnnAssign)
    }


@each
def test_parameters_are_settings_of_the_one_model(path: Path) -> None:
    assert declared(path) == {one.name: one.type for one in notebook_parameters(path.stem)}


@pytest.mark.notebook
@pytest.mark.slow
def test_it_runs_on_a_folder_of_tables_and_a_parameter_moves_the_result(
    tmp_path: Path, small_data: Path
) -> None:
    source = str(ROOT / "notebooks" / "02_closure.ipynb")
    given = {"scenario": "base", "data_dir": small_data.name, "out_dir": "found", "tax_rate": "0"}
    words = [word for name, value in given.items() for word in ("-p", name, value)]
    done = papermill(source, "out.ipynb", *words, cwd=tmp_path)
    assert done.returncode == 0, done.stderr
    with (tmp_path / "found" / "tables" / "closure.csv").open(encoding="utf-8") as file:
        shields = [float(row["tax_shield_usd"]) for row in csv.DictReader(file)]
    assert len(shields) > 1
    assert set(shields) == {0}
    document = json.loads((tmp_path / "found" / "02_closure.json").read_text(encoding="utf-8"))
    assert document["figures"][0]["key"] == "exit_cost_usd"
    executed: Any = nbformat.read(tmp_path / "out.ipynb", as_version=4)
    outputs = [out for cell in executed.cells for out in cell.get("outputs", [])]
    assert outputs
    assert not [out for out in outputs if out.output_type == "error"]
    assert not [out for out in outputs if out.get("name") == "stderr"]


def events_table(folder: Path, label: str) -> str:
    """Sites around Boston, of which the first half was taken; made up."""
    lines = ["event,site_name,zip,lat,lon,label_converts,note"]
    zips = ("02138", "02446", "02481", "02116", "02121", "02302", "01851", "02720")
    lines += [f"Made up,Site {n},{code},,,{int(n < 4)}," for n, code in enumerate(zips)]
    lines += [f"Made up,Site 8,02703,,,{label},"]
    (folder / "sites.csv").write_text("\n".join(lines) + "\n", encoding="utf-8")
    return str(folder / "sites.csv")


@pytest.mark.notebook
@pytest.mark.slow
def test_it_runs_from_any_folder_and_other_events_are_put_through_the_backtest(
    tmp_path: Path,
) -> None:
    source = str(ROOT / "notebooks" / "06_backtest.ipynb")
    sites = events_table(tmp_path, "0")
    done = papermill(
        source, "a.ipynb", "-p", "out_dir", "a", "-p", "sites_csv", sites, cwd=tmp_path
    )
    assert done.returncode == 0, done.stderr
    with (tmp_path / "a" / "tables" / "backtest.csv").open(encoding="utf-8") as file:
        rows = list(csv.DictReader(file))
    assert {row["event"] for row in rows} == {"Made up"}
    model = next(row for row in rows if row["ranking"] == "model")
    assert (model["sites"], model["taken"]) == ("9", "4")
    assert 0.5 < float(model["auc"]) <= 1  # towns of graduates were taken


@pytest.mark.notebook
@pytest.mark.slow
def test_faults_of_a_table_of_events_are_named(tmp_path: Path) -> None:
    source = str(ROOT / "notebooks" / "06_backtest.ipynb")
    sites = events_table(tmp_path, "perhaps")
    done = papermill(
        source, "a.ipynb", "-p", "out_dir", "a", "-p", "sites_csv", sites, cwd=tmp_path
    )
    assert done.returncode == 1
    assert "sites.csv row 10, column label_converts: found 'perhaps'" in done.stderr
    assert not (tmp_path / "a").exists()


@pytest.mark.slow
def test_help_is_a_word_of_the_program(tmp_path: Path) -> None:
    done = papermill("--help-notebook", str(NOTEBOOKS[0]), cwd=tmp_path)
    assert done.returncode == 0, done.stderr
    assert "Rate a year that discounts cash" in done.stdout


@each
def test_help_explains_every_parameter(path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    from papermill.cli import papermill as program

    with pytest.raises(SystemExit) as ended:
        program(["--help-notebook", str(path)])
    assert not ended.value.code
    told = capsys.readouterr().out
    for one in notebook_parameters(path.stem):
        assert f"{one.name}: {one.type}" in told
    assert "Rate a year that discounts cash" in told
