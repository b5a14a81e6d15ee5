"""The command that writes down when a report is made by itself."""

from typing import Annotated

import typer

from retail_portfolio.cli.app import (
    Data,
    Debug,
    Override,
    OwnNotebooks,
    Reports,
    Scenarios,
    app,
)
from retail_portfolio.run.scheduling.schedule import (
    DEFAULT_DAY,
    DEFAULT_KEEP,
    DEFAULT_TIME,
    DEFAULT_TIMEOUT_SECONDS,
    UTC,
)


@app.command()
def schedule(  # noqa: PLR0917 - typer makes an option of each
    kind: Annotated[str, typer.Argument(metavar="KIND", help="cron, systemd or github.")],
    day: Annotated[
        str, typer.Option(metavar="DAY", help="mon to sun, daily, or a day of the month, 1 to 28.")
    ] = DEFAULT_DAY,
    at: Annotated[str, typer.Option(metavar="HH:MM", help="Time of day.")] = DEFAULT_TIME,
    time_zone: Annotated[
        str, typer.Option(metavar="NAME", help="IANA time zone, such as America/New_York.")
    ] = UTC,
    scenario: Scenarios = None,
    data: Data = "",
    out: Reports = "",
    override: Override = None,
    notebook: OwnNotebooks = None,
    keep: Annotated[str, typer.Option(metavar="N", help="How many runs stay.")] = str(DEFAULT_KEEP),
    timeout: Annotated[str, typer.Option(metavar="SECONDS", help="Deadline of a run.")] = str(
        DEFAULT_TIMEOUT_SECONDS
    ),
    on_failure: Annotated[
        str, typer.Option(metavar="CMD", help="Command to start when a run fails.")
    ] = "",
    on_change: Annotated[
        str, typer.Option(metavar="CMD", help="Command to start when a report says another thing.")
    ] = "",
    user: Annotated[
        bool,
        typer.Option("--user", help="systemd: units for systemctl --user, which need no root."),
    ] = False,
    to: Annotated[
        str, typer.Option(metavar="DIR", help="Write the files there instead of printing them.")
    ] = "",
    force: Annotated[
        bool, typer.Option("--force", help="Replace files there that hold something else.")
    ] = False,
    debug: Debug = False,  # noqa: ARG001 - main() looks for it
) -> None:
    """Print a definition, ready to use, for a scheduler that makes the report by itself."""
    from retail_portfolio.inputs.folders import absolute_path  # noqa: PLC0415 - --help need not wait
    from retail_portfolio.run.scheduling.schedule_files import (  # noqa: PLC0415
        definition,
        on_screen,
        write_files,
    )
    from retail_portfolio.run.scheduling.schedule_options import Wanted, read_schedule  # noqa: PLC0415

    wanted = Wanted(
        kind=kind,
        day=day,
        at=at,
        time_zone=time_zone,
        scenarios=tuple(scenario or ()),
        overrides=tuple(override or ()),
        data=data,
        out=out,
        notebooks=tuple(notebook or ()),
        keep=keep,
        timeout=timeout,
        on_failure=on_failure,
        on_change=on_change,
        user_manager=user,
    )
    files = definition(kind, read_schedule(wanted, _user()))
    if not to:
        typer.echo(on_screen(files), nl=False)
        return
    for path in write_files(files, absolute_path(to, "--to"), force=force):
        typer.echo(path)


def _user() -> str:
    """Return the name of whoever asks, or the number of an account without a name."""
    import os  # noqa: PLC0415 - as above
    import pwd  # noqa: PLC0415

    try:
        return pwd.getpwuid(os.getuid()).pw_name
    except KeyError:
        return str(os.getuid())
