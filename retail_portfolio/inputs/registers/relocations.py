"""Where closing stores could move to: `relocations.csv`, one place a store at most."""

from retail_portfolio.inputs import tables
from retail_portfolio.inputs.checked_tables import CheckedTable
from retail_portfolio.inputs.faults import Fault, one_of
from retail_portfolio.inputs.registers import stores
from retail_portfolio.inputs.registers.places import swapped_faults
from retail_portfolio.inputs.settings.scenario import Scenario
from retail_portfolio.inputs.tables import Table

FILE = "relocations.csv"


class Relocations(Table):
    """One row a closing store that could move."""

    store_id: str = tables.identity()
    place_id: str = tables.identity()
    format: str = tables.text("a format of the scenario", blank=False)
    name: str = tables.text("what people call the place", blank=False)
    street: str = tables.text()
    city: str = tables.text("a city", blank=False)
    state: str = tables.state()
    zip: str = tables.zip_code()
    lat: float = tables.latitude()
    lon: float = tables.longitude()
    point_precision_m: float = tables.number("metres, 0 or more", ge=0, le=1_000_000, blank=False)
    point_origin: str = tables.choice(tables.ORIGINS)
    size_sqft: float = tables.number(
        "square feet above 0, at most 1,000,000", gt=0, le=1_000_000, blank=False
    )
    size_origin: str = tables.choice(tables.ORIGINS)
    rent_usd_per_sqft_year: float = tables.number(
        "dollars with charges, 0 to 10,000", ge=0, le=10_000, blank=False
    )
    rent_origin: str = tables.choice(tables.ORIGINS)
    note: str = tables.text()
    source: str = tables.text("where the row comes from", blank=False)


def row_faults(table: CheckedTable) -> list[Fault]:
    """Return the faults that show between the columns of a row."""
    return swapped_faults(table)


def scenario_faults(table: CheckedTable, scenario: Scenario) -> list[Fault]:
    """Return the faults against the scenario: formats it does not know, or no place to move to."""
    formats, given = tuple(scenario.formats), table.frame["format"]
    faults = [
        table.fault(row, "format", one_of(formats, str(given[row])))
        for row in table.frame.index[~given.isin([*formats, ""])]
    ]
    if "relocate" in scenario.decisions and table.whole and table.frame.empty:
        expected = "at least one row, because `relocate` is among the decisions of the scenario"
        faults.append(Fault(FILE, None, None, None, expected))
    return faults


def store_faults(table: CheckedTable, register: CheckedTable) -> list[Fault]:
    """Return the faults against the register: only a closing store moves, to a place of its own."""
    everyone = set(register.frame["store_id"])
    closing = list(stores.closing(register.frame)["store_id"])
    faults = []
    for row, store_id in table.frame["store_id"].items():
        if store_id and store_id not in closing:
            known = f"a closing store of {stores.FILE}"
            why = " (this one is not closing)" if store_id in everyone else ""
            faults.append(table.fault(int(str(row)), "store_id", known + why))
    taken = table.frame["place_id"].isin(everyone)
    expected = f"an id that no store of {stores.FILE} has"
    return faults + table.faults_where(taken, "place_id", expected)
