"""Holds a reports folder for one run, and tells any other who holds it and for how long.

The system lets go of the lock when its holder ends, however it ends: no lock is ever stale. What
the holder was doing is still there then, and the next one takes care of it.
"""

from __future__ import annotations

import contextlib
import datetime as dt
import json
import os
import socket
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import filelock

from retail_portfolio.present.files import json_text, write_text
from retail_portfolio.run.errors import Locked
from retail_portfolio.run.publishing.fingerprint import LOCK
from retail_portfolio.run.publishing.publish import uninterrupted, write_list, writing
from retail_portfolio.run.publishing.recovery import Found, put_right

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

_OWNER = ".owner.json"


@contextlib.contextmanager
def hold(reports: Path, owner: dict[str, Any]) -> Iterator[Found]:
    """Hold the reports folder, which is made if missing, and clear what a killed run left.

    Parameters
    ----------
    reports
        The reports folder.
    owner
        What to tell others about the holder, besides its process and machine. ``since`` (ISO 8601)
        is told with the time that has passed.

    Yields
    ------
    Found
        What an earlier run had left behind that was killed.

    Raises
    ------
    Locked
        If another run holds it; the message names the owner and for how long it has.
    PublishFailed
        If the folder cannot be written.
    """
    with writing("making the reports folder"):
        reports.mkdir(parents=True, exist_ok=True)
    lock = filelock.FileLock(reports / LOCK, thread_local=False)
    with writing("locking the reports folder"):
        try:
            lock.acquire(blocking=False)
        except filelock.Timeout as error:
            raise Locked(f"another run holds {reports}: {_said_of_owner(reports)}") from error
    try:
        with writing("writing to the reports folder"):
            before = _taken_over(_owner(reports))
            found = put_right(reports)
            found = replace(found, sentences=(*before, *found.sentences))
            if found.sentences:
                write_list(reports)
            about = {"host": socket.gethostname(), "process": os.getpid()} | owner
            write_text(reports / _OWNER, json_text(about))
        yield found
    finally:
        with uninterrupted():
            with contextlib.suppress(OSError):  # what hindered the run hinders this, and says more
                (reports / _OWNER).unlink(missing_ok=True)
            lock.release()


def _said_of_owner(reports: Path) -> str:
    owner = _owner(reports)
    if not owner:
        return "its owner has not signed yet"
    said = ", ".join(f"{key} {value}" for key, value in owner.items())
    try:
        since = dt.datetime.fromisoformat(str(owner.get("since")))
        minutes = (dt.datetime.now(dt.UTC) - since).total_seconds() / 60
    except (TypeError, ValueError):
        return said
    return f"{said} ({_age(minutes)})"


def _taken_over(owner: dict[str, Any]) -> list[str]:
    """Say that an earlier holder never gave the lock back; nothing where it did."""
    if not owner:
        return []
    who = f"process {owner.get('process')} on {owner.get('host')}"
    return [f"an earlier run, {who}, ended without a word: its lock is taken over"]


def _age(minutes: float) -> str:
    if minutes < 1:
        return "for less than a minute"
    count, unit = (minutes, "minute") if minutes < 60 else (minutes / 60, "hour")  # noqa: PLR2004
    return f"for {count:.0f} {unit}{'' if round(count) == 1 else 's'}"


def _owner(reports: Path) -> dict[str, Any]:
    try:
        owner = json.loads((reports / _OWNER).read_text("utf-8"))
    except (OSError, ValueError):
        return {}
    return owner if isinstance(owner, dict) else {}
