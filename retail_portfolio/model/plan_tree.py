"""Branch and bound over a part of the choice, on one live linear program.

See `retail_portfolio.model.plan_solve` for the mathematics.
"""

from __future__ import annotations

import heapq
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from retail_portfolio.model.plan_local import Limits
from retail_portfolio.model.plan_program import USD_PER_UNIT, Answer, Node, Program

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from retail_portfolio.model.plan_bound import Ceiling
    from retail_portfolio.model.plan_problem import Problem

    Floats = NDArray[np.float64]
    Ints = NDArray[np.int64]
    Flags = NDArray[np.bool_]

HALF = 0.5
"""What lies above is chosen, once it is a whole number."""
WHOLE = 1e-7
"""Distance from 0 or 1 that counts as none."""
CLOSE_ENOUGH, CLOSE_AT_ROOT = 0.15, 0.01
"""Part of the distance to the goal by which tangents may miss before a node is branched."""
TRIED = 8
"""Decisions whose effect is looked at before one is made."""
MOST_NODES = 20_000
"""Nodes after which the search stops unproven: a count, so that equal inputs give equal answers."""
ROOT_ROUNDS = 300
ROUNDS = 60
"""Rounds of tangents at the root, and at any later node."""
SLACK = 1e-9
"""Relative room in the rows of the rules, against rounding."""
NOISE = 1e-12
"""Part of all money at stake that is rounding: a bound above the best plan by less touches it."""


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


class Search:
    """Branch and bound over one part; counts in `USD_PER_UNIT`.

    Parameters
    ----------
    allowed_usd
        By how much the bound may stay above the best plan.
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
        inside = [tops[number] for number in part.blocks]
        self.rows = Limits(
            limits.rows[np.ix_(part.rows, part.columns)],
            limits.low[part.rows],
            limits.high[part.rows],
        )
        _, self.site = np.unique(problem.columns.site[part.columns], return_inverse=True)
        self.own_linear = self.linear = problem.linear_usd[part.columns] / USD_PER_UNIT
        self.allowed = allowed_usd / USD_PER_UNIT
        at_stake = sum(top.block.most_usd() for top in inside) / USD_PER_UNIT
        self.noise = NOISE * (at_stake + float(np.abs(self.linear).sum()))
        self.count, self.within = count, within_usd / USD_PER_UNIT
        self.gains: dict[tuple[int, ...], float] = {}
        self.plans: dict[tuple[int, ...], float] = {}
        self._goal: float | None = None
        self.bound = -np.inf
        self.nodes = 0
        self.program = Program(part.columns, self.site, self.linear, self.rows, inside)
        self.root_duals = np.zeros(self.program.fixed_rows)

    # -- plans ---------------------------------------------------------------------------------

    def note(self, chosen: Floats) -> None:
        """Remember a plan."""
        key = tuple(self.part.columns[chosen > HALF].tolist())
        if key not in self.gains:
            self.gains[key] = self.program.gain(chosen)
        self.plans[key] = float(self.linear @ chosen) + self.gains[key]
        self._goal = None

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
        self.program.charge(self.linear)
        self.allowed, self.count = allowed_usd / USD_PER_UNIT, count
        self.within = within_usd / USD_PER_UNIT
        self.plans, self._goal, self.bound, self.nodes = {}, None, -np.inf, 0
        place = {int(column): at for at, column in enumerate(self.part.columns)}
        for key, gain in self.gains.items():
            at = [place[column] for column in key]
            self.plans[key] = float(self.linear[at].sum()) + gain

    @property
    def goal(self) -> float:
        """What a plan has to beat to be wanted."""
        if self._goal is None:
            best = heapq.nlargest(self.count, self.plans.values())
            floor = best[0] - self.within if self.count > 1 else best[0]
            self._goal = max(floor, best[-1]) if len(best) >= self.count else floor
        return self._goal

    def hopeless(self, bound: float) -> bool:
        """Tell whether nothing wanted is left; remember the bound of what is given up."""
        if bound > self.goal + max(self.allowed, self.noise):
            return False
        if bound > self.goal + self.noise:
            self.bound = max(self.bound, bound)
        return True

    def settle(self, node: Node, rounds: int, close: float) -> Answer:
        """Solve and add tangents until they are near enough or nothing wanted is left."""
        least = max(0.1 * self.allowed, 0.5 * self.noise) / max(len(self.program.tops), 1)
        answer = Answer(-np.inf)
        for _ in range(rounds):
            answer = self.program.solve(node)
            if answer.value <= self.goal + max(self.allowed, self.noise):
                break
            above = self.program.press(answer.chosen, answer.theta, least)
            whole = _whole(answer.chosen)
            if whole:
                self.note(np.round(answer.chosen))
            near = 0.0 if whole else close * (answer.value - self.goal)
            if above <= max(near, 0.2 * self.allowed, self.noise):
                break
        return answer

    # -- the tree ------------------------------------------------------------------------------

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
        while stack:
            node = stack.pop()
            if self.hopeless(node.bound):
                continue
            if self.nodes >= MOST_NODES:
                self.bound = max(self.bound, node.bound)
                continue
            stack += self.expand(node)
        best = heapq.nsmallest(self.count, self.plans.items(), key=lambda p: (-p[1], p[0]))
        plans = tuple((value * USD_PER_UNIT, columns) for columns, value in best)
        bound = max(self.bound, best[0][1]) * USD_PER_UNIT
        return Piece(plans, bound, self.nodes, self.program.solved)

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
        if self.count == 1:
            return
        for column in range(len(chosen)):
            other = chosen.copy()
            other[self.site == self.site[column]] = 0.0
            other[column] = 1.0 - chosen[column]
            if self.rows.hold(self.rows.rows @ other):
                self.note(other)

    def expand(self, node: Node) -> list[Node]:
        """Look at a node; return the nodes it falls into, the most promising last."""
        root = self.nodes == 0
        self.nodes += 1
        answer = self.settle(
            node, ROOT_ROUNDS if root else ROUNDS, CLOSE_AT_ROOT if root else CLOSE_ENOUGH
        )
        if root and not np.isfinite(answer.value):
            message = "no plan is left, though one is known"
            raise RuntimeError(message)
        if root:
            self.root_duals = self.program.duals()
            self.program.tidy()
            self.round_up(answer)
        bound = min(node.bound, answer.value)
        if self.hopeless(bound):
            return []
        node.bound = bound
        self.fix(node, answer)
        if _whole(answer.chosen):
            return self.others(node, answer)
        return self.split(node, answer)

    def round_up(self, answer: Answer) -> None:
        """Try the sites that the program likes best, one after the other."""
        chosen = np.zeros(len(self.linear))
        for column in np.argsort(-answer.chosen, kind="stable"):
            if answer.chosen[column] <= HALF:  # no two of a site
                break
            chosen[column] = 1.0
            if not self.rows.hold(self.rows.rows @ chosen):
                chosen[column] = 0.0
        if self.rows.hold(self.rows.rows @ chosen):
            self.note(chosen)

    def fix(self, node: Node, answer: Answer) -> None:
        """Decide the columns whose change alone would cost more than there is to win."""
        room = answer.value - self.goal
        free = node.high > node.low
        out = free & (answer.chosen < WHOLE) & (answer.reduced < -room)
        into = free & (answer.chosen > 1 - WHOLE) & (answer.reduced > room)
        node.high[out] = 0.0
        node.low[into] = 1.0

    def others(self, node: Node, answer: Answer) -> list[Node]:
        """Return the parts of a node that hold everything but the plan found, its best."""
        if self.count == 1:
            self.bound = max(self.bound, answer.value)
            return []
        nodes, rest = [], node
        for column in np.flatnonzero(node.high > node.low):
            away = rest.child(answer.value - abs(answer.reduced[column]))
            inside = answer.chosen[column] > HALF
            away.low[column] = away.high[column] = 0.0 if inside else 1.0
            nodes.append(away)
            rest = rest.child(rest.bound)
            rest.low[column] = rest.high[column] = 1.0 if inside else 0.0
        return nodes

    def split(self, node: Node, answer: Answer) -> list[Node]:
        """Decide a site or a column: the one of several whose worse side falls deepest."""
        best: list[Node] = []
        most = -np.inf
        for sides in self.decisions(node, answer):
            falls = []
            for side in sides:
                side.bound = min(node.bound, self.program.solve(side).value)
                falls.append(max(node.bound - side.bound, 1e-9))
            merit = min(falls) * max(falls) if np.isfinite(falls).all() else np.inf
            if merit > most:
                most, best = merit, sides
            if merit == np.inf:
                break
        return sorted(best, key=lambda side: side.bound)

    def decisions(self, node: Node, answer: Answer) -> list[list[Node]]:
        """Return pairs of nodes: sites in or out where that is open, else columns."""
        of_site = np.bincount(self.site, answer.chosen, len(node.needed))
        open_site = np.minimum(of_site, 1 - of_site)
        found = []
        for site in np.argsort(-open_site, kind="stable")[:TRIED]:
            if open_site[site] > WHOLE:
                into, out = node.child(node.bound), node.child(node.bound)
                into.needed[site] = True
                out.high[self.site == site] = 0.0
                found.append([into, out])
        if found:
            return found
        open_column = np.minimum(answer.chosen, 1 - answer.chosen)
        for column in np.argsort(-open_column, kind="stable")[:TRIED]:
            if open_column[column] > WHOLE:
                into, out = node.child(node.bound), node.child(node.bound)
                into.low[column] = 1.0
                into.high[(self.site == self.site[column])] = 0.0
                into.high[column] = 1.0
                out.high[column] = 0.0
                found.append([into, out])
        return found


def _whole(chosen: Floats) -> bool:
    return bool(np.minimum(chosen, 1 - chosen).max(initial=0.0) <= WHOLE)
