"""Files of travel times: a CSV of pairs, and the JSON tables of OSRM and Valhalla.

A CSV has `from_id`, `to_id`, `travel_minutes` and, if known, `travel_km`. What r5py and r5r export
will do as it is: `travel_time` or its median `travel_time_p50` for the minutes, and a first column
without a name, the row numbers that pandas writes. A blank time is a pair that cannot be reached.

The answers of OSRM (`durations` in seconds, `distances` in metres) and of Valhalla
(`sources_to_targets` with `time` in seconds and `distance` in its `units`, rows as objects or, in
its concise form, as `durations` and `distances`) are read as they are, but they do not say which
places they are about. Two keys have to be added beside them: `from_ids`, the demand points in the
order of the sources asked for, and `to_ids`, the stores in the order of the destinations. `null` is
a pair that cannot be reached. As servers limit how much one may ask at once, a file may hold a list
of such answers.
"""

from __future__ import annotations

import csv
import json
import math
from itertools import chain
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from retail_portfolio.inputs.faults import did_you_mean, shown
from retail_portfolio.inputs.files.numbers_as_text import number_of
from retail_portfolio.inputs.near import KM_PER_MILE
from retail_portfolio.inputs.registers.travel_pairs import FaultList, PairList, Where

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Floats = NDArray[np.float64]
    Ints = NDArray[np.int32]

MINUTES_COLUMNS = ("travel_minutes", "travel_time", "travel_time_p50")
"""What the column of minutes may be called; the second and third are r5py's."""
_KM_COLUMN = "travel_km"
_BLOCK_BYTES = 16_000_000
_SECONDS, _METRES = 60.0, 1_000.0
_KM_OF_UNIT = {"km": 1.0, "kilometers": 1.0, "mi": KM_PER_MILE, "miles": KM_PER_MILE}
_NO_PLACES = "the keys from_ids and to_ids: the places in the order they were asked for"


def read_csv(path: Path, header: str, pairs: PairList, *, has_rows: bool) -> None:
    """
    Read a CSV of pairs, block by block.

    Parameters
    ----------
    path
        The file.
    header
        Its first line.
    pairs
        Where pairs and faults go. Faults of the header end the reading.
    has_rows
        Whether anything follows the header.
    """
    import pyarrow as pa  # noqa: PLC0415 - for this one file
    from pyarrow import csv as arrow_csv  # noqa: PLC0415

    columns = _columns(header, pairs.faults)
    if columns is None or not has_rows:
        return
    minutes_column, names = columns
    rows = _Rows(len(names), pairs.faults)
    read = arrow_csv.ReadOptions(use_threads=False, block_size=_BLOCK_BYTES, column_names=names)
    read.skip_rows = 1
    parse = arrow_csv.ParseOptions(invalid_row_handler=rows.take, ignore_empty_lines=False)
    wanted = ["from_id", "to_id", minutes_column, *([_KM_COLUMN] * (_KM_COLUMN in names))]
    convert = arrow_csv.ConvertOptions(
        include_columns=wanted,
        column_types=dict.fromkeys(names, pa.string()),
        strings_can_be_null=False,
    )
    try:
        with arrow_csv.open_csv(path, read, parse, convert) as reader:
            for batch in reader:
                _take_batch(batch, minutes_column, rows, pairs)
    except pa.ArrowInvalid as error:
        expected = "comma-separated UTF-8 text whose quotes close"
        pairs.faults.add(None, expected, value=str(error).partition("\n")[0])
    rows.name_empty()


def _columns(header: str, faults: FaultList) -> tuple[str, list[str]] | None:
    """Return the name of the column of minutes and all names; None where a fault was found."""
    try:
        given = next(csv.reader([header], strict=True), [])
    except csv.Error as error:
        faults.add(None, f"comma-separated text whose quotes close ({error})", 1)
        return None
    known = ("from_id", "to_id", *MINUTES_COLUMNS, _KM_COLUMN)
    names = ["row number" if not at and not name else name for at, name in enumerate(given)]
    for at, name in enumerate(names):
        if name not in known and name != "row number":
            expected = f"no column of this name{did_you_mean(name, known)}"
            faults.add(name or f"number {at + 1}", expected, 1, name)
        elif name in names[:at]:
            faults.add(name, "each column once", 1, name)
    minutes = [name for name in MINUTES_COLUMNS if name in names]
    for name in ("from_id", "to_id", *(() if minutes else ("travel_minutes",))):
        if name not in names:
            faults.add(name, "a column of this name", 1)
    for name in minutes[1:]:
        faults.add(name, f"one column of minutes (there is {minutes[0]} too)", 1, name)
    return None if faults else (minutes[0], names)


class _Rows:
    """Which row of the file a pair stands in, and which rows are no pairs."""

    def __init__(self, width: int, faults: FaultList) -> None:
        self.count = 0
        """Rows read so far, those of another shape left out."""
        self._width = width
        self._faults = faults
        self._others: list[int] = []
        self._empty: list[int] = []

    def take(self, row: Any) -> str:
        """Leave a row of another shape out."""
        self._others.append(row.number)
        found = f"{row.actual_columns} fields"
        self._faults.add(None, f"{self._width} fields", row.number, found)
        return "skip"

    def take_empty(self, indices: NDArray[np.int64]) -> None:
        """Remember rows without ids; `name_empty` says whether they are faults."""
        self._empty += indices.tolist()

    def name_empty(self) -> None:
        """Take the faults of rows without ids, but for those at the end of the file."""
        last = self.count - 1
        while self._empty and self._empty[-1] == last:
            self._empty.pop()
            last -= 1
        for index in self._empty:
            self._faults.add(None, "a row with values", self.number(index), "an empty row")

    def number(self, index: int) -> int:
        """Return the row, as a spreadsheet counts it, of the index-th row that was read."""
        row = index + 2
        for other in self._others:
            if other > row:
                break
            row += 1
        return row


def _take_batch(batch: Any, minutes_column: str, rows: _Rows, pairs: PairList) -> None:
    """Turn a block of texts into pairs."""
    import pyarrow.compute as pc  # noqa: PLC0415

    first = rows.count
    rows.count += batch.num_rows
    there = pc.or_(*(pc.not_equal(batch.column(name), "") for name in ("from_id", "to_id")))
    kept = np.flatnonzero(there.to_numpy(zero_copy_only=False)) + first
    if len(kept) < batch.num_rows:
        rows.take_empty(np.setdiff1d(np.arange(first, rows.count), kept))
        batch = batch.filter(there)

    def where(index: int) -> tuple[int | None, str]:
        return rows.number(int(kept[index])), ""

    sides = [_positions(batch, column, where, pairs) for column in ("from_id", "to_id")]
    minutes = _numbers(batch.column(minutes_column), minutes_column, where, pairs.faults)
    km = None
    if _KM_COLUMN in batch.schema.names:
        km = _numbers(batch.column(_KM_COLUMN), _KM_COLUMN, where, pairs.faults)
    pairs.add(sides[0], sides[1], minutes, km, where)


def _positions(batch: Any, column: str, where: Where, pairs: PairList) -> Ints:
    """Return the positions of a column's ids; each id is looked up once a block."""
    coded = batch.column(column).dictionary_encode()
    index: Ints = coded.indices.to_numpy()
    first = np.unique(index, return_index=True)[1]

    def at_first(place: int) -> tuple[int | None, str]:
        return where(int(first[place]))

    return pairs.positions(column, coded.dictionary.to_pylist(), at_first)[index]


def _numbers(texts: Any, column: str, where: Where, faults: FaultList) -> Floats:
    """Return a column's numbers, NaN where blank; what is no finite number is a fault."""
    import pyarrow as pa  # noqa: PLC0415
    import pyarrow.compute as pc  # noqa: PLC0415

    blank = pc.equal(texts, "")
    try:
        values = pc.if_else(blank, None, texts).cast(pa.float64())
        numbers: Floats = values.to_numpy(zero_copy_only=False).astype(np.float64)
    except pa.ArrowInvalid:
        read = (number_of(text) for text in texts.to_pylist())
        numbers = np.fromiter(
            (math.nan if value is None else value for value in read), np.float64, len(texts)
        )
    wrong = ~np.isfinite(numbers) & ~blank.to_numpy(zero_copy_only=False)
    expected = "a finite number written with digits and a point only, or nothing"
    at = np.flatnonzero(wrong)
    named = at[: max(faults.room(column, expected), 0)]
    for index in named:
        faults.add(column, expected, where(int(index))[0], texts[int(index)].as_py())
    if len(at) > len(named):
        faults.add_count(column, expected, len(at) - len(named))
    numbers[wrong] = np.nan
    return numbers


def read_json(text: str, pairs: PairList) -> None:
    """
    Read answers of OSRM or Valhalla.

    Parameters
    ----------
    text
        The file's text.
    pairs
        Where pairs and faults go.
    """
    try:
        content = json.loads(text, parse_constant=_no_number)
    except (ValueError, RecursionError) as error:
        pairs.faults.add(None, f"JSON ({error})", getattr(error, "lineno", None))
        return
    for number, table in enumerate(content if isinstance(content, list) else [content], start=1):
        _take_table(table, f"table {number}", pairs)


def _no_number(word: str) -> float:
    raise ValueError(f"{word} is no number; a pair that cannot be reached is null")


def _take_table(table: Any, label: str, pairs: PairList) -> None:
    """Turn one answer into pairs."""
    faults = pairs.faults
    if not isinstance(table, dict):
        faults.add(label, "an object, an answer of OSRM or Valhalla", value=type(table).__name__)
        return
    places = [table.get(key) for key in ("from_ids", "to_ids")]
    if not all(isinstance(ids, list) and _all_of(ids, (str,)) for ids in places):
        faults.add(label, _NO_PLACES)
        return
    origins, targets = (list(map(str, ids or ())) for ids in places)
    ways = _ways(table, label, (len(origins), len(targets)), faults)
    if ways is None:
        return

    def where(index: int) -> tuple[int | None, str]:
        at, to = divmod(index, len(targets))
        return None, f"{origins[at]} to {targets[to]}"

    def nowhere(_: int) -> tuple[int | None, str]:
        return None, ""

    origin = np.repeat(pairs.positions("from_id", origins, nowhere), len(targets))
    target = np.tile(pairs.positions("to_id", targets, nowhere), len(origins))
    pairs.add(origin, target, *ways, where)


def _ways(
    table: dict[str, Any], label: str, shape: tuple[int, int], faults: FaultList
) -> tuple[Floats, Floats | None] | None:
    """Return minutes and kilometres of an answer, flat and row by row; None after a fault."""
    answer = table.get("sources_to_targets")
    km = 1 / _METRES
    if answer is None:
        answer = table
        if table.get("fallback_speed_cells"):
            faults.add(label, "ways on the road only (ask OSRM without fallback_speed)")
            return None
    else:
        unit = table.get("units", "kilometers")
        if not isinstance(unit, str) or unit not in _KM_OF_UNIT:
            faults.add(label, "units: kilometers or miles", value=str(unit))
            return None
        km = _KM_OF_UNIT[unit]
    if isinstance(answer, list):  # Valhalla's rows of objects
        rows = [row if isinstance(row, list) else [None] for row in answer]
        answer = {
            key: [[_of(cell, name) for cell in row] for row in rows]
            for key, name in (("durations", "time"), ("distances", "distance"))
        }
    elif not isinstance(answer, dict) or "durations" not in answer:
        faults.add(label, "durations (OSRM) or sources_to_targets (Valhalla)")
        return None
    seconds = _matrix(answer["durations"], f"{label}, times", shape, faults)
    lengths = None
    if answer.get("distances") is not None:
        lengths = _matrix(answer["distances"], f"{label}, distances", shape, faults)
    if seconds is None:
        return None
    return seconds / _SECONDS, None if lengths is None else lengths * km


def _of(cell: Any, name: str) -> Any:
    """Return what a cell of Valhalla's says; one that is no object is looked at later."""
    return cell.get(name) if isinstance(cell, dict) else cell


def _matrix(rows: Any, label: str, shape: tuple[int, int], faults: FaultList) -> Floats | None:
    """Return a list of rows of numbers and nulls as one flat array; None after a fault."""
    if (
        not isinstance(rows, list)
        or [len(row) if isinstance(row, list) else -1 for row in rows] != [shape[1]] * shape[0]
    ):
        found = f"{len(rows)} rows" if isinstance(rows, list) else type(rows).__name__
        expected = f"{shape[0]} rows of {shape[1]} cells, as there are from_ids and to_ids"
        faults.add(label, expected, value=found)
        return None
    cells = list(chain.from_iterable(rows))
    if not _all_of(cells, (int, float, type(None))):
        other = next(cell for cell in cells if type(cell) not in (int, float, type(None)))
        faults.add(label, "numbers, or null where there is no way", value=shown(str(other)))
        return None
    try:
        numbers = np.array(cells, dtype=np.float64)
    except OverflowError:
        numbers = np.full(len(cells), np.inf)
    if np.isinf(numbers).any():
        faults.add(label, "finite numbers", value="a number too large")
        return None
    return numbers


def _all_of(values: list[Any], types: tuple[type, ...]) -> bool:
    """Tell whether every value is exactly of one of the types (true and false are no numbers)."""
    return set(map(type, values)) <= set(types)
