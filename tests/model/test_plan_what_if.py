"""What follows when a store has to convert, or must not, or somebody's plan is carried out."""

from __future__ import annotations

import itertools
from dataclasses import replace

import numpy as np
import pytest

from retail_portfolio.inputs.case import Case
from retail_portfolio.inputs.faults import InputError
from retail_portfolio.inputs.settings.scenario_parts import PlanLimits
from retail_portfolio.model.number_words import amount
from retail_portfolio.model.opening.conversion import positions_of
from retail_portfolio.model.planning.plan import plan, value_of
from retail_portfolio.model.planning.plan_solve import chosen_flags
from retail_portfolio.model.planning.plan_task import PlanTask, optimum, plan_task
from retail_portfolio.model.planning.plan_what_if import LEAST_USD_YEAR, WhatIf, next_in, what_if
from tests.model.conftest import bill_of
from tests.model.plan_town import decisions, named, task_of, town_of

SITES = [f"shop-{n}" for n in range(1, 6)]


@pytest.fixture
def town(pencil_case: Case) -> Case:
    return town_of(pencil_case)


def best_with(task: PlanTask, site: str, *, converts: bool) -> float:
    """The best of all plans in which a site converts, or does not, gone through one by one."""
    columns = task.problem.columns
    per_site = []
    for place, store_id in enumerate(columns.store_id):
        mine = list(np.flatnonzero(columns.site == place))
        per_site.append([None, *mine] if store_id != site else mine if converts else [None])
    plans = [[c for c in picks if c is not None] for picks in itertools.product(*per_site)]
    flags = [chosen_flags(task.problem, one) for one in plans]
    kept = [f for f in flags if not any(rule.broken_by(f) for rule in task.rules)]
    return max(task.problem.value_usd(one) for one in kept)


@pytest.mark.slow
@pytest.mark.parametrize("limits", [{}, {"max_conversions": 2}])
def test_a_site_forced_in_or_out_costs_what_the_best_plan_with_it_lacks(
    town: Case, limits: dict[str, int]
) -> None:
    task = task_of(town, **limits)
    best = optimum(task)
    before = decisions(plan(task, best).table)
    for site in SITES:
        for converts in (True, False):
            asked = {"force_in" if converts else "force_out": [site]}
            found = what_if(task, found=best, **asked)
            worth = best_with(task, site, converts=converts)
            assert found.lost_usd == pytest.approx(best.value_usd[0] - worth, abs=1e-3)
            assert found.lost_usd >= -1e-3
            if (before[site] != "close") == converts:
                assert found.stores.table.empty
                assert "the best plan does so already" in found.sentence
                continue
            forced = plan(task_of(town, **limits, **{k: tuple(v) for k, v in asked.items()}))
            assert_differs(found, before, decisions(forced.table), site)
            costs = f"What is asked for costs {amount(found.lost_usd, 'USD')} against the best"
            assert found.sentence.startswith(costs)
            verb = "enters as asked" if converts else "leaves as asked"
            assert f"{'ABCDE'[int(site[-1]) - 1]} {verb}" in found.sentence


def assert_differs(found: WhatIf, before: dict[str, str], after: dict[str, str], site: str) -> None:
    table = found.stores.table.set_index("store_id")
    assert set(table.index) == {one for one in before if before[one] != after[one]}
    for store_id, row in table.iterrows():
        assert row["decision_before"] == before[str(store_id)]
        assert row["decision_after"] == after[str(store_id)]
        assert row["because"] == ("asked" if store_id == site else "follows")


@pytest.mark.slow
def test_what_follows_is_told_apart_from_what_was_asked(town: Case) -> None:
    task = task_of(town, max_conversions=1)
    only = named(plan(task).table)[0].partition(":")[0]
    other = next(site for site in SITES if site != only)
    found = what_if(task, force_in=[other])
    assert dict(
        zip(found.stores.table["store_id"], found.stores.table["because"], strict=True)
    ) == {
        other: "asked",
        only: "follows",
    }
    assert f"in consequence {'ABCDE'[int(only[-1]) - 1]} leaves" in found.sentence
    assert found.stores.sentence == "2 decisions differ from the best plan."


@pytest.mark.slow
def test_own_stores_sell_what_the_shares_say(town: Case) -> None:
    task = task_of(town)
    best = optimum(task)
    found = what_if(task, exactly=SITES[:2], found=best)
    trade = task.place.trade
    attraction = trade.market.by_point.toarray()
    options = positions_of(task.place, task.money)
    after = named(value_of(task, SITES[:2]).table)
    columns = task.problem.columns
    plans = (
        list(best.chosen[0]),
        [c for c in range(len(columns)) if columns.name(c) in after],
    )
    sales = []
    for chosen in plans:
        is_open = trade.after.copy()
        is_open[options[chosen]] = True
        drawn = attraction * is_open
        total = drawn.sum(axis=1) + trade.market.rivals + trade.market.elsewhere
        sales.append((trade.market.spending_usd_year / total) @ drawn)
    both = np.flatnonzero((sales[0] > 0) & (sales[1] > 0))
    both = both[np.abs(sales[1] - sales[0])[both] >= LEAST_USD_YEAR]
    ids = trade.options["store_id"].to_numpy()
    expected = {ids[at]: sales[1][at] - sales[0][at] for at in both}
    table = found.own.table
    assert dict(zip(table["store_id"], table["change_usd_year"], strict=True)) == pytest.approx(
        expected
    )
    assert expected
    assert table["change_usd_year"].is_monotonic_increasing
    assert (table["sales_after_usd_year"] - table["sales_before_usd_year"]).tolist() == (
        pytest.approx(table["change_usd_year"].tolist())
    )
    wins = table["change_usd_year"].clip(lower=0).sum()
    assert f"win {amount(wins, 'USD')}." in found.own.sentence


@pytest.mark.slow
def test_who_loses_most_is_named(town: Case) -> None:
    found = what_if(task_of(town, max_conversions=0), exactly=SITES)
    worst = found.own.table.iloc[0]
    assert worst["store_id"] == "salon-1"
    assert f"most Here ({amount(-worst['change_usd_year'], 'USD')})" in found.sentence
    assert "It breaks what the scenario asks for: at most 0 conversions." in found.sentence
    assert "What is asked for gains" in found.sentence


@pytest.mark.slow
def test_a_whole_plan_is_valued_as_named(town: Case) -> None:
    task = task_of(town)
    best = plan(task)
    for mine in ([], ["shop-1"], ["shop-1:booth", "shop-4"]):
        found = what_if(task, exactly=mine)
        worth = value_of(task, mine)
        assert found.lost_usd == pytest.approx(best.objective_usd - worth.objective_usd, abs=1e-3)
        assert found.stores.table["because"].eq("asked").all()
        assert found.settings == {"my_plan": mine}


@pytest.mark.slow
def test_the_settings_ask_the_same_again(town: Case) -> None:
    task = task_of(town, force_in=("shop-1",), max_conversions=3)
    found = what_if(task, force_in=["shop-5:booth", "shop-1"], force_out=["shop-3"])
    assert found.settings == {
        "plan.force_in": ["shop-1", "shop-5:booth"],
        "plan.force_out": ["shop-3"],
    }
    again = plan(
        task_of(
            town,
            max_conversions=3,
            **{key.partition(".")[2]: tuple(names) for key, names in found.settings.items()},
        )
    )
    assert again.objective_usd == pytest.approx(optimum(task).value_usd[0] - found.lost_usd)


@pytest.mark.slow
def test_nothing_asked_changes_nothing(town: Case) -> None:
    found = what_if(task_of(town))
    assert found.sentence == "Nothing is asked for, so that the plan stays as it is."
    assert found.lost_usd == 0
    assert found.stores.table.empty
    assert found.own.table.empty
    assert found.settings == {}
    assert "-0" not in found.own.sentence


@pytest.mark.slow
def test_the_next_in_is_the_best_closing_site_that_may_come_in(town: Case) -> None:
    task = task_of(town)
    table = plan(task).table
    closing = table[table["decision"] == "close"].sort_values("npv_vs_exit_usd", ascending=False)
    assert next_in(task) == [closing["store_id"].iloc[0]]
    barred = task_of(town, force_out=(closing["store_id"].iloc[0],))
    assert next_in(barred) == [closing["store_id"].iloc[1]]
    assert next_in(task_of(town, max_conversions=0)) == []


@pytest.mark.slow
def test_where_nothing_is_left_to_force_it_is_said(town: Case) -> None:
    task = task_of(town, force_in=tuple(SITES))
    assert next_in(task) == []
    said = what_if(task, next_in(task)).sentence
    assert said.endswith("No site is left that could be forced in.")
    scenario = town.scenario.model_copy(update={"convert_from": (), "plan": PlanLimits()})
    bare = replace(town, scenario=scenario)
    nobody = plan_task(bare, bill_of(bare).table)
    assert next_in(nobody) == []
    assert what_if(nobody).sentence.endswith("No site is left that could be forced in.")
    assert what_if(nobody, exactly=[]).lost_usd == 0


@pytest.mark.parametrize(
    ("asked", "words"),
    [
        ({"force_in": ["shop-11"]}, "what if: found 'shop-11'.*did you mean 'shop-1'"),
        ({"force_out": ["salon-1"]}, "a candidate for conversion"),
        (
            {"force_in": ["shop-1"], "force_out": ["shop-1:booth", "shop-1:salon"]},
            "shop-1 converts",
        ),
        ({"force_in": ["shop-1", "shop-2", "shop-3"]}, "at most 2 conversions"),
        ({"force_in": ["shop-5"]}, "shop-5 does not convert"),
        ({"exactly": ["shop-1"], "force_in": ["shop-2"]}, "not both"),
        ({"exactly": ["shop-1:salon", "shop-1:booth"]}, "one format for each site"),
        ({"exactly": ["shop-7"]}, "what if: found 'shop-7'"),
    ],
)
def test_what_cannot_be_asked_is_refused(
    town: Case, asked: dict[str, list[str]], words: str
) -> None:
    task = task_of(town, max_conversions=2, force_out=("shop-5",))
    with pytest.raises(InputError, match=words):
        what_if(task, **asked)
