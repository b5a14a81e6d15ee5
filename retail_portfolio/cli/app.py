"""The program and the options that several of its commands share."""

import os
import sys
from collections.abc import Callable
from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer

from retail_portfolio import __version__
from retail_portfolio.run.executing.log_lines import JsonLines
from retail_portfolio.run.executing.progress import Bar, Lines, Progress, write_line


def command_group(name: str, text: str) -> typer.Typer:
    """Return a group of commands; without one of them it prints its help."""
    return typer.Typer(
        name=name,
        help=text,
        no_args_is_help=True,
        add_completion=False,
        pretty_exceptions_enable=False,
        rich_markup_mode=None,
        context_settings={"help_option_names": ["-h", "--help"]},
    )


app = command_group(
    "retail-portfolio", "Which stores to close, which to convert, and what each choice costs."
)

Data = Annotated[
    str, typer.Option("--data", metavar="DIR", help="Folder of the tables.  [default: data]")
]
Override = Annotated[
    list[str] | None,
    typer.Option("--set", metavar="KEY=VALUE", help="Setting or ledger row; may be repeated."),
]
Scenarios = Annotated[
    list[str] | None,
    typer.Option("--scenario", metavar="NAME", help="Scenario; may be repeated.  [default: base]"),
]
Reports = Annotated[
    str, typer.Option("--out", metavar="DIR", help="Folder of reports.  [default: reports]")
]
OwnNotebooks = Annotated[
    list[str] | None,
    typer.Option(
        "--notebook",
        metavar="FILE",
        help="A notebook of your own, in the place of the one it is a copy of or in addition; "
        "may be repeated.",
    ),
]
Debug = Annotated[bool, typer.Option("--debug", help="Show a traceback when we are at fault.")]


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


class LogFormat(StrEnum):
    """How what happens is written to standard error."""

    TEXT = "text"
    JSON = "json"


Log = Annotated[
    LogFormat,
    typer.Option(help="A bar or lines for a person, or one JSON object a line for a program."),
]


def answer(text: str) -> None:
    """Write what a command found to standard output; that nobody reads it changes nothing."""
    try:
        print(text, flush=True)  # noqa: T201 - typer would end with 1, which means something else
    except OSError:
        write_line("the answer could not be written to standard output")
        sys.stdout = Path(os.devnull).open("w", encoding="utf-8")  # noqa: SIM115 - to the end


def with_progress(work: Callable[[Progress], object], log: LogFormat = LogFormat.TEXT) -> None:
    """Show a bar to a person, plain lines to a log, JSON lines to who asked for them."""
    if log is LogFormat.JSON:
        work(JsonLines())
    elif sys.stderr.isatty():
        with Bar() as bar:
            work(bar)
    else:
        work(Lines())
