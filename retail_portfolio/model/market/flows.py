"""Flows: between whom sales move when stores close and open.

With the attraction, shares and spending of `retail_portfolio.model.market.huff`, closing a set C
and opening a set N moves sales between named stores. By the proportional substitution that the
model implies, what store s in C sold at point i goes to every store j open afterwards in proportion
to its share then, and what an opened store o takes it takes from all in proportion:

    flow_sj = sum_i E_i share_is share'_ij        s closes, j open afterwards, rivals, elsewhere
    flow_ko = sum_i E_i share_ik share'_io        k stays open, o opens

Each row of a closing store sums to the sales it had, exactly.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from retail_portfolio.model.market.huff import shares, total_attraction

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from retail_portfolio.model.market.huff import Market

    Floats = NDArray[np.float64]
    Ints = NDArray[np.int64]
    Flags = NDArray[np.bool_]


@dataclass(frozen=True, slots=True)
class Flows:
    """Sales that move when the set of open options changes, USD a year.

    Parameters
    ----------
    closed, opened, stays
        Positions of the options that close, open, stay open.
    closed_to
        What each closing option's customers spend at each option open afterwards, sparse,
        ``len(closed)`` x options.
    closed_to_rivals, closed_to_elsewhere
        And at rivals and elsewhere, shape ``(len(closed),)``.
    opened_from
        What each opening option takes from each option that stays, sparse, ``len(opened)`` x
        options.
    opened_from_rivals, opened_from_elsewhere
        And from rivals and elsewhere, shape ``(len(opened),)``.
    """

    closed: Ints
    opened: Ints
    stays: Ints
    closed_to: Any
    closed_to_rivals: Floats
    closed_to_elsewhere: Floats
    opened_from: Any
    opened_from_rivals: Floats
    opened_from_elsewhere: Floats


def flows(market: Market, before: Flags, after: Flags) -> Flows:
    """Say where sales go when the open set changes from ``before`` to ``after``.

    Parameters
    ----------
    before, after
        Which options are open, shape ``(options,)``.

    Returns
    -------
    Flows
        What is left at points where nothing remains in reach counts as spent elsewhere.
    """
    from scipy.sparse import diags_array  # noqa: PLC0415 - keeps the import of the models light

    was, will = shares(market, before).tocsc(), shares(market, after).tocsc()
    total = total_attraction(market, after)
    one_over = np.divide(1.0, total, out=np.zeros(market.points), where=total > 0)
    rivals = market.rivals * one_over
    elsewhere = np.where(total > 0, market.elsewhere * one_over, 1.0)
    closed = np.flatnonzero(before & ~after)
    opened = np.flatnonzero(after & ~before)
    stays = np.flatnonzero(before & after)
    spending = diags_array(market.spending_usd_year)
    lost = (was[:, closed].T @ spending).tocsr()
    gained = (will[:, opened].T @ spending).tocsr()
    total_before = total_attraction(market, before)
    one_before = np.divide(1.0, total_before, out=np.zeros(market.points), where=total_before > 0)
    staying = was @ diags_array((before & after).astype(float))
    return Flows(
        closed,
        opened,
        stays,
        (lost @ will).tocsr(),
        lost @ rivals,
        lost @ elsewhere,
        (gained @ staying).tocsr(),
        gained @ (market.rivals * one_before),
        gained @ np.where(total_before > 0, market.elsewhere * one_before, 1.0),
    )
