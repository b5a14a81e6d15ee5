"""The store register: `stores.csv`."""

import pandas as pd

from retail_portfolio.inputs import tables
from retail_portfolio.inputs.checked_tables import CheckedTable
from retail_portfolio.inputs.faults import Fault, one_of
from retail_portfolio.inputs.files.dates import earliest, latest
from retail_portfolio.inputs.guidance import MAKE_POINTS, rows_in_words
from retail_portfolio.inputs.registers.places import swapped_faults
from retail_portfolio.inputs.settings.scenario import Scenario
from retail_portfolio.inputs.tables import Table

FILE = "stores.csv"
STATUSES = ("open", "closing", "closed")
"""Trading on; trading on the day of the announcement and closing in this wave; closed before."""
POINT_COLUMNS = ("lat", "lon", "point_precision_m", "point_origin")
"""The place of a store: blank together until it is known, and then filled together."""


class Stores(Table):
    """One row a store of the owner."""

    store_id: str = tables.identity()
    banner: str = tables.text("a banner of the scenario", blank=False)
    format: str = tables.text("a format of the scenario", blank=False)
    name: str = tables.text("a name", blank=False)
    street: str = tables.text()
    city: str = tables.text("a city", blank=False)
    state: str = tables.state()
    zip: str = tables.zip_code()
    lat: float = tables.latitude(blank=True)
    lon: float = tables.longitude(blank=True)
    point_precision_m: float = tables.number("metres, 0 or more", ge=0, le=1_000_000)
    point_origin: str = tables.choice(tables.ORIGINS, blank=True)
    status: str = tables.choice(STATUSES)
    opened: str = tables.date()
    last_trading_day: str = tables.date()
    size_sqft: float = tables.number(
        "square feet above 0, at most 1,000,000", gt=0, le=1_000_000, blank=False
    )
    size_origin: str = tables.choice(tables.ORIGINS)
    employees: float = tables.number("a count of people, 0 or more", ge=0, le=100_000, whole=True)
    employees_origin: str = tables.choice(tables.ORIGINS, blank=True)
    checkout_technology: str = tables.text("how customers pay; blank if not known")
    prior_use: str = tables.text()
    sales_usd_year: float = tables.number("sales a year in dollars, 0 or more", ge=0, le=1e11)
    four_wall_usd_year: float = tables.number("dollars a year", ge=-1e11, le=1e11)
    confidence: str = tables.choice(tables.CONFIDENCES)
    note: str = tables.text()
    source: str = tables.text("where the row comes from", blank=False)


def row_faults(table: CheckedTable) -> list[Fault]:
    """Return the faults that show between the columns of a row."""
    frame = table.frame
    early = latest(frame["last_trading_day"]) < earliest(frame["opened"])
    faults = table.faults_where(early, "last_trading_day", "a day not before the store opened")
    unmarked = frame["employees"].notna() & (frame["employees_origin"] == "")
    expected = f"{one_of(tables.ORIGINS)}, because employees are given"
    return [
        *swapped_faults(table),
        *point_faults(table),
        *faults,
        *table.faults_where(unmarked, "employees_origin", expected),
    ]


def unplaced(table: CheckedTable) -> "pd.Series[bool]":
    """Tell which stores have neither coordinate; a cell that could not be read is not blank."""
    blank = pd.Series(data=True, index=table.frame.index)
    for axis in ("lat", "lon"):
        if axis in table.texts.columns:
            blank &= table.texts[axis] == ""
    return blank


def point_faults(table: CheckedTable) -> list[Fault]:
    """Return one fault for all stores without coordinates, and one for each half of a point."""
    nowhere, about = unplaced(table), tables.columns_of(Stores)
    faults = []
    if not table.whole and not {"lat", "lon"} & set(table.texts.columns):
        return []  # they may be there under other names: the header comes first
    if nowhere.any():
        first, *others = (int(row) for row in table.frame.index[nowhere])
        here = "coordinates here" + (f" and in {rows_in_words(others)}" if others else "")
        expected = f"{here}: {MAKE_POINTS}"
        written = str(table.texts.at[first, "lat"]) if "lat" in table.texts.columns else None
        faults.append(Fault(table.name, first, "lat", written, expected))
    for column in POINT_COLUMNS:
        if nowhere.all():
            break
        expected = about[column]["expected"]
        if about[column]["choices"]:
            expected = one_of(about[column]["choices"])
        if column not in table.texts.columns:
            expected = f"a column of this name, because points are given ({expected})"
            faults.append(Fault(table.name, 1, column, None, expected))
            continue
        blank = ~nowhere & (table.texts[column] == "")
        faults += table.faults_where(blank, column, expected)
    return faults


def scenario_faults(table: CheckedTable, scenario: Scenario) -> list[Fault]:
    """Return the faults against the scenario: banners and formats it does not know."""
    banners, formats = tuple(scenario.banners), tuple(scenario.formats)
    faults: list[Fault] = []
    for column, known in (("banner", banners), ("format", formats)):
        given = table.frame[column]
        for row in table.frame.index[~given.isin([*known, ""])]:
            expected = one_of(known, str(given[row]))
            faults.append(table.fault(row, column, expected))
    of_format = pd.Series({c: form.banner for c, form in scenario.formats.items()}, dtype="str")
    wanted = tables.looked_up(of_format, table.frame["format"])
    other = wanted.notna() & table.frame["banner"].isin(banners)
    other &= table.frame["banner"] != wanted
    for row in table.frame.index[other]:
        form = table.frame.at[row, "format"]
        expected = f"{wanted[row]!r}, the banner of format {form!r}"
        faults.append(table.fault(row, "banner", expected))
    return faults


def closing(frame: pd.DataFrame) -> pd.DataFrame:
    """Return the stores that close in this wave."""
    return frame[frame["status"] == "closing"]
