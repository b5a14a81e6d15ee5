"""The process that executes one notebook, started as ``python -m`` with the name of this module.

It is a process of its own because a kernel inherits the working folder and the environment of
whoever starts it, and because a process, unlike a thread, can be ended. Its standard input carries
one JSON request on the first line and then stays open as a lifeline: when it closes, whoever asked
is gone, and the kernel must not outlive it. Its standard output carries one JSON event a line, and
nothing else. Only `retail_portfolio.run.executing.notebooks` speaks to it.
"""

from __future__ import annotations

import json
import logging
import os
import re
import signal
import sys
import threading
import time
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any, NoReturn, TextIO

from retail_portfolio.run.executing.kernel_start import start_kernel
from retail_portfolio.run.executing.leftovers import MARK, end_group, end_marked
from retail_portfolio.run.executing.output_limit import Meter, OutputTooLarge, keep_readable

if TYPE_CHECKING:
    from types import FrameType

    from nbformat import NotebookNode

# Waiting for the last output of a cell on a busy machine is no fault of the cell.
IOPUB_TIMEOUT_SECONDS = 60
START_TIMEOUT_SECONDS = 60
# Of an error and its traceback: they are read by people, and go into a manifest.
LONGEST_VALUE = 10_000
LONGEST_TRACEBACK = 100_000
# What a terminal takes for a change of colour.
_COLOUR = re.compile(r"\x1b\[[0-9;]*m")


@dataclass
class Execution:
    """The state that the engine, the signal handler and the lifeline share."""

    request: dict[str, Any]
    events: TextIO
    notebook: NotebookNode | None = None
    client: Any = None
    kernel_pid: int | None = None
    cell: int | None = None
    too_large: OutputTooLarge | None = None
    meter: Meter = field(default_factory=Meter)
    lock: threading.Lock = field(default_factory=threading.Lock)

    def tell(self, event: str, **content: Any) -> None:
        """Send one event to whoever asked."""
        if event == "kernel":
            self.kernel_pid = content["pid"]
        with self.lock:
            self.events.write(json.dumps({"event": event, **content}) + "\n")
            self.events.flush()

    def keep(self) -> None:
        """Write the notebook as far as it was executed, aside and then in place."""
        from retail_portfolio.run.executing.normalise import write_notebook  # noqa: PLC0415

        if self.notebook is not None:
            write_notebook(self.notebook, Path(self.request["output"]), self.request["hide"])

    def end_kernel(self) -> None:
        """End the kernel and every process it started, in its group or out of it."""
        # Asked of the client, too, which knows of a kernel before it is told of.
        manager = getattr(self.client, "km", None)
        for group in {self.kernel_pid, getattr(getattr(manager, "provisioner", None), "pid", None)}:
            end_group(group)
        end_marked(os.environ.get(MARK, ""))


def main() -> int:
    """Execute the notebook that standard input asks for.

    Returns
    -------
    int
        0 whenever an answer was sent, whatever became of the notebook.
    """
    events = os.fdopen(os.dup(1), "w", encoding="utf-8")
    os.dup2(2, 1)  # whatever prints to standard output must not break the line of events
    request = json.loads(sys.stdin.readline())
    execution = Execution(request, events)

    def on_signal(signum: int, _frame: FrameType | None) -> NoReturn:
        _leave(execution, 128 + signum, keep=True)

    signal.signal(signal.SIGTERM, on_signal)
    signal.signal(signal.SIGINT, on_signal)
    threading.Thread(target=_watch_lifeline, args=(execution,), daemon=True).start()
    started = time.perf_counter()
    outcome = _execute(execution)
    execution.keep()
    execution.tell("done", seconds=time.perf_counter() - started, **outcome)
    # Every result is on disk and told; what is left is a minute's worth of tidy destructors.
    _leave(execution, 0, keep=False)


def _watch_lifeline(execution: Execution) -> None:
    while sys.stdin.readline():
        continue
    _leave(execution, 1, keep=False)


def _leave(execution: Execution, status: int, *, keep: bool) -> NoReturn:
    """End the kernel and this process at once, from whichever thread."""
    try:
        execution.end_kernel()
        if keep:
            execution.keep()
    finally:
        sys.stderr.flush()
        os._exit(status)


def _execute(execution: Execution) -> dict[str, object]:
    """Execute the notebook; say ``{"status": "ok"}``, or what went wrong."""
    import nbformat  # noqa: PLC0415
    from nbclient.exceptions import CellTimeoutError, DeadKernelError  # noqa: PLC0415
    from papermill.exceptions import PapermillExecutionError  # noqa: PLC0415
    from papermill.execute import execute_notebook  # noqa: PLC0415

    request = execution.request
    logging.getLogger("papermill").setLevel(logging.ERROR)
    _register_engine(execution)
    # A path would go through str.format(), which stumbles over a brace in a folder's name.
    source = nbformat.read(request["notebook"], as_version=4)  # type: ignore[no-untyped-call]
    try:
        execute_notebook(
            source,
            None,
            parameters=request["parameters"],
            engine_name="retail_portfolio",
            progress_bar=False,
            request_save_on_cell_execute=False,
            autosave_cell_every=0,
            start_timeout=START_TIMEOUT_SECONDS,
            execution_timeout=request["cell_timeout_seconds"],
            iopub_timeout=IOPUB_TIMEOUT_SECONDS,
            record_timing=False,
            # The kernel has nothing left to say: a polite goodbye would only cost time.
            shutdown_kernel="immediate",
            extra_arguments=["--HistoryManager.enabled=False"],
        )
    except PapermillExecutionError as error:
        return _failed(execution, error.ename, error.evalue, error.traceback)
    except CellTimeoutError:
        limit = request["cell_timeout_seconds"]
        return _failed(execution, "CellTimeout", f"took longer than {limit:g} seconds", ()) | {
            "status": "timeout"
        }
    except DeadKernelError:
        return _died(execution)
    except Exception as error:  # noqa: BLE001 - handed on by name, and never as a success
        return _failed(execution, type(error).__name__, str(error), ())
    return _left_early(execution) or {"status": "ok"}


def _register_engine(execution: Execution) -> None:
    """Give papermill an engine that reports every cell and leaves us the notebook."""
    from papermill.clientwrap import PapermillNotebookClient  # noqa: PLC0415
    from papermill.engines import NBClientEngine, papermill_engines  # noqa: PLC0415

    class Client(PapermillNotebookClient):  # type: ignore[misc]
        def process_message(self, msg: Any, cell: Any, cell_index: int) -> Any:
            output = super().process_message(msg, cell, cell_index)
            try:
                execution.meter.take(cell_index, msg["content"])
            except OutputTooLarge as error:
                execution.too_large = error
                execution.end_kernel()
                # What waits for an answer is told that there is none: DeadKernelError.
                self.task_poll_for_reply.cancel()
            return output

    class Engine(NBClientEngine):  # type: ignore[misc]
        @classmethod
        def execute_managed_notebook(cls, nb_man: Any, kernel_name: str, **kwargs: Any) -> Any:
            execution.notebook = nb_man.nb
            cells = len(nb_man.nb.cells)
            told = nb_man.cell_start

            def cell_start(cell: Any, cell_index: int | None = None, **more: Any) -> None:
                execution.cell = cell_index
                execution.tell("cell", index=cell_index, cells=cells)
                told(cell, cell_index, **more)

            nb_man.cell_start = cell_start
            for unused in ("input_path", "log_output", "stdout_file", "stderr_file"):
                kwargs.pop(unused, None)
            kwargs["timeout"] = kwargs.pop("execution_timeout")
            kwargs["startup_timeout"] = kwargs.pop("start_timeout")

            def make_client(settings: Any) -> Client:
                client = Client(nb_man, kernel_name=kernel_name, config=settings, **kwargs)
                execution.client = client
                return client

            sockets = Path(execution.request["sockets"])
            return start_kernel(make_client, sockets, tell=execution.tell).execute()

    papermill_engines.register("retail_portfolio", Engine)


def _failed(
    execution: Execution, error: str, value: str, traceback: list[str] | tuple[()]
) -> dict[str, object]:
    return {
        "status": "failed",
        "cell": execution.cell,
        "error": error,
        "value": value[:LONGEST_VALUE],
        # The end of a traceback says what happened.
        "traceback": _COLOUR.sub("", "\n".join(traceback))[-LONGEST_TRACEBACK:],
    }


def _died(execution: Execution) -> dict[str, object]:
    """Say why there is no kernel any more: it died, or wrote so much that it was ended."""
    if execution.too_large is None:
        return _failed(execution, "KernelDied", "the kernel died while the cell was running", ())
    if execution.notebook is not None:
        keep_readable(execution.notebook, execution.cell)
    return _failed(execution, "OutputTooLarge", str(execution.too_large), ())


def _left_early(execution: Execution) -> dict[str, object] | None:
    """Find a cell that ended the kernel's work: papermill takes ``sys.exit()`` for a success."""
    for cell in execution.notebook.cells if execution.notebook else ():
        for output in cell.get("outputs", ()):
            if output.output_type == "error":
                value = output.evalue or "the notebook ended itself before its last cell"
                return _failed(execution, output.ename, value, output.traceback)
    return None


if __name__ == "__main__":
    sys.exit(main())
