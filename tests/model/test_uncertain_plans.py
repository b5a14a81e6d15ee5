"""Plans over draws: shares by hand, the screen against the proof, and a row a closing store."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from retail_portfolio.inputs.case import Case
from retail_portfolio.inputs.settings.scenario_parts import PlanLimits
from retail_portfolio.inputs.speech import Speech
from retail_portfolio.model.planning.plan_odds import DrawnPlans
from retail_portfolio.model.planning.plan_screen import CLOSES
from retail_portfolio.model.uncertain.drawn_outcomes import Outcomes
from retail_portfolio.model.uncertain.uncertain_plans import (
    UncertainPlans,
    screening,
    store_ranges,
    uncertain_plans,
)
from retail_portfolio.model.uncertain.uncertainty import Prepared, prepare, uniforms_of
from tests.model.plan_town import town_of

DRAWS, SOLVED = 16, 3
_KEPT: dict[str, tuple[Prepared, Outcomes, UncertainPlans]] = {}


def town(pencil_case: Case, **limits: int) -> Case:
    """A town with a kiosk that closes too and is no candidate."""
    found = town_of(pencil_case)
    kiosk = pencil_case.stores.iloc[[1]].assign(lat=40.02)
    lease = pencil_case.leases.iloc[[0]]
    stores = type(kiosk)(
        [*kiosk.to_dict("records"), *found.stores.to_dict("records")], columns=found.stores.columns
    )
    leases = type(kiosk)([*lease.to_dict("records"), *found.leases.to_dict("records")])
    scenario = found.scenario.model_copy(update={"plan": PlanLimits(**limits)})
    return replace(
        found,
        stores=stores.assign(checkout_technology="staffed"),
        leases=leases,
        scenario=scenario,
    )


def looked_at(case: Case, solved: int = SOLVED) -> tuple[Prepared, Outcomes, UncertainPlans]:
    ready = prepare(case)
    found = ready.outcomes(uniforms_of(case, DRAWS))
    return ready, found, uncertain_plans(ready, found, solved)


@pytest.fixture
def small(pencil_case: Case) -> tuple[Prepared, Outcomes, UncertainPlans]:
    """Everything in it is frozen, so that it is looked at once for all tests here."""
    if "town" not in _KEPT:
        _KEPT["town"] = looked_at(town(pencil_case))
    return _KEPT["town"]


def by_hand(solved: int = 2) -> UncertainPlans:
    """Three sites in four draws, of which some are proven; the screen differs at one site."""
    proven = np.array([[0, 1, CLOSES], [0, CLOSES, CLOSES]])[:solved]
    screened = np.array([[0, 1, 0], [1, CLOSES, CLOSES], [0, 0, CLOSES], [0, CLOSES, CLOSES]])
    gains = np.array([10e6, 20e6])[:solved]
    odds = DrawnPlans(("a", "b", "c"), ("salon", "booth"), proven, gains)
    return UncertainPlans(odds, screened, np.array([11e6, 22e6, 30e6, 40e6]), Speech("USD"))


def test_what_is_proven_stands_before_what_is_screened() -> None:
    plans = by_hand()
    assert plans.taken.tolist() == [
        [0, 1, CLOSES],
        [0, CLOSES, CLOSES],
        [0, 0, CLOSES],
        [0, CLOSES, CLOSES],
    ]
    assert (plans.draws_solved, plans.draws_screened) == (2, 2)


def test_the_screen_is_held_against_the_proof_by_hand() -> None:
    found = screening(by_hand())
    row = found.table.iloc[0]
    # Six decisions have both; another format of a site that converts counts as alike.
    assert row["share_agreeing"] == pytest.approx(5 / 6)
    assert row["mean_solved_usd"] == 15e6
    assert row["mean_screened_usd"] == 16.5e6
    assert row["correlation"] == pytest.approx(1)
    assert found.sentence == (
        "The plan is solved with proof in 2 draws and screened in the other 2; where both are "
        "known, the screen decides 83.3 % of the sites as the proof does and puts the gain 10.0 % "
        "higher."
    )


def test_a_screen_without_proof_is_compared_to_nothing() -> None:
    found = screening(by_hand(0))
    row = found.table.iloc[0]
    assert (row["draws_solved"], row["draws_screened"]) == (0, 4)
    assert row[["share_agreeing", "mean_solved_usd", "correlation"]].isna().all()
    assert found.sentence == (
        "The plan is solved with proof in 0 draws and screened in the other 4."
    )


def test_a_gain_that_does_not_vary_has_no_correlation() -> None:
    assert np.isnan(screening(by_hand(1)).table["correlation"].iloc[0])


@pytest.mark.slow
def test_a_row_a_closing_store_in_the_order_of_the_register(
    small: tuple[Prepared, Outcomes, UncertainPlans],
) -> None:
    ready, found, plans = small
    table = store_ranges(ready, found, plans).table.set_index("store_id")
    assert list(table.index) == ["kiosk-1", *(f"shop-{n}" for n in range(1, 6))]
    assert table["state"].tolist() == ["ZZ", *["YY"] * 5]
    # A store that is no candidate closes, and is given no share and no value.
    assert table.loc["kiosk-1", "decision"] == "close"
    about = [c for c in table.columns if c.startswith(("probability", "npv", "standard"))]
    assert table.loc["kiosk-1", about].isna().all()
    assert table.loc["shop-1":, about].notna().all().all()
    costs = found.exit_cost_usd
    assert table["exit_cost_usd"].tolist() == ready.base.exit_cost_usd[0].tolist()
    assert table["exit_cost_p50_usd"].tolist() == np.median(costs, axis=0).tolist()
    assert table["exit_cost_p5_usd"].tolist() == np.quantile(costs, 0.05, axis=0).tolist()


@pytest.mark.slow
def test_decisions_are_those_of_the_plan_of_the_base(
    small: tuple[Prepared, Outcomes, UncertainPlans],
) -> None:
    ready, found, plans = small
    table = store_ranges(ready, found, plans).table.set_index("store_id")
    wanted = {
        ready.task.problem.columns.name(column).replace(":", " convert_")
        for column in ready.found.chosen[0]
    }
    converts = table[table["decision"] != "close"]["decision"]
    assert {f"{store} {decision}" for store, decision in converts.items()} == wanted
    assert wanted


def test_shares_count_the_draws(small: tuple[Prepared, Outcomes, UncertainPlans]) -> None:
    ready, found, plans = small
    result = store_ranges(ready, found, plans)
    table = result.table.set_index("store_id").loc[list(plans.solved.store_id)]
    share = (plans.taken != CLOSES).sum(axis=0) / DRAWS
    assert table["probability"].tolist() == share.tolist()
    by_format = table["probability_salon"] + table["probability_booth"]
    assert by_format.tolist() == pytest.approx(share.tolist())
    # The error of the draws, and that of the screen where the draws have a proof beside it.
    miss = (plans.screened[:SOLVED] != CLOSES).astype(float) - (plans.solved.taken != CLOSES)
    screen = (miss.mean(axis=0) ** 2 + miss.var(axis=0) / SOLVED) * (1 - SOLVED / DRAWS) ** 2
    assert table["standard_error"].tolist() == pytest.approx(
        np.sqrt(share * (1 - share) / DRAWS + screen).tolist()
    )
    proven = (plans.solved.taken != CLOSES).mean(axis=0)
    assert table["probability_solved"].tolist() == proven.tolist()
    assert (table["draws_solved"] == SOLVED).all()
    assert (table["draws_screened"] == DRAWS - SOLVED).all()
    figure = result.figures[0]
    assert figure.value == pytest.approx(share.sum())
    most, few = (share > 0.75).sum(), (share < 0.25).sum()
    assert result.sentence == (
        f"{most} of 5 sites convert in more than three quarters of the draws and {few} in less "
        f"than a quarter; {5 - most - few} could go either way."
    )


def test_the_best_format_of_a_draw_counts(small: tuple[Prepared, Outcomes, UncertainPlans]) -> None:
    ready, found, plans = small
    table = store_ranges(ready, found, plans).table.set_index("store_id")
    salons, booths = found.npv_vs_exit_usd.reshape(DRAWS, 2, 5).transpose(1, 0, 2)
    best = np.where(np.isnan(booths), salons, np.fmax(salons, booths))
    assert table.loc["shop-1":, "npv_vs_exit_p95_usd"].tolist() == pytest.approx(
        np.quantile(best, 0.95, axis=0).tolist()
    )


@pytest.mark.slow
def test_no_more_draws_are_solved_than_there_are(pencil_case: Case) -> None:
    ready, found, _ = looked_at(town(pencil_case), solved=0)
    names = ("exit_cost_usd", "impairment_usd", "npv_vs_exit_usd", "scale", "taken")
    cut = {n: getattr(found, n)[:2] for n in (*names, "plan_value_usd", "base_plan_value_usd")}
    two = replace(found, **cut, walk_out_extra_usd_year={})
    plans = uncertain_plans(ready, two, 5)
    assert (plans.draws_solved, plans.draws_screened) == (2, 0)
    assert screening(plans).sentence.startswith("The plan is solved with proof in 2 draws; where")


@pytest.mark.slow
def test_a_plan_with_limits_counts_proven_draws_alone(pencil_case: Case) -> None:
    ready, found, plans = looked_at(town(pencil_case, max_conversions=1))
    assert (plans.draws_solved, plans.draws_screened) == (SOLVED, 0)
    assert plans.taken.tolist() == plans.solved.taken.tolist()
    assert ((plans.taken != CLOSES).sum(axis=1) <= 1).all()
    table = store_ranges(ready, found, plans).table.set_index("store_id").loc["shop-1":]
    assert table["probability"].tolist() == table["probability_solved"].tolist()
    assert (table["decision"] != "close").sum() <= 1
    assert screening(plans).sentence == "The plan is solved with proof in 3 draws."


@pytest.mark.slow
def test_nothing_solved_under_limits_is_not_known(pencil_case: Case) -> None:
    ready, found, plans = looked_at(town(pencil_case, max_conversions=1), solved=0)
    result = store_ranges(ready, found, plans)
    assert result.table["probability"].isna().all()
    assert result.figures == ()
    assert result.sentence == "No site is a candidate, or no draw is looked at."
