"""Totals over draws: quantiles by hand, names in words, and what a small town says of them."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pandas as pd
import pytest

from retail_portfolio.inputs.assumptions import Assumption, Ledger
from retail_portfolio.inputs.case import Case
from retail_portfolio.inputs.settings.scenario_parts import PlanLimits
from retail_portfolio.inputs.speech import Speech
from retail_portfolio.model.number_words import amount, span
from retail_portfolio.model.planning.plan_screen import CLOSES
from retail_portfolio.model.sampling.information import InformationResult
from retail_portfolio.model.sampling.sobol import ALL_OTHERS
from retail_portfolio.model.uncertain.drawn_outcomes import Outcomes
from retail_portfolio.model.uncertain.uncertain_drivers import (
    FEWEST,
    _behind,
    _look_up,
    _words,
    drivers,
    indices,
    plan_names,
    watched_of,
    worth_knowing,
)
from retail_portfolio.model.uncertain.uncertain_totals import (
    checkout_over,
    ranges,
    reported_charge,
    reproduced,
    still_moving,
    words_of,
)
from retail_portfolio.model.uncertain.uncertainty import Prepared, labels_of, prepare, uniforms_of
from tests.model.checkout_cases import JWO
from tests.model.plan_town import town_of

DRAWS = 512
MOVING = {
    "capex_conversion_usd_per_sqft": "Turning a shop into a salon",
    "lease_termination_months": "Price of buying out of a lease",
    "store_contribution_mature": "Contribution of a mature salon",
    "restoration_usd_per_sqft": "Handing back",
}
"""The only names with a width, and what the ledger calls them."""
_KEPT: dict[str, Prepared] = {}


def town_in_words(pencil_case: Case) -> Case:
    """A town in which four assumptions move, each described in words."""
    town = town_of(pencil_case)
    rows = [
        Assumption(row.key, 0.6 * row.base, row.base, 1.4 * row.base, description=MOVING[row.key])
        if row.key in MOVING
        else Assumption(row.key, row.base, row.base, row.base, description=f"The {row.key}")
        for row in town.ledger.values()
    ]
    stores = town.stores.assign(checkout_technology="staffed")
    return replace(town, ledger=Ledger(tuple(rows)), stores=stores)


@pytest.fixture
def ready(pencil_case: Case) -> Prepared:
    """Everything in it is frozen, so that it is looked at once for all tests here."""
    if "town" not in _KEPT:
        _KEPT["town"] = prepare(town_in_words(pencil_case))
    return _KEPT["town"]


def by_hand(draws: int = 101, sites: int = 2) -> Outcomes:
    """Totals that rise evenly: leaving costs 100 to 200 M, the plan gains 1 to 2 M."""
    even = np.linspace(0, 1, draws)
    halves = np.repeat(100e6 * (1 + even)[:, None] / 2, 2, axis=1)
    taken = np.full((draws, sites), CLOSES)
    taken[: draws // 2, 0] = 0
    taken[: draws // 5, 1:] = 0
    return Outcomes(
        halves,
        3 * halves,
        np.zeros((draws, sites)),
        np.ones((draws, sites)),
        taken,
        1e6 * (1 + even),
        0.5e6 * (1 + even),
        {"installed": 2e4 * even, "annualised": 4e4 * even},
        targets=("salon", "shop"),
        words=Speech("USD", JWO.code, JWO.label, JWO.short),
    )


def with_limits(found: Outcomes) -> Outcomes:
    """The same where the plan has limits, and no screen."""
    nothing = np.zeros(0)
    taken = np.zeros((0, 0), np.int64)
    return replace(found, taken=taken, plan_value_usd=nothing, base_plan_value_usd=nothing)


# ------------------------------------------------------------------------------------- ranges
def test_ranges_are_quantiles_by_hand() -> None:
    found = ranges(by_hand(1), by_hand())
    table = found.table.set_index("key")
    assert list(table.loc["exit_cost_usd", ["p5", "p25", "p50", "p75", "p95"]]) == pytest.approx(
        [105e6, 125e6, 150e6, 175e6, 195e6]
    )
    assert table.loc["exit_cost_usd", "base"] == pytest.approx(100e6)
    assert table.loc["impairment_usd", "p50"] == pytest.approx(450e6)
    assert table.loc["stores_converting", "p95"] == 2
    assert found.sentence == (
        "In nine draws of ten leaving the stores costs USD 105 M to 195 M and the best plan gains "
        "USD 1.1 M to 2.0 M over that."
    )


def test_a_figure_is_a_median_with_its_range_and_says_so() -> None:
    figures = {figure.key: figure for figure in ranges(by_hand(1), by_hand()).figures}
    assert set(figures) == {
        *("exit_cost_median", "impairment_median", "plan_value_median", "base_plan_value_median"),
        *("jwo_extra_installed_median", "jwo_extra_annualised_median"),
        "stores_converting_median",
    }
    one = figures["exit_cost_median"]
    assert (one.value, one.low, one.high) == pytest.approx((150e6, 105e6, 195e6))
    assert one.label.endswith(", median of the draws")
    assert {figure.range_basis for figure in figures.values()} == {"draws"}
    assert one.source.startswith("101 draws of assumptions.csv, all assumptions together")
    assert figures["jwo_extra_installed_median"].unit == "usd_year"


def test_a_plan_with_limits_has_no_gain_to_tell() -> None:
    found = ranges(with_limits(by_hand(1)), with_limits(by_hand()))
    assert "plan_value_usd" not in set(found.table["key"])
    assert found.sentence == "In nine draws of ten leaving the stores costs USD 105 M to 195 M."


def test_without_draws_there_is_no_range() -> None:
    found = ranges(by_hand(1), by_hand(0))
    assert found.figures == ()
    assert found.table["p50"].isna().all()
    assert found.sentence.startswith("No assumption of this case has a range")


@pytest.mark.parametrize(
    ("ends", "said"),
    [
        ((216e6, 138.6e6), "USD 139 M to 216 M"),
        ((1.78e6, 4.09e6), "USD 1.8 M to 4.1 M"),
        ((4.0e6, 12.7e6), "USD 4.0 M to 13 M"),
        ((-30e3, 1.2e6), "USD \N{MINUS SIGN}30 k to 1.2 M"),
        ((35_058.0, 909_000.0), "USD 35 k to 909 k"),
        ((999_600.0, 9_960_000.0), "USD 1.0 M to 10 M"),
    ],
)
def test_amounts_are_rounded_to_what_is_known(ends: tuple[float, float], said: str) -> None:
    assert span(*ends, "USD") == said
    assert amount(max(ends), "USD") == f"USD {said.partition(' to ')[2]}"


def test_every_total_has_a_name_for_sentences() -> None:
    assert set(words_of(JWO)) == {*labels_of(JWO), "closest_to_a_coin_toss"}


# --------------------------------------------------------------------------------- convergence
def test_convergence_names_totals_in_words() -> None:
    found = still_moving(by_hand(128))
    assert set(found.table["output"]) == {
        *("exit_cost_usd", "plan_value_usd", "jwo_extra_installed_usd_year"),
        "closest_to_a_coin_toss",
    }
    assert "(the site closest to a coin toss)" in found.sentence
    assert "_usd" not in found.sentence
    # The site that converts in half of the draws is the one that is watched.
    last = found.table[found.table["output"] == "closest_to_a_coin_toss"].iloc[-1]
    assert last["share"] == 0.5


def test_convergence_without_a_screen_tells_totals_alone() -> None:
    found = still_moving(with_limits(by_hand(128)))
    assert found.table["share"].isna().all()
    assert "share" not in found.sentence


# --------------------------------------------------------------------------- reported charges
def test_draws_that_reproduce_a_charge_by_hand() -> None:
    # The impairment runs from 300 to 600 M; within a tenth of 400 M lie 360 to 440 M.
    found = reproduced(by_hand(3001), 400e6, 0.1)
    row = found.table.set_index("key").loc["impairment_usd"]
    assert row["p50_agreeing"] == pytest.approx(400e6, rel=1e-3)
    assert (row["p5_agreeing"], row["p95_agreeing"]) == pytest.approx((364e6, 436e6), rel=1e-3)
    assert row["p50_all"] == pytest.approx(450e6)
    assert row["unit"] == "usd"
    assert found.sentence.startswith(
        "27 % of the draws book an impairment within 10 % of the reported USD 400 M. "
    )
    # The gain rises with the impairment: 1.33 M in these draws, 1.5 M in all.
    told = "They move the median gain of the best plan by \N{MINUS SIGN}11 %."
    assert found.sentence.endswith(told)


def test_a_charge_near_the_middle_hardly_moves_the_rest() -> None:
    assert "by less than 1 %." in reproduced(by_hand(1001), 450e6, 0.1).sentence
    assert "by 2 %." in reproduced(by_hand(1001), 440e6, 0.1).sentence


def test_a_charge_that_no_draw_comes_near() -> None:
    found = reproduced(by_hand(), 1e6, 0.1)
    assert found.table["p50_agreeing"].isna().all()
    assert found.sentence == (
        "0 % of the draws book an impairment within 10 % of the reported USD 1.0 M."
    )


def test_a_charge_is_one_that_the_ledger_holds(pencil_case: Case) -> None:
    assert reported_charge(pencil_case, by_hand(), "the_charge_usd") is None
    row = Assumption("the_charge_usd", 400e6, 400e6, 400e6)
    told = pencil_case.with_ledger(Ledger((*pencil_case.ledger.values(), row)))
    found = reported_charge(told, by_hand(), "the_charge_usd")
    assert found is not None
    assert "within 15 % of the reported USD 400 M" in found.sentence


# ----------------------------------------------------------------------- what moves the totals
@pytest.mark.slow
def test_a_tornado_tells_names_by_their_descriptions(ready: Prepared) -> None:
    found = drivers(ready)
    assert set(found.table["description"]) <= set(MOVING.values())
    first = found.table.drop_duplicates("output").set_index("output")
    assert first.loc["exit_cost_usd", "name"] == "lease_termination_months"
    assert first.loc["plan_value_usd", "name"] == "store_contribution_mature"
    assert found.sentence.startswith(
        "Moved alone, 0 of 4 assumptions change none of the totals. Most change: the cash cost of "
        'leaving with "Price of buying out of a lease" ('
    )
    assert "lease_termination_months" not in found.sentence
    assert plan_names(found) == list(
        found.table.loc[found.table["output"] == "plan_value_usd", "name"]
    )
    # What a conversion costs to build is no part of leaving.
    leaving = found.table[found.table["output"] == "exit_cost_usd"]
    assert set(leaving["name"]) == {"lease_termination_months", "restoration_usd_per_sqft"}


@pytest.mark.slow
def test_indices_of_a_town_agree_with_its_tornado(ready: Prepared) -> None:
    drawn = uniforms_of(ready.case, DRAWS)
    found = indices(ready, drawn, ready.outcomes(drawn), points=64)
    leaving = found.table[found.table["output"] == "exit_cost_usd"].set_index("name")
    # The two parts of the cost are added up: their first orders make nearly all of the variance.
    both = leaving.loc[["lease_termination_months", "restoration_usd_per_sqft"]]
    assert both["first_order"].sum() == pytest.approx(1, abs=0.15)
    assert leaving["total"].idxmax() == "lease_termination_months"
    assert leaving.loc["capex_conversion_usd_per_sqft", "total"] == 0
    assert '"Price of buying out of a lease"' in found.sentence
    # Names that move nothing hide nothing: with the four alone, all others are still.
    others = found.table[found.table["name"] == ALL_OTHERS]
    assert (others["total"] == 0).all()
    assert "all others" not in found.sentence
    assert f"({found.evaluations:,} evaluations)" in found.sentence


def test_the_rest_of_the_names_is_no_answer_to_what_is_behind() -> None:
    table = pd.DataFrame(
        {
            "name": [ALL_OTHERS, "rent", "rent", "rent"],
            "output": ["exit_cost_usd", "exit_cost_usd", "exit_cost_usd", "plan_value_usd"],
            "description": ["all others", "Rent", "Rent", "Rent"],
            "total": [0.6, 0.4, 0.1, 0.0],
        }
    )
    assert _behind(table, 80, JWO) == (
        "The largest share of variance that goes with one assumption: 40 % of that of the cash "
        'cost of leaving with "Rent" (80 evaluations).'
    )
    assert _behind(table.iloc[:1], 80, JWO) == "No assumption moves any of the totals."


@pytest.mark.slow
def test_a_site_that_cannot_open_in_some_draws_drowns_nothing(ready: Prepared) -> None:
    drawn = uniforms_of(ready.case, DRAWS)
    found = ready.outcomes(drawn)
    npv = found.npv_vs_exit_usd.copy()
    npv[::3, -1] = np.nan
    never = worth_knowing(ready, drawn, replace(found, npv_vs_exit_usd=npv), list(MOVING))
    assert never is not None
    # What chance shows stays a part of what converting gains.
    assert never.floor < 0.05 * np.abs(found.npv_vs_exit_usd).sum(axis=1).mean()
    closed = np.where(np.isnan(npv), 0.0, npv)
    same = worth_knowing(ready, drawn, replace(found, npv_vs_exit_usd=closed), list(MOVING))
    assert same is not None
    assert (never.evpi, never.floor) == (same.evpi, same.floor)


def test_knowing_is_worth_something_where_it_turns_the_plan(ready: Prepared) -> None:
    drawn = uniforms_of(ready.case, DRAWS)
    found = worth_knowing(ready, drawn, ready.outcomes(drawn), list(MOVING))
    assert found is not None
    table = found.table.set_index("name")
    assert set(table.index) == set(MOVING)
    assert table["description"].to_dict() == MOVING
    assert (table["evppi"] >= 0).all()
    # No name alone is worth more than all of them.
    assert table["evppi"].max() <= found.evpi * 1.1
    assert table.loc["lease_termination_months", "evppi"] < found.evpi


def test_what_to_look_up_first_in_words() -> None:
    table = pd.DataFrame(
        {
            "description": ["Build cost", "Rent"],
            "evppi": [4.54e6, 0.0],
            "above_noise": [True, False],
        }
    )
    assert _look_up(table, 15.02e6, "USD") == (
        'Look up "Build cost" first: to know it before the plan is chosen is worth USD 4.5 M, and '
        "to know everything USD 15 M. Of 2 assumptions that the plan depends on 1 is worth more "
        "than chance alone would show."
    )
    assert "are worth more" in _look_up(table.assign(above_noise=True), 15e6, "USD")
    still = table.assign(above_noise=False)
    assert _look_up(still, 0.0, "USD").startswith("No single assumption is worth finding out")


def test_too_few_draws_say_so_and_fail_nowhere(ready: Prepared) -> None:
    drawn = uniforms_of(ready.case, FEWEST - 1)
    few = ready.outcomes(drawn)
    found = indices(ready, drawn, few)
    assert found.table.empty
    assert {"name", "output", "total", "description"} <= set(found.table.columns)
    assert found.sentence == f"{FEWEST} draws are the fewest that tell shares of a variance."
    assert worth_knowing(ready, drawn, few, list(MOVING)) is None
    enough = uniforms_of(ready.case, FEWEST)
    worth = worth_knowing(ready, enough, ready.outcomes(enough), list(MOVING))
    assert isinstance(worth, InformationResult)


@pytest.mark.slow
def test_a_plan_with_limits_is_told_without_its_gain(pencil_case: Case) -> None:
    town = town_in_words(pencil_case)
    limits = town.scenario.model_copy(update={"plan": PlanLimits(max_conversions=1)})
    ready = prepare(replace(town, scenario=limits))
    drawn = uniforms_of(ready.case, 16)
    assert watched_of(ready) == ("exit_cost_usd",)
    assert plan_names(drivers(ready)) == []
    assert worth_knowing(ready, drawn, ready.outcomes(drawn), []) is None


def test_checkout_is_told_over_the_same_draws(ready: Prepared) -> None:
    found = checkout_over(ready, uniforms_of(ready.case, 8))
    assert found.sentence == "Just Walk Out is compared nowhere."
    assert found.table.empty


def test_a_name_of_several_rows_is_called_by_what_moves_with_it(ready: Prepared) -> None:
    rows = [replace(row, description="Salons sell") for row in ready.case.ledger.values()]
    keys = ("rent_net_usd_per_sqft_year", "rent_net_usd_per_sqft_year.salon.ca", "rent_net_x.zz")
    more = [Assumption(key, 1.0, 2.0, 3.0, description="Never said") for key in keys]
    case = ready.case.with_ledger(Ledger((*rows, *more)))
    label = case.scenario.formats["salon"].label
    assert _words(case, "rent_net_usd_per_sqft_year", list(keys[:2])) == (
        f"Rent net: in general, {label} in CA"
    )
    assert _words(case, "rent_net_x", [keys[2]]) == "Never said"
    many = [f"rent_net_usd_per_sqft_year.{state}" for state in ("ca", "il", "md", "nj", "ny")]
    assert _words(case, "rent_net_usd_per_sqft_year", many) == "Rent net: CA, IL, MD and 2 more"
    assert _words(case, ALL_OTHERS, []) == ALL_OTHERS
