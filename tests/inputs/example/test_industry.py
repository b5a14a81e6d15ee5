"""General figures: those of the bundled ledger, of no retailer, added without touching a row."""

from __future__ import annotations

import csv
from pathlib import Path

import pytest

from retail_portfolio.inputs.assumptions import LEDGER_FILE
from retail_portfolio.inputs.example.industry import (
    add_industry_rows,
    example_rows,
    fictional_rows,
    industry_rows,
)
from retail_portfolio.inputs.faults import InputError
from retail_portfolio.inputs.folders import data_folder
from retail_portfolio.inputs.ledger import Assumptions
from retail_portfolio.inputs.tables import columns_of
from tests.inputs.example.test_start import BUNDLED, FICTIONAL
from tests.second_retailer import rows_of

HEADER = ",".join(columns_of(Assumptions))
OWN = "rent_net_usd_per_sqft_year,lease,Ours,USD,1,2,3,pert,2026,assumed,judgement,Us,,,,"


def test_general_figures_are_those_of_the_bundled_ledger() -> None:
    bundled = {row["key"]: row for row in rows_of(data_folder() / LEDGER_FILE)}
    for row in industry_rows():
        assert row == bundled[row["key"]], row["key"]


def test_what_the_example_says_otherwise_is_marked_made_up() -> None:
    bundled = {row["key"]: row for row in rows_of(data_folder() / LEDGER_FILE)}
    for row in example_rows(["ia", "ne"]):
        made_up = row["source"] == FICTIONAL and row["origin"] == "assumed"
        assert made_up or row == bundled[row["key"]], row["key"]


def test_no_figure_is_there_twice() -> None:
    keys = [row["key"] for row in (*industry_rows(), *fictional_rows())]
    assert len(set(keys)) == len(keys)
    assert [row["key"] for row in industry_rows()] == sorted(row["key"] for row in industry_rows())


def test_general_figures_are_of_no_retailer() -> None:
    for row in industry_rows():
        found = BUNDLED.search(" ".join(row.values()))
        assert found is None, f"{row['key']}: {found}"


def test_rows_of_other_states_are_left_out() -> None:
    keys = {row["key"] for row in example_rows(["ca"])}
    assert "wage_cashier_usd_per_hour.ca" in keys
    assert "wage_cashier_usd_per_hour" in keys
    assert "wage_cashier_usd_per_hour.nj" not in keys


def test_a_folder_without_a_ledger_gets_one(tmp_path: Path) -> None:
    built = add_industry_rows(str(tmp_path))
    assert built.rows == len(industry_rows())
    assert tuple(rows_of(tmp_path / LEDGER_FILE)) == industry_rows()
    assert [path.name for path in tmp_path.iterdir()] == [LEDGER_FILE]


@pytest.mark.parametrize("end", ["\n", ""])
def test_a_row_that_is_there_stays_to_the_letter(tmp_path: Path, end: str) -> None:
    before = f"{HEADER}\n{OWN}{end}"
    (tmp_path / LEDGER_FILE).write_text(before, encoding="utf-8")
    built = add_industry_rows(str(tmp_path))
    text = (tmp_path / LEDGER_FILE).read_text("utf-8")
    assert text.startswith(before.rstrip("\n") + "\n")
    assert built.rows == len(industry_rows())
    assert "the ledger has already: 1" in str(built)
    kept = {row["key"]: row["description"] for row in rows_of(tmp_path / LEDGER_FILE)}
    assert kept["rent_net_usd_per_sqft_year"] == "Ours"


def test_adding_twice_changes_nothing(tmp_path: Path) -> None:
    add_industry_rows(str(tmp_path))
    once = (tmp_path / LEDGER_FILE).read_bytes()
    built = add_industry_rows(str(tmp_path))
    assert (tmp_path / LEDGER_FILE).read_bytes() == once
    assert built.notes[0].startswith("0 added")


def test_columns_stand_where_the_ledger_has_them(tmp_path: Path) -> None:
    columns = [name for name in reversed(columns_of(Assumptions)) if "correlat" not in name]
    (tmp_path / LEDGER_FILE).write_text(",".join(columns) + "\n", encoding="utf-8")
    add_industry_rows(str(tmp_path))
    with (tmp_path / LEDGER_FILE).open(encoding="utf-8", newline="") as file:
        found = csv.DictReader(file)
        assert list(found.fieldnames or ()) == columns
        for row, whole in zip(found, industry_rows(), strict=True):
            assert row == {name: whole[name] for name in columns}


def test_a_mark_in_front_is_taken_off(tmp_path: Path) -> None:
    (tmp_path / LEDGER_FILE).write_text(f"\ufeff{HEADER}\n", encoding="utf-8")
    add_industry_rows(str(tmp_path))
    assert len(rows_of(tmp_path / LEDGER_FILE)) == len(industry_rows())


@pytest.mark.parametrize("text", ["key;base\n", "key,base\na,1\n", '"torn\n'])
def test_a_ledger_that_lacks_columns_is_named_and_untouched(tmp_path: Path, text: str) -> None:
    (tmp_path / LEDGER_FILE).write_text(text, encoding="utf-8")
    with pytest.raises(InputError, match="column low"):
        add_industry_rows(str(tmp_path))
    assert (tmp_path / LEDGER_FILE).read_text("utf-8") == text


@pytest.mark.parametrize("held", [b"", b"\n", b"\xff\xfe\x00"])
def test_a_ledger_that_is_no_text_is_named(tmp_path: Path, held: bytes) -> None:
    (tmp_path / LEDGER_FILE).write_bytes(held)
    with pytest.raises(InputError, match=LEDGER_FILE):
        add_industry_rows(str(tmp_path))


@pytest.mark.parametrize(
    ("row", "said"),
    [
        (f'"{OWN}', "row 2"),
        (OWN.replace("Ours", '"' + "x" * 131_073 + '"'), "field larger than field limit"),
        (f"{OWN},more", f"{len(columns_of(Assumptions))} fields"),
    ],
)
def test_a_ledger_that_is_no_table_is_put_right_first(tmp_path: Path, row: str, said: str) -> None:
    text = f"{HEADER}\n{row}\n"
    (tmp_path / LEDGER_FILE).write_text(text, encoding="utf-8")
    with pytest.raises(InputError, match=said):
        add_industry_rows(str(tmp_path))
    assert (tmp_path / LEDGER_FILE).read_text("utf-8") == text
