"""A small made-up country to build tables from: two counties, one metro, a handful of stores."""

from __future__ import annotations

import csv
import json
from pathlib import Path

from tools.tables.sources import CURATED, FILES, ZIP_FILE

SQUARE = [[-90.5, 40.0], [-90.0, 40.0], [-90.0, 40.5], [-90.5, 40.5], [-90.5, 40.0]]
NEXT_SQUARE = [[-90.0, 40.0], [-89.5, 40.0], [-89.5, 40.5], [-90.0, 40.5], [-90.0, 40.0]]


def write_rows(path: Path, columns, rows) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("w", newline="", encoding="utf-8") as handle:
        writer = csv.DictWriter(handle, list(columns), restval="", lineterminator="\n")
        writer.writeheader()
        writer.writerows(rows)


def _shapes(path: Path, key: str, squares) -> None:
    features = [
        {
            "type": "Feature",
            "properties": {key: code, "NAME": name},
            "geometry": {"type": "Polygon", "coordinates": [ring]},
        }
        for code, name, ring in squares
    ]
    path.write_text(json.dumps({"type": "FeatureCollection", "features": features}))


STORES = [
    {
        "store_id": "fresh-aa-north",
        "banner": "Amazon Fresh",
        "format": "Fresh supermarket",
        "name": "North",
        "street": "12 Elm St",
        "city": "Mill Town",
        "state": "AA",
        "zip": "00101",
        "lat": "40.2",
        "lon": "-90.2",
        "coord_source": "APPROX neighbour: a bakery",
        "opened": "2022-06",
        "closed": "2026-02-01",
        "employees_warn": "120",
        "source_urls": "https://notices.example/warn-notice-register; https://ru24.pro/x",
        "confidence": "high",
        "status_at_2026_01_27": "open",
        "coord_precision_m": "150",
    },
    {
        "store_id": "go-aa-centre",
        "banner": "Amazon Go",
        "format": "Go (urban)",
        "name": "Centre",
        "city": "Mill Town",
        "state": "AA",
        "size_sqft": "900",
        "source_urls": "https://paper.example/a",
        "confidence": "low",
        "status_at_2026_01_27": "uncertain",
    },
]

# The first two share a page; the city of the third is no post-office city.
WHOLE_FOODS = [
    ("Elm", "5 Oak Ave Mill Town, AA 00101", "elm", "40.21", "-90.21"),
    ("Elm again", "5 Oak Ave Mill Town, AA 00101", "elm", "40.21", "-90.21"),
    ("Hill", "77 Ridge Rd Upper Hill, AA 00102", "hill", "40.31", "-90.31"),
]

# spider, brand, name, street, lat, lon
PLACES = [
    ("shoprite", "ShopRite", "ShopRite", "1 First St", "40.25", "-90.25"),
    ("shoprite", "ShopRite", "ShopRite", "1 First St", "40.2501", "-90.25"),
    ("whole_foods", "Whole Foods", "Elm", "5 Oak Ave", "40.21", "-90.21"),
    ("99centsonly", "", "99", "6 Oak Ave", "40.22", "-90.21"),
    ("walmart", "Walmart", "Mill Town Store", "9 Far Rd", "40.26", "-90.3"),
    ("walmart", "Walmart", "Mill Town Supercenter", "8 Far Rd", "40.27}", "-90.3"),
    ("walmart", "Walmart", "Away Supercenter", "1 Away Rd", "44.0", "-80.0"),
    ("target", "Target", "Edge", "3 Edge Rd", "40.25", "-89.95"),
]

TRACTS = [
    ("01", "001", "000100", "1000", "+40.2", "-090.2"),
    ("01", "001", "000200", "3000", "+40.3", "-090.1"),
    ("01", "001", "000300", "0", "+40.31", "-090.31"),
    ("01", "003", "000100", "500", "+40.25", "-089.6"),
]


def write_sources(folder: Path) -> Path:
    """Write a complete source folder and return it."""

    def put(name: str, rows) -> None:
        write_rows(folder / FILES[name].path, FILES[name].columns, rows)

    put("stores", STORES)
    put(
        "whole_foods",
        [
            {
                "Store Name": name,
                "Address": address,
                "Url": f"https://chain.example/stores/{page}",
                "Latitude": lat,
                "Longitude": lon,
                "State": "AA",
            }
            for name, address, page, lat, lon in WHOLE_FOODS
        ],
    )
    put("ledger", LEDGER)
    site = {"state": "AA", "city": "Mill Town", "outcome": "unknown", "source_urls": "https://p.x"}
    put(
        "outcomes_us",
        [
            {"banner": "Amazon Fresh", "site_name": "North", "confidence": "high"} | site,
            {"banner": "Amazon Fresh (leased, never opened)", "site_name": "East"} | site,
        ],
    )
    put("outcomes_uk", [{"banner": "Amazon Fresh UK", "site_name": "Quay"} | site])
    old = {"event": "Exit", "event_date": "2013-01-01", "coord_source": "zip centroid"}
    put("backtest_sites", [old | {"site_name": "A", "state": "AA", "lat": "40.1", "lon": "-90.1"}])
    put("backtest_own_stores", [old | {"store_name": "B", "state": "England"}])
    keys = FILES["tracts"].columns
    put("tracts", [dict(zip(keys, row, strict=True)) for row in TRACTS])
    put(
        "counties",
        [
            {"GEOID": "01001", "Name": "West", "State": "AA", "CBSA": "99999"},
            {"GEOID": "01003", "Name": "East", "State": "AA", "CBSA": ""},
        ],
    )
    keys = ("spider", "brand", "name", "address", "lat", "lon")
    put("all_the_places", [dict(zip(keys, row, strict=True)) for row in PLACES])
    stiles = {"brand": "Aldi", "address": "4 Low St", "latitude": "40.24", "longitude": "-90.24"}
    put("stiles", [stiles])
    put("trader_joes", [])
    put("walmart", [{"Store Name": "", "State": "aa"}])
    put("snap", [])
    counties = [("01001", "West", SQUARE), ("01003", "East", NEXT_SQUARE)]
    _shapes(folder / FILES["county_shapes"].path, "GEOID", counties)
    _shapes(folder / FILES["state_shapes"].path, "STUSPS", [("AA", "Alpha", SQUARE)])
    write_rows(folder / ZIP_FILE.path, ZIP_FILE.columns, ZIPS)
    return folder


def _zip(code: str, city: str, lat: str, lon: str, people: str, homes: str, income: str):
    values = (code, "AA", city, lat, lon, people, "1000", homes, income, "0.1", "0.4", "0.05")
    return dict(zip(ZIP_FILE.columns, (*values, "99999", "Mill Town-Upper, AA-BB"), strict=True))


# The second and third lie nearest to the tracts, but lack income and households: neither lends.
ZIPS = [
    _zip("00101", "Mill Town", "40.2", "-90.25", "4000", "1600", "70000"),
    _zip("00102", "Hilltop", "40.3", "-90.1", "2000", "900", ""),
    _zip("00103", "Barracks", "40.2", "-90.2", "300", "0", "50000"),
]

_FIGURES = {"as_of": "2026", "quality": "judgement"}
LEDGER = [
    {"key": "size_fresh", "low": "25000", "base": "37000", "high": "45000"} | _FIGURES,
    {"key": "loss_m", "low": "600", "base": "610", "high": "610", "quality": "primary filing"},
    {"key": "twice", "low": "1", "base": "1", "high": "1"} | _FIGURES,
]

_LEDGER_NAMES = [
    ("size_fresh", "size_sqft.fresh", "1"),
    ("loss_m", "loss_usd", "1000000"),
    ("twice", "-", ""),
]

_ADDED = {
    "size_sqft.go": "1800",
    "size_sqft.pickup": "2000",
    "size_sqft.wfm": "40000",
    "lease_initial_term_years": "15",
    "lease_remaining_term_years.fresh": "10.5",
    "lease_remaining_term_years.go": "5",
    "rent_net_usd_per_sqft_year": "22",
    "rent_net_usd_per_sqft_year.fresh.aa": "25",
    "rent_gross_usd_per_sqft_year.go": "65",
    "nnn_charges_usd_per_sqft_year": "7.5",
    "nnn_charges_usd_per_sqft_year.go": "0",
    "rent_escalator_per_year": "0.015",
    "lease_renewal_options": "2",
    "lease_renewal_option_years": "5",
    "lease_termination_months": "18",
}


def write_curated(folder: Path) -> Path:
    """Write the hand-kept tables that go with `write_sources` and return their folder."""
    folder.mkdir(parents=True)
    for name in ("chains.csv", "SOURCES.md"):
        (folder / name).write_text((CURATED / name).read_text(encoding="utf-8"), encoding="utf-8")

    def put(name: str, columns: str, rows) -> None:
        keys = columns.split()
        table = [dict(zip(keys, row)) for row in rows]  # noqa: B905 - the rest is blank
        write_rows(folder / f"{name}.csv", keys, table)

    put(
        "stores",
        "store_id technology status last_trading_day point_zip point_precision_m confidence note",
        [
            ("fresh-aa-north", "dash_cart", "", "", "", "", "medium", "A note."),
            ("go-aa-centre", "", "closing", "2026-02-01", "", "3000", "", "At the city centre."),
        ],
    )
    put("stores_added", " ".join(FILES["stores"].columns), [])
    put("whole_foods_cities", "slug city", [("hill", "Upper Hill")])
    put("ledger", "source_key key factor group unit description note", _LEDGER_NAMES)
    added = [(key, base, base, base, "judgement") for key, base in _ADDED.items()]
    columns = "key low base high quality group description unit as_of source source_url note"
    put("ledger_added", columns, added)
    put("ledger_fitted", columns, [])
    columns = "key correlated_with rank_correlation reason"
    put(
        "ledger_correlations",
        columns,
        [("lease_termination_months", "rent_gross_usd_per_sqft_year", "-0.5", "Why.")],
    )
    put("known_leases", "store_id", [])
    columns = "cbsa_code competitor_coverage chains_missing coverage_note source"
    put("metros", columns, [("99999", "partial", "", "", "")])
    columns = "barrier_id name county_a county_b penalty_minutes origin note source"
    columns += " west_of_lon lat_from lat_to"
    rows = [
        ("mill-river", "Mill River", "01001", "01003", "7", "assumed", "One bridge.", "Judgement"),
        ("mill-pond", "Pond", "01001", "01001", "4", "assumed", "", "Map", "-90.2", "40.1", "40.4"),
    ]
    put("barriers", columns, rows)
    put("outcome_stores", "banner state site_name store_id", [])
    put(
        "corrections",
        "correction_id table where column expect subject taken other reason source",
        [("count", "stores", "status=closing", "", "2")],
    )
    return folder
