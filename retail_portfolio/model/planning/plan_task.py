"""The choice of a case, ready to be made: its columns, their money, its rules.

Every candidate stands with every target and, where openings a year are limited, in every opening
year. A site that nobody is known to reach, or whose lease ends before it could open, has no column.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import reduce
from typing import TYPE_CHECKING

import numpy as np

from retail_portfolio.inputs.faults import Fault, InputError
from retail_portfolio.model.closing.closure import closure_table
from retail_portfolio.model.market.sphere import nearest
from retail_portfolio.model.market.trade_areas import trade_areas
from retail_portfolio.model.market.transfer import trade_facts
from retail_portfolio.model.opening.conversion import (
    positions_of,
    relative_pulls,
    setting_of,
    today_here,
    used_sqft_of,
)
from retail_portfolio.model.opening.openings import LINEAR
from retail_portfolio.model.opening.site_value import avoided_exit_usd, openings
from retail_portfolio.model.opening.trading_years import NO_TIME
from retail_portfolio.model.planning.plan_bound import ceiling
from retail_portfolio.model.planning.plan_problem import Columns, Problem, Pulls, problem_of
from retail_portfolio.model.planning.plan_rules import Rule, SitePlaces, limit_faults, rules_of
from retail_portfolio.model.planning.plan_solve import Found, feasible, solve
from retail_portfolio.model.targets import RELOCATE, is_conversion, targets_of

if TYPE_CHECKING:
    from collections.abc import Sequence

    import pandas as pd

    from retail_portfolio.inputs.case import Case
    from retail_portfolio.model.market.trade_areas import TradeAreas
    from retail_portfolio.model.opening.conversion import Setting
    from retail_portfolio.model.planning.plan_bound import Ceiling


@dataclass(frozen=True, slots=True)
class PlanTask:
    """A choice with all that is known about it.

    Parameters
    ----------
    case, place
        The case and what surrounds its candidates.
    money
        One row a column of the problem: the columns of
        `retail_portfolio.model.opening.site_value.openings`, ``avoided_exit_usd`` and
        ``lease_exit_usd`` (its part that the lease makes), after tax.
    problem, rules
        The choice and its limits.
    ceilings
        For the proof: see `retail_portfolio.model.planning.plan_bound`.
    """

    case: Case
    place: Setting
    money: pd.DataFrame
    problem: Problem
    rules: tuple[Rule, ...]
    ceilings: tuple[Ceiling, ...]


def plan_task(case: Case, bill: pd.DataFrame, place: Setting | None = None) -> PlanTask:
    """Make the choice of a case ready.

    Parameters
    ----------
    bill
        Table of `retail_portfolio.model.closing.closure.closure` on the same case.
    place
        What `retail_portfolio.model.opening.conversion.setting_of` says of the case, where it is
        known.

    Raises
    ------
    InputError
        If the settings of the plan name a site, format or metro that is not there.
    """
    place = setting_of(case) if place is None else place
    if faults := limit_faults(case):
        raise InputError(faults)
    problem, money = problem_of_case(case, bill, place)
    rules = rules_of(
        case.scenario.plan, problem.columns, _places(case, place), case.scenario.currency
    )
    return PlanTask(
        case, place, money, problem, rules, tuple(ceiling(block) for block in problem.blocks)
    )


def bill_of(case: Case, trade: TradeAreas | None = None) -> pd.DataFrame:
    """Return the bill that a plan of the case saves from, by the sales that the trade areas say.

    What a conversion saves hangs on no sales: where nothing else is weighed, the ledger's typical
    ones do and are quicker.

    Parameters
    ----------
    trade
        The trade areas of the case, where they are known already.
    """
    if all(map(is_conversion, targets_of(case.scenario))):
        return closure_table(case)
    return closure_table(case, trade_facts(case, trade_areas(case) if trade is None else trade))


def problem_of_case(case: Case, bill: pd.DataFrame, place: Setting) -> tuple[Problem, pd.DataFrame]:
    """Return the choice without its limits, and the money of each column."""
    limits = case.scenario.plan
    last = limits.opening_years if limits.openings_per_year is not None else 1
    used, today = used_sqft_of(case, place), today_here(case, bill, place)
    priced = openings(case, place.candidates, used, last, today)
    table = priced.table
    names = place.sites["store_id"].tolist()
    if table.empty:
        return _nothing(names), table
    position = positions_of(place, table)
    reached = np.diff(place.trade.market.by_store.indptr)[position] > 0
    sites = {one: at for at, one in enumerate(names)}
    site = table["store_id"].map(sites).to_numpy(np.int64)
    order = np.argsort(site, kind="stable")
    known = (table["operating_years"] > NO_TIME) & table["fixed_cost_pv_usd"].notna()
    order = order[(reached & known.to_numpy())[order]]
    saved = bill.set_index("store_id").loc[table["store_id"]]
    stays = (table["to_format"] != RELOCATE).to_numpy()
    tax = case.scenario.tax_rate
    money = table.assign(
        avoided_exit_usd=avoided_exit_usd(saved, table["to_format"], tax),
        lease_exit_usd=np.where(stays, saved["lease_exit_usd"].to_numpy(float) * (1 - tax), 0.0),
    )
    money = money.iloc[order].reset_index(drop=True)
    options, option = np.unique(position[order], return_inverse=True)
    relative, worth = relative_pulls(place.trade, options)
    later = (1 + case.scenario.discount_rate) ** (money["opening_year"].to_numpy(float) - 1)
    columns = Columns(
        site[order],
        tuple(money["to_format"]),
        money["opening_year"].to_numpy(np.int64),
        option.astype(np.int64),
        money[[*LINEAR, "avoided_exit_usd"]].sum(axis=1).to_numpy(float),
        -money["capex_usd"].to_numpy(float) * later,
        tuple(names),
    )
    pulls = Pulls(relative, worth, priced.pull[order], priced.margin_weight)
    return problem_of(columns, pulls), money


def _nothing(names: Sequence[str]) -> Problem:
    from scipy.sparse import csc_array  # noqa: PLC0415 - keeps the import of the models light

    whole, real = np.zeros(0, np.int64), np.zeros(0)
    columns = Columns(whole, (), whole, whole, real, real, tuple(names))
    pulls = Pulls(csc_array((0, 0)), real, np.zeros((0, 0)), real)
    return Problem(columns, pulls, real, ())


def _places(case: Case, place: Setting) -> SitePlaces:
    sites = place.sites
    at, _ = nearest(sites["lat"], sites["lon"], case.demand["lat"], case.demand["lon"])
    far = np.full(len(sites), np.inf)
    conversions = [near for target, near in place.miles.items() if is_conversion(target)]
    miles = reduce(np.minimum, conversions, far)
    return SitePlaces(
        sites["lat"].to_numpy(float),
        sites["lon"].to_numpy(float),
        tuple(case.demand["metro_id"].to_numpy()[at]) if len(sites) else (),
        miles,
    )


def optimum(task: PlanTask, count: int = 1, within_usd: float = 0.0) -> Found:
    """Return the best plan of a task, or the best few.

    Raises
    ------
    InputError
        If no plan keeps to the limits; it names the fewest of them that are in conflict.
    """
    found = solve(
        task.problem, task.rules, count=count, within_usd=within_usd, ceilings=task.ceilings
    )
    if found is None:
        raise InputError(conflict_faults(task.problem, task.rules))
    return found


def conflict(problem: Problem, rules: Sequence[Rule]) -> list[Rule]:
    """Return rules that cannot hold together, none of which could be left out.

    Each rule is left out in turn (deletion filtering, Chinneck and Dravnieks 1991, ORSA Journal on
    Computing 3(2)); one without which the others still cannot hold stays out.
    """
    rest = list(rules)
    for rule in rules:
        fewer = [one for one in rest if one is not rule]
        if not feasible(problem, fewer):
            rest = fewer
    return rest


def conflict_faults(problem: Problem, rules: Sequence[Rule]) -> list[Fault]:
    """Return a fault for every limit of a conflict."""
    found = conflict(problem, rules)
    says = [rule.says for rule in found]
    faults = []
    for place, rule in enumerate(found):
        others = " and ".join(says[:place] + says[place + 1 :])
        expected = f"limits that some plan keeps to: it cannot hold together with {others}"
        if not others:
            expected = "a limit that some plan keeps to: no site and format can meet it"
        faults.append(Fault("scenario", None, rule.name, rule.says, expected))
    return faults
