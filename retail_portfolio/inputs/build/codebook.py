"""A built table on disk, and in `SOURCES.md`, because not every table has a column for sources."""

from __future__ import annotations

import dataclasses
import re
from typing import TYPE_CHECKING

from retail_portfolio.inputs import folders
from retail_portfolio.inputs.build.writing import counted, write_aside
from retail_portfolio.inputs.faults import InputError
from retail_portfolio.inputs.files.textfile import MAX_TABLE_BYTES, read_text

if TYPE_CHECKING:
    from pathlib import Path

    from retail_portfolio.inputs.build.writing import Built

FILE = "SOURCES.md"
_MARKDOWN = re.compile(r"([\\`*_{}\[\]<>#|])")


def write_built(
    data_dir: str,
    what: str,
    built: Built,
    text: str | bytes,
    sentences: tuple[str, ...] = (),
    *,
    keep: bool = True,
) -> Built:
    """
    Write a built table, and into `SOURCES.md` where it comes from.

    Parameters
    ----------
    data_dir
        The data folder; blank for the checkout's own.
    what
        The command behind `build`, as `demand`.
    built
        What is to be written.
    text
        The whole table; bytes where a part of it stood there before.
    sentences
        What its columns mean beyond their names, in Markdown.
    keep
        Whether a table that stands there with rows is kept under another name.

    Returns
    -------
    Built
        With the name under which a table before is kept.

    Raises
    ------
    InputError
        When `SOURCES.md` cannot be read, before anything is written; when the folder cannot be
        written to.
    """
    folder = folders.data_folder(data_dir)
    book = _read(folder)
    kept = write_aside(folder, built.file, text, keep=keep)
    lines = [
        f"Written by `retail-portfolio build {what}`: {counted(built.rows, 'row')}.",
        f"From {_plain(built.source)}.",
        *sentences,
    ]
    write_aside(folder, FILE, _with_section(book, built.file, "\n".join(lines)), keep=False)
    return dataclasses.replace(built, kept=kept)


def _read(folder: Path) -> str:
    """Return what `SOURCES.md` says; nothing where there is none or it is empty."""
    path = folder / FILE
    if not path.exists() and not path.is_symlink():
        return ""
    text, fault = read_text(folder, FILE, MAX_TABLE_BYTES)
    if text is None and fault is not None and fault.value != "an empty file":
        raise InputError([fault])
    return text or ""


def _with_section(book: str, file: str, lines: str) -> str:
    """Put a table's section in the place of its last one, else at the end; others stay."""
    head, end = f"## {file}, built", "\r\n" if "\r\n" in book else "\n"
    section = f"{head}\n{lines}\n".replace("\n", end)
    pattern = re.compile(rf"^{re.escape(head)}\r?\n.*?(?=^## |\Z)", re.DOTALL | re.MULTILINE)
    if pattern.search(book):
        return pattern.sub(lambda found: section + _gap(found[0]), book, count=1)
    return f"{book.rstrip() or '# Sources'}{end}{end}{section}"


def _gap(section: str) -> str:
    """Return the empty lines that end a section."""
    return re.sub(r"^\r?\n", "", section[len(section.rstrip("\r\n")) :])


def _plain(text: str) -> str:
    """Return a text so that Markdown shows it as it is."""
    return _MARKDOWN.sub(r"\\\1", text)
