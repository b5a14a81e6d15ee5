"""Publishes a report: built aside, checked, then switched, so that a reader never sees a part.

A reports folder holds::

    <run id>/          every run, complete or failed, each with a manifest.json
    latest             a link to the newest complete run
    index.html         every run, newest first
    status.json        what the last run came to, for a monitor (`status`)
    .staging-<run id>/ a run at work; what a killed one left is listed by the next as failed
    .lock              held while a run is at work, whose owner .owner.json names
"""

from __future__ import annotations

import contextlib
import os
import shutil
import signal
import threading
from typing import TYPE_CHECKING, Any

from retail_portfolio.present.files import json_text, write_text
from retail_portfolio.run.errors import PublishFailed
from retail_portfolio.run.publishing.runs import LATEST, MANIFEST, list_runs, read_manifest

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping
    from pathlib import Path

STAGING = ".staging-"
"""Begins the name of the folder in which a run is built."""


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


def stage(reports: Path, run_id: str) -> Path:
    """Make the folder in which a run is built, on the same file system as the reports.

    Raises
    ------
    PublishFailed
        If it cannot be made.
    """
    folder = reports / f"{STAGING}{run_id}"
    with writing("making the staging folder"):
        folder.mkdir()
    return folder


def write_document(path: Path, document: Mapping[str, Any]) -> None:
    """Write a file of a report as JSON.

    Raises
    ------
    OSError
        If it cannot be written.
    """
    write_text(path, json_text(document))


def write_manifest(report: Path, manifest: Mapping[str, Any]) -> None:
    """Write the manifest of a report.

    Raises
    ------
    PublishFailed
        If it cannot be written.
    """
    with writing("writing the manifest"):
        write_document(report / MANIFEST, manifest)


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


def publish(report: Path, reports: Path, run_id: str, *, show: bool = True) -> Path:
    """Move a complete report to its place, then point ``latest`` at it.

    Both steps are single renames, and a signal waits until the second is done. Everything is on the
    disk before the first.

    Parameters
    ----------
    report
        Folder of the report, within the staging folder.
    reports
        The reports folder.
    run_id
        Name of the run.
    show
        Whether ``latest`` is to point at it; a report made again only to compare stays aside.

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
        to_disk(report)
        aside = link_aside(reports, run_id) if show else None
        place = put_in_place(report, reports, run_id)
        if aside is not None:
            try:
                aside.replace(reports / LATEST)
            except OSError:
                place.rename(report)  # not shown, so not published: the caller keeps it as failed
                raise
        to_disk(reports, below=False)
    return place


def to_disk(folder: Path, *, below: bool = True) -> None:
    """Have the system write a folder to its disk: a machine may stop at any moment.

    Parameters
    ----------
    folder
        The folder.
    below
        Whether everything in it is written too.

    Raises
    ------
    OSError
        If it cannot be written.
    """
    for path in (*(folder.rglob("*") if below else ()), folder):
        if path.is_symlink():
            continue
        handle = os.open(path, os.O_RDONLY)
        try:
            os.fsync(handle)
        finally:
            os.close(handle)


def put_in_place(report: Path, reports: Path, run_id: str) -> Path:
    """Give the folder of a run its name, in one step; ``latest`` stays what it is.

    Raises
    ------
    OSError
        If it cannot be renamed.
    """
    return report.rename(reports / run_id)


def switch_latest(reports: Path, run_id: str) -> None:
    """Point ``latest`` at a run, in one step.

    Raises
    ------
    OSError
        If it cannot be done.
    """
    link_aside(reports, run_id).replace(reports / LATEST)


def link_aside(reports: Path, run_id: str) -> Path:
    """Make the link that is to become ``latest``, beside it.

    Raises
    ------
    OSError
        If it cannot be made.
    """
    aside = reports / f".{LATEST}-{run_id}"
    aside.unlink(missing_ok=True)
    aside.symlink_to(run_id, target_is_directory=True)
    return aside


def only_notebooks(report: Path) -> None:
    """Take from a run that failed what could be taken for a report: all but its notebooks.

    Raises
    ------
    OSError
        If something cannot be removed.
    """
    for path in report.iterdir():
        if path.name != "notebooks":
            shutil.rmtree(path) if path.is_dir() else path.unlink()


def keep_failed(report: Path, reports: Path, run_id: str) -> Path:
    """Move the folder of a failed run to its place, without touching ``latest``.

    Raises
    ------
    PublishFailed
        If it cannot be moved.
    """
    with uninterrupted(), writing("keeping the failed run"):
        return put_in_place(report, reports, run_id)


def write_list(reports: Path) -> None:
    """Write the page that lists every run.

    Raises
    ------
    PublishFailed
        If it cannot be written.
    """
    from retail_portfolio.present import site  # noqa: PLC0415 - not needed while notebooks run

    with writing("listing the runs"):
        site.build_runs_index(list_runs(reports), reports / "index.html")


@contextlib.contextmanager
def uninterrupted() -> Iterator[None]:
    """Have signals wait until a few steps are done that belong together.

    Their handlers wait, not they themselves: the system delivers a signal to any thread, and what
    Python does about it happens in the first one.
    """
    if threading.current_thread() is not threading.main_thread():
        yield  # no handler runs here
        return
    waiting: list[int] = []
    numbers = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)
    before = {number: signal.getsignal(number) for number in numbers}
    try:
        for number, handler in before.items():
            if handler not in {signal.SIG_IGN, None}:
                signal.signal(number, lambda signum, _frame: waiting.append(signum))
        yield
    finally:
        for number, handler in before.items():
            if handler is not None:
                signal.signal(number, handler)
        if waiting:
            signal.raise_signal(waiting[0])
