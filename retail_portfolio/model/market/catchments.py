"""Catchments: where a store's customers live.

From the shares of every option at every point: the smallest set of points that brings half, and
seven tenths, of a store's sales, taken from the points where it sells most per household; the
points where an own store has a larger share than any other own store (its dominant area);
households and sales within 5, 10 and 15 minutes; and how much of a store's sales comes from
points in the 70 % catchment of another one (overlap). Geometry is drawn from the points by
`retail_portfolio.present.mapping.areas`.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from retail_portfolio.model.market import huff
from retail_portfolio.model.number_words import percent
from retail_portfolio.model.result import Result

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from retail_portfolio.inputs.case import Case
    from retail_portfolio.model.market.trade_areas import TradeAreas

    Floats = NDArray[np.float64]
    Ints = NDArray[np.int64]
    Flags = NDArray[np.bool_]

CONTOURS: tuple[float, ...] = (0.5, 0.7)
"""Parts of a store's sales that its catchments hold."""
HALF = 0.5
RINGS_MINUTES: tuple[int, ...] = (5, 10, 15)


def sales_by_point(trade: TradeAreas, option: int, is_open: Flags) -> tuple[Ints, Floats]:
    """Return the points an option sells to and its sales at each, USD a year.

    The option counts as open whatever ``is_open`` says of it.
    """
    matrix = trade.market.by_store
    column = slice(matrix.indptr[option], matrix.indptr[option + 1])
    point = matrix.indices[column].astype(np.int64)
    with_it = is_open.copy()
    with_it[option] = True
    total = huff.total_attraction(trade.market, with_it)[point]
    return point, trade.market.spending_usd_year[point] * matrix.data[column] / total


def catchment(
    trade: TradeAreas, households: Floats, option: int, is_open: Flags, part: float
) -> Ints:
    """Return the points of the smallest catchment that holds a part of an option's sales.

    Points are taken in falling order of sales per household, so that the catchment is where the
    option is strongest; ties go to the earlier point.

    Parameters
    ----------
    part
        0 to 1.
    """
    point, sales = sales_by_point(trade, option, is_open)
    if sales.sum() <= 0:
        return np.zeros(0, dtype=np.int64)
    strength = sales / np.maximum(households[point], 1.0)
    order = np.lexsort((point, -strength))
    held = np.cumsum(sales[order]) / sales.sum()
    inside = order[: int(np.searchsorted(held, part - 1e-12)) + 1]
    return np.sort(point[inside])


def dominant(trade: TradeAreas, is_open: Flags) -> Ints:
    """Return for each demand point the open option with the largest share; -1 where none sells."""
    matrix = trade.market.by_point
    best = np.full(trade.market.points, -1, dtype=np.int64)
    data = np.where(is_open[matrix.indices], matrix.data, 0.0)
    rows = np.repeat(np.arange(trade.market.points), np.diff(matrix.indptr))
    order = np.lexsort((-matrix.indices, data, rows))
    last = np.flatnonzero(np.diff(rows[order], append=-1))
    winners = order[last]
    some = data[winners] > 0
    best[rows[winners[some]]] = matrix.indices[winners[some]]
    return best


def customers(case: Case, trade: TradeAreas, options: Sequence[int], is_open: Flags) -> Result:
    """Count the households around options and the part of their sales from within each ring.

    Returns
    -------
    Result
        Table: ``option, sales_usd_year`` and for 5, 10 and 15 minutes ``households_within_N_min``
        and ``sales_share_within_N_min`` (0 to 1, blank without sales).
    """
    households = case.demand["households"].to_numpy(float)
    reach = trade.geography.reach
    by_store = np.argsort(reach.store, kind="stable")
    ends = np.searchsorted(reach.store[by_store], np.arange(reach.stores + 1))
    of_pair = reach.point
    rows = []
    for option in options:
        pairs = by_store[ends[option] : ends[option + 1]]
        point, minutes = of_pair[pairs], reach.minutes[pairs]
        where, sales = sales_by_point(trade, option, is_open)
        sold = np.zeros(reach.points)
        sold[where] = sales
        row: dict[str, object] = {
            "option": trade.options.at[option, "option"],
            "sales_usd_year": float(sales.sum()),
        }
        for ring in RINGS_MINUTES:
            near = point[minutes <= ring]
            row[f"households_within_{ring}_min"] = float(households[near].sum())
            row[f"sales_share_within_{ring}_min"] = (
                float(sold[near].sum() / sales.sum()) if sales.sum() > 0 else np.nan
            )
        rows.append(row)
    counts = [f"households_within_{ring}_min" for ring in RINGS_MINUTES]
    shares = [f"sales_share_within_{ring}_min" for ring in RINGS_MINUTES]
    by_ring = [name for pair in zip(counts, shares, strict=True) for name in pair]
    table = pd.DataFrame(rows, columns=["option", "sales_usd_year", *by_ring])
    units = dict.fromkeys(shares, "share") | dict.fromkeys(counts, "households")
    sentence = "There is no store whose customers could be counted."
    if rows:
        middle = float(table[shares[1]].median())
        sentence = (
            f"The middle store draws {percent(middle)} of its sales from within {RINGS_MINUTES[1]} "
            "minutes."
        )
    all_units = units | {"sales_usd_year": "usd_year"}
    return Result(table, sentence, all_units, dict.fromkeys(units, "modelled"), words=case.words)


def overlap(
    case: Case, trade: TradeAreas, options: Sequence[int], others: Sequence[int], is_open: Flags
) -> pd.DataFrame:
    """Say how much of each option's sales comes from the 70 % catchments of other stores.

    Returns
    -------
    DataFrame
        Columns ``option, other, overlap_share``: pairs with a share above zero, the largest first
        within an option.
    """
    from scipy.sparse import csr_array  # noqa: PLC0415 - keeps the import of the models light

    households = case.demand["households"].to_numpy(float)
    areas = [catchment(trade, households, other, is_open, CONTOURS[-1]) for other in others]
    start = np.concatenate([[0], np.cumsum([len(area) for area in areas])])
    points = np.concatenate([*areas, np.zeros(0, np.int64)])
    shape = (len(others), trade.market.points)
    inside = csr_array((np.ones(len(points)), points, start), shape=shape)
    names, rivals = trade.options["option"].to_numpy(), np.asarray(others, dtype=np.int64)
    rows: list[tuple[str, str, float]] = []
    for option in options:
        point, sales = sales_by_point(trade, option, is_open)
        if sales.sum() <= 0:
            continue
        sold = np.zeros(trade.market.points)
        sold[point] = sales / sales.sum()
        shared = inside @ sold
        some = np.flatnonzero((shared > 0) & (rivals != option))
        found = [(str(names[option]), str(names[rivals[at]]), float(shared[at])) for at in some]
        rows += sorted(found, key=lambda row: (-row[2], row[1]))
    return pd.DataFrame(rows, columns=["option", "other", "overlap_share"])


def overlaps(case: Case, trade: TradeAreas) -> Result:
    """Say how far the candidates' trade areas lie over those of own stores that stay.

    Returns
    -------
    Result
        Table of `overlap`: candidates against the stores that stay open among demand points.
    """
    stays = np.flatnonzero(trade.after & trade.options["covered"].to_numpy()).tolist()
    table = overlap(case, trade, trade.candidates(), stays, trade.after)
    units = {"overlap_share": "share"}
    if table.empty:
        nobody = "No candidate's customers live in the area of an own store."
        return Result(table, nobody, units, words=case.words)
    most = table.iloc[int(table["overlap_share"].argmax())]
    count = table.loc[table["overlap_share"] >= HALF, "option"].nunique()
    sentence = (
        f"{count} of {len(trade.candidates())} options would make at least half of their sales in "
        f"the 70 % area of an own store, {most['option']} the most: "
        f"{percent(most['overlap_share'])} in that of {most['other']}."
    )
    return Result(table, sentence, units, dict.fromkeys(units, "modelled"), words=case.words)
