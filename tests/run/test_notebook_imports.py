"""What notebooks import of this program, looked up before anything starts."""

import hashlib
import importlib
import json

import pytest

from retail_portfolio.inputs.faults import InputError
from retail_portfolio.run.executing.notebook_imports import import_faults
from retail_portfolio.run.executing.parameters import find_notebooks
from retail_portfolio.run.publishing import kept_inputs
from retail_portfolio.run.report import Request, make_reports
from tests.run.workshop import REPOSITORY, quicken

M = "retail_portfolio.model"
OLD = f"from {M}.closure import closure, closure_moves"
NEW = f"{M}.closing.closure"


@pytest.fixture
def found(workshop):
    """Return the faults of a notebook of these cells: place, row, what was found, expected."""

    def look(*cells):
        path = workshop.notebook("01_alpha", *cells)
        faults = import_faults(one for one in find_notebooks(path.parent) if one.path == path)
        return [(one.file, one.row, one.value, one.expected) for one in faults]

    return look


def test_the_notebooks_of_this_program_have_all_they_import():
    """The names that are looked up are those that an import finds."""
    assert import_faults(find_notebooks(REPOSITORY / "notebooks")) == []
    assert importlib.import_module(NEW).closure_moves


def test_a_module_that_moved_is_named_with_its_home(found):
    assert found("x = 1", f"%matplotlib inline\n{OLD}") == [("01_alpha.ipynb, cell 2", 2, OLD, NEW)]


@pytest.mark.parametrize(
    ("line", "expected"),
    [
        (f"import {M}.closure as c", NEW),
        (f"from {M}.answers.portfolio import register", f"{M}.overview.portfolio"),
        (f"from {M}.answers import portfolio", f"from {M}.overview import portfolio"),
        (f"from {M}.drawn import uncertainty", f"from {M}.uncertain import uncertainty"),
        (f"from {M} import charges", f"from {M}.closing import charges"),
        (
            f"from {M}.market.fit import exponents as e, strengths",
            f"from {M}.market.fit_tested import exponents",
        ),
        (f"from {M}.history import nothing", "a module of this program"),
        (f"import {M}.closing.closures", "a module of this program (did you mean 'closure'?)"),
        ("from retail_portfolio.nowhere.x import y", "a module of this program"),
        (f"from {NEW} import closure_mov", f"a name in {NEW} (did you mean 'closure_moves'?)"),
        (f"from {NEW}.x import y", "a module of this program"),
    ],
)
def test_what_is_not_there(found, line, expected):
    assert found(line)[0] == ("01_alpha.ipynb, cell 1", 1, line[:200], expected)


def test_a_name_on_a_line_of_its_own(found):
    lines = f"from {M}.market.fit import (\n    exponents,\n)"
    expected = f"from {M}.market.fit_tested import exponents"
    assert found(lines) == [("01_alpha.ipynb, cell 1", 2, "exponents,", expected)]


@pytest.mark.parametrize(
    "line",
    [
        "import retail_portfolio as rp, json, no_such_package",
        "from retail_portfolio import load_case, model, __version__",
        f"from {M} import closure, Result, closing, number_words",
        f"from {M}.closing import closure",
        f"from {NEW} import *",
        f"from {NEW} import __doc__, closure as c",
        "from .closure import closure",
        "from retail_portfolios.closure import closure",
        f"try:\n    {OLD}\nexcept ImportError:\n    from {NEW} import closure",
        f"if False:\n    {OLD}",
        f"%%writefile old.py\n{OLD}",
    ],
)
def test_what_is_there_or_may_be_meant_for_another_program(found, line):
    assert found(line) == []


def test_within_a_function_it_counts(found):
    assert [one[1:] for one in found(f"def f():\n    {OLD}")] == [(2, OLD, NEW)]


@pytest.mark.parametrize("options", [(), ("--dry-run",)])
def test_a_notebook_given_is_refused_before_anything_starts(workshop, command, tmp_path, options):
    path = workshop.notebook("zz", "x = 1", OLD).rename(tmp_path / "mine.ipynb")
    status, out, err = command("report", "--notebook", path, *options)
    assert (status, out) == (2, "")
    assert f"mine.ipynb, cell 2 row 1: found '{OLD[:57]}...', expected {NEW}\n" in err
    assert not workshop.reports.exists()


def test_a_notebook_of_the_folder_is_refused(workshop):
    workshop.notebook("02_beta", OLD)
    with pytest.raises(InputError, match=f"02_beta.ipynb, cell 1 row 1.*expected {NEW}"):
        make_reports(Request(scenarios=("base",)))
    assert not workshop.reports.exists()


def test_a_schedule_refuses_it_too(workshop, command, tmp_path):
    path = workshop.notebook("zz", OLD).rename(tmp_path / "mine.ipynb")
    status, out, err = command("schedule", "cron", "--notebook", path)
    assert (status, out) == (2, "")
    assert f"mine.ipynb, cell 1 row 1: found '{OLD[:57]}...', expected {NEW}\n" in err


# ------------------------------------------------------------- a report of an earlier program
@pytest.fixture
def earlier(workshop, monkeypatch):
    """Return how to make a report of a program that had the module elsewhere."""
    quicken(monkeypatch.setattr)

    def make(git, *, kept=True):
        (run,) = make_reports(Request())
        content = kept_inputs.read_inputs(run)
        text = content["notebooks/02_beta.ipynb"]
        book = json.loads(text)
        book["cells"][1]["source"] = OLD
        content["notebooks/02_beta.ipynb"] = json.dumps(book).encode()
        manifest = json.loads((run / "manifest.json").read_text())
        manifest |= {"git": git}
        files = manifest["inputs"]["files"]
        files["notebooks/02_beta.ipynb"] = _sha256(content["notebooks/02_beta.ipynb"])
        (run / "manifest.json").write_text(json.dumps(manifest))
        kept_inputs.write_inputs(content, run)
        if not kept:
            (run / "inputs.zip").unlink()
            (workshop.root / "notebooks/02_beta.ipynb").write_bytes(
                content["notebooks/02_beta.ipynb"]
            )
        return run

    return make


def _sha256(data):
    return hashlib.sha256(data).hexdigest()


@pytest.mark.parametrize("kept", [True, False])
def test_a_report_of_an_earlier_program_names_its_revision(workshop, earlier, command, kept):
    run = earlier({"revision": "c82abb49", "dirty": False}, kept=kept)
    before = workshop.manifests()
    status, out, err = command("report", "--from", run)
    assert (status, out) == (2, "")
    assert f"02_beta.ipynb, cell 1 row 1: found '{OLD[:57]}...', expected {NEW}\n" in err
    assert "the report was made by another: check out revision c82abb49\n" in err
    assert workshop.manifests() == before


@pytest.mark.parametrize(
    ("git", "said"),
    [
        ({"revision": "c82abb49", "dirty": True}, "c82abb49 (files were changed in it"),
        (None, "it was another, of a revision not known"),
        ({"revision": "../x; rm"}, "it was another, of a revision not known"),
        ("c82abb49", "it was another, of a revision not known"),
    ],
)
def test_a_revision_that_is_not_known_or_not_all(earlier, command, git, said):
    status, _, err = command("report", "--from", earlier(git), "--dry-run")
    assert status == 2
    assert said in err
