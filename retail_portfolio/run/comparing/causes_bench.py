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
from retail_portfolio.run.comparing.causes_edits import DATA, Edit
from retail_portfolio.run.comparing.changes_inputs import LEDGER, overrides_of
from retail_portfolio.run.comparing.changes_rows import read_rows
from retail_portfolio.run.publishing.kept_inputs import unpack

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from retail_portfolio.run.comparing.causes_edits import Keys
    from retail_portfolio.run.comparing.changes_rows import Row

_BASE = "data/scenarios/base.yaml"


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
        from retail_portfolio.model.overview.requirements import missing_rows  # noqa: PLC0415
        from retail_portfolio.model.overview.scenario_answer import scenario_answer  # noqa: PLC0415
        from retail_portfolio.model.planning.plan_rules import limit_faults  # noqa: PLC0415

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
            if name.startswith(DATA) and data is not None
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
    from retail_portfolio.inputs.settings.scenario_reader import (  # noqa: PLC0415 - pydantic
        load_scenario,
    )

    unpack({name: data for name, data in files.items() if _of_scenario(name)}, folder)
    scenario = load_scenario(
        str(manifest["scenario"]["name"]), str(folder / "data"), overrides_of(manifest)
    )
    return scenario.model_dump(mode="json")


def _of_scenario(name: str) -> bool:
    return name == LEDGER or name.startswith("scenarios/")


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
