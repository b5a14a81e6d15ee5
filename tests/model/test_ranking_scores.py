"""Scores of a ranking: counted by hand, against every draw, and the same draws for both sides."""

from __future__ import annotations

import itertools

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from retail_portfolio.model.market.siting import auc
from retail_portfolio.model.track_record.ranking_scores import (
    DRAWS,
    FEW,
    compared,
    draws_of,
    hit_rate_at,
    pooled,
    precision_at,
)

SCORE = np.array([9.0, 8, 7, 7, 5, 4])
TAKEN = np.array([True, False, True, False, False, True])
MANY = np.tile(SCORE, 2) + np.repeat([0.0, 0.5], 6)
MANY_TAKEN = np.tile(TAKEN, 2)


def test_the_head_of_a_ranking_by_hand() -> None:
    assert precision_at(SCORE, TAKEN, 1) == 1
    assert precision_at(SCORE, TAKEN, 2) == 0.5
    assert precision_at(SCORE, TAKEN, 3) == pytest.approx((1 + 0.5) / 3)  # two share the third
    assert precision_at(SCORE, TAKEN, 4) == 0.5
    assert hit_rate_at(SCORE, TAKEN, 3) == pytest.approx(1.5 / 3)
    assert hit_rate_at(SCORE, TAKEN, 6) == 1
    assert np.isnan(precision_at(SCORE, TAKEN, 7))
    assert np.isnan(precision_at(SCORE, TAKEN, 0))
    assert np.isnan(hit_rate_at(SCORE, np.zeros(6, bool), 3))


@pytest.mark.slow
@given(st.lists(st.integers(0, 3), min_size=3, max_size=6), st.integers(0, 40), st.data())
def test_ties_count_as_in_the_mean_of_all_orders(scores, seed, data) -> None:
    taken = np.random.default_rng(seed).random(len(scores)) < 0.5
    k = data.draw(st.integers(1, len(scores)))
    orders = [
        taken[sorted(range(len(scores)), key=lambda i: (-scores[i], order[i]))[:k]].mean()
        for order in itertools.permutations(range(len(scores)))
    ]
    assert precision_at(np.array(scores, float), taken, k) == pytest.approx(np.mean(orders))


def test_sites_without_a_score_do_not_count() -> None:
    score = np.append(SCORE, [np.nan, np.nan])
    taken = np.append(TAKEN, [True, False])
    assert precision_at(score, taken, 3) == precision_at(SCORE, TAKEN, 3)
    assert hit_rate_at(score, taken, 3) == hit_rate_at(SCORE, TAKEN, 3)
    found = compared(score, score, taken, 1)
    assert (found.sites, found.taken, found.area) == (6, 3, auc(SCORE, TAKEN))


def test_draws_keep_the_number_of_each_kind() -> None:
    times = draws_of(TAKEN, 4)
    assert times.shape == (DRAWS, 6)
    assert (times[:, TAKEN].sum(axis=1) == 3).all()
    assert (times[:, ~TAKEN].sum(axis=1) == 3).all()
    assert times.mean(axis=0) == pytest.approx(np.ones(6), abs=0.06)
    assert np.array_equal(times, draws_of(TAKEN, 4))
    assert not np.array_equal(times, draws_of(TAKEN, 5))


def test_a_draw_is_the_auc_of_its_sites() -> None:
    times = draws_of(MANY_TAKEN, 2)[:25]
    found = compared(MANY, MANY, MANY_TAKEN, 2).area_draws[:25]
    for count, value in zip(times, found, strict=True):
        assert value == pytest.approx(auc(np.repeat(MANY, count), np.repeat(MANY_TAKEN, count)))


def test_a_lead_is_paired() -> None:
    found = compared(MANY, MANY + 1, MANY_TAKEN, 3)  # the same order: no draw may tell them apart
    assert found.lead_span == type(found.lead_span)(0.0, 0.0, 0.0)
    other = compared(MANY, -MANY, MANY_TAKEN, 3)
    assert other.lead == pytest.approx(2 * found.area - 1)
    assert other.lead_draws == pytest.approx(found.area_draws - other.area_draws)


def test_a_lead_counts_the_sites_that_both_score() -> None:
    other = np.array([1.0, 2, np.nan, 4, np.nan, 6])
    found = compared(SCORE, other, TAKEN, 3)
    both = ~np.isnan(other)
    wanted = auc(SCORE[both], TAKEN[both]) - auc(other[both], TAKEN[both])
    assert found.lead == pytest.approx(wanted)
    assert found.area == auc(other[both], TAKEN[both])
    back = compared(other, SCORE, TAKEN, 3)
    assert back.lead == pytest.approx(-wanted)
    assert back.area == auc(SCORE, TAKEN)


def test_the_interval_holds_the_middle_of_the_draws() -> None:
    rng = np.random.default_rng(1)
    taken = np.arange(60) < 20
    found = compared(rng.random(60) + 0.3 * taken, rng.random(60) + 0.3 * taken, taken, 8)
    assert found.area_span.low == pytest.approx(np.quantile(found.area_draws, 0.025))
    assert found.area_span.high == pytest.approx(np.quantile(found.area_draws, 0.975))
    # Close to what theory says of the standard error (Hanley and McNeil 1982).
    a = found.area
    q1, q2 = a / (2 - a), 2 * a * a / (1 + a)
    error = np.sqrt((a * (1 - a) + 19 * (q1 - a * a) + 39 * (q2 - a * a)) / (20 * 40))
    assert found.area_draws.std() == pytest.approx(error, rel=0.25)


def test_one_kind_only_has_no_auc() -> None:
    found = compared(SCORE, SCORE, np.ones(6, bool), 1)
    assert np.isnan([found.area, found.lead, found.area_span.low, found.lead_span.high]).all()
    assert (found.sites, found.taken) == (6, 6)


def test_few_sites_of_a_kind_have_no_interval() -> None:
    fewer = MANY_TAKEN & (np.cumsum(MANY_TAKEN) <= FEW - 1)
    found = compared(MANY, -MANY, fewer, 1)
    assert found.area == auc(-MANY, fewer)
    assert found.lead == pytest.approx(auc(MANY, fewer) - found.area)
    assert np.isnan([found.area_span.low, found.lead_span.high]).all()
    enough = MANY_TAKEN & (np.cumsum(MANY_TAKEN) <= FEW)
    assert not np.isnan(compared(MANY, -MANY, enough, 1).lead_span.low)


def test_events_pool_by_the_sites_taken() -> None:
    one = compared(MANY, MANY, MANY_TAKEN, 1)
    two = compared(-MANY, -MANY, MANY_TAKEN ^ (MANY > 9), 2)
    empty = compared(SCORE, SCORE, np.ones(6, bool), 1)
    both = pooled([one, two])
    assert both.area == pytest.approx((6 * one.area + 5 * two.area) / 11)
    assert both.area_draws == pytest.approx((6 * one.area_draws + 5 * two.area_draws) / 11)
    assert (both.sites, both.taken) == (24, 11)
    # A mean over fewer events than another ranking's would not be one to compare with.
    assert np.isnan(pooled([one, empty]).area)
