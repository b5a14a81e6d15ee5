"""Puts right what a killed run left behind: nothing of it is lost, and nothing half stays."""

from __future__ import annotations

import shutil
from dataclasses import dataclass
from typing import TYPE_CHECKING

from retail_portfolio.present.files import json_text, write_text
from retail_portfolio.run.errors import PublishFailed
from retail_portfolio.run.publishing.fingerprint import hash_folder
from retail_portfolio.run.publishing.publish import STAGING, only_notebooks, switch_latest
from retail_portfolio.run.publishing.runs import (
    GONE,
    LATEST,
    MANIFEST,
    list_runs,
    newest,
    number_of,
    read_manifest,
)

if TYPE_CHECKING:
    from pathlib import Path


@dataclass(frozen=True, slots=True)
class Found:
    """What an earlier run left behind that ended without a word; empty as a rule.

    Parameters
    ----------
    sentences
        What was found and what was done about it.
    killed
        The runs that are now kept as failed.
    """

    sentences: tuple[str, ...] = ()
    killed: tuple[str, ...] = ()


def put_right(reports: Path) -> Found:
    """List what a killed run had done so far as a failed run, and finish a switch it had begun.

    Parameters
    ----------
    reports
        The reports folder, which the caller holds.

    Returns
    -------
    Found

    Raises
    ------
    PublishFailed
        If ``latest`` is no link, so that it could not be switched when a report is made.
    OSError
        If something cannot be written or removed.
    """
    link = reports / LATEST
    if link.exists() and not link.is_symlink():
        raise PublishFailed(f"{link} is not a link, as after a copy without links: move it away")
    killed = []
    for left in sorted(reports.glob(f"{STAGING}*")):
        if name := _keep_killed(left, reports):
            killed.append(name)
        shutil.rmtree(left)
    for gone in reports.glob(f"{GONE}*"):
        # Whoever hindered its removal may still; it is in no list and in nobody's way.
        shutil.rmtree(gone, ignore_errors=True)
    for aside in (*reports.glob(f".{LATEST}-*"), *reports.glob(".*.part")):
        aside.unlink()
    kept = [f"what there is of it is kept in {reports / name}" for name in killed]
    return Found((*kept, *_finish_switch(reports)), tuple(killed))


def _finish_switch(reports: Path) -> list[str]:
    """Point ``latest`` at the newest report that was to be shown, where that is not done yet."""
    there = read_manifest(reports / LATEST) or {}
    if (reports / LATEST).is_symlink() and not number_of(there):
        return []  # made by a program that did not number its runs: nothing can be compared
    wanted = newest([one for one in list_runs(reports) if one.get("shown")])
    if number_of(wanted) <= number_of(there):
        return []
    switch_latest(reports, wanted["run_id"])
    return [f"{wanted['run_id']} was complete already: latest points to it now"]


def _keep_killed(left: Path, reports: Path) -> str | None:
    """Keep the notebooks of a killed run; return its name, or ``None`` where nothing is to keep."""
    manifest, report = read_manifest(left), left / "report"
    if manifest is None or not report.is_dir() or (reports / manifest["run_id"]).exists():
        return None
    only_notebooks(report)
    failure = {
        "notebook": None,
        "cell": None,
        "error": "Killed",
        "value": "its process ended without a word: killed, out of memory, or the machine stopped",
        "traceback": "",
    }
    killed = manifest | {"status": "failed", "failure": failure, "outputs": hash_folder(report)}
    write_text(report / MANIFEST, json_text(killed))
    report.rename(reports / manifest["run_id"])
    return str(manifest["run_id"])
