"""More than one answer: plans that are almost as good, and what limits and money are worth.

- The best plans within a share of the optimal gain, and how many of them convert each store: what
  they agree on does not hang on the last dollar.
- The frontier: the proven best gain for each number of conversions and for each budget.
- The price of a limit: the gain without it less the gain with it, every other limit kept.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from retail_portfolio.model.plan_rules import Rule
from retail_portfolio.model.plan_solve import chosen_flags, solve
from retail_portfolio.model.plan_task import optimum
from retail_portfolio.model.result import Result

if TYPE_CHECKING:
    from collections.abc import Iterable

    from retail_portfolio.model.plan_solve import Found
    from retail_portfolio.model.plan_task import PlanTask

PLANS = 10
"""Plans that are looked for."""
WITHIN = 0.01
"""How much worse than the best they may be, as a share of its gain."""
BEYOND = 4
"""Conversions past the best number that the frontier still shows."""
BUDGET_STEPS = (0.125, 0.25, 0.375, 0.5, 0.625, 0.75, 0.875, 1.0, 1.25)
"""Budgets of the frontier, as shares of what the best plan without a budget costs."""


@dataclass(frozen=True, slots=True)
class NearOptimal:
    """Plans within a share of the best.

    Parameters
    ----------
    plans
        One row a plan, the best first: ``plan, objective_usd, behind_best_usd, conversions,
        differs`` (what it converts otherwise than the best).
    stores
        One row a candidate that any of them converts: ``store_id, share_of_plans, formats``.
    conversions
        What each plan converts, ``store_id:format``, in the order of ``plans``.
    """

    plans: Result
    stores: Result
    conversions: tuple[tuple[str, ...], ...]


def near_optimal(task: PlanTask, found: Found | None = None) -> NearOptimal:
    """Find the best plans within `WITHIN` of the optimal gain, at most `PLANS` of them.

    Parameters
    ----------
    found
        The best plan, where it is known.
    """
    best = optimum(task) if found is None else found
    pool = optimum(task, PLANS, WITHIN * abs(best.value_usd[0]))
    names = [_names(task, chosen) for chosen in pool.chosen]
    plans = pd.DataFrame(
        {
            "plan": np.arange(1, len(names) + 1),
            "objective_usd": pool.value_usd,
            "behind_best_usd": pool.value_usd[0] - np.array(pool.value_usd),
            "conversions": [len(one) for one in names],
            "differs": [_difference(names[0], one) for one in names],
        }
    )
    stores = _agreement(task, names)
    units = {"objective_usd": "usd", "behind_best_usd": "usd", "conversions": "stores"}
    return NearOptimal(
        Result(plans, _plans_sentence(plans), units, dict.fromkeys(units, "modelled")),
        Result(
            stores,
            _agreement_sentence(stores, len(names)),
            {"share_of_plans": "share"},
            {"share_of_plans": "modelled"},
        ),
        tuple(tuple(one) for one in names),
    )


def _names(task: PlanTask, chosen: Iterable[int]) -> list[str]:
    return [task.problem.columns.name(column) for column in chosen]


def _difference(best: list[str], other: list[str]) -> str:
    without = [name for name in best if name not in other]
    extra = [name for name in other if name not in best]
    said = [f"without {', '.join(without)}"] if without else []
    said += [f"with {', '.join(extra)}"] if extra else []
    return "; ".join(said)


def _agreement(task: PlanTask, names: list[list[str]]) -> pd.DataFrame:
    rows = []
    for site in task.problem.columns.store_id:
        formats = [n.partition(":")[2] for one in names for n in one if n.partition(":")[0] == site]
        if formats:
            rows.append((site, len(formats) / len(names), ", ".join(sorted(set(formats)))))
    table = pd.DataFrame(rows, columns=["store_id", "share_of_plans", "formats"])
    return table.sort_values(
        ["share_of_plans", "store_id"], ascending=[False, True], ignore_index=True
    )


def _plans_sentence(plans: pd.DataFrame) -> str:
    if len(plans) == 1:
        return f"No other plan comes within {WITHIN:.0%} of the best."
    last = plans["behind_best_usd"].iloc[-1]
    fewest, most = plans["conversions"].min(), plans["conversions"].max()
    number = f"{fewest}" if fewest == most else f"{fewest} to {most}"
    return (
        f"The best {len(plans)} plans lie within {last / 1e6:,.2f} M of each other and convert "
        f"{number} {'site' if most == 1 else 'sites'}."
    )


def _agreement_sentence(stores: pd.DataFrame, plans: int) -> str:
    if plans == 1:
        return "The best plan stands alone."
    always = int((stores["share_of_plans"] == 1).sum())
    some = len(stores) - always
    verb = "converts" if always == 1 else "convert"
    return (
        f"{_counted(always, 'site')} {verb} in every one of the {plans} best plans, "
        f"{some} in some of them."
    )


def _counted(number: float, noun: str) -> str:
    return f"{number:.0f} {noun}" + ("" if number == 1 else "s")


def _with_rule(task: PlanTask, rule: Rule, name: str) -> tuple[Rule, ...]:
    return (*(one for one in task.rules if one.name != name), rule)


def frontier_by_number(task: PlanTask, found: Found | None = None) -> Result:
    """Return the best gain for each number of conversions, proven one by one.

    Returns
    -------
    Result
        Table ``conversions, objective_usd, bound_usd, capital_usd, added_usd`` from the fewest to
        `BEYOND` more than the best number; a number that no plan within the limits has is left out.
    """
    best = optimum(task) if found is None else found
    last = min(len(best.chosen[0]) + BEYOND, len(set(task.problem.columns.site.tolist())))
    columns = task.problem.columns
    rows = []
    start = None
    for number in range(last + 1):
        every = np.ones((1, len(columns)))
        exactly = np.array([float(number)])
        rule = Rule("number", f"{number} conversions", every, exactly, exactly)
        rules = _with_rule(task, rule, "plan.max_conversions")
        one = solve(task.problem, rules, start=start, ceilings=task.ceilings)
        if one is not None:
            start = chosen_flags(task.problem, one.chosen[0])
            rows.append((number, one.value_usd[0], one.bound_usd, columns.capital_usd[start].sum()))
    table = pd.DataFrame(rows, columns=["conversions", "objective_usd", "bound_usd", "capital_usd"])
    table["added_usd"] = table["objective_usd"].diff()
    units = {c: "usd" for c in table.columns if c.endswith("_usd")} | {"conversions": "stores"}
    return Result(table, _frontier_sentence(table), units, dict.fromkeys(units, "modelled"))


def _frontier_sentence(table: pd.DataFrame) -> str:
    if len(table) < 2:  # noqa: PLR2004 - nothing to compare
        return "The limits leave one number of conversions."
    top = table.iloc[int(table["objective_usd"].argmax())]
    if top["conversions"] == 0:
        return "Every conversion lowers the gain."
    most = f"with {_counted(top['conversions'], 'conversion')}"
    if top["objective_usd"] <= 0:
        return f"Every plan within the limits loses; the least {most}."
    # The fewest that reach half of the gain say how fast it flattens.
    half = table.loc[table["objective_usd"] >= top["objective_usd"] / 2, "conversions"].min()
    return (
        f"The gain is highest {most}, {top['objective_usd'] / 1e6:,.1f} M; {half:.0f} "
        f"{'makes' if half == 1 else 'make'} half of it."
    )


def frontier_by_budget(task: PlanTask, found: Found | None = None) -> Result:
    """Return the best gain for each of several budgets, proven one by one.

    Returns
    -------
    Result
        Table ``budget_usd, objective_usd, bound_usd, conversions, capital_usd``; budgets are
        `BUDGET_STEPS` of what the best plan costs that no budget binds.
    """
    columns = task.problem.columns
    free = tuple(rule for rule in task.rules if rule.name != "plan.capital_budget_usd")
    widest = found if found is not None and len(free) == len(task.rules) else None
    widest = solve(task.problem, free, ceilings=task.ceilings) if widest is None else widest
    needed = 0.0
    if widest is not None:
        needed = float(columns.capital_usd[chosen_flags(task.problem, widest.chosen[0])].sum())
    rows = []
    for share in BUDGET_STEPS if needed > 0 else ():
        money = np.array([share * needed])
        rule = Rule("budget", "budget", columns.capital_usd[None, :], np.array([-np.inf]), money)
        one = solve(task.problem, (*free, rule), ceilings=task.ceilings)
        if one is not None:
            chosen = chosen_flags(task.problem, one.chosen[0])
            spent = columns.capital_usd[chosen].sum()
            rows.append((money[0], one.value_usd[0], one.bound_usd, chosen.sum(), spent))
    names = ["budget_usd", "objective_usd", "bound_usd", "conversions", "capital_usd"]
    table = pd.DataFrame(rows, columns=names)
    units = {c: "usd" for c in names if c.endswith("_usd")} | {"conversions": "stores"}
    sentence = "No conversion gains, whatever the budget."
    if len(table) and table["objective_usd"].max() > 0:
        half = table["objective_usd"].max() / 2
        least = table.loc[table["objective_usd"] >= half, "budget_usd"].min()
        sentence = (
            f"The best plan without a budget costs {needed / 1e6:,.0f} M to build; "
            f"{least / 1e6:,.0f} M are enough for half of its gain."
        )
    return Result(table, sentence, units, dict.fromkeys(units, "modelled"))


def prices(task: PlanTask, found: Found | None = None) -> Result:
    """Say what each limit costs: the gain without it less the gain with it.

    Returns
    -------
    Result
        Table ``limit, says, price_usd``, one row a limit of the scenario.
    """
    best = optimum(task) if found is None else found
    rows = []
    for rule in task.rules:
        others = tuple(one for one in task.rules if one is not rule)
        start = chosen_flags(task.problem, best.chosen[0])
        freer = solve(task.problem, others, start=start, ceilings=task.ceilings)
        if freer is not None:
            price = max(freer.value_usd[0] - best.value_usd[0], 0.0)
            rows.append((rule.name, rule.says, price))
    table = pd.DataFrame(rows, columns=["limit", "says", "price_usd"])
    sentence = "The scenario sets no limits."
    if len(table):
        dearest = table.iloc[int(table["price_usd"].argmax())]
        sentence = "No limit costs anything."
        if dearest["price_usd"] > 0:
            sentence = (
                f"The dearest limit is {dearest['says']}: without it the plan would gain "
                f"{dearest['price_usd'] / 1e6:,.1f} M more."
            )
    return Result(table, sentence, {"price_usd": "usd"}, {"price_usd": "modelled"})
