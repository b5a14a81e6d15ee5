"""stores.csv, first part: the Amazon Go and Amazon Fresh register."""

from __future__ import annotations

import math
import re

import pandas as pd

COLUMNS = (
    "store_id",
    "banner",
    "format",
    "name",
    "street",
    "city",
    "state",
    "zip",
    "lat",
    "lon",
    "point_precision_m",
    "point_origin",
    "status",
    "opened",
    "last_trading_day",
    "size_sqft",
    "size_origin",
    "employees",
    "employees_origin",
    "checkout_technology",
    "prior_use",
    "sales_usd_year",
    "four_wall_usd_year",
    "confidence",
    "note",
    "source",
)

# Hosts whose pages are copies of another publisher's text. Only what is known is named.
REPRINTS = {
    "ru24.pro": "Southern California News Group, reprint",
    "financialbooklet.com": "CNBC, reprint",
    "wp-brooklyn.enclave.vn": "Philadelphia Inquirer, reprint",
    "bulldigest.com": "Grocery Dive, reprint",
    "cyptea.com": "Orange County Register, reprint",
    "stockwatchindex.com": "presumably Chicago Tribune group, reprint",
    "commstrader.com": "GeekWire, rewrite",
    "worldofsoftware.org": "GeekWire, reprint",
    "6ix.com": "Business Wire, copy",
    "plez.org": "original publisher not known, reprint",
    "bitshare.cm": "original publisher not known, reprint",
    "warehouseautomation.ca": "original publisher not known, reprint",
}

_HOST = re.compile(r"^https?://(?:www\.)?([^/ ]+)")
_APPROXIMATE = {
    "APPROX neighbour": "Point taken from a neighbour.",
    "APPROX interpolated": "Point interpolated between house numbers.",
}


def cite(urls: str, separator: str = ";") -> str:
    """Return a list of sources joined by `; `, reprints marked with the original publisher."""
    cited = []
    for part in urls.split(separator):
        url = part.strip()
        if not url:
            continue
        found = _HOST.match(url)
        label = REPRINTS.get(found.group(1), "") if found else ""
        cited.append(f"{url} ({label})" if label else url)
    return "; ".join(dict.fromkeys(cited))


def format_of(banner: str, described: str) -> str:
    """Return the format code of a store: go, fresh or pickup."""
    if "Pickup (drive-up" in described:
        return "pickup"
    return "go" if banner == "Amazon Go" else "fresh"


def city_centre(zips: pd.DataFrame, city: str, state: str) -> tuple[float, float]:
    """Return the population-weighted mean of the centres of a city's ZIP areas, in degrees.

    Raises
    ------
    ValueError
        When the city has no inhabited ZIP area.
    """
    mask = (zips["state"] == state) & (zips["primary_city"] == city) & (zips["population"] > 0)
    return _mean_point(zips[mask], f"{city} {state}")


def zip_centre(zips: pd.DataFrame, codes: str) -> tuple[float, float]:
    """Return the population-weighted mean of the centres of ZIP areas named in `codes`."""
    wanted = codes.split()
    mask = zips["zip"].isin(wanted) & (zips["population"] > 0)
    return _mean_point(zips[mask], codes)


def _mean_point(areas: pd.DataFrame, what: str) -> tuple[float, float]:
    weight = math.fsum(areas["population"])
    if not weight > 0:
        raise ValueError(f"no inhabited ZIP area for {what}")
    lat = math.fsum(areas["lat"] * areas["population"]) / weight
    lon = math.fsum(areas["lon"] * areas["population"]) / weight
    return lat, lon


def _status(row: pd.Series) -> str:
    if row["status_ours"]:
        return str(row["status_ours"])
    return "closing" if row["status_at_2026_01_27"] == "open" else "closed"


def _technology(row: pd.Series) -> str:
    if row["technology"]:
        return str(row["technology"])
    return "jwo" if row["banner"] == "Amazon Go" else "unknown"


def _employees_origin(row: pd.Series) -> str:
    if not row["employees_warn"]:
        return ""
    # The notice of Washington's wave has one total; its counts by store are from press.
    one_total = row["state"] == "WA" and row["status"] == "closing"
    in_notice = "warn-notice-register" in row["source_urls"] and not one_total
    return "observed" if in_notice else "reported"


def _place(row: pd.Series, zips: pd.DataFrame) -> tuple[float, float, str, str]:
    """Return lat, lon, precision in metres and origin mark of a store's point."""
    if row["lat"]:
        exact = row["coord_source"].startswith(("USDA SNAP", "Krispy Kreme", "same street"))
        origin = "observed" if row["coord_source"].startswith("USDA SNAP") else "reported"
        if not exact:
            origin = "assumed"
        return float(row["lat"]), float(row["lon"]), str(row["coord_precision_m"]), origin
    if row["point_zip"]:
        lat, lon = zip_centre(zips, row["point_zip"])
    else:
        lat, lon = city_centre(zips, row["city"], row["state"])
    return lat, lon, str(row["point_precision_m"]), "assumed"


def _note(row: pd.Series) -> str:
    texts = [row["note"]]
    for start, text in _APPROXIMATE.items():
        if row["coord_source"].startswith(start) and "oint" not in row["note"]:
            texts.append(text)
    return " ".join(text for text in texts if text)


def _sized(rows: pd.DataFrame, typical_sqft: dict[str, str]) -> None:
    reported = rows["size_sqft"] != ""
    rows["size_origin"] = ["reported" if known else "assumed" for known in reported]
    rows["size_sqft"] = [
        size or typical_sqft[kind]
        for size, kind in zip(rows["size_sqft"], rows["format"], strict=True)
    ]


def build_register(
    register: pd.DataFrame,
    curated: pd.DataFrame,
    zips: pd.DataFrame,
    typical_sqft: dict[str, str],
) -> pd.DataFrame:
    """Build the Go and Fresh rows of stores.csv.

    Parameters
    ----------
    register : pandas.DataFrame
        The source register and the stores added to it, as text.
    curated : pandas.DataFrame
        Our own notes and decisions, one row a store.
    zips : pandas.DataFrame
        ZIP areas (see `sources.read_zip_areas`), for shops without an address.
    typical_sqft : dict
        Format to the ledger's typical size in square feet, for stores of unknown size.

    Returns
    -------
    pandas.DataFrame
        Text columns as in `COLUMNS`.

    Raises
    ------
    ValueError
        When a store has no row among the curated notes, or the notes name an unknown store.
    """
    rows = register
    decisions = curated.rename(columns={"status": "status_ours", "confidence": "confidence_ours"})
    odd = set(rows["store_id"]) ^ set(decisions["store_id"])
    if odd:
        raise ValueError(f"register and curated notes differ: {', '.join(sorted(odd))}")
    rows = rows.merge(decisions, on="store_id", how="left", validate="one_to_one")
    rows["format"] = [format_of(b, f) for b, f in zip(rows["banner"], rows["format"], strict=True)]
    rows["status"] = [_status(row) for _, row in rows.iterrows()]
    rows["last_trading_day"] = rows["last_trading_day"].where(
        rows["last_trading_day"] != "", rows["closed"]
    )
    rows["checkout_technology"] = [_technology(row) for _, row in rows.iterrows()]
    rows["employees"] = rows["employees_warn"]
    rows["employees_origin"] = [_employees_origin(row) for _, row in rows.iterrows()]
    places = [_place(row, zips) for _, row in rows.iterrows()]
    rows["lat"] = [f"{place[0]:.5f}" for place in places]
    rows["lon"] = [f"{place[1]:.5f}" for place in places]
    rows["point_precision_m"] = [place[2] for place in places]
    rows["point_origin"] = [place[3] for place in places]
    _sized(rows, typical_sqft)
    rows["note"] = [_note(row) for _, row in rows.iterrows()]
    ours = rows["confidence_ours"]
    rows["confidence"] = rows["confidence"].mask(ours != "", ours)
    rows["source"] = [cite(urls) for urls in rows["source_urls"]]
    rows["sales_usd_year"] = ""
    rows["four_wall_usd_year"] = ""
    return rows[list(COLUMNS)]
