"""Peers: packages to measure against, each in an environment of its own outside git.

A peer is never a dependency. Its environment is made once below ``build/peers``, with the numpy and
pandas of the environment that starts the benchmark, and `make clean` removes it.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from importlib.metadata import version
from pathlib import Path

from common.runner import ROOT, say

FOLDER = ROOT / "build" / "peers"
DONE = "complete"
"""Written last: an environment without it is made anew."""
LINES_SHOWN = 8


class NoPeer(Exception):  # noqa: N818 - what is the matter, in words
    """The peer could not be installed; the message says why."""


def python_of(requirement: str, folder: Path = FOLDER) -> str:
    """Return the program of an environment that holds the peer; make it where it is missing.

    Parameters
    ----------
    requirement
        The one package and version, ``name==version``.
    folder
        Where environments of peers stand.

    Raises
    ------
    NoPeer
        If it cannot be installed.
    """
    with_ours = [f"{name}=={version(name)}" for name in ("numpy", "pandas")]
    place = folder / "-".join((requirement, *with_ours)).replace("==", "-")
    python = place / ("Scripts" if os.name == "nt" else "bin") / "python"
    if not (place / DONE).exists():
        say(f"installing {requirement} in an environment of its own")
        shutil.rmtree(place, ignore_errors=True)
        _run([sys.executable, "-m", "venv", str(place)])
        quiet = ["--quiet", "--disable-pip-version-check"]
        _run([str(python), "-m", "pip", "install", *quiet, requirement, *with_ours])
        (place / DONE).write_text(f"{requirement}\n", encoding="utf-8")
    return str(python)


def _run(command: list[str]) -> None:
    try:
        done = subprocess.run(command, capture_output=True, text=True, check=False)
    except OSError as error:
        raise NoPeer(str(error)) from error
    if done.returncode:
        lines = (done.stderr or done.stdout).strip().splitlines()
        raise NoPeer("\n".join(lines[-LINES_SHOWN:]))
