import json
import os

import nbformat
import pytest
from nbformat import v4

from retail_portfolio.inputs.faults import Fault, InputError
from retail_portfolio.inputs.settings.parameters import notebook_parameters
from retail_portfolio.run.executing.parameters import (
    find_notebooks,
    parameter_faults,
    read_notebook,
)
from tests.run.workshop import PARAMETERS, REPOSITORY

TAGGED = {"cell_type": "code", "metadata": {"tags": ["parameters"]}, "source": "a = 1"}
TYPED = 'scenario: str = "base"  # which\nseed: int = None\nout_dir = ""\n# a comment\n'


def test_plain_and_typed_parameters_are_read_in_order(workshop):
    path = workshop.notebook("03_gamma", "later = 1", parameters=TYPED)
    book = read_notebook(path)
    assert (book.name, book.parameters) == ("03_gamma", ("scenario", "seed", "out_dir"))


def test_notebooks_are_found_in_order_of_name(workshop):
    (workshop.root / "notebooks" / ".hidden.ipynb").write_text("{")
    (workshop.root / "notebooks" / "notes.txt").write_text("")
    found = find_notebooks(workshop.root / "notebooks")
    assert [book.name for book in found] == ["01_alpha", "02_beta"]


def test_folder_without_notebooks(tmp_path):
    with pytest.raises(InputError, match="at least one notebook"):
        find_notebooks(tmp_path)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "[]",
        "{}",
        json.dumps({"cells": [{"cell_type": "code"}]}),
        json.dumps({"cells": [{"cell_type": "code", "metadata": [], "source": ""}]}),
        json.dumps({"cells": [TAGGED, {"cell_type": "code", "metadata": {}}]}),
        json.dumps({"cells": [TAGGED, {"cell_type": "code", "metadata": {}, "source": None}]}),
        "[" * 100_000,
    ],
)
def test_what_is_no_notebook(tmp_path, text):
    (tmp_path / "a.ipynb").write_text(text)
    with pytest.raises(InputError, match=r"a\.ipynb"):
        read_notebook(tmp_path / "a.ipynb")


def test_a_pipe_is_not_waited_for(tmp_path):
    os.mkfifo(tmp_path / "a.ipynb")
    with pytest.raises(InputError, match=r"a\.ipynb: found nothing, expected a notebook"):
        find_notebooks(tmp_path)


def test_every_notebook_that_cannot_be_read_is_named(workshop):
    (workshop.root / "notebooks" / "01_alpha.ipynb").write_text("{}")
    workshop.notebook("03_gamma", "1", parameters='\nscenario = = "base"')
    with pytest.raises(InputError) as caught:
        find_notebooks(workshop.root / "notebooks")
    first, second = caught.value.faults
    assert (first.file, first.expected) == ("01_alpha.ipynb", "a notebook")
    assert (second.file, second.row, second.value) == ("03_gamma.ipynb", 2, 'scenario = = "base"')


def test_every_missing_parameter_of_every_notebook_is_named(workshop):
    notebooks = find_notebooks(workshop.root / "notebooks")
    assert parameter_faults(notebooks, ["scenario", "out_dir"]) == []
    faults = parameter_faults(notebooks, ["scenaro", "out_dir", "x"])
    assert [(fault.file, fault.value) for fault in faults] == [
        ("01_alpha.ipynb", "scenaro"),
        ("01_alpha.ipynb", "x"),
        ("02_beta.ipynb", "scenaro"),
        ("02_beta.ipynb", "x"),
    ]
    assert "did you mean 'scenario'" in str(faults[0])


def faults_of(workshop, parameters, name="02_closure"):
    return parameter_faults([read_notebook(workshop.notebook(name, parameters=parameters))])


def test_the_bundled_notebooks_declare_what_the_settings_model_says():
    notebooks = find_notebooks(REPOSITORY / "notebooks")
    assert parameter_faults(notebooks, ["scenario", "data_dir", "out_dir", "overrides"]) == []
    for notebook in notebooks:
        model = notebook_parameters(notebook.name)
        assert notebook.parameters == tuple(one.name for one in model)
        defaults = [list(one.default) if one.default == () else one.default for one in model]
        assert [one.value() for one in notebook.declared] == defaults
        assert all(one.type for one in notebook.declared)


def test_a_value_over_several_lines_is_read(workshop):
    assert (
        faults_of(workshop, 'scenario = (\n    "ba"  # so\n    "se"\n)\noverrides = [\n]\n') == []
    )


IN_EVERY = "in every notebook; another value is given by"
WRONG = {
    "discount_rate: float = 0.12": (
        "discount_rate",
        "0.12",
        f"None {IN_EVERY} --set discount_rate=0.12 or a scenario",
    ),
    'as_of = "2026-03-01"': (
        "as_of",
        '"2026-03-01"',
        f"None {IN_EVERY} --set as_of=2026-03-01 or a scenario",
    ),
    'scenario = "fast_exit"': ("scenario", '"fast_exit"', f"'base' {IN_EVERY} --scenario NAME"),
    'data_dir = "mine"': ("data_dir", '"mine"', f"'' {IN_EVERY} --data DIR"),
    "out_dir = None": ("out_dir", "None", f"'' {IN_EVERY} papermill -p out_dir VALUE"),
    'overrides: list = ["seed=1"]': ("overrides", '["seed=1"]', f"[] {IN_EVERY} --set KEY=VALUE"),
    "overrides = ()": ("overrides", "()", f"[] {IN_EVERY} --set KEY=VALUE"),
    "horizon_years: float = None": ("horizon_years", "float", "the type int"),
    "seed: int": ("seed", None, "a plain value that needs no computing: None"),
    "tax_rate: float = 1 / 4": ("tax_rate", "1 / 4", "a plain value that needs no computing: None"),
    "seed = open('x').read()": (
        "seed",
        "open('x').read()",
        "a plain value that needs no computing: None",
    ),
    "import os": (None, "import os", "NAME = VALUE and nothing else in the cell"),
    "print(1)": (None, "print(1)", "NAME = VALUE and nothing else in the cell"),
    "seed = tax_rate = None": (None, "seed = tax_rate = None", "NAME = VALUE and nothing else"),
    "seed, tax_rate = 1, 2": (None, "seed, tax_rate = 1, 2", "NAME = VALUE and nothing else"),
    "seed += 1": (None, "seed += 1", "NAME = VALUE and nothing else in the cell"),
    "sede: int = None": ("parameters", "sede", "did you mean 'seed'?"),
    "draws: int = None": ("parameters", "draws", "one of 'scenario', 'data_dir'"),
    'out_dir = ""': ("out_dir", "out_dir", "each parameter once (it is on line 4 too)"),
}


@pytest.mark.parametrize("line", WRONG)
def test_what_differs_from_the_settings_model_is_named_with_its_line(workshop, line):
    before = PARAMETERS.splitlines()
    # It takes the place of the line that assigns the same name, unless it is to be the second one.
    name = line.replace(":", " ").split()[0]
    lines = [one for one in before if line in before or not one.startswith(f"{name} ")]
    (fault,) = faults_of(workshop, "\n".join(["# First a remark.", *lines, line]))
    column, value, expected = WRONG[line]
    assert (fault.file, fault.row, fault.column) == ("02_closure.ipynb", len(lines) + 2, column)
    assert fault.value == value
    assert expected in fault.expected


def test_everything_that_is_wrong_is_named_at_once(workshop):
    cell = "seed: int = 3\nsede = 1\nimport os\nseed = 2\ntax_rate: str = 1 + 1\n"
    rows = [fault.row for fault in faults_of(workshop, cell)]
    assert sorted(rows) == [1, 2, 3, 4, 5, 5]


def test_a_setting_of_one_notebook_is_no_parameter_of_another(workshop):
    cell = f"{PARAMETERS}draws: int = None\n"
    assert faults_of(workshop, cell, "05_uncertainty") == []
    assert len(faults_of(workshop, cell, "04_checkout")) == 1


def test_a_second_cell_of_parameters_is_refused(workshop):
    path = workshop.notebook("02_closure")
    book = nbformat.read(path, as_version=4)
    book.cells.append(v4.new_code_cell("seed = 1", metadata={"tags": ["parameters"]}, id="c9"))
    nbformat.write(book, path)
    expected = "one cell tagged 'parameters'; papermill takes the first and leaves out the others"
    fault = Fault("02_closure.ipynb", None, None, "2 cells", expected)
    assert parameter_faults([read_notebook(path)]) == [fault]


def test_reading_a_cell_executes_nothing(workshop, tmp_path):
    mark = tmp_path / "ran"
    faults = faults_of(workshop, f"seed = open({str(mark)!r}, 'w')\n__import__('os')\n")
    assert len(faults) == 2
    assert not mark.exists()


def test_a_report_names_every_fault_before_anything_is_started(workshop, command, monkeypatch):
    monkeypatch.setattr("retail_portfolio.run.executing.notebooks.launch", None)
    workshop.notebook("01_alpha", "1", parameters=f"{PARAMETERS}discount_rate: float = 0.12\n")
    workshop.notebook("02_beta", "1", parameters='scenario = "base"\nimport os\n')
    status, out, err = command("report", "--set", "tax_rat=0.2", "--set", "overrides=1")
    assert (status, out) == (2, "")
    said = [
        "01_alpha.ipynb row 5, column discount_rate: found '0.12', expected None",
        "--set discount_rate=0.12",
        "02_beta.ipynb row 2: found 'import os'",
        "02_beta.ipynb, column parameters: found 'out_dir'",
        "02_beta.ipynb, column parameters: found 'overrides'",
        "did you mean 'tax_rate'?",
    ]
    assert [words for words in said if words not in err] == []
    assert not workshop.reports.exists()
