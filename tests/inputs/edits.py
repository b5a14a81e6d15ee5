"""Small changes to the tables of a data folder."""

from __future__ import annotations

import csv
import io
from pathlib import Path

from retail_portfolio.inputs.case_reader import check_data


def read(path: Path) -> list[list[str]]:
    return list(csv.reader(io.StringIO(path.read_text(encoding="utf-8"), newline="")))


def write(path: Path, rows: list[list[str]]) -> None:
    with path.open("w", encoding="utf-8", newline="") as file:
        csv.writer(file, lineterminator="\n").writerows(rows)


def set_cell(folder: Path, name: str, row: int, column: str, value: str) -> None:
    """Set one cell; rows count as in a spreadsheet, the header is row 1."""
    rows = read(folder / name)
    rows[row - 1][rows[0].index(column)] = value
    write(folder / name, rows)


def faults_of(folder: Path, scenario: str = "base") -> list[str]:
    return [str(fault) for fault in check_data(str(folder), scenario)]
