"""The group of commands that make a table from an outside source: `build WHAT`."""

import contextlib
from collections.abc import Iterator
from pathlib import Path
from typing import Annotated, Any

import typer

from retail_portfolio.cli.app import Data, Debug, answer, app, command_group
from retail_portfolio.run.errors import PublishFailed

build = command_group(
    "build", "Make a table of a data folder from an outside source, around its stores.csv."
)
"""Each WHAT is a command of this group, here or in a module of its own."""

app.add_typer(build)

ScenarioName = Annotated[
    str, typer.Option("--scenario", metavar="NAME", help="Scenario of banners and trade areas.")
]
Replace = Annotated[
    bool, typer.Option("--replace", help="Replace a table that has rows; it is kept beside.")
]


class SourceFailed(PublishFailed):
    """An outside source did not answer; the status is that of the world outside failing."""


@contextlib.contextmanager
def asking() -> Iterator[None]:
    """Raise `SourceFailed` where what is done within asks a source that does not answer."""
    from retail_portfolio.inputs.build.acs import (  # noqa: PLC0415 - pandas takes its time
        SourceUnavailableError,
    )

    try:
        yield
    except SourceUnavailableError as error:
        raise SourceFailed(str(error)) from error


def _miles(default: str) -> Any:
    """Declare an option for a radius around a store."""
    text = f"Miles around a store.  [default: {default}]"
    return typer.Option(min=0.1, max=500, metavar="N", help=text)


@build.command()
def demand(
    data: Data = "",
    scenario: ScenarioName = "base",
    radius_miles: Annotated[
        float | None, _miles("two thirds of a mile a minute of trade area")
    ] = None,
    acs: Annotated[
        int | None,
        typer.Option(
            metavar="YEAR",
            help="Ask the Census Bureau for the five-year survey that ends in YEAR (extra acs, "
            "key in CENSUS_API_KEY).",
        ),
    ] = None,
    replace: Replace = False,
    debug: Debug = False,  # noqa: ARG001 - main() looks for it
) -> None:
    """Write demand.csv: the ZIP areas around the stores, with households and incomes."""
    from retail_portfolio.inputs.build.acs import acs_figures  # noqa: PLC0415 - pandas takes its time
    from retail_portfolio.inputs.build.demand import build_demand  # noqa: PLC0415

    figures = None if acs is None else acs_figures(acs)
    with asking():
        built = build_demand(
            data, scenario, radius_miles=radius_miles, figures=figures, replace=replace
        )
    answer(str(built))


@build.command()
def metros(
    data: Data = "",
    scenario: ScenarioName = "base",
    replace: Replace = False,
    debug: Debug = False,  # noqa: ARG001 - main() looks for it
) -> None:
    """Write metros.csv: the metropolitan areas of the stores."""
    from retail_portfolio.inputs.build.metros import build_metros  # noqa: PLC0415 - as above

    answer(str(build_metros(data, scenario, replace=replace)))


@build.command()
def competitors(
    data: Data = "",
    scenario: ScenarioName = "base",
    snap: Annotated[
        Path | None,
        typer.Option(metavar="FILE", help="A list of SNAP retailers, as the USDA gives it out."),
    ] = None,
    listed: Annotated[
        Path | None,
        typer.Option("--list", metavar="FILE", help="A list with name, lat and lon."),
    ] = None,
    as_of: Annotated[
        str,
        typer.Option(metavar="DATE", help="Day of the list, where neither it nor its name says."),
    ] = "",
    radius_miles: Annotated[float | None, _miles("twice those of demand")] = None,
    replace: Replace = False,
    debug: Debug = False,  # noqa: ARG001 - main() looks for it
) -> None:
    """Write competitors.csv: other owners' supermarkets around the stores."""
    from retail_portfolio.inputs.build.competitors import (  # noqa: PLC0415 - as above
        build_competitors,
    )

    built = build_competitors(
        data,
        scenario,
        snap=str(snap or ""),
        listed=str(listed or ""),
        as_of=as_of,
        radius_miles=radius_miles,
        replace=replace,
    )
    answer(str(built))


@build.command()
def leases(
    data: Data = "",
    scenario: ScenarioName = "base",
    debug: Debug = False,  # noqa: ARG001 - main() looks for it
) -> None:
    """Add to leases.csv an assumed lease for each closing store without one."""
    from retail_portfolio.inputs.build.leases import build_leases  # noqa: PLC0415 - as above

    answer(str(build_leases(data, scenario)))
