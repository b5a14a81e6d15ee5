"""The whole way to a report: check, make, publish, and tell whoever watches."""

from __future__ import annotations

import contextlib
import datetime as dt
import shutil
from typing import TYPE_CHECKING, Any

from retail_portfolio.inputs import folders
from retail_portfolio.inputs.faults import Fault, InputError
from retail_portfolio.run import again, publish, runs, status
from retail_portfolio.run.errors import Interrupted, PublishFailed, RunError
from retail_portfolio.run.lock import hold
from retail_portfolio.run.manifest import Identity, stamp
from retail_portfolio.run.notebooks import default_workers
from retail_portfolio.run.progress import Deadline, Quiet
from retail_portfolio.run.request import Plan, Request, candidates, check, without_published
from retail_portfolio.run.tell import command_faults
from retail_portfolio.run.watch import watched

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from pathlib import Path

    from retail_portfolio.run.making import Run
    from retail_portfolio.run.progress import Progress

__all__ = ["Request", "make_reports"]


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
        If a report could not be made, or is not the same made again. The run is kept as far as it
        came, and listed.
    """
    progress = progress or Quiet()
    if request.dry_run:
        _say_what_would_run(request, progress)
        return ()
    with watched(request, progress) as made:
        deadline = Deadline(request.timeout_seconds)
        with _as_asked(request) as (asked, earlier):
            wanted = candidates(asked)
            if asked.if_changed and earlier is None:
                wanted = without_published(asked, wanted, progress)
            if wanted:
                _publish(asked, check(asked, wanted), deadline, progress, made, earlier)
    return tuple(request.reports / manifest["run_id"] for manifest in made)


@contextlib.contextmanager
def _as_asked(request: Request) -> Iterator[tuple[Request, again.Earlier | None]]:
    """See that the options go together; ask for an earlier report's inputs where one is named."""
    faults = command_faults("--on-failure", request.on_failure)
    faults += command_faults("--on-change", request.on_change)
    if request.again and request.overrides:
        given, expected = ", ".join(request.overrides), "no --set: the manifest has its settings"
        faults.append(Fault("--from", None, None, given, expected))
    if faults:
        raise InputError(faults)
    if not request.again:
        yield request, None
        return
    earlier = again.read_earlier(request.again)
    with again.as_it_was(request, earlier) as asked:
        yield asked, earlier


def _say_what_would_run(request: Request, progress: Progress) -> None:
    """Check everything, and start and write nothing."""
    with _as_asked(request) as (asked, earlier):
        wanted = candidates(asked)
        if asked.if_changed and earlier is None:
            wanted = without_published(asked, wanted, progress)
        for plan in check(asked, wanted) if wanted else ():
            inputs, notebooks = plan.candidate.inputs, plan.candidate.notebooks
            tables = sum(name.startswith("data/") for name in inputs.files)
            where = "inputs.zip" if earlier else folders.data_folder(asked.data_dir)
            names = ", ".join(notebook.name for notebook in notebooks)
            progress.say(
                f"scenario {inputs.scenario}: {tables} files of {where} are fit; would run {names},"
                f" {asked.workers or default_workers()} at a time, and publish to {asked.reports}"
            )


def _publish(
    request: Request,
    plans: Sequence[Plan],
    deadline: Deadline,
    progress: Progress,
    made: list[dict[str, Any]],
    earlier: again.Earlier | None,
) -> None:
    """Make every report, one after the other, with the reports folder held."""
    reports, now = request.reports, dt.datetime.now(dt.UTC)
    owner = {"since": stamp(now), "scenarios": ", ".join(request.scenarios)}
    with hold(reports, owner) as found:
        for sentence in found:
            progress.say(sentence)
        status.begun(reports, now, request.timeout_seconds)
        for plan in plans:
            _make(request, plan, deadline, progress, made, earlier)
    for manifest in made:
        if comparison := manifest.get("again"):
            progress.say(again.describe(comparison))
            if not comparison["same"]:
                raise PublishFailed(
                    f"{comparison['of']} cannot be made again: not the same are "
                    f"{', '.join(comparison['differ'])} (see {reports / manifest['run_id']})"
                )


def _make(
    request: Request,
    plan: Plan,
    deadline: Deadline,
    progress: Progress,
    made: list[dict[str, Any]],
    earlier: again.Earlier | None,
) -> None:
    """Make one report and add its manifest; keep what there is of it, whatever becomes of it."""
    from retail_portfolio.run.making import Run  # noqa: PLC0415 - not where nothing has to be made

    reports, inputs = request.reports, plan.candidate.inputs
    now, listed = dt.datetime.now(dt.UTC), runs.list_runs(request.reports)
    run_id = runs.make_run_id(reports, now, inputs.scenario, inputs.short)
    identity = Identity(run_id, plan, now, runs.next_number(listed))
    staging = publish.stage(reports, run_id)
    before = runs.newest(listed, inputs.scenario)
    run = Run(request, identity, staging, deadline, progress, before, earlier)
    try:
        # Should the process be killed, the next run knows from this what it finds.
        publish.write_manifest(staging, run.manifest() | {"status": "running", "finished": None})
        _begin(run)
        for sentence in plan.stale:
            progress.tell("stale", f"old data: {sentence}", level="warning")
        run.execute()
        manifest = run.build()
        with publish.uninterrupted():
            place = publish.publish(run.report, reports, run_id, show=earlier is None)
            made.append(manifest)
            _tidy(request)
            progress.tell("published", run_id=run_id, folder=str(place))
    except (Exception, Interrupted) as error:
        try:
            if not (reports / run_id).exists():  # else it stands there already, complete
                _keep(run, error)
            _tidy(request)
        except Exception as second:  # noqa: BLE001 - it must not hide the first
            progress.say(f"the failed run could not be kept: {second}")
        raise
    finally:
        with publish.uninterrupted():
            shutil.rmtree(staging, ignore_errors=True)


def _begin(run: Run) -> None:
    """Say that a run begins, and how long its steps took the last time."""
    took = run.before.get("durations_seconds", {})
    seconds = {**took.get("notebooks", {}), "pages": took.get("pages")}
    steps = [*(notebook.name for notebook in run.notebooks), "pages"]
    run_id = run.identity.run_id
    run.progress.begin(
        f"report {run_id}",
        len(steps),
        expected={step: seconds[step] for step in steps if seconds.get(step)} or None,
        workers=run.request.workers or default_workers(),
        run_id=run_id,
    )


def _keep(run: Run, error: BaseException) -> None:
    """Keep a failed run with its executed notebooks; name the place on the error."""
    # Working folders first: on a full disk, what is kept needs their room.
    for folder in (run.staging / "work", run.gathered):
        shutil.rmtree(folder, ignore_errors=True)
    with publish.writing("keeping the failed run"):
        run.report.mkdir(exist_ok=True)
        publish.only_notebooks(run.report)
    publish.write_manifest(run.report, run.manifest(error))
    place = publish.keep_failed(run.report, run.request.reports, run.identity.run_id)
    if isinstance(error, RunError):
        error.kept = place


def _tidy(request: Request) -> None:
    """Remove old runs where that is asked for, and write the page that lists all that are left."""
    with publish.writing("removing old runs"):
        if request.keep is not None:
            runs.drop_old(request.reports, request.keep)
    publish.write_list(request.reports)
