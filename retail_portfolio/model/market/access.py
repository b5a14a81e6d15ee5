"""Food access: who is left without a supermarket nearby when a store closes.

A household at point i has access if some supermarket that is open lies within the minutes that
the scenario names (ten, unless it says otherwise). Closing store s leaves without access

    sum_i H_i [some supermarket within reach before] [none after]

once with s alone closing, and once for the wave as a whole. Where s is the nearest supermarket of a
point, its households go farther afterwards: the minutes to the nearest one that stays, less those
to s, are averaged over them. Supermarkets are the competitors of
the table and own stores of at least `retail_portfolio.model.market.geography.SUPERMARKET_SQFT`.
Where the list of competitors is partial the figure is an upper bound, and the metro says so.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from retail_portfolio.model.market.geography import CANDIDATE, SUPERMARKET_SQFT, option_size_sqft
from retail_portfolio.model.number_words import plain
from retail_portfolio.model.result import Figure, Result

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from retail_portfolio.inputs.case import Case
    from retail_portfolio.model.market.geography import Geography
    from retail_portfolio.model.market.travel import Reach

    Floats = NDArray[np.float64]
    Flags = NDArray[np.bool_]


COUNTS: tuple[str, ...] = (
    "households_near",
    "households_left",
    "households_left_in_wave",
    "households_nearest",
)
COLUMNS: tuple[str, ...] = ("store_id", *COUNTS, "added_minutes", "competitor_coverage")


def _nearest_minutes(reach: Reach, rows: Flags) -> Floats:
    """Minutes to the nearest of the chosen pairs' stores from each point; infinite without one."""
    nearest: Floats = np.full(reach.points, np.inf)
    np.minimum.at(nearest, reach.point[rows], reach.minutes[rows])
    return nearest


def access_table(case: Case, ground: Geography) -> pd.DataFrame:
    """Return households and minutes that each closing store means to; columns `COLUMNS`."""
    limit, options, reach = case.scenario.food_access_minutes, ground.options, ground.reach
    households = case.demand["households"].to_numpy(float)
    supermarket = option_size_sqft(case, options) >= SUPERMARKET_SQFT
    supermarket &= (options["status"] != CANDIDATE).to_numpy()
    closing = (options["status"] == "closing").to_numpy()
    rival = _nearest_minutes(ground.rivals, np.ones(len(ground.rivals.store), bool))
    stays = _nearest_minutes(reach, (supermarket & ~closing)[reach.store])
    after = np.minimum(rival, stays)
    before = np.minimum(after, _nearest_minutes(reach, (supermarket & closing)[reach.store]))
    pairs = np.flatnonzero((supermarket & closing)[reach.store])
    point, store, minutes = reach.point[pairs], reach.store[pairs], reach.minutes[pairs]
    near = minutes <= limit
    others = np.bincount(point[near], minlength=reach.points)
    coverage = case.metros.set_index("metro_id")["competitor_coverage"]
    metro = case.demand["metro_id"].to_numpy()
    rows = []
    for at in np.flatnonzero(closing):
        mine = store == at
        here = point[mine & near]
        bare = after[here] > limit
        first = mine & (minutes <= before[point]) & np.isfinite(after[point])
        weight = households[point[first]]
        added = after[point[first]] - minutes[first]
        home = ground.point_of_option[at]
        rows.append(
            [
                options.at[at, "store_id"],
                households[here].sum(),
                households[here[bare & (others[here] == 1)]].sum(),
                households[here[bare]].sum(),
                weight.sum(),
                float(added @ weight / weight.sum()) if weight.sum() > 0 else np.nan,
                coverage[metro[home]] if home >= 0 else "",
            ]
        )
    return pd.DataFrame(rows, columns=list(COLUMNS))


def food_access(case: Case, ground: Geography) -> Result:
    """Say what each closure means to the households around it.

    Returns
    -------
    Result
        Table with one row a closing store: ``store_id, households_near`` (within the limit of
        it), ``households_left`` (farther than the limit from every other when it closes alone),
        ``households_left_in_wave`` (when all close), ``households_nearest`` (to whom it is the
        nearest supermarket), ``added_minutes`` (their mean way to the next one that stays, less
        that to it; blank without such households), ``competitor_coverage`` of its metro.
        Figures ``households_left_in_wave`` and ``added_minutes``.
    """
    table, limit = access_table(case, ground), case.scenario.food_access_minutes
    source = "travel model on stores.csv, competitors.csv and demand.csv"
    weight = table["households_nearest"]
    some = weight > 0
    added = (
        float(np.average(table.loc[some, "added_minutes"], weights=weight[some]))
        if some.any()
        else None
    )
    left = _left_in_wave(case, ground, limit)
    figures = (
        Figure(
            key="households_left_in_wave",
            label=f"Households left more than {limit:g} minutes from a supermarket",
            value=left,
            unit="households",
            origin="modelled",
            source=source,
            words=case.words,
        ),
        Figure(
            key="added_minutes",
            label="More minutes to the nearest supermarket, where a closing store was it",
            value=added,
            unit="minutes",
            origin="modelled",
            source=source,
            words=case.words,
        ),
    )
    farther = ""
    if added is not None:
        farther = (
            f" For {plain(weight.sum())} households a closing store is the nearest; the next one "
            f"that stays is {plain(added, 1)} minutes farther on average."
        )
    sentence = (
        f"The wave leaves about {plain(left)} households more than {limit:g} minutes from any "
        f"supermarket on the lists.{farther} Where lists are partial both are upper bounds."
    )
    units = dict.fromkeys(COUNTS, "households") | {"added_minutes": "minutes"}
    return Result(
        table, sentence, units, dict.fromkeys(units, "modelled"), figures, words=case.words
    )


def _left_in_wave(case: Case, ground: Geography, limit: float) -> float:
    """Households with access before the wave and none after it, each counted once."""
    options, reach = ground.options, ground.reach
    supermarket = option_size_sqft(case, options) >= SUPERMARKET_SQFT
    supermarket &= (options["status"] != CANDIDATE).to_numpy()
    closing = (options["status"] == "closing").to_numpy()
    rival = _nearest_minutes(ground.rivals, np.ones(len(ground.rivals.store), bool))
    after = np.minimum(rival, _nearest_minutes(reach, (supermarket & ~closing)[reach.store]))
    before = np.minimum(after, _nearest_minutes(reach, supermarket[reach.store]))
    lost = (before <= limit) & (after > limit)
    return float(case.demand["households"].to_numpy(float)[lost].sum())
