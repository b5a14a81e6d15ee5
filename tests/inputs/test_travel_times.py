"""Travel times from a file: four kinds of file say the same, and what is wrong is named."""

from __future__ import annotations

import json
import math
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from retail_portfolio.inputs import InputError, load_case, load_scenario
from retail_portfolio.inputs.registers import travel_times
from retail_portfolio.inputs.registers.travel_pairs import NAMED, FaultList, PairList
from retail_portfolio.inputs.registers.travel_times import read_travel_times
from tests.inputs.edits import faults_of

POINTS = ["39000000100", "39000000200", "39000000300", "26000000100", "26000000200"]
CLOSING = ["corner-1", "corner-2", "corner-3"]
STORES = [*CLOSING, "corner-0", "hall-1", "hall-2", "foodbarn-1", "greenery-1"]
MINUTES = [[6, 12.5, None], [10, 3, None], [18, 9, None], [None, None, 4], [None, None, 0]]
KM = [[3, 7.25, None], [5, 1.5, None], [9, 4, None], [None, None, 2], [None, None, 0.125]]
CSV = "from_id,to_id,travel_minutes,travel_km\n" + "".join(
    f"{point},{store},{'' if m is None else m},{'' if k is None else k}\n"
    for point, minutes, kms in zip(POINTS, MINUTES, KM, strict=True)
    for store, m, k in zip(CLOSING, minutes, kms, strict=True)
)
PLACES = {"from_ids": POINTS, "to_ids": CLOSING}


def _times(rows: list[list[float | None]], by: float) -> list[list[float | None]]:
    return [[None if cell is None else cell * by for cell in row] for row in rows]


OSRM = {"code": "Ok", "durations": _times(MINUTES, 60), "distances": _times(KM, 1000), **PLACES}
VALHALLA = {
    "units": "kilometers",
    "sources_to_targets": [
        [
            {"from_index": i, "to_index": j, "time": time, "distance": way}
            for j, (time, way) in enumerate(zip(times, ways, strict=True))
        ]
        for i, (times, ways) in enumerate(zip(OSRM["durations"], KM, strict=True))
    ],
    **PLACES,
}
CONCISE = {
    "sources_to_targets": {"durations": OSRM["durations"], "distances": KM},
    "units": "km",
    **PLACES,
}
R5PY = CSV.replace("travel_minutes,travel_km", "travel_time").replace(",\n", "\n")
R5PY = "\n".join(",".join(line.split(",")[:3]) for line in R5PY.split("\n"))


def _read(
    folder: Path, content: object, name: str = "way.csv"
) -> tuple[pd.DataFrame, tuple[str, ...]]:
    text = content if isinstance(content, str) else json.dumps(content)
    (folder / name).write_text(text, encoding="utf-8", newline="")
    frame, faults = read_travel_times(folder, name, POINTS, STORES, CLOSING)
    return frame, tuple(map(str, faults))


def _faults(folder: Path, content: object) -> list[str]:
    lines = _read(folder, content)[1]
    assert lines
    assert all(line.isprintable() and len(line) < 400 for line in lines)
    return list(lines)


@pytest.mark.parametrize("content", [CSV, OSRM, VALHALLA, CONCISE, [OSRM]], ids=range(5))
def test_every_kind_of_file_says_the_same(content: object, tmp_path: Path) -> None:
    frame, faults = _read(tmp_path, content)
    assert faults == ()
    assert list(frame.columns) == ["from_id", "to_id", "travel_minutes", "travel_km"]
    assert frame["from_id"].tolist() == [POINTS[at] for at in (0, 0, 1, 1, 2, 2, 3, 4)]
    assert frame["to_id"].tolist() == [CLOSING[at] for at in (0, 1, 0, 1, 0, 1, 2, 2)]
    assert frame["travel_minutes"].tolist() == [6, 12.5, 10, 3, 18, 9, 4, 0]
    assert frame["travel_km"].tolist() == [3, 7.25, 5, 1.5, 9, 4, 2, 0.125]
    assert frame["travel_minutes"].dtype == frame["travel_km"].dtype == "float64"


def test_a_file_without_distances_leaves_them_blank(tmp_path: Path) -> None:
    plain = {key: value for key, value in OSRM.items() if key != "distances"}
    for content in (R5PY, plain):
        frame, faults = _read(tmp_path, content)
        assert faults == ()
        assert frame["travel_minutes"].tolist() == [6, 12.5, 10, 3, 18, 9, 4, 0]
        assert frame["travel_km"].isna().all()


def test_what_pandas_and_r_write_will_do(tmp_path: Path) -> None:
    table = pd.read_csv((tmp_path / "x.csv", (tmp_path / "x.csv").write_text(R5PY))[0], dtype=str)
    expected = _read(tmp_path, R5PY)[0]
    assert _read(tmp_path, table.to_csv())[0].equals(expected)  # with its row numbers
    assert _read(tmp_path, table.to_csv(quoting=1, lineterminator="\r\n"))[0].equals(expected)
    median = R5PY.replace("travel_time", "travel_time_p50")
    assert _read(tmp_path, median)[0].equals(expected)
    for end in ("", "\n\n", "\n\n\n\n\n", ",,\n,,\n"):
        frame, faults = _read(tmp_path, R5PY + end)
        assert faults == ()
        assert frame.equals(expected)


def test_miles_of_valhalla_become_kilometres(tmp_path: Path) -> None:
    frame, faults = _read(tmp_path, {**VALHALLA, "units": "miles"})
    assert faults == ()
    assert frame["travel_km"][0] == pytest.approx(3 * 1.609344)


def test_a_file_may_hold_several_answers(tmp_path: Path) -> None:
    parts = [
        {
            "from_ids": [point],
            "to_ids": CLOSING,
            "durations": [OSRM["durations"][at]],
            "distances": [OSRM["distances"][at]],
        }
        for at, point in enumerate(POINTS)
    ]
    whole = _read(tmp_path, OSRM)[0]
    assert _read(tmp_path, parts)[0].equals(whole)
    assert _read(tmp_path, parts[::-1])[0].equals(whole)


def test_order_of_rows_and_columns_changes_nothing(tmp_path: Path) -> None:
    whole = _read(tmp_path, CSV)[0]
    header, *rows = CSV.strip().split("\n")
    rows = [*rows[7:], *rows[6::-1]]
    assert _read(tmp_path, "\n".join([header, *rows]))[0].equals(whole)
    turned = "\n".join(",".join(line.split(",")[::-1]) for line in CSV.strip().split("\n"))
    assert _read(tmp_path, turned)[0].equals(whole)


def _with(row: int, line: str) -> str:
    lines = CSV.split("\n")
    lines[row - 1] = line
    return "\n".join(lines)


A, B = POINTS[0], "corner-1"
ROWS = {
    "unknown point": (f"39000000199,{B},6,3", "column from_id: found '39000000199', expected a po"),
    "lost zero": (f"3900000010,{B},6,3", "did you mean '39000000100'?"),
    "unknown store": (f"{A},corner-9,6,3", "column to_id: found 'corner-9', expected a store_id"),
    "near store": (f"{A},corner-11,6,3", "(did you mean 'corner-"),
    "exchanged": (f"{B},{A},6,3", "from_id and to_id look exchanged"),
    "negative": (f"{A},{B},-1,3", "column travel_minutes: found '-1', expected minutes, 0 or more"),
    "seconds": (f"{A},{B},1441,3", "are these seconds?"),
    "metres": (f"{A},{B},6,5001", "column travel_km: found '5001'"),
    "negative km": (f"{A},{B},6,-0.1", "column travel_km: found '-0.1', expected kilometres"),
    "words": (f"{A},{B},six,3", "column travel_minutes: found 'six', expected a finite number"),
    "nan": (f"{A},{B},nan,3", "column travel_minutes: found 'nan', expected a finite number"),
    "infinite": (f"{A},{B},inf,3", "column travel_minutes: found 'inf', expected a finite number"),
    "too large": (f"{A},{B},1e999,3", "found '1e999', expected a finite number"),
    "km in words": (f"{A},{B},6,far", "column travel_km: found 'far', expected a finite number"),
    "too few": (f"{A},{B},6", "found '3 fields', expected 4 fields"),
    "too many": (f"{A},{B},6,3,1", "found '5 fields', expected 4 fields"),
}


@pytest.mark.parametrize("kind", ROWS)
@pytest.mark.parametrize("row", [2, 6])
def test_a_wrong_row_is_named_with_its_number(kind: str, row: int, tmp_path: Path) -> None:
    line, expected = ROWS[kind]
    found = [x for x in _faults(tmp_path, _with(row, line)) if "each pair" not in x]
    assert len(found) == (2 if kind == "exchanged" else 1), found
    assert found[0].startswith(f"way.csv row {row}")
    assert expected in found[0]


def test_rows_are_counted_past_empty_and_ragged_ones(tmp_path: Path) -> None:
    lines = CSV.strip().split("\n")
    lines[3] = "x"
    lines.insert(6, "")
    lines[9] = f"{lines[9].rsplit(',', 2)[0]},-2,1"
    found = _faults(tmp_path, "\n".join(lines))
    assert any(line.startswith("way.csv row 4: found '1 fields'") for line in found)
    assert any(
        line.startswith("way.csv row 10, column travel_minutes: found '-2'") for line in found
    )
    assert any(line.startswith("way.csv row 7: found 'an empty row'") for line in found)
    assert len(found) == 3


def test_a_pair_that_comes_twice_is_named(tmp_path: Path) -> None:
    for again in (f"{A},{B},6,3", f"{A},{B},7,3", f"{A},{B},,"):
        found = _faults(tmp_path, f"{CSV}{again}\n")
        wrong = f"way.csv row 17, column to_id: found '{A} to {B}'"
        assert found == [f"{wrong}, expected each pair of from_id and to_id once"]
    lines = CSV.split("\n")
    found = _faults(tmp_path, "\n".join([*lines[:3], *lines[2:]]))  # in order, but for that
    assert found[0].startswith(f"way.csv row 4, column to_id: found '{A} to corner-2'")
    found = _faults(tmp_path, [OSRM, OSRM])
    assert len(found) == NAMED + 1
    assert "found '5 more'" in found[-1]
    assert f"found '{A} to {B}'" in found[0]


def test_what_is_unknown_is_named_once_and_is_no_pair(tmp_path: Path) -> None:
    last = f"{POINTS[0]},{STORES[-1]},6,3"  # the pair in front of the next point's first one
    unknown = [f"{POINTS[1]},nowhere,6,3", f"{POINTS[1]},nowhere,7,3", f"9,{B},6,3", f"9,{B},6,3"]
    found = _faults(tmp_path, CSV + "\n".join([last, *unknown]))
    assert [line.split(", expected")[0] for line in found] == [
        "way.csv row 20, column from_id: found '9'",
        "way.csv row 18, column to_id: found 'nowhere'",
    ]
    wrong = {**OSRM, "to_ids": [*CLOSING[:2], "nowhere"]}
    assert sum("nowhere" in line for line in _faults(tmp_path, [wrong, wrong])) == 1


def test_of_many_faults_some_are_named_and_all_are_counted(tmp_path: Path) -> None:
    header, *rows = CSV.strip().split("\n")
    many = [f"9{at:010d},nowhere-{at},-{at + 1},far" for at in range(40)]
    found = _faults(tmp_path, "\n".join([header, *rows, *many]))
    assert len(found) == 4 * (NAMED + 1)
    assert sum("found '30 more'" in line for line in found) == 4
    assert any("row 17, column travel_minutes: found '-1'" in line for line in found)


HEADERS = {
    "no minutes": ("from_id,to_id,travel_km", "column travel_minutes: found nothing"),
    "no from": ("to_id,travel_minutes,travel_km", "column from_id: found nothing, expected a col"),
    "misspelt": ("from_id,to_id,travel_minuts", "did you mean 'travel_minutes'?"),
    "twice": ("from_id,to_id,to_id,travel_minutes", "column to_id: found 'to_id', expected each"),
    "two of minutes": ("from_id,to_id,travel_minutes,travel_time", "there is travel_minutes too"),
    "without name": ("from_id,to_id,travel_minutes,", "column number 4: found ''"),
    "another separator": ("from_id;to_id;travel_minutes", "expected no column of this name"),
    "open quote": ('"from_id,to_id,travel_minutes', "whose quotes close"),
    "not ours": ("a,b", "column a: found 'a', expected no column of this name"),
}


@pytest.mark.parametrize("kind", HEADERS)
def test_a_wrong_header_is_named(kind: str, tmp_path: Path) -> None:
    header, expected = HEADERS[kind]
    found = _faults(tmp_path, f"{header}\n{A},{B},6,3\n")
    assert any(expected in line for line in found), found
    assert all(
        line.startswith("way.csv row 1") for line in found if "at least one pair" not in line
    )


JSON = {
    "a number in a list": ([7], "column table 1: found 'int', expected an object"),
    "not closed": ('{"durations": [[1]', "expected JSON"),
    "an error of the server": ({"code": "NoTable", **PLACES}, "expected durations (OSRM)"),
    "no places": ({"durations": [[1]]}, "the keys from_ids and to_ids"),
    "numbers for places": ({**OSRM, "from_ids": [1, 2, 3, 4, 5]}, "the keys from_ids and to_ids"),
    "too few places": ({**OSRM, "to_ids": CLOSING[:2]}, "5 rows of 2 cells"),
    "too many rows": ({**OSRM, "from_ids": POINTS[:4]}, "found '5 rows', expected 4 rows of 3"),
    "ragged": ({**OSRM, "durations": [[1], [1, 2]]}, "table 1, times: found '2 rows'"),
    "no rows": ({**OSRM, "durations": "fast"}, "table 1, times: found 'str'"),
    "text for a number": ({**OSRM, "durations": [["6"] * 3] * 5}, "numbers, or null"),
    "true for a number": ({**OSRM, "durations": [[True] * 3] * 5}, "numbers, or null"),
    "text for a distance": ({**OSRM, "distances": [["x"] * 3] * 5}, "table 1, distances"),
    "NaN": (json.dumps(OSRM).replace("360", "NaN"), "NaN is no number"),
    "too large": (json.dumps(OSRM).replace("360", "1e999"), "a number too large"),
    "a very long number": (json.dumps(OSRM).replace("360", "9" * 400), "a number too large"),
    "negative": ({**OSRM, "durations": [[-60] * 3] * 5}, f"found '-1 ({A} to corner-1)'"),
    "unknown place": ({**OSRM, "to_ids": [*CLOSING[:2], "corner-9"]}, "found 'corner-9'"),
    "estimated": ({**OSRM, "fallback_speed_cells": [[0, 1]]}, "without fallback_speed"),
    "furlongs": ({**VALHALLA, "units": "furlongs"}, "units: kilometers or miles"),
    "holes": ({**VALHALLA, "sources_to_targets": [None] * 5}, "table 1, times"),
    "odd cells": ({**VALHALLA, "sources_to_targets": [["x"] * 3] * 5}, "numbers, or null"),
    "nothing inside": ("[" * 100_000, "expected JSON"),
    "an empty list": ([], "at least one pair"),
    "no way at all": ({**OSRM, "durations": [[None] * 3] * 5}, "at least one pair"),
}


@pytest.mark.parametrize("kind", JSON)
def test_a_wrong_answer_is_named(kind: str, tmp_path: Path) -> None:
    content, expected = JSON[kind]
    found = _faults(tmp_path, content)
    assert any(expected in line for line in found), found


BYTES = {
    "empty": (b"", "found 'an empty file'"),
    "BOM": (b"\xef\xbb\xbf" + CSV.encode(), "byte-order mark"),
    "UTF-16": (CSV.encode("utf-16"), "UTF-16"),
    "Latin-1 in front": (b"from_id,to_id,travel_minutes,caf\xe9\n", "UTF-8 text"),
    "header only": (CSV.split("\n")[0].encode(), "at least one pair with a travel time"),
    "all blank": (f"from_id,to_id,travel_minutes\n{A},{B},\n".encode(), "at least one pair"),
}


@pytest.mark.parametrize("kind", BYTES)
def test_wrong_bytes_are_named(kind: str, tmp_path: Path) -> None:
    raw, expected = BYTES[kind]
    (tmp_path / "way.csv").write_bytes(raw)
    _, faults = read_travel_times(tmp_path, "way.csv", POINTS, STORES, CLOSING)
    assert [expected in str(fault) for fault in faults] == [True]


def test_latin_1_far_into_the_file_is_named(tmp_path: Path) -> None:
    rows = f"{A},{B},6,3\n" * 5_000
    (tmp_path / "way.csv").write_bytes((CSV + rows).encode() + b"caf\xe9,x,1,1\n")
    _, faults = read_travel_times(tmp_path, "way.csv", POINTS, STORES, CLOSING)
    assert any("UTF-8 text whose quotes close" in str(fault) for fault in faults)


@pytest.mark.parametrize(("limit", "content"), [("MAX_CSV_BYTES", CSV), ("MAX_JSON_BYTES", OSRM)])
def test_a_larger_file_is_refused(
    limit: str, content: object, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(travel_times, limit, 100)
    assert any("expected at most 100 bytes" in line for line in _faults(tmp_path, content))


def test_a_closing_store_that_nobody_reaches_is_named(tmp_path: Path) -> None:
    without = "\n".join(line for line in CSV.split("\n") if "corner-3" not in line)
    expected = "expected a demand point that reaches each closing store"
    assert _faults(tmp_path, without) == [f"way.csv, column to_id: found 'corner-3', {expected}"]


def test_an_id_that_two_places_have_is_named(tmp_path: Path) -> None:
    (tmp_path / "way.csv").write_text(CSV)
    for stores in ([*STORES, "hall-1"], [*STORES, A]):
        _, faults = read_travel_times(tmp_path, "way.csv", POINTS, stores, CLOSING)
        assert "ids that no other point, store or competitor has" in str(faults[0])


@pytest.mark.slow
@given(
    ways=st.dictionaries(
        st.tuples(st.sampled_from(POINTS), st.sampled_from(STORES)),
        st.tuples(st.none() | st.floats(0, 1440), st.none() | st.floats(0, 5000)),
        min_size=1,
    ),
    kind=st.sampled_from(["csv", "json"]),
)
def test_what_was_written_is_read(
    ways: dict[tuple[str, str], tuple[float | None, float | None]],
    kind: str,
    tmp_path_factory: pytest.TempPathFactory,
) -> None:
    folder = tmp_path_factory.mktemp("ways")
    if kind == "json":
        content: object = [
            {"from_ids": [a], "to_ids": [b], "durations": [[m]], "distances": [[k]]}
            for (a, b), (m, k) in ways.items()
        ]
        scale = (60.0, 1000.0)
    else:
        content = CSV.split("\n")[0] + "".join(
            f"\n{a},{b},{'' if m is None else repr(m)},{'' if k is None else repr(k)}"
            for (a, b), (m, k) in ways.items()
        )
        scale = (1.0, 1.0)
    text = content if isinstance(content, str) else json.dumps(content)
    (folder / "way.csv").write_text(text)
    frame, faults = read_travel_times(folder, "way.csv", POINTS, STORES, ())
    reached = {pair: way for pair, way in ways.items() if way[0] is not None}
    assert bool(faults) == (not reached)
    found = {(a, b): (m, k) for a, b, m, k in frame.itertuples(index=False, name=None)}
    assert list(found) == sorted(
        reached, key=lambda pair: (POINTS.index(pair[0]), STORES.index(pair[1]))
    )
    for pair, (minutes, km) in reached.items():
        assert found[pair][0] == pytest.approx(minutes / scale[0])
        same = math.isnan(found[pair][1]) if km is None else None
        assert same or found[pair][1] == pytest.approx(km / scale[1])


def test_pairs_of_many_blocks_keep_their_rows() -> None:
    faults = FaultList("way.csv")
    pairs = PairList(faults, ["a", "b"], ["x", "y"])
    for first in (0, 3):
        codes = np.array([0, 1, 1], np.int32)
        pairs.add(
            codes,
            np.array([0, 0, 1], np.int32),
            np.array([1.0, 2.0, 3.0]),
            None,
            lambda at, start=first: (start + at + 2, ""),
        )
    pairs.frame()
    assert [(fault.row, fault.value) for fault in faults.all()] == [
        (5, "a to x"),
        (6, "b to x"),
        (7, "b to y"),
    ]


# The setting.


def _set(folder: Path, name: str) -> None:
    with (folder / "scenarios" / "base.yaml").open("a") as file:
        file.write(f"travel_times: {name}\n")


@pytest.mark.slow
def test_a_case_without_the_setting_has_none(small_data: Path) -> None:
    case = load_case(data_dir=str(small_data))
    assert case.travel_times is None
    assert (case.scenario.trade_area_minutes, case.scenario.food_access_minutes) == (30, 10)


@pytest.mark.slow
def test_the_setting_names_a_file_of_the_data_folder(small_data: Path) -> None:
    (small_data / "roads").mkdir()
    (small_data / "roads" / "way.csv").write_text(CSV)
    case = load_case(data_dir=str(small_data), overrides=["travel_times=roads/way.csv"])
    assert case.travel_times is not None
    assert len(case.travel_times) == 8
    assert case.with_ledger(case.ledger).travel_times is case.travel_times


@pytest.mark.slow
def test_check_covers_the_file(small_data: Path) -> None:
    _set(small_data, "way.csv")
    (small_data / "ways.csv").write_text(CSV)
    expected = "this file, which the setting travel_times names (did you mean 'ways.csv'?)"
    assert faults_of(small_data) == [f"way.csv: found nothing, expected {expected}"]
    (small_data / "way.csv").write_text(CSV.replace("corner-1", "corner-7"))
    lines = faults_of(small_data)
    assert any("way.csv row 2, column to_id: found 'corner-7'" in line for line in lines)
    (small_data / "way.csv").write_text(CSV)
    assert faults_of(small_data) == []


@pytest.mark.slow
def test_faults_of_tables_and_of_the_file_come_together(small_data: Path) -> None:
    _set(small_data, "way.csv")
    (small_data / "way.csv").write_text(CSV.replace(",6,3", ",x,3"))
    text = (small_data / "metros.csv").read_text().replace("partial", "some")
    (small_data / "metros.csv").write_text(text)
    files = [line.split()[0] for line in faults_of(small_data)]
    assert files == ["metros.csv", "way.csv"]
    (small_data / "demand.csv").write_text("point_id\n1\n")  # whom it speaks of is not known now
    assert not [line for line in faults_of(small_data) if line.startswith("way.csv")]


def test_a_link_out_of_the_folder_is_refused(small_data: Path, tmp_path: Path) -> None:
    outside = tmp_path / "outside.csv"
    outside.write_text(CSV)
    (small_data / "way.csv").symlink_to(outside)
    _set(small_data, "way.csv")
    assert ["not a link that leads out of it" in line for line in faults_of(small_data)] == [True]


@pytest.mark.parametrize(
    "name",
    ["../way.csv", "/way.csv", "a/../../way.csv", "way.txt", "way", ".csv", "a//b.csv", "a\\b.csv"],
)
def test_no_path_leads_out_of_the_folder(name: str, small_data: Path) -> None:
    with pytest.raises(InputError) as caught:
        load_scenario(data_dir=str(small_data), overrides={"travel_times": name})
    assert "within the data folder, or nothing" in str(caught.value)


@pytest.mark.parametrize("minutes", [0, -1, 121, float("nan"), float("inf")])
@pytest.mark.parametrize("key", ["trade_area_minutes", "food_access_minutes"])
def test_minutes_are_held_to_bounds(key: str, minutes: float, small_data: Path) -> None:
    with pytest.raises(InputError, match=key):
        load_scenario(data_dir=str(small_data), **{key: minutes})
    settings = load_scenario(data_dir=str(small_data), **{key: 120})
    assert getattr(settings, key) == 120
    with pytest.raises(ValidationError):
        setattr(settings, key, 5)
