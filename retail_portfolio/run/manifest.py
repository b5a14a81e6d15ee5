"""What a report says of itself: its manifest, and the facts that stand on every page."""

from __future__ import annotations

import datetime as dt
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import retail_portfolio
from retail_portfolio.inputs.settings.currency import money_words
from retail_portfolio.run.errors import Failure, RunError, exit_status
from retail_portfolio.run.executing.own_notebooks import own_notebooks
from retail_portfolio.run.publishing import fingerprint
from retail_portfolio.run.publishing.runs import stamp

if TYPE_CHECKING:
    from collections.abc import Mapping

    from retail_portfolio.inputs.settings.applied import Setting
    from retail_portfolio.run.request import Plan


@dataclass(frozen=True, slots=True)
class Identity:
    """Which run it is.

    Parameters
    ----------
    run_id
        Name of its folder.
    plan
        What is made.
    begun
        When, with a time zone.
    number
        Which run of its folder it is, from 1, whatever the clock says.
    shown
        Whether ``latest`` is to point at it once it is complete.
    git
        What `retail_portfolio.run.publishing.fingerprint.git_revision` said when it began.
    """

    run_id: str
    plan: Plan
    begun: dt.datetime
    number: int
    shown: bool
    git: dict[str, Any] | None


def make_manifest(
    identity: Identity,
    report: Path,
    durations_seconds: Mapping[str, Any],
    workers: int,
    failure: Mapping[str, Any] | None = None,
    changes: Mapping[str, Any] | None = None,
) -> dict[str, Any]:
    """Describe a run that is over.

    Parameters
    ----------
    identity
        Which run it is.
    report
        Its folder, whose files are hashed.
    durations_seconds
        How long its steps took.
    workers
        How many notebooks ran at a time.
    failure
        What `describe_failure` says; ``None`` for a complete run.
    changes
        In short what changed since the report before: ``since``, ``results``, ``inputs``, ``any``.

    Returns
    -------
    dict
        What goes into ``manifest.json``.
    """
    scenario, inputs = identity.plan.scenario, identity.plan.candidate.inputs
    return {
        "status": "complete" if failure is None else "failed",
        "run_id": identity.run_id,
        "number": identity.number,
        "shown": identity.shown,
        "started": stamp(identity.begun),
        "finished": stamp(dt.datetime.now(dt.UTC)),
        "scenario": {
            "name": scenario.name,
            "title": scenario.title,
            "why": scenario.why,
            "as_of": scenario.as_of.isoformat(),
            "overrides": list(inputs.overrides),
            "settings": [_setting(one) for one in scenario.applied],
        },
        "data_age": list(identity.plan.stale),
        "own_notebooks": own_notebooks(identity.plan.candidate.notebooks),
        "inputs": {"hash": inputs.digest, "files": dict(inputs.files)},
        "outputs": fingerprint.hash_folder(report),
        "versions": fingerprint.versions(),
        "seed": scenario.seed,
        "workers": workers,
        "durations_seconds": dict(durations_seconds),
        "git": identity.git,
        "changes": changes,
        "failure": failure,
    }


def _setting(one: Setting) -> dict[str, Any]:
    """Write down a setting: who gave it, and what that overrode."""
    written: dict[str, Any] = {"key": one.key, "value": one.value, "given_by": one.given_by}
    if one.over:
        written["over"] = [{"given_by": who, "value": value} for who, value in one.over]
    return written


def describe_failure(error: BaseException, hide: Mapping[str, str]) -> dict[str, Any]:
    """Write down why a run stopped, without the paths of this machine.

    Parameters
    ----------
    error
        What stopped it. A `RunError` may name the notebook and the cell.
    hide
        What `machine_paths` says.

    Returns
    -------
    dict
        ``notebook``, ``cell``, ``error``, ``value``, ``traceback`` and ``exit_status``.
    """
    failure = error.failure if isinstance(error, RunError) else None
    if failure is None:
        failure = Failure("", None, type(error).__name__, str(error))
    texts = {"error": failure.error, "value": failure.value, "traceback": failure.traceback}
    for folder, name in hide.items():
        texts = {key: text.replace(folder, name) for key, text in texts.items()}
    return {
        "notebook": failure.notebook or None,
        "cell": failure.cell,
        **texts,
        "exit_status": exit_status(error),
    }


def machine_paths(staging: Path, reports: Path) -> dict[str, str]:
    """Name the folders of this machine that may not be read in a report.

    Parameters
    ----------
    staging, reports
        Where the run is built, and where it will be published.

    Returns
    -------
    dict
        What to write in the place of each, the longest first.
    """
    package = Path(retail_portfolio.__file__).resolve().parent
    named = {
        str(staging): "staging",
        str(package): "retail_portfolio",
        str(package.parent): "checkout",
        str(reports): "reports",
        sys.prefix: "python",
    }
    home = str(Path.home())
    for folder, name in list(named.items()):
        # IPython shortens the home folder in tracebacks.
        if folder.startswith(f"{home}/"):
            named[f"~{folder[len(home) :]}"] = name
    return dict(sorted(named.items(), key=lambda item: (-len(item[0]), item[0])))


def make_facts(identity: Identity) -> dict[str, Any]:
    """Return what every page says of the run beside the results.

    Parameters
    ----------
    identity
        Which run it is.

    Returns
    -------
    dict
    """
    scenario, inputs = identity.plan.scenario, identity.plan.candidate.inputs
    return {
        "run_id": identity.run_id,
        "created": stamp(identity.begun),
        "scenario": scenario.name,
        "title": scenario.title,
        "why": scenario.why,
        "retailer": scenario.retailer,
        "as_of": scenario.as_of.isoformat(),
        "currency": scenario.currency,
        "money": money_words(scenario),
        "walk_out": scenario.walk_out.model_dump(),
        "base_year": scenario.base_year,
        "seed": scenario.seed,
        "overrides": list(inputs.overrides),
        "own_notebooks": own_notebooks(identity.plan.candidate.notebooks),
        "stale": list(identity.plan.stale),
        "input_hash": inputs.digest,
        "versions": fingerprint.versions(),
        "git": identity.git,
        "formats": {code: one.model_dump() for code, one in scenario.formats.items()},
        "settings": {one.key: one.value for one in scenario.applied},
        "map_tiles": None if scenario.map_tiles is None else scenario.map_tiles.model_dump(),
    }
