r"""From above: planes that no plan rises over, and how they are made to press harder.

The gain f(x) of a block (`retail_portfolio.model.plan_problem`) is concave, so that its tangent at
any point y lies above it: f(x) <= f(y) + grad f(y) (x - y). Between whole numbers f can be lowered
and stays what it is at plans. For each site S take the matrix M_S of its columns and

    F(x) = f(x) - sum_S delta_S q_S(x),    q_S(x) = diag(M_S) x_S - x_S' M_S x_S.

q_S is zero wherever site S has no column or exactly one, and positive in between. F is concave as
long as blockdiag(delta_S M_S) <= M, where -2 M bounds the second derivative of f from above:

    M = sum_t w_t sum_i h_i (g_t r_i)(g_t r_i)' / (1 + U_it)^3,

U_it the most that point i can see, every site with its strongest column; M_S are the blocks of M
on its diagonal. Tangents of F are as valid as those of f and much tighter. The best delta
maximises sum_S e_S delta_S, e_S the largest entry of M_S, under that condition and delta >= 0: a
semidefinite program in one number a site, solved by Newton's method with logarithmic barriers.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from retail_portfolio.model.plan_problem import Block

    Floats = NDArray[np.float64]
    Ints = NDArray[np.int64]

RANK = 1e-7
"""Directions of Z_S, M_S = Z_S' Z_S, weaker than this part of its strongest one are left out."""
FIRST_BARRIER, LAST_BARRIER, NARROWER = 1.0, 1e-3, 0.1
"""Weight of the logarithm at the start, at the end, and its step."""
NEWTON_STEPS = 20
SHY = 1e-5
"""Distance kept from the edge, where rounding could make F convex."""


@dataclass(frozen=True, slots=True)
class Ceiling:
    """A block with the numbers that lower it between plans.

    Parameters
    ----------
    block
        The block.
    lowering
        blockdiag(delta_S M_S), shape ``(columns, columns)``, USD.
    """

    block: Block
    lowering: Floats

    def tangent(self, at: Floats) -> tuple[float, Floats]:
        """Return F at a point and its gradient, USD."""
        value, slope = self.block.value_and_slope(at)
        pressed = self.lowering @ at
        diagonal = np.diag(self.lowering)
        value -= float((diagonal - pressed) @ at)
        return value, slope - diagonal + 2 * pressed


def ceiling(block: Block) -> Ceiling:
    """Lower a block as far between plans as it stays concave."""
    from scipy.sparse import csc_array, hstack  # noqa: PLC0415 - keeps the import of models light

    sites = [np.flatnonzero(block.site == site) for site in np.unique(block.site)]
    weight = _least_bend(block, sites)
    lowering = np.zeros((len(block.columns), len(block.columns)))
    units, owner, effect = [], [], []
    for number, mine in enumerate(sites):
        rows, half = _half_bend(block, mine, weight)
        # From the halves, not from their product: small directions would drown in rounding.
        first, triangle = np.linalg.qr(half)
        direction, power, _ = np.linalg.svd(triangle)
        unit = first @ direction[:, power > RANK * power.max(initial=0.0)]
        place = np.repeat(np.arange(unit.shape[1]), len(rows))
        cells = (unit.T.ravel(), (np.tile(rows, unit.shape[1]), place))
        units.append(csc_array(cells, shape=(weight.size, unit.shape[1])))
        owner += [number] * unit.shape[1]
        bend = half.T @ half
        lowering[np.ix_(mine, mine)] = bend
        effect.append(float(np.diag(bend).max()))
    basis = hstack(units, format="csc")
    whole = np.asarray((basis.T @ basis).todense())
    share = best_shares(whole, np.array(owner), np.array(effect))
    return Ceiling(block, lowering * share[block.site][:, None])


def _least_bend(block: Block, sites: list[Ints]) -> Floats:
    """H w / (1 + U)^3 by point and epoch."""
    most = np.zeros((block.relative.shape[0], len(block.weight)))
    for mine in sites:
        seen = np.zeros_like(most)
        for column in mine:
            points, drawn = _reached(block, column)
            seen[points] = np.maximum(seen[points], drawn[:, None] * block.pull[column])
        most += seen
    found: Floats = block.worth_usd_year[:, None] * block.weight / (1 + most) ** 3
    return found


def _reached(block: Block, column: int) -> tuple[Ints, Floats]:
    matrix, option = block.by_option, block.option[column]
    part = slice(matrix.indptr[option], matrix.indptr[option + 1])
    return matrix.indices[part], matrix.data[part]


def _half_bend(block: Block, mine: Ints, weight: Floats) -> tuple[Ints, Floats]:
    """Return Z with M_S = Z' Z over the points and epochs that a site sees, and which those are."""
    epochs = weight.shape[1]
    points = np.unique(np.concatenate([_reached(block, column)[0] for column in mine]))
    half = np.zeros((len(points), epochs, len(mine)))
    for at, column in enumerate(mine):
        reached, drawn = _reached(block, column)
        half[np.searchsorted(points, reached), :, at] = drawn[:, None] * block.pull[column]
    half *= np.sqrt(weight[points])[:, :, None]
    rows = points[:, None] * epochs + np.arange(epochs)
    return rows.ravel(), half.reshape(-1, len(mine))


def best_shares(whole: Floats, owner: Ints, effect: Floats) -> Floats:
    """Maximise ``effect @ share`` with shares of 0 or more and a definite remainder.

    The remainder is ``whole - diag(share[owner])``.

    Parameters
    ----------
    whole
        Positive semidefinite with ones on its diagonal, shape ``(n, n)``.
    owner
        Site of each row.

    Returns
    -------
    Floats
        Shape ``(sites,)``, 0 or more; all 0 where nothing can be taken away.
    """
    sites = len(effect)
    start = float(np.linalg.eigvalsh(whole)[0])
    if start <= SHY:
        return np.zeros(sites)
    share = np.full(sites, 0.9 * start)
    goal = effect / effect.sum()
    member = (owner[:, None] == np.arange(sites)).astype(float)
    barrier = FIRST_BARRIER / sites
    while barrier > LAST_BARRIER / sites:
        for _ in range(NEWTON_STEPS):
            inverse = np.linalg.inv(whole - np.diag(share[owner]))
            slope = goal - barrier * (member.T @ np.diag(inverse) - 1 / share)
            bent = barrier * (member.T @ (inverse * inverse.T) @ member + np.diag(share**-2))
            step = np.linalg.solve(bent, slope)
            share = _inside(whole, owner, share, step)
            if slope @ step < 1e-3 * barrier:  # near enough to go on
                break
        barrier *= NARROWER
    return np.maximum(share - SHY, 0.0)


def _inside(whole: Floats, owner: Ints, share: Floats, step: Floats) -> Floats:
    """Go as far along a step as the matrix stays positive definite and no share falls to 0."""
    length = 1.0
    while length > SHY:
        there = share + length * step
        if there.min() <= 0:
            length /= 2
            continue
        try:
            np.linalg.cholesky(whole - np.diag(there[owner]))
        except np.linalg.LinAlgError:
            length /= 2
            continue
        return there if length == 1.0 else share + 0.9 * length * step
    return share
