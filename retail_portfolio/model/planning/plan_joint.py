r"""Many blocks that only a few limits join, such as a budget over thirty metros.

Deciding them in one tree multiplies their trees. Let the rows  l <= A x <= u  join sub-parts
b = 1..B, and let pi be a price of each row. Every plan gains at most

    sum_b max over x_b of (V_b(x_b) - pi A_b x_b)  +  sum_i max(pi_i u_i, pi_i l_i)

(Lagrange), and each maximum is a small tree of its own. The prices are those of a linear program
over plans of sub-parts found so far, which is solved again with each new plan (Dantzig and Wolfe
1960, Operations Research 8(1)); in the end its plans, whole, make a good plan of all.

What is left is the distance D from that plan to the bound. A better plan takes from every sub-part
one whose priced value is less than D below that sub-part's best. All of these are listed, and a
small integer program chooses one from each list: the best plan, proven. Where the lists grow beyond
`LONGEST_LIST` the bound stays as it is, and says so.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from retail_portfolio.model.planning.plan_face import HALF
from retail_portfolio.model.planning.plan_highs import add_rows, quiet_model
from retail_portfolio.model.planning.plan_local import Limits, LocalSearch
from retail_portfolio.model.planning.plan_program import USD_PER_UNIT
from retail_portfolio.model.planning.plan_search import Part, Piece, Search

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from numpy.typing import NDArray

    from retail_portfolio.model.planning.plan_bound import Ceiling
    from retail_portfolio.model.planning.plan_problem import Problem

    Floats = NDArray[np.float64]
    Ints = NDArray[np.int64]
    Flags = NDArray[np.bool_]
    Plan = tuple[int, ...]

MOST_ROUNDS = 80
"""Rounds of prices."""
LONGEST_LIST = 3_000
"""Plans of one sub-part that are listed at most."""
BLEND = 0.6
"""Part of the best prices so far in the prices that are tried: they swing less."""
MEETS_MANY = 3
"""A row that meets so many blocks is a joint one; one that meets two makes them one sub-part."""


@dataclass(frozen=True, slots=True)
class Split:
    """A part taken apart: sub-parts, and the rows that join them."""

    parts: tuple[Part, ...]
    rows: Ints


def split_of(problem: Problem, limits: Limits, part: Part) -> Split:
    """Take a part apart at the rows that meet many blocks."""
    from scipy.sparse import coo_array  # noqa: PLC0415 - keeps the import of the models light
    from scipy.sparse.csgraph import connected_components  # noqa: PLC0415 - as above

    site = problem.columns.site
    label = np.arange(len(problem.columns.store_id))
    joint: list[int] = []
    groups = [np.unique(site[problem.blocks[number].columns]) for number in part.blocks]
    for rows in (np.zeros(0, np.int64), part.rows):
        joint = []
        for row in rows:
            met = np.unique(site[limits.rows[row] != 0])
            if len(np.unique(label[met])) >= MEETS_MANY:
                joint.append(int(row))
            else:
                groups.append(met)
        ends = np.array([(g[0], other) for g in groups for other in g[1:]], dtype=np.int64).reshape(
            -1, 2
        )
        shape = (len(label), len(label))
        graph = coo_array((np.ones(len(ends)), (ends[:, 0], ends[:, 1])), shape=shape)
        _, label = connected_components(graph, directed=False)
    local = [int(row) for row in part.rows if int(row) not in set(joint)]
    of_column = label[site[part.columns]]
    parts = []
    for one in dict.fromkeys(of_column.tolist()):
        mine = part.columns[of_column == one]
        inside = np.zeros(len(site), bool)
        inside[mine] = True
        blocks = tuple(n for n in part.blocks if inside[problem.blocks[n].columns[0]])
        rows_of = [row for row in local if inside[limits.rows[row] != 0].any()]
        parts.append(Part(mine, blocks, np.array(rows_of, np.int64)))
    return Split(tuple(parts), np.array(joint, np.int64))


class Joint:
    """The search over a part that falls apart but for its joint rows.

    Parameters
    ----------
    first
        A feasible plan of the whole problem.
    allowed_usd
        By how much the bound may stay above the best plan.
    """

    def __init__(
        self,
        problem: Problem,
        limits: Limits,
        split: Split,
        tops: Sequence[Ceiling],
        allowed_usd: float,
        first: Flags,
    ) -> None:
        self.problem, self.limits, self.split = problem, limits, split
        self.allowed = allowed_usd
        self.rows = limits.rows[split.rows]
        self.low, self.high = limits.low[split.rows], limits.high[split.rows]
        self.searches = [Search(problem, limits, part, tops, 0.0, 1, 0.0) for part in split.parts]
        self.whole = np.concatenate([part.columns for part in split.parts])
        self.lists: list[dict[Plan, float]] = [{} for _ in split.parts]
        self.best = np.zeros(len(problem.columns), bool)
        self.best[self.whole] = first[self.whole]
        self.bound = np.inf
        self.prices = np.zeros(len(self.rows))
        for number, part in enumerate(split.parts):
            self.learn(number, [tuple(part.columns[first[part.columns]].tolist())])

    # -- what is known -------------------------------------------------------------------------

    def learn(self, number: int, plans: Iterable[Plan]) -> int:
        """List plans of a sub-part with their value, USD; return how many are new."""
        known, before = self.lists[number], len(self.lists[number])
        search = self.searches[number]
        for plan in plans:
            if plan not in known:
                chosen = np.isin(search.part.columns, plan).astype(float)
                linear = float(self.problem.linear_usd[search.part.columns] @ chosen)
                known[plan] = linear + search.program.gain(chosen) * USD_PER_UNIT
        return len(known) - before

    def value(self, chosen: Flags) -> float:
        """Return the value of a plan of this part."""
        return self.problem.value_usd(chosen)

    @property
    def distance(self) -> float:
        """What may still be gained."""
        return max(self.bound - self.value(self.best), 0.0)

    def use(self, of: Floats) -> Floats:
        """Return how much of each joint row plans use."""
        found: Floats = self.rows @ of
        return found

    # -- prices --------------------------------------------------------------------------------

    def priced(self, prices: Floats, allowed_usd: float, count: int, within_usd: float) -> float:
        """Find the best plans of every sub-part under prices; return the bound they make."""
        total = float(
            np.where(prices > 0, prices * _finite(self.high), prices * _finite(self.low)).sum()
        )
        for number, search in enumerate(self.searches):
            charge = prices @ self.rows[:, search.part.columns]
            search.reprice(charge, allowed_usd, count, within_usd)
            piece = search.run(self.best)
            total += piece.bound_usd
            self.learn(number, [plan for _, plan in piece.plans])
        return total

    def master(self, *, whole: bool) -> tuple[Flags | None, Floats, float]:
        """Mix the listed plans, or choose among them.

        Returns
        -------
        chosen, prices, bound
            The columns chosen (where whole), the price of each row, and what the program's value
            may be at most, USD.
        """
        import highspy  # noqa: PLC0415 - keeps the import of the models light

        plans = [(number, plan) for number, known in enumerate(self.lists) for plan in known]
        worth = np.array([self.lists[number][plan] for number, plan in plans]) / USD_PER_UNIT
        member = np.zeros((len(self.lists), len(plans)))
        uses = np.zeros((len(self.rows), len(plans)))
        for at, (number, plan) in enumerate(plans):
            member[number, at] = 1.0
            uses[:, at] = self.rows[:, list(plan)].sum(axis=1)
        model = quiet_model()
        nothing = np.zeros(0, np.int32)
        size = len(plans)
        model.addCols(size, worth, np.zeros(size), np.ones(size), 0, nothing, nothing, np.zeros(0))
        add_rows(model, member, 1.0, 1.0)
        add_rows(model, uses, self.low, self.high)
        model.changeObjectiveSense(highspy.ObjSense.kMaximize)
        if whole:
            kinds = np.array([highspy.HighsVarType.kInteger] * size)
            model.changeColsIntegrality(size, np.arange(size, dtype=np.int32), kinds)
            model.setOptionValue("mip_rel_gap", 0.0)
            model.setOptionValue("mip_abs_gap", 0.2 * self.allowed / USD_PER_UNIT)
        model.run()
        if model.getModelStatus() != highspy.HighsModelStatus.kOptimal:
            return None, np.zeros(len(self.rows)), np.inf
        answer, facts = model.getSolution(), model.getInfo()
        if not whole:
            prices = np.array(answer.row_dual)[len(self.lists) :] * USD_PER_UNIT
            return None, prices, facts.objective_function_value * USD_PER_UNIT
        chosen = np.zeros(len(self.problem.columns), bool)
        for place in np.flatnonzero(np.array(answer.col_value) > HALF):
            chosen[list(plans[place][1])] = True
        return chosen, np.zeros(len(self.rows)), facts.mip_dual_bound * USD_PER_UNIT

    def improve(self) -> None:
        """Choose among the plans listed so far, and change the choice for the better."""
        chosen, _, _ = self.master(whole=True)
        if chosen is None:
            return
        better = LocalSearch(self.problem, self.limits, chosen).run()
        mine = np.zeros_like(better)
        mine[self.whole] = better[self.whole]
        if self.value(mine) > self.value(self.best):
            self.best = mine
        for number, part in enumerate(self.split.parts):
            self.learn(number, [tuple(part.columns[self.best[part.columns]].tolist())])

    # -- the way -------------------------------------------------------------------------------

    def run(self, start_prices: Floats | None = None) -> Piece:
        """Find prices, then list what can still matter, and choose."""
        self.find_prices(start_prices)
        self.improve()
        if self.distance > self.allowed:
            self.finish()
        columns = tuple(np.flatnonzero(self.best).tolist())
        value = self.value(self.best)
        nodes = sum(search.known.nodes for search in self.searches)
        programs = sum(search.programs for search in self.searches)
        return Piece(((value, columns),), max(self.bound, value), nodes, programs)

    def find_prices(self, start: Floats | None) -> None:
        """Alternate between the mix of plans and the best plans under its prices."""
        prices = np.zeros(len(self.rows)) if start is None else start
        exact = 0.02 * self.allowed / len(self.searches)
        for _ in range(MOST_ROUNDS):
            known = sum(len(plans) for plans in self.lists)
            bound = self.priced(prices, exact, 1, 0.0)
            if bound < self.bound:
                self.bound, self.prices = bound, prices
            _, dual, mixed = self.master(whole=False)
            if self.bound - mixed <= 0.2 * self.allowed:
                break
            fresh = sum(len(plans) for plans in self.lists) - known
            blend = BLEND if fresh else 0.0
            following = blend * self.prices + (1 - blend) * dual
            if not fresh and np.allclose(following, prices, rtol=1e-9, atol=1e-9):
                break
            prices = following

    def finish(self) -> None:
        """List every plan of a sub-part that a better plan could use, and choose among them.

        Where a list is not whole, because it is full or its search was cut short, the choice among
        what is listed bounds nothing, and the bound stays that of the prices.
        """
        self.lists = [{} for _ in self.lists]
        room = self.distance + self.allowed
        self.priced(self.prices, 0.0, LONGEST_LIST, room)
        full = max(len(plans) for plans in self.lists) >= LONGEST_LIST
        if full or any(search.known.cut_short for search in self.searches):
            self.improve()
            return
        chosen, _, bound = self.master(whole=True)
        if chosen is not None and self.value(chosen) > self.value(self.best):
            self.best = chosen
        self.bound = min(self.bound, max(bound, self.value(self.best)))


def _finite(bound: Floats) -> Floats:
    """Return bounds with 0 for none: a row without a bound on a side has no price there."""
    return np.where(np.isfinite(bound), bound, 0.0)
