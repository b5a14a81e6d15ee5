"""From what is wrong to what to do next: commands that make a table, and the way to a report."""

from __future__ import annotations

import collections
import dataclasses
import re
import shlex
from collections.abc import Iterable, Mapping, Sequence
from pathlib import PurePath
from typing import Any

from retail_portfolio.inputs.assumptions import LEDGER_FILE as LEDGER
from retail_portfolio.inputs.faults import Fault, InputError

STORES, LEASES, COLUMNS = "stores.csv", "leases.csv", "columns.yaml"

PROGRAM = "retail-portfolio"
"""What people type."""
HERE = "--data DIR"
"""Stands in a message for the data folder, until it is known how that was given."""
MAKE_POINTS = (
    f"run `{PROGRAM} build points {HERE}` (looks the addresses up), the same with --zip (the "
    "middle of the ZIP area, marked as approximate), or fill in lat, lon, point_precision_m and "
    "point_origin"
)
"""What to do about a store without coordinates."""
MAKERS: Mapping[str, str] = {
    "metros.csv": f"{PROGRAM} build metros {HERE}",
    "demand.csv": f"{PROGRAM} build demand {HERE}",
    "competitors.csv": f"{PROGRAM} build competitors {HERE} --snap FILE",
    LEDGER: f"{PROGRAM} build ledger {HERE}",
    LEASES: f"{PROGRAM} build leases {HERE}",
}
"""The command that makes each table an owner may not have, in the order they are made in."""
NO_LEASE = f"a row for it in {LEASES}"
"""How the fault of a closing store without a lease begins."""
TABLES = (STORES, *MAKERS)
"""The tables that a portfolio has to have."""
REPORTS = "reports"
"""The folder of reports, beside the tables where a data folder is given."""
_MOST_RANGES = 30
_HINTS = (
    (
        "five digits of",
        re.compile(r"[0-9]{3,4}|[0-9]{5}-[0-9]{4}"),
        f" (digits: 5 in {COLUMNS} puts lost zeros back and takes the first part of ZIP+4)",
    ),
    (
        "a date as YYYY-MM-DD, YYYY-MM or YYYY",
        re.compile(r"[0-9]{1,2}([/. -])[0-9]{1,2}\1[0-9]{2,4}|[0-9]{4}([/.])[0-9]+\2[0-9]+"),
        f" (date_format in {COLUMNS} reads others, as MM/DD/YYYY)",
    ),
    (
        "digits and a point only",
        re.compile(r"[+-]?[0-9]+(?:[,.' \u00a0][0-9]+)+"),
        f" (decimal and thousands in {COLUMNS} read others)",
    ),
)
"""How an expectation begins, how a spreadsheet may have written the cell, and what reads it."""


def rows_in_words(rows: Sequence[int]) -> str:
    """
    Name rows of a table.

    Parameters
    ----------
    rows
        Numbers as a spreadsheet has them, ascending, at least one.

    Returns
    -------
    str
        For example `rows 3, 5 and 7 to 9`; after thirty stretches how many more there are.
    """
    stretches: list[list[int]] = []
    for row in rows:
        if stretches and row == stretches[-1][-1] + 1:
            stretches[-1] = [stretches[-1][0], row]
        else:
            stretches.append([row])
    shown = [" to ".join(map(str, one)) for one in stretches[:_MOST_RANGES]]
    last = max((row for one in stretches[:_MOST_RANGES] for row in one), default=0)
    if more := sum(row > last for row in rows):
        shown.append(f"{more:,} more")
    listed = ", ".join(shown[:-1]) + (" and " if shown[1:] else "") + shown[-1]
    return f"{'row' if len(rows) == 1 else 'rows'} {listed}"


def advised(fault: Fault, data_dir: str) -> Fault:
    """
    Say beside a fault which command puts it right, where there is one.

    Parameters
    ----------
    fault
        Of a table, as a reader found it.
    data_dir
        The data folder as given; blank for the checkout's own.

    Returns
    -------
    Fault
        The same with the command, typed as it can be run.
    """
    expected = fault.expected
    if _not_there(fault) and fault.file in MAKERS:
        expected += f" (`{MAKERS[fault.file]}` makes it)"
    elif _not_there(fault) and fault.file == STORES:
        headers = f"; `{PROGRAM} init NEW --empty` writes its headers" if not fault.value else ""
        expected += f" (your list of stores{headers})"
    elif fault.file != LEDGER and fault.row is not None:
        expected += _of_spreadsheets(fault)
    return dataclasses.replace(fault, expected=typed(expected, data_dir))


def _of_spreadsheets(fault: Fault) -> str:
    """Say what reads a cell as a spreadsheet writes it; blank where nothing does."""
    return next(
        (
            hint
            for begins, written, hint in _HINTS
            if begins in fault.expected and written.fullmatch(fault.value or "")
        ),
        "",
    )


def typed(command: str, data_dir: str) -> str:
    """Return a message with the data folder put into its commands, quoted for a shell."""
    given = f"--data {shlex.quote(data_dir)}" if data_dir else ""
    return command.replace(HERE, given) if given else command.replace(f" {HERE}", "")


class NotFit(InputError):  # noqa: N818 - it says what was found
    """
    Inputs that cannot be used yet, and the way from here.

    Parameters
    ----------
    faults
        All faults, at least one.
    after
        Lines that stand below them in the message.
    """

    def __init__(self, faults: Iterable[Fault], after: Sequence[str] = ()) -> None:
        super().__init__(faults)
        self.after = tuple(after)

    def __str__(self) -> str:
        """Return every fault, one a line, then the way from here."""
        return "\n".join([super().__str__(), *self.after])

    def __reduce__(self) -> tuple[type[InputError], tuple[Any, ...]]:
        """Let the error travel between processes."""
        return (type(self), (self.faults, self.after))


def way_on(
    faults: Sequence[Fault],
    files: Iterable[str],
    data_dir: str,
    *,
    own_scenario: bool,
    scenario: str = "base",
) -> tuple[str, ...]:
    """
    Sum faults up and say what to do first.

    Parameters
    ----------
    faults
        All faults, as they are shown.
    files
        The tables that are there and could be read.
    data_dir
        The data folder as given; blank for the checkout's own.
    own_scenario
        Whether the folder has a `base.yaml` of its own, so that it knows its banners.
    scenario
        The scenario that was checked.

    Returns
    -------
    tuple of str
        A blank line, the count by file, the tables without a fault, the next step; empty where no
        fault is about a file of a portfolio.
    """
    counted = collections.Counter(fault.file for fault in faults)
    known = {*TABLES, COLUMNS, *files}
    if not any(one in known or one.startswith("scenario") for one in counted):
        return ()
    listed = ", ".join(f"{name} {count:,}" for name, count in counted.items())
    total = f"{len(faults):,} fault{'' if len(faults) == 1 else 's'}: {listed}"
    fit = [name for name in files if name not in counted]
    lines = ["", total]
    if fit:
        lines.append(f"without a fault by itself: {', '.join(fit)}")
    step = _next_step(faults, own_scenario=own_scenario)
    again = f"{PROGRAM} check {HERE}{_in(scenario)}"
    return (*lines, typed(f"next: {step}, then `{again}` again", data_dir))


def report_command(data_dir: str, scenario: str = "base") -> str:
    """Return what makes the report of a case that is fit; its reports lie beside its tables."""
    beside = f" --out {shlex.quote(str(PurePath(data_dir) / REPORTS))}" if data_dir else ""
    return typed(f"{PROGRAM} report {HERE}{beside}{_in(scenario)}", data_dir)


def _in(scenario: str) -> str:
    return "" if scenario == "base" else f" --scenario {shlex.quote(scenario)}"


def _next_step(faults: Sequence[Fault], *, own_scenario: bool) -> str:
    """Choose what to do first: nothing that a later step would undo or ask for again."""
    about: dict[str, list[Fault]] = {}
    for fault in faults:
        about.setdefault(fault.file, []).append(fault)
    register = about.get(STORES, [])
    scenario = next((name for name in about if name.startswith("scenario")), "")
    # Without one of its own the checkout's counts, which has other banners.
    no_scenario = not own_scenario and bool(scenario or register)
    no_points = any(MAKE_POINTS.partition(HERE)[0] in fault.expected for fault in register)
    missing = {fault.file for fault in faults if _not_there(fault)}
    no_lease = any(fault.expected.startswith(NO_LEASE) for fault in register)
    general = any("build ledger" in fault.expected for fault in about.get(LEDGER, ()))
    steps = [
        (COLUMNS in about, f"put {COLUMNS} right"),
        (
            any(_not_there(fault) for fault in register),
            f"put your list of stores into the folder as {STORES}",
        ),
        (
            any(fault.row == 1 or _unreadable(fault) for fault in register),
            f"say in {COLUMNS} how {STORES} is written and which columns are which of ours",
        ),
        (no_scenario, "write scenarios/base.yaml into the folder, with your banners and formats"),
        (bool(scenario), f"put {scenario} right"),
        (no_points, f"run `{PROGRAM} build points {HERE}`"),
        *(
            (name in missing, f"run `{command}`")
            for name, command in MAKERS.items()
            if name != LEASES  # its rows are made of the ledger's
        ),
        (general, f"run `{MAKERS[LEDGER]}`"),
        (LEDGER in about, f"add to {LEDGER} what it lacks"),
        (no_lease or LEASES in missing, f"run `{MAKERS[LEASES]}`"),
    ]
    return next((what for due, what in steps if due), f"correct {next(iter(about))}")


def _unreadable(fault: Fault) -> bool:
    """Tell whether a fault is that a file's bytes are no text, or marked."""
    return fault.row is None and fault.column is None and COLUMNS in fault.expected


def can_be_made(fault: Fault) -> bool:
    """Tell whether a fault is no more than that a table or a lease is still to be made."""
    if fault.file in (STORES, LEDGER):
        return fault.expected.startswith(NO_LEASE)
    return fault.file in MAKERS and _not_there(fault)


def _not_there(fault: Fault) -> bool:
    """Tell whether a fault is that there is no such file, or no row in it."""
    whole = fault.row is None and fault.column is None
    missing = fault.value is None and fault.expected.startswith("this file")
    return whole and (missing or fault.value == "only a header")
