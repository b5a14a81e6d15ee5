"""What a missing row of the ledger means, and where one is to be had."""

from __future__ import annotations

import dataclasses
import re
from collections.abc import Iterable, Mapping

from retail_portfolio.inputs.assumptions import LEDGER_FILE
from retail_portfolio.inputs.example.industry import Row, fictional_rows, industry_rows
from retail_portfolio.inputs.faults import Fault
from retail_portfolio.inputs.guidance import HERE, PROGRAM

COMMAND = f"{PROGRAM} build ledger {HERE}"
"""What adds the general figures."""
_NAMED = re.compile(r"a row named ([a-z0-9_.]+)")
"""How a fault names the row that is missing."""
RETAILER = "Wrenfield"
"""How the names of the example begin, which a description leaves out."""


def explained(faults: Iterable[Fault]) -> tuple[Fault, ...]:
    """
    Say of each missing row of the ledger what it is and who has one.

    Parameters
    ----------
    faults
        What a check found; only rows that are missing from the ledger are looked at.

    Returns
    -------
    tuple of Fault
        As given, in the order given. A general figure names the command that adds it; another one
        says its unit, what it is, and what the example takes.
    """
    general, made_up = _by_name(industry_rows()), _by_name(fictional_rows())
    return tuple(
        dataclasses.replace(fault, expected=fault.expected + _help(named[1], general, made_up))
        if fault.file == LEDGER_FILE and (named := _NAMED.match(fault.expected))
        else fault
        for fault in faults
    )


def _by_name(rows: Iterable[Row]) -> Mapping[str, list[Row]]:
    found: dict[str, list[Row]] = {}
    for row in rows:
        found.setdefault(row["key"].partition(".")[0], []).append(row)
    return found


def _help(key: str, general: Mapping[str, list[Row]], made_up: Mapping[str, list[Row]]) -> str:
    """Return what a message adds for one key; nothing for one that neither table has."""
    name = key.partition(".")[0]
    if any(row["key"] in (name, key) for row in general.get(name, ())):
        return f"; `{COMMAND}` adds it, with its source"
    rows = made_up.get(name, ())
    if not rows:
        return ""
    row = next((row for row in rows if row["key"] == key), rows[0])
    what = row["description"].partition(f", {RETAILER}")[0]
    return f" ({row['unit']}: {what}; the example has {float(row['base']):,.6g})"
