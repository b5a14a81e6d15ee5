r"""The numbers of the choice: what every set of conversions gains, exactly.

A column c is a site with a target (`retail_portfolio.model.targets`) in an opening year; x_c is 1
where it is chosen, and a site has at most one column. With the attraction of
`retail_portfolio.model.market.huff`, let D_i be the attraction of everything open at demand point i
once the wave has closed and no site has converted, A_i the part of it that is the owner's, B_i =
D_i - A_i, E_i the spending there, a_ic the attraction of column c's store, g_ct its pull in year t
(`retail_portfolio.model.opening.site_value`) and w_t what a dollar of captured sales in year t is
worth today. Own stores, old and converted, capture at point i

    E_i (A_i + sum_c g_ct a_ic x_c) / (D_i + sum_c g_ct a_ic x_c)

in year t, which is more than without a conversion by

    h_i u / (1 + u),    h_i = E_i B_i / D_i,   u_it = sum_c g_ct r_ic x_c,   r_ic = a_ic / D_i.

The gain of a plan over closing every store of the wave is

    V(x) = sum_t w_t sum_i h_i u_it / (1 + u_it)  +  sum_c k_c x_c

with k_c the money of column c that depends on nobody else. u / (1 + u) is concave, so V is.

Three things make it small without changing it. Years with equal pulls are taken together (an
epoch). A point that one site alone reaches adds a constant to each column of that site. Sites
that share no point, directly or through others, make a block of their own.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from retail_portfolio.model.targets import is_conversion

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Floats = NDArray[np.float64]
    Ints = NDArray[np.int64]
    Flags = NDArray[np.bool_]

DIGITS = 12
"""Pulls that agree to so many digits are equal."""


@dataclass(frozen=True, slots=True)
class Columns:
    """What may be chosen.

    Parameters
    ----------
    site
        Position of each column's site among ``store_id``.
    to_format, opening_year
        Its target and the year in which it opens, 1 being the first.
    option
        Position of its store among the columns of the pulls.
    linear_usd
        k: money that depends on nobody else, USD today after tax.
    capital_usd
        Capex, before tax and undiscounted.
    store_id
        The sites.
    """

    site: Ints
    to_format: tuple[str, ...]
    opening_year: Ints
    option: Ints
    linear_usd: Floats
    capital_usd: Floats
    store_id: tuple[str, ...]

    def __len__(self) -> int:
        """Return the number of columns."""
        return len(self.site)

    @property
    def converts(self) -> Flags:
        """Whether each column is a conversion, and not a store that is kept or moved."""
        return np.array([is_conversion(one) for one in self.to_format], dtype=bool)

    def name(self, column: int) -> str:
        """Return ``store_id:target`` of a column."""
        return f"{self.store_id[self.site[column]]}:{self.to_format[column]}"


@dataclass(frozen=True, slots=True)
class Pulls:
    """Who is drawn to what: the attraction of the options relative to all that is open.

    Parameters
    ----------
    relative
        r, sparse by columns, points x options.
    worth_usd_year
        h, shape ``(points,)``.
    mean_ramp
        g, shape ``(columns, years)``.
    year_weight
        w, shape ``(years,)``.
    """

    relative: Any
    worth_usd_year: Floats
    mean_ramp: Floats
    year_weight: Floats


@dataclass(frozen=True, slots=True)
class Block:
    """Columns whose sites share demand points with each other and with no others.

    Parameters
    ----------
    columns
        Their positions, ascending.
    option
        Position of each column's store among the options of the block.
    site
        Position of each column's site among the sites of the block, ascending.
    relative, by_option
        r over the points that two or more sites reach, sparse by point, and transposed.
    worth_usd_year
        h of these points.
    pull
        g by column and epoch.
    weight
        w of each epoch.
    before
        Crowd by point and epoch of what is decided already, shape ``(points, epochs)``.
    """

    columns: Ints
    option: Ints
    site: Ints
    relative: Any
    by_option: Any
    worth_usd_year: Floats
    pull: Floats
    weight: Floats
    before: Floats

    def crowd(self, chosen: Floats) -> Floats:
        """U by point and epoch, of columns chosen to a degree of 0 to 1."""
        by_option = np.zeros((self.relative.shape[1], len(self.weight)))
        np.add.at(by_option, self.option, self.pull * chosen[:, None])
        found: Floats = self.before + self.relative @ by_option
        return found

    def gain_usd(self, crowd: Floats) -> float:
        """Return what a crowd u is worth, USD today."""
        return float(self.worth_usd_year @ (crowd / (1 + crowd)) @ self.weight)

    def slope_usd(self, crowd: Floats) -> Floats:
        """Return the derivative of the gain by the degree of each column, USD."""
        marginal = self.worth_usd_year[:, None] / (1 + crowd) ** 2 * self.weight
        by_option: Floats = self.by_option @ marginal
        found: Floats = (by_option[self.option] * self.pull).sum(axis=1)
        return found

    def most_usd(self) -> float:
        """Return more than any crowd is worth."""
        return float(self.worth_usd_year.sum() * self.weight.sum())


@dataclass(frozen=True, slots=True)
class Problem:
    """The columns, what each is worth by itself, and the blocks in which they meet.

    Parameters
    ----------
    columns, pulls
        As given to `problem_of`.
    linear_usd
        k with what each column gains at points that its site alone reaches.
    blocks
        In the order of their first column.
    """

    columns: Columns
    pulls: Pulls
    linear_usd: Floats
    blocks: tuple[Block, ...]

    def value_usd(self, chosen: Floats | Flags) -> float:
        """V: gain over closing every store of the wave, USD today after tax."""
        degree = np.asarray(chosen, float)
        total = float(self.linear_usd @ degree)
        for block in self.blocks:
            mine = degree[block.columns]
            if mine.any():
                total += block.gain_usd(block.crowd(mine))
        return total


def problem_of(columns: Columns, pulls: Pulls) -> Problem:
    """Bring the choice into blocks.

    Parameters
    ----------
    pulls
        One option may serve several columns; columns of one site stand together or apart.
    """
    from scipy.sparse import csc_array  # noqa: PLC0415 - keeps the import of the models light

    relative = csc_array(pulls.relative)
    site_of_option = np.zeros(relative.shape[1], np.int64)
    site_of_option[columns.option] = columns.site
    owner = np.repeat(site_of_option, np.diff(relative.indptr))
    sites = len(columns.store_id)
    pairs = np.unique(relative.indices.astype(np.int64) * sites + owner)
    reached = np.bincount(pairs // sites, minlength=relative.shape[0])
    shared = reached > 1
    linear = columns.linear_usd + _solo_usd(columns, pulls, relative, ~shared)
    label = _labels(pairs, shared, sites)
    blocks = []
    for one in dict.fromkeys(label[columns.site].tolist()):
        mine = np.flatnonzero(label[columns.site] == one)
        if len(np.unique(columns.site[mine])) > 1:
            blocks.append(_block(columns, pulls, relative, shared, mine))
    return Problem(columns, pulls, linear, tuple(blocks))


def _solo_usd(columns: Columns, pulls: Pulls, relative: Any, alone: Flags) -> Floats:
    """Gain of each column at points that no other site reaches."""
    gain = np.zeros(len(columns))
    for column, option in enumerate(columns.option):
        part = slice(relative.indptr[option], relative.indptr[option + 1])
        point, drawn = relative.indices[part], relative.data[part]
        mine = alone[point]
        levels, place = np.unique(pulls.mean_ramp[column].round(DIGITS), return_inverse=True)
        crowd = drawn[mine][:, None] * levels
        by_level = pulls.worth_usd_year[point[mine]] @ (crowd / (1 + crowd))
        gain[column] = by_level[place] @ pulls.year_weight
    return gain


def _labels(pairs: Ints, shared: Flags, sites: int) -> Ints:
    """Return which sites hang together through shared points, a label each."""
    from scipy.sparse import coo_array  # noqa: PLC0415 - as above
    from scipy.sparse.csgraph import connected_components  # noqa: PLC0415 - as above

    point, site = np.divmod(pairs, sites)
    keep = shared[point]
    size = len(shared) + sites
    edges = coo_array((np.ones(keep.sum()), (point[keep] + sites, site[keep])), shape=(size, size))
    _, label = connected_components(edges, directed=False)
    found: Ints = label[:sites].astype(np.int64)
    return found


def _block(columns: Columns, pulls: Pulls, relative: Any, shared: Flags, mine: Ints) -> Block:
    options, option = np.unique(columns.option[mine], return_inverse=True)
    _, site = np.unique(columns.site[mine], return_inverse=True)
    part = relative[:, options].tocsr()
    rows = np.flatnonzero(shared & (np.diff(part.indptr) > 0))
    part = part[rows]
    pull, year_epoch = np.unique(pulls.mean_ramp[mine].round(DIGITS), axis=1, return_inverse=True)
    weight = np.bincount(year_epoch.ravel(), pulls.year_weight, pull.shape[1]).astype(float)
    used = pull.any(axis=0)
    return Block(
        mine,
        option.astype(np.int64),
        site.astype(np.int64),
        part,
        part.T.tocsr(),
        pulls.worth_usd_year[rows],
        pull[:, used],
        weight[used],
        np.zeros((len(rows), int(used.sum()))),
    )


def crowd_of(problem: Problem, chosen: Flags) -> Floats:
    """Return u at every demand point in every year, shape ``(points, years)``."""
    pulls, columns = problem.pulls, problem.columns
    by_option = np.zeros((pulls.relative.shape[1], pulls.mean_ramp.shape[1]))
    np.add.at(by_option, columns.option[chosen], pulls.mean_ramp[chosen])
    found: Floats = pulls.relative @ by_option
    return found
