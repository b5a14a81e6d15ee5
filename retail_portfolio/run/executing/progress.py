"""Says on standard error how far a run is: a bar on a terminal, plain lines in a log."""

from __future__ import annotations

import os
import sys
import time
from pathlib import Path
from typing import TYPE_CHECKING, Protocol, Self

from retail_portfolio.run.executing.time_left import TimeLeft

if TYPE_CHECKING:
    from collections.abc import Mapping
    from types import TracebackType

    from rich.progress import Progress as RichProgress
    from rich.progress import TaskID


def write_line(text: str) -> None:
    """Write a line to standard error.

    Parameters
    ----------
    text
        The line. Where nobody reads it any more it is lost, and so are those that follow: a log is
        no reason to lose a report.
    """
    try:
        print(text, file=sys.stderr, flush=True)  # noqa: T201 - this is the log
    except OSError:
        sys.stderr = Path(os.devnull).open("w", encoding="utf-8")  # noqa: SIM115 - to the end


class Progress(Protocol):
    """What `retail_portfolio.run` tells about itself while it works."""

    def begin(
        self,
        title: str,
        steps: int,
        *,
        expected: Mapping[str, float] | None = None,
        workers: int = 1,
        run_id: str = "",
    ) -> None:
        """Start a run of so many steps: one a notebook, and one for the pages.

        ``expected`` are the seconds that each took the last time, ``workers`` how many notebooks
        run at once: how long it will take is said where every step is among them.
        """

    def cell(self, notebook: str, index: int, cells: int) -> None:
        """Cell ``index`` (from 0) of ``cells`` starts."""

    def done(self, step: str, seconds: float) -> None:
        """One step is finished."""

    def say(self, text: str) -> None:
        """Say a line that must not be lost."""

    def tell(self, event: str, text: str = "", *, level: str = "info", **facts: object) -> None:
        """Tell of an event: its text to a person, name, level and facts to a program."""


class Quiet:
    """Says nothing."""

    def begin(
        self,
        title: str,
        steps: int,
        *,
        expected: Mapping[str, float] | None = None,
        workers: int = 1,
        run_id: str = "",
    ) -> None:
        """Ignore the start."""

    def cell(self, notebook: str, index: int, cells: int) -> None:
        """Ignore a cell."""

    def done(self, step: str, seconds: float) -> None:
        """Ignore a finished step."""

    def say(self, text: str) -> None:
        """Ignore a line."""

    def tell(self, event: str, text: str = "", *, level: str = "info", **facts: object) -> None:
        """Ignore an event."""


class Lines:
    """One plain line a step, for logs and pipes."""

    def __init__(self) -> None:
        self._steps = 0
        self._finished = 0
        self._left = TimeLeft()

    def begin(
        self,
        title: str,
        steps: int,
        *,
        expected: Mapping[str, float] | None = None,
        workers: int = 1,
        run_id: str = "",  # noqa: ARG002 - the title has it
    ) -> None:
        """Say what starts."""
        self._steps, self._finished = steps, 0
        self._left = TimeLeft(steps, expected, workers)
        self.say(title)

    def cell(self, notebook: str, index: int, cells: int) -> None:  # noqa: ARG002 - of a protocol
        """Stay silent: a log wants a line a notebook, not a line a cell."""
        self._left.start(notebook)

    def done(self, step: str, seconds: float) -> None:
        """Say which step is finished and how long it took."""
        self._finished += 1
        self._left.finish(step, seconds)
        done = f"[{self._finished}/{self._steps}] {step} done in {seconds:.1f} s"
        self.say(", ".join(filter(None, (done, self._left.words()))))

    def say(self, text: str) -> None:
        """Write a line."""
        write_line(text)

    def tell(self, event: str, text: str = "", *, level: str = "info", **facts: object) -> None:  # noqa: ARG002 - of a protocol
        """Say the text of an event, where it has one."""
        if text:
            self.say(text)


class Bar:
    """A bar a notebook, with the time it has taken, and that left of the whole, for a terminal."""

    def __init__(self) -> None:
        from rich.console import Console  # noqa: PLC0415
        from rich.progress import (  # noqa: PLC0415
            BarColumn,
            MofNCompleteColumn,
            Progress,
            TextColumn,
            TimeElapsedColumn,
        )

        self._bars: RichProgress = Progress(
            TextColumn("{task.description}"),
            BarColumn(),
            MofNCompleteColumn(),
            TextColumn("{task.fields[unit]}"),
            TimeElapsedColumn(),
            TextColumn("{task.fields[left]}"),
            console=Console(stderr=True),
        )
        self._whole: TaskID | None = None
        self._tasks: dict[str, TaskID] = {}
        self._left = TimeLeft()

    def __enter__(self) -> Self:
        """Take over the last lines of the terminal."""
        self._bars.start()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        """Give the terminal back."""
        self._bars.stop()

    def begin(
        self,
        title: str,
        steps: int,
        *,
        expected: Mapping[str, float] | None = None,
        workers: int = 1,
        run_id: str = "",  # noqa: ARG002 - the title has it
    ) -> None:
        """Show a bar for the whole run."""
        self._tasks.clear()
        self._left = TimeLeft(steps, expected, workers)
        if self._whole is not None:
            self._bars.update(self._whole, left="")
        self._whole = self._bars.add_task(
            _literal(title), total=steps, unit="steps", left=_Words(self._left)
        )

    def cell(self, notebook: str, index: int, cells: int) -> None:
        """Move the bar of a notebook to the cell that starts."""
        if notebook not in self._tasks:
            self._tasks[notebook] = self._bars.add_task(
                f"  {_literal(notebook)}", total=cells, unit="cells", left=""
            )
            self._left.start(notebook)
        self._bars.update(self._tasks[notebook], completed=index)

    def done(self, step: str, seconds: float) -> None:
        """Fill the bar of a step."""
        self._left.finish(step, seconds)
        if step in self._tasks:
            task = self._tasks[step]
            total = next(bar.total for bar in self._bars.tasks if bar.id == task)
            self._bars.update(task, completed=total or 0)
            self._bars.stop_task(task)
        else:
            self._bars.console.print(f"  {_literal(step)} done in {seconds:.1f} s", highlight=False)
        if self._whole is not None:
            self._bars.advance(self._whole)

    def say(self, text: str) -> None:
        """Write a line above the bars."""
        self._bars.console.print(text, markup=False, highlight=False, soft_wrap=True)

    def tell(self, event: str, text: str = "", *, level: str = "info", **facts: object) -> None:  # noqa: ARG002 - of a protocol
        """Say the text of an event above the bars, where it has one."""
        if text:
            self.say(text)


class _Words:
    """What is left by the time a terminal is drawn anew, which it is without being asked."""

    def __init__(self, left: TimeLeft) -> None:
        self._left = left

    def __str__(self) -> str:
        return self._left.words()


def _literal(text: str) -> str:
    from rich.markup import escape  # noqa: PLC0415

    return escape(text)


class Deadline:
    """A moment by which work has to be finished.

    Parameters
    ----------
    seconds
        From now; ``None`` for no deadline.
    """

    def __init__(self, seconds: float | None = None) -> None:
        self.seconds = seconds
        self._end = None if seconds is None else time.monotonic() + seconds

    def left(self) -> float | None:
        """Return how many seconds are left, not below zero; ``None`` without a deadline."""
        return None if self._end is None else max(0.0, self._end - time.monotonic())

    def passed(self) -> bool:
        """Tell whether the moment has gone by."""
        return self.left() == 0.0
