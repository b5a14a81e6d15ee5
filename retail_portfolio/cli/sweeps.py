"""The command that answers many cases side by side."""

from typing import Annotated

import typer

from retail_portfolio.cli.app import Data, Debug, Log, LogFormat, Override, app, with_progress


@app.command()
def sweep(  # noqa: PLR0917 - typer makes an option of each
    scenario: Annotated[
        list[str] | None, typer.Option(metavar="NAME", help="Scenario; may be repeated.")
    ] = None,
    grid: Annotated[
        list[str] | None,
        typer.Option(
            metavar="KEY=V1,V2",
            help="Values of a setting or ledger row, one case each; a list in brackets; repeated, "
            "every value with every other.",
        ),
    ] = None,
    data: Data = "",
    override: Override = None,
    draws: Annotated[
        int | None, typer.Option(metavar="N", help="Ranges too, from so many draws.")
    ] = None,
    workers: Annotated[
        int | None,
        typer.Option(metavar="N", help="Processes.  [default: two, or one a processor]"),
    ] = None,
    scheduler: Annotated[
        str, typer.Option(metavar="ADDRESS", help="A Dask cluster instead of processes here.")
    ] = "",
    out: Annotated[
        str,
        typer.Option(metavar="DIR", help="Folder of the sweep.  [default: below reports/sweeps]"),
    ] = "",
    log: Log = LogFormat.TEXT,
    debug: Debug = False,  # noqa: ARG001 - main() looks for it
) -> None:
    """Answer scenarios and grids side by side; the same command goes on where it stopped."""
    from retail_portfolio.run.sweeping.sweep import SweepRequest, make_sweep  # noqa: PLC0415 - as above

    request = SweepRequest(
        scenarios=tuple(scenario or ()),
        grid=tuple(grid or ()),
        overrides=tuple(override or ()),
        data_dir=data,
        draws=draws,
        workers=workers,
        scheduler=scheduler,
        out=out,
    )
    pages = []
    with_progress(lambda progress: pages.append(make_sweep(request, progress)), log)
    typer.echo(pages[0])
