"""Dated forecasts of which closing stores convert: the files of `forecasts/`, one a day.

A forecast is written once and never edited; what it is scored with when outcomes are known (the
base rate, naive rankings) is frozen in it.
"""

import re
from pathlib import Path

from retail_portfolio.inputs import tables
from retail_portfolio.inputs.checked_tables import CheckedTable
from retail_portfolio.inputs.faults import Fault, did_you_mean
from retail_portfolio.inputs.files.dates import last_day
from retail_portfolio.inputs.tables import Table

FOLDER = "forecasts"
CERTAIN = (0.0, 1.0)
"""What no probability may be: a certainty that failed would score infinitely badly."""
_FILE_NAME = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}\.csv")
_PROBABILITIES = ("probability", "probability_at_base_rate", "base_rate")


class Forecasts(Table):
    """One row a store."""

    store_id: str = tables.identity()
    made_on: str = tables.date("the day of the file's name", blank=False)
    information_until: str = tables.date(blank=False)
    probability: float = tables.number("a probability, 0 to 1", ge=0, le=1, blank=False)
    probability_at_base_rate: float = tables.number("a probability, 0 to 1", ge=0, le=1)
    base_rate: float = tables.number("a probability, 0 to 1", ge=0, le=1)
    plan_converts: float = tables.number(
        "1 if the plan converts the store, 0 if not", ge=0, le=1, whole=True
    )
    size_sqft: float = tables.number("square feet above 0", gt=0)
    nearest_own_miles: float = tables.number("miles, 0 or more", ge=0)
    income_usd: float = tables.number("USD a year, 0 or more", ge=0)
    share_bachelors: float = tables.number("a share, 0 to 1", ge=0, le=1)
    households: float = tables.number("a count, 0 or more", ge=0)
    method: str = tables.text()


def forecast_files(folder: Path) -> tuple[tuple[str, ...], list[Fault]]:
    """
    Find the forecasts of a data folder.

    Parameters
    ----------
    folder
        The data folder; it need not hold any.

    Returns
    -------
    tuple
        Names within the data folder, the earliest first, and a fault for each table of another
        name. Files that are no tables are left alone.
    """
    there = folder / FOLDER
    if not there.is_dir():
        missing = not there.exists() and not there.is_symlink()
        fault = Fault(FOLDER, None, None, "a file", "a folder of forecasts")
        return (), [] if missing else [fault]
    found = sorted(p.name for p in there.iterdir() if p.suffix.lower() == ".csv")
    named = tuple(f"{FOLDER}/{name}" for name in found if _FILE_NAME.fullmatch(name))
    expected = "a file named for the day the forecast was made, YYYY-MM-DD.csv"
    faults = [
        Fault(f"{FOLDER}/{name}", None, None, name, expected)
        for name in found
        if not _FILE_NAME.fullmatch(name)
    ]
    return named, faults


def row_faults(table: CheckedTable) -> list[Fault]:
    """Return the faults that show between a row's columns, or between a row and the file's name."""
    day = table.name.removeprefix(f"{FOLDER}/").removesuffix(".csv")
    frame = table.frame
    other_day = (frame["made_on"] != "") & (frame["made_on"] != day)
    faults = table.faults_where(other_day, "made_on", f"{day}, the day of the file's name")
    late = frame["information_until"].map(last_day) > day
    faults += table.faults_where(
        late, "information_until", f"no day after {day}, when the forecast was made"
    )
    expected = "a probability above 0 and below 1: one that is certain cannot be scored"
    for column in _PROBABILITIES:
        faults += table.faults_where(frame[column].isin(CERTAIN), column, expected)
    return faults


def store_faults(table: CheckedTable, register: CheckedTable) -> list[Fault]:
    """Return a fault for each row about a store that is not in the register."""
    if "store_id" not in table.texts.columns:
        return []  # that it is missing is a fault of the header
    known = list(register.frame["store_id"])
    given = table.frame["store_id"]
    return [
        table.fault(row, "store_id", "a store of stores.csv" + did_you_mean(str(given[row]), known))
        for row in table.frame.index[~given.isin(known)]
    ]
