"""Lists of SNAP retailers: a cut of a real one, and the format of the country's history."""

from __future__ import annotations

import csv
import datetime as dt
from pathlib import Path

import pytest

from retail_portfolio.inputs.build.chains import chains_of, known_chains, without_code, words_of
from retail_portfolio.inputs.build.snap import load_snap
from retail_portfolio.inputs.faults import InputError
from retail_portfolio.inputs.registers.competitors import KINDS

CUT = Path(__file__).parent / "snap_cut_2024-03.csv"
TODAY = dt.date(2026, 3, 2)
HEADER = (
    "Record ID,Store Name,Store Type,Street Number,Street Name,Additional Address,City,State,"
    "Zip Code,Zip4,County,Latitude,Longitude,Authorization Date,End Date"
)
SHOPS = [
    "1,KING SOOPERS 12,Supermarket,100,Elm St,,Denver,CO,80202,1,DENVER,39.75,-104.99,3/4/2011,",
    "2,Old Market,Supermarket,1,Oak St,,Denver,CO,80202,,DENVER,39.74,-104.98,1/2/2001,12/31/2019",
    "3,Corner Deli,Convenience Store,2,Oak St,,Denver,CO,80202,,DENVER,39.7,-104.9,6/15/2025,",
    "4,Big Bend Foods,Large Grocery Store,3,Oak St,,Denver,CO,80205,,D,39.76,-104.97,5/6/2012,",
    "5,Lost Foods,Super Store,4,Oak St,,Denver,CO,80205,,DENVER,,,5/6/2012,",
]


def history(path: Path, shops: list[str] = SHOPS, header: str = HEADER) -> Path:
    path.write_text("\n".join([header, *shops]) + "\n", encoding="utf-8")
    return path


def test_the_cut_gives_the_places_of_the_weekly_shop():
    found = load_snap(CUT, TODAY)
    names = found.rows["chain"].tolist()
    assert dict(found.left_out) == {
        "retailers of other types": 7,
        "shops without a full range, by their name": 3,
    }
    assert len(names) == 22
    assert found.as_of == ""
    first = found.rows.iloc[0].to_dict()
    assert first == {
        "chain": "Ralphs",
        "kind": "supermarket",
        "name": "Ralphs Fresh Fare 133",
        "street": "10901 Ventura Blvd",
        "city": "Studio City",
        "state": "CA",
        "zip": "91604",
        "lat": 34.139675,
        "lon": -118.36813,
        "size_sqft": "",
        "as_of": "",
        "source": "",
    }


def test_kinds_are_told_from_names():
    found = load_snap(CUT, TODAY).rows
    kinds = dict(zip(found["chain"], found["kind"], strict=True))
    assert kinds == {
        "Ralphs": "supermarket",
        "Hoa Binh Pomona Supermarket": "ethnic",
        "Glatt Mart": "ethnic",
        "Costco": "warehouse_club",
        "Target": "discount_department",
        "Aldi": "limited_assortment",
        "Trader Joe's": "limited_assortment",
        "Sprouts": "natural",
        "Walmart": "supercenter",
        "Whole Foods Market": "natural",
        "Amazon Woodland Hills": "ethnic",
        "Big Saver Foods": "supermarket",
        "Grocery Outlet": "limited_assortment",
    }


def test_the_history_gives_who_is_authorised_still_and_its_own_day(tmp_path):
    found = load_snap(history(tmp_path / "history.csv"), TODAY)
    assert found.as_of == "2025-06-15"
    assert found.rows["name"].tolist() == ["KING SOOPERS 12", "Big Bend Foods"]
    assert found.rows["chain"].tolist() == ["King Soopers", "Big Bend Foods"]
    assert found.rows["kind"].tolist() == ["supermarket", "ethnic"]
    assert found.rows["street"].tolist() == ["100 Elm St", "3 Oak St"]
    assert dict(found.left_out) == {
        "retailers of other types": 1,
        "stores whose authorisation has ended": 1,
        "supermarkets without coordinates": 1,
    }


def test_a_day_that_is_still_to_come_dates_no_list(tmp_path):
    began = SHOPS[0].replace("3/4/2011", "01/31/2062")
    slips = [began, SHOPS[1].replace("2019", "2062"), f"{began}02/01/2062"]
    file = history(tmp_path / "history.csv", [*SHOPS, *slips])
    assert load_snap(file, TODAY).as_of == "2025-06-15"
    assert load_snap(file, dt.date(2025, 6, 14)).as_of == "2019-12-31"
    assert load_snap(file, dt.date(2070, 1, 1)).as_of == "2062-12-31"


def test_a_point_that_is_nowhere_is_left_out_and_its_row_is_named(tmp_path):
    slips = [
        SHOPS[0].replace("39.75,", "401.26,"),
        SHOPS[0].replace("-104.99,", "-284.99,"),
        SHOPS[2].replace("39.7,", "401.26,"),  # no supermarket, so nobody asks where it is
    ]
    found = load_snap(history(tmp_path / "history.csv", [SHOPS[0], slips[0]]), TODAY)
    assert len(found.rows) == 1
    assert dict(found.left_out) == {"supermarkets at no place on earth (history.csv row 3)": 1}
    found = load_snap(history(tmp_path / "history.csv", [*SHOPS[:1], *slips, *slips * 3]), TODAY)
    left = dict(found.left_out)
    why = "supermarkets at no place on earth (history.csv rows 3, 4, 6, 7, 9 and 3 more)"
    assert left[why] == 8


def test_bytes_that_are_no_letters_and_short_rows_do_not_stop_a_list(tmp_path):
    path = history(tmp_path / "history.csv", [*SHOPS[:1], "6,too,short"])
    path.write_bytes(path.read_bytes().replace(b"SOOPERS", b"SOO\xe9PERS"))
    found = load_snap(path, TODAY)
    assert found.rows["name"].tolist() == ["KING SOOPERS 12"]
    assert dict(found.left_out) == {"rows without a type of store, or with fields missing": 1}


def test_every_column_that_is_missing_is_named(tmp_path):
    header = HEADER.replace("Store Type", "Type").replace("Street Name", "Road")
    with pytest.raises(InputError) as found:
        load_snap(history(tmp_path / "history.csv", header=header), TODAY)
    assert [fault.expected for fault in found.value.faults] == [
        "a column one of 'store_type'",
        "a column one of 'store_street_address', 'street_address', 'address'",
    ]


@pytest.mark.parametrize("text", ["", 'Record ID,"open\nnever closed'])
def test_what_is_no_list_is_a_fault(tmp_path, text):
    path = tmp_path / "x.csv"
    path.write_text(text)
    with pytest.raises(InputError, match=r"x\.csv"):
        load_snap(path, TODAY)
    with pytest.raises(InputError, match="expected this file"):
        load_snap(tmp_path / "nowhere.csv", TODAY)


def test_chains_are_in_order_and_of_kinds_that_the_ledger_knows():
    rows = known_chains()
    assert len({start for start, _ in rows}) == len(rows)
    assert {chain.kind for _, chain in rows} <= {*KINDS, ""}
    path = Path(__file__).parents[3] / "retail_portfolio/inputs/build/chains.csv"
    with path.open(encoding="utf-8", newline="") as file:
        starts = [row["starts"] for row in csv.DictReader(file)]
    assert starts == sorted(starts)
    for start in starts:
        assert words_of(start.removeprefix("* ")) == tuple(start.removeprefix("* ").split())


def test_a_longer_start_wins_and_words_are_whole():
    names = [
        "Walmart Neighborhood Market 3",
        "Walmart 4",
        "Dollar General Market",
        "Dollar General",
    ]
    assert [chain.kind for chain in chains_of(names)] == [
        "supermarket",
        "supercenter",
        "limited_assortment",
        "",
    ]
    assert [chain.name for chain in chains_of(["Aldis Corner", "Target"])] == [
        "Aldis Corner",
        "Target",
    ]


def test_a_name_is_a_chain_from_five_stores_on():
    few = [f"Plain Foods {n}" for n in range(4)]
    assert {chain.kind for chain in chains_of(few)} == {"ethnic"}
    assert {chain.kind for chain in chains_of([*few, "PLAIN FOODS #9"])} == {"supermarket"}
    assert {chain.kind for chain in chains_of([f"Elm Bakery {n}" for n in range(9)])} == {""}


@pytest.mark.parametrize(
    ("name", "short"),
    [
        ("STORE 24", "Store"),
        ("Ralphs Fresh Fare 133", "Ralphs Fresh Fare"),
        ("SUPER A FOODS INC 4", "Super A Foods"),
        ("Target Store T-2143", "Target Store"),
        ("R-RANCH MARKET #14", "R-Ranch Market"),
        ("Mother's Market", "Mother's Market"),
        ("7", "7"),
        ("", ""),
    ],
)
def test_a_chain_is_a_name_without_store_numbers(name, short):
    assert without_code(name) == short
