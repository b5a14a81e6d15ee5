"""More than one answer: plans that are almost as good, and what limits and money are worth.

- The best plans within a share of the optimal gain, and how many of them convert each store: what
  they agree on does not hang on the last dollar.
- The frontier: the proven best gain for each number of conversions and for each budget.
- The price of a limit: the gain without it less the gain with it, every other limit kept.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from retail_portfolio.model.number_words import amount, counted, percent
from retail_portfolio.model.planning.plan_rules import Rule
from retail_portfolio.model.planning.plan_solve import chosen_flags, solve
from retail_portfolio.model.planning.plan_task import optimum
from retail_portfolio.model.result import Result
from retail_portfolio.model.targets import is_conversion

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from retail_portfolio.model.planning.plan_solve import Found
    from retail_portfolio.model.planning.plan_task import PlanTask
    from retail_portfolio.model.result import Origin

PLANS = 10
"""Plans that are looked for."""
WITHIN = 0.01
"""How much worse than the best they may be, as a share of its gain."""
BEYOND = 4
"""Conversions past the best number that the frontier still shows."""
BUDGET_STEPS = 24
"""Budgets of the frontier: as many equal steps up to what the best plan without a budget costs."""


@dataclass(frozen=True, slots=True)
class FrontierPlan:
    """The best plan at one point of a frontier.

    Parameters
    ----------
    position
        Number of conversions, or budget in USD.
    chosen
        Its columns of the problem, ascending.
    value_usd, bound_usd
        What it gains, and what no plan at this point gains more than.
    """

    position: float
    chosen: tuple[int, ...]
    value_usd: float
    bound_usd: float


@dataclass(frozen=True, slots=True)
class Frontier(Result):
    """A `Result` with one row a point, and the plan behind each row in the same order."""

    plans: tuple[FrontierPlan, ...] = ()


@dataclass(frozen=True, slots=True)
class NearOptimal:
    """Plans within a share of the best.

    Parameters
    ----------
    plans
        One row a plan, the best first: ``plan, objective_usd, behind_best_usd, conversions,
        differs`` (what it converts otherwise than the best).
    stores
        One row a candidate that any of them does not close: ``store_id, share_of_plans, formats``.
    conversions
        What each plan does not close, ``store_id:target``, in the order of ``plans``.
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
            "conversions": [conversions_of(task, chosen) for chosen in pool.chosen],
            "differs": [_difference(names[0], one) for one in names],
        }
    )
    stores = _agreement(task, names)
    units = {"objective_usd": "usd", "behind_best_usd": "usd", "conversions": "stores"}
    modelled: dict[str, Origin] = dict.fromkeys(units, "modelled")
    words = task.case.words
    return NearOptimal(
        Result(plans, _plans_sentence(plans, words.currency), units, modelled, words=words),
        Result(
            stores,
            _agreement_sentence(names),
            {"share_of_plans": "share"},
            {"share_of_plans": "modelled"},
            words=words,
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


def _plans_sentence(plans: pd.DataFrame, currency: str) -> str:
    if len(plans) == 1:
        return f"No other plan comes within {percent(WITHIN)} of the best."
    last = amount(plans["behind_best_usd"].iloc[-1], currency)
    fewest, most = plans["conversions"].min(), plans["conversions"].max()
    number = f"{fewest}" if fewest == most else f"{fewest} to {most}"
    return (
        f"The best {len(plans)} plans lie within {last} of each other and convert "
        f"{number} {'site' if most == 1 else 'sites'}."
    )


def _agreement_sentence(names: Sequence[Sequence[str]]) -> str:
    """Say how many sites convert in every plan, and how many in some; others stay or move there."""
    plans = [
        {name.partition(":")[0] for name in one if is_conversion(name.partition(":")[2])}
        for one in names
    ]
    if len(plans) == 1:
        return "The best plan stands alone."
    always, ever = set.intersection(*plans), set.union(*plans)
    verb = "converts" if len(always) == 1 else "convert"
    return (
        f"{counted(len(always), 'site')} {verb} in every one of the {len(plans)} best plans, "
        f"{len(ever - always)} in some of them."
    )


def _with_rule(task: PlanTask, rule: Rule, name: str) -> tuple[Rule, ...]:
    return (*(one for one in task.rules if one.name != name), rule)


def frontier_by_number(task: PlanTask, found: Found | None = None) -> Frontier:
    """Return the best gain for each number of conversions, proven one by one.

    Returns
    -------
    Frontier
        Table ``conversions, objective_usd, bound_usd, capital_usd, added_usd`` from the fewest to
        `BEYOND` more than the best number; a number that no plan within the limits has is left out.
        The scenario's own most conversions does not bind here.
    """
    best = optimum(task) if found is None else found
    columns = task.problem.columns
    most = len(set(columns.site[columns.converts].tolist()))
    best_number = conversions_of(task, best.chosen[0])
    plans: list[FrontierPlan] = []
    for number in range(min(best_number + BEYOND, most) + 1):
        one = best if number == best_number else _with_exactly(task, number, plans)
        if one is not None:
            plans.append(FrontierPlan(number, one.chosen[0], one.value_usd[0], one.bound_usd))
    table = pd.DataFrame(
        [(one.position, one.value_usd, one.bound_usd, capital_of(task, one)) for one in plans],
        columns=["conversions", "objective_usd", "bound_usd", "capital_usd"],
    ).astype({"conversions": int})
    table["added_usd"] = table["objective_usd"].diff()
    units = {c: "usd" for c in table.columns if c.endswith("_usd")} | {"conversions": "stores"}
    return Frontier(
        table,
        _frontier_sentence(table, task.case.scenario.currency),
        units,
        dict.fromkeys(units, "modelled"),
        plans=tuple(plans),
        words=task.case.words,
    )


def _with_exactly(task: PlanTask, number: int, fewer: Sequence[FrontierPlan]) -> Found | None:
    """Find the best plan of a number of conversions, from that of the number before."""
    converts = task.problem.columns.converts.astype(float)[None, :]
    exactly = np.array([float(number)])
    rule = Rule("number", f"{number} conversions", converts, exactly, exactly)
    rules = _with_rule(task, rule, "plan.max_conversions")
    start = chosen_flags(task.problem, fewer[-1].chosen) if fewer else None
    return solve(task.problem, rules, start=start, ceilings=task.ceilings)


def conversions_of(task: PlanTask, chosen: Iterable[int]) -> int:
    """Return how many of the columns chosen are conversions."""
    return int(task.problem.columns.converts[list(chosen)].sum())


def capital_of(task: PlanTask, plan: FrontierPlan) -> float:
    """Return what the sites of a plan cost to build, those kept and moved too, USD."""
    return float(task.problem.columns.capital_usd[chosen_flags(task.problem, plan.chosen)].sum())


def _frontier_sentence(table: pd.DataFrame, currency: str) -> str:
    if len(table) < 2:  # noqa: PLR2004 - nothing to compare
        return "The limits leave one number of conversions."
    top = table.iloc[int(table["objective_usd"].argmax())]
    if top["conversions"] == 0:
        return "Every conversion lowers the gain."
    most = f"with {counted(top['conversions'], 'conversion')}"
    if top["objective_usd"] <= 0:
        return f"Every plan within the limits loses; the least {most}."
    # The fewest that reach half of the gain say how fast it flattens.
    half = table.loc[table["objective_usd"] >= top["objective_usd"] / 2, "conversions"].min()
    enough = (
        f"{half:.0f} {'makes' if half == 1 else 'make'} half of it"
        if half
        else ("half of it needs none")
    )
    return f"The gain is highest {most}, {amount(top['objective_usd'], currency)}; {enough}."


def frontier_by_budget(task: PlanTask, found: Found | None = None) -> Frontier:
    """Return the best gain for each of several budgets, proven one by one.

    Returns
    -------
    Frontier
        Table ``budget_usd, objective_usd, bound_usd, conversions, capital_usd``; budgets are
        `BUDGET_STEPS` equal steps up to what the best plan costs that no budget binds. One too
        small for any plan within the limits is left out.
    """
    free = tuple(rule for rule in task.rules if rule.name != "plan.capital_budget_usd")
    widest = found if found is not None and len(free) == len(task.rules) else None
    widest = solve(task.problem, free, ceilings=task.ceilings) if widest is None else widest
    plans = () if widest is None else _by_budget(task, free, widest)
    needed = plans[-1].position if plans else 0.0
    rows = [
        (
            *(one.position, one.value_usd, one.bound_usd),
            *(conversions_of(task, one.chosen), capital_of(task, one)),
        )
        for one in plans
    ]
    names = ["budget_usd", "objective_usd", "bound_usd", "conversions", "capital_usd"]
    table = pd.DataFrame(rows, columns=names)
    units = {c: "usd" for c in names if c.endswith("_usd")} | {"conversions": "stores"}
    sentence = "No conversion gains, whatever the budget."
    if widest is not None and widest.value_usd[0] > 0:
        sentence = "The best plan without a budget costs nothing to build."
    if len(table) and table["objective_usd"].max() > 0:
        half = table["objective_usd"].max() / 2
        least = table.loc[table["objective_usd"] >= half, "budget_usd"].min()
        whole, enough = (amount(usd, task.case.scenario.currency) for usd in (needed, least))
        sentence = (
            f"The best plan without a budget costs {whole} to build; {enough} are "
            "enough for half of its gain."
        )
    modelled: dict[str, Origin] = dict.fromkeys(units, "modelled")
    return Frontier(table, sentence, units, modelled, plans=plans, words=task.case.words)


def _by_budget(task: PlanTask, free: Sequence[Rule], widest: Found) -> tuple[FrontierPlan, ...]:
    """Find the best plan of every budget, the largest first; the smallest stands first.

    A plan that costs no more than the next smaller budget is the best one of that budget as well.
    """
    columns = task.problem.columns
    best = FrontierPlan(0.0, widest.chosen[0], widest.value_usd[0], widest.bound_usd)
    needed = capital_of(task, best)
    plans: list[FrontierPlan] = []
    for step in range(BUDGET_STEPS if needed > 0 else 0, 0, -1):
        money = needed * (step / BUDGET_STEPS)
        if capital_of(task, best) > money:
            row, room = columns.capital_usd[None, :], np.array([money])
            rule = Rule("budget", "budget", row, np.array([-np.inf]), room)
            one = solve(task.problem, (*free, rule), ceilings=task.ceilings)
            if one is None:
                break
            best = FrontierPlan(money, one.chosen[0], one.value_usd[0], one.bound_usd)
        plans.append(replace(best, position=money))
    return tuple(reversed(plans))


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
                f"{amount(dearest['price_usd'], task.case.scenario.currency)} more."
            )
    return Result(
        table, sentence, {"price_usd": "usd"}, {"price_usd": "modelled"}, words=task.case.words
    )
