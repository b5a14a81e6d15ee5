"""Starts the kernel of a notebook, and tries again when it does not come up."""

from __future__ import annotations

import random
import time
from pathlib import Path
from subprocess import DEVNULL
from typing import TYPE_CHECKING, Any

from retail_portfolio.run.executing.leftovers import end_group

if TYPE_CHECKING:
    from collections.abc import Callable

ATTEMPTS = 3
"""How often a kernel is started at most."""
# A machine that is too busy for a kernel needs a moment, and kernels that failed together should
# not come back together: each waits between half of this and all of it, then up to twice as long.
PAUSE_SECONDS = 2.0
# Free ports are looked for before a kernel takes them: two that start at once may find the same.
SPREAD_SECONDS = 0.3
# A Unix socket's address holds 107 bytes on Linux and 103 on macOS, and a port is added to ours.
LONGEST_SOCKET_PATH = 95


class KernelNotStarted(Exception):  # noqa: N818 - it says what happened
    """No attempt brought up a kernel that answers; the message says what each met with."""


def start_kernel(
    make_client: Callable[[Any], Any],
    sockets: Path,
    *,
    tell: Callable[..., None],
    pause: Callable[[float], None] = time.sleep,
) -> Any:
    """Start a kernel that answers, at the third attempt at the latest.

    No cell has run by then, so that nothing is done twice. A kernel that there is no description
    of, or whose program is missing, would be no less missing the next time: it is not tried again.

    Parameters
    ----------
    make_client
        Makes an ``nbclient.NotebookClient`` out of the settings of its kernel.
    sockets
        Private folder; every attempt gets one of its own in it.
    tell
        Is told of every kernel, as ``tell("kernel", pid=...)``, and of every further attempt, as
        ``tell("retry", attempt=..., attempts=..., why=...)``.
    pause
        Waits so many seconds.

    Returns
    -------
    nbclient.NotebookClient
        With its kernel at work.

    Raises
    ------
    KernelNotStarted
        If the last attempt failed as well.
    jupyter_client.kernelspec.NoSuchKernel
        If there is no such kernel.
    FileNotFoundError, PermissionError
        If its program cannot be run.
    """
    met: list[str] = []
    for attempt in range(1, ATTEMPTS + 1):
        if met:
            tell("retry", attempt=attempt, attempts=ATTEMPTS, why=met[-1])
            pause(random.uniform(0.5, 1.0) * PAUSE_SECONDS * (attempt - 1))  # noqa: S311 - no secret
        private = sockets / str(attempt)
        private.mkdir()
        settings = kernel_settings(private)
        if not met and settings.KernelManager.get("transport") != "ipc":
            pause(random.uniform(0.0, SPREAD_SECONDS))  # noqa: S311 - no secret
        try:
            return _start(make_client(settings), tell)
        except Exception as error:
            if not _may_pass(error):
                raise
            met.append(f"{type(error).__name__}: {error}")
    each = "; ".join(f"({number}) {one}" for number, one in enumerate(met, 1))
    raise KernelNotStarted(f"its kernel did not start in {ATTEMPTS} attempts: {each}")


def _start(client: Any, tell: Callable[..., None]) -> Any:
    manager = client.create_kernel_manager()
    try:
        # What is written past Python is caught for the cells, and would be written here again.
        client.start_new_kernel(stdout=DEVNULL)
        tell("kernel", pid=manager.provisioner.pid)
        client.start_new_kernel_client()  # waits for an answer
    except BaseException:
        # One that has ended may have left others of its group, which a manager does not look for.
        end_group(getattr(manager.provisioner, "pid", None))
        raise
    return client


def _may_pass(error: Exception) -> bool:
    """Tell whether another attempt could go better."""
    from zmq import ZMQError  # noqa: PLC0415 - takes its time, and is here once a kernel started

    # A kernel that dies before it answers, or does not answer in time, is a RuntimeError.
    passing = isinstance(error, (RuntimeError, OSError, ZMQError))
    return passing and not isinstance(error, (FileNotFoundError, PermissionError))


def kernel_settings(sockets: Path) -> Any:
    """Have a kernel listen on sockets in a private folder, where the length of its path allows.

    Over TCP, every user of the machine could read what a kernel says, ports of kernels that start
    together could clash, and the kernel would warn of it.

    Parameters
    ----------
    sockets
        The folder.

    Returns
    -------
    traitlets.config.Config
    """
    from traitlets.config import Config  # noqa: PLC0415 - not for whoever only reads the numbers

    settings = Config()
    if len(str(sockets)) < LONGEST_SOCKET_PATH:
        settings.KernelManager.transport = "ipc"
        settings.KernelManager.ip = f"{sockets}/k"
    return settings
