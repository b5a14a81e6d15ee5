"""Event market: what the trade-area model says of the sites of an earlier event.

The model of `retail_portfolio.model.market.trade_areas`, with the ledger of the case, on ZIP areas:
every site of the event could become a store of the target format, of that format's typical size,
because sizes on record are often those after the take-over. Own stores are those of the event. The
score of a site is what own stores together would sell more a year with it than without it, once all
sites have closed: its sales less what it takes from own stores.

Where no competitors of the time are given, the complete list's floor of supermarkets per household
(`retail_portfolio.model.market.unseen`) is spread over the people, as one supermarket a ZIP area.
Today's lists would give the answer away: whoever took a site stands on them.
"""

from __future__ import annotations

import dataclasses
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from retail_portfolio.inputs.assumptions import Assumption, Ledger
from retail_portfolio.model.market.affinity import TRAITS
from retail_portfolio.model.market.huff import sales_with_each
from retail_portfolio.model.market.sphere import nearest
from retail_portfolio.model.market.trade_areas import trade_areas
from retail_portfolio.model.market.unseen import BANDS, REFERENCE, density_band
from retail_portfolio.model.targets import CLOSE, CONVERT

if TYPE_CHECKING:
    from collections.abc import Mapping

    from numpy.typing import NDArray

    from retail_portfolio.inputs.case import Case

    Floats = NDArray[np.float64]

IN_REACH_KM = 60.0
"""Nobody farther from every site than this can reach one within the trade area's minutes."""
RIVAL_KIND = "supermarket"
"""Kind of a competitor whose table says none that the ledger knows, and of floor that is spread."""


def net_sales_usd_year(
    case: Case,
    sites: pd.DataFrame,
    own_stores: pd.DataFrame,
    competitors: pd.DataFrame,
    demand: pd.DataFrame,
    slopes: Mapping[str, float],
) -> Floats:
    """Return what own stores would sell more a year with each site open, USD, shape ``(sites,)``.

    Parameters
    ----------
    case
        Gives the ledger, the scenario and the waters; its stores and tables are not looked at.
    sites
        Sites of one event, columns ``lat, lon``, no blanks.
    own_stores, competitors
        Stores of the event, columns ``lat, lon, size_sqft``, of competitors also ``kind``.
    demand
        Demand points of the country, columns of `demand.csv`.
    slopes
        Slope of each trait for the target format, in place of the ledger's.
    """
    if sites.empty:
        return np.zeros(0)
    there = _event_case(case, sites, own_stores, competitors, demand, slopes)
    trade = trade_areas(there)
    options = np.array(trade.candidates(), dtype=np.int64)
    sold, taken = sales_with_each(trade.market, trade.after, options)
    found: Floats = sold - np.asarray(taken.sum(axis=1)).ravel()
    return found


def _event_case(
    case: Case,
    sites: pd.DataFrame,
    own_stores: pd.DataFrame,
    competitors: pd.DataFrame,
    demand: pd.DataFrame,
    slopes: Mapping[str, float],
) -> Case:
    """Put an event in the place of a case: its sites close, its own stores trade on."""
    settings = case.scenario
    closing, target = settings.convert_from[0], settings.convert_to[0]
    scenario = settings.model_copy(
        update={
            "decisions": (CLOSE, CONVERT),
            "convert_from": (closing,),
            "convert_to": (target,),
            "travel_times": "",
        }
    )
    ledger = _decided(case.ledger, closing, target, slopes)
    _, km = nearest(demand["lat"], demand["lon"], sites["lat"], sites["lon"])
    around = demand[km <= IN_REACH_KM].reset_index(drop=True)
    typical = ledger.value("size_sqft", format=target)
    stores = pd.concat(
        [
            _stores(case, sites.assign(size_sqft=typical), closing, "closing"),
            _stores(case, _near(own_stores, around).fillna({"size_sqft": typical}), target, "open"),
        ],
        ignore_index=True,
    )
    return dataclasses.replace(
        case,
        scenario=scenario,
        ledger=ledger,
        stores=stores,
        demand=around,
        competitors=_rivals(_near(competitors, around), around, ledger),
        travel_times=None,
    )


def _near(stores: pd.DataFrame, demand: pd.DataFrame) -> pd.DataFrame:
    """Leave out stores that nobody of the demand points can reach: lists may be of the country."""
    _, km = nearest(stores["lat"], stores["lon"], demand["lat"], demand["lon"])
    return stores[km <= IN_REACH_KM]


def _stores(case: Case, places: pd.DataFrame, fmt: str, status: str) -> pd.DataFrame:
    """Write places as rows of the register."""
    columns = {
        name: np.full(len(places), np.nan) if dtype.kind == "f" else ""
        for name, dtype in case.stores.dtypes.items()
    }
    made = {
        "store_id": [f"{status}-{at}" for at in range(len(places))],
        "banner": case.scenario.formats[fmt].banner,
        "format": fmt,
        "status": status,
    }
    given = {name: places[name].to_numpy(float) for name in ("lat", "lon", "size_sqft")}
    return pd.DataFrame(columns | made | given, index=range(len(places)))


def _decided(ledger: Ledger, closing: str, target: str, slopes: Mapping[str, float]) -> Ledger:
    """Decide the slopes, and leave both formats' pull at what the ledger says of it, else at one.

    What the sites sold before they closed is not known, and no sale is wanted of the own stores:
    there is nothing that a pull could be solved for.
    """
    values = {f"affinity_{trait}.{target}": slopes[trait] for trait in TRAITS}
    for fmt in (closing, target):
        known = ledger.has("banner_factor", format=fmt)
        values[f"banner_factor.{fmt}"] = ledger.value("banner_factor", format=fmt) if known else 1.0
    rows = tuple(Assumption(key, value, value, value) for key, value in values.items())
    return Ledger((*ledger.values(), *rows))


def _rivals(competitors: pd.DataFrame, demand: pd.DataFrame, ledger: Ledger) -> pd.DataFrame:
    """Name the competitors' places; spread floor over the people of metros that list none."""
    at, _ = nearest(competitors["lat"], competitors["lon"], demand["lat"], demand["lon"])
    known = [key.removeprefix("size_sqft.") for key in ledger if key.startswith("size_sqft.")]
    listed = competitors[["lat", "lon", "size_sqft", "kind"]].assign(
        kind=competitors["kind"].where(competitors["kind"].isin(known), RIVAL_KIND),
        metro_id=demand["metro_id"].to_numpy()[at],
        county_fips=demand["county_fips"].to_numpy()[at],
    )
    bare = demand[~demand["metro_id"].isin(listed["metro_id"])]
    band = density_band(bare["population_per_sq_km"].to_numpy(float))
    floor = [
        ledger.value(REFERENCE, format=b) if ledger.has(REFERENCE, format=b) else 0.0 for b in BANDS
    ]
    spread = bare[["lat", "lon", "metro_id", "county_fips"]].assign(
        size_sqft=np.array(floor)[band] * bare["households"].to_numpy(float), kind=RIVAL_KIND
    )
    both = pd.concat([listed, spread[spread["size_sqft"] > 0]], ignore_index=True)
    return both.assign(competitor_id=[f"rival-{n}" for n in range(len(both))])
