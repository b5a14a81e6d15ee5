"""A checkout in miniature: notebooks that take a second, and pages that say next to nothing.

Not a test. It is run as a program, too, when a test needs a process of its own to send signals to.
"""

from __future__ import annotations

import contextlib
import importlib
import json
import os
import select
import subprocess
import sys
import types
from dataclasses import dataclass
from pathlib import Path

import nbformat
from nbformat import v4

REPOSITORY = Path(__file__).resolve().parents[2]
PARAMETERS = 'scenario = "base"\ndata_dir = ""\nout_dir = ""\noverrides = []\n'
SCENARIO = """
title: A case in miniature
why: To test the runner.
as_of: 2026-01-27
base_year: 2026
discount_rate: 0.09
tax_rate: 0.25
horizon_years: 15
seed: 1
banners: {a: {label: A}}
formats: {a: {label: A, banner: a, role: closing}}
"""
WAIT_SECONDS = 120  # a bound for a machine that is busy with other things

WRITE = """
import json, pathlib
out = pathlib.Path(out_dir)
(out / "tables").mkdir(parents=True)
(out / "tables" / "{table}.csv").write_text({rows!r})
(out / "{name}.json").write_text(json.dumps({{
    "notebook": "{name}", "title": "t", "sentence": "s", "figures": [], "charts": [],
    "tables": {{"{table}": {{"store_id": {{"unit": "", "origin": ""}},
                             "{column}": {{"unit": "share", "origin": "modelled"}}}}}},
}}))
"""


def writes(name, table, rows="store_id,value\ngo-1,2\n"):
    """Return a cell that leaves what a notebook has to leave."""
    column = rows.split("\n", 1)[0].rsplit(",", 1)[1]
    return WRITE.format(name=name, table=table, rows=rows, column=column)


@dataclass
class Workshop:
    """The folder of a checkout in miniature."""

    root: Path

    @property
    def reports(self):
        return self.root / "reports"

    @property
    def latest(self):
        link = self.reports / "latest"
        return str(link.readlink()) if link.is_symlink() else None

    def notebook(self, name, *cells, parameters=PARAMETERS, kernel="python3"):
        """Write a notebook of code cells; cell ids are the same every time."""
        tagged = [] if parameters is None else [(parameters, {"tags": ["parameters"]})]
        made = [
            v4.new_code_cell(source, metadata=metadata, id=f"c{number}")
            for number, (source, metadata) in enumerate([*tagged, *((one, {}) for one in cells)])
        ]
        spec = {"name": kernel, "display_name": "Python 3", "language": "python"}
        book = v4.new_notebook(
            cells=made, metadata={"kernelspec": spec, "language_info": {"name": "python"}}
        )
        path = self.root / "notebooks" / f"{name}.ipynb"
        nbformat.write(book, path)
        return path

    def manifests(self):
        """Return the manifest of every run there is, by run id."""
        paths = sorted(self.reports.glob("*T*Z-*/manifest.json"))
        return {path.parent.name: json.loads(path.read_text()) for path in paths}

    def left_over(self):
        """Return what a run should have cleared away."""
        return sorted(path.name for path in self.reports.glob(".*") if path.name != ".lock")

    def assert_kept(self, latest, notebook, *, cell, error):
        """See that a failed run is kept and listed, and ``latest`` untouched; return its book."""
        assert self.latest == latest
        failed = [one for one in self.manifests().values() if one["status"] == "failed"]
        assert len(failed) == 1
        name, failure = failed[0]["run_id"], failed[0]["failure"]
        assert (failure["notebook"], failure["cell"], failure["error"]) == (notebook, cell, error)
        listed = (self.reports / "index.html").read_text()
        assert listed.splitlines() == [f"{name} failed", f"{latest} complete"]
        assert not (self.reports / name / "index.html").exists()
        assert self.left_over() == []
        return json.loads((self.reports / name / "notebooks" / f"{notebook}.ipynb").read_text())

    def start(self, *arguments):
        """Start ``retail-portfolio`` on this checkout as a process of its own."""
        return subprocess.Popen(
            [sys.executable, __file__, str(self.root), *arguments],
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
            env=os.environ | {"PYTHONPATH": str(REPOSITORY)},
        )

    def pipe(self):
        """Make a pipe with a name that a cell can open."""
        return NamedPipe(self.root / "pipe")


class NamedPipe:
    """Tells when a process at the other end begins, and when it and all it started have ended."""

    def __init__(self, path):
        os.mkfifo(path)
        self.path = path
        self._open()

    def _open(self):
        self.end = os.open(self.path, os.O_RDONLY | os.O_NONBLOCK)

    def renew(self):
        """Wait anew for somebody to come to the other end, after everybody has left it."""
        self.close()
        self._open()

    def read(self):
        """Wait for the next word; an empty one says that nobody is at the other end any more."""
        ready, _, _ = select.select([self.end], [], [], WAIT_SECONDS)
        assert ready, "nothing came"
        return os.read(self.end, 100).decode()

    def has_word(self):
        """Tell whether there is something to read now."""
        return bool(select.select([self.end], [], [], 0)[0])

    def close(self):
        os.close(self.end)


def build(root):
    """Make the checkout: a table, a scenario, two notebooks."""
    root.mkdir(parents=True, exist_ok=True)
    (root / "pyproject.toml").write_text("")
    for folder in ("data", "scenarios", "notebooks"):
        (root / folder).mkdir()
    (root / "data" / "stores.csv").write_text("store_id\ngo-1\n")
    (root / "package").mkdir()
    (root / "scenarios" / "base.yaml").write_text(SCENARIO)
    workshop = Workshop(root)
    workshop.notebook("01_alpha", "print(scenario)", writes("01_alpha", "plan"))
    workshop.notebook("02_beta", writes("02_beta", "beta"))
    return workshop


def settle(root, put=lambda owner, name, value, **_: setattr(owner, name, value)):
    """Have the package take ``root`` for its checkout, with a light check and light pages."""
    from retail_portfolio import present
    from retail_portfolio.inputs import case_reader, folders, load_scenario
    from retail_portfolio.model.overview import requirements
    from retail_portfolio.model.planning import plan_rules
    from retail_portfolio.run.publishing import fingerprint

    def load_case(scenario="base", data_dir="", overrides=None):
        settings = load_scenario(
            scenario, data_dir, overrides, ledger_keys=frozenset({"gross_margin"})
        )
        return types.SimpleNamespace(scenario=settings)

    site = types.ModuleType("retail_portfolio.present.site")
    site.build_site, site.build_runs_index = build_site, build_runs_index
    put(folders, "checkout_root", lambda: root)
    put(case_reader, "load_case", load_case)
    # Its notebooks ask no model for anything.
    put(requirements, "missing_rows", lambda _: ())
    put(plan_rules, "limit_faults", lambda _: ())
    put(present, "site", site, raising=False)
    # The real package may be edited while its tests run; a report would not be published then.
    put(fingerprint, "package_folder", lambda: root / "package")


def quicken(put=setattr):
    """Have reports run the cells of their notebooks here, without a kernel: in no time."""
    from retail_portfolio.run import making
    from retail_portfolio.run.publishing import fingerprint

    known = fingerprint.versions()
    for owner, name, value in (
        (fingerprint, "versions", lambda: dict(known)),
        (fingerprint, "git_revision", lambda: None),
        (making, "run_notebooks", run_cells),
    ):
        assert hasattr(owner, name)
        put(owner, name, value)


def run_cells(jobs, **_):
    """Do what the real one does as far as a report can tell; cells fail as they do there."""
    from retail_portfolio.run.errors import Failure, NotebookFailed
    from retail_portfolio.run.executing.notebooks import Executed

    for job in jobs:
        text = job.notebook.path.read_text()
        names = dict(job.parameters) | {"out_dir": str(job.folder / "outputs")}
        for number, cell in enumerate(json.loads(text)["cells"]):
            try:
                if "tags" not in cell["metadata"]:
                    with contextlib.redirect_stdout(None):
                        exec("".join(cell["source"]), names)  # noqa: S102 - cells of tests
                    job.output.write_text(text)
            except Exception as error:
                failure = Failure(job.notebook.name, number, type(error).__name__, str(error))
                raise NotebookFailed(str(failure), failure) from error
    return tuple(Executed(job.notebook.name, 0.0, "") for job in jobs)


def build_site(outputs, notebooks, facts, out, *, data_dir, changes=None):
    """Write what the real pages consist of, in name."""
    for name in ("index.html", "map.html", "glossary.html"):
        (out / name).write_text(f"<html>{facts['run_id']} {facts['scenario']}</html>")
    (out / "portfolio.xlsx").write_bytes(b"x")
    (out / "stores.geojson").write_text("{}")
    for path in notebooks:
        path.with_suffix(".html").write_text(path.read_text())


def build_runs_index(runs, path):
    """Write the list of runs, as text; in one step, as the real one is."""
    from retail_portfolio.present.files import write_text

    write_text(path, "\n".join(f"{run['run_id']} {run['status']}" for run in runs) + "\n")


if __name__ == "__main__":
    settle(Path(sys.argv[1]))
    cli = importlib.import_module("retail_portfolio.cli")
    sys.argv = ["retail-portfolio", *sys.argv[2:]]
    cli.main()
