"""A process that executes one notebook, seen from the side of whoever started it."""

from __future__ import annotations

import contextlib
import json
import os
import signal
import subprocess
import sys
import tempfile
import time
from dataclasses import dataclass, field
from pathlib import Path
from typing import IO, TYPE_CHECKING, Any, cast

import retail_portfolio
from retail_portfolio.run.executing.leftovers import MARK, end_group, end_marked

if TYPE_CHECKING:
    from collections.abc import Mapping

GRACE_SECONDS = 5.0
"""How long a process may take to put its notebook away after it was asked to end."""

OPENED_BY = "JPY_SESSION_NAME"
"""Tells a kernel that a Jupyter server has its notebook open."""
# Surroundings of a kernel that would otherwise differ between machines and users, or that make a
# kernel talk about itself.
_SETTINGS = {
    "PYTHONHASHSEED": "0",
    "PYTHONUTF8": "1",
    "PYDEVD_DISABLE_FILE_VALIDATION": "1",  # the debugger need not warn of frozen modules
    "JUPYTER_PREFER_ENV_PATH": "1",  # the kernel of this environment, not one of the user's
    "OMP_NUM_THREADS": "1",  # workers share the processors; sums keep their order
    "OPENBLAS_NUM_THREADS": "1",
    "MKL_NUM_THREADS": "1",
}
_READ_BYTES = 65536
# Of what reached standard error past the cells: it is said in a log.
_MESSAGES_CHARACTERS = 10_000


@dataclass(eq=False)
class Child:
    """A running executor.

    Parameters
    ----------
    name
        The notebook's.
    process
        The process, leader of a group of its own.
    log
        Its standard error.
    started
        On the clock of `time.perf_counter`.
    mark
        What every process that it starts carries; see `retail_portfolio.run.executing.leftovers`.

    Attributes
    ----------
    kernel_pid
        Process, and group, of its kernel; ``None`` until it has one.
    cell, cells
        Index of the cell at work, and how many there are; ``None`` until the first starts.
    retries
        What it said of kernels that did not start, each once: take them out as they are told.
    answer
        What it said at the end; ``None`` until then.
    messages
        What it wrote to standard error, once it has ended: warnings that no cell shows.
    """

    name: str
    process: subprocess.Popen[bytes]
    log: IO[str]
    started: float
    mark: str
    kernel_pid: int | None = None
    cell: int | None = None
    cells: int | None = None
    retries: list[dict[str, Any]] = field(default_factory=list)
    answer: dict[str, Any] | None = None
    messages: str = ""
    _unread: bytes = b""

    @property
    def pipe(self) -> IO[bytes]:
        """What it tells its events through; readable when there is one, or when it has ended."""
        return cast("IO[bytes]", self.process.stdout)

    def listen(self) -> bool:
        """Take in the events that have arrived; tell whether there can be more."""
        # Not through readline(): a line held in its buffer would not wake a selector.
        arrived = os.read(self.pipe.fileno(), _READ_BYTES)
        *lines, self._unread = (self._unread + arrived).split(b"\n")
        for line in lines:
            self._take(json.loads(line))
        return bool(arrived)

    def _take(self, event: dict[str, Any]) -> None:
        kind = event.pop("event")
        if kind == "kernel":
            self.kernel_pid = event["pid"]
        elif kind == "cell":
            self.cell, self.cells = event["index"], event["cells"]
        elif kind == "retry":
            self.retries.append(event)
        elif kind == "done":
            self.answer = event

    def stop(self) -> None:
        """Ask it to put away what it has and to end; `wait` sees that it does."""
        _signal(self.process.pid, signal.SIGTERM)

    def wait(self) -> None:
        """Wait for it to end, which it was asked to or does by itself, and see its kernel gone."""
        try:
            self.process.wait(GRACE_SECONDS)
        except subprocess.TimeoutExpired:
            _signal(self.process.pid, signal.SIGKILL)
            self.process.wait()
        if self.answer is None:  # it had no time to clear up
            end_group(self.kernel_pid)
            end_marked(self.mark)
        with contextlib.suppress(BrokenPipeError):
            cast("IO[bytes]", self.process.stdin).close()
        self.pipe.close()
        self.log.seek(0)
        self.messages = self.log.read(_MESSAGES_CHARACTERS).strip()
        self.log.close()


def launch(name: str, folder: Path, request: Mapping[str, Any], sockets: Path) -> Child:
    """Start an executor.

    Parameters
    ----------
    name
        The notebook's.
    folder
        Working folder of the process and its kernel.
    request
        What `retail_portfolio.run.executing.executor` is asked.
    sockets
        Private folder with a short path, for the kernel's sockets and left-overs; no other
        executor has it, so its path marks what this one starts.

    Returns
    -------
    Child
    """
    log = tempfile.TemporaryFile("w+", encoding="utf-8", errors="replace")  # noqa: SIM115
    process = subprocess.Popen(
        [sys.executable, "-P", "-m", "retail_portfolio.run.executing.executor"],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=log,
        cwd=folder,
        env=_environment(sockets),
        start_new_session=True,
    )
    child = Child(name, process, log, time.perf_counter(), str(sockets))
    stdin = cast("IO[bytes]", process.stdin)
    # Where the process has died already, its end of the other pipe will tell.
    with contextlib.suppress(BrokenPipeError):
        stdin.write(json.dumps(request).encode() + b"\n")
        stdin.flush()
    return child


def _environment(sockets: Path) -> dict[str, str]:
    """Return the surroundings of a kernel: ours, with this package and without a user's habits.

    A run that is started from a notebook is no notebook that somebody has open.
    """
    package = Path(retail_portfolio.__file__).parent.parent
    search = [str(package), *filter(None, [os.environ.get("PYTHONPATH")])]
    private = {
        "PYTHONPATH": os.pathsep.join(search),
        MARK: str(sockets),
        "JUPYTER_RUNTIME_DIR": str(sockets),
        "IPYTHONDIR": str(sockets / "ipython"),
    }
    ours = {name: value for name, value in os.environ.items() if name != OPENED_BY}
    return ours | _SETTINGS | private


def _signal(group: int, signum: signal.Signals) -> None:
    with contextlib.suppress(ProcessLookupError):  # it has ended, which is all that was wanted
        os.killpg(group, signum)
