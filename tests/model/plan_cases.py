"""Small choices whose every plan can be gone through, and the going through."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from itertools import product

import numpy as np
from hypothesis import strategies as st
from scipy.sparse import csc_array

from retail_portfolio.inputs.settings.scenario_parts import PlanLimits
from retail_portfolio.model.market.sphere import KM_PER_MILE, great_circle_km
from retail_portfolio.model.planning.plan_problem import Columns, Problem, Pulls, problem_of
from retail_portfolio.model.planning.plan_rules import Rule, SitePlaces, rules_of

METROS = ("east-yy", "west-yy")


@dataclass(frozen=True)
class Small:
    """A choice from first principles: attraction and spending, not what is made of them."""

    problem: Problem
    rules: tuple[Rule, ...]
    limits: PlanLimits
    places: SitePlaces
    own: np.ndarray
    others: np.ndarray
    spending: np.ndarray
    attraction: np.ndarray

    def worth(self, chosen: np.ndarray) -> float:
        """Own sales with a plan less own sales without, straight from the shares."""
        return float(self.worth_of_each(chosen[None, :])[0])

    def worth_of_each(self, plans: np.ndarray) -> np.ndarray:
        """Worth of several plans, one a row."""
        columns, pulls = self.problem.columns, self.problem.pulls
        total = plans @ columns.linear_usd
        drawn = self.attraction[:, columns.option]
        for year, weight in enumerate(pulls.year_weight):
            more = (plans * pulls.mean_ramp[:, year]) @ drawn.T
            share = (self.own + more) / (self.own + more + self.others)
            total = total + weight * (share - self.own / (self.own + self.others)) @ self.spending
        return total

    def keeps(self, chosen: np.ndarray) -> bool:
        """Whether a plan keeps to the settings, asked of the settings themselves."""
        return bool(self.each_keeps(chosen[None, :])[0])

    def each_keeps(self, plans: np.ndarray) -> np.ndarray:
        """Whether several plans do, one a row."""
        limits, columns, places = self.limits, self.problem.columns, self.places
        of_site = np.equal.outer(columns.site, np.arange(len(columns.store_id))).astype(float)
        sites = plans @ of_site
        many = sites.sum(axis=1)
        miles = (
            great_circle_km(places.lat[:, None], places.lon[:, None], places.lat, places.lon)
            / KM_PER_MILE
        )
        near = (miles < limits.min_spacing_miles) & ~np.eye(len(places.lat), dtype=bool)
        kept = (many >= limits.min_conversions) & ~((sites @ near) * sites).any(axis=1)
        kept &= ~sites[:, places.own_miles < limits.min_own_store_miles].any(axis=1)
        if limits.capital_budget_usd is not None:
            kept &= plans @ columns.capital_usd <= limits.capital_budget_usd + 1e-6
        if limits.max_conversions is not None:
            kept &= many <= limits.max_conversions
        for metro in METROS:
            here = sites[:, np.array(places.metro) == metro].sum(axis=1)
            most = limits.max_by_metro.get(metro, len(places.lat))
            kept &= here <= most
            if limits.max_per_metro is not None:
                kept &= here <= limits.max_per_metro
        for names, wanted in ((limits.force_in, True), (limits.force_out, False)):
            for name in names:
                answers = [
                    name in {columns.name(c), columns.name(c).partition(":")[0]}
                    for c in range(len(columns))
                ]
                kept &= plans[:, answers].any(axis=1) == wanted
        if limits.openings_per_year is not None:
            for year in np.unique(columns.opening_year):
                in_year = plans[:, columns.opening_year == year].sum(axis=1)
                kept &= in_year <= limits.openings_per_year
        return np.asarray(kept)

    def all_plans(self) -> list[tuple[float, tuple[int, ...]]]:
        """Every plan that keeps to the settings with its worth, the best first."""
        columns = self.problem.columns
        per_site = [[-1, *np.flatnonzero(columns.site == s)] for s in range(len(columns.store_id))]
        picks = np.array(list(product(*per_site)), dtype=np.int64)
        plans = np.zeros((len(picks), len(columns) + 1))
        np.put_along_axis(plans, picks, 1.0, axis=1)  # -1 is the column left out again
        plans = plans[:, :-1]
        plans = plans[self.each_keeps(plans)]
        worth = self.worth_of_each(plans)
        return [
            (float(worth[at]), tuple(np.flatnonzero(plans[at]).tolist()))
            for at in np.argsort(-worth, kind="stable")
        ]


def small(
    seed: int,
    sites: int,
    formats: int = 1,
    years: int = 1,
    limits: PlanLimits | None = None,
    towns: int = 0,
) -> Small:
    """Make up a choice; equal seeds make equal ones. Sites of different towns share no point."""
    rng = np.random.default_rng(seed)
    points = 5 * towns if towns else int(rng.integers(1, 16))
    options = sites * formats
    reach = rng.random((points, sites)) < rng.choice([0.2, 0.5, 1.0])
    if towns:
        reach = np.arange(points)[:, None] % towns == np.arange(sites) % towns
    attraction = rng.gamma(1.0, 1.0, (points, options)) * np.repeat(reach, formats, axis=1)
    own = rng.gamma(0.7, 1.0, points) * (rng.random(points) < 0.7)
    others = rng.gamma(1.0, 1.0, points) + 0.05
    spending = rng.gamma(2.0, 10e6, points)
    ramp = np.array([0.8, 0.9, 1.0, 1.0, 1.0])
    weight = 0.15 * 1.09 ** -np.arange(1, 6)
    option = np.repeat(np.arange(options), years)
    opens = np.tile(np.arange(years), options)
    mean_ramp = np.array([np.concatenate([np.zeros(o), ramp[: 5 - o]]) for o in opens])
    mean_ramp[rng.random(len(opens)) < 0.2, 4:] = 0.4
    cost = np.repeat(rng.gamma(2.0, 2e6, options), years) * 1.05**-opens
    columns = Columns(
        np.repeat(np.arange(sites), formats * years),
        tuple(f"f{o % formats}" for o in option),
        opens + 1,
        option,
        -cost + rng.normal(0, 1e5, len(opens)),
        np.repeat(rng.uniform(1e6, 9e6, options), years),
        tuple(f"s{s}" for s in range(sites)),
    )
    total = own + others
    pulls = Pulls(
        csc_array(attraction / total[:, None]), spending * others / total, mean_ramp, weight
    )
    places = SitePlaces(
        40 + rng.random(sites) * 0.3,
        -75 + rng.random(sites) * 0.3,
        tuple(METROS[int(m)] for m in rng.integers(0, 2, sites)),
        rng.uniform(0, 12, sites),
    )
    limits = PlanLimits() if limits is None else limits
    rules = rules_of(limits, columns, places, "USD")
    problem = problem_of(columns, pulls)
    return Small(problem, rules, limits, places, own, others, spending, attraction)


SIZES = {"one": (14, 1, 1), "two": (9, 2, 1), "years": (4, 2, 2)}
"""Most sites, formats and opening years of each kind of choice."""
FEWER = {"one": (8, 1, 1), "two": (5, 2, 1), "years": (3, 2, 2)}
"""The same, gone through in no time."""


@st.composite
def limited(draw: st.DrawFn, sizes: Mapping[str, tuple[int, int, int]] = FEWER) -> Small:
    """A choice with any of the limits, in one format, in two, or with opening years."""
    kind = draw(st.sampled_from(("one", "one", "two", "years")))
    most, formats, years = sizes[kind]
    sites = draw(st.integers(1, most))
    names = [f"s{s}" for s in range(sites)]
    pick = st.lists(st.sampled_from([*names, *(f"{n}:f0" for n in names)]), max_size=2, unique=True)
    optional = st.none() | st.integers(0, sites)
    settings = {
        "capital_budget_usd": draw(st.none() | st.floats(0, 40e6)),
        "min_conversions": draw(st.sampled_from((0, 0, 1, 3))),
        "max_conversions": draw(optional),
        "max_per_metro": draw(optional),
        "max_by_metro": draw(st.dictionaries(st.sampled_from(METROS), st.integers(0, 4))),
        "min_spacing_miles": draw(st.sampled_from((0.0, 0.0, 3.0, 9.0))),
        "min_own_store_miles": draw(st.sampled_from((0.0, 0.0, 4.0))),
        "force_in": tuple(draw(pick)) if draw(st.booleans()) else (),
        "force_out": tuple(draw(pick)) if draw(st.booleans()) else (),
        "openings_per_year": draw(st.integers(1, 3)) if years > 1 else None,
        "opening_years": years,
    }
    limits = PlanLimits(**settings)
    return small(draw(st.integers(0, 2**31)), sites, formats, years, limits)
