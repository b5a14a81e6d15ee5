"""The ranking of a backtest: every site of every event scored before anything is known of it.

The model ranks a site by the index of its place (`retail_portfolio.model.market.presence`):
education, income and density, as the banner's stores of today prefer them away from the sites
ranked. It is the part of the plan's drivers that history can test. The trade area's net sales
(`retail_portfolio.model.track_record.event_market`), which also count own stores and competitors
nearby, are a second ranking with the same slopes. Beside them stand naive rankings, each by one
number.

That education tells much of the largest bundled event was known before these drivers were chosen,
so that this event is no surprise test of the choice. Whatever takes part in fitting sees no label:
the tables of sites come without them, and a fingerprint of the finished ranking is taken before
labels are joined.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from retail_portfolio.model.market.affinity import TRAITS
from retail_portfolio.model.market.affinity import slopes as ledger_slopes
from retail_portfolio.model.market.presence import (
    FEWEST_STORES,
    NEIGHBOUR_KM,
    PresenceFit,
    country_traits,
    fit_presence,
)
from retail_portfolio.model.market.siting import RADIUS_MILES
from retail_portfolio.model.market.sphere import KM_PER_MILE, nearest, within_km
from retail_portfolio.model.track_record.event_market import net_sales_usd_year

if TYPE_CHECKING:
    from collections.abc import Mapping

    from numpy.typing import NDArray

    from retail_portfolio.inputs.case import Case
    from retail_portfolio.inputs.registers.events import Events

    Floats = NDArray[np.float64]

APART_KM = RADIUS_MILES * KM_PER_MILE
"""Stores and people this near to a site that is ranked take no part in the fit."""
AS_GIVEN, OF_ZIP = "as given", "middle of its ZIP area"

RANKINGS: dict[str, str] = {
    "model": "siting_index",
    "trade_area": "net_sales_usd_year",
    "size": "size_sqft",
    "nearness": "own_store_nearness",
    "income": "income_usd",
    "education": "share_bachelors",
    "households": "households",
    "random": "by_lot",
}
"""Each ranking and the column of its scores; the higher comes first."""
MODEL, BY_LOT = "model", "random"
OURS = ("model", "trade_area")
"""Rankings that are no naive ones."""


@dataclass(frozen=True, slots=True)
class Ranking:
    """Sites with their scores, before labels.

    Parameters
    ----------
    sites
        One row a site, in the order of the events' table: ``event, site_name, city, state, point``
        (`AS_GIVEN`, `OF_ZIP` or blank), ``demographics`` (whether people are known around it),
        ``rank`` within its event, ``own_store_miles`` and the columns of `RANKINGS`; NaN where a
        score is not known.
    fits
        By event: the slopes behind the index; None where too few stores are left to fit to, and
        the ledger's slopes stand in.
    fingerprint
        SHA-256 of the ranking, hexadecimal.
    """

    sites: pd.DataFrame
    fits: Mapping[str, PresenceFit | None]
    fingerprint: str


def rank_sites(case: Case, events: Events, demand: pd.DataFrame) -> Ranking:
    """Score every site of every event; labels play no part.

    An event is ranked by itself: other events of the table change nothing.

    Parameters
    ----------
    case
        Gives the banner's stores of today, the ledger and the scenario.
    events
        The events; their labels are not looked at.
    demand
        Demand points of the country (`retail_portfolio.inputs.registers.zip_areas`).
    """
    settings, sites = case.scenario, located(events.sites, demand)
    scores = pd.DataFrame(np.nan, sites.index, [*_SCORED, "own_store_miles"])
    fits: dict[str, PresenceFit | None] = {}
    for event in events.names:
        here = sites[sites["event"] == event]
        own = _of_event(events.own_stores, event)
        placed = here[here["point"] != ""]
        _, km = nearest(placed["lat"], placed["lon"], own["lat"], own["lon"])
        scores.loc[placed.index, "own_store_miles"] = km / KM_PER_MILE
        known = here[here["demographics"]]
        if known.empty or not (settings.convert_from and settings.convert_to):
            continue
        rivals = _of_event(events.competitors, event)
        fits[event], found = _scores(case, known, own, rivals, demand)
        scores.loc[known.index, list(found)] = np.column_stack(list(found.values()))
    scores = scores.replace(np.inf, np.nan)
    sites = sites.drop(columns=["lat", "lon"]).join(scores)
    sites["own_store_nearness"], sites["by_lot"] = -sites["own_store_miles"], 0.0
    sites["rank"] = sites.groupby("event")[RANKINGS[MODEL]].rank(ascending=False, method="min")
    text = sites.to_csv(index=False, lineterminator="\n", float_format="%.10g")
    return Ranking(sites, fits, hashlib.sha256(text.encode()).hexdigest())


_SCORED = ("siting_index", "net_sales_usd_year", "households", "income_usd", "share_bachelors")


def _scores(
    case: Case,
    sites: pd.DataFrame,
    own: pd.DataFrame,
    rivals: pd.DataFrame,
    demand: pd.DataFrame,
) -> tuple[PresenceFit | None, dict[str, Floats]]:
    """Fit away from the sites of one event, and score them."""
    lat, lon = sites["lat"].to_numpy(float), sites["lon"].to_numpy(float)
    fit = _fit(case, demand, lat, lon)
    slopes = _of_ledger(case) if fit is None else dict(fit.slopes)
    around = country_traits(lat, lon, demand)
    found = {
        "siting_index": around @ np.array([slopes[trait] for trait in TRAITS]),
        "net_sales_usd_year": net_sales_usd_year(case, sites, own, rivals, demand, slopes),
    }
    return fit, found | _people(lat, lon, demand)


def located(sites: pd.DataFrame, demand: pd.DataFrame) -> pd.DataFrame:
    """Give each site a point: its own, or the middle of its ZIP area where it has none.

    Returns
    -------
    DataFrame
        ``event, site_name, city, state, size_sqft, lat, lon, point, demographics``.
    """
    of_zip = demand.set_index("zip")[["lat", "lon"]]
    own = sites["lat"].notna()
    found = sites[["event", "site_name", "city", "state", "size_sqft", "lat", "lon"]].copy()
    for column in ("lat", "lon"):
        found[column] = found[column].fillna(sites["zip"].map(of_zip[column]))
    located_now = found["lat"].notna()
    found["point"] = np.select([own, located_now], [AS_GIVEN, OF_ZIP], "")
    at, km = nearest(
        found.loc[located_now, "lat"], found.loc[located_now, "lon"], demand["lat"], demand["lon"]
    )
    found["demographics"] = False
    found.loc[located_now, "demographics"] = (at >= 0) & (km <= NEIGHBOUR_KM)
    return found


def _fit(case: Case, demand: pd.DataFrame, lat: Floats, lon: Floats) -> PresenceFit | None:
    """Fit to the open stores of the target's banner; None where they are too few."""
    settings = case.scenario
    banner = settings.formats[settings.convert_to[0]].banner
    own = case.stores[(case.stores["status"] == "open") & (case.stores["banner"] == banner)]
    _, km = nearest(own["lat"], own["lon"], lat, lon)
    if (km > APART_KM).sum() < FEWEST_STORES:
        return None
    return fit_presence(own, demand, lat, lon, APART_KM)


def _of_ledger(case: Case) -> dict[str, float]:
    values = ledger_slopes(case.ledger, case.scenario.convert_to[0])
    return dict(zip(TRAITS, values.tolist(), strict=True))


def _of_event(stores: pd.DataFrame, event: str) -> pd.DataFrame:
    """Return the stores of one event; a blank event counts for all."""
    return stores[stores["event"].isin([event, ""])].reset_index(drop=True)


def _people(lat: Floats, lon: Floats, demand: pd.DataFrame) -> dict[str, Floats]:
    """Households around each place, and their mean income and share of graduates."""
    at, point = within_km(lat, lon, demand["lat"], demand["lon"], APART_KM)
    alone = np.setdiff1d(np.arange(len(lat)), at)
    nearest_point, _ = nearest(lat[alone], lon[alone], demand["lat"], demand["lon"])
    at, point = np.concatenate([at, alone]), np.concatenate([point, nearest_point])
    weight = demand["households"].to_numpy(float)[point]
    households = np.bincount(at, weight, len(lat)).astype(float)
    found = {"households": households}
    for name, column in (
        ("income_usd", "median_household_income_usd"),
        ("share_bachelors", "share_bachelors"),
    ):
        total = np.bincount(at, weight * demand[column].to_numpy(float)[point], len(lat))
        found[name] = total / households
    return found
