"""The fictional retailer of `init` as a data folder, whole, bare, and with a single store.

The example is written by the program itself; what tests take away from it is taken away here.
"""

from __future__ import annotations

import csv
import shutil
from collections.abc import Callable, Iterable
from pathlib import Path

from retail_portfolio.inputs.example.start import start_portfolio

Row = dict[str, str]

ONLY_STORE = "foodhall-ia-waukee"
NEAR_IT = ("50263", "50266", "50325", "50323", "50003")
MAY_BE_MISSING = ("barriers.csv", "outcomes.csv", "corrections.csv", "relocations.csv")


def rows_of(path: Path) -> list[Row]:
    """Return the rows of a table as texts."""
    return list(csv.DictReader(path.read_text("utf-8").splitlines(keepends=True)))


def keep_rows(path: Path, wanted: Callable[[Row], bool]) -> None:
    """Leave only some rows of a table."""
    rows = rows_of(path)
    with path.open("w", encoding="utf-8", newline="") as file:
        write = csv.DictWriter(file, list(rows[0]), lineterminator="\n")
        write.writeheader()
        write.writerows(row for row in rows if wanted(row))


def replace_in(path: Path, *changes: tuple[str, str]) -> None:
    """Replace texts of a file, each of which has to be there."""
    text = path.read_text("utf-8")
    for old, new in changes:
        assert old in text, f"{path.name} does not hold {old!r}"
        text = text.replace(old, new)
    path.write_text(text, encoding="utf-8")


def write_second_retailer(folder: Path) -> Path:
    """Write the example as `retail-portfolio init` does."""
    return start_portfolio(str(folder))


def drop(folder: Path, names: Iterable[str]) -> None:
    """Take files or folders away, where they are there."""
    for name in names:
        path = folder / name
        if path.is_dir():
            shutil.rmtree(path)
        else:
            path.unlink(missing_ok=True)


def write_bare_retailer(folder: Path) -> Path:
    """Write the example without anything that may be missing, and with nothing to convert to."""
    place = write_second_retailer(folder)
    drop(place, (*MAY_BE_MISSING, "backtest", "forecasts", "scenarios/tight_budget.yaml"))
    replace_in(
        place / "scenarios" / "base.yaml",
        ("convert_from: [foodhall]", "convert_from: []"),
        ("convert_to: [market, farmhouse]", "convert_to: []"),
        ("checkout_formats: [market, foodhall, express, farmhouse]", "checkout_formats: []"),
    )
    return place


def write_one_store(folder: Path) -> Path:
    """Write a portfolio of one closing store: one metro, five demand points, three rivals."""
    place = write_second_retailer(folder)
    drop(place, (*MAY_BE_MISSING, "backtest", "forecasts", "scenarios/tight_budget.yaml"))
    keep_rows(place / "stores.csv", lambda row: row["store_id"] == ONLY_STORE)
    keep_rows(place / "leases.csv", lambda row: row["store_id"] == ONLY_STORE)
    keep_rows(place / "metros.csv", lambda row: row["metro_id"] == "des-moines-ia")
    keep_rows(place / "demand.csv", lambda row: row["zip"] in NEAR_IT)
    keep_rows(place / "competitors.csv", lambda row: row["zip"] in NEAR_IT[:2])
    replace_in(
        place / "scenarios" / "base.yaml",
        ("Wrenfield closes its Foodhalls", "Wrenfield closes its last Foodhall"),
    )
    return place
