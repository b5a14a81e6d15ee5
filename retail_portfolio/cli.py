"""The door: what a person or a scheduler types, and the exit status they get."""

import contextlib
import signal
import sys
import traceback
from collections.abc import Callable, Iterator
from types import FrameType
from typing import Annotated, NoReturn

import typer

from retail_portfolio import __version__
from retail_portfolio.inputs.faults import InputError
from retail_portfolio.run.errors import (
    ClusterFailed,
    DeadlinePassed,
    Interrupted,
    Locked,
    NotebookFailed,
    PublishFailed,
    RunError,
)
from retail_portfolio.run.progress import Bar, Lines, Progress

#: What ends a command, and the exit status it gives; whatever is not here is a fault of ours.
EXIT_STATUS: dict[type[Exception], int] = {
    NotebookFailed: 1,
    InputError: 2,
    Locked: 3,
    DeadlinePassed: 4,
    PublishFailed: 5,
    ClusterFailed: 5,
}
OUR_FAULT = 70
_SIGNALLED = 128

app = typer.Typer(
    name="retail-portfolio",
    help="Which stores to close, which to convert, and what each choice costs.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    rich_markup_mode=None,
    context_settings={"help_option_names": ["-h", "--help"]},
)

Data = Annotated[
    str, typer.Option("--data", metavar="DIR", help="Folder of the tables.  [default: data]")
]
Override = Annotated[
    list[str] | None,
    typer.Option("--set", metavar="KEY=VALUE", help="Setting or ledger row; may be repeated."),
]
Debug = Annotated[bool, typer.Option("--debug", help="Show a traceback when we are at fault.")]


def main() -> NoReturn:
    """Run the command line and end the process with the exit status of the design.

    Raises
    ------
    SystemExit
        Always.
    """
    with _signals():
        try:
            app(prog_name="retail-portfolio")
        except Interrupted as error:
            _say(str(error))
            status = _SIGNALLED + error.signum
        except Exception as error:  # noqa: BLE001 - each is given its exit status
            status = _explain(error, debug="--debug" in sys.argv[1:])
        else:
            status = 0
    sys.exit(status)


def _explain(error: Exception, *, debug: bool) -> int:
    """Say what happened on standard error; return the exit status."""
    known = (status for kind, status in EXIT_STATUS.items() if isinstance(error, kind))
    status = next(known, OUR_FAULT)
    if status == OUR_FAULT:
        _say(f"this is a fault of the program: {type(error).__name__}: {error}")
        if not debug:
            _say("run again with --debug for the traceback")
    else:
        _say(str(error))
    if isinstance(error, RunError):
        if error.failure is not None and error.failure.traceback:
            _say(error.failure.traceback)
        if error.kept is not None:
            _say(f"the failed run is kept in {error.kept}")
    if debug:
        _say("".join(traceback.format_exception(error)))
    return status


def _say(text: str) -> None:
    typer.echo(text.rstrip("\n"), err=True)


@contextlib.contextmanager
def _signals() -> Iterator[None]:
    """Turn the first signal to end into `Interrupted`; leave a second to the system."""
    numbers = [
        number
        for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)
        if signal.getsignal(number) != signal.SIG_IGN  # nohup has its reasons
    ]

    def interrupt(signum: int, _frame: FrameType | None) -> NoReturn:
        for number in numbers:
            signal.signal(number, signal.SIG_DFL)
        raise Interrupted(signum)

    before = {number: signal.signal(number, interrupt) for number in numbers}
    try:
        yield
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)


def _version(wanted: bool) -> None:
    if wanted:
        typer.echo(f"retail-portfolio {__version__}")
        raise typer.Exit


@app.callback()
def _root(
    version: Annotated[
        bool,
        typer.Option("--version", callback=_version, is_eager=True, help="Print the version."),
    ] = False,
) -> None:
    """Which stores to close, which to convert, and what each choice costs."""


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
    _with_progress(lambda progress: make_reports(request, progress))
    if not dry_run:
        typer.echo(request.reports / LATEST / "index.html")


def _with_progress(work: Callable[[Progress], object]) -> None:
    """Show a bar to a person, plain lines to a log."""
    if sys.stderr.isatty():
        with Bar() as bar:
            work(bar)
    else:
        work(Lines())


@app.command()
def check(
    data: Data = "",
    scenario: Annotated[
        str, typer.Option(metavar="NAME", help="Scenario to check the tables with.")
    ] = "base",
    debug: Debug = False,  # noqa: ARG001 - main() looks for it
) -> None:
    """Name every fault of every table, or say how many rows are fit."""
    import dataclasses  # noqa: PLC0415

    from retail_portfolio.inputs import load_case  # noqa: PLC0415 - pandas takes its time
    from retail_portfolio.model.plan_rules import limit_faults  # noqa: PLC0415
    from retail_portfolio.model.requirements import missing_rows  # noqa: PLC0415

    case = load_case(scenario, data)
    if faults := missing_rows(case) + limit_faults(case):
        raise InputError(faults)
    for part in dataclasses.fields(case):
        rows = getattr(case, part.name)
        if part.name != "scenario" and rows is not None:
            typer.echo(f"{part.name:20} {len(rows):7,} rows")
    typer.echo(f"scenario {case.scenario.name}: everything is fit to use")


@app.command()
def checkout(
    scenario: Annotated[str, typer.Option(metavar="NAME", help="Scenario to compare in.")] = "base",
    data: Data = "",
    override: Override = None,
    as_json: Annotated[
        bool, typer.Option("--json", help="Print one JSON document and nothing else.")
    ] = False,
    debug: Debug = False,  # noqa: ARG001 - main() looks for it
) -> None:
    """Compare what checkout costs with each technology, by format, store and kind of site."""
    from retail_portfolio.inputs import load_case  # noqa: PLC0415 - pandas takes its time
    from retail_portfolio.model.requirements import missing_checkout_rows  # noqa: PLC0415
    from retail_portfolio.present.checkout_document import (  # noqa: PLC0415
        checkout_document,
        checkout_text,
    )
    from retail_portfolio.present.files import json_text  # noqa: PLC0415

    case = load_case(scenario, data, tuple(override or ()))
    if faults := missing_checkout_rows(case):
        raise InputError(faults)
    found = checkout_document(case)
    typer.echo(json_text(found) if as_json else checkout_text(found), nl=not as_json)


@app.command()
def plan(
    scenario: Annotated[str, typer.Option(metavar="NAME", help="Scenario to plan in.")] = "base",
    data: Data = "",
    override: Override = None,
    convert: Annotated[
        list[str] | None,
        typer.Option(
            metavar="ID[:FORMAT],...",
            help="Value this plan and no other: these sites convert, in the best format where "
            "none is named; may be repeated, blank for none.",
        ),
    ] = None,
    as_json: Annotated[
        bool, typer.Option("--json", help="Print one JSON document and nothing else.")
    ] = False,
    debug: Debug = False,  # noqa: ARG001 - main() looks for it
) -> None:
    """Choose which closing stores convert, with proof; or value a plan that you name."""
    import time  # noqa: PLC0415

    from retail_portfolio.inputs import load_case  # noqa: PLC0415 - pandas takes its time
    from retail_portfolio.model.requirements import missing_rows  # noqa: PLC0415
    from retail_portfolio.present.files import json_text  # noqa: PLC0415
    from retail_portfolio.present.plan_document import plan_document, plan_text  # noqa: PLC0415

    case = load_case(scenario, data, tuple(override or ()))
    if faults := missing_rows(case):
        raise InputError(faults)
    named = None
    if convert is not None:
        named = [part.strip() for text in convert for part in text.split(",") if part.strip()]
    found = plan_document(case, named, time.perf_counter)
    typer.echo(json_text(found) if as_json else plan_text(found, case), nl=not as_json)


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
    debug: Debug = False,  # noqa: ARG001 - main() looks for it
) -> None:
    """Answer scenarios and grids side by side; the same command goes on where it stopped."""
    from retail_portfolio.run.sweep import SweepRequest, make_sweep  # noqa: PLC0415 - as above

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
    _with_progress(lambda progress: pages.append(make_sweep(request, progress)))
    typer.echo(pages[0])
