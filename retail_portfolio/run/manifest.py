"""What a report says of itself: its manifest, and the facts that stand on every page."""

from __future__ import annotations

import datetime as dt
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import retail_portfolio
from retail_portfolio.run import fingerprint

if TYPE_CHECKING:
    from collections.abc import Mapping

    from retail_portfolio.run.errors import Failure
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
    """

    run_id: str
    plan: Plan
    begun: dt.datetime


def make_manifest(
    identity: Identity,
    report: Path,
    durations_seconds: Mapping[str, Any],
    workers: int,
    failure: Mapping[str, Any] | None = None,
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

    Returns
    -------
    dict
        What goes into ``manifest.json``.
    """
    scenario, inputs = identity.plan.scenario, identity.plan.candidate.inputs
    return {
        "status": "complete" if failure is None else "failed",
        "run_id": identity.run_id,
        "started": stamp(identity.begun),
        "finished": stamp(dt.datetime.now(dt.UTC)),
        "scenario": {
            "name": scenario.name,
            "title": scenario.title,
            "why": scenario.why,
            "as_of": scenario.as_of.isoformat(),
            "overrides": list(inputs.overrides),
            "settings": [
                {"key": one.key, "value": one.value, "given_by": one.given_by}
                for one in scenario.applied
            ],
        },
        "inputs": {"hash": inputs.digest, "files": dict(inputs.files)},
        "outputs": fingerprint.hash_folder(report),
        "versions": fingerprint.versions(),
        "seed": scenario.seed,
        "workers": workers,
        "durations_seconds": dict(durations_seconds),
        "git": fingerprint.git_revision(),
        "failure": failure,
    }


def describe_failure(failure: Failure, hide: Mapping[str, str]) -> dict[str, Any]:
    """Write down a failure without the paths of this machine.

    Parameters
    ----------
    failure
        Where a run stopped, and why.
    hide
        What `machine_paths` says.

    Returns
    -------
    dict
        ``notebook``, ``cell``, ``error``, ``value`` and ``traceback``.
    """
    texts = {"error": failure.error, "value": failure.value, "traceback": failure.traceback}
    for folder, name in hide.items():
        texts = {key: text.replace(folder, name) for key, text in texts.items()}
    return {"notebook": failure.notebook or None, "cell": failure.cell, **texts}


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
        "base_year": scenario.base_year,
        "seed": scenario.seed,
        "overrides": list(inputs.overrides),
        "input_hash": inputs.digest,
        "versions": fingerprint.versions(),
        "git": fingerprint.git_revision(),
        "formats": {code: one.model_dump() for code, one in scenario.formats.items()},
        "settings": {one.key: one.value for one in scenario.applied},
        "map_tiles": None if scenario.map_tiles is None else scenario.map_tiles.model_dump(),
    }


def stamp(moment: dt.datetime) -> str:
    """Write a moment as ISO 8601 in UTC, to the second."""
    return moment.astimezone(dt.UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
