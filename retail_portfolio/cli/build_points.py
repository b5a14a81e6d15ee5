"""The command that places stores: `build points`."""

from typing import Annotated

import typer

from retail_portfolio.cli.app import Data, Debug, answer
from retail_portfolio.cli.build import asking, build


@build.command()
def points(
    data: Data = "",
    by_zip: Annotated[
        bool,
        typer.Option(
            "--zip", help="Take the middle of the ZIP area, marked as approximate; ask nobody."
        ),
    ] = False,
    debug: Debug = False,  # noqa: ARG001 - main() looks for it
) -> None:
    """Fill in coordinates where stores.csv has none: addresses go to the Census Bureau's geocoder.

    Only blank cells are filled, also in the columns of columns.yaml; the table before is kept.
    """
    from retail_portfolio.inputs.build.points import (  # noqa: PLC0415 - pandas takes its time
        build_points,
    )

    with asking():
        made = build_points(data, by_zip=by_zip)
    answer(str(made))
