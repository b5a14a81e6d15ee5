"""Every sentence, reason and label that the models make, read for numbers in another manner."""

from __future__ import annotations

import dataclasses
from collections.abc import Iterable, Mapping
from dataclasses import replace

import numpy as np
import pandas as pd
import pytest

from retail_portfolio.inputs.case import Case
from retail_portfolio.model.checkouts.checkout import checkout, cost_stack
from retail_portfolio.model.checkouts.checkout_answer import (
    checkout_answer,
    paid_figures,
    third_party_figures,
)
from retail_portfolio.model.checkouts.checkout_break_even import checkout_surfaces
from retail_portfolio.model.checkouts.checkout_bridge import checkout_bridges, checkout_levers
from retail_portfolio.model.checkouts.checkout_curves import cost_curves
from retail_portfolio.model.checkouts.checkout_sites import (
    checkout_sites,
    paid_table,
    sites_summary,
)
from retail_portfolio.model.checkouts.checkout_third_party import checkout_third_party
from retail_portfolio.model.checkouts.checkout_years import break_even_years
from retail_portfolio.model.closing.charges import charges
from retail_portfolio.model.closing.closure import closure, closure_table
from retail_portfolio.model.closing.closure_drivers import store_drivers, total_drivers
from retail_portfolio.model.closing.closure_tables import (
    continuous_operation,
    heads_by_state,
    lease_exit_curve,
    notice_rules,
    portfolio_exit_curve,
)
from retail_portfolio.model.closing.closure_views import (
    accounting_summary,
    bill_steps,
    closure_by_state,
    closure_lines,
    closure_summary,
    stay_view,
)
from retail_portfolio.model.closing.monthly import monthly_cash, monthly_expense
from retail_portfolio.model.closing.timeline import milestones
from retail_portfolio.model.market.access import food_access
from retail_portfolio.model.market.catchments import customers, overlaps
from retail_portfolio.model.market.fit import (
    cutoff_check,
    fit_by_density,
    fit_by_metro,
    segment_check,
)
from retail_portfolio.model.market.trade_areas import TradeAreas, trade_areas
from retail_portfolio.model.market.transfer import kept_by_store, taken, transfer
from retail_portfolio.model.opening.conversion import conversion
from retail_portfolio.model.overview.portfolio import data_quality, portfolio, wider_event
from retail_portfolio.model.planning.plan import plan, value_of
from retail_portfolio.model.planning.plan_compare import compare
from retail_portfolio.model.planning.plan_pool import (
    frontier_by_budget,
    frontier_by_number,
    near_optimal,
    prices,
)
from retail_portfolio.model.planning.plan_what_if import what_if
from retail_portfolio.model.ranges import Moves
from retail_portfolio.model.track_record.backtest_tables import base_rates
from retail_portfolio.model.uncertain.plan_ranges import horizons
from tests.model.conftest import bill_of
from tests.model.plan_town import task_of, town_of
from tests.one_manner import astray

TEXTS_OF_SOURCES = frozenset({"source", "source_url", "description", "fact", "rule", "value"})
"""Columns that repeat what a table of facts says, in its own words."""


def texts_of(found: object) -> Iterable[str]:
    """Yield every text of a result: sentences, figures, and the texts of its tables."""
    if isinstance(found, str):
        yield found
    elif isinstance(found, pd.DataFrame):
        for name in found.columns.difference(list(TEXTS_OF_SOURCES)):
            yield from (one for one in found[name] if isinstance(one, str))
    elif isinstance(found, Mapping):
        for one in found.values():
            yield from texts_of(one)
    elif isinstance(found, list | tuple):
        for one in found:
            yield from texts_of(one)
    elif dataclasses.is_dataclass(found):
        for field in dataclasses.fields(found):
            yield from texts_of(getattr(found, field.name))


def check(*found: object) -> int:
    """Demand the one manner of every text; return how many of them hold a number."""
    texts = list(texts_of(found))
    assert [fault for text in texts for fault in astray(text)] == []
    return sum(any(letter.isdigit() for letter in text) for text in texts)


def test_what_strays_is_found() -> None:
    frame = pd.DataFrame({"reason": ["worth 2.4 M more"], "value": [3.0], "source": ["18% of it"]})
    assert len(list(texts_of((frame, {"a": "b"}, ["c"])))) == 3
    with pytest.raises(AssertionError, match="no currency"):
        check(frame)
    for text in ("18%", "1.4 M USD", "612 USD a foot", "22.6 bn", "(-0.04", "+0 %", "by -11 %"):
        with pytest.raises(AssertionError):
            check(text)
    fine = "USD 69 M to 228 M, USD \N{MINUS SIGN}9.1 M, +5 %, 2026-01-27, 1,000 sq ft, 0.83, 8-10"
    assert check(fine) == 1


# ------------------------------------------------------------------------------ the wave's bill
@pytest.mark.slow
def test_the_bill_is_told_in_one_manner(case: Case) -> None:
    table = closure_table(case)
    totals = ("exit_cost_usd", "impairment_usd", "closing_advantage_usd")
    base = np.array([*(table[name].sum() for name in totals), *table["exit_cost_usd"]])
    ends = base + np.abs(base) * np.array([-0.3, 0.28])[:, None]
    moves = Moves(
        ("lease_termination_months", "benefit_load"), base, np.stack([ends, ends / 2 + base / 2])
    )
    bill = closure(case, moves=moves)
    table = bill.table
    assert (
        check(
            bill,
            *(one(bill) for one in (closure_summary, accounting_summary, closure_by_state)),
            *(one(bill) for one in (closure_lines, bill_steps, stay_view)),
            *(one(case, table) for one in (continuous_operation, heads_by_state, notice_rules)),
            *(one(case, table) for one in (monthly_cash, monthly_expense, milestones)),
            *(lease_exit_curve(case), portfolio_exit_curve(case)),
            *(total_drivers(moves, table, case), store_drivers(moves, table, case)),
            *(portfolio(case), data_quality(case), base_rates(case)),
            wider_event(case, "impairment_q4_2025_usd", "operating_income_2025_usd"),
            segment_check(case, "physical_store_sales_2025_usd"),
        )
        > 25
    )
    assert "USD" in bill.sentence


@pytest.mark.slow
def test_charges_are_told_in_one_manner(case: Case) -> None:
    others = {"q4_2022": "impairment_q4_2022_usd", "kroger_2025": "impairment_kroger_2025_usd"}
    assert check(charges(case, "impairment_q4_2025_usd", others)) > 5


# ------------------------------------------------------------------------------------- checkout
@pytest.mark.slow
def test_checkout_is_told_in_one_manner(case: Case) -> None:
    costs, third = checkout(case), checkout_third_party(case, ())
    stores = checkout_sites(case)
    paid, years = paid_table(stores, case), break_even_years(case, ())
    assert (
        check(
            *(costs, third, stores, paid, years, cost_stack(case), sites_summary(stores, case)),
            checkout_answer(case, costs, third, years, paid),
            *(checkout_surfaces(case), checkout_bridges(case), checkout_levers(case)),
            [cost_curves(case, fmt) for fmt in case.scenario.checkout_formats],
            *(paid_figures(case), third_party_figures(third)),
        )
        > 40
    )
    one = paid.table["store_id"].iloc[0]
    alone = replace(case, stores=case.stores[case.stores["store_id"] == one])
    told = paid_table(checkout_sites(alone), alone).sentence
    assert told.startswith("1 closing store is known to have had Just Walk Out; a year of it cost ")
    assert all(", 1 closing store that had it" in one.label for one in paid_figures(alone))


# ----------------------------------------------------------------------------------------- plan
@pytest.fixture
def town(pencil_case: Case) -> Case:
    return town_of(pencil_case)


@pytest.mark.slow
def test_plans_are_told_in_one_manner(town: Case) -> None:
    free, bound = task_of(town), task_of(town, max_conversions=1, capital_budget_usd=1.25e6)
    sites = [f"shop-{number}" for number in range(1, 6)]
    assert (
        check(
            *(plan(free), plan(bound), value_of(bound, sites[:1]), value_of(bound, sites)),
            *(compare(free, sites[:1]), compare(bound, sites)),
            *(what_if(free, force_in=sites[:2]), what_if(bound, exactly=sites)),
            *(
                near_optimal(free),
                frontier_by_number(free),
                frontier_by_budget(free),
                prices(bound),
            ),
            horizons(free, bill_of(town).table),
            [rule.says for rule in bound.rules],
        )
        > 60
    )
    assert "capex of at most USD 1.25 M" in [rule.says for rule in bound.rules]
    assert "at most 1 conversion" in [rule.says for rule in bound.rules]


# ---------------------------------------------------------------------------------- trade areas
@pytest.mark.slow
def test_trade_areas_are_told_in_one_manner(case: Case) -> None:
    trade: TradeAreas = trade_areas(case)
    moved = transfer(case, trade)
    fits = [one(case, trade, "wfm") for one in (fit_by_metro, fit_by_density)]
    candidates = trade.candidates()
    assert (
        check(
            *(moved, kept_by_store(case, moved.table), taken(case, trade), overlaps(case, trade)),
            *(
                customers(case, trade, candidates[:3], trade.after),
                *fits,
                cutoff_check(case, trade),
            ),
            *(food_access(case, trade.geography), conversion(case, bill_of(case).table, trade)),
        )
        > 9
    )
