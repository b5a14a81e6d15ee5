"""How the program starts and ends: signals, errors and their exit status."""

import contextlib
import itertools
import signal
import sys
import traceback
from collections.abc import Iterator
from types import FrameType
from typing import NoReturn

from retail_portfolio.cli.app import app
from retail_portfolio.run.errors import OUR_FAULT, Interrupted, RunError, exit_status
from retail_portfolio.run.executing.log_lines import error_line
from retail_portfolio.run.executing.progress import write_line


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
        except (Exception, Interrupted) as error:  # noqa: BLE001 - each is given its exit status
            status = _explain(error, debug="--debug" in sys.argv[1:])
        else:
            status = 0
    sys.exit(status)


def _explain(error: Exception | Interrupted, *, debug: bool) -> int:
    """Say what happened on standard error; return the exit status."""
    status = exit_status(error)
    if _as_json():
        trace = "".join(traceback.format_exception(error)) if debug else ""
        _say(error_line(error, status, traceback=trace))
        return status
    if status == OUR_FAULT:
        _say(f"this is a fault of the program: {type(error).__name__}: {error}")
        if not debug:
            _say("run again with --debug for the traceback")
    else:
        _say(str(error))
    if isinstance(error, RunError) and error.failure is not None and error.failure.traceback:
        _say(error.failure.traceback)
    if isinstance(error, RunError | Interrupted) and error.kept is not None:
        _say(f"the failed run is kept in {error.kept}")
    if debug:
        _say("".join(traceback.format_exception(error)))
    return status


def _as_json() -> bool:
    """Tell whether a program reads standard error; an error can come before options are read."""
    words = sys.argv[1:]
    return "--log=json" in words or ("--log", "json") in itertools.pairwise(words)


def _say(text: str) -> None:
    write_line(text.rstrip("\n"))


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
