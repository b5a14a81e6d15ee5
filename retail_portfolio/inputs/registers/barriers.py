"""Water between places that costs minutes to get across: `barriers.csv`.

A row speaks of two counties, and holds for every way from the one to the other, in both directions.
Or it speaks of a water within one county: then it holds between places west of `west_of_lon` and
places east of it, where both lie between the latitudes `lat_from` and `lat_to`; whoever lives
beyond an end of the water goes round by land. Every row that holds for a way adds its minutes, so
the row of two counties has what all water between them costs.
"""

import numpy as np
import pandas as pd

from retail_portfolio.inputs import tables
from retail_portfolio.inputs.checked_tables import CheckedTable
from retail_portfolio.inputs.faults import Fault
from retail_portfolio.inputs.tables import Table

FILE = "barriers.csv"
MAX_PENALTY_MINUTES = 600.0
"""A longer way round is no shopping trip; the figure is more likely in another unit."""
_BAND = ("west_of_lon", "lat_from", "lat_to")


class Barriers(Table):
    """One row a water between two counties, or within one."""

    barrier_id: str = tables.identity()
    name: str = tables.text("a name", blank=False)
    county_a: str = tables.county(blank=False)
    county_b: str = tables.county(blank=False)
    west_of_lon: float = tables.longitude(blank=True)
    lat_from: float = tables.latitude(blank=True)
    lat_to: float = tables.latitude(blank=True)
    penalty_minutes: float = tables.number(
        "minutes above 0, at most 600", gt=0, le=MAX_PENALTY_MINUTES, blank=False
    )
    origin: str = tables.choice(tables.ORIGINS)
    note: str = tables.text()
    source: str = tables.text("where the row comes from", blank=False)


def row_faults(table: CheckedTable) -> list[Fault]:
    """Return the faults that show between the columns of a row, and pairs that come twice."""
    return [*_band_faults(table), *_repeated(table)]


def _band_faults(table: CheckedTable) -> list[Fault]:
    """Hold a line and its latitudes to waters within one county, where they are needed."""
    frame = table.frame
    known = (frame["county_a"] != "") & (frame["county_b"] != "")
    within = known & (frame["county_a"] == frame["county_b"])
    between = known & (frame["county_a"] != frame["county_b"])
    faults = []
    for column in _BAND:
        blank = _as_written(table, column) == ""
        expected = "a number: the water lies within one county and needs a line"
        faults += table.faults_where(within & blank, column, expected)
        expected = "nothing: it is for a water within one county (county_a the same as county_b)"
        faults += table.faults_where(between & ~blank, column, expected)
    upside_down = frame["lat_from"] >= frame["lat_to"]
    return faults + table.faults_where(upside_down, "lat_to", "a latitude north of lat_from")


def _as_written(table: CheckedTable, column: str) -> "pd.Series[str]":
    """Return a column's cells as written; blank where there is no such column."""
    if column in table.texts.columns:
        return table.texts[column]
    return pd.Series("", index=table.frame.index, dtype=object)


def _repeated(table: CheckedTable) -> list[Fault]:
    """Name each pair of counties that stood in a row before, in either order."""
    frame = table.frame
    first: dict[tuple[object, ...], int] = {}
    faults = []
    for row, a, b, *band in zip(
        frame.index,
        frame["county_a"],
        frame["county_b"],
        *(frame[column] for column in _BAND),
        strict=True,
    ):
        if not a or not b:
            continue
        line = tuple(None if np.isnan(value) else value for value in band)
        pair = (*sorted((a, b)), *line)
        if pair in first:
            expected = f"each pair of counties once, in either order (see row {first[pair]})"
            faults.append(table.fault(int(row), "county_b", expected))
        else:
            first[pair] = int(row)
    return faults
