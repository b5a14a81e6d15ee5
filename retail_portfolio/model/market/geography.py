"""Geography: who is in reach of what in a case, before any question of who shops where.

Only places and travel: the search for pairs is the slow part, and one look serves every draw of
the ledger that leaves the road as it is.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from retail_portfolio.model.market.affinity import traits
from retail_portfolio.model.market.sphere import nearest
from retail_portfolio.model.market.travel import (
    Places,
    Reach,
    pairs_in_reach,
    reach_of_matrix,
    road_of,
    spread_km,
)
from retail_portfolio.model.market.unseen import cells_of
from retail_portfolio.model.market.water import zones
from retail_portfolio.model.targets import RELOCATE, candidates_of, is_conversion

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from retail_portfolio.inputs.assumptions import Ledger
    from retail_portfolio.inputs.case import Case
    from retail_portfolio.model.market.unseen import Cells

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
        status, size_sqft, target, possible, covered``. Trading stores first, then every candidate
        with every target, as ``store_id:target`` with status ``candidate``; nobody reaches one that
        the site has not, which is not ``possible``.
    reach
        Pairs of demand points and options.
    rivals
        Pairs of demand points and competitors.
    point_of_option, point_of_rival
        The demand point each stands at; -1 where none is near.
    cells
        Metro and density band of the demand points.
    traits
        Their table of `retail_portfolio.model.market.affinity.traits`.
    """

    options: pd.DataFrame
    reach: Reach
    rivals: Reach
    point_of_option: Ints
    point_of_rival: Ints
    cells: Cells
    traits: pd.DataFrame


def _options(case: Case) -> pd.DataFrame:
    columns = ["store_id", "format", "banner", "status", "lat", "lon", "size_sqft"]
    trading = case.stores.loc[case.stores["status"].isin(TRADING), columns]
    trading = trading.assign(option=trading["store_id"], target="", possible=True)
    found, formats = candidates_of(case), case.scenario.formats
    names = found.sites["store_id"]
    candidates = [
        found.spots(target)
        .drop(columns="state")
        .assign(
            store_id=names,
            option=names + ":" + target,
            format=found.formats(target),
            banner=[formats[code].banner for code in found.formats(target)],
            status=CANDIDATE,
            target=target,
            possible=found.has(target),
        )
        for target in found.targets
    ]
    return pd.concat([trading, *candidates], ignore_index=True)


def _stands(case: Case, options: pd.DataFrame) -> list[str]:
    """Return the id by which a matrix of travel times knows where each option stands."""
    moves = options["target"] == RELOCATE
    places = case.relocations.set_index("store_id")["place_id"] if moves.any() else pd.Series()
    return options["store_id"].mask(moves, options["store_id"].map(places)).tolist()


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
        own = reach_of_matrix(matrix, points, _stands(case, options), cutoff)
        other = reach_of_matrix(matrix, points, rivals["competitor_id"].tolist(), cutoff)
    else:
        points_at, options_at, rivals_at, penalty = _places(case, options, at_option)
        own = pairs_in_reach(points_at, options_at, road, cutoff, penalty)
        other = pairs_in_reach(points_at, rivals_at, road, cutoff, penalty)
    possible = options["possible"].to_numpy(bool)
    return Geography(
        options.drop(columns=["lat", "lon"]).assign(covered=covered),
        own if possible.all() else own.of_stores(possible),
        other,
        np.where(covered, at_option, -1),
        np.where(rival_km <= COVERED_KM, at_rival, -1),
        cells_of(demand),
        traits(demand),
    )


def uncontested(case: Case, ground: Geography) -> pd.DataFrame:
    """Return the demand points that reach a store of the owner and no competitor.

    Whoever reaches them alone gets all that they spend in supermarkets: a gap in the list of
    competitors then looks like a store worth a fortune.
    """
    alone = (np.diff(ground.reach.start) > 0) & (np.diff(ground.rivals.start) == 0)
    found: pd.DataFrame = case.demand[alone]
    return found


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
    """Floor of each option; a conversion uses no more than the largest floor of its format."""
    rows = pd.Index(case.stores["store_id"]).get_indexer(pd.Index(options["store_id"]))
    size: Floats = case.stores["size_sqft"].to_numpy(float)[rows]
    moved = (options["target"] == RELOCATE).to_numpy()
    size = np.where(moved, options["size_sqft"].to_numpy(float), size)
    target = options["target"].to_numpy(str)
    for fmt in sorted({one for one in target if one and is_conversion(one)}):
        if case.ledger.has("size_sqft", format=fmt):
            most = case.ledger.row("size_sqft", format=fmt).high
            size = np.where(target == fmt, np.minimum(size, most), size)
    return size
