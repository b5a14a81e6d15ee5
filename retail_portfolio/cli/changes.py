"""The command that says what changed between two reports, and which input changed it."""

import math
from typing import Annotated

import typer

from retail_portfolio.cli.app import Debug, app


@app.command()
def changes(
    run_a: Annotated[
        str,
        typer.Argument(metavar="RUN_A", help="The earlier report: a run id, latest, or a path."),
    ],
    run_b: Annotated[
        str, typer.Argument(metavar="RUN_B", help="The later report, named in the same way.")
    ],
    out: Annotated[
        str, typer.Option(metavar="DIR", help="Folder of reports.  [default: reports]")
    ] = "",
    tolerance: Annotated[
        float,
        typer.Option(
            metavar="X",
            help="How far a figure may move unnamed: as a share of itself; shares, by so much.",
        ),
    ] = 0.01,
    no_causes: Annotated[
        bool, typer.Option("--no-causes", help="Do not ask which input changed the results.")
    ] = False,
    as_json: Annotated[
        bool, typer.Option("--json", help="Print one JSON document and nothing else.")
    ] = False,
    debug: Debug = False,  # noqa: ARG001 - main() looks for it
) -> None:
    """Say what changed between two reports, and what each changed input does by itself."""
    from retail_portfolio.inputs.faults import Fault, InputError  # noqa: PLC0415
    from retail_portfolio.present.changed.change_words import change_text  # noqa: PLC0415 - takes its time
    from retail_portfolio.present.files import json_text  # noqa: PLC0415
    from retail_portfolio.run.comparing.causes import find_causes  # noqa: PLC0415
    from retail_portfolio.run.comparing.changes import compare  # noqa: PLC0415
    from retail_portfolio.run.comparing.changes_results import Tolerance  # noqa: PLC0415
    from retail_portfolio.run.comparing.changes_sides import (  # noqa: PLC0415 - as above
        names_of,
        other_money,
        read_sides,
        speech_of,
    )

    if not (math.isfinite(tolerance) and 0 <= tolerance <= 1):
        raise InputError([Fault("--tolerance", None, None, str(tolerance), "a share, 0 to 1")])
    before, after = read_sides({"RUN_A": run_a, "RUN_B": run_b}, out)
    if why := other_money(before, after):
        expected = f"a report in the currency of {run_a}: {why}"
        raise InputError([Fault("RUN_B", None, None, run_b, expected)])
    found = compare(before, after, Tolerance(tolerance, tolerance))
    document = found.document()
    if found.results_changed and not no_causes:
        causes = find_causes(before, after, found, tell=lambda text: typer.echo(text, err=True))
        document["causes"] = causes.document()
    if as_json:
        typer.echo(json_text(document), nl=False)
    else:
        typer.echo(change_text(document, speech_of(after), *names_of([before, after])))
