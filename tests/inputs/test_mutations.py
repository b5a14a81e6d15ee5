"""The real tables changed at random: the fault is named, or nothing but the change is different.

Each example takes a cut of the real tables, damages one of them, and reads it. Either an
`InputError` names the file (for one cell also its row and column, or another table that contradicts
it), or the case is the unchanged one, or it differs in exactly what a careful reader of the damaged
file would find different. No other exception, and no damage that goes unsaid.
"""

from __future__ import annotations

import csv
import dataclasses
import io
import math
import shutil
from pathlib import Path

import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from retail_portfolio.inputs import Fault, InputError, check_data, load_case
from retail_portfolio.inputs.case import Case
from retail_portfolio.inputs.folders import checkout_root
from retail_portfolio.inputs.settings.scenario_reader import load_scenario
from tests.inputs.edits import read, write

pytestmark = pytest.mark.slow

FRAMES = {
    "stores.csv": "stores",
    "leases.csv": "leases",
    "demand.csv": "demand",
    "metros.csv": "metros",
    "competitors.csv": "competitors",
    "barriers.csv": "barriers",
    "outcomes.csv": "outcomes",
    "backtest/sites.csv": "backtest_sites",
    "forecasts/2026-11-26.csv": "forecasts",
}
FILES = [*FRAMES, "assumptions.csv", "corrections.csv"]
RELIED_UPON = ("stores.csv", "demand.csv", "metros.csv", "assumptions.csv")
NASTY = [
    *("", " ", "0", "-1", "1e400", "nan", "inf", "-", "=1+1", "@x", "+1", "\t", "x" * 2_001),
    *("<b>", "${x}", "javascript:x", "95", "-181", "1,5", "1;5", '"', "'", "\x00", "\x1b[0m"),
    *("\ufeff", "2026-13-01", "1850", "0x10", "1_0", "\u0661", "None", "true", "a\nb", "a\rb", "é"),
]


@pytest.fixture(scope="module")
def cut(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A cut of the real tables that is valid by itself: a few stores and what belongs to them."""
    folder, real = tmp_path_factory.mktemp("cut"), checkout_root() / "data"
    stores = read(real / "stores.csv")
    status = stores[0].index("status")
    closing = [row for row in stores[1:] if row[status] == "closing"][::8]
    kept = [*closing, *[row for row in stores[1:] if row[status] != "closing"][::60]]
    write(folder / "stores.csv", [stores[0], *kept])
    ids = {row[0] for row in kept}
    leases = read(real / "leases.csv")
    write(
        folder / "leases.csv",
        [leases[0], *[r for r in leases[1:] if r[0] in {c[0] for c in closing}]],
    )
    outcomes = read(real / "outcomes.csv")
    write(folder / "outcomes.csv", [r for r in outcomes if r[1] in {"store_id", "", *ids}][:12])
    metros = [row[0] for row in read(real / "metros.csv")]
    for name, step in (("demand.csv", 400), ("competitors.csv", 150)):
        rows = read(real / name)
        at = rows[0].index("metro_id")
        first = [next(r for r in rows[1:] if r[at] == metro) for metro in metros[1:]]
        more = [row for row in rows[1::step] if row not in first]
        if name == "demand.csv":
            near = [_nearest(shop, stores[0], rows) for shop in closing]
            more += [row for at, row in enumerate(near) if row not in [*first, *more, *near[:at]]]
        write(folder / name, [rows[0], *first, *more])
    for name in ("metros.csv", "assumptions.csv"):
        shutil.copy(real / name, folder / name)
    write(folder / "barriers.csv", read(real / "barriers.csv")[::8])
    (folder / "backtest").mkdir()
    write(folder / "backtest" / "sites.csv", read(real / "backtest" / "sites.csv")[:10])
    (folder / "forecasts").mkdir()
    made = read(real / "forecasts" / "2026-11-26.csv")
    write(folder / "forecasts" / "2026-11-26.csv", [r for r in made if r[0] in {"store_id", *ids}])
    guards = read(real / "corrections.csv")
    write(folder / "corrections.csv", guards)
    failing = {fault.row for fault in check_data(str(folder)) if fault.file == "corrections.csv"}
    write(
        folder / "corrections.csv",
        [row for at, row in enumerate(guards, start=1) if at not in failing],
    )
    assert check_data(str(folder)) == ()
    return folder


def _nearest(shop: list[str], columns: list[str], rows: list[list[str]]) -> list[str]:
    """The demand point next to a store, by degrees."""
    lat, lon = (float(shop[columns.index(axis)]) for axis in ("lat", "lon"))
    at = [rows[0].index(axis) for axis in ("lat", "lon")]
    return min(rows[1:], key=lambda r: math.dist((lat, lon), (float(r[at[0]]), float(r[at[1]]))))


@pytest.fixture(scope="module")
def unchanged(cut: Path) -> Case:
    return load_case(data_dir=str(cut))


def _as_written(case: Case, name: str) -> pd.DataFrame:
    """One table of a case, also where the case keeps it in another form."""
    if name == "assumptions.csv":
        return pd.DataFrame([dataclasses.asdict(row) for row in case.ledger.values()])
    frame: pd.DataFrame = getattr(case, FRAMES.get(name, "corrections"))
    return frame.drop(columns="file") if name.startswith("forecasts") else frame


def _values(text: str) -> object:
    """What a cell stands for: a number where it is one, else its text."""
    try:
        return float(text) if text else ""
    except ValueError:
        return text


def _same_as_file(frame: pd.DataFrame, rows: list[list[str]], name: str) -> bool:
    """Hold a loaded table against the file by reading that a second, plain way."""
    columns = rows[0]
    if sorted(columns) != sorted(frame.columns) or len(rows) - 1 != len(frame):
        return False
    for at, column in enumerate(columns):
        for row, value in zip(rows[1:], frame[column].tolist(), strict=True):
            found = "" if isinstance(value, float) and math.isnan(value) else value
            if found not in (row[at], _values(row[at])):
                return False
    return True


def _check(cut: Path, unchanged: Case, name: str, damaged: bytes, tmp: Path) -> tuple[Fault, ...]:
    """Read the cut with one table damaged; return the faults, or hold the case to it."""
    folder = tmp / "damaged"
    shutil.rmtree(folder, ignore_errors=True)
    shutil.copytree(cut, folder)
    (folder / name).write_bytes(damaged)
    case: Case | None = None
    faults: tuple[Fault, ...] = ()
    try:
        case = load_case(data_dir=str(folder))
    except InputError as error:
        faults = error.faults
    if case is None:
        assert faults
        assert all(str(fault).isprintable() for fault in faults)
        return faults
    text = damaged.decode("utf-8")
    rows = [row for row in csv.reader(io.StringIO(text, newline=""), strict=True) if row]
    assert _same_as_file(_as_written(case, name), rows, name), "damage that nobody named"
    for other in FILES:
        if other != name:
            assert _as_written(case, other).equals(_as_written(unchanged, other)), other
    return ()


@pytest.fixture(scope="module")
def room(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("room")


def _csv(rows: list[list[str]]) -> bytes:
    out = io.StringIO(newline="")
    csv.writer(out, lineterminator="\n").writerows(rows)
    return out.getvalue().encode("utf-8", "surrogatepass")


@settings(max_examples=60)
@given(data=st.data())
def test_a_changed_cell(cut: Path, unchanged: Case, room: Path, data: st.DataObject) -> None:
    name = data.draw(st.sampled_from(FILES))
    rows = read(cut / name)
    row = data.draw(st.integers(1, len(rows) - 1))
    at = data.draw(st.integers(0, len(rows[0]) - 1))
    before = rows[row][at]
    other = rows[data.draw(st.integers(1, len(rows) - 1))]
    rows[row][at] = data.draw(
        st.sampled_from([*NASTY, before + "0", "-" + before, before[1:], before.upper(), *other])
        | st.text(st.characters(exclude_categories=["Cs"]), max_size=8)
    )
    if rows[row][at] == before:
        return
    faults = _check(cut, unchanged, name, _csv(rows), room)
    named = [fault for fault in faults if fault.file == name]
    if not named:
        # Nothing was named: the change was held to above. Or another table relies on the cell.
        assert {fault.file for fault in faults} <= {"corrections.csv"} or name in RELIED_UPON
        return
    places = {(fault.row, fault.column) for fault in named}
    whole_file = any(fault.column is None for fault in named)
    mine = {(row + 1, rows[0][at])}
    same_row = {place for place in places if place[0] == row + 1}
    twice = any("is in row" in fault.expected or "row for it" in fault.expected for fault in named)
    assert places & mine or same_row or whole_file or twice, (mine, named)


@settings(max_examples=20)
@given(data=st.data())
def test_a_changed_row(cut: Path, unchanged: Case, room: Path, data: st.DataObject) -> None:
    name = data.draw(st.sampled_from(FILES))
    rows = read(cut / name)
    at = data.draw(st.integers(1, len(rows) - 1))
    change = data.draw(st.sampled_from(["drop", "repeat", "swap", "shorten", "blank"]))
    if change == "drop":
        del rows[at]
    elif change == "repeat":
        rows.insert(at, rows[at])
    elif change == "swap":
        rows[at], rows[-1] = rows[-1], rows[at]
    elif change == "shorten":
        rows[at] = rows[at][:-1]
    else:
        rows[at] = [""] * len(rows[0])
    files = {fault.file for fault in _check(cut, unchanged, name, _csv(rows), room)}
    if change in ("shorten", "blank") or (change == "repeat" and not name.startswith("backtest")):
        assert name in files


@settings(max_examples=20)
@given(data=st.data())
def test_a_changed_column(cut: Path, unchanged: Case, room: Path, data: st.DataObject) -> None:
    name = data.draw(st.sampled_from(FILES))
    rows = read(cut / name)
    at = data.draw(st.integers(0, len(rows[0]) - 1))
    change = data.draw(st.sampled_from(["drop", "rename", "repeat", "exchange", "shift"]))
    if change == "drop":
        rows = [row[:at] + row[at + 1 :] for row in rows]
    elif change == "rename":
        rows[0][at] += "s"
    elif change == "repeat":
        rows = [[*row, row[at]] for row in rows]
    elif change == "exchange":
        rows = [[*row[:at], *row[at + 1 :], row[at]] for row in rows]
    else:
        column = [row[at] for row in rows[1:]]
        for row, value in zip(rows[1:], [*column[1:], column[0]], strict=True):
            row[at] = value
    files = {fault.file for fault in _check(cut, unchanged, name, _csv(rows), room)}
    if change in ("drop", "rename", "repeat"):
        assert name in files
    if change == "exchange":
        assert not files


@settings(max_examples=60)
@given(data=st.data())
def test_a_changed_byte(cut: Path, unchanged: Case, room: Path, data: st.DataObject) -> None:
    name = data.draw(st.sampled_from(FILES))
    raw = bytearray((cut / name).read_bytes())
    at = data.draw(st.integers(0, len(raw) - 1))
    change = data.draw(st.sampled_from(["set", "drop", "insert", "cut"]))
    byte = data.draw(st.sampled_from(list(b',"\n\r\x00\xff\xc3=-+ 0;\t')) | st.integers(0, 255))
    if change == "set":
        raw[at] = byte
    elif change == "drop":
        del raw[at]
    elif change == "insert":
        raw.insert(at, byte)
    else:
        del raw[at:]
    _check(cut, unchanged, name, bytes(raw), room)


@settings(max_examples=60)
@given(data=st.data())
def test_a_changed_scenario(room: Path, data: st.DataObject) -> None:
    raw = bytearray((checkout_root() / "scenarios" / "base.yaml").read_bytes())
    at = data.draw(st.integers(0, len(raw) - 1))
    raw[at : at + data.draw(st.integers(0, 3))] = data.draw(
        st.sampled_from([b"", b":", b"\n", b"- ", b"&a ", b"*a", b"!", b"{", b"\t", b"\xff", b"9"])
        | st.binary(max_size=3)
    )
    folder = room / "scenario"
    (folder / "scenarios").mkdir(parents=True, exist_ok=True)
    (folder / "scenarios" / "base.yaml").write_bytes(bytes(raw))
    faults: tuple[Fault, ...] = ()
    try:
        load_scenario(data_dir=str(folder), ledger_keys=frozenset({"x"}))
    except InputError as error:
        faults = error.faults
    assert all(fault.file == "scenarios/base.yaml" for fault in faults)
