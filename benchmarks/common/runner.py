"""Runs sides in fresh processes, one at a time and in turns, and keeps the best time of each.

Both sides get the same number of threads. They take turns because a machine that others use is
slower at one time than at another; the least time of several is the least disturbed one. Of memory
the most counts.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tempfile
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

BENCHMARKS = Path(__file__).resolve().parent.parent
ROOT = BENCHMARKS.parent
THREADS = 1
THREAD_SETTINGS = (
    "OMP_NUM_THREADS",
    "OPENBLAS_NUM_THREADS",
    "MKL_NUM_THREADS",
    "NUMEXPR_NUM_THREADS",
    "VECLIB_MAXIMUM_THREADS",
)


class SideFailed(Exception):  # noqa: N818 - what happened, in words
    """A measured process ended with an error; the message says which."""


@dataclass(frozen=True)
class Side:
    """One of the two that are measured side by side.

    Parameters
    ----------
    module
        Module below ``sides`` with ``prepare``.
    options
        What ``prepare`` gets; anything that JSON holds.
    python
        Program that runs it.
    warm_ups, repeats
        Untimed and timed runs in each process, 0 and 1 or more.
    """

    module: str
    options: Mapping[str, Any]
    python: str = sys.executable
    warm_ups: int = 1
    repeats: int = 3


@dataclass
class Measured:
    """What a side took: every time, the highest peak, and the answer of its last run.

    The peak is in MiB over the start; none where memory was not measured.
    """

    seconds: list[float] = field(default_factory=list)
    peak_mib: float | None = None
    answer: dict[str, np.ndarray] = field(default_factory=dict)

    @property
    def best_seconds(self) -> float:
        """Least time of all runs."""
        return min(self.seconds)


def say(text: str) -> None:
    """Tell a person how far it is; standard output belongs to the records."""
    print(text, file=sys.stderr, flush=True)


def environment() -> dict[str, str]:
    """Return what a measured process gets: our folders first, and one thread for numbers."""
    pins = dict.fromkeys(THREAD_SETTINGS, str(THREADS))
    return {**os.environ, **pins, "PYTHONPATH": os.pathsep.join((str(BENCHMARKS), str(ROOT)))}


def measure(sides: Mapping[str, Side], rounds: int, *, apart: bool = True) -> dict[str, Measured]:
    """Run every side in a fresh process, in turns.

    Parameters
    ----------
    sides
        By name, in the order in which they take turns.
    rounds
        Turns of each, 1 or more.
    apart
        Whether each has a process of its own, as everything must whose time or memory is judged.
        Else one process of the first side's Python runs a turn of all: their answers are the same.

    Raises
    ------
    SideFailed
        If a process ends with an error.
    """
    results = {name: Measured() for name in sides}
    groups = [[name] for name in sides] if apart else [list(sides)]
    for turn in range(rounds):
        for names in groups:
            for name, found in zip(names, _run([sides[name] for name in names]), strict=True):
                seconds, peak, answer = found
                result = results[name]
                result.seconds += seconds
                result.peak_mib = round(max(result.peak_mib or 0.0, peak), 1)
                result.answer = answer
                say(f"  {name}, turn {turn + 1}: {min(seconds):.4f} s, {peak:.0f} MiB over start")
    return results


def _run(sides: Sequence[Side]) -> list[tuple[list[float], float, dict[str, np.ndarray]]]:
    """Run sides in one process, and return the seconds, the peak and the answer of each."""
    with tempfile.TemporaryDirectory() as name:
        folders = [Path(name) / str(number) for number in range(len(sides))]
        requests = [_ask(side, folder) for side, folder in zip(sides, folders, strict=True)]
        done = subprocess.run(
            [sides[0].python, "-m", "common.child", *requests],
            env=environment(),
            cwd=name,
            capture_output=True,
            text=True,
            check=False,
        )
        if done.returncode:
            which = " or ".join(dict.fromkeys(side.module for side in sides))
            raise SideFailed(f"{which} ended with {done.returncode}:\n{done.stderr}")
        return [_left(folder) for folder in folders]


def _ask(side: Side, folder: Path) -> str:
    """Write the request for a side into a new folder, and return its path."""
    folder.mkdir()
    request = {
        "side": f"sides.{side.module}",
        "options": dict(side.options),
        "warm_ups": side.warm_ups,
        "repeats": side.repeats,
        "measured": str(folder / "measured.json"),
        "answer": str(folder / "answer.npz"),
    }
    (folder / "request.json").write_text(json.dumps(request), encoding="utf-8")
    return str(folder / "request.json")


def _left(folder: Path) -> tuple[list[float], float, dict[str, np.ndarray]]:
    """Read what the measured process left in the folder of a request."""
    measured = json.loads((folder / "measured.json").read_text(encoding="utf-8"))
    with np.load(folder / "answer.npz") as answer:
        return measured["seconds"], measured["peak_mib"], dict(answer)
