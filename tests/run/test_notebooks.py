"""Notebooks as they are executed, below the report."""

import json
import subprocess
import sys

import pytest

from retail_portfolio.run.errors import DeadlinePassed, NotebookFailed
from retail_portfolio.run.executing import child
from retail_portfolio.run.executing.notebooks import Job, run_notebooks
from retail_portfolio.run.executing.parameters import read_notebook
from retail_portfolio.run.executing.progress import Deadline, Quiet

pytestmark = [pytest.mark.notebook, pytest.mark.slow]


def job(workshop, path, **parameters):
    folder = workshop.root / "work" / path.stem
    output = workshop.root / "executed" / path.name
    return Job(read_notebook(path), folder, output, parameters)


class Told(Quiet):
    """Remembers what it is told."""

    def __init__(self):
        self.cells = []
        self.steps = []

    def cell(self, notebook, index, cells):
        self.cells.append((notebook, index, cells))

    def done(self, step, _seconds):
        self.steps.append(step)


def test_each_runs_in_a_folder_and_environment_of_its_own(workshop, capfd):
    shows = "import os, sys\nprint(os.getcwd(), os.environ['PYTHONHASHSEED'], sys.executable)"
    told = Told()
    paths = [workshop.notebook(name, shows) for name in ("one", "two {0}")]
    results = run_notebooks([job(workshop, path) for path in paths], workers=2, progress=told)
    assert [one.name for one in results] == ["one", "two {0}"]
    assert [one.messages for one in results] == ["", ""]
    assert sorted(told.steps) == ["one", "two {0}"]
    for path in paths:
        cells = json.loads((workshop.root / "executed" / path.name).read_text())["cells"]
        folder = workshop.root / "work" / path.stem
        assert cells[1]["outputs"][0]["text"] == [f"{folder} 0 {sys.executable}\n"]
    assert capfd.readouterr() == ("", "")


def test_what_reaches_standard_error_past_the_cells_is_kept(workshop):
    path = workshop.notebook("one", "import os, sys\nos.write(sys.__stderr__.fileno(), b'x')")
    (result,) = run_notebooks([job(workshop, path)])
    cells = json.loads((workshop.root / "executed" / "one.ipynb").read_text())["cells"]
    assert "x" in result.messages + json.dumps(cells[1]["outputs"])


def test_what_a_cell_writes_past_python_is_shown_once(workshop):
    path = workshop.notebook("one", "import os\nos.write(1, b'past python')", "1")
    (result,) = run_notebooks([job(workshop, path)])
    assert result.messages == ""
    assert "past python" in (workshop.root / "executed" / "one.ipynb").read_text()


def test_what_reaches_standard_error_is_kept_in_part(workshop):
    path = workshop.notebook("one", "import os, sys\nos.write(2, b'x' * 50_000)")
    (result,) = run_notebooks([job(workshop, path)])
    assert 0 < len(result.messages) <= child._MESSAGES_CHARACTERS


def test_failure_names_cell_error_and_line(workshop):
    path = workshop.notebook("one", "def divide(by):\n    return 1 / by\n", "divide(0)")
    with pytest.raises(NotebookFailed) as caught:
        run_notebooks([job(workshop, path, scenario="base")])
    failure = caught.value.failure
    assert (failure.notebook, failure.cell, failure.error) == ("one", 3, "ZeroDivisionError")
    assert "return 1 / by" in failure.traceback
    assert "\x1b" not in failure.traceback
    assert (workshop.root / "executed" / "one.ipynb").exists()


def test_error_that_a_cell_is_meant_to_raise_is_one_all_the_same(workshop):
    path = workshop.notebook("one", "1 / 0", "print('went on')")
    book = json.loads(path.read_text())
    book["cells"][1]["metadata"]["tags"] = ["raises-exception"]
    path.write_text(json.dumps(book))
    with pytest.raises(NotebookFailed, match="cell 2: ZeroDivisionError"):
        run_notebooks([job(workshop, path)])


def test_deadline_before_anything_started(workshop):
    path = workshop.notebook("one", "1")
    with pytest.raises(DeadlinePassed, match="still at work: one"):
        run_notebooks([job(workshop, path)], deadline=Deadline(0))


def test_executor_ends_with_whoever_asked():
    command = [sys.executable, "-m", "retail_portfolio.run.executing.executor"]
    with subprocess.Popen(command, stdin=subprocess.DEVNULL, stderr=subprocess.DEVNULL) as process:
        assert process.wait(60) != 0


def test_a_run_from_an_open_notebook_is_told_nothing_of_it(monkeypatch, tmp_path):
    monkeypatch.setenv("JPY_SESSION_NAME", "/somebody/open.ipynb")
    monkeypatch.setenv("KEPT_FOR_A_TEST", "1")
    environment = child._environment(tmp_path)
    assert "JPY_SESSION_NAME" not in environment
    assert environment["KEPT_FOR_A_TEST"] == "1"
