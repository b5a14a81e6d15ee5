"""Trade areas: the market of a case, put together from its tables and its ledger.

Over the geography of a case lie the pull of every own store and candidate, the affinity of the
people to its banner, the attraction of rivals, seen and unseen, and the spending of households.
The attraction of everything that is no supermarket is set so that it has the ledger's share q_b of
the spending at every point of density band b while all stores trade:

    O_i = q_b / (1 - q_b) (sum_k A_ik + R_i)

and stays as it is from then on, as does R, in which the unseen rivals are.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from retail_portfolio.model.ledger_names import TRADE_NAMES, TRAVEL_NAMES
from retail_portfolio.model.market import huff
from retail_portfolio.model.market.affinity import affinity
from retail_portfolio.model.market.factors import solve_factors
from retail_portfolio.model.market.geography import (
    CANDIDATE,
    geography,
    option_size_sqft,
    rival_size_sqft,
)
from retail_portfolio.model.market.spending import grocery_spending_usd_year
from retail_portfolio.model.market.unseen import (
    BANDS,
    density_band,
    unseen_ratio_of_points,
    unseen_table,
)

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from numpy.typing import NDArray

    from retail_portfolio.inputs.assumptions import Assumption, Ledger
    from retail_portfolio.inputs.case import Case
    from retail_portfolio.inputs.settings.scenario import Scenario
    from retail_portfolio.model.market.geography import Geography
    from retail_portfolio.model.market.huff import Market
    from retail_portfolio.model.market.travel import Reach

    Floats = NDArray[np.float64]
    Ints = NDArray[np.int64]
    Flags = NDArray[np.bool_]


@dataclass(frozen=True, slots=True)
class TradeAreas:
    """The market of a case with the names of its options.

    Parameters
    ----------
    geography
        Places and travel.
    market
        Attraction of every option at every demand point.
    factors
        Factor of each format's pull.
    unmet
        Formats that are said to sell more than people in their reach spend.
    unseen
        What the lists of rivals miss: `retail_portfolio.model.market.unseen.unseen_table`.
    scenario, ledger
        The settings and the ledger all this was read from.
    before, after
        Which options trade before the wave, and after it when every closing store closes.
    """

    geography: Geography
    market: Market
    factors: Mapping[str, float]
    unmet: tuple[str, ...]
    unseen: pd.DataFrame
    scenario: Scenario
    ledger: Ledger
    before: Flags
    after: Flags

    @property
    def options(self) -> pd.DataFrame:
        """One row an option, in the order of the market."""
        return self.geography.options

    def positions(self, options: Sequence[str]) -> Ints:
        """Return the positions of options.

        Raises
        ------
        KeyError
            If there is none of a name.
        """
        found = pd.Index(self.options["option"]).get_indexer(pd.Index(options))
        if (found < 0).any():
            raise KeyError(options[int(np.argmin(found))])
        return np.asarray(found, dtype=np.int64)

    def candidates(self) -> list[int]:
        """Return the positions of the candidates, each with every target it has."""
        there = (self.options["status"] == CANDIDATE) & self.options["possible"]
        return np.flatnonzero(there.to_numpy(bool)).tolist()

    def position(self, option: str) -> int:
        """Return the position of an option.

        Raises
        ------
        KeyError
            If there is none of that name.
        """
        return int(self.positions([option])[0])


def _per_format(ledger: Ledger, name: str, formats: pd.Series) -> Floats:
    code, names = pd.factorize(formats, sort=True)
    return np.array([ledger.value(name, format=f) for f in names], dtype=float)[code]


def _decayed(reach: Reach, case: Case, formats: pd.Series) -> Floats:
    """Decay of every pair; each format may have its own exponent."""
    kind = case.scenario.distance_decay
    name = "huff_distance_exponent" if kind == "power" else "huff_distance_rate_per_minute"
    rate = _per_format(case.ledger, name, formats)
    same = len(rate) and (rate == rate[0]).all()  # most often; a number is quicker than a column
    return huff.decay(reach.minutes, float(rate[0]) if same else rate[reach.store], kind)


def trade_areas(case: Case, ground: Geography | None = None) -> TradeAreas:
    """Build the market of a case.

    Parameters
    ----------
    ground
        `geography` of a case with the same places, travel rows and cut-off, to save the search.

    Raises
    ------
    ValueError
        If demand has households without income, or an attraction is not a number.
    """
    ground = geography(case) if ground is None else ground
    options, ledger, demand = ground.options, case.ledger, case.demand
    spending = grocery_spending_usd_year(demand, ledger)
    rival_sqft = rival_size_sqft(case.competitors, ledger)
    rivals = _rival_attraction(case, ground, rival_sqft)
    trading = (options["status"] != CANDIDATE).to_numpy()
    size = option_size_sqft(case, options)
    unseen = unseen_table(
        ground.cells,
        ground.point_of_rival,
        rival_sqft,
        np.where(trading, ground.point_of_option, -1),
        size,
        ledger,
    )
    rivals = rivals * (1 + unseen_ratio_of_points(ground.cells, unseen))
    alpha = _per_format(ledger, "huff_size_exponent", options["format"])
    own = _decayed(ground.reach, case, options["format"]) * (size**alpha)[ground.reach.store]
    own *= _affinities(ground, ledger)
    outside = outside_share(demand, ledger)
    unscaled = huff.market_of(ground.reach, own, rivals, np.zeros_like(rivals), spending)
    factors, unmet = solve_factors(case, options, unscaled, 1 - outside)
    factor = options["format"].map(factors).to_numpy(float)
    inside = unscaled.by_point @ (factor * trading) + rivals
    market = huff.market_of(
        ground.reach,
        own * factor[ground.reach.store],
        rivals,
        outside / (1 - outside) * inside,
        spending,
    )
    after = (options["status"] == "open").to_numpy()
    return TradeAreas(ground, market, factors, unmet, unseen, case.scenario, ledger, trading, after)


def outside_share(demand: pd.DataFrame, ledger: Ledger) -> Floats:
    """Share of spending outside supermarkets at each point, by its density band, 0 to below 1."""
    of_band = [ledger.value("spending_outside_supermarkets_share", format=band) for band in BANDS]
    share: Floats = np.array(of_band)[density_band(demand["population_per_sq_km"].to_numpy(float))]
    return share


def follow(case: Case, base: TradeAreas) -> TradeAreas:
    """Return the market of a case that differs from another one in its ledger only.

    Rebuilds no more than what moved asks for: nothing, the attraction, or the geography as well.

    Raises
    ------
    ValueError
        If the two cases also differ in how far or how people travel.
    """
    ways = ("distance_decay", "trade_area_minutes", "travel_times")
    if any(getattr(case.scenario, way) != getattr(base.scenario, way) for way in ways):
        message = f"the cases differ in one of {', '.join(ways)}: build the trade areas anew"
        raise ValueError(message)
    if _same(case.ledger, base.ledger, TRAVEL_NAMES):
        if _same(case.ledger, base.ledger, TRADE_NAMES):
            return base
        return trade_areas(case, base.geography)
    return trade_areas(case)


def _same(one: Ledger, other: Ledger, names: Iterable[str]) -> bool:
    wanted = frozenset(names)

    def rows(ledger: Ledger) -> list[Assumption]:
        return [row for key, row in ledger.items() if key.partition(".")[0] in wanted]

    return rows(one) == rows(other)


def _rival_attraction(case: Case, ground: Geography, size_sqft: Floats) -> Floats:
    from scipy.sparse import csr_array  # noqa: PLC0415 - keeps the import of the models light

    reach, kinds = ground.rivals, case.competitors["kind"]
    pull = size_sqft ** _per_format(case.ledger, "huff_size_exponent", kinds)
    remains = (_decayed(reach, case, kinds), reach.store, reach.start)
    seen: Floats = csr_array(remains, shape=(reach.points, reach.stores)) @ pull
    return seen


def _affinities(ground: Geography, ledger: Ledger) -> Floats:
    formats = ground.options["format"]
    column, names = pd.factorize(formats, sort=True)
    table = np.column_stack([affinity(ground.traits, ledger, f) for f in names])
    found: Floats = table[ground.reach.point, column[ground.reach.store]]
    return found
