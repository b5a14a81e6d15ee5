"""Publishes a report: built aside, checked, then switched, so that a reader never sees a part.

A reports folder holds::

    <run id>/          every run, complete or failed, each with a manifest.json
    latest             a link to the newest complete run
    index.html         every run, newest first
    .staging-<run id>/ a run at work; what a killed one left is cleared away by the next
    .lock              held while a run is at work, whose owner .owner.json names
"""

from __future__ import annotations

import contextlib
import datetime as dt
import json
import os
import re
import shutil
import signal
import socket
from typing import TYPE_CHECKING, Any

import filelock

from retail_portfolio.present.files import json_text, write_text
from retail_portfolio.run.errors import Locked, PublishFailed

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from pathlib import Path

LATEST = "latest"
MANIFEST = "manifest.json"
_LOCK = ".lock"
_OWNER = ".owner.json"
_STAGING = ".staging-"
_RUN_ID = re.compile(r"\d{8}T\d{6}Z-[a-z0-9][a-z0-9_-]*-[0-9a-f]{8}(-\d+)?")


@contextlib.contextmanager
def writing(what: str) -> Iterator[None]:
    """Turn what the file system refuses into a `PublishFailed` that says what was being done.

    Parameters
    ----------
    what
        As in ``"making the reports folder"``.

    Raises
    ------
    PublishFailed
        In place of an `OSError`.
    """
    try:
        yield
    except OSError as error:
        name = "" if error.filename is None else f": {error.filename}"
        raise PublishFailed(f"{what}: {error.strerror or error}{name}") from error


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
    stamp = now.astimezone(dt.UTC).strftime("%Y%m%dT%H%M%SZ")
    name = f"{stamp}-{scenario}-{short_hash}"
    names = [name, *(f"{name}-{number}" for number in range(2, 1000))]
    return next(one for one in names if not (reports / one).exists())


@contextlib.contextmanager
def hold(reports: Path, owner: dict[str, Any]) -> Iterator[None]:
    """Hold the reports folder, which is made if missing, and clear what a killed run left.

    The system lets go of the lock when its holder ends, however it ends: no lock is ever stale.

    Parameters
    ----------
    reports
        The reports folder.
    owner
        What to tell others about the holder, besides its process and machine.

    Raises
    ------
    Locked
        If another run holds it; the message names the owner.
    PublishFailed
        If the folder cannot be written.
    """
    with writing("making the reports folder"):
        reports.mkdir(parents=True, exist_ok=True)
    lock = filelock.FileLock(reports / _LOCK, thread_local=False)
    with writing("locking the reports folder"):
        try:
            lock.acquire(blocking=False)
        except filelock.Timeout as error:
            raise Locked(f"another run holds {reports}: {_owner(reports)}") from error
    try:
        with writing("writing to the reports folder"):
            about = {"host": socket.gethostname(), "process": os.getpid()} | owner
            write_text(reports / _OWNER, json_text(about))
            for left in reports.glob(f"{_STAGING}*"):
                shutil.rmtree(left)
        yield
    finally:
        (reports / _OWNER).unlink(missing_ok=True)
        lock.release()


def _owner(reports: Path) -> str:
    try:
        owner = json.loads((reports / _OWNER).read_text("utf-8"))
        return ", ".join(f"{key} {value}" for key, value in owner.items())
    except (OSError, ValueError, AttributeError):
        return "its owner has not signed yet"


def stage(reports: Path, run_id: str) -> Path:
    """Make the folder in which a run is built, on the same file system as the reports.

    Raises
    ------
    PublishFailed
        If it cannot be made.
    """
    folder = reports / f"{_STAGING}{run_id}"
    with writing("making the staging folder"):
        folder.mkdir()
    return folder


def write_manifest(report: Path, manifest: dict[str, Any]) -> None:
    """Write the manifest of a report.

    Raises
    ------
    PublishFailed
        If it cannot be written.
    """
    with writing("writing the manifest"):
        write_text(report / MANIFEST, json_text(manifest))


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
    names = sorted((path.name for path in reports.iterdir()), reverse=True)
    found = (read_manifest(reports / name) for name in names if _RUN_ID.fullmatch(name))
    return [manifest for manifest in found if manifest is not None]


def check_complete(report: Path, expected: Iterable[str]) -> None:
    """Refuse a report that lacks something, or holds it empty.

    Parameters
    ----------
    report
        Folder of the report, still aside.
    expected
        Names of files, relative to it.

    Raises
    ------
    PublishFailed
        Naming everything that is missing or empty.
    """
    problems = []
    for name in sorted(set(expected)):
        path = report / name
        if not path.is_file():
            problems.append(f"{name} is missing")
        elif not path.stat().st_size:
            problems.append(f"{name} is empty")
    manifest = read_manifest(report)
    if manifest is None or manifest.get("status") != "complete":
        problems.append(f"{MANIFEST} does not say that the report is complete")
    if problems:
        raise PublishFailed("the report is not complete: " + "; ".join(problems))


def publish(report: Path, reports: Path, run_id: str) -> Path:
    """Move a complete report to its place, then point ``latest`` at it.

    Both steps are single renames, and a signal waits until the second is done.

    Parameters
    ----------
    report
        Folder of the report, within the staging folder.
    reports
        The reports folder.
    run_id
        Name of the run.

    Returns
    -------
    Path
        Its folder.

    Raises
    ------
    PublishFailed
        If a step fails; ``latest`` is then what it was.
    """
    with uninterrupted(), writing("publishing the report"):
        place = report.rename(reports / run_id)
        aside = reports / f".{LATEST}-{run_id}"
        aside.unlink(missing_ok=True)
        aside.symlink_to(run_id, target_is_directory=True)
        aside.replace(reports / LATEST)
    return place


def keep_failed(report: Path, reports: Path, run_id: str) -> Path:
    """Move the folder of a failed run to its place, without touching ``latest``.

    Raises
    ------
    PublishFailed
        If it cannot be moved.
    """
    with uninterrupted(), writing("keeping the failed run"):
        return report.rename(reports / run_id)


@contextlib.contextmanager
def uninterrupted() -> Iterator[None]:
    """Have signals wait until a few steps are done that belong together."""
    wait = {signal.SIGINT, signal.SIGTERM, signal.SIGHUP}
    before = signal.pthread_sigmask(signal.SIG_BLOCK, wait)
    try:
        yield
    finally:
        signal.pthread_sigmask(signal.SIG_SETMASK, before)
