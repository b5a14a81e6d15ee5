"""What became of sites: `outcomes.csv`."""

from retail_portfolio.inputs import tables
from retail_portfolio.inputs.faults import Fault, did_you_mean
from retail_portfolio.inputs.tables import CheckedTable, Table

FILE = "outcomes.csv"


class Outcomes(Table):
    """One row a site."""

    outcome_id: str = tables.identity()
    store_id: str = tables.text("a store of stores.csv, or blank")
    banner: str = tables.text("a banner", blank=False)
    site_name: str = tables.text("a name", blank=False)
    city: str = tables.text()
    state: str = tables.text()
    country: str = tables.text("a country", blank=False)
    outcome: str = tables.text("what became of the site", blank=False)
    new_tenant: str = tables.text()
    announced: str = tables.text()
    expected_open: str = tables.text()
    confidence: str = tables.text("how sure it is", blank=False)
    origin: str = tables.choice(tables.ORIGINS)
    source: str = tables.text("where the row comes from", blank=False)


def store_faults(table: CheckedTable, register: CheckedTable) -> list[Fault]:
    """Return a fault for each row about a store that is not in the register."""
    known = list(register.frame["store_id"])
    given = table.frame["store_id"]
    return [
        table.fault(row, "store_id", "a store of stores.csv" + did_you_mean(str(given[row]), known))
        for row in table.frame.index[~given.isin([*known, ""])]
    ]
