"""A bench for inputs: the inputs of a report in a folder of their own, one of them exchanged.

Settings are laid down as one scenario file that says everything, whichever files and options they
came from; so one setting can be exchanged, or taken away, like a table.
"""

from __future__ import annotations

import csv
import io
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import yaml

from retail_portfolio.inputs.faults import Fault, InputError
from retail_portfolio.inputs.layers import leaves
from retail_portfolio.run.changes_inputs import LEDGER, WORDING, overrides_of
from retail_portfolio.run.changes_rows import TableChange, compare_table, cut, read_rows
from retail_portfolio.run.kept_inputs import unpack

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from pathlib import Path

    from retail_portfolio.run.changes_rows import Read, Row

LEDGER_ROWS = 10
"""Up to so many changed rows of the ledger are tried each by itself; more, as one table."""
DECIDES = ("unit", "low", "base", "high", "distribution", "correlated_with", "rank_correlation")
"""Columns of the ledger that can move a number; the others say where it is from."""
SHOWN_CELLS = 3
"""Up to so many corrected cells of a single row are written out."""
_DATA, _SCENARIOS = "data/", "data/scenarios/"
_BASE = "data/scenarios/base.yaml"
_DRAWN = ".geojson"
Keys = tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Edit:
    """One input in its later state, to be laid over the earlier ones.

    Parameters
    ----------
    kind, name, detail
        What it is, see `retail_portfolio.run.causes.Cause`.
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

    @classmethod
    def several(cls, edits: Sequence[Edit]) -> Edit:
        """Lay edits together that are not fit alone."""
        return cls(
            "several",
            " and ".join(one.name for one in edits),
            "; ".join(one.detail for one in edits),
            {name: data for one in edits for name, data in one.files.items()},
            {key: row for one in edits for key, row in one.rows.items()},
            {path: value for one in edits for path, value in one.settings.items()},
        )


@dataclass(frozen=True, slots=True)
class Answer:
    """What a case answers: numbers, and a decision by store."""

    figures: Mapping[str, float | None]
    decisions: Mapping[str, str]


@dataclass(slots=True)
class Bench:
    """A folder of inputs that answers, with or without an edit laid over it.

    Parameters
    ----------
    folder
        To be made.
    files
        The inputs by name.
    settings
        The scenario in full, nested.
    """

    folder: Path
    files: Mapping[str, bytes]
    settings: Mapping[str, Any]
    _there: dict[str, bytes] = field(default_factory=dict)

    def answer(self, edit: Edit | None = None) -> Answer:
        """Answer the case of these inputs.

        Parameters
        ----------
        edit
            Is laid over them for this once.

        Raises
        ------
        InputError
            If the inputs are not fit so, or leave no plan.
        """
        from retail_portfolio.inputs import load_case  # noqa: PLC0415 - pandas takes its time
        from retail_portfolio.model.plan_rules import limit_faults  # noqa: PLC0415
        from retail_portfolio.model.requirements import missing_rows  # noqa: PLC0415
        from retail_portfolio.model.scenario_answer import scenario_answer  # noqa: PLC0415

        self._lay_down(edit or Edit("", "", ""))
        case = load_case("base", str(self.folder / "data"))
        if faults := [*missing_rows(case), *limit_faults(case)]:
            raise InputError(faults)
        found = scenario_answer(case)
        if found.plan is None:
            raise InputError([Fault("plan", None, None, found.message, "limits that leave a plan")])
        plan = found.plan[["store_id", "decision"]].to_numpy()
        return Answer(dict(found.figures), {str(store): str(what) for store, what in plan})

    def _lay_down(self, edit: Edit) -> None:
        """Write what differs from what lies there, and take away what is too much."""
        wanted = {
            name: data
            for name, data in {**self.files, **edit.files}.items()
            if name.startswith(_DATA) and not name.startswith(_SCENARIOS) and data is not None
        }
        if edit.rows:
            wanted[LEDGER] = with_rows(wanted[LEDGER], edit.rows)
        settings = with_settings(self.settings, edit.settings)
        wanted[_BASE] = yaml.safe_dump(settings, sort_keys=False, allow_unicode=True).encode()
        changed = {name: data for name, data in wanted.items() if self._there.get(name) != data}
        unpack(changed, self.folder)
        for name in self._there.keys() - wanted.keys():
            (self.folder / name).unlink()
        self._there = wanted


def settings_of(
    folder: Path, files: Mapping[str, bytes], manifest: Mapping[str, Any]
) -> dict[str, Any]:
    """Read the scenario of a report in full, by the program of today.

    Parameters
    ----------
    folder
        Where its inputs may be unpacked.
    files
        The inputs by name.
    manifest
        Has the scenario's name and what was set on the command line.

    Raises
    ------
    InputError
        If the program of today does not take it.
    """
    from retail_portfolio.inputs.scenario import load_scenario  # noqa: PLC0415 - pydantic

    unpack({name: data for name, data in files.items() if _of_scenario(name)}, folder)
    scenario = load_scenario(
        str(manifest["scenario"]["name"]), str(folder / "data"), overrides_of(manifest)
    )
    return scenario.model_dump(mode="json")


def _of_scenario(name: str) -> bool:
    return name == LEDGER or name.startswith(("scenarios/", _SCENARIOS))


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
    tables = [
        name
        for name in changed
        if name.startswith(_DATA) and not name.startswith(_SCENARIOS) and not name.endswith(_DRAWN)
    ]
    found: list[Edit] = []
    if LEDGER in tables:
        tables.remove(LEDGER)
        found += _ledger_edits(old_files.get(LEDGER), new_files.get(LEDGER))
    found += _setting_edits(old, new)
    return found + [_table_edit(name, old_files.get(name), new_files.get(name)) for name in tables]


def _table_edit(name: str, before: bytes | None, after: bytes | None) -> Edit:
    detail = _in_short(compare_table(name, before, after)) if name.endswith(".csv") else ""
    return Edit("table", name.removeprefix(_DATA), detail, {name: after})


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


def _setting_edits(old: Mapping[str, Any], new: Mapping[str, Any]) -> list[Edit]:
    was, now = (
        {path: value for path, value in leaves(side) if not _empty(value)} for side in (old, new)
    )
    found = []
    for path in {**now, **was}:
        if path[0] in WORDING or was.get(path) == now.get(path):
            continue
        value = [now[path]] if path in now else []
        found.append(
            Edit(
                "setting",
                ".".join(path).removeprefix("assumptions."),
                f"{_said(was.get(path))} to {_said(now.get(path))}",
                settings={path: value},
            )
        )
    return found


def _empty(value: Any) -> bool:
    return isinstance(value, dict) and not value


def _said(value: Any) -> str:
    if value is None or value in ("", []):
        return "not set"
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
    return [
        Edit("assumption", key, _row_in_short(old, was.get(key), now.get(key)), rows={key: row})
        for key, row in rows.items()
    ]


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


def with_rows(ledger: bytes, rows: Mapping[str, Row | None]) -> bytes:
    """Return a ledger with some rows exchanged, added or taken away.

    Parameters
    ----------
    ledger
        The table.
    rows
        By key; ``None`` takes a row away.
    """
    table = read_rows(ledger)
    if table is None:
        return ledger
    kept = [rows.get(row[0], row) for row in table.rows]
    known = {row[0] for row in table.rows}
    added = [row for key, row in rows.items() if key not in known]
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(table.columns)
    writer.writerows(row for row in [*kept, *added] if row is not None)
    return text.getvalue().encode()


def with_settings(settings: Mapping[str, Any], changes: Mapping[Keys, list[Any]]) -> dict[str, Any]:
    """Return nested settings with some exchanged, added or taken away.

    Parameters
    ----------
    settings
        Nested.
    changes
        Value by path, in a list of one; an empty list takes the setting away.
    """
    found = _copied(settings)
    for path, value in changes.items():
        inner = found
        for key in path[:-1]:
            if not isinstance(inner.get(key), dict):
                inner[key] = {}
            inner = inner[key]
        if value:
            inner[path[-1]] = value[0]
        else:
            inner.pop(path[-1], None)
    return found


def _copied(settings: Mapping[str, Any]) -> dict[str, Any]:
    return {
        key: _copied(value) if isinstance(value, dict) else value for key, value in settings.items()
    }
