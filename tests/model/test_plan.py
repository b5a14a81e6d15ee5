"""The plan of a case: what is chosen, what it is worth, and why."""

from __future__ import annotations

import dataclasses
import itertools

import numpy as np
import pandas as pd
import pytest

from retail_portfolio.inputs.assumptions import Assumption, Ledger
from retail_portfolio.inputs.case import Case
from retail_portfolio.inputs.faults import InputError
from retail_portfolio.model.number_words import amount
from retail_portfolio.model.opening.conversion import conversion_table
from retail_portfolio.model.planning.plan import plan, value_of
from retail_portfolio.model.planning.plan_pool import (
    WITHIN,
    _agreement_sentence,
    _frontier_sentence,
    frontier_by_budget,
    frontier_by_number,
    near_optimal,
    prices,
)
from retail_portfolio.model.planning.plan_solve import chosen_flags
from retail_portfolio.model.planning.plan_task import PlanTask, plan_task
from retail_portfolio.model.uncertain.plan_ranges import horizons, plan_with_range
from tests.model.conftest import bill_of
from tests.model.plan_town import decisions, limited, named, task_of, town_of


@pytest.fixture
def town(pencil_case: Case) -> Case:
    return town_of(pencil_case)


def worth_of_all(task: PlanTask) -> list[float]:
    """Gain of every plan there is, opened in the first year."""
    columns = task.problem.columns
    per_site = [[None, *np.flatnonzero(columns.site == s)] for s in range(5)]
    return [
        task.problem.value_usd(chosen_flags(task.problem, [c for c in picks if c is not None]))
        for picks in itertools.product(*per_site)
    ]


@pytest.mark.slow
def test_a_conversion_alone_is_worth_what_the_conversion_table_says(town: Case) -> None:
    bill = bill_of(town).table
    table, task = conversion_table(town, bill), plan_task(town, bill)
    assert len(table) == len(task.problem.columns) == 10
    worth = dict(
        zip(table["store_id"] + ":" + table["to_format"], table["npv_vs_exit_usd"], strict=True)
    )
    for column in range(10):
        alone = task.problem.value_usd(chosen_flags(task.problem, [column]))
        assert alone == pytest.approx(worth[task.problem.columns.name(column)], rel=1e-9)


@pytest.mark.slow
def test_the_best_of_all_named_plans_is_the_plan(town: Case) -> None:
    task = task_of(town)
    best = plan(task)
    sites = [f"shop-{n}" for n in range(1, 6)]
    worth = worth_of_all(task)
    assert best.objective_usd == pytest.approx(max(worth), rel=1e-9)
    assert best.objective_usd > 0
    assert best.status == "optimal"
    assert 0 <= best.gap <= 1e-6
    alone = max(value_of(task, [site]).objective_usd for site in sites)
    assert (
        alone
        < best.objective_usd
        < sum(max(value_of(task, [site]).objective_usd, 0) for site in sites)
    )


@pytest.mark.slow
def test_the_share_that_the_ledger_expects_is_that_of_the_sites(town: Case) -> None:
    """A quarter of all stores, half of those of the sites' format."""
    count = len(set(task_of(town).problem.columns.site.tolist()))
    of_all = plan(task_of(town)).sentence
    assert f"expects that 25 %, about {round(count / 4)}, will convert." in of_all
    formats = set(town.stores.loc[town.stores["status"] == "closing", "format"])
    own = [Assumption(f"us_conversion_share.{fmt}", 0.4, 0.5, 0.6) for fmt in sorted(formats)]
    rows = [row for key, row in town.ledger.items() if key != "us_conversion_share"]
    for ledger in (Ledger((*rows, *own)), Ledger((*town.ledger.values(), *own))):
        told = plan(task_of(dataclasses.replace(town, ledger=ledger))).sentence
        assert f"expects that 50 %, about {round(count / 2)}, will convert." in told


@pytest.mark.slow
def test_naming_the_plan_gives_its_value(town: Case) -> None:
    task = task_of(town)
    best = plan(task)
    again = value_of(task, named(best.table))
    assert again.objective_usd == pytest.approx(best.objective_usd, rel=1e-9)
    assert again.status == "optimal"
    assert decisions(again.table) == decisions(best.table)
    without_formats = value_of(task, [name.partition(":")[0] for name in named(best.table)])
    assert without_formats.objective_usd == pytest.approx(best.objective_usd, rel=1e-9)


@pytest.mark.slow
def test_marginal_values_are_differences_of_plans(town: Case) -> None:
    task = task_of(town)
    best = plan(task)
    names = named(best.table)
    for row in best.table.itertuples():
        others = [name for name in names if name.partition(":")[0] != row.store_id]
        without = value_of(task, others).objective_usd
        if row.decision == "close":
            added = [
                value_of(task, [*others, f"{row.store_id}:{fmt}"]).objective_usd - without
                for fmt in ("salon", "booth")
            ]
            assert row.npv_vs_exit_usd == pytest.approx(max(added), rel=1e-8, abs=1e-3)
            assert row.npv_vs_exit_usd <= 1e-3
        else:
            marginal = best.objective_usd - without
            assert row.npv_vs_exit_usd == pytest.approx(marginal, rel=1e-8, abs=1e-3)
            assert marginal >= -1e-3


@pytest.mark.slow
def test_a_plan_that_breaks_limits_says_which(town: Case) -> None:
    task = task_of(town, max_conversions=1, force_out=("shop-2",))
    found = value_of(task, ["shop-1", "shop-2"])
    assert found.status == "infeasible"
    assert [text.partition(":")[0] for text in found.violations] == [
        "plan.max_conversions",
        "plan.force_out",
    ]
    single = value_of(task, ["shop-1"])
    assert single.violations == ()
    assert single.bound_usd == pytest.approx(plan(task_of(town, max_conversions=1)).objective_usd)
    assert single.status == "feasible"
    short = amount(single.bound_usd - single.objective_usd, "USD")
    assert f"as named; the best plan within the limits gains {short} more" in single.sentence
    assert single.gap > 0
    assert value_of(task, []).objective_usd == 0


@pytest.mark.parametrize(
    ("names", "words"),
    [
        (["shop-11"], "did you mean 'shop-1'"),
        (["shop-1:salom"], "did you mean 'shop-1:salon'"),
        (["salon-1"], "a candidate for conversion"),
        (["shop-1:salon", "shop-1:booth"], "one format for each site"),
    ],
)
def test_names_that_cannot_be_are_refused(town: Case, names: list[str], words: str) -> None:
    with pytest.raises(InputError, match=words):
        value_of(task_of(town), names)


def test_settings_that_name_nobody_are_refused_together(town: Case) -> None:
    with pytest.raises(InputError) as caught:
        task_of(town, force_in=("shop-9",), force_out=("x",), max_by_metro={"here-y": 1})
    said = str(caught.value)
    assert len(caught.value.faults) == 3
    assert "plan.force_in" in said
    assert "did you mean 'here-yy'" in said


def test_limits_in_conflict_are_named_and_no_others(town: Case) -> None:
    task = task_of(
        town, max_conversions=2, min_conversions=3, capital_budget_usd=1e12, force_out=("shop-4",)
    )
    with pytest.raises(InputError) as caught:
        plan(task)
    assert [fault.column for fault in caught.value.faults] == [
        "plan.min_conversions",
        "plan.max_conversions",
    ]
    assert "at least 3 conversions" in str(caught.value)


@pytest.mark.slow
def test_each_year_opens_no_more_than_allowed(town: Case) -> None:
    task = task_of(town, openings_per_year=1, opening_years=3, min_conversions=3)
    columns = task.problem.columns
    built = pd.Series(columns.capital_usd.round()).groupby(
        [columns.name(c) for c in range(len(columns))]
    )
    assert built.nunique().eq(1).all()  # a budget counts capex as it is, whenever it is spent
    found = plan(task)
    years = found.table["opening_year"].dropna()
    assert sorted(years) == [1, 2, 3]
    assert found.objective_usd < plan(task_of(town, min_conversions=3)).objective_usd
    again = value_of(task, named(found.table))
    assert again.objective_usd == pytest.approx(found.objective_usd, rel=1e-9)
    assert again.violations == ()


@pytest.mark.slow
def test_spacing_and_metros_bind(town: Case) -> None:
    apart = plan(task_of(town, min_spacing_miles=3.0, min_conversions=2))
    spots = [int(name.partition(":")[0][-1]) for name in named(apart.table)]
    assert len(spots) >= 2
    assert min(abs(a - b) for a, b in itertools.combinations(spots, 2)) >= 2
    metro = plan(task_of(town, max_by_metro={"here-yy": 0}))
    assert {name.partition(":")[0] for name in named(metro.table)} <= {"shop-4", "shop-5"}
    away = plan(task_of(town, min_own_store_miles=2.0))
    assert {"shop-2", "shop-3"}.isdisjoint({n.partition(":")[0] for n in named(away.table)})


@pytest.mark.slow
def test_near_optimal_plans_are_the_best_that_can_be_named(town: Case) -> None:
    task = task_of(town)
    best, near = plan(task), near_optimal(task)
    worth = sorted(worth_of_all(task), reverse=True)
    close = [v for v in worth if v >= best.objective_usd * (1 - WITHIN)][:10]
    assert near.plans.table["objective_usd"].tolist() == pytest.approx(close, rel=1e-6)
    assert near.plans.table["differs"].iloc[0] == ""
    assert [len(one) for one in near.conversions] == near.plans.table["conversions"].tolist()
    assert set(near.conversions[0]) == set(named(best.table))
    shares = near.stores.table["share_of_plans"]
    assert shares.between(0, 1).all()
    first = {name.partition(":")[0] for name in named(best.table)}
    assert first <= set(near.stores.table["store_id"])


@pytest.mark.slow
def test_frontiers_are_proven_and_peak_at_the_plan(town: Case) -> None:
    task = task_of(town)
    best = plan(task)
    by_number, by_budget = frontier_by_number(task).table, frontier_by_budget(task).table
    assert by_number["conversions"].tolist() == list(range(6))
    assert by_number["objective_usd"].max() == pytest.approx(best.objective_usd, rel=1e-9)
    assert by_number["objective_usd"].iloc[0] == 0
    assert (by_budget["capital_usd"] <= by_budget["budget_usd"] + 1).all()
    assert by_budget["objective_usd"].is_monotonic_increasing
    assert by_budget["objective_usd"].iloc[-1] == pytest.approx(best.objective_usd, rel=1e-9)
    for table in (by_number, by_budget):
        gap = table["bound_usd"] - table["objective_usd"]
        assert (gap >= 0).all()
        assert (gap <= 1e-6 * table["objective_usd"].abs().clip(lower=1)).all()


@pytest.mark.slow
def test_the_price_of_a_limit_is_what_leaving_it_out_gains(town: Case) -> None:
    task = task_of(town, max_conversions=1, capital_budget_usd=1e9)
    table = prices(task).table.set_index("limit")["price_usd"]
    free, bound = plan(task_of(town)), plan(task)
    assert table["plan.max_conversions"] == pytest.approx(free.objective_usd - bound.objective_usd)
    assert table["plan.max_conversions"] > 0
    assert table["plan.capital_budget_usd"] == 0
    assert prices(task_of(town)).sentence == "The scenario sets no limits."


@pytest.mark.slow
def test_the_range_holds_the_value(town: Case) -> None:
    case = limited(town)
    bill = bill_of(case).table
    found = plan_with_range(plan_task(case, bill))
    for figure in found.figures:
        assert figure.low is not None
        assert figure.high is not None
        assert figure.value is not None
        assert figure.low <= figure.value <= figure.high
        assert figure.range_basis == "draws"
    assert found.figures[1].low < found.figures[1].high


@pytest.mark.slow
def test_horizons_are_told(town: Case) -> None:
    bill = bill_of(town).table
    found = horizons(plan_task(town, bill), bill)
    table = found.table
    told = ", ".join(
        f"{count:.0f} over {years}"
        for count, years in zip(table["stores_converting"], (6, 12, 18), strict=True)
    )
    assert found.sentence == f"Sites that convert, by horizon: {told} years."
    assert table["horizon_years"].tolist() == [6, 12, 18]
    assert table["plan_gain_usd"].is_monotonic_increasing
    assert table["plan_gain_usd"].iloc[1] == pytest.approx(plan(task_of(town)).objective_usd)


@pytest.mark.slow
def test_the_bundled_plan_is_proven_and_can_be_named(case: Case) -> None:
    task = task_of(case)
    best = plan(task)
    assert best.status == "optimal"
    assert len(best.table) == 71
    assert value_of(task, named(best.table)).objective_usd == pytest.approx(
        best.objective_usd, rel=1e-9
    )
    limits = task_of(
        case,
        capital_budget_usd=60e6,
        max_conversions=9,
        min_conversions=2,
        max_per_metro=2,
        min_spacing_miles=5.0,
        min_own_store_miles=1.0,
        openings_per_year=3,
    )
    bound = plan(limits)
    assert bound.status == "optimal"
    assert bound.gap <= 1e-6
    assert bound.objective_usd < best.objective_usd


@pytest.mark.parametrize(
    ("gains", "said"),
    [
        ([0.0, 5e6, 9e6], "highest with 2 conversions, USD 9.0 M; 1 makes half of it."),
        ([0.0, 2e6, 9e6, 8e6], "highest with 2 conversions, USD 9.0 M; 2 make half of it."),
        ([0.0, -5e6], "Every conversion lowers the gain."),
        ([np.nan, -5e6, -7e6], "Every plan within the limits loses; the least with 1 conversion."),
    ],
)
def test_what_a_frontier_says(gains: list[float], said: str) -> None:
    table = pd.DataFrame({"conversions": range(len(gains)), "objective_usd": gains}).dropna()
    assert _frontier_sentence(table.reset_index(drop=True), "USD").endswith(said)


def test_one_plan_is_compared_with_none() -> None:
    assert _agreement_sentence([["a:salon"]]) == "The best plan stands alone."
    said = _agreement_sentence([["a:salon", "b:salon", "c:keep"], ["a:booth", "c:salon", "b:keep"]])
    assert said == "1 site converts in every one of the 2 best plans, 2 in some of them."


@pytest.mark.slow
def test_a_budget_for_forced_losses_is_no_gain(town: Case) -> None:
    task = task_of(town, force_in=["shop-1:salon"], max_conversions=1)
    losing = dataclasses.replace(
        task, problem=dataclasses.replace(task.problem, linear_usd=task.problem.linear_usd - 1e9)
    )
    found = frontier_by_budget(losing)
    assert (found.table["objective_usd"] < 0).all()
    assert found.sentence == "No conversion gains, whatever the budget."
