"""Two renders of everything from the same outputs are equal to the byte, in another process too.

The second one runs with another seed of Python's hashes, in another folder and in another time
zone: an order taken from a set, a path, a clock or a random id would show.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from retail_portfolio.present.site import build_runs_index, build_site
from tests.plumbing.checkout import ROOT
from tests.present import sample
from tests.present.test_sweep_page import page, ranges

AGAIN = """
import sys
from pathlib import Path
from tests.present.test_same_bytes import build
build(Path(sys.argv[1]), Path(sys.argv[2]))
"""
RUNS = [
    {"run_id": "b", "status": "complete", "scenario": {"name": "base", "as_of": "2026-01-27"}},
    {"run_id": "a", "status": "failed", "scenario": "base", "failure": "02_closure: a fault"},
]


def build(made: Path, out: Path) -> None:
    """Write every kind of page, and the exports, from what the hostile sample left."""
    notebooks = sorted((made / "executed").glob("*.ipynb"))
    build_site(made / "outputs", notebooks, sample.facts(hostile=True), out)
    build_others(out)


def build_others(out: Path) -> None:
    """Write the pages that belong to no report."""
    build_runs_index(RUNS, out / "runs.html")
    (out / "sweep.html").write_text(page(ranges=ranges()), encoding="utf-8")


def files(folder: Path) -> dict[str, bytes]:
    """Return every file below a folder, by name."""
    return {
        path.relative_to(folder).as_posix(): path.read_bytes()
        for path in sorted(folder.rglob("*"))
        if path.is_file()
    }


@pytest.mark.slow
def test_two_processes_write_the_same_bytes(hostile_report, tmp_path):
    made, elsewhere = hostile_report.parent, tmp_path / "elsewhere" / "two"
    # The report of this process is there already; only its other pages are to be made.
    one = tmp_path / "one"
    shutil.copytree(hostile_report, one)
    build_others(one)
    elsewhere.parent.mkdir()
    subprocess.run(
        [sys.executable, "-c", AGAIN, str(made), str(elsewhere)],
        env={**os.environ, "PYTHONHASHSEED": "4242", "TZ": "Asia/Tokyo", "PYTHONPATH": str(ROOT)},
        cwd=elsewhere.parent,
        check=True,
    )
    first, second = files(one), files(elsewhere)
    assert list(first) == list(second)
    assert not [name for name in first if first[name] != second[name]]
    for name in ("index.html", "map.html", "runs.html", "sweep.html", "portfolio.xlsx"):
        assert len(first[name]) > 1_000, name
