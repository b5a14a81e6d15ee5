"""What can stop a run, and the exit status that each gives."""

from __future__ import annotations

import signal
from dataclasses import dataclass
from typing import TYPE_CHECKING

from retail_portfolio.inputs.faults import InputError

if TYPE_CHECKING:
    from pathlib import Path


@dataclass(frozen=True, slots=True)
class Failure:
    """Where a notebook stopped, and why.

    Parameters
    ----------
    notebook
        Name without suffix, as in ``02_closure``.
    cell
        Index of the cell in the notebook as executed (0 is the first), or ``None`` where no cell
        was running.
    error
        Name of the exception.
    value
        Its message.
    traceback
        Its traceback as plain text; empty where there is none.
    """

    notebook: str
    cell: int | None
    error: str
    value: str
    traceback: str = ""

    def __str__(self) -> str:
        """Name notebook, cell and error in one line."""
        where = "" if self.cell is None else f", cell {self.cell}"
        return f"notebook {self.notebook}{where}: {self.error}: {self.value}".rstrip(": \n")


class RunError(Exception):
    """A report that could not be made.

    Parameters
    ----------
    message
        What happened, in one line where possible.
    failure
        The notebook at fault, where one is.

    Attributes
    ----------
    kept
        Folder of the failed run, once it has been kept.
    """

    def __init__(self, message: str, failure: Failure | None = None) -> None:
        super().__init__(message)
        self.failure = failure
        self.kept: Path | None = None


class NotebookFailed(RunError):  # noqa: N818 - it says what happened
    """A cell raised, a kernel died, or a notebook left less than it promised."""


class DeadlinePassed(RunError):  # noqa: N818 - it says what happened
    """A cell, or the whole run, took longer than it may."""


class PublishFailed(RunError):  # noqa: N818 - it says what happened
    """The reports folder could not be written, or a report was not fit to publish."""


class ClusterFailed(RunError):  # noqa: N818 - it says what happened
    """Nobody is left to do the tasks of a sweep, or a worker runs another program than ours."""


class Locked(Exception):  # noqa: N818 - it says what happened
    """Another run holds the reports folder."""


class Interrupted(BaseException):
    """A signal asked this process to end.

    Not an `Exception`, as `KeyboardInterrupt` is not: nothing that catches errors may swallow it.

    Parameters
    ----------
    signum
        Number of the signal.

    Attributes
    ----------
    kept
        Folder of the run that it ended, once that has been kept.
    """

    def __init__(self, signum: int) -> None:
        super().__init__(f"ended by {signal.Signals(signum).name}")
        self.signum = signum
        self.kept: Path | None = None


EXIT_STATUS: dict[type[Exception], int] = {
    NotebookFailed: 1,
    InputError: 2,
    Locked: 3,
    DeadlinePassed: 4,
    PublishFailed: 5,
    ClusterFailed: 5,
}
"""What ends a command, and the exit status it gives; whatever is not here is a fault of ours."""
OUR_FAULT = 70
_SIGNALLED = 128


def exit_status(error: BaseException) -> int:
    """Return the exit status with which an error ends the program.

    Parameters
    ----------
    error
        Whatever was raised.

    Returns
    -------
    int
        1 to 5, 70, or 128 and the number of a signal.
    """
    if isinstance(error, Interrupted):
        return _SIGNALLED + error.signum
    known = (status for kind, status in EXIT_STATUS.items() if isinstance(error, kind))
    return next(known, OUR_FAULT)
