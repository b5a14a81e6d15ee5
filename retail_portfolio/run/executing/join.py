"""Brings together what the notebooks of a run left behind, each in a folder of its own."""

from __future__ import annotations

import csv
import io
import json
import shutil
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from retail_portfolio.present.files import json_text, write_text
from retail_portfolio.run.errors import Failure, NotebookFailed

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from pathlib import Path


@dataclass(frozen=True, slots=True)
class Join:
    """Columns that one table owes to another notebook.

    Parameters
    ----------
    table
        Name of the table that gets the columns.
    source
        Name of the table that has them.
    key
        Column of both, one row a value in ``source``.
    columns
        The columns.
    """

    table: str
    source: str
    key: str
    columns: tuple[str, ...]


#: The plan says what to do with a store, the draws say in what share of them that is so.
JOINS = (Join("plan", "uncertainty", "store_id", ("probability",)),)


def gather(left: Mapping[str, Path], together: Path) -> None:
    """Move what every notebook left into one folder, and join tables that speak of one store.

    Parameters
    ----------
    left
        Folder by notebook; see `retail_portfolio.present.outputs` for what is in it.
    together
        Folder to make.

    Raises
    ------
    NotebookFailed
        If a notebook left nothing, left less than its JSON file names, or wrote what another wrote.
    """
    together.mkdir(parents=True)
    for notebook, folder in left.items():
        if not (folder / f"{notebook}.json").is_file():
            raise _incomplete(notebook, f"it did not write {notebook}.json to out_dir")
        _check(notebook, folder)
        for path in sorted(path for path in folder.rglob("*") if path.is_file()):
            place = together / path.relative_to(folder)
            if place.exists():
                raise _incomplete(notebook, f"another notebook wrote {path.name} too")
            place.parent.mkdir(exist_ok=True, parents=True)
            shutil.move(path, place)
    for join in JOINS:
        _join(together, join)


def _check(notebook: str, folder: Path) -> None:
    """See that a notebook left everything that it names."""
    from retail_portfolio.present.outputs import read_outputs  # noqa: PLC0415 - it needs pandas

    files = [path for path in folder.rglob("*") if path.is_file()]
    empty = sorted(path.name for path in files if not path.stat().st_size)
    if empty:
        raise _incomplete(notebook, f"it left {', '.join(empty)} empty")
    try:
        found = read_outputs(folder, None)  # only looked at: no word of it is written
    except (FileNotFoundError, LookupError, TypeError, ValueError) as error:
        raise _incomplete(notebook, str(error)) from error
    if set(found.notebooks) != {notebook}:
        raise _incomplete(notebook, f"its JSON file speaks of {', '.join(found.notebooks)}")


def _incomplete(notebook: str, text: str) -> NotebookFailed:
    failure = Failure(notebook, None, "IncompleteOutput", text)
    return NotebookFailed(str(failure), failure)


def _join(together: Path, join: Join) -> None:
    target, source = (together / "tables" / f"{name}.csv" for name in (join.table, join.source))
    if not (target.is_file() and source.is_file()):
        return
    known = {row[join.key]: row for row in _read(source) if join.key in row}
    columns = [column for column in join.columns if any(column in row for row in known.values())]
    rows = _read(target)
    if not columns or not rows or join.key not in rows[0]:
        return
    for row in rows:
        found = known.get(row[join.key], {})
        row.update({column: found.get(column, row.get(column, "")) for column in columns})
    _write(target, rows)
    _describe(together, join, columns)


def _describe(together: Path, join: Join, columns: Sequence[str]) -> None:
    """Carry unit and origin of joined columns over to the notebook that owns the table."""
    documents = {
        path: json.loads(path.read_text("utf-8")) for path in sorted(together.glob("*.json"))
    }
    meanings: dict[str, Any] = {}
    for document in documents.values():
        meanings |= document["tables"].get(join.source, {})
    for path, document in documents.items():
        if join.table in document["tables"]:
            document["tables"][join.table] |= {name: meanings[name] for name in columns}
            write_text(path, json_text(document))


def _read(path: Path) -> list[dict[str, str]]:
    # As text throughout: a number that goes through a float and back may not be the same.
    with path.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def _write(path: Path, rows: Sequence[Mapping[str, str]]) -> None:
    text = io.StringIO()
    writer = csv.DictWriter(text, list(rows[0]), lineterminator="\n")
    writer.writeheader()
    writer.writerows(rows)
    write_text(path, text.getvalue())
