"""The metropolitan areas of the closing stores: `metros.csv`."""

from retail_portfolio.inputs import tables
from retail_portfolio.inputs.checked_tables import CheckedTable
from retail_portfolio.inputs.faults import Fault, one_of
from retail_portfolio.inputs.guidance import MAKERS
from retail_portfolio.inputs.registers.places import swapped_faults
from retail_portfolio.inputs.tables import Table

FILE = "metros.csv"


class Metros(Table):
    """One row a metropolitan area."""

    metro_id: str = tables.identity()
    name: str = tables.text("a name", blank=False)
    cbsa_code: str = tables.text("five digits of a metropolitan area (CBSA)", pattern="[0-9]{5}")
    lat: float = tables.latitude()
    lon: float = tables.longitude()
    competitor_coverage: str = tables.choice(("complete", "partial"))
    chains_missing: str = tables.text("chains, split by a semicolon")
    coverage_note: str = tables.text()
    source: str = tables.text("where the row comes from", blank=False)


def row_faults(table: CheckedTable) -> list[Fault]:
    """Return the faults that show between the columns of a row."""
    return swapped_faults(table)


def member_faults(table: CheckedTable, metros: CheckedTable) -> list[Fault]:
    """Return a fault for each row of another table whose `metro_id` is not in `metros.csv`."""
    known = tuple(metros.frame["metro_id"])
    given, where = table.frame["metro_id"], f" ({FILE}, which `{MAKERS[FILE]}` makes)"
    return [
        table.fault(row, "metro_id", one_of(known, str(given[row])) + where)
        for row in table.frame.index[~given.isin([*known, ""])]
    ]


def unused_faults(metros: CheckedTable, demand: CheckedTable) -> list[Fault]:
    """Return a fault for each metro in which nobody lives."""
    used = set(demand.frame["metro_id"])
    empty = ~metros.frame["metro_id"].isin([*used, ""])
    return metros.faults_where(empty, "metro_id", f"a metro with demand points in {demand.name}")
