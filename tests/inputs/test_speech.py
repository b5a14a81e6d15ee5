"""What a portfolio decides about words: two portfolios in one process, each in its own."""

from __future__ import annotations

import dataclasses
import doctest
import re
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import numpy as np
import pytest

from retail_portfolio.inputs import speech as module
from retail_portfolio.inputs.case import Case
from retail_portfolio.inputs.case_reader import load_case
from retail_portfolio.inputs.neighbours import neighbours
from retail_portfolio.inputs.speech import Speech
from retail_portfolio.model.checkouts.checkout import checkout, cost_stack
from retail_portfolio.model.checkouts.checkout_sites import checkout_sites, paid_table
from retail_portfolio.model.closing.closure import closure, closure_table
from retail_portfolio.model.closing.closure_views import (
    accounting_summary,
    bill_steps,
)
from retail_portfolio.model.closing.monthly import monthly_cash, monthly_expense
from retail_portfolio.model.market.trade_areas import trade_areas
from retail_portfolio.model.market.transfer import taken, trade_facts, transfer
from retail_portfolio.model.opening.conversion import conversion, setting_of
from retail_portfolio.model.planning.plan import plan
from retail_portfolio.model.planning.plan_compare import compare
from retail_portfolio.model.planning.plan_pool import (
    frontier_by_budget,
    frontier_by_number,
    prices,
)
from retail_portfolio.model.planning.plan_task import plan_task
from retail_portfolio.model.planning.plan_what_if import what_if
from retail_portfolio.model.planning.plan_worth import PlanValue
from retail_portfolio.model.ranges import Moves
from retail_portfolio.model.result import Figure, Result
from retail_portfolio.run.sweeping.sweep_cases import Sweep, SweepCase
from retail_portfolio.run.sweeping.sweep_tables import sentence_of
from retail_portfolio.run.sweeping.sweep_task import (
    Question,
    Tables,
    Valuation,
    answer_case,
    value_plans,
)
from tests.model.test_sentences import texts_of

GLISS = ("currency=CAD", "walk_out.label=gliding lane", "walk_out.short=GL")
BUDGET = "plan.capital_budget_usd=1250000"


def test_the_examples_hold() -> None:
    assert doctest.testmod(module).failed == 0


def test_a_case_has_the_words_of_its_scenario(small_data: Path) -> None:
    ours, theirs = (load_case("base", str(small_data), said) for said in ((), GLISS))
    assert ours.words == Speech("USD", "jwo", "Just Walk Out", "JWO") == Speech.of(ours.scenario)
    assert theirs.words == Speech("CAD", "jwo", "gliding lane", "GL")
    other = theirs.scenario.model_copy(update={"currency": "EUR"})
    assert dataclasses.replace(theirs, scenario=other).words.currency == "EUR"


def test_money_that_nobody_names_is_not_called_dollars() -> None:
    with pytest.raises(TypeError, match="currency"):
        Speech()  # type: ignore[call-arg]
    for said in ({}, {"currency": ""}, {"currency": None}, {"walk_out": {"label": "Gliss"}}):
        with pytest.raises(ValueError, match="currency"):
            Speech.of_settings(said)
    assert Speech.of_settings({"currency": "CAD"}) == Speech("CAD")


def test_another_scenario_of_the_portfolio_has_its_own(small_data: Path) -> None:
    other = small_data / "scenarios" / "cheap-rent.yaml"
    other.write_text(other.read_text() + "currency: EUR\n", encoding="utf-8")
    case = load_case("base", str(small_data))
    found = {one.name: one.case for one in neighbours(case, str(small_data))}
    there = found["cheap-rent"]
    assert there is not None
    assert (case.words.currency, there.words.currency) == ("USD", "EUR")


# --------------------------------------------------------------- two portfolios in one process
def answers(case: Case) -> Iterator[object]:
    """Answer question after question; between two of them another case may be asked."""
    trade = trade_areas(case)
    facts = trade_facts(case, trade)
    known = closure_table(case, facts)[["exit_cost_usd", "impairment_usd", "closing_advantage_usd"]]
    still = Moves((), known.sum().to_numpy(), np.empty((0, 2, known.shape[1])))
    bill = closure(case, facts, still)
    yield bill
    yield [one(bill) for one in (accounting_summary, bill_steps)]
    yield [one(case, bill.table) for one in (monthly_cash, monthly_expense)]
    yield transfer(case, trade), taken(case, trade)
    yield conversion(case, bill.table, trade)
    task = plan_task(case, bill.table, setting_of(case, trade))
    yield plan(task)
    yield [rule.says for rule in task.rules], prices(task)
    free = dataclasses.replace(task, rules=())
    yield frontier_by_budget(free), frontier_by_number(free)
    sites = list(dict.fromkeys(task.problem.columns.store_id))
    yield compare(task, sites), what_if(task, exactly=sites)
    yield checkout(case), cost_stack(case), paid_table(checkout_sites(case), case)


def words_in(found: object) -> Iterator[Speech]:
    """Yield the words of every result and figure, however deep it lies."""
    if isinstance(found, Result | Figure):
        yield found.words
    if isinstance(found, Result):
        yield from words_in(found.figures)
    elif isinstance(found, list | tuple):
        for one in found:
            yield from words_in(one)
    elif dataclasses.is_dataclass(found) and not isinstance(found, Figure):
        for field in dataclasses.fields(found):
            yield from words_in(getattr(found, field.name))


def in_our_words(text: str) -> str:
    """Return what the one portfolio would have said where the other said this."""
    return re.sub("[Gg]liding lane", "Just Walk Out", text.replace("CAD", "USD"))


@pytest.fixture
def both(small_data: Path) -> tuple[Case, Case]:
    """One portfolio in two currencies, with two names of walk-out checkout."""
    ours, theirs = (load_case("base", str(small_data), [*said, BUDGET]) for said in ((), GLISS))
    return ours, theirs


def check_apart(ours: Case, ours_said: object, theirs: Case, theirs_said: object) -> None:
    """Demand that two answers say the same, each in the words of its own portfolio."""
    assert set(words_in(ours_said)) == {ours.words}
    assert set(words_in(theirs_said)) == {theirs.words}
    one, other = (list(texts_of(said)) for said in (ours_said, theirs_said))
    assert not [text for text in one if "CAD" in text or "gliding" in text.lower()]
    assert not [text for text in other if "USD" in text or "Just Walk Out" in text]
    # `texts_of` reads the words of results, too: their short name differs and is no sentence.
    assert [text for text in one if text != "JWO"] == [
        in_our_words(text) for text in other if text != "GL"
    ]
    assert sum("USD " in text for text in one) == sum("CAD " in text for text in other) > 20


@pytest.mark.slow
def test_two_portfolios_may_be_asked_in_turns(both: tuple[Case, Case]) -> None:
    ours, theirs = both
    turns = list(zip(answers(ours), answers(theirs), strict=True))
    check_apart(ours, [one for one, _ in turns], theirs, [other for _, other in turns])


@pytest.mark.slow
def test_two_portfolios_may_be_asked_at_once(both: tuple[Case, Case]) -> None:
    with ThreadPoolExecutor(2) as threads:
        ours_said, theirs_said = threads.map(lambda case: list(answers(case)), both)
    check_apart(both[0], ours_said, both[1], theirs_said)


@pytest.mark.slow
def test_a_worker_may_serve_two_portfolios_in_turns(both: tuple[Case, Case]) -> None:
    said = []
    for case in both:
        tables = Tables(case, case.ledger, {"": None})
        worth = answer_case(tables, Question(case.scenario, None)).worth
        (found,) = value_plans(tables, Valuation(worth, (("corner-1:hall", "corner-3:hall"),)))
        said.append(found.broken)
    limit = "plan.capital_budget_usd: capex of at most {} 1.25 M"
    assert said == [(limit.format(currency),) for currency in ("USD", "CAD")]


def test_a_sweep_tells_of_the_money_of_its_cases(both: tuple[Case, Case]) -> None:
    plans = {"a": frozenset({"one:hall"}), "b": frozenset({"two:hall"})}
    answers_to = {
        name: {"figures": {"plan_value_usd": 5e6}, "converts": sorted(plan)}
        for name, plan in plans.items()
    }
    values = {"a": {plans["b"]: PlanValue(2e6)}, "b": {plans["a"]: PlanValue(4e6)}}
    said = []
    for case in both:
        cases = tuple(SweepCase(name, name, (), case.scenario, name) for name in plans)
        sweep = Sweep(cases, Tables(case, case.ledger, {}), None, {}, {}, "", "")
        said.append(sentence_of(sweep, answers_to, values))
    best = (
        "Of 2 plans in 2 cases, the plan of a (1 site) is at most {0} 1.0 M behind the best and {0}"
    )
    assert all(
        text.startswith(best.format(own)) for text, own in zip(said, ("USD", "CAD"), strict=True)
    )
