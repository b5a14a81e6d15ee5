"""Draws of a row: the fast quantile against the exact one, and NaN for the base."""

from __future__ import annotations

from dataclasses import replace
from time import perf_counter

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.special import betaincinv

from retail_portfolio.inputs.assumptions import Assumption, Ledger
from retail_portfolio.model.sampling.ensemble import Draws, pert_quantile, pert_quantile_fast

TAILS = 10.0 ** -np.arange(1, 17, 0.25)
SHARES = np.unique(np.concatenate([[0, 1], np.linspace(0, 1, 2001), TAILS, 1 - TAILS]))
BOTH = pytest.mark.parametrize("quantile", [pert_quantile, pert_quantile_fast])


def row(mode: float, low: float = 0.0, high: float = 1.0) -> Assumption:
    return Assumption("x", low, low + mode * (high - low), high)


@pytest.mark.slow
@given(st.floats(0, 1))
def test_the_fast_quantile_is_that_of_the_beta_distribution(mode: float) -> None:
    exact = betaincinv(1 + 4 * mode, 5 - 4 * mode, SHARES)
    fast = pert_quantile_fast(row(mode), SHARES)
    assert np.abs(fast - exact).max() < 1e-10
    assert (fast[0], fast[-1]) == (0, 1)
    assert (np.diff(fast) >= 0).all()
    assert np.abs(pert_quantile(row(mode), SHARES) - exact).max() < 1e-14


@pytest.mark.slow
@given(st.floats(0, 1), st.floats(-1e6, 1e6), st.floats(1e-3, 1e6))
def test_the_fast_quantile_scales_and_keeps_to_its_range(
    mode: float, low: float, width: float
) -> None:
    wide = row(mode, low, low + width)
    if not wide.low <= wide.base <= wide.high:
        wide = replace(wide, base=wide.high)
    fast, exact = pert_quantile_fast(wide, SHARES), pert_quantile(wide, SHARES)
    assert np.abs(fast - exact).max() < 1e-9 * width + 1e-9
    assert fast.min() == wide.low
    assert fast.max() == wide.high


@pytest.mark.slow
@given(st.floats(0, 1), st.integers(1, 40))
def test_a_value_does_not_depend_on_how_many_are_asked_for(mode: float, parts: int) -> None:
    whole = pert_quantile_fast(row(mode), SHARES)
    pieces = [pert_quantile_fast(row(mode), part) for part in np.array_split(SHARES, parts)]
    assert np.concatenate(pieces).tobytes() == whole.tobytes()


@BOTH
def test_nan_stands_for_the_base_and_for_nothing_else(quantile) -> None:
    moved, still = row(0.3, 10, 40), replace(row(0.3), distribution="fixed")
    shares = np.array([0.2, np.nan, 0.9, np.nan])
    values = quantile(moved, shares)
    assert values[[1, 3]].tolist() == [moved.base, moved.base]
    assert values[[0, 2]].tolist() == quantile(moved, shares[[0, 2]]).tolist()
    assert np.isnan(shares[[1, 3]]).all()
    assert quantile(still, shares).tolist() == [still.base] * 4
    assert quantile(replace(moved, low=19, base=19, high=19), shares).tolist() == [19] * 4


@BOTH
def test_any_shape_is_kept(quantile) -> None:
    shares = np.linspace(0.1, 0.9, 6).reshape(2, 3)
    assert (
        quantile(row(0.4), shares).tolist()
        == quantile(row(0.4), shares.ravel()).reshape(2, 3).tolist()
    )


def test_draws_are_exact_unless_they_are_asked_to_be_fast() -> None:
    ledger = Ledger((row(0.3, 10, 40), Assumption("y", 1, 2, 3)))
    shares = {"x": np.array([0.1, np.nan, 0.7])}
    exact, fast = Draws(ledger, shares), Draws(ledger, shares, fast=True)
    assert exact.of("x").tobytes() == pert_quantile(ledger["x"], shares["x"]).tobytes()
    assert fast.of("x").tobytes() == pert_quantile_fast(ledger["x"], shares["x"]).tobytes()
    assert exact.of("x")[1] == fast.of("x")[1] == ledger["x"].base
    assert fast.of("y").tolist() == [2, 2, 2]


@pytest.mark.slow
def test_the_fast_quantile_is_fast() -> None:
    shares, wide = np.random.default_rng(1).random(10_000), row(0.3)
    spent = {}
    for quantile in (pert_quantile, pert_quantile_fast):
        quantile(wide, shares)
        times = []
        for _ in range(5):
            start = perf_counter()
            quantile(wide, shares)
            times.append(perf_counter() - start)
        spent[quantile] = min(times)
    # Ten times and more on a quiet machine; half of that on one with other work.
    assert spent[pert_quantile] > 5 * spent[pert_quantile_fast]
