"""Travel times that somebody computed on a road network, in place of estimated ones.

The setting `travel_times` names a file of the data folder. Whether it is a CSV of pairs or JSON
from a routing engine is told from its content (see `travel_formats`). Every pair has a demand point
in front and a store or a rival behind; a pair that is not there cannot be reached.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from pathlib import Path

import pandas as pd

from retail_portfolio.inputs.faults import Fault, did_you_mean
from retail_portfolio.inputs.files.textfile import decoded, find_file
from retail_portfolio.inputs.registers.travel_formats import read_csv, read_json
from retail_portfolio.inputs.registers.travel_pairs import COLUMNS, FaultList, PairList

MAX_CSV_BYTES = 2_000_000_000
"""A larger CSV is refused: some forty million pairs. It is read in pieces; twenty million pairs
take about a gigabyte of memory."""
MAX_JSON_BYTES = 200_000_000
"""A larger JSON is refused, because it is read at once: some twenty million cells of OSRM or of
Valhalla's concise form, two million of Valhalla's objects. Write larger ones as CSV."""
_HEAD_BYTES = 65_536


def read_travel_times(
    folder: Path, name: str, points: Sequence[str], stores: Sequence[str], closing: Sequence[str]
) -> tuple[pd.DataFrame, tuple[Fault, ...]]:
    """
    Read and check a file of travel times.

    Parameters
    ----------
    folder
        The data folder.
    name
        The file's name within it.
    points
        Ids of the demand points.
    stores
        Ids of the stores and of the rivals.
    closing
        Ids of the stores that cannot do without a pair.

    Returns
    -------
    tuple
        A frame of `travel_pairs.COLUMNS` and the faults: of each kind the first few and a count of
        the others. Minutes are 0 or more and finite; kilometres are NaN where not known; ids are
        categories; pairs are sorted by demand point and store, whatever their order in the file.
    """
    nothing = pd.DataFrame(columns=list(COLUMNS))
    path, fault = find_file(folder, name, MAX_CSV_BYTES)
    if path is None:
        return nothing, (_misnamed(folder, fault),) if fault else ()
    with path.open("rb") as file:
        head = file.read(_HEAD_BYTES)
    whole_lines = head[: head.rfind(b"\n") + 1] if len(head) == _HEAD_BYTES else head
    text, fault = decoded(whole_lines or head, name)
    if text is None:
        return nothing, (fault,) if fault else ()
    faults = FaultList(name)
    twice = sorted(set(stores) & set(points)) or _repeated(stores)
    if twice:
        expected = "ids that no other point, store or competitor has"
        return nothing, (Fault(name, None, "to_id", twice[0], expected),)
    pairs = PairList(faults, points, stores)
    if re.match(r"\s*[\[{]", text):
        _read_json(folder, name, pairs)
    else:
        header, _, rows = text.partition("\n")
        has_rows = bool(rows.strip()) or len(head) == _HEAD_BYTES
        read_csv(path, header.rstrip("\r"), pairs, has_rows=has_rows)
    frame = pairs.frame()
    if not faults:
        _name_unreached(frame, closing, faults)
    return frame, faults.all()


def _read_json(folder: Path, name: str, pairs: PairList) -> None:
    """Read the whole of a JSON file, unless it is too large for that."""
    path, fault = find_file(folder, name, MAX_JSON_BYTES)
    text = None
    if path is not None:
        text, fault = decoded(path.read_bytes(), name)
    if text is None and fault is not None:
        pairs.faults.add(fault.column, fault.expected, fault.row, fault.value)
    elif text is not None:
        read_json(text, pairs)


def _misnamed(folder: Path, fault: Fault) -> Fault:
    """Suggest the nearest file of the folder for one that is not there."""
    if fault.value is not None:
        return fault
    there = sorted(path.name for end in ("csv", "json") for path in folder.glob(f"*.{end}"))
    expected = f"{fault.expected}, which the setting travel_times names"
    return Fault(fault.file, None, None, None, expected + did_you_mean(fault.file, there))


def _repeated(ids: Sequence[str]) -> list[str]:
    """Return the ids that occur again."""
    listed = pd.Series(list(ids), dtype=object)
    return sorted(set(listed[listed.duplicated()]))


def _name_unreached(frame: pd.DataFrame, closing: Sequence[str], faults: FaultList) -> None:
    """Take the fault of each closing store that nobody reaches: its sales could not be told."""
    reached = set(frame["to_id"].unique())
    for store in closing:
        if store not in reached:
            faults.add("to_id", "a demand point that reaches each closing store", value=store)
