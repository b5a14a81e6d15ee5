r"""From above: planes that no plan rises over, and how they are made to press harder.

The gain f(x) of a block (`retail_portfolio.model.planning.plan_problem`) is concave, so that its
tangent at any point y lies above it. By how much is known: with u of x and v of y at point i in
epoch t,

    f(y) + grad f(y) (x - y) - f(x) = sum_t w_t sum_i h_i (u - v)^2 / ((1 + v)^2 (1 + u))
                                   >= (x - y)' M(y) (x - y),

    M(y) = sum_t w_t sum_i h_i (g_t r_i)(g_t r_i)' / ((1 + v_it)^2 (1 + U_it)),

U_it the most that point i can see, every site with its strongest column. For each site S let M_S be
the block of M on the diagonal. Where D = blockdiag(delta_S M_S) <= M, no plan x rises over

    f(y) + grad f(y) (x - y) - (x - y)' D (x - y),

and this is a plane over plans: a site has one column at most, so that x_S' M_S x_S is
diag(M_S) x_S. The best delta maximises sum_S e_S delta_S, e_S the largest entry of M_S, under that
condition and delta >= 0: a semidefinite program in one number a site, solved by Newton's method
with logarithmic barriers. It is solved at one y, the centre. At any other, all of delta M_S is
scaled by the greatest number that keeps the condition, an eigenvalue.

Where that would take too long, M is taken with (1 + U)^3 below, which is less than M(y) at every y,
and the same D serves everywhere.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from retail_portfolio.model.planning.plan_problem import Block

    Floats = NDArray[np.float64]
    Ints = NDArray[np.int64]

RANK = 1e-7
"""Directions of Z_S, M_S = Z_S' Z_S, weaker than this part of its strongest one are left out."""
FIRST_BARRIER, LAST_BARRIER, NARROWER = 1.0, 1e-3, 0.1
"""Weight of the logarithm at the start, at the end, and its step."""
NEWTON_STEPS = 20
SHY = 1e-5
"""Distance kept from the edge, where rounding could make F convex."""
MOST_WORK = 5e7
"""Multiplications that a tangent may cost to be made for the point where it touches."""


@dataclass(frozen=True, slots=True)
class Ceiling:
    """A block with the numbers that lower it between plans.

    Parameters
    ----------
    block
        The block.
    most
        U by point and epoch.
    lowering
        blockdiag(delta_S M_S) at the centre, shape ``(columns, columns)``, USD.
    basis
        The bend at the centre with each site's part of it made even, shape ``(rows, n)``, divided
        by the root of delta; none where the lowering holds at every point as it is.
    centre
        Weight of each row of it.
    """

    block: Block
    most: Floats
    lowering: Floats
    basis: Floats | None
    centre: Floats

    def tangent(self, at: Floats) -> tuple[float, Floats]:
        """Return a value at a point and a gradient that no plan rises over, USD."""
        block = self.block
        crowd = block.crowd(at)
        lowering = self.lowering * self._scale(crowd)
        pressed = lowering @ at
        diagonal = np.diag(lowering)
        value = block.gain_usd(crowd) - float((diagonal - pressed) @ at)
        return value, block.slope_usd(crowd) - diagonal + 2 * pressed

    def _scale(self, crowd: Floats) -> float:
        """By how much of what is taken away at the centre can be taken away at a crowd."""
        if self.basis is None:
            return 1.0
        here = _weight(self.block, self.most, crowd).ravel()
        ratio = np.divide(here, self.centre, out=np.zeros_like(here), where=self.centre > 0)
        half = self.basis * np.sqrt(ratio)[:, None]
        return float(max(np.linalg.eigvalsh(half.T @ half)[0] - SHY, 0.0))


def ceiling(block: Block, centre: Floats | None = None) -> Ceiling:
    """Lower a block as far between plans as no tangent falls below one.

    Parameters
    ----------
    centre
        Degrees of the columns around which tangents are wanted; half of everything if not given.
    """
    sites = [np.flatnonzero(block.site == site) for site in np.unique(block.site)]
    most = _most(block, sites)
    if centre is None:
        centre = 0.5 / np.bincount(block.site)[block.site]
    weight = _weight(block, most, block.crowd(centre))
    moves = weight.size * len(block.columns) ** 2 <= MOST_WORK
    if not moves:
        weight = _weight(block, most, most)
    lowering = np.zeros((len(block.columns), len(block.columns)))
    owner: list[int] = []
    basis = np.zeros((weight.size, len(block.columns)))
    effect = []
    for number, mine in enumerate(sites):
        rows, half = _half_bend(block, mine, weight)
        # From the halves, not from their product: small directions would drown in rounding.
        first, triangle = np.linalg.qr(half)
        direction, power, _ = np.linalg.svd(triangle)
        unit = first @ direction[:, power > RANK * power.max(initial=0.0)]
        at = len(owner)
        owner += [number] * unit.shape[1]
        basis[rows, at : len(owner)] = unit
        bend = half.T @ half
        lowering[np.ix_(mine, mine)] = bend
        effect.append(float(np.diag(bend).max()))
    basis = basis[:, : len(owner)]
    share = best_shares(basis.T @ basis, np.array(owner), np.array(effect))
    lowering *= share[block.site][:, None]
    if not moves or not share.any():
        return Ceiling(block, most, lowering, None, weight.ravel())
    basis /= np.sqrt(np.maximum(share, SHY))[owner]
    return Ceiling(block, most, lowering, basis, weight.ravel())


def _most(block: Block, sites: list[Ints]) -> Floats:
    """U by point and epoch."""
    most = block.before.copy()
    for mine in sites:
        seen = np.zeros_like(most)
        for column in mine:
            points, drawn = _reached(block, column)
            seen[points] = np.maximum(seen[points], drawn[:, None] * block.pull[column])
        most += seen
    return most


def _alike(block: Block) -> bool:
    """Tell whether all columns pull alike in every epoch, which can then be taken together."""
    return bool((block.pull == block.pull[0]).all())


def _weight(block: Block, most: Floats, crowd: Floats) -> Floats:
    """H w / ((1 + u)^2 (1 + U)) by point and epoch, or by point where epochs go together."""
    found: Floats = block.worth_usd_year[:, None] * block.weight / ((1 + crowd) ** 2 * (1 + most))
    if _alike(block):
        found = (found @ block.pull[0] ** 2)[:, None]
    return found


def _reached(block: Block, column: int) -> tuple[Ints, Floats]:
    matrix, option = block.by_option, block.option[column]
    part = slice(matrix.indptr[option], matrix.indptr[option + 1])
    return matrix.indices[part], matrix.data[part]


def _half_bend(block: Block, mine: Ints, weight: Floats) -> tuple[Ints, Floats]:
    """Return Z with M_S = Z' Z over the points and epochs that a site sees, and which those are."""
    epochs = weight.shape[1]
    pull = np.ones((len(block.columns), 1)) if _alike(block) else block.pull
    points = np.unique(np.concatenate([_reached(block, column)[0] for column in mine]))
    half = np.zeros((len(points), epochs, len(mine)))
    for at, column in enumerate(mine):
        reached, drawn = _reached(block, column)
        half[np.searchsorted(points, reached), :, at] = drawn[:, None] * pull[column]
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
    start = float(np.linalg.eigvalsh(whole)[0]) if len(whole) else 0.0
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
