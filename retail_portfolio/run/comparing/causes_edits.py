"""What changed in the inputs of two reports, taken apart: a row of the ledger, a setting, a table.

Each is an edit that can be laid over the earlier inputs by itself.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from retail_portfolio.inputs.settings.layers import leaves
from retail_portfolio.run.comparing.changes_inputs import LEDGER, WORDING
from retail_portfolio.run.comparing.changes_rows import TableChange, compare_table, cut, read_rows

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from retail_portfolio.run.comparing.changes_rows import Read, Row

LEDGER_ROWS = 10
"""Up to so many changed rows of the ledger are tried each by itself; more, as one table."""
DECIDES = ("unit", "low", "base", "high", "distribution", "correlated_with", "rank_correlation")
"""Columns of the ledger that can move a number; the others say where it is from."""
SHOWN_CELLS = 3
"""Up to so many corrected cells of a single row are written out."""
DATA = "data/"
_DRAWN = ".geojson"
_ASSUMED = "assumptions."
Keys = tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Edit:
    """One input in its later state, to be laid over the earlier ones.

    Parameters
    ----------
    kind, name, detail
        What it is, see `retail_portfolio.run.comparing.causes_found.Cause`.
    title
        What the ledger says that an assumption is; blank for the others.
    files
        Content by name; ``None`` takes the file away.
    rows
        Rows of the ledger by key, each in full; ``None`` takes the row away.
    settings
        Value by path, in a list of one; an empty list takes the setting away.
    """

    kind: str
    name: str
    detail: str
    files: Mapping[str, bytes | None] = field(default_factory=dict)
    rows: Mapping[str, Row | None] = field(default_factory=dict)
    settings: Mapping[Keys, list[Any]] = field(default_factory=dict)
    title: str = ""

    @classmethod
    def several(cls, edits: Sequence[Edit]) -> Edit:
        """Lay edits together that are not fit alone."""
        titles = [one.title for one in edits]
        return cls(
            "several",
            " and ".join(one.name for one in edits),
            "; ".join(one.detail for one in edits),
            {name: data for one in edits for name, data in one.files.items()},
            {key: row for one in edits for key, row in one.rows.items()},
            {path: value for one in edits for path, value in one.settings.items()},
            " and ".join(one.title or one.name for one in edits) if any(titles) else "",
        )


def edits_between(
    old_files: Mapping[str, bytes],
    new_files: Mapping[str, bytes],
    old: Mapping[str, Any],
    new: Mapping[str, Any],
) -> list[Edit]:
    """Take apart what changed: rows of the ledger, settings, then tables.

    Parameters
    ----------
    old_files, new_files
        Inputs by name.
    old, new
        Scenarios in full, nested.
    """
    names = sorted(old_files.keys() | new_files.keys())
    changed = [name for name in names if old_files.get(name) != new_files.get(name)]
    tables = [name for name in changed if name.startswith(DATA) and not name.endswith(_DRAWN)]
    found: list[Edit] = []
    if LEDGER in tables:
        tables.remove(LEDGER)
        found += _ledger_edits(old_files.get(LEDGER), new_files.get(LEDGER))
    ledgers = [_column(side.get(LEDGER), "base") for side in (old_files, new_files)]
    found += _setting_edits(old, new, _column(new_files.get(LEDGER), "description"), ledgers)
    return found + [_table_edit(name, old_files.get(name), new_files.get(name)) for name in tables]


def _table_edit(name: str, before: bytes | None, after: bytes | None) -> Edit:
    detail = _in_short(compare_table(name, before, after)) if name.endswith(".csv") else ""
    return Edit("table", name.removeprefix(DATA), detail, {name: after})


def _in_short(change: TableChange) -> str:
    """Say what happened to a table, down to the cell where it is one."""
    if change.status != "changed":
        return f"the table was {change.status}"
    rows = (change.added.count, change.removed.count, change.corrected_rows)
    if rows == (0, 0, 1) and change.corrected.count <= SHOWN_CELLS:
        cells = change.corrected.shown
        said = (f"{c.column} {c.before or 'blank'} to {c.after or 'blank'}" for c in cells)
        return f"{cells[0].id}: {', '.join(said)}"
    words = [
        f"{number:,} row{'' if number == 1 else 's'} {what}"
        for number, what in zip(rows, ("added", "removed", "corrected"), strict=True)
        if number
    ]
    return ", ".join(words) or change.note


def _setting_edits(
    old: Mapping[str, Any],
    new: Mapping[str, Any],
    titles: Mapping[str, str],
    ledgers: Sequence[Mapping[str, str]],
) -> list[Edit]:
    was, now = (
        {path: value for path, value in leaves(side) if not _empty(value)} for side in (old, new)
    )
    found = []
    for path in {**now, **was}:
        if path[0] in WORDING or was.get(path) == now.get(path):
            continue
        value = [now[path]] if path in now else []
        key = ".".join(path)
        name = key.removeprefix(_ASSUMED)
        assumed = name != key
        before, after = (
            _said(side.get(path), _of_ledger(ledger.get(name)) if assumed else "not set")
            for side, ledger in zip((was, now), ledgers, strict=True)
        )
        title = titles.get(name, "") if assumed else ""
        detail = f"{before} to {after}"
        found.append(Edit("setting", name, detail, settings={path: value}, title=title))
    return found


def _of_ledger(base: str | None) -> str:
    return f"{base} (the ledger's)" if base else "the ledger's figure"


def _empty(value: Any) -> bool:
    return isinstance(value, dict) and not value


def _said(value: Any, absent: str) -> str:
    if value is None or value in ("", []):
        return absent
    if isinstance(value, float):
        return f"{value:.15g}"
    return cut(", ".join(map(str, value)) if isinstance(value, list) else str(value))


def _ledger_edits(before: bytes | None, after: bytes | None) -> list[Edit]:
    old, new = (None if data is None else read_rows(data) for data in (before, after))
    whole = [_table_edit(LEDGER, before, after)]
    if old is None or new is None or old.columns != new.columns or old.columns[0] != "key":
        return whole
    rows = _changed_rows(old, new)
    if len(rows) > LEDGER_ROWS:
        return whole
    was, now = ({row[0]: row for row in side.rows} for side in (old, new))
    titles = _column(before, "description") | _column(after, "description")
    return [
        Edit(
            "assumption",
            key,
            _row_in_short(old, was.get(key), now.get(key)),
            rows={key: row},
            title=titles.get(key, ""),
        )
        for key, row in rows.items()
    ]


def _column(ledger: bytes | None, name: str) -> dict[str, str]:
    """Return what a column of a ledger says of each of its figures."""
    table = None if ledger is None else read_rows(ledger)
    if table is None or name not in table.columns:
        return {}
    at = table.columns.index(name)
    return {row[0]: cut(row[at]) for row in table.rows}


def _changed_rows(old: Read, new: Read) -> dict[str, Row | None]:
    """Return the rows of which a column that decides something is another; ``None``: gone."""
    at = [place for place, column in enumerate(old.columns) if column in DECIDES]
    was, now = ({row[0]: row for row in side.rows} for side in (old, new))

    def says(row: Row | None) -> list[str] | None:
        return None if row is None else [row[place] for place in at]

    return {key: now.get(key) for key in {**was, **now} if says(was.get(key)) != says(now.get(key))}


def _row_in_short(table: Read, before: Row | None, after: Row | None) -> str:
    if before is None or after is None:
        return "row added" if before is None else "row removed"
    parts = [
        f"{column} {was or 'blank'} to {now or 'blank'}"
        for column, was, now in zip(table.columns, before, after, strict=True)
        if was != now and column in DECIDES
    ]
    return cut(", ".join(parts))
