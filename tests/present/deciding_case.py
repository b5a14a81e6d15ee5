"""A small retailer whose best plan converts a store, moves one and keeps one, for tests."""

from __future__ import annotations

from pathlib import Path

WEIGHS = "decisions=[close,convert,keep,relocate]"
SETTINGS = (
    WEIGHS,
    "gross_buildout_usd_per_sqft=40",
    "store_contribution_mature=0.18",
    "store_contribution_year1=0.15",
)
"""Under which a plan of this case decides everything there is to decide."""
DECIDED = {"corner-1": "convert_hall", "corner-2": "relocate", "corner-3": "keep"}
"""The best plan."""
_HEAD = (
    *("store_id", "place_id", "format", "name", "street", "city", "state", "zip", "lat", "lon"),
    *("point_precision_m", "point_origin", "size_sqft", "size_origin"),
    *("rent_usd_per_sqft_year", "rent_origin", "note", "source"),
)
_PLACE = (
    "corner-2,mill-road,corner,Mill Road,,Springvale,OH,01234,40.16,-83.07,100,observed,16000,"
    "reported,22,reported,,Northline register"
)


def deciding_data(folder: Path) -> Path:
    """Make the small data folder that of a retailer with a store that earns well, and a place."""
    register = folder / "stores.csv"
    rows = register.read_text("utf-8")
    earns = rows.replace(
        "9000,assumed,,,jwo,,,,medium", "9000,assumed,,,jwo,,4000000,1200000,medium"
    )
    assert earns != rows
    register.write_text(earns, "utf-8")
    text = f"{','.join(_HEAD)}\n{_PLACE}\n"
    (folder / "relocations.csv").write_text(text, "utf-8")
    return folder
