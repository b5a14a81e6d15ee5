"""The whole way to a report: check, execute, join, build the pages, publish."""

from __future__ import annotations

import datetime as dt
import shutil
import time
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from retail_portfolio.inputs import folders
from retail_portfolio.run import publish
from retail_portfolio.run.errors import (
    DeadlinePassed,
    Failure,
    Interrupted,
    PublishFailed,
    RunError,
)
from retail_portfolio.run.join import gather
from retail_portfolio.run.manifest import (
    Identity,
    describe_failure,
    machine_paths,
    make_facts,
    make_manifest,
    stamp,
)
from retail_portfolio.run.notebooks import Executed, Job, default_workers, run_notebooks
from retail_portfolio.run.progress import Deadline, Quiet
from retail_portfolio.run.request import (
    DATA_LINK,
    OUT_DIR,
    Plan,
    Request,
    candidates,
    check,
    take_inputs,
    without_published,
)

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from pathlib import Path

    from retail_portfolio.run.parameters import Notebook
    from retail_portfolio.run.progress import Progress

__all__ = ["Request", "make_reports"]

# What `retail_portfolio.present.site` promises beside the pages and tables of the notebooks.
_ALWAYS = ("index.html", "map.html", "glossary.html", "portfolio.xlsx", "stores.geojson")


@dataclass(slots=True)
class _Run:
    """One report in the making."""

    request: Request
    identity: Identity
    staging: Path
    deadline: Deadline
    progress: Progress
    clock: float = field(default_factory=time.perf_counter)
    executed: tuple[Executed, ...] = ()
    pages_seconds: float | None = None

    @property
    def plan(self) -> Plan:
        return self.identity.plan

    @property
    def notebooks(self) -> tuple[Notebook, ...]:
        return self.plan.candidate.notebooks

    @property
    def report(self) -> Path:
        """The folder that will be the report."""
        return self.staging / "report"

    @property
    def gathered(self) -> Path:
        """Where everything that the notebooks left is brought together."""
        return self.staging / "gathered"

    @property
    def hide(self) -> dict[str, str]:
        return machine_paths(self.staging, self.request.reports)

    def work(self, notebook: str) -> Path:
        """Return the working folder of a notebook."""
        return self.staging / "work" / notebook

    def manifest(self, failure: Failure | None = None) -> dict[str, Any]:
        pages = self.pages_seconds
        taken = self.plan.check_seconds + time.perf_counter() - self.clock
        durations = {
            "check": round(self.plan.check_seconds, 3),
            "notebooks": {one.name: round(one.seconds, 3) for one in self.executed},
            "pages": None if pages is None else round(pages, 3),
            "whole": round(taken, 3),
        }
        workers = self.request.workers or default_workers()
        failed = None if failure is None else describe_failure(failure, self.hide)
        return make_manifest(self.identity, self.report, durations, workers, failed)

    def check_time(self) -> None:
        if self.deadline.passed():
            raise DeadlinePassed(f"the run took longer than {self.deadline.seconds:g} seconds")


def make_reports(request: Request, progress: Progress | None = None) -> tuple[Path, ...]:
    """Make and publish a report for every scenario asked for; stop at the first that fails.

    Parameters
    ----------
    request
        What is asked for.
    progress
        Is told how far it is.

    Returns
    -------
    tuple of Path
        Folders of the reports published; empty when nothing had to be done.

    Raises
    ------
    InputError
        If a table, scenario, setting or notebook is not fit; nothing was written or started.
    Locked
        If another run holds the reports folder.
    NotebookFailed, DeadlinePassed, PublishFailed
        If a report could not be made. The run is kept as far as it came, and listed.
    """
    progress = progress or Quiet()
    deadline = Deadline(request.timeout_seconds)
    wanted = candidates(request)
    if request.if_changed:
        wanted = without_published(request, wanted, progress)
    if not wanted:
        return ()
    plans = check(request, wanted)
    if request.dry_run:
        for plan in plans:
            progress.say(_what_would_run(request, plan))
        return ()
    owner = {"since": stamp(dt.datetime.now(dt.UTC)), "scenarios": ", ".join(request.scenarios)}
    with publish.hold(request.reports, owner):
        return tuple([_make(request, plan, deadline, progress) for plan in plans])


def _what_would_run(request: Request, plan: Plan) -> str:
    inputs, notebooks = plan.candidate.inputs, plan.candidate.notebooks
    tables = sum(name.startswith("data/") for name in inputs.files)
    names = ", ".join(notebook.name for notebook in notebooks)
    return (
        f"scenario {inputs.scenario}: {tables} files of {folders.data_folder(request.data_dir)} "
        f"are fit; would run {names}, {request.workers or default_workers()} at a time, and "
        f"publish to {request.reports}"
    )


def _make(request: Request, plan: Plan, deadline: Deadline, progress: Progress) -> Path:
    """Make one report; keep what there is of it, whatever becomes of it."""
    reports, inputs = request.reports, plan.candidate.inputs
    now = dt.datetime.now(dt.UTC)
    run_id = publish.make_run_id(reports, now, inputs.scenario, inputs.short)
    staging = publish.stage(reports, run_id)
    run = _Run(request, Identity(run_id, plan, now), staging, deadline, progress)
    try:
        progress.begin(f"report {run_id}", len(run.notebooks) + 1)
        _execute(run)
        _build(run)
        place = publish.publish(run.report, reports, run_id)
    except (Exception, Interrupted) as error:
        try:
            _keep(run, error)
            _list_runs(reports)
        except Exception as second:  # noqa: BLE001 - it must not hide the first
            progress.say(f"the failed run could not be kept: {second}")
        raise
    finally:
        shutil.rmtree(staging, ignore_errors=True)
    _list_runs(reports)
    return place


def _execute(run: _Run) -> None:
    request = run.request
    parameters = request.parameters(run.plan.scenario.name)
    jobs = []
    with publish.writing("making the working folders"):
        (run.report / "notebooks").mkdir(parents=True)
        for notebook in _longest_first(request.reports, run.notebooks):
            folder = run.work(notebook.name)
            folder.mkdir(parents=True)
            if request.other_data:
                (folder / DATA_LINK).symlink_to(request.other_data, target_is_directory=True)
            output = run.report / "notebooks" / notebook.path.name
            jobs.append(Job(notebook, folder, output, parameters))
    run.executed = run_notebooks(
        jobs,
        workers=request.workers,
        deadline=run.deadline,
        cell_timeout_seconds=request.cell_timeout_seconds,
        hide=run.hide,
        progress=run.progress,
    )
    for done in run.executed:
        if done.messages:
            run.progress.say(f"{done.name}: {done.messages}")


def _longest_first(reports: Path, notebooks: Iterable[Notebook]) -> list[Notebook]:
    """Begin with what took longest the last time, so that nothing long is left for one worker."""
    manifest = publish.read_manifest(reports / publish.LATEST) or {}
    seconds = manifest.get("durations_seconds", {}).get("notebooks", {})
    return sorted(notebooks, key=lambda notebook: -seconds.get(notebook.name, 0.0))


def _build(run: _Run) -> None:
    """Build all that is published beside the executed notebooks, and see that it is whole."""
    run.check_time()
    began = time.perf_counter()
    before = run.plan.candidate.inputs
    changed = before.differences(take_inputs(run.request, before.scenario, run.notebooks))
    if changed:
        raise PublishFailed(f"changed during the run: {', '.join(changed)}")
    names = [notebook.name for notebook in run.notebooks]
    with publish.writing("building the report"):
        gather({name: run.work(name) / OUT_DIR for name in names}, run.gathered)
        executed = [run.report / "notebooks" / f"{name}.ipynb" for name in names]
        _build_pages(run, executed)
        for name in names:
            shutil.copyfile(run.gathered / f"{name}.json", executed[0].with_name(f"{name}.json"))
        (run.report / "tables").mkdir(exist_ok=True)
        for table in (run.gathered / "tables").glob("*.csv"):
            shutil.copyfile(table, run.report / "tables" / table.name)
    run.pages_seconds = time.perf_counter() - began
    run.progress.done("pages", run.pages_seconds)
    run.check_time()
    publish.write_manifest(run.report, run.manifest())
    publish.check_complete(run.report, _expected(run, names))


def _build_pages(run: _Run, executed: Sequence[Path]) -> None:
    from retail_portfolio.present import site  # noqa: PLC0415 - not needed while notebooks run

    data = folders.data_folder(run.request.data_dir)
    facts = make_facts(run.identity)
    try:
        site.build_site(run.gathered, executed, facts, run.report, data_dir=data)
    except ValueError as error:
        # Pages refuse what they cannot show, above all what would load something.
        raise PublishFailed(f"the pages could not be built: {error}") from error


def _expected(run: _Run, names: Iterable[str]) -> list[str]:
    pages = [f"notebooks/{name}.{end}" for name in names for end in ("html", "ipynb", "json")]
    tables = [f"tables/{path.name}" for path in (run.gathered / "tables").glob("*.csv")]
    layers = [f"layers/{path.name}" for path in (run.gathered / "layers").glob("*.geojson")]
    return [*_ALWAYS, *pages, *tables, *layers]


def _keep(run: _Run, error: BaseException) -> None:
    """Keep a failed run with its executed notebooks; name the place on the error."""
    failure = error.failure if isinstance(error, RunError) else None
    if failure is None:
        failure = Failure("", None, type(error).__name__, str(error))
    with publish.writing("keeping the failed run"):
        run.report.mkdir(exist_ok=True)
        for path in run.report.iterdir():
            # Pages that were built before it failed could be taken for a report.
            if path.name != "notebooks":
                shutil.rmtree(path) if path.is_dir() else path.unlink()
    publish.write_manifest(run.report, run.manifest(failure))
    place = publish.keep_failed(run.report, run.request.reports, run.identity.run_id)
    if isinstance(error, RunError):
        error.kept = place


def _list_runs(reports: Path) -> None:
    """Write the page that lists every run."""
    from retail_portfolio.present import site  # noqa: PLC0415 - not needed while notebooks run

    with publish.writing("listing the runs"):
        site.build_runs_index(publish.list_runs(reports), reports / "index.html")
