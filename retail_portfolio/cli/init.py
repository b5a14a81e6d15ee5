"""The command that begins a portfolio: an example that runs, or headers to be filled."""

import shlex
from typing import Annotated

import typer

from retail_portfolio.cli.app import Debug, app


@app.command()
def init(
    folder: Annotated[
        str, typer.Argument(metavar="DIR", help="A folder that is not there yet, or is empty.")
    ],
    empty: Annotated[
        bool, typer.Option("--empty", help="Headers and a scenario to be filled, and no figure.")
    ] = False,
    debug: Debug = False,  # noqa: ARG001 - main() looks for it
) -> None:
    """Write a portfolio to begin with: a small fictional retailer that runs as it is."""
    from retail_portfolio.inputs.example.start import start_portfolio  # noqa: PLC0415 - as below

    place = start_portfolio(folder, empty=empty)
    made = sorted(path for path in place.rglob("*") if path.is_file())
    what = "tables to be filled" if empty else "an example portfolio"
    typer.echo(f"{what} in {place} ({len(made)} files); README.md there says what to do next")
    typer.echo(f"next: retail-portfolio check --data {shlex.quote(folder)}")
