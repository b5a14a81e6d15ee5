"""Correlations in the ledger: what one row says of its name, and everything that can be wrong."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from retail_portfolio.inputs import Assumption, load_case
from retail_portfolio.inputs.correlations import (
    Correlation,
    correlations,
    cycles,
    parents_first,
)
from tests.inputs.edits import faults_of, read, write

FILE = "assumptions.csv"


def correlate(folder: Path, *said: tuple[str, str, str]) -> dict[str, int]:
    """Add the two columns and what they say by key; return the row of each key."""
    rows = read(folder / FILE)
    cells = {key: [other, rank] for key, other, rank in said}
    head, *body = rows
    wider = [[*row, *cells.get(row[0], ["", ""])] for row in body]
    write(folder / FILE, [[*head, "correlated_with", "rank_correlation"], *wider])
    return {row[0]: at for at, row in enumerate(rows, start=1)}


@pytest.mark.slow
def test_a_table_without_the_columns_says_nothing(small_data: Path) -> None:
    assert faults_of(small_data) == []
    ledger = load_case(data_dir=str(small_data)).ledger
    assert correlations(ledger.values()) == {}
    assert {(row.correlated_with, row.rank_correlation) for row in ledger.values()} == {("", None)}


@pytest.mark.slow
def test_what_a_row_says_is_read_and_holds_for_its_name(small_data: Path) -> None:
    correlate(
        small_data,
        ("rent_net_usd_per_sqft_year.corner.oh", "gross_margin", "-0.25"),
        ("sublease_void_months", "sublease_rent_recovery", "1"),
        ("basket_usd", "gross_margin", "-1"),
    )
    assert faults_of(small_data) == []
    ledger = load_case(data_dir=str(small_data)).ledger
    assert correlations(ledger.values()) == {
        "rent_net_usd_per_sqft_year": Correlation("gross_margin", -0.25),
        "sublease_void_months": Correlation("sublease_rent_recovery", 1.0),
        "basket_usd": Correlation("gross_margin", -1.0),
    }
    assert ledger["rent_net_usd_per_sqft_year"].rank_correlation is None


@pytest.mark.slow
def test_an_override_leaves_what_is_said(small_data: Path) -> None:
    correlate(small_data, ("basket_usd", "gross_margin", "0.5"))
    ledger = load_case(data_dir=str(small_data), overrides={"assumptions.basket_usd": 30}).ledger
    assert ledger["basket_usd"].distribution == "fixed"
    assert correlations(ledger.values()) == {"basket_usd": Correlation("gross_margin", 0.5)}


@pytest.mark.parametrize(
    ("other", "rank", "column", "expected"),
    [
        ("gros_margin", "0.5", "correlated_with", "without suffixes (did you mean 'gross_margin'?"),
        ("size_sqft.hall", "0.5", "correlated_with", "a name of the ledger, without suffixes"),
        ("basket_usd", "0.5", "correlated_with", "the name of another figure, not its own"),
        ("gross_margin", "1.01", "rank_correlation", "a rank correlation, -1 to 1 and not 0"),
        ("gross_margin", "-1.01", "rank_correlation", "a rank correlation, -1 to 1 and not 0"),
        ("gross_margin", "0", "rank_correlation", "a rank correlation, -1 to 1 and not 0"),
        ("gross_margin", "high", "rank_correlation", "a finite number"),
        ("gross_margin", "", "rank_correlation", "a value, as correlated_with has one"),
        ("", "0.5", "correlated_with", "a value, as rank_correlation has one"),
    ],
)
def test_a_wrong_correlation_is_named(
    small_data: Path, other: str, rank: str, column: str, expected: str
) -> None:
    row = correlate(small_data, ("basket_usd", other, rank))["basket_usd"]
    (fault,) = faults_of(small_data)
    found = repr(other if column == "correlated_with" else rank) if other and rank else "nothing"
    assert fault.startswith(f"{FILE} row {row}, column {column}: found ")
    assert found in fault or found == "nothing"
    assert expected in fault


def test_a_cycle_is_named_once_with_its_way(small_data: Path) -> None:
    row = correlate(
        small_data,
        ("basket_usd", "gross_margin", "0.5"),
        ("gross_margin", "vm_own_sales", "0.5"),
        ("vm_own_sales", "basket_usd", "0.5"),
        ("inventory_days", "basket_usd", "0.5"),
    )["basket_usd"]
    (fault,) = faults_of(small_data)
    assert f"row {row}, column correlated_with" in fault
    assert "(basket_usd -> gross_margin -> vm_own_sales -> basket_usd)" in fault


def test_rows_of_a_name_that_disagree_are_named(small_data: Path) -> None:
    rows = correlate(
        small_data,
        ("rent_net_usd_per_sqft_year", "gross_margin", "0.5"),
        ("rent_net_usd_per_sqft_year.corner.oh", "basket_usd", "0.4"),
        ("size_sqft.corner", "gross_margin", "0.5"),
        ("size_sqft.hall", "gross_margin", "0.5"),
    )
    first = rows["rent_net_usd_per_sqft_year"]
    second = rows["rent_net_usd_per_sqft_year.corner.oh"]
    other, rank = faults_of(small_data)
    assert f"row {second}, column correlated_with" in other
    assert f"expected gross_margin, as row {first} says of this name" in other
    assert f"row {second}, column rank_correlation" in rank
    assert f"expected 0.5, as row {first} says of this name" in rank


def test_every_fault_is_named_at_once(small_data: Path) -> None:
    correlate(
        small_data,
        ("basket_usd", "basket_usd", "2"),
        ("benefit_load", "nobody", ""),
        ("gross_margin", "", "0.5"),
        ("sublease_void_months", "sublease_rent_recovery", "0.5"),
        ("sublease_rent_recovery", "sublease_void_months", "0.5"),
    )
    assert len(faults_of(small_data)) == 6


@pytest.mark.parametrize("lacking", ["correlated_with", "rank_correlation"])
def test_one_column_needs_the_other(small_data: Path, lacking: str) -> None:
    correlate(small_data)
    rows = read(small_data / FILE)
    at = rows[0].index(lacking)
    write(small_data / FILE, [row[:at] + row[at + 1 :] for row in rows])
    (fault,) = faults_of(small_data)
    assert fault.startswith(f"{FILE} row 1, column {lacking}: found nothing, expected a column of")


def test_a_misspelt_column_is_unknown(small_data: Path) -> None:
    correlate(small_data)
    rows = read(small_data / FILE)
    rows[0][-1] = "rank_corelation"
    write(small_data / FILE, rows)
    assert any("column rank_corelation" in fault for fault in faults_of(small_data))


def test_the_first_row_that_says_something_counts() -> None:
    rows = [
        Assumption("a.x", 1, 2, 3),
        Assumption("a.y", 1, 2, 3, correlated_with="b", rank_correlation=0.1),
        Assumption("a.z", 1, 2, 3, correlated_with="c", rank_correlation=0.2),
        Assumption("d", 1, 2, 3, correlated_with="c"),
    ]
    assert correlations(rows) == {"a": Correlation("b", 0.1)}


def test_cycles_by_hand() -> None:
    assert cycles({}) == []
    assert cycles({"a": "b", "b": "c"}) == []
    assert cycles({"e": "d", "d": "c", "c": "d", "a": "a"}) == [("d", "c"), ("a",)]
    # Entered in the middle, told from the name that comes first.
    assert cycles({"x": "b", "a": "b", "b": "a"}) == [("a", "b")]
    with pytest.raises(ValueError, match="found a -> b -> a, expected no chain"):
        parents_first({"a": Correlation("b", 1), "b": Correlation("a", 1)})


@pytest.mark.slow
@given(st.dictionaries(st.sampled_from("abcdefg"), st.sampled_from("abcdefgh")))
def test_names_are_in_a_cycle_or_in_order(parents: dict[str, str]) -> None:
    found = {name: Correlation(other, 0.5) for name, other in parents.items()}
    round_ = cycles(parents)
    for chain in round_:
        assert [parents[name] for name in chain] == [*chain[1:], chain[0]]
    inside = {name for chain in round_ for name in chain}
    assert len(inside) == sum(map(len, round_))
    for name in parents:
        place = name
        for _ in range(len(parents) + 1):
            place = parents.get(place, "")
        assert bool(place) == (place in inside)
    if not round_:
        order = parents_first(found)
        assert sorted(order) == sorted(parents)
        for at, name in enumerate(order):
            assert parents[name] not in order[at:]
