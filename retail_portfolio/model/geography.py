"""Geography: who is in reach of what in a case, before any question of who shops where.

Only places and travel: the search for pairs is the slow part, and one look serves every draw of
the ledger that leaves the road as it is.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from retail_portfolio.model.affinity import traits
from retail_portfolio.model.sphere import nearest
from retail_portfolio.model.travel import (
    Places,
    Reach,
    pairs_in_reach,
    reach_of_matrix,
    road_of,
    spread_km,
)
from retail_portfolio.model.unseen import cells_of
from retail_portfolio.model.water import zones

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from retail_portfolio.inputs.assumptions import Ledger
    from retail_portfolio.inputs.case import Case
    from retail_portfolio.model.unseen import Cells

    Floats = NDArray[np.float64]
    Ints = NDArray[np.int64]

COVERED_KM = 3.0
"""A store farther than this from every demand point lies outside the demand table."""
SUPERMARKET_SQFT = 5_000.0
"""Own stores with less floor are no place for the weekly shop."""
TRADING = ("open", "closing")
CANDIDATE = "candidate"
"""Status of an option that a closing store could become."""


@dataclass(frozen=True, slots=True)
class Geography:
    """Who is in reach of what: places and travel, nothing that a sale depends on beside.

    Parameters
    ----------
    options
        One row an option, in the order of the market: ``option, store_id, format, banner,
        status, covered``. Trading stores first, then every candidate in every format it could
        take, as ``store_id:format`` with status ``candidate``.
    reach
        Pairs of demand points and options.
    rivals
        Pairs of demand points and competitors.
    point_of_option, point_of_rival
        The demand point each stands at; -1 where none is near.
    cells
        Metro and density band of the demand points.
    traits
        Their table of `retail_portfolio.model.affinity.traits`.
    """

    options: pd.DataFrame
    reach: Reach
    rivals: Reach
    point_of_option: Ints
    point_of_rival: Ints
    cells: Cells
    traits: pd.DataFrame


def _options(case: Case) -> pd.DataFrame:
    columns = ["store_id", "format", "banner", "status", "lat", "lon"]
    trading = case.stores.loc[case.stores["status"].isin(TRADING), columns]
    trading = trading.assign(option=trading["store_id"])
    settings = case.scenario
    sites = trading[
        (trading["status"] == "closing") & trading["format"].isin(settings.convert_from)
    ]
    candidates = [
        sites.assign(
            option=sites["store_id"] + ":" + fmt,
            format=fmt,
            banner=settings.formats[fmt].banner,
            status=CANDIDATE,
        )
        for fmt in settings.convert_to
    ]
    return pd.concat([trading, *candidates], ignore_index=True)


def geography(case: Case) -> Geography:
    """Find who is in reach of what, from the case's places and the ledger's road.

    A matrix of travel times takes the place of estimated minutes where the case has one.
    """
    demand, rivals, options = case.demand, case.competitors, _options(case)
    at_option, option_km = nearest(options["lat"], options["lon"], demand["lat"], demand["lon"])
    at_rival, rival_km = nearest(rivals["lat"], rivals["lon"], demand["lat"], demand["lon"])
    covered = option_km <= COVERED_KM
    road, cutoff = road_of(case.ledger), case.scenario.trade_area_minutes
    if case.travel_times is not None:
        matrix, points = case.travel_times, demand["point_id"].tolist()
        own = reach_of_matrix(matrix, points, options["store_id"].tolist(), cutoff)
        other = reach_of_matrix(matrix, points, rivals["competitor_id"].tolist(), cutoff)
    else:
        points_at, options_at, rivals_at, penalty = _places(case, options, at_option)
        own = pairs_in_reach(points_at, options_at, road, cutoff, penalty)
        other = pairs_in_reach(points_at, rivals_at, road, cutoff, penalty)
    return Geography(
        options.drop(columns=["lat", "lon"]).assign(covered=covered),
        own,
        other,
        np.where(covered, at_option, -1),
        np.where(rival_km <= COVERED_KM, at_rival, -1),
        cells_of(demand),
        traits(demand),
    )


def _places(
    case: Case, options: pd.DataFrame, at_option: Ints
) -> tuple[Places, Places, Places, Floats]:
    demand, rivals = case.demand, case.competitors
    limit = road_of(case.ledger).dense_population_per_sq_km
    county = demand["county_fips"].to_numpy(str)
    density = demand["population_per_sq_km"].to_numpy(float)

    def spots(frame: pd.DataFrame) -> tuple[Floats, Floats]:
        return frame["lat"].to_numpy(float), frame["lon"].to_numpy(float)

    groups = [
        (county, *spots(demand)),
        (county[at_option], *spots(options)),
        (rivals["county_fips"].to_numpy(str), *spots(rivals)),
    ]
    (of_points, of_options, of_rivals), penalty = zones(case.barriers, groups)
    people = Places(
        *spots(demand),
        of_points,
        spread_km(demand["population"].to_numpy(float), density),
        np.nan_to_num(density) >= limit,
    )
    return people, _stores_at(options, of_options), _stores_at(rivals, of_rivals), penalty


def _stores_at(frame: pd.DataFrame, zone: Ints) -> Places:
    lat, lon = frame["lat"].to_numpy(float), frame["lon"].to_numpy(float)
    plain = Places.at(lat, lon)
    return Places(lat, lon, zone, plain.spread_km, plain.slow)


def rival_size_sqft(rivals: pd.DataFrame, ledger: Ledger) -> Floats:
    """Grocery floor of each competitor: its own, or the ledger's typical one of its kind."""
    code, kinds = pd.factorize(rivals["kind"], sort=True)
    typical = np.array([ledger.value("size_sqft", format=k) for k in kinds], dtype=float)
    known = rivals["size_sqft"].to_numpy(float)
    return np.where(np.isnan(known), typical[code], known)


def option_size_sqft(case: Case, options: pd.DataFrame) -> Floats:
    """Floor of each option; a candidate uses no more than the largest floor of its format."""
    rows = pd.Index(case.stores["store_id"]).get_indexer(pd.Index(options["store_id"]))
    size: Floats = case.stores["size_sqft"].to_numpy(float)[rows]
    candidate = (options["status"] == CANDIDATE).to_numpy()
    for fmt in sorted(set(options.loc[candidate, "format"])):
        if case.ledger.has("size_sqft", format=fmt):
            rows = candidate & (options["format"] == fmt).to_numpy()
            most = case.ledger.row("size_sqft", format=fmt).high
            size = np.where(rows, np.minimum(size, most), size)
    return size
