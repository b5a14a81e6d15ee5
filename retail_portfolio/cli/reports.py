"""The command that makes a report."""

from pathlib import Path
from typing import Annotated

import typer

from retail_portfolio.cli.app import (
    Data,
    Debug,
    Log,
    LogFormat,
    Override,
    OwnNotebooks,
    Reports,
    Scenarios,
    answer,
    app,
    with_progress,
)

LONGEST_SECONDS = 31_536_000.0
"""A deadline later than in a year is a slip, and more than a system's clock can wait for."""


@app.command()
def report(  # noqa: PLR0917 - typer makes an option of each
    scenario: Scenarios = None,
    data: Data = "",
    out: Reports = "",
    override: Override = None,
    notebook: OwnNotebooks = None,
    workers: Annotated[
        int, typer.Option(min=0, max=64, help="Notebooks at a time; 0: two, or one a processor.")
    ] = 0,
    timeout: Annotated[
        float | None,
        typer.Option(min=0.001, max=LONGEST_SECONDS, metavar="SECONDS", help="Deadline of it all."),
    ] = None,
    if_changed: Annotated[
        bool, typer.Option("--if-changed", help="Do nothing when the inputs are the same.")
    ] = False,
    dry_run: Annotated[
        bool, typer.Option("--dry-run", help="Check, and say what would run; write nothing.")
    ] = False,
    keep: Annotated[
        int | None,
        typer.Option(min=1, metavar="N", help="Remove all but the newest N reports afterwards."),
    ] = None,
    on_failure: Annotated[
        str, typer.Option(metavar="CMD", help="Told when no report comes about: manifest on stdin.")
    ] = "",
    on_change: Annotated[
        str,
        typer.Option(
            metavar="CMD", help="Told when a report is not like the one before; likewise."
        ),
    ] = "",
    again: Annotated[
        str,
        typer.Option("--from", metavar="MANIFEST", help="Make this report again, and compare."),
    ] = "",
    log: Log = LogFormat.TEXT,
    debug: Debug = False,  # noqa: ARG001 - main() looks for it
) -> None:
    """Run the notebooks and publish a report; print the path of its first page."""
    from retail_portfolio.run.publishing.runs import LATEST  # noqa: PLC0415 - --help need not wait for it
    from retail_portfolio.run.report import Request, make_reports  # noqa: PLC0415 - as above

    request = Request(
        scenarios=tuple(scenario or (() if again else ("base",))),
        data_dir=data,
        out=out,
        overrides=tuple(override or ()),
        own_notebooks=tuple(notebook or ()),
        workers=workers,
        timeout_seconds=timeout,
        if_changed=if_changed,
        dry_run=dry_run,
        keep=keep,
        on_failure=on_failure,
        on_change=on_change,
        again=again,
    )
    made: list[Path] = []
    with_progress(lambda progress: made.extend(make_reports(request, progress)), log)
    if not dry_run:
        # What was made again to be compared is not what readers see.
        place = made[-1] if again else request.reports / LATEST
        answer(str(place / "index.html"))
