"""Other owners' supermarkets in the metros: `competitors.csv`."""

from retail_portfolio.inputs import tables
from retail_portfolio.inputs.checked_tables import CheckedTable
from retail_portfolio.inputs.faults import Fault
from retail_portfolio.inputs.registers.places import swapped_faults
from retail_portfolio.inputs.settings.scenario import Scenario
from retail_portfolio.inputs.tables import Table

FILE = "competitors.csv"
KINDS = (
    "supermarket",
    "limited_assortment",
    "natural",
    "ethnic",
    "supercenter",
    "warehouse_club",
    "discount_department",
)
"""Kinds of store that sell groceries; the ledger has a typical grocery floor for each."""


class Competitors(Table):
    """One row a supermarket of another owner."""

    competitor_id: str = tables.identity()
    chain: str = tables.text("a chain", blank=False)
    kind: str = tables.choice(KINDS)
    name: str = tables.text()
    street: str = tables.text()
    city: str = tables.text()
    state: str = tables.state()
    zip: str = tables.zip_code()
    county_fips: str = tables.county()
    metro_id: str = tables.text("a metro of metros.csv", blank=False)
    lat: float = tables.latitude()
    lon: float = tables.longitude()
    size_sqft: float = tables.number(
        "square feet above 0, at most 1,000,000; blank if not known", gt=0, le=1_000_000
    )
    as_of: str = tables.date(blank=False)
    source: str = tables.text("where the row comes from", blank=False)


def row_faults(table: CheckedTable) -> list[Fault]:
    """Return the faults that show between the columns of a row."""
    return swapped_faults(table)


def scenario_faults(table: CheckedTable, scenario: Scenario) -> list[Fault]:
    """Return a fault for each own store: the portfolio must not compete with itself."""
    own = {banner.lower() for banner in scenario.banners}
    mine = table.frame["chain"].str.lower().isin(own)
    return table.faults_where(mine, "chain", "a chain that is none of the owner's banners")
