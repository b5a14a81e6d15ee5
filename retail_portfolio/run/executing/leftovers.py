"""Ends whatever a kernel started, even what has left its process group, by a mark they all carry.

A process inherits the environment of whoever started it. Each executor gets a mark in its own that
no other has; so the kernel carries it, and all that the kernel starts, however far it goes: into a
session of its own, behind a parent that has ended, or started a moment before somebody was told of
it. Groups of processes know none of this, and neither does a signal at a parent's death.

What it cannot find: a process that has emptied its environment and left the group, one of another
user, and anything where the system has no ``/proc`` to be read (macOS): there the groups alone have
to do. Nor can it do anything where the runner and the executor are killed in one stroke. A kernel
sees within about a second that its parent is gone, and ends by itself; what it had started stays.
"""

from __future__ import annotations

import contextlib
import os
import signal
import time
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable

MARK = "RETAIL_PORTFOLIO_RUN"
"""Name of the variable that holds the mark."""
PATIENCE_SECONDS = 2.0
"""How long a marked process may take to be gone after it was killed."""
_PROCESSES = Path("/proc")
_PAUSE_SECONDS = 0.01


def end_group(group: int | None) -> None:
    """Kill every process of a group; none being left, or no group at all, is what was wanted.

    Parameters
    ----------
    group
        Number of the group, which is that of the process that leads it.
    """
    if group is not None:
        with contextlib.suppress(ProcessLookupError):
            os.killpg(group, signal.SIGKILL)


def end_marked(mark: str) -> None:
    """Kill every process that carries a mark, but this one, until none is left.

    Parameters
    ----------
    mark
        Value of `MARK` in their environment; nothing is done for an empty one.
    """
    give_up = time.monotonic() + PATIENCE_SECONDS
    # One may have started another between a look and the signal; the dying are still listed.
    while mark and (found := marked(mark)) and time.monotonic() < give_up:
        for process in found:
            with contextlib.suppress(ProcessLookupError):
                os.kill(process, signal.SIGKILL)
        time.sleep(_PAUSE_SECONDS)


def marked(mark: str) -> list[int]:
    """Return the numbers of the processes that carry a mark, but not this one.

    Parameters
    ----------
    mark
        Value of `MARK` in their environment.

    Returns
    -------
    list of int
        Empty where the system does not let them be seen.
    """
    sought = f"{MARK}={mark}".encode()
    others = (number for number in _numbers() if number != os.getpid())
    return [number for number in others if sought in _environment(number)]


def _numbers() -> Iterable[int]:
    try:
        names = [path.name for path in _PROCESSES.iterdir()]
    except FileNotFoundError:
        return ()
    return [int(name) for name in names if name.isdecimal()]


def _environment(number: int) -> list[bytes]:
    """Return the lines of a process's environment; none for another user's, or one that ended."""
    try:
        return (_PROCESSES / str(number) / "environ").read_bytes().split(b"\0")
    except OSError:
        return []
