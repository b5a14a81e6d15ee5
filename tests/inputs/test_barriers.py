"""Waters that cost minutes: each row is held to what it needs, and each pair stands once."""

from __future__ import annotations

from pathlib import Path

import pytest

from retail_portfolio.inputs import check_data, load_case
from retail_portfolio.inputs.registers.barriers import FILE
from tests.inputs.edits import faults_of, set_cell

TABLE = """\
barrier_id,name,county_a,county_b,west_of_lon,lat_from,lat_to,penalty_minutes,origin,note,source
elm-river,Elm River,39001,26001,,,,12,assumed,One bridge.,Map
oak-lake,Oak Lake,39001,39001,-83.03,40.1,40.2,7.5,observed,,Map
oak-pond,Oak Pond,39001,39001,-83.05,40.15,40.2,2,assumed,,Map
"""


@pytest.fixture
def with_water(small_data: Path) -> Path:
    (small_data / FILE).write_text(TABLE, encoding="utf-8")
    return small_data


def test_the_table_is_read(with_water: Path) -> None:
    table = load_case(data_dir=str(with_water)).barriers
    assert table["barrier_id"].tolist() == ["elm-river", "oak-lake", "oak-pond"]
    assert table["penalty_minutes"].tolist() == [12, 7.5, 2]
    assert table["county_a"].tolist() == ["39001"] * 3
    assert table["west_of_lon"].isna().tolist() == [True, False, False]
    assert (table.loc[1, ["lat_from", "lat_to"]] == [40.1, 40.2]).all()


@pytest.mark.slow
def test_a_portfolio_may_have_none(small_data: Path) -> None:
    assert not (small_data / FILE).exists()
    table = load_case(data_dir=str(small_data)).barriers
    assert table.empty
    assert {"county_a", "penalty_minutes"} <= set(table.columns)
    assert table["penalty_minutes"].dtype == "float64"
    (small_data / FILE).write_text(TABLE.splitlines()[0] + "\n")
    assert load_case(data_dir=str(small_data)).barriers.empty


CELLS = {
    "county without its zero": (2, "county_a", "9001", "five digits of a county code"),
    "no county": (2, "county_b", "", "five digits of a county code"),
    "no minutes": (2, "penalty_minutes", "", "minutes above 0"),
    "zero minutes": (2, "penalty_minutes", "0", "minutes above 0"),
    "negative minutes": (2, "penalty_minutes", "-5", "minutes above 0"),
    "seconds": (2, "penalty_minutes", "1200", "at most 600"),
    "words": (2, "penalty_minutes", "ten", "written with digits"),
    "unknown origin": (2, "origin", "guessed", "one of 'observed', 'reported'"),
    "no source": (2, "source", "", "where the row comes from"),
    "id twice": (3, "barrier_id", "elm-river", "it is in row 2 too"),
    "a line between counties": (2, "west_of_lon", "-83", "nothing: it is for a water within one"),
    "latitudes between counties": (2, "lat_to", "40", "nothing: it is for a water within one"),
    "no line within a county": (3, "west_of_lon", "", "within one county and needs a line"),
    "no latitude within a county": (3, "lat_from", "", "within one county and needs a line"),
    "no longitude": (3, "west_of_lon", "-183", "a longitude between -180 and 180"),
    "upside down": (3, "lat_to", "40.1", "a latitude north of lat_from"),
}


@pytest.mark.parametrize("kind", CELLS)
def test_a_wrong_cell_is_named(kind: str, with_water: Path) -> None:
    row, column, value, expected = CELLS[kind]
    set_cell(with_water, FILE, row, column, value)
    found = [f for f in check_data(str(with_water)) if (f.file, f.row) == (FILE, row)]
    assert [fault.column for fault in found] == [column]
    assert found[0].value == value
    assert expected in found[0].expected


@pytest.mark.parametrize("pair", [("39001", "26001"), ("26001", "39001")])
def test_a_pair_stands_once_in_either_order(pair: tuple[str, str], with_water: Path) -> None:
    row = ["elm-again", "Elm River", *pair, "", "", "", "15", "assumed", "", "Map"]
    with (with_water / FILE).open("a") as file:
        file.write(",".join(row) + "\n")
    line = f"{FILE} row 5, column county_b: found '{pair[1]}', expected each pair of counties once"
    assert faults_of(with_water) == [f"{line}, in either order (see row 2)"]


@pytest.mark.slow
def test_two_waters_within_a_county_are_told_by_their_lines(with_water: Path) -> None:
    for column, value in (("west_of_lon", "-83.03"), ("lat_from", "40.1")):
        assert faults_of(with_water) == []
        set_cell(with_water, FILE, 4, column, value)
    assert "each pair of counties once" in faults_of(with_water)[0]


def test_a_missing_column_is_named_once(with_water: Path) -> None:
    (with_water / FILE).write_text(TABLE.replace("west_of_lon", "west_of_lonn", 1))
    lines = faults_of(with_water)
    assert any("did you mean 'west_of_lon'?" in line for line in lines)
    assert all("within one county" not in line for line in lines)
