"""What benchmarks alone compute of Huff's model, against the model of the reports."""

from __future__ import annotations

import importlib
from collections.abc import Iterator
from types import ModuleType

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from retail_portfolio.model.market import huff
from tests.model.test_huff import Floats, market_from, worlds
from tests.plumbing.checkout import ROOT


@pytest.fixture(scope="module", name="of_benchmarks")
def modules() -> Iterator[tuple[ModuleType, ModuleType]]:
    """Import sales of every pair and what-ifs as a script of the folder does."""
    with pytest.MonkeyPatch.context() as patch:
        patch.syspath_prepend(str(ROOT / "benchmarks"))
        yield tuple(map(importlib.import_module, ("common.dense", "sides.what_ifs_ours")))


@pytest.fixture(scope="module")
def dense(of_benchmarks: tuple[ModuleType, ModuleType]) -> ModuleType:
    return of_benchmarks[0]


@pytest.fixture(scope="module")
def what_ifs(of_benchmarks: tuple[ModuleType, ModuleType]) -> ModuleType:
    return of_benchmarks[1]


@pytest.mark.slow
@given(world=worlds())
def test_a_what_if_is_the_whole_model_run_again(what_ifs: ModuleType, world: tuple) -> None:
    market, _, is_open, _ = world
    options = np.arange(len(is_open))
    totals = what_ifs.own_sales_without_each(market, is_open, options)
    for option in options:
        without = is_open.copy()
        without[option] = False
        whole = huff.sales_usd_year(market, without).sum()
        assert totals[option] == pytest.approx(whole, rel=1e-9, abs=1e-6)


@settings(max_examples=25)
@given(seed=st.integers(0, 2**32 - 1), rate=st.floats(0.5, 4.0))
def test_dense_and_sparse_agree(dense: ModuleType, seed: int, rate: float) -> None:
    rng = np.random.default_rng(seed)
    minutes, pull = rng.uniform(1, 40, (30, 6)), rng.uniform(1, 9, 6)
    spending, outside = rng.uniform(0, 1e6, 30), rng.uniform(0, 1, 30)
    remains = huff.decay(minutes, rate)
    market = market_from(remains * pull, outside, np.zeros(30), spending)
    shares = dense.dense_shares(pull, remains.copy(), outside)
    assert huff.shares(market, np.ones(6, bool)).toarray() == pytest.approx(shares, rel=1e-12)
    sold = dense.dense_sales_usd_year(pull, lambda rows: remains[rows], spending, outside, block=7)
    assert sold == pytest.approx(spending @ shares, rel=1e-12)
    assert sold == pytest.approx(huff.sales_usd_year(market, np.ones(6, bool)), rel=1e-12)


def test_a_point_out_of_everybodys_reach_does_not_spoil_a_dense_model(dense: ModuleType) -> None:
    remains = huff.decay(np.array([[4_000.0, 5_000.0], [3.0, 4.0]]), 0.35, "exponential")
    pull, spending = np.array([1.0, 2.0]), np.array([10.0, 20.0])
    assert dense.dense_shares(pull, remains)[0].tolist() == [0, 0]
    sold = dense.dense_sales_usd_year(pull, lambda rows: remains[rows], spending)
    assert sold.sum() == pytest.approx(20.0)


def test_what_a_division_leaves_in_memory_spoils_nothing(
    monkeypatch: pytest.MonkeyPatch, dense: ModuleType, what_ifs: ModuleType
) -> None:
    divide = np.divide

    def unclean(one: Floats, other: Floats, out: Floats | None = None, **how: object) -> Floats:
        held = np.full(np.broadcast(one, other).shape, np.nan) if out is None else out
        return divide(one, other, out=held, **how)

    monkeypatch.setattr(np, "divide", unclean)
    attraction, spending = np.array([[2.0, 0.0], [0.0, 1.0]]), np.array([100.0, 50.0])
    market = market_from(attraction, np.zeros(2), np.zeros(2), spending)
    each, is_open = np.array([0, 1]), np.array([False, True])
    assert what_ifs.own_sales_without_each(market, is_open, each).tolist() == [50.0, 0.0]
    remains, pull = np.array([[0.0, 0.0], [0.5, 0.5]]), np.array([1.0, 3.0])
    sold = dense.dense_sales_usd_year(pull, lambda rows: remains[rows], spending)
    assert sold.tolist() == [12.5, 37.5]
