"""A notebook executed by us takes at most 0.15 s longer than one by papermill alone.

The notebook does next to nothing: what is timed is all around it. Ours is `run_notebooks` with one
worker, called from a process that is running, as a report does: a process of its own for the
notebook, its kernel, and both gone again. Beside it stand papermill's command, as one would write
it into a script, and `papermill.execute_notebook` in a process of its own. The sides take turns,
and a difference is taken within each turn; the median of all turns counts, because a machine that
others use is slower in one turn than in another.
"""

from __future__ import annotations

import json
import os
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import TYPE_CHECKING

from common.records import Records, arguments
from common.runner import Measured, environment, say

from retail_portfolio.run.executing.notebooks import Job, run_notebooks
from retail_portfolio.run.executing.parameters import read_notebook

if TYPE_CHECKING:
    from collections.abc import Callable

LIMIT = {"seconds_more_at_most": 0.15, "difference_at_most": 0}
ROUNDS = 10
GIVEN = {"scenario": "high"}
CELLS = (('scenario = "base"', ["parameters"]), ("print(scenario)", []))
CALL = (
    "import sys, papermill; "
    f"papermill.execute_notebook(*sys.argv[1:], parameters={GIVEN!r}, progress_bar=False)"
)


def main() -> int:
    """Measure, print the records, and return the exit status."""
    asked = arguments(__doc__ or "")
    records = Records("run_overhead", quick=asked.quick)
    os.environ.update(environment())  # both sides, and the kernels of both
    with tempfile.TemporaryDirectory() as name:
        _compare(Path(name), records, rounds=1 if asked.quick else ROUNDS)
    return records.exit_status


def _compare(folder: Path, records: Records, rounds: int) -> None:
    notebook = _write_notebook(folder / "trivial.ipynb")
    papermill = str(Path(sys.executable).parent / "papermill")
    given = [part for key, value in GIVEN.items() for part in ("-p", key, value)]
    peers: dict[str, list[str]] = {
        "papermill's command": [papermill, str(notebook), "OUTPUT", *given],
        "papermill.execute_notebook": [sys.executable, "-c", CALL, str(notebook), "OUTPUT"],
    }
    ours = _ours(notebook, folder)
    for what, command in peers.items():
        say(f"beside {what}")
        mine, peer, output = Measured(), Measured(), folder / "peer.ipynb"
        for turn in range(rounds):
            mine.seconds.append(_timed(ours))
            peer.seconds.append(_timed(_theirs(command, output)))
            say(f"  turn {turn + 1}: {mine.seconds[-1]:.3f} s, {peer.seconds[-1]:.3f} s")
        more = [one - other for one, other in zip(mine.seconds, peer.seconds, strict=True)]
        records.add(
            "a notebook that does next to nothing, one worker",
            mine,
            peer,
            LIMIT,
            seconds_more=statistics.median(more),
            difference=int(_printed(folder / "ours.ipynb") != _printed(output)),
            against=what,
        )


def _write_notebook(path: Path) -> Path:
    kernel = {"name": "python3", "display_name": "Python 3", "language": "python"}
    cells = [
        {
            "cell_type": "code",
            "id": f"cell-{number}",
            "metadata": {"tags": tags},
            "source": source,
            "outputs": [],
            "execution_count": None,
        }
        for number, (source, tags) in enumerate(CELLS)
    ]
    metadata = {"kernelspec": kernel, "language_info": {"name": "python"}}
    book = {"cells": cells, "metadata": metadata, "nbformat": 4, "nbformat_minor": 5}
    path.write_text(json.dumps(book), encoding="utf-8")
    return path


def _ours(notebook: Path, folder: Path) -> Callable[[], object]:
    job = Job(read_notebook(notebook), folder / "work", folder / "ours.ipynb", GIVEN)
    return lambda: run_notebooks([job], workers=1)


def _theirs(command: list[str], output: Path) -> Callable[[], object]:
    asked = [str(output) if part == "OUTPUT" else part for part in command]
    return lambda: subprocess.run(asked, capture_output=True, check=True)


def _timed(work: Callable[[], object]) -> float:
    began = time.perf_counter()
    work()
    return time.perf_counter() - began


def _printed(path: Path) -> list[str]:
    """Return what the cells of an executed notebook printed."""
    cells = json.loads(path.read_text(encoding="utf-8"))["cells"]
    outputs = [output for cell in cells for output in cell["outputs"]]
    return ["".join(output.get("text", ())) for output in outputs]


if __name__ == "__main__":
    sys.exit(main())
