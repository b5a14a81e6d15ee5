"""What a report is asked to be, checked as a whole before anything is started or written."""

from __future__ import annotations

import datetime as dt
import time
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

from retail_portfolio.inputs import folders
from retail_portfolio.inputs.data_age import stale_data, stale_files
from retail_portfolio.inputs.faults import Fault, InputError
from retail_portfolio.run.executing.notebook_imports import import_faults
from retail_portfolio.run.executing.notebooks import CELL_TIMEOUT_SECONDS
from retail_portfolio.run.executing.own_notebooks import as_marked, with_own
from retail_portfolio.run.executing.parameters import Notebook, find_notebooks, parameter_faults
from retail_portfolio.run.publishing import fingerprint, runs

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from retail_portfolio.inputs.settings.scenario import Scenario
    from retail_portfolio.run.executing.progress import Progress

OUT_DIR = "outputs"
"""Where a notebook writes, within its working folder."""
DATA_LINK = "data"
"""Link to the tables within a working folder: a report shows no path of this machine."""


@dataclass(frozen=True, slots=True)
class Request:
    """What is asked for.

    Parameters
    ----------
    scenarios
        Names; one report each, in this order. ``latest`` ends on the last.
    data_dir
        Folder of the tables; empty for the checkout's.
    out
        The reports folder; empty for the checkout's.
    overrides
        Texts ``key=value`` over every scenario.
    workers
        Notebooks that run at once; 0 for
        `retail_portfolio.run.executing.notebooks.default_workers`.
    timeout_seconds
        Of everything together; ``None`` for no limit.
    cell_timeout_seconds
        Of one cell.
    if_changed
        Leave out a report whose inputs are those of the published one.
    dry_run
        Only say what would be done.
    notebooks
        Folder of notebooks; empty for the checkout's.
    keep
        How many reports stay in the folder; ``None`` for all.
    on_failure, on_change
        Commands that are told of it; empty for none.
    again
        Manifest of a report that is to be made again and compared; empty for none.
    own_notebooks
        Paths of an analyst's own notebooks, each in the place of one of the folder or in addition;
        see `retail_portfolio.run.executing.own_notebooks`.
    marked_own
        What an earlier report said of those notebooks of the folder that were an analyst's own.
    """

    scenarios: tuple[str, ...] = ("base",)
    data_dir: str = ""
    out: str = ""
    overrides: tuple[str, ...] = ()
    workers: int = 0
    timeout_seconds: float | None = None
    cell_timeout_seconds: float = CELL_TIMEOUT_SECONDS
    if_changed: bool = False
    dry_run: bool = False
    notebooks: str = ""
    keep: int | None = None
    on_failure: str = ""
    on_change: str = ""
    again: str = ""
    own_notebooks: tuple[str, ...] = ()
    marked_own: Mapping[str, Mapping[str, Any]] = field(default_factory=dict)

    @property
    def reports(self) -> Path:
        """The reports folder as an absolute path; `InputError` where there can be none."""
        return folders.absolute_path(self.out, "--out") if self.out else folders.reports_folder()

    @property
    def notebooks_folder(self) -> Path:
        """The folder of notebooks as an absolute path."""
        if self.notebooks:
            return folders.absolute_path(self.notebooks, "notebooks")
        return folders.notebooks_folder()

    def path_faults(self) -> list[Fault]:
        """Return a fault where there can be no folder of reports."""
        try:
            folders.absolute_path(self.out, "--out")
        except InputError as error:
            return list(error.faults)
        return []

    def parameters(self, scenario: str) -> dict[str, Any]:
        """Return what every notebook is given; a default is not said again."""
        given: dict[str, Any] = {"scenario": scenario, "data_dir": DATA_LINK, "out_dir": OUT_DIR}
        if self.overrides:
            given["overrides"] = list(self.overrides)
        return given


@dataclass(frozen=True, slots=True)
class Candidate:
    """One report that is asked for.

    Parameters
    ----------
    inputs
        What decides what it says.
    notebooks
        What makes it.
    """

    inputs: fingerprint.Inputs
    notebooks: tuple[Notebook, ...]


@dataclass(frozen=True, slots=True)
class Plan:
    """One report to make, found fit.

    Parameters
    ----------
    candidate
        Its inputs and notebooks.
    scenario
        The settings, overrides applied.
    check_seconds
        How long the check took.
    stale
        What is older than the scenario allows on the day of the run, a sentence each.
    """

    candidate: Candidate
    scenario: Scenario
    check_seconds: float
    stale: tuple[str, ...] = ()


def candidates(request: Request) -> list[Candidate]:
    """Take the inputs of every report asked for.

    Parameters
    ----------
    request
        What is asked for.

    Returns
    -------
    list of Candidate

    Raises
    ------
    InputError
        If a folder or file cannot be read.
    """
    there = as_marked(find_notebooks(request.notebooks_folder), request.marked_own)
    notebooks = with_own(there, request.own_notebooks)
    names = dict.fromkeys(request.scenarios)
    return [Candidate(take_inputs(request, name, notebooks), notebooks) for name in names]


def take_inputs(
    request: Request, scenario: str, notebooks: Iterable[Notebook]
) -> fingerprint.Inputs:
    """Hash what one report is made from, by `fingerprint.take_inputs`.

    Raises
    ------
    InputError
        If a file cannot be read.
    """
    paths = {notebook.name: notebook.path for notebook in notebooks}
    try:
        return fingerprint.take_inputs(scenario, request.overrides, request.data_dir, paths)
    except OSError as error:
        name = Path(str(error.filename or "inputs")).name
        raise InputError([Fault(name, None, None, error.strerror, "a file to read")]) from error


def without_published(
    request: Request, wanted: Sequence[Candidate], progress: Progress
) -> list[Candidate]:
    """Leave out every report that stands in the reports folder already, made from the same inputs.

    Parameters
    ----------
    request
        What is asked for.
    wanted
        The reports.
    progress
        Is told what is left out.

    Returns
    -------
    list of Candidate
        What remains. The last report has to be the one that ``latest`` shows.
    """
    reports = request.reports
    made = runs.list_runs(reports)
    latest = runs.read_manifest(reports / runs.LATEST) or {}
    kept = []
    for candidate in wanted:
        inputs = candidate.inputs
        manifest = latest if candidate is wanted[-1] else runs.newest(made, inputs.scenario)
        run_id = manifest.get("run_id", "")
        if run_id and _stands(request, reports / run_id, manifest, inputs):
            said = f"scenario {inputs.scenario}: nothing has changed since {run_id}"
            progress.tell("unchanged", said, run_id=run_id)
        else:
            kept.append(candidate)
    return kept


def _stands(
    request: Request, run: Path, manifest: Mapping[str, Any], inputs: fingerprint.Inputs
) -> bool:
    """Tell whether a report is there, was made from these inputs, and warns of what it has to."""
    said = manifest.get("inputs", {}).get("hash")
    if said != inputs.digest or inputs.faults or not _undamaged(run, manifest):
        return False
    settings = {one["key"]: one["value"] for one in manifest["scenario"].get("settings", ())}
    stale = stale_files(settings, request.data_dir, today())
    warned: list[str] = manifest.get("data_age", [])
    return list(stale) == warned


def _undamaged(run: Path, manifest: Mapping[str, Any]) -> bool:
    """Tell whether a report has all its files, and each is what it was."""
    there = fingerprint.hash_folder(run)
    written = manifest.get("outputs", {})
    return bool(written) and all(there.get(name) == one for name, one in written.items())


def today() -> dt.date:
    """Return the day of the run, in UTC as every time of a run."""
    return dt.datetime.now(dt.UTC).date()


def check(request: Request, wanted: Sequence[Candidate]) -> list[Plan]:
    """Read every table and scenario as the notebooks will.

    Parameters
    ----------
    request
        What is asked for.
    wanted
        The reports.

    Returns
    -------
    list of Plan

    Raises
    ------
    InputError
        With everything that is wrong with any of them.
    """
    from retail_portfolio.inputs import load_case  # noqa: PLC0415 - pandas takes its time
    from retail_portfolio.model.overview.requirements import missing_rows  # noqa: PLC0415
    from retail_portfolio.model.planning.plan_rules import limit_faults  # noqa: PLC0415

    plans: list[Plan] = []
    # One set of notebooks makes all of them.
    notebooks = {one.path: one for candidate in wanted for one in candidate.notebooks}
    faults = dict.fromkeys(import_faults(notebooks.values()))
    for candidate in wanted:
        began = time.perf_counter()
        given = request.parameters(candidate.inputs.scenario)
        faults |= dict.fromkeys(parameter_faults(candidate.notebooks, given))
        faults |= dict.fromkeys(candidate.inputs.faults)
        try:
            case = load_case(candidate.inputs.scenario, request.data_dir, request.overrides)
        except InputError as error:
            faults |= dict.fromkeys(error.faults)
        else:
            faults |= dict.fromkeys([*missing_rows(case), *limit_faults(case)])
            stale = stale_data(case, today())
            plans.append(Plan(candidate, case.scenario, time.perf_counter() - began, stale))
    if faults:
        raise InputError(faults)
    return plans
