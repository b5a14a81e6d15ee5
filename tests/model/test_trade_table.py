"""Sales read off a table: exact where it was made, near between, the base where nothing moves."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pandas as pd
import pytest

from retail_portfolio.inputs.assumptions import Assumption
from retail_portfolio.inputs.case import Case
from retail_portfolio.model.ledger_names import TRAVEL_NAMES
from retail_portfolio.model.market import huff
from retail_portfolio.model.market.huff import sales_with_each
from retail_portfolio.model.market.trade_areas import trade_areas
from retail_portfolio.model.uncertain.trade_looks import at_quantiles, sold_of
from retail_portfolio.model.uncertain.trade_table import (
    ALONE,
    CLOSE,
    MOST_HALF,
    SLOPES,
    STRENGTH,
    Axis,
    DrawnSales,
    TradeTable,
    axis_of,
    place,
    trade_table,
)
from tests.model.conftest import PENCIL_LEDGER
from tests.model.drawn_cases import closed, drawn_town_of, only, wide

AFFINITY = {
    "affinity_strength": 1.0,
    "affinity_log_income.salon": 0.4,
    "affinity_share_bachelors.salon": 1.5,
}


@pytest.fixture
def town(pencil_case: Case) -> Case:
    """Ranges of a quarter, an assumed floor, and people who differ from point to point."""
    town = drawn_town_of(pencil_case, reach=0.25)
    bases = {key: row.base for key, row in town.ledger.items()} | AFFINITY
    demand = town.demand.assign(
        median_household_income_usd=[40e3, 60e3, 90e3, 120e3, 70e3],
        share_bachelors=[0.2, 0.3, 0.5, 0.7, 0.4],
    )
    return replace(town, ledger=wide(bases, 0.25), demand=demand)


KEPT: dict[str, TradeTable] = {}
"""The table of the town, which every test finds the same."""


@pytest.fixture
def table(town: Case) -> TradeTable:
    if not KEPT:
        KEPT["town"] = trade_table(town)
    return KEPT["town"]


def exactly(case: Case, table: TradeTable, uniforms: dict[str, float]) -> np.ndarray:
    """Logarithms of the sales of trade areas that are made for the moved ledger alone."""
    moved = case.with_ledger(at_quantiles(case.ledger, uniforms))
    return sold_of(trade_areas(moved), table.options).logs(table.base) - table.base.logs()


def read(table: TradeTable, uniforms: dict[str, float]) -> np.ndarray:
    return table.read({name: np.array([u]) for name, u in uniforms.items()}, 1).moved[0]


@pytest.mark.slow
def test_the_base_is_the_base(town: Case, table: TradeTable) -> None:
    trade = trade_areas(town)
    nothing = table.read({"huff_distance_exponent": np.full(3, np.nan)}, 3)
    assert (nothing.moved == 0).all()
    closing = (trade.options["status"] == "closing").to_numpy()
    sales = huff.sales_usd_year(trade.market, trade.before)[closing]
    assert nothing.closing.tolist() == [sales.tolist()] * 3
    full, bend = nothing.curve("sells")
    alone, taken = sales_with_each(trade.market, trade.after, table.options)
    assert full[1] == pytest.approx(alone)
    assert nothing.curve("gains")[0][2] == pytest.approx(alone - taken.sum(axis=1))
    assert (bend >= 0).all()
    assert table.read({}, 2).moved.tolist() == np.zeros((2, len(table.base.logs()))).tolist()


@pytest.mark.slow
def test_tabulated_values_are_exact(town: Case, table: TradeTable) -> None:
    names = {axis.name for axis in (*table.together, *table.alone)}
    assert {"huff_distance_exponent", "access_minutes", "circuity_ratio", "size_sqft"} <= names
    assert {STRENGTH, "affinity_log_income", "banner_factor"} <= names
    still = set()
    for number, axis in enumerate(table.alone):
        one = {axis.name: float(axis.uniform[number % 2])}
        assert read(table, one) == pytest.approx(exactly(town, table, one), abs=1e-9), one
        if not read(table, one).any():
            still.add(axis.name)
    # Nobody lives crowded here, and what kiosks sell is nothing to the others.
    assert still <= {"sales_usd_year", "dense_speed_ratio", "dense_population_per_sq_km"}
    exponent, access = table.together
    for first, second in ((0, 0), (2, 1), (-2, -2), (-1, 0)):
        pair = {
            exponent.name: float(exponent.uniform[first]),
            access.name: float(access.uniform[second]),
        }
        assert read(table, pair) == pytest.approx(exactly(town, table, pair), abs=1e-9), pair
    assert table.looks == 1 + table.grid[..., 0].size - 1 + sum(len(c) - 1 for c in table.curves)


@pytest.mark.slow
def test_between_the_values_little_is_lost(town: Case, table: TradeTable) -> None:
    for name, uniform in (("huff_distance_exponent", 0.15), ("banner_factor", 0.62)):
        expected = exactly(town, table, {name: uniform})
        assert read(table, {name: uniform}) == pytest.approx(expected, abs=2e-3)
    rng = np.random.default_rng(4)
    names = [axis.name for axis in (*table.together, *table.alone)]
    draws = [{name: float(rng.random()) for name in names} for _ in range(8)]
    expected = np.array([exactly(town, table, each) for each in draws])
    found = np.array([read(table, each) for each in draws])
    error, spread = np.sqrt(((found - expected) ** 2).mean()), expected.std(axis=0).mean()
    assert spread > 0.15
    assert error < 0.04


@pytest.mark.slow
def test_many_draws_are_each_read_alone(table: TradeTable) -> None:
    rng = np.random.default_rng(9)
    names = [axis.name for axis in (*table.together, *table.alone)]
    uniforms = {name: rng.random(20) for name in names}
    uniforms["banner_factor"][3] = np.nan
    many = table.read(uniforms, 20)
    for draw in (0, 3, 19):
        one = {name: values[[draw]] for name, values in uniforms.items()}
        assert table.read(one, 1).moved[0] == pytest.approx(many.moved[draw], abs=1e-12)
    assert many.closing == pytest.approx(table.base.closing * np.exp(many.moved[:, :5]))
    # Ten candidates: what they sell at full pull and at half, what own stores gain at both.
    for kind, first in (("sells", 5), ("gains", 25)):
        base, full = getattr(table.base, kind), many.curve(kind)[0]
        assert full == pytest.approx(base[0] * np.exp(many.moved[:, first : first + 10]))


@pytest.mark.slow
def test_the_error_on_the_bundled_case(case: Case) -> None:
    """Root mean square of the logarithms over draws in which all assumptions move at once."""
    table = trade_table(case)
    rng = np.random.default_rng(1)
    names = [axis.name for axis in (*table.together, *table.alone)]
    draws = [{name: float(rng.random()) for name in names} for _ in range(4)]
    expected = np.array([exactly(case, table, each) for each in draws])
    found = np.array([read(table, each) for each in draws])
    reached = expected > -5  # a store that loses all its customers has no logarithm to speak of
    assert reached.mean() > 0.99
    assert np.sqrt(((found - expected)[reached] ** 2).mean()) < 0.04
    assert expected[reached].std() > 0.1


@pytest.mark.slow
def test_affinity_is_as_large_as_its_strength_says(town: Case, table: TradeTable) -> None:
    slope = SLOPES[1]
    alone, strong = read(table, {slope: 0.8}), read(table, {STRENGTH: 0.3})
    row = town.ledger[STRENGTH]
    ratio = at_quantiles(town.ledger, {STRENGTH: 0.3})[STRENGTH].base / row.base
    assert 0.8 < ratio < 1
    assert np.abs(alone).max() > 1e-3
    both = read(table, {slope: 0.8, STRENGTH: 0.3})
    assert both == pytest.approx(strong + ratio * alone, abs=1e-12)
    other = read(table, {"banner_factor": 0.8, STRENGTH: 0.3})
    assert other == pytest.approx(strong + read(table, {"banner_factor": 0.8}), abs=1e-12)


def test_a_ledger_without_spread_takes_one_look(town: Case) -> None:
    table = trade_table(town.with_ledger(closed(town.ledger)))
    assert table.looks == 1
    assert table.together == table.alone == ()
    found = table.read({"huff_distance_exponent": np.array([0.1, 0.9])}, 2)
    assert found.closing.tolist() == [table.base.closing.tolist()] * 2


@pytest.mark.slow
def test_one_name_that_moves_takes_its_own_looks(town: Case) -> None:
    table = trade_table(town.with_ledger(only(town.ledger, access_minutes=(0.5, 1.5))))
    assert [axis.name for axis in table.together] == ["access_minutes"]
    assert table.looks == len(table.together[0].at) == 3
    one = {"access_minutes": 0.05}
    moved = town.with_ledger(only(town.ledger, access_minutes=(0.5, 1.5)))
    assert read(table, one) == pytest.approx(exactly(moved, table, one), abs=1e-9)


@pytest.mark.slow
def test_exponential_decay_is_tabulated_over_its_own_rate(town: Case) -> None:
    bases = {key: row.base for key, row in town.ledger.items()}
    ledger = wide(bases | {"huff_distance_rate_per_minute": 0.2}, 0.25)
    settings = town.scenario.model_copy(update={"distance_decay": "exponential"})
    case = replace(town, ledger=ledger, scenario=settings)
    table = trade_table(case)
    assert table.together[0].name == "huff_distance_rate_per_minute"
    assert "huff_distance_exponent" not in {axis.name for axis in table.alone}
    one = {"huff_distance_rate_per_minute": 0.15}
    assert read(table, one) == pytest.approx(exactly(case, table, one), abs=1e-9)


@pytest.mark.slow
def test_a_matrix_of_travel_times_leaves_the_road_out(town: Case) -> None:
    names = [*town.stores["store_id"], *town.competitors["competitor_id"]]
    pairs = [(point, store) for point in town.demand["point_id"] for store in names]
    times = pd.DataFrame(pairs, columns=["from_id", "to_id"])
    rng = np.random.default_rng(2)
    times["travel_minutes"], times["travel_km"] = 2 + 20 * rng.random(len(times)), np.nan
    case = replace(town, travel_times=times)
    table = trade_table(case)
    moved = {axis.name for axis in (*table.together, *table.alone)}
    assert not moved & set(TRAVEL_NAMES)
    assert [axis.name for axis in table.together] == ["huff_distance_exponent"]
    one = {"huff_distance_exponent": float(table.together[0].uniform[0])}
    assert read(table, one) == pytest.approx(exactly(case, table, one), abs=1e-9)


@pytest.mark.slow
def test_a_pull_that_is_not_full_yet(town: Case, table: TradeTable) -> None:
    """At half its pull a candidate sells what it sells there; between, nearly what it would."""
    trade = trade_areas(town)
    for kind in ("sells", "gains"):
        full, bend = (values[0] for values in table.read({}, 1).curve(kind))
        half = full * 0.5 * (1 + bend) / (1 + bend * 0.5)
        assert half == pytest.approx(getattr(table.base, kind)[1])
    market = trade.market
    open_now = huff.total_attraction(market, trade.after)
    full, bend = (values[0] for values in table.read({}, 1).curve("sells"))
    for at, option in enumerate(table.options):
        pull = 0.8 * market.by_store[:, [option]].toarray()[:, 0]
        sold = market.spending_usd_year @ (pull / (pull + open_now))
        assert full[at] * 0.8 * (1 + bend[at]) / (1 + 0.8 * bend[at]) == pytest.approx(
            sold, rel=1.5e-2
        )


@pytest.mark.slow
def test_who_sells_nothing_at_the_base_sells_nothing(town: Case) -> None:
    """Shop 5 lies 28 minutes from anybody, too far at the base, and in reach on a faster road."""
    stores = town.stores.copy()
    stores.loc[stores["store_id"] == "shop-5", "lat"] = 40.12 + 0.19
    settings = town.scenario.model_copy(update={"trade_area_minutes": 27.0})
    case = replace(town, stores=stores, scenario=settings)
    table = trade_table(case)
    assert table.base.closing[4] == 0
    quick = {"travel_speed_mph": np.array([0.999]), "access_minutes": np.array([0.001])}
    moved = case.with_ledger(at_quantiles(case.ledger, {n: u[0] for n, u in quick.items()}))
    assert sold_of(trade_areas(moved), table.options).closing[4] > 0
    found = table.read(quick, 1)
    assert found.closing[0, 4] == 0
    assert (found.closing[0, :4] > 0).all()
    assert found.curve("gains")[0][0, [4, 9]].tolist() == [0.0, 0.0]


def test_nobody_keeps_all_sales_at_half_the_pull(town: Case) -> None:
    table = trade_table(town.with_ledger(closed(town.ledger)))
    logs = np.zeros((1, len(table.base.logs())))
    first = 5 + 10  # what candidates sell at half their pull
    logs[0, first : first + 10] = 2.0
    _, bend = DrawnSales(table, logs).curve("sells")
    assert bend[0] == pytest.approx((2 * MOST_HALF - 1) / (1 - MOST_HALF))
    logs[0, first : first + 10] = -2.0
    assert (DrawnSales(table, logs).curve("sells")[1] == 0).all()


ROWS = (Assumption("pull.a", 1.0, 2.0, 3.0), Assumption("pull.b", 10.0, 12.0, 30.0))


def test_places_are_means_of_the_rows() -> None:
    ends = place(ROWS, np.array([0.0, 1.0, np.nan]))
    assert ends.tolist() == pytest.approx([0.0, 1.0, (0.5 + 0.1) / 2])
    assert np.diff(place(ROWS, np.linspace(0, 1, 9))).min() > 0


def test_weights_of_an_axis() -> None:
    ledger = wide({"pull": 2.0, "fixed": 1.0})
    axis = axis_of(ledger, "pull", ALONE)
    assert isinstance(axis, Axis)
    assert np.isnan(axis.uniform).tolist() == [False, False, True]
    uniform = np.array([0.1, np.nan, 0.9, 0.0, 0.33, 1.0])
    found = axis.weights(uniform)
    assert found.sum(axis=1) == pytest.approx(np.ones(6))
    assert found[:3] == pytest.approx(np.array([[1, 0, 0], [0, 0, 1], [0, 1, 0]]))
    # A curve that bends once is met between them: three values decide a parabola.
    curve = 3 * axis.at**2 - axis.at
    there = place(axis.rows, uniform)
    inside = np.clip(there, axis.at.min(), axis.at.max())
    # Beyond them it goes on as straight as it is at the last one.
    straight = (6 * inside - 1) * (there - inside)
    assert (straight != 0).tolist() == [False, False, False, True, False, True]
    assert found @ curve == pytest.approx(3 * inside**2 - inside + straight)


def test_an_axis_is_of_what_moves() -> None:
    ledger = wide({"pull.a": 2.0, "pull.b": 3.0, "still": 1.0}, 0.2)
    rows = [replace(r, distribution="fixed") if r.key == "still" else r for r in ledger.values()]
    ledger = type(ledger)(tuple(rows))
    assert axis_of(ledger, "still", ALONE) is None
    assert axis_of(ledger, "nowhere", ALONE) is None
    axis = axis_of(ledger, "pull", (0.1, 0.5, 0.9))
    assert axis is not None
    assert [row.key for row in axis.rows] == ["pull.a", "pull.b"]
    # The middle quantile of an even range is its base, which is tabulated already.
    assert len(axis.at) == 3
    assert np.abs(axis.at[:-1] - axis.at[-1]).min() > CLOSE


def test_ledgers_at_quantiles() -> None:
    ledger = wide(PENCIL_LEDGER)
    moved = at_quantiles(ledger, {"wage_cashier_usd_per_hour": 1.0, "gross_margin": 0.0})
    assert moved["wage_cashier_usd_per_hour"].base == pytest.approx(28)
    assert moved["wage_cashier_usd_per_hour.zz"].base == pytest.approx(14)
    assert moved["gross_margin"].base == pytest.approx(0.15)
    assert moved["gross_margin"].high == ledger["gross_margin"].high
    assert moved["avg_weekly_hours"] == ledger["avg_weekly_hours"]
    assert list(moved) == list(ledger)
