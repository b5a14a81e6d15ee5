"""barriers.csv: water that lies between two places and costs minutes, kept by hand."""

from __future__ import annotations

import pandas as pd

COLUMNS = (
    "barrier_id",
    "name",
    "county_a",
    "county_b",
    "west_of_lon",
    "lat_from",
    "lat_to",
    "penalty_minutes",
    "origin",
    "note",
    "source",
)


def known_barriers(curated: pd.DataFrame, counties: set[str]) -> pd.DataFrame:
    """Return the barriers whose counties are both in the country's list.

    Parameters
    ----------
    curated : pandas.DataFrame
        The hand-kept table.
    counties : set of str
        Codes of the counties there are.

    Raises
    ------
    ValueError
        When a county is not in the list: its code has changed or is misspelt.
    """
    named = set(curated["county_a"]) | set(curated["county_b"])
    lost = sorted(named - counties)
    if lost:
        raise ValueError(f"barriers: counties that the list lacks: {', '.join(lost)}")
    return curated
