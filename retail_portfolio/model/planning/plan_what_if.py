"""What if a store had to convert, or must not, or somebody's plan were carried out.

The choice is made anew with what is asked for beside the limits of the scenario, so that the other
stores answer to it: what else leaves or enters follows from it. A plan that names every site that
converts leaves nothing to choose. The consequences are those against the best plan: the gain that
is lost, the decisions that differ, and what own stores would sell a year once everything is mature,

    change of store k = S_k(y) - S_k(x)

with S_k(y) the sales of k when the stores of plan y are open, by the trade areas
(`retail_portfolio.model.market.huff`), x the best plan and y the one asked for.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from retail_portfolio.inputs.faults import Fault, InputError
from retail_portfolio.model.market.huff import sales_usd_year
from retail_portfolio.model.number_words import amount, listed_names
from retail_portfolio.model.opening.conversion import positions_of
from retail_portfolio.model.planning.plan import named_columns, refuse_unknown
from retail_portfolio.model.planning.plan_compare import decision_of_column
from retail_portfolio.model.planning.plan_reasons import (
    SAID_USD,
    in_plan_usd,
    standing,
    store_names,
)
from retail_portfolio.model.planning.plan_rules import Rule, columns_named, wanted
from retail_portfolio.model.planning.plan_solve import chosen_flags, feasible, solve
from retail_portfolio.model.planning.plan_steps import column_of_site
from retail_portfolio.model.planning.plan_task import conflict_faults, optimum
from retail_portfolio.model.result import Result

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from retail_portfolio.model.planning.plan_solve import Found
    from retail_portfolio.model.planning.plan_task import PlanTask

    Floats = NDArray[np.float64]
    Flags = NDArray[np.bool_]

WHERE = "what if"
"""What a fault calls the place where a question was asked."""
LEAST_USD_YEAR = 1_000.0
"""A change of a store's sales of less is none."""
NAMED = 4
"""Stores that the sentence names of each kind."""


@dataclass(frozen=True, slots=True)
class WhatIf:
    """What follows from a question.

    Parameters
    ----------
    sentence
        The answer.
    lost_usd
        Gain of the best plan less that of the plan asked for.
    stores
        One row a store whose decision differs: ``store_id, decision_before, decision_after``,
        ``value_before_usd, value_after_usd`` (marginal within each plan), ``because`` (``asked``
        or ``follows``); where openings are spread over years, one that only opens in another year
        is there too.
    own
        One row a store that is open in both plans and whose sales differ: ``store_id,
        sales_before_usd_year, sales_after_usd_year, change_usd_year``; who loses most comes first.
    settings
        What a scenario has to say in order to ask the same, by key.
    """

    sentence: str
    lost_usd: float
    stores: Result
    own: Result
    settings: Mapping[str, list[str]]


def what_if(
    task: PlanTask,
    force_in: Sequence[str] = (),
    force_out: Sequence[str] = (),
    exactly: Sequence[str] | None = None,
    found: Found | None = None,
) -> WhatIf:
    """Say what follows when sites have to convert, or must not, or exactly some of them do.

    Parameters
    ----------
    force_in, force_out
        Sites that have to convert and that must not, each ``ID`` or ``ID:FORMAT``, beside those
        of the scenario.
    exactly
        A whole plan: these sites convert and no others, within the limits or not.
    found
        The best plan, where it is known.

    Raises
    ------
    InputError
        If a name is unknown or cannot be valued, a whole plan is asked for together with forced
        sites, or no plan keeps to what is asked for and to the limits; it names those in conflict.
    """
    best = optimum(task) if found is None else found
    before = chosen_flags(task.problem, best.chosen[0])
    after, settings = _asked(task, tuple(force_in), tuple(force_out), exactly, before)
    asked = {name.partition(":")[0] for name in (*force_in, *force_out)}
    stores, own = _stores(task, before, after, asked, exactly), _own(task, before, after)
    lost = best.value_usd[0] - task.problem.value_usd(after)
    table = own.table
    sentence = _sentence(task, after, stores.table, table, lost)
    if not settings:
        lost, sentence = 0.0, _nothing_asked(task, best)
    return WhatIf(sentence, lost, stores, own, settings)


def next_in(task: PlanTask, found: Found | None = None) -> list[str]:
    """Return the closing site whose conversion is worth most within the plan, as a list; or none.

    A site that no plan within the limits converts is passed over, so that it can be asked for.
    """
    best = optimum(task) if found is None else found
    columns, chosen = task.problem.columns, chosen_flags(task.problem, best.chosen[0])
    sells, loses = in_plan_usd(task, chosen)
    marginal = sells - loses + columns.linear_usd
    closing = ~np.isin(columns.site, columns.site[chosen]) & columns.converts
    order = np.flatnonzero(closing)[np.argsort(-marginal[closing], kind="stable")]
    for site in dict.fromkeys(columns.site[order].tolist()):
        store_id = columns.store_id[site]
        if feasible(task.problem, [*task.rules, *_rules(task, (store_id,), ())]):
            return [store_id]
    return []


def _rules(task: PlanTask, force_in: Sequence[str], force_out: Sequence[str]) -> list[Rule]:
    columns = task.problem.columns
    one, nobody, free = np.ones(1), np.zeros(1), np.full(1, -np.inf)
    rules = []
    for names, says, low, high in (
        (force_in, True, one, one),
        (force_out, False, free, nobody),
    ):
        for name in names:
            row = columns_named(columns, name).astype(float)[None, :]
            rules.append(Rule(WHERE, wanted(name, holds=says), row, low, high))
    return rules


def _asked(
    task: PlanTask,
    force_in: tuple[str, ...],
    force_out: tuple[str, ...],
    exactly: Sequence[str] | None,
    before: Flags,
) -> tuple[Flags, dict[str, list[str]]]:
    """Return the plan that is asked for, and the settings that ask for it."""
    limits = task.case.scenario.plan
    if exactly is not None:
        if force_in or force_out:
            expected = "a whole plan, or sites forced in and out, not both"
            raise InputError([Fault(WHERE, None, None, ",".join(exactly), expected)])
        return named_columns(task, exactly, WHERE), {"my_plan": list(exactly)}
    if not force_in and not force_out:
        return before, {}
    refuse_unknown(task, (*force_in, *force_out), WHERE)
    rules = (*task.rules, *_rules(task, force_in, force_out))
    found = solve(task.problem, rules, start=before, ceilings=task.ceilings)
    if found is None:
        raise InputError(conflict_faults(task.problem, rules))
    settings = {
        f"plan.{key}": list(dict.fromkeys((*getattr(limits, key), *names)))
        for key, names in (("force_in", force_in), ("force_out", force_out))
        if names
    }
    return chosen_flags(task.problem, found.chosen[0]), settings


def _stores(
    task: PlanTask, before: Flags, after: Flags, asked: set[str], exactly: Sequence[str] | None
) -> Result:
    """Say which decisions differ."""
    was, will = column_of_site(task, before), column_of_site(task, after)
    values = [standing(task, flags)["marginal_usd"] for flags in (before, after)]
    rows = []
    for site, store_id in enumerate(task.problem.columns.store_id):
        if was[site] == will[site]:
            continue
        because = "asked" if exactly is not None or store_id in asked else "follows"
        decisions = [decision_of_column(task, one[site]) for one in (was, will)]
        worth = [float(value[store_id]) for value in values]
        rows.append((store_id, *decisions, *worth, because))
    decided = ["decision_before", "decision_after"]
    money = ["value_before_usd", "value_after_usd"]
    names = ["store_id", *decided, *money, "because"]
    table = pd.DataFrame(rows, columns=names).sort_values(
        ["because", "store_id"], kind="stable", ignore_index=True
    )
    sentence = f"{len(table)} decision{'' if len(table) == 1 else 's'} differ from the best plan."
    return Result(
        table,
        sentence.replace("1 decision differ ", "1 decision differs "),
        dict.fromkeys(money, "usd"),
        dict.fromkeys([*money, *decided], "modelled"),
        words=task.case.words,
    )


def _own(task: PlanTask, before: Flags, after: Flags) -> Result:
    """Say what own stores would sell a year, those whose sales differ."""
    trade = task.place.trade
    was, will = (_open(task, flags) for flags in (before, after))
    sold, sells = (sales_usd_year(trade.market, flags) for flags in (was, will))
    moved = np.flatnonzero(was & will & (np.abs(sells - sold) >= LEAST_USD_YEAR))
    moved = moved[np.argsort((sells - sold)[moved], kind="stable")]
    table = pd.DataFrame(
        {
            "store_id": trade.options["store_id"].to_numpy()[moved],
            "sales_before_usd_year": sold[moved],
            "sales_after_usd_year": sells[moved],
            "change_usd_year": (sells - sold)[moved],
        }
    )
    units = dict.fromkeys(table.columns[1:], "usd_year")
    change = table["change_usd_year"].to_numpy(float)
    loses, wins = np.maximum(-change, 0.0).sum(), np.maximum(change, 0.0).sum()
    less, more = (amount(usd, task.case.scenario.currency) for usd in (loses, wins))
    sentence = f"Own stores would lose {less} of sales a year and win {more}."
    return Result(table, sentence, units, dict.fromkeys(units, "modelled"), words=task.case.words)


def _open(task: PlanTask, chosen: Flags) -> Flags:
    """Return which options are open once a plan is carried out."""
    is_open = task.place.trade.after.copy()
    if chosen.any():
        is_open[positions_of(task.place, task.money[chosen])] = True
    return is_open


def _nothing_asked(task: PlanTask, best: Found) -> str:
    said = "Nothing is asked for, so that the plan stays as it is."
    if next_in(task, best):
        return said
    return f"{said} No site is left that could be forced in."


def _sentence(
    task: PlanTask, after: Flags, stores: pd.DataFrame, own: pd.DataFrame, lost_usd: float
) -> str:
    names, currency = store_names(task), task.case.scenario.currency
    asked = stores[stores["because"] == "asked"]
    follows = stores[stores["because"] == "follows"]
    count = int((after & task.problem.columns.converts).sum())
    how = "costs" if lost_usd >= 0 else "gains"
    against = f"What is asked for {how} {amount(abs(lost_usd), currency)} against the best plan"
    parts = [f"{against}: {count} site{'s convert' if count != 1 else ' converts'}"]
    if asked.empty:
        parts.append("the best plan does so already")
    else:
        parts += _told(asked, names, "", "as asked")
    parts += _told(follows, names, "in consequence ", "")
    losers = own[own["change_usd_year"] <= -SAID_USD]
    if len(losers):
        total, most = np.maximum(-own["change_usd_year"], 0.0).sum(), losers.iloc[0]
        parts.append(
            f"own stores lose {amount(total, currency)} of sales a year, most "
            f"{names[most['store_id']]} ({amount(-most['change_usd_year'], currency)})"
        )
    broken = [rule.says for rule in task.rules if rule.broken_by(after)]
    breaks = f" It breaks what the scenario asks for: {'; '.join(broken)}." if broken else ""
    return "; ".join(parts) + f".{breaks}"


def _told(stores: pd.DataFrame, names: Mapping[str, str], start: str, end: str) -> list[str]:
    """Name the stores that enter, leave and change, a few of each."""
    closed, closes = (stores[c] == "close" for c in ("decision_before", "decision_after"))
    said = []
    for rows, verb in ((closed, "enters"), (closes, "leaves"), (~closed & ~closes, "changes")):
        listed = [names[one] for one in stores.loc[rows, "store_id"]]
        if not listed:
            continue
        verbs = verb if len(listed) == 1 else verb[:-1]
        said.append(f"{start}{listed_names(listed, NAMED)} {verbs} {end}".strip())
    return said
