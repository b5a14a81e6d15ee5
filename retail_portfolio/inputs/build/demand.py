"""`build demand`: where the customers of a portfolio live, by ZIP area.

The figures are those of `retail_portfolio.inputs.registers.zip_areas`, which every installation
has, or of a newer American Community Survey, read live. See `area` for how far is looked and why.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from retail_portfolio.inputs.build import writing
from retail_portfolio.inputs.build.area import area_of
from retail_portfolio.inputs.build.codebook import write_built
from retail_portfolio.inputs.registers import demand
from retail_portfolio.inputs.registers.zip_areas import package_version, zip_areas

if TYPE_CHECKING:
    from collections.abc import Callable

    import pandas as pd

_INCOME = "median_household_income_usd"
_DECIMALS = {
    "lat": 5,
    "lon": 5,
    "population": 0,
    "households": 0,
    _INCOME: 0,
    "share_over_200k": 4,
    "share_bachelors": 4,
    "share_no_vehicle": 4,
    "population_per_sq_km": 1,
}
_SENTENCES = (
    "One row a ZIP area with households, observed; its point is the middle of the area.",
    "An area without an income or a share of graduates has those of the nearest that has both.",
    "`metro_id` is the area's CBSA where a store lies in it, else that of the nearest store.",
)


def build_demand(
    data_dir: str = "",
    scenario: str = "base",
    *,
    radius_miles: float | None = None,
    figures: Callable[[pd.DataFrame], tuple[pd.DataFrame, str]] | None = None,
    replace: bool = False,
) -> writing.Built:
    """
    Write `demand.csv`: every ZIP area around the stores that matter.

    Parameters
    ----------
    data_dir
        The data folder; blank for the checkout's own.
    scenario
        The scenario that says how far people travel.
    radius_miles
        Great-circle miles around a store; two thirds of a mile for each of the scenario's
        `trade_area_minutes` where not given.
    figures
        What turns rows of `zip_areas` into those of another survey, and says which; the
        package's own figures stay where not given. Their incomes are in US dollars.
    replace
        Whether a table with rows may be replaced; it is kept under another name.

    Returns
    -------
    Built

    Raises
    ------
    InputError
        Every fault of `stores.csv`; a table that may not be replaced; a scenario in another
        currency that does not say what a US dollar is worth.
    """
    writing.refuse_to_replace(data_dir, demand.FILE, replace=replace)
    area = area_of(scenario, data_dir)
    rate = area.settings.dollar_rate()
    radius = area.radius_miles if radius_miles is None else radius_miles
    at = area.around(radius)
    points = zip_areas().iloc[at].assign(metro_id=area.metro_of(at))
    source = f"{package_version()}, American Community Survey 2018 to 2022 (Census Bureau)"
    left_out: tuple[tuple[str, int], ...] = ()
    if figures is not None:
        chosen, source = figures(points)
        left_out = (("ZIP areas without people in that survey", len(points) - len(chosen)),)
        points = chosen
    if turned := area.settings.dollar_words():
        points = points.assign(**{_INCOME: points[_INCOME] * rate})
        source = f"{source}, incomes {turned}"
    written = points.assign(
        **{column: writing.texts(points[column], n) for column, n in _DECIMALS.items()}
    )
    text = writing.table_text(written, demand.Demand, demand.FILE, demand.row_faults)
    built = writing.Built(
        file=demand.FILE,
        rows=len(points),
        source=source,
        notes=(area.settings.note, _reach(points, len(area.anchors), radius)),
        left_out=(*area.left_out, *left_out),
    )
    return write_built(data_dir, "demand", built, text, _SENTENCES)


def _reach(points: pd.DataFrame, stores: int, radius_miles: float) -> str:
    households = points["households"].sum()
    metros = writing.counted(points["metro_id"].nunique(), "metro")
    return (
        f"{households:,.0f} households in {metros}, within {radius_miles:g} miles of "
        f"{writing.counted(stores, 'store')}"
    )
