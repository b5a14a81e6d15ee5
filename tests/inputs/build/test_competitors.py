"""Rivals around the stores: where they are, whose they are not, and each once."""

from __future__ import annotations

import itertools
from pathlib import Path

import pytest

from retail_portfolio.inputs.build.competitors import build_competitors
from retail_portfolio.inputs.build.listed import load_list
from retail_portfolio.inputs.faults import InputError
from retail_portfolio.inputs.registers import competitors
from retail_portfolio.inputs.table_files import load_table
from tests.inputs.build.bare import CLOSING, read, store, write_bare
from tests.inputs.build.test_snap import CUT, SHOPS, TODAY, history

pytestmark = pytest.mark.slow

LIST = [
    "name,lat,lon,chain,kind,size_sqft,street,note",
    "Foodbarn 1,39.76,-104.96,Foodbarn,supermarket,41000,5 Oak St,x",
    "Sprouts Farmers Market 7,39.75,-104.93,,,,,",
    "Corner Market,39.71,-104.92,,,,,",
]


@pytest.fixture
def folder(tmp_path):
    return write_bare(tmp_path / "bare")


def write_list(path: Path, *more: str, lines: list[str] = LIST) -> Path:
    path.write_text("\n".join([*lines, *more]) + "\n", encoding="utf-8")
    return path


def test_a_plain_list_becomes_a_table_that_is_fit(folder, tmp_path):
    file = write_list(tmp_path / "rivals_2025-11.csv")
    built = build_competitors(str(folder), listed=str(file))
    table = load_table(competitors.FILE, str(folder))
    assert not table.faults
    rows = read(folder, competitors.FILE)
    assert [row["competitor_id"] for row in rows] == [
        "corner-market-397100-1049200",
        "foodbarn-397600-1049600",
        "sprouts-397500-1049300",
    ]
    assert [row["kind"] for row in rows] == ["ethnic", "supermarket", "natural"]
    assert [row["size_sqft"] for row in rows] == ["", "41000", ""]
    assert {row["as_of"] for row in rows} == {"2025-11"}
    assert {row["source"] for row in rows} == {"the list rivals_2025-11.csv"}
    assert {(row["state"], row["metro_id"]) for row in rows} == {("CO", "denver-co")}
    assert {row["county_fips"] for row in rows} <= {"08031", "08001", "08005"}
    assert built.rows == 3


def test_own_stores_are_known_by_banner_and_by_place(folder, tmp_path):
    lat, lon = CLOSING[0]
    file = write_list(
        tmp_path / "rivals_2025.csv",
        "CORNER PANTRY #33,39.70,-104.95,,,,,",
        "Harvest Halls Best,39.69,-104.95,,,,,",  # another word, so another owner
        "JWO Trading LLC,39.7393,-104.9903,,,,9 Ash St,",  # 11 m from corner-1
        f"Elm Street Grocery,{lat + 0.003},{lon},,,,1 Elm St,",  # 330 m, the same house
        f"Elm Street Rival,{lat + 0.003},{lon},,,,2 Elm St,",
    )
    built = build_competitors(str(folder), listed=str(file))
    left = dict(built.left_out)
    assert left["the owner's own, by a banner's name"] == 1
    assert left["the owner's own, by their place"] == 2
    names = {row["name"] for row in read(folder, competitors.FILE)}
    assert {"Harvest Halls Best", "Elm Street Rival"} <= names


def test_the_rough_point_of_an_own_store_takes_no_rival_away(tmp_path):
    rough = {"point_precision_m": "4000", "point_origin": "assumed"}
    register = [store("corner-1", "corner", "closing", (39.76, -104.96), **rough)]
    folder = write_bare(tmp_path / "bare", register)
    build_competitors(str(folder), listed=str(write_list(tmp_path / "rivals_2025.csv")))
    assert "Foodbarn 1" in {row["name"] for row in read(folder, competitors.FILE)}


def test_where_an_own_store_has_gone_a_rival_may_be(tmp_path):
    register = [
        store("corner-1", "corner", "closing", CLOSING[0]),
        store("hall-0", "hall", "closed", (39.76, -104.96)),
    ]
    folder = write_bare(tmp_path / "bare", register)
    file = write_list(tmp_path / "rivals_2025.csv")
    build_competitors(str(folder), listed=str(file))
    assert "Foodbarn 1" in {row["name"] for row in read(folder, competitors.FILE)}


def test_repeats_and_far_rivals_and_harmful_names_go(folder, tmp_path):
    file = history(
        tmp_path / "history.csv",
        [
            *SHOPS,
            "7,King Soopers 12,Super Store,100,Elm,,Denver,CO,80202,,D,39.7505,-104.9905,3/4/2011,",
            "8,Safeway 5,Super Store,100,Elm,,Denver,CO,80202,,D,39.7505,-104.9905,3/4/2011,",
            "9,Safeway 6,Super Store,1,Elm,,Casper,WY,82601,,N,42.85,-106.3,3/4/2011,",
            "10,=cmd Foods,Super Store,1,Elm,,Denver,CO,80202,,N,39.7,-105.0,3/4/2011,",
        ],
    )
    built = build_competitors(str(folder), snap=str(file))
    left = dict(built.left_out)
    assert left["repeats of a store"] == 1
    assert left["farther than 40 miles from every store"] == 1
    assert left["under a name that a table may not hold"] == 1
    rows = read(folder, competitors.FILE)
    assert [row["chain"] for row in rows] == ["Big Bend Foods", "King Soopers", "Safeway"]
    assert {row["as_of"] for row in rows} == {"2025-06-15"}
    assert "US Department of Agriculture, history.csv" in rows[0]["source"]


def test_the_cut_of_the_county_around_a_store_there(tmp_path):
    register = [store("corner-1", "corner", "closing", (34.05, -118.25), state="CA")]
    folder = write_bare(tmp_path / "bare", register)
    built = build_competitors(str(folder), snap=str(CUT))
    rows = read(folder, competitors.FILE)
    assert built.rows == len(rows) == 21
    assert dict(built.left_out)["farther than 40 miles from every store"] == 1
    assert {row["as_of"] for row in rows} == {"2024-03"}
    assert {row["metro_id"] for row in rows} == {"los-angeles-ca"}
    # A ZIP area on the border counts with the county of most of its people.
    assert {row["county_fips"] for row in rows} == {"06037", "06111"}
    assert not load_table(competitors.FILE, str(folder)).faults


def test_the_order_of_the_list_changes_nothing(folder, tmp_path):
    build_competitors(str(folder), listed=str(write_list(tmp_path / "a_2025.csv")))
    first = (folder / competitors.FILE).read_text().replace("a_2025", "b_2025")
    turned = [LIST[0], *reversed(LIST[1:])]
    other = write_list(tmp_path / "b_2025.csv", lines=turned)
    build_competitors(str(folder), listed=str(other), replace=True)
    assert (folder / competitors.FILE).read_text() == first


@pytest.mark.parametrize("order", list(itertools.permutations(range(3))))
def test_shops_each_near_the_next_are_as_many_in_any_order(folder, tmp_path, order):
    aldis = [f"Aldi {n},{39.76 + n / 1000:.3f},-104.96,,,,," for n in range(3)]  # 111 m apart
    file = write_list(tmp_path / "a_2025.csv", *(aldis[n] for n in order), lines=LIST[:1])
    built = build_competitors(str(folder), listed=str(file))
    assert [row["name"] for row in read(folder, competitors.FILE)] == ["Aldi 0", "Aldi 2"]
    assert dict(built.left_out)["repeats of a store"] == 1


def test_a_shop_known_as_no_full_grocer_is_left_out_unless_the_list_says_its_kind(folder, tmp_path):
    file = write_list(
        tmp_path / "rivals_2025.csv",
        "CVS Pharmacy 12,39.73,-104.95,,,,,",
        "Corner 9,39.74,-104.95,Walgreens,,,,",
        "Elm Bakery,39.72,-104.96,,ethnic,,,",
    )
    built = build_competitors(str(folder), listed=str(file))
    names = {row["name"] for row in read(folder, competitors.FILE)}
    assert names == {line.partition(",")[0] for line in LIST[1:]} | {"Elm Bakery"}
    why = "shops without a full range, by their name, that the list gives no kind"
    assert dict(built.left_out)[why] == 2


def test_a_day_in_the_future_dates_no_table(folder, tmp_path):
    late = SHOPS[0].replace("3/4/2011", "01/31/2062")
    file = history(tmp_path / "history.csv", [*SHOPS, late])
    build_competitors(str(folder), snap=str(file), today=TODAY)
    assert {row["as_of"] for row in read(folder, competitors.FILE)} == {"2025-06-15"}


def test_without_a_base_scenario_of_its_own_no_rival_is_taken_for_the_owners(folder, tmp_path):
    (folder / "scenarios" / "base.yaml").unlink()
    file = write_list(tmp_path / "rivals_2025.csv", "Whole Foods Market,39.73,-104.95,,,,,")
    built = build_competitors(str(folder), listed=str(file))
    assert "Whole Foods Market" in {row["name"] for row in read(folder, competitors.FILE)}
    assert "the data folder has no scenarios/base.yaml of its own" in str(built)


def test_a_list_without_a_day_asks_for_it(folder, tmp_path):
    file = write_list(tmp_path / "rivals.csv")
    with pytest.raises(InputError, match="--as-of DATE"):
        build_competitors(str(folder), listed=str(file))
    build_competitors(str(folder), listed=str(file), as_of="2025-10-31")
    assert {row["as_of"] for row in read(folder, competitors.FILE)} == {"2025-10-31"}


def test_a_day_that_is_none_and_a_list_far_away_write_nothing(folder, tmp_path):
    file = write_list(tmp_path / "rivals.csv")
    for day in ("last week", "2025-02-30", "20250201"):
        with pytest.raises(InputError, match=r"^--as-of: found .*, expected a date as YYYY"):
            build_competitors(str(folder), listed=str(file), as_of=day)
    with pytest.raises(InputError, match="a supermarket of another owner within 40 miles"):
        build_competitors(str(folder), snap=str(CUT))
    assert not (folder / competitors.FILE).exists()


def test_a_name_that_holds_no_date_or_may_not_stand_in_a_table_is_no_matter(folder, tmp_path):
    file = write_list(tmp_path / "rivals <b> 2025-13.csv")
    with pytest.raises(InputError, match="--as-of DATE"):
        build_competitors(str(folder), listed=str(file))
    build_competitors(str(folder), listed=str(file), as_of="2025")
    assert {row["source"] for row in read(folder, competitors.FILE)} == {"a list"}


def test_one_list_has_to_be_named(folder):
    for lists in ({}, {"snap": "a.csv", "listed": "b.csv"}):
        with pytest.raises(InputError, match="one list: --snap FILE or --list FILE"):
            build_competitors(str(folder), **lists)


def test_every_fault_of_a_plain_list_is_named(tmp_path):
    file = write_list(
        tmp_path / "rivals.csv",
        "North,95,-104,,,,,",
        "East,39.7,-104.9,,hypermarket,,,",
        "Swapped,-104.9,39.7,,,,,",
    )
    with pytest.raises(InputError) as found:
        load_list(file)
    places = [(fault.row, fault.column) for fault in found.value.faults]
    assert places == [(5, "lat"), (6, "kind"), (7, "lat")]


def test_a_plain_list_needs_names_and_points(tmp_path):
    file = write_list(tmp_path / "rivals.csv", lines=["name,latitude,lon", "A,1,2"])
    with pytest.raises(InputError, match="column lat"):
        load_list(file)


def test_an_address_says_the_county_unless_it_is_elsewhere(folder, tmp_path):
    border = "39.7500,-105.0400"  # nearer to the middle of a ZIP area of Denver
    lines = [
        "name,lat,lon,zip",
        f"By Address,{border},80214",
        "By Point,39.7300,-104.9700,90210",
        "No Address,39.7500,-105.0350,",
    ]
    file = write_list(tmp_path / "rivals_2025.csv", lines=lines)
    build_competitors(str(folder), listed=str(file), radius_miles=30)
    county = {row["name"]: row["county_fips"] for row in read(folder, competitors.FILE)}
    assert county == {"By Address": "08059", "By Point": "08031", "No Address": "08031"}
