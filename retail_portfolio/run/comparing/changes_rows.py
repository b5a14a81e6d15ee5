"""Two states of one table, row by row: what was added, what went, and which cells were corrected.

Tables are compared as they are written, cell by cell as text; nothing in them is taken for a number
or run. A row is known by the first column, or by as many of the first columns as it takes to tell
all rows apart; where none do, whole rows are counted.
"""

from __future__ import annotations

import csv
import io
from collections import Counter
from dataclasses import dataclass
from operator import itemgetter
from typing import TYPE_CHECKING, Generic, TypeVar

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence

SHOWN_ROWS = 200
"""How many entries of a list are written down; the true count always stands beside them."""
SHOWN_CHARACTERS = 300
"""How much of a cell is written down."""
ID_COLUMNS = 5
"""How many of the first columns may be needed to know a row by."""
BETWEEN = " / "
"""Stands between the parts of an id of several columns."""

One = TypeVar("One")
Row = tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Listed(Generic[One]):
    """The beginning of a list, and how long it is.

    Parameters
    ----------
    count
        How many there are.
    shown
        The first of them, at most `SHOWN_ROWS`.
    """

    count: int
    shown: tuple[One, ...]

    @classmethod
    def of(cls, found: Sequence[One]) -> Listed[One]:
        """Return a list with its length, cut to what is written down."""
        return cls(len(found), tuple(found[:SHOWN_ROWS]))


@dataclass(frozen=True, slots=True)
class Cell:
    """A cell that is not what it was.

    Parameters
    ----------
    id
        By which its row is known.
    column
        Its column.
    before, after
        As written; cut after `SHOWN_CHARACTERS`.
    """

    id: str
    column: str
    before: str
    after: str


@dataclass(frozen=True, slots=True)
class TableChange:
    """What happened to one table.

    Parameters
    ----------
    name
        Of its file, as in ``data/stores.csv``.
    status
        ``changed``, ``added`` or ``removed``.
    id_columns
        By which rows are known; none where only whole rows could be counted.
    rows_before, rows_after
        How many rows it had and has; ``None`` where it was not there or could not be read.
    columns_added, columns_removed
        Names of columns.
    added, removed
        Ids of rows.
    corrected_rows
        How many rows are on both sides and differ in a column of both.
    corrected
        Each cell of theirs that differs.
    note
        What else there is to say; empty where rows and columns say it all.
    """

    name: str
    status: str
    id_columns: tuple[str, ...] = ()
    rows_before: int | None = None
    rows_after: int | None = None
    columns_added: tuple[str, ...] = ()
    columns_removed: tuple[str, ...] = ()
    added: Listed[str] = Listed(0, ())
    removed: Listed[str] = Listed(0, ())
    corrected_rows: int = 0
    corrected: Listed[Cell] = Listed(0, ())
    note: str = ""


UNREAD = "not a table that can be read row by row"
UNSEEN = "the rows of one side were not kept"
REWRITTEN = "the same cells; rows or columns in another order, or written otherwise"


@dataclass(frozen=True, slots=True)
class Read:
    """A table as written.

    Parameters
    ----------
    columns
        Its header.
    rows
        Each as long as the header.
    """

    columns: tuple[str, ...]
    rows: list[Row]


def read_rows(data: bytes) -> Read | None:
    """Split a CSV file; ``None`` where it is no UTF-8 text, no CSV, or its rows are ragged.

    Parameters
    ----------
    data
        What the file holds.
    """
    try:
        text = data.decode("utf-8-sig")
        rows = [tuple(row) for row in csv.reader(io.StringIO(text, newline=""), strict=True) if row]
    except (UnicodeDecodeError, csv.Error):
        return None
    if not rows or len(set(rows[0])) < len(rows[0]):
        return None
    if any(len(row) != len(rows[0]) for row in rows):
        return None
    return Read(rows[0], rows[1:])


def compare_table(name: str, before: bytes | None, after: bytes | None) -> TableChange:
    """Compare two states of a table, of which at least one is there.

    Parameters
    ----------
    name
        Of its file.
    before, after
        What the file held and holds; ``None`` where there was, or is, no such file.
    """
    old, new = (None if data is None else read_rows(data) for data in (before, after))
    if before is None or after is None:
        status = "added" if before is None else "removed"
        unread = UNREAD if old is None and new is None else ""
        return TableChange(
            name, status, rows_before=_count(old), rows_after=_count(new), note=unread
        )
    if old is None or new is None:
        return TableChange(
            name, "changed", rows_before=_count(old), rows_after=_count(new), note=UNREAD
        )
    return _compared(name, old, new)


def _count(table: Read | None) -> int | None:
    return None if table is None else len(table.rows)


def _compared(name: str, old: Read, new: Read) -> TableChange:
    ids = _id_columns(old, new)
    both = [column for column in old.columns if column in new.columns]
    if ids:
        added, removed, rows, cells = _by_id(old, new, ids, both)
    else:
        added, removed = _by_whole_row(old, new, both)
        rows, cells = 0, []
    came = tuple(column for column in new.columns if column not in old.columns)
    went = tuple(column for column in old.columns if column not in new.columns)
    changed = bool(added or removed or cells or came or went)
    return TableChange(
        name,
        "changed",
        ids,
        len(old.rows),
        len(new.rows),
        came,
        went,
        Listed.of(added),
        Listed.of(removed),
        rows,
        Listed.of(cells),
        "" if changed else REWRITTEN,
    )


def _id_columns(old: Read, new: Read) -> tuple[str, ...]:
    """Return the fewest first columns that tell all rows apart, before and after."""
    for number in range(1, ID_COLUMNS + 1):
        ids = new.columns[:number]
        if len(ids) < number or any(column not in old.columns for column in ids):
            return ()
        if all(_unique(table, ids) for table in (old, new)):
            return ids
    return ()


def _unique(table: Read, ids: Sequence[str]) -> bool:
    return len(set(map(_taker(table, ids), table.rows))) == len(table.rows)


def _taker(table: Read, columns: Sequence[str]) -> Callable[[Row], Row]:
    """Return what takes some columns out of a row."""
    places = [table.columns.index(column) for column in columns]
    if len(places) == 1:
        only = places[0]
        return lambda row: (row[only],)
    take: Callable[[Row], Row] = itemgetter(*places) if places else lambda _: ()
    return take


def _by_id(
    old: Read, new: Read, ids: Sequence[str], both: Sequence[str]
) -> tuple[list[str], list[str], int, list[Cell]]:
    """Return ids that came, ids that went, how many rows were corrected, and each cell of those."""
    key_before, key_after = _taker(old, ids), _taker(new, ids)
    row_before, row_after = _taker(old, both), _taker(new, both)
    known = {key_before(row): row_before(row) for row in old.rows}
    added, cells, rows = [], [], 0
    for row in new.rows:
        key, now = key_after(row), row_after(row)
        was = known.pop(key, None)
        if was is None:
            added.append(_words(key))
        elif was != now:
            rows += 1
            cells += [
                Cell(_words(key), column, cut(one), cut(other))
                for column, one, other in zip(both, was, now, strict=True)
                if one != other
            ]
    return added, [_words(key) for key in known], rows, cells


def _by_whole_row(old: Read, new: Read, both: Sequence[str]) -> tuple[list[str], list[str]]:
    """Return the rows that came and those that went; equal rows are told by their number only."""
    was, now = (Counter(map(_taker(table, both), table.rows)) for table in (old, new))
    return _rows_of(now - was), _rows_of(was - now)


def _rows_of(rows: Counter[Row]) -> list[str]:
    return [_words(row[:ID_COLUMNS]) for row in rows.elements()]


def _words(key: Iterable[str]) -> str:
    return cut(BETWEEN.join(key))


def cut(text: str) -> str:
    """Shorten a text from a table to what is written down."""
    return text if len(text) <= SHOWN_CHARACTERS else f"{text[: SHOWN_CHARACTERS - 3]}..."
