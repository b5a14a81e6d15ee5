"""The whole way to a report: check, make, publish, and tell whoever watches."""

from __future__ import annotations

import contextlib
import datetime as dt
import shutil
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from retail_portfolio.inputs import folders
from retail_portfolio.inputs.faults import Fault, InputError
from retail_portfolio.run import again
from retail_portfolio.run.errors import Interrupted, PublishFailed, RunError
from retail_portfolio.run.executing import own_notebooks
from retail_portfolio.run.executing.notebooks import default_workers
from retail_portfolio.run.executing.progress import Deadline, Quiet
from retail_portfolio.run.manifest import Identity
from retail_portfolio.run.publishing import publish, runs, status
from retail_portfolio.run.publishing.fingerprint import git_revision
from retail_portfolio.run.publishing.lock import hold
from retail_portfolio.run.publishing.runs import stamp
from retail_portfolio.run.publishing.tell import command_faults
from retail_portfolio.run.request import Plan, Request, candidates, check, without_published
from retail_portfolio.run.watch import Watch

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from pathlib import Path

    from retail_portfolio.run.executing.progress import Progress
    from retail_portfolio.run.making import Run

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
    watch = Watch(request, progress)
    with watch.told():
        deadline = Deadline(request.timeout_seconds)
        with _as_asked(request) as (asked, earlier):
            wanted = candidates(asked)
            if asked.if_changed and earlier is None:
                wanted = without_published(asked, wanted, progress)
            if wanted:
                plans = check(asked, wanted)
                _Making(asked, deadline, progress, watch, earlier).publish(plans)
    return tuple(request.reports / manifest["run_id"] for manifest in watch.made)


@contextlib.contextmanager
def _as_asked(request: Request) -> Iterator[tuple[Request, again.Earlier | None]]:
    """See that the options go together; ask for an earlier report's inputs where one is named."""
    faults = command_faults("--on-failure", request.on_failure)
    faults += command_faults("--on-change", request.on_change)
    given = ", ".join([*request.scenarios, *request.overrides, *request.own_notebooks])
    if request.again and given:
        expected = "neither --scenario nor --set nor --notebook: the manifest has its own"
        faults.append(Fault("--from", None, None, given, expected))
    faults += request.path_faults()
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
            _say_own(plan, asked, progress)
            progress.say(
                f"scenario {inputs.scenario}: {tables} files of {where} are fit; would run {names},"
                f" {asked.workers or default_workers()} at a time, and publish to {asked.reports}"
            )


@dataclass(frozen=True, slots=True)
class _Making:
    """What all reports of one command share."""

    request: Request
    deadline: Deadline
    progress: Progress
    watch: Watch
    earlier: again.Earlier | None

    @property
    def reports(self) -> Path:
        return self.request.reports

    def publish(self, plans: Sequence[Plan]) -> None:
        """Make every report, one after the other, with the reports folder held."""
        now = dt.datetime.now(dt.UTC)
        scenarios = ", ".join(plan.scenario.name for plan in plans)
        with hold(self.reports, {"since": stamp(now), "scenarios": scenarios}) as found:
            self.watch.take_over(found)
            with self.watch.noted():
                status.begun(self.reports, now, self.request.timeout_seconds)
                try:
                    for plan in plans:
                        self._make(plan)
                finally:
                    self._remove_old()
                self._compare()

    def _make(self, plan: Plan) -> None:
        """Make one report; keep what there is of it, whatever becomes of it."""
        run = self._begin(plan)
        try:
            # Should the process be killed, the next run knows from this what it finds.
            running = {"status": "running", "finished": None}
            publish.write_manifest(run.staging, run.manifest() | running)
            _say_begun(run)
            run.execute()
            self._show(run, run.build())
        except (Exception, Interrupted) as error:
            try:
                with publish.uninterrupted():
                    if not (self.reports / run.identity.run_id).exists():
                        _keep(run, error)  # else it stands there already, complete
                    publish.write_list(self.reports)
            except Exception as second:  # noqa: BLE001 - it must not hide the first
                self.progress.say(f"the failed run could not be kept: {second}")
            raise
        finally:
            with publish.uninterrupted():
                shutil.rmtree(run.staging, ignore_errors=True)

    def _begin(self, plan: Plan) -> Run:
        from retail_portfolio.run.making import Run  # noqa: PLC0415 - only where one is made

        listed, inputs, now = runs.list_runs(self.reports), plan.candidate.inputs, _now()
        run_id = runs.make_run_id(self.reports, now, inputs.scenario, inputs.short)
        # Of several, readers see the last: where that fails or stands already, what they had.
        last = list(dict.fromkeys(self.request.scenarios))[-1]
        shown = self.earlier is None and inputs.scenario == last
        number, git = runs.next_number(listed), git_revision()
        return Run(
            request=self.request,
            identity=Identity(run_id, plan, now, number, shown, git),
            staging=publish.stage(self.reports, run_id),
            deadline=self.deadline,
            progress=self.progress,
            before=(before := runs.newest(listed, inputs.scenario)),
            took=(before or runs.newest(listed)).get("durations_seconds", {}),
            earlier=self.earlier,
        )

    def _show(self, run: Run, manifest: dict[str, Any]) -> None:
        """Publish a report, list it and tell of it; a signal waits until all is done."""
        run_id, show = run.identity.run_id, run.identity.shown
        with publish.uninterrupted():
            place = publish.publish(run.report, self.reports, run_id, show=show)
            self.watch.made.append(manifest)
            publish.write_list(self.reports)
            self.progress.tell("published", run_id=run_id, folder=str(place))

    def _remove_old(self) -> None:
        """Remove old runs where that is asked for; what hinders that is no failure of a report."""
        if self.request.keep is None:
            return
        gone, stuck = runs.drop_old(self.reports, self.request.keep)
        said = f"could not be removed: {', '.join(stuck)}" if stuck else ""
        try:
            if gone:
                publish.write_list(self.reports)
        except PublishFailed as error:
            said = f"the list still has what was removed: {error}"
        if said:
            self.progress.tell("not_removed", said, level="warning")

    def _compare(self) -> None:
        """Say whether a report that was made again is the same, and stop where it is not."""
        for manifest in self.watch.made:
            if comparison := manifest.get("again"):
                self.progress.say(again.describe(comparison))
                if not comparison["same"]:
                    raise PublishFailed(
                        f"{comparison['of']} cannot be made again: not the same are "
                        f"{', '.join(comparison['differ'])} "
                        f"(see {self.reports / manifest['run_id']})"
                    )


def _now() -> dt.datetime:
    return dt.datetime.now(dt.UTC)


def _say_begun(run: Run) -> None:
    """Say that a run begins, how long its steps took the last time, and which data are old."""
    seconds = {**run.took.get("notebooks", {}), "pages": run.took.get("pages")}
    steps = [*(notebook.name for notebook in run.notebooks), "pages"]
    run_id = run.identity.run_id
    run.progress.begin(
        f"report {run_id}",
        len(steps),
        expected={step: seconds[step] for step in steps if seconds.get(step)} or None,
        workers=run.request.workers or default_workers(),
        run_id=run_id,
    )
    _say_own(run.plan, run.request, run.progress)
    for sentence in run.plan.stale:
        run.progress.tell("stale", f"old data: {sentence}", level="warning")


def _say_own(plan: Plan, request: Request, progress: Progress) -> None:
    """Say of every notebook of the analyst's own what it does in the report."""
    for notebook in plan.candidate.notebooks:
        if notebook.own_file and notebook.name not in request.marked_own:
            progress.tell("own_notebook", own_notebooks.describe(notebook), notebook=notebook.name)


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
    if isinstance(error, RunError | Interrupted):
        error.kept = place
