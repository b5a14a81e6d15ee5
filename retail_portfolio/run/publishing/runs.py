"""The runs in a reports folder: what each is called, in which order they were made, which stay.

A run is a folder with a manifest. Its name holds the time of the clock; its ``number`` says in
which order it was made, so that a clock that was set back puts no run in another's place.
"""

from __future__ import annotations

import datetime as dt
import json
import re
import shutil
from typing import TYPE_CHECKING, Any, Final

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

LATEST: Final = "latest"
"""Name of the link to the newest complete report."""
MANIFEST: Final = "manifest.json"
GONE: Final = ".gone-"
"""Begins the name of a run that is being removed."""
_RUN_ID = re.compile(r"\d{8}T\d{6}Z-[a-z0-9][a-z0-9_-]*-[0-9a-f]{8}(-\d+)?")


def make_run_id(reports: Path, now: dt.datetime, scenario: str, short_hash: str) -> str:
    """Name a run after its time, scenario and inputs.

    Parameters
    ----------
    reports
        The reports folder, in which the name must be free.
    now
        With a time zone.
    scenario
        Its name.
    short_hash
        The first digits of the hash of its inputs.

    Returns
    -------
    str
        As in ``20260127T060000Z-base-1a2b3c4d``.
    """
    time = now.astimezone(dt.UTC).strftime("%Y%m%dT%H%M%SZ")
    name = f"{time}-{scenario}-{short_hash}"
    names = [name, *(f"{name}-{number}" for number in range(2, 1000))]
    return next(one for one in names if not (reports / one).exists())


def stamp(moment: dt.datetime) -> str:
    """Write a moment as ISO 8601 in UTC, to the second."""
    return moment.astimezone(dt.UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def read_manifest(run: Path) -> dict[str, Any] | None:
    """Return the manifest of a run, or ``None`` where there is none that can be read."""
    try:
        manifest = json.loads((run / MANIFEST).read_text("utf-8"))
    except (OSError, ValueError):
        return None
    return manifest if isinstance(manifest, dict) else None


def list_runs(reports: Path) -> list[dict[str, Any]]:
    """Return the manifest of every run, newest first; failed ones too."""
    if not reports.is_dir():
        return []
    names = [path.name for path in reports.iterdir() if _RUN_ID.fullmatch(path.name)]
    found = {name: read_manifest(reports / name) for name in names}
    # The folder's name counts, whatever a copied or edited manifest says.
    listed = [one | {"run_id": name} for name, one in found.items() if one is not None]
    return sorted(listed, key=lambda one: (number_of(one), one["run_id"]), reverse=True)


def number_of(manifest: dict[str, Any]) -> int:
    """Return which run of its folder it was, from 1; 0 where its manifest does not say."""
    number = manifest.get("number")
    return number if isinstance(number, int) and not isinstance(number, bool) else 0


def next_number(runs: Sequence[dict[str, Any]]) -> int:
    """Return the number of the next run beside these."""
    return 1 + max(map(number_of, runs), default=0)


def is_report(manifest: dict[str, Any]) -> bool:
    """Tell a complete report from a failed run, and from one made again only to compare."""
    return manifest.get("status") == "complete" and not manifest.get("again")


def newest(runs: Sequence[dict[str, Any]], scenario: str | None = None) -> dict[str, Any]:
    """Return the manifest of the newest report, of a scenario or of any; empty without one.

    Parameters
    ----------
    runs
        Newest first.
    scenario
        Name; ``None`` for any.
    """
    for manifest in runs:
        if is_report(manifest) and scenario in {None, scenario_of(manifest)}:
            return manifest
    return {}


def scenario_of(manifest: dict[str, Any]) -> str:
    """Return the name of a run's scenario; empty where its manifest does not say."""
    named = manifest.get("scenario")
    return str(named.get("name", "") if isinstance(named, dict) else named or "")


def drop_old(reports: Path, keep: int) -> tuple[list[str], list[str]]:
    """Remove all but the newest runs of every scenario.

    Parameters
    ----------
    reports
        The reports folder, which the caller holds.
    keep
        How many reports of a scenario stay, at least 1, and how many failed runs and comparisons
        besides. What ``latest`` points at stays in any case.

    Returns
    -------
    gone, stuck
        The names of those that went, and of those that could not be removed whole.
    """
    latest = (reports / LATEST).resolve().name
    kinds: dict[tuple[str, str], list[str]] = {}
    for manifest in list_runs(reports):
        kind = "again" if manifest.get("again") else str(manifest.get("status"))
        kinds.setdefault((kind, scenario_of(manifest)), []).append(manifest["run_id"])
    gone, stuck = [], []
    for name in [name for names in kinds.values() for name in names[keep:] if name != latest]:
        try:
            # Out of the list first: nobody finds a run of which half is gone.
            shutil.rmtree((reports / name).rename(reports / f"{GONE}{name}"))
        except OSError:
            stuck.append(name)
        else:
            gone.append(name)
    return gone, stuck
