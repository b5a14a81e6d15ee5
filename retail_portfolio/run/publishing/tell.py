"""Commands of the user that are told how a run ended: ``--on-failure`` and ``--on-change``.

A command gets the manifest as JSON on its standard input. It is started without a shell, so that
no text of a scenario can become a command.
"""

from __future__ import annotations

import os
import shlex
import shutil
import signal
import subprocess
import tempfile
from typing import TYPE_CHECKING, Any, Final

from retail_portfolio.inputs.faults import Fault
from retail_portfolio.present.files import json_text

if TYPE_CHECKING:
    from collections.abc import Mapping

TELL_SECONDS: Final = 30.0
"""How long a command may take."""
_SHOWN = 500


def command_faults(option: str, command: str) -> list[Fault]:
    """Find what is wrong with a command before it is needed.

    Parameters
    ----------
    option
        As in ``--on-failure``.
    command
        As typed, words quoted as in a shell; empty for none.

    Returns
    -------
    list of Fault
    """
    if not command:
        return []
    try:
        words = shlex.split(command)
    except ValueError as error:
        return [Fault(option, None, None, command, f"words quoted as in a shell ({error})")]
    if not words or shutil.which(words[0]) is None:
        return [Fault(option, None, None, command, "a program that can be started")]
    return []


def tell(option: str, command: str, manifest: Mapping[str, Any], status: int) -> str:
    """Start a command and hand it a manifest.

    Parameters
    ----------
    option
        As in ``--on-failure``.
    command
        As typed.
    manifest
        Goes to its standard input, as JSON.
    status
        Exit status of the run; the command finds it in ``RETAIL_PORTFOLIO_EXIT_STATUS``.

    Returns
    -------
    str
        What went wrong, in one line; empty where it ended with 0.
    """
    surroundings = os.environ | {"RETAIL_PORTFOLIO_EXIT_STATUS": str(status)}
    # What it says goes to a file: what it leaves in the background would hold a pipe open.
    with tempfile.TemporaryFile() as said:
        try:
            process = subprocess.Popen(
                shlex.split(command),
                stdin=subprocess.PIPE,
                stdout=said,
                stderr=said,
                env=surroundings,
                start_new_session=True,
            )
        except OSError as error:
            return f"the command of {option} could not be started: {error.strerror}"
        try:
            process.communicate(json_text(manifest).encode(), timeout=TELL_SECONDS)
        except subprocess.TimeoutExpired:
            os.killpg(process.pid, signal.SIGKILL)
            process.communicate()
            return f"the command of {option} took longer than {TELL_SECONDS:g} seconds"
        if process.returncode == 0:
            return ""
        said.seek(0)
        text = said.read().decode(errors="replace").strip().replace("\n", "; ")[-_SHOWN:]
    how = f"the command of {option} ended with {process.returncode}"
    return f"{how}: {text}" if text else how
