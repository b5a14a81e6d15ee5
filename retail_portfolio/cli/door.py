"""How the program starts and ends: signals, errors and their exit status."""

import contextlib
import signal
import sys
import traceback
from collections.abc import Iterator
from types import FrameType
from typing import NoReturn

import typer

from retail_portfolio.cli.app import app
from retail_portfolio.inputs.faults import InputError
from retail_portfolio.run.errors import (
    ClusterFailed,
    DeadlinePassed,
    Interrupted,
    Locked,
    NotebookFailed,
    PublishFailed,
    RunError,
)

#: What ends a command, and the exit status it gives; whatever is not here is a fault of ours.
EXIT_STATUS: dict[type[Exception], int] = {
    NotebookFailed: 1,
    InputError: 2,
    Locked: 3,
    DeadlinePassed: 4,
    PublishFailed: 5,
    ClusterFailed: 5,
}
OUR_FAULT = 70
_SIGNALLED = 128


def main() -> NoReturn:
    """Run the command line and end the process with the exit status of the design.

    Raises
    ------
    SystemExit
        Always.
    """
    with _signals():
        try:
            app(prog_name="retail-portfolio")
        except Interrupted as error:
            _say(str(error))
            status = _SIGNALLED + error.signum
        except Exception as error:  # noqa: BLE001 - each is given its exit status
            status = _explain(error, debug="--debug" in sys.argv[1:])
        else:
            status = 0
    sys.exit(status)


def _explain(error: Exception, *, debug: bool) -> int:
    """Say what happened on standard error; return the exit status."""
    known = (status for kind, status in EXIT_STATUS.items() if isinstance(error, kind))
    status = next(known, OUR_FAULT)
    if status == OUR_FAULT:
        _say(f"this is a fault of the program: {type(error).__name__}: {error}")
        if not debug:
            _say("run again with --debug for the traceback")
    else:
        _say(str(error))
    if isinstance(error, RunError):
        if error.failure is not None and error.failure.traceback:
            _say(error.failure.traceback)
        if error.kept is not None:
            _say(f"the failed run is kept in {error.kept}")
    if debug:
        _say("".join(traceback.format_exception(error)))
    return status


def _say(text: str) -> None:
    typer.echo(text.rstrip("\n"), err=True)


@contextlib.contextmanager
def _signals() -> Iterator[None]:
    """Turn the first signal to end into `Interrupted`; leave a second to the system."""
    numbers = [
        number
        for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)
        if signal.getsignal(number) != signal.SIG_IGN  # nohup has its reasons
    ]

    def interrupt(signum: int, _frame: FrameType | None) -> NoReturn:
        for number in numbers:
            signal.signal(number, signal.SIG_DFL)
        raise Interrupted(signum)

    before = {number: signal.signal(number, interrupt) for number in numbers}
    try:
        yield
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)
