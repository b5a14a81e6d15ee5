"""One report in the making: execute, join, compare with the one before, build the pages."""

from __future__ import annotations

import shutil
import time
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from retail_portfolio.inputs import folders
from retail_portfolio.inputs.faults import InputError
from retail_portfolio.present.files import CHANGES_FILE, INPUTS_FILE
from retail_portfolio.run.errors import DeadlinePassed, PublishFailed
from retail_portfolio.run.executing.join import gather
from retail_portfolio.run.executing.notebooks import Executed, Job, default_workers, run_notebooks
from retail_portfolio.run.manifest import (
    Identity,
    describe_failure,
    machine_paths,
    make_facts,
    make_manifest,
)
from retail_portfolio.run.publishing import kept_inputs, publish
from retail_portfolio.run.request import DATA_LINK, OUT_DIR, Plan, Request, take_inputs
from retail_portfolio.run.since import Since, changes_since

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence
    from pathlib import Path

    from retail_portfolio.run.again import Earlier
    from retail_portfolio.run.executing.parameters import Notebook
    from retail_portfolio.run.executing.progress import Deadline, Progress

# What `retail_portfolio.present.site` promises beside the pages and tables of the notebooks.
_ALWAYS = ("index.html", "map.html", "glossary.html", "portfolio.xlsx", "stores.geojson")


@dataclass(slots=True)
class Run:
    """One report in the making.

    Parameters
    ----------
    request
        What is asked for.
    identity
        Which run it is.
    staging
        The folder it is built in.
    deadline
        Of it all.
    progress
        Is told how far it is.
    before
        Manifest of the newest report of the same scenario; empty without one.
    took
        Seconds that its steps took, or those of another scenario; empty where nobody knows.
    earlier
        The report that is made again; ``None`` as a rule.
    """

    request: Request
    identity: Identity
    staging: Path
    deadline: Deadline
    progress: Progress
    before: Mapping[str, Any]
    took: Mapping[str, Any]
    earlier: Earlier | None = None
    clock: float = field(default_factory=time.perf_counter)
    executed: tuple[Executed, ...] = ()
    pages_seconds: float | None = None
    since: Since | None = None

    @property
    def plan(self) -> Plan:
        """What is made."""
        return self.identity.plan

    @property
    def notebooks(self) -> tuple[Notebook, ...]:
        """The notebooks that make it, in order of name."""
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
        """What to write in the place of the folders of this machine."""
        return machine_paths(self.staging, self.request.reports)

    def work(self, notebook: str) -> Path:
        """Return the working folder of a notebook."""
        return self.staging / "work" / notebook

    def manifest(self, error: BaseException | None = None) -> dict[str, Any]:
        """Describe the run as far as it is: complete, or stopped by an error."""
        pages = self.pages_seconds
        taken = self.plan.check_seconds + time.perf_counter() - self.clock
        durations = {
            "check": round(self.plan.check_seconds, 3),
            "notebooks": {one.name: round(one.seconds, 3) for one in self.executed},
            "pages": None if pages is None else round(pages, 3),
            "whole": round(taken, 3),
        }
        workers = self.request.workers or default_workers()
        failed = None if error is None else describe_failure(error, self.hide)
        changes = None if self.since is None else self.since.brief
        return make_manifest(self.identity, self.report, durations, workers, failed, changes)

    def execute(self) -> None:
        """Execute the notebooks.

        Raises
        ------
        NotebookFailed, DeadlinePassed, PublishFailed
            If one fails, takes too long, or nothing can be written.
        """
        request = self.request
        parameters = request.parameters(self.plan.scenario.name)
        data = folders.data_folder(request.data_dir)
        jobs = []
        with publish.writing("making the working folders"):
            (self.report / "notebooks").mkdir(parents=True)
            for notebook in _longest_first(self.took, self.notebooks):
                folder = self.work(notebook.name)
                folder.mkdir(parents=True)
                (folder / DATA_LINK).symlink_to(data, target_is_directory=True)
                output = self.report / "notebooks" / f"{notebook.name}.ipynb"
                jobs.append(Job(notebook, folder, output, parameters))
        self.executed = run_notebooks(
            jobs,
            workers=request.workers,
            deadline=self.deadline,
            cell_timeout_seconds=request.cell_timeout_seconds,
            hide=self.hide,
            progress=self.progress,
        )
        for done in self.executed:
            if done.messages:
                self.progress.say(f"{done.name}: {done.messages}")

    def build(self) -> dict[str, Any]:
        """Build all that is published beside the executed notebooks, and see that it is whole.

        Returns
        -------
        dict
            Its manifest.

        Raises
        ------
        PublishFailed
            If an input was written to meanwhile, a page cannot be built, or something is missing.
        DeadlinePassed
            If the run has taken too long.
        """
        self.check_time()
        began = time.perf_counter()
        names = [notebook.name for notebook in self.notebooks]
        leaving = [notebook.name for notebook in self.notebooks if self._leaves(notebook)]
        with publish.writing("building the report"):
            self._unchanged()
            content = kept_inputs.take_content(self.plan.candidate.inputs)
            kept_inputs.write_inputs(content, self.report)
            gather({name: self.work(name) / OUT_DIR for name in leaving}, self.gathered)
            self.since = changes_since(self, content)
            publish.write_document(self.report / CHANGES_FILE, self.since.document)
            executed = [self.report / "notebooks" / f"{name}.ipynb" for name in names]
            self._build_pages(executed)
            for name in leaving:
                source = self.gathered / f"{name}.json"
                shutil.copyfile(source, executed[0].with_name(source.name))
            (self.report / "tables").mkdir(exist_ok=True)
            for table in (self.gathered / "tables").glob("*.csv"):
                shutil.copyfile(table, self.report / "tables" / table.name)
        self.pages_seconds = time.perf_counter() - began
        self.progress.done("pages", self.pages_seconds)
        self.check_time()
        self._unchanged()  # pages read data and code, too, and what changed may have taken a while
        manifest = self.manifest()
        if self.earlier is not None:
            inputs = self.plan.candidate.inputs.files
            manifest["again"] = self.earlier.compare(manifest["outputs"], inputs)
        publish.write_manifest(self.report, manifest)
        publish.check_complete(self.report, self._expected(names, leaving))
        return manifest

    def _leaves(self, notebook: Notebook) -> bool:
        """Tell whether a notebook has to leave figures, or did: one in addition may be a page."""
        folder = self.work(notebook.name) / OUT_DIR
        return not notebook.extra or any(path.is_file() for path in folder.rglob("*"))

    def _unchanged(self) -> None:
        """See that no input has been written to since the run began."""
        before = self.plan.candidate.inputs
        try:
            now = take_inputs(self.request, before.scenario, self.notebooks)
        except InputError as error:
            raise PublishFailed(f"changed during the run: {error}") from error
        if changed := before.written_since(now):
            raise PublishFailed(f"changed during the run: {', '.join(changed)}")

    def _build_pages(self, executed: Sequence[Path]) -> None:
        from retail_portfolio.present import site  # noqa: PLC0415 - not while notebooks run

        data = folders.data_folder(self.request.data_dir)
        facts = make_facts(self.identity)
        changes = None if self.since is None else self.since.document
        try:
            site.build_site(
                self.gathered, executed, facts, self.report, data_dir=data, changes=changes
            )
        except ValueError as error:
            # Pages refuse what they cannot show, above all what would load something.
            raise PublishFailed(f"the pages could not be built: {error}") from error

    def _expected(self, names: Iterable[str], leaving: Iterable[str]) -> list[str]:
        pages = [f"notebooks/{name}.{end}" for name in names for end in ("html", "ipynb")]
        pages += [f"notebooks/{name}.json" for name in leaving]
        tables = [f"tables/{path.name}" for path in (self.gathered / "tables").glob("*.csv")]
        layers = [f"layers/{path.name}" for path in (self.gathered / "layers").glob("*.geojson")]
        return [*_ALWAYS, INPUTS_FILE, CHANGES_FILE, *pages, *tables, *layers]

    def check_time(self) -> None:
        """Stop where the deadline has passed.

        Raises
        ------
        DeadlinePassed
            If it has.
        """
        if self.deadline.passed():
            raise DeadlinePassed(f"the run took longer than {self.deadline.seconds:g} seconds")


def _longest_first(took: Mapping[str, Any], notebooks: Iterable[Notebook]) -> list[Notebook]:
    """Begin with what took longest the last time, so that nothing long is left for one worker."""
    seconds = took.get("notebooks", {})
    return sorted(notebooks, key=lambda notebook: -seconds.get(notebook.name, 0.0))
