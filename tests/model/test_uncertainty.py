"""Everything in every draw: the single case where nothing moves, and what draws say elsewhere."""

from __future__ import annotations

import dataclasses
import tracemalloc
from dataclasses import replace

import numpy as np
import pytest

from retail_portfolio.inputs.assumptions import Ledger
from retail_portfolio.inputs.case import Case
from retail_portfolio.model.closing.closure import closure_table
from retail_portfolio.model.market.trade_areas import trade_areas
from retail_portfolio.model.market.transfer import trade_facts
from retail_portfolio.model.opening.conversion import conversion_table
from retail_portfolio.model.planning.plan_screen import CLOSES
from retail_portfolio.model.planning.plan_task import optimum, plan_task
from retail_portfolio.model.sampling.draws import moves, name_of
from retail_portfolio.model.sampling.ensemble import Draws
from retail_portfolio.model.uncertain import uncertainty
from retail_portfolio.model.uncertain.drawn_outcomes import Outcomes
from retail_portfolio.model.uncertain.uncertainty import (
    COLUMNS,
    Prepared,
    drawn_names,
    labels_of,
    portfolio_ranges,
    prepare,
    ranges_table,
    uniforms_of,
)
from tests.model.checkout_cases import JWO
from tests.model.conftest import bill_of
from tests.model.drawn_cases import Uniforms, case_of_draw, closed, drawn_town_of, only
from tests.model.plan_town import limited

NOT_BY_DRAW = {"walk_out_extra_usd_year", "targets", "words"}
FIELDS = [one.name for one in dataclasses.fields(Outcomes) if one.name not in NOT_BY_DRAW]


@pytest.fixture
def town(pencil_case: Case) -> Case:
    return drawn_town_of(pencil_case, 0.25)


KEPT: dict[str, Prepared] = {}
"""The town looked at, which every test finds the same."""


@pytest.fixture
def ready(town: Case) -> Prepared:
    if not KEPT:
        KEPT["town"] = prepare(town)
    return KEPT["town"]


def numbers(found: Outcomes) -> dict[str, np.ndarray]:
    extra = found.walk_out_extra_usd_year
    plain = {name: getattr(found, name) for name in FIELDS}
    return plain | {f"jwo {reading}": values for reading, values in extra.items()}


def is_the_base(found: Outcomes, base: Outcomes) -> None:
    """Whether every draw holds what the single case answers, to the last digit."""
    single = numbers(base)
    for name, values in numbers(found).items():
        if name != "scale":
            assert len(values) > 0
            for draw in values:
                assert np.array_equal(draw, single[name][0], equal_nan=True), name


def single_answers(ready: Prepared) -> None:
    """The base is what models say that know of no draws."""
    case = ready.case
    bill = closure_table(case, trade_facts(case, trade_areas(case)))
    base = ready.base
    assert base.exit_cost_usd[0].tolist() == bill["exit_cost_usd"].tolist()
    assert base.impairment_usd[0].tolist() == bill["impairment_usd"].tolist()
    values = conversion_table(case, bill)["npv_vs_exit_usd"]
    assert base.npv_vs_exit_usd[0].tolist() == values.tolist()
    best = optimum(plan_task(case, bill))
    assert base.plan_value_usd.tolist() == base.base_plan_value_usd.tolist() == [best.value_usd[0]]
    assert base.stores_converting.tolist() == [len(best.chosen[0])]


@pytest.mark.slow
def test_closed_ranges_give_the_single_case(town: Case, ready: Prepared) -> None:
    shut = prepare(town.with_ledger(closed(town.ledger)))
    single_answers(shut)
    assert drawn_names(shut.case.ledger) == ()
    is_the_base(shut.outcomes(uniforms_of(town, 3)), shut.base)
    # A floor's range is also the largest one of its format, so that values may differ.
    assert np.array_equal(shut.base.exit_cost_usd, ready.base.exit_cost_usd)
    assert np.array_equal(shut.base.impairment_usd, ready.base.impairment_usd)


@pytest.mark.slow
def test_overridden_rows_give_the_single_case(town: Case) -> None:
    """One row is left with a range, and no draw moves it."""
    values = {key: row.base for key, row in town.ledger.items() if key != "benefit_load"}
    decided = prepare(town.with_ledger(town.ledger.with_overrides(values)))
    assert drawn_names(decided.case.ledger) == ("benefit_load",)
    is_the_base(decided.outcomes({"benefit_load": np.full(2, np.nan)}), decided.base)
    moved = decided.outcomes({"benefit_load": np.array([0.9])})
    assert (moved.exit_cost_usd > decided.base.exit_cost_usd).all()
    assert np.array_equal(moved.npv_vs_exit_usd, decided.base.npv_vs_exit_usd)


@pytest.mark.slow
def test_numbers_that_are_not_there_give_the_single_case(ready: Prepared) -> None:
    nowhere = {name: np.full(3, np.nan) for name in drawn_names(ready.case.ledger)}
    is_the_base(ready.outcomes(nowhere), ready.base)
    some = nowhere | {"benefit_load": np.array([np.nan, 0.5, np.nan])}
    found = ready.outcomes(some)
    assert np.array_equal(found.exit_cost_usd[[0, 2]], ready.base.exit_cost_usd[[0, 0]])


@pytest.mark.slow
def test_the_bundled_case(case: Case) -> None:
    ready = prepare(case)
    single_answers(ready)
    nowhere = {name: np.full(2, np.nan) for name in drawn_names(case.ledger)}
    is_the_base(ready.outcomes(nowhere), ready.base)
    assert set(ready.base.walk_out_extra_usd_year) == {"installed", "annualised"}
    medians_move_the_right_way(ready)


def totals_at(ready: Prepared, name: str, uniforms: Uniforms, key: str) -> list[float]:
    """Medians of a total with one name low, then high, in the same draws of all others."""
    draws = len(next(iter(uniforms.values())))
    ends = [uniforms | {name: np.full(draws, u)} for u in (0.1, 0.9)]
    return [float(np.median(ready.outcomes(each).totals()[key])) for each in ends]


def medians_move_the_right_way(ready: Prepared) -> None:
    uniforms = uniforms_of(ready.case, 16)
    for name, key in (
        ("rent_net_usd_per_sqft_year", "exit_cost_usd"),
        ("gross_buildout_usd_per_sqft", "impairment_usd"),
        ("sales_usd_per_sqft_year", "plan_value_usd"),
        ("jwo_capex_usd_at_1000_sqft", "jwo_extra_installed_usd_year"),
    ):
        low, high = totals_at(ready, name, uniforms, key)
        assert low < high, (name, key)
    for name, key in (
        ("sublease_rent_recovery", "exit_cost_usd"),
        ("capex_conversion_usd_per_sqft", "base_plan_value_usd"),
    ):
        low, high = totals_at(ready, name, uniforms, key)
        assert low > high, (name, key)


@pytest.mark.slow
def test_draws_are_near_the_single_case_under_their_ledgers(town: Case, ready: Prepared) -> None:
    uniforms = uniforms_of(town, 8)
    found = ready.outcomes(uniforms)
    draws = Draws(town.ledger, uniforms)
    for draw in range(4):
        moved = case_of_draw(town, draws, draw)
        bill = closure_table(moved, trade_facts(moved, trade_areas(moved)))
        assert found.exit_cost_usd[draw] == pytest.approx(bill["exit_cost_usd"], rel=0.01)
        assert found.impairment_usd[draw] == pytest.approx(bill["impairment_usd"], rel=1e-9)
        values = conversion_table(moved, bill)["npv_vs_exit_usd"]
        assert found.npv_vs_exit_usd[draw] == pytest.approx(values, abs=0.05 * values.abs().max())


@pytest.mark.slow
def test_equal_seeds_give_equal_bytes(town: Case, ready: Prepared) -> None:
    one, two = (each.outcomes(uniforms_of(town, 16)) for each in (ready, prepare(town)))
    for name, values in numbers(one).items():
        assert values.tobytes() == numbers(two)[name].tobytes(), name
    other = town.scenario.model_copy(update={"seed": town.scenario.seed + 1})
    moved = ready.outcomes(uniforms_of(replace(town, scenario=other), 16))
    assert not np.array_equal(one.exit_cost_usd, moved.exit_cost_usd)


def alike(found: Outcomes, expected: Outcomes) -> None:
    """Whether draws are the same but for the order in which numbers were summed."""
    assert np.array_equal(found.taken, expected.taken)
    for name, values in numbers(found).items():
        np.testing.assert_allclose(values, numbers(expected)[name], rtol=1e-9, atol=1e-2)


@pytest.mark.slow
def test_the_first_draws_of_a_longer_run(town: Case, ready: Prepared) -> None:
    few, many = uniforms_of(town, 5), uniforms_of(town, 16)
    assert set(few) == set(many) == set(drawn_names(town.ledger))
    for name, values in few.items():
        assert values.tobytes() == many[name][:5].tobytes()
    short, long = ready.outcomes(few), ready.outcomes(many)
    assert len(short.exit_cost_usd) == 5
    cut = {name: getattr(long, name)[:5] for name in FIELDS}
    extra = {reading: values[:5] for reading, values in long.walk_out_extra_usd_year.items()}
    alike(short, replace(long, **cut, walk_out_extra_usd_year=extra))


@pytest.mark.slow
def test_how_many_are_computed_together_does_not_matter(
    town: Case, ready: Prepared, monkeypatch: pytest.MonkeyPatch
) -> None:
    uniforms = uniforms_of(town, 32)
    whole = ready.outcomes(uniforms)
    monkeypatch.setattr(uncertainty, "TOGETHER", 7)
    parts = ready.outcomes(uniforms)
    assert len(parts.exit_cost_usd) == 32
    alike(parts, whole)


def test_no_draws_have_no_outcomes(ready: Prepared) -> None:
    found = ready.outcomes({})
    for name, values in numbers(found).items():
        assert values.shape == (0, *numbers(ready.base)[name].shape[1:]), name
    assert ranges_table(ready.base, found)[list(COLUMNS)].isna().all(axis=None)


def test_draws_are_counted_from_one(town: Case) -> None:
    with pytest.raises(ValueError, match="found 0, expected 1 or more"):
        uniforms_of(town, 0)


@pytest.mark.slow
def test_a_higher_range_moves_the_median(town: Case, ready: Prepared) -> None:
    """What restoring a site costs, by the ledger and not by the draw; a conversion spares it."""
    uniforms = uniforms_of(town, 32)
    before = ready.outcomes(uniforms).totals()

    def dearer(key: str) -> dict[str, np.ndarray]:
        rows = [
            replace(r, low=1.2 * r.low, base=1.2 * r.base, high=1.2 * r.high) if k == key else r
            for k, r in town.ledger.items()
        ]
        return prepare(town.with_ledger(Ledger(tuple(rows)))).outcomes(uniforms).totals()

    def median(totals: dict[str, np.ndarray], key: str) -> float:
        return float(np.median(totals[key]))

    price = dearer("restoration_usd_per_sqft")
    assert median(price, "exit_cost_usd") > median(before, "exit_cost_usd")
    assert median(price, "plan_value_usd") > median(before, "plan_value_usd")


@pytest.mark.slow
def test_scenarios_share_their_draws(town: Case, ready: Prepared) -> None:
    settings = town.scenario.model_copy(update={"discount_rate": 0.12, "tax_rate": 0.21})
    other = prepare(replace(town, scenario=settings))
    one = ready.outcomes(uniforms_of(town, 64)).totals()["exit_cost_usd"]
    two = other.outcomes(uniforms_of(other.case, 64)).totals()["exit_cost_usd"]
    assert np.corrcoef(one, two)[0, 1] > 0.999
    assert not np.allclose(one, two)


@pytest.mark.slow
def test_a_plan_with_limits_is_screened_nowhere(town: Case, ready: Prepared) -> None:
    narrow = prepare(limited(town, max_conversions=1))
    assert narrow.screen is None
    uniforms = uniforms_of(town, 4)
    found = narrow.outcomes(uniforms)
    assert found.taken.size == len(found.plan_value_usd) == len(found.base_plan_value_usd) == 0
    assert "plan_value_usd" not in found.totals()
    assert (found.scale == 1).all()
    free = ready.outcomes(uniforms)
    assert np.array_equal(found.exit_cost_usd, free.exit_cost_usd)
    assert np.array_equal(found.npv_vs_exit_usd, free.npv_vs_exit_usd)
    keys = ranges_table(narrow.base, found)["key"].tolist()
    assert not {"plan_value_usd", "base_plan_value_usd", "stores_converting"} & set(keys)


@pytest.mark.slow
def test_no_plan_is_worth_less_than_that_of_the_base(ready: Prepared, town: Case) -> None:
    found = ready.outcomes(uniforms_of(town, 64))
    assert (found.plan_value_usd >= found.base_plan_value_usd).all()
    assert (found.plan_value_usd > found.base_plan_value_usd).any()
    held = (found.taken == ready.base.taken).all(axis=1)
    assert 0 < held.sum() < 64
    assert np.array_equal(found.plan_value_usd[held], found.base_plan_value_usd[held])
    assert found.stores_converting.tolist() == (found.taken != CLOSES).sum(axis=1).tolist()


def test_the_screen_agrees_with_the_proof_at_the_base(ready: Prepared) -> None:
    """Shops of the town take so much from each other that pairs alone would miss a tenth."""
    assert ready.screen is not None
    scale = ready.outcomes({"benefit_load": np.array([np.nan])}).scale
    value = ready.screen.base_value_usd(ready.base.npv_vs_exit_usd, scale)
    assert value == pytest.approx(ready.base.plan_value_usd, rel=0.01)
    assert ready.screen.plans(ready.base.npv_vs_exit_usd, scale).value_usd == pytest.approx(
        ready.base.plan_value_usd, rel=0.03
    )


@pytest.mark.slow
def test_a_site_that_opens_in_some_draws_only(town: Case) -> None:
    """Shop 1 has a year left, as long as a salon stands dark: at the base it never trades."""
    leases = town.leases.assign(
        remaining_term_years=[1.0, 12.0, 6.0, 9.0, 4.0], renewal_options=0.0
    )
    case = replace(town, leases=leases)
    ready = prepare(case.with_ledger(only(case.ledger, conversion_dark_months=(0.5, 1.5))))
    found = ready.outcomes({"conversion_dark_months": np.array([np.nan, 0.05, 0.95])})
    value = found.npv_vs_exit_usd[:, 0]
    assert np.isnan(value).tolist() == [True, False, True]
    assert np.isfinite(found.npv_vs_exit_usd[:, 1:5]).all()
    assert np.isfinite(found.plan_value_usd).all()
    assert found.plan_value_usd[0] == ready.base.plan_value_usd[0]
    assert (found.taken[[0, 2], 0] != 0).all()


@pytest.mark.slow
@pytest.mark.parametrize("nothing", ["convert_to", "convert_from"])
def test_a_case_without_candidates(town: Case, nothing: str) -> None:
    case = replace(town, scenario=town.scenario.model_copy(update={nothing: ()}))
    found = prepare(case).outcomes(uniforms_of(case, 4))
    assert found.npv_vs_exit_usd.shape == (4, 0)
    assert found.plan_value_usd.tolist() == [0.0] * 4
    assert (found.stores_converting == 0).all()
    assert (found.totals()["exit_cost_usd"] > 0).all()


@pytest.mark.slow
def test_a_table_of_ranges(town: Case, ready: Prepared) -> None:
    found = ready.outcomes(uniforms_of(town, 16))
    table = ranges_table(ready.base, found).set_index("key")
    assert table.columns.tolist() == ["label", "unit", "base", *COLUMNS]
    assert set(table.index) <= set(labels_of(JWO))
    for key, row in table.iterrows():
        assert (row["label"], row["unit"]) == labels_of(JWO)[str(key)]
        assert row[list(COLUMNS)].is_monotonic_increasing
    costs = found.exit_cost_usd.sum(axis=1)
    assert table.loc["exit_cost_usd", "p50"] == np.median(costs)
    assert table.loc["exit_cost_usd", "p5"] == np.quantile(costs, 0.05)
    assert table.loc["exit_cost_usd", "base"] == bill_total(ready)
    assert table.loc["stores_converting", "base"] == (ready.base.taken != CLOSES).sum()
    direct = portfolio_ranges(town, 16)
    assert direct.equals(ranges_table(ready.base, found))


def bill_total(ready: Prepared) -> float:
    return float(ready.base.exit_cost_usd.sum())


def test_names_are_those_that_move(town: Case) -> None:
    names = drawn_names(town.ledger)
    assert list(names) == sorted({name_of(k) for k, row in town.ledger.items() if moves(row)})
    assert len(bill_of(town).table) == 5


@pytest.mark.slow
def test_memory_is_bounded_by_what_is_computed_together(town: Case, ready: Prepared) -> None:
    def peak(draws: int) -> int:
        uniforms = uniforms_of(town, draws)
        tracemalloc.start()
        ready.outcomes(uniforms)
        _, most = tracemalloc.get_traced_memory()
        tracemalloc.stop()
        return most

    peak(64)  # what is made once counts nowhere
    few, many = peak(1024), peak(4096)
    assert many < 4 * few
    # 2,048 draws at a time; a figure of ten candidates in each of them takes 0.16 MB.
    assert many < 60e6
