"""The bundled scenarios move their headlines the way they say, and leave the others alone."""

from __future__ import annotations

import functools
from typing import Any

import pytest

from retail_portfolio.inputs import load_case
from retail_portfolio.model.checkouts.checkout import checkout
from retail_portfolio.model.checkouts.checkout_answer import headline_figures, paid_figures
from retail_portfolio.model.closing.closure import closure_table
from retail_portfolio.model.market.trade_areas import trade_areas
from retail_portfolio.model.market.transfer import trade_facts, transfer_table
from retail_portfolio.model.planning.plan import plan
from retail_portfolio.model.planning.plan_task import optimum, plan_task

MONEY = ("exit_cost_usd", "impairment_usd", "recaptured_pv_usd", "stay_npv_usd")


@functools.cache
def _bill(name: str) -> Any:
    return closure_table(load_case(name))


def _sum(name: str, column: str) -> float:
    return float(_bill(name)[column].sum())


def _same(name: str, *columns: str) -> bool:
    return all(_bill(name)[one].equals(_bill("base")[one]) for one in columns)


@functools.cache
def _plan(name: str) -> tuple[int, float, float]:
    """Return how many sites convert, what the plan gains and what it costs to build, USD."""
    case = load_case(name)
    task = plan_task(case, closure_table(case))
    best = optimum(task)
    found = plan(task, best)
    capital = task.problem.columns.capital_usd[list(best.chosen[0])].sum()
    return int(found.table["decision"].ne("close").sum()), found.objective_usd, float(capital)


@pytest.mark.slow
def test_leaving_at_once_is_sooner_and_dearer() -> None:
    assert _bill("fast_exit")["lease_exit_month"].max() == 0
    assert _bill("base")["lease_exit_month"].mean() > 2
    rise = _sum("fast_exit", "exit_cost_usd") - _sum("base", "exit_cost_usd")
    assert rise == pytest.approx(14.3e6, rel=0.05)
    assert _same("fast_exit", "impairment_usd", "recaptured_pv_usd")


@pytest.mark.slow
def test_patience_is_later_and_cheaper() -> None:
    months = _bill("patient_exit")["lease_exit_month"]
    assert months.mean() > _bill("base")["lease_exit_month"].mean() + 5
    fall = _sum("base", "exit_cost_usd") - _sum("patient_exit", "exit_cost_usd")
    assert fall == pytest.approx(1.6e6, rel=0.2)
    assert _same("patient_exit", "impairment_usd", "recaptured_pv_usd")


@pytest.mark.slow
def test_converting_more_than_pays_costs_part_of_the_gain() -> None:
    count, gain, _ = _plan("base")
    more, less, _ = _plan("convert_more")
    assert count < 20 == more
    assert gain - less == pytest.approx(3.4e6, rel=0.1)
    assert _same("convert_more", *MONEY)


@pytest.mark.slow
def test_tight_capital_is_well_below_what_base_builds_for() -> None:
    count, gain, built = _plan("base")
    fewer, less, within = _plan("capital_tight")
    budget = load_case("capital_tight").scenario.plan.capital_budget_usd
    assert budget is not None
    assert within <= budget < 0.6 * built
    assert fewer < count
    assert 0 < less < gain
    assert _same("capital_tight", *MONEY)


@pytest.mark.slow
def test_nothing_kept_lowers_the_gain_of_closing_and_nothing_else() -> None:
    assert _sum("base", "recaptured_pv_usd") > 0
    assert _sum("no_recapture", "recaptured_pv_usd") == 0
    drop = _bill("base")["closing_advantage_usd"] - _bill("no_recapture")["closing_advantage_usd"]
    assert drop.to_numpy() == pytest.approx(_bill("base")["recaptured_pv_usd"].to_numpy())
    assert _same("no_recapture", "exit_cost_usd", "impairment_usd", "stay_npv_usd")


@pytest.mark.slow
def test_on_the_map_nothing_of_the_sales_comes_back() -> None:
    case = load_case("no_recapture")
    trade = trade_areas(case)
    moved = transfer_table(case, trade).groupby("to")["sales_usd_year"].sum()
    assert moved["online"] == 0
    assert moved["competitors"] > 0
    base = load_case()
    before = trade_facts(base, trade_areas(base)).frame.sum(numeric_only=True)
    after = trade_facts(case, trade).frame.sum(numeric_only=True)
    assert after["sales_usd_year"] == pytest.approx(before["sales_usd_year"])
    kept = ["kept_by_own_stores_usd_year", "kept_online_usd_year"]
    assert after[kept].sum() == 0
    assert before[kept].sum() > 0


@pytest.mark.slow
def test_a_strict_reading_impairs_more_and_moves_no_cash() -> None:
    rise = _sum("strict_gaap", "impairment_usd") - _sum("base", "impairment_usd")
    assert rise == pytest.approx(91.4e6, rel=0.02)
    assert _same("strict_gaap", "exit_cost_usd", "recaptured_pv_usd", "stay_npv_usd")


@pytest.mark.slow
def test_the_yearly_reading_stands_first_and_changes_no_figure() -> None:
    base, yearly = load_case(), load_case("jwo_annualised")
    was, now = checkout(base), checkout(yearly)
    assert [one.key for one in was.figures[:2]] == ["jwo_cost_fresh", "jwo_cost_fresh_annualised"]
    assert [one.key for one in now.figures[:2]] == ["jwo_cost_fresh_annualised", "jwo_cost_fresh"]
    assert now.table.equals(was.table)
    assert {one.key: one for one in now.figures} == {one.key: one for one in was.figures}
    paid, told = paid_figures(base), paid_figures(yearly)
    assert [one.key for one in told] == ["jwo_paid_extra_annualised", "jwo_paid_extra"]
    assert told == tuple(reversed(paid))
    head = headline_figures(now, told, ())
    assert head[0].value == pytest.approx(2.70e6, rel=0.01)
    assert [one.key for one in head[:5]] == [
        *("jwo_cost_fresh_annualised", "jwo_cost_fresh", "staffed_cost_fresh"),
        *("break_even_sales_fresh_annualised", "jwo_paid_extra_annualised"),
    ]
    words = "costs USD 2.7 M if the published figure is a yearly cost and USD 1.4 M if it is an"
    assert words in now.sentence
    words = "costs USD 1.4 M if the published figure is an installed cost and USD 2.7 M if it is a"
    assert words in was.sentence
    assert "6.1 times what such a store sells" in now.sentence
