"""How a built table is written: checked, never over another table unasked, whole or not at all."""

from __future__ import annotations

import csv
import io
import os
import stat
import tempfile
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

import pandas as pd

from retail_portfolio.inputs import columns, folders
from retail_portfolio.inputs.checked_tables import CheckedTable, check_cells
from retail_portfolio.inputs.faults import Fault, InputError
from retail_portfolio.inputs.files.reading import table_of
from retail_portfolio.inputs.table_files import columns_file
from retail_portfolio.inputs.tables import Table, columns_of

BEFORE = "before"
"""Ends the name of a table that another took the place of."""


@dataclass(frozen=True, slots=True)
class Built:
    """What a builder wrote, where it comes from, and what it left out."""

    file: str
    """The table's name within the data folder."""
    rows: int
    """How many rows it has now."""
    source: str
    """Where its rows come from."""
    notes: tuple[str, ...] = ()
    """What else whoever built it has to know."""
    left_out: tuple[tuple[str, int], ...] = ()
    """Why something was left out, and how many times; those of 0 are not told."""
    kept: str = ""
    """What the table that stood there before is called now; blank where there was none."""

    def __str__(self) -> str:
        """Say it in a few lines."""
        lines = [f"{self.file}: {counted(self.rows, 'row')}, from {self.source}"]
        if self.kept:
            lines.append(f"  the table before is kept as {self.kept}")
        lines += [f"  {note}" for note in self.notes if note]
        lines += [f"  left out, {why}: {count:,}" for why, count in self.left_out if count]
        return "\n".join(lines)


def counted(count: int, word: str) -> str:
    """Return a count with its word: `1 store`, `1,200 stores`."""
    return f"{count:,} {word}" if count == 1 else f"{count:,} {word}s"


def refuse_to_replace(data_dir: str, file: str, *, replace: bool) -> None:
    """
    Stop before any work is done where a table has rows and nobody said to replace it.

    Parameters
    ----------
    data_dir
        The data folder; blank for the checkout's own.
    file
        The table's name in it.
    replace
        Whether it may be replaced.

    Raises
    ------
    InputError
        Where there are rows and `replace` is not set, the path is no file, or `columns.yaml` says
        that another program writes the table.
    """
    path = folders.data_folder(data_dir) / file
    refuse_exports(data_dir, file)
    if path.is_symlink() or (path.exists() and not path.is_file()):
        raise InputError([Fault(file, None, None, "a link or a folder", "a file, or none")])
    rows = _rows(path)
    if rows and not replace:
        expected = f"no rows yet; or --replace, which keeps them as {file}.{BEFORE}"
        raise InputError([Fault(file, None, None, counted(rows, "row"), expected)])


def refuse_exports(data_dir: str, file: str) -> None:
    """Stop where `columns.yaml` has an entry for a table: what is built has our own columns."""
    found = columns_file(folders.data_folder(data_dir))
    if file in found.tables or file in found.unusable:
        expected = f"no entry: a {file} that is built has the columns of this program"
        raise InputError([Fault(columns.FILE, found.line(file), file, file, expected)])


def _rows(path: Path) -> int:
    """Count what stands below the header; lines, because the table may be no good."""
    try:
        text = path.read_bytes()
    except FileNotFoundError:
        return 0
    return max(0, sum(1 for line in text.splitlines() if line.strip()) - 1)


def table_text(
    frame: pd.DataFrame,
    model: type[Table],
    file: str,
    row_faults: Callable[[CheckedTable], list[Fault]],
) -> str:
    """
    Return a table as it is written, held against its own schema first.

    Parameters
    ----------
    frame
        Texts, with every column of the schema.
    model
        The schema.
    file
        The table's name, for faults.
    row_faults
        What finds the faults between the columns of a row.

    Returns
    -------
    str
        Comma-separated, LF, rows in the order given.

    Raises
    ------
    InputError
        Every cell and row that the table may not hold: the source does not fit.
    """
    names = list(columns_of(model))
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\n")
    writer.writerow(names)
    writer.writerows(frame[names].to_numpy(object).tolist())
    raw = table_of(out.getvalue(), file, names, needs_rows=False)
    table = check_cells(raw, model)
    if faults := [*table.faults, *row_faults(table)]:
        raise InputError(faults)
    return out.getvalue()


def write_aside(folder: Path, file: str, text: str | bytes, *, keep: bool) -> str:
    """
    Write a file beside its place, then move it there; nobody ever reads a part of it.

    A file that holds the text already stays as it is. Who may read a file stays as it was, of the
    table before too; a new one is as the user's umask has it.

    Parameters
    ----------
    folder
        The data folder.
    file
        The file's name in it.
    text
        What it is to hold; bytes where it is not to be UTF-8.
    keep
        Whether a file that stands there with rows is kept under another name.

    Returns
    -------
    str
        The name under which the file before is kept; blank where there was nothing to keep.

    Raises
    ------
    InputError
        When the folder cannot be written to; what stood there stands there still.
    """
    place = folder / file
    content = text.encode() if isinstance(text, str) else text
    if place.is_file() and place.read_bytes() == content:
        return ""
    kept = _free(folder, file) if keep and _rows(place) else ""
    part: Path | None = None
    try:
        handle, made = tempfile.mkstemp(dir=folder, prefix=f".{file}.", suffix=".part")
        part = Path(made)
        with os.fdopen(handle, "wb") as out:
            out.write(content)
        mode = stat.S_IMODE(place.stat().st_mode) if place.exists() else 0o666 & ~umask()
        part.chmod(mode)
        if kept:
            (folder / kept).touch(mode=0o600)
            (folder / kept).write_bytes(place.read_bytes())
            (folder / kept).chmod(mode)
        part.replace(place)
    except OSError as error:
        expected = f"a folder that can be written to ({error.strerror})"
        raise InputError([Fault(file, None, None, str(folder), expected)]) from error
    finally:
        if part is not None:
            part.unlink(missing_ok=True)
    return kept


def umask() -> int:
    """Return the bits that new files of this process do not get; asking is setting."""
    mask = os.umask(0o077)
    os.umask(mask)
    return mask


def _free(folder: Path, file: str) -> str:
    """Return a name for the table before, under which nothing is kept yet."""
    name, count = f"{file}.{BEFORE}", 1
    while (folder / name).exists() or (folder / name).is_symlink():
        count += 1
        name = f"{file}.{BEFORE}-{count}"
    return name


def texts(values: Sequence[float] | pd.Series[float], decimals: int) -> list[str]:
    """
    Return numbers as they are written: at most some decimals, no zeros behind, blank where NaN.

    Parameters
    ----------
    values
        Finite, or NaN where not known.
    decimals
        0 or more.

    Returns
    -------
    list of str

    Examples
    --------
    >>> texts([12.34, 5.0, float("nan"), -0.0], 1)
    ['12.3', '5', '', '0']
    """
    written = ["" if value != value else f"{value:.{decimals}f}" for value in values]  # noqa: PLR0124
    if decimals:
        written = [text.rstrip("0").rstrip(".") for text in written]
    return ["0" if text == "-0" else text for text in written]
