"""Notebooks as they lie in git: parameters, calls and explanation, nothing left over from a run."""

from __future__ import annotations

import ast
import json
from typing import Any

import pytest

from tests.plumbing.checkout import ROOT
from tests.plumbing.test_dependencies import imports_of

LONGEST_FUNCTION = 10
NOTEBOOKS = sorted((ROOT / "notebooks").glob("*.ipynb"))
EXPECTED = [
    *("01_portfolio", "02_closure", "03_conversion"),
    *("04_checkout", "05_uncertainty", "06_backtest"),
]


def load(path: Any) -> dict[str, Any]:
    return json.loads(path.read_text(encoding="utf-8"))


def code_cells(notebook: dict[str, Any]) -> list[dict[str, Any]]:
    return [cell for cell in notebook["cells"] if cell["cell_type"] == "code"]


def source_of(cell: dict[str, Any]) -> str:
    return "".join(cell["source"])


def python_of(notebook: dict[str, Any]) -> str:
    lines = "\n".join(source_of(cell) for cell in code_cells(notebook)).splitlines()
    return "\n".join(line for line in lines if not line.startswith(("%", "!")))


each = pytest.mark.parametrize("path", NOTEBOOKS, ids=lambda path: path.stem)


def test_the_notebooks_are_there() -> None:
    assert [path.stem for path in NOTEBOOKS][: len(EXPECTED)] == EXPECTED


@each
def test_nothing_is_left_over_from_a_run(path: Any) -> None:
    for cell in code_cells(load(path)):
        assert cell["outputs"] == []
        assert cell["execution_count"] is None


@each
def test_one_cell_holds_the_parameters(path: Any) -> None:
    tagged = [
        cell for cell in load(path)["cells"] if "parameters" in cell["metadata"].get("tags", [])
    ]
    assert len(tagged) == 1
    source = source_of(tagged[0])
    body = ast.parse(source).body
    assert body
    for node in body:
        assert isinstance(node, ast.AnnAssign), f"{ast.unparse(node)}: a parameter has a type"
        assert node.value is not None, f"{ast.unparse(node)}: a parameter has a default"
        assert "#" in source.splitlines()[node.end_lineno - 1], "a parameter has a comment"
    names = {ast.unparse(node.target) for node in body if isinstance(node, ast.AnnAssign)}
    assert {"scenario", "out_dir"} <= names


@each
def test_logic_lives_in_the_package(path: Any) -> None:
    long = {
        node.name: node.end_lineno - node.lineno + 1
        for node in ast.walk(ast.parse(python_of(load(path))))
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef)
        and node.end_lineno - node.lineno + 1 > LONGEST_FUNCTION
    }
    assert not long


@each
def test_a_notebook_does_not_run_notebooks(path: Any) -> None:
    imports = imports_of(python_of(load(path)))
    assert not [name for name in imports if name.startswith(("retail_portfolio.run", "papermill"))]
    allowed = ("retail_portfolio.inputs", "retail_portfolio.model", "retail_portfolio.present")
    ours = [name for name in imports if name.startswith("retail_portfolio")]
    assert all(name.startswith(allowed) for name in ours), ours


@each
def test_a_notebook_explains_itself(path: Any) -> None:
    cells = load(path)["cells"]
    assert cells[0]["cell_type"] == "markdown"
    assert source_of(cells[0]).startswith("# ")
    assert sum(cell["cell_type"] == "markdown" for cell in cells) >= 3


@each
def test_any_python_kernel_may_run_it(path: Any) -> None:
    kernel = load(path)["metadata"]["kernelspec"]
    assert (kernel["name"], kernel["language"]) == ("python3", "python")
