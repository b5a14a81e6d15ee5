"""Where folders and files are: those of the checkout, and those that somebody has typed."""

from __future__ import annotations

import functools
import os
from pathlib import Path

from retail_portfolio.inputs.faults import Fault, InputError

_MARKS = ("scenarios", "data", "notebooks")
_EXPECTED = "a path whose beginning is there (its ~name, or the working directory)"


def absolute_path(given: str, called: str, expected: str = _EXPECTED) -> Path:
    """
    Return the path of a folder or file as somebody has typed it.

    A `~` in front is a home; where nobody is called as `~name` says, it is a name as any other for
    what is there under it, as a shell takes it.

    Parameters
    ----------
    given
        As typed; from the working directory on where it is not absolute.
    called
        The option or parameter, for the fault.
    expected
        What the fault expects instead.

    Returns
    -------
    Path
        An absolute path, whether or not anything is there.

    Raises
    ------
    InputError
        When there is no such home, and nothing under the text as it stands; or when the working
        directory is gone.
    """
    path = Path(given)
    try:
        return path.expanduser().absolute()
    except (OSError, RuntimeError):
        if not os.path.lexists(path):
            raise InputError([Fault(called, None, None, given, expected)]) from None
        return path.absolute()


def _is_checkout(folder: Path) -> bool:
    """Tell whether a folder looks like a checkout: the project file beside two of its folders."""
    return (folder / "pyproject.toml").is_file() and any((folder / m).is_dir() for m in _MARKS)


@functools.cache
def _root_from(start: Path) -> Path | None:
    return next((folder for folder in (start, *start.parents) if _is_checkout(folder)), None)


def checkout_root() -> Path:
    """
    Find the checkout: upwards from the package, then upwards from the working directory.

    Returns
    -------
    Path
        The folder that holds `data`, `scenarios` and `notebooks`.

    Raises
    ------
    InputError
        When neither lies in a checkout; then the folders have to be given.
    """
    package = Path(__file__).resolve().parents[2]
    found = _root_from(package) or _root_from(Path.cwd())
    if found is None and any((package / mark).is_dir() for mark in _MARKS):
        found = package
    if found is None:
        expected = "a checkout of the project, or the folders given (--data, --out)"
        raise InputError([Fault("working directory", None, None, None, expected)])
    return found


def data_folder(data_dir: str = "") -> Path:
    """
    Return the folder of the tables.

    Parameters
    ----------
    data_dir
        The folder as given; blank for the checkout's own.

    Returns
    -------
    Path
        An absolute path.

    Raises
    ------
    InputError
        When there is no such folder.
    """
    called, expected = "data folder", "a folder that exists"
    given = str(data_dir)
    folder = absolute_path(given, called, expected) if given else checkout_root() / "data"
    try:
        present = folder.is_dir()
    except (OSError, ValueError):
        present = False
    if not present:
        raise InputError([Fault(called, None, None, given, expected)])
    return folder


def scenario_folders(data_dir: str = "") -> tuple[Path, ...]:
    """
    Return the folders scenarios are looked up in, the data folder's own first.

    Parameters
    ----------
    data_dir
        The data folder as given; blank for the checkout's own.

    Returns
    -------
    tuple of Path
        Those that exist; may be empty.
    """
    folders = [data_folder(data_dir) / "scenarios"]
    try:
        folders.append(checkout_root() / "scenarios")
    except InputError:
        return tuple(folder for folder in folders if folder.is_dir())
    return tuple(dict.fromkeys(folder for folder in folders if folder.is_dir()))


def portfolio_files(data_dir: str = "") -> dict[str, Path]:
    """
    Return the scenario files that belong to a portfolio.

    A scenario names what differs from its base. Those beside the base scenario that the portfolio
    uses are its own; those of the checkout belong to a data folder that has no base of its own.

    Parameters
    ----------
    data_dir
        The data folder as given; blank for the checkout's own.

    Returns
    -------
    dict
        Files by their name without ending, sorted; the data folder's own win.
    """
    found: dict[str, Path] = {}
    for folder in scenario_folders(data_dir):
        found = {path.stem: path for path in folder.glob("*.yaml")} | found
        if "base" in found:
            break
    return dict(sorted(found.items()))


def notebooks_folder() -> Path:
    """Return the checkout's folder of notebooks."""
    return checkout_root() / "notebooks"


def reports_folder() -> Path:
    """Return the checkout's folder of published reports."""
    return checkout_root() / "reports"
