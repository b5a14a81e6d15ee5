"""Executes notebooks through papermill, each in a process and a working folder of its own."""

from __future__ import annotations

import os
import selectors
import tempfile
import time
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

from retail_portfolio.run.errors import DeadlinePassed, Failure, NotebookFailed
from retail_portfolio.run.executing.child import Child, launch
from retail_portfolio.run.executing.progress import Deadline, Quiet

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from retail_portfolio.run.executing.parameters import Notebook
    from retail_portfolio.run.executing.progress import Progress

CELL_TIMEOUT_SECONDS = 900.0
"""How long a cell may take unless somebody says so."""
_WITHOUT_WORDS = ("KernelDied", "KernelNotStarted")


@dataclass(frozen=True, slots=True)
class Job:
    """One notebook to execute.

    Parameters
    ----------
    notebook
        What to execute.
    folder
        Working folder of the kernel; made if missing.
    output
        Where the executed notebook goes.
    parameters
        Values for its parameters, as JSON can write them.
    """

    notebook: Notebook
    folder: Path
    output: Path
    parameters: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Executed:
    """What came of a job.

    Parameters
    ----------
    name
        The notebook's.
    seconds
        From the start of its process to its end.
    messages
        What its process wrote to standard error: warnings that no cell shows.
    """

    name: str
    seconds: float
    messages: str


def default_workers() -> int:
    """Return how many notebooks run at once unless somebody says so: two, or one processor's."""
    return min(2, os.cpu_count() or 1)


@dataclass
class _Team:
    """The processes that are at work, and what they were given."""

    hide: Mapping[str, str]
    sockets: Path
    cell_timeout_seconds: float
    selector: selectors.BaseSelector = field(default_factory=selectors.DefaultSelector)
    children: list[Child] = field(default_factory=list)
    started: int = 0

    def start(self, job: Job) -> None:
        job.folder.mkdir(parents=True, exist_ok=True)
        job.output.parent.mkdir(parents=True, exist_ok=True)
        self.started += 1
        sockets = self.sockets / str(self.started)
        sockets.mkdir()
        request = {
            "notebook": str(job.notebook.path.absolute()),
            "output": str(job.output.absolute()),
            "parameters": dict(job.parameters),
            "hide": dict(self.hide),
            "sockets": str(sockets),
            "cell_timeout_seconds": self.cell_timeout_seconds,
        }
        child = launch(job.notebook.name, job.folder, request, sockets)
        self.children.append(child)
        self.selector.register(child.pipe, selectors.EVENT_READ, child)

    def release(self, child: Child) -> None:
        self.selector.unregister(child.pipe)
        self.children.remove(child)
        child.wait()

    def close(self) -> None:
        """End whatever still runs: all are asked at once, then each is waited for."""
        for child in self.children:
            child.stop()
        for child in list(self.children):
            self.release(child)
        self.selector.close()


def run_notebooks(
    jobs: Sequence[Job],
    *,
    workers: int = 0,
    deadline: Deadline | None = None,
    cell_timeout_seconds: float = CELL_TIMEOUT_SECONDS,
    hide: Mapping[str, str] | None = None,
    progress: Progress | None = None,
) -> tuple[Executed, ...]:
    """Execute notebooks, some at a time.

    Every one is a process group of its own with a kernel that is another. Both have ended when this
    returns or raises, whatever happened.

    Parameters
    ----------
    jobs
        Started in this order.
    workers
        How many run at once; 0 for `default_workers`.
    deadline
        Of them all.
    cell_timeout_seconds
        Of a cell.
    hide
        Text to replace in the executed notebooks; see `retail_portfolio.run.executing.normalise`.
    progress
        Is told of every cell.

    Returns
    -------
    tuple of Executed
        In the order of ``jobs``.

    Raises
    ------
    NotebookFailed
        When the first notebook fails; the others are ended. Its executed part is kept.
    DeadlinePassed
        When a cell or all of them take too long. What was executed is kept.
    """
    deadline, progress = deadline or Deadline(), progress or Quiet()
    waiting = list(jobs)[::-1]
    executed: dict[str, Executed] = {}
    with tempfile.TemporaryDirectory(prefix="rp-") as sockets:
        team = _Team(hide or {}, Path(sockets), cell_timeout_seconds)
        try:
            while waiting or team.children:
                while waiting and len(team.children) < (workers or default_workers()):
                    team.start(waiting.pop())
                for child in _finished(team, deadline, progress):
                    team.release(child)
                    result = _result(child)
                    executed[result.name] = result
                    progress.done(result.name, result.seconds)
        finally:
            team.close()
    return tuple(executed[job.notebook.name] for job in jobs)


def _finished(team: _Team, deadline: Deadline, progress: Progress) -> list[Child]:
    """Wait for something to happen; return the processes that have finished."""
    finished = []
    for key, _ in team.selector.select(deadline.left()):
        child: Child = key.data
        before = child.cell
        if not child.listen():
            finished.append(child)
        _tell(child, progress)
        if child.cell is not None and child.cell != before:
            progress.cell(child.name, child.cell, child.cells or 0)
    if deadline.passed():
        names = ", ".join(child.name for child in team.children)
        text = f"the run took longer than {deadline.seconds:g} seconds (still at work: {names})"
        slowest = min(team.children, key=lambda child: child.started)
        error = _failure(slowest, "Deadline", text)
        raise DeadlinePassed(str(error), error)
    return finished


def _tell(child: Child, progress: Progress) -> None:
    """Say which kernels did not start, and are tried again."""
    while child.retries:
        retry = child.retries.pop(0)
        attempt, attempts, why = retry["attempt"], retry["attempts"], retry["why"]
        text = (
            f"{child.name}: its kernel did not start ({why}); "
            f"trying again ({attempt} of {attempts})"
        )
        progress.tell("kernel_retry", text, level="warning", notebook=child.name, attempt=attempt)


def _result(child: Child) -> Executed:
    """Turn the answer of a process that has ended into a result, or into its error."""
    seconds, answer = time.perf_counter() - child.started, child.answer
    if answer is None:
        status = child.process.returncode
        how = f"signal {-status}" if status < 0 else f"exit status {status}"
        last = child.messages.rstrip().rsplit("\n", 1)[-1]
        text = f"its process ended by itself ({how}){': ' if last else ''}{last}"
        failure = _failure(child, "ProcessDied", text, child.messages)
        raise NotebookFailed(str(failure), failure)
    if answer["status"] == "ok":
        return Executed(child.name, seconds, child.messages)
    # Where nothing was raised, the last words of the kernel may say why.
    traceback = child.messages if answer["error"] in _WITHOUT_WORDS else answer["traceback"]
    failure = _failure(child, answer["error"], answer["value"], traceback)
    kind = DeadlinePassed if answer["status"] == "timeout" else NotebookFailed
    raise kind(str(failure), failure)


def _failure(child: Child, error: str, value: str, traceback: str = "") -> Failure:
    return Failure(child.name, child.cell, error, value, traceback)
