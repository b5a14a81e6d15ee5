"""Whether a reports folder is whole: what a reader, a list and a monitor may meet at any moment.

Not a test. Nothing here asks the runner for anything, so that both cannot be wrong in the same way.
"""

from __future__ import annotations

import hashlib
import json


def manifest_of(run):
    return json.loads((run / "manifest.json").read_text())


def partial(run, manifest):
    """Name every file of a run that is missing, or not as its manifest says."""
    wanted = manifest.get("outputs") or {}
    found = []
    for name, expected in wanted.items():
        try:
            content = (run / name).read_bytes()
        except OSError:
            found.append(f"{run.name}/{name} is missing")
            continue
        if hashlib.sha256(content).hexdigest() != expected:
            found.append(f"{run.name}/{name} is not what its manifest says")
    return found


def runs(reports):
    """Return every folder of a run, by name."""
    return {path.name: path for path in reports.glob("[0-9]*T*Z-*") if path.is_dir()}


def latest(reports):
    """Return the name that ``latest`` holds, or ``None`` where there is no such link."""
    link = reports / "latest"
    return str(link.readlink()) if link.is_symlink() else None


def listed(reports):
    """Return the list of runs as the light pages of a workshop write it: name and status."""
    path = reports / "index.html"
    lines = path.read_text().splitlines() if path.is_file() else []
    return [tuple(line.split(" ")) for line in lines]


def assert_whole(reports, *, settled=True):
    """See that nothing in a reports folder is half there.

    Parameters
    ----------
    reports
        The folder.
    settled
        Whether the last run ended by itself: then all runs are listed, and nothing is left over.
    """
    manifests = {name: manifest_of(run) for name, run in runs(reports).items()}
    for name, manifest in manifests.items():
        assert manifest["run_id"] == name
        assert manifest["status"] in {"complete", "failed"}
        assert not partial(reports / name, manifest)
    shown = latest(reports)
    if shown is not None:
        assert manifests[shown]["status"] == "complete"
    status = reports / "status.json"
    assert not status.exists() or isinstance(json.loads(status.read_text()), dict)
    there = {(name, manifest["status"]) for name, manifest in manifests.items()}
    if settled:
        assert set(listed(reports)) == there
        assert left_over(reports) == []
        assert not status.exists() or json.loads(status.read_text())["state"] == "idle"
    else:
        assert set(listed(reports)) <= there


def left_over(reports):
    """Return what a run should have cleared away."""
    return sorted(path.name for path in reports.glob(".*") if path.name != ".lock")
