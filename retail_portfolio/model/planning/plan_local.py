"""Local search: a good plan at once, and the start of the proof.

From a feasible plan the best single change is made again and again: a column is added, dropped,
or put in another one's place; the last also within a site, which changes format or opening year.
What a column adds at the points that it reaches costs one look at these points:

    gain of adding c = k_c + sum_t w_t sum_i h_i g_ct r_ic / ((1 + u_it)(1 + u_it + g_ct r_ic)).

It stops where no single change gains. That is no proof, and none is claimed.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from retail_portfolio.model.planning.plan_problem import Block, Problem
    from retail_portfolio.model.planning.plan_rules import Rule

    Floats = NDArray[np.float64]
    Ints = NDArray[np.int64]
    Flags = NDArray[np.bool_]

LEAST_USD = 0.01
"""A change that gains less is none."""


@dataclass(frozen=True, slots=True)
class Limits:
    """All rows of the rules in one table: ``low <= rows @ x <= high``."""

    rows: Floats
    low: Floats
    high: Floats

    def hold(self, total: Floats) -> Flags:
        """Tell whether sums keep to the limits, shape ``(rows,)`` or ``(rows, any)``."""
        low, high = self.low, self.high
        if total.ndim > 1:
            low, high = low[:, None], high[:, None]
        return np.asarray(((total <= high) & (total >= low)).all(axis=0))


def limits_of(rules: Sequence[Rule], columns: int, slack: float) -> Limits:
    """Stack the rows of several rules, each row scaled by its greatest entry."""
    if not rules:
        return Limits(np.zeros((0, columns)), np.zeros(0), np.zeros(0))
    rows = np.concatenate([rule.rows for rule in rules])
    scale = np.abs(rows).max(axis=1, initial=0.0)
    scale = np.where(scale > 0, scale, 1.0)
    low = np.concatenate([rule.low for rule in rules]) / scale
    high = np.concatenate([rule.high for rule in rules]) / scale
    return Limits(rows / scale[:, None], low - slack, high + slack)


def added_usd(block: Block, crowd: Floats, wanted: Ints) -> Floats:
    """Gain of adding each of some columns of a block, without its own money.

    Parameters
    ----------
    wanted
        Positions within the block.
    """
    found = np.empty(len(wanted))
    indptr, indices, data = block.by_option.indptr, block.by_option.indices, block.by_option.data
    for at, column in enumerate(wanted):
        option = block.option[column]
        part = slice(indptr[option], indptr[option + 1])
        points = indices[part]
        more = data[part][:, None] * block.pull[column]
        before = 1 + crowd[points]
        found[at] = (
            block.worth_usd_year[points] @ (more / (before * (before + more))) @ block.weight
        )
    return found


def _drawn(block: Block, column: int) -> tuple[Ints, Floats]:
    """Return the points that a column reaches, and what it draws there in each epoch."""
    matrix, option = block.by_option, block.option[column]
    part = slice(matrix.indptr[option], matrix.indptr[option + 1])
    return matrix.indices[part], matrix.data[part][:, None] * block.pull[column]


def dropped_usd(block: Block, crowd: Floats, column: int) -> float:
    """Return what a chosen column of a block gains, without its own money."""
    points, drawn = _drawn(block, column)
    after = 1 + crowd[points]
    before = np.maximum(after - drawn, 1.0)
    return float(block.worth_usd_year[points] @ (drawn / (before * after)) @ block.weight)


def moved(block: Block, crowd: Floats, column: int, sign: float) -> Floats:
    """Return a crowd with a column added (1) or dropped (-1)."""
    points, drawn = _drawn(block, column)
    found = crowd.copy()
    found[points] = np.maximum(found[points] + sign * drawn, 0.0)
    return found


class LocalSearch:
    """A plan that gets better.

    Parameters
    ----------
    problem, limits
        What may be chosen and what it has to keep to.
    chosen
        A feasible plan to start from, shape ``(columns,)``.
    """

    def __init__(self, problem: Problem, limits: Limits, chosen: Flags) -> None:
        self.problem = problem
        self.limits = limits
        self.chosen = chosen.copy()
        self.total = limits.rows @ self.chosen.astype(float)
        count = len(problem.columns)
        self.block_of = np.full(count, -1)
        self.place = np.zeros(count, np.int64)
        for number, block in enumerate(problem.blocks):
            self.block_of[block.columns] = number
            self.place[block.columns] = np.arange(len(block.columns))
        self.crowd = [b.crowd(self.chosen[b.columns].astype(float)) for b in problem.blocks]
        self.alone = self.added(np.arange(count), [np.zeros_like(c) for c in self.crowd])
        self.most = self.alone.copy()

    def run(self) -> Flags:
        """Change the plan until no change gains; return it."""
        while self._one_step() or self._one_swap():
            pass
        return self.chosen

    def added(self, wanted: Ints, crowd: Sequence[Floats]) -> Floats:
        """Return the gain of adding each of some columns where blocks are crowded as given."""
        gain: Floats = self.problem.linear_usd[wanted].copy()
        for number, block in enumerate(self.problem.blocks):
            mine = self.block_of[wanted] == number
            if mine.any():
                gain[mine] += added_usd(block, crowd[number], self.place[wanted[mine]])
        return gain

    def _without(self, column: int) -> Floats:
        """Crowd of the column's block if it were not chosen."""
        number = self.block_of[column]
        return moved(self.problem.blocks[number], self.crowd[number], self.place[column], -1.0)

    def _dropped(self) -> tuple[Ints, Floats]:
        """Return the chosen columns and what dropping each gains."""
        on = np.flatnonzero(self.chosen)
        gain = -self.problem.linear_usd[on]
        for at, column in enumerate(on):
            number = self.block_of[column]
            if number >= 0:
                block = self.problem.blocks[number]
                gain[at] -= dropped_usd(block, self.crowd[number], self.place[column])
        return on, gain

    def make(self, drop: int | None, add: int | None) -> None:
        """Drop a column, add one, or both."""
        for column, sign in ((drop, -1.0), (add, 1.0)):
            if column is not None:
                self.chosen[column] = sign > 0
                self.total = self.total + sign * self.limits.rows[:, column]
                number = int(self.block_of[column])
                if number >= 0:
                    block, place = self.problem.blocks[number], int(self.place[column])
                    self.crowd[number] = moved(block, self.crowd[number], place, sign)
        if drop is not None:
            self.most = self.alone.copy()  # in a smaller crowd others gain more

    def free(self) -> Ints:
        """Return the columns of sites that do not convert."""
        taken = np.zeros(len(self.problem.columns.store_id), bool)
        taken[self.problem.columns.site[self.chosen]] = True
        return np.flatnonzero(~taken[self.problem.columns.site])

    def _one_step(self) -> bool:
        """Make the best addition, or else removal, or else exchange between blocks."""
        return self._one_addition() or self._one_removal() or self._one_exchange()

    def _one_addition(self) -> bool:
        """Make the best addition. What was gained in a smaller crowd says which to look at."""
        off = self.free()
        off = off[self.limits.hold(self.total[:, None] + self.limits.rows[:, off])]
        best, column = LEAST_USD, -1
        for one in off[np.argsort(-self.most[off], kind="stable")]:
            if self.most[one] <= best:
                break
            self.most[one] = self.added(np.array([one]), self.crowd)[0]
            if self.most[one] > best:
                best, column = float(self.most[one]), int(one)
        if column < 0:
            return False
        self.make(None, column)
        return True

    def _one_removal(self) -> bool:
        on, drop = self._dropped()
        allowed = self.limits.hold(self.total[:, None] - self.limits.rows[:, on])
        gain = np.where(allowed, drop, -np.inf)
        if not len(on) or gain.max() <= LEAST_USD:
            return False
        self.make(int(on[gain.argmax()]), None)
        return True

    def _one_exchange(self) -> bool:
        """Make the best exchange of two columns that share no block; only limits ask for it."""
        rows = self.limits.rows
        if not len(rows):
            return False
        (on, drop), off = self._dropped(), self.free()
        add = self.added(off, self.crowd)
        best = LEAST_USD
        move: tuple[int, int] | None = None
        for at, column in enumerate(on):
            far = (self.block_of[off] != self.block_of[column]) | (self.block_of[off] < 0)
            apart = off[far]
            gain = drop[at] + add[far]
            after = self.total[:, None] - rows[:, [column]] + rows[:, apart]
            gain = np.where(self.limits.hold(after), gain, -np.inf)
            if len(apart) and gain.max() > best:
                best, move = float(gain.max()), (int(column), int(apart[gain.argmax()]))
        if move is None:
            return False
        self.make(*move)
        return True

    def _one_swap(self) -> bool:
        """Make the best exchange within a block or a site, of the first chosen that has one."""
        on, drop = self._dropped()
        off, site = self.free(), self.problem.columns.site
        rows = self.limits.rows
        for at, column in enumerate(on):
            number = self.block_of[column]
            others = np.flatnonzero((site == site[column]) & ~self.chosen)
            if number >= 0:
                others = np.union1d(others, off[self.block_of[off] == number])
            others = others[drop[at] + self.alone[others] > LEAST_USD]
            after = self.total[:, None] - rows[:, [column]] + rows[:, others]
            others = others[self.limits.hold(after)]
            if not len(others):
                continue
            crowd = list(self.crowd)
            if number >= 0:
                crowd[number] = self._without(int(column))
            gain = drop[at] + self.added(others, crowd)
            if gain.max() > LEAST_USD:
                self.make(int(column), int(others[gain.argmax()]))
                return True
        return False
