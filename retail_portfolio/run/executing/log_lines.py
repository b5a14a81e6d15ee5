"""Says how far a run is, and what ended it, as one JSON object a line, for a collector of logs."""

from __future__ import annotations

import datetime as dt
import json
from typing import TYPE_CHECKING, Any

from retail_portfolio.run.errors import Interrupted, RunError
from retail_portfolio.run.executing.progress import write_line

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping


def _now() -> dt.datetime:
    return dt.datetime.now(dt.UTC)


class JsonLines:
    """Progress as JSON lines on standard error.

    Every line has ``time`` (UTC, ISO 8601, to the millisecond), ``level`` (``info``, ``warning`` or
    ``error``), ``event``, ``run_id``, ``notebook``, ``seconds`` and ``message``, ``null`` where
    there is nothing to say; some events have more. A line holds ASCII only and no line end, so that
    no encoding and no output of a notebook can break it.

    Parameters
    ----------
    now
        Says the time.
    """

    def __init__(self, now: Callable[[], dt.datetime] = _now) -> None:
        self._now = now
        self._run_id: str | None = None
        self._started: set[str] = set()

    def begin(
        self,
        title: str,
        steps: int,
        *,
        expected: Mapping[str, float] | None = None,
        workers: int = 1,
        run_id: str = "",
    ) -> None:
        """Write ``begin``, with how many ``steps`` and ``workers``; later lines name the run."""
        self._run_id = run_id or None
        self._started.clear()
        whole = None if expected is None else round(sum(expected.values()), 3)
        self.tell("begin", title, steps=steps, workers=workers, expected_seconds=whole)

    def cell(self, notebook: str, index: int, cells: int) -> None:  # noqa: ARG002 - of a protocol
        """Write ``notebook_started`` at a notebook's first cell, and nothing at the others."""
        if notebook not in self._started:
            self._started.add(notebook)
            self.tell("notebook_started", notebook=notebook, cells=cells)

    def done(self, step: str, seconds: float) -> None:
        """Write ``step_done``."""
        self.tell("step_done", notebook=step, seconds=round(seconds, 3))

    def say(self, text: str) -> None:
        """Write ``message``."""
        self.tell("message", text)

    def tell(self, event: str, text: str = "", *, level: str = "info", **facts: object) -> None:
        """Write an event with its facts."""
        facts = {"run_id": self._run_id} | facts
        write_line(_line(self._now(), level, event, text, facts))


def error_line(
    error: BaseException,
    status: int,
    *,
    run_id: str = "",
    traceback: str = "",
    now: Callable[[], dt.datetime] = _now,
) -> str:
    """Write what ended a command as a line of the same log.

    Parameters
    ----------
    error
        What was raised.
    status
        The exit status it gives.
    run_id
        Of the run; where it is empty and a failed run was kept, that run's.
    traceback
        Where somebody asked for ours; of a notebook's error, its own is written anyway.
    now
        Says the time.

    Returns
    -------
    str
        Without a line end. ``event`` is ``failed``, or ``interrupted``; ``error`` names the kind,
        ``status`` is the exit status, ``cell``, ``traceback`` and ``kept`` say where to look.
    """
    failure = error.failure if isinstance(error, RunError) else None
    kept = error.kept if isinstance(error, RunError | Interrupted) else None
    facts: dict[str, object] = {
        "run_id": run_id or (kept.name if kept else None),
        "notebook": failure.notebook or None if failure else None,
        "cell": failure.cell if failure else None,
        "error": failure.error if failure else type(error).__name__,
        "status": status,
        "traceback": traceback or (failure.traceback if failure else "") or None,
        "kept": str(kept) if kept else None,
    }
    event = "interrupted" if isinstance(error, Interrupted) else "failed"
    return _line(now(), "error", event, str(error), facts)


def _line(moment: dt.datetime, level: str, event: str, text: str, facts: Mapping[str, Any]) -> str:
    utc = moment.astimezone(dt.UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")
    always: dict[str, Any] = {
        "run_id": None,
        "notebook": None,
        "seconds": None,
        "message": text or None,
    }
    return json.dumps({"time": utc, "level": level, "event": event, **always, **facts}, default=str)
