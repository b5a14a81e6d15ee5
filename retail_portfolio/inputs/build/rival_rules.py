"""Which shops of a list are rivals: near enough, of another owner, and each once.

The owner's own stores are known by a banner's name or by standing where an own store stands;
repeats are rows of one chain that lie within `SAME_STORE_KM`.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from retail_portfolio.inputs.build.area import TRADING
from retail_portfolio.inputs.build.chains import starts_with, words_of
from retail_portfolio.inputs.build.slugs import slug
from retail_portfolio.inputs.files.textfile import text_hazard
from retail_portfolio.inputs.near import KM_PER_MILE, close_pairs, nearest, within
from retail_portfolio.inputs.registers.zip_areas import zip_places

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    import pandas as pd
    from numpy.typing import NDArray

    from retail_portfolio.inputs.build.area import Area

    Marks = NDArray[np.bool_]

SAME_STORE_KM = 0.15
"""Rows of one chain so near each other are one store."""
OWN_PLACE_KM = 0.04
"""A row so near an own store is that store, whatever it is called: points of two neighbours are
farther apart."""
OWN_ADDRESS_KM = 0.5
"""A row so near an own store, with the same house number, is that store as well."""
PRECISE_M = 250.0
"""An own store whose point may be farther off stands somewhere else: its point says nothing."""
US_KM = 60.0
"""A point farther from every ZIP area lies in no state; one farther from that of its address has
another address."""


def chosen(
    rows: pd.DataFrame, area: Area, radius_miles: float
) -> tuple[pd.DataFrame, tuple[tuple[str, int], ...]]:
    """
    Leave out what is no rival, rule by rule, each on what the one before has left.

    Parameters
    ----------
    rows
        Shops of a list, as `snap.Rivals` has them.
    area
        The stores that matter.
    radius_miles
        Great-circle miles around them.

    Returns
    -------
    tuple
        The rivals under a plain range index, and how many rows each rule took.
    """
    rules: Mapping[str, Callable[[pd.DataFrame], Marks]] = {
        f"farther than {radius_miles:g} miles from every store": lambda frame: (
            ~within(frame, area.anchors, radius_miles * KM_PER_MILE)
        ),
        "outside the United States": lambda frame: nearest(frame, zip_places())[1] > US_KM,
        "under a name that a table may not hold": _unfit,
        "the owner's own, by a banner's name": lambda frame: _own_name(frame, area),
        "the owner's own, by their place": lambda frame: _own_place(frame, area),
        "repeats of a store": _repeats,
    }
    counts = []
    for why, rule in rules.items():
        out = rule(rows) if len(rows) else np.zeros(0, dtype=bool)
        counts.append((why, int(out.sum())))
        rows = rows[~out].reset_index(drop=True)
    return rows, tuple(counts)


def _unfit(rows: pd.DataFrame) -> Marks:
    return np.array(
        [bool(text_hazard(name) or text_hazard(chain)) for name, chain in _pairs(rows)], dtype=bool
    )


def _pairs(rows: pd.DataFrame) -> list[tuple[str, str]]:
    return list(zip(rows["name"], rows["chain"], strict=True))


def _own_name(rows: pd.DataFrame, area: Area) -> Marks:
    """Tell whose name or chain begins with the words of a banner."""
    banners = {words_of(name) for name in (*area.settings.banners, *area.register["banner"])}
    return np.array(
        [
            any(starts_with(words_of(text), own) for text in pair for own in banners)
            for pair in _pairs(rows)
        ],
        dtype=bool,
    )


def _own_place(rows: pd.DataFrame, area: Area) -> Marks:
    """Tell who stands where an own store stands; where one has gone, a rival may have come."""
    own = area.register[area.register["status"].isin(TRADING)]
    own = own[own["point_precision_m"] <= PRECISE_M].reset_index(drop=True)
    if own.empty:
        return np.zeros(len(rows), dtype=bool)
    at, km = nearest(rows, own)
    theirs, ours = (frame["street"].str.extract(r"^([0-9]+)\b")[0] for frame in (rows, own))
    same_house = (theirs == ours.iloc[at].set_axis(rows.index)).to_numpy(bool)
    found: Marks = (km <= OWN_PLACE_KM) | (same_house & (km <= OWN_ADDRESS_KM))
    return found


def _repeats(rows: pd.DataFrame) -> Marks:
    """
    Tell which rows repeat another: the same chain at the same place.

    Of a row of shops, each near the next, it matters where one begins: at the southernmost, so that
    the order of a list decides nothing.
    """
    texts = rows.columns.difference(["lat", "lon"]).tolist()
    order = rows.sort_values(["lat", "lon", *texts], kind="stable").index.to_numpy()
    placed = rows.loc[order].reset_index(drop=True)
    chain = placed["chain"].map(slug).tolist()
    again = np.zeros(len(rows), dtype=bool)
    for first, second in close_pairs(placed, SAME_STORE_KM).tolist():
        if not again[first] and chain[first] == chain[second]:
            again[second] = True
    out = np.zeros(len(rows), dtype=bool)
    out[order] = again
    return out
