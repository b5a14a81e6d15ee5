"""Who watches a run is told how it ended: ``status.json``, ``--on-failure``, ``--on-change``."""

from __future__ import annotations

import contextlib
import datetime as dt
from typing import TYPE_CHECKING, Any

from retail_portfolio.run import status
from retail_portfolio.run.errors import (
    Interrupted,
    Locked,
    PublishFailed,
    RunError,
    exit_status,
)
from retail_portfolio.run.lock import hold
from retail_portfolio.run.manifest import describe_failure, stamp
from retail_portfolio.run.publish import uninterrupted
from retail_portfolio.run.runs import read_manifest
from retail_portfolio.run.tell import tell

if TYPE_CHECKING:
    from collections.abc import Iterator

    from retail_portfolio.run.progress import Progress
    from retail_portfolio.run.request import Request


@contextlib.contextmanager
def watched(request: Request, progress: Progress) -> Iterator[list[dict[str, Any]]]:
    """Tell how what is done within ends.

    Parameters
    ----------
    request
        What is asked for; names the reports folder and the commands.
    progress
        Is told where nobody else could be.

    Yields
    ------
    list of dict
        To be filled with the manifest of each report that is published.

    Raises
    ------
    PublishFailed
        If everything is published and a command could not be told.
    """
    made: list[dict[str, Any]] = []
    begun = dt.datetime.now(dt.UTC)
    try:
        yield made
    except (Exception, Interrupted) as error:
        _failed(request, progress, begun, made, error)
        raise
    _done(request, progress, made)


def _done(request: Request, progress: Progress, made: list[dict[str, Any]]) -> None:
    if request.again:
        outcome, message = "compared", "made again, and the same"
    elif made:
        outcome, message = "published", ", ".join(one["run_id"] for one in made)
    else:
        outcome, message = "unchanged", "nothing has changed since the last report"
    problems = [
        problem
        for one in made
        if request.on_change and one["changes"]["any"]
        if (problem := tell("--on-change", request.on_change, one, 0))
    ]
    if problems:
        text = f"the report is published, but nobody was told: {'; '.join(problems)}"
        error = PublishFailed(text)
        _note(request, progress, "published", exit_status(error), text, made)
        raise error
    _note(request, progress, outcome, 0, message, made)


def _failed(
    request: Request,
    progress: Progress,
    begun: dt.datetime,
    made: list[dict[str, Any]],
    error: BaseException,
) -> None:
    code = exit_status(error)
    kept = error.kept if isinstance(error, RunError) else None
    if not isinstance(error, Locked):
        outcome = "refused" if code == 2 else "failed"  # noqa: PLR2004 - the status of bad input
        _note(request, progress, outcome, code, str(error), made)
    if request.on_failure:
        manifest = read_manifest(kept) if kept else None
        document = manifest or _of_no_run(request, begun, error)
        if problem := tell("--on-failure", request.on_failure, document, code):
            progress.say(problem)


def _of_no_run(request: Request, begun: dt.datetime, error: BaseException) -> dict[str, Any]:
    """Describe a run that did not come to a manifest, as a manifest would."""
    return {
        "status": "failed",
        "run_id": None,
        "started": stamp(begun),
        "finished": stamp(dt.datetime.now(dt.UTC)),
        "scenario": {
            "name": ", ".join(request.scenarios),
            "overrides": list(request.overrides),
        },
        "failure": describe_failure(error, {}),
    }


def _note(
    request: Request,
    progress: Progress,
    outcome: str,
    code: int,
    message: str,
    made: list[dict[str, Any]],
) -> None:
    """Write the status, where there is a folder of reports that nobody else is writing to."""
    reports = request.reports
    if not reports.is_dir():
        return
    last = {
        "outcome": outcome,
        "exit_status": code,
        "message": message,
        "runs": [one["run_id"] for one in made],
    }
    now = dt.datetime.now(dt.UTC)
    try:
        owner = {"since": stamp(now), "doing": "noting how a run ended"}
        with uninterrupted(), hold(reports, owner) as found:
            for sentence in found:
                progress.say(sentence)
            status.ended(reports, now, last)
    except Locked:
        return  # whoever holds the folder writes the next status
    except PublishFailed as problem:
        progress.say(f"the status could not be written: {problem}")
