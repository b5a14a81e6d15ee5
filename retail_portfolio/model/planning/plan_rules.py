r"""The limits of a plan as rows of numbers, each group with the name of the setting behind it.

A rule is a set of rows  low <= A x <= high  over the columns x of
`retail_portfolio.model.planning.plan_problem`:

    budget          sum_c capital_c x_c <= capital
    number          least <= sum_c x_c <= most,  of conversions, all or those of a metro
    openings        sum of what opens in a year <= most; a store that is kept opens nothing
    spacing         sum of conversions of sites that are all too near to each other <= 1
    own spacing     x_c = 0 where an open own store is too near to a conversion
    forced          sum of the conversions of a site, or of a site and target, = 1 or = 0

That a site has one column at most belongs to every plan and is no rule.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from retail_portfolio.inputs.faults import Fault, did_you_mean
from retail_portfolio.model.market.sphere import KM_PER_MILE, great_circle_km
from retail_portfolio.model.number_words import counted, stated_amount
from retail_portfolio.model.targets import KEEP, RELOCATE, candidates_of

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from numpy.typing import NDArray

    from retail_portfolio.inputs.case import Case
    from retail_portfolio.inputs.settings.scenario_parts import PlanLimits
    from retail_portfolio.model.planning.plan_problem import Columns

    Floats = NDArray[np.float64]
    Flags = NDArray[np.bool_]

SLACK = 1e-9
"""Relative amount by which a sum may pass a limit: rounding, not choice."""


@dataclass(frozen=True, slots=True)
class Rule:
    """One limit.

    Parameters
    ----------
    name
        The setting it comes from.
    says
        What it demands, in words.
    rows
        A, shape ``(rows, columns)``.
    low, high
        Bounds, shape ``(rows,)``; infinite where there is none.
    """

    name: str
    says: str
    rows: Floats
    low: Floats
    high: Floats

    def broken_by(self, chosen: Floats | Flags) -> bool:
        """Tell whether a choice breaks it."""
        total = self.rows @ np.asarray(chosen, float)
        room = SLACK * np.maximum(1.0, np.abs(self.rows).max(axis=1, initial=0.0))
        return bool(((total > self.high + room) | (total < self.low - room)).any())


@dataclass(frozen=True, slots=True)
class SitePlaces:
    """Where the sites stand.

    Parameters
    ----------
    lat, lon
        WGS 84, shape ``(sites,)``.
    metro
        Metro of the nearest demand point of each.
    own_miles
        Miles from each site to the nearest open store of a banner that it could convert to.
    """

    lat: Floats
    lon: Floats
    metro: tuple[str, ...]
    own_miles: Floats


def _rule(name: str, says: str, rows: Iterable[Floats | Flags], low: float, high: float) -> Rule:
    table = np.array(list(rows), dtype=float)
    return Rule(name, says, table, np.full(len(table), low), np.full(len(table), high))


def rules_of(
    limits: PlanLimits, columns: Columns, places: SitePlaces, currency: str
) -> tuple[Rule, ...]:
    """Turn the settings of a plan into rules, in the order of the settings.

    Parameters
    ----------
    limits, columns, places
        The settings, and what they hold for.
    currency
        Three letters, for what a rule says of money.
    """
    converts = columns.converts
    rules: list[Rule] = []
    if limits.capital_budget_usd is not None:
        money = limits.capital_budget_usd
        says = f"capex of at most {stated_amount(money, currency)}"
        rules.append(_rule("plan.capital_budget_usd", says, [columns.capital_usd], -np.inf, money))
    if limits.min_conversions > 0:
        least = limits.min_conversions
        says = f"at least {counted(least, 'conversion')}"
        rules.append(_rule("plan.min_conversions", says, [converts], least, np.inf))
    if limits.max_conversions is not None:
        most = limits.max_conversions
        says = f"at most {counted(most, 'conversion')}"
        rules.append(_rule("plan.max_conversions", says, [converts], -np.inf, most))
    rules += _of_metros(limits, columns, places)
    rules += _of_distances(limits, columns, places)
    rules += _forced(limits, columns)
    if limits.openings_per_year is not None:
        most = limits.openings_per_year
        opens = np.array([target != KEEP for target in columns.to_format], dtype=bool)
        rows = [opens & (columns.opening_year == y) for y in np.unique(columns.opening_year)]
        says = f"at most {counted(most, 'opening')} a year"
        rules.append(_rule("plan.openings_per_year", says, rows, -np.inf, most))
    return tuple(rules)


def _of_metros(limits: PlanLimits, columns: Columns, places: SitePlaces) -> list[Rule]:
    rules = []
    metro = np.array(places.metro)[columns.site] if len(columns) else np.zeros(0, str)
    metro = np.where(columns.converts, metro, "")
    if limits.max_per_metro is not None:
        rows = [metro == one for one in sorted(set(places.metro))]
        says = f"at most {counted(limits.max_per_metro, 'conversion')} a metro"
        rules.append(_rule("plan.max_per_metro", says, rows, -np.inf, limits.max_per_metro))
    for one, most in limits.max_by_metro.items():
        says = f"at most {counted(most, 'conversion')} in {one}"
        rules.append(_rule(f"plan.max_by_metro.{one}", says, [metro == one], -np.inf, most))
    return rules


def _of_distances(limits: PlanLimits, columns: Columns, places: SitePlaces) -> list[Rule]:
    rules = []
    apart = limits.min_spacing_miles
    if apart > 0:
        rows = [
            columns.converts & np.isin(columns.site, group) for group in too_near(places, apart)
        ]
        says = f"converted sites at least {apart:g} miles apart"
        if rows:
            rules.append(_rule("plan.min_spacing_miles", says, rows, -np.inf, 1.0))
    away = limits.min_own_store_miles
    near = np.flatnonzero(places.own_miles < away)
    if len(near):
        says = f"no conversion within {away:g} miles of an own store"
        row = columns.converts & np.isin(columns.site, near)
        rules.append(_rule("plan.min_own_store_miles", says, [row], -np.inf, 0.0))
    return rules


def too_near(places: SitePlaces, apart_miles: float) -> list[list[int]]:
    """Return groups of sites nearer to each other than allowed; every such pair is in one.

    A group says more than its pairs: one of all its sites may convert. Each pair not yet covered
    is grown by the sites that are near to all of the group, in order.
    """
    lat, lon = places.lat, places.lon
    km = great_circle_km(lat[:, None], lon[:, None], lat, lon)
    near = np.asarray(km) / KM_PER_MILE < apart_miles
    np.fill_diagonal(near, val=False)
    open_pairs = near.copy()
    groups = []
    for one in range(len(lat)):
        for other in np.flatnonzero(open_pairs[one]):
            group = [one, int(other)]
            common = near[one] & near[other]
            while common.any():
                more = int(np.flatnonzero(common)[0])
                group.append(more)
                common &= near[more]
            members = np.array(sorted(group))
            open_pairs[np.ix_(members, members)] = False
            groups.append(members.tolist())
    return groups


def columns_named(columns: Columns, name: str) -> Flags:
    """Return the columns of ``id:target``, or the conversions of ``id``."""
    site, _, target = name.partition(":")
    of_site = np.array([columns.store_id[s] == site for s in columns.site], dtype=bool)
    named = np.array([one == target for one in columns.to_format], dtype=bool)
    found: Flags = of_site & (named if target else columns.converts)
    return found


def wanted(name: str, *, holds: bool) -> str:
    """Say that a site named ``id`` or ``id:target`` becomes that, or does not."""
    does, never = {
        KEEP: ("stays open", "does not stay open"),
        RELOCATE: ("moves", "does not move"),
    }.get(name.partition(":")[2], ("converts", "does not convert"))
    return f"{name} {does if holds else never}"


def _forced(limits: PlanLimits, columns: Columns) -> list[Rule]:
    rules = []
    for name in limits.force_in:
        row = columns_named(columns, name)
        rules.append(_rule("plan.force_in", wanted(name, holds=True), [row], 1.0, 1.0))
    for name in limits.force_out:
        row = columns_named(columns, name)
        rules.append(_rule("plan.force_out", wanted(name, holds=False), [row], -np.inf, 0.0))
    return rules


def candidate_names(case: Case) -> list[str]:
    """Return every ``id`` and ``id:target`` that a plan of the case may name."""
    return candidates_of(case).names()


def unknown_names(
    names: Iterable[str], known: Sequence[str], where: str, column: str | None
) -> list[Fault]:
    """Return a fault for every ``id`` or ``id:format`` that no candidate answers to."""
    expected = "a candidate for conversion, as ID or ID:FORMAT"
    others = {name.partition(":")[2] for name in known} & {KEEP, RELOCATE}
    if others:
        expected += f", or {' or '.join(f'ID:{one}' for one in sorted(others))}"
    return [
        Fault(where, None, column, name, expected + did_you_mean(name, known))
        for name in names
        if name not in known
    ]


def limit_faults(case: Case) -> tuple[Fault, ...]:
    """Return a fault for every site, format or metro that the plan's settings name in vain."""
    limits, known = case.scenario.plan, candidate_names(case)
    faults = unknown_names(limits.force_in, known, "scenario", "plan.force_in")
    faults += unknown_names(limits.force_out, known, "scenario", "plan.force_out")
    faults += unknown_names(case.scenario.my_plan or (), known, "scenario", "my_plan")
    metros = sorted({*case.demand["metro_id"].unique(), *case.metros.get("metro_id", [])})
    faults += [
        Fault("scenario", None, "plan.max_by_metro", one, "a metro" + did_you_mean(one, metros))
        for one in limits.max_by_metro
        if one not in metros
    ]
    return tuple(faults)
