"""Earlier closures by other chains, to test against: the tables of `backtest/`."""

from retail_portfolio.inputs import tables
from retail_portfolio.inputs.checked_tables import CheckedTable
from retail_portfolio.inputs.faults import Fault
from retail_portfolio.inputs.registers.places import swapped_faults
from retail_portfolio.inputs.tables import Table

SITES_FILE = "backtest/sites.csv"
OWN_STORES_FILE = "backtest/own_stores.csv"
POSTAL_CODE = r"[A-Z0-9][A-Z0-9 -]{2,9}"
"""Some of the events are in countries without ZIP codes."""


class BacktestSites(Table):
    """One row a site that a closing chain left."""

    event: str = tables.text("an event", blank=False)
    event_date: str = tables.date(blank=False)
    chain: str = tables.text("a chain", blank=False)
    site_name: str = tables.text()
    street: str = tables.text()
    city: str = tables.text("a city", blank=False)
    state: str = tables.state(blank=True)
    zip: str = tables.text("a ZIP or postal code", pattern=POSTAL_CODE)
    lat: float = tables.latitude(blank=True)
    lon: float = tables.longitude(blank=True)
    coord_source: str = tables.text()
    size_sqft: float = tables.number(
        "square feet above 0, at most 1,000,000; blank if not known", gt=0, le=1_000_000
    )
    outcome: str = tables.text("what became of the site", blank=False)
    taken_by: str = tables.text()
    label_converts: str = tables.text("1 if the owner took the site, 0 if not", pattern="[01]")
    source_urls: str = tables.text("where the row comes from", blank=False)
    confidence: str = tables.text("how sure it is", blank=False)


class BacktestOwnStores(Table):
    """One row a store the owner had when a chain closed."""

    event: str = tables.text("an event", blank=False)
    event_date: str = tables.date(blank=False)
    store_name: str = tables.text("a name", blank=False)
    street: str = tables.text()
    city: str = tables.text()
    state: str = tables.state(blank=True)
    zip: str = tables.text("a ZIP or postal code", pattern=POSTAL_CODE)
    lat: float = tables.latitude(blank=True)
    lon: float = tables.longitude(blank=True)
    coord_source: str = tables.text()
    size_sqft: float = tables.number(
        "square feet above 0, at most 1,000,000; blank if not known", gt=0, le=1_000_000
    )
    open_at_event: str = tables.text("whether it traded at the event", blank=False)
    source_urls: str = tables.text("where the row comes from", blank=False)
    confidence: str = tables.text("how sure it is", blank=False)


def row_faults(table: CheckedTable) -> list[Fault]:
    """Return the faults that show between the columns of a row."""
    return swapped_faults(table)
