"""The search over a part of the choice that nothing joins to the rest."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np

from retail_portfolio.model.planning.plan_face import Stand
from retail_portfolio.model.planning.plan_highs import TOLERANCE
from retail_portfolio.model.planning.plan_known import Known
from retail_portfolio.model.planning.plan_local import Limits
from retail_portfolio.model.planning.plan_program import USD_PER_UNIT, Node
from retail_portfolio.model.planning.plan_tree import NOISE, SLACK, Tree

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from retail_portfolio.model.planning.plan_bound import Ceiling
    from retail_portfolio.model.planning.plan_problem import Problem

    Floats = NDArray[np.float64]
    Ints = NDArray[np.int64]
    Flags = NDArray[np.bool_]


@dataclass(frozen=True, slots=True)
class Part:
    """Columns that blocks and rules join with each other and with no others.

    Parameters
    ----------
    columns
        Positions of the columns.
    blocks
        Numbers of the blocks.
    rows
        Positions of the rows of the limits.
    """

    columns: Ints
    blocks: tuple[int, ...]
    rows: Ints


@dataclass(frozen=True, slots=True)
class Piece:
    """The best plans of a part: value and columns."""

    plans: tuple[tuple[float, tuple[int, ...]], ...]
    bound_usd: float
    nodes: int
    programs: int


class Search(Tree):
    """Branch and bound over one part.

    Parameters
    ----------
    allowed_usd
        By how much the bound may stay above the best plan.
    count, within_usd
        How many plans are wanted, and how much worse than the best they may be.
    """

    def __init__(
        self,
        problem: Problem,
        limits: Limits,
        part: Part,
        tops: Sequence[Ceiling],
        allowed_usd: float,
        count: int,
        within_usd: float,
    ) -> None:
        self.part = part
        inside = tuple(tops[number] for number in part.blocks)
        rows = Limits(
            limits.rows[np.ix_(part.rows, part.columns)],
            limits.low[part.rows],
            limits.high[part.rows],
        )
        _, site = np.unique(problem.columns.site[part.columns], return_inverse=True)
        self.own_linear = problem.linear_usd[part.columns] / USD_PER_UNIT
        at_stake = sum(top.block.most_usd() for top in inside) / USD_PER_UNIT
        noise = TOLERANCE + NOISE * (at_stake + float(np.abs(self.own_linear).sum()))
        size = len(part.columns)
        stand = Stand(
            part.columns, site.astype(np.int64), self.own_linear, rows, inside, np.arange(size)
        )
        known = Known(count, within_usd / USD_PER_UNIT)
        super().__init__(stand, known, allowed_usd / USD_PER_UNIT, noise, centred=False)

    def reprice(
        self, charge_usd: Floats, allowed_usd: float, count: int, within_usd: float
    ) -> None:
        """Begin anew with a charge on every column; what is known of the gains stays known.

        Parameters
        ----------
        charge_usd
            Shape ``(columns of the part,)``.
        allowed_usd, count, within_usd
            As at the start.
        """
        self.linear = self.own_linear - charge_usd / USD_PER_UNIT
        self.stand = replace(self.stand, linear=self.linear)
        self.program.charge(self.linear)
        self.allowed = allowed_usd / USD_PER_UNIT
        self.bound, self.entered = -np.inf, False
        money = dict(zip(self.part.columns.tolist(), self.linear.tolist(), strict=True))
        self.known.reprice(money, count, within_usd / USD_PER_UNIT)

    @property
    def programs(self) -> int:
        """Linear programs solved so far."""
        return self.known.programs + self.program.solved

    def run(self, first: Flags) -> Piece:
        """Search the part, from a feasible plan of the whole."""
        return self.down(self.root(first))

    def root(self, first: Flags) -> list[Node]:
        """Look at the whole part; return the nodes it falls into."""
        start = first[self.part.columns].astype(float)
        if self.rows.hold(self.rows.rows @ start):
            self.note(start)
            self.note_neighbours(start)
        self.program.begin(start)
        sites = int(self.site.max()) + 1
        most = self.possible().astype(float)
        return self.expand(Node(np.inf, np.zeros(len(start)), most, np.zeros(sites, bool)))

    def down(self, stack: list[Node]) -> Piece:
        """Search nodes to the end."""
        self.explore(stack)
        best = self.known.best()
        plans = tuple((value * USD_PER_UNIT, columns) for value, columns in best)
        bound = max(self.bound, best[0][0]) * USD_PER_UNIT
        return Piece(plans, bound, self.known.nodes, self.programs)

    def open_sites(self, nodes: Sequence[Node]) -> int:
        """Count the sites that are not decided in every one of some nodes."""
        free = np.zeros(len(self.linear), bool)
        for node in nodes:
            free |= node.high > node.low
        return len(np.unique(self.site[free]))

    def prices(self, rows: Ints) -> Floats:
        """Return the prices of some rows of the limits at the root, USD."""
        place = (
            self.program.fixed_rows - len(self.part.rows) + np.searchsorted(self.part.rows, rows)
        )
        found: Floats = self.root_duals[place] * USD_PER_UNIT
        return found

    def possible(self) -> Flags:
        """Return the columns that no row of sums alone forbids."""
        rows = self.rows
        sums = np.asarray((rows.rows >= 0).all(axis=1))
        over = (rows.rows > rows.high[:, None] + SLACK) & sums[:, None]
        return np.asarray(~over.any(axis=0))

    def note_neighbours(self, chosen: Floats) -> None:
        """Remember the plans one change away, where several are wanted."""
        if self.known.count == 1:
            return
        for column in range(len(chosen)):
            other = chosen.copy()
            other[self.site == self.site[column]] = 0.0
            other[column] = 1.0 - chosen[column]
            if self.rows.hold(self.rows.rows @ other):
                self.note(other)
