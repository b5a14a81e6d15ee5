"""Fit: how well the trade areas fit, metro by metro, and what they leave open.

The factors of the banners make each format's total sales come out right by construction. Nothing
makes them right in each metro: what a metro's stores sell in the model against the format's average
is a residual that nobody can check from outside, and says how far the data reach.
"""

from __future__ import annotations

import itertools
from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from retail_portfolio.model.lookup import store_sales_usd_year
from retail_portfolio.model.market import huff
from retail_portfolio.model.market.calibration import (
    Fitted,
    with_fitted,
)
from retail_portfolio.model.market.factors import target_sales_usd_year
from retail_portfolio.model.market.geography import option_size_sqft
from retail_portfolio.model.market.siting import siting_auc
from retail_portfolio.model.market.sphere import within_km
from retail_portfolio.model.market.trade_areas import trade_areas
from retail_portfolio.model.market.trips import trip_miles
from retail_portfolio.model.number_words import amount, percent, plain, with_plus
from retail_portfolio.model.result import Result

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from retail_portfolio.inputs.case import Case
    from retail_portfolio.model.market.trade_areas import TradeAreas

    Floats = NDArray[np.float64]
    Flags = NDArray[np.bool_]

DENSITY_UPPER_PER_SQ_KM: tuple[float, ...] = (1000.0, 2500.0, 5000.0, 10000.0, 20000.0)
"""People per square kilometre around a store that end the classes of `fit_by_density`."""
AROUND_KM = 5.0
"""Households within this distance say how dense the place of a store is."""
UNIDENTIFIED = (
    "The fit cannot tell apart how far people drive from how fast or how far the model looks, the "
    "taste of places from the owner's choice of the best of them, and unseen competitors from a "
    "weak banner."
)
"""What no target of the fit can settle."""


def density_before(case: Case, trade: TradeAreas, rows: Flags) -> Floats:
    """Modelled sales per square foot of options before the wave."""
    sold = huff.sales_usd_year(trade.market, trade.before)[rows]
    density: Floats = sold / option_size_sqft(case, trade.options)[rows]
    return density


def fit_by_metro(case: Case, trade: TradeAreas, fmt: str) -> Result:
    """Say how the model fits a format's open stores, metro by metro.

    Returns
    -------
    Result
        Table: ``metro_id, stores, modelled_sales_usd_per_sqft_year, residual_share`` (modelled
        over target, less one: nobody knows sales by metro, so that this is what the chain's
        average leaves open), ``trip_ratio, siting_auc, unseen_share`` (of rivals' floor),
        ``competitor_coverage``.
    """
    options, demand = trade.options, case.demand
    rows = rows_of_format(trade, fmt)
    metro = demand["metro_id"].to_numpy()
    home = metro[trade.geography.point_of_option[rows]]
    density, size = density_before(case, trade, rows), option_size_sqft(case, options)[rows]
    wanted = target_sales_usd_year(case, options)[rows]
    chosen, least = trip_miles(
        case, trade.geography, case.ledger.value(decay_name(case), format=None)
    )
    siting = siting_auc(case, fmt)
    households = demand["households"].to_numpy(float)
    coverage = case.metros.set_index("metro_id")["competitor_coverage"]
    bands = trade.unseen.reset_index()
    table = []
    for name in case.metros["metro_id"]:
        mine, known = home == name, (metro == name) & ~np.isnan(chosen) & ~np.isnan(least)
        here = bands[bands["metro_id"] == name]
        seen = (here["households"] * here["rival_sqft_per_household"]).sum()
        unseen = (
            here["households"] * here["rival_sqft_per_household"] * here["unseen_ratio"]
        ).sum()
        sold, floor = float(density[mine] @ size[mine]), float(size[mine].sum())
        way = float(households[known] @ least[known])
        table.append(
            {
                "metro_id": name,
                "stores": int(mine.sum()),
                "modelled_sales_usd_per_sqft_year": sold / floor if floor else np.nan,
                "residual_share": sold / float(wanted[mine].sum()) - 1 if floor else np.nan,
                "trip_ratio": float(households[known] @ chosen[known]) / way if way else np.nan,
                "siting_auc": siting.get(name, np.nan),
                "unseen_share": unseen / (seen + unseen) if seen + unseen else np.nan,
                "competitor_coverage": coverage[name],
            }
        )
    frame = pd.DataFrame(table)
    wide = frame.loc[frame["stores"] > 0, "residual_share"].abs()
    spread = float(np.average(wide, weights=frame.loc[wide.index, "stores"])) if len(wide) else 0.0
    sentence = (
        f"Metros miss the format's average sales by {percent(spread)} on average: the total is met "
        "by construction, the spread between metros is what the data leave open."
    )
    units = {
        "stores": "stores",
        "modelled_sales_usd_per_sqft_year": "usd_per_sqft_year",
        "residual_share": "share",
        "trip_ratio": "ratio",
        "siting_auc": "ratio",
        "unseen_share": "share",
    }
    return Result(frame, sentence, units, dict.fromkeys(units, "modelled"), words=case.words)


def decay_name(case: Case) -> str:
    """Return the ledger key of the decay of distance that the scenario takes."""
    power = case.scenario.distance_decay == "power"
    return "huff_distance_exponent" if power else "huff_distance_rate_per_minute"


def rows_of_format(trade: TradeAreas, fmt: str) -> Flags:
    """Trading options of a format that stand among demand points."""
    own = (trade.options["format"] == fmt).to_numpy()
    rows: Flags = trade.before & trade.options["covered"].to_numpy() & own
    return rows


def fit_by_density(case: Case, trade: TradeAreas, fmt: str) -> Result:
    """Say how the model fits a format's trading stores by how dense their surroundings are.

    Returns
    -------
    Result
        Table: ``people_per_sq_km`` (a range in words), ``stores``,
        ``modelled_sales_usd_per_sqft_year, residual_share`` (against the format's average) and
        ``candidates``, how many sites that could convert stand in such places.
    """
    options, demand = trade.options, case.demand
    rows = rows_of_format(trade, fmt)
    sites = np.array([at for at in trade.candidates() if options.at[at, "target"] == fmt], int)
    places = case.stores.set_index("store_id").loc[options["store_id"]]
    of_option = _density_around(places, demand)
    sold = huff.sales_usd_year(trade.market, trade.before)
    size, wanted = option_size_sqft(case, options), target_sales_usd_year(case, options)
    classes = np.searchsorted(np.array(DENSITY_UPPER_PER_SQ_KM), of_option, side="right")
    table = []
    for at, words in enumerate(_class_words()):
        mine = rows & (classes == at)
        floor, target = size[mine].sum(), wanted[mine].sum()
        table.append(
            {
                "people_per_sq_km": words,
                "stores": int(mine.sum()),
                "modelled_sales_usd_per_sqft_year": sold[mine].sum() / floor if floor else np.nan,
                "residual_share": sold[mine].sum() / target - 1 if target else np.nan,
                "candidates": int((classes[sites] == at).sum()),
            }
        )
    frame = pd.DataFrame(table)
    crowded = frame[frame["residual_share"] > 0]
    sentence = (
        f"{int(crowded['stores'].sum())} of {int(frame['stores'].sum())} stores stand where the "
        f"model sells more than the average, with {int(crowded['candidates'].sum())} of "
        f"{int(frame['candidates'].sum())} candidates: there it has too little competition or "
        "the stores do sell more, and the model cannot tell which."
    )
    units = {
        "stores": "stores",
        "candidates": "stores",
        "modelled_sales_usd_per_sqft_year": "usd_per_sqft_year",
        "residual_share": "share",
    }
    return Result(frame, sentence, units, dict.fromkeys(units, "modelled"), words=case.words)


def _density_around(places: pd.DataFrame, demand: pd.DataFrame) -> Floats:
    """Household-weighted population density within `AROUND_KM` of each place; 0 without any."""
    at, point = within_km(places["lat"], places["lon"], demand["lat"], demand["lon"], AROUND_KM)
    weight = demand["households"].to_numpy(float)[point]
    density = np.nan_to_num(demand["population_per_sq_km"].to_numpy(float))[point]
    total = np.bincount(at, weight, len(places))
    summed = np.bincount(at, weight * density, len(places))
    return np.divide(summed, total, out=np.zeros(len(places)), where=total > 0)


def _class_words() -> list[str]:
    upper = [plain(limit) for limit in DENSITY_UPPER_PER_SQ_KM]
    between = [f"{low} to {high}" for low, high in itertools.pairwise(upper)]
    return [f"up to {upper[0]}", *between, f"more than {upper[-1]}"]


def segment_check(case: Case, reported: str) -> Result:
    """Hold the sales of all own stores against what the owner reports of its stores.

    Parameters
    ----------
    reported
        Ledger key of the reported sales of a year, USD.

    Returns
    -------
    Result
        Table: ``banner, stores, sales_usd_year`` before the wave: known or typical sales, which
        the factors of the banners meet. The sentence says how far the sum is from the report.
    """
    trading = case.stores[case.stores["status"].isin(["open", "closing"])]
    sales, _ = store_sales_usd_year(case.ledger, trading)
    table = (
        trading.assign(stores=1, sales_usd_year=sales)
        .groupby("banner", sort=False)[["stores", "sales_usd_year"]]
        .sum()
        .reset_index()
    )
    units = {"stores": "stores", "sales_usd_year": "usd_year"}
    total = float(table["sales_usd_year"].sum())
    if not case.ledger.has(reported):
        return Result(
            table, "No reported sales of all stores to compare with.", units, words=case.words
        )
    said, currency = case.ledger.value(reported), case.scenario.currency
    sentence = (
        f"The stores of the register sell {amount(total, currency)} a year against "
        f"{amount(said, currency)} that are reported ({with_plus(percent(total / said - 1))}); the "
        "register may miss stores."
    )
    return Result(table, sentence, units, {"sales_usd_year": "assumed"}, words=case.words)


def cutoff_check(case: Case, trade: TradeAreas) -> Result:
    """Say what the cut-off of the travel time leaves out.

    Returns
    -------
    Result
        Table with one row: ``cutoff_minutes, spending_usd_year, unreached_usd_year,
        unreached_share`` (of points with no store in reach) and ``beyond_share``: the
        part of supermarkets' attraction within half as far again that the cut-off leaves out,
        weighted with spending. The factors of the banners are those of ``trade`` at both
        distances: solved anew, they would measure near and far by two scales.
    """
    market = trade.market
    spending = market.spending_usd_year
    nothing = huff.unreached(market, trade.before)
    total, dropped = float(spending.sum()), float(spending[nothing].sum())
    minutes = case.scenario.trade_area_minutes
    scenario = case.scenario.model_copy(update={"trade_area_minutes": 1.5 * minutes})
    held = [Fitted(f"banner_factor.{fmt}", *[factor] * 3) for fmt, factor in trade.factors.items()]
    wider = trade_areas(replace(with_fitted(case, held, "assumed"), scenario=scenario), None)
    near = huff.total_attraction(market, trade.before) - market.elsewhere
    far = huff.total_attraction(wider.market, wider.before) - wider.market.elsewhere
    both = ~nothing & (far > 0)
    grown = 1 - near[both] / far[both]
    beyond = float(np.average(grown, weights=spending[both])) if both.any() else float("nan")
    table = pd.DataFrame(
        [[minutes, total, dropped, dropped / total if total else 0.0, beyond]],
        columns=[
            "cutoff_minutes",
            "spending_usd_year",
            "unreached_usd_year",
            "unreached_share",
            "beyond_share",
        ],
    )
    sentence = (
        f"Within {minutes:g} minutes, {percent(dropped / max(total, 1), 1)} of the spending "
        "reaches no supermarket and is in no store's sales; what lies up to "
        f"{1.5 * minutes:g} minutes away would hold another {percent(beyond, 1)} of the attraction."
    )
    units = {
        "cutoff_minutes": "minutes",
        "spending_usd_year": "usd_year",
        "unreached_usd_year": "usd_year",
        "unreached_share": "share",
        "beyond_share": "share",
    }
    return Result(table, sentence, units, dict.fromkeys(units, "modelled"), words=case.words)
