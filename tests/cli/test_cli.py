import contextlib
import errno
import os
import subprocess
import sys

import pytest

import retail_portfolio
from retail_portfolio import cli
from retail_portfolio.inputs import loading
from retail_portfolio.inputs.faults import Fault, InputError
from retail_portfolio.run import errors, report
from tests.run.workshop import REPOSITORY, quicken


@pytest.mark.parametrize(
    ("error", "status"),
    [
        (errors.NotebookFailed("why"), 1),
        (InputError([Fault("a.csv", 2, "b", "why", "x")]), 2),
        (errors.Locked("why"), 3),
        (errors.DeadlinePassed("why"), 4),
        (errors.PublishFailed("why"), 5),
        (OSError(errno.ENOSPC, "why"), 70),
        (KeyError("why"), 70),
        (errors.Interrupted(15), 143),
    ],
)
def test_exit_status(workshop, command, monkeypatch, error, status):
    def fail(*_):
        raise error

    monkeypatch.setattr(report, "make_reports", fail)
    found, out, err = command("report")
    assert (found, out) == (status, "")
    assert "Traceback" not in err
    assert ("SIGTERM" if status == 143 else "why") in err


def test_traceback_of_a_failing_notebook_and_its_place_are_shown(workshop, command, monkeypatch):
    def fail(*_):
        error = errors.NotebookFailed("x", errors.Failure("a", 1, "E", "v", "line of the cell"))
        error.kept = workshop.reports / "run"
        raise error

    monkeypatch.setattr(report, "make_reports", fail)
    _, _, err = command("report")
    assert "line of the cell" in err
    assert str(workshop.reports / "run") in err


def test_options_arrive(workshop, command, monkeypatch):
    seen = []
    monkeypatch.setattr(report, "make_reports", lambda request, _: seen.append(request))
    command(
        *("report", "--scenario", "a", "--scenario", "b", "--data", "d", "--out", "o"),
        *("--set", "x=1", "--set", "y=2", "--workers", "3", "--timeout", "9", "--if-changed"),
    )
    assert seen == [
        report.Request(
            scenarios=("a", "b"),
            data_dir="d",
            out="o",
            overrides=("x=1", "y=2"),
            workers=3,
            timeout_seconds=9,
            if_changed=True,
        )
    ]


def test_path_of_the_report_is_all_that_is_printed(workshop, command, monkeypatch, tmp_path):
    monkeypatch.setattr(report, "make_reports", lambda *_: ())
    monkeypatch.chdir(tmp_path)
    assert command("report", "--out", "here")[1] == f"{tmp_path}/here/latest/index.html\n"
    assert command("report")[1] == f"{workshop.reports}/latest/index.html\n"


def test_dry_run_says_and_writes_nothing(workshop, command):
    before = sorted(workshop.root.rglob("*"))
    status, out, err = command("report", "--dry-run")
    assert (status, out) == (0, "")
    assert "would run 01_alpha, 02_beta" in err
    assert sorted(workshop.root.rglob("*")) == before


def test_check_names_every_fault_a_line(workshop, command, monkeypatch):
    faults = [Fault("a.csv", row, "b", "x", "y") for row in (2, 3)]
    monkeypatch.setattr(loading, "load", lambda *_: (None, faults))
    status, out, err = command("check")
    assert (status, out) == (2, "")
    assert err.splitlines() == [str(fault) for fault in faults]


@pytest.mark.slow
def test_check_counts_rows(command):
    status, out, err = command("check")
    assert (status, err) == (0, "")
    assert "fit to use" in out
    assert [line.split()[0] for line in out.splitlines()][:2] == ["ledger", "stores"]


@pytest.mark.parametrize("arguments", [["--nonsense"], ["nonsense"], ["check", "extra"]])
def test_usage_error(command, arguments):
    status, out, err = command(*arguments)
    assert (status, out) == (2, "")
    assert "Error" in err


def test_version(command):
    assert command("--version") == (0, f"retail-portfolio {retail_portfolio.__version__}\n", "")


@pytest.mark.parametrize("arguments", [["--help"], ["report", "-h"], ["check", "--help"]])
def test_help(command, arguments):
    status, out, _ = command(*arguments)
    assert status == 0
    assert "Usage: retail-portfolio" in out


def test_module_runs_from_any_folder(tmp_path):
    done = subprocess.run(
        [sys.executable, "-W", "error", "-m", "retail_portfolio", "--version"],
        cwd=tmp_path,
        env={"PYTHONPATH": str(REPOSITORY)},
        capture_output=True,
        text=True,
        check=True,
    )
    assert done.stdout.startswith("retail-portfolio ")
    assert done.stderr == ""


def test_help_needs_neither_pandas_nor_papermill():
    code = (
        "import sys, retail_portfolio.cli\n"
        "print([name for name in ('pandas', 'papermill', 'nbformat') if name in sys.modules])"
    )
    done = subprocess.run(
        [sys.executable, "-c", code], cwd=REPOSITORY, capture_output=True, text=True, check=True
    )
    assert done.stdout == "[]\n"


@pytest.mark.slow
def test_check_names_a_ledger_row_that_a_model_would_miss(small_data, command):
    assert command("check", "--data", small_data)[0] == 0
    ledger = small_data / "assumptions.csv"
    lines = ledger.read_text().splitlines(keepends=True)
    kept = [line for line in lines if not line.startswith("inventory_days,")]
    assert len(kept) == len(lines) - 1
    ledger.write_text("".join(kept))
    status, _, err = command("check", "--data", small_data)
    assert status == 2
    assert "inventory_days" in err


def test_answer_that_nobody_reads_is_no_failure(workshop, monkeypatch):
    """The report stands; typer would end with 1, as if a notebook had failed."""
    quicken(monkeypatch.setattr)
    read, write = os.pipe()
    os.close(read)
    with os.fdopen(write, "w") as nobody:
        monkeypatch.setattr(sys, "stdout", nobody)
        monkeypatch.setattr(sys, "argv", ["retail-portfolio", "report"])
        with pytest.raises(SystemExit) as ended:
            cli.main()
        sys.stdout.close()
        monkeypatch.undo()
        with contextlib.suppress(BrokenPipeError):
            nobody.close()
    assert (ended.value.code or 0) == 0
    assert workshop.latest is not None


@pytest.mark.parametrize("seconds", ["0", "inf", "nan", "1e12"])
def test_deadline_that_is_none_is_refused(workshop, command, seconds):
    status, _, err = command("report", "--timeout", seconds)
    assert status == 2
    assert "--timeout" in err
    assert not workshop.reports.exists()
