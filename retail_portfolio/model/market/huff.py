r"""Huff: who shops where, and what every change of the set of open stores does to sales.

The multiplicative competitive interaction model of Nakanishi and Cooper (1974) [2]_, of which
Huff (1964) [1]_ is the case of size and distance. A household at point i sees in store j the
attraction

    A_ij = a_j f_ij d(t_ij)

with the pull a_j of the store (floor space to an exponent times a factor of its banner), the
affinity f_ij of the people at i to the banner, and the decay d of the travel minutes t_ij:
``t^-lambda`` (power) or ``exp(-lambda t)`` (exponential). With y_j = 1 where option j is open,

    share_ij = y_j A_ij / D_i        D_i = sum_k y_k A_ik + R_i + O_i
    sales_j  = sum_i E_i share_ij

E_i is the spending of point i, R_i the attraction of rival supermarkets, seen and unseen, and O_i
that of everything that is not a supermarket. Neither R nor O ever changes, so that a change of
the open set is one product of a sparse matrix with a vector.

.. [1] Huff, D. L. (1964). Defining and estimating a trading area. Journal of Marketing 28(3),
   34-38.
.. [2] Nakanishi, M., Cooper, L. G. (1974). Parameter estimation for a multiplicative competitive
   interaction model: least squares approach. Journal of Marketing Research 11(3), 303-311.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Literal

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Callable

    from numpy.typing import NDArray

    from retail_portfolio.model.market.travel import Reach

    Floats = NDArray[np.float64]
    Ints = NDArray[np.int64]
    Flags = NDArray[np.bool_]

LEAST_MINUTES = 1.0
"""No trip counts as shorter: a point on top of a store would else see nothing but this store."""
BLOCK = 64
"""Demand points of a dense computation that are held together; few, so that they stay in cache."""


def decay(
    minutes: Floats, rate: Floats | float, kind: Literal["power", "exponential"] = "power"
) -> Floats:
    """Return what remains of a store's pull after a trip of ``minutes``.

    Parameters
    ----------
    rate
        lambda, above 0: an exponent (power) or per minute (exponential); broadcasts.
    """
    least = np.maximum(minutes, LEAST_MINUTES)
    if kind == "power":
        remains: Floats = least ** -np.asarray(rate, float)
    else:
        remains = np.exp(-np.asarray(rate, float) * least)
    return remains


@dataclass(frozen=True, slots=True)
class Market:
    """Attraction of every option at every point, kept for any number of questions.

    Parameters
    ----------
    by_point, by_store
        The attraction A, points x options, as a sparse array by rows and the same by columns.
    rivals
        R: attraction of the competitors' supermarkets at each point, shape ``(points,)``, >= 0.
    elsewhere
        O: attraction of everything that is no supermarket, shape ``(points,)``, >= 0.
    spending_usd_year
        E: what the households of each point spend on groceries, shape ``(points,)``, >= 0.
    """

    by_point: Any
    by_store: Any
    rivals: Floats
    elsewhere: Floats
    spending_usd_year: Floats

    @property
    def points(self) -> int:
        """Number of demand points."""
        return int(self.by_point.shape[0])

    @property
    def options(self) -> int:
        """Number of stores that may be open or not."""
        return int(self.by_point.shape[1])


def market_of(
    reach: Reach,
    attraction: Floats,
    rivals: Floats,
    elsewhere: Floats,
    spending_usd_year: Floats,
) -> Market:
    """Build a market from the attraction of every pair in reach.

    Parameters
    ----------
    attraction
        A of each pair of ``reach``, 0 or more.

    Raises
    ------
    ValueError
        If a number is not finite or below 0: it would spoil every total without a word.
    """
    from scipy.sparse import csr_array  # noqa: PLC0415 - keeps the import of the models light

    for name, values in (
        ("attraction", attraction),
        ("rivals", rivals),
        ("elsewhere", elsewhere),
        ("spending", spending_usd_year),
    ):
        wrong = np.flatnonzero(~(np.isfinite(values) & (values >= 0)))
        if len(wrong):
            message = f"{name} of {len(wrong)} rows is not a number of 0 or more: row {wrong[0]}"
            raise ValueError(message)
    by_point = csr_array((attraction, reach.store, reach.start), shape=(reach.points, reach.stores))
    return Market(by_point, by_point.tocsc(), rivals, elsewhere, spending_usd_year)


def total_attraction(market: Market, is_open: Floats | Flags) -> Floats:
    """D: attraction of all that is open at each point; ``is_open`` holds 0 to 1 per option."""
    total: Floats = market.by_point @ np.asarray(is_open, float) + market.rivals + market.elsewhere
    return total


def _per_attraction(market: Market, is_open: Floats | Flags) -> Floats:
    """E / D, 0 where nothing is in reach."""
    total = total_attraction(market, is_open)
    return np.divide(market.spending_usd_year, total, out=np.zeros(market.points), where=total > 0)


def sales_usd_year(market: Market, is_open: Floats | Flags) -> Floats:
    """Return the expected sales of every option, USD a year; 0 where it is not open."""
    sold: Floats = (market.by_store.T @ _per_attraction(market, is_open)) * np.asarray(
        is_open, float
    )
    return sold


def shares(market: Market, is_open: Floats | Flags) -> Any:
    """Market share of every option at every point, sparse by point, 0 to 1.

    With the shares of rivals and of everything else each point sums to one, unless nothing at all
    is in its reach.
    """
    from scipy.sparse import diags_array  # noqa: PLC0415 - keeps the import of the models light

    total = total_attraction(market, is_open)
    one_over = np.divide(1.0, total, out=np.zeros(market.points), where=total > 0)
    return (
        diags_array(one_over) @ market.by_point @ diags_array(np.asarray(is_open, float))
    ).tocsr()


def unreached(market: Market, is_open: Floats | Flags) -> Flags:
    """Points that have nothing in reach: their spending is in no store's sales."""
    nothing: Flags = total_attraction(market, is_open) <= 0
    return nothing


def own_sales_without_each(market: Market, is_open: Flags, options: Ints) -> Floats:
    """Total sales of all open options when one of them closes, for each of ``options``.

    The total changes only at the points that option reaches, so that each what-if costs one
    column of the attraction.

    Returns
    -------
    Floats
        USD a year, shape ``(len(options),)``.
    """
    opened = np.asarray(is_open, float)
    own = market.by_point @ opened
    total = own + market.rivals + market.elsewhere
    ratio = np.divide(own, total, out=np.zeros(market.points), where=total > 0)
    base = float(market.spending_usd_year @ ratio)
    matrix = market.by_store
    columns = [slice(matrix.indptr[j], matrix.indptr[j + 1]) for j in options]
    result = np.empty(len(options))
    for at, (option, column) in enumerate(zip(options, columns, strict=True)):
        point = matrix.indices[column]
        lost = matrix.data[column] * opened[option]
        rest = total[point] - lost
        without = np.divide(own[point] - lost, rest, out=np.zeros(len(point)), where=rest > 0)
        result[at] = base + market.spending_usd_year[point] @ (without - ratio[point])
    return result


def sales_with_each(market: Market, is_open: Flags, options: Ints) -> tuple[Floats, Any]:
    """Sales of each of ``options`` if it alone opened, and what every open option would lose.

    Returns
    -------
    sales
        USD a year, shape ``(len(options),)``.
    taken
        What opening option o takes from open option k, USD a year, sparse,
        ``len(options)`` x options.

    Raises
    ------
    ValueError
        If one of them is open already.
    """
    from scipy.sparse import csc_array, diags_array  # noqa: PLC0415 - as above

    if np.asarray(is_open, bool)[options].any():
        message = "an option that is open already cannot open"
        raise ValueError(message)
    total = total_attraction(market, is_open)
    chosen = market.by_store[:, options]
    point = chosen.indices
    sold = market.spending_usd_year[point] * chosen.data / (total[point] + chosen.data)
    gained = csc_array((sold, chosen.indices, chosen.indptr), shape=chosen.shape)
    one_over = np.divide(1.0, total, out=np.zeros(market.points), where=total > 0)
    was = diags_array(one_over) @ market.by_point @ diags_array(np.asarray(is_open, float))
    return np.asarray(gained.sum(axis=0)).ravel(), (gained.T @ was).tocsr()


def dense_shares(pull: Floats, remains: Floats, outside: Floats | float = 0.0) -> Floats:
    """Market shares without a cut-off, shape ``(points, stores)``.

    Parameters
    ----------
    pull
        a of each store, shape ``(stores,)``.
    remains
        Decay of each pair, shape ``(points, stores)``.
    outside
        Attraction of everything else at each point, shape ``(points,)`` or one for all.
    """
    attraction = remains * pull
    total = attraction.sum(axis=1) + outside
    reached = total[:, None] > 0
    shared: Floats = np.divide(
        attraction, total[:, None], out=np.zeros_like(attraction), where=reached
    )
    return shared


def dense_sales_usd_year(
    pull: Floats,
    remains_of: Callable[[slice], Floats],
    spending_usd_year: Floats,
    outside: Floats | float = 0.0,
    block: int = BLOCK,
) -> Floats:
    """Sales of every store without a cut-off, in memory that does not grow with the points.

    Parameters
    ----------
    remains_of
        Gives the decay of the points of a slice to all stores, shape ``(slice, stores)``.
    block
        Points looked at together.
    """
    points = len(spending_usd_year)
    beyond = np.broadcast_to(np.asarray(outside, float), (points,))
    sold = np.zeros(len(pull))
    for first in range(0, points, block):
        rows = slice(first, min(first + block, points))
        remains = remains_of(rows)
        total = remains @ pull + beyond[rows]
        per = np.divide(spending_usd_year[rows], total, out=np.zeros_like(total), where=total > 0)
        sold += per @ remains
    return sold * pull
