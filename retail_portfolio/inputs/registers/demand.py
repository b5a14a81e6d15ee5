"""Where customers live: `demand.csv`."""

from retail_portfolio.inputs import tables
from retail_portfolio.inputs.checked_tables import CheckedTable
from retail_portfolio.inputs.faults import Fault
from retail_portfolio.inputs.registers.places import swapped_faults
from retail_portfolio.inputs.tables import Table

FILE = "demand.csv"


class Demand(Table):
    """One row a demand point."""

    point_id: str = tables.identity()
    metro_id: str = tables.text("a metro of metros.csv", blank=False)
    county_fips: str = tables.county()
    zip: str = tables.zip_code()
    lat: float = tables.latitude()
    lon: float = tables.longitude()
    population: float = tables.number("people, 0 or more", ge=0, le=10_000_000, blank=False)
    households: float = tables.number("households, 0 or more", ge=0, le=10_000_000, blank=False)
    median_household_income_usd: float = tables.number(
        "dollars a year above 0, at most 10,000,000", gt=0, le=10_000_000, blank=False
    )
    share_over_200k: float = tables.number("a share, 0 to 1", ge=0, le=1)
    share_bachelors: float = tables.number("a share, 0 to 1", ge=0, le=1)
    share_no_vehicle: float = tables.number("a share, 0 to 1", ge=0, le=1)
    population_per_sq_km: float = tables.number("people, 0 or more", ge=0, le=1_000_000)


def row_faults(table: CheckedTable) -> list[Fault]:
    """Return the faults that show between the columns of a row."""
    frame = table.frame
    crowded = frame["households"] > frame["population"] + 1
    expected = "no more households than people"
    return [*swapped_faults(table), *table.faults_where(crowded, "households", expected)]
