"""metros.csv: the metropolitan areas with a closing store and how much of their rivals is known."""

from __future__ import annotations

import math

import pandas as pd

from retail_portfolio.inputs.build.slugs import metro_slug

COLUMNS = (
    "metro_id",
    "name",
    "cbsa_code",
    "lat",
    "lon",
    "competitor_coverage",
    "chains_missing",
    "coverage_note",
    "source",
)


def metro_codes(counties: pd.DataFrame, closing_counties: list[str]) -> dict[str, str]:
    """Return county code to CBSA code for every county of a CBSA with a closing store.

    Raises
    ------
    ValueError
        When a closing store lies in a county that belongs to no CBSA.
    """
    cbsa = dict(zip(counties["GEOID"], counties["CBSA"], strict=True))
    wanted = {cbsa.get(county, "") for county in closing_counties}
    if "" in wanted:
        lost = sorted({county for county in closing_counties if not cbsa.get(county)})
        raise ValueError(f"closing store in a county without CBSA: {', '.join(lost)}")
    return {county: code for county, code in cbsa.items() if code in wanted}


def metro_names(zips: pd.DataFrame, codes: set[str]) -> dict[str, str]:
    """Return CBSA code to name."""
    table = zips.loc[zips["cbsa_code"].isin(sorted(codes)), ["cbsa_code", "cbsa_name"]]
    names = dict(zip(table["cbsa_code"], table["cbsa_name"], strict=True))
    lost = codes - set(names)
    if lost:
        raise ValueError(f"no name for CBSA {', '.join(sorted(lost))}")
    return names


def build_metros(
    tracts: pd.DataFrame,
    code_of_county: dict[str, str],
    names: dict[str, str],
    curated: pd.DataFrame,
) -> pd.DataFrame:
    """Build metros.csv; a metro's point is the mean of its tracts weighted by population.

    Raises
    ------
    ValueError
        When the curated coverage statements lack a metro.
    """
    statement = {row["cbsa_code"]: row for _, row in curated.iterrows()}
    lost = set(names) - set(statement)
    if lost:
        raise ValueError(f"no coverage statement for CBSA {', '.join(sorted(lost))}")
    inside = tracts[tracts["county_fips"].isin(list(code_of_county))]
    code = inside["county_fips"].map(code_of_county)
    rows = []
    for cbsa, group in inside.groupby(code):
        people = math.fsum(group["population"])
        said = statement[str(cbsa)]
        rows.append(
            {
                "metro_id": metro_slug(names[str(cbsa)]),
                "name": names[str(cbsa)],
                "cbsa_code": str(cbsa),
                "lat": f"{math.fsum(group['lat'] * group['population']) / people:.4f}",
                "lon": f"{math.fsum(group['lon'] * group['population']) / people:.4f}",
                "competitor_coverage": said["competitor_coverage"],
                "chains_missing": said["chains_missing"],
                "coverage_note": said["coverage_note"],
                "source": said["source"],
            }
        )
    return pd.DataFrame(rows)[list(COLUMNS)]
