"""The command that makes a report."""

from typing import Annotated

import typer

from retail_portfolio.cli.app import Data, Debug, Override, app, with_progress


@app.command()
def report(  # noqa: PLR0917 - typer makes an option of each
    scenario: Annotated[
        list[str] | None,
        typer.Option(metavar="NAME", help="Scenario; may be repeated.  [default: base]"),
    ] = None,
    data: Data = "",
    out: Annotated[
        str, typer.Option(metavar="DIR", help="Folder of reports.  [default: reports]")
    ] = "",
    override: Override = None,
    workers: Annotated[
        int, typer.Option(min=0, max=64, help="Notebooks at a time; 0: two, or one a processor.")
    ] = 0,
    timeout: Annotated[
        float | None, typer.Option(min=0.001, metavar="SECONDS", help="Deadline of it all.")
    ] = None,
    if_changed: Annotated[
        bool, typer.Option("--if-changed", help="Do nothing when the inputs are the same.")
    ] = False,
    dry_run: Annotated[
        bool, typer.Option("--dry-run", help="Check, and say what would run; write nothing.")
    ] = False,
    debug: Debug = False,  # noqa: ARG001 - main() looks for it
) -> None:
    """Run the notebooks and publish a report; print the path of its first page."""
    from retail_portfolio.run.publish import LATEST  # noqa: PLC0415 - --help need not wait for it
    from retail_portfolio.run.report import Request, make_reports  # noqa: PLC0415

    request = Request(
        scenarios=tuple(scenario or ["base"]),
        data_dir=data,
        out=out,
        overrides=tuple(override or ()),
        workers=workers,
        timeout_seconds=timeout,
        if_changed=if_changed,
        dry_run=dry_run,
    )
    with_progress(lambda progress: make_reports(request, progress))
    if not dry_run:
        typer.echo(request.reports / LATEST / "index.html")
