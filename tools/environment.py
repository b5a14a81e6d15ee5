"""Set up `.venv` from requirements.lock when it is missing, half made or out of date.

`make` calls this before every command. It needs nothing but Python 3.11 and its standard library,
for nothing else is there yet. A stamp written last says what the environment was made from: without
it, or when it says something else, the environment is made anew. Two runs at a time wait for each
other.
"""

from __future__ import annotations

import argparse
import fcntl
import hashlib
import importlib.util
import json
import os
import shutil
import subprocess
import sys
import time
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import IO, TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

OLDEST_PYTHON = (3, 11)
LINES_OF_LOG_SHOWN = 15
STAMP_NAME = "made-from.json"
LOG_NAME = "set-up.log"


class SetUpError(Exception):
    """The environment could not be made; the message says what to do."""


@dataclass(frozen=True)
class Stamp:
    """What an environment was made from; equal stamps mean that nothing has to be done.

    Attributes
    ----------
    lock, project
        SHA-256 of requirements.lock and pyproject.toml, hexadecimal.
    folder
        Where the environment stands: its programs name their Python by full path, so a moved or
        copied checkout needs a new one.
    python
        Version of the Python that made it.
    """

    lock: str
    project: str
    folder: str
    python: str

    @classmethod
    def wanted(cls, root: Path) -> Stamp:
        """Return the stamp that an environment made now would get.

        Parameters
        ----------
        root
            The checkout.
        """
        return cls(
            lock=_digest(root / "requirements.lock"),
            project=_digest(root / "pyproject.toml"),
            folder=str(root / ".venv"),
            python=".".join(str(part) for part in sys.version_info[:3]),
        )

    @classmethod
    def found(cls, root: Path) -> Stamp | None:
        """Return the stamp of the present environment, or None where there is no whole one."""
        try:
            fields = json.loads((root / ".venv" / STAMP_NAME).read_text(encoding="utf-8"))
            return cls(**fields)
        except (OSError, ValueError, TypeError):
            return None

    def write(self, root: Path) -> None:
        """Say that the environment is whole."""
        partial = root / ".venv" / f"{STAMP_NAME}.partial"
        partial.write_text(json.dumps(asdict(self), indent=1) + "\n", encoding="utf-8")
        partial.replace(root / ".venv" / STAMP_NAME)


def _digest(path: Path) -> str:
    return hashlib.sha256(path.read_bytes()).hexdigest()


def work_to_do(found: Stamp | None, wanted: Stamp, *, this_python: bool) -> str:
    """Say how much of the environment has to be made.

    Parameters
    ----------
    found, wanted
        Stamp of the present environment (None: there is no whole one) and the one aimed at.
    this_python
        Whether the Python was asked for by name; if not, an environment of another one will do.

    Returns
    -------
    str
        `nothing`, `package` (only our own package's entry points and metadata) or `everything`.
    """
    if found is None or (found.lock, found.folder) != (wanted.lock, wanted.folder):
        return "everything"
    if this_python and found.python != wanted.python:
        return "everything"
    return "nothing" if found.project == wanted.project else "package"


def make_environment(root: Path) -> None:
    """Make `.venv` anew: an empty one, the pinned packages, then our own package as it stands.

    Parameters
    ----------
    root
        The checkout, which holds requirements.lock and pyproject.toml.

    Raises
    ------
    SetUpError
        The environment could not be made or a package could not be had.
    """
    if importlib.util.find_spec("ensurepip") is None:
        message = (
            f"{sys.executable} cannot make environments: it lacks ensurepip. "
            "On Debian and Ubuntu: apt-get install python3-venv"
        )
        raise SetUpError(message)
    # Resolved before .venv goes: while that is active, sys.executable is a link inside it.
    base_python = os.path.realpath(sys.executable)
    folder = root / ".venv"
    _remove(folder)
    count = sum("==" in line for line in _lines(root / "requirements.lock"))
    version = ".".join(str(part) for part in sys.version_info[:3])
    _say(f"setting up .venv with Python {version}: {count} packages, once, in a minute or two")
    started = time.monotonic()
    completed = subprocess.run(
        [base_python, "-m", "venv", str(folder)], capture_output=True, text=True, check=False
    )
    if completed.returncode:
        raise SetUpError((completed.stdout + completed.stderr).strip())
    _pip(root, "--requirement", "requirements.lock", count=count)
    install_package(root)
    _say(f"set up .venv in {time.monotonic() - started:.0f} s")


def install_package(root: Path) -> None:
    """Install our own package in place, with what is already there.

    Parameters
    ----------
    root
        The checkout.

    Raises
    ------
    SetUpError
        The package could not be built.
    """
    _pip(root, "--no-deps", "--no-build-isolation", "--editable", ".")


def _pip(root: Path, *arguments: str, count: int = 0) -> None:
    command = [str(root / ".venv" / "bin" / "python"), "-m", "pip", "install", *arguments]
    command += ["--no-input", "--disable-pip-version-check", "--progress-bar", "off"]
    log = root / ".venv" / LOG_NAME
    with (
        log.open("a", encoding="utf-8") as kept,
        subprocess.Popen(
            command,
            cwd=root,
            env=_own_environment(),
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            errors="replace",
        ) as process,
    ):
        _follow(process.stdout or (), kept, count)
        status = process.wait()
    if status:
        tail = "\n".join(list(_lines(log))[-LINES_OF_LOG_SHOWN:])
        message = (
            f"{tail}\n\npip could not install what is needed; all it said is in .venv/{LOG_NAME}"
        )
        raise SetUpError(message)


def _own_environment() -> dict[str, str]:
    """Return the variables of this process less those that lead pip out of .venv."""
    kept = {k: v for k, v in os.environ.items() if k not in {"PYTHONPATH", "PYTHONHOME"}}
    return {**kept, "PIP_USER": "0"}


def _follow(said: IO[str] | Sequence[str], kept: IO[str], count: int) -> None:
    """Keep what pip says, and count its packages on one line where somebody watches."""
    watched = sys.stderr.isatty() and count > 0
    seen = 0
    for line in said:
        kept.write(line)
        if not watched:
            continue
        if line.startswith("Collecting "):
            seen += 1
            sys.stderr.write(f"\r{min(seen, count)} of {count} packages found\033[K")
        elif line.startswith("Installing collected"):
            sys.stderr.write(f"\rinstalling {count} packages\033[K")
        sys.stderr.flush()
    if watched:
        sys.stderr.write("\r\033[K")


def _remove(folder: Path) -> None:
    if folder.is_symlink() or folder.is_file():
        folder.unlink()
    elif folder.exists():
        shutil.rmtree(folder)


def _lines(path: Path) -> Iterator[str]:
    yield from path.read_text(encoding="utf-8").splitlines()


def _say(message: str) -> None:
    print(message, file=sys.stderr, flush=True)


def set_up(root: Path, *, this_python: bool = False) -> str:
    """Make what is missing of the environment of a checkout.

    Parameters
    ----------
    root
        The checkout.
    this_python
        Whether the environment must be of the Python that runs this.

    Returns
    -------
    str
        What was done, as `work_to_do` names it.

    Raises
    ------
    SetUpError
        It could not be made; the next call begins anew.
    """
    wanted = Stamp.wanted(root)
    with (root / ".venv.lock").open("w", encoding="utf-8") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)  # another make may be at it
        found = Stamp.found(root)
        work = work_to_do(found, wanted, this_python=this_python)
        if work == "everything":
            make_environment(root)
            wanted.write(root)
        elif work == "package" and found is not None:
            (root / ".venv" / STAMP_NAME).unlink()
            install_package(root)
            Stamp(**{**asdict(wanted), "python": found.python}).write(root)
    return work


def main(arguments: Sequence[str] | None = None) -> int:
    """Set up the environment of the checkout that holds this file.

    Parameters
    ----------
    arguments
        Words of the command line; those of the process by default.

    Returns
    -------
    int
        0 when the environment is whole, else 1.
    """
    parser = argparse.ArgumentParser(description="Set up .venv from requirements.lock.")
    parser.add_argument(
        "--this-python", action="store_true", help="make it anew if another Python made it"
    )
    options = parser.parse_args(arguments)
    if sys.version_info < OLDEST_PYTHON:
        _say(f"Python 3.11 or newer is needed; {sys.executable} is {sys.version.split()[0]}")
        return 1
    try:
        set_up(Path(__file__).resolve().parent.parent, this_python=options.this_python)
    except (
        SetUpError,
        OSError,
    ) as error:  # a full disk, a file that is missing or not ours to read
        _say(f"{error}\n.venv could not be set up; the next make begins anew.")
        return 1
    except KeyboardInterrupt:
        _say("stopped; the next make begins anew")
        return 130
    return 0


if __name__ == "__main__":
    sys.exit(main())
