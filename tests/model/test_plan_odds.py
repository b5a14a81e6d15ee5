"""Odds of a plan: shares of draws, by hand where one assumption decides."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from scipy.special import betainc

from retail_portfolio.inputs.assumptions import Assumption, Ledger
from retail_portfolio.inputs.case import Case
from retail_portfolio.inputs.faults import InputError
from retail_portfolio.inputs.settings.scenario_parts import PlanLimits
from retail_portfolio.model.market.roads import roads_of
from retail_portfolio.model.planning.plan_odds import (
    DrawnPlans,
    drawn_plans,
    mean_count,
    odds_table,
    plan_odds,
)
from retail_portfolio.model.planning.plan_screen import CLOSES
from retail_portfolio.model.planning.plan_task import optimum, plan_task
from retail_portfolio.model.sampling.draws import draw_ledger
from tests.model.conftest import bill_of

CAPEX = "capex_conversion_usd_per_sqft"
LOW, HIGH = 20.0, 800.0


def spread(case: Case, **ranges: tuple[float, float, float]) -> Case:
    """A case in which only the rows named have a width."""
    rows = [
        Assumption(r.key, *(ranges.get(r.key, (r.base, r.base, r.base))))
        for r in case.ledger.values()
    ]
    return case.with_ledger(Ledger(tuple(rows)))


def limited(case: Case, **limits: object) -> Case:
    scenario = case.scenario.model_copy(update={"plan": PlanLimits(**limits)})
    return replace(case, scenario=scenario)


def gain(case: Case, capex: float) -> float:
    """Value of the one conversion there is at a price of it, forced."""
    moved = limited(spread(case, **{CAPEX: (capex, capex, capex)}), force_in=("shop-1",))
    return optimum(plan_task(moved, bill_of(moved).table)).value_usd[0]


@pytest.fixture
def town(pencil_case: Case) -> Case:
    """The pencil case with a salon that earns its price or not, as assumptions fall."""
    better = {"store_contribution_mature": 0.16, "store_contribution_year1": 0.12, CAPEX: 280}
    decided = pencil_case.ledger.with_overrides(better)
    dear = Assumption(CAPEX, 200, 280, 360)
    return pencil_case.with_ledger(
        Ledger(tuple(dear if row.key == CAPEX else row for row in decided.values()))
    )


@pytest.mark.slow
def test_one_assumption_decides_and_its_distribution_gives_the_share(town: Case) -> None:
    # The gain falls in proportion to the price.
    cheap, dear = gain(town, LOW), gain(town, HIGH)
    turns = LOW + (HIGH - LOW) * cheap / (cheap - dear)
    base = 0.9 * turns
    width = HIGH - LOW
    expected = betainc(
        1 + 4 * (base - LOW) / width, 1 + 4 * (HIGH - base) / width, (turns - LOW) / width
    )
    assert 0.3 < expected < 0.8
    found = plan_odds(spread(town, **{CAPEX: (LOW, base, HIGH)}), draws=16)
    row = found.table.iloc[0]
    assert row["store_id"] == "shop-1"
    # Draws of one assumption are one to each 16th of its distribution.
    assert abs(row["probability"] - expected) <= 1 / 16
    assert row["times_converted"] == row["probability"] * 16
    assert row["probability_salon"] == row["probability"]
    assert found.table["standard_error"].iloc[0] == pytest.approx(
        np.sqrt(row["probability"] * (1 - row["probability"]) / 16)
    )


@pytest.mark.slow
def test_without_any_width_the_odds_are_the_plan(town: Case) -> None:
    for capex, converts in ((LOW, 1.0), (HIGH, 0.0)):
        found = plan_odds(spread(town, **{CAPEX: (capex, capex, capex)}), draws=2)
        assert found.table["probability"].tolist() == [converts]
        assert found.figures[0].value == converts


@pytest.mark.slow
def test_equal_seeds_give_equal_odds(town: Case) -> None:
    one, two = (plan_odds(town, draws=8).table for _ in range(2))
    assert one.equals(two)
    assert 0 < one["probability"].iloc[0] < 1
    drawn = draw_ledger(town.ledger, 8, town.scenario.seed)
    assert odds_table(drawn_plans(town, drawn)).equals(one)


@pytest.mark.slow
def test_who_shops_where_is_that_of_the_draw(town: Case) -> None:
    food = "food_at_home_usd_year.quintile3"
    moved = spread(town, **{food: (4_000.0, 5_000.0, 6_000.0)})
    drawn = draw_ledger(moved.ledger, 8, 1)
    found = drawn_plans(moved, drawn).converts[:, 0]
    # Sales alone decide here: the site converts where the households spend enough.
    least = drawn.values[found, 0].min()
    assert found.tolist() == (drawn.values[:, 0] >= least).tolist()
    assert 0 < found.sum() < 8


@pytest.mark.slow
def test_every_draw_gains_what_its_own_plan_does(town: Case) -> None:
    """The roads of the case are searched for once; every draw lays its own on them."""
    drawn = draw_ledger(town.ledger, 8, 3)
    found = drawn_plans(town, drawn, roads=roads_of(town))
    assert 0 < found.converts.sum() < 8
    for draw in range(8):
        moved = town.with_ledger(drawn.ledger_of(draw))
        best = optimum(plan_task(moved, bill_of(moved).table))
        assert found.value_usd[draw] == pytest.approx(best.value_usd[0], rel=1e-6, abs=1e-3)
        assert found.converts[draw].sum() == len(best.chosen[0])
    again = drawn_plans(town, drawn)
    assert np.array_equal(again.value_usd, found.value_usd)


@pytest.mark.slow
def test_limits_bind_in_every_draw_with_the_prices_of_the_draw(town: Case) -> None:
    cheap = spread(town, **{CAPEX: (20.0, 60.0, 100.0)})
    assert plan_odds(cheap, draws=2).table["probability"].tolist() == [1.0]
    out = limited(cheap, force_out=("shop-1",))
    assert plan_odds(out, draws=2).table["probability"].tolist() == [0.0]
    task = plan_task(cheap, bill_of(cheap).table)
    budget = float(task.problem.columns.capital_usd[0])
    tight = plan_odds(limited(cheap, capital_budget_usd=budget), draws=16)
    # The budget is the price at the mode, in the middle: it is met in half of the draws.
    assert tight.table["probability"].iloc[0] == pytest.approx(0.5, abs=1 / 16)


@pytest.mark.slow
def test_draws_that_leave_no_plan_convert_nothing(town: Case) -> None:
    cheap = spread(town, **{CAPEX: (20.0, 60.0, 100.0)})
    task = plan_task(cheap, bill_of(cheap).table)
    budget = float(task.problem.columns.capital_usd[0])
    forced = limited(cheap, capital_budget_usd=budget, force_in=("shop-1",))
    assert plan_odds(forced, draws=16).table["probability"].iloc[0] == pytest.approx(
        0.5, abs=1 / 16
    )
    without = drawn_plans(forced, draw_ledger(forced.ledger, 16, forced.scenario.seed))
    assert np.array_equal(np.isnan(without.value_usd), ~without.converts[:, 0])
    never = limited(cheap, capital_budget_usd=1.0, force_in=("shop-1",))
    with pytest.raises(InputError, match="capital_budget_usd"):
        plan_odds(never, draws=4)


PLANS = DrawnPlans(
    ("a", "b", "c"),
    ("hall", "booth"),
    np.array([[0, CLOSES, 1], [0, CLOSES, 0], [0, CLOSES, CLOSES], [0, CLOSES, CLOSES]]),
    np.array([3e6, 2e6, 1e6, 1e6]),
)


def test_shares_and_errors_by_hand() -> None:
    table = odds_table(PLANS).set_index("store_id")
    assert table["times_converted"].tolist() == [4, 0, 2]
    assert table["probability"].tolist() == [1, 0, 0.5]
    assert table["probability_hall"].tolist() == [1, 0, 0.25]
    assert table["probability_booth"].tolist() == [0, 0, 0.25]
    assert table["standard_error"].tolist() == [0, 0, 0.25]
    # Counts are 2, 2, 1, 1: mean 1.5, standard deviation sqrt(1/3), over the root of four draws.
    assert mean_count(PLANS) == (1.5, pytest.approx(np.sqrt(1 / 3) / 2))


def test_the_sentence_counts(pencil_case: Case) -> None:
    found = plan_odds(pencil_case, plans=PLANS)
    assert found.sentence == (
        "Over 4 draws of all assumptions together 1.5 of 3 sites convert in the mean (standard "
        "error 0.3): 1 in more than three quarters of the draws, 1 in a quarter to three quarters."
    )
    figure = found.figure("stores_converting_mean")
    assert (figure.low, figure.value, figure.high) == (1, 1.5, 2)
    one = DrawnPlans(("a",), ("hall",), np.array([[0]]), np.array([1e6]))
    assert "(standard error" not in plan_odds(pencil_case, plans=one).sentence


@pytest.mark.slow
def test_a_case_without_candidates_has_no_odds(pencil_case: Case) -> None:
    scenario = pencil_case.scenario.model_copy(update={"convert_from": ()})
    found = plan_odds(replace(pencil_case, scenario=scenario), draws=2)
    assert found.table.empty
    assert "probability_salon" in found.table
    assert found.sentence == "No closing store could become anything else."


@pytest.mark.slow
def test_the_bundled_case_in_a_few_draws(case: Case) -> None:
    drawn = draw_ledger(case.ledger, 4, case.scenario.seed)
    plans = drawn_plans(case, drawn)
    assert plans.taken.shape == (4, 57)
    # The first draws of the forecast that is on file converted these numbers of sites.
    moved = case.with_ledger(drawn.ledger_of(0))
    best = optimum(plan_task(moved, bill_of(moved).table))
    assert plans.converts.sum(axis=1)[0] == len(best.chosen[0])
    assert plans.value_usd[0] == pytest.approx(best.value_usd[0], rel=1e-6)
