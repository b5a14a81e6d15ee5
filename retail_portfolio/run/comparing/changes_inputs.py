"""Two reports' inputs side by side: tables, ledger, settings, notebooks, program and packages."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from retail_portfolio.inputs.assumptions import LEDGER_FILE
from retail_portfolio.inputs.settings.layers import DEFAULTS
from retail_portfolio.run.comparing.changes_files import (
    PACKAGE,
    FileChange,
    compare_files,
    compare_modules,
)
from retail_portfolio.run.comparing.changes_rows import (
    UNSEEN,
    Listed,
    TableChange,
    compare_table,
    read_rows,
)

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

LEDGER = f"data/{LEDGER_FILE}"
ASSUMED = "assumptions."
"""How a setting begins that stands in the place of a row of the ledger."""
NOTEBOOKS = "notebooks/"
WORDING = frozenset({"title", "why"})
"""Settings that say what a scenario is for, and decide nothing."""


@dataclass(frozen=True, slots=True)
class Edited:
    """A cell of the ledger of assumptions that is not what it was.

    Parameters
    ----------
    key, column
        Which cell.
    before, after
        As written.
    unit
        Of the row as it is now.
    """

    key: str
    column: str
    before: str
    after: str
    unit: str


@dataclass(frozen=True, slots=True)
class SettingChange:
    """A setting of the scenario whose value is another.

    Parameters
    ----------
    key
        With dots where it is nested.
    before, after
        Its value; ``None`` where it was, or is, not set. Of an assumption, then the ledger's figure
        as written, where the ledger was kept.
    given_by_before, given_by_after
        The file or option that gave it; ``None`` where nobody did.
    """

    key: str
    before: Any
    after: Any
    given_by_before: str | None
    given_by_after: str | None


@dataclass(frozen=True, slots=True)
class Version:
    """A package of another version; ``None`` where it was, or is, not there."""

    name: str
    before: str | None
    after: str | None


@dataclass(frozen=True, slots=True)
class Program:
    """What computes.

    Parameters
    ----------
    git_before, git_after
        Revision of the checkout; ``None`` where it is not known.
    dirty_before, dirty_after
        Whether files differed from that revision.
    modules
        Files of the package that differ; one that only moved does not.
    versions
        Packages of another version.
    """

    git_before: str | None
    git_after: str | None
    dirty_before: bool
    dirty_after: bool
    modules: Listed[FileChange]
    versions: tuple[Version, ...]

    @property
    def changed(self) -> bool:
        """Whether any file or package differs; another revision alone computes the same."""
        return bool(self.modules.count or self.versions)


@dataclass(frozen=True, slots=True)
class Inputs:
    """Everything that a report was made from, compared.

    Parameters
    ----------
    tables
        Tables that changed, by name.
    edited
        Cells of the ledger of assumptions that changed.
    settings
        Settings that changed.
    overrides_before, overrides_after
        What was set on the command line.
    files
        Other files of the data folder, and scenario files, that changed.
    notebooks
        Notebooks that changed.
    """

    tables: tuple[TableChange, ...]
    edited: Listed[Edited]
    settings: tuple[SettingChange, ...]
    overrides_before: tuple[str, ...]
    overrides_after: tuple[str, ...]
    files: tuple[FileChange, ...]
    notebooks: tuple[FileChange, ...]

    @property
    def changed(self) -> bool:
        """Whether anything did."""
        return bool(self.tables or self.settings or self.files or self.notebooks) or (
            self.overrides_before != self.overrides_after
        )


def compare_inputs(
    before: Mapping[str, Any],
    after: Mapping[str, Any],
    kept_before: Mapping[str, bytes] | None,
    kept_after: Mapping[str, bytes] | None,
) -> Inputs:
    """Compare what two reports were made from.

    Parameters
    ----------
    before, after
        Manifests.
    kept_before, kept_after
        The inputs by name; ``None`` where they were not kept. Then files are only named.
    """
    files = compare_files(files_of(before), files_of(after))
    data = [one for one in files if not one.name.startswith((NOTEBOOKS, PACKAGE))]
    tables = [_table(one, kept_before, kept_after) for one in data if _is_table(one.name)]
    return Inputs(
        tuple(tables),
        _edited(tables, kept_after),
        _with_ledger(compare_settings(before, after), kept_before, kept_after),
        overrides_of(before),
        overrides_of(after),
        tuple(one for one in data if not _is_table(one.name)),
        tuple(one for one in files if one.name.startswith(NOTEBOOKS)),
    )


def files_of(manifest: Mapping[str, Any]) -> dict[str, str]:
    """Return the hash of every input that a manifest names."""
    return dict((manifest.get("inputs") or {}).get("files") or {})


def overrides_of(manifest: Mapping[str, Any]) -> tuple[str, ...]:
    """Return what was set on the command line, as a manifest says."""
    return tuple(str(one) for one in _scenario(manifest).get("overrides") or ())


def _scenario(manifest: Mapping[str, Any]) -> Mapping[str, Any]:
    found = manifest.get("scenario")
    return found if isinstance(found, dict) else {}


def _is_table(name: str) -> bool:
    return name.startswith("data/") and name.endswith(".csv")


def _table(
    file: FileChange,
    kept_before: Mapping[str, bytes] | None,
    kept_after: Mapping[str, bytes] | None,
) -> TableChange:
    before, after = ((kept or {}).get(file.name) for kept in (kept_before, kept_after))
    missing = (file.status != "added" and before is None) or (
        file.status != "removed" and after is None
    )
    if missing:
        return TableChange(file.name, file.status, note=UNSEEN)
    return compare_table(file.name, before, after)


def _edited(
    tables: Sequence[TableChange], kept_after: Mapping[str, bytes] | None
) -> Listed[Edited]:
    """Say the corrected cells of the ledger once more, each with its unit."""
    ledger = next((one for one in tables if one.name == LEDGER), None)
    if ledger is None or not ledger.corrected.count:
        return Listed(0, ())
    units = _column((kept_after or {}).get(LEDGER, b""), "unit")
    cells = ledger.corrected.shown
    edited = [Edited(c.id, c.column, c.before, c.after, units.get(c.id, "")) for c in cells]
    return Listed(ledger.corrected.count, tuple(edited))


def _with_ledger(
    settings: Sequence[SettingChange],
    kept_before: Mapping[str, bytes] | None,
    kept_after: Mapping[str, bytes] | None,
) -> tuple[SettingChange, ...]:
    """Put the ledger's figure where a scenario of one side left an assumption to it."""
    bases = [_column((kept or {}).get(LEDGER, b""), "base") for kept in (kept_before, kept_after)]
    found = []
    for one in settings:
        was, now = (base.get(one.key.removeprefix(ASSUMED)) for base in bases)
        if one.key.startswith(ASSUMED) and one.before is None and was:
            found.append(replace(one, before=was, given_by_before=LEDGER_FILE))
        elif one.key.startswith(ASSUMED) and one.after is None and now:
            found.append(replace(one, after=now, given_by_after=LEDGER_FILE))
        else:
            found.append(one)
    return tuple(found)


def _column(data: bytes, name: str) -> dict[str, str]:
    table = read_rows(data)
    if table is None or name not in table.columns:
        return {}
    at = table.columns.index(name)
    return {row[0]: row[at] for row in table.rows}


def compare_settings(
    before: Mapping[str, Any], after: Mapping[str, Any]
) -> tuple[SettingChange, ...]:
    """Compare the settings as applied, in their order; who gave an equal value does not matter.

    Parameters
    ----------
    before, after
        Manifests.
    """
    old, new = (
        {str(one["key"]): one for one in _scenario(side).get("settings") or ()}
        for side in (before, after)
    )
    found = []
    for key in {**new, **old}:
        was, now = old.get(key, {}), new.get(key, {})
        alone = (was or now) if key not in old or key not in new else {}
        if alone.get("given_by") == DEFAULTS:
            continue  # a setting that only one of the two programs has, and nobody gave
        if _plain(was.get("value")) != _plain(now.get("value")) or (key in old) != (key in new):
            found.append(
                SettingChange(
                    key,
                    _plain(was.get("value")),
                    _plain(now.get("value")),
                    was.get("given_by"),
                    now.get("given_by"),
                )
            )
    return tuple(found)


def _plain(value: Any) -> Any:
    return list(value) if isinstance(value, tuple) else value


def compare_program(before: Mapping[str, Any], after: Mapping[str, Any]) -> Program:
    """Compare what computed two reports.

    Parameters
    ----------
    before, after
        Manifests.
    """
    git = [side.get("git") or {} for side in (before, after)]
    modules = compare_modules(files_of(before), files_of(after))
    old, new = (side.get("versions") or {} for side in (before, after))
    versions = [
        Version(name, old.get(name), new.get(name))
        for name in sorted(old.keys() | new.keys())
        if old.get(name) != new.get(name)
    ]
    return Program(
        git[0].get("revision"),
        git[1].get("revision"),
        bool(git[0].get("dirty")),
        bool(git[1].get("dirty")),
        Listed.of(modules),
        tuple(versions),
    )
