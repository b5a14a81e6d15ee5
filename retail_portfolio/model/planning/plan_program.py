"""The live linear program of a part: columns, rules, and the tangents that press on its blocks.

See `retail_portfolio.model.planning.plan_solve` for the mathematics. Counts in `USD_PER_UNIT`.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import numpy as np

from retail_portfolio.model.planning.plan_highs import add_columns, add_rows, quiet_model, site_rows
from retail_portfolio.model.planning.plan_local import added_usd

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from retail_portfolio.model.planning.plan_bound import Ceiling
    from retail_portfolio.model.planning.plan_local import Limits

    Floats = NDArray[np.float64]
    Ints = NDArray[np.int64]
    Flags = NDArray[np.bool_]

USD_PER_UNIT = 1e6
"""The linear program counts in millions."""


@dataclass(slots=True)
class Node:
    """What has been decided, and what may still come of it.

    Parameters
    ----------
    bound
        No plan within it is worth more.
    low, high
        Bounds of each column, 0 or 1.
    needed
        Sites that have to convert.
    """

    bound: float
    low: Floats
    high: Floats
    needed: Flags

    def child(self, bound: float) -> Node:
        """Return a copy that may be decided further."""
        return Node(bound, self.low.copy(), self.high.copy(), self.needed.copy())


@dataclass(slots=True)
class Answer:
    """Answer of a linear program.

    Parameters
    ----------
    value
        Its value; minus infinity where it has none.
    chosen, theta
        Degree of each column, gain of each block.
    reduced
        What a change of each column alone would cost.
    """

    value: float
    chosen: Floats = field(default_factory=lambda: np.zeros(0))
    theta: Floats = field(default_factory=lambda: np.zeros(0))
    reduced: Floats = field(default_factory=lambda: np.zeros(0))


class Program:
    """The program, kept alive.

    Parameters
    ----------
    columns
        Positions of its columns in the whole choice.
    site
        Site of each column, 0, 1, ...
    linear
        Money of each column.
    rows
        The rules over these columns.
    tops
        Blocks within the part.
    offset
        What is added to every value.
    """

    def __init__(
        self,
        columns: Ints,
        site: Ints,
        linear: Floats,
        rows: Limits,
        tops: Sequence[Ceiling],
        offset: float = 0.0,
    ) -> None:
        self.site, self.rows, self.tops = site, rows, tops
        self.size = len(columns)
        self.where = [np.searchsorted(columns, top.block.columns) for top in tops]
        self.solved = 0
        self.linear, self.offset = linear, offset
        self.model = self._model(linear)
        self.model.changeObjectiveOffset(offset)
        self.fixed_rows = self.model.getNumRow()
        self.pressed = False
        self.height = 0.0

    def _model(self, linear: Floats) -> Any:
        import highspy  # noqa: PLC0415 - keeps the import of the models light

        model = quiet_model()
        size, blocks = self.size, len(self.tops)
        add_columns(model, linear, 1.0)
        most = np.array([top.block.most_usd() for top in self.tops]) / USD_PER_UNIT
        add_columns(model, np.ones(blocks), most, -np.inf)
        wide = np.zeros((int(self.site.max()) + 1, size + blocks))
        wide[:, :size] = site_rows(self.site)
        add_rows(model, wide, 0.0, 1.0)
        rules = np.zeros((len(self.rows.rows), size + blocks))
        rules[:, :size] = self.rows.rows
        add_rows(model, rules, self.rows.low, self.rows.high)
        model.changeObjectiveSense(highspy.ObjSense.kMaximize)
        model.setOptionValue("solver", "simplex")
        return model

    def gain(self, chosen: Floats) -> float:
        """Return what captured sales of whole numbers are worth."""
        total = 0.0
        for top, where in zip(self.tops, self.where, strict=True):
            total += top.block.gain_usd(top.block.crowd(chosen[where])) / USD_PER_UNIT
        return total

    def solve(self, node: Node) -> Answer:
        """Solve it with the decisions of a node.

        Raises
        ------
        RuntimeError
            If it neither has an answer nor is known to have none.
        """
        import highspy  # noqa: PLC0415 - as above

        size, sites = self.size, len(node.needed)
        model = self.model
        model.changeColsBounds(size, np.arange(size, dtype=np.int32), node.low, node.high)
        model.changeRowsBounds(
            sites, np.arange(sites, dtype=np.int32), node.needed.astype(float), np.ones(sites)
        )
        model.run()
        self.solved += 1
        status = model.getModelStatus()
        if status not in {highspy.HighsModelStatus.kOptimal, highspy.HighsModelStatus.kInfeasible}:
            model.clearSolver()  # the last basis led it astray
            model.run()
            status = model.getModelStatus()
        if status == highspy.HighsModelStatus.kInfeasible:
            return Answer(-np.inf)
        if status != highspy.HighsModelStatus.kOptimal:
            message = f"the linear program ended as {status}"
            raise RuntimeError(message)
        answer = model.getSolution()
        values, duals = np.array(answer.col_value), np.array(answer.col_dual)
        return Answer(
            float(model.getInfo().objective_function_value),
            np.clip(values[:size], 0.0, 1.0),
            values[size:],
            duals[:size],
        )

    def press(self, at: Floats, answer: Answer | None = None, least: float = 0.0) -> float:
        """Add tangents at a point where they cut the answer off; return by how much they do.

        Parameters
        ----------
        answer
            Answer of the program; without one every tangent is added.
        least
            A tangent that cuts off less is left out.
        """
        size, above = self.size, 0.0
        self.height = 0.0
        for number, (top, where) in enumerate(zip(self.tops, self.where, strict=True)):
            value, slope = top.tangent(at[where])
            value, slope = value / USD_PER_UNIT, slope / USD_PER_UNIT
            self.height += value
            room = value - float(slope @ at[where])
            over = np.inf
            if answer is not None:
                over = answer.theta[number] - room - float(slope @ answer.chosen[where])
            above += max(over, 0.0)
            if over <= least:
                continue
            entries = np.append(where, size + number).astype(np.int32)
            self.model.addRow(-np.inf, room, len(entries), entries, np.append(-slope, 1.0))
        return above

    def charge(self, linear: Floats) -> None:
        """Give the columns other money; the tangents stay true."""
        self.linear = linear
        self.model.changeColsCost(self.size, np.arange(self.size, dtype=np.int32), linear)

    def begin(self, start: Floats) -> None:
        """Press at a plan and halfway to everything, and with the sum of single gains, once."""
        if not self.pressed:
            self.press(start)
            self.press(0.5 / np.bincount(self.site)[self.site])  # within a site no more than one
            self.add_up()
            self.pressed = True

    def add_up(self) -> None:
        """Say that columns together gain no more than the sum of each alone."""
        for number, (top, where) in enumerate(zip(self.tops, self.where, strict=True)):
            block = top.block
            alone = added_usd(block, block.before, np.arange(len(where))) / USD_PER_UNIT
            entries = np.append(where, self.size + number).astype(np.int32)
            decided = block.gain_usd(block.before) / USD_PER_UNIT
            self.model.addRow(-np.inf, decided, len(entries), entries, np.append(-alone, 1.0))

    def duals(self) -> Floats:
        """Return the price of each row that is no tangent."""
        found: Floats = np.array(self.model.getSolution().row_dual)[: self.fixed_rows]
        return found

    def tidy(self) -> None:
        """Forget the tangents that do not touch the program's answer."""
        import highspy  # noqa: PLC0415 - as above

        status = self.model.getBasis().row_status
        loose = [
            row
            for row in range(self.fixed_rows, self.model.getNumRow())
            if status[row] == highspy.HighsBasisStatus.kBasic
        ]
        if loose:
            self.model.deleteRows(len(loose), np.array(loose, dtype=np.int32))
