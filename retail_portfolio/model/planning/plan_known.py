"""What is known of a part of the choice: its plans so far, and what another has to beat."""

from __future__ import annotations

import heapq
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    Plan = tuple[int, ...]


class Known:
    """Plans of a part with their gains and their values, in the unit of the linear program.

    Parameters
    ----------
    count
        How many plans are wanted.
    within
        How much worse than the best they may be.
    """

    def __init__(self, count: int, within: float) -> None:
        self.count, self.within = count, within
        self.gains: dict[Plan, float] = {}
        self.plans: dict[Plan, float] = {}
        self.nodes = 0
        self.programs = 0
        self.cut_short = False
        self._goal: float | None = None

    def note(self, plan: Plan, own_money: float, gain: Callable[[], float]) -> None:
        """Remember a plan.

        Parameters
        ----------
        own_money
            Sum of the money of its columns.
        gain
            What its captured sales are worth, asked for where it is not known.
        """
        if plan not in self.gains:
            self.gains[plan] = gain()
        self.plans[plan] = own_money + self.gains[plan]
        self._goal = None

    def reprice(self, money: Mapping[int, float], count: int, within: float) -> None:
        """Begin anew with other money of the columns; gains stay known."""
        self.count, self.within, self.nodes, self._goal = count, within, 0, None
        self.cut_short = False
        self.plans = {
            plan: sum(money[column] for column in plan) + gain for plan, gain in self.gains.items()
        }

    @property
    def goal(self) -> float:
        """What a plan has to beat to be wanted."""
        if self._goal is None:
            best = heapq.nlargest(self.count, self.plans.values())
            floor = best[0] - self.within if self.count > 1 else best[0]
            self._goal = max(floor, best[-1]) if len(best) >= self.count else floor
        return self._goal

    def best(self) -> list[tuple[float, Plan]]:
        """Return the plans wanted, the best first."""
        plans = [(value, plan) for plan, value in self.plans.items()]
        return heapq.nsmallest(self.count, plans, key=lambda one: (-one[0], one[1]))
