"""Huff's model against ten lines of it, against a published example, and against what must hold."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray

from retail_portfolio.model.market import huff
from retail_portfolio.model.market.flows import flows
from retail_portfolio.model.market.travel import Reach

Floats = NDArray[np.float64]


def naive(
    attraction: Floats, outside: Floats, spending: Floats, is_open: NDArray[np.bool_]
) -> tuple[Floats, Floats]:
    """Shares and sales, one point and one store after the other."""
    shares = np.zeros_like(attraction)
    for i in range(len(attraction)):
        total = outside[i] + sum(attraction[i][j] for j in range(len(is_open)) if is_open[j])
        for j in range(len(is_open)):
            if is_open[j] and total > 0:
                shares[i, j] = attraction[i, j] / total
    return shares, np.array([sum(spending * shares[:, j]) for j in range(len(is_open))])


def reach_of(minutes: Floats, cutoff: float = np.inf) -> Reach:
    """All pairs within the cut-off, as a sparse reach."""
    point, store = np.nonzero(minutes <= cutoff)
    start = np.concatenate([[0], np.cumsum(np.bincount(point, minlength=len(minutes)))])
    near = minutes[point, store]
    return Reach(start, store.astype(np.int32), near, near, minutes.shape[1])


def market_from(
    attraction: Floats, rivals: Floats, elsewhere: Floats, spending: Floats
) -> huff.Market:
    point, store = np.nonzero(attraction > 0)
    start = np.concatenate([[0], np.cumsum(np.bincount(point, minlength=len(attraction)))])
    pairs = Reach(
        start,
        store.astype(np.int32),
        np.ones(len(point)),
        np.ones(len(point)),
        attraction.shape[1],
    )
    return huff.market_of(pairs, attraction[point, store], rivals, elsewhere, spending)


@st.composite
def worlds(draw: st.DrawFn) -> tuple[huff.Market, Floats, NDArray[np.bool_], NDArray[np.bool_]]:
    """A small market, dense attraction, and two sets of open stores."""
    rng = np.random.default_rng(draw(st.integers(0, 2**32 - 1)))
    points, stores = draw(st.integers(1, 8)), draw(st.integers(1, 7))
    attraction = rng.lognormal(0, 2, (points, stores)) * (rng.random((points, stores)) < 0.7)
    rivals = rng.lognormal(0, 1, points) * (rng.random(points) < 0.7)
    elsewhere = rng.lognormal(-1, 1, points) * (rng.random(points) < 0.7)
    spending = rng.integers(0, 10_000, points).astype(float)
    before, after = rng.random(stores) < 0.6, rng.random(stores) < 0.5
    return market_from(attraction, rivals, elsewhere, spending), attraction, before, after


@pytest.mark.slow
@given(worlds())
def test_shares_and_sales_agree_with_the_naive_ones(world: tuple) -> None:
    market, attraction, is_open, _ = world
    outside = market.rivals + market.elsewhere
    shares, sales = naive(attraction, outside, market.spending_usd_year, is_open)
    assert huff.shares(market, is_open).toarray() == pytest.approx(shares, rel=1e-12)
    assert huff.sales_usd_year(market, is_open) == pytest.approx(sales, rel=1e-9, abs=1e-9)


@pytest.mark.slow
@given(worlds())
def test_shares_sum_to_one_with_the_outside_option(world: tuple) -> None:
    market, _, is_open, _ = world
    total = huff.total_attraction(market, is_open)
    own = np.asarray(huff.shares(market, is_open).sum(axis=1)).ravel()
    reached = total > 0
    outside = (market.rivals + market.elsewhere)[reached] / total[reached]
    assert own[reached] + outside == pytest.approx(np.ones(reached.sum()), abs=1e-12)
    assert (huff.unreached(market, is_open) == ~reached).all()


@pytest.mark.slow
@given(worlds(), st.randoms(use_true_random=False))
def test_the_order_of_stores_changes_nothing(world: tuple, random: object) -> None:
    market, attraction, is_open, _ = world
    order = np.arange(len(is_open))
    random.shuffle(order)  # type: ignore[attr-defined]
    other = market_from(
        attraction[:, order], market.rivals, market.elsewhere, market.spending_usd_year
    )
    here = huff.sales_usd_year(market, is_open)
    there = huff.sales_usd_year(other, is_open[order])
    assert there == pytest.approx(here[order], rel=1e-9, abs=1e-9)


@pytest.mark.slow
@given(worlds(), st.floats(0.1, 1.0))
def test_a_weaker_store_never_gains_and_the_others_never_lose(world: tuple, weaker: float) -> None:
    market, attraction, is_open, _ = world
    smaller = attraction.copy()
    smaller[:, 0] *= weaker
    other = market_from(smaller, market.rivals, market.elsewhere, market.spending_usd_year)
    before, after = (huff.sales_usd_year(m, is_open) for m in (market, other))
    assert after[0] <= before[0] * (1 + 1e-12) + 1e-9
    assert (after[1:] >= before[1:] * (1 - 1e-12) - 1e-9).all()


@pytest.mark.slow
@given(worlds())
def test_transfer_and_leakage_are_the_sales_lost(world: tuple) -> None:
    market, _, before, after = world
    sold = huff.sales_usd_year(market, before)
    moved = flows(market, before, after)
    gone = np.asarray(moved.closed_to.sum(axis=1)).ravel()
    gone = gone + moved.closed_to_rivals + moved.closed_to_elsewhere
    scale = market.spending_usd_year.sum() + 1
    assert gone / scale == pytest.approx(sold[moved.closed] / scale, abs=1e-9)


@pytest.mark.slow
@given(worlds())
def test_flows_lead_from_the_sales_before_to_the_sales_after(world: tuple) -> None:
    """What stays and opens sells what it had, plus what came, less what went."""
    market, _, before, after = world
    moved = flows(market, before, after)
    expected = huff.sales_usd_year(market, before) * (before & after)
    expected = expected + np.asarray(moved.closed_to.sum(axis=0)).ravel()
    taken = moved.opened_from.toarray()
    expected = expected - taken.sum(axis=0)
    expected[moved.opened] += taken.sum(axis=1)
    expected[moved.opened] += moved.opened_from_rivals + moved.opened_from_elsewhere
    scale = market.spending_usd_year.sum() + 1
    assert huff.sales_usd_year(market, after) / scale == pytest.approx(expected / scale, abs=1e-9)


@pytest.mark.slow
@given(worlds())
def test_a_what_if_is_the_whole_model_run_again(world: tuple) -> None:
    market, _, is_open, _ = world
    options = np.arange(len(is_open))
    totals = huff.own_sales_without_each(market, is_open, options)
    for option in options:
        without = is_open.copy()
        without[option] = False
        whole = huff.sales_usd_year(market, without).sum()
        assert totals[option] == pytest.approx(whole, rel=1e-9, abs=1e-6)


@pytest.mark.slow
@given(worlds())
def test_opening_one_alone_is_the_whole_model_run_again(world: tuple) -> None:
    market, _, is_open, _ = world
    shut = np.flatnonzero(~is_open)
    sales, taken = huff.sales_with_each(market, is_open, shut)
    before = huff.sales_usd_year(market, is_open)
    for at, option in enumerate(shut):
        with_it = is_open.copy()
        with_it[option] = True
        after = huff.sales_usd_year(market, with_it)
        lost = (before - after) * is_open
        assert sales[at] == pytest.approx(after[option], rel=1e-9, abs=1e-6)
        assert taken[[at], :].toarray().ravel() == pytest.approx(lost, rel=1e-7, abs=1e-5)


@settings(max_examples=25)
@given(st.integers(0, 2**32 - 1), st.floats(0.5, 4.0))
def test_dense_and_sparse_agree(seed: int, rate: float) -> None:
    rng = np.random.default_rng(seed)
    minutes, pull = rng.uniform(1, 40, (30, 6)), rng.uniform(1, 9, 6)
    spending, outside = rng.uniform(0, 1e6, 30), rng.uniform(0, 1, 30)
    remains = huff.decay(minutes, rate)
    pairs = reach_of(minutes)
    market = huff.market_of(pairs, (remains * pull).ravel(), outside, np.zeros(30), spending)
    dense = huff.dense_shares(pull, remains.copy(), outside)
    assert huff.shares(market, np.ones(6, bool)).toarray() == pytest.approx(dense, rel=1e-12)
    sold = huff.dense_sales_usd_year(pull, lambda rows: remains[rows], spending, outside, block=7)
    assert sold == pytest.approx(spending @ dense, rel=1e-12)
    assert sold == pytest.approx(huff.sales_usd_year(market, np.ones(6, bool)), rel=1e-12)


def test_an_open_store_cannot_open() -> None:
    market = market_from(np.ones((2, 2)), np.ones(2), np.zeros(2), np.ones(2))
    with pytest.raises(ValueError, match=r"^an option that is open already cannot open$"):
        huff.sales_with_each(market, np.array([True, False]), np.array([0]))


def test_a_point_out_of_everybodys_reach_does_not_spoil_a_dense_model() -> None:
    remains = huff.decay(np.array([[4_000.0, 5_000.0], [3.0, 4.0]]), 0.35, "exponential")
    pull, spending = np.array([1.0, 2.0]), np.array([10.0, 20.0])
    assert huff.dense_shares(pull, remains)[0].tolist() == [0, 0]
    sold = huff.dense_sales_usd_year(pull, lambda rows: remains[rows], spending)
    assert sold.sum() == pytest.approx(20.0)


def test_two_metros_far_apart_do_not_touch_each_other() -> None:
    """Store 0 and 1 share the first two points, store 2 has the others to itself."""
    attraction = np.array([[1.0, 2, 0], [2, 1, 0], [0, 0, 3], [0, 0, 1]])
    market = market_from(attraction, np.ones(4), np.zeros(4), np.full(4, 100.0))
    whole = huff.sales_usd_year(market, np.array([True, True, True]))
    without = huff.sales_usd_year(market, np.array([True, False, True]))
    assert without[2] == whole[2]
    assert without[0] > whole[0]


def test_points_that_only_a_closed_store_reaches_spoil_nothing(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Nothing is bought there, whatever stood before in the memory that a division leaves as is."""
    divide = np.divide

    def unclean(one: Floats, other: Floats, out: Floats | None = None, **how: object) -> Floats:
        held = np.full(np.broadcast(one, other).shape, np.nan) if out is None else out
        return divide(one, other, out=held, **how)

    monkeypatch.setattr(np, "divide", unclean)
    attraction, spending = np.array([[2.0, 0.0], [0.0, 1.0]]), np.array([100.0, 50.0])
    market = market_from(attraction, np.zeros(2), np.zeros(2), spending)
    is_open = np.array([False, True])
    assert huff.sales_usd_year(market, is_open).tolist() == [0.0, 50.0]
    assert huff.shares(market, is_open).toarray().tolist() == [[0.0, 0.0], [0.0, 1.0]]
    assert huff.own_sales_without_each(market, is_open, np.array([0, 1])).tolist() == [50.0, 0.0]
    sales, taken = huff.sales_with_each(market, is_open, np.array([0]))
    assert sales.tolist() == [100.0]
    assert taken.toarray().tolist() == [[0.0, 0.0]]
    remains, pull = np.array([[0.0, 0.0], [0.5, 0.5]]), np.array([1.0, 3.0])
    sold = huff.dense_sales_usd_year(pull, lambda rows: remains[rows], spending)
    assert sold.tolist() == [12.5, 37.5]


def test_a_point_without_a_store_drops_out_and_does_not_spoil_the_rest() -> None:
    market = market_from(
        np.array([[1.0], [0.0]]), np.zeros(2), np.zeros(2), np.array([100.0, 50.0])
    )
    assert huff.sales_usd_year(market, np.array([True])).tolist() == [100.0]
    assert huff.unreached(market, np.array([True])).tolist() == [False, True]


@pytest.mark.parametrize("wrong", [np.nan, np.inf, -1.0])
@pytest.mark.parametrize("name", ["attraction", "rivals", "elsewhere", "spending"])
def test_a_number_that_would_spoil_totals_is_named(wrong: float, name: str) -> None:
    good = {"attraction": 1.0, "rivals": 1.0, "elsewhere": 0.0, "spending": 10.0} | {name: wrong}
    pairs = Reach(np.array([0, 1]), np.zeros(1, np.int32), np.ones(1), np.ones(1), 1)
    told = f"^{name} of 1 rows is not a number of 0 or more: row 0$"
    with pytest.raises(ValueError, match=told):
        huff.market_of(
            pairs, *(np.array([good[n]]) for n in ("attraction", "rivals", "elsewhere", "spending"))
        )


def test_a_published_example_of_three_shops() -> None:
    """Berman and Evans, Retail Management, trading-area analysis: men's cologne.

    200, 300 and 500 sq ft at 7, 10 and 15 minutes; shares in percent as printed.
    """
    size, minutes = np.array([200.0, 300.0, 500.0]), np.array([[7.0, 10.0, 15.0]])
    for exponent, printed in ((2.0, [43.9, 32.2, 23.9]), (1.0, [31.1, 32.6, 36.3])):
        shares = 100 * huff.dense_shares(size, huff.decay(minutes, exponent))
        assert np.round(shares[0], 1).tolist() == printed


def test_a_published_example_of_a_new_store() -> None:
    """Levy and Weitz, Retailing Management, retail site location: a second drugstore.

    Rock Creek (5 M USD) lies 10 and 5 minutes from the old and the new store, Oak Hammock (3 M)
    5 and 15; the book prints shares of .889 and .182 for the new one. What it sells, the old loses.
    """
    minutes = np.array([[10.0, 5.0], [5.0, 15.0]])
    attraction = np.array([5_000.0, 10_000.0]) * huff.decay(minutes, 2.0)
    market = market_from(attraction, np.zeros(2), np.zeros(2), np.array([5e6, 3e6]))
    both, old = np.array([True, True]), np.array([True, False])
    shares = huff.shares(market, both).toarray()
    assert np.round(shares[:, 1], 3).tolist() == [0.889, 0.182]
    assert huff.sales_usd_year(market, both)[1] == pytest.approx(4.989899e6, rel=1e-6)
    moved = flows(market, old, both)
    assert moved.opened_from.toarray()[0, 0] == pytest.approx(4.989899e6, rel=1e-6)
    assert huff.sales_usd_year(market, both)[0] == pytest.approx(8e6 - 4.989899e6, rel=1e-6)


def test_decay_by_hand() -> None:
    minutes = np.array([0.0, 0.5, 1.0, 2.0, 10.0])
    assert huff.decay(minutes, 2.0).tolist() == [1.0, 1.0, 1.0, 0.25, 0.01]
    assert huff.decay(minutes, 0.5, "exponential")[3:] == pytest.approx(
        [np.exp(-1.0), np.exp(-5.0)]
    )
    assert huff.decay(minutes[:2], 0.5, "exponential") == pytest.approx([np.exp(-0.5)] * 2)
    both = huff.decay(np.array([4.0, 4.0]), np.array([1.0, 2.0]))
    assert both == pytest.approx([0.25, 0.0625])
