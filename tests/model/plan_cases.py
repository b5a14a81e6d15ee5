"""Small choices whose every plan can be gone through, and the going through."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from itertools import product

import numpy as np
from hypothesis import strategies as st
from scipy.sparse import csc_array

from retail_portfolio.inputs.scenario import PlanLimits
from retail_portfolio.model.plan_problem import Columns, Problem, Pulls, problem_of
from retail_portfolio.model.plan_rules import Places, Rule, rules_of
from retail_portfolio.model.sphere import KM_PER_MILE, great_circle_km

METROS = ("east-yy", "west-yy")


@dataclass(frozen=True)
class Small:
    """A choice from first principles: attraction and spending, not what is made of them."""

    problem: Problem
    rules: tuple[Rule, ...]
    limits: PlanLimits
    places: Places
    own: np.ndarray
    others: np.ndarray
    spending: np.ndarray
    attraction: np.ndarray

    def worth(self, chosen: np.ndarray) -> float:
        """Own sales with a plan less own sales without, straight from the shares."""
        columns, pulls = self.problem.columns, self.problem.pulls
        total = float(columns.linear_usd @ chosen)
        for year, weight in enumerate(pulls.year_weight):
            more = self.attraction[:, columns.option] @ (pulls.mean_ramp[:, year] * chosen)
            share = (self.own + more) / (self.own + more + self.others)
            total += weight * self.spending @ (share - self.own / (self.own + self.others))
        return total

    def keeps(self, chosen: np.ndarray) -> bool:
        """Whether a plan keeps to the settings, asked of the settings themselves."""
        limits, columns, places = self.limits, self.problem.columns, self.places
        on = np.flatnonzero(chosen)
        site = columns.site[on]
        names = {columns.store_id[s] for s in site} | {columns.name(c) for c in on}
        metro = [places.metro[s] for s in site]
        km = great_circle_km(
            places.lat[site][:, None], places.lon[site][:, None], places.lat[site], places.lon[site]
        )
        apart = (km / KM_PER_MILE)[~np.eye(len(site), dtype=bool)]
        money = columns.capital_usd[on].sum()
        most = limits.max_conversions
        per_year = np.bincount(columns.opening_year[on], minlength=2)
        return all(
            (
                limits.capital_budget_usd is None or money <= limits.capital_budget_usd + 1e-6,
                limits.min_conversions <= len(on) <= (len(chosen) if most is None else most),
                limits.max_per_metro is None
                or all(metro.count(one) <= limits.max_per_metro for one in METROS),
                all(metro.count(one) <= n for one, n in limits.max_by_metro.items()),
                not len(apart) or apart.min() >= limits.min_spacing_miles,
                not len(site) or places.own_miles[site].min() >= limits.min_own_store_miles,
                set(limits.force_in) <= names,
                not set(limits.force_out) & names,
                limits.openings_per_year is None or per_year.max() <= limits.openings_per_year,
            )
        )

    def all_plans(self) -> list[tuple[float, tuple[int, ...]]]:
        """Every plan that keeps to the settings with its worth, the best first."""
        columns = self.problem.columns
        per_site = [
            [None, *np.flatnonzero(columns.site == s)] for s in range(len(columns.store_id))
        ]
        found = []
        for picks in product(*per_site):
            on = sorted(int(c) for c in picks if c is not None)
            chosen = np.zeros(len(columns))
            chosen[on] = 1.0
            if self.keeps(chosen):
                found.append((self.worth(chosen), tuple(on)))
        return sorted(found, key=lambda plan: -plan[0])


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
    places = Places(
        40 + rng.random(sites) * 0.3,
        -75 + rng.random(sites) * 0.3,
        tuple(METROS[int(m)] for m in rng.integers(0, 2, sites)),
        rng.uniform(0, 12, sites),
    )
    limits = PlanLimits() if limits is None else limits
    rules = rules_of(limits, columns, places)
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
