"""The template of an analyst's own notebook: it runs on any portfolio, and in a report."""

from __future__ import annotations

import ast
import json
from pathlib import Path
from typing import Any

import pytest

from retail_portfolio.inputs import load_case, notebook_parameters
from retail_portfolio.present.outputs import read_outputs
from retail_portfolio.run.executing.own_notebooks import leaves, with_own
from retail_portfolio.run.executing.parameters import find_notebooks, parameter_faults
from tests.conftest import BUNDLED
from tests.plumbing import test_notebooks as plumbing

ROOT = Path(__file__).parents[2]
TEMPLATE = ROOT / "notebooks" / "scratch" / "template.ipynb"


def code() -> list[str]:
    cells = json.loads(TEMPLATE.read_text("utf-8"))["cells"]
    return ["".join(one["source"]) for one in cells if one["cell_type"] == "code"]


@pytest.mark.parametrize(
    "check",
    [
        plumbing.test_nothing_is_left_over_from_a_run,
        plumbing.test_one_cell_holds_the_parameters,
        plumbing.test_logic_lives_in_the_package,
        plumbing.test_a_notebook_explains_itself,
        plumbing.test_any_python_kernel_may_run_it,
    ],
)
def test_it_is_a_notebook_like_the_others(check: Any) -> None:
    check(TEMPLATE)


def test_its_parameters_are_settings_of_the_one_model() -> None:
    declared = [node for node in ast.parse(code()[0]).body if isinstance(node, ast.AnnAssign)]
    assert {ast.unparse(one.target): ast.unparse(one.annotation) for one in declared} == {
        one.name: one.type for one in notebook_parameters("template")
    }


def test_a_report_takes_it_in_addition() -> None:
    report = find_notebooks(ROOT / "notebooks")
    assert TEMPLATE.stem not in {one.name for one in report}, "every report would run it"
    everything = with_own(report, [str(TEMPLATE)])
    (own,) = [one for one in everything if one.own_file]
    assert (own.name, own.extra) == ("my_question", True)
    assert leaves(TEMPLATE).tables == {"my_question"}
    assert parameter_faults(everything) == []


@pytest.mark.slow
def test_it_runs_and_saves_a_scenario(small_data: Path, tmp_path: Path) -> None:
    names: dict[str, Any] = {"__name__": "notebook"}
    for number, source in enumerate(code()):
        text = source.replace('save_as = ""', 'save_as = "tried"')
        exec(text, names)  # noqa: S102 - the cells that are tested
        if not number:
            names |= {"data_dir": str(small_data), "out_dir": str(tmp_path / "out")}
    output = read_outputs(tmp_path / "out", words=BUNDLED).notebooks["my_question"]
    table = output.tables["my_question"].table
    assert len(table) == (names["case"].stores["status"] == "closing").sum()
    assert output.figures[0].value == pytest.approx(table["more_usd"].sum())
    assert output.figures[0].value > 0
    assert output.sentence == names["compared"].sentence
    assert [one.name for one in output.charts] == ["my_question"]
    saved = load_case("tried", str(small_data))
    for key, value in names["changes"].items():
        assert saved.ledger[key].base == value != names["case"].ledger[key].base
