"""The four floors: imports run downward, a model stays light, and the contracts do bite."""

from __future__ import annotations

import shutil
import subprocess
import sys
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


@pytest.mark.slow
@pytest.mark.parametrize(
    ("module", "line", "contract"),
    [
        ("inputs/faults.py", "import retail_portfolio.model", "Imports run down the floors"),
        ("model/result.py", "import retail_portfolio.present", "Imports run down the floors"),
        ("model/result.py", "import folium", "A model draws nothing"),
        ("model/result.py", "from pathlib import Path", "A model draws nothing"),
        ("inputs/faults.py", "import papermill", "Reading a table"),
    ],
)
def test_an_import_upward_is_found(tmp_path: Path, module: str, line: str, contract: str) -> None:
    shutil.copy(ROOT / "pyproject.toml", tmp_path)
    shutil.copytree(PACKAGE, tmp_path / PACKAGE.name, ignore=shutil.ignore_patterns("__pycache__"))
    broken = tmp_path / PACKAGE.name / module
    broken.write_text(broken.read_text(encoding="utf-8") + f"\n{line}\n", encoding="utf-8")
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
