"""What a closing site is worth converted, compared with closing it.

The money of a site is that of `retail_portfolio.model.opening.offers`, its sales S_t and the sales
X_t it takes from own stores in year t those of the trade areas, the site opening alone, in the
first year possible, after every closing store of the wave has closed:

    npv_convert = v (1 - T) sum_t s_t delta_t S_t      margin on what it sells
                  - v (1 - T) sum_t s_t delta_t X_t    margin lost at own stores
                  + fixed cost, capex, pre-opening, dark rent, unused floor, depreciation shield

    npv_vs_exit = npv_convert + exit costs that it avoids

A store that is kept or moved (`retail_portfolio.model.targets`) is valued alike, as one more row.
It is the value that a plan of this site alone has (`retail_portfolio.model.planning.plan_problem`):
the two cannot disagree.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from retail_portfolio.model.market.geography import option_size_sqft
from retail_portfolio.model.market.huff import sales_with_each, total_attraction
from retail_portfolio.model.market.sphere import KM_PER_MILE, nearest
from retail_portfolio.model.market.surroundings import surroundings
from retail_portfolio.model.market.trade_areas import trade_areas
from retail_portfolio.model.market.transfer import trade_sales
from retail_portfolio.model.number_words import amount
from retail_portfolio.model.opening.openings import LINEAR
from retail_portfolio.model.opening.site_value import Openings, avoided_exit_usd, openings, today_of
from retail_portfolio.model.result import Result
from retail_portfolio.model.targets import RELOCATE, candidates_of, is_conversion

if TYPE_CHECKING:
    from collections.abc import Mapping

    from numpy.typing import NDArray

    from retail_portfolio.inputs.case import Case
    from retail_portfolio.model.market.huff import Market
    from retail_portfolio.model.market.trade_areas import TradeAreas
    from retail_portfolio.model.opening.offers import Today
    from retail_portfolio.model.targets import Candidates

    Floats = NDArray[np.float64]
    Ints = NDArray[np.int64]

COMPONENTS: tuple[str, ...] = ("margin_pv_usd", "cannibalisation_pv_usd", *LINEAR)
"""Columns that sum to ``npv_convert_usd``; costs are negative."""
NOTHING_ELSE = 1e-6
"""Part of a store's own attraction that stands for everything else where there is nothing else."""


COLUMNS: tuple[str, ...] = (
    "store_id",
    "to_format",
    "banner",
    "name",
    "city",
    "state",
    "size_sqft",
    "size_origin",
    "used_sqft",
    "households",
    "income_usd",
    "nearest_own_miles",
    "mature_sales_usd_year",
    "sales_usd_per_sqft_year",
    "taken_from_own_usd_year",
    "taken_most_from",
    *COMPONENTS,
    "operating_years",
    "npv_convert_usd",
    "avoided_exit_usd",
    "npv_vs_exit_usd",
)
"""Columns of the table, in order."""


@dataclass(frozen=True, slots=True)
class Setting:
    """What surrounds the candidates: one look serves every draw that leaves places as they are.

    Parameters
    ----------
    candidates
        The candidate stores and what each may become.
    around
        By target: table of `retail_portfolio.model.market.surroundings.surroundings` of where each
        candidate would trade.
    miles
        By target: miles from there to the nearest open store of the banner.
    trade
        The trade areas of the case.
    """

    candidates: Candidates
    around: Mapping[str, pd.DataFrame]
    miles: Mapping[str, Floats]
    trade: TradeAreas

    @property
    def sites(self) -> pd.DataFrame:
        """The candidate stores, rows of the register."""
        return self.candidates.sites


def setting_of(case: Case, trade: TradeAreas | None = None) -> Setting:
    """Look at the surroundings and the trade areas of every candidate.

    Parameters
    ----------
    trade
        The trade areas of the case, where they are known already.
    """
    settings, candidates = case.scenario, candidates_of(case)
    miles, around = {}, {}
    here = surroundings(candidates.sites, case.demand, settings.households_radius_miles)
    for target in candidates.targets:
        spots = candidates.spots(target)
        miles[target] = _own_miles(case, candidates.formats(target), spots)
        around[target] = here
        if target == RELOCATE:
            around[target] = surroundings(spots, case.demand, settings.households_radius_miles)
    return Setting(candidates, around, miles, trade_areas(case) if trade is None else trade)


def _own_miles(case: Case, formats: pd.Series, spots: pd.DataFrame) -> Floats:
    """Miles from each spot to the nearest open store of its banner."""
    found = np.full(len(spots), np.inf)  # what a limit of distance reads: nobody is near
    banners = np.array([case.scenario.formats[code].banner for code in formats], dtype=str)
    for banner in sorted(set(banners)):
        own = case.stores[(case.stores["status"] == "open") & (case.stores["banner"] == banner)]
        _, km = nearest(spots["lat"], spots["lon"], own["lat"], own["lon"])
        found = np.where(banners == banner, km / KM_PER_MILE, found)
    return found


def used_sqft_of(case: Case, place: Setting) -> pd.DataFrame:
    """Floor that each target would use of each candidate, one row a site, one column a target."""
    options = place.trade.options
    size = pd.Series(option_size_sqft(case, options), index=options["option"])
    names = place.sites["store_id"]
    columns = {t: size.loc[names + ":" + t].to_numpy(float) for t in place.candidates.targets}
    return pd.DataFrame(columns, index=place.sites.index)


def today_here(case: Case, bill: pd.DataFrame, place: Setting) -> Today | None:
    """Say how the sites trade now, where one of them may be kept."""
    if not place.candidates.may_stay:
        return None
    sales = trade_sales(case, place.trade)["modelled_usd_year"]
    return today_of(place.candidates, bill, sales)


def positions_of(place: Setting, table: pd.DataFrame) -> Ints:
    """Position of each row's ``store_id`` and ``to_format`` among the trade areas' options."""
    options = place.trade.options["option"]
    at = pd.Series(np.arange(len(options)), index=options)
    found: Ints = at.loc[table["store_id"] + ":" + table["to_format"]].to_numpy(np.int64)
    return found


def relative_pulls(trade: TradeAreas, options: Ints) -> tuple[Any, Floats]:
    """Attraction relative to all that is open, and the sales that own stores could still win.

    Parameters
    ----------
    options
        Positions of options that are not open after the wave.

    Returns
    -------
    relative
        r of `retail_portfolio.model.planning.plan_problem`, sparse by columns, points x options.
    worth
        h, USD a year, shape ``(points,)``.
    """
    from scipy.sparse import csc_array  # noqa: PLC0415 - keeps the import of the models light

    market = trade.market
    chosen = csc_array(market.by_store[:, options])
    total, beyond = _all_and_not_own(market, trade.after)
    strongest = np.zeros(market.points)
    np.maximum.at(strongest, chosen.indices, chosen.data)
    empty = total <= 0
    total = np.where(empty, np.maximum(NOTHING_ELSE * strongest, np.finfo(float).tiny), total)
    share = np.where(empty, 1.0, beyond / total)
    relative = csc_array(
        (chosen.data / total[chosen.indices], chosen.indices, chosen.indptr), shape=chosen.shape
    )
    return relative, market.spending_usd_year * share


def _all_and_not_own(market: Market, is_open: NDArray[np.bool_]) -> tuple[Floats, Floats]:
    total = total_attraction(market, is_open)
    return total, market.rivals + market.elsewhere


def _own_margin_usd(place: Setting, options: Ints, priced: Openings) -> tuple[Floats, Floats]:
    """Margin on the sales of each opening alone, and the part that own stores lose, USD today."""
    relative, worth = relative_pulls(place.trade, options)
    spending = place.trade.market.spending_usd_year
    sells, gains = np.zeros(len(options)), np.zeros(len(options))
    for at in range(len(options)):
        part = slice(relative.indptr[at], relative.indptr[at + 1])
        point, drawn = relative.indices[part], relative.data[part]
        levels, year = np.unique(priced.pull[at], return_inverse=True)
        crowd = drawn[:, None] * levels
        share = crowd / (1 + crowd)
        sells[at] = (spending[point] @ share)[year] @ priced.margin_weight
        gains[at] = (worth[point] @ share)[year] @ priced.margin_weight
    return sells, sells - gains


def _facts(place: Setting, table: pd.DataFrame, options: Ints) -> pd.DataFrame:
    """Say what is around each site, and what it would sell once it is mature."""
    trade = place.trade
    sales, taken = sales_with_each(trade.market, trade.after, options)
    sales = np.where(sales > 0, sales, np.nan)
    lost = np.asarray(taken.sum(axis=1)).ravel()
    most = np.asarray(taken.argmax(axis=1)).ravel() if taken.shape[0] else np.zeros(0, int)
    names = trade.options["store_id"].to_numpy()[most]
    sites = place.sites.set_index("store_id").loc[table["store_id"]].reset_index()
    at = pd.Index(place.sites["store_id"]).get_indexer(pd.Index(table["store_id"]))
    pairs = list(zip(at.tolist(), table["to_format"].tolist(), strict=True))
    register = sites[["banner", "name", "city", "state", "size_sqft", "size_origin"]]
    return register.assign(
        households=_seen(place, pairs, "households"),
        income_usd=_seen(place, pairs, "income_usd"),
        nearest_own_miles=_near(place, pairs),
        mature_sales_usd_year=sales,
        sales_usd_per_sqft_year=sales / table["used_sqft"].to_numpy(),
        taken_from_own_usd_year=np.where(np.isnan(sales), np.nan, lost),
        taken_most_from=np.where(lost > 0, names, ""),
    )


def _near(place: Setting, pairs: list[tuple[int, str]]) -> Floats:
    """Return how near the next own store is with each target, NaN where none is open."""
    miles = np.array([place.miles[target][site] for site, target in pairs], dtype=float)
    return np.where(np.isfinite(miles), miles, np.nan)


def _seen(place: Setting, pairs: list[tuple[int, str]], column: str) -> Floats:
    """Return what is around each site with each target."""
    by_target = {target: around[column].to_numpy(float) for target, around in place.around.items()}
    return np.array([by_target[target][site] for site, target in pairs], dtype=float)


def conversion_table(case: Case, bill: pd.DataFrame, place: Setting | None = None) -> pd.DataFrame:
    """Value every candidate with every target it has; one row a pair, USD at ``as_of``.

    Parameters
    ----------
    bill
        Table of `retail_portfolio.model.closing.closure.closure` on the same case.
    place
        What `setting_of` says of the case, where it is known already.

    Returns
    -------
    DataFrame
        A site whose surroundings are not known has blank sales, margins and values.
    """
    place = place if place is not None else setting_of(case)
    used, today = used_sqft_of(case, place), today_here(case, bill, place)
    priced = openings(case, place.candidates, used, 1, today)
    if priced.table.empty:
        return pd.DataFrame(columns=list(COLUMNS))
    options = positions_of(place, priced.table)
    table = pd.concat([priced.table, _facts(place, priced.table, options)], axis=1)
    sells, loses = _own_margin_usd(place, options, priced)
    unknown = table["mature_sales_usd_year"].isna()
    table["margin_pv_usd"] = np.where(unknown, np.nan, sells)
    table["cannibalisation_pv_usd"] = np.where(unknown, np.nan, -loses)
    table["npv_convert_usd"] = table[list(COMPONENTS)].sum(axis=1, skipna=False)
    saved = bill.set_index("store_id").loc[table["store_id"]]
    tax = case.scenario.tax_rate
    table["avoided_exit_usd"] = avoided_exit_usd(saved, table["to_format"], tax)
    table["npv_vs_exit_usd"] = table["npv_convert_usd"] + table["avoided_exit_usd"]
    return table[list(COLUMNS)]


def conversion(case: Case, bill: pd.DataFrame, trade: TradeAreas | None = None) -> Result:
    """Value the conversion of every candidate site of the case.

    Parameters
    ----------
    bill
        Table of `retail_portfolio.model.closing.closure.closure_table` on the same case.
    trade
        The trade areas of the case, where they are known already.
    """
    table = conversion_table(case, bill, setting_of(case, trade))
    money = {c: "usd" for c in table.columns if c.endswith("_usd") and c != "income_usd"}
    units = money | {
        "size_sqft": "sqft",
        "used_sqft": "sqft",
        "households": "households",
        "income_usd": "usd_year",
        "nearest_own_miles": "miles",
        "mature_sales_usd_year": "usd_year",
        "sales_usd_per_sqft_year": "usd_per_sqft_year",
        "taken_from_own_usd_year": "usd_year",
        "operating_years": "years",
    }
    converts = table["to_format"].map(is_conversion).astype(bool)
    worth = table.loc[converts, "npv_vs_exit_usd"].dropna()
    if worth.empty:
        return Result(table, "No site can be valued for conversion.", words=case.words)
    currency = case.scenario.currency
    least, most, middle = (
        amount(one, currency) for one in (worth.min(), worth.max(), worth.median())
    )
    sentence = (
        f"Against closing, a conversion is worth between {least} and {most} a site, {middle} in "
        "the middle."
    )
    modelled = [c for c in units if c != "size_sqft"]
    return Result(table, sentence, units, dict.fromkeys(modelled, "modelled"), words=case.words)
