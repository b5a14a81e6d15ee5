"""Outcomes: a closed list of words, so that a slip is named and never scored."""

from __future__ import annotations

from pathlib import Path

import pytest

from retail_portfolio.inputs import InputError, load_case, load_scenario
from retail_portfolio.inputs.case import Case
from retail_portfolio.inputs.settings.outcome_words import (
    NEGATIVE,
    OPEN,
    conversions,
    labels,
    words,
)
from tests.inputs.edits import faults_of, read, set_cell, write

NAME = "outcomes.csv"
WORDS = "conversion_outcomes:\n  hall_opens: hall\n"


@pytest.fixture
def folder(small_data: Path) -> Path:
    """The small case with a word of its own for a conversion."""
    path = small_data / "scenarios" / "base.yaml"
    path.write_text(path.read_text() + WORDS)
    return small_data


def add_rows(folder: Path, *rows: tuple[str, str, str]) -> None:
    """Add outcomes, each a store, a word and a day."""
    table = read(folder / NAME)
    for number, (store, word, day) in enumerate(rows, start=10):
        about = ["Corner Pantry", "A site", "Springvale", "OH", "US", word, "", day, ""]
        table.append([f"o-{number}", store, *about, "high", "reported", "Springvale Courier"])
    write(folder / NAME, table)


@pytest.mark.slow
def test_every_word_of_the_list_is_taken(folder: Path) -> None:
    known = [*NEGATIVE, *OPEN, "convert_hall", "hall_opens"]
    add_rows(folder, *(("", word, "") for word in known))
    assert faults_of(folder) == []
    assert load_case(data_dir=str(folder)).outcomes["outcome"].tolist()[2:] == known


SLIPS = {
    "hall_open": "hall_opens",
    "convert_hal": "convert_hall",
    "Other_Tenant": "other_tenant",
    "other tenant": "other_tenant",
    "unkown": "unknown",
}


def test_a_slip_is_named_with_the_word_that_was_meant(folder: Path) -> None:
    add_rows(folder, *(("", slip, "") for slip in SLIPS))
    lines = faults_of(folder)
    assert len(lines) == len(SLIPS)
    for row, (line, (slip, meant)) in enumerate(zip(lines, SLIPS.items(), strict=True), start=4):
        start = f"outcomes.csv row {row}, column outcome: found '{slip}', expected one of "
        assert line.startswith(start)
        assert line.endswith(f"(did you mean '{meant}'?)")
        assert all(f"'{one}'" in line for one in (*NEGATIVE, *OPEN, "convert_hall", "hall_opens"))


def test_a_closing_format_is_nothing_to_convert_to(folder: Path) -> None:
    set_cell(folder, NAME, 2, "outcome", "convert_corner")
    assert "found 'convert_corner'" in faults_of(folder)[0]
    # A format that a scenario does not convert to keeps its word.
    narrower = load_scenario(data_dir=str(folder), overrides={"convert_to": []})
    assert "convert_hall" in conversions(narrower)


def test_a_blank_outcome_is_named_once(folder: Path) -> None:
    set_cell(folder, NAME, 2, "outcome", "")
    (line,) = faults_of(folder)
    assert line.startswith("outcomes.csv row 2, column outcome: found ''")


def test_days_are_days(folder: Path) -> None:
    days = ("2027", "2027-01", "2027-01-31", "", "spring 2027", "2027-02-30")
    add_rows(folder, *(("", "vacant", day) for day in days))
    set_cell(folder, NAME, 2, "expected_open", "soon")
    assert [line.partition(", expected a date as")[0] for line in faults_of(folder)] == [
        "outcomes.csv row 2, column expected_open: found 'soon'",
        "outcomes.csv row 8, column announced: found 'spring 2027'",
        "outcomes.csv row 9, column announced: found '2027-02-30'",
    ]


CONTRADICTIONS = {
    "no days": ("", ""),
    "one day missing": ("2027-01-05", ""),
    "same month": ("2027-01", "2027-01"),
    "day within month": ("2027-01", "2027-01-20"),
    "month within year": ("2027-06", "2027"),
}


@pytest.mark.parametrize("kind", CONTRADICTIONS)
def test_rows_of_a_store_that_contradict_are_named(folder: Path, kind: str) -> None:
    one, other = CONTRADICTIONS[kind]
    add_rows(
        folder,
        ("corner-1", "hall_opens", one),
        ("corner-2", "other_use", other),
        ("corner-1", "other_use", other),
        ("corner-2", "convert_hall", one),
    )
    lines = faults_of(folder)
    assert len(lines) == 2
    for line, row, word, first in ((lines[0], 6, "other_use", 4), (lines[1], 7, "convert_hall", 5)):
        assert line.startswith(f"outcomes.csv row {row}, column outcome: found '{word}', expected ")
        assert f"no contradiction to row {first} about the same store, unless `announced`" in line


@pytest.mark.slow
def test_rows_that_follow_each_other_or_agree_do_not_contradict(folder: Path) -> None:
    add_rows(
        folder,
        ("corner-1", "sublease_marketed", "2026-08"),
        ("corner-1", "hall_opens", "2027-01-05"),
        ("corner-2", "hall_opens", ""),
        ("corner-2", "convert_hall", ""),
        ("corner-3", "other_use", ""),
        ("corner-3", "vacant", ""),
        ("corner-3", "unknown", ""),
        ("", "hall_opens", ""),
        ("", "other_use", ""),
        ("hall-1", "other_use", "2027-02"),
        ("hall-1", "hall_opens", "2027-01-31"),
    )
    assert faults_of(folder) == []


def test_words_and_what_they_stand_for(folder: Path) -> None:
    settings = load_scenario(data_dir=str(folder))
    assert conversions(settings) == {"convert_hall": "hall", "hall_opens": "hall"}
    assert set(words(settings)) == {*conversions(settings), *NEGATIVE, *OPEN}
    means = labels(settings)
    assert means["hall_opens"] == means["convert_hall"] == 1
    assert {means[word] for word in NEGATIVE} == {0}
    assert not set(OPEN) & set(means)


@pytest.mark.parametrize(
    ("override", "expected"),
    [
        ("conversion_outcomes.becomes=hal", "column conversion_outcomes.becomes: found 'hal'"),
        ("conversion_outcomes.becomes=hal", "did you mean 'hall'?"),
        ("conversion_outcomes.vacant=hall", "found 'vacant', expected a word that does not stand"),
        ("conversion_outcomes.lease_exit=hall", "found 'lease_exit', expected a word that does"),
        ("conversion_outcomes.convert_hall=hall", "found 'convert_hall', expected a word that"),
        ("conversion_outcomes=hall", "expected a setting or a key of the ledger"),
    ],
)
def test_a_wrong_word_of_a_scenario_is_named(folder: Path, override: str, expected: str) -> None:
    with pytest.raises(InputError) as caught:
        load_scenario(data_dir=str(folder), overrides=[override])
    assert expected in str(caught.value)


def test_a_wrong_word_in_the_file_is_named_with_its_line(folder: Path) -> None:
    path = folder / "scenarios" / "base.yaml"
    path.write_text(path.read_text().replace("hall_opens: hall", "other_use: hall"))
    line = len(path.read_text().splitlines())
    (fault,) = faults_of(folder)
    assert fault.startswith(f"scenarios/base.yaml row {line}, column conversion_outcomes.other_use")


def test_the_bundled_words_are_those_of_the_bundled_table(case: Case) -> None:
    written = set(case.outcomes["outcome"])
    assert written <= set(words(case.scenario))
    assert {"converts_to_whole_foods", "whole_foods_daily_shop", "unknown"} <= written
    assert conversions(case.scenario)["whole_foods_daily_shop"] == "daily_shop"
