"""A process that has imported all that a notebook imports; each order is done in a fork of it.

Not a test. A notebook of a small portfolio takes a tenth of a second of work behind seconds of
imports, of papermill, of a kernel and of the package. Here its cells go through IPython as in a
kernel, with papermill's cell of parameters, and what they show is kept as a notebook. That kernels
and papermill do the same is seen by `test_papermill` and `test_report`, which start them.
"""

from __future__ import annotations

import contextlib
import io
import json
import os
import signal
import subprocess
import sys
import tempfile
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import nbformat
from nbformat import v4

ROOT = Path(__file__).resolve().parents[2]
BOUND_SECONDS = 600
"""An order that takes longer is ended by a signal, and fails."""


@dataclass(frozen=True)
class Ended:
    """How an order ended, and what was written meanwhile."""

    returncode: int
    stdout: str
    stderr: str


class Warm:
    """Speaks with the program below."""

    def __init__(self) -> None:
        from retail_portfolio.run.sweeping.workers import THREAD_SETTINGS

        self.process = subprocess.Popen(
            [sys.executable, "-m", "tests.notebooks.warm"],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
            cwd=ROOT,
            env=os.environ | dict.fromkeys(THREAD_SETTINGS, "1"),
        )

    def _order(self, **order: Any) -> Ended:
        assert self.process.stdin is not None
        assert self.process.stdout is not None
        self.process.stdin.write(json.dumps(order) + "\n")
        self.process.stdin.flush()
        line = self.process.stdout.readline()
        assert line, "the program that runs notebooks has ended"
        return Ended(**json.loads(line))

    def notebook(self, source: Path, output: Path, given: dict[str, Any]) -> Ended:
        """Execute a notebook in the folder of its output, with values for its parameters."""
        return self._order(notebook=str(source), output=str(output), given=given)

    def report(self, folder: Path, *arguments: object) -> Ended:
        """Make a report in a folder, its notebooks without a kernel."""
        return self._order(folder=str(folder), report=[str(one) for one in arguments])

    def close(self) -> None:
        assert self.process.stdin is not None
        assert self.process.stdout is not None
        self.process.stdin.close()
        self.process.stdout.close()
        self.process.wait()


def leaves(
    warm: Warm, name: str, folder: Path, data: Path, *overrides: str, **given: Any
) -> tuple[dict[str, Any], list[Any]]:
    """Execute a notebook on a data folder; return what it leaves for a report, and its cells."""
    given = {"data_dir": str(data), "out_dir": "found", "overrides": list(overrides)} | given
    source, output = ROOT / "notebooks" / f"{name}.ipynb", folder / f"{name}.ipynb"
    done = warm.notebook(source, output, given)
    assert done.returncode == 0, done.stderr
    assert (done.stdout, done.stderr) == ("", "")  # what code in C writes goes past the cells
    cells = nbformat.read(output, as_version=4).cells
    shown = [one for cell in cells for one in cell.get("outputs", [])]
    assert not [one for one in shown if one.get("name") == "stderr"]
    left = (folder / "found" / f"{name}.json").read_text(encoding="utf-8")
    return json.loads(left), cells


def printed_by(cells: list[Any]) -> str:
    """Return what they print."""
    shown = [one for cell in cells for one in cell.get("outputs", [])]
    return "".join(one["text"] for one in shown if one.get("name") == "stdout")


def execute(source: Path, given: dict[str, Any]) -> tuple[Any, str]:
    """Execute the cells of a notebook; return it with what they showed, and the error of one."""
    from papermill.iorw import load_notebook_node
    from papermill.parameterize import parameterize_notebook

    book = parameterize_notebook(load_notebook_node(str(source)), given)
    shell = _shell()
    for cell in book.cells:
        if cell.cell_type != "code":
            continue
        cell.outputs = shown = _Shown()
        shell.display_pub.publish = shown.publish
        shell.displayhook.write_format_data = shown.result
        said, warned = shown.stream("stdout"), shown.stream("stderr")
        with contextlib.redirect_stdout(said), contextlib.redirect_stderr(warned):
            ended = shell.run_cell(cell.source, store_history=True)
        cell.outputs, cell.execution_count = list(shown), ended.execution_count
        if error := ended.error_before_exec or ended.error_in_exec:
            return book, f"{type(error).__name__}: {error}"
    return book, ""


def _shell() -> Any:
    """Return a shell that shows what a kernel does: every format of a value, and no prompt."""
    from IPython.core.displayhook import DisplayHook
    from IPython.core.interactiveshell import InteractiveShell
    from traitlets.config import Config

    class Hook(DisplayHook):  # type: ignore[misc]
        def write_output_prompt(self) -> None:
            """Write nothing before a value."""

        def finish_displayhook(self) -> None:
            """Write nothing behind it."""

    InteractiveShell.displayhook_class = Hook
    return InteractiveShell.instance(config=Config(HistoryManager={"enabled": False}))


class _Shown(list[Any]):
    """What a cell shows, in order, as a notebook keeps it."""

    def publish(self, data: Any, metadata: Any = None, **_: object) -> None:
        self.append(v4.new_output("display_data", data=data, metadata=metadata or {}))

    def result(self, data: Any, metadata: Any = None) -> None:
        self.append(v4.new_output("execute_result", data=data, metadata=metadata or {}))

    def stream(self, name: str) -> Any:
        shown = self

        class Stream(io.StringIO):
            def write(self, text: str) -> int:
                if not shown or shown[-1].get("name") != name:
                    shown.append(v4.new_output("stream", name=name, text=""))
                shown[-1]["text"] += text
                return len(text)

        return Stream()


def run_cells(jobs: Any, *, hide: Any, **_: object) -> tuple[Any, ...]:
    """Do what `run_notebooks` does as far as a report can tell, one notebook after the other."""
    from retail_portfolio.run.errors import Failure, NotebookFailed
    from retail_portfolio.run.executing.normalise import write_notebook
    from retail_portfolio.run.executing.notebooks import Executed

    for job in jobs:
        for folder in (job.folder, job.output.parent):
            folder.mkdir(parents=True, exist_ok=True)

        def work(job: Any = job) -> int:
            os.chdir(job.folder)
            book, error = execute(job.notebook.path, dict(job.parameters))
            write_notebook(book, job.output, hide)
            sys.stderr.write(error)
            return bool(error)

        ended = forked(work)
        if ended.returncode:
            failure = Failure(job.notebook.name, None, "Failed", ended.stderr)
            raise NotebookFailed(str(failure), failure)
    return tuple(Executed(job.notebook.name, 0.0, "") for job in jobs)


def forked(work: Any) -> Ended:
    """Do something in a fork of this process; return its status and what it wrote."""
    files = [tempfile.TemporaryFile() for _ in range(2)]  # noqa: SIM115 - closed below
    process = os.fork()
    if not process:
        signal.alarm(BOUND_SECONDS)  # nobody catches it: the fork ends
        status = 99
        try:
            for number, file in enumerate(files, 1):
                os.dup2(file.fileno(), number)
            sys.stdout, sys.stderr = os.fdopen(1, "w"), os.fdopen(2, "w")
            status = int(work())
        except BaseException:  # noqa: BLE001 - a fork goes back to nobody
            import traceback

            traceback.print_exc()
        finally:
            sys.stdout.flush()
            sys.stderr.flush()
            os._exit(status)
    _, waited = os.waitpid(process, 0)
    texts = []
    for file in files:
        file.seek(0)
        texts.append(file.read().decode())
        file.close()
    return Ended(os.waitstatus_to_exitcode(waited), *texts)


def do(order: dict[str, Any]) -> int:
    """Do what an order asks for; return an exit status."""
    if "notebook" in order:
        output = Path(order["output"])
        os.chdir(output.parent)
        book, error = execute(Path(order["notebook"]), order["given"])
        nbformat.write(book, output)
        sys.stderr.write(error)
        return bool(error)
    from retail_portfolio import cli
    from retail_portfolio.run import making

    assert hasattr(making, "run_notebooks")
    setattr(making, "run_notebooks", run_cells)  # noqa: B010 - checked a line above
    os.chdir(order["folder"])
    sys.argv = ["retail-portfolio", "report", *order["report"]]
    try:
        cli.main()
    except SystemExit as ended:
        return int(ended.code or 0)
    return 0


def serve() -> None:
    """Take orders until there are none."""
    import altair as alt  # noqa: F401
    import geopandas  # noqa: F401
    import IPython.core.interactiveshell  # noqa: F401
    import papermill.parameterize  # noqa: F401

    import retail_portfolio.model.track_record
    import retail_portfolio.present.site
    import retail_portfolio.run.report  # noqa: F401
    from retail_portfolio import load_case
    from tests.small_data import write_small_data

    with tempfile.TemporaryDirectory() as folder:
        load_case(data_dir=write_small_data(Path(folder) / "data"))  # imports what reads tables
    answers = os.fdopen(os.dup(1), "w", buffering=1)
    for line in sys.stdin:
        order = json.loads(line)
        answers.write(json.dumps(vars(forked(lambda order=order: do(order)))) + "\n")


if __name__ == "__main__":
    serve()
