"""A checkout in which the commands of the pages are run as they stand.

Tables, scenarios and the program are the real ones. Notebooks have their real names and parameters
but cells that take no time, and the pages of a report say next to nothing: what is tried is that
the commands are right, not once more what a report holds.
"""

from __future__ import annotations

import contextlib
import csv
import io
import os
import shlex
import shutil
import subprocess
import sys
import types

import nbformat

from retail_portfolio import cli, present
from retail_portfolio.inputs import folders
from retail_portfolio.run.publishing import fingerprint
from tests.plumbing.checkout import ROOT
from tests.run.workshop import Workshop, build_runs_index, build_site, quicken, writes

PROGRAM = "retail-portfolio"
SMALL = "small"
"""Folder of a portfolio on which a sweep takes seconds."""
_PREFIX = ".venv/bin/"
_CALL = "def write_outputs(out_dir, name):\n    pass\nwrite_outputs(out_dir, {name!r})"
_MAKE = ["make", "--dry-run", "--no-print-directory"]


class Session:
    """The checkout and what was done in it."""

    def __init__(self, root, monkeypatch):
        self.root = root
        self.reports = root / "reports"
        self.put = monkeypatch.setattr
        for name in ("data", "scenarios"):
            shutil.copytree(ROOT / name, root / name)
        for name in ("notebooks", "package", "home"):
            (root / name).mkdir()
        for name in ("Makefile", "pyproject.toml"):
            shutil.copy(ROOT / name, root)
        for path in sorted((ROOT / "notebooks").glob("*.ipynb")):
            self._notebook(path)
        monkeypatch.setenv("HOME", str(root / "home"))
        monkeypatch.chdir(root)
        self._settle()
        self.run(f"{PROGRAM} init {SMALL}")

    def _notebook(self, path):
        cells = nbformat.read(path, as_version=4).cells
        (parameters,) = [
            one.source for one in cells if "parameters" in one.metadata.get("tags", ())
        ]
        names = {"03_conversion": "plan"}
        cell = writes(path.stem, names.get(path.stem, path.stem))
        cell = cell.replace("mkdir(parents=True)", "mkdir(parents=True, exist_ok=True)")
        # By this call the program knows a copy of the notebook for one.
        call = _CALL.format(name=path.stem)
        Workshop(self.root).notebook(path.stem, call, cell, parameters=parameters)

    def _settle(self):
        site = types.ModuleType("retail_portfolio.present.site")
        site.build_site, site.build_runs_index = build_site, build_runs_index
        self.put(folders, "checkout_root", lambda: self.root)
        self.put(present, "site", site, raising=False)
        self.put(fingerprint, "package_folder", lambda: self.root / "package")
        quicken(self.put)

    def begin(self):
        """Forget what the page before has left."""
        for name in ("reports", "units"):
            shutil.rmtree(self.root / name, ignore_errors=True)
        self.reports.mkdir()

    def run(self, command):
        """Run a command as it stands; return its exit status and what it said."""
        words = shlex.split(command, comments=True)
        program = words[0].removeprefix(_PREFIX)
        if program == "make":
            return self._process([*_MAKE, *words[1:]])
        if program == "papermill":
            return self._process([sys.executable, "-m", "papermill", *words[1:]])
        if program != PROGRAM:
            return self._process(["sh", "-ec", command])
        return self._program(words[1:])

    def _process(self, words):
        done = subprocess.run(
            words,
            cwd=self.root,
            env=os.environ | {"PYTHONPATH": str(ROOT)},
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            timeout=120,
            check=False,
        )
        return done.returncode, done.stdout + done.stderr

    def _program(self, words):
        words, file = (words[: words.index(">")], words[-1]) if ">" in words else (words, "")
        out, err = io.StringIO(), io.StringIO()
        self.put(sys, "argv", [PROGRAM, *self._known(words)])
        with contextlib.redirect_stdout(out), contextlib.redirect_stderr(err):
            try:
                cli.main()
            except SystemExit as ended:
                status = int(ended.code or 0)
        if file:
            (self.root / file).write_text(out.getvalue(), encoding="utf-8")
        return status, out.getvalue() + err.getvalue()

    def _known(self, words):
        """Put real runs in the places of RUN_A and RUN_B; sweep few stores, in this process."""
        runs = sorted(path.name for path in self.reports.glob("*T*Z-*"))
        names = {"RUN_A": runs[0], "RUN_B": runs[-1]} if runs else {}
        found = [names.get(word, word) for word in words]
        if found[0] == "sweep":
            found += [] if "--workers" in found else ["--workers", "1"]
            found += [] if "--data" in found else ["--data", SMALL]
        return found

    # What a person does between two commands of how-to/own-stores.md, taken from the example.

    def fill_scenario_and_stores(self):
        for name in ("scenarios/base.yaml", "stores.csv"):
            shutil.copy(self.root / "example" / name, self.root / "my_stores" / name)

    def add_own_figures(self):
        """Add what is the retailer's own to a ledger of general figures."""
        ledger = self.root / "my_stores" / "assumptions.csv"
        general = ledger.read_text(encoding="utf-8")
        known = {row["key"] for row in csv.DictReader(io.StringIO(general))}
        example = (self.root / "example" / "assumptions.csv").read_text(encoding="utf-8")
        rows = csv.DictReader(io.StringIO(example))
        with ledger.open("a", encoding="utf-8", newline="") as file:
            writer = csv.DictWriter(file, general.partition("\n")[0].split(","))
            writer.writerows(row for row in rows if row["key"] not in known)

    def list_rivals(self):
        rivals = self.root / "example" / "competitors.csv"
        with (
            rivals.open(encoding="utf-8", newline="") as given,
            (self.root / "rivals.csv").open("w", encoding="utf-8", newline="") as made,
        ):
            writer = csv.DictWriter(made, ["name", "lat", "lon"], extrasaction="ignore")
            writer.writeheader()
            writer.writerows(csv.DictReader(given))
