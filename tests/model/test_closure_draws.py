"""The bill of the closures in many draws: in each, the bill under the ledger of that draw."""

from __future__ import annotations

import datetime as dt
import tracemalloc
from dataclasses import replace

import numpy as np
import pandas as pd
import pytest

from retail_portfolio.inputs.case import Case
from retail_portfolio.inputs.faults import UnknownKeyError
from retail_portfolio.model.closing.charge_sets import wave_impairment_usd
from retail_portfolio.model.closing.closure import closure_table
from retail_portfolio.model.closing.trade_facts import TRADE_COLUMNS, TradeFacts
from retail_portfolio.model.opening.site_value import avoided_of
from retail_portfolio.model.sampling.ensemble import Draws
from retail_portfolio.model.uncertain.closure_draws import closure_draws
from tests.model.drawn_cases import case_of_draw, closed, only, uniforms_of, varied_of

DRAWS = 10
CLOSE = {"rel": 1e-9, "abs": 1e-6}


@pytest.fixture
def varied(pencil_case: Case) -> Case:
    return varied_of(pencil_case)


def drawn(case: Case, draws: int = DRAWS, seed: int = 5) -> Draws:
    return Draws(case.ledger, uniforms_of(case.ledger, draws, seed))


def agree(case: Case, draws: Draws, some: range) -> list[pd.DataFrame]:
    """Hold draws against the bill of each one's ledger; return the bills."""
    found = closure_draws(case, draws)
    assert found.exit_cost_usd.shape == (draws.count, len(found.stores))
    bills = []
    for draw in some:
        moved = case_of_draw(case, draws, draw)
        bill = closure_table(moved)
        saved = avoided_of(bill, case.scenario.tax_rate).site_usd
        assert found.stores["store_id"].tolist() == bill["store_id"].tolist()
        assert found.exit_cost_usd[draw] == pytest.approx(bill["exit_cost_usd"], **CLOSE)
        assert found.avoided_by_conversion_usd[draw] == pytest.approx(saved, **CLOSE)
        assert found.impairment_usd[draw] == pytest.approx(bill["impairment_usd"], **CLOSE)
        for name in ("sales_usd_year", "four_wall_usd_year"):
            values = np.broadcast_to(getattr(found, name), found.exit_cost_usd.shape)[draw]
            assert values == pytest.approx(bill[name], nan_ok=True, **CLOSE), name
        bills.append(bill)
    return bills


@pytest.mark.slow
@pytest.mark.parametrize("strict", [False, True])
def test_every_draw_is_the_bill_of_its_ledger(varied: Case, strict: bool) -> None:
    settings = varied.scenario.model_copy(update={"strict_gaap": strict})
    case = replace(varied, scenario=settings)
    bills = agree(case, drawn(case), range(DRAWS))
    # The draws are about something: ways out, laws of notice and people differ among them.
    routes = [tuple(bill["lease_exit_route"]) for bill in bills]
    assert {route for each in routes for route in each} >= {"buy_out", "sublease", "none"}
    assert len(set(routes)) > 2
    for column in ("notice_pay_usd", "severance_usd", "inventory_loss_usd", "impairment_usd"):
        assert np.ptp([bill[column].sum() for bill in bills]) > 0, column


def test_a_later_day_moves_the_cash_and_not_the_books(varied: Case) -> None:
    draws, base = drawn(varied, 2), closure_draws(varied, drawn(varied, 2))
    begun = dt.date(2026, 1, 27)
    day = {"announced": begun, "as_of": begun + dt.timedelta(days=200)}
    late = replace(varied, scenario=varied.scenario.model_copy(update=day))
    found = closure_draws(late, draws)
    assert np.array_equal(found.impairment_usd, base.impairment_usd)
    assert np.array_equal(wave_impairment_usd(late, draws), base.impairment_usd)
    assert (found.exit_cost_usd != base.exit_cost_usd).any()
    agree(late, draws, range(2))


def test_draws_that_are_made_fast_are_the_same(varied: Case) -> None:
    slow = drawn(varied)
    one = closure_draws(varied, slow)
    two = closure_draws(varied, replace(slow, fast=True))
    assert two.exit_cost_usd == pytest.approx(one.exit_cost_usd, **CLOSE)
    assert two.impairment_usd == pytest.approx(one.impairment_usd, **CLOSE)


@pytest.mark.slow
def test_every_draw_of_the_bundled_case_is_the_bill_of_its_ledger(case: Case) -> None:
    agree(case, drawn(case, 3), range(3))


def test_the_base_alone_is_the_bill(varied: Case) -> None:
    bill = closure_table(varied)
    for draws in (
        Draws(varied.ledger, {}),
        Draws(closed(varied.ledger), uniforms_of(varied.ledger, 2)),
    ):
        found = closure_draws(varied, draws)
        for values in found.exit_cost_usd:
            assert values == pytest.approx(bill["exit_cost_usd"], rel=1e-12)
        for values in found.impairment_usd:
            assert values == pytest.approx(bill["impairment_usd"], rel=1e-12)


@pytest.mark.slow
def test_sales_of_trade_areas_take_the_place_of_the_ledgers(varied: Case) -> None:
    """Stock alone hangs on sales; a store of which nothing is said keeps what it has."""
    draws = drawn(varied, 2)
    stores = closure_draws(varied, draws).stores
    sales = np.full((2, len(stores)), np.nan)
    sales[:, 0], sales[:, 4] = [3e6, 5e6], [4e6, 2e6]
    found = closure_draws(varied, draws, sales)
    for draw in range(2):
        moved = case_of_draw(varied, draws, draw)
        plain = closure_table(moved)
        said = np.where(np.isnan(sales[draw]), plain["sales_usd_year"], sales[draw])
        facts = plain.assign(
            sales_usd_year=said,
            sales_origin="modelled",
            kept_by_own_stores_usd_year=0.0,
            kept_online_usd_year=0.0,
        ).set_index("store_id")
        bill = closure_table(moved, TradeFacts(facts[list(TRADE_COLUMNS)]))
        assert found.exit_cost_usd[draw] == pytest.approx(bill["exit_cost_usd"], **CLOSE)
        assert found.impairment_usd[draw] == pytest.approx(bill["impairment_usd"], **CLOSE)
        for name in ("sales_usd_year", "four_wall_usd_year"):
            values = np.broadcast_to(getattr(found, name), found.exit_cost_usd.shape)[draw]
            assert values == pytest.approx(bill[name], nan_ok=True, **CLOSE), name


def test_sales_that_nobody_knows_are_refused(varied: Case) -> None:
    """A ledger without a figure of a store's sales has no bill, in one draw as in many."""
    rows = [r for r in varied.ledger.values() if not r.key.startswith("sales_usd_per_sqft_year")]
    case = replace(varied, ledger=type(varied.ledger)(tuple(rows)))
    with pytest.raises(UnknownKeyError, match="sales_usd_per_sqft_year"):
        closure_table(case)
    with pytest.raises(UnknownKeyError, match="sales_usd_per_sqft_year"):
        closure_draws(case, Draws(case.ledger, {}))
    said = np.full((1, 7), 1e6)
    assert np.isfinite(closure_draws(case, Draws(case.ledger, {}), said).exit_cost_usd).all()


@pytest.mark.slow
def test_what_moves_the_bill_moves_it_the_right_way(varied: Case) -> None:
    def cost(name: str) -> np.ndarray:
        case = varied.with_ledger(only(varied.ledger, **{name: (0.6, 1.4)}))
        uniform = np.array([0.05, 0.5, 0.95])
        return closure_draws(case, Draws(case.ledger, {name: uniform})).exit_cost_usd

    for dearer in ("rent_net_usd_per_sqft_year", "restoration_usd_per_sqft", "avg_tenure_years"):
        assert (np.diff(cost(dearer).sum(axis=1)) > 0).all(), dearer
    for cheaper in ("share_redeployed", "equipment_auction_usd_per_store"):
        assert (np.diff(cost(cheaper).sum(axis=1)) < 0).all(), cheaper


def test_the_impairment_finds_its_leases_itself(varied: Case) -> None:
    draws = drawn(varied, 3)
    found = closure_draws(varied, draws)
    alone = wave_impairment_usd(varied, draws)
    assert alone.tolist() == found.impairment_usd.tolist()


def test_a_case_that_closes_nothing_has_no_bill(varied: Case) -> None:
    stores = varied.stores.assign(status="open")
    case = replace(varied, stores=stores)
    found = closure_draws(case, drawn(case, 4))
    assert found.exit_cost_usd.shape[1] == 0
    assert found.impairment_usd.shape[1] == 0


@pytest.mark.slow
def test_memory_grows_with_the_draws_and_no_faster(varied: Case) -> None:
    def peak(draws: Draws) -> int:
        tracemalloc.start()
        closure_draws(varied, draws)
        _, most = tracemalloc.get_traced_memory()
        tracemalloc.stop()
        return most

    few, many = drawn(varied, 1024), drawn(varied, 4096)
    peak(few)  # what is made once, such as fitted polynomials, counts nowhere
    small, large = peak(few), peak(many)
    assert large < 4.5 * small
    # 7 stores of 4,096 draws are 0.23 MB a figure; some dozens of figures live at once.
    assert large < 24e6
