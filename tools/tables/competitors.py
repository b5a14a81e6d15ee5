"""competitors.csv: rivals in and around the metros, each store once."""

from __future__ import annotations

import re
from dataclasses import dataclass, field

import numpy as np
import pandas as pd
from scipy.spatial import cKDTree

from retail_portfolio.inputs.build.slugs import place_id
from tools.tables.spatial import CountyLocator, metres_to_chord, nearest, unit_vectors

COLUMNS = (
    "competitor_id",
    "chain",
    "kind",
    "name",
    "street",
    "city",
    "state",
    "zip",
    "county_fips",
    "metro_id",
    "lat",
    "lon",
    "size_sqft",
    "as_of",
    "source",
)

# Newest first: of two rows for one store the earlier source here wins.
PRIORITY = ("snap", "trader_joes", "walmart", "stiles", "atp")
SOURCES = {
    "snap": ("2024-03", "USDA SNAP retailers, Los Angeles County, March 2024"),
    "trader_joes": ("2024-05-30", "Trader Joe's store pages (TraderJoesScraper, MIT)"),
    "walmart": ("2024-05-31", "Walmart store pages (WalmartScraper, MIT)"),
    "stiles": ("2024-02", "stiles/locations (MIT)"),
    "atp": ("2021-12-11", "All the Places (CC0)"),
}
COMPLETE_COUNTY = "06037"
SAME_STORE_M = 300.0
SAME_ADDRESS_M = 1500.0
REACH_M = 15_000.0


@dataclass
class CompetitorReport:
    """How many rows each rule took, in the order the rules run."""

    read: dict[str, int] = field(default_factory=dict)
    dropped: dict[tuple[str, str], int] = field(default_factory=dict)
    kept: dict[str, int] = field(default_factory=dict)
    beyond_edge: int = 0

    def drop(self, source: str, rule: str, rows: int) -> None:
        """Count `rows` of `source` against `rule`."""
        if rows:
            key = (rule, source)
            self.dropped[key] = self.dropped.get(key, 0) + rows


def _split_ruled(rows: pd.DataFrame, report: CompetitorReport) -> pd.DataFrame:
    for (source, rule), group in rows.groupby(["source_key", "rule"]):
        if str(rule):
            report.drop(str(source), str(rule), len(group))
    return rows[rows["rule"] == ""].reset_index(drop=True)


def place_in_metros(
    rows: pd.DataFrame,
    locator: CountyLocator,
    metro_of_county: dict[str, str],
    demand: pd.DataFrame,
    report: CompetitorReport,
) -> pd.DataFrame:
    """Give each row its county and metro; drop those beyond `REACH_M` of every demand point.

    In the county whose list is complete, rows of any other source are dropped.
    """
    vectors = unit_vectors(rows["lat"].astype(float), rows["lon"].astype(float))
    points = unit_vectors(demand["lat"].astype(float), demand["lon"].astype(float))
    index, distance_m = nearest(vectors, points)
    close = rows[distance_m <= REACH_M].copy()
    close["nearest_metro"] = demand["metro_id"].to_numpy()[index[distance_m <= REACH_M]]
    close = close.reset_index(drop=True)
    close["county_fips"] = locator.county(close["lat"].astype(float), close["lon"].astype(float))
    inside = close["county_fips"].isin(list(metro_of_county))
    close["metro_id"] = (
        close["county_fips"].map(metro_of_county).where(inside, close["nearest_metro"])
    )
    for source in PRIORITY:
        lost = int((rows["source_key"] == source).sum() - (close["source_key"] == source).sum())
        report.drop(source, "outside the metros and their 15 km edge", lost)
    covered = (close["county_fips"] == COMPLETE_COUNTY) & (close["source_key"] != "snap")
    for other, group in close[covered].groupby("source_key"):
        report.drop(str(other), "in the county that SNAP covers completely", len(group))
    return close[~covered].reset_index(drop=True)


def _address_key(street: str) -> str:
    text = re.sub(r"[^a-z0-9 ]", " ", street.lower())
    words = text.split()
    return " ".join(words[:2]) if words and words[0].isdigit() else ""


def remove_repeats(rows: pd.DataFrame, report: CompetitorReport) -> pd.DataFrame:
    """Keep one row of each store: the first by source priority.

    Two rows are one store when they belong to one chain family (an independent: to the same
    name) and lie within `SAME_STORE_M`, or within `SAME_ADDRESS_M` with the same house number and
    first street word.
    """
    order = rows["source_key"].map({key: n for n, key in enumerate(PRIORITY)})
    rows = rows.assign(order=order).sort_values(["order", "chain", "lat", "lon", "street"])
    rows = rows.reset_index(drop=True)
    family = rows["family"].where(rows["family"] != "independent", rows["name"].str.lower())
    address = [_address_key(street) for street in rows["street"]]
    vectors = unit_vectors(rows["lat"].astype(float), rows["lon"].astype(float))
    pairs = cKDTree(vectors).query_pairs(metres_to_chord(SAME_ADDRESS_M), output_type="ndarray")
    pairs = np.sort(pairs, axis=1)
    pairs = pairs[np.lexsort((pairs[:, 1], pairs[:, 0]))]
    limit = metres_to_chord(SAME_STORE_M)
    gone = np.zeros(len(rows), dtype=bool)
    for first, second in pairs.tolist():
        if gone[first] or gone[second] or family[first] != family[second]:
            continue
        near = float(np.linalg.norm(vectors[first] - vectors[second])) <= limit
        same_address = bool(address[first]) and address[first] == address[second]
        if near or same_address:
            gone[second] = True
            same_source = rows["source_key"][first] == rows["source_key"][second]
            rule = "repeat within its own source" if same_source else "repeat of a newer source"
            report.drop(str(rows["source_key"][second]), rule, 1)
    return rows[~gone].drop(columns=["order"]).reset_index(drop=True)


def build_competitors(
    sources: list[pd.DataFrame],
    locator: CountyLocator,
    metro_of_county: dict[str, str],
    demand: pd.DataFrame,
) -> tuple[pd.DataFrame, CompetitorReport]:
    """Build competitors.csv.

    Parameters
    ----------
    sources : list of pandas.DataFrame
        Rivals of each source in the shape of `rivals.RIVAL_COLUMNS`.
    locator : CountyLocator
    metro_of_county : dict
        County code to metro id.
    demand : pandas.DataFrame
        demand.csv as built, for the edge of the metros.

    Returns
    -------
    table : pandas.DataFrame
        Text columns as in `COLUMNS`; size is blank, no source states it.
    report : CompetitorReport
    """
    report = CompetitorReport()
    rows = pd.concat(sources, ignore_index=True)
    for key in PRIORITY:
        report.read[key] = int((rows["source_key"] == key).sum())
    rows = _split_ruled(rows, report)
    rows["lat"] = [f"{float(text):.5f}" for text in rows["lat"]]
    rows["lon"] = [f"{float(text):.5f}" for text in rows["lon"]]
    rows = place_in_metros(rows, locator, metro_of_county, demand, report)
    rows = remove_repeats(rows, report)
    rows["competitor_id"] = [
        place_id(chain, float(lat), float(lon))
        for chain, lat, lon in zip(rows["chain"], rows["lat"], rows["lon"], strict=True)
    ]
    rows["size_sqft"] = ""
    rows["as_of"] = [SOURCES[key][0] for key in rows["source_key"]]
    rows["source"] = [SOURCES[key][1] for key in rows["source_key"]]
    for key in PRIORITY:
        report.kept[key] = int((rows["source_key"] == key).sum())
    report.beyond_edge = int((~rows["county_fips"].isin(list(metro_of_county))).sum())
    return rows[list(COLUMNS)], report
