"""backtest/: sites of earlier exits and the taker's own stores at the time, without comments."""

from __future__ import annotations

import pandas as pd

from tools.tables.stores import cite

SITE_COLUMNS = (
    "event",
    "event_date",
    "chain",
    "site_name",
    "street",
    "city",
    "state",
    "zip",
    "lat",
    "lon",
    "coord_source",
    "size_sqft",
    "outcome",
    "taken_by",
    "label_converts",
    "source_urls",
    "confidence",
)

OWN_STORE_COLUMNS = (
    "event",
    "event_date",
    "store_name",
    "street",
    "city",
    "state",
    "zip",
    "lat",
    "lon",
    "coord_source",
    "size_sqft",
    "open_at_event",
    "source_urls",
    "confidence",
)

STATE_LETTERS = 2

# How the source describes a point, and the short code that stands in our table.
_POINTS = (
    ("zip centroid (zip inferred", "zip_centroid_inferred"),
    ("zip centroid", "zip_centroid"),
    ("City of Chicago", "city_address_point"),
    ("Starbucks-in-Dominicks", "inside_tenant_point"),
    ("Starbucks point at the same", "inside_tenant_point"),
    ("approx: Starbucks", "street_neighbour"),
    ("interpolated", "street_interpolated"),
    ("approx:", "grocery_neighbour"),
    ("rough:", "district_mean"),
)


def point_code(text: str) -> str:
    """Return the short code of how a point was found.

    Raises
    ------
    ValueError
        For a description without a code.
    """
    for start, code in _POINTS:
        if text.startswith(start):
            return code
    raise ValueError(f"backtest: no code for the point source {text!r}")


def _short(source: pd.DataFrame, columns: tuple[str, ...]) -> pd.DataFrame:
    table = source[list(columns)].copy()
    table["coord_source"] = [point_code(text) for text in table["coord_source"]]
    table["source_urls"] = [cite(urls, "|") for urls in table["source_urls"]]
    table["state"] = table["state"].where(table["state"].str.len() == STATE_LETTERS, "")
    for column in ("lat", "lon"):
        table[column] = [f"{float(text):.5f}" if text else "" for text in table[column]]
    return table


def build_sites(source: pd.DataFrame) -> pd.DataFrame:
    """Build backtest/sites.csv: the source's columns without its prose."""
    return _short(source, SITE_COLUMNS)


def build_own_stores(source: pd.DataFrame) -> pd.DataFrame:
    """Build backtest/own_stores.csv: the source's columns without its prose."""
    return _short(source, OWN_STORE_COLUMNS)
