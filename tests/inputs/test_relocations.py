"""Places that closing stores could move to: `relocations.csv` and the decisions of a scenario."""

from __future__ import annotations

from pathlib import Path

import pytest

from retail_portfolio.inputs.case_reader import check_data, load_case
from retail_portfolio.inputs.faults import InputError
from tests.small_data import write_small_data

HEADER = (
    "store_id,place_id,format,name,street,city,state,zip,lat,lon,point_precision_m,point_origin,"
    "size_sqft,size_origin,rent_usd_per_sqft_year,rent_origin,note,source"
)
PLACE = (
    "corner-1,mill-road,corner,Mill Road,1 Mill Rd,Springvale,OH,01236,40.21,-83.02,100,observed,"
    "11000,reported,22,reported,,Northline register"
)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return write_small_data(tmp_path)


def faults_of(folder: Path, *rows: str, **settings: object) -> list[str]:
    if rows:
        (folder / "relocations.csv").write_text("\n".join([HEADER, *rows]) + "\n", encoding="utf-8")
    return [str(fault) for fault in check_data(str(folder), overrides=settings)]


def test_places_are_read_and_a_portfolio_without_them_has_none(folder: Path) -> None:
    assert load_case(data_dir=str(folder)).relocations.empty
    assert faults_of(folder, PLACE) == []
    found = load_case(data_dir=str(folder)).relocations
    assert found[["store_id", "place_id", "lat", "rent_usd_per_sqft_year"]].to_numpy().tolist() == [
        ["corner-1", "mill-road", 40.21, 22.0]
    ]


def test_every_slip_is_named_at_once(folder: Path) -> None:
    rows = [
        PLACE.replace("corner-1", "hall-1").replace("mill-road", "a"),
        PLACE.replace("corner-1", "nobody").replace("mill-road", "hall-2"),
        PLACE.replace(",corner,", ",corners,").replace("40.21,-83.02", "-83.02,40.21"),
    ]
    found = faults_of(folder, *rows)
    assert len(found) == 5
    for at, words in enumerate(
        ["(this one is not closing)", "a closing store of stores.csv", "an id that no store"]
    ):
        assert words in found[at]
    assert "corner" in found[3]
    assert "swapped" in found[4]


def test_a_place_twice_or_a_store_twice_is_refused(folder: Path) -> None:
    found = faults_of(folder, PLACE, PLACE)
    assert len(found) == 2
    assert all("occurs once" in one for one in found)


def test_a_scenario_that_moves_stores_needs_places(folder: Path) -> None:
    decisions = ["close", "relocate"]
    assert "at least one row" in faults_of(folder, decisions=decisions)[0]
    assert faults_of(folder, PLACE, decisions=decisions) == []


def test_travel_times_name_a_place_by_its_id(folder: Path) -> None:
    points = [*(f"39000000{n}00" for n in (1, 2, 3)), *(f"26000000{n}00" for n in (1, 2))]
    names = [*(f"corner-{n}" for n in (1, 2, 3)), "mill-road"]
    ways = [f"{point},{name},12" for point in points for name in names]
    (folder / "ways.csv").write_text("\n".join(["from_id,to_id,travel_minutes", *ways]) + "\n")
    assert faults_of(folder, PLACE, travel_times="ways.csv") == []
    (folder / "relocations.csv").unlink()
    found = faults_of(folder, travel_times="ways.csv")
    assert found
    assert all("a place_id of relocations.csv" in one for one in found)


@pytest.mark.parametrize(
    "decisions", [["convert"], ["close", "close"], ["close", "sell"], [], "keep", [1]]
)
def test_decisions_are_a_list_with_close_in_it(folder: Path, decisions: object) -> None:
    with pytest.raises(InputError) as caught:
        load_case(data_dir=str(folder), overrides={"decisions": decisions})
    assert "decisions" in str(caught.value)


def test_no_format_is_called_as_a_decision(folder: Path) -> None:
    base = folder / "scenarios" / "base.yaml"
    text = base.read_text(encoding="utf-8")
    line = "  keep: {label: Keep, banner: Harvest Hall, role: existing}\n"
    base.write_text(text.replace("convert_from:", f"{line}convert_from:"), encoding="utf-8")
    (fault,) = check_data(str(folder))
    assert fault.column == "formats.keep"
    assert "stands for a decision" in fault.expected
