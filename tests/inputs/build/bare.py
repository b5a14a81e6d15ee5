"""A made-up retailer in and around Denver of whom nothing is known but a list of stores.

Corner Pantry closes six shops, Harvest Hall trades on at ten sites; one of them is in Fort Collins
and one in Kit Carson County, which is in no metropolitan area. The last two of the list are too far
off to matter: a shop in Chicago and one that closed long ago.
"""

from __future__ import annotations

import csv
from pathlib import Path
from typing import Any

from retail_portfolio.inputs.registers.stores import Stores
from retail_portfolio.inputs.tables import columns_of
from tests.small_data import SCENARIO, write_small_data

CLOSING = [
    (39.7392, -104.9903),
    (39.7005, -104.9310),
    (39.7621, -105.0211),
    (39.6785, -105.0112),
    (39.8028, -104.9640),
    (39.7294, -104.8319),
]
OPEN = [
    (39.7502, -104.9490),
    (39.7181, -104.9772),
    (39.6612, -104.8800),
    (39.6133, -105.0166),
    (39.8367, -105.0372),
    (39.7555, -105.2211),
    (39.9205, -105.0867),
    (39.5480, -104.9390),
]
FORT_COLLINS, BURLINGTON, CHICAGO = (40.5853, -105.0844), (39.3061, -102.2694), (41.88, -87.63)


def store(store_id: str, kind: str, status: str, place: tuple[float, float], **more: str) -> dict:
    """Return a row of stores.csv."""
    corner = kind == "corner"
    return {
        **dict.fromkeys(columns_of(Stores), ""),
        "store_id": store_id,
        "banner": "Corner Pantry" if corner else "Harvest Hall",
        "format": kind,
        "name": store_id.replace("-", " ").title(),
        "street": "1 Elm St",
        "city": "Denver",
        "state": "CO",
        "lat": str(place[0]),
        "lon": str(place[1]),
        "point_precision_m": "50",
        "point_origin": "observed",
        "status": status,
        "last_trading_day": "2026-03-31" if status == "closing" else "",
        "size_sqft": "9000" if corner else "30000",
        "size_origin": "assumed",
        "confidence": "high",
        "source": "Northline register",
        **more,
    }


def rows() -> list[dict[str, Any]]:
    """Return the register."""
    opened = {"opened": "2019-05"}
    return [
        *(store(f"corner-{n}", "corner", "closing", at) for n, at in enumerate(CLOSING[:5], 1)),
        store("corner-6", "corner", "closing", CLOSING[5], **opened),
        *(store(f"hall-{n}", "hall", "open", at) for n, at in enumerate(OPEN, 1)),
        store("hall-9", "hall", "open", FORT_COLLINS, city="Fort Collins"),
        store("hall-10", "hall", "open", BURLINGTON, city="Burlington"),
        store("hall-11", "hall", "open", CHICAGO, city="Chicago", state="IL"),
        store("hall-0", "hall", "closed", CLOSING[0], last_trading_day="2011"),
    ]


def write_stores(folder: Path, register: list[dict[str, Any]]) -> None:
    """Write stores.csv."""
    with (folder / "stores.csv").open("w", encoding="utf-8", newline="") as file:
        write = csv.DictWriter(file, list(columns_of(Stores)), lineterminator="\n")
        write.writeheader()
        write.writerows(register)


def write_bare(folder: Path, register: list[dict[str, Any]] | None = None) -> Path:
    """Write a data folder with a register and a scenario, and no other table."""
    (folder / "scenarios").mkdir(parents=True)
    (folder / "scenarios" / "base.yaml").write_text(SCENARIO, encoding="utf-8")
    write_stores(folder, rows() if register is None else register)
    return folder


def write_with_ledger(folder: Path) -> Path:
    """Write a data folder with a register, a scenario and a ledger."""
    write_small_data(folder)
    for path in [*folder.glob("*.csv"), *folder.glob("backtest/*.csv")]:
        if path.name != "assumptions.csv":
            path.unlink()
    (folder / "scenarios" / "cheap-rent.yaml").unlink()
    write_stores(folder, rows())
    return folder


def read(folder: Path, name: str) -> list[dict[str, str]]:
    """Return a table's rows as texts."""
    with (folder / name).open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))
