r"""Why each store, and what would turn it: made from the numbers of the plan.

With everybody else's decision as it is, let column c of a site be the one that the plan chose, or
the best one it could add. Its marginal value within the plan is

    m = v (1 - T) sum_t s_t delta_t (S_t - X_t) + k

with its own sales S_t, the sales X_t that they take from own stores, converted ones among them, and
the money k that depends on nobody else. A decision turns where m passes 0. With S and X the sums in
money of today, the factors at which that happens, everything else as it is, are

    sales             -k / (S - X)                     all it sells, and what it takes with it
    cannibalisation   (S + k) / X                      what it takes from own stores
    capex             (capex + shield - m) / (capex + shield)
    rent              (rent - m) / rent                rent, charges and carrying cost while dark
                                                       and of unused floor, less the exit from the
                                                       lease that is saved

and blank where no factor of 0 or more turns it. Rent of the floor that trades is in the fixed cost
of the format, so that it has no part in the last one. The rent of a store that is kept is within
its four-wall result, which tells no part of it: there the factor of rent is blank.

A reason says the decision first, then who lives near, what the site sells and which own stores lose
how much of it, what it is worth, and what would turn it.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from retail_portfolio.model.market.huff import sales_with_each
from retail_portfolio.model.number_words import amount, percent, plain
from retail_portfolio.model.opening.conversion import positions_of
from retail_portfolio.model.planning.plan_problem import Problem, crowd_of
from retail_portfolio.model.targets import KEEP, RELOCATE, is_conversion, label_of

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from retail_portfolio.model.planning.plan_task import PlanTask

    Floats = NDArray[np.float64]
    Ints = NDArray[np.int64]
    Flags = NDArray[np.bool_]

NEAR_MINUTES = 10.0
"""Households within so many minutes count as a site's own."""
SAID_USD = 50_000
"""Sales taken from own stores that a reason does not pass over."""
NAMED = 2
"""Own stores that a reason names, those that lose most."""
NEAR_FLIP = 0.25
"""A reason names a second flip point where it is so near to 1."""
LEAST_SHARE = 0.001
"""A flip point nearer to 1 than this is said to be so, not written out."""
FLIPS: tuple[str, ...] = (
    "flip_sales_factor",
    "flip_capex_factor",
    "flip_rent_factor",
    "flip_cannibalisation_factor",
)
"""Columns of the factors at which a decision turns."""
STANDS = ("to_format", "opening_year", "chosen", "marginal_usd", "sales_usd", "lost_usd")
"""What is said of how a site stands in a plan."""


def in_plan_usd(task: PlanTask, chosen: Flags) -> tuple[Floats, Floats]:
    """Margin on what each column sells, and on what own stores lose to it, within a plan.

    Parameters
    ----------
    chosen
        The plan; a column's own site is taken out of it before the column is looked at.

    Returns
    -------
    sells, loses
        USD today after tax, shape ``(columns,)``.
    """
    problem = task.problem
    columns, pulls = problem.columns, problem.pulls
    spending = task.place.trade.market.spending_usd_year
    everybody = crowd_of(problem, chosen)
    sells, loses = np.zeros(len(columns)), np.zeros(len(columns))
    for column in range(len(columns)):
        option = columns.option[column]
        part = slice(pulls.relative.indptr[option], pulls.relative.indptr[option + 1])
        point, drawn = pulls.relative.indices[part], pulls.relative.data[part]
        more = drawn[:, None] * pulls.mean_ramp[column]
        others = everybody[point]
        for mine in np.flatnonzero(chosen & (columns.site == columns.site[column])):
            others = others - _reached(problem, int(mine), point)
        share = more / (1 + others + more)
        sold = spending[point] @ share @ pulls.year_weight
        won = pulls.worth_usd_year[point] @ (share / (1 + others)) @ pulls.year_weight
        sells[column], loses[column] = sold, sold - won
    return sells, loses


def _reached(problem: Problem, column: int, point: Ints) -> Floats:
    """Crowd that one column makes at some points, by year."""
    pulls, option = problem.pulls, problem.columns.option[column]
    part = slice(pulls.relative.indptr[option], pulls.relative.indptr[option + 1])
    at_all = np.zeros(pulls.relative.shape[0])
    at_all[pulls.relative.indices[part]] = pulls.relative.data[part]
    found: Floats = at_all[point][:, None] * pulls.mean_ramp[column]
    return found


def standing(task: PlanTask, chosen: Flags) -> pd.DataFrame:
    """Say how each site stands in a plan: its column, its value, what would turn it.

    Returns
    -------
    DataFrame
        One row a site that has a column, index ``store_id``: ``column, to_format, opening_year,
        chosen, marginal_usd, sales_usd, lost_usd`` and `FLIPS`.
    """
    columns = task.problem.columns
    if not len(columns):
        nobody = pd.Index([], name="store_id")
        return pd.DataFrame(columns=["column", *STANDS, *FLIPS], index=nobody)
    sells, loses = in_plan_usd(task, chosen)
    alone = columns.linear_usd
    marginal = sells - loses + alone
    picked = _picked(columns.site, marginal, chosen)
    money = task.money.iloc[picked]
    value, sold, lost = marginal[picked], sells[picked], loses[picked]
    building = (money["capex_usd"] + money["depreciation_shield_pv_usd"]).to_numpy(float)
    lease = money["dark_rent_usd"] + money["unused_floor_usd"] + money["lease_exit_usd"]
    rent = lease.where(money["to_format"] != KEEP).to_numpy(float)
    return pd.DataFrame(
        {
            "column": picked,
            "to_format": money["to_format"].to_numpy(),
            "opening_year": money["opening_year"].to_numpy(),
            "chosen": chosen[picked],
            "marginal_usd": value,
            "sales_usd": sold,
            "lost_usd": lost,
            "flip_sales_factor": _factor(-alone[picked], sold - lost),
            "flip_capex_factor": _factor(building - value, building),
            "flip_rent_factor": _factor(rent - value, rent),
            "flip_cannibalisation_factor": _factor(sold + alone[picked], lost),
        },
        index=pd.Index([columns.store_id[s] for s in columns.site[picked]], name="store_id"),
    )


def _picked(site: Ints, marginal: Floats, chosen: Flags) -> Ints:
    """Return the chosen column of each site, or its best one."""
    rank = np.where(chosen, np.inf, marginal)
    order = np.lexsort((np.arange(len(site)), -rank, site))
    _, first = np.unique(site[order], return_index=True)
    found: Ints = order[first]
    return found


def _factor(above: Floats, below: Floats) -> Floats:
    """Return a ratio, blank where it is below 0 or there is none."""
    blank = np.full(len(above), np.nan)
    ratio = np.divide(above, below, out=blank, where=np.abs(below) > 1)
    found: Floats = np.where(ratio >= 0, ratio, np.nan)
    return found


def reasons(task: PlanTask, stands: pd.DataFrame) -> list[str]:
    """Write a sentence for every row of `standing`: the decision, then what makes it."""
    if stands.empty:
        return []
    money = task.money.iloc[stands["column"]]
    options = positions_of(task.place, money)
    sales, taken = _mature(task, stands, options)
    households, income = _around(task, options)
    at_site = pd.Index(task.place.sites["store_id"]).get_indexer(stands.index)
    banners = task.place.trade.options["banner"].to_numpy(str)[options]
    named, currency = store_names(task), task.case.scenario.currency
    names = [named.get(one, one) for one in task.place.trade.options["store_id"]]
    said = []
    for at, (store_id, row) in enumerate(stands.iterrows()):
        near = _nearest(banners[at], task.place.miles[row["to_format"]][at_site[at]])
        parts = [
            f"{_people(households[at], income[at], currency)}, {near}",
            _trades(sales[at], taken[at], names, currency),
            _verdict(task, str(store_id), row),
            _turns(row),
        ]
        said.append(f"{_decided(task, row, at_site[at])}: {'; '.join(filter(None, parts))}")
    return said


def _decided(task: PlanTask, row: pd.Series, site: int) -> str:
    """Say what becomes of a site: it closes, converts, stays open or moves, and where to."""
    if not row["chosen"]:
        return "closes"
    if row["to_format"] == RELOCATE:
        return f"moves to {task.place.candidates.places['name'].iloc[site]}"
    return "stays open" if row["to_format"] == KEEP else "converts"


def store_names(task: PlanTask) -> dict[str, str]:
    """Return the name of every store of the case without its banner, by its id."""
    stores = task.case.stores
    return {
        one: str(name).removeprefix(str(banner)).strip(" -,") or str(name)
        for one, name, banner in zip(
            stores["store_id"], stores["name"], stores["banner"], strict=True
        )
    }


Taken = list[tuple[float, int]]
"""What own stores lose, USD a year, the most first, with the option's position."""


def _mature(task: PlanTask, stands: pd.DataFrame, options: Ints) -> tuple[Floats, list[Taken]]:
    """Sales of each site once all are mature, USD a year, and what each own store loses of it."""
    trade, is_open = task.place.trade, task.place.trade.after.copy()
    opens = stands["chosen"].to_numpy(bool)
    is_open[options[opens]] = True
    sales = np.zeros(len(options))
    taken: list[Taken] = [[] for _ in options]
    closes = np.flatnonzero(~opens)
    groups: list[Ints] = [closes, *(np.array([at]) for at in np.flatnonzero(opens))]
    for group in groups:
        if len(group) == 0:
            continue
        there = is_open.copy()
        there[options[group]] = False
        sold, lost = sales_with_each(trade.market, there, options[group])
        sales[group] = sold
        for row, at in enumerate(group):
            part = slice(lost.indptr[row], lost.indptr[row + 1])
            pairs = zip(lost.data[part].tolist(), lost.indices[part].tolist(), strict=True)
            taken[at] = sorted(pairs, key=lambda pair: (-pair[0], pair[1]))
    return sales, taken


def _around(task: PlanTask, options: Ints) -> tuple[Floats, Floats]:
    """Households within `NEAR_MINUTES` of each option, and their mean income, NaN if not known."""
    reach, demand = task.place.trade.geography.reach, task.case.demand
    near = reach.minutes <= NEAR_MINUTES
    store, point = reach.store[near], reach.point[near]
    people = demand["households"].to_numpy(float)[point]
    income = demand["median_household_income_usd"].to_numpy(float)[point]
    known = ~np.isnan(income)
    size = reach.stores
    count = np.bincount(store, people, size).astype(float)
    earners = np.bincount(store[known], people[known], size)
    earned = np.bincount(store[known], people[known] * income[known], size)
    mean = np.divide(earned, earners, out=np.full(size, np.nan), where=earners > 0)
    return count[options], mean[options]


def _people(households: float, income: float, currency: str) -> str:
    earning = (
        "" if np.isnan(income) else f" earning about {amount(round(income, -3), currency)} a year"
    )
    return f"{plain(round(households, -3))} households{earning} within {NEAR_MINUTES:g} minutes"


def _nearest(banner: str, miles: float) -> str:
    known = np.isfinite(miles)
    return f"nearest {banner} {plain(miles, 1)} miles" if known else f"no {banner} is open"


def _trades(sales: float, taken: Taken, names: list[str], currency: str) -> str:
    """Say what a site would sell a year, and which own stores lose how much of it."""
    text = f"would sell about {amount(sales, currency)} a year"
    named = [(usd, names[at]) for usd, at in taken[:NAMED] if usd >= SAID_USD]
    rest = sum(usd for usd, _ in taken[len(named) :])
    losers = [f"{name} {amount(usd, currency)}" for usd, name in named]
    if named and rest >= SAID_USD:
        losers.append(f"others {amount(rest, currency)}")
    if len(losers) == 1:
        return f"{text}, of which the own store {named[0][1]} loses {amount(named[0][0], currency)}"
    total = sum(usd for usd, _ in taken)
    if total < SAID_USD:
        return text
    of_it = f" ({', '.join(losers)})" if losers else ""
    return f"{text}, of which own stores lose {amount(total, currency)}{of_it}"


def _verdict(task: PlanTask, store_id: str, row: pd.Series) -> str:
    value, target = row["marginal_usd"], row["to_format"]
    label = label_of(task.case.scenario, target)
    side = "more" if value > 0 else "less"
    how = f"as {label}" if is_conversion(target) else label
    worth = f"worth {amount(abs(value), task.case.scenario.currency)} {side} {how} than closed"
    if row["chosen"] and value <= 0:
        names = {name.partition(":")[0] for name in task.case.scenario.plan.force_in}
        does = "converts" if is_conversion(target) else "has"
        why = "the scenario forces it in" if store_id in names else f"this plan {does} it"
        return f"{worth}, but {why}"
    if not row["chosen"] and value > 0:
        return f"{worth}, but the limits leave no room for it"
    return worth


def _turns(row: pd.Series) -> str:
    """Say by how much sales would have to move, and what else turns the decision that easily."""
    if bool(row["chosen"]) != bool(row["marginal_usd"] > 0):
        return ""  # a limit made the decision, so that none of these would turn it
    said = []
    if np.isfinite(row["flip_sales_factor"]):
        said.append(f"its sales are {_by(row['flip_sales_factor'])}")
    others = {
        "capex is": row["flip_capex_factor"],
        "rent is": row["flip_rent_factor"],
        "what it takes from own stores is": row["flip_cannibalisation_factor"],
    }
    near = {words: abs(factor - 1) for words, factor in others.items() if np.isfinite(factor)}
    if near and min(near.values()) <= NEAR_FLIP:
        words = min(near, key=lambda one: near[one])
        said.append(f"{words} {_by(others[words])}")
    return f"turns if {' or '.join(said)}" if said else ""


def _by(factor: float) -> str:
    """Write a factor as what is more or less: ``39 % lower``, ``0.4 % higher``, ``2.5 times``."""
    share = abs(factor - 1)
    if factor >= 2:  # noqa: PLR2004 - from here on times are read more easily
        return f"{plain(factor, 1)} times as high"
    side = "higher" if factor > 1 else "lower"
    if share < LEAST_SHARE:
        return f"less than {percent(LEAST_SHARE, 1)} {side}"
    return f"{percent(share, 0 if share >= 0.1 else 1)} {side}"  # noqa: PLR2004 - two figures at most
