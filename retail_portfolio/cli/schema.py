"""The command that prints the settings as a JSON schema, for editors and other programs."""

from typing import Annotated

import typer

from retail_portfolio.cli.app import Data, Debug, app
from retail_portfolio.inputs.faults import Fault, InputError, one_of

_KINDS = ("scenario", "notebook")


@app.command()
def schema(
    kind: Annotated[
        str, typer.Argument(metavar="[scenario|notebook]", help="What is to be written.")
    ] = "scenario",
    name: Annotated[
        str,
        typer.Argument(
            metavar="[NAME]",
            help="Which one: base has to say more than other scenarios, and some notebooks take "
            "parameters of their own.",
        ),
    ] = "",
    data: Data = "",
    debug: Debug = False,  # noqa: ARG001 - main() looks for it
) -> None:
    """Print the JSON schema of a scenario's file or of a notebook's parameters."""
    from retail_portfolio.inputs import folders  # noqa: PLC0415 - --help need not wait for it
    from retail_portfolio.inputs.settings.schema import notebook_schema, scenario_schema  # noqa: PLC0415
    from retail_portfolio.present.files import json_text  # noqa: PLC0415

    if kind not in _KINDS:
        raise InputError([Fault("schema", None, None, kind, one_of(_KINDS, kind))])
    if kind == "scenario":
        typer.echo(json_text(scenario_schema(name, data)), nl=False)
        return
    known = sorted(path.stem for path in folders.notebooks_folder().glob("[!.]*.ipynb"))
    if name and name not in known:
        raise InputError([Fault("notebook", None, None, name, one_of(known, name))])
    typer.echo(json_text(notebook_schema(name)), nl=False)
