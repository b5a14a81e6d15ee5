"""Scores by hand, and resamples against counting."""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from retail_portfolio.model.market.siting import auc
from retail_portfolio.model.track_record.scores import (
    auc_of_each,
    brier_parts,
    hits_of_top,
    interval,
    log_score,
    mean_of_each,
    resamples,
)

YES = np.array([True, False, True, False])
GIVEN = np.array([0.8, 0.4, 0.3, 0.1])


def test_brier_and_log_by_hand() -> None:
    assert brier_parts(GIVEN, YES) == pytest.approx([0.04, 0.16, 0.49, 0.01])
    expected = -(math.log(0.8) + math.log(0.6) + math.log(0.3) + math.log(0.9)) / 4
    assert log_score(GIVEN, YES) == pytest.approx(expected)


@pytest.mark.parametrize(
    ("score", "hits"),
    [
        ([4, 3, 2, 1], 1),  # the first two hold one of two
        ([4, 1, 3, 2], 2),
        ([1, 4, 2, 3], 0),
        ([5, 5, 5, 1], 4 / 3),  # two places for three, of whom two converted
        ([9, 5, 5, 5], 1 + 1 / 3),  # one place for three, of whom one converted
        ([1, 1, 1, 1], 1),
        ([2, 1, -np.inf, -np.inf], 1),
    ],
)
def test_hits_by_hand(score: list[float], hits: float) -> None:
    assert hits_of_top(np.array(score, dtype=float), YES, int(YES.sum())) == pytest.approx(hits)


def test_hits_of_few_and_of_many() -> None:
    """Ranked, the four converted, converted, not, not: one, two, and two of three places."""
    score = np.array([9.0, 1, 8, 2])
    assert [hits_of_top(score, YES, k) for k in (1, 2, 3, 4)] == [1, 2, 2, 2]
    assert [hits_of_top(-score, YES, k) for k in (1, 2, 3)] == [0, 0, 1]
    assert hits_of_top(np.array([9.0, 5, 5, 1]), YES, 3) == 2


def test_nobody_converted_nobody_is_hit() -> None:
    assert hits_of_top(GIVEN, np.zeros(4, bool), 0) == 0
    assert hits_of_top(GIVEN, np.ones(4, bool), 4) == 4


def test_resamples_take_as_many_as_there_are_and_follow_the_seed() -> None:
    times = resamples(7, 3, 500)
    assert times.shape == (500, 7)
    assert (times.sum(axis=1) == 7).all()
    assert times.mean(axis=0) == pytest.approx(np.ones(7), abs=0.15)
    assert times.var(axis=0) == pytest.approx(np.full(7, 6 / 7), abs=0.25)
    assert (times == resamples(7, 3, 500)).all()
    assert (times != resamples(7, 4, 500)).any()


def test_means_of_resamples_by_hand() -> None:
    times = np.array([[1, 1, 1, 1], [4, 0, 0, 0], [0, 2, 0, 2]])
    assert mean_of_each(np.array([1.0, 2, 3, 6]), times) == pytest.approx([3, 1, 4])


@pytest.mark.slow
@given(
    st.lists(st.tuples(st.integers(0, 5), st.booleans()), min_size=2, max_size=9),
    st.integers(0, 99),
)
def test_auc_of_a_resample_is_the_auc_of_the_sites_it_holds(
    sites: list[tuple[int, bool]], seed: int
) -> None:
    score = np.array([float(value) for value, _ in sites])
    happened = np.array([yes for _, yes in sites])
    times = resamples(len(sites), seed, 5)
    found = auc_of_each(score, happened, times)
    for row, value in zip(times, found, strict=True):
        assert value == pytest.approx(
            auc(np.repeat(score, row), np.repeat(happened, row)), nan_ok=True
        )


def test_intervals_leave_out_what_has_no_value() -> None:
    values = np.array([*np.linspace(0, 1, 101), np.nan, np.nan])
    assert interval(values) == pytest.approx((0.025, 0.975))
    assert all(math.isnan(end) for end in interval(np.array([np.nan])))
    assert all(math.isnan(end) for end in interval(np.array([])))
