"""Branch and bound over a part of the choice, on one live linear program.

See `retail_portfolio.model.planning.plan_solve` for the mathematics.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from retail_portfolio.model.planning.plan_face import HALF
from retail_portfolio.model.planning.plan_program import Answer, Node, Program

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from retail_portfolio.model.planning.plan_face import Stand
    from retail_portfolio.model.planning.plan_known import Known

    Floats = NDArray[np.float64]
WHOLE = 1e-7
"""Distance from 0 or 1 that counts as none."""
CLOSE_ENOUGH, CLOSE_AT_ROOT = 0.15, 0.01
"""Part of the distance to the goal by which tangents may miss before a node is branched."""
TRIED = 8
"""Decisions whose effect is looked at before one is made."""
MOST_NODES = 20_000
"""Nodes after which the search stops unproven: a count, so that equal inputs give equal answers."""
HALFWAY = 0.5
"""How far from the highest tangent to the answer the next one is made."""
NARROWER = 0.75
"""Part of the sites that is left open when a node gets a tree of its own."""
ROOT_ROUNDS = 300
ROUNDS = 60
"""Rounds of tangents at the root, and at any later node."""
SLACK = 1e-9
"""Relative room in the rows of the rules, against rounding."""
NOISE = 1e-12
"""Part of all money at stake that is rounding: a bound above the best plan by less touches it."""


class Tree:
    """Branch and bound over the columns of a part, or of a face of it; counts in `USD_PER_UNIT`.

    Parameters
    ----------
    stand
        What is to be decided.
    known
        The plans of the part.
    allowed, noise
        By how much the bound may stay above the best plan, and what is rounding.
    centred
        Whether tangents are made for this part of the choice. The tree of a whole part only looks
        for the place around which they have to be.
    """

    def __init__(
        self, stand: Stand, known: Known, allowed: float, noise: float, *, centred: bool
    ) -> None:
        self.stand, self.known = stand, known
        self.site, self.rows, self.linear = stand.site, stand.rows, stand.linear
        self.allowed, self.noise = allowed, noise
        self.bound = -np.inf
        self.entered, self.centred = False, centred
        self.program = Program(
            stand.columns, stand.site, stand.linear, stand.rows, stand.tops, stand.offset
        )
        self.root_duals = np.zeros(self.program.fixed_rows)

    # -- plans ---------------------------------------------------------------------------------

    def note(self, chosen: Floats) -> None:
        """Remember a plan."""
        stand = self.stand
        mine = stand.columns[chosen > HALF].tolist()
        money = float(self.linear @ chosen) + stand.decided_money
        self.known.note(
            tuple(sorted((*stand.decided, *mine))),
            money,
            lambda: stand.decided_gain + self.program.gain(chosen),
        )

    @property
    def goal(self) -> float:
        """What a plan has to beat to be wanted."""
        return self.known.goal

    def hopeless(self, bound: float) -> bool:
        """Tell whether nothing wanted is left; remember the bound of what is given up."""
        if bound > self.goal + max(self.allowed, self.noise):
            return False
        if bound > self.goal + self.noise:
            self.bound = max(self.bound, bound)
        return True

    def settle(self, node: Node, rounds: int, close: float) -> Answer:
        """Solve and add tangents until they are near enough or nothing wanted is left.

        A tangent is made halfway between the answer and the point with the highest tangent so far:
        answers jump from corner to corner, and what counts is near neither of two.
        """
        program, wide = self.program, max(self.allowed, self.noise)
        least = max(0.1 * self.allowed, 0.5 * self.noise) / max(len(program.tops), 1)
        answer, highest = Answer(-np.inf), -np.inf
        inside: Floats | None = None
        for _ in range(rounds):
            answer = program.solve(node)
            if answer.value <= self.goal + wide:
                break
            if _whole(answer.chosen):
                self.note(np.round(answer.chosen))
                above = program.press(answer.chosen, answer, least)
                if above <= max(0.2 * self.allowed, self.noise):
                    break
                continue
            at = answer.chosen if inside is None else HALFWAY * (answer.chosen + inside)
            above = program.press(at, answer, least)
            height = program.height + float(program.linear @ at) + program.offset
            if height > highest:
                highest, inside = height, at
            if above <= least and at is not answer.chosen:
                above = program.press(answer.chosen, answer, least)
            near = max(close * (answer.value - self.goal), 0.2 * self.allowed, self.noise)
            if min(above, answer.value - highest) <= near:
                break
        return answer

    # -- the tree ------------------------------------------------------------------------------

    def explore(self, stack: list[Node]) -> None:
        """Search nodes to the end."""
        while stack:
            node = stack.pop()
            if self.hopeless(node.bound):
                continue
            if self.known.nodes >= MOST_NODES:
                self.bound = max(self.bound, node.bound)
                self.known.cut_short = True
                continue
            stack += self.expand(node)

    def expand(self, node: Node) -> list[Node]:
        """Look at a node; return the nodes it falls into, the most promising last."""
        root, self.entered = not self.entered, True
        self.known.nodes += 1
        answer = self.settle(
            node, ROOT_ROUNDS if root else ROUNDS, CLOSE_AT_ROOT if root else CLOSE_ENOUGH
        )
        if not np.isfinite(answer.value):
            if root and not self.centred:
                message = "no plan is left, though one is known"
                raise RuntimeError(message)
            return []
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
        if root and not self.centred:
            return [node]
        if self.narrowed(node):
            self.descend(node, answer)
            return []
        return self.split(node, answer)

    def narrowed(self, node: Node) -> bool:
        """Tell whether a node gets a tree of its own: much is decided, or the centre is found."""
        free = len(np.unique(self.site[node.high > node.low]))
        most = NARROWER * len(node.needed) if self.centred else len(node.needed)
        return 1 < free <= most and len(self.stand.tops) > 0

    def descend(self, node: Node, answer: Answer) -> None:
        """Search a node in a tree of its own, with tangents made for it."""
        stand, needed = self.stand.face(node, answer.chosen)
        tree = Tree(stand, self.known, self.allowed, self.noise, centred=True)
        tree.program.begin(answer.chosen[stand.place])
        size = len(stand.columns)
        tree.explore([Node(node.bound, np.zeros(size), np.ones(size), needed)])
        self.known.programs += tree.program.solved
        self.bound = max(self.bound, tree.bound)

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
        if self.known.count == 1:
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
