r"""A face: what is left of a block once some of its columns are decided.

Let d_it be the crowd of the columns that are in for good. The gain of the others x is

    sum_t w_t sum_i h_i (d_it + u_it) / (1 + d_it + u_it)

and its second derivative is bounded by that at U_it, the most that the columns still open can add
to d_it. Of fewer open columns U is smaller, so that more can be taken away between plans
(`retail_portfolio.model.planning.plan_bound`): tangents made for a face press harder than those of
the block. They hold within the face only.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from retail_portfolio.model.planning.plan_bound import ceiling
from retail_portfolio.model.planning.plan_local import Limits
from retail_portfolio.model.planning.plan_problem import Block
from retail_portfolio.model.planning.plan_program import USD_PER_UNIT

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from retail_portfolio.model.planning.plan_bound import Ceiling
    from retail_portfolio.model.planning.plan_program import Node

    Floats = NDArray[np.float64]
    Ints = NDArray[np.int64]
    Flags = NDArray[np.bool_]

HALF = 0.5
"""What lies above is chosen, once it is a whole number."""


def face_of(block: Block, free: Flags, decided: Flags) -> Block:
    """Keep the columns that are open and the points that they reach.

    Parameters
    ----------
    free, decided
        Columns of the block that are open (one at least), and those that are in for good.
    """
    options, option = np.unique(block.option[free], return_inverse=True)
    _, site = np.unique(block.site[free], return_inverse=True)
    part = block.relative[:, options].tocsr()
    rows = np.flatnonzero(np.diff(part.indptr) > 0)
    part = part[rows]
    return Block(
        block.columns[free],
        option.astype(np.int64),
        site.astype(np.int64),
        part,
        part.T.tocsr(),
        block.worth_usd_year[rows],
        block.pull[free],
        block.weight,
        block.crowd(decided.astype(float))[rows],
    )


@dataclass(frozen=True, slots=True)
class Stand:
    """What of a part is open, and what is decided; money in `USD_PER_UNIT`.

    Parameters
    ----------
    columns
        Positions of the open columns in the whole choice.
    site
        Site of each, 0, 1, ...
    linear
        Money of each.
    rows
        The rules over them, less what is decided.
    tops
        Blocks over them.
    place
        Positions among the columns of the stand before.
    decided
        Columns that are in.
    decided_money, decided_gain
        Their money; what captured sales gain with them alone, less what the blocks count of it.
    """

    columns: Ints
    site: Ints
    linear: Floats
    rows: Limits
    tops: tuple[Ceiling, ...]
    place: Ints
    decided: tuple[int, ...] = ()
    decided_money: float = 0.0
    decided_gain: float = 0.0

    @property
    def offset(self) -> float:
        """What is added to the value of every choice of the open columns."""
        return self.decided_money + self.decided_gain

    def face(self, node: Node, near: Floats) -> tuple[Stand, Flags]:
        """Return what a node leaves open, and which of its sites have to convert."""
        inside = node.low > HALF
        taken = np.unique(self.site[inside])
        free = (node.high > node.low) & ~np.isin(self.site, taken)
        sites, site = np.unique(self.site[free], return_inverse=True)
        tops, gain = [], self.decided_gain
        for top in self.tops:
            where = np.searchsorted(self.columns, top.block.columns)
            crowd = top.block.crowd(inside[where].astype(float))
            gain += top.block.gain_usd(crowd) / USD_PER_UNIT
            if free[where].any():
                block = face_of(top.block, free[where], inside[where])
                gain -= block.gain_usd(block.before) / USD_PER_UNIT
                tops.append(ceiling(block, near[where][free[where]]))
        used = self.rows.rows @ inside
        rows = Limits(self.rows.rows[:, free], self.rows.low - used, self.rows.high - used)
        stand = Stand(
            self.columns[free],
            site.astype(np.int64),
            self.linear[free],
            rows,
            tuple(tops),
            np.flatnonzero(free),
            (*self.decided, *self.columns[inside].tolist()),
            self.decided_money + float(self.linear[inside].sum()),
            gain,
        )
        return stand, node.needed[sites]
