"""One JSON line a measurement, and what a claim has to meet.

A limit is a name and a number. What the names mean stands in `VALUES`: how each is read off a
record, and whether the number is the most or the least it may be.
"""

from __future__ import annotations

import argparse
import json
import os
import platform
from importlib.metadata import version
from typing import TYPE_CHECKING, Any

import numpy as np

from common.runner import THREADS

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from common.runner import Measured

RESULTS = (
    "difference_at_most",
    "folder_mb_at_most",
    "gap_at_most",
    "gzipped_kb_at_most",
    "raw_mb_at_most",
    "unfound_at_most",
    "unwanted_at_most",
)
"""Limits that a quick run is held to as well: they are of results, not of time or memory."""
VALUES: dict[str, Callable[[Mapping[str, Any]], float]] = {
    "times_faster_at_least": lambda record: record["ratio"],
    "times_slower_at_most": lambda record: 1 / record["ratio"],
    "our_seconds_at_most": lambda record: record["our_seconds"],
    "seconds_more_at_most": lambda record: record["seconds_more"],
    "our_peak_mib_at_most": lambda record: record["our_peak_mib"],
    "share_of_peer_peak_at_most": lambda record: record["our_peak_mib"] / record["peer_peak_mib"],
    "growth_exponent_at_most": lambda record: record["growth_exponent"],
    "difference_at_most": lambda record: record["difference"],
    "gap_at_most": lambda record: record["gap"],
    "unwanted_at_most": lambda record: record["unwanted"],
    "unfound_at_most": lambda record: record["unfound"],
    "raw_mb_at_most": lambda record: record["raw_mb"],
    "gzipped_kb_at_most": lambda record: record["gzipped_kb"],
    "folder_mb_at_most": lambda record: record["folder_mb"],
    "next_frame_seconds_at_most": lambda record: record["next_frame_seconds"],
}


def machine() -> dict[str, Any]:
    """Return what a time depends on beside the code."""
    return {
        "cores": os.cpu_count(),
        "threads": THREADS,
        "python": platform.python_version(),
        "numpy": version("numpy"),
        "scipy": version("scipy"),
        "pandas": version("pandas"),
    }


def arguments(description: str, **paths: str) -> argparse.Namespace:
    """Read the command line of a benchmark.

    Parameters
    ----------
    description
        What ``--help`` shows.
    **paths
        Further options that name a file or a folder, with their help.
    """
    parser = argparse.ArgumentParser(description=description)
    parser.add_argument(
        "--quick", action="store_true", help="tiny sizes: checks the results, judges no time"
    )
    for name, text in paths.items():
        parser.add_argument(f"--{name.replace('_', '-')}", help=text)
    return parser.parse_args()


class Records:
    """Prints the records of one claim and remembers whether all of them hold."""

    def __init__(self, claim: str, *, quick: bool) -> None:
        self.claim = claim
        self.quick = quick
        self.all_hold = True

    def add(
        self,
        setting: str,
        ours: Measured,
        peer: Measured | None,
        limit: Mapping[str, float],
        **facts: float | str | list[float],
    ) -> None:
        """Print one record.

        Parameters
        ----------
        setting
            What was measured, in words, with its sizes.
        ours, peer
            What the sides took; no peer where a claim has none.
        limit
            What has to hold, by the names of `VALUES`.
        **facts
            Further values, ``difference`` among them where answers were compared.

        Raises
        ------
        KeyError
            If a limit needs a value that was not measured.
        """
        record: dict[str, Any] = {
            "claim": self.claim,
            "setting": setting,
            "quick": self.quick,
            "our_seconds": ours.best_seconds,
            "peer_seconds": peer.best_seconds if peer else None,
            "ratio": peer.best_seconds / ours.best_seconds if peer else None,
            "our_peak_mib": ours.peak_mib,
            "peer_peak_mib": peer.peak_mib if peer else None,
            **facts,
        }
        held_to = {n: v for n, v in limit.items() if n in RESULTS or not self.quick}
        missed = [n for n, most in held_to.items() if not _within(n, VALUES[n](record), most)]
        self._print({**record, "limit": held_to, "missed": missed, "holds": not missed})

    def fail(self, setting: str, reason: str) -> None:
        """Print that a measurement could not be made: the claim does not hold."""
        empty = dict.fromkeys(
            ("our_seconds", "peer_seconds", "ratio", "our_peak_mib", "peer_peak_mib")
        )
        record = {"claim": self.claim, "setting": setting, "quick": self.quick, **empty}
        self._print({**record, "reason": reason, "limit": {}, "missed": [], "holds": False})

    def _print(self, record: dict[str, Any]) -> None:
        self.all_hold = self.all_hold and record["holds"]
        print(json.dumps({**record, "machine": machine()}), flush=True)

    @property
    def exit_status(self) -> int:
        """0 where every record holds, 1 otherwise."""
        return 0 if self.all_hold else 1


def _within(name: str, value: float, limit: float) -> bool:
    return value >= limit if name.endswith("_at_least") else value <= limit


def greatest_difference(ours: np.ndarray, peer: np.ndarray) -> float:
    """Return the greatest absolute difference; infinite where shapes differ or a value is NaN."""
    if ours.shape != peer.shape:
        return float("inf")
    gap = float(np.abs(ours - peer).max(initial=0.0))
    return gap if gap == gap else float("inf")  # noqa: PLR0124 - NaN is unlike itself


def greatest_relative_difference(ours: np.ndarray, peer: np.ndarray) -> float:
    """Return the greatest difference over the peer's largest value, as `greatest_difference`."""
    return greatest_difference(ours, peer) / float(np.abs(peer).max())
