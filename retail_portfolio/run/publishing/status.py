"""One file for a monitor to watch: what runs now, how the last run ended, how old the report is.

``status.json`` in the reports folder::

    state               "running" or "idle"
    since               when that began
    process, host       of the run, while one is running
    must_end_by         its deadline, where it has one
    latest              run_id, scenario, as_of, finished and data_age (what is older than allowed)
                        of the report that readers see, or null
    last                how the last run ended: ended, outcome, exit_status, message, runs
                        (published), killed (runs before it that ended without a word)
    last_good           when a run last ended with 0
    failures_in_a_row   how many have not, since
    untold              runs of which the command of --on-change could not be told; tried again

``outcome`` is ``published``, ``unchanged`` (nothing had to be done), ``compared`` (made again, the
same or not; counts as no failure), ``failed`` or ``refused`` (bad input: nothing was started).
Times are UTC, ISO 8601. A run that was killed leaves ``running`` behind, and ``must_end_by``
passes; the next run names it under ``last.killed``.
"""

from __future__ import annotations

import datetime as dt
import json
import os
import socket
from typing import TYPE_CHECKING, Any, Final

from retail_portfolio.present.files import json_text, write_text
from retail_portfolio.run.errors import PublishFailed, exit_status
from retail_portfolio.run.publishing.publish import writing
from retail_portfolio.run.publishing.runs import LATEST, read_manifest, stamp

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from pathlib import Path

FILE: Final = "status.json"
COMPARED: Final = "compared"
"""Outcome of a report that was made again."""
_LONGEST = 2000
_OF_A_RUN = ("process", "host", "must_end_by")


def begun(reports: Path, now: dt.datetime, timeout_seconds: float | None) -> None:
    """Say that a run is at work.

    Parameters
    ----------
    reports
        The reports folder, which the caller holds.
    now
        With a time zone.
    timeout_seconds
        Of the run; ``None`` for no limit.

    Raises
    ------
    PublishFailed
        If it cannot be written.
    """
    end = None if timeout_seconds is None else now + dt.timedelta(seconds=timeout_seconds)
    running = {
        "state": "running",
        "since": stamp(now),
        "process": os.getpid(),
        "host": socket.gethostname(),
        "must_end_by": None if end is None else stamp(end),
    }
    _write(reports, {**read(reports), **running})


def ended(
    reports: Path, now: dt.datetime, last: Mapping[str, Any], untold: Sequence[str] = ()
) -> None:
    """Say how a run has ended.

    Parameters
    ----------
    reports
        The reports folder, which the caller holds.
    now
        With a time zone.
    last
        ``outcome``, ``exit_status``, ``message``, ``runs`` and ``killed``.
    untold
        Runs of which ``--on-change`` has not heard yet.

    Raises
    ------
    PublishFailed
        If it cannot be written.
    """
    before = read(reports)
    if last["outcome"] == COMPARED:
        # It says something of an earlier report, and nothing of whether reports come about.
        idle = {"state": "idle", "since": stamp(now), "last": {"ended": stamp(now), **last}}
        _write(reports, {**before, **idle})
        return
    good = last["exit_status"] == 0
    failures = before.get("failures_in_a_row")
    count = failures if isinstance(failures, int) else 0
    message = str(last["message"])[:_LONGEST]
    _write(
        reports,
        {
            "state": "idle",
            "since": stamp(now),
            "last": {"ended": stamp(now), **last, "message": message},
            "last_good": stamp(now) if good else before.get("last_good"),
            "failures_in_a_row": 0 if good else count + 1,
            "untold": list(untold),
        },
    )


def told(reports: Path, untold: Sequence[str], problem: str, before: Mapping[str, Any]) -> None:
    """Say of which runs ``--on-change`` has still not heard.

    Parameters
    ----------
    reports
        The reports folder, which the caller holds.
    untold
        Their names.
    problem
        Why it has not heard of them; empty where it has heard of all.
    before
        What `read` said before this run ended.

    Raises
    ------
    PublishFailed
        If it cannot be written.
    """
    found = read(reports)
    last = found.get("last")
    found["untold"] = list(untold)
    if problem and isinstance(last, dict) and last.get("exit_status") == 0:
        failures = before.get("failures_in_a_row")
        found |= {
            "last": last | {"exit_status": exit_status(PublishFailed("")), "message": problem},
            "last_good": before.get("last_good"),
            "failures_in_a_row": 1 + (failures if isinstance(failures, int) else 0),
        }
    _write(reports, found)


def _write(reports: Path, status: Mapping[str, Any]) -> None:
    if status["state"] == "idle":
        status = {key: value for key, value in status.items() if key not in _OF_A_RUN}
    manifest = read_manifest(reports / LATEST)
    latest = None
    if manifest is not None:
        scenario = manifest.get("scenario")
        named = scenario if isinstance(scenario, dict) else {}
        latest = {
            "run_id": manifest.get("run_id"),
            "scenario": named.get("name"),
            "as_of": named.get("as_of"),
            "finished": manifest.get("finished"),
            "data_age": manifest.get("data_age", []),
        }
    known: dict[str, Any] = {"last": None, "last_good": None, "failures_in_a_row": 0, "untold": []}
    with writing("writing the status"):
        write_text(reports / FILE, json_text({**known, **status, "latest": latest}))


def read(reports: Path) -> dict[str, Any]:
    """Return what the file says; nothing where it cannot be read."""
    try:
        status = json.loads((reports / FILE).read_text("utf-8"))
    except (OSError, ValueError):
        return {}
    return status if isinstance(status, dict) else {}
