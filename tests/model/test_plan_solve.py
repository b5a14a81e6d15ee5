"""The best plan is the best of all plans, and its proof holds."""

from __future__ import annotations

import itertools
import subprocess
import sys
from collections.abc import Callable
from unittest import mock

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.sparse import csc_array

from retail_portfolio.inputs.settings.scenario_parts import PlanLimits
from retail_portfolio.model.market.sphere import KM_PER_MILE, great_circle_km
from retail_portfolio.model.planning.plan_bound import best_shares, ceiling
from retail_portfolio.model.planning.plan_face import face_of
from retail_portfolio.model.planning.plan_joint import Joint, split_of
from retail_portfolio.model.planning.plan_local import LocalSearch, limits_of
from retail_portfolio.model.planning.plan_problem import Columns, Problem, Pulls, problem_of
from retail_portfolio.model.planning.plan_program import Answer, Node
from retail_portfolio.model.planning.plan_rules import SitePlaces, too_near
from retail_portfolio.model.planning.plan_search import Part, Search
from retail_portfolio.model.planning.plan_solve import (
    Found,
    chosen_flags,
    feasible,
    parts_of,
    solve,
)
from retail_portfolio.model.planning.plan_task import conflict
from tests.model.plan_cases import METROS, SIZES, Small, limited, small

SEEDS = st.integers(0, 2**31)


class NoSearch(LocalSearch):
    """Leaves the plan as it is, so that the proof has to find the best one."""

    def run(self) -> np.ndarray:
        return self.chosen


def in_one_tree(case: Small) -> Found | None:
    return solve(case.problem, case.rules)


def taken_apart(case: Small) -> Found | None:
    """With prices of the limits that join sub-parts, in place of one tree."""
    with mock.patch("retail_portfolio.model.planning.plan_solve.ONE_TREE_SITES", -1):
        return solve(case.problem, case.rules)


def from_a_bad_start(case: Small) -> Found | None:
    """Without a search that would find the plan before the proof begins."""
    with mock.patch("retail_portfolio.model.planning.plan_solve.LocalSearch", NoSearch):
        return solve(case.problem, case.rules)


WAYS = [in_one_tree, taken_apart, from_a_bad_start]


def is_the_best(case: Small, found: Found | None) -> None:
    """Hold an answer against every plan there is."""
    plans = case.all_plans()
    if not plans:
        assert found is None
        return
    assert found is not None
    chosen = chosen_flags(case.problem, found.chosen[0]).astype(float)
    assert case.keeps(chosen)
    assert found.value_usd[0] == pytest.approx(plans[0][0], rel=1e-6, abs=1.0)
    assert case.worth(chosen) == pytest.approx(found.value_usd[0], rel=1e-9, abs=1e-3)
    assert 0 <= found.gap <= 1e-6
    assert found.bound_usd >= plans[0][0] - 1e-3


@pytest.mark.slow
@pytest.mark.parametrize("way", WAYS)
def test_the_plan_is_the_best_of_all(way: Callable[[Small], Found | None]) -> None:
    @settings(max_examples=40, deadline=None)
    @given(limited())
    def holds(case: Small) -> None:
        is_the_best(case, way(case))

    holds()


@pytest.mark.slow
@pytest.mark.parametrize("way", WAYS)
def test_the_plan_is_the_best_of_all_of_larger_choices(
    way: Callable[[Small], Found | None],
) -> None:
    @settings(max_examples=60, deadline=None)
    @given(limited(SIZES))
    def holds(case: Small) -> None:
        is_the_best(case, way(case))

    holds()


@pytest.mark.slow
@settings(max_examples=40, deadline=None)
@given(limited(), st.sampled_from((5e5, 3e7)))
def test_the_next_best_plans_are_those_of_all(case: Small, within: float) -> None:
    plans = case.all_plans()
    found = solve(case.problem, case.rules, count=12, within_usd=within)
    if not plans:
        assert found is None
        return
    assert found is not None
    wanted = [value for value, _ in plans[:12] if value >= plans[0][0] - within]
    assert len(set(found.chosen)) == len(found.chosen)
    assert list(found.value_usd) == sorted(found.value_usd, reverse=True)
    assert len(found.value_usd) == len(wanted)
    assert list(found.value_usd) == pytest.approx(wanted, rel=1e-6, abs=10.0)


@pytest.mark.slow
@settings(max_examples=40, deadline=None)
@given(limited(), SEEDS)
def test_the_ceiling_lies_over_every_plan(case: Small, seed: int) -> None:
    """Tangents at points within the limits of a site lie above the gain of every choice."""
    rng = np.random.default_rng(seed)
    for block in case.problem.blocks:
        top = ceiling(block)
        groups = [np.flatnonzero(block.site == s) for s in np.unique(block.site)]
        for _ in range(5):
            at = np.zeros(len(block.columns))
            for group in groups:
                at[group] = rng.dirichlet(np.ones(len(group) + 1))[:-1]
            value, slope = top.tangent(at)
            for picks in itertools.islice(itertools.product(*[[-1, *g] for g in groups]), 400):
                chosen = np.zeros(len(at))
                chosen[[p for p in picks if p >= 0]] = 1.0
                gain = block.gain_usd(block.crowd(chosen))
                assert value + slope @ (chosen - at) >= gain * (1 - 1e-9) - 1e-3


@pytest.mark.slow
@settings(max_examples=25, deadline=None)
@given(limited(), st.integers(0, 4))
def test_the_slope_is_the_derivative(case: Small, seed: int) -> None:
    rng = np.random.default_rng(seed)
    for block in case.problem.blocks:
        at = rng.random(len(block.columns)) * 0.4
        slope = block.slope_usd(block.crowd(at))
        for column in range(len(at)):
            step = np.zeros(len(at))
            step[column] = 1e-5
            up, down = (block.gain_usd(block.crowd(one)) for one in (at + step, at - step))
            assert slope[column] == pytest.approx((up - down) / 2e-5, rel=1e-5, abs=1.0)


@pytest.mark.slow
@settings(max_examples=40, deadline=None)
@given(limited(), SEEDS)
def test_blocks_add_up_to_the_whole(case: Small, seed: int) -> None:
    columns = case.problem.columns
    rng = np.random.default_rng(seed)
    chosen = np.zeros(len(columns))
    for site in range(len(columns.store_id)):
        mine = np.flatnonzero(columns.site == site)
        if rng.random() < 0.6:
            chosen[rng.choice(mine)] = 1.0
    assert case.problem.value_usd(chosen) == pytest.approx(case.worth(chosen), rel=1e-9, abs=1e-3)


@pytest.mark.slow
@settings(max_examples=15, deadline=None)
@given(SEEDS, st.integers(2, 9))
def test_more_budget_never_lowers_the_value(seed: int, sites: int) -> None:
    values = []
    for budget in (0.0, 4e6, 9e6, 15e6, 30e6, 1e9):
        case = small(seed, sites, 2, 1, PlanLimits(capital_budget_usd=budget))
        found = solve(case.problem, case.rules)
        assert found is not None
        values.append(found.value_usd[0])
    assert all(b >= a - 1e-6 * abs(a) - 1e-3 for a, b in itertools.pairwise(values))


def greedy(case: Small, chosen: np.ndarray) -> np.ndarray:
    """Add the column that gains most by the value of the whole plan, as long as one gains."""
    while True:
        more = [chosen | (np.arange(len(chosen)) == one) for one in np.flatnonzero(~chosen)]
        site = case.problem.columns.site
        more = [plan for plan in more if np.bincount(site[plan]).max() == 1 and case.keeps(plan)]
        best = max(more, key=case.problem.value_usd, default=chosen)
        if case.problem.value_usd(best) <= case.problem.value_usd(chosen) + 1:
            return chosen
        chosen = best


@pytest.mark.slow
@settings(max_examples=25, deadline=None)
@given(limited())
def test_local_search_keeps_to_the_limits_and_is_no_worse_than_greedy(case: Small) -> None:
    found = solve(case.problem, case.rules)
    if found is None:
        return
    limits = limits_of(case.rules, len(case.problem.columns), 1e-9)
    first = chosen_flags(case.problem, case.all_plans()[-1][1])
    simple = greedy(case, first)
    better = LocalSearch(case.problem, limits, simple).run()
    assert case.keeps(better.astype(float))
    worth = [case.problem.value_usd(one) for one in (first, simple, better)]
    assert worth == sorted(worth)
    assert worth[-1] <= found.bound_usd + 1e-3


@pytest.mark.slow
@settings(max_examples=40, deadline=None)
@given(limited())
def test_a_conflict_cannot_do_without_any_of_its_rules(case: Small) -> None:
    if feasible(case.problem, case.rules):
        assert case.all_plans()
        return
    found = conflict(case.problem, case.rules)
    assert found
    assert not feasible(case.problem, found)
    for left_out in found:
        assert feasible(case.problem, [rule for rule in found if rule is not left_out])


def test_equal_inputs_give_equal_answers() -> None:
    case = small(11, 14, 1, 1, PlanLimits(max_conversions=5))
    one, other = (solve(case.problem, case.rules, count=5, within_usd=1e6) for _ in range(2))
    assert one == other


def test_no_site_makes_an_empty_plan() -> None:
    case = small(3, 4, 1, 1, PlanLimits(max_conversions=0))
    found = solve(case.problem, case.rules)
    assert found is not None
    assert found.chosen == ((),)
    assert found.value_usd == (0.0,)
    assert found.bound_usd == 0.0


def test_the_search_says_when_it_stops_unproven(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("retail_portfolio.model.planning.plan_tree.MOST_NODES", 0)
    case = small(5, 12)
    found = solve(case.problem, case.rules)
    assert found is not None
    assert found.bound_usd == np.inf or found.gap > 0
    assert found.bound_usd >= case.all_plans()[0][0]


@pytest.mark.slow
@pytest.mark.parametrize("nodes", [1, 3, 10])
@pytest.mark.parametrize("one_tree_sites", [0, 30])
def test_a_search_that_is_cut_short_claims_no_more_than_it_knows(
    monkeypatch: pytest.MonkeyPatch, nodes: int, one_tree_sites: int
) -> None:
    monkeypatch.setattr("retail_portfolio.model.planning.plan_tree.MOST_NODES", nodes)
    monkeypatch.setattr("retail_portfolio.model.planning.plan_solve.ONE_TREE_SITES", one_tree_sites)
    for seed in range(1, 61):
        budget = float(np.random.default_rng(seed).uniform(5e6, 3e7))
        case = small(seed, 9, 1, 1, PlanLimits(capital_budget_usd=budget), towns=3)
        found = solve(case.problem, case.rules)
        assert found is not None
        assert found.bound_usd >= case.all_plans()[0][0] - 1e-3


SOLVES = """
from tests.model.plan_cases import small
from retail_portfolio.inputs.settings.scenario_parts import PlanLimits
from retail_portfolio.model.planning.plan_program import Answer, Node
from retail_portfolio.model.planning.plan_rules import SitePlaces, too_near
from retail_portfolio.model.planning.plan_solve import solve
case = small(7, 9, 2, 1, PlanLimits(max_conversions=4, capital_budget_usd=2e7, min_conversions=2))
assert solve(case.problem, case.rules) is not None
"""


@pytest.mark.slow
def test_the_solver_says_nothing() -> None:
    done = subprocess.run(
        [sys.executable, "-c", SOLVES], capture_output=True, text=True, check=False
    )
    assert (done.returncode, done.stdout, done.stderr) == (0, "", "")


@pytest.mark.slow
def test_no_file_descriptor_hears_the_solver(capfd: pytest.CaptureFixture[str]) -> None:
    """What a library writes past Python's own streams would break `plan --json`."""
    for limits in (PlanLimits(capital_budget_usd=2e7), PlanLimits(min_conversions=10)):
        case = small(7, 9, 2, 1, limits)
        for way in WAYS:
            way(case)
        conflict(case.problem, case.rules)
    assert capfd.readouterr() == ("", "")


EACH_LIMIT: dict[str, PlanLimits] = {
    "none": PlanLimits(),
    "budget": PlanLimits(capital_budget_usd=2.5e7),
    "least": PlanLimits(min_conversions=7),
    "most": PlanLimits(max_conversions=3),
    "metro": PlanLimits(max_per_metro=2),
    "named metro": PlanLimits(max_by_metro={METROS[0]: 1}),
    "spacing": PlanLimits(min_spacing_miles=6.0),
    "own stores": PlanLimits(min_own_store_miles=5.0),
    "in": PlanLimits(force_in=("s1", "s4:f0")),
    "out": PlanLimits(force_out=("s0:f0", "s2")),
    "all": PlanLimits(
        capital_budget_usd=3e7,
        min_conversions=2,
        max_conversions=5,
        max_per_metro=3,
        max_by_metro={METROS[1]: 2},
        min_spacing_miles=2.0,
        min_own_store_miles=1.0,
        force_in=("s1",),
        force_out=("s3:f0",),
    ),
}


@pytest.mark.slow
@pytest.mark.parametrize("name", EACH_LIMIT)
@pytest.mark.parametrize(("sites", "formats"), [(14, 1), (9, 2)])
def test_each_limit_at_full_size(name: str, sites: int, formats: int) -> None:
    limits = EACH_LIMIT[name]
    for seed in range(3):
        case = small(seed, sites, formats, 1, limits)
        for way in WAYS:
            is_the_best(case, way(case))


@pytest.mark.slow
@pytest.mark.parametrize("pace", [1, 2])
def test_a_pace_over_years_at_full_size(pace: int) -> None:
    limits = PlanLimits(openings_per_year=pace, opening_years=2, min_conversions=2)
    for seed in range(4):
        case = small(seed, 5, 2, 2, limits)
        is_the_best(case, in_one_tree(case))


def as_pulls(relative: np.ndarray, worth: list[float], cost: list[float]) -> Problem:
    """One format, one year: sites as columns of a table of pulls."""
    size = relative.shape[1]
    whole = np.arange(size)
    names = tuple(f"s{n}" for n in whole)
    one = np.ones(size)
    columns = Columns(whole, ("f",) * size, whole * 0 + 1, whole, -np.array(cost), one, names)
    pulls = Pulls(csc_array(relative), np.array(worth), np.ones((size, 1)), np.ones(1))
    return problem_of(columns, pulls)


@pytest.mark.parametrize(
    ("relative", "worth", "cost", "value"),
    [
        ([[1.0]], [10e6], [1e6], 4e6),  # one site: half of the spending
        ([[1.0]], [10e6], [6e6], 0.0),
        ([[1.0, 1.0]], [12e6], [1e6, 1e6], 6e6),  # twins: 12 (2/3) - 2 is no more than...
        ([[1.0, 1.0]], [12e6], [3e6, 3e6], 3e6),  # ... and a tie between two equal sites
        ([[1.0, 1.0], [0.0, 2.0]], [0.0, 0.0], [1e6, 1e6], 0.0),  # nobody spends anything
        ([[0.0, 1.0], [0.0, 1.0]], [4e6, 4e6], [1e6, 1e6], 3e6),  # nobody reaches the first
        ([[1.0, 1.0, 1.0]], [1e-3], [0.0, 0.0, 0.0], 0.75e-3),  # less than a dollar at stake
        ([[1e9, 1e-9]], [1e12], [1e9, 1e9], 1e12 - 1e9 - 1e3),  # trillions
    ],
)
def test_edges_by_hand(relative: list, worth: list, cost: list, value: float) -> None:
    problem = as_pulls(np.array(relative), worth, cost)
    found = solve(problem)
    assert found is not None
    assert found.value_usd[0] == pytest.approx(value, rel=1e-9, abs=0.02)
    assert found.bound_usd >= value - 1e-3 - 1e-12 * abs(value)
    assert found.gap <= 1e-6


@pytest.mark.parametrize("seed", range(6))
def test_tangents_of_a_face_lie_over_its_plans(seed: int) -> None:
    """With some columns decided, every plan of what is left is below, base gain included."""
    rng = np.random.default_rng(seed)
    case = small(seed, 7, 2)
    for block in case.problem.blocks:
        free = ~np.isin(block.site, block.site[:3])
        if not free.any():
            continue
        inside = np.zeros(len(block.columns), bool)
        inside[0] = True
        face = face_of(block, free, inside)
        groups = [np.flatnonzero(face.site == s) for s in np.unique(face.site)]
        constant = block.gain_usd(block.crowd(inside.astype(float))) - face.gain_usd(face.before)
        for _ in range(6):
            centre, at = (np.zeros(len(face.columns)) for _ in range(2))
            for group in groups:
                for point in (centre, at):
                    point[group] = rng.dirichlet(np.ones(len(group) + 1))[:-1]
            value, slope = ceiling(face, centre).tangent(at)
            for picks in itertools.product(*[[-1, *g] for g in groups]):
                chosen = np.zeros(len(at))
                chosen[[p for p in picks if p >= 0]] = 1.0
                gain = face.gain_usd(face.crowd(chosen))
                assert value + slope @ (chosen - at) >= gain * (1 - 1e-9) - 1e-3
                whole = inside.astype(float)
                whole[free] = chosen
                assert block.gain_usd(block.crowd(whole)) == pytest.approx(gain + constant)


@pytest.mark.slow
@pytest.mark.parametrize("longest", [2, 3_000])
def test_lists_that_grow_too_long_leave_an_honest_bound(longest: int) -> None:
    with (
        mock.patch("retail_portfolio.model.planning.plan_solve.ONE_TREE_SITES", -1),
        mock.patch("retail_portfolio.model.planning.plan_joint.LONGEST_LIST", longest),
    ):
        for seed in range(6):
            case = small(seed, 6, 2, 1, PlanLimits(capital_budget_usd=2e7, max_conversions=4))
            found = solve(case.problem, case.rules)
            assert found is not None
            best = case.all_plans()[0][0]
            assert found.value_usd[0] <= best + 1e-3
            assert found.bound_usd >= best - 1e-3


@pytest.mark.slow
@settings(max_examples=60, deadline=None)
@given(SEEDS, st.integers(2, 12), st.integers(1, 3))
def test_shares_are_positive_and_leave_the_rest_definite(seed: int, sites: int, rank: int) -> None:
    """Sites that see almost the same people leave no room: what they give up must not break it."""
    rng = np.random.default_rng(seed)
    common = rng.random((rank, 40))
    seen = rng.random((sites, rank)) @ common + 10.0 ** -rng.integers(1, 5) * rng.random(
        (sites, 40)
    )
    seen /= np.linalg.norm(seen, axis=1, keepdims=True)
    whole = seen @ seen.T
    share = best_shares(whole, np.arange(sites), rng.random(sites) + 1e-3)
    assert (share >= 0).all()
    assert np.linalg.eigvalsh(whole - np.diag(share))[0] >= -1e-9


@pytest.mark.slow
@pytest.mark.parametrize("seed", range(25))
def test_a_budget_over_several_towns_is_proven_by_prices(seed: int) -> None:
    """Each town has sites that share people; only the money joins the towns."""
    limits = PlanLimits(capital_budget_usd=1.5e7 + 1e6 * seed, max_conversions=6)
    case = small(seed, 10, 1, 1, limits, towns=4)
    assert len(case.problem.blocks) == 4
    with mock.patch("retail_portfolio.model.planning.plan_solve.LocalSearch", NoSearch):
        is_the_best(case, taken_apart(case))


def test_half_of_two_formats_is_not_both() -> None:
    case = small(4, 3, 2)
    limits = limits_of((), 6, 1e-9)
    part = Part(np.arange(6), tuple(range(len(case.problem.blocks))), np.zeros(0, np.int64))
    tops = [ceiling(block) for block in case.problem.blocks]
    search = Search(case.problem, limits, part, tops, 1.0, 1, 0.0)
    search.round_up(Answer(0.0, np.array([0.5, 0.5, 0.4, 0.6, 0.0, 1.0])))
    assert list(search.known.plans) == [(3, 5)]


@pytest.mark.slow
@settings(max_examples=30, deadline=None)
@given(SEEDS)
def test_the_first_tangents_lie_over_every_plan(seed: int) -> None:
    """Also where a site has many columns: within a site they press at no more than one."""
    case = small(seed, 2, 2, 4)
    limits = limits_of((), len(case.problem.columns), 1e-9)
    for number, block in enumerate(case.problem.blocks):
        part = Part(block.columns, (number,), np.zeros(0, np.int64))
        tops = [ceiling(one) for one in case.problem.blocks]
        search = Search(case.problem, limits, part, tops, 1.0, 1, 0.0)
        search.program.begin(np.zeros(len(block.columns)))
        sites = int(search.site.max()) + 1
        per_site = [[-1, *np.flatnonzero(search.site == s)] for s in range(sites)]
        for picks in itertools.product(*per_site):
            chosen = np.zeros(len(block.columns))
            chosen[[p for p in picks if p >= 0]] = 1.0
            node = Node(np.inf, chosen, chosen, np.zeros(sites, bool))
            value = search.program.solve(node).value
            assert value >= search.linear @ chosen + search.program.gain(chosen) - 1e-9


@settings(max_examples=60, deadline=None)
@given(SEEDS, st.integers(0, 14), st.floats(0.5, 20.0))
def test_groups_hold_every_near_pair_and_no_other(seed: int, sites: int, apart: float) -> None:
    rng = np.random.default_rng(seed)
    lat, lon = 40 + 0.3 * rng.random(sites), -75 + 0.3 * rng.random(sites)
    places = SitePlaces(lat, lon, ("m",) * sites, np.zeros(sites))
    km = np.asarray(great_circle_km(lat[:, None], lon[:, None], lat, lon))
    near = km / KM_PER_MILE < apart
    covered = np.eye(sites, dtype=bool)
    for group in too_near(places, apart):
        assert near[np.ix_(group, group)].all()
        covered[np.ix_(group, group)] = True
    assert (covered | ~near).all()


def joint_of(seed: int) -> tuple[Small, Joint, float]:
    """A choice over four towns as the search by prices has it, and the worth of its best plan."""
    limits = PlanLimits(capital_budget_usd=1.8e7, max_conversions=6)
    case = small(seed, 10, 1, 1, limits, towns=4)
    rows = limits_of(case.rules, 10, 1e-9)
    (part,) = parts_of(case.problem, rows)
    split = split_of(case.problem, rows, part)
    assert len(split.parts) == 4
    tops = [ceiling(block) for block in case.problem.blocks]
    nothing = np.zeros(10, bool)
    return case, Joint(case.problem, rows, split, tops, 1.0, nothing), case.all_plans()[0][0]


@pytest.mark.slow
@pytest.mark.parametrize("seed", range(12))
def test_any_prices_bound_every_plan(seed: int) -> None:
    case, joint, best = joint_of(seed)
    rng = np.random.default_rng(seed)
    for _ in range(4):
        prices = rng.uniform(0, 3e6, 2)
        bound = joint.priced(prices, 0.0, 1, 0.0)
        assert bound >= best - 1e-3
        split = sum(
            max(
                case.worth(chosen) - prices @ (joint.rows @ chosen)
                for chosen in plans_within(part.columns, 10)
            )
            for part in joint.split.parts
        )
        assert bound == pytest.approx(split + prices @ joint.high, rel=1e-9)


def plans_within(columns: np.ndarray, size: int) -> list[np.ndarray]:
    found = []
    for picks in itertools.product((0.0, 1.0), repeat=len(columns)):
        chosen = np.zeros(size)
        chosen[columns] = picks
        found.append(chosen)
    return found


@pytest.mark.parametrize("seed", range(12))
def test_what_can_still_matter_is_all_listed(seed: int) -> None:
    """From no plan at all, the lists made for fair prices hold the best one."""
    case, joint, best = joint_of(seed)
    joint.prices = np.full(2, 3e5)
    joint.bound = joint.priced(joint.prices, 0.0, 1, 0.0)
    joint.finish()
    assert joint.value(joint.best) == pytest.approx(best, rel=1e-9)
    assert case.keeps(joint.best.astype(float))
    assert joint.bound == pytest.approx(best, rel=1e-6)
