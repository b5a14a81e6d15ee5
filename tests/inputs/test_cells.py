"""Every kind of wrong cell is named with file, row, column, value and what was expected."""

from __future__ import annotations

from pathlib import Path

import pytest

from retail_portfolio.inputs import check_data
from tests.inputs.edits import faults_of, read, set_cell

CELLS = {
    "duplicate id": ("stores.csv", 4, "store_id", "corner-1", "(it is in row 2 too)"),
    "duplicate key": ("assumptions.csv", 9, "key", "size_sqft.hall", "(it is in row 3 too)"),
    "id with a path": ("competitors.csv", 2, "competitor_id", "../../x", "an id of letters"),
    "latitude out of range": ("stores.csv", 3, "lat", "95.2", "a latitude between -90 and 90"),
    "longitude out of range": ("demand.csv", 3, "lon", "-183", "a longitude between -180 and 180"),
    "far from its metro": ("demand.csv", 4, "lat", "30.0", "within 400 km of the centre"),
    "unknown banner": ("stores.csv", 2, "banner", "Corner Pantri", "did you mean 'Corner Pantry'?"),
    "unknown format": ("stores.csv", 2, "format", "korner", "did you mean 'corner'?"),
    "format of another banner": ("stores.csv", 6, "banner", "Corner Pantry", "'Harvest Hall', the"),
    "unknown status": ("stores.csv", 2, "status", "Closing", "one of 'open', 'closing', 'closed'"),
    "unknown kind": ("competitors.csv", 3, "kind", "natrual", "did you mean 'natural'?"),
    "closed before opened": (
        "stores.csv",
        5,
        "last_trading_day",
        "2014-12",
        "not before the store",
    ),
    "no such day": ("stores.csv", 4, "opened", "2019-02-30", "a day that there is"),
    "American date": ("stores.csv", 4, "opened", "11/04/2019", "a date as YYYY-MM-DD"),
    "negative size": ("stores.csv", 3, "size_sqft", "-12500", "square feet above 0"),
    "text in a number": ("stores.csv", 2, "employees", "about 45", "a count of people"),
    "thousands": ("stores.csv", 3, "size_sqft", "12,500", "digits and a point only"),
    "NaN": ("demand.csv", 2, "households", "NaN", "a finite number"),
    "inf": ("demand.csv", 2, "population", "inf", "a finite number"),
    "too large for a number": ("demand.csv", 2, "population", "1e999", "a finite number"),
    "half a person": ("stores.csv", 2, "employees", "44.5", "a whole number"),
    "other digits": ("stores.csv", 3, "size_sqft", "١٢٥٠٠", "digits and a point only"),
    "formula": ("stores.csv", 2, "name", '=HYPERLINK("http://x")', "does not run as a formula"),
    "formula with plus": ("stores.csv", 2, "note", "+1+1", "does not run as a formula"),
    "formula with minus": ("stores.csv", 2, "note", "-1+1", "does not run as a formula"),
    "formula with at": ("metros.csv", 2, "name", "@SUM(A1)", "does not run as a formula"),
    "formula behind a tab": ("stores.csv", 2, "name", "\t=1", "does not run as a formula"),
    "formula in a number": ("stores.csv", 2, "size_sqft", "=3*3000", "square feet above 0"),
    "HTML": ("stores.csv", 2, "name", "<img src=x onerror=alert(1)>", "without HTML or script"),
    "script address": (
        "stores.csv",
        2,
        "note",
        "see JavaScript:alert(1)",
        "without HTML or script",
    ),
    "template": ("stores.csv", 2, "name", "Elm ${alert(1)}", "without HTML or script"),
    "escape": ("stores.csv", 2, "name", "Elm \x1b[2J", "without control characters"),
    "line end": ("stores.csv", 2, "note", "one\ntwo", "line ends"),
    "direction": ("stores.csv", 2, "name", "Elm \u202egnp", "invisible marks"),
    "lost character": ("stores.csv", 2, "city", "Montr\ufffdal", "the mark of a lost character"),
    "space at the end": ("stores.csv", 2, "city", "Springvale ", "without spaces at its ends"),
    "long text": ("stores.csv", 2, "note", "x" * 2_001, "at most 2,000 characters"),
    "blank name": ("stores.csv", 2, "name", "", "a name"),
    "lost zero": ("stores.csv", 2, "zip", "1234", "zeros in front included"),
    "state in words": ("stores.csv", 2, "state", "Ohio", "two capital letters"),
    "low above base": ("assumptions.csv", 2, "low", "9001", "not above the base (9000)"),
    "high below base": ("assumptions.csv", 2, "high", "8999", "not below the base (9000)"),
    "unknown metro": (
        "demand.csv",
        2,
        "metro_id",
        "springvale-oi",
        "did you mean 'springvale-oh'?",
    ),
    "own shop as competitor": (
        "competitors.csv",
        2,
        "chain",
        "harvest hall",
        "none of the owner's",
    ),
    "lease of an unknown store": ("leases.csv", 2, "store_id", "corner-9", "a closing store of"),
    "lease of an open store": ("leases.csv", 2, "store_id", "hall-1", "(this one is not closing)"),
    "lease that ends first": ("leases.csv", 2, "remaining_term_years", "0.01", "last trading day"),
    "longer left than agreed": (
        "leases.csv",
        2,
        "remaining_term_years",
        "11",
        "initial_term_years",
    ),
    "leased without rent": ("leases.csv", 3, "rent_usd_per_sqft_year", "", "the store is leased"),
    "number without origin": (
        "leases.csv",
        3,
        "rent_origin",
        "",
        "rent_usd_per_sqft_year is given",
    ),
    "assumed size": ("stores.csv", 2, "size_sqft", "9001", "9000, the ledger's size_sqft.corner"),
    "assumed rent": ("leases.csv", 2, "rent_usd_per_sqft_year", "20", "24, the ledger's rent_net"),
    "assumed months": ("leases.csv", 2, "termination_months", "17", "18, the ledger's lease_term"),
    "outcome of no store": ("outcomes.csv", 2, "store_id", "corner-00", "did you mean 'corner-0'?"),
    "share in percent": ("demand.csv", 2, "share_bachelors", "31", "a share, 0 to 1"),
    "more households than people": ("demand.csv", 2, "households", "4300", "no more households"),
    "far from every household": ("stores.csv", 4, "lat", "44.0", "within 25 km of a demand point"),
    "negative assumption": ("assumptions.csv", 7, "low", "-1", "a number, 0 or more (a unit)"),
    "address of the source": ("assumptions.csv", 2, "source_url", "ftp://x", "an address"),
}


@pytest.mark.slow
@pytest.mark.parametrize("kind", CELLS)
def test_a_wrong_cell_is_named(kind: str, small_data: Path) -> None:
    name, row, column, value, expected = CELLS[kind]
    set_cell(small_data, name, row, column, value)
    mine = [
        f for f in check_data(str(small_data)) if (f.file, f.row, f.column) == (name, row, column)
    ]
    assert mine, faults_of(small_data)
    assert len(mine) == 1
    assert mine[0].value == value
    assert expected in mine[0].expected
    line = str(mine[0])
    assert line.startswith(f"{name} row {row}, column {column}: found ")
    assert line.isprintable()
    assert len(line) < 500


UNITS = {
    "share": ("share", "1.2", "a share, 0 to 1"),
    "share in percent": ("share of sales", "22.8", "a share, 0 to 1"),
    "share a year": ("Share per year", "70", "a share, 0 to 1"),
    "negative share": ("share of cost", "-0.1", "a share, 0 to 1"),
}


@pytest.mark.parametrize("column", ["low", "base", "high"])
@pytest.mark.parametrize("kind", UNITS)
def test_every_unit_that_starts_with_share_is_0_to_1(
    kind: str, column: str, small_data: Path
) -> None:
    unit, value, expected = UNITS[kind]
    set_cell(small_data, "assumptions.csv", 5, "unit", unit)
    for cell in ("low", "base", "high"):
        set_cell(small_data, "assumptions.csv", 5, cell, "0.5" if cell != column else value)
    lines = faults_of(small_data)
    start = f"assumptions.csv row 5, column {column}: found {value!r}, expected {expected}"
    assert any(line.startswith(start) for line in lines), lines


def _all_of(folder: Path, key: str, value: str, unit: str = "a unit") -> list[str]:
    """Set the three values of a figure and return the faults of its row."""
    row = [r[0] for r in read(folder / "assumptions.csv")].index(key) + 1
    for column in ("low", "base", "high"):
        set_cell(folder, "assumptions.csv", row, column, value)
    set_cell(folder, "assumptions.csv", row, "unit", unit)
    return [line for line in faults_of(folder) if line.startswith(f"assumptions.csv row {row}")]


@pytest.mark.parametrize(
    "key",
    [
        *("size_sqft.supermarket", "basket_usd", "lane_utilisation", "jwo_life_years"),
        *("lease_remaining_term_years", "ppe_life_years", "reference_sales_usd_year"),
    ],
)
def test_what_models_divide_by_is_above_0(key: str, small_data: Path) -> None:
    lines = _all_of(small_data, key, "0")
    assert len(lines) == 3
    assert all("found '0', expected a number above 0 (a unit)" in line for line in lines)


def test_a_share_that_models_divide_by_is_neither_0_nor_1(small_data: Path) -> None:
    assert "a share, 0 to 1 and not 0" in _all_of(small_data, "lane_utilisation", "0", "share")[0]
    expected = "a share, 0 to 1 and not 1"
    assert expected in _all_of(small_data, "gross_margin", "1", "share of sales")[0]


@pytest.mark.slow
def test_a_unit_may_say_that_values_below_0_are_meant(small_data: Path) -> None:
    assert _all_of(small_data, "entry_staff", "-5", "people, may be negative") == []
    assert len(_all_of(small_data, "entry_staff", "-5", "people")) == 3
    assert _all_of(small_data, "entry_staff", "0", "people") == []
    assert _all_of(small_data, "entry_staff", "1000", "sharesmen") == []


@pytest.mark.slow
def test_only_stores_that_may_convert_need_people_around_them(small_data: Path) -> None:
    set_cell(small_data, "stores.csv", 5, "lat", "44.0")  # closed years ago
    set_cell(small_data, "stores.csv", 6, "lat", "44.0")  # of a format that trades on
    assert faults_of(small_data) == []
    set_cell(small_data, "stores.csv", 3, "lat", "40.45")
    set_cell(small_data, "stores.csv", 3, "lon", "-83.02")  # 25.6 km north of the last household
    (line,) = faults_of(small_data)
    expected = "found '40.45', expected a point within 25 km of a demand point"
    assert line == f"stores.csv row 3, column lat: {expected}"
    set_cell(small_data, "stores.csv", 3, "lat", "40.44")
    assert faults_of(small_data) == []


def test_a_store_without_a_point_is_far_from_nobody(small_data: Path) -> None:
    set_cell(small_data, "stores.csv", 2, "lat", "north")
    set_cell(small_data, "stores.csv", 4, "lat", "44.0")
    first, second = faults_of(small_data)
    assert first.startswith("stores.csv row 2, column lat: found 'north', expected a latitude")
    assert second.startswith("stores.csv row 4, column lat: found '44.0', expected a point within")


def test_no_store_is_far_from_people_whose_place_is_not_known(small_data: Path) -> None:
    for row in (5, 6):  # the two points of the third store's metro
        set_cell(small_data, "demand.csv", row, "lat", "95")
    assert not [line for line in faults_of(small_data) if line.startswith("stores.csv")]


@pytest.mark.parametrize("name", ["stores.csv", "demand.csv", "metros.csv", "competitors.csv"])
def test_exchanged_coordinates_are_called_so(name: str, small_data: Path) -> None:
    set_cell(small_data, name, 2, "lat", "-83.02")
    set_cell(small_data, name, 2, "lon", "40.11")
    assert any(
        line.startswith(f"{name} row 2, column lat") and "look swapped" in line
        for line in faults_of(small_data)
    )


def test_exchanged_coordinates_out_of_range_are_called_so_once(small_data: Path) -> None:
    set_cell(small_data, "stores.csv", 2, "lat", "-122.3")
    set_cell(small_data, "stores.csv", 2, "lon", "47.6")
    lines = faults_of(small_data)
    assert len(lines) == 1
    assert "found '-122.3'" in lines[0]
    assert "look swapped" in lines[0]


def test_the_point_zero_zero_is_no_place(small_data: Path) -> None:
    set_cell(small_data, "stores.csv", 2, "lat", "0")
    set_cell(small_data, "stores.csv", 2, "lon", "0.0")
    assert faults_of(small_data) == [
        "stores.csv row 2, column lat: found '0', expected a place; latitude 0, longitude 0 is none"
    ]


def test_a_negative_number_is_no_formula(small_data: Path) -> None:
    set_cell(small_data, "stores.csv", 2, "four_wall_usd_year", "-1000000")
    assert faults_of(small_data) == []


def test_a_date_may_be_known_to_the_year_only(small_data: Path) -> None:
    set_cell(small_data, "stores.csv", 5, "opened", "2018")  # closed in June of that year
    assert faults_of(small_data) == []


def test_every_fault_of_every_table_comes_at_once(small_data: Path) -> None:
    for kind in (
        "duplicate key",
        "latitude out of range",
        "negative size",
        "lost zero",
        "unknown kind",
    ):
        name, row, column, value, _ = CELLS[kind]
        set_cell(small_data, name, row, column, value)
    (small_data / "metros.csv").unlink()
    (small_data / "scenarios" / "base.yaml").write_text("tax_rate: 2\n")
    lines = faults_of(small_data)
    for part in (
        "stores.csv row 2, column zip: found '1234'",
        "stores.csv row 3, column lat: found '95.2'",
        "stores.csv row 3, column size_sqft: found '-12500'",
        "competitors.csv row 3, column kind: found 'natrual'",
        "assumptions.csv row 9, column key: found 'size_sqft.hall'",
        "metros.csv: found nothing, expected this file",
        "scenarios/base.yaml row 1, column tax_rate: found '2'",
    ):
        assert any(line.startswith(part) for line in lines), (part, lines)
