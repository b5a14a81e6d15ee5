r"""The best plans, with proof: outer approximation by tangents in one live linear program.

    maximise    sum_c k_c x_c + sum_b theta_b
    subject to  theta_b <= F_b(y) + grad F_b(y) (x - y)    for every tangent point y of block b
                sum of the columns of a site <= 1
                the rows of the rules
                x between 0 and 1

with F_b from `retail_portfolio.model.planning.plan_bound`. The program is solved and tangents are
added where its answer lies, until they meet. Then sites and columns are decided one after the other
(branch and bound), and tangents go on being added in every part of the tree; they hold for all of
it. The linear program stays alive throughout: a decision changes bounds, and the last basis starts
the next solution. A part is left as soon as its bound is not above the best plan (or the last of
the best plans asked for) by more than the gap asked for; the highest bound so left is that of it
all. Branching inside HiGHS would start over after every tangent, which took twenty times as long.

Parts that no block and no rule joins are solved apart, and their best plans are put together.
"""

from __future__ import annotations

import heapq
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from retail_portfolio.model.planning.plan_bound import ceiling
from retail_portfolio.model.planning.plan_face import HALF
from retail_portfolio.model.planning.plan_highs import add_columns, add_rows, quiet_model, site_rows
from retail_portfolio.model.planning.plan_joint import Joint, split_of
from retail_portfolio.model.planning.plan_local import Limits, LocalSearch, limits_of
from retail_portfolio.model.planning.plan_program import USD_PER_UNIT
from retail_portfolio.model.planning.plan_search import Part, Piece, Search
from retail_portfolio.model.planning.plan_tree import SLACK

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from retail_portfolio.model.planning.plan_bound import Ceiling
    from retail_portfolio.model.planning.plan_problem import Problem
    from retail_portfolio.model.planning.plan_rules import Rule

    Floats = NDArray[np.float64]
    Ints = NDArray[np.int64]
    Flags = NDArray[np.bool_]

ONE_TREE_SITES = 30
"""Sites left open at the root up to which a part of several blocks is decided in one tree."""


@dataclass(frozen=True, slots=True)
class Found:
    """The best plans of a problem.

    Parameters
    ----------
    chosen
        Columns of each plan, ascending, the best plan first.
    value_usd
        What each gains.
    bound_usd
        No plan gains more.
    nodes, programs
        Nodes of the trees and linear programs solved.
    """

    chosen: tuple[tuple[int, ...], ...]
    value_usd: tuple[float, ...]
    bound_usd: float
    nodes: int
    programs: int

    @property
    def gap(self) -> float:
        """``(bound - objective) / max(1, |objective|)`` of the best plan."""
        best = self.value_usd[0]
        return (self.bound_usd - best) / max(1.0, abs(best))


def chosen_flags(problem: Problem, columns: Sequence[int]) -> Flags:
    """Turn positions of columns into a choice."""
    flags = np.zeros(len(problem.columns), bool)
    flags[list(columns)] = True
    return flags


def parts_of(problem: Problem, limits: Limits) -> list[Part]:
    """Take the problem apart where nothing holds it together."""
    from scipy.sparse import coo_array  # noqa: PLC0415 - keeps the import of the models light
    from scipy.sparse.csgraph import connected_components  # noqa: PLC0415 - as above

    sites = problem.columns.site
    size = len(problem.columns.store_id)
    binding = _binding_rows(problem, limits)
    groups = [np.unique(sites[block.columns]) for block in problem.blocks]
    groups += [np.unique(sites[limits.rows[row] != 0]) for row in binding]
    pairs = [(group[0], other) for group in groups for other in group[1:]]
    ends = np.array(pairs, dtype=np.int64).reshape(-1, 2)
    graph = coo_array((np.ones(len(ends)), (ends[:, 0], ends[:, 1])), shape=(size, size))
    _, label = connected_components(graph, directed=False)
    of_column = label[sites]
    found = []
    for one in dict.fromkeys(of_column.tolist()):
        mine = of_column == one
        blocks = [n for n, b in enumerate(problem.blocks) if mine[b.columns[0]]]
        rows = [row for row in binding if mine[limits.rows[row] != 0].any()]
        found.append(Part(np.flatnonzero(mine), tuple(blocks), np.array(rows, np.int64)))
    return found


def _binding_rows(problem: Problem, limits: Limits) -> list[int]:
    """Return the rows that some choice of one column a site breaks."""
    sites, size = problem.columns.site, len(problem.columns.store_id)
    rows = []
    for row, entries in enumerate(limits.rows):
        most, least = np.zeros(size), np.zeros(size)
        np.maximum.at(most, sites, entries)
        np.minimum.at(least, sites, entries)
        if most.sum() > limits.high[row] or least.sum() < limits.low[row]:
            rows.append(row)
    return rows


def solve(
    problem: Problem,
    rules: Sequence[Rule] = (),
    count: int = 1,
    within_usd: float = 0.0,
    gap: float = 1e-6,
    start: Flags | None = None,
    ceilings: Sequence[Ceiling] | None = None,
) -> Found | None:
    """Find the best plan, or the best few.

    Parameters
    ----------
    rules
        What a plan has to keep to.
    count, within_usd
        How many plans are wanted at most, and how much worse than the best they may be.
    gap
        Relative gap at which a plan counts as proven.
    start
        A plan to begin with; need not be feasible.
    ceilings
        `ceiling` of each block, where they are known.

    Returns
    -------
    Found or None
        None where no plan keeps to the rules.
    """
    limits = limits_of(rules, len(problem.columns), SLACK)
    first = feasible_start(problem, limits, start)
    if first is None:
        return None
    first = LocalSearch(problem, limits, first).run()
    tops = [ceiling(b) for b in problem.blocks] if ceilings is None else list(ceilings)
    within = within_usd if count > 1 else 0.0
    allowed = 0.5 * gap * max(1.0, problem.value_usd(first))
    parts = parts_of(problem, limits)
    pieces = [
        _search(problem, limits, part, tops, allowed / len(parts), count, within, first)
        for part in parts
    ]
    return _joined(problem, pieces, count, within)


def _search(
    problem: Problem,
    limits: Limits,
    part: Part,
    tops: Sequence[Ceiling],
    allowed_usd: float,
    count: int,
    within_usd: float,
    first: Flags,
) -> Piece:
    """Search a part in one tree, or apart where it is large and only few rows join it."""
    if not len(part.blocks) and not len(part.rows):
        return _by_itself(problem, part, count)
    tree = Search(problem, limits, part, tops, allowed_usd, count, within_usd)
    if count > 1 or len(part.blocks) <= 1:
        return tree.run(first)
    stack = tree.root(first)
    if tree.open_sites(stack) <= ONE_TREE_SITES:
        return tree.down(stack)
    split = split_of(problem, limits, part)
    if len(split.parts) == 1:
        return tree.down(stack)
    return Joint(problem, limits, split, tops, allowed_usd, first).run(tree.prices(split.rows))


def _by_itself(problem: Problem, part: Part, count: int) -> Piece:
    """Return the best columns of a site that meets no other: nothing, or one of them."""
    plans = [(float(problem.linear_usd[column]), (int(column),)) for column in part.columns]
    best = heapq.nsmallest(count, [(0.0, ()), *plans], key=lambda plan: (-plan[0], plan[1]))
    return Piece(tuple(best), best[0][0], 0, 0)


def _joined(problem: Problem, pieces: Sequence[Piece], count: int, within_usd: float) -> Found:
    """Put the best plans of the parts together to the best plans of all."""
    plans: list[tuple[float, tuple[int, ...]]] = [(0.0, ())]
    for piece in pieces:
        both = [(v + w, c + d) for v, c in plans for w, d in piece.plans]
        plans = heapq.nsmallest(count, both, key=lambda plan: (-plan[0], plan[1]))
    found = [tuple(sorted(columns)) for _, columns in plans]
    exact = [(problem.value_usd(chosen_flags(problem, columns)), columns) for columns in found]
    exact.sort(key=lambda plan: (-plan[0], plan[1]))
    exact = [plan for plan in exact if plan[0] >= exact[0][0] - within_usd]
    bound = sum(piece.bound_usd for piece in pieces)
    return Found(
        tuple(columns for _, columns in exact),
        tuple(value for value, _ in exact),
        max(bound, exact[0][0]),
        sum(piece.nodes for piece in pieces),
        sum(piece.programs for piece in pieces),
    )


def feasible_start(problem: Problem, limits: Limits, wish: Flags | None = None) -> Flags | None:
    """Return a plan that keeps to the limits, near to a wish; None where there is none."""
    count = len(problem.columns)
    chosen = np.zeros(count, bool) if wish is None else wish
    if limits.hold(limits.rows @ chosen.astype(float)) and _one_each(problem, chosen):
        return chosen.copy()
    liking = problem.linear_usd / USD_PER_UNIT
    for block in problem.blocks:
        nobody = block.crowd(np.zeros(len(block.columns)))
        liking[block.columns] += block.slope_usd(nobody) / USD_PER_UNIT / 2
    return whole_numbers(problem, limits, liking)


def _one_each(problem: Problem, chosen: Flags) -> bool:
    return len(np.unique(problem.columns.site[chosen])) == int(chosen.sum())


def feasible(problem: Problem, rules: Sequence[Rule]) -> bool:
    """Tell whether any plan keeps to the rules."""
    limits = limits_of(rules, len(problem.columns), SLACK)
    nothing = np.zeros(len(problem.columns))
    if limits.hold(limits.rows @ nothing):
        return True
    return whole_numbers(problem, limits, nothing) is not None


def whole_numbers(problem: Problem, limits: Limits, liking: Floats) -> Flags | None:
    """Choose columns within the limits so that the sum of their liking is highest."""
    import highspy  # noqa: PLC0415 - keeps the import of the models light

    model = quiet_model()
    count = len(problem.columns)
    add_columns(model, liking, 1.0)
    for rows, low, high in (
        (site_rows(problem.columns.site), -np.inf, 1.0),
        (limits.rows, limits.low, limits.high),
    ):
        add_rows(model, rows, low, high)
    kinds = [highspy.HighsVarType.kInteger] * count
    if count:
        model.changeColsIntegrality(count, np.arange(count, dtype=np.int32), np.array(kinds))
    model.changeObjectiveSense(highspy.ObjSense.kMaximize)
    model.setOptionValue("mip_rel_gap", 0.01)
    model.run()
    if model.getModelStatus() == highspy.HighsModelStatus.kInfeasible:
        return None
    if not count:
        return np.zeros(0, bool) if limits.hold(np.zeros(len(limits.low))) else None
    found: Flags = np.array(model.getSolution().col_value[:count]) > HALF
    return found
