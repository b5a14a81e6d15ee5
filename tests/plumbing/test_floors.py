"""The four floors: imports run downward, a model stays light, and the contracts do bite."""

from __future__ import annotations

import shutil
import subprocess
import sys
import tomllib
from typing import TYPE_CHECKING

import pytest

from tests.plumbing.checkout import PACKAGE, ROOT

if TYPE_CHECKING:
    from pathlib import Path

# What the import of a model may not bring along: each costs a noticeable part of a second.
TOO_HEAVY = ("altair", "folium", "geopandas", "jupyterlab", "nbconvert", "pandera", "papermill")
LINT = "from importlinter.cli import lint_imports_command; lint_imports_command(['--no-cache'])"

IMPORT_ALL_MODELS = """
import importlib, pkgutil, sys
import retail_portfolio.model as floor
for found in pkgutil.iter_modules(floor.__path__):
    importlib.import_module(f"{floor.__name__}.{found.name}")
print(*sys.modules)
"""


def lint_imports(folder: Path) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-c", LINT], cwd=folder, capture_output=True, text=True, check=False
    )


@pytest.mark.slow
def test_imports_keep_to_the_floors() -> None:
    done = lint_imports(ROOT)
    assert done.returncode == 0, done.stdout + done.stderr


def test_every_module_of_a_floor_has_its_layer() -> None:
    settings = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
    contracts = settings["tool"]["importlinter"]["contracts"]
    layered = [one for one in contracts if one["type"] == "layers"]
    divided = {floor for one in layered for floor in one["containers"]}
    floors = ("inputs", "model", "present", "run")
    assert divided == {PACKAGE.name, *(f"{PACKAGE.name}.{floor}" for floor in floors)}
    assert all(one.get("exhaustive") for one in layered)
    assert not any("ignore_imports" in one for one in contracts)


@pytest.mark.slow
@pytest.mark.parametrize(
    ("module", "line", "contract"),
    [
        ("inputs/faults.py", "import retail_portfolio.model", "Imports run down the floors"),
        ("model/result.py", "import retail_portfolio.present", "Imports run down the floors"),
        ("model/result.py", "import folium", "A model draws nothing"),
        ("model/result.py", "from pathlib import Path", "A model draws nothing"),
        ("inputs/faults.py", "import papermill", "Reading a table"),
        ("inputs/guidance.py", "import retail_portfolio.inputs.table_files", "A room of readers"),
        ("present/words.py", "import retail_portfolio.present.map_kinds", "A room of pages"),
        ("run/publishing/runs.py", "import retail_portfolio.run.request", "A room of the runner"),
        ("inputs/unplaced.py", "", "A room of readers"),
        ("present/unplaced.py", "", "A room of pages"),
        ("run/unplaced.py", "", "A room of the runner"),
    ],
)
def test_an_import_upward_is_found(tmp_path: Path, module: str, line: str, contract: str) -> None:
    shutil.copy(ROOT / "pyproject.toml", tmp_path)
    shutil.copytree(PACKAGE, tmp_path / PACKAGE.name, ignore=shutil.ignore_patterns("__pycache__"))
    broken = tmp_path / PACKAGE.name / module
    with broken.open("a", encoding="utf-8") as file:
        file.write(f"\n{line}\n")
    done = lint_imports(tmp_path)
    assert done.returncode != 0
    said = " ".join(line for line in done.stdout.splitlines() if line.endswith("BROKEN"))
    assert contract in said, done.stdout


@pytest.mark.slow
def test_importing_the_models_stays_light() -> None:
    done = subprocess.run(
        [sys.executable, "-c", IMPORT_ALL_MODELS],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=True,
    )
    assert not set(done.stdout.split()) & set(TOO_HEAVY)


def test_no_module_is_hard_to_hold_in_mind() -> None:
    too_long = {
        path.relative_to(ROOT).as_posix(): lines
        for folder in ("retail_portfolio", "tools")
        for path in (ROOT / folder).rglob("*.py")
        if (lines := len(path.read_text(encoding="utf-8").splitlines())) > 400
    }
    assert not too_long
