"""Which two reports are meant: a run of the reports folder by its name, or the path of a report."""

from __future__ import annotations

import re
from pathlib import Path
from typing import TYPE_CHECKING

from retail_portfolio.inputs import folders
from retail_portfolio.inputs.faults import Fault, InputError, one_of
from retail_portfolio.inputs.speech import Speech
from retail_portfolio.run.comparing.changes import Side
from retail_portfolio.run.comparing.changes_rows import read_rows
from retail_portfolio.run.publishing.runs import LATEST, MANIFEST, list_runs, read_manifest

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from retail_portfolio.present.map_kinds import FormatLook

COMPLETE = "complete"
_STORES = "stores.csv"
_LABEL = re.compile(r"formats\.(.+)\.label")


def read_sides(names: Mapping[str, str], out: str = "") -> list[Side]:
    """Read the reports that are named.

    Parameters
    ----------
    names
        What each is called in a fault, and what was typed: a run id of the reports folder,
        ``latest``, or a path of a report, which has a separator in it.
    out
        The reports folder; empty for the checkout's.

    Returns
    -------
    list of Side

    Raises
    ------
    InputError
        With everything that is wrong with any of them.
    """
    reports = folders.absolute_path(out, "--out") if out else folders.reports_folder()
    faults: list[Fault] = []
    sides = []
    for role, typed in names.items():
        try:
            sides.append(Side.of_report(_folder(role, typed, reports)))
        except InputError as error:
            faults += [fault for fault in error.faults if fault not in faults]
    if faults:
        raise InputError(faults)
    return sides


def names_of(sides: Sequence[Side]) -> tuple[dict[str, str], dict[str, FormatLook]]:
    """Read what stores and formats are called, as the reports themselves say.

    Parameters
    ----------
    sides
        Reports; what a later one says holds.

    Returns
    -------
    tuple
        Name of a store by its id, and look of a format by its code; without those that a report
        does not name.
    """
    from retail_portfolio.present.map_kinds import FormatLook  # noqa: PLC0415 - needs pandas

    stores: dict[str, str] = {}
    labels: dict[str, str] = {}
    for side in sides:
        stores |= _stores(side.tables / _STORES)
        for one in side.manifest["scenario"].get("settings") or ():
            if found := _LABEL.fullmatch(str(one["key"])):
                labels[found[1]] = str(one["value"])
    return stores, {code: FormatLook(label) for code, label in labels.items() if label}


def speech_of(side: Side) -> Speech:
    """Read the words that a report's scenario decides: its currency, what walk-out checkout is."""
    settings = side.manifest["scenario"].get("settings") or ()
    known = {str(one["key"]): one["value"] for one in settings}
    # A manifest without a currency is older than the setting, when all money was in US dollars.
    return Speech.of_settings({"currency": "USD"} | known)


def other_money(before: Side, after: Side) -> str:
    """Say that the figures of two reports are in different currencies; blank where they are not."""
    was, now = (speech_of(side).currency for side in (before, after))
    said = f"money is not compared, because the currency changed from {was} to {now}"
    return "" if was == now else said


def _stores(path: Path) -> dict[str, str]:
    try:
        table = read_rows(path.read_bytes())
    except OSError:
        return {}
    if table is None or not {"store_id", "name"} <= set(table.columns):
        return {}
    at, name = table.columns.index("store_id"), table.columns.index("name")
    return {row[at]: row[name] for row in table.rows if row[name]}


def _folder(role: str, typed: str, reports: Path) -> Path:
    """Find the folder of a report, and see that it is one.

    Only a text without a separator is looked up in the reports folder, so that no name leads out.
    """
    if "/" in typed or "\\" in typed:
        folder = folders.absolute_path(typed, role)
        _see_complete(role, typed, folder)
        return folder
    known = {str(one.get("run_id", "")): one for one in list_runs(reports)}
    complete = [name for name, one in known.items() if one.get("status") == COMPLETE]
    if typed in known or (typed == LATEST and (reports / LATEST).exists()):
        folder = (reports / typed).resolve()
        if folder.parent == reports.resolve():
            _see_complete(role, typed, folder)
            return folder
    choices = [*complete, LATEST] if complete else []
    nothing = f"a complete report (there is none in {reports})"
    expected = one_of(choices, typed) if choices else nothing
    raise InputError([Fault(role, None, None, typed, expected)])


def _see_complete(role: str, typed: str, folder: Path) -> None:
    manifest = read_manifest(folder)
    if manifest is None:
        expected = f"the folder of a report, with a {MANIFEST} that can be read"
        raise InputError([Fault(role, None, None, typed, expected)])
    if manifest.get("status") != COMPLETE:
        expected = "a complete report (this run failed)"
        raise InputError([Fault(role, None, None, typed, expected)])
