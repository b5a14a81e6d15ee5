"""Says how long a run will still take, from what its steps took the last time.

A guess is worth less than silence: where a step has no history, nothing is said.
"""

from __future__ import annotations

import heapq
import time
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

PAGES = "pages"
"""Name of the step that waits for all others."""
_SECONDS_PER_MINUTE = 60


class TimeLeft:
    """What is left of a run, step by step.

    Parameters
    ----------
    steps
        How many there are.
    expected
        Seconds by step, from the last run: one a notebook, and `PAGES`.
    workers
        How many notebooks run at once.
    clock
        Says the time in seconds.
    """

    def __init__(
        self,
        steps: int = 0,
        expected: Mapping[str, float] | None = None,
        workers: int = 1,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._expected = dict(expected or {})
        # With a step that nobody knows, the whole is not known either.
        self._known = 0 < steps == len(self._expected) and min(self._expected.values()) > 0
        self._workers = max(1, workers)
        self._clock = clock
        self._begun: dict[str, float] = {}
        self._took: dict[str, float] = {}

    def start(self, step: str) -> None:
        """Note that a step is at work; a second time changes nothing.

        Parameters
        ----------
        step
            Its name.
        """
        self._begun.setdefault(step, self._clock())

    def finish(self, step: str, seconds: float) -> None:
        """Note that a step is finished.

        Parameters
        ----------
        step
            Its name.
        seconds
            What it took.
        """
        self._took[step] = seconds
        self._known = self._known and step in self._expected
        if self._expected.keys() - self._took.keys() == {PAGES}:
            self.start(PAGES)

    def seconds(self) -> float | None:
        """Return about how many seconds are left, 0 or more; ``None`` where nothing is known."""
        if not self._known:
            return None
        pace, now = self._pace(), self._clock()
        waiting = {step: one for step, one in self._expected.items() if step not in self._took}
        pages = waiting.pop(PAGES, 0.0) * pace - (now - self._begun.get(PAGES, now))
        # A terminal asks from a thread of its own: what it looks through may not change meanwhile.
        begun = {step: at for step, at in self._begun.copy().items() if step in waiting}
        lanes = [max(0.0, waiting.pop(step) * pace - (now - at)) for step, at in begun.items()]
        lanes += [0.0] * (self._workers - len(lanes))
        heapq.heapify(lanes)
        for one in sorted(waiting.values(), reverse=True):  # as the runner does: the longest first
            heapq.heapreplace(lanes, lanes[0] + one * pace)
        return max(lanes) + max(0.0, pages)

    def words(self) -> str:
        """Return what is left as in ``about 40 s left``; nothing where it is not known, or over."""
        seconds = self.seconds()
        if seconds is None or len(self._took) >= len(self._expected):
            return ""
        return f"about {_rounded(seconds)} left"

    def _pace(self) -> float:
        """Return how much longer this run takes than the last one did, by what it has shown.

        A step that is at work counts once it has taken longer than all of it did.
        """
        took = self._took.copy()
        now = self._clock()
        for step, at in self._begun.copy().items():
            if step not in took and now - at > self._expected.get(step, float("inf")):
                took[step] = now - at
        before = sum(self._expected[step] for step in took if step in self._expected)
        return sum(took.values()) / before if before else 1.0


def _rounded(seconds: float) -> str:
    """Write a duration no more exactly than it is known: up to the next 5 s, 10 s or minute."""
    for most, step in ((30, 5), (2 * _SECONDS_PER_MINUTE, 10)):
        if seconds <= most:
            return f"{max(step, _up(seconds, step))} s"
    return f"{_up(seconds, _SECONDS_PER_MINUTE) // _SECONDS_PER_MINUTE} min"


def _up(seconds: float, step: int) -> int:
    return -int(-seconds // step) * step
