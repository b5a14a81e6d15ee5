"""Ranges of checkout over draws, by hand and on the bundled case."""

from __future__ import annotations

import dataclasses

import numpy as np
import pytest

from retail_portfolio.inputs.case import Case
from retail_portfolio.model.checkouts.checkout import checkout_table
from retail_portfolio.model.checkouts.checkout_draws import CheckoutDraws, checkout_draws
from retail_portfolio.model.checkouts.checkout_ranges import (
    COLUMNS,
    MEASURES,
    PERCENTILES,
    checkout_ranges,
)
from retail_portfolio.model.result import Result
from retail_portfolio.model.sampling.draws import first_quantiles
from retail_portfolio.model.sampling.ensemble import Draws

DRAWS = 101


@pytest.fixture(scope="module")
def by_hand(case: Case) -> CheckoutDraws:
    """Made-up draws whose quantiles and shares are seen at once."""
    steps = np.arange(DRAWS, dtype=float)
    own = ("fresh", "own")
    return CheckoutDraws(
        count=DRAWS,
        costs_usd_year={
            (*own, "staffed", ""): np.full(DRAWS, 20.0),
            (*own, "smart_cart", ""): np.where(steps < 50, np.nan, 30.0),
            (*own, "jwo_vision", "installed"): steps,
            (*own, "jwo_vision", "annualised"): steps + 100.0,
            (*own, "jwo_rfid", ""): np.full(DRAWS, 10.0),
            ("third_party", "stadium", "staffed", ""): np.zeros(DRAWS),
        },
        best_alternative={"fresh": np.zeros(DRAWS, dtype=np.int64)},
        gap_usd_year={
            ("fresh", "installed"): steps - 20.0,
            ("fresh", "annualised"): steps + 80.0,
        },
        paid_stores=("one", "two"),
        paid_extra_usd_year={"installed": 1e6 * steps, "annualised": 2e6 * steps},
        operator_net_usd_year={"stadium": steps - 0.5, "airport": -steps},
        joint_benefit_usd_year={
            ("stadium", "installed"): steps - 75.0,
            ("stadium", "annualised"): steps - 200.0,
            ("airport", "installed"): -steps - 1,
            ("airport", "annualised"): -steps - 2,
        },
    )


@pytest.fixture(scope="module")
def shown(case: Case, by_hand: CheckoutDraws) -> Result:
    return checkout_ranges(case, by_hand)


def test_rows_are_the_formats_and_the_sites_in_order(shown: Result) -> None:
    assert tuple(shown.table.columns) == COLUMNS
    keys = shown.table[["format", "site_type", "reading", "measure"]].to_numpy().tolist()
    assert keys == [
        ["fresh", "own", "installed", "gap_usd_year"],
        ["fresh", "own", "annualised", "gap_usd_year"],
        ["third_party", "stadium", "", "operator_net_usd_year"],
        ["third_party", "stadium", "installed", "joint_benefit_usd_year"],
        ["third_party", "stadium", "annualised", "joint_benefit_usd_year"],
        ["third_party", "airport", "", "operator_net_usd_year"],
        ["third_party", "airport", "installed", "joint_benefit_usd_year"],
        ["third_party", "airport", "annualised", "joint_benefit_usd_year"],
    ]
    assert set(shown.table["measure"]) == set(MEASURES)


def test_percentiles_of_even_steps_are_the_steps(shown: Result) -> None:
    levels = shown.table[list(PERCENTILES)].to_numpy()
    assert levels[0] == pytest.approx([-15, 5, 30, 55, 75])
    assert levels[2] == pytest.approx([4.5, 24.5, 49.5, 74.5, 94.5])
    assert levels[5] == pytest.approx([-95, -75, -50, -25, -5])


def test_shares_count_draws(shown: Result) -> None:
    pays = shown.table["share_pays"].to_numpy() * DRAWS
    # A gap of nothing is no gain, and a gain of nothing none either.
    assert pays == pytest.approx([20, 0, 100, 25, 0, 0, 0, 0])
    cheapest = shown.table["share_cheapest"].to_numpy() * DRAWS
    # RFID costs ten: eleven draws cost no more, though twenty beat the staffed lanes.
    assert cheapest[:2] == pytest.approx([11, 0])
    assert np.isnan(cheapest[2:]).all()


def test_a_reading_is_not_held_against_the_other(case: Case, by_hand: CheckoutDraws) -> None:
    vision = {
        ("fresh", "own", "jwo_vision", "installed"): np.zeros(DRAWS),
        ("fresh", "own", "jwo_vision", "annualised"): np.full(DRAWS, 5.0),
    }
    costs = {**by_hand.costs_usd_year, **vision}
    shown = checkout_ranges(case, dataclasses.replace(by_hand, costs_usd_year=costs))
    assert shown.table["share_cheapest"].tolist()[:2] == [1.0, 1.0]


def test_what_was_paid_is_a_figure_a_reading(shown: Result) -> None:
    assert [one.range_basis for one in shown.figures] == ["draws", "draws"]
    told = [(f.key, f.low, f.value, f.high, f.unit) for f in shown.figures]
    assert told == [
        ("jwo_paid_extra_drawn", 5e6, 50e6, 95e6, "usd_year"),
        ("jwo_paid_extra_drawn_annualised", 10e6, 100e6, 190e6, "usd_year"),
    ]
    assert "2 closing stores" in shown.figures[0].label


def test_the_sentence_tells_the_numbers(shown: Result) -> None:
    assert shown.sentence == (
        "Of 101 draws: Just Walk Out costs less than the cheapest technology with a checkout in a "
        "store like Amazon Fresh in 20 % under the installed reading and in 0 % under the "
        "annualised reading; the 2 closing stores known to have had it paid USD 5.0 M to 95 M "
        "a year beyond the best alternative in nine of ten (installed reading); under a licence "
        "the operator of a site gains in this share: stadium over 99 %, airport 0 %."
    )


def test_seldom_is_not_never(case: Case, by_hand: CheckoutDraws) -> None:
    rare = np.where(np.arange(DRAWS) == 7, 1.0, -1.0)
    few = {"stadium": rare, "airport": np.ones(DRAWS)}
    found = dataclasses.replace(by_hand, operator_net_usd_year=few, count=5_000)
    sentence = checkout_ranges(case, found).sentence
    assert "Of 5,000 draws" in sentence
    assert "stadium under 1 %, airport 100 %." in sentence


def test_nothing_to_compare_is_said(case: Case) -> None:
    nothing = CheckoutDraws(3, {}, {}, {}, (), {"installed": np.zeros(3)}, {}, {})
    shown = checkout_ranges(case, nothing)
    assert shown.sentence == "Just Walk Out is compared nowhere."
    assert shown.table.empty
    assert shown.figures == ()


def test_one_draw_of_the_base_tells_what_the_table_tells(case: Case) -> None:
    shown = checkout_ranges(case, checkout_draws(case, Draws(case.ledger, {})))
    rows = checkout_table(case).set_index(["format", "site_type", "technology", "reading"])
    for row in shown.table[shown.table["site_type"] == "own"].itertuples(index=False):
        told = rows.loc[(row.format, "own", "jwo_vision", row.reading)]
        assert row.share_cheapest == float(told["cheapest"])
        assert row.p5 == row.p50 == row.p95
    assert shown.table["share_pays"].isin([0.0, 1.0]).all()


@pytest.mark.slow
def test_the_bundled_case_over_draws(case: Case) -> None:
    uniforms = first_quantiles(case.ledger, 500, seed=1)
    shown = checkout_ranges(case, checkout_draws(case, Draws(case.ledger, uniforms, fast=True)))
    table = shown.table
    levels = table[list(PERCENTILES)].to_numpy()
    assert (np.diff(levels, axis=1) > 0).all()
    assert table["share_pays"].between(0, 1).all()
    own = table[table["site_type"] == "own"]
    assert (own["share_cheapest"] <= own["share_pays"]).all()
    operator = table[table["measure"] == "operator_net_usd_year"].set_index("site_type")
    assert operator.loc["stadium", "share_pays"] > 0.9
    assert operator.loc["workplace", "share_pays"] < 0.2
