"""Why each store: marginal values, what turns a decision, and the sentence that says so."""

from __future__ import annotations

import re
from dataclasses import replace

import numpy as np
import pytest

from retail_portfolio.inputs.assumptions import Assumption, Ledger
from retail_portfolio.inputs.case import Case
from retail_portfolio.model.market.huff import sales_usd_year
from retail_portfolio.model.number_words import amount
from retail_portfolio.model.opening.conversion import positions_of
from retail_portfolio.model.planning.plan import plan
from retail_portfolio.model.planning.plan_reasons import (
    FLIPS,
    SAID_USD,
    _by,
    _trades,
    in_plan_usd,
    standing,
)
from retail_portfolio.model.planning.plan_solve import chosen_flags
from retail_portfolio.model.planning.plan_task import PlanTask, optimum, plan_task
from tests.model.conftest import bill_of
from tests.model.plan_town import limited, task_of, town_of
from tests.model.weighed import weighing


@pytest.fixture
def town(pencil_case: Case) -> Case:
    return town_of(pencil_case)


def best_of(task: PlanTask) -> np.ndarray:
    return chosen_flags(task.problem, optimum(task).chosen[0])


def worth_of_column(task: PlanTask, chosen: np.ndarray, column: int) -> float:
    """What a column adds to everybody else's decisions, as the difference of two plans."""
    site = task.problem.columns.site
    others = chosen & (site != site[column])
    with_it = others.copy()
    with_it[column] = True
    return task.problem.value_usd(with_it) - task.problem.value_usd(others)


def scaled(case: Case, what: str, factor: float) -> Case:
    """The case with one figure of every store moved: what a flip factor is about."""
    keys = {
        "flip_sales_factor": [f"food_at_home_usd_year.quintile{n}" for n in range(1, 6)],
        "flip_capex_factor": ["capex_conversion_usd_per_sqft"],
        "flip_rent_factor": [
            "dark_carry_usd_per_sqft_year",
            "charges_in_gross_rent_usd_per_sqft_year",
        ],
    }[what]
    ledger = case.ledger.with_overrides({key: case.ledger[key].base * factor for key in keys})
    moved = replace(case, ledger=ledger)
    if what == "flip_rent_factor":
        rents = ("rent_usd_per_sqft_year", "charges_usd_per_sqft_year")
        moved = replace(
            moved, leases=case.leases.assign(**{r: case.leases[r] * factor for r in rents})
        )
    return moved


def pinned(case: Case) -> Case:
    """The case with the closing banner's factor given, which is solved from its sales otherwise."""
    given = Assumption("banner_factor.shop", 0.2, 0.3, 0.4)
    return replace(case, ledger=Ledger((*case.ledger.values(), given)))


@pytest.mark.slow
@pytest.mark.parametrize("what", ["flip_sales_factor", "flip_capex_factor", "flip_rent_factor"])
def test_at_its_flip_point_a_store_is_worth_nothing_when_all_is_computed_anew(
    town: Case, what: str
) -> None:
    town = pinned(town)
    task = task_of(town)
    chosen = best_of(task)
    stands = standing(task, chosen)
    looked = 0
    for _, row in stands.iterrows():
        if not np.isfinite(row[what]) or row[what] == 0:
            continue
        moved = scaled(town, what, float(row[what]))
        anew = plan_task(moved, bill_of(moved).table)
        assert anew.problem.columns.to_format == task.problem.columns.to_format
        column = int(row["column"])
        assert worth_of_column(task, chosen, column) == pytest.approx(row["marginal_usd"])
        assert worth_of_column(anew, chosen, column) == pytest.approx(0, abs=5.0)
        beyond = scaled(town, what, float(row[what]) * 1.05)
        further = plan_task(beyond, bill_of(beyond).table)
        assert abs(worth_of_column(further, chosen, column)) > 100
        looked += 1
    assert looked >= 2


@pytest.mark.slow
def test_at_its_flip_point_what_is_taken_from_own_stores_eats_the_rest(town: Case) -> None:
    """Own sales with and without a site, straight from the shares, year by year."""
    task = task_of(town)
    chosen = best_of(task)
    columns, pulls, trade = task.problem.columns, task.problem.pulls, task.place.trade
    market = trade.market
    attraction = market.by_point.toarray()[:, positions_of(task.place, task.money)]
    own = market.by_point @ trade.after.astype(float)
    rest, spending = market.rivals + market.elsewhere, market.spending_usd_year
    looked = 0
    for _, row in standing(task, chosen).iterrows():
        column, factor = int(row["column"]), row["flip_cannibalisation_factor"]
        if not np.isfinite(factor):
            continue
        others = chosen & (columns.site != columns.site[column])
        total = columns.linear_usd[column]
        for year, weight in enumerate(pulls.year_weight):
            ours = own + attraction[:, others] @ pulls.mean_ramp[others, year]
            mine = attraction[:, column] * pulls.mean_ramp[column, year]
            sells = spending @ (mine / (ours + rest + mine))
            takes = spending @ (ours / (ours + rest) - ours / (ours + rest + mine))
            total += weight * (sells - factor * takes)
        assert total == pytest.approx(0, abs=5.0)
        looked += 1
    assert looked >= 2


@pytest.mark.slow
def test_a_decision_turns_at_its_flip_points(town: Case) -> None:
    task = task_of(town)
    stands = standing(task, best_of(task))
    for _, row in stands.iterrows():
        assert (row["flip_sales_factor"] < 1) == bool(row["chosen"])
        assert (row["flip_capex_factor"] > 1) == bool(row["chosen"])
    assert stands[list(FLIPS)].min().min() >= 0


@pytest.mark.slow
def test_what_a_site_sells_and_takes_makes_its_marginal_value(town: Case) -> None:
    task = task_of(town)
    chosen = best_of(task)
    sells, loses = in_plan_usd(task, chosen)
    assert (sells > loses).all()
    assert (loses >= 0).all()
    for column in np.flatnonzero(chosen):
        gain = worth_of_column(task, chosen, int(column))
        linear = task.problem.columns.linear_usd[column]
        assert sells[column] - loses[column] + linear == pytest.approx(gain, rel=1e-9, abs=1e-3)


@pytest.mark.slow
def test_a_reason_says_the_decision_first_and_is_made_of_the_numbers(town: Case) -> None:
    for row in plan(task_of(town)).table.itertuples():
        decision = "closes: " if row.decision == "close" else "converts: "
        assert row.reason.startswith(decision)
        assert "households earning about USD 60 k a year within 10 minutes" in row.reason
        assert re.search(r", nearest Salon \d\.\d miles; would sell about", row.reason)
        side = "more" if row.decision != "close" else "less"
        assert f"worth {amount(abs(row.npv_vs_exit_usd), 'USD')} {side} as" in row.reason
        share = abs(row.flip_sales_factor - 1)
        way = "lower" if row.decision != "close" else "higher"
        if 0.1 <= share < 1:
            assert f"turns if its sales are {share * 100:.0f} % {way}" in row.reason


@pytest.mark.slow
def test_a_reason_says_what_own_stores_lose(town: Case) -> None:
    task = task_of(town)
    stands = standing(task, best_of(task))
    trade = task.place.trade
    options = dict(
        zip(stands.index, positions_of(task.place, task.money.iloc[stands["column"]]), strict=True)
    )
    base = trade.after.copy()
    base[[options[s] for s in stands.index[stands["chosen"].astype(bool)]]] = True
    told = dict(zip(stands.index, plan(task).table.set_index("store_id")["reason"], strict=True))
    named = 0
    for store_id, option in options.items():
        without, with_it = base.copy(), base.copy()
        without[option], with_it[option] = False, True
        sold = sales_usd_year(trade.market, without)
        lost = np.where(without, sold - sales_usd_year(trade.market, with_it), 0.0)
        text = told[store_id]
        if lost.sum() < SAID_USD:
            assert "own store" not in text
            continue
        most = int(lost.argmax())
        name = {"salon-1": "Here"}.get(trade.options["store_id"][most], "")
        name = name or "ABCDE"[int(trade.options["store_id"][most][-1]) - 1]
        assert amount(lost[most], "USD") in text
        assert name in text.partition("own store")[2]
        named += 1
    assert named >= 2


def test_own_stores_that_lose_are_named_as_far_as_they_matter() -> None:
    names = ["Elm", "Oak", "Ash", "Yew"]
    says = "would sell about USD 9.0 M a year"
    assert _trades(9e6, [], names, "USD") == says
    assert _trades(9e6, [(SAID_USD - 1, 0)], names, "USD") == says
    one = f"{says}, of which the own store Ash loses USD 400 k"
    assert _trades(9e6, [(4e5, 2)], names, "USD") == one
    many = [(1.3e6, 1), (6e5, 0), (2e5, 3), (1e5, 2)]
    assert _trades(9e6, many, names, "USD") == (
        f"{says}, of which own stores lose USD 2.2 M (Oak USD 1.3 M, Elm USD 600 k, "
        "others USD 300 k)"
    )
    little = [(4e4, one) for one in range(4)]
    assert _trades(9e6, little, names, "USD") == f"{says}, of which own stores lose USD 160 k"


@pytest.mark.parametrize(
    ("factor", "words"),
    [
        (0.61, "39 % lower"),
        (1.003, "0.3 % higher"),
        (0.9996, "less than 0.1 % lower"),
        (1.98, "98 % higher"),
        (2.54, "2.5 times as high"),
        (0.0, "100 % lower"),
        (0.956, "4.4 % lower"),
    ],
)
def test_a_factor_is_written_as_what_is_more_or_less(factor: float, words: str) -> None:
    assert _by(factor) == words


@pytest.mark.slow
def test_a_second_figure_that_turns_as_easily_is_named(town: Case) -> None:
    table = plan(task_of(town)).table
    for row in table.itertuples():
        others = {
            "capex is": row.flip_capex_factor,
            "rent is": row.flip_rent_factor,
            "what it takes from own stores is": row.flip_cannibalisation_factor,
        }
        near = {w: abs(f - 1) for w, f in others.items() if np.isfinite(f) and abs(f - 1) <= 0.25}
        said = [words for words in others if f" or {words}" in row.reason]
        assert said == ([min(near, key=near.__getitem__)] if near else [])


@pytest.mark.parametrize("four_wall", [-300_000.0, 600_000.0])
def test_no_rent_turns_a_store_that_is_kept_as_it_is_within_its_four_walls(
    town: Case, four_wall: float
) -> None:
    """A rent that rises saves more at the exit, and costs the store that stays at least as much."""
    stores = town.stores.assign(four_wall_usd_year=four_wall)
    task = task_of(weighing(replace(town, stores=stores), "close", "keep"))
    stands = standing(task, best_of(task))
    assert (stands["to_format"] == "keep").all()
    assert (task.money["lease_exit_usd"] > 0).any()
    assert stands["flip_sales_factor"].notna().any()
    assert stands["flip_rent_factor"].isna().all()
    assert not plan(task).table["reason"].str.contains("rent is").any()


@pytest.mark.slow
def test_a_forced_site_says_why_it_converts(town: Case) -> None:
    free = plan(task_of(town))
    worst = free.table.sort_values("npv_vs_exit_usd").iloc[0]
    assert worst["decision"] == "close"
    forced = plan(task_of(town, force_in=(worst["store_id"],)))
    row = forced.table.set_index("store_id").loc[worst["store_id"]]
    assert row["decision"].startswith("convert_")
    assert row["reason"].startswith("converts: ")
    assert row["reason"].endswith("the scenario forces it in")  # nothing else would turn it
    assert forced.objective_usd < free.objective_usd
    none = plan(task_of(town, max_conversions=0))
    assert set(none.table["decision"]) == {"close"}
    assert none.table["reason"].str.endswith("the limits leave no room for it").any()


@pytest.mark.slow
def test_no_open_store_of_the_banner_is_said(town: Case) -> None:
    alone = replace(town, stores=town.stores[town.stores["status"] == "closing"])
    found = plan(plan_task(limited(alone), bill_of(alone).table))
    assert found.table["reason"].str.contains(", no Salon is open; would sell").all()
