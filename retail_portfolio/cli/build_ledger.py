"""The command that adds the general figures of the industry to a ledger."""

import typer

from retail_portfolio.cli.app import Data, Debug
from retail_portfolio.cli.build import build


@build.command()
def ledger(
    data: Data = "",
    debug: Debug = False,  # noqa: ARG001 - main() looks for it
) -> None:
    """Add general figures with their sources to assumptions.csv; no row there is changed."""
    from retail_portfolio.inputs.example.industry import add_industry_rows  # noqa: PLC0415

    typer.echo(str(add_industry_rows(data)))
