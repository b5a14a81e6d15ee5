"""A sweep of 200 cases on two workers is done at least 1.6 times faster than on one.

Each side is the command itself, from the start of its process to its end: tables are read and
checked, cases answered, plans valued in every other case, tables and page written. Every worker
computes on one thread. The two leave the same bytes behind:
``difference`` is the number of files that are not alike.
"""

from __future__ import annotations

import subprocess
import sys
import tempfile
import time
from pathlib import Path

from common.records import Records, arguments
from common.runner import Measured, SideFailed, environment, say

LIMIT = {"times_faster_at_least": 1.6, "difference_at_most": 0}
RATES = [f"{0.06 + 0.0025 * step:.4f}" for step in range(20)]
MARGINS = [f"{0.20 + 0.005 * step:.3f}" for step in range(10)]
ROUNDS = 1


def main() -> int:
    """Measure, print the records, and return the exit status."""
    asked = arguments(__doc__ or "")
    records = Records("sweep_workers", quick=asked.quick)
    rates, margins = (RATES[:2], MARGINS[:2]) if asked.quick else (RATES, MARGINS)
    grid = {"discount_rate": rates, "vm_own_sales": margins}
    setting = f"{len(rates) * len(margins)} cases of the bundled case, no draws"
    say(setting)
    ours, peer, unlike = Measured(), Measured(), 0
    for _ in range(ROUNDS):
        with tempfile.TemporaryDirectory() as name:
            folder = Path(name)
            try:
                for workers, side in ((2, ours), (1, peer)):
                    side.seconds.append(_sweep(grid, workers, folder / str(workers)))
            except SideFailed as error:
                records.fail(setting, str(error))
                return records.exit_status
            unlike += _unlike(folder / "1", folder / "2")
    against = "one worker"
    records.add(setting, ours, peer, LIMIT, difference=float(unlike), against=against)
    return records.exit_status


def _sweep(grid: dict[str, list[str]], workers: int, out: Path) -> float:
    """Return the seconds that a sweep takes."""
    command = [sys.executable, "-m", "retail_portfolio", "sweep", "--workers", str(workers)]
    command += ["--out", str(out)]
    for key, values in grid.items():
        command += ["--grid", f"{key}={','.join(values)}"]
    began = time.perf_counter()
    done = subprocess.run(command, env=environment(), capture_output=True, text=True, check=False)
    seconds = time.perf_counter() - began
    if done.returncode:
        raise SideFailed(f"{workers} workers ended with {done.returncode}:\n{done.stderr}")
    say(f"  {workers} worker{'s' if workers > 1 else ''}: {seconds:.1f} s")
    return seconds


def _unlike(one: Path, other: Path) -> int:
    """Return how many files differ between two folders, or are only in one."""
    files = [
        {path.relative_to(root): path.read_bytes() for path in root.rglob("*") if path.is_file()}
        for root in (one, other)
    ]
    return len({name for name, _ in files[0].items() ^ files[1].items()})


if __name__ == "__main__":
    sys.exit(main())
