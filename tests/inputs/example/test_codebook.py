"""The codebook says of every column what its reader says of it."""

from __future__ import annotations

from retail_portfolio.inputs.example.codebook import codebook
from retail_portfolio.inputs.table_files import FILES, table_columns
from retail_portfolio.inputs.tables import columns_of


def test_every_table_and_column_is_in_it() -> None:
    parts = codebook("Ours.").split("\n## ")
    by_name = {part.partition("\n")[0]: part for part in parts[1:]}
    for name, columns in table_columns().items():
        for column in columns:
            assert f"\n| {column} | " in by_name[name], (name, column)
    assert "forecasts/YYYY-MM-DD.csv" in by_name
    assert "Ours." in parts[0]


def test_what_a_column_holds_is_what_its_reader_expects() -> None:
    said = codebook("")
    for file in FILES:
        for column, about in columns_of(file.model).items():
            blank = "yes" if about["blank"] else "no"
            assert f"| {column} | {blank} | {about['expected']} |" in said


def test_a_table_that_may_be_missing_is_told_apart() -> None:
    parts = {part.partition("\n")[0]: part for part in codebook("").split("\n## ")}
    assert "may be missing" in parts["barriers.csv"]
    assert "may be missing" not in parts["stores.csv"]
