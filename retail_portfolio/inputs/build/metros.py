"""`build metros`: the metropolitan areas of the stores that matter."""

from __future__ import annotations

import numpy as np
import pandas as pd

from retail_portfolio.inputs.build import writing
from retail_portfolio.inputs.build.area import Area, area_of
from retail_portfolio.inputs.build.codebook import write_built
from retail_portfolio.inputs.near import mean_place
from retail_portfolio.inputs.registers import metros
from retail_portfolio.inputs.registers.zip_areas import package_version, zip_areas, zip_places

COVERAGE_NOTE = (
    "Not judged: nobody has held the list of competitors against another. What it misses is "
    "estimated from the floor space a household has elsewhere."
)
"""What every built metro says of its list: a table may call one complete, or partial."""
_SENTENCES = (
    "The point is the middle of the area's people, from its ZIP areas.",
    "A store outside every CBSA is in the area of its county, which has no `cbsa_code`.",
    "`competitor_coverage` is `partial` until somebody has judged it.",
)


def build_metros(
    data_dir: str = "", scenario: str = "base", *, replace: bool = False
) -> writing.Built:
    """
    Write `metros.csv`: the area of each store that matters, by the ZIP area nearest to it.

    Parameters
    ----------
    data_dir
        The data folder; blank for the checkout's own.
    scenario
        The scenario that says how far people travel.
    replace
        Whether a table with rows may be replaced; it is kept under another name.

    Returns
    -------
    Built

    Raises
    ------
    InputError
        Every fault of `stores.csv`; a table that may not be replaced.
    """
    writing.refuse_to_replace(data_dir, metros.FILE, replace=replace)
    area = area_of(scenario, data_dir)
    source = f"{package_version()} (Census Bureau)"
    text = writing.table_text(_table(area, source), metros.Metros, metros.FILE, metros.row_faults)
    built = writing.Built(
        file=metros.FILE,
        rows=len(area.metros),
        source=source,
        notes=(area.settings.note, _outside(area)),
        left_out=area.left_out,
    )
    return write_built(data_dir, "metros", built, text, _SENTENCES)


def _table(area: Area, source: str) -> pd.DataFrame:
    places = zip_places()
    people = zip_areas()["population"].to_numpy(float)
    code, county = places["cbsa_code"].to_numpy(str), places["county_fips"].to_numpy(str)
    rows = []
    for metro in area.metros.to_dict("records"):
        inside = code == metro["cbsa_code"]
        if not metro["cbsa_code"]:
            inside &= county == metro["county_fips"]
        lat, lon = mean_place(places[inside], np.maximum(people[inside], 1.0))
        rows.append({**metro, "lat": f"{lat:.4f}", "lon": f"{lon:.4f}"})
    return pd.DataFrame(rows).assign(
        competitor_coverage="partial",
        chains_missing="",
        coverage_note=COVERAGE_NOTE,
        source=source,
    )


def _outside(area: Area) -> str:
    names = area.metros.loc[area.metros["cbsa_code"] == "", "name"].tolist()
    return f"outside every CBSA, so called by county: {'; '.join(names)}" if names else ""
