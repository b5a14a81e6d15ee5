"""A whole report on two cores takes at most 0.6 times its notebooks one after the other.

Ours is the whole command: check, notebooks two at a time, map, pages, workbook, hashes, publishing.
Beside it stand the notebooks alone, as one would run them by hand: `papermill` and then `nbconvert`
to HTML for each, one after the other. Both leave the same tables behind: ``difference`` is the
number of those that are not alike.
"""

from __future__ import annotations

import shutil
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from common.records import Records, arguments
from common.runner import ROOT, Measured, SideFailed, environment, say

LIMIT = {"times_slower_at_most": 0.6, "difference_at_most": 0}
ROUNDS = 1
MAKE = (
    "import sys; from retail_portfolio.run.report import Request, make_reports; "
    "make_reports(Request(out=sys.argv[1], notebooks=sys.argv[2], workers=2))"
)
JOINED = "plan.csv"
"""The table to which a report adds a column of another notebook."""


def main() -> int:
    """Measure, print the records, and return the exit status."""
    asked = arguments(__doc__ or "")
    records = Records("report_whole", quick=asked.quick)
    ours, peer, unlike = Measured(), Measured(), 0
    with tempfile.TemporaryDirectory() as name:
        notebooks = _notebooks(Path(name) / "notebooks", "01_*" if asked.quick else "*")
        setting = f"{len(notebooks)} notebooks of the bundled case on two cores"
        say(setting)
        for number in range(1 if asked.quick else ROUNDS):
            folder = Path(name) / str(number)
            try:
                ours.seconds.append(_report(notebooks[0].parent, folder / "ours"))
                peer.seconds.append(_by_hand(notebooks, folder / "peer"))
            except SideFailed as error:
                records.fail(setting, str(error))
                return records.exit_status
            unlike += _unlike(folder / "ours" / "latest", folder / "peer")
    against = "papermill and nbconvert, one notebook after the other"
    records.add(setting, ours, peer, LIMIT, difference=float(unlike), against=against)
    return records.exit_status


def _notebooks(folder: Path, wanted: str) -> list[Path]:
    folder.mkdir()
    paths = sorted((ROOT / "notebooks").glob(f"{wanted}.ipynb"))
    return [Path(shutil.copyfile(path, folder / path.name)) for path in paths]


def _report(notebooks: Path, out: Path) -> float:
    """Return the seconds that a report takes."""
    return _timed([[sys.executable, "-c", MAKE, str(out), str(notebooks)]], "ours")


def _by_hand(notebooks: list[Path], out: Path) -> float:
    """Return the seconds that papermill and nbconvert take."""
    out.mkdir(parents=True)
    commands = []
    for path in notebooks:
        executed = out / path.name
        run = [sys.executable, "-m", "papermill", str(path), str(executed), "--no-progress-bar"]
        page = [sys.executable, "-m", "nbconvert", "--to", "html", str(executed)]
        commands += [[*run, "-p", "scenario", "base", "-p", "out_dir", str(out)], page]
    return _timed(commands, "by hand")


def _timed(commands: list[list[str]], side: str) -> float:
    began = time.perf_counter()
    for command in commands:
        done = subprocess.run(
            command, env=environment(), cwd=ROOT, capture_output=True, text=True, check=False
        )
        if done.returncode:
            raise SideFailed(f"{side} ended with {done.returncode}:\n{done.stderr}")
    seconds = time.perf_counter() - began
    say(f"  {side}: {seconds:.1f} s")
    return seconds


def _unlike(report: Path, by_hand: Path) -> int:
    """Return how many tables of the notebooks are not what they are in the report."""
    tables = [path for path in (by_hand / "tables").glob("*.csv") if path.name != JOINED]
    if not tables:
        raise SideFailed("by hand left no table")
    published = report / "tables"
    return sum(
        not (published / path.name).is_file()
        or (published / path.name).read_bytes() != path.read_bytes()
        for path in tables
    )


if __name__ == "__main__":
    sys.exit(main())
