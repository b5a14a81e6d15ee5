"""Stores that are kept or moved: by hand, draw by draw, and chosen together with conversions."""

from __future__ import annotations

import itertools
from dataclasses import replace

import numpy as np
import pandas as pd
import pytest

from retail_portfolio.inputs.case import Case
from retail_portfolio.inputs.faults import InputError
from retail_portfolio.model.closing.closure import closure_table
from retail_portfolio.model.market.geography import _stands
from retail_portfolio.model.market.huff import sales_usd_year
from retail_portfolio.model.market.trade_areas import trade_areas
from retail_portfolio.model.market.transfer import taken_table, trade_facts, trade_sales
from retail_portfolio.model.opening.conversion import conversion_table, setting_of
from retail_portfolio.model.opening.offers import Avoided, Today, offers_of, priced
from retail_portfolio.model.opening.openings import Opening, Sites, opening_of, sites_of
from retail_portfolio.model.opening.site_value import openings
from retail_portfolio.model.opening.trading_years import timing_of
from retail_portfolio.model.overview.requirements import missing_rows
from retail_portfolio.model.planning.plan import plan, value_of
from retail_portfolio.model.planning.plan_rules import wanted
from retail_portfolio.model.planning.plan_task import bill_of as task_bill_of
from retail_portfolio.model.planning.plan_task import optimum, plan_task
from retail_portfolio.model.planning.plan_what_if import next_in
from retail_portfolio.model.sampling.ensemble import Draws
from retail_portfolio.model.targets import candidates_of
from retail_portfolio.model.uncertain.closure_draws import closure_draws
from retail_portfolio.model.uncertain.conversion_draws import conversion_draws
from retail_portfolio.model.uncertain.plan_ranges import horizon_rows
from retail_portfolio.model.uncertain.trade_table import trade_table
from retail_portfolio.model.uncertain.uncertain_plans import store_ranges, uncertain_plans
from retail_portfolio.model.uncertain.uncertainty import prepare, uniforms_of
from tests.model import drawn_cases
from tests.model.conftest import bill_of, ledger_of
from tests.model.plan_town import decisions, limited, named, task_of, town_of
from tests.model.weighed import EVERY, weighing

EARNS = [900_000.0, -300_000.0, 400_000.0, 100_000.0, float("nan")]
"""Four-wall results of the five shops; nobody knows that of the last."""


@pytest.fixture
def town(pencil_case: Case) -> Case:
    """Every decision is weighed; shop 2 may become a booth elsewhere, shop 3 stay what it is."""
    town = town_of(pencil_case)
    stores = town.stores.assign(four_wall_usd_year=[*EARNS, float("nan")])
    every = weighing(
        replace(town, stores=stores), *EVERY, moves={"shop-2": "booth", "shop-3": "shop"}
    )
    return replace(every, scenario=every.scenario.model_copy(update={"horizon_years": 10}))


def rows_of(case: Case, target: str) -> pd.DataFrame:
    table = conversion_table(case, bill_of(case).table)
    return table[table["to_format"] == target].set_index("store_id")


def test_a_kept_store_earns_its_four_walls_where_nothing_changes(town: Case) -> None:
    """One shop that may stay, all others of the wave gone before: what it sells is what it sold."""
    alone = town.stores["store_id"].isin(["shop-1", "salon-1"])
    case = replace(
        weighing(town, "close", "keep"),
        stores=town.stores[alone].reset_index(drop=True),
        leases=town.leases[town.leases["store_id"] == "shop-1"].reset_index(drop=True),
    )
    row = rows_of(case, "keep").loc["shop-1"]
    bill = bill_of(case).table.iloc[0]
    # A lease of 2 years with two options of 5, and a horizon of 10: ten whole years, each paid for
    # at its end; nothing opens, so that they begin today.
    annuity = sum(1.09**-year for year in range(1, 11))
    salon = rows_of(case, "keep")["taken_from_own_usd_year"].iloc[0]
    # What the salon would win by its closing is margin that keeping it gives up.
    expected = (900_000 - 0.2 * salon) * 0.75 * annuity
    assert row["npv_convert_usd"] == pytest.approx(expected)
    assert row["operating_years"] == 10
    assert row["avoided_exit_usd"] == pytest.approx(bill["exit_cost_usd"])
    assert row["npv_vs_exit_usd"] == pytest.approx(expected + bill["exit_cost_usd"])
    assert (row[["capex_usd", "preopening_usd", "dark_rent_usd", "unused_floor_usd"]] == 0).all()


def test_money_put_into_a_kept_store_is_capex_with_its_shield(town: Case) -> None:
    more = ledger_of({"capex_keep_usd_per_sqft": 20})
    case = replace(town, ledger=type(more)((*town.ledger.values(), *more.values())))
    before, after = rows_of(town, "keep"), rows_of(case, "keep")
    assert after.loc["shop-1", "capex_usd"] == -200_000
    shield = after.loc["shop-1", "depreciation_shield_pv_usd"]
    annuity = before.loc["shop-1", "fixed_cost_pv_usd"]
    assert after.loc["shop-1", "fixed_cost_pv_usd"] == annuity
    # Half a year and ten that follow it, of which the last is cut: each at its end.
    years = 0.5 * 1.09**-0.5 + sum(1.09 ** -(0.5 + n) for n in range(1, 10)) + 0.5 * 1.09**-10.5
    assert shield == pytest.approx(200_000 / 10 * 0.25 * years)


def test_options_are_used_where_a_store_earns_something(town: Case) -> None:
    """Shop 2 loses money on a lease of 12 years, shop 4 earns some on 9 years and two options."""
    years = rows_of(town, "keep")["operating_years"]
    longer = replace(town, scenario=town.scenario.model_copy(update={"horizon_years": 30}))
    told = rows_of(longer, "keep")["operating_years"]
    assert years.tolist() == [10.0, 10.0, 10.0, 10.0, 4.0]
    assert told.tolist() == [12.0, 12.0, 16.0, 19.0, 4.0]


def test_a_store_of_unknown_result_is_not_kept(town: Case) -> None:
    assert rows_of(town, "keep")["npv_vs_exit_usd"].isna().tolist() == [False] * 4 + [True]
    task = task_of(town)
    assert "shop-5:keep" not in {
        task.problem.columns.name(c) for c in range(len(task.problem.columns))
    }
    known = ledger_of({"four_wall_margin": 0.05})
    case = replace(town, ledger=type(known)((*town.ledger.values(), *known.values())))
    assert rows_of(case, "keep")["npv_vs_exit_usd"].notna().all()


def test_a_move_by_hand(town: Case) -> None:
    """A booth of 6,000 sq ft, half a year dark, on a lease of 8 and 3 years: the horizon ends."""
    row = rows_of(town, "relocate").loc["shop-2"]
    assert row["used_sqft"] == 6_000
    assert row["operating_years"] == pytest.approx(9.5)
    assert row["capex_usd"] == -300 * 6_000
    assert row["preopening_usd"] == pytest.approx(-400_000 * 0.75)
    assert row["dark_rent_usd"] == pytest.approx(-30 * 6_000 * 0.5 * 0.75)
    assert row["unused_floor_usd"] == 0
    assert row["avoided_exit_usd"] == 0
    # A place that costs 5 USD more than the format's 24 and 4 pays them for every year it trades.
    usual = town.ledger.with_overrides({"rent_net_usd_per_sqft_year": 21.0})
    cheaper = rows_of(replace(town, ledger=usual), "relocate").loc["shop-2"]
    years = row["depreciation_shield_pv_usd"] / (300 * 6_000 / 9.5 * 0.25)
    more = row["fixed_cost_pv_usd"] - cheaper["fixed_cost_pv_usd"]
    assert more == pytest.approx(3 * 6_000 * 0.75 * years)
    # At its place it sees the people there: nobody within 5 miles, and the salon 11 miles away.
    assert row["households"] != rows_of(town, "salon").loc["shop-2", "households"]
    short = replace(town, ledger=town.ledger.with_overrides({"lease_initial_term_years": 2.0}))
    assert rows_of(short, "relocate").loc["shop-2", "operating_years"] == pytest.approx(4.5)


def sites_in(case: Case, **more: float) -> Sites:
    """The sites of a case with rows more in its ledger; a double underscore stands for the dot."""
    extra = ledger_of({key.replace("__", "."): base for key, base in more.items()})
    rows = {**dict(case.ledger.items()), **dict(extra.items())}
    moved = replace(case, ledger=type(case.ledger)(tuple(rows.values())))
    return sites_of(moved, Draws(moved.ledger, {}), candidates_of(moved))


def test_offers_stand_by_target_and_format(town: Case) -> None:
    told = [(one.target, one.format, one.sites.tolist()) for one in offers_of(candidates_of(town))]
    two, three = ([n == site for n in range(5)] for site in (1, 2))
    assert told == [
        ("salon", "salon", [True] * 5),
        ("booth", "booth", [True] * 5),
        ("keep", "", [True] * 5),
        ("relocate", "booth", two),
        ("relocate", "shop", three),
    ]


def test_what_is_avoided_hangs_on_the_target() -> None:
    avoided = Avoided(np.array([5.0, 7.0]), np.array([3.0, 4.0]))
    assert [avoided.by(one).tolist() for one in ("keep", "salon", "relocate")] == [
        [5.0, 7.0],
        [3.0, 4.0],
        [0.0, 0.0],
    ]


UNKNOWN = Today(*(np.full((1, 5), np.nan),) * 3)


@pytest.mark.parametrize("year", [1, 2])
def test_a_move_is_priced_on_the_terms_of_its_format(town: Case, year: int) -> None:
    """A lease of 5 years and two options of one, of which the doors are shut for half a year."""
    terms = {
        "lease_initial_term_years__booth": 5,
        "lease_renewal_options__booth": 2,
        "lease_renewal_option_years__booth": 1,
        "gross_buildout_usd_per_sqft__booth": 350,
        "preopening_usd_per_store__booth": 500_000,
    }
    used, later = np.full((1, 5), 6_000.0), 1.09 ** (1 - year)
    (offer,) = (
        one
        for one in offers_of(candidates_of(town))
        if (one.target, one.format) == ("relocate", "booth")
    )

    def usual(rent: float, charges: float) -> Opening:
        more = {"rent_net_usd_per_sqft_year__booth": rent}
        more["nnn_charges_usd_per_sqft_year__booth"] = charges
        return priced(sites_in(town, **terms, **more), offer, used, year, UNKNOWN)

    dear, cheap, charged = usual(20, 3), usual(27, 3), usual(20, 10)
    assert dear.operating_years.shape == (1, 5)
    assert dear.operating_years[0, 1] == pytest.approx(6.5)
    money = {name: float(values[0, 1]) for name, values in dear.money_usd.items()}
    assert money["capex_usd"] == pytest.approx(-350 * 6_000 * later)
    assert money["dark_rent_usd"] == pytest.approx(-30 * 6_000 * 0.5 * 0.75 * later)
    assert money["unused_floor_usd"] == 0
    assert money["preopening_usd"] == pytest.approx(-500_000 * 0.75 * later)
    # 30 USD are 7 more than 20 and 3, and as much as 27 and 3.
    time = money["depreciation_shield_pv_usd"] / (350 * 6_000 / 6.5 * 0.25)
    paid = float(cheap.money_usd["fixed_cost_pv_usd"][0, 1]) - money["fixed_cost_pv_usd"]
    assert paid == pytest.approx(7 * 6_000 * 0.75 * time)
    both = [one.money_usd["fixed_cost_pv_usd"][0, 1] for one in (cheap, charged)]
    assert both[0] == pytest.approx(both[1])
    ends = np.array([[7.0 + year - 1]])
    opens = np.array([[0.5 + year - 1]])
    trades = timing_of(opens, ends, sites_in(town).years).present(np.ones((1, 12)))
    assert time == pytest.approx(trades[0, 0])


def test_a_kept_store_is_priced_on_what_it_earns_today(town: Case) -> None:
    """No result is no reason to use an option: shop 3 has 6 years, shop 1 all ten."""
    earns = np.array([[900_000.0, -300_000.0, 0.0, 0.5, np.nan]])
    today = Today(np.full((1, 5), 2e6), np.full((1, 5), np.nan), earns)
    (offer,) = (one for one in offers_of(candidates_of(town)) if one.target == "keep")
    used = np.array([[10_000.0, 12_000, 9_000, 14_000, 8_000]])
    found = priced(sites_in(town, capex_keep_usd_per_sqft=20), offer, used, 1, today)
    years = np.array([[10.0, 10, 6, 10, 4]])
    assert found.operating_years.tolist() == years.tolist()
    money = found.money_usd
    assert money["capex_usd"].tolist() == (-20 * used).tolist()
    for name in ("preopening_usd", "dark_rent_usd", "unused_floor_usd"):
        assert money[name].tolist() == [[0.0] * 5]
    shop = sites_in(town).years
    time = timing_of(np.zeros((1, 1)), years, shop).present(np.ones((1, 12)))
    fixed = -(0.2 * 2e6 - earns) * time * 0.75
    assert money["fixed_cost_pv_usd"] == pytest.approx(fixed, nan_ok=True)
    assert money["depreciation_shield_pv_usd"] == pytest.approx(20 * used / years * time * 0.25)
    assert found.pull().shape == (1, 5, shop.start.shape[1])
    free = priced(sites_in(town), offer, used, 1, today).money_usd
    assert free["capex_usd"].tolist() == free["depreciation_shield_pv_usd"].tolist() == [[0.0] * 5]


def test_a_kept_store_without_a_lease_to_run_spreads_nothing(
    town: Case, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Whatever stood before in the memory that a division leaves as it is."""
    divide = np.divide

    def unclean(one: object, other: object, out: object = None, **how: object) -> object:
        held = np.full(np.broadcast(one, other).shape, np.nan) if out is None else out
        return divide(one, other, out=held, **how)

    monkeypatch.setattr(np, "divide", unclean)
    leases = town.leases.assign(remaining_term_years=[0.0, 0.5, 6.0, 9.0, 4.0])
    case = replace(town, leases=leases)
    (offer,) = (one for one in offers_of(candidates_of(town)) if one.target == "keep")
    today = Today(np.full((1, 5), 2e6), np.full((1, 5), np.nan), np.full((1, 5), -1.0))
    used = np.full((1, 5), 1_000.0)
    found = priced(sites_in(case, capex_keep_usd_per_sqft=20), offer, used, 1, today)
    assert found.operating_years.tolist() == [[0, 0.5, 6, 9, 4]]
    assert found.money_usd["depreciation_shield_pv_usd"][0, 0] == 0


def test_a_conversion_is_priced_as_an_opening(town: Case) -> None:
    offer, used = offers_of(candidates_of(town))[0], np.full((1, 5), 9_000.0)
    found = priced(sites_in(town), offer, used, 2, UNKNOWN)
    expected = opening_of(sites_in(town), "salon", used, 2)
    for name, values in found.money_usd.items():
        assert values.tolist() == expected.money_usd[name].tolist()


@pytest.mark.slow
def test_a_conversion_is_worth_the_same_whatever_else_is_weighed(town: Case) -> None:
    plain = weighing(town, "close", "convert")
    for fmt in ("salon", "booth"):
        one, other = rows_of(plain, fmt), rows_of(town, fmt)
        pd.testing.assert_frame_equal(one, other, rtol=1e-12)


@pytest.mark.slow
def test_the_plan_is_the_best_of_all_there_are(town: Case) -> None:
    """Every shop closes, stays, moves or converts: the best of all combinations, gone through."""
    task = task_of(town)
    columns = task.problem.columns
    of_site = [np.flatnonzero(columns.site == site) for site in range(5)]
    best = max(
        task.problem.value_usd(flags_of(len(columns), combination))
        for combination in itertools.product(*([None, *of] for of in of_site))
    )
    found = plan(task)
    assert found.objective_usd == pytest.approx(best)
    assert found.status == "optimal"
    told = decisions(found.table)
    assert told["shop-1"] == "keep"
    assert set(told.values()) - {"keep", "close"}
    kept = found.table.set_index("store_id").loc["shop-1"]
    assert kept["reason"].startswith("stays open: ")
    assert np.isnan(kept["opening_year"])
    assert f"{sum(d == 'keep' for d in told.values())} " in found.sentence
    keys = {figure.key: figure.value for figure in found.figures}
    assert keys["stores_kept"] == sum(d == "keep" for d in told.values())
    assert keys["stores_converting"] == sum(d.startswith("convert") for d in told.values())


def flags_of(count: int, combination: tuple[int | None, ...]) -> np.ndarray:
    flags = np.zeros(count, bool)
    flags[[one for one in combination if one is not None]] = True
    return flags


@pytest.mark.slow
def test_limits_of_conversions_leave_stores_that_stay_alone(town: Case) -> None:
    told = decisions(plan(task_of(town, max_conversions=0)).table)
    assert told["shop-1"] == "keep"
    assert not any(decision.startswith("convert") for decision in told.values())
    spread = decisions(plan(task_of(town, openings_per_year=1, opening_years=2)).table)
    assert spread["shop-1"] == "keep"
    forced = plan(task_of(town, force_in=["shop-1:salon", "shop-2:relocate"]))
    told = decisions(forced.table)
    assert (told["shop-1"], told["shop-2"]) == ("convert_salon", "relocate")
    moved = forced.table.set_index("store_id").loc["shop-2"]
    assert moved["reason"].startswith("moves to Place 0: ")
    assert moved["opening_year"] == 1
    # A bare name is a conversion, and no other way to stay.
    bare = decisions(plan(task_of(town, force_in=["shop-1"])).table)
    assert bare["shop-1"].startswith("convert_")
    assert decisions(plan(task_of(town, force_out=["shop-1"])).table)["shop-1"] == "keep"


@pytest.mark.slow
def test_a_named_plan_keeps_and_moves_exactly_what_it_names(town: Case) -> None:
    task = task_of(town)
    found = value_of(task, ["shop-3:relocate", "shop-4:keep"])
    told = decisions(found.table)
    assert {k: v for k, v in told.items() if v != "close"} == {
        "shop-3": "relocate",
        "shop-4": "keep",
    }
    both = rows_of(town, "keep").loc["shop-4", "npv_vs_exit_usd"]
    assert value_of(task, ["shop-4:keep"]).objective_usd == pytest.approx(both)


@pytest.mark.slow
def test_every_draw_is_the_table_of_its_ledger(town: Case) -> None:
    """Kept and moved stores too; nothing that sales depend on moves, so that sales are exact."""
    still = {"huff", "food", "household", "spending", "banner", "size", "sales", "access", "travel"}
    still |= {"circuity", "dense", "affinity"}
    bases = {key: row.base for key, row in town.ledger.items()}
    bases["four_wall_margin"] = 0.03
    ledger = drawn_cases.wide(bases, 0.3)
    rows = [
        replace(row, low=row.base, high=row.base) if key.partition("_")[0] in still else row
        for key, row in ledger.items()
    ]
    case = replace(town, ledger=type(ledger)(tuple(rows)))
    draws = Draws(case.ledger, drawn_cases.uniforms_of(case.ledger, 6))
    sold = trade_table(case).read(drawn_cases.uniforms_of(case.ledger, 6), 6)
    trade = trade_areas(case)
    facts = trade_facts(case, trade)
    sales = np.broadcast_to(facts.frame["sales_usd_year"].to_numpy(float), (6, 5))
    found = conversion_draws(case, draws, closure_draws(case, draws, sales), sold)
    targets, names = ("salon", "booth", "keep", "relocate"), [f"shop-{n}" for n in range(1, 6)]
    for draw in range(6):
        moved = drawn_cases.case_of_draw(case, draws, draw)
        bill = closure_table(moved, facts)
        table = conversion_table(moved, bill, setting_of(moved, trade_areas(moved)))
        values = table.set_index(["to_format", "store_id"])["npv_vs_exit_usd"]
        index = pd.MultiIndex.from_product([targets, names])
        expected = values.reindex(index).to_numpy(float)
        assert found.npv_vs_exit_usd[draw] == pytest.approx(
            expected, rel=5e-3, abs=5e3, nan_ok=True
        )


@pytest.mark.slow
def test_shares_of_draws_tell_conversions_and_kept_stores_apart(town: Case) -> None:
    bases = {key: row.base for key, row in town.ledger.items()}
    case = replace(town, ledger=drawn_cases.wide(bases, 0.05))
    ready = prepare(case)
    found = ready.outcomes(uniforms_of(case, 32))
    plans = uncertain_plans(ready, found, 4)
    table = store_ranges(ready, found, plans).table.set_index("store_id")
    assert table.loc["shop-1", "decision"] == "keep"
    assert table.loc["shop-1", "probability_keep"] > 0.9
    assert table.loc["shop-1", "probability"] < 0.1
    formats = table["probability_salon"] + table["probability_booth"]
    assert table["probability"].tolist() == pytest.approx(formats.tolist())
    assert found.stores_converting.max() <= 4


def test_today_is_needed_to_keep_a_store(town: Case) -> None:
    place = setting_of(town)
    used = pd.DataFrame({target: [1_000.0] * 5 for target in place.candidates.targets})
    with pytest.raises(ValueError, match="how the sites trade today"):
        openings(town, place.candidates, used, 1)


def test_the_bill_of_a_kept_store_has_the_sales_of_its_trade_area(town: Case) -> None:
    trade = trade_areas(town)
    whole = task_bill_of(town, trade).set_index("store_id")["exit_cost_usd"]
    facts = closure_table(town, trade_facts(town, trade)).set_index("store_id")["exit_cost_usd"]
    typical = closure_table(town).set_index("store_id")["exit_cost_usd"]
    assert whole.tolist() == facts.tolist()
    assert whole.tolist() != typical.tolist()
    plain = weighing(town, "close", "convert")
    assert task_bill_of(plain)["exit_cost_usd"].tolist() == typical.tolist()


def test_limits_of_distance_look_at_conversions_alone(town: Case) -> None:
    """Shop 2 would move next door to a salon that trades on; a conversion does not hear of it."""
    near = town.stores.iloc[[5]].assign(store_id="salon-9", lat=40.2)
    case = replace(town, stores=pd.concat([town.stores, near], ignore_index=True))
    limit = {"min_own_store_miles": 0.5}
    task = task_of(case, **limit)
    assert not [rule for rule in task.rules if rule.name == "plan.min_own_store_miles"]


def test_a_kept_store_opens_nothing(town: Case) -> None:
    rich = town.stores.assign(four_wall_usd_year=3e6)
    case = weighing(replace(town, stores=rich), "close", "keep")
    told = decisions(plan(task_of(case, openings_per_year=1, opening_years=1)).table)
    assert list(told.values()) == ["keep"] * 5


def test_what_a_site_has_not_draws_nobody_and_is_no_candidate(town: Case) -> None:
    trade = trade_areas(town)
    names = trade.options["option"]
    never = [trade.position(f"shop-{n}:relocate") for n in (1, 4, 5)]
    assert np.diff(trade.market.by_store.indptr)[never].tolist() == [0, 0, 0]
    assert set(names.iloc[trade.candidates()]) == set(candidates_of(town).names()[5:])
    told = taken_table(trade)
    assert set(told["to_format"]) <= {"salon", "booth", "keep", "relocate"}
    assert "keep" in set(told["to_format"])


def test_a_matrix_knows_a_move_by_its_place(town: Case) -> None:
    trade = trade_areas(town)
    stands = _stands(town, trade.options)
    assert stands[trade.position("shop-2:relocate")] == "place-0"
    assert stands[trade.position("shop-2:keep")] == stands[trade.position("shop-2")] == "shop-2"


def test_no_own_store_that_is_open_is_blank_and_not_far(town: Case) -> None:
    assert rows_of(town, "keep")["nearest_own_miles"].isna().all()
    assert rows_of(town, "salon")["nearest_own_miles"].notna().all()


@pytest.mark.slow
def test_horizons_count_conversions_alone(town: Case) -> None:
    case = limited(town, force_in=["shop-2:relocate", "shop-1:keep", "shop-3:salon"])
    bill = bill_of(case).table
    rows = horizon_rows(plan_task(case, bill), bill)
    told = decisions(plan(plan_task(case, bill)).table).values()
    assert rows[1][1] == sum(decision.startswith("convert") for decision in told)
    assert rows[1][1] < sum(decision != "close" for decision in told)


@pytest.mark.slow
def test_who_asks_next_asks_for_a_conversion(town: Case) -> None:
    (asked,) = next_in(task_of(town))
    task = task_of(town)
    best = plan(task)
    closing = [s for s, d in decisions(best.table).items() if d == "close"]
    worth = {one: value_of(task, [*named(best.table), one]).objective_usd for one in closing}
    assert asked == max(worth, key=lambda one: worth[one])


def test_words_name_the_decision_that_is_asked_for(town: Case) -> None:
    assert wanted("shop-1:keep", holds=True) == "shop-1:keep stays open"
    assert wanted("shop-1:relocate", holds=False) == "shop-1:relocate does not move"
    assert wanted("shop-1", holds=True) == "shop-1 converts"
    with pytest.raises(InputError, match="ID:keep or ID:relocate"):
        task_of(town, force_in=["shop-9"])
    alone = plan(task_of(weighing(town, "close", "keep")))
    assert "sites convert" not in alone.sentence
    assert "open, chosen together" in alone.sentence
    told = alone.table.set_index("store_id")["reason"]
    assert told["shop-5"].endswith("or nobody knows what it earns")


def test_the_ledger_is_asked_for_what_a_move_needs(town: Case) -> None:
    kept = {key: row for key, row in town.ledger.items() if key != "lease_initial_term_years"}
    case = replace(town, ledger=type(town.ledger)(tuple(kept.values())))
    missing = " ".join(fault.expected for fault in missing_rows(case))
    assert "lease_initial_term_years.booth" in missing
    asked = " ".join(fault.expected for fault in missing_rows(town))
    assert "lease_initial_term_years.booth" not in asked
    assert "four_wall_margin.shop" in asked
    known = town.stores.assign(four_wall_usd_year=1e5)
    assert "four_wall_margin.shop" not in " ".join(
        fault.expected for fault in missing_rows(replace(town, stores=known))
    )


def test_kept_sales_are_the_trade_areas_of_a_store_that_trades_on(town: Case) -> None:
    """With everybody kept nothing has happened: each sells what it sold before the wave."""
    case = weighing(town, "close", "keep")
    trade = trade_areas(case)
    task = plan_task(case, bill_of(case).table, setting_of(case, trade))
    before = trade_sales(case, trade)["modelled_usd_year"]
    keeps = [trade.position(f"shop-{n}:keep") for n in range(1, 6)]
    is_open = trade.after.copy()
    is_open[keeps] = True
    assert sales_usd_year(trade.market, is_open)[keeps] == pytest.approx(before.iloc[:5])
    assert optimum(task).value_usd[0] > 0


def test_a_budget_binds_what_is_built_for_a_move(town: Case) -> None:
    free = limited(weighing(town, "close", "relocate", moves={"shop-2": "booth"}))
    task = plan_task(free, bill_of(free).table)
    assert task.problem.columns.capital_usd.tolist() == [1_800_000.0]
    assert not task.problem.columns.converts.any()
